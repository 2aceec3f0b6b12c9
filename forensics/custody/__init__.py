"""Chain of custody: a signed, append-only ledger, and the means for anybody to check it.

Read in this order: :mod:`mj1` (the JSON that is hashed), :mod:`note` (signed text), :mod:`merkle` (the tree),
:mod:`entry` and :mod:`item` (what is in the trees), :mod:`keys`, :mod:`ledger` (the file), :mod:`writer` and
:mod:`client` (the only process holding keys, and how to talk to it), :mod:`verify`.

The format is written down in ``resources/docs/ledger-format.md``; ``resources/verify.py`` checks a ledger
with nothing but a Python interpreter.
"""

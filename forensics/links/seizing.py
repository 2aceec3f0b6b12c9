"""What it takes to seize a wallet's coins, in one sentence.

Seizing coins is a payment to an address of the court, made with the private keys on a machine that has a network:
never by this program. What is said here follows from where the keys are; it is no legal advice.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence


class Custody(enum.StrEnum):
    """Where the private keys of a wallet are."""

    CLEAR = "keys in clear"
    OPENED = "opened with a password"
    LOCKED = "keys encrypted"
    SEALED = "file encrypted"
    PUBLIC = "no private keys"
    UNKNOWN = "not known"


_MOVE = "a court can seize its coins by a payment to an address of its own"
_HASTE = "whoever has a copy can move them first"
_DEVICES = {
    "wallet/ledger_live": "the Ledger device and its PIN",
    "wallet/trezor_suite": "the Trezor device and its PIN",
}


def sentence(kind: str, custody: Custody, policy: str, keys: Sequence[str]) -> str:
    """What can be seized and what is needed; `keys` say how each known key moves the coins."""
    if custody is Custody.CLEAR:
        text = f"Its private keys lie in clear in the file, so {_MOVE}: needed is the secret, revealed with a reason; {_HASTE}"
    elif custody is Custody.OPENED:
        text = f"It was opened with a password, so {_MOVE}: needed are the keys that the vault keeps; {_HASTE}"
    elif keys:
        text = f"A seed or key found elsewhere in the evidence derives its addresses, so {_MOVE} without its password: {_HASTE}"
    elif custody is Custody.LOCKED:
        text = (
            "Its private keys are encrypted: the file with its addresses and labels can be seized now, its coins only "
            "with the password, or with the seed phrase that its owner may have written down"
        )
    elif custody is Custody.SEALED:
        text = (
            "All of it is encrypted: the file can be seized now, its coins only with the password or the seed phrase "
            "that its owner may have written down; nothing in it is known before"
        )
    elif custody is Custody.PUBLIC:
        needed = _DEVICES.get(kind)
        needed = f"{needed}, or its recovery phrase" if needed else "the private keys, which are kept elsewhere"
        text = (
            f"It holds no private keys and moves nothing by itself: needed are {needed}; the addresses can be watched"
        )
    else:
        text = "Where its private keys are was not read: the file can be seized, and must be opened in its own program"
    many = policy and not policy.startswith("1 of 1") and " of " in policy
    return text + (f"; a payment needs {policy} keys." if many else ".")

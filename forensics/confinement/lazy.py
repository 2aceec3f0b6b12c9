"""Modules that libraries import only when a function first runs.

A confined worker cannot open files, so a late import fails there: a key on a NIST curve, a letter in
KOI8-R or a date to be read would end in `ModuleNotFoundError`. What a worker's code may ask for is
therefore loaded before confinement. `tests/forensics/confinement/test_lazy.py` reads the source of every
loaded module for imports within functions, and fails when one is neither loaded nor known to be idle.
"""

from __future__ import annotations

import encodings
import importlib
import pkgutil

MODULES = (
    "Crypto.Hash.MD5",
    "Crypto.Hash.SHA224",
    "Crypto.Hash.SHA384",
    "Crypto.Hash.SHA3_224",
    "Crypto.Hash.SHA3_256",
    "Crypto.Hash.SHA3_384",
    "Crypto.Hash.SHA3_512",
    "_strptime",  # datetime.strptime
    "colorsys",  # PIL.ImageColor
    "cryptography.hazmat.backends.openssl.backend",  # elliptic curves
    "email.generator",
    "email.policy",
    "tarfile",
    "xml.dom.expatbuilder",
    "xml.dom.pulldom",
    "xml.sax.saxutils",
)
_ELSEWHERE = frozenset({"mbcs", "oem"})  # encodings of Windows only


def load() -> None:
    """Import them all, and every text encoding."""
    for name in MODULES:
        importlib.import_module(name)
    for each in pkgutil.iter_modules(encodings.__path__):
        if each.name not in _ELSEWHERE:
            importlib.import_module(f"encodings.{each.name}")

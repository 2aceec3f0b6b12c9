"""Property lists of macOS, XML or binary, read with bounds."""

from __future__ import annotations

import plistlib
from collections.abc import Mapping
from xml.parsers.expat import ExpatError

from forensics.model import Layer

LARGEST = 1 << 20  # octets of a list that is read
# What plistlib says of bytes that are no list, or of one that refers to itself.
_ERRORS = (plistlib.InvalidFileException, ExpatError, ValueError, TypeError, KeyError, IndexError, OverflowError,
           AttributeError, RecursionError, MemoryError, UnicodeError, LookupError)  # fmt: skip


def read_plist(layer: Layer) -> Mapping[str, object]:
    """The dictionary that a property list is; empty for anything else, and for lists longer than 1 MiB."""
    if not 40 <= layer.size <= LARGEST:
        return {}
    data = layer.read(0, layer.size)
    if not data.startswith(b"bplist00") and b"<plist" not in data[:1_024]:
        return {}
    try:
        told = plistlib.loads(data)
    except _ERRORS:
        return {}
    return {str(name): value for name, value in told.items()} if isinstance(told, dict) else {}


def words(told: Mapping[str, object], name: str, most: int = 1_024) -> str:
    """A text of the list, shortened; empty where it has none of that name, or one that cannot be shown."""
    value = told.get(name)
    return value[:most] if isinstance(value, str) and value.isprintable() else ""

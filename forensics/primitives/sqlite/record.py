"""Records of SQLite: a header of serial types, then the values (https://sqlite.org/fileformat2.html, 2.1)."""

from __future__ import annotations

import math
import struct

Value = None | int | float | str | bytes

LARGEST_HEADER = 1 << 16  # octets; SQLite's own most columns (32,767) need less
WIDTHS = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)  # of the serial types below 10; 10 and 11 are not used in files


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of 7 bits an octet, high first, the ninth octet whole; and the offset behind it, -1 if it is cut."""
    value = 0
    size = len(data)
    for count in range(9):
        if at >= size:
            return 0, -1
        octet = data[at]
        at += 1
        if count == 8:
            return value << 8 | octet, at
        if octet < 0x80:
            return value << 7 | octet, at
        value = value << 7 | (octet & 0x7F)
    return 0, -1


def width(kind: int) -> int:
    """Octets of a value of a serial type; -1 for the two types that no file has."""
    if kind >= 12:
        return (kind - 12) >> 1
    return WIDTHS[kind] if kind < 10 else -1


def types_of(data: bytes, at: int, total: int) -> tuple[int, list[int]] | None:
    """The header's length and the serial types of the record at `at`; None if they do not make `total` octets.

    The header must lie in `data` whole, the values need not.
    """
    length, position = varint(data, at)
    end = at + length
    if position < 0 or not position <= end <= len(data) or length > min(total, LARGEST_HEADER):
        return None
    kinds: list[int] = []
    body = 0
    while position < end:
        kind = data[position]
        if kind < 0x80:
            position += 1
        else:
            kind, position = varint(data, position)
            if position < 0:
                return None
        if kind >= 12:
            body += (kind - 12) >> 1
        elif kind < 10:
            body += WIDTHS[kind]
        else:
            return None
        kinds.append(kind)
    return (length, kinds) if position == end and length + body == total else None


def value_of(kind: int, stored: bytes, encoding: str) -> Value:
    """A stored value; what is not there of a number (a broken chain) makes it None, of text or a blob shortens it."""
    if kind >= 12:
        return stored.decode(encoding, "replace") if kind & 1 else stored
    if kind in (0, 8, 9):
        return None if kind == 0 else kind - 8
    if len(stored) < WIDTHS[kind]:
        return None
    if kind == 7:
        number: float = struct.unpack(">d", stored)[0]
        return None if math.isnan(number) else number  # SQLite reads NaN as NULL
    return int.from_bytes(stored, "big", signed=True)

"""The inside of a unified address of Zcash: receivers, jumbled so that each character depends on all of it.

Facts: ZIP-316 (F4Jumble, receivers, padding of 16 bytes with the human-readable part). Vectors:
`unified_addrs.json` of zcashd's tests.
"""

from __future__ import annotations

import hashlib

PADDING = 16
SHORTEST, LONGEST = 48, 16_448
RECEIVERS = {0: ("p2pkh", 20), 1: ("p2sh", 20), 2: ("sapling", 43), 3: ("orchard", 43)}


def _mixed(into: bytes, pad: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(into, pad, strict=True))


def _short(turn: int, text: bytes, size: int) -> bytes:
    return hashlib.blake2b(text, digest_size=size, person=b"UA_F4Jumble_H" + bytes((turn, 0, 0))).digest()


def _long(turn: int, text: bytes, size: int) -> bytes:
    parts = range((size + 63) // 64)
    person = b"UA_F4Jumble_G" + bytes((turn,))
    return b"".join(hashlib.blake2b(text, person=person + part.to_bytes(2, "little")).digest() for part in parts)[:size]


def plain(jumbled: bytes) -> bytes | None:
    """What was jumbled; None for a length that is never."""
    if not SHORTEST <= len(jumbled) <= LONGEST:
        return None
    cut = min(64, len(jumbled) // 2)
    left, right = jumbled[:cut], jumbled[cut:]
    for turn in (1, 0):
        left = _mixed(left, _short(turn, right, len(left)))
        right = _mixed(right, _long(turn, left, len(right)))
    return left + right


def receivers(jumbled: bytes, hrp: str) -> tuple[tuple[str, bytes], ...] | None:
    """Each receiver's name and bytes, in order; None where padding or an item is not as the standard says."""
    text = plain(jumbled)
    padding = hrp.encode("ascii").ljust(PADDING, b"\0")
    if text is None or text[-PADDING:] != padding:
        return None
    items = text[:-PADDING]
    found: list[tuple[str, bytes]] = []
    at = 0
    while at < len(items):
        kind, size = items[at], int.from_bytes(items[at + 1 : at + 2], "little")
        if kind >= 253 or size >= 253 or at + 2 + size > len(items):
            return None
        name, wanted = RECEIVERS.get(kind, (f"type {kind}", size))
        if size != wanted:
            return None
        found.append((name, items[at + 2 : at + 2 + size]))
        at += 2 + size
    return tuple(found) or None

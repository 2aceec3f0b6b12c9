"""Whether 32 bytes are a point of edwards25519.

Facts: RFC 8032 section 5.1.3 (decoding). About half of all 32-byte strings are points, so the test is
worth one bit; it is asked only after a checksum has held.
"""

from __future__ import annotations

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P


def is_point(data: bytes) -> bool:
    """Decode strictly: y below the field prime, x² solvable, and no negative zero."""
    if len(data) != 32:
        return False
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    if y >= _P:
        return False
    square = y * y % _P
    top, bottom = (square - 1) % _P, (_D * square + 1) % _P
    if top == 0:
        return sign == 0
    # top/bottom is a square exactly where top*bottom is one; bottom is never zero on this curve
    return pow(top * bottom, (_P - 1) // 2, _P) == 1


def affine(data: bytes) -> tuple[int, int] | None:
    """The coordinates of an encoded point; None where it is none."""
    if not is_point(data):
        return None
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    top, bottom = y * y - 1, _D * y * y + 1
    x = top * pow(bottom, 3, _P) * pow(top * pow(bottom, 7, _P), (_P - 5) // 8, _P) % _P
    if (bottom * x * x - top) % _P:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    return (x if x & 1 == sign else -x % _P), y

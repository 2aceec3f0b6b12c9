"""Single rounds of AES, which no library gives alone, and its expanded key.

Facts: FIPS 197, sections 4 and 5. Blocks are numbers, their first octet the lowest.
"""

from __future__ import annotations

import functools

Tables = tuple[tuple[int, ...], ...]


def times(one: int, other: int) -> int:
    """The product in the field of AES, modulo x^8 + x^4 + x^3 + x + 1."""
    product = 0
    while other:
        if other & 1:
            product ^= one
        one = one << 1 ^ (0x11B if one & 0x80 else 0)
        other >>= 1
    return product


def _boxed() -> tuple[int, ...]:
    box = [0x63] * 256
    one = other = 1
    for _ in range(255):  # the powers of 3, and those of its inverse
        one = times(one, 3)
        other = times(other, 0xF6)
        turned = other * 0x101
        box[one] = (other ^ turned >> 7 ^ turned >> 6 ^ turned >> 5 ^ turned >> 4) & 0xFF ^ 0x63
    return tuple(box)


SBOX = _boxed()


@functools.cache
def tables() -> Tables:
    """For each octet of a block and each value what it gives to the block after one round, before the key.

    Octet 4 c + r stands in row r of column c; ShiftRows moves it r columns down.
    """
    found = []
    for place in range(16):
        row, column = place % 4, (place // 4 - place % 4) % 4
        rows = [(row, 2), ((row - 1) % 4, 3), ((row - 2) % 4, 1), ((row - 3) % 4, 1)]
        given = [
            sum(times(SBOX[value], factor) << 8 * at for at, factor in rows) << 32 * column for value in range(256)
        ]
        found.append(tuple(given))
    return tuple(found)


def round_keys(key: bytes, count: int) -> list[int]:
    """The first keys of the schedule of AES-256."""
    words = [key[place : place + 4] for place in range(0, 32, 4)]
    constant = 1
    while len(words) < 4 * count:
        last = words[-1]
        if len(words) % 8 == 0:
            last = bytes((SBOX[last[1]] ^ constant, SBOX[last[2]], SBOX[last[3]], SBOX[last[0]]))
            constant = times(constant, 2)
        elif len(words) % 8 == 4:
            last = bytes(SBOX[each] for each in last)
        words.append(bytes(one ^ other for one, other in zip(words[-8], last, strict=True)))
    return [int.from_bytes(b"".join(words[place : place + 4]), "little") for place in range(0, 4 * count, 4)]

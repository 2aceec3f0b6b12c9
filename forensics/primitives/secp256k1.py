"""Points and keys of secp256k1.

Facts: SEC 2 version 2.0 section 2.4.1 (the curve and its generator), SEC 1 section 2.3 (encodings).

Keys that evidence holds are multiplied by the generator thousands at a time, so its multiples are kept in a
table: one for each digit of a number in base 512 (fixed-base windows with signed digits; Hankerson, Menezes
and Vanstone, Guide to Elliptic Curve Cryptography, 3.3.2). That takes 0.11 ms, the `cryptography` package's
multiplication 0.47 ms. Its time depends on the key: it is not for signing with keys of one's own.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_P = 2**256 - 2**32 - 977
_GENERATOR = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)
_BITS = 9  # of a digit: the table of 29 rows of 256 points is made in 20 ms

Point = tuple[int, int]


def is_private(key: bytes) -> bool:
    """Whether 32 bytes are a private key: a number from 1 to the order less one."""
    return len(key) == 32 and 0 < int.from_bytes(key, "big") < ORDER


def point(data: bytes) -> Point | None:
    """Decode 33 or 65 bytes of SEC 1; None where they are not a point of the curve."""
    x = int.from_bytes(data[1:33], "big")
    if (len(data), data[:1]) not in ((33, b"\x02"), (33, b"\x03"), (65, b"\x04")) or x >= _P:
        return None
    square = (x * x * x + 7) % _P
    if len(data) == 65:
        y = int.from_bytes(data[33:], "big")
        return (x, y) if y < _P and y * y % _P == square else None
    y = pow(square, (_P + 1) // 4, _P)
    if y * y % _P != square:
        return None
    return x, y if y % 2 == data[0] % 2 else _P - y


def compressed(at: Point) -> bytes:
    """The 33 bytes of a point."""
    return bytes((2 + at[1] % 2,)) + at[0].to_bytes(32, "big")


def uncompressed(at: Point) -> bytes:
    """The 65 bytes of a point."""
    return b"\x04" + at[0].to_bytes(32, "big") + at[1].to_bytes(32, "big")


def even(at: Point) -> Point:
    """The point with the same x whose y is even."""
    return at[0], _P - at[1] if at[1] % 2 else at[1]


def public_key(private: bytes, *, short: bool = True) -> bytes:
    """The public key of a private one, in 33 bytes or in 65.

    Raises:
        ValueError: `private` is not a private key.
    """
    if not is_private(private):
        raise ValueError("not a private key of secp256k1")
    at = public_point(private)
    return compressed(at) if short else uncompressed(at)


def public_point(private: bytes) -> Point:
    """The point of a private key.

    Raises:
        ValueError: `private` is not a private key.
    """
    if not is_private(private):
        raise ValueError("not a private key of secp256k1")
    rest = int.from_bytes(private, "big")
    at_x, at_y, at_z = 0, 0, 0  # Jacobian: the point (x/z^2, y/z^3)
    for row in _multiples():
        digit = rest & (1 << _BITS) - 1
        rest >>= _BITS
        if not digit:
            continue
        if digit > len(row):
            x, y = row[(1 << _BITS) - digit - 1]
            y = _P - y
            rest += 1
        else:
            x, y = row[digit - 1]
        if not at_z:
            at_x, at_y, at_z = x, y, 1
            continue
        # The sum so far is below half of what is added, so the two are never one point nor opposites.
        square = at_z * at_z % _P
        across = (x * square - at_x) % _P
        up = (y * square * at_z - at_y) % _P
        two = across * across % _P
        three = two * across % _P
        base = at_x * two % _P
        at_x = (up * up - three - 2 * base) % _P
        at_y = (up * (base - at_x) - at_y * three) % _P
        at_z = at_z * across % _P
    inverse = pow(at_z, -1, _P)
    square = inverse * inverse % _P
    return at_x * square % _P, at_y * square * inverse % _P


@functools.cache
def _multiples() -> Sequence[Sequence[Point]]:
    """For each digit from the least on, 1 to 256 times the generator times the digit's weight."""
    rows: list[list[Point]] = []
    first = _GENERATOR
    for _ in range(-(-257 // _BITS)):
        row = [first]
        while len(row) < 1 << _BITS - 1:
            row += _each_added(row, row[-1])
        rows.append(row)
        first = _double(row[-1])
    return rows


def _each_added(points: Sequence[Point], last: Point) -> list[Point]:
    """Each of the points and the last of them, with one inversion for all (Montgomery's)."""
    steps = [(at[0] - last[0]) % _P for at in points[:-1]]
    products = [1]
    for step in steps:
        products.append(products[-1] * step % _P)
    inverse = pow(products.pop(), -1, _P)
    found = [_double(last)]
    for at, step, before in zip(points[-2::-1], steps[::-1], products[::-1], strict=True):
        slope = (at[1] - last[1]) * before * inverse % _P
        inverse = inverse * step % _P
        x = (slope * slope - at[0] - last[0]) % _P
        found.append((x, (slope * (last[0] - x) - last[1]) % _P))
    return found[::-1]


def _double(one: Point) -> Point:
    slope = 3 * one[0] * one[0] * pow(2 * one[1], -1, _P) % _P
    x = (slope * slope - 2 * one[0]) % _P
    return x, (slope * (one[0] - x) - one[1]) % _P


def added(one: Point, other: Point) -> Point | None:
    """The sum of two points; None where it is the point at infinity."""
    if one[0] == other[0]:
        if (one[1] + other[1]) % _P == 0:
            return None
        return _double(one)
    slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, _P) % _P
    x = (slope * slope - one[0] - other[0]) % _P
    return x, (slope * (one[0] - x) - one[1]) % _P


def multiplied(at: Point, number: int) -> Point | None:
    """A point a number of times, by doubling and adding: some 10 ms; None for the point at infinity."""
    total: Point | None = None
    for bit in f"{number % ORDER:b}":
        total = total and _double(total)
        if bit == "1":
            total = at if total is None else added(total, at)
    return total

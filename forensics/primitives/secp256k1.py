"""Points and keys of secp256k1.

Facts: SEC 2 version 2.0 section 2.4.1 (the curve), SEC 1 section 2.3 (encodings). The multiplication is
that of the `cryptography` package; it has no addition of points, so that is done here, and decoding too:
it takes a tenth of the time.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_P = 2**256 - 2**32 - 977
_CURVE = ec.SECP256K1()

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


def public_key(private: bytes, *, short: bool = True) -> bytes:
    """The public key of a private one, in 33 bytes or in 65.

    Raises:
        ValueError: `private` is not a private key.
    """
    if not is_private(private):
        raise ValueError("not a private key of secp256k1")
    form = PublicFormat.CompressedPoint if short else PublicFormat.UncompressedPoint
    key = ec.derive_private_key(int.from_bytes(private, "big"), _CURVE).public_key()
    return key.public_bytes(Encoding.X962, form)


def added(one: Point, other: Point) -> Point | None:
    """The sum of two points; None where it is the point at infinity."""
    if one[0] == other[0]:
        if (one[1] + other[1]) % _P == 0:
            return None
        slope = 3 * one[0] * one[0] * pow(2 * one[1], -1, _P) % _P
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, _P) % _P
    x = (slope * slope - one[0] - other[0]) % _P
    return x, (slope * (one[0] - x) - one[1]) % _P

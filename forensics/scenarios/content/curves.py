"""The two curves that the addresses need. Plain arithmetic that leaks its numbers: not for real secrets."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec

# secp256k1
FIELD = 2**256 - 2**32 - 977
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
Pair = tuple[int, int]
GENERATOR: Pair = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)

# edwards25519
ED_FIELD = 2**255 - 19
ED_ORDER = 2**252 + 27742317777372353535851937790883648493
_ED_D = -121665 * pow(121666, -1, ED_FIELD) % ED_FIELD
Quad = tuple[int, int, int, int]
_ED_Y = 4 * pow(5, -1, ED_FIELD) % ED_FIELD
_ED_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
ED_BASE: Quad = (_ED_X, _ED_Y, 1, _ED_X * _ED_Y % ED_FIELD)


def add(p: Pair | None, q: Pair | None) -> Pair | None:
    """The sum of two points of secp256k1; None is the neutral one."""
    if p is None or q is None:
        return q if p is None else p
    if p[0] == q[0]:
        if (p[1] + q[1]) % FIELD == 0:
            return None
        slope = 3 * p[0] * p[0] * pow(2 * p[1], -1, FIELD) % FIELD
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], -1, FIELD) % FIELD
    x = (slope * slope - p[0] - q[0]) % FIELD
    return x, (slope * (p[0] - x) - p[1]) % FIELD


def times_generator(scalar: int) -> Pair:
    """The public key of a private one on secp256k1."""
    numbers = ec.derive_private_key(scalar % ORDER, ec.SECP256K1()).public_key().public_numbers()
    return numbers.x, numbers.y


def multiply(scalar: int, point: Pair) -> Pair:
    """`scalar` times a point of secp256k1."""
    total: Pair | None = None
    step: Pair | None = point
    while scalar:
        if scalar & 1:
            total = add(total, step)
        step = add(step, step)
        scalar >>= 1
    if total is None:
        raise ValueError("the scalar is a multiple of the order")
    return total


def compressed(point: Pair) -> bytes:
    """A point of secp256k1 in 33 bytes."""
    return bytes((2 + (point[1] & 1),)) + point[0].to_bytes(32, "big")


def uncompressed(point: Pair) -> bytes:
    """A point of secp256k1 in 65 bytes."""
    return b"\x04" + point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big")


def ed_add(p: Quad, q: Quad) -> Quad:
    """The sum of two points of edwards25519."""
    a = (p[1] - p[0]) * (q[1] - q[0]) % ED_FIELD
    b = (p[1] + p[0]) * (q[1] + q[0]) % ED_FIELD
    c = 2 * p[3] * q[3] * _ED_D % ED_FIELD
    d = 2 * p[2] * q[2] % ED_FIELD
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % ED_FIELD, g * h % ED_FIELD, f * g % ED_FIELD, e * h % ED_FIELD


def ed_multiply(scalar: int, point: Quad = ED_BASE) -> Quad:
    """`scalar` times a point of edwards25519."""
    total: Quad = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = ed_add(total, point)
        point = ed_add(point, point)
        scalar >>= 1
    return total


def ed_packed(point: Quad) -> bytes:
    """A point of edwards25519 in 32 bytes."""
    inverse = pow(point[2], -1, ED_FIELD)
    x, y = point[0] * inverse % ED_FIELD, point[1] * inverse % ED_FIELD
    return (y | (x & 1) << 255).to_bytes(32, "little")

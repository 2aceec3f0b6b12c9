"""Public keys of Ed25519 from an expanded secret: the scalar itself, not the seed that it was hashed from.

Facts: RFC 8032 section 5.1.5 (clamping, the public key). The multiplication is that of the `Crypto` package;
`cryptography` takes seeds only.
"""

from __future__ import annotations

import functools
from typing import Any

from Crypto.PublicKey import ECC

ORDER = 2**252 + 27742317777372353535851937790883648493
CLAMP_BITS = 5


def is_clamped(scalar: bytes) -> bool:
    """Whether 32 bytes, little-endian, have the bits of a clamped scalar: the low three and the top two are fixed."""
    return len(scalar) == 32 and scalar[0] & 7 == 0 and scalar[31] & 0xC0 == 0x40


def public_key(scalar: bytes) -> bytes:
    """The encoded point of a secret scalar of 32 bytes, little-endian, taken as it is.

    Raises:
        ValueError: the length is another, or the scalar is a multiple of the order.
    """
    number = int.from_bytes(scalar, "little") % ORDER
    if len(scalar) != 32 or number == 0:
        raise ValueError("not a secret scalar of Ed25519")
    at = number * _base()
    x, y = int(at.x), int(at.y)
    return (y | (x & 1) << 255).to_bytes(32, "little")


@functools.cache
def _base() -> Any:
    return ECC.EccPoint(  # type: ignore[attr-defined]
        15112221349535400772501151409588531511454012693041857206046113283949847762202,
        46316835694926478169428394003475163141307993866256225615783033603165251855960,
        curve="Ed25519",
    )

"""The multiplication against that of the `cryptography` package."""

from __future__ import annotations

import random

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from forensics.primitives import secp256k1

_RANDOM = random.Random(256)
EDGES = (
    *range(1, 20),
    *(secp256k1.ORDER - each for each in range(1, 20)),
    *(each << shift for shift in range(0, 252, 9) for each in (1, 255, 256, 257, 511)),
    secp256k1.ORDER // 2,
    (1 << 255) - 1,
)


def _known(private: int, form: PublicFormat) -> bytes:
    key = ec.derive_private_key(private, ec.SECP256K1()).public_key()
    return key.public_bytes(Encoding.X962, form)


@pytest.mark.parametrize(
    "numbers", [EDGES, [_RANDOM.randrange(1, secp256k1.ORDER) for _ in range(500)]], ids=["edges", "random"]
)
def test_public_keys_are_those_of_cryptography(numbers: list[int]) -> None:
    for number in numbers:
        if number >= secp256k1.ORDER:
            continue
        key = number.to_bytes(32, "big")
        assert secp256k1.public_key(key) == _known(number, PublicFormat.CompressedPoint), hex(number)
        assert secp256k1.public_key(key, short=False) == _known(number, PublicFormat.UncompressedPoint), hex(number)


def test_even_is_one_of_the_two_points_of_an_x() -> None:
    for number in range(1, 20):
        at = secp256k1.public_point(number.to_bytes(32, "big"))
        even = secp256k1.even(at)
        assert even == secp256k1.point(b"\x02" + at[0].to_bytes(32, "big"))
        assert even == at or secp256k1.added(even, at) is None

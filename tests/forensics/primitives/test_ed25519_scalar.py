"""Public keys from expanded secrets, against RFC 8032 and the `cryptography` package."""

from __future__ import annotations

import hashlib
import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from forensics.primitives import ed25519_scalar


def expanded(seed: bytes) -> bytes:
    digest = bytearray(hashlib.sha512(seed).digest()[:32])
    digest[0] &= 248
    digest[31] = digest[31] & 63 | 64
    return bytes(digest)


def test_the_first_vector_of_rfc_8032() -> None:
    scalar = expanded(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    assert ed25519_scalar.is_clamped(scalar)
    assert ed25519_scalar.public_key(scalar).hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"


def test_another_implementation_agrees() -> None:
    draw = random.Random(25519)
    for _ in range(50):
        seed = draw.randbytes(32)
        wanted = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
        assert ed25519_scalar.public_key(expanded(seed)) == wanted


@pytest.mark.parametrize("scalar", [b"", bytes(31), bytes(32), ed25519_scalar.ORDER.to_bytes(32, "little")])
def test_what_is_no_secret(scalar: bytes) -> None:
    assert not ed25519_scalar.is_clamped(scalar)
    with pytest.raises(ValueError, match="not a secret scalar"):
        ed25519_scalar.public_key(scalar)

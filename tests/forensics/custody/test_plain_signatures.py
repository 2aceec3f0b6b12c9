"""The single file's own Ed25519 and ML-DSA-44 against published vectors and against OpenSSL."""

from __future__ import annotations

import hashlib
import random

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from resources import verify as plain

# RFC 8032 §7.1, tests 1 to 3: public key, message, signature.
RFC8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]  # fmt: skip
ORDER = 2**252 + 27742317777372353535851937790883648493
FIELD = 2**255 - 19


def openssl_ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def openssl_mldsa(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@pytest.mark.parametrize(("public", "message", "signature"), RFC8032)
def test_rfc8032(public: str, message: str, signature: str) -> None:
    words = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert plain.ed25519_verify(*words)
    assert not plain.ed25519_verify(words[0], words[1] + b"\0", words[2])


def test_ed25519_edge_values() -> None:
    """Every pair of special values for R and S, as Wycheproof has them: zero, one, order, prime."""
    public = bytes.fromhex(RFC8032[1][0])
    good = bytes.fromhex(RFC8032[1][2])
    numbers = (0, 1, 2, ORDER - 1, ORDER, ORDER + 1, FIELD - 1, FIELD, FIELD + 1, 2**255 - 1, 2**256 - 1)
    values = [number.to_bytes(32, "little") for number in numbers]
    for r in (*values, good[:32]):
        for s in (*values, good[32:]):
            expected = openssl_ed25519(public, b"\x72", r + s)
            assert plain.ed25519_verify(public, b"\x72", r + s) == expected, (r.hex(), s.hex())
    s_plus_order = int.from_bytes(good[32:], "little") + ORDER
    assert not plain.ed25519_verify(public, b"\x72", good[:32] + s_plus_order.to_bytes(32, "little"))
    for length in (0, 1, 32, 63, 65, 128):
        assert not plain.ed25519_verify(public, b"\x72", (good * 2)[:length])


def test_ed25519_keys_that_are_no_points() -> None:
    choose = random.Random(1)
    for _ in range(60):
        public = choose.randbytes(32)
        point = plain.point_decode(public)
        assert point is None or plain.point_encode(point) == public
        if point is None:
            assert not plain.ed25519_verify(public, b"", bytes(64))
    for bad in (FIELD, FIELD + 1, 2**255 - 1, 1 | 1 << 255):
        assert plain.point_decode(bad.to_bytes(32, "little")) is None


def test_ed25519_agrees_with_openssl() -> None:
    choose = random.Random(2)
    for _ in range(60):
        key = Ed25519PrivateKey.from_private_bytes(choose.randbytes(32))
        public, message = key.public_key().public_bytes_raw(), choose.randbytes(choose.randrange(200))
        signature = key.sign(message)
        assert plain.ed25519_verify(public, message, signature)
        changed = bytearray(signature)
        changed[choose.randrange(64)] ^= 1 << choose.randrange(8)
        assert plain.ed25519_verify(public, message, bytes(changed)) == openssl_ed25519(public, message, bytes(changed))
        assert not plain.ed25519_verify(public, message + b"x", signature)


def test_mldsa44_agrees_with_openssl() -> None:
    choose = random.Random(3)
    for _ in range(30):
        key = MLDSA44PrivateKey.from_seed_bytes(choose.randbytes(32))
        public, message = key.public_key().public_bytes_raw(), choose.randbytes(choose.randrange(300))
        signature = key.sign(message)
        assert plain.mldsa44_verify(public, message, signature)
        assert not plain.mldsa44_verify(public, message + b"x", signature)
        other = bytearray(public)
        other[choose.randrange(1312)] ^= 1
        assert not plain.mldsa44_verify(bytes(other), message, signature)
        for place in (choose.randrange(32), choose.randrange(32, 2336), choose.randrange(2336, 2420)):
            changed = bytearray(signature)
            changed[place] ^= 1 << choose.randrange(8)
            expected = openssl_mldsa(public, message, bytes(changed))
            assert plain.mldsa44_verify(public, message, bytes(changed)) == expected is False


def test_mldsa44_hints_must_be_canonical() -> None:
    """FIPS 204 algorithm 21: counts must not fall or pass 80, places must rise, what is left must be zero."""
    key = MLDSA44PrivateKey.from_seed_bytes(hashlib.sha256(b"hints").digest())
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"m")
    hints = bytearray(signature[2336:])
    counts = list(hints[80:])
    assert plain.unpack_hints(bytes(hints)) is not None
    first = counts[0]
    swapped = bytearray(hints)
    swapped[0], swapped[1] = swapped[1], swapped[0]
    doubled = bytearray(hints)
    doubled[1] = doubled[0]
    tail = bytearray(hints)
    tail[79] = 1
    over = bytearray(hints)
    over[83] = 81
    falling = bytearray(hints)
    falling[81] = first - 1
    assert first >= 2
    assert counts[3] < 80
    for bad in (swapped, doubled, tail, over, falling):
        assert plain.unpack_hints(bytes(bad)) is None
        whole = signature[:2336] + bytes(bad)
        assert not plain.mldsa44_verify(public, b"m", whole)
        assert not openssl_mldsa(public, b"m", whole)


def test_mldsa44_lengths() -> None:
    key = MLDSA44PrivateKey.from_seed_bytes(bytes(32))
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"m")
    for bad in (signature[:-1], signature + b"\0", b"", bytes(2420), b"\xff" * 2420):
        assert not plain.mldsa44_verify(public, b"m", bad)
    assert not plain.mldsa44_verify(public[:-1], b"m", signature)

"""The single file's Ed25519 against all of Wycheproof's vectors; its ML-DSA-44 against NIST's and against forgeries."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from resources import verify as plain

VECTORS = Path(__file__).with_name("wycheproof_ed25519.txt")
ACVP = Path(__file__).with_name("acvp_mldsa44.txt")


def ed25519_vectors() -> list[tuple[int, bool, bytes, bytes, bytes]]:
    """Number, whether valid, public key, message, signature."""
    found, public = [], b""
    for line in VECTORS.read_text("ascii").splitlines():
        words = line.split()
        if words[0] == "key":
            public = bytes.fromhex(words[1])
        elif words[0] != "#":
            message, signature = (bytes.fromhex("" if word == "-" else word) for word in words[2:])
            found.append((int(words[0]), words[1] == "v", public, message, signature))
    return found


def test_ed25519() -> None:
    vectors = ed25519_vectors()
    assert [number for number, *_ in vectors] == list(range(1, 152))
    given = {number: plain.ed25519_verify(*words) for number, _, *words in vectors}
    assert given == {number: valid for number, valid, *_ in vectors}
    assert (sum(given.values()), len(given) - sum(given.values())) == (88, 63)


def openssl(public: bytes, message: bytes, signature: bytes, context: bytes = b"") -> bool:
    try:
        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message, context)
    except (InvalidSignature, ValueError):
        return False
    return True


def test_mldsa44() -> None:
    """NIST's own: commitments, hints, z and messages changed, too many hints, z too large, none of it."""
    public, outcomes = b"", []
    for line in ACVP.read_text("ascii").splitlines():
        words = line.split(maxsplit=6)
        if words[0] == "key":
            public = base64.b64decode(words[1])
        elif words[0] != "#":
            context, message, signature = (base64.b64decode("" if word == "-" else word) for word in words[3:6])
            wrapped = message if words[2] == "internal" else bytes((0, len(context))) + context + message
            given = plain.mldsa44_verify_internal(public, wrapped, signature)
            assert given is (words[1] == "v"), line[:40]
            if words[2] == "external":
                assert openssl(public, message, signature, context) is given
            outcomes.append((given, words[6]))
    assert len(outcomes) == 21
    assert sum(given for given, _ in outcomes) == 5
    assert len({reason for given, reason in outcomes if not given}) >= 6


ZERO_KEY = bytes(range(32)) + bytes(1280)
"""A key whose t1 is zero: anybody signs under it, so that each of the verifier's own checks can be met alone."""


def forged(message: bytes, coefficient: int, hints: bytes = bytes(84)) -> bytes:
    """A signature under :data:`ZERO_KEY` whose z has one coefficient, the first, that is not zero."""
    z = [[0] * 256 for _ in range(4)]
    z[0][0] = coefficient
    transformed = [plain.ntt(poly) for poly in z]
    high = b""
    for number, row in enumerate(plain.expand_matrix(ZERO_KEY[:32])):
        total = [0] * 256
        for a, b in zip(row, transformed, strict=True):
            total = [(t + x * y) % plain.Q for t, x, y in zip(total, a, b, strict=True)]
        places = plain.unpack_hints(hints)
        used = set() if places is None else places[number]
        w = plain.inverse_ntt(total)
        bits = sum(plain.use_hint(at in used, c) << 6 * at for at, c in enumerate(w))
        high += bits.to_bytes(192, "little")
    digest = hashlib.shake_256(ZERO_KEY).digest(64)
    mu = hashlib.shake_256(digest + b"\0\0" + message).digest(64)
    packed = b"".join(
        sum(((plain.GAMMA1 - c) % 2**18) << 18 * at for at, c in enumerate(poly)).to_bytes(576, "little") for poly in z
    )
    return hashlib.shake_256(mu + high).digest(32) + packed + hints


BOUND = plain.GAMMA1 - plain.BETA


@pytest.mark.parametrize(
    ("coefficient", "valid"),
    [
        (0, True), (1, True), (-1, True), (BOUND - 1, True), (1 - BOUND, True),
        (BOUND, False), (-BOUND, False), (BOUND + 1, False), (plain.GAMMA1, False), (1 - plain.GAMMA1, False),
    ],
)  # fmt: skip
def test_mldsa44_infinity_norm(coefficient: int, valid: bool) -> None:
    signature = forged(b"m", coefficient)
    assert plain.mldsa44_verify(ZERO_KEY, b"m", signature) is openssl(ZERO_KEY, b"m", signature) is valid


@pytest.mark.parametrize(
    ("places", "counts", "valid"),
    [
        ([], [0, 0, 0, 0], True),
        ([0], [1, 1, 1, 1], True),
        ([255, 0], [1, 2, 2, 2], True),
        ([3, 7, 200], [3, 3, 3, 3], True),
        (list(range(80)), [80, 80, 80, 80], True),
        ([7, 3], [2, 2, 2, 2], False),  # not rising
        ([3, 3], [2, 2, 2, 2], False),  # twice
        ([3, 7], [2, 1, 2, 2], False),  # a count that falls
        ([3], [1, 1, 1, 81], False),  # more than there is room for
        ([3], [0, 0, 0, 0], False),  # something behind the last
    ],
)
def test_mldsa44_hints(places: list[int], counts: list[int], valid: bool) -> None:
    """The forgery follows the hints where they can be read, so nothing but their encoding is at fault."""
    hints = bytes([*places, *bytes(80 - len(places)), *counts])
    signature = forged(b"m", 5, hints)
    assert plain.mldsa44_verify(ZERO_KEY, b"m", signature) is openssl(ZERO_KEY, b"m", signature) is valid


def test_mldsa44_contexts_and_lengths() -> None:
    key = MLDSA44PrivateKey.from_seed_bytes(bytes(range(32)))
    public = key.public_key().public_bytes_raw()
    signature = key.sign(b"m")
    assert plain.mldsa44_verify(public, b"m", signature)
    assert plain.mldsa44_verify(public, b"m", key.sign(b"m", b""))
    assert not plain.mldsa44_verify(public, b"m", key.sign(b"m", b"another context"))
    for length in (0, 32, 2336, 2419):
        assert not plain.mldsa44_verify(public, b"m", signature[:length])
    for length in (0, 32, 1311):
        assert not plain.mldsa44_verify(public[:length], b"m", signature)
    assert not plain.mldsa44_verify(public + b"\0", b"m", signature)

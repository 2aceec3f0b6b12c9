"""Bech32: vectors of BIP-173 and BIP-350."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from forensics.primitives import bech32

VALID = (
    ("A12UEL5L", bech32.BECH32),
    ("a12uel5l", bech32.BECH32),
    (
        "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
        bech32.BECH32,
    ),
    ("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", bech32.BECH32),
    ("split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", bech32.BECH32),
    ("?1ezyfcl", bech32.BECH32),
    ("A1LQFN3A", bech32.BECH32M),
    ("a1lqfn3a", bech32.BECH32M),
    ("abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx", bech32.BECH32M),
    ("split1checkupstagehandshakeupstreamerranterredcaperredlc445v", bech32.BECH32M),
    ("?1v759aa", bech32.BECH32M),
)
INVALID = (
    "pzry9x0s0muk",
    "1pzry9x0s0muk",
    "x1b4n0q5v",
    "li1dgmt3",
    "A1G7SGD8",
    "10a06t8",
    "1qzzfhee",
    "an84characterslonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1569pvx",
    "a12UEL5L",
    "qyrz8wqd2c9m",
    "M1VUXWEZ",
    "16plkw9",
    "1p2gdwpf",
)
ADDRESSES = (
    ("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "bc", 0, "751e76e8199196d454941c45d1b3a323f1433bd6"),
    (
        "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
        "tb",
        0,
        "1863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262",
    ),
    (
        "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
        "bc",
        1,
        "751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6",
    ),
    ("BC1SW50QGDZ25J", "bc", 16, "751e"),
    ("bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "bc", 2, "751e76e8199196d454941c45d1b3a323"),
    (
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "bc",
        1,
        "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
    ),
)
NOT_ADDRESSES = (
    "tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
    "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",
    "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
    "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
    "bc1pw5dgrnzv",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",
    "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",
    "bc1gmk9yu",
)


@pytest.mark.parametrize(("text", "constant"), VALID)
def test_valid_strings(text: str, constant: int) -> None:
    read = bech32.decode(text.encode())
    assert read is not None
    assert read.constant == constant
    assert bech32.encode(read.hrp, read.symbols, constant) == text.lower()


@pytest.mark.parametrize("text", INVALID)
def test_invalid_strings(text: str) -> None:
    assert bech32.decode(text.encode()) is None


@pytest.mark.parametrize(("text", "hrp", "version", "program"), ADDRESSES)
def test_addresses(text: str, hrp: str, version: int, program: str) -> None:
    assert bech32.witness(text.encode(), hrp) == bech32.Witness(version, bytes.fromhex(program))
    assert bech32.encode_witness(hrp, version, bytes.fromhex(program)) == text.lower()


@pytest.mark.parametrize("text", NOT_ADDRESSES)
def test_strings_that_are_no_addresses(text: str) -> None:
    assert bech32.witness(text.encode(), "bc") is None


def test_the_limit_is_a_parameter() -> None:
    long = bech32.encode("lnbc", bytes(200), bech32.BECH32).encode()
    assert bech32.decode(long) is None
    assert bech32.decode(long, limit=1000) is not None


@given(some.binary(max_size=80))
def test_symbols_and_bytes(data: bytes) -> None:
    assert bech32.to_bytes(bech32.to_symbols(data)) == data

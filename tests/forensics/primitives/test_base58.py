"""Base58: vectors of Bitcoin Core `base58_encode_decode.json` and of the XRP Ledger documentation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from forensics.primitives import base58

PAIRS = (
    ("", ""),
    ("61", "2g"),
    ("626262", "a3gV"),
    ("73696d706c792061206c6f6e6720737472696e67", "2cFupjhnEsSn59qHXstmK2ffpLv2"),
    ("00eb15231dfceb60925886b67d065299925915aeb172c06647", "1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L"),
    ("516b6fcd0f", "ABnLTmg"),
    ("bf4f89001e670274dd", "3SEo3LWLoPntC"),
    ("572e4794", "3EFU7m"),
    ("ecac89cad93923c02321", "EJDM8drfXA6uyA"),
    ("10c8511e", "Rt5zm"),
    ("00000000000000000000", "1111111111"),
)


@pytest.mark.parametrize(("data", "text"), PAIRS)
def test_published_pairs(data: str, text: str) -> None:
    assert base58.encode(bytes.fromhex(data)) == text
    assert base58.decode(text.encode()) == bytes.fromhex(data)


@pytest.mark.parametrize("char", "0OIl _+/")
def test_foreign_characters_are_refused(char: str) -> None:
    assert base58.decode(f"2g{char}".encode()) is None


@given(some.binary(min_size=1, max_size=90), some.sampled_from((base58.BITCOIN, base58.RIPPLE)))
def test_what_is_encoded_is_decoded(data: bytes, alphabet: bytes) -> None:
    assert base58.decode(base58.encode(data, alphabet).encode(), alphabet) == data
    assert base58.decode_check(base58.encode_check(data, alphabet).encode(), alphabet) == data


def test_the_alphabet_of_the_xrp_ledger() -> None:
    payload = base58.decode_check(b"rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", base58.RIPPLE)
    assert payload is not None
    assert payload[0] == 0
    assert base58.encode_check(payload, base58.RIPPLE) == "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
    assert base58.decode_check(b"rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh") is None


def test_a_wrong_checksum_is_refused() -> None:
    assert base58.decode_check(b"1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA") is not None
    assert base58.decode_check(b"1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabB") is None
    assert base58.decode_check(b"") is None

"""Addresses: grades, fields and boundaries beyond what the specimens show."""

from __future__ import annotations

import pytest

from forensics.detectors.address import bitcoin, ethereum, monero
from forensics.detectors.base import BytesLayer, Detector
from forensics.model import Finding, Grade, Outcome
from forensics.primitives import eip55

# HASH160 of the private key 1 in other forms; none is on the list of published values
UNPUBLISHED = b"bc1q8n3lmaupwkl4yag8vqvf083kqjp5gqpscsk3dpgnjjw4lryvxxkqmz3e7y"


def one(detector: Detector, text: bytes, end: int | None = None) -> Finding | None:
    found = list(detector.examine(BytesLayer(text), len(text) if end is None else end))
    assert len(found) <= 1
    return found[0] if found else None


def test_an_unpublished_address_is_valid() -> None:
    found = one(bitcoin.DETECTOR, UNPUBLISHED)
    assert found is not None
    assert found.grade == Grade.C2
    assert found.fields["type"].value == "p2wsh"
    assert found.fields["coin"].value == "BTC"
    assert found.caveats == ()
    assert found.checks[0].bits == 30


def test_a_published_address_is_possible() -> None:
    found = one(bitcoin.DETECTOR, b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")
    assert found is not None
    assert found.grade == Grade.C1
    assert any("published" in caveat for caveat in found.caveats)
    assert found.fields["hash160"].value == "62e907b15cbf27d5425399ebf6f0fb50ebb88f18"


@pytest.mark.parametrize(
    ("text", "network", "form"),
    [
        (b"mo9ncXisMeAoXwqcV5EWuyncbmCcQN4rVs", "testnet", "p2pkh"),
        (b"2N2JD6wb56AfK4tfmM6PwdVmoYk2dCKf4Br", "testnet", "p2sh"),
        (b"tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "testnet", "p2wpkh"),
        (b"bcrt1qdavt4j2sd7dlhqsavtnfxvzppw6k7qy97tmnu9", "regtest", "p2wpkh"),
    ],
)
def test_test_networks_rank_lower(text: bytes, network: str, form: str) -> None:
    found = one(bitcoin.DETECTOR, text)
    assert found is not None
    assert found.grade == Grade.C1
    assert (found.fields["network"].value, found.fields["type"].value) == (network, form)
    assert bitcoin.TEST_NETWORK in found.caveats


@pytest.mark.parametrize("glue", [b"x", b"_", b"0", b"l"])
def test_an_address_inside_a_word_is_none(glue: bytes) -> None:
    address = b"1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA"
    assert one(bitcoin.DETECTOR, address + glue, len(address)) is None
    assert one(bitcoin.DETECTOR, glue + address) is None
    assert one(bitcoin.DETECTOR, b"\xe9" + address + b"\xe9", 1 + len(address)) is not None


def test_the_strength_of_eip_55_is_its_letters() -> None:
    address = eip55.checksummed(b"66f9c09118b1c726bc24811a611baf60af42070a")
    found = one(ethereum.DETECTOR, b"0x" + address)
    assert found is not None
    assert found.grade == Grade.C2
    assert found.checks[0].bits == eip55.letters(address) == 13


def test_a_checksum_of_few_letters_is_weak() -> None:
    found = one(ethereum.DETECTOR, b"0x52908400098527886E0F7030069857D2E4169EE7")
    assert found is not None, "the checksum happens to ask for capitals only"
    assert found.grade == Grade.C1
    assert found.caveats == (ethereum.FEW_LETTERS,)
    assert one(ethereum.DETECTOR, b"0x66F9C09118B1C726BC24811A611BAF60AF42070A") is None


def test_small_letters_carry_no_check() -> None:
    found = one(ethereum.DETECTOR, b"0x66f9c09118b1c726bc24811a611baf60af42070a")
    assert found is not None
    assert found.grade == Grade.C1
    assert found.checks[0].outcome is Outcome.NOT_APPLICABLE
    assert ethereum.NO_CHECKSUM in found.caveats


def test_a_payment_id_is_read() -> None:
    specimen = next(each for each in monero.DETECTOR.specimens if each.name == "integrated")
    found = one(monero.DETECTOR, specimen.data)
    assert found is not None
    assert found.fields["payment_id"].value == "0102030405060708"
    assert found.fields["type"].value == "integrated"
    assert found.grade == Grade.C2

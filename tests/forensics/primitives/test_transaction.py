"""Transactions: vectors of Bitcoin Core and BIP-143, scripts and addresses, and octets that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from forensics.primitives import output_script, transaction

# Bitcoin Core, src/test/data/tx_valid.json: the id is in the text above each
CORE = {
    "23b397edccd3740a74adb603c9756370fafcde9bcc4483eb271ecad09a94dd63": (
        "0100000001b14bdcbc3e01bdaad36cc08e81e69c82e1060bc14e518db2b49aa43ad90ba26000000000490047304402203f16c6f40162ab6866"
        "21ef3000b04e75418a0c0cb2d8aebeac894ae360ac1e780220ddc15ecdfc3507ac48e1681a33eb60996631bf6bf5bc0a0682c4db743ce7ca2b"
        "01ffffffff0140420f00000000001976a914660d4ef3a743e3e696ad990364e555c271ad504b88ac00000000"
    ),
    "c99c49da4c38af669dea436d3e73780dfdb6c1ecf9958baa52960e8baee30e73": (
        "01000000010276b76b07f4935c70acf54fbf1f438a4c397a9fb7e633873c4dd3bc062b6b40000000008c493046022100d23459d03ed7e9511a"
        "47d13292d3430a04627de6235b6e51a40f9cd386f2abe3022100e7d25b080f0bb8d8d5f878bba7d54ad2fda650ea8d158a33ee3cbd11768191"
        "fd004104b0e2c879e4daf7b9ab68350228c159766676a14f5815084ba166432aab46198d4cca98fa3e9981d0a90b2effc514b76279476550ba"
        "3663fdcaff94c38420e9d5000000000100093d00000000001976a9149a7b0f3b80c6baaeedce0a0842553800f832ba1f88ac00000000"
    ),
}
# BIP-143, native P2WPKH: the signed transaction and the unsigned one, which have one id
SIGNED = bytes.fromhex(
    "01000000000102fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f00000000494830450221008b9d1dc26ba6a9cb62"
    "127b02742fa9d754cd3bebf337f7a55d114c8e5cdd30be022040529b194ba3f9281a99f2b1c0a19c0489bc22ede944ccf4ecbab4cc618ef3ed01ee"
    "ffffffef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb206000000001976a9148280"
    "b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988ac0002473044"
    "02203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a0220573a954c4518331561406f90300e8f3358f51928d43c21"
    "2a8caed02de67eebee0121025476c2e83188368da1ff3e292e7acafcdb3566bb0ad253f62fc70f07aeee635711000000"
)
UNSIGNED = bytes.fromhex(
    "0100000002fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f0000000000eeffffffef51e1b804cc89d182d279655c"
    "3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb206000000001976a9148280b37df378db99f66f85c95a783a76ac7a"
    "6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988ac11000000"
)


@pytest.mark.parametrize("txid", CORE)
def test_ids_of_bitcoin_cores_vectors(txid: str) -> None:
    data = bytes.fromhex(CORE[txid])
    found = transaction.parse(data)
    assert found is not None
    assert (found.txid, found.length) == (txid, len(data))


def test_witnesses_are_read_and_are_no_part_of_the_id() -> None:
    signed = transaction.parse(b"before" + SIGNED + b"behind", 6)
    unsigned = transaction.parse(UNSIGNED)
    assert signed is not None
    assert unsigned is not None
    assert signed.length == len(SIGNED)
    assert [len(each.witness) for each in signed.inputs] == [0, 2]
    assert signed.inputs[1].txid == "8ac60eb9575db5b2d987e29f301b5b819ea83a5c6579d282d189cc04b8e151ef"
    assert [each.amount for each in signed.outputs] == [112_340_000, 223_450_000]
    assert signed.lock_time == 17
    assert not signed.mints
    assert signed.inputs[0].script
    assert not unsigned.inputs[0].script  # its first input is signed in its script, so the ids differ
    bare = transaction.parse(SIGNED.replace(signed.inputs[0].script, b"").replace(b"\x49" + b"\xee", b"\0\xee"))
    assert bare is not None
    assert bare.txid == unsigned.txid


@pytest.mark.parametrize("end", range(0, len(SIGNED), 7))
def test_cut_off_it_is_none(end: int) -> None:
    assert transaction.parse(SIGNED[:end]) is None


@given(some.integers(0, 8 * len(SIGNED) - 1))
def test_a_flipped_bit_gives_another_id_or_none(bit: int) -> None:
    data = bytearray(SIGNED)
    data[bit // 8] ^= 1 << bit % 8
    found = transaction.parse(bytes(data))
    same = transaction.parse(SIGNED)
    assert same is not None
    assert found is None or found != same


@given(some.binary(max_size=300))
def test_any_octets_are_read_within_them(data: bytes) -> None:
    found = transaction.parse(data)
    assert found is None or found.length <= len(data)


def test_hostile_counts_end_at_once() -> None:
    huge = b"\xff" + b"\xff" * 8
    for data in (bytes(4) + huge, bytes(4) + b"\1" + bytes(36) + huge, b"\2\0\0\0\0\1" + huge):
        assert transaction.parse(data + bytes(1_000)) is None


@pytest.mark.parametrize(
    ("address", "network", "script"),
    [
        ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "bitcoin", "76a91477bff20c60e522dfaa3350c39b030a5d004e839a88ac"),
        ("37VucYSaXLCAsxYyAPfbSi9eh4iEcbShgf", "bitcoin", None),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "bitcoin", "0014751e76e8199196d454941c45d1b3a323f1433bd6"),
        ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "bitcoin", None),
        (
            "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
            "bitcoin testnet",
            "0014751e76e8199196d454941c45d1b3a323f1433bd6",
        ),
        ("ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9", "litecoin", "0014751e76e8199196d454941c45d1b3a323f1433bd6"),
        ("LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1", "litecoin", None),
        ("DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L", "dogecoin", None),
        ("XpESxaUmonkq8RaLLp46Brx2K39ggQe226", "dash", None),
    ],
)
def test_addresses_of_published_vectors_and_their_scripts(address: str, network: str, script: str | None) -> None:
    read = output_script.read_address(address)
    assert read is not None
    assert read[0].name == network
    assert script is None or read[1].hex() == script
    assert output_script.address_of(read[1], read[0]) == address


def test_scripts_without_an_address_and_words_that_are_none() -> None:
    for script in (b"", b"\x6a\x04text", b"\x51", b"\x21" + b"\2" * 33 + b"\xac", b"\0\x15" + bytes(21)):
        assert output_script.address_of(script, output_script.BITCOIN) == ""
    assert output_script.address_of(b"\0\x14" + bytes(20), output_script.NETWORKS[4]) == ""  # dogecoin has none
    for text in ("", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "é" * 34):
        assert output_script.read_address(text) is None

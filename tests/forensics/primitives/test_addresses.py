"""CashAddr, EIP-55, CryptoNote, onion names: the vectors of their specifications."""

from __future__ import annotations

import pytest

from forensics.primitives import cashaddr, cryptonote, ed25519_point, eip55, onion
from forensics.primitives.keccak import keccak256

CASH = (
    ("bitcoincash:qr6m7j9njldwwzlg9v7v53unlr4jkmx6eylep8ekg2", 0, "f5bf48b397dae70be82b3cca4793f8eb2b6cdac9"),
    ("bchtest:pr6m7j9njldwwzlg9v7v53unlr4jkmx6eyvwc0uz5t", 1, "f5bf48b397dae70be82b3cca4793f8eb2b6cdac9"),
    ("bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", 0, "76a04053bda0a88bda5177b86a15c3b29f559873"),
    ("bitcoincash:ppm2qsznhks23z7629mms6s4cwef74vcwvn0h829pq", 1, "76a04053bda0a88bda5177b86a15c3b29f559873"),
)
EIP55 = (
    "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "fB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "dbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "D1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    "52908400098527886E0F7030069857D2E4169EE7",
    "de709f2102306220921060314715629080e2fb77",
)
MONERO = b"44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A"
ONIONS = (
    "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd",
    "sp3k262uwy4r2k3ycr5awluarykdpag6a7y33jxop4cs2lu5uz5sseqd",
    "xa4r2iadxm55fbnqgwwi5mymqdcofiu3w6rpbtqn7b2dyn7mgwj64jyd",
)


@pytest.mark.parametrize(("text", "kind", "digest"), CASH)
def test_cash_addresses(text: str, kind: int, digest: str) -> None:
    prefix, _, body = text.partition(":")
    expected = cashaddr.CashAddress(prefix, kind, bytes.fromhex(digest))
    assert cashaddr.decode(text.encode()) == expected
    assert cashaddr.decode(body.encode()) == expected
    assert cashaddr.decode(text.upper().encode()) == expected
    assert cashaddr.encode(prefix, kind, bytes.fromhex(digest)) == text
    assert cashaddr.decode((text[:-1] + ("q" if text[-1] != "q" else "p")).encode()) is None


def test_keccak_is_not_sha3() -> None:
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


@pytest.mark.parametrize("address", EIP55)
def test_eip55(address: str) -> None:
    assert eip55.checksummed(address.lower().encode()) == address.encode()
    assert eip55.letters(address.encode()) == sum(char.isalpha() for char in address)


def test_a_cryptonote_address() -> None:
    read = cryptonote.decode_address(MONERO)
    assert read is not None
    assert read.tag == 18
    assert len(read.body) == 64
    assert cryptonote.encode_address(18, read.body).encode() == MONERO
    assert cryptonote.decode_address(MONERO[:-1] + b"B") is None


@pytest.mark.parametrize("length", range(70))
def test_blocks_of_every_length(length: int) -> None:
    for byte in (0, 0x7F, 0xFF):
        data = bytes((byte,)) * length
        assert cryptonote.decode(cryptonote.encode(data).encode()) == data


@pytest.mark.parametrize("text", [b"1", b"zzzzzzzzzzz", b"00000000000", b"zz", b"1111"])
def test_impossible_blocks(text: bytes) -> None:
    assert cryptonote.decode(text) is None


@pytest.mark.parametrize("label", ONIONS)
def test_onion_names(label: str) -> None:
    key = onion.decode(label.encode())
    assert key is not None
    assert onion.encode(key) == f"{label}.onion"
    assert onion.decode(label.upper().encode()) == key
    assert ed25519_point.is_point(key)
    assert onion.decode(label[1:].encode()) is None
    assert onion.decode(("a" + label[1:]).encode()) is None


def test_points_of_edwards25519() -> None:
    assert ed25519_point.is_point(bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"))
    assert ed25519_point.is_point((4 * pow(5, -1, 2**255 - 19) % (2**255 - 19)).to_bytes(32, "little"))
    assert not ed25519_point.is_point((2).to_bytes(32, "little"))
    assert not ed25519_point.is_point((2**255 - 19).to_bytes(32, "little")), "y must be below the prime"
    assert ed25519_point.is_point((1).to_bytes(32, "little"))
    assert not ed25519_point.is_point((1 | 1 << 255).to_bytes(32, "little")), "no negative zero"
    assert not ed25519_point.is_point(bytes(31))

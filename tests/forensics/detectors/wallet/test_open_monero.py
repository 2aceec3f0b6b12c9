"""Monero's key files, which the test writes in the forms of three times."""

from __future__ import annotations

import functools
import json

import pytest
from Crypto.Cipher import ChaCha20

from forensics.detectors.wallet._opening import Opened, WrongSecretError, opened
from forensics.errors import FormatError
from forensics.primitives import monero_keys, monero_seed
from forensics.primitives.chacha import chacha
from forensics.primitives.cryptonight import slow_hash
from forensics.primitives.cryptonote import encode_address
from forensics.primitives.keccak import keccak256

PASSWORD = b"Juniper-lantern-12"
SPEND = monero_seed.reduced(bytes(range(32)))
VIEW = monero_seed.reduced(keccak256(SPEND))
IV = b"12345678"
key_of = functools.cache(slow_hash)


def sized(data: bytes) -> bytes:
    return bytes((len(data) << 2,)) + data


def named(name: str, kind: int, data: bytes) -> bytes:
    return bytes((len(name),)) + name.encode() + bytes((kind,)) + data


def account(spend: bytes = SPEND, view: bytes = VIEW, *, public: bytes = b"") -> bytes:
    publics = named("m_spend_public_key", 10, sized(public or monero_seed.public(SPEND)))
    publics += named("m_view_public_key", 10, sized(monero_seed.public(VIEW)))
    keys = b"\x10" + named("m_account_address", 12, b"\x08" + publics)
    keys += named("m_encryption_iv", 10, sized(IV))
    keys += named("m_spend_secret_key", 10, sized(spend)) + named("m_view_secret_key", 10, sized(view))
    created = (1_709_201_472).to_bytes(8, "little")
    body = b"\x08" + named("m_creation_timestamp", 5, created) + named("m_keys", 12, keys)
    return b"\x01\x11\x01\x01\x01\x01\x02\x01\x01" + body


def settings(stored: bytes, **others: int) -> bytes:
    value = {"key_data": stored.decode("latin-1"), "seed_language": "English", **others}
    return json.dumps(value, ensure_ascii=False).encode("latin-1")


def file(plain: bytes, rounds: int = 20) -> bytes:
    size = len(plain)
    body = chacha(key_of(PASSWORD), IV, plain, rounds)
    return IV + bytes((size & 0x7F | 0x80, size >> 7)) + body


def names(one: Opened) -> list[str]:
    return [name for name, _ in one.secrets]


def test_a_wallet_opens_and_its_keys_prove_it() -> None:
    stream = ChaCha20.new(key=key_of(key_of(PASSWORD) + b"k"), nonce=IV).encrypt(SPEND + VIEW)
    data = file(settings(account(stream[:32], stream[32:]), encrypted_secret_keys=1, nettype=2))
    one = opened("wallet/monero_keys", data, PASSWORD)
    assert one.check.endswith("the view key gives its public key; the spend key gives its public key")
    assert one.addresses[0] == ("address/monero", monero_seed.address(SPEND, 24))
    assert len({address for _, address in one.addresses}) == 33
    assert one.fields["network"] == "stagenet"
    assert one.fields["created"] == "2024-02-29 10:11:12 UTC"
    assert names(one) == ["view_key", "spend_key", "seed"]
    words = dict(one.secrets)["seed"].split()
    assert monero_seed.seed(words, "english") == SPEND
    with pytest.raises(WrongSecretError):
        opened("wallet/monero_keys", data, PASSWORD + b" ")


def test_a_watching_wallet_and_one_whose_key_is_elsewhere() -> None:
    one = opened("wallet/monero_keys", file(settings(account(bytes(32)), watch_only=1, nettype=0)), PASSWORD)
    assert names(one) == ["view_key"]
    assert "watch" in str(one.fields["spend_key"])
    one = opened("wallet/monero_keys", file(settings(account(public=monero_seed.public(VIEW)))), PASSWORD)
    assert names(one) == ["view_key"]
    assert "multisig" in str(one.fields["spend_key"])


def test_old_files_of_eight_rounds_and_without_settings() -> None:
    for plain in (settings(account()), account()):
        one = opened("wallet/monero_keys", file(plain, 8), PASSWORD)
        assert one.addresses[0] == ("address/monero", monero_seed.address(SPEND))
        assert "not stored" in str(one.fields["network"])
        assert "spend_key" in names(one)


@pytest.mark.parametrize(
    "stored",
    [account()[:-3], account()[:9] + b"\xfc", account().replace(b"m_keys\x0c", b"m_keys\x0f"), account()[:9] + b"\0"],
)
def test_a_broken_account_says_so(stored: bytes) -> None:
    with pytest.raises(FormatError) as told:
        opened("wallet/monero_keys", file(settings(stored)), PASSWORD)
    assert not isinstance(told.value, WrongSecretError)


def test_subaddresses_are_those_of_the_view_and_the_spend_key() -> None:
    spend_public = monero_seed.public(SPEND)
    told = b"SubAddr\0" + VIEW + bytes(4) + (1).to_bytes(4, "little")
    number = int.from_bytes(monero_seed.reduced(keccak256(told)), "little")
    order = 2**252 + 27742317777372353535851937790883648493
    secret = (number + int.from_bytes(SPEND, "little")) % order
    spend = monero_seed.public(secret.to_bytes(32, "little"))
    view = monero_seed.public((secret * int.from_bytes(VIEW, "little") % order).to_bytes(32, "little"))
    assert monero_keys.subaddress(VIEW, spend_public, 0, 1, "mainnet") == encode_address(42, spend + view)

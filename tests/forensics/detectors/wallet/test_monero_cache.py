"""Caches of Monero, which the test writes field by field as `wallet2.h` names them; and none of their ends crashes."""

from __future__ import annotations

import functools
import random

import pytest
from Crypto.Cipher import ChaCha20

from forensics.detectors.wallet import _monero_cache
from forensics.detectors.wallet._open_monero_cache import Keys, tell_cache
from forensics.detectors.wallet._opened import Opened
from forensics.errors import FormatError
from forensics.primitives import monero_keys, monero_seed
from forensics.primitives.chacha import chacha
from forensics.primitives.cryptonight import slow_hash
from forensics.primitives.keccak import keccak256

SPEND = monero_seed.reduced(bytes(range(32)))
VIEW = monero_seed.reduced(keccak256(SPEND))
PUBLICS = monero_seed.public(SPEND) + monero_seed.public(VIEW)
CONTAINER = bytes(range(32))
KEYS = Keys(CONTAINER, VIEW, SPEND, PUBLICS[:32])
IV = b"12345678"
IN, OUT, PENDING, NOTE_OF = (bytes((each,)) * 32 for each in (0xA1, 0xB2, 0xC3, 0xB2))
TIME = 1_709_201_472  # 2024-02-29 10:11:12


def varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*found, value))


def many(*parts: bytes) -> bytes:
    return varint(len(parts)) + b"".join(parts)


def pair(key: bytes, value: bytes) -> bytes:
    return b"\x02" + key + value


def text(value: str) -> bytes:
    return varint(len(value.encode())) + value.encode()


def numbers(*values: int) -> bytes:
    return b"".join(varint(each) for each in values)


def fixed(value: int, size: int = 8) -> bytes:
    return value.to_bytes(size, "little")


def prefix() -> bytes:
    """A transaction of one ring of three, two outputs (with and without view tag), and nine octets of extra."""
    ring = b"\x02" + numbers(0) + many(varint(1_000_000), varint(5), varint(300)) + bytes(32)
    outputs = many(varint(0) + b"\x03" + bytes(33), varint(0) + b"\x02" + bytes(32))
    return numbers(2, 0) + many(ring) + outputs + varint(9) + bytes(9)


def transfer(amount: int, spent: bool) -> bytes:
    cosigner = bytes(32) + many(bytes(64)) + many(bytes(32), bytes(32))
    return b"".join(
        (
            fixed(3_000_000), prefix(), IN, fixed(1), fixed(90_000_000), bytes((spent,)), b"\0", fixed(3_000_100),
            bytes(32), bytes(32), fixed(amount), b"\1\1\0", fixed(0), fixed(0, 4), fixed(2, 4), b"\0",
            many(bytes(32)), many(cosigner), many(pair(varint(3_000_050), bytes(32))),
        )
    )  # fmt: skip


def target(amount: int) -> bytes:
    return text("") + varint(amount) + PUBLICS + b"\0\0"


def rings() -> bytes:
    return many(pair(bytes(32), many(varint(7), varint(8))))


def incoming() -> bytes:
    amounts = many(varint(1), varint(2))
    return b"\0" + IN + varint(2_500_000_000_000) + amounts + numbers(30_000_000, 3_000_000, 0, TIME) + b"\0" + (
        fixed(0, 4) + fixed(2, 4)
    )  # fmt: skip


def outgoing() -> bytes:
    body = b"\1" + prefix() + numbers(2_500_000_000_000, 2_490_000_000_000, 990_000_000_000, 3_000_100)
    body += many(target(1_500_000_000_000)) + bytes(31) + b"\x07" + numbers(TIME + 60, 0, 0) + many(varint(2))
    return body + rings()


def waiting() -> bytes:
    body = b"\1" + prefix() + numbers(990_000_000_000, 980_000_000_000, 0, TIME + 120)
    return body + many(target(980_000_000_000)) + bytes(32) + numbers(0, 0, 0) + many(varint(0)) + rings()


@functools.cache
def cache(version: int = 2) -> bytes:
    pool = b"\0" + incoming() + b"\0"
    book = b"\0" + PUBLICS + bytes(range(8)) + text("courier, Köln") + b"\0\1"
    return b"".join(
        (
            b"monero wallet cache", varint(version),
            numbers(0, 2_999_990), bytes(32), many(*(bytes(32) for _ in range(200))),
            many(transfer(2_500_000_000_000, spent=True), transfer(990_000_000_000, spent=False)),
            PUBLICS, many(pair(bytes(32), varint(1))), many(pair(PENDING, waiting())),
            many(pair(bytes(32), incoming())), many(pair(OUT, bytes(31) + b"\x05")), many(pair(OUT, outgoing())),
            many(pair(NOTE_OF, text("order 4471"))), many(pair(bytes(32), pool)), many(pair(bytes(32), varint(0))),
            many(book), many(bytes(32)), many(), many(pair(bytes(32), fixed(0, 4) + fixed(1, 4))),
            many(many(text("shop"), text(""), text("vendor bond")), many(text("rent"))),
            many(pair(OUT, many(bytes(32)))), many(pair(text("wallet2.description"), text("wallet of kestrel"))),
            b"what follows is not read",
        )
    )  # fmt: skip


def contained(plain: bytes, key: bytes = CONTAINER) -> bytes:
    stream = ChaCha20.new(key=keccak256(key + b"\x8d"), nonce=IV)
    return IV + varint(len(plain)) + stream.encrypt(plain)


def told(data: bytes) -> Opened:
    one = Opened("x", addresses=[("address/monero", monero_keys.address(PUBLICS[:32], PUBLICS[32:], "mainnet"))])
    tell_cache(one, data, KEYS, "mainnet")
    return one


def test_a_cache_tells_payments_labels_notes_and_the_address_book() -> None:
    one = told(contained(cache()))
    assert one.check == "x; the cache beside it opens with the same password"
    assert one.fields["cache"] == "version 2, read whole"
    assert one.fields["cache_height"] == 3_000_190
    assert one.fields["unspent"] == "0.990000000000"
    assert one.fields["attributes"] == {"wallet2.description": "wallet of kestrel"}
    payments = one.fields["payments"]
    assert isinstance(payments, tuple)
    first, second, third = (each for each in payments if isinstance(each, dict))
    assert [each["way"] for each in (first, second, third)] == ["in", "out", "pending"]
    assert (first["amount"], first["fee"], first["index"]) == ("2.500000000000", "0.000030000000", 2)
    assert (first["time"], first["height"]) == ("2024-02-29 10:11:12 UTC", 3_000_000)
    assert (second["amount"], second["fee"], second["note"]) == ("1.500000000000", "0.010000000000", "order 4471")
    assert str(second["payment_id"]).endswith("07")
    own = one.addresses[0][1]
    assert second["to"] == ({"address": own, "amount": "1.500000000000"},)
    assert (third["time"], third["height"]) == ("2024-02-29 10:13:12 UTC", 0)
    assert one.fields["address_book"] == ({"address": own, "text": "courier, Köln", "payment_id": "0001020304050607"},)
    assert (f"tx_key of {OUT.hex()}", bytes(31).hex() + "05") in one.secrets
    assert ("WALLET_HAS_TRANSACTION", "transaction", OUT.hex()) in one.links
    assert ("CONTACT_OF", "address/monero", own) in one.links


def test_labels_stand_at_the_addresses_that_are_derived() -> None:
    labels = told(contained(cache())).fields["labels"]
    assert isinstance(labels, tuple)
    stated = [
        (each["account"], each["index"], each["label"], each["address"]) for each in labels if isinstance(each, dict)
    ]
    assert [each[:3] for each in stated] == [(0, 0, "shop"), (0, 1, ""), (0, 2, "vendor bond"), (1, 0, "rent")]
    assert stated[3][3] == monero_keys.subaddress(VIEW, PUBLICS[:32], 1, 0, "mainnet")


@pytest.mark.parametrize("version", [0, 1, 2])
def test_versions_to_two_are_read(version: int) -> None:
    assert _monero_cache.read(cache(version)).whole


def test_another_version_or_mark_is_refused() -> None:
    for data in (cache(3), b"monero wallet CACHE\x02", b""):
        with pytest.raises(FormatError):
            _monero_cache.read(data)


def test_every_cut_is_told_as_one() -> None:
    end = cache().index(b"what follows")
    for size in range(len(_monero_cache.MAGIC) + 1, end, 7):
        found = _monero_cache.read(cache()[:size])
        assert not found.whole
        assert found.reason


def test_an_archive_of_an_older_monero_is_known_by_its_key() -> None:
    begin = b"\x01\x16serialization::archive" + bytes(100)
    data = IV + varint(len(begin)) + chacha(slow_hash(VIEW + SPEND + b"\x8c"), IV, begin, 8)
    assert "archive of Boost" in str(told(data).fields["cache"])


def test_no_changed_octet_crashes_or_takes_long() -> None:
    chance = random.Random(7)
    for _ in range(1_000):
        changed = bytearray(cache())
        changed[chance.randrange(20, len(changed))] ^= 1 << chance.randrange(8)
        _monero_cache.read(bytes(changed))


def test_what_is_no_cache_is_said_in_a_field() -> None:
    assert "length" in str(told(b"a file that is something else").fields["cache"])
    assert "not opened" in str(told(contained(cache(), bytes(32))).fields["cache"])

"""Armory wallets: what a file says, and one that the test encrypts by other means."""

from __future__ import annotations

import hashlib
import struct

import pytest
from Crypto.Cipher import AES

from forensics.detectors.base import BytesLayer
from forensics.detectors.wallet import _armory_records as records
from forensics.detectors.wallet import armory
from forensics.detectors.wallet._opening import WrongSecretError, opened
from forensics.errors import FormatError
from forensics.model import Finding, Grade, Outcome, Secret, Sensitivity

ENCRYPTED, PLAIN = (each.data for each in armory.DETECTOR.specimens[:2])
PASSWORD = b"Juniper-lantern-12"


def found(data: bytes) -> Finding:
    (one,) = armory.DETECTOR.examine(BytesLayer(data), 0)
    return one


def derived(memory: int) -> bytes:
    """One round of the derivation, written over a flat array as the program does it."""
    table = bytearray(hashlib.sha512(PASSWORD + bytes(range(32))).digest())
    while len(table) < memory:
        table += hashlib.sha512(table[-64:]).digest()
    last = bytes(table[-64:])
    for _ in range(memory // 128):
        place = struct.unpack_from("<I", last, 60)[0] % (memory // 64)
        last = hashlib.sha512(bytes(a ^ b for a, b in zip(last, table[64 * place :], strict=False))).digest()
    return last[:32]


def locked(memory: int = 4_096) -> bytes:
    key = derived(memory)
    private = AES.new(key, AES.MODE_CFB, iv=bytes(16), segment_size=128).encrypt(bytes(31) + b"\7")
    data = bytearray(ENCRYPTED)
    data[records.HEAD : records.HEAD + 12] = struct.pack("<QI", memory, 1)
    data[records.ROOT + 108 : records.ROOT + 144] = private + records.doubled(private)[:4]
    return bytes(data)


def test_a_wallet_says_its_keys_labels_and_chain() -> None:
    one = found(ENCRYPTED)
    assert one.grade is Grade.C3
    assert [check.outcome for check in one.checks] == [Outcome.PASS] * 3
    assert one.fields["version"].value == "1.35"
    assert one.fields["name"].value == "stall"
    assert one.fields["kdf_memory"].value == 2 << 20
    labels = one.fields["labels"].value
    assert isinstance(labels, tuple)
    assert [dict(each)["label"] for each in labels if isinstance(each, dict)] == ["order 12", "rent"]
    assert one.fields["deleted_entries"].value == 1
    assert [str(event.when) for event in one.events] == ["2024-02-29 10:11:12+00:00"]
    assert one.sensitivity is Sensitivity.PERSONAL


def test_a_plain_wallet_holds_secrets() -> None:
    one = found(PLAIN)
    assert one.sensitivity is Sensitivity.SECRET
    key = one.fields["root_private_key"]
    assert key.value == Secret("00" * 31 + "07")
    assert key.span is not None
    assert PLAIN[key.span.offset : key.span.end] == bytes(31) + b"\7"


def test_an_address_that_the_chain_does_not_give() -> None:
    data = bytearray(ENCRYPTED)
    data[records.ROOT + 36 : records.ROOT + 72] = bytes(32) + records.doubled(bytes(32))[:4]
    one = found(bytes(data))
    assert one.grade is Grade.C2
    assert [check.outcome for check in one.checks] == [Outcome.PASS, Outcome.FAIL, Outcome.PASS]


def test_the_password_opens_and_another_does_not() -> None:
    one = opened("wallet/armory", locked(), PASSWORD)
    assert one.secrets == [("root_private_key", "00" * 31 + "07")]
    assert one.addresses
    with pytest.raises(WrongSecretError):
        opened("wallet/armory", locked(), PASSWORD + b" ")
    with pytest.raises(FormatError, match="nothing"):
        opened("wallet/armory", PLAIN, PASSWORD)
    hostile = bytearray(locked())
    hostile[records.HEAD : records.HEAD + 8] = b"\xff" * 8
    with pytest.raises(FormatError, match="parameters"):
        opened("wallet/armory", bytes(hostile), PASSWORD)

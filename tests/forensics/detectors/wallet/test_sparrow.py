"""Sparrow's wallets: JSON, locked JSON that the test encrypts by other means, and databases."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import zlib

import pytest
from Crypto.Cipher import AES
from Crypto.Util.Padding import pad
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from forensics.detectors.base import BytesLayer, Detector
from forensics.detectors.wallet import sparrow, sparrow_database
from forensics.detectors.wallet._opening import WrongSecretError, opened
from forensics.errors import FormatError
from forensics.model import Absent, Finding, Grade, Outcome, Sensitivity
from forensics.primitives import secp256k1

PASSWORD = b"Juniper-lantern-12"
PHRASE = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"
PLAIN, WITHOUT = (each.data for each in sparrow.DETECTOR.specimens[:2])


def found(detector: Detector, data: bytes, at: int = 0) -> Finding:
    (one,) = detector.examine(BytesLayer(data), at)
    return one


def derived(salt: bytes) -> bytes:
    return Argon2id(salt=salt, length=32, iterations=10, lanes=4, memory_cost=262_144).derive(PASSWORD)


def with_seed() -> bytes:
    salt, iv = bytes(range(16)), bytes(range(16, 32))
    sealed = AES.new(derived(salt), AES.MODE_CBC, iv).encrypt(pad(PHRASE.encode(), 16))
    value = json.loads(WITHOUT)
    parts = {"initialisationVector": iv.hex(), "encryptedBytes": sealed.hex(), "keySalt": salt.hex()}
    value["keystores"][0]["seed"]["encryptedMnemonicCode"] = parts
    return json.dumps(value).encode()


def locked(text: bytes) -> bytes:
    """As the program writes it: the shared point is the file's key times another one's."""
    salt, other = bytes(range(16)), bytes(31) + b"\x09"
    number = int.from_bytes(derived(salt), "big") * int.from_bytes(other, "big") % secp256k1.ORDER
    stream = hashlib.sha512(secp256k1.public_key(number.to_bytes(32, "big"))).digest()
    body = AES.new(stream[16:32], AES.MODE_CBC, stream[:16]).encrypt(pad(zlib.compress(text), 16))
    blob = b"BIE1" + secp256k1.public_key(other) + body
    blob += hmac.digest(stream[32:], blob, "sha256")
    return base64.b64encode(b"SPRW1" + salt) + base64.b64encode(blob)


def test_a_wallet_tells_keys_labels_and_times() -> None:
    one = found(sparrow.DETECTOR, PLAIN, PLAIN.index(b'"policyType"') + 12)
    assert one.grade is Grade.C3
    assert one.sensitivity is Sensitivity.SECRET
    assert PHRASE not in repr(one)
    labels = one.fields["labels"].value
    assert isinstance(labels, tuple)
    told = [(each["of"], each["label"]) for each in labels if isinstance(each, dict)]
    assert told == [("m/0/3", "order 12"), (f"{'ab' * 32}:0", "rent"), ("ab" * 32, "rent")]
    assert [event.meaning for event in one.events] == ["seed created", "payment confirmed"]
    assert {str(event.when) for event in one.events} == {"2024-02-29 10:11:12+00:00"}
    other = found(sparrow.DETECTOR, WITHOUT, WITHOUT.index(b'"policyType"') + 12)
    assert other.fields["encryption"].value == "seeds"
    assert other.sensitivity is Sensitivity.PERSONAL


def test_a_locked_file_and_a_locked_seed_open() -> None:
    data = locked(PLAIN)
    told = found(sparrow.DETECTOR, data)
    assert told.value is Absent.ENCRYPTED
    assert told.fields["kdf_salt"].value == bytes(range(16)).hex()
    one = opened("wallet/sparrow", data, PASSWORD)
    assert one.check == "HMAC-SHA-256 of the file"
    assert one.secrets == [("seed", PHRASE)]
    one = opened("wallet/sparrow", with_seed(), PASSWORD)
    assert one.check == "padding and words of the seed"
    assert one.secrets == [("seed", PHRASE)]
    for each in (data, with_seed()):
        with pytest.raises(WrongSecretError):
            opened("wallet/sparrow", each, b"other")
    with pytest.raises(FormatError, match="nothing"):
        opened("wallet/sparrow", PLAIN, PASSWORD)


def test_the_checksum_of_a_published_head_holds() -> None:
    head = b"H:2,block:2,blockSize:1000,chunk:1,clean:1,created:184a7c079cd,format:2,version:1"
    assert sparrow_database._fletcher(head) == 0x8E4BA0E2


def test_a_database_tells_what_is_read_and_what_is_not() -> None:
    plain, sealed = (each.data for each in sparrow_database.DETECTOR.specimens[:2])
    one = found(sparrow_database.DETECTOR, plain)
    assert one.grade is Grade.C3
    assert one.checks[0].outcome is Outcome.PASS
    keys = one.fields["extended_keys"]
    assert isinstance(keys.value, tuple)
    assert keys.span is not None
    assert plain[keys.span.offset : keys.span.end] == str(keys.value[0]).encode()
    assert one.fields["paths"].value == ("m/84'/0'/0'",)
    assert one.fields["labels"].value is Absent.NOT_PARSED
    assert one.events[0].as_stored == "184a7c079cd"
    one = found(sparrow_database.DETECTOR, sealed)
    assert one.value is Absent.ENCRYPTED
    assert one.fields["kdf_salt"].value == bytes(range(16)).hex()
    assert "argon2id" in str(one.fields["kdf"].value)

"""Stores and exports of Bitwarden that the test encrypts by other means, and a key that another project published."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from typing import Any

import pytest
from Crypto.Cipher import AES
from Crypto.Hash import HMAC, SHA256
from Crypto.Util.Padding import pad
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from forensics.detectors.base import BytesLayer
from forensics.detectors.store._open_bitwarden import bitwarden
from forensics.detectors.store.bitwarden import DETECTOR
from forensics.detectors.wallet._opening import Opened, WrongSecretError, opened
from forensics.errors import FormatError
from forensics.model import Finding

KIND, PASSWORD, ADDRESS = "store/bitwarden", b"Juniper-lantern-12", "Wick@Post.example"
USER = "00000000-0000-4000-8000-00000000000a"
ACCOUNT, ITEM = bytes(range(64)), bytes(range(64, 128))


def sealed(text: bytes, key: bytes) -> str:
    iv = os.urandom(16)
    body = AES.new(key[:32], AES.MODE_CBC, iv).encrypt(pad(text, 16))
    mac = HMAC.new(key[32:], iv + body, SHA256).digest()
    return "2." + "|".join(base64.b64encode(each).decode() for each in (iv, body, mac))


def stretched(salt: bytes, *, argon: bool = False) -> bytes:
    if argon:
        derive = Argon2id(salt=hashlib.sha256(salt).digest(), length=32, iterations=2, lanes=2, memory_cost=1_024)
        master = derive.derive(PASSWORD)
    else:
        master = hashlib.pbkdf2_hmac("sha256", PASSWORD, salt, 5_000)
    return b"".join(HKDFExpand(hashes.SHA256(), 32, info).derive(master) for info in (b"enc", b"mac"))


def item(key: bytes = ACCOUNT, *, own: bool = False) -> dict[str, Any]:
    within = ITEM if own else key
    stored: dict[str, Any] = {
        "type": 1,
        "name": sealed(b"market", within),
        "notes": sealed("behind the clock é".encode(), within),
        "creationDate": "2024-02-29T10:11:12.000Z",
        "login": {
            "username": sealed(b"wick", within),
            "password": sealed(b"first-word-1", within),
            "uris": [{"uri": sealed(b"https://market.example/login", within)}],
        },
        "fields": [{"name": sealed(b"PIN", within), "value": sealed(b"4471-8820", within)}],
        "passwordHistory": [{"password": sealed(b"older-word-0", within)}],
    }
    return stored | ({"key": sealed(ITEM, key)} if own else {})


def of_2024(held: object = None, *, argon: bool = False) -> bytes:
    key = sealed(ACCOUNT, stretched(ADDRESS.lower().encode(), argon=argon))
    cost = (
        {"kdfType": 1, "iterations": 2, "memory": 1, "parallelism": 2} if argon else {"kdfType": 0, "iterations": 5_000}
    )
    stored = {
        "global_account_accounts": {USER: {"email": ADDRESS, "name": "W", "emailVerified": True}},
        f"user_{USER}_kdfConfig_kdfConfig": cost,
        f"user_{USER}_masterPassword_masterKeyEncryptedUserKey": key,
        f"user_{USER}_masterPassword_masterKeyHash": base64.b64encode(bytes(32)).decode(),
        f"user_{USER}_ciphers_ciphers": held or {"1": item(), "2": item(own=True)},
    }
    return json.dumps(stored).encode()


def of_2025() -> bytes:
    key = sealed(ACCOUNT, stretched(ADDRESS.lower().encode()))
    unlock = {"salt": ADDRESS.lower(), "kdf": {"kdfType": 0, "iterations": 5_000}, "masterKeyWrappedUserKey": key}
    stored = {
        f"user_{USER}_masterPasswordUnlock_masterPasswordUnlockKey": unlock,
        f"user_{USER}_ciphers_ciphers": {"1": item(), "2": item(own=True)},
    }
    return json.dumps(stored).encode()


def of_2023() -> bytes:
    key = sealed(ACCOUNT, stretched(ADDRESS.lower().encode()))
    account = {
        "data": {"ciphers": {"encrypted": {"1": item(), "2": item(own=True)}}},
        "keys": {"cryptoSymmetricKey": {"encrypted": key}},
        "profile": {"email": ADDRESS, "kdfType": 0, "kdfIterations": 5_000, "userId": USER},
    }
    return json.dumps({"global": {}, USER: account, "authenticatedAccounts": [USER]}, indent=2).encode()


def export(**more: object) -> bytes:
    salt = "AAECAwQFBgcICQoLDA0ODw=="
    keys = stretched(salt.encode())
    plain = {"name": "market", "type": 1, "login": {"username": "wick", "password": "first-word-1"}}
    document = json.dumps({"encrypted": False, "items": [plain]}).encode()
    stored = {"encrypted": True, "passwordProtected": True, "salt": salt, "kdfType": 0, "kdfIterations": 5_000}
    stored |= {"encKeyValidation_DO_NOT_EDIT": sealed(b"check", keys), "data": sealed(document, keys), **more}
    return json.dumps(stored).encode()


def found(data: bytes) -> list[Finding]:
    ends = sorted({each.end() for trigger in DETECTOR.triggers for each in re.finditer(trigger.pattern, data)})
    return [each for end in ends for each in DETECTOR.examine(BytesLayer(data), end)]


def through(data: bytes, secret: bytes = PASSWORD) -> Opened:
    """As the examination and the door do it: the bytes of the finding, opened."""
    (one,) = found(data)
    return opened(KIND, data[one.span.offset : one.span.end], secret)


@pytest.mark.parametrize(
    "data", [of_2024(), of_2024(argon=True), of_2025(), of_2023()], ids=["2024", "Argon2id", "2025", "2023"]
)
def test_every_item_of_a_store(data: bytes) -> None:
    told = through(data)
    assert (told.fields["entries_in_all"], told.fields["not_decrypted"]) == (2, 0)
    entries = json.loads(json.dumps(told.fields["entries"]))
    assert {(each["title"], each["user"], each["url"], each["type"]) for each in entries} == {
        ("market", "wick", "https://market.example/login", "login")
    }
    secrets = dict(told.secrets)
    assert secrets["Password of market / wick"] == "first-word-1"
    assert secrets["Notes of market / wick"] == "behind the clock é"
    assert secrets["PIN of market / wick"] == "4471-8820"
    assert secrets["Password of market / wick, earlier"] == "older-word-0"
    assert ("LOGIN_AT", "host", "market.example") in told.links
    with pytest.raises(WrongSecretError):
        through(data, PASSWORD + b"x")


def test_the_key_of_an_account_that_another_implementation_published() -> None:
    """Address, password, 100,000 rounds, protected and plain key of the tests of a passkey provider in TypeScript."""
    key = (
        "2.DBdWiLu3dxhvyQx/ts1muQ==|797bDUbt4/oi6mzN+Xjq0G7Olzd5aOVI/t+0TBnfGaHS11HegHWVdmT/U27LrmRi/SMVOQ005UmngfAgX+QY"
        "UZ75/KVcZiDDbInKoxTodaU=|C6cXaDy8tVfJxSsKmTVWX8GnXwjKauqkBPv1JQfMfZU="
    )
    stored = {"profile": {"email": "User@Example.com", "kdfType": 0, "kdfIterations": 100_000}}
    data = json.dumps({**stored, "keys": {"masterKeyEncryptedUserKey": key}}).encode()
    ((_, plain),) = opened(KIND, data, b"correct horse battery staple").secrets
    assert plain == (
        "7f384a83cabd0fd0b08120a6dbe88be4e0009b991ad0a2eec287f78d72fd94cb"
        "46a79df112815a15a42ac9072f614ff9f0296c6f1ea2eeab53d1a32d47caeae5"
    )


def test_an_export_with_a_password() -> None:
    told = through(export())
    assert json.loads(json.dumps(told.fields["entries"]))[0]["user"] == "wick"
    assert dict(told.secrets)["Password of market / wick"] == "first-word-1"
    with pytest.raises(WrongSecretError):
        through(export(), b"")


def test_an_export_of_an_account_says_what_opens_it() -> None:
    stored = {"encrypted": True, "encKeyValidation_DO_NOT_EDIT": sealed(b"check", ACCOUNT), "items": [item()]}
    data = json.dumps(stored).encode()
    assert "key of the account" in str(found(data)[0].fields["opened_by"].value)
    with pytest.raises(FormatError, match="key of the account"):
        bitwarden(data, PASSWORD)


def test_what_the_store_says_in_clear() -> None:
    (one,) = found(b"\0" * 300 + of_2024(argon=True) + b"\n{}")
    told = {name: each.value for name, each in one.fields.items()}
    assert (told["kdf"], told["kdf_rounds"], told["kdf_memory"], told["kdf_lanes"]) == ("Argon2id", 2, 1 << 20, 2)
    assert told["accounts"] == (ADDRESS,)
    assert [each.meaning for each in one.events] == ["item created"] * 2
    (one,) = found(of_2024())
    address = base64.b64encode(ADDRESS.lower().encode()).decode()
    assert one.fields["hash_export"].value == f"$bitwarden$2*5000*2*{address}*{base64.b64encode(bytes(32)).decode()}"


def test_items_of_others_are_counted() -> None:
    told = through(of_2024({"1": item(), "2": item(bytes(64)), "3": {"name": 4}}))
    assert (told.fields["entries_in_all"], told.fields["not_decrypted"]) == (2, 1)


def test_hostile_stores_do_not_raise_otherwise() -> None:
    data = of_2024()
    for cut in range(0, len(data), 97):
        assert not found(data[:cut])
    for bad in (b"[]", b"{", b"{}", b"[" * 100_000, export(kdfIterations=1 << 40), export(kdfType=7), export(data=5)):
        with pytest.raises(FormatError):
            opened(KIND, bad, PASSWORD)

"""Keys of saved logins that NSS made; the form before PBES2 made here by other means."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import sqlite3
from pathlib import Path

import pytest
from Crypto.Cipher import AES, DES3

from forensics.detectors.base import BytesLayer
from forensics.detectors.browser import _nss_specimens as made
from forensics.detectors.browser._nss import der, revealed
from forensics.detectors.browser.firefox_keys import DETECTOR
from forensics.detectors.wallet._opening import WrongSecretError, opened
from forensics.errors import FormatError
from forensics.model import Finding, Grade

KIND = "browser/firefox_keys"


def found(data: bytes) -> list[Finding]:
    ends = [each.end() for each in re.finditer(DETECTOR.triggers[0].pattern, data)]
    return [each for end in ends for each in DETECTOR.examine(BytesLayer(data), end)]


def login(pair: tuple[str, str], **more: object) -> bytes:
    return json.dumps(
        [
            {
                "hostname": "https://market.example",
                "encryptedUsername": pair[0],
                "encryptedPassword": pair[1],
                "timeCreated": 1709201472000,
                **more,
            }
        ]
    ).encode()


@pytest.mark.parametrize(
    ("data", "secret", "pair"),
    [(made.LOCKED, made.PASSWORD, made.LOCKED_LOGIN), (made.OPEN, b"", made.OPEN_LOGIN)],
    ids=["with a primary password", "without one"],
)
def test_logins_of_nss_are_read(data: bytes, secret: bytes, pair: tuple[str, str]) -> None:
    told = opened(KIND, data, secret, login(pair))
    assert told.fields["not_decrypted"] == 0
    (entry,) = json.loads(json.dumps(told.fields["entries"]))
    assert (entry["user"], entry["url"], entry["created"][:10]) == ("wick", "https://market.example", "2024-02-29")
    assert dict(told.secrets)["Password of wick at https://market.example"] == "first-word-1"
    assert ("LOGIN_AT", "host", "market.example") in told.links
    with pytest.raises(WrongSecretError):
        opened(KIND, data, secret + b"x", login(pair))


def test_what_the_database_says() -> None:
    (locked,), (bare,) = found(made.LOCKED), found(made.OPEN)
    assert (locked.fields["primary_password"].value, locked.grade) == ("set", Grade.C2)
    assert (bare.fields["primary_password"].value, bare.grade) == ("none", Grade.C4)
    assert bare.caveats
    assert not locked.caveats
    assert locked.span.length == len(made.LOCKED)
    carved = bytes(700) + made.LOCKED + bytes(5_000)
    (one,) = found(carved)
    assert (one.span.offset, one.span.length) == (700, len(made.LOCKED))


def test_the_form_of_password_recovery_is_right() -> None:
    (one,) = found(made.LOCKED)
    mark, cipher, salt, entry, rounds, iv, text = str(one.fields["hash_export"].value).split("*")
    assert (mark, cipher) == ("$mozilla$", "AES")
    stretched = hashlib.sha1(bytes.fromhex(salt) + made.PASSWORD).digest()
    key = hashlib.pbkdf2_hmac("sha256", stretched, bytes.fromhex(entry), int(rounds), 32)
    assert AES.new(key, AES.MODE_CBC, bytes.fromhex(iv)).decrypt(bytes.fromhex(text)) == b"password-check\2\2"


def older(salt: bytes, password: bytes, plain: bytes) -> bytes:
    """As NSS encrypted before PBES2."""
    entry = bytes(range(20))
    chained = hashlib.sha1(hashlib.sha1(salt + password).digest() + entry).digest()
    first = hmac.new(chained, entry + entry, "sha1").digest()
    second = hmac.new(chained, hmac.new(chained, entry, "sha1").digest() + entry, "sha1").digest()
    made_of = first + second
    count = 8 - len(plain) % 8
    text = DES3.new(made_of[:24], DES3.MODE_CBC, made_of[-8:]).encrypt(plain + bytes((count,)) * count)
    inner = bytes.fromhex("060b2a864886f70d010c050103") + b"\x30\x19\x04\x14" + entry + b"\2\1\1"
    inner = b"\x30" + bytes((len(inner),)) + inner
    whole = inner + b"\4" + bytes((len(text),)) + text
    return b"\x30" + bytes((len(whole),)) + whole


def test_the_form_before_pbes2(tmp_path: Path) -> None:
    salt, key, number = bytes(range(20, 40)), bytes(range(100, 124)), bytes((0xF8, *bytes(14), 1))
    with sqlite3.connect(tmp_path / "key4.db") as base:
        base.execute("CREATE TABLE nssPrivate (id PRIMARY KEY UNIQUE ON CONFLICT ABORT, a11, a102)")
        base.execute("CREATE TABLE metaData (id PRIMARY KEY UNIQUE ON CONFLICT REPLACE, item1, item2)")
        base.execute("INSERT INTO metaData VALUES ('password', ?, ?)", (salt, older(salt, b"horse", b"password-check")))
        base.execute("INSERT INTO nssPrivate VALUES (1, ?, ?)", (older(salt, b"horse", key), number))
    base.close()
    data = (tmp_path / "key4.db").read_bytes()
    (one,) = found(data)
    assert str(one.fields["hash_export"].value).startswith(f"$mozilla$*3DES*{salt.hex()}*{bytes(range(20)).hex()}*")
    told = opened(KIND, data, b"horse")
    assert dict(told.secrets)[f"key {number.hex()}"] == key.hex()
    with pytest.raises(WrongSecretError):
        opened(KIND, data, b"")


def test_what_is_damaged_is_counted_not_guessed() -> None:
    bad = login((made.LOCKED_LOGIN[0], "MDoEEPgAAAA="))
    told = opened(KIND, made.LOCKED, made.PASSWORD, bad)
    assert (told.fields["not_decrypted"], told.fields["entries_in_all"]) == (1, 0)
    with pytest.raises(FormatError, match="JSON"):
        opened(KIND, made.LOCKED, made.PASSWORD, b"[")
    for cut in range(0, len(made.LOCKED), 509):
        found(made.LOCKED[:cut])


def test_hostile_der_is_refused() -> None:
    for data in (b"\x30\x84\xff\xff\xff\xff", b"\x30\x80" * 50, b"\4\1" * 40, b"\x04\x82\xff\xff", b"\x30", b"\x0c\1a"):
        with pytest.raises(FormatError):
            der(data)
        assert revealed(data, {}) is None
    deep = b""
    for _ in range(12):
        deep = b"\x30" + bytes((len(deep) + 2,)) + deep + b"\5\0"
    with pytest.raises(FormatError, match="allowed"):
        der(deep)

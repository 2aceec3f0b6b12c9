"""Databases of KeePass that other programs wrote: what their headers say, and that only the right key opens them."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.store import keepass1
from forensics.detectors.store._kdbx_tree import moment, tree
from forensics.detectors.store.keepass import DETECTOR
from forensics.detectors.wallet._opening import Opened, WrongSecretError, opened
from forensics.errors import FormatError
from forensics.model import Finding, Grade
from tests.forensics.detectors.store import made_kdbx as made

MADE = {
    "AES, Argon2d": (made.FOURTH, made.PASSWORD, b""),
    "ChaCha20, Argon2id": (made.CHACHA, made.PASSWORD, b""),
    "AES-KDF": (made.ROUNDS, made.PASSWORD, b""),
    "password and key file": (made.BOTH, made.PASSWORD, made.KEY),
    "key file alone": (made.KEY_ONLY, b"", made.KEY),
}


def found(data: bytes, at: int = 0) -> Finding:
    (one,) = DETECTOR.examine(BytesLayer(data), at)
    return one


def values(data: bytes) -> dict[str, object]:
    return {name: each.value for name, each in found(data).fields.items()}


@pytest.mark.parametrize("name", MADE)
def test_every_entry_of_a_database_of_version_four(name: str) -> None:
    data, secret, key_file = MADE[name]
    told = opened("store/keepass", data, secret, key_file)
    assert "HMAC" in told.check
    entries = [(each["title"], each["user"], each["group"], "earlier_state" in each) for each in shown(told)]
    assert entries == [
        ("market", "wick", "Root/Shops", True),
        ("market", "wick", "Root/Shops", False),
        ("mail", "wick@post.example", "Root", False),
    ]
    assert shown(told)[1]["attachments"] == ("a.txt",)
    assert str(shown(told)[1]["created"]).startswith("2026-11-24T")
    secrets = dict(told.secrets)
    assert secrets["Password of Root/Shops / market / wick, earlier"] == "first-word-1"
    assert secrets["Password of Root/Shops / market / wick"] == "second-word-2"
    assert secrets["PIN of Root/Shops / market / wick"] == "4471-8820"
    assert secrets["Password of Root / mail / wick@post.example"] == "third-word-3 é"
    assert ("LOGIN_AT", "host", "market.example") in told.links
    assert ("ACCOUNT_OF", "account", "wick") in told.links
    assert not any(secret in repr(told.fields) for secret in secrets.values())


def shown(told: Opened) -> list[dict[str, object]]:
    entries = told.fields["entries"]
    assert isinstance(entries, tuple)
    return [dict(each) for each in entries if isinstance(each, dict)]


@pytest.mark.parametrize("name", MADE)
def test_another_secret_does_not_open(name: str) -> None:
    data, secret, key_file = MADE[name]
    for wrong, file in ((secret + b"x", key_file), (secret, key_file + b"x"), (b"", b"")):
        with pytest.raises(WrongSecretError):
            opened("store/keepass", data, wrong, file)


def test_a_database_of_keepassxc_in_version_three_with_its_key_file() -> None:
    told = opened("store/keepass", made.THIRD, made.THIRD_PASSWORD, made.KEYX)
    assert told.fields["program"] == "KeePassXC"
    assert [(each["title"], each["user"]) for each in shown(told)] == [("server root", "kestrel77")]
    assert told.secrets[0][1].endswith("willow2267+")
    with pytest.raises(WrongSecretError, match="begin"):
        opened("store/keepass", made.THIRD, made.THIRD_PASSWORD)
    with pytest.raises(FormatError, match="checksum of the key file"):
        opened("store/keepass", made.THIRD, made.THIRD_PASSWORD, made.KEYX.replace(b"96543639", b"96543638"))


def test_version_three_that_is_carved_opens_with_what_follows_it() -> None:
    disk = bytes(512) + made.THIRD + b"\x5a" * 5_000
    one = found(disk, 512)
    assert any("no length" in each for each in one.caveats)
    data = disk[one.span.offset : one.span.end]
    assert len(shown(opened("store/keepass", data, made.THIRD_PASSWORD, made.KEYX))) == 1


def test_what_the_headers_say() -> None:
    told = values(made.CHACHA)
    assert (told["version"], told["encryption"], told["kdf"]) == ("4.0", "everything, ChaCha20", "Argon2id")
    assert (told["kdf_rounds"], told["kdf_memory"], told["kdf_lanes"]) == (2, 1 << 20, 2)
    told = values(made.THIRD)
    assert (told["version"], told["kdf"], told["kdf_rounds"]) == ("3.1", "AES-KDF", 1_000_000)
    assert found(made.FOURTH).grade is Grade.C3
    assert found(made.FOURTH).span.length == len(made.FOURTH)
    padded = found(made.FOURTH + b"\x11" * 900)
    assert padded.span.length == len(made.FOURTH)


def test_the_form_of_password_recovery_is_right() -> None:
    """Verified as a program for recovery does: from the form alone, with the standard library and argon2-cffi."""
    form = str(values(made.ROUNDS)["hash_export"]).split("*")
    assert form[:4] == ["$keepass$", "4", "6000", "c9d9f39a"]
    seed, salt, header, stated = (bytes.fromhex(each) for each in form[7:])
    from Crypto.Cipher import AES

    key = hashlib.sha256(hashlib.sha256(made.PASSWORD).digest()).digest()
    for _ in range(6_000):
        key = AES.new(salt, AES.MODE_ECB).encrypt(key)
    base = hashlib.sha512(seed + hashlib.sha256(key).digest() + b"\1").digest()
    assert hmac.digest(hashlib.sha512(b"\xff" * 8 + base).digest(), header, "sha256") == stated
    third = str(values(made.THIRD)["hash_export"]).split("*")
    assert third[:4] == ["$keepass$", "2", "1000000", "0"]
    assert [len(each) for each in third[4:]] == [64, 64, 32, 64, 64]


@pytest.mark.parametrize("data", [made.FOURTH, made.THIRD], ids=["version 4", "version 3"])
def test_damage_is_said_and_never_raises_otherwise(data: bytes) -> None:
    secret, key = (made.PASSWORD, b"") if data is made.FOURTH else (made.THIRD_PASSWORD, made.KEYX)
    for cut in range(0, len(data), 37):
        list(DETECTOR.examine(BytesLayer(data[:cut]), 0))
    for at in range(0, len(data), 61):
        bad = data[:at] + bytes((data[at] ^ 0x10,)) + data[at + 1 :]
        list(DETECTOR.examine(BytesLayer(bad), 0))
    with pytest.raises(FormatError, match="cut off"):
        opened("store/keepass", data[: -48 if data is made.THIRD else -20], secret, key)
    at = len(data) - 60
    with pytest.raises(FormatError, match=r"damaged|does not unpack"):
        opened("store/keepass", data[: at - 200] + b"\0" * 16 + data[at - 184 :], secret, key)


def test_costs_that_no_worker_may_pay_are_refused() -> None:
    huge = made.FOURTH.replace((1 << 20).to_bytes(8, "little"), (1 << 41).to_bytes(8, "little"))
    with pytest.raises(FormatError, match="memory or time"):
        opened("store/keepass", huge, made.PASSWORD)
    many = made.ROUNDS.replace((6_000).to_bytes(8, "little"), (1 << 60).to_bytes(8, "little"))
    with pytest.raises(FormatError, match="rounds"):
        opened("store/keepass", many, made.PASSWORD)


def test_a_hostile_document_is_refused() -> None:
    def same(value: bytes) -> bytes:
        return value

    laughs = b'<!DOCTYPE a [<!ENTITY b "ccc">]><KeePassFile>&b;</KeePassFile>'
    for document, reason in ((laughs, "entities"), (b"<a>" * 100, "deeper"), (b"<a", "no XML")):
        with pytest.raises(FormatError, match=reason):
            tree(document, same)
    many = b"<Root>" + b"<Entry></Entry>" * 20_100 + b"</Root>"
    told = tree(many, same)
    assert (len(told.entries), told.more) == (20_000, True)
    assert moment("////////////") == "////////////"
    assert moment("2024-01-01T00:00:00Z") == "2024-01-01T00:00:00Z"


def test_a_key_file_where_none_is_taken_is_refused() -> None:
    with pytest.raises(FormatError, match="no key file"):
        opened("wallet/wasabi", b"{}", b"x", b"y")


def test_the_header_of_version_one() -> None:
    (one,) = keepass1.DETECTOR.examine(BytesLayer(keepass1.DETECTOR.specimens[0].data), 0)
    told = {name: each.value for name, each in one.fields.items()}
    assert (told["entries"], told["groups"], told["kdf_rounds"]) == (5, 2, 600_000)
    assert str(told["hash_export"]).startswith("$keepass$*1*600000*0*")

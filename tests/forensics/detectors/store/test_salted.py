"""Texts that the program `openssl` itself encrypts, opened with their password."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess

import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.store import salted
from forensics.detectors.store._open_salted import derived
from forensics.detectors.wallet._opening import WrongSecretError, opened
from forensics.errors import FormatError
from forensics.model import Locator

PASSWORD = b"Juniper-lantern-12"
PHRASE = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"
FIRST = ("address/ethereum", "0x9858EfFD232B4033E47d90003D41EC34EcaEda94")
KEY = "KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn"


def encrypted(plain: bytes, digest: str = "md5", password: bytes = PASSWORD) -> bytes:
    command = ["openssl", "enc", "-aes-256-cbc", "-md", digest, "-base64", "-pass", "pass:" + password.decode()]
    return subprocess.run(command, input=plain, capture_output=True, check=True).stdout


def test_a_text_of_openssl_is_told_with_its_salt() -> None:
    text = encrypted(b"x" * 200)
    data = base64.b64decode(text)
    (one,) = salted.DETECTOR.examine(BytesLayer(text, Locator("ntfs:/x-data/key-backup/a.key")), 21)
    assert one.fields["kdf_salt"].value == data[8:16].hex()
    assert one.fields["hash_export"].value == f"$multibit$1*{data[8:16].hex()}*{data[16:48].hex()}"
    assert one.fields["program_by_path"].value == "MultiBit Classic, key file"
    assert one.span.length == len(text.rstrip())


@pytest.mark.parametrize("size", [2_900, 3_100, 40_000])
def test_a_long_text_in_lines_is_read_to_its_end(size: int) -> None:
    text = encrypted(b"x" * size)
    (one,) = salted.DETECTOR.examine(BytesLayer(text), 21)
    assert one.span.length == len(text.rstrip())


def test_a_key_file_of_multibit_gives_keys_and_times() -> None:
    plain = f"# KEEP YOUR PRIVATE KEYS SAFE !\n{KEY} 2014-05-20T18:38:41Z\n# End\n".encode()
    found = opened("store/salted", encrypted(plain), PASSWORD)
    assert found.secrets == [("private_key", KEY)]
    assert found.fields["created"] == ("2014-05-20T18:38:41Z",)


@pytest.mark.parametrize("digest", ["md5", "sha256"])
def test_a_seed_derives_its_addresses(digest: str) -> None:
    text = encrypted(PHRASE.encode(), digest)
    found = opened("store/salted", text, PASSWORD)
    assert ("seed", PHRASE) in found.secrets
    assert FIRST in found.addresses
    with pytest.raises(WrongSecretError):
        opened("store/salted", text, PASSWORD + b"3")


def test_guarda_makes_another_password() -> None:
    made = hashlib.pbkdf2_hmac("sha1", PASSWORD, b"XB7sHH26Hn&FmPLxnjGccKTfPV(yk", 1, 16).hex()
    wallets = json.dumps({"mnemonic": PHRASE, "wallets": [{"address": FIRST[1], "privateKey": "11" * 32}]})
    found = opened(
        "store/salted", encrypted(wallets.encode(), "md5", f"{made}(tXntTbJFzh]4EuQVmjzM9GXHCth8".encode()), PASSWORD
    )
    assert found.fields["key_as_made_by"] == "Guarda"
    assert ("seed", PHRASE) in found.secrets
    assert ("private_key", "11" * 32) in found.secrets


def test_no_wrong_password_of_many_opens() -> None:
    text = encrypted(PHRASE.encode())
    for number in range(3_000):  # padding alone would pass a dozen
        with pytest.raises(WrongSecretError):
            opened("store/salted", text, b"wrong %d" % number)


def test_derivation_is_that_of_openssl() -> None:
    text = base64.b64decode(encrypted(b"one"))
    command = [
        "openssl",
        "enc",
        "-aes-256-cbc",
        "-md",
        "md5",
        "-S",
        text[8:16].hex(),
        "-pass",
        "pass:" + PASSWORD.decode(),
        "-P",
    ]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    key, iv = derived(PASSWORD, text[8:16], "md5")
    assert f"key={key.hex().upper()}" in told
    assert iv.hex().upper() in told


@pytest.mark.parametrize("data", [b"", b"U2FsdGVkX1", b"U2FsdGVkX18AAAAAAAAAAAAAAAA=", b"\xff" * 40])
def test_what_is_not_whole_says_so(data: bytes) -> None:
    with pytest.raises(FormatError):
        opened("store/salted", data, PASSWORD)

"""The makers against published vectors and the tools that read their work."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import os
import shutil
import sqlite3
import struct
import subprocess
import zipfile
import zlib
from pathlib import Path

import exifread
import pytest
from Crypto.Cipher import AES

from forensics.scenarios.chance import Chance
from forensics.scenarios.content import (
    archives,
    berkeley,
    codes,
    coins,
    core_wallet,
    curves,
    electrum,
    openpgp,
    pictures,
)

ABANDON = "abandon " * 11 + "about"


def test_bip39_and_bip32_vectors() -> None:
    assert coins.phrase(bytes(16)) == ABANDON
    assert coins.phrase_holds(ABANDON)
    assert not coins.phrase_holds("abandon " * 11 + "abandon")
    root = coins.Node.master(bytes.fromhex("000102030405060708090a0b0c0d0e0f"))
    assert root.extended("xpub") == (
        "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8"
    )
    zpub = coins.Node.master(coins.phrase_seed(ABANDON)).at("84'/0'/0'").extended("zpub")
    assert zpub == (
        "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs"
    )


@pytest.mark.parametrize(
    ("path", "form", "address"),
    [
        ("44'/0'/0'/0/0", coins.p2pkh, "1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA"),
        ("49'/0'/0'/0/0", coins.p2sh_p2wpkh, "37VucYSaXLCAsxYyAPfbSi9eh4iEcbShgf"),
        ("84'/0'/0'/0/0", coins.p2wpkh, "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"),
        ("86'/0'/0'/0/0", coins.p2tr, "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr"),
        ("44'/60'/0'/0/0", coins.ethereum, "0x9858EfFD232B4033E47d90003D41EC34EcaEda94"),
    ],
)
def test_addresses_of_the_published_phrase(path: str, form: object, address: str) -> None:
    assert callable(form)
    assert form(coins.Node.master(coins.phrase_seed(ABANDON)).at(path)) == address


def test_monero_address_of_a_published_seed() -> None:
    # the account of the 25 words "velvet lymph … unquoted": its address, taken apart and made again
    address = "42ey1afDFnn4886T7196doS9GPMzexD9gXpsZJDwVjeRVdFCSoHnv7KPbBeGpzJBzHRCAs9UxqeoyFQMYbqSWYTfJJQAWDm"
    sizes = {11: 8, 7: 5}
    raw = b""
    for start in range(0, len(address), 11):
        block = address[start : start + 11]
        number = 0
        for letter in block:
            number = number * 58 + codes.BASE58.index(letter)
        raw += number.to_bytes(sizes[len(block)], "big")
    assert codes.cryptonote(raw[0], raw[1:-4]) == address


def test_small_checksums() -> None:
    assert codes.crc24(b"123456789") == 0x21CF02
    assert codes.descriptor_checksum("raw(deadbeef)") == "89f8spxm"
    key = base64.b32decode("pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd".upper())[:32]
    assert codes.onion_v3(key) == "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion"
    assert codes.base58check(bytes(21)) == "1111111111111111111114oLvT2"


def test_deflate_is_read_by_zlib() -> None:
    data = bytes(range(256)) * 3 + b"blue tea"
    assert zlib.decompress(archives.zlib_stream(data)) == data
    with zipfile.ZipFile(io.BytesIO(archives.zipped({"a/b.txt": data}, 1_700_000_000))) as archive:
        assert archive.testzip() is None
        assert archive.read("a/b.txt") == data


def test_descriptor_wallet_is_a_core_database(tmp_path: Path) -> None:
    root = coins.Node.master(bytes(64))
    data = core_wallet.descriptor_wallet(root, [core_wallet.Label("bc1qexample", "tea")], 1_700_000_000)
    assert data[68:72] == bytes.fromhex("f9beb4d9")
    path = tmp_path / "wallet.dat"
    path.write_bytes(data)
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        records = dict(connection.execute("SELECT key, value FROM main"))
    finally:
        connection.close()
    assert records[b"\x04name\x0bbc1qexample"] == b"\x03tea"
    assert sum(key.startswith(b"\x10walletdescriptor") for key in records) == 2


def test_legacy_wallet_pages_and_passphrase() -> None:
    root = coins.Node.master(bytes(64))
    labels = [core_wallet.Label(f"1Example{number}", "x") for number in range(8)]
    data = core_wallet.legacy_wallet(Chance(1), root, labels, [core_wallet.Label("1Gone", "y")], 1_600_000_000, "pass")
    assert data[12:20] == bytes.fromhex("6231050009000000")
    keys = [key for key, _ in _leaf_pairs(data)]
    assert keys == sorted(keys)
    living = {key: value for key, value in _leaf_pairs(data) if not key.endswith(b"1Gone")}
    mkey = living[b"\x04mkey\x01\0\0\0"]
    digest = hashlib.sha512(b"pass" + mkey[50:58]).digest()
    for _ in range(struct.unpack_from("<I", mkey, 62)[0] - 1):
        digest = hashlib.sha512(digest).digest()
    secret = AES.new(digest[:32], AES.MODE_CBC, digest[32:48]).decrypt(mkey[1:49])
    assert secret[32:] == b"\x10" * 16
    public = root.at("0'/0'/0'").public
    cipher = living[b"\x04ckey\x21" + public][1:49]
    plain = AES.new(secret[:32], AES.MODE_CBC, codes.sha256d(public)[:16]).decrypt(cipher)
    assert curves.compressed(curves.times_generator(int.from_bytes(plain[:32], "big"))) == public


def _leaf_pairs(data: bytes) -> list[tuple[bytes, bytes]]:
    pairs = []
    for start in range(3 * berkeley.PAGE_SIZE, len(data), berkeley.PAGE_SIZE):
        page = data[start : start + berkeley.PAGE_SIZE]
        entries, _, _, kind = struct.unpack_from("<HHBB", page, 20)
        if kind != 5:
            continue
        items = []
        for place in struct.unpack_from(f"<{entries}H", page, 26):
            size = struct.unpack_from("<H", page, place)[0]
            items.append(page[place + 3 : place + 3 + size])
        pairs += list(zip(items[::2], items[1::2], strict=True))
    return pairs


def test_private_key_form_of_core() -> None:
    der = core_wallet.private_der(1, curves.GENERATOR)
    assert len(der) == 214
    assert der.startswith(bytes.fromhex("3081d30201010420"))


def test_electrum_seed_and_sealed_file() -> None:
    account = electrum.Account.drawn(Chance(1))
    assert hmac.new(b"Seed version", account.seed.encode(), hashlib.sha512).hexdigest().startswith("100")
    text = electrum.wallet(account, 1_700_000_000, {}, {}, [])
    assert json.loads(text)["keystore"]["xpub"].startswith("zpub")
    raw = base64.b64decode(electrum.sealed(Chance(2), text, "blue tea"))
    key = int.from_bytes(hashlib.pbkdf2_hmac("sha512", b"blue tea", b"", 1024), "big") % curves.ORDER
    x = int.from_bytes(raw[5:37], "big")
    y = pow(x**3 + 7, (curves.FIELD + 1) // 4, curves.FIELD)
    y = y if y % 2 == raw[4] % 2 else curves.FIELD - y
    digest = hashlib.sha512(curves.compressed(curves.multiply(key, (x, y)))).digest()
    assert hmac.new(digest[32:], raw[:-32], hashlib.sha256).digest() == raw[-32:]
    plain = AES.new(digest[16:32], AES.MODE_CBC, digest[:16]).decrypt(raw[37:-32])
    assert zlib.decompress(plain[: -plain[-1]]).decode() == text


def test_photo_says_where_it_was_taken() -> None:
    data = pictures.label_photo(Chance(3), ["TO", "SAMPLE"], 1_700_000_000, (54.25, 3.5))
    tags = exifread.process_file(io.BytesIO(data))
    assert str(tags["GPS GPSLatitude"]) == "[54, 15, 0]"
    assert str(tags["EXIF DateTimeOriginal"]) == "2023:11:14 22:13:20"
    plain = pictures.label_photo(Chance(3), ["TO"], 0, None, notes=False)
    assert b"Exif" not in plain


@pytest.mark.skipif(shutil.which("gpg") is None, reason="needs gpg")
@pytest.mark.parametrize("maker", [openpgp.curve_key, openpgp.rsa_key])
def test_keys_are_accepted_by_gnupg(tmp_path: Path, maker: object) -> None:
    assert callable(maker)
    key = maker(Chance(4), "Sample <sample@mail.example.com>", 1_700_000_000)
    path = tmp_path / "key.asc"
    path.write_text(openpgp.armour("PUBLIC KEY BLOCK", key.certificate))
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    environment = {**os.environ, "LC_ALL": "C", "GNUPGHOME": str(home)}
    command = ["gpg", "--batch", "--no-autostart", "--with-colons"]
    shown = subprocess.run([*command, "--show-keys", path], env=environment, capture_output=True, text=True, check=True)
    assert f"fpr:::::::::{key.fingerprint.upper()}:" in shown.stdout
    subprocess.run([*command, "--import", path], env=environment, capture_output=True, check=True)
    checked = subprocess.run(
        [*command, "--check-sigs"], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert checked.count("sig:!:") == 2

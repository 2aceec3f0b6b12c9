"""Texts that OpenSSL or CryptoJS encrypted with a password, in base64: backups and seeds of many wallets.

| offset | length | content |
|--------|--------|---------|
| 0      | 8      | `Salted__`, so that the text begins `U2FsdGVkX1` |
| 8      | 8      | salt |
| 16     |        | AES-256-CBC in whole blocks, PKCS#7 |

Key and initial value are MD5 of password and salt, chained (EVP_BytesToKey with one round). MultiBit Classic's key
files, Bitcoin Wallet for Android's backups, Atomic's and Guarda's seeds, BlueWallet's and Coin98's storages are such
texts; OpenSSL's own newer default, SHA-256, looks the same. Nothing in it says of what program it is, or when it was
made: the name of the file and the texts around it may.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Outcome, Sensitivity

MAGIC = b"Salted__"
_SHORT, _LARGEST = 4 << 10, 16 << 20
_START = 10  # characters that all of them begin with
_TEXT = re.compile(rb"(?:[A-Za-z0-9+/]|\\?/|\r?\n)*={0,2}")
_PROGRAMS = (
    (re.compile(r"bitcoin-wallet-backup|wallet-android-backup"), "Bitcoin Wallet for Android, backup"),
    (re.compile(r"key-backup|multibit|\.key\b", re.IGNORECASE), "MultiBit Classic, key file"),
    (re.compile(r"[\\/]atomic[\\/]", re.IGNORECASE), "Atomic Wallet"),
    (re.compile(r"guarda", re.IGNORECASE), "Guarda"),
    (re.compile(r"bluewallet", re.IGNORECASE), "BlueWallet"),
)

_WHOLE = base64.b64encode(MAGIC + bytes(range(8)) + bytes(range(100, 196)))
_LINES = b"\n".join(_WHOLE[at : at + 76] for at in range(0, len(_WHOLE), 76)) + b"\n"
_HAND = "by hand, in the form of openssl enc; counted octets"


class Salted:
    """One text."""

    kind: ClassVar[str] = "store/salted"
    title: ClassVar[str] = "Text encrypted with a password (OpenSSL, CryptoJS)"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"U2FsdGVkX1[89+/][A-Za-z0-9+/]{10}"),)
    references: ClassVar[tuple[str, ...]] = ("OpenSSL: enc, EVP_BytesToKey", "hashcat mode 22500")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("one line", _WHOLE, ("encrypted",), _HAND),
        Specimen("lines of 76", _LINES, ("encrypted",), _HAND),
        Specimen("within JSON", b'{"v":"' + _WHOLE.replace(b"/", b"\\/") + b'"}', ("encrypted",), _HAND),
        Specimen("no whole blocks", _WHOLE[:-8], None, _HAND + ", cut"),
        Specimen("salt alone", _WHOLE[:24], None, _HAND + ", cut"),
        Specimen("look-alike: another beginning", b"U2FsdGVkX2" + _WHOLE[10:], None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The text whose first 21 characters end at `at`."""
        start = at - _START - 11
        if start < 0:
            return
        text = layer.read(start, _SHORT)
        match = _TEXT.match(text)
        found = whole(layer.read(start, _LARGEST) if match and match.end() == _SHORT else text)
        if found is None:
            return
        data, length = found
        span = ByteRun(start, length)
        fields = {
            "encryption": Field("everything, AES-256-CBC", span),
            "kdf": Field("EVP_BytesToKey, MD5, one round"),
            "kdf_salt": Field(data[8:16].hex(), span),
            "octets": Field(len(data) - 16, span),
        }
        if len(data) >= 48:
            fields["hash_export"] = Field(f"$multibit$1*{data[8:16].hex()}*{data[16:48].hex()}", span)
        place = str(layer.locator)
        if program := next((name for pattern, name in _PROGRAMS if pattern.search(place)), ""):
            fields["program_by_path"] = Field(program)
        yield finding(
            self,
            layer,
            start,
            length,
            grade=Grade.C2,
            value=Absent.ENCRYPTED,
            checks=(Check("mark and whole blocks", Outcome.PASS, 62),),
            fields=fields,
            caveats=("The text does not say what it holds: a wallet's seed, or anything else.",),
            sensitivity=Sensitivity.PERSONAL,
        )


def whole(text: bytes) -> tuple[bytes, int] | None:
    """What a text decodes to, in whole blocks behind mark and salt, and its length in characters; None if it is not."""
    match = _TEXT.match(text)
    length = match.end() if match else 0
    stored = text[:length].rstrip(b"\r\n")
    plain = stored.translate(None, b"\r\n\\")
    try:
        data = base64.b64decode(plain, validate=True)
    except (binascii.Error, ValueError):
        return None
    if not data.startswith(MAGIC) or len(data) < 32 or len(data) % 16:
        return None
    return data, len(stored)


DETECTOR: Detector = Salted()

"""Databases of SQLCipher and their write-ahead logs, decrypted page by page to what SQLite would have written.

    | part of a page | what |
    |----------------|------|
    | first 16 of page 1 | salt; SQLite's magic in plain text |
    | up to the reserve  | AES-256-CBC, no padding |
    | reserve            | vector (16), HMAC of ciphertext, vector and the page's number (u32, low octet first), zeros |

    key = PBKDF2(passphrase, salt, rounds), or 32 octets that are given raw, with or without the salt behind them
    HMAC key = PBKDF2(key, each octet of the salt ^ 3A, 2 rounds)

A page keeps its place and its length, so offsets of the plain octets are those of the encrypted ones. Frames of a
log are encrypted in the same way; their checksums are of the ciphertext.

Source: https://www.zetetic.net/sqlcipher/design/, SQLCipher 4 and 3 (defaults of each).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import struct
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from forensics.primitives.sqlite.source import Bytes, Source
from forensics.primitives.sqlite.wal import FRAME_HEADER, HEADER, checksum, read_wal

MAGIC = b"SQLite format 3\0"
SALT = 16
LARGEST = 512 << 20  # octets that are decrypted into memory
_RAW = re.compile(rb"(?:x')?([0-9a-fA-F]{64})([0-9a-fA-F]{32})?'?")


@dataclass(frozen=True, slots=True)
class Form:
    """What a version does where nothing else is set: digest, rounds for a passphrase, page size, reserve."""

    name: str
    digest: str
    rounds: int
    page_size: int
    reserve: int


FORMS = (
    Form("SQLCipher 4", "sha512", 256_000, 4_096, 80),
    Form("SQLCipher 3", "sha1", 64_000, 1_024, 48),
)


@dataclass(slots=True)
class Opening:
    """The keys of one database. `bad` counts pages whose HMAC did not hold: they read as zeros."""

    form: Form
    key: bytes = field(repr=False)
    mac_key: bytes = field(repr=False)
    bad: int = 0
    pages: int = 0

    def page(self, data: bytes, number: int) -> bytes | None:
        """The plain page `number` (from 1), its reserve as it is; None where its HMAC does not hold."""
        start = SALT if number == 1 else 0
        end = self.form.page_size - self.form.reserve
        size = hashlib.new(self.form.digest, usedforsecurity=False).digest_size
        stored = data[end + 16 : end + 16 + size]
        stated = hmac.digest(self.mac_key, data[start : end + 16] + struct.pack("<I", number), self.form.digest)
        if len(data) != self.form.page_size or not hmac.compare_digest(stored, stated):
            return None
        context = Cipher(algorithms.AES(self.key), modes.CBC(data[end : end + 16])).decryptor()
        return (MAGIC if start else b"") + context.update(data[start:end]) + data[end:]


def opening(source: Source, secret: bytes) -> Opening | None:
    """What opens the database with a raw key in hexadecimal or a passphrase; None where the HMAC of page 1 fails."""
    raw = _RAW.fullmatch(secret)
    for form in FORMS:
        first = source.read(0, form.page_size)
        if len(first) < form.page_size:
            continue
        salt = bytes.fromhex(raw[2].decode()) if raw and raw[2] else first[:SALT]
        if raw:
            key = bytes.fromhex(raw[1].decode())
        else:
            key = hashlib.pbkdf2_hmac(form.digest, secret, first[:SALT], form.rounds, 32)
        mac_key = hashlib.pbkdf2_hmac(form.digest, key, bytes(each ^ 0x3A for each in salt), 2, 32)
        found = Opening(form, key, mac_key)
        if found.page(first, 1) is not None:
            return found
    return None


def plain_database(source: Source, found: Opening) -> bytes:
    """The whole database, page by page; a page that was never written, or is damaged, reads as zeros."""
    size = found.form.page_size
    out = bytearray()
    for number in range(1, min(source.size, LARGEST) // size + 1):
        out += _page(found, source.read((number - 1) * size, size), number)
    return bytes(out)


def plain_log(data: bytes, found: Opening) -> bytes:
    """A write-ahead log: frames whose checksum held hold again; others keep their header as it was."""
    size = found.form.page_size
    log = read_wal(Bytes(data))
    if log is None or log.page_size != size or not log.sound:
        return b""
    big = data[3] & 1 == 1
    running = checksum(data[:24], (0, 0), big)
    ciphered, out = running, bytearray(data[:HEADER])
    whole = True
    for at in range(HEADER, len(data) - FRAME_HEADER - size + 1, FRAME_HEADER + size):
        head, page = data[at : at + FRAME_HEADER], data[at + FRAME_HEADER : at + FRAME_HEADER + size]
        number = int.from_bytes(head[:4], "big")
        plain = _page(found, page, number)
        if whole and head[8:16] == data[16:24]:
            ciphered = checksum(head[:8] + page, ciphered, big)
            whole = ciphered == struct.unpack(">2I", head[16:24])
        else:
            whole = False
        if whole:
            running = checksum(head[:8] + plain, running, big)
            head = head[:16] + struct.pack(">2I", *running)
        out += head + plain
    return bytes(out)


def _page(found: Opening, data: bytes, number: int) -> bytes:
    plain = found.page(data, number)
    found.pages += 1
    if plain is None:
        found.bad += any(data)
        return bytes(len(data))
    return plain

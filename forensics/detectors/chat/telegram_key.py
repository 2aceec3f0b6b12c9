"""Telegram Desktop: `tdata/key_datas`, the key of everything else in the folder.

| part | content                                                                                 |
|------|-----------------------------------------------------------------------------------------|
| 8    | `TDF$`, u32 version of the program, low octet first (5002001 is 5.2.1)                     |
| …    | u32 32, salt; u32 288, the locked key; u32, locked accounts (numbers high octet first)      |
| 16   | MD5 of what is between, its length, the version and `TDF$`                                 |

The salt and the user's passcode give a key: SHA-512 and PBKDF2 of 100,000 rounds, of one where no passcode is set
(before 2.1.14 SHA-1, 4,000 and 4). AES-256 in IGE opens; the SHA-1 of the plain text is stored before it. No passcode
is tried but the empty one, which is how the program opens the folder by itself.

Not recorded here: who the accounts are, and messages: Telegram keeps those at its servers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import ClassVar

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.chat._specimens_telegram import TELEGRAM
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome, Secret, Sensitivity

LARGEST = 64 << 10
NEW_FORM = 2_001_014  # the version that brought SHA-512


class TelegramKey:
    """Reads key_datas and opens it if no passcode is set."""

    kind: ClassVar[str] = "chat/telegram_key"
    title: ClassVar[str] = "Key of Telegram Desktop's data"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"TDF\$[\x00-\xff]{2}[\x00-\x7f]\x00\x00\x00\x00\x20", at=0, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = (
        "Telegram Desktop: storage/storage_domain.cpp, storage/details/storage_file_utilities.cpp",
        "hashcat: modes 22600 and 24500",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = TELEGRAM

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The file at `at`."""
        data = layer.read(at, LARGEST)
        parts, end = _parts(data)
        if len(parts) != 3 or len(parts[0]) != 32 or len(parts[1]) != 288 or len(parts[2]) % 16:
            return
        check = data[end : end + 16]
        body, length = data[8:end], (end - 8).to_bytes(4, "little")
        whole = hashlib.md5(body + length + data[4:8] + data[:4], usedforsecurity=False).digest() == check
        if not whole:
            return
        salt, locked, accounts = parts
        number = int.from_bytes(data[4:8], "little")
        key = opened(locked, passcode_key(b"", salt, new=number >= NEW_FORM))
        fields = {
            "program_version": Field(
                f"{number // 1_000_000}.{number // 1_000 % 1_000}.{number % 1_000}", ByteRun(at + 4, 4)
            ),
            "salt": Field(salt.hex(), ByteRun(at + 12, 32)),
            "passcode": Field("none set" if key else "set"),
        }
        if key:
            fields["secret_key"] = Field(Secret(key.hex()), ByteRun(at + 48, 288))
            info = opened(accounts, key)
            if info and len(info) >= 4:
                fields["accounts"] = Field(min(int.from_bytes(info[:4], "big"), 100), ByteRun(at + 340, len(accounts)))
        caveats = () if key else ("A passcode is set: it is needed to open what is in the folder.",)
        yield finding(
            self,
            layer,
            at,
            end + 16,
            grade=Grade.C4 if key else Grade.C2,
            value=Secret(key.hex()) if key else Absent.ENCRYPTED,
            checks=(
                Check("MD5 of the file", Outcome.PASS, 128),
                Check("SHA-1 of the opened key", Outcome.PASS if key else Outcome.NOT_APPLICABLE, 128),
            ),
            fields=fields,
            links=(Link("KEY_OF", "chat/telegram", salt.hex()),),
            caveats=caveats,
            sensitivity=Sensitivity.SECRET if key else Sensitivity.PERSONAL,
        )


def passcode_key(passcode: bytes, salt: bytes, *, new: bool) -> bytes:
    """256 octets out of a passcode, in UTF-8."""
    if new:
        digest = hashlib.sha512(salt + passcode + salt).digest()
        return hashlib.pbkdf2_hmac("sha512", digest, salt, 100_000 if passcode else 1, 256)
    return hashlib.pbkdf2_hmac("sha1", passcode, salt, 4_000 if passcode else 4, 256)


def opened(locked: bytes, key: bytes) -> bytes:
    """What 16 octets of digest and AES in IGE hide under a key of 256 octets; nothing if it is another key's."""
    if len(locked) < 32 or len(locked) % 16 or len(key) < 136:
        return b""
    mark = locked[:16]
    secret, start = _mtproto(mark, key)
    plain = ige(locked[16:], secret, start)
    if hashlib.sha1(plain, usedforsecurity=False).digest()[:16] != mark:
        return b""
    length = int.from_bytes(plain[:4], "little")
    return plain[4:length] if 4 <= length <= len(plain) else b""


def _mtproto(mark: bytes, key: bytes) -> tuple[bytes, bytes]:
    """Key and start of the cipher, as the first version of MTProto takes them from a mark and octets 8 to 136."""
    a, b, c, d = (
        hashlib.sha1(part, usedforsecurity=False).digest()
        for part in (
            mark + key[8:40],
            key[40:56] + mark + key[56:72],
            key[72:104] + mark,
            mark + key[104:136],
        )
    )
    return a[:8] + b[8:] + c[4:16], a[8:] + b[:8] + c[16:] + d[:8]


def ige(data: bytes, key: bytes, start: bytes) -> bytes:
    """AES in infinite garble extension, opened; `start` is the cipher block before the first, then the plain one."""
    decryptor = Cipher(algorithms.AES(key), modes.ECB()).decryptor()  # noqa: S305 (a part of IGE)
    before, plain = start[:16], start[16:]
    out = bytearray()
    for at in range(0, len(data), 16):
        block = data[at : at + 16]
        plain = _xor(decryptor.update(_xor(block, plain)), before)
        out += plain
        before = block
    return bytes(out)


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _parts(data: bytes) -> tuple[list[bytes], int]:
    """Three arrays of octets, each behind its length, and where they end."""
    found: list[bytes] = []
    at = 8
    for _ in range(3):
        size = int.from_bytes(data[at : at + 4], "big")
        if at + 4 + size > len(data):
            break
        found.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    return found, at


DETECTOR: Detector = TelegramKey()

"""The clear header of a KeePass 2 database, and the bounds of the blocks behind it.

| version | field                                    | behind the header                                      |
|---------|------------------------------------------|--------------------------------------------------------|
| 2, 3    | u8 id, u16 length, octets                | ciphertext to the end of the file                      |
| 4       | u8 id, u32 length, octets                | SHA-256 and HMAC-SHA-256 of the header; then blocks of  |
|         |                                          | HMAC 32, u32 length, octets, the last one empty        |

Fields: 0 end, 2 cipher, 3 compression, 4 master seed, 5 transform seed, 6 rounds, 7 IV, 8 key of the inner stream,
9 first octets of the plain text, 10 inner stream, 11 parameters of the key derivation (u16 version; then u8 type,
u32 length, name, u32 length, value; 0 ends). Numbers are little-endian.

Source: KeePass, "KDBX file format specification"; KeePassXC, src/format.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from forensics.model import ByteRun, Layer

MAGIC = bytes.fromhex("03d9a29a67fb4bb5")
AES, CHACHA20, TWOFISH = (
    bytes.fromhex("31c1f2e6bf714350be5805216afc5aff"),
    bytes.fromhex("d6038a2b8b6f4cb5a524339a31dbb59a"),
    bytes.fromhex("ad68f29f576f4bb9a36ad47af965346c"),
)
CIPHERS = {AES: "AES-256-CBC", CHACHA20: "ChaCha20", TWOFISH: "Twofish-256-CBC"}
AES_KDF, AES_KDF_4, ARGON2D, ARGON2ID = (
    bytes.fromhex("c9d9f39a628a4460bf740d08c18a4fea"),
    bytes.fromhex("7c02bb8279a74ac0927d114a00648238"),
    bytes.fromhex("ef636ddf8c29444b91f7a9a403e30a0c"),
    bytes.fromhex("9e298b1956db4773b23dfc3ec6f0a1e6"),
)
KDFS = {AES_KDF: "AES-KDF", AES_KDF_4: "AES-KDF", ARGON2D: "Argon2d", ARGON2ID: "Argon2id"}
_LARGEST_FIELD = 1 << 20
_MOST_FIELDS = 64
_LARGEST = 64 << 20
_CARVED = 1 << 20  # taken of a version-3 database that is not a file: it states no length


@dataclass(slots=True)
class Header:
    """What a header says; lengths and offsets in octets from the start of the database."""

    major: int
    minor: int
    fields: dict[int, bytes] = field(default_factory=dict)
    spans: dict[int, ByteRun] = field(default_factory=dict)
    parameters: dict[str, bytes] = field(default_factory=dict)
    raw: bytes = b""
    sound: bool | None = None  # SHA-256 of the header; None where the version has none

    @property
    def length(self) -> int:
        """Octets of the header."""
        return len(self.raw)

    @property
    def kdf(self) -> bytes:
        """Identifier of the key derivation."""
        return self.parameters.get("$UUID", b"") if self.major >= 4 else AES_KDF

    @property
    def salt(self) -> bytes:
        """Salt of the key derivation: the transform seed."""
        return self.parameters.get("S", b"") if self.major >= 4 else self.fields[5]

    @property
    def rounds(self) -> int:
        """Rounds of AES-KDF, or passes of Argon2."""
        if self.major < 4:
            return int.from_bytes(self.fields[6], "little")
        return self.number("I" if self.kdf in (ARGON2D, ARGON2ID) else "R")

    def number(self, name: str) -> int:
        """A parameter of the key derivation; 0 where it is not stated."""
        return int.from_bytes(self.parameters.get(name, b"")[:8], "little")


def header(data: bytes) -> Header | None:
    """The header at the beginning of `data`; None where a field is missing, cut off or of another size."""
    if data[:8] != MAGIC or len(data) < 12:
        return None
    told = Header(int.from_bytes(data[10:12], "little"), int.from_bytes(data[8:10], "little"))
    if told.major not in (2, 3, 4):
        return None
    width, at = (4 if told.major >= 4 else 2), 12
    for _ in range(_MOST_FIELDS):
        number, size = data[at : at + 1], int.from_bytes(data[at + 1 : at + 1 + width], "little")
        at += 1 + width
        if not number or size > _LARGEST_FIELD or at + size > len(data):
            return None
        told.fields[number[0]], told.spans[number[0]] = data[at : at + size], ByteRun(at, size)
        at += size
        if number == b"\0":
            break
    else:
        return None
    told.raw = data[:at]
    if len(told.fields.get(2, b"")) != 16 or len(told.fields.get(4, b"")) != 32:
        return None
    if told.major < 4:
        sizes = {5: (32,), 6: (8,), 7: (16,), 8: (32,), 9: (32,)}
        return told if all(len(told.fields.get(each, b"")) in size for each, size in sizes.items()) else None
    told.parameters = _dictionary(told.fields.get(11, b""))
    if len(told.kdf) != 16 or len(told.fields.get(7, b"")) not in (12, 16):
        return None
    if len(data) >= at + 32:
        told.sound = hashlib.sha256(data[:at]).digest() == data[at : at + 32]
    return told


def _dictionary(data: bytes) -> dict[str, bytes]:
    """Names and values of a variant dictionary, as far as they hold together."""
    found: dict[str, bytes] = {}
    at = 2
    while at < len(data) and data[at] and len(found) < _MOST_FIELDS:
        size = int.from_bytes(data[at + 1 : at + 5], "little")
        name = data[at + 5 : at + 5 + size].decode("utf-8", "replace")
        at += 5 + size
        size = int.from_bytes(data[at : at + 4], "little")
        if at + 4 + size > len(data):
            break
        found[name] = data[at + 4 : at + 4 + size]
        at += 4 + size
    return found


def extent(layer: Layer, at: int, told: Header) -> tuple[int, bool]:
    """Length of the database at `at`, and whether it is known to be whole.

    Version 4 by its blocks. Earlier ones by the end of their file, or at most 1 MiB where they are none: what is
    behind them does no harm, the plain text says where it ends.
    """
    left = layer.size - at
    if told.major < 4:
        length = min(left, _LARGEST if at == 0 else _CARVED)
        return length, at == 0 and length == left and left > told.length and not (left - told.length) % 16
    end = told.length + 64
    while end <= _LARGEST:
        stated = layer.read(at + end + 32, 4)
        size = int.from_bytes(stated, "little")
        if len(stated) < 4 or size > left - end - 36:
            break
        end += 36 + size
        if not size:
            return end, True
    return min(end, left), False

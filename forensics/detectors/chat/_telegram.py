"""Telegram Desktop's folder `tdata`: its container `TDF$`, its cache's container `TDEF`, and the ciphers of both.

| file                        | content                                                                           |
|-----------------------------|-----------------------------------------------------------------------------------|
| `key_datas`                   | salt, the local key under the passcode, the accounts under the local key            |
| `settingss`                   | salt, settings under that salt and no passcode                                      |
| `D877F783D5D3EF8Cs`, …        | one array: the authorisation of an account, under the local key                     |
| `D877F783D5D3EF8C/maps`       | two arrays (salt and key of versions before 2.0, empty since), the map                |
| `D877F783D5D3EF8C/…s`         | one array: drafts, places of files, settings of the account                          |
| `user_data…/cache/…`          | `TDEF`, salt of 64, then AES-256 in counter mode: head of 48 with a SHA-256, the file   |

Sources: Telegram Desktop, storage/details/storage_file_utilities.cpp, storage_encrypted_file.cpp,
storage_encryption.cpp, data/data_peer_id.cpp.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

MAGIC, CACHE_MAGIC = b"TDF$", b"TDEF"
LARGEST = 16 << 20  # octets of a TDF$ file
CACHE_HEAD = 4 + 64 + 48
NEW_FORM = 2_001_014  # the version that brought SHA-512
_MOST_ARRAYS = 3
_NONE = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Container:
    """A whole `TDF$` file: the version of the program, its arrays with where each starts, and its end."""

    version: int
    arrays: tuple[bytes, ...]
    starts: tuple[int, ...]
    end: int

    @property
    def program(self) -> str:
        """The version as people write it."""
        return f"{self.version // 1_000_000}.{self.version // 1_000 % 1_000}.{self.version % 1_000}"


def container(data: bytes) -> Container | None:
    """The file at the start of `data`; None where its MD5 does not hold."""
    if data[:4] != MAGIC or len(data) < 28:
        return None
    arrays: list[bytes] = []
    starts: list[int] = []
    at, body = 8, hashlib.md5(usedforsecurity=False)
    while len(arrays) < _MOST_ARRAYS and at + 4 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        size = 0 if size == _NONE else size
        if at + 4 + size + 16 > len(data):
            return None
        body.update(data[at : at + 4 + size])
        arrays.append(data[at + 4 : at + 4 + size])
        starts.append(at + 4)
        at += 4 + size
        whole = body.copy()
        whole.update((at - 8).to_bytes(4, "little") + data[4:8] + MAGIC)
        if whole.digest() == data[at : at + 16]:
            return Container(int.from_bytes(data[4:8], "little"), tuple(arrays), tuple(starts), at + 16)
    return None


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


def opened_cache(data: bytes, key: bytes) -> bytes | None:
    """The file in a `TDEF`, with what pads it to 16 octets; None if it is another key's."""
    if data[:4] != CACHE_MAGIC or len(data) < CACHE_HEAD or len(key) != 256:
        return None
    salt = data[4:68]
    secret = hashlib.sha256(key[:128] + salt[:32]).digest()
    start = hashlib.sha256(key[128:] + salt[32:]).digest()[:16]
    plain = Cipher(algorithms.AES(secret), modes.CTR(start)).decryptor().update(data[68:])
    return plain[48:] if hashlib.sha256(key + salt + plain[:16]).digest() == plain[16:48] else None


def peer(serialized: int) -> tuple[str, int]:
    """Kind and number of a partner: of 64 bits since 2.7.5 (marked by bit 55), of 32 before."""
    kinds = {0: "user", 1: "group", 2: "channel"}
    if serialized >> 55 & 1:
        value = serialized & ~(1 << 55)
        return kinds.get(value >> 48, "partner"), value & 0xFFFFFFFFFFFF
    return kinds.get(serialized >> 32 & 0xF, "partner"), serialized & 0xFFFFFFFF


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
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(16, "big")

"""VeraCrypt and TrueCrypt volumes: from a password to the keys of the payload. AES only.

| place | content |
|---|---|
| 0 | salt; then, encrypted: `VERA` or `TRUE`, checksums, place and size of the payload, keys |
| 64 KiB | the header of a hidden volume, or noise |
| last 128 KiB | copies of both |

Nothing in the clear marks such a volume. As in *VeraCrypt Volume Format Specification*. Not supported:
Serpent, Twofish, Camellia, Kuznyechik and cascades; Whirlpool, Streebog, BLAKE2s; key files; a PIM.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator

from Crypto.Hash import HMAC, RIPEMD160
from Crypto.Protocol.KDF import PBKDF2

from forensics.errors import EvidenceError
from forensics.volumes.ciphers import Xts
from forensics.volumes.luks import Opened
from forensics.volumes.readable import Readable

HIDDEN = 64 << 10
_LARGEST_PASSWORD = 128


def _headers(volume: Readable) -> Iterator[bytes]:
    for at in (0, HIDDEN, volume.size - (128 << 10), volume.size - HIDDEN):
        head = volume.read(at, 512) if at >= 0 else b""
        if len(head) == 512:
            yield head


def header_keys(password: bytes, salt: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Magic and header keys, the cheap ones first."""
    yield b"TRUE", hashlib.pbkdf2_hmac("sha512", password, salt, 1000, 64)
    yield (
        b"TRUE",
        PBKDF2(password, salt, 64, 2000, prf=lambda key, data: HMAC.new(key, data, RIPEMD160).digest()),
    )
    yield b"VERA", hashlib.pbkdf2_hmac("sha512", password, salt, 500_000, 64)
    yield b"VERA", hashlib.pbkdf2_hmac("sha256", password, salt, 500_000, 64)


def unlock(volume: Readable, password: bytes) -> Opened:
    """Open the outer or, with its password, the hidden volume.

    Raises:
        EvidenceError: no header opens: a wrong password, another method, or no such volume.
    """
    for head in _headers(volume):
        for magic, key in header_keys(password[:_LARGEST_PASSWORD], head[:64]):
            plain = Xts(key, 448).decrypt(head[64:], 0)
            if plain[:4] != magic or zlib.crc32(plain[192:448]) != int.from_bytes(plain[8:12], "big"):
                continue
            start, length = int.from_bytes(plain[44:52], "big"), int.from_bytes(plain[52:60], "big")
            if start % 512 or not 0 < start < volume.size or length > volume.size - start:
                continue
            return Opened(start, length // 512 * 512, "aes-xts-plain64", 512, start // 512, plain[192:256])
    raise EvidenceError("the key", "opens no VeraCrypt or TrueCrypt header that is supported here")

"""Sector ciphers of encrypted volumes: AES in XTS and CBC, many sectors at once.

XTS is IEEE 1619 (tweak = sector number, little-endian); CBC takes its first vector from the sector number,
plain or encrypted (ESSIV). The block cipher is OpenSSL's; what is done here is the chaining.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from forensics.errors import FormatError

Words = npt.NDArray[np.uint64]
_BLOCK = 16


def _ecb(key: bytes, data: bytes, *, encrypt: bool) -> bytes:
    cipher = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305 - a building block of XTS and CBC
    context = cipher.encryptor() if encrypt else cipher.decryptor()
    return context.update(data) + context.finalize()


def _words(data: bytes) -> Words:
    return np.frombuffer(data, "<u8").reshape(-1, 2)


class SectorCipher(ABC):
    """Decrypts whole sectors, which are numbered."""

    def __init__(self, sector: int, step: int = 1) -> None:
        """`sector` bytes at a time; the number grows by `step` from one to the next."""
        self.sector = sector
        self._step = step

    def _numbers(self, first: int, count: int) -> bytes:
        """Sector numbers as 16-byte little-endian blocks."""
        low = (np.arange(count, dtype=np.uint64) * np.uint64(self._step)) + np.uint64(first & 0xFFFFFFFFFFFFFFFF)
        return np.stack([low, np.zeros(count, np.uint64)], axis=1).astype("<u8").tobytes()

    @abstractmethod
    def decrypt(self, data: bytes, number: int) -> bytes:
        """Whole sectors, the first of which has this number."""


class Xts(SectorCipher):
    """AES-XTS; the key is that of the data and that of the tweak, one after the other."""

    def __init__(self, key: bytes, sector: int, step: int = 1) -> None:
        """Key of 32 or 64 bytes."""
        super().__init__(sector, step)
        if len(key) not in (32, 64):
            raise FormatError(f"an XTS key of {len(key)} bytes cannot be")
        self._data, self._tweak = key[: len(key) // 2], key[len(key) // 2 :]

    def decrypt(self, data: bytes, number: int) -> bytes:
        """See `SectorCipher`."""
        count, blocks = len(data) // self.sector, self.sector // _BLOCK
        tweak = _words(_ecb(self._tweak, self._numbers(number, count), encrypt=True)).copy()
        tweaks = np.empty((count, blocks, 2), np.uint64)
        one, top = np.uint64(1), np.uint64(63)
        for block in range(blocks):  # multiply by x in GF(2^128)
            tweaks[:, block] = tweak
            carry = tweak[:, 0] >> top
            over = tweak[:, 1] >> top
            tweak[:, 1] = (tweak[:, 1] << one) | carry
            tweak[:, 0] = (tweak[:, 0] << one) ^ (over * np.uint64(0x87))
        mask = tweaks.reshape(-1, 2)
        plain = _words(_ecb(self._data, (_words(data) ^ mask).astype("<u8").tobytes(), encrypt=False)) ^ mask
        return bytes(plain.astype("<u8").tobytes())


class Cbc(SectorCipher):
    """AES-CBC; with ESSIV the first vector is the sector number under a hash of the key."""

    def __init__(self, key: bytes, sector: int, step: int = 1, essiv: str = "") -> None:
        """`essiv` names the hash, or is empty for plain numbers."""
        super().__init__(sector, step)
        self._key = key
        self._salt = hashlib.new(essiv, key).digest() if essiv else b""

    def set_salt(self, salt: bytes) -> None:
        """Encrypt the first vectors under this key."""
        self._salt = salt

    def decrypt(self, data: bytes, number: int) -> bytes:
        """See `SectorCipher`."""
        count, blocks = len(data) // self.sector, self.sector // _BLOCK
        first = self._numbers(number, count)
        if self._salt:
            first = _ecb(self._salt, first, encrypt=True)
        stored = _words(data).reshape(count, blocks, 2)
        before = np.concatenate([_words(first).reshape(count, 1, 2), stored[:, :-1]], axis=1)
        plain = _words(_ecb(self._key, data, encrypt=False)).reshape(count, blocks, 2) ^ before
        return bytes(plain.astype("<u8").tobytes())


def named(words: str, key: bytes, sector: int) -> SectorCipher:
    """The cipher of a dm-crypt name such as `aes-xts-plain64` or `aes-cbc-essiv:sha256`.

    Raises:
        FormatError: not one of these.
    """
    cipher, _, rest = words.lower().partition("-")
    mode, _, vector = rest.partition("-")
    # dm-crypt counts plain numbers in 512-byte sectors however large a sector is; LUKS2 says so for its segments.
    step = sector // 512
    if cipher == "aes" and mode == "xts" and vector in ("plain64", "plain"):
        return Xts(key, sector, step)
    if cipher == "aes" and mode == "cbc" and vector in ("plain64", "plain"):
        return Cbc(key, sector, step)
    if cipher == "aes" and mode == "cbc" and vector.startswith("essiv:"):
        name = vector.removeprefix("essiv:")
        if name in ("sha256", "sha1", "md5", "sha512"):
            return Cbc(key, sector, step, name)
    raise FormatError(f"the cipher {words[:60]!r} is not supported")

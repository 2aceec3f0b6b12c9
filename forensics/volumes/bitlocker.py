"""BitLocker through libbde: password, recovery key, start-up key, clear key.

libbde gives the plain bytes at the offsets of the volume; only the first sectors come from another place
of the volume, where BitLocker moved them, and its own metadata reads as zeros.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
from collections.abc import Callable, Iterator
from typing import Any

import pybde
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from forensics.errors import EvidenceError, FormatError
from forensics.volumes.ciphers import Cbc, SectorCipher, Xts
from forensics.volumes.readable import Readable

_RECOVERY = re.compile(r"\d{6}(?:-\d{6}){7}")
_STARTUP = b"\x01\x00\x00\x00\x30\x00\x00\x00"  # version and header size, at offset 4 of a start-up key file
_BLOCK = b"-FVE-FS-"
_VOLUME_KEY, _MASTER_KEY = 3, 2  # types of entries
_PLAIN_KEY, _STRETCHED, _SEALED_KEY, _MASTER, _EXTERNAL = 1, 3, 5, 8, 9  # types of values
_ROUNDS = 0x100000  # of stretching a recovery key


class LayerFile(io.RawIOBase):
    """A layer as a file object, as libyal's libraries read it."""

    def __init__(self, layer: Readable) -> None:
        """At its beginning."""
        super().__init__()
        self._layer = layer
        self._at = 0

    def seek(self, offset: int, whence: int = 0) -> int:
        """As of any file."""
        self._at = (0, self._at, self._layer.size)[whence] + offset
        return self._at

    def tell(self) -> int:
        """Where it stands."""
        return self._at

    def get_size(self) -> int:
        """Bytes of the layer; the libraries ask for it."""
        return self._layer.size

    def read(self, size: int = -1) -> bytes:
        """Bytes from here."""
        data = self._layer.read(self._at, self._layer.size - self._at if size < 0 else size)
        self._at += len(data)
        return data

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True


def unlock(volume: Readable, secret: bytes) -> Any:
    """libbde's volume, open; `secret` is empty where a clear key is expected.

    Raises:
        EvidenceError: the secret does not open it.
        FormatError: libbde does not know it.
    """
    text = secret.decode("utf-8", "replace")
    if secret[4:12] == _STARTUP:
        return Direct(volume, _key_from_startup(volume, secret))
    if not _RECOVERY.fullmatch(text):
        return _opened(volume, password=text)
    found = _opened(volume, recovery=text, locked=True)
    return Direct(volume, _key_from_recovery(volume, text)) if found.is_locked() else found


def _opened(
    volume: Readable,
    *,
    password: str = "",
    recovery: str = "",
    locked: bool = False,
) -> Any:
    found = pybde.volume()
    try:
        if recovery:
            found.set_recovery_password(recovery)
        if password:
            found.set_password(password)
        found.open_file_object(LayerFile(volume))
    except (OSError, ValueError, MemoryError) as error:
        words = str(error).split(" libbde_volume_open")[0]
        raise FormatError(f"libbde cannot open this BitLocker volume: {words[:200]}") from error
    if found.is_locked() and not locked:
        raise EvidenceError("the key", "does not open this BitLocker volume")
    return found


# libbde reads a start-up key only from a path, which a confined worker cannot open, and tries one recovery key
# where a volume has several; so the way from these to the volume key is here,
# and from it to the plain bytes, which the library does not take a key of XTS for. Structures as in libyal's *BitLocker Drive Encryption (BDE) format*, §5 and §6.


def _entries(raw: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(type of entry, type of value, data) of each entry."""
    at = 0
    while at + 8 <= len(raw):
        size, kind, value, _ = struct.unpack_from("<HHHH", raw, at)
        if size < 8 or at + size > len(raw):
            return
        yield kind, value, raw[at + 8 : at + size]
        at += size


def _metadata(volume: Readable) -> tuple[bytes, int]:
    """The first sound metadata block, and the size of a sector."""
    head = volume.read(0, 512)
    at = 440 if head[3:11] == b"MSWIN4.1" else 176
    for (offset,) in struct.iter_unpack("<Q", head[at : at + 24]):
        block = volume.read(offset, 65536) if offset < volume.size else b""
        if block[:8] == _BLOCK and len(block) > 112:
            size = int.from_bytes(block[64:68], "little")
            return block[: 64 + min(size, 65472)], int.from_bytes(head[11:13], "little") or 512
    raise FormatError("no BitLocker metadata where the volume header points")


def _unsealed(sealed: bytes, key: bytes) -> bytes:
    """The key in a sealed value: a nonce, then tag and ciphertext of AES-CCM; 12 bytes stand before the key."""
    return AESCCM(key).decrypt(sealed[:12], sealed[28:] + sealed[12:28], None)[12:]


def _key_from_startup(volume: Readable, file: bytes) -> bytes:
    """The volume key."""
    outer = next((data for _, value, data in _entries(file[48:]) if value == _EXTERNAL), b"")
    key = next((data[4:36] for _, value, data in _entries(outer[24:]) if value == _PLAIN_KEY), b"")
    if len(key) != 32:
        raise FormatError("the start-up key file holds no key of 32 bytes")
    return _key(volume, lambda _: key)


def _key_from_recovery(volume: Readable, text: str) -> bytes:
    """The volume key; each group of digits is a number of 16 bits, times eleven."""
    groups = [int(each) for each in text.split("-")]
    if any(each % 11 or each // 11 > 0xFFFF for each in groups):
        raise EvidenceError("the key", "is no BitLocker recovery key: a group of digits is mistyped")
    first = hashlib.sha256(struct.pack("<8H", *(each // 11 for each in groups))).digest()

    def stretched(protector: bytes) -> bytes:
        salt = next((data[4:20] for _, value, data in _entries(protector) if value == _STRETCHED), b"")
        if len(salt) != 16:
            return b""
        last = bytes(32)
        for count in range(_ROUNDS):
            last = hashlib.sha256(b"".join((last, first, salt, count.to_bytes(8, "little")))).digest()
        return last

    return _key(volume, stretched)


def _key(volume: Readable, key_of: Callable[[bytes], bytes]) -> bytes:
    """The first protector of the master key whose key `key_of` knows gives the volume key."""
    block, _ = _metadata(volume)
    entries = list(_entries(block[112:]))
    for kind, value, data in entries:
        if kind != _MASTER_KEY or value != _MASTER:
            continue
        key = key_of(data[28:])
        for _, inner, sealed in _entries(data[28:]) if key else ():
            if inner != _SEALED_KEY:
                continue
            try:
                master = _unsealed(sealed, key)
                volume_key = next(
                    _unsealed(each, master)
                    for entry, sort, each in entries
                    if (entry, sort) == (_VOLUME_KEY, _SEALED_KEY)
                )
            except (InvalidTag, StopIteration, ValueError):
                continue
            return volume_key
    raise EvidenceError("the key", "does not open this BitLocker volume")


class _Eboiv(Cbc):
    """AES-CBC whose first vector is the byte offset of the sector, encrypted under the key itself."""

    def decrypt(self, data: bytes, number: int) -> bytes:
        """See `SectorCipher`."""
        return super().decrypt(data, number * self.sector)


class Direct:
    """A volume read with its volume key; the methods are those of libbde's volume that are used here.

    The first sectors lie where BitLocker moved them; its metadata and their old place read as zeros.
    """

    def __init__(self, volume: Readable, key: bytes) -> None:
        """Open with the volume key.

        Raises:
            FormatError: no metadata, or a method with the diffuser.
        """
        block, sector = _metadata(volume)
        method = int.from_bytes(block[100:102], "little")
        self._volume = volume
        self.key = key
        self._size = int.from_bytes(block[16:24], "little")
        moved = int.from_bytes(block[28:32], "little") * sector
        self._moved = (int.from_bytes(block[56:64], "little"), min(moved, 16 << 20))
        self._empty = [(offset, 65536) for (offset,) in struct.iter_unpack("<Q", block[32:56])] + [self._moved]
        self._cipher: SectorCipher
        if method in (0x8004, 0x8005):
            self._cipher = Xts(key, sector)
        elif method in (0x8002, 0x8003):
            self._cipher = _Eboiv(key, sector, sector)
            self._cipher.set_salt(key)
        else:
            raise FormatError(f"BitLocker's method 0x{method:04x} needs a password or the first recovery key")

    def get_size(self) -> int:
        """Bytes of the volume."""
        return self._volume.size

    def is_locked(self) -> bool:
        """It never is."""
        return False

    def read_buffer_at_offset(self, length: int, offset: int) -> bytes:
        """Plain bytes."""
        sector = self._cipher.sector
        first, end = offset // sector * sector, -(-(offset + length) // sector) * sector
        out = bytearray()
        while first < end:
            place, stop = first, end
            if first < self._moved[1]:  # the beginning of the volume
                place, stop = first + self._moved[0], min(end, self._moved[1])
            raw = self._volume.read(place, stop - first)
            raw += bytes(stop - first - len(raw))
            if place < self._size or not self._size:
                out += self._cipher.decrypt(raw, place // sector)
            else:  # not encrypted yet
                out += raw
            first = stop
        begin = offset // sector * sector
        for start, size in self._empty:
            low, high = max(start, begin), min(start + size, begin + len(out))
            if low < high:
                out[low - begin : high - begin] = bytes(high - low)
        return bytes(out[offset - begin : offset - begin + length])

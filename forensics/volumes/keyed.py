"""An image through which opened volumes show in plain, at the places of their encrypted bytes.

The addresses stay those of the image: a file of an opened volume lies where its encrypted bytes lie, so
that every statement about it names bytes of the medium. Only the content is that behind the key.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from forensics.errors import EvidenceError, FormatError
from forensics.evidence.base import Image
from forensics.evidence.cache import ChunkCache
from forensics.model import ByteRun
from forensics.volumes import apfs, bitlocker, filevault, luks, veracrypt
from forensics.volumes.luks import Opened
from forensics.volumes.volume import VolumeLayer

_PIECE = 128 << 10
_CACHE = 32 << 20

_Read = Callable[[int, int], bytes]
Secret = Mapping[str, Any]  # kind, volume, and what opens it; goes to workers in a frame, never to a disk in clear


@dataclass(frozen=True, slots=True)
class Region:
    """Image bytes that read as plain ones: `offset` and `length`; `volume` is the encrypted volume around them."""

    kind: str
    volume: ByteRun
    offset: int
    length: int
    read: _Read  # offset in the region, length; exactly these plain bytes

    @property
    def end(self) -> int:
        """The first image offset behind."""
        return self.offset + self.length


def unlock(layer: VolumeLayer, kind: str, secret: bytes, inner: int = 0) -> dict[str, Any]:
    """What opens a volume again without stretching the secret anew, where its format allows that.

    `kind` is what `recognise` calls the volume; an unknown one is tried as VeraCrypt or TrueCrypt. `inner` is the
    number of an encrypted volume in an APFS container.

    Raises:
        EvidenceError: the secret does not open it.
        FormatError: it cannot be opened at all, with the reason.
    """
    place = {"volume": [layer.offset, layer.size]}
    if kind == "bitlocker":
        found = bitlocker.unlock(layer, secret)
        direct = isinstance(found, bitlocker.Direct)
        key = found.key if direct else secret
        length = min(int(found.get_size()), layer.size)
        return {**place, "kind": kind, "key": key, "direct": direct, "offset": 0, "length": length}
    if kind == "apfs" and inner:
        apfs.unlock(apfs.container(layer), inner, secret)
        return {**place, "kind": kind, "key": secret, "inner": inner}
    if kind == "filevault":
        pieces = filevault.pieces(layer, filevault.unlock(layer, secret).size)
        return {**place, "kind": kind, "key": secret, "pieces": [list(each) for each in pieces]}
    if kind not in ("luks", ""):
        raise FormatError(f"a key for a volume of {kind} is of no use")
    opened = luks.unlock(layer, secret) if kind == "luks" else veracrypt.unlock(layer, secret)
    opened.decryptor()
    fields = {name: getattr(opened, name) for name in Opened.__slots__}
    return {**place, "kind": kind or "veracrypt", **fields}


def regions(image: Image, secret: Secret) -> tuple[Region, ...]:
    """What of a volume reads in plain with what `unlock` gave, in the order of its content."""
    start, size = secret["volume"]
    layer = VolumeLayer(image, 0, start, size)
    kind, volume = str(secret["kind"]), ByteRun(start, size)
    if kind == "filevault":
        read = _filevault(layer, secret["key"])
        return tuple(
            Region(kind, volume, start + place, length, partial(_within, read, offset))
            for offset, length, place in secret["pieces"]
        )
    offset, length = int(secret["offset"]), int(secret["length"])
    place = (kind, volume, start + offset, length)
    if kind == "bitlocker":
        return (Region(*place, _bitlocker(layer, secret["key"], direct=bool(secret["direct"]))),)
    opened = Opened(**{name: secret[name] for name in Opened.__slots__})
    return (Region(*place, _sectors(layer, opened)),)


def _within(read: _Read, start: int, offset: int, length: int) -> bytes:
    """Bytes of a piece that begins at `start` of what `read` gives."""
    return read(start + offset, length)


def _filevault(layer: VolumeLayer, secret: bytes) -> _Read:
    held: list[filevault.Opened] = []

    def read(offset: int, length: int) -> bytes:
        if not held:
            held.append(filevault.unlock(layer, secret))
        return held[0].read(offset, length)

    return read


def _bitlocker(layer: VolumeLayer, secret: bytes, *, direct: bool) -> _Read:
    held: list[Any] = []

    def read(offset: int, length: int) -> bytes:
        if not held:
            held.append(bitlocker.Direct(layer, secret) if direct else bitlocker.unlock(layer, secret))
        try:
            data: bytes = held[0].read_buffer_at_offset(length, offset)
        except OSError as error:
            raise EvidenceError("BitLocker volume", "libbde cannot read it", offset) from error
        return data

    return read


def _sectors(layer: VolumeLayer, opened: Opened) -> _Read:
    cipher = opened.decryptor()
    size = opened.sector

    def read(offset: int, length: int) -> bytes:
        first, skip = divmod(offset, size)
        last = -(-(offset + length) // size)
        raw = layer.read(opened.offset + first * size, (last - first) * size)
        whole = len(raw) // size * size
        number = opened.first + first * (size // 512)
        return cipher.decrypt(raw[:whole], number)[skip : skip + length]

    return read


class KeyedImage(Image):
    """An image with opened volumes. What is outside them is the image's own."""

    def __init__(self, image: Image, secrets: Sequence[Secret]) -> None:
        """Open the volumes that `secrets` open."""
        super().__init__(image.segments)
        self.sealed = image
        self.format = image.format
        self.chunk_size = image.chunk_size
        self.stored_digests, self.acquisition = image.stored_digests, image.acquisition
        self.acquisition_errors, self.caveats = image.acquisition_errors, image.caveats
        # An APFS volume shares its container with others: libfsapfs reads it, and no place of the image shows in plain.
        self._words = {(each["volume"][0], each["inner"]): each["key"] for each in secrets if each["kind"] == "apfs"}
        self._opened = [regions(image, each) for each in secrets if each["kind"] != "apfs"]
        self.regions = tuple(sorted(itertools.chain(*self._opened), key=lambda each: each.offset))
        self._cache = ChunkCache(_CACHE)

    @property
    def size(self) -> int:
        """Bytes of the medium."""
        return self.sealed.size

    @property
    def bad_runs(self) -> tuple[ByteRun, ...]:
        """Those of the image."""
        return self.sealed.bad_runs

    def opened(self, offset: int) -> tuple[Region, ...]:
        """The regions of the opened volume that begins at an image offset, in the order of its content."""
        return next((each for each in self._opened if each[0].volume.offset == offset), ())

    def words(self, offset: int, inner: int) -> bytes | None:
        """What unlocks volume `inner` of the APFS container at an image offset, if that was given."""
        return self._words.get((offset, inner))

    def read(self, offset: int, length: int) -> bytes:
        """Bytes from `offset`, plain where a volume is opened.

        Raises:
            EvidenceError: a library cannot read an opened volume.
        """
        length = min(length, self.size - offset)
        if offset < 0 or length <= 0:
            return b""
        parts: list[bytes] = []
        end = offset + length
        for each in self.regions:
            if each.end <= offset or each.offset >= end:
                continue
            if each.offset > offset:
                parts.append(self.sealed.read(offset, each.offset - offset))
                offset = each.offset
            take = min(each.end, end) - offset
            parts.append(self._plain(each, offset - each.offset, take))
            offset += take
        if offset < end:
            parts.append(self.sealed.read(offset, end - offset))
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _plain(self, each: Region, offset: int, length: int) -> bytes:
        if length >= _PIECE:
            return each.read(offset, length)
        parts: list[bytes] = []
        while length > 0:
            number, skip = divmod(offset, _PIECE)
            place = each.offset + number * _PIECE
            piece = self._cache.get(place)
            if piece is None:
                piece = each.read(number * _PIECE, min(_PIECE, each.length - number * _PIECE))
                self._cache.put(place, piece)
            take = min(length, _PIECE - skip)
            parts.append(piece[skip : skip + take])
            offset += take
            length -= take
        return b"".join(parts)

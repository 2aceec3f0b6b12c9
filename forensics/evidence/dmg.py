"""Apple disk images (UDIF, `.dmg`): raw, zlib, bzip2 and LZMA pieces.

| place | content |
|---|---|
| last 512 bytes | `koly`, place of the data and of a property list, number of sectors |
| property list | `resource-fork` / `blkx`: a table of pieces for each partition |
| table | `mish`, its first sector, then (kind, first sector, sectors, place, length) for each piece |

As documented by libyal's *Mac OS disk image types*. Numbers are big-endian. Pieces packed with ADC or
LZFSE are given as zeros and named in `bad_runs`. The stored CRC-32s are not compared.
"""

from __future__ import annotations

import bz2
import lzma
import plistlib
import struct
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any
from xml.parsers.expat import ExpatError

from forensics.errors import EvidenceError
from forensics.evidence.cache import DEFAULT_BYTES
from forensics.evidence.handles import SegmentFile
from forensics.evidence.mapped import (
    HOLE,
    LARGEST_CHUNK,
    LOST,
    MappedImage,
    Packed,
    Place,
    Stored,
    Unpack,
    inflate,
    table,
)

MAGIC = b"koly"
_SECTOR = 512
_ZERO, _RAW, _IGNORE = 0, 1, 2
_ZLIB, _BZIP2, _LZMA = 0x80000005, 0x80000006, 0x80000008
_END, _COMMENT = 0xFFFFFFFF, 0x7FFFFFFE
_LARGEST_LIST = 64 << 20
_MAX_PIECES = 1 << 22


def _bunzip(raw: bytes, size: int) -> bytes:
    return bz2.BZ2Decompressor().decompress(raw, size)


def _unlzma(raw: bytes, size: int) -> bytes:
    try:
        return lzma.LZMADecompressor(memlimit=256 << 20).decompress(raw, size)
    except lzma.LZMAError as error:
        raise ValueError(str(error)) from error


_UNPACK: dict[int, Unpack] = {_ZLIB: inflate, _BZIP2: _bunzip, _LZMA: _unlzma}


class DmgImage(MappedImage):
    """An Apple disk image in one file."""

    format = "dmg"

    def __init__(self, segments: Sequence[SegmentFile], cache_bytes: int = DEFAULT_BYTES) -> None:
        """Read the trailer and the tables of pieces.

        Raises:
            EvidenceError: a trailer, a property list or a table that cannot be; an image in several files.
        """
        file = segments[0]
        foot = table(file, file.size - 512, 512, "the trailer")
        data, parts, at, length, sectors = (
            struct.unpack_from(">Q", foot, 24)[0],
            struct.unpack_from(">I", foot, 60)[0],
            *struct.unpack_from(">QQ", foot, 216),
            struct.unpack_from(">Q", foot, 492)[0],
        )
        if parts > 1:
            raise EvidenceError(file.name, f"one of {parts:,} parts of an image, which is not supported")
        if length > _LARGEST_LIST or not 0 < sectors < 1 << 51:
            raise EvidenceError(file.name, f"a list of {length:,} bytes for {sectors:,} sectors cannot be")
        if not length:
            raise EvidenceError(file.name, "its tables are in a resource fork, which is not supported")
        super().__init__(segments, sectors * _SECTOR, None, cache_bytes)
        pieces = sorted(_pieces(file, table(file, at, length, "the property list")))
        self._pieces = pieces
        self._starts = [each[0] for each in pieces]
        self._data = data
        self.acquisition = {"container": f"Apple disk image, {len(pieces):,} pieces"}
        strange = sorted({kind for _, _, kind, _, _ in pieces} - {_ZERO, _RAW, _IGNORE, *_UNPACK})
        if strange:
            words = ", ".join(f"0x{kind:08x}" for kind in strange)
            self.caveats += (f"holds pieces packed in a way that is not supported ({words}); they read as zeros",)

    def _place(self, offset: int) -> tuple[Place, int]:
        index = bisect_right(self._starts, offset) - 1
        limit = self._starts[index + 1] if index + 1 < len(self._starts) else self._size
        if index < 0:
            return HOLE, (self._starts[0] if self._starts else self._size) - offset
        start, size, kind, position, stored = self._pieces[index]
        if offset >= start + size:
            return HOLE, max(limit - offset, 1)
        reach = min(start + size, max(limit, offset + 1)) - offset
        file = self.segments[0]
        if kind in (_ZERO, _IGNORE):
            return HOLE, reach
        if kind == _RAW:
            where = self._data + position + offset - start
            return (Stored(file, where) if where < file.size else LOST), reach
        unpack = _UNPACK.get(kind)
        if unpack is None or size > LARGEST_CHUNK or stored > LARGEST_CHUNK:
            return LOST, reach
        return Packed(file, self._data + position, stored, start, size, unpack), reach


def _pieces(file: SegmentFile, raw: bytes) -> list[tuple[int, int, int, int, int]]:
    """(image offset, size, kind, position, stored length) of every piece."""
    try:
        blocks: Any = plistlib.loads(raw)["resource-fork"]["blkx"]
        tables = [bytes(each["Data"]) for each in blocks]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, ExpatError) as error:
        raise EvidenceError(file.name, "its property list cannot be read") from error
    out: list[tuple[int, int, int, int, int]] = []
    for each in tables:
        if each[:4] != b"mish" or len(each) < 204:
            raise EvidenceError(file.name, "a table of pieces that cannot be")
        first = int.from_bytes(each[8:16], "big")
        begin = int.from_bytes(each[24:32], "big")
        count = min(int.from_bytes(each[200:204], "big"), (len(each) - 204) // 40)
        for number in range(count):
            kind, _, sector, sectors, position, stored = struct.unpack_from(">IIQQQQ", each, 204 + number * 40)
            if kind == _END:
                break
            if kind != _COMMENT and sectors:
                out.append(((first + sector) * _SECTOR, sectors * _SECTOR, kind, begin + position, stored))
        if len(out) > _MAX_PIECES:
            raise EvidenceError(file.name, f"more than {_MAX_PIECES:,} pieces")
    return out

"""Virtual PC and Hyper-V disks of the first kind (VHD): fixed, dynamic and differencing.

| place | content |
|---|---|
| last 512 bytes (and the first of a growing one) | `conectix`, size, kind, checksum |
| where the footer says | `cxsparse`, block size, place of the block table, name of the parent |
| block table | first sector of each block; all ones: not stored |
| block | a bitmap of its sectors, then the sectors |

As in Microsoft's *Virtual Hard Disk Image Format Specification*, 1.0. Numbers are big-endian.
Not recorded: any digest of the content.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forensics.errors import EvidenceError
from forensics.evidence.base import Image
from forensics.evidence.cache import DEFAULT_BYTES
from forensics.evidence.handles import SegmentFile
from forensics.evidence.mapped import BENEATH, HOLE, LOST, MappedImage, Place, Stored, below, table

MAGIC = b"conectix"
FOOTERS = (512, 511)  # some writers of the format left the footer one byte short
_FIXED, _DYNAMIC, _DIFFERENCING = 2, 3, 4
_FREE = 0xFFFFFFFF
_SECTOR = 512


class _Footer:
    def __init__(self, file: SegmentFile) -> None:
        self.length = next((n for n in FOOTERS if file.pread(max(file.size - n, 0), 8) == MAGIC), 0)
        self.caveats: tuple[str, ...] = ()
        raw = file.pread(file.size - self.length, self.length) if self.length else b""
        if not raw and file.pread(0, 8) == MAGIC:
            raw = file.pread(0, 512)
            self.caveats = ("its last sector is not a footer, so the file may be cut short; its copy was used",)
        if len(raw) < 85:
            raise EvidenceError(file.name, "no VHD footer")
        self.size = int.from_bytes(raw[48:56], "big")
        self.kind = int.from_bytes(raw[60:64], "big")
        self.header = int.from_bytes(raw[16:24], "big")
        if not _sums(raw, 64):
            self.caveats += ("the checksum of its footer differs",)
        if self.kind not in (_FIXED, _DYNAMIC, _DIFFERENCING):
            raise EvidenceError(file.name, f"VHD kind {self.kind} is not known")
        if not 0 < self.size < 1 << 60:
            raise EvidenceError(file.name, f"a disk of {self.size:,} bytes cannot be")


def _sums(raw: bytes, at: int) -> bool:
    """Whether the one's complement of the sum of all other bytes stands at `at`."""
    total = sum(raw) - sum(raw[at : at + 4])
    return (~total) & 0xFFFFFFFF == int.from_bytes(raw[at : at + 4], "big")


def parent_file(file: SegmentFile) -> str:
    """The name of the parent of a differencing disk, without its folders; else empty.

    Raises:
        EvidenceError: a footer or a header that cannot be.
    """
    footer = _Footer(file)
    if footer.kind != _DIFFERENCING:
        return ""
    head = table(file, footer.header, 1024, "the VHD header")
    return below(head[64:576].decode("utf-16-be", "replace").rstrip("\0")) or "its parent"


class VhdImage(MappedImage):
    """A VHD disk, over its parent where it has one."""

    format = "vhd"

    def __init__(
        self, segments: Sequence[SegmentFile], beneath: Image | None, cache_bytes: int = DEFAULT_BYTES
    ) -> None:
        """`segments` begin with the disk itself.

        Raises:
            EvidenceError: a footer, a header or a table that cannot be.
        """
        file = segments[0]
        footer = _Footer(file)
        size = footer.size
        if footer.kind == _FIXED:
            size = min(size, file.size - footer.length)
        super().__init__(segments, size, beneath, cache_bytes)
        self.caveats += footer.caveats
        self._differs = footer.kind == _DIFFERENCING
        self._fixed = footer.kind == _FIXED
        names = {_FIXED: "fixed", _DYNAMIC: "dynamic", _DIFFERENCING: "differencing"}
        self.acquisition = {"container": f"VHD, {names[footer.kind]}"}
        if self._fixed:
            if size < footer.size:
                self.caveats += (f"states {footer.size:,} bytes and holds {size:,}",)
            return
        head = table(file, footer.header, 1024, "the VHD header")
        if head[:8] != b"cxsparse":
            raise EvidenceError(file.name, "no VHD header where its footer points", footer.header)
        if not _sums(head, 36):
            self.caveats += ("the checksum of its header differs",)
        place = int.from_bytes(head[16:24], "big")
        count = int.from_bytes(head[28:32], "big")
        self._block = self.chunk_size = int.from_bytes(head[32:36], "big")
        if not _SECTOR <= self._block <= 1 << 30 or self._block % _SECTOR:
            raise EvidenceError(file.name, f"a block of {self._block:,} bytes cannot be", footer.header)
        count = min(count, -(-size // self._block))
        self._table = np.frombuffer(table(file, place, count * 4, "the block table"), ">u4")
        self._bitmap = -(-(self._block // _SECTOR) // 8 // _SECTOR) * _SECTOR or _SECTOR
        self._maps: dict[int, bytes] = {}

    def _place(self, offset: int) -> tuple[Place, int]:
        file = self.segments[0]
        if self._fixed:
            return Stored(file, offset), self._size - offset
        number, inside = divmod(offset, self._block)
        reach = self._block - inside
        empty: Place = BENEATH if self._differs else HOLE
        if number >= len(self._table):
            return LOST, reach
        sector = int(self._table[number])
        if sector == _FREE:
            return empty, reach
        position = sector * _SECTOR + self._bitmap + inside
        if position >= file.size:
            return LOST, reach
        if not self._differs:
            return Stored(file, position), reach
        bits = self._maps.get(number)
        if bits is None:
            bits = self._maps[number] = file.pread(sector * _SECTOR, self._bitmap)
        here = _bit(bits, inside // _SECTOR)
        last = inside // _SECTOR + 1
        while last * _SECTOR < self._block and _bit(bits, last) == here:
            last += 1
        return (Stored(file, position) if here else empty), last * _SECTOR - inside


def _bit(bits: bytes, number: int) -> bool:
    return number // 8 < len(bits) and bool(bits[number // 8] & (0x80 >> number % 8))

"""QEMU copy-on-write disks, versions 1 to 3, with backing files.

| place | content |
|---|---|
| 0 | `QFI\\xfb`, version, backing file name (offset, length), cluster size, size, first table |
| 104 (version 3) | compression: 0 deflate, 1 Zstandard |
| first table | offsets of second tables |
| second table | cluster offset; bit 62: packed; bit 0 (version 3): reads as zeros |

Fields as in QEMU's `docs/interop/qcow2.txt` and, for version 1, `block/qcow.c`. All numbers are big-endian.
Not recorded: any digest of the content.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import zstandard

from forensics.errors import EvidenceError
from forensics.evidence.base import Image
from forensics.evidence.cache import DEFAULT_BYTES
from forensics.evidence.handles import SegmentFile
from forensics.evidence.mapped import BENEATH, HOLE, LOST, MappedImage, Packed, Place, Stored, below, inflate, table

MAGIC = b"QFI\xfb"
_OFFSET = 0x00FF_FFFF_FFFF_FE00
_PACKED = 1 << 62
_DIRTY, _CORRUPT, _EXTERNAL, _EXTENDED = 1, 2, 4, 16
_KNOWN_FEATURES = 0x1F
_BACKING_FORMAT = 0xE2792ACA
_LONGEST_NAME = 1023
_TABLES = 256  # second tables that are kept


class _Header:
    """What the first cluster says."""

    def __init__(self, file: SegmentFile) -> None:
        head = file.pread(0, 112)
        if len(head) < 72:
            raise EvidenceError(file.name, "the QCOW header is cut short")
        self.version = int.from_bytes(head[4:8], "big")
        self.features = self.snapshots = self.compression = 0
        extensions = 72
        if self.version == 1:
            backing, length, _, self.size, self.bits, self.second_bits, _, crypt, self.first = struct.unpack(
                ">QIIQBBHIQ", head[8:48]
            )
            self.first_count = -(-self.size >> (self.bits + self.second_bits)) if self.bits < 32 else -1
        elif self.version in (2, 3):
            backing, length, self.bits, self.size, crypt, self.first_count, self.first = struct.unpack(
                ">QIIQIIQ", head[8:48]
            )
            self.snapshots = int.from_bytes(head[60:64], "big")
            self.second_bits = self.bits - 3
            if self.version == 3:
                self.features = int.from_bytes(head[72:80], "big")
                extensions = int.from_bytes(head[100:104], "big")
                self.compression = head[104] if extensions > 104 and len(head) > 104 else 0
        else:
            raise EvidenceError(file.name, f"QCOW version {self.version} is not known")
        if not 9 <= self.bits <= 22 or not 6 <= self.second_bits <= 20:
            raise EvidenceError(file.name, f"a cluster of 2^{self.bits} bytes cannot be")
        if self.size <= 0 or self.size >= 1 << 60:
            raise EvidenceError(file.name, f"a disk of {self.size:,} bytes cannot be")
        if crypt:
            raise EvidenceError(file.name, "its clusters are encrypted by QEMU, which is not supported")
        if self.features & ~_KNOWN_FEATURES or self.features & (_EXTERNAL | _EXTENDED):
            raise EvidenceError(file.name, f"needs features 0x{self.features:x} that are not supported")
        self.backing = ""
        self.backing_format = ""
        if backing:
            if length > _LONGEST_NAME:
                raise EvidenceError(file.name, f"a backing file name of {length:,} bytes cannot be", backing)
            self.backing = file.pread(backing, length).decode("utf-8", "replace")
            self.backing_format = _format(file, extensions)

    @property
    def cluster(self) -> int:
        """Bytes of a cluster."""
        return int(1 << self.bits)


def _format(file: SegmentFile, at: int) -> str:
    """What the header extensions call the format of the backing file."""
    for _ in range(32):
        head = file.pread(at, 8)
        if len(head) < 8:
            break
        kind, length = struct.unpack(">II", head)
        if not kind or length > 1 << 16:
            break
        if kind == _BACKING_FORMAT:
            return file.pread(at + 8, min(length, 64)).decode("ascii", "replace")
        at += 8 + -(-length // 8) * 8
    return ""


def backing_file(file: SegmentFile) -> str:
    """The name of the file below, without its folders; empty where the disk stands alone.

    Raises:
        EvidenceError: a header that cannot be.
    """
    return below(_Header(file).backing)


def backing_format(file: SegmentFile) -> str:
    """`raw`, `qcow2` … as the header states it, or empty."""
    return _Header(file).backing_format


class QcowImage(MappedImage):
    """The active state of a QCOW disk; its internal snapshots are named in a caveat and not read."""

    format = "qcow2"

    def __init__(
        self, segments: Sequence[SegmentFile], beneath: Image | None, cache_bytes: int = DEFAULT_BYTES
    ) -> None:
        """`segments` begin with the disk itself; `beneath` is its opened backing file.

        Raises:
            EvidenceError: a header or a table that cannot be, encryption, or features that are not supported.
        """
        file = segments[0]
        head = self._head = _Header(file)
        super().__init__(segments, head.size, beneath, cache_bytes)
        self.format = "qcow" if head.version == 1 else "qcow2"
        self.chunk_size = head.cluster
        needed = -(-head.size >> (head.bits + head.second_bits)) if head.version == 1 else 0
        count = max(head.first_count, needed)
        raw = table(file, head.first, count * 8, "the first table")
        self._first: npt.NDArray[np.uint64] = np.frombuffer(raw, ">u8").astype(np.uint64)
        self._second: dict[int, list[int] | None] = {}
        if head.features & _CORRUPT:
            self.caveats += ("its writer marked it as corrupt",)
        if head.features & _DIRTY:
            self.caveats += ("it was not closed cleanly",)
        if head.snapshots:
            self.caveats += (f"holds {head.snapshots:,} internal snapshots; only the active state is examined",)
        self.acquisition = {"container": f"QCOW version {head.version}, clusters of {head.cluster:,} bytes"}

    def _place(self, offset: int) -> tuple[Place, int]:
        head = self._head
        cluster, inside = divmod(offset, head.cluster)
        reach = head.cluster - inside
        empty: Place = BENEATH if self._beneath is not None else HOLE
        number, index = cluster >> head.second_bits, cluster & ((1 << head.second_bits) - 1)
        if number >= len(self._first):
            return LOST, reach
        entries = self._entries(number)
        if entries is None:
            return LOST, reach
        entry = entries[index] if entries else 0
        if head.version == 1:
            return self._place_1(entry, cluster, inside, empty), reach
        if entry & _PACKED:
            shift = 62 - (head.bits - 8)
            position = entry & ((1 << shift) - 1)
            sectors = (entry >> shift) & ((1 << (62 - shift)) - 1)
            stored = (sectors + 1) * 512 - (position & 511)
            return self._packed(position, stored, cluster), reach
        if entry & 1 and head.version == 3:
            return HOLE, reach
        position = entry & _OFFSET
        if not position:
            return empty, reach
        return self._stored(position, inside), reach

    def _place_1(self, entry: int, cluster: int, inside: int, empty: Place) -> Place:
        bits = self._head.bits
        if entry >> 63:
            position = entry & ((1 << (63 - bits)) - 1)
            return self._packed(position, (entry >> (63 - bits)) & (self._head.cluster - 1), cluster)
        return self._stored(entry, inside) if entry else empty

    def _stored(self, position: int, inside: int) -> Place:
        file = self.segments[0]
        return Stored(file, position + inside) if position + inside < file.size else LOST

    def _packed(self, position: int, stored: int, cluster: int) -> Place:
        file, size = self.segments[0], self._head.cluster
        if position >= file.size:
            return LOST
        start = cluster * size
        size = min(size, self._size - start)
        return Packed(file, position, stored, start, size, self._unpack)

    def _unpack(self, raw: bytes, size: int) -> bytes:
        if self._head.compression == 0:
            return inflate(raw, size, -zlib.MAX_WBITS)
        try:
            return zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(raw).read(size)
        except zstandard.ZstdError as error:
            raise ValueError(str(error)) from error

    def _entries(self, number: int) -> list[int] | None:
        """A second table; empty where there is none, None where it cannot be read."""
        if number in self._second:
            return self._second[number]
        position = int(self._first[number])
        if self._head.version > 1:
            position &= _OFFSET
        entries: list[int] | None = []
        if position:
            length = 8 << self._head.second_bits
            try:
                entries = np.frombuffer(table(self.segments[0], position, length, "a second table"), ">u8").tolist()
            except EvidenceError:
                entries = None
        if len(self._second) >= _TABLES:
            self._second.pop(next(iter(self._second)))
        self._second[number] = entries
        return entries

"""VMware disks (VMDK): one sparse file, stream-optimised, or a descriptor with flat and sparse extents.

| place | content |
|---|---|
| descriptor (a text file, or inside a sparse one) | `RW sectors KIND "file" offset` for each extent; the parent's name |
| sparse 0 | `KDMV`, flags, capacity, grain size, place of the descriptor, entries in a table, grain directory |
| grain directory | sector of each grain table |
| grain table | sector of each grain; 0: not stored, 1 where the flags say so: zeros |
| packed grain | its sector, its length, a zlib stream |

As in VMware's *Virtual Disk Format 5.0*. Numbers are little-endian. Not recorded: any digest.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Mapping, Sequence

import numpy as np

from forensics.errors import EvidenceError
from forensics.evidence.base import Image
from forensics.evidence.cache import DEFAULT_BYTES
from forensics.evidence.handles import SegmentFile
from forensics.evidence.mapped import BENEATH, HOLE, LOST, MappedImage, Packed, Place, Stored, below, inflate, table

MAGIC = b"KDMV"
TEXT = b"# Disk DescriptorFile"
_SECTOR = 512
_AT_END = 0xFFFFFFFFFFFFFFFF
_ZERO_GRAINS, _PACKED = 1 << 2, 1 << 16
_LARGEST_DESCRIPTOR = 1 << 20
_MAX_EXTENTS = 4096
_EXTENT = re.compile(r'^(?:RW|RDONLY|NOACCESS)\s+(\d{1,15})\s+([A-Z]+)(?:\s+"([^"\r\n]*)"(?:\s+(\d{1,15}))?)?', re.M)
_PARENT = re.compile(r'^\s*parentFileNameHint\s*=\s*"([^"\r\n]*)"', re.M)
_PARENT_ID = re.compile(r"^\s*parentCID\s*=\s*([0-9a-fA-F]{1,8})", re.M)


class _Descriptor:
    """The text that says what a disk is made of."""

    def __init__(self, raw: bytes) -> None:
        text = raw.split(b"\0")[0].decode("utf-8", "replace")
        found = _EXTENT.findall(text)[:_MAX_EXTENTS]
        self.extents = [(int(sectors), kind, name, int(at or 0)) for sectors, kind, name, at in found]
        identity = _PARENT_ID.search(text)
        hint = _PARENT.search(text)
        has_parent = identity is not None and int(identity[1], 16) != 0xFFFFFFFF
        self.parent = (below(hint[1]) if hint else "its parent") if has_parent else ""


def _descriptor(file: SegmentFile) -> _Descriptor:
    """Of a text file, or of a sparse file that holds one."""
    if file.pread(0, len(TEXT)) == TEXT:
        return _Descriptor(table(file, 0, min(file.size, _LARGEST_DESCRIPTOR), "the descriptor"))
    head = table(file, 0, 512, "the VMDK header")
    at, length = struct.unpack_from("<QQ", head, 28)
    if not at or not length:
        return _Descriptor(b"")
    return _Descriptor(file.pread(at * _SECTOR, min(length * _SECTOR, _LARGEST_DESCRIPTOR)))


def needed_files(file: SegmentFile) -> tuple[str, ...]:
    """Names, without folders, of the extents besides the file itself, and of the parent, last."""
    descriptor = _descriptor(file)
    extents = [below(name) for _, kind, name, _ in descriptor.extents if kind != "ZERO" and name]
    others = [name for name in dict.fromkeys(extents) if name != file.name] if _is_text(file) else []
    return (*others, *([descriptor.parent] if descriptor.parent else []))


def has_parent(file: SegmentFile) -> bool:
    """Whether another disk shows through this one."""
    return bool(_descriptor(file).parent)


def _is_text(file: SegmentFile) -> bool:
    return file.pread(0, len(TEXT)) == TEXT


class _Sparse:
    """A sparse extent: grains found through two tables."""

    def __init__(self, file: SegmentFile, empty: Place) -> None:
        head = table(file, 0, 512, "the VMDK header")
        if head[:4] != MAGIC:
            raise EvidenceError(file.name, "not a sparse VMware extent")
        if struct.unpack_from("<Q", head, 56)[0] == _AT_END:  # written as a stream: the true header is the footer
            foot = file.pread(file.size - 1024, 512)
            if foot[:4] != MAGIC:
                raise EvidenceError(file.name, "its footer is missing: the file is cut short", file.size - 1024)
            head = foot
        flags, capacity, grain = struct.unpack_from("<IQQ", head, 8)
        (per_table,) = struct.unpack_from("<I", head, 44)
        (directory,) = struct.unpack_from("<Q", head, 56)
        if not 1 <= grain <= 1 << 15 or not 1 <= per_table <= 1 << 16 or capacity >= 1 << 50:
            raise EvidenceError(file.name, f"grains of {grain:,} sectors, {per_table:,} to a table, cannot be")
        self.size, self.grain = capacity * _SECTOR, grain * _SECTOR
        self._file, self._empty, self._flags, self._per_table = file, empty, flags, per_table
        grains = -(-capacity // grain)
        self._directory = np.frombuffer(
            table(file, directory * _SECTOR, -(-grains // per_table) * 4, "the grain directory"), "<u4"
        )
        self._tables: dict[int, list[int] | None] = {}

    def place(self, offset: int, start: int) -> tuple[Place, int]:
        """As `MappedImage._place`, for a byte of the extent, which begins at image offset `start`."""
        number, inside = divmod(offset, self.grain)
        reach = min(self.grain - inside, self.size - offset)
        group, index = divmod(number, self._per_table)
        entries = self._entries(group)
        if entries is None:
            return LOST, reach
        sector = entries[index] if entries else 0
        if sector == 0:
            return self._empty, reach
        if sector == 1 and self._flags & _ZERO_GRAINS:
            return HOLE, reach
        position = sector * _SECTOR
        if position >= self._file.size:
            return LOST, reach
        if not self._flags & _PACKED:
            return Stored(self._file, position + inside), reach
        head = self._file.pread(position, 12)
        stored = int.from_bytes(head[8:12], "little")
        if len(head) < 12 or not 0 < stored <= 2 * self.grain + 1024:
            return LOST, reach
        size = min(self.grain, self.size - number * self.grain)
        return Packed(self._file, position + 12, stored, start + number * self.grain, size, inflate), reach

    def _entries(self, group: int) -> list[int] | None:
        """A grain table; empty where there is none, None where it cannot be read."""
        if group not in self._tables:
            sector = int(self._directory[group])
            entries: list[int] | None = []
            if sector:
                raw = self._file.pread(sector * _SECTOR, self._per_table * 4)
                entries = np.frombuffer(raw, "<u4").tolist() if len(raw) == self._per_table * 4 else None
            if len(self._tables) >= 4096:
                self._tables.pop(next(iter(self._tables)))
            self._tables[group] = entries
        return self._tables[group]


class _Flat:
    """An extent that is the bytes themselves, or none at all."""

    def __init__(self, file: SegmentFile | None, at: int, size: int) -> None:
        self.size, self._file, self._at = size, file, at

    def place(self, offset: int, _: int) -> tuple[Place, int]:
        if self._file is None:
            return HOLE, self.size - offset
        position = self._at + offset
        if position >= self._file.size:
            return LOST, self.size - offset
        return Stored(self._file, position), min(self.size - offset, self._file.size - position)


class VmdkImage(MappedImage):
    """A VMware disk of one or more extents, over its parent where it has one."""

    format = "vmdk"

    def __init__(
        self, segments: Sequence[SegmentFile], beneath: Image | None, cache_bytes: int = DEFAULT_BYTES
    ) -> None:
        """`segments` begin with the descriptor or the sparse file; extents are found among them by name.

        Raises:
            EvidenceError: a header or a descriptor that cannot be, or an extent that was not given.
        """
        first = segments[0]
        descriptor = _descriptor(first)
        if descriptor.parent and beneath is None:
            raise EvidenceError(first.name, f"its parent {descriptor.parent!r} is needed")
        empty: Place = BENEATH if beneath is not None else HOLE
        files = {segment.name: segment for segment in segments}
        if _is_text(first):
            extents = [_extent(first, files, each, empty) for each in descriptor.extents]
        else:
            extents = [_Sparse(first, empty)]
        if not extents or sum(each.size for each in extents) <= 0:
            raise EvidenceError(first.name, "its descriptor names no extent")
        self._extents = extents
        self._starts: list[int] = []
        total = 0
        for each in extents:
            self._starts.append(total)
            total += each.size
        super().__init__(segments, total, beneath, cache_bytes)
        self.chunk_size = max((each.grain for each in extents if isinstance(each, _Sparse)), default=_SECTOR)
        kinds = ", ".join(dict.fromkeys(kind for _, kind, _, _ in descriptor.extents)).lower() or "sparse"
        self.acquisition = {"container": f"VMDK, {len(extents):,} extents, {kinds}"}

    def _place(self, offset: int) -> tuple[Place, int]:
        index = bisect_right(self._starts, offset) - 1
        return self._extents[index].place(offset - self._starts[index], self._starts[index])


def _extent(
    first: SegmentFile, files: Mapping[str, SegmentFile], line: tuple[int, str, str, int], empty: Place
) -> _Sparse | _Flat:
    sectors, kind, name, at = line
    if kind == "ZERO":
        return _Flat(None, 0, sectors * _SECTOR)
    file = files.get(below(name))
    if file is None:
        raise EvidenceError(first.name, f"its extent {below(name)!r} is needed")
    if kind in ("FLAT", "VMFS"):
        return _Flat(file, at * _SECTOR, sectors * _SECTOR)
    if kind == "SPARSE":
        sparse = _Sparse(file, empty)
        sparse.size = min(sparse.size, sectors * _SECTOR)
        return sparse
    raise EvidenceError(first.name, f"an extent of kind {kind} is not supported")

"""Hyper-V disks of the second kind (VHDX): fixed, dynamic and differencing.

| place | content |
|---|---|
| 0 | `vhdxfile` |
| 64 KiB, 128 KiB | two headers; the one with the higher number holds |
| 192 KiB, 256 KiB | two region tables: where block table and metadata are |
| metadata | block size, disk size, sector size, how to find the parent |
| block table | state and place of each block; a bitmap block after each chunk |

As in Microsoft's [MS-VHDX]. Numbers are little-endian. Not recorded: any digest of the content.
"""

from __future__ import annotations

import struct
import uuid
from collections.abc import Mapping, Sequence

import numpy as np

from forensics.errors import EvidenceError
from forensics.evidence.base import Image
from forensics.evidence.cache import DEFAULT_BYTES
from forensics.evidence.handles import SegmentFile
from forensics.evidence.mapped import BENEATH, HOLE, LOST, MappedImage, Place, Stored, below, table
from forensics.primitives.crc32c import crc32c

MAGIC = b"vhdxfile"
_KIB, _MIB = 1 << 10, 1 << 20
_BLOCKS = uuid.UUID("2dc27766-f623-4200-9d64-115e9bfd4a08")
_METADATA = uuid.UUID("8b7ca206-4790-4b9a-b8fe-575f050f886e")
_PARAMETERS = uuid.UUID("caa16737-fa36-4d43-b3b6-33f0aa44e76b")
_DISK_SIZE = uuid.UUID("2fa54224-cd1b-4876-b211-5dbed83bf4b8")
_SECTOR_SIZE = uuid.UUID("8141bf1d-a96f-4709-ba47-f233a8faab5f")
_PARENT = uuid.UUID("a8d35f2d-b30b-454d-abf7-d3d84834ab0c")
_ZERO, _UNMAPPED, _FULL, _PARTLY = 2, 3, 6, 7


def _checks(raw: bytes) -> bool:
    """Whether the CRC-32C at 4 is that of the block with zeros in its place."""
    (found,) = crc32c([raw[:4] + bytes(4) + raw[8:]])
    return found == int.from_bytes(raw[4:8], "little")


class _Layout:
    """Where the tables of a VHDX are."""

    def __init__(self, file: SegmentFile) -> None:
        self.caveats: tuple[str, ...] = ()
        heads = [raw for at in (64, 128) if len(raw := file.pread(at * _KIB, 4096)) == 4096 and raw[:4] == b"head"]
        sound = [raw for raw in heads if _checks(raw)]
        if not sound:
            raise EvidenceError(file.name, "neither VHDX header is sound")
        head = max(sound, key=lambda raw: int.from_bytes(raw[8:16], "little"))
        if len(sound) < 2:
            self.caveats += ("one of its two headers is damaged",)
        if any(head[48:64]):
            self.caveats += ("its log holds writes that were not completed; they are not replayed here",)
        regions = self._regions(file)
        try:
            self.blocks, self.metadata = regions[_BLOCKS], regions[_METADATA]
        except KeyError:
            raise EvidenceError(file.name, "no block table or no metadata", 192 * _KIB) from None
        items = self._items(file)
        self.block, flags = struct.unpack("<II", _item(file, items, _PARAMETERS, 8))
        (self.size,) = struct.unpack("<Q", _item(file, items, _DISK_SIZE, 8))
        (self.sector,) = struct.unpack("<I", _item(file, items, _SECTOR_SIZE, 4))
        self.has_parent = bool(flags & 2)
        self.parent = _parent(_item(file, items, _PARENT, 0)) if self.has_parent else ""
        if self.block not in [_MIB << n for n in range(9)] or self.sector not in (512, 4096):
            raise EvidenceError(file.name, f"blocks of {self.block:,} and sectors of {self.sector:,} bytes cannot be")
        if not 0 < self.size <= 64 << 40:
            raise EvidenceError(file.name, f"a disk of {self.size:,} bytes cannot be")

    def _regions(self, file: SegmentFile) -> dict[uuid.UUID, tuple[int, int]]:
        for at in (192 * _KIB, 256 * _KIB):
            raw = file.pread(at, 64 * _KIB)
            if raw[:4] == b"regi" and len(raw) == 64 * _KIB and _checks(raw):
                count = min(int.from_bytes(raw[8:12], "little"), 2047)
                found = (struct.unpack_from("<16sQI", raw, 16 + n * 32) for n in range(count))
                return {uuid.UUID(bytes_le=name): (offset, length) for name, offset, length in found}
            self.caveats += ("one of its two region tables is damaged",)
        raise EvidenceError(file.name, "neither region table is sound", 192 * _KIB)

    def _items(self, file: SegmentFile) -> dict[uuid.UUID, tuple[int, int]]:
        start, length = self.metadata
        raw = table(file, start, min(length, 64 * _KIB), "the metadata table")
        if raw[:8] != b"metadata":
            raise EvidenceError(file.name, "no metadata table where the region table points", start)
        count = min(int.from_bytes(raw[10:12], "little"), 2047, (len(raw) - 32) // 32)
        found = (struct.unpack_from("<16sII", raw, 32 + n * 32) for n in range(count))
        return {uuid.UUID(bytes_le=name): (start + offset, length) for name, offset, length in found}


def _item(file: SegmentFile, items: Mapping[uuid.UUID, tuple[int, int]], name: uuid.UUID, length: int) -> bytes:
    if name not in items:
        raise EvidenceError(file.name, f"its metadata lacks item {name}")
    offset, stated = items[name]
    return table(file, offset, length or min(stated, _MIB), "a metadata item")


def _parent(raw: bytes) -> str:
    """The parent's name in its locator: pairs of UTF-16 key and value."""
    pairs: dict[str, str] = {}
    count = int.from_bytes(raw[18:20], "little")
    for number in range(min(count, 32)):
        if 20 + number * 12 + 12 > len(raw):
            break
        key, value, key_length, value_length = struct.unpack_from("<IIHH", raw, 20 + number * 12)
        name = raw[key : key + key_length].decode("utf-16-le", "replace")
        pairs[name] = raw[value : value + value_length].decode("utf-16-le", "replace")
    found = next((pairs[key] for key in ("relative_path", "absolute_win32_path", "volume_path") if key in pairs), "")
    return below(found) or "its parent"


def parent_file(file: SegmentFile) -> str:
    """The name of the parent of a differencing disk, without its folders; else empty.

    Raises:
        EvidenceError: a layout that cannot be.
    """
    return _Layout(file).parent


class VhdxImage(MappedImage):
    """A VHDX disk, over its parent where it has one."""

    format = "vhdx"

    def __init__(
        self, segments: Sequence[SegmentFile], beneath: Image | None, cache_bytes: int = DEFAULT_BYTES
    ) -> None:
        """`segments` begin with the disk itself.

        Raises:
            EvidenceError: a layout that cannot be.
        """
        file = segments[0]
        layout = self._layout = _Layout(file)
        super().__init__(segments, layout.size, beneath, cache_bytes)
        self.caveats += layout.caveats
        self.chunk_size = layout.block
        self._ratio = (layout.sector << 23) // layout.block
        blocks = -(-layout.size // layout.block)
        chunks = -(-blocks // self._ratio)
        count = chunks * (self._ratio + 1) if layout.has_parent else blocks + (blocks - 1) // self._ratio
        start, length = layout.blocks
        if count * 8 > length:
            raise EvidenceError(file.name, f"a block table of {length:,} bytes is too short for its disk", start)
        self._table = np.frombuffer(table(file, start, count * 8, "the block table"), "<u8")
        self._maps: dict[int, bytes] = {}
        kind = "differencing" if layout.has_parent else "no parent"
        self.acquisition = {"container": f"VHDX, blocks of {layout.block:,} bytes, {kind}"}

    def _place(self, offset: int) -> tuple[Place, int]:
        layout, file = self._layout, self.segments[0]
        number, inside = divmod(offset, layout.block)
        reach = layout.block - inside
        entry = int(self._table[number + number // self._ratio])
        state, position = entry & 7, (entry >> 20) * _MIB + inside
        empty: Place = BENEATH if layout.has_parent else HOLE
        if state in (_FULL, _PARTLY) and position >= file.size:
            return LOST, reach
        if state == _FULL:
            return Stored(file, position), reach
        if state in (_ZERO, _UNMAPPED):
            return HOLE, reach
        if state != _PARTLY or not layout.has_parent:
            return (empty if state in (0, 1) else LOST), reach
        chunk = number // self._ratio
        bits = self._maps.get(chunk)
        if bits is None:
            where = (int(self._table[chunk * (self._ratio + 1) + self._ratio]) >> 20) * _MIB
            bits = self._maps[chunk] = file.pread(where, _MIB) if where else b""
        first = (offset - chunk * self._ratio * layout.block) // layout.sector
        here = _bit(bits, first)
        last, end = first + 1, first + -(-reach // layout.sector)
        while last < end and _bit(bits, last) == here:
            last += 1
        reach = min(reach, (last - first) * layout.sector - offset % layout.sector)
        return (Stored(file, position) if here else empty), reach


def _bit(bits: bytes, number: int) -> bool:
    return number // 8 < len(bits) and bool(bits[number // 8] >> number % 8 & 1)

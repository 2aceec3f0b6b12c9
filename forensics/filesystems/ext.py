"""ext2, ext3 and ext4 structures read by ourselves.

The Sleuth Kit needs shielding: an inode that says it is 4 GiB long keeps the library busy for minutes
on a 3 MB volume (sleuthkit issues 2268 and 2937). `Shield` alters what the library sees of such inodes,
never the evidence, and `Books.mapping` follows their blocks instead, in time bounded by the volume.

Source: Linux kernel documentation, "ext4 Data Structures and Algorithms"
(Documentation/filesystems/ext4): superblock, group descriptors, inode table, extent tree, inline data.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forensics.errors import FormatError
from forensics.filesystems.times import from_unix
from forensics.model import ByteRun, EntryTime
from forensics.volumes.volume import VolumeLayer

_META_BG, _IS_64BIT, _LARGE_DIR = 0x0010, 0x0080, 0x4000  # s_feature_incompat
_SPARSE_SUPER, _GROUP_CHECKSUM, _BIG_ALLOCATION, _METADATA_CHECKSUM = (
    0x0001,
    0x0010,
    0x0200,
    0x0400,
)  # s_feature_ro_compat
_EXTENTS, _HUGE, _INLINE = 0x0008_0000, 0x0004_0000, 0x1000_0000  # i_flags
_INODE_UNINIT, _BLOCK_UNINIT = 0x1, 0x2  # bg_flags
_EXTENT_MAGIC = 0xF30A
_MAX_GROUPS = 1 << 22
_MAX_DEPTH = 5
_UNWRITTEN = 32768
_ATTRIBUTES = b"\0\0\x02\xea"  # magic of extended attributes inside an inode
_SYSTEM = 7  # e_name_index of "system."
_HEAD = 128  # bytes of an inode that hold its sizes

# Sizes up to these cost The Sleuth Kit some milliseconds at worst. Its time grows with the square of the
# number of holes: 10 s for 250 MB of block pointers that are zero.
_PLAIN_LIMIT = 4 << 20
_FOLDER_LIMIT = 4 << 20
_EXTENT_LIMIT = 1 << 30
_LINK_LIMIT = 1 << 16

FILE, FOLDER, LINK = 0x8000, 0x4000, 0xA000

U32 = npt.NDArray[np.uint32]


def is_ext(volume: VolumeLayer) -> bool:
    """Whether a volume starts with an ext superblock."""
    return volume.read(1024 + 56, 2) == b"\x53\xef"


@dataclass(frozen=True, slots=True)
class Group:
    """One block group: its bitmaps and its inode table, as block numbers, and its flags."""

    block_bitmap: int
    inode_bitmap: int
    inode_table: int
    flags: int


@dataclass(frozen=True, slots=True)
class Inode:
    """What one inode says. `body` is the volume offset of its 60 bytes of block map."""

    number: int
    mode: int
    size: int
    links: int
    flags: int
    held: int  # bytes that its block count claims
    body: int
    raw: bytes

    @property
    def kind(self) -> int:
        """The type bits of the mode: `FILE`, `FOLDER`, `LINK` …"""
        return self.mode & 0xF000

    @property
    def inline(self) -> bool:
        """Whether the content lies in the inode: a short link or inline data."""
        return bool(self.flags & _INLINE) or (self.kind == LINK and not self.held and 0 < self.size < 60)

    def inline_runs(self) -> list[ByteRun]:
        """Volume ranges of inline content: 60 bytes of the block map, then the `system.data` attribute."""
        out = [ByteRun(self.body, min(self.size, 60))]
        left = self.size - 60
        start = _HEAD + (int.from_bytes(self.raw[128:130], "little") if len(self.raw) > _HEAD else 0)
        if left <= 0 or self.raw[start : start + 4] != _ATTRIBUTES:
            return out
        base = at = start + 4
        while at + 16 <= len(self.raw) and self.raw[at]:
            length, index, value, _, size = struct.unpack_from("<BBHII", self.raw, at)
            if index == _SYSTEM and self.raw[at + 16 : at + 16 + length] == b"data":
                held = min(size, left, len(self.raw) - base - value)
                if held > 0:
                    out.append(ByteRun(self.body - 40 + base + value, held))
                break
            at += 16 + (length + 3 & ~3)
        return out

    def times(self) -> tuple[EntryTime, ...]:
        """Modified, accessed, changed, and created and deleted where stored."""
        raw = self.raw
        extra = struct.unpack_from("<H", raw, 128)[0] if len(raw) >= 132 else 0
        out = [
            self._time("modified", 16, 136, extra),
            self._time("accessed", 8, 140, extra),
            self._time("changed", 12, 132, extra),
        ]
        if extra >= 20 and len(raw) >= 152:
            out.append(self._time("created", 144, 148, extra))
        deleted = struct.unpack_from("<I", raw, 20)[0]
        if deleted:
            out.append(from_unix("deleted", deleted, None))
        return tuple(out)

    def _time(self, field: str, at: int, more: int, extra: int) -> EntryTime:
        """Seconds are signed 32 bits; big inodes hold two further bits of epoch and 30 of nanoseconds."""
        seconds = struct.unpack_from("<i", self.raw, at)[0]
        if extra >= more + 4 - 128 and len(self.raw) >= more + 4:
            word = struct.unpack_from("<I", self.raw, more)[0]
            return from_unix(field, seconds + ((word & 3) << 32), word >> 2)
        return from_unix(field, seconds, None)


class Books:
    """The superblock and group descriptors of a volume, and what they lead to."""

    def __init__(self, volume: VolumeLayer) -> None:
        """Read them.

        Raises:
            FormatError: numbers that cannot be.
        """
        self._volume = volume
        raw = volume.read(1024, 1024)
        if len(raw) < 1024 or raw[56:58] != b"\x53\xef":
            raise FormatError(f"{volume.locator}: no ext superblock")
        inodes, low_blocks = _two(raw, 0)
        self.first_block, log_size = _two(raw, 20)
        self.blocks_per_group, self.inodes_per_group = _two(raw, 32)[0], _two(raw, 40)[0]
        revision = _two(raw, 76)[0]
        self.inode_size = struct.unpack_from("<H", raw, 88)[0] if revision else 128
        self.incompatible, self.read_only = _two(raw, 96)
        wide = bool(self.incompatible & _IS_64BIT)
        self.block_count = low_blocks | (struct.unpack_from("<I", raw, 336)[0] << 32 if wide else 0)
        self._descriptor = max(struct.unpack_from("<H", raw, 254)[0], 64) if wide else 32
        self._reserved: int = struct.unpack_from("<H", raw, 206)[0]
        self._first_meta_group = _two(raw, 260)[0]
        self.inodes = inodes
        if log_size > 6 or not self.blocks_per_group or not self.inodes_per_group:
            raise FormatError(f"{volume.locator}: the ext superblock states sizes that cannot be")
        self.block_size = 1024 << log_size
        log_cluster = _two(raw, 28)[0] if self.read_only & _BIG_ALLOCATION else log_size
        if not log_size <= log_cluster <= log_size + 16:
            raise FormatError(f"{volume.locator}: the ext superblock states clusters that cannot be")
        self._cluster = 1 << (log_cluster - log_size)  # blocks for each bit of a block bitmap
        if not 128 <= self.inode_size <= self.block_size or self.inode_size & (self.inode_size - 1):
            raise FormatError(f"{volume.locator}: inodes of {self.inode_size} bytes cannot be")
        if self._descriptor > self.block_size:
            raise FormatError(f"{volume.locator}: group descriptors of {self._descriptor} bytes cannot be")
        held = min(self.block_count, volume.size // self.block_size)
        groups = -(-max(held - self.first_block, 0) // self.blocks_per_group)
        self.groups = tuple(self._groups(min(groups, -(-inodes // self.inodes_per_group), _MAX_GROUPS)))
        tables = sorted(
            (group.inode_table * self.block_size, number)
            for number, group in enumerate(self.groups)
            if group.inode_table
        )
        self.table_starts = [start for start, _ in tables]
        self.table_length = self.inodes_per_group * self.inode_size

    def _groups(self, count: int) -> Iterator[Group]:
        per_block = self.block_size // self._descriptor
        for block in range(-(-count // per_block)):
            raw = self._volume.read(self._descriptor_block(block, per_block) * self.block_size, self.block_size)
            for index in range(min(per_block, count - block * per_block)):
                at = index * self._descriptor
                if at + 32 > len(raw):
                    return
                words = list(struct.unpack_from("<III", raw, at))
                flags = struct.unpack_from("<H", raw, at + 18)[0]
                if self._descriptor >= 64 and at + 44 <= len(raw):
                    for each, high in enumerate(struct.unpack_from("<III", raw, at + 32)):
                        words[each] |= high << 32
                checked = self.read_only & (_GROUP_CHECKSUM | _METADATA_CHECKSUM)
                yield Group(words[0], words[1], words[2], flags if checked else 0)

    def _descriptor_block(self, block: int, per_block: int) -> int:
        if self.incompatible & _META_BG and block >= self._first_meta_group:
            group = block * per_block
            return self.first_block + group * self.blocks_per_group + self.has_super(group)
        return 1024 // self.block_size + 1 + block  # the superblock is at byte 1024, the rest follows it

    def has_super(self, group: int) -> bool:
        """Whether a group starts with a copy of the superblock: all do, or 0, 1 and powers of 3, 5, 7."""
        if not self.read_only & _SPARSE_SUPER or group <= 1:
            return True
        for base in (3, 5, 7):
            power = base
            while power < group:
                power *= base
            if power == group:
                return True
        return False

    def inode(self, number: int) -> Inode | None:
        """An inode by its number, or None where there is no table for it."""
        group, index = divmod(number - 1, self.inodes_per_group)
        if number < 1 or group >= len(self.groups) or not self.groups[group].inode_table:
            return None
        at = self.groups[group].inode_table * self.block_size + index * self.inode_size
        raw = self._volume.read(at, self.inode_size)
        if len(raw) < 128:
            return None
        mode, _, low = struct.unpack_from("<HHI", raw, 0)
        links, blocks, flags = struct.unpack_from("<HII", raw, 26)
        high = struct.unpack_from("<I", raw, 108)[0]
        size = low
        if mode & 0xF000 == FILE or (mode & 0xF000 == FOLDER and self.incompatible & _LARGE_DIR):
            size |= high << 32
        blocks |= struct.unpack_from("<H", raw, 116)[0] << 32
        held = blocks * (self.block_size if flags & _HUGE else 512)
        return Inode(number, mode, size, links, flags, held, at + 40, raw)

    def mapping(self, inode: Inode) -> Iterator[tuple[int, int, int]]:
        """(file block, volume block, count) in file order; holes and unwritten extents are left out.

        Visits each block of the map once and stays inside the volume, whatever the inode says.
        """
        last = -(-inode.size // self.block_size)
        tree = inode.raw[40:100]
        seen: set[int] = set()
        if inode.flags & _EXTENTS:
            yield from self._extents(tree, last, seen, _MAX_DEPTH)
            return
        pointers = np.frombuffer(tree, "<u4")
        yield from self._joined(pointers[:12], 0, last)
        start = 12
        for level in (1, 2, 3):
            yield from self._indirect(int(pointers[11 + level]), level, start, last, seen)
            start += (self.block_size // 4) ** level

    def _joined(self, pointers: U32, start: int, last: int) -> Iterator[tuple[int, int, int]]:
        """Consecutive pointers as runs."""
        pointers = pointers[: max(last - start, 0)]
        if not pointers.any():
            return
        wide = pointers.astype(np.int64)
        breaks = np.flatnonzero(np.diff(wide) != 1) + 1
        for first, end in zip([0, *breaks.tolist()], [*breaks.tolist(), len(wide)], strict=True):
            block = int(wide[first])
            if block and block < self.block_count:
                yield start + first, block, end - first

    def _indirect(
        self, block: int, level: int, start: int, last: int, seen: set[int]
    ) -> Iterator[tuple[int, int, int]]:
        if not block or block >= self.block_count or start >= last or block in seen:
            return
        seen.add(block)
        raw = self._volume.read(block * self.block_size, self.block_size)
        pointers = np.frombuffer(raw[: len(raw) // 4 * 4], "<u4")
        if level == 1:
            yield from self._joined(pointers, start, last)
            return
        span = (self.block_size // 4) ** (level - 1)
        for index in np.flatnonzero(pointers).tolist():
            yield from self._indirect(int(pointers[index]), level - 1, start + index * span, last, seen)

    def _extents(self, node: bytes, last: int, seen: set[int], depth: int) -> Iterator[tuple[int, int, int]]:
        if len(node) < 12:
            return
        magic, entries, _, level = struct.unpack_from("<HHHH", node, 0)
        if magic != _EXTENT_MAGIC or depth < 0:
            return
        for index in range(min(entries, (len(node) - 12) // 12)):
            at = 12 + 12 * index
            if level:
                logical, low, high = struct.unpack_from("<IIH", node, at)
                block = low | high << 32
                if block in seen or block >= self.block_count or logical >= last:
                    continue
                seen.add(block)
                yield from self._extents(
                    self._volume.read(block * self.block_size, self.block_size), last, seen, depth - 1
                )
                continue
            logical, length, high, low = struct.unpack_from("<IHHI", node, at)
            block = low | high << 32
            if 0 < length <= _UNWRITTEN and logical < last and block + length <= self.block_count:
                yield logical, block, min(length, last - logical)

    def released(self) -> Iterator[int]:
        """Numbers of inodes that are free and were once used, in order; their names may be gone."""
        size = self.inode_size
        for number, group in enumerate(self.groups):
            if not group.inode_table or group.flags & _INODE_UNINIT:
                continue
            count = self.inodes_per_group
            table = self._volume.read(group.inode_table * self.block_size, count * size)
            count = min(count, len(table) // size)
            bitmap = np.frombuffer(self._volume.read(group.inode_bitmap * self.block_size, -(-count // 8)), np.uint8)
            free = np.unpackbits(bitmap, bitorder="little")[:count] == 0
            words = np.frombuffer(table, "<u4", count * (size // 4)).reshape(count, size // 4)
            used = words[: len(free), 3] != 0  # i_ctime
            yield from (np.flatnonzero(free & used) + number * self.inodes_per_group + 1).tolist()

    def free_blocks(self) -> tuple[npt.NDArray[np.bool_], int]:
        """For each block from `first_block` on whether the bitmaps call it free; and the first block."""
        total = min(self.block_count, self._volume.size // self.block_size) - self.first_block
        free = np.zeros(max(total, 0), np.bool_)
        uninit: list[int] = []
        for number, group in enumerate(self.groups):
            start = number * self.blocks_per_group
            count = min(self.blocks_per_group, total - start)
            if count <= 0:
                break
            if group.flags & _BLOCK_UNINIT:
                free[start : start + count] = True
                uninit.append(number)
                continue
            raw = self._volume.read(group.block_bitmap * self.block_size, self.block_size)
            bits = np.unpackbits(np.frombuffer(raw, np.uint8), bitorder="little")
            bits = np.repeat(bits[: -(-count // self._cluster)], self._cluster)[:count]
            free[start : start + len(bits)] = bits == 0
        if uninit:
            self._claim(free, uninit)
        return free, self.first_block

    def _claim(self, free: npt.NDArray[np.bool_], uninit: list[int]) -> None:
        """A bitmap that was never written means: only the group's own metadata is in use."""
        first = self.first_block
        table_blocks = -(-self.table_length // self.block_size)
        for group in self.groups:
            for block, count in (
                (group.block_bitmap, 1),
                (group.inode_bitmap, 1),
                (group.inode_table, table_blocks),
            ):
                if block >= first:
                    free[block - first : block - first + count] = False
        for number in uninit:
            start = number * self.blocks_per_group
            free[start : start + self._head(number)] = False

    def _head(self, number: int) -> int:
        """How many blocks at the start of a group hold copies of superblock and descriptors."""
        per_block = self.block_size // self._descriptor
        meta, place = divmod(number, per_block)
        copies = int(self.has_super(number))
        if self.incompatible & _META_BG and meta >= self._first_meta_group:
            return copies + int(place in (0, 1, per_block - 1))  # the three groups that hold their descriptors
        old = self._first_meta_group if self.incompatible & _META_BG else -(-len(self.groups) // per_block)
        return (1 + old + self._reserved) * copies


def _two(raw: bytes, at: int) -> tuple[int, int]:
    """Two 32-bit numbers."""
    return int.from_bytes(raw[at : at + 4], "little"), int.from_bytes(raw[at + 4 : at + 8], "little")


class Shield:
    """The view of an ext volume that is given to The Sleuth Kit."""

    def __init__(self, books: Books, volume_size: int) -> None:
        """Watch reads of the inode tables of `books`."""
        self.books = books
        self._extent_limit = max(_EXTENT_LIMIT, volume_size)

    def __call__(self, offset: int, data: bytes) -> bytes:
        """The bytes at volume offset `offset` as the library may see them."""
        starts, length = self.books.table_starts, self.books.table_length
        end = offset + len(data)
        index = max(bisect_right(starts, offset) - 1, 0)
        out: bytearray | None = None
        while index < len(starts) and starts[index] < end:
            size = self.books.inode_size
            first = max(starts[index], offset)
            first += -(first - starts[index]) % size  # a window may begin inside an inode
            stop = min(starts[index] + length, end)
            if stop - first >= _HEAD:
                out = self._table(data if out is None else out, first - offset, stop - offset, out)
            index += 1
        return data if out is None else bytes(out)

    def _table(self, data: bytes | bytearray, first: int, stop: int, out: bytearray | None) -> bytearray | None:
        """Patch the inodes from `first` to `stop`, both in `data`; the last may be cut behind its size."""
        size = self.books.inode_size
        count = (stop - first - _HEAD) // size + 1
        table = bytes(data[first:stop])
        table += bytes(max(count * size - len(table), 0))
        words = np.frombuffer(table, "<u4", count * size // 4).reshape(count, size // 4)
        mode = words[:, 0] & 0xF000
        folder = mode == FOLDER
        sizes = words[:, 1].astype(np.uint64)
        sizes[~folder] |= words[~folder, 27].astype(np.uint64) << np.uint64(32)
        by_extents = (words[:, 8] & _EXTENTS) != 0
        limit = np.where(by_extents, self._extent_limit, _PLAIN_LIMIT)
        limit = np.where(folder, _FOLDER_LIMIT, limit).astype(np.uint64)
        limit = np.where(mode == LINK, np.uint64(_LINK_LIMIT), limit)
        for index in np.flatnonzero(sizes > limit).tolist():
            if out is None:
                out = bytearray(data)
            at = first + index * size
            # A folder is still to be listed, up to its first hole; a file is followed by us.
            shown = self._unbroken(bytes(out[at : at + size]), int(sizes[index])) if folder[index] else 0
            out[at + 4 : at + 8] = struct.pack("<I", shown)
            if not folder[index]:
                out[at + 108 : at + 112] = b"\0\0\0\0"
        return out

    def _unbroken(self, raw: bytes, size: int) -> int:
        """How many bytes of a folder have blocks, from its start on without a hole."""
        inode = Inode(0, FOLDER, size, 0, int.from_bytes(raw[32:36], "little"), 0, 0, raw)
        reached = 0
        for logical, _, count in self.books.mapping(inode):
            if logical > reached:
                break
            reached = logical + count
        return min(size, reached * self.books.block_size)

    def hides(self, inode: Inode) -> bool:
        """Whether the library was shown another size than the inode states."""
        if inode.kind == FOLDER:
            return inode.size & 0xFFFFFFFF > _FOLDER_LIMIT
        if inode.kind == LINK:
            return inode.size > _LINK_LIMIT
        return inode.size > (self._extent_limit if inode.flags & _EXTENTS else _PLAIN_LIMIT)

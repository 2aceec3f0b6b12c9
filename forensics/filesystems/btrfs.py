"""Btrfs of one device: live entries of all subvolumes and snapshots, their times and places.

| item | kind | content |
|---|---|---|
| inode | 1 | size at 16, mode at 52, four times from 112: seconds, nanoseconds |
| name | 96 | key of what is named, 13 bytes, length of the name, kind; the name |
| extent | 108 | unpacked size, method, form (inline, plain, reserved), place, stored size, offset, length |

Source: btrfs-progs, *On-disk Format*; Linux `include/uapi/linux/btrfs_tree.h`. A subvolume is the folder that it is
mounted at. Not read: deleted entries, the log tree, file systems of several devices.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from forensics.errors import EvidenceError, FormatError
from forensics.evidence.ranges import merged
from forensics.filesystems.base import LEFT_OUT, MOST_REFUSED
from forensics.filesystems.btrfs_packing import LARGEST, METHODS, unpacked
from forensics.filesystems.btrfs_trees import COPIES, SUPERBLOCK_SIZE, Item, Root, Trees
from forensics.filesystems.free import Space
from forensics.filesystems.names import shown
from forensics.filesystems.streams import Found
from forensics.guard import UNGUARDED, Guard, Step
from forensics.model import ByteRun, Entry, EntryKind, EntryTime, Locator, Storage
from forensics.volumes.signatures import recognise
from forensics.volumes.volume import VolumeLayer

KIND = "btrfs"
_INODE, _NAME, _EXTENT, _TREE = 1, 96, 108, 132
_FIRST_TREE, _FIRST_FOLDER = 5, 256
_MANY = 1 << 40  # inodes of one tree at most, so that tree and inode make one address
_INLINE, _PLAIN, _RESERVED = 0, 1, 2
_MAX_DEPTH = 1000
_MAX_EXTENTS = 1 << 20
_END = (1 << 64) - 1
_KINDS = {stat.S_IFREG: EntryKind.FILE, stat.S_IFDIR: EntryKind.DIRECTORY, stat.S_IFLNK: EntryKind.LINK}
_TIMES = (("accessed", 112), ("changed", 124), ("modified", 136), ("created", 148))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LIVE_ONLY = "only live entries are listed; what none of them holds is called unallocated"
_LOGGED = "its log of the last seconds before it was cut off was not replayed"


class _Name(NamedTuple):
    """A name in a folder: what it leads to."""

    raw: bytes
    tree: int
    inode: int


class _Extent(NamedTuple):
    """A piece of a file; `address` is logical, 0 for a hole."""

    offset: int
    length: int
    method: int
    form: int
    address: int
    stored: int
    inside: int
    unpacked: int
    inline: bytes


class BtrfsFileSystem:
    """An open Btrfs; see `forensics.filesystems.base.Listing`."""

    kind = KIND

    def __init__(self, volume: VolumeLayer) -> None:
        """Open it.

        Raises:
            FormatError: it cannot be opened, with the reason.
        """
        self.volume = volume
        self._trees = Trees(volume)
        self.block_size = self._trees.sector_size
        self.caveats: tuple[str, ...] = (_LIVE_ONLY, *((_LOGGED,) if self._trees.log else ()))
        self.refused: tuple[str, ...] = ()
        self.free: Space | None = None
        self._guard = UNGUARDED
        self._roots: dict[int, Root | None] = {}
        if self._root(_FIRST_TREE) is None:
            raise FormatError(f"{volume.locator}: Btrfs: the tree of its files is missing")

    @property
    def locator(self) -> Locator:
        """Its volume."""
        return self.volume.locator

    @property
    def metadata(self) -> tuple[ByteRun, ...]:
        """Superblocks and all nodes that were read, each copy."""
        size = self._trees.node_size
        places = [(place, SUPERBLOCK_SIZE) for place in COPIES]
        places += [(place, size) for address in self._trees.met for place in self._trees.places(address, size)]
        return merged([run for place, length in places for run in self.volume.runs(place, length)])

    def _root(self, tree: int) -> Root | None:
        if tree not in self._roots:
            self._roots[tree] = self._trees.tree(tree)
        return self._roots[tree]

    def _refuse(self, what: str) -> None:
        if len(self.refused) < MOST_REFUSED and what not in self.refused:
            self.refused += (what,)

    def _items(self, tree: int, inode: int, kind: int) -> Iterator[Item]:
        root = self._root(tree)
        if root is None:
            raise FormatError(f"{self.volume.locator}: Btrfs: tree {tree} is missing")
        yield from self._trees.items(root, (inode, kind, 0), (inode, kind, _END))

    def walk(self, guard: Guard = UNGUARDED) -> Iterator[Entry]:
        """Every live name, depth first; the root itself is not listed.

        What `guard` leaves out in a folder is not named; of a file, the name is all there is.
        """
        self._guard = guard
        stack = [("", self._names(_FIRST_TREE, _FIRST_FOLDER, ""))]
        entered = {(_FIRST_TREE, _FIRST_FOLDER)}
        while stack:
            path, names = stack[-1]
            name = next(names, None)
            if name is None:
                stack.pop()
                continue
            text, odd = shown(name.raw)
            entry = self._entry(name, f"{path}/{text}", odd)
            yield entry
            place = (name.tree, name.inode)
            if entry.kind is EntryKind.DIRECTORY and place not in entered and len(stack) < _MAX_DEPTH:
                entered.add(place)
                stack.append((entry.path, self._names(*place, entry.path)))

    def _names(self, tree: int, folder: int, path: str) -> Iterator[_Name]:
        """The names in a folder, in the order in which they were made."""
        try:
            for number, item in enumerate(self._items(tree, folder, _NAME)):
                if not self._guard.passes(Step(f"name {number} of folder {path or '/'}", KIND, path)):
                    continue
                inode, kind, length = struct.unpack_from("<QB18xH", item.data.ljust(30, b"\0"))
                raw = item.data[30 : 30 + length]
                if not raw or inode >= _MANY or tree >= _MANY >> 18:
                    self._refuse(f"a name in folder {path or '/'} cannot be read")
                elif kind == _TREE:
                    yield _Name(raw, inode, _FIRST_FOLDER)
                else:
                    yield _Name(raw, tree, inode)
        except FormatError as error:
            self._refuse(f"folder {path or '/'} cannot be listed to its end: {error}")

    def _entry(self, name: _Name, path: str, odd: bytes | None) -> Entry:
        caveats: list[str] = []
        whole = self._guard.passes(Step(f"inode {name.inode} of tree {name.tree}", KIND, path))
        inode = b""
        if whole:
            try:
                inode = next((item.data for item in self._items(name.tree, name.inode, _INODE)), b"")
            except FormatError as error:
                caveats.append(f"its record cannot be read: {error}")
            if len(inode) < 160 and not caveats:
                caveats.append("its record is missing")
        else:
            caveats.append(LEFT_OUT)
        inode = inode if len(inode) >= 160 else b""
        mode = int.from_bytes(inode[52:56], "little")
        kind = _KINDS.get(stat.S_IFMT(mode), EntryKind.OTHER)
        size = int.from_bytes(inode[16:24], "little") if kind in (EntryKind.FILE, EntryKind.LINK) else 0
        found, storage = Found(), Storage.NONE
        if size:
            try:
                found, storage = self._place(name, size, caveats)
            except FormatError as error:
                caveats.append(f"its content cannot be located: {error}")
        kept, slack = found.cut(size)
        return Entry(
            volume=self.volume.index,
            address=name.inode if name.tree == _FIRST_TREE else name.tree * _MANY + name.inode,
            path=path,
            stream=None,
            kind=kind,
            allocated=True,
            size=size,
            storage=storage,
            times=tuple(_times(inode)) if inode else (),
            runs=tuple(kept) if storage is Storage.PLAIN else tuple(run for run in found.runs if run.offset >= 0),
            slack=tuple(slack) if storage is Storage.PLAIN else (),
            raw_name=odd,
            caveats=tuple(caveats),
        )

    def _extents(self, tree: int, inode: int) -> Iterator[_Extent]:
        """The pieces of a file in order.

        Raises:
            FormatError: a node or an extent that cannot be.
        """
        for number, item in enumerate(self._items(tree, inode, _EXTENT)):
            offset = item.key[2]
            if number >= _MAX_EXTENTS or len(item.data) < 21 or offset >= 1 << 62:
                raise FormatError(f"its extent {number:,} cannot be")
            unpacked, method, form = struct.unpack_from("<8xQB3xB", item.data)
            if form == _INLINE:
                place = item.address + 21
                content = item.data[21:]
                yield _Extent(offset, unpacked, method, form, place, len(content), 0, unpacked, content)
            elif form in (_PLAIN, _RESERVED) and len(item.data) >= 53:
                address, stored, inside, length = struct.unpack_from("<4Q", item.data, 21)
                if max(stored, inside, length, unpacked) >= 1 << 60:
                    raise FormatError(f"its extent {number:,} cannot be")
                yield _Extent(offset, length, method, form, address, stored, inside, unpacked, b"")
            else:
                raise FormatError(f"its extent {number:,} is of a form that is not known")

    def _place(self, name: _Name, size: int, caveats: list[str]) -> tuple[Found, Storage]:
        """Image runs of a file; of a packed one, those of its packed bytes."""
        found, packed = Found(), Found()
        storage, at = Storage.PLAIN, 0
        for each in self._extents(name.tree, name.inode):
            if each.offset < at:
                raise FormatError("its extents overlap")
            if each.offset > at:
                found.add(-1, each.offset - at)
            at = each.offset + each.length
            if each.method:
                storage = Storage.COMPRESSED
                if each.method not in METHODS:
                    caveats.append(f"packed by method {each.method}, which is not known")
            if not each.address or each.form == _RESERVED:
                found.add(-1, each.length)
                continue
            first, length = each.address, each.stored
            if not each.method:
                first, length = each.address + each.inside, each.length
                if each.inside + length > each.stored:
                    raise FormatError("an extent is longer than what is stored")
            for run in self._trees.runs(first, length):
                (packed if each.method else found).add(run.offset, run.length)
        if at < size:
            found.add(-1, size - at)
        if storage is Storage.COMPRESSED:
            for run in found.runs:
                packed.add(run.offset, run.length)
            return packed, storage
        return found, storage

    def read_entry(self, entry: Entry, offset: int, length: int) -> bytes:
        """Logical bytes of a file, unpacked.

        Raises:
            EvidenceError: an extent cannot be read or unpacked.
        """
        length = min(length, entry.size - offset)
        if offset < 0 or length <= 0:
            return b""
        tree, inode = divmod(entry.address, _MANY)
        out = bytearray(length)
        try:
            for each in self._extents(tree or _FIRST_TREE, inode):
                first, last = max(each.offset, offset), min(each.offset + each.length, offset + length)
                if first < last and each.address and each.form != _RESERVED:
                    start = first - each.offset
                    out[first - offset : last - offset] = self._content(each, start, last - first)
        except (FormatError, ValueError) as error:
            raise EvidenceError(entry.path, f"an extent cannot be read: {error}", offset) from error
        return bytes(out)

    def _content(self, each: _Extent, start: int, length: int) -> bytes:
        """Exactly `length` bytes of an extent from `start` on."""
        if not each.method:
            data = each.inline[start : start + length] if each.form == _INLINE else b""
            data = data or self._trees.read(each.address + each.inside + start, length)
        else:
            if max(each.stored, each.unpacked) > LARGEST:
                raise ValueError(f"a packed extent of {each.unpacked:,} bytes cannot be")
            raw = each.inline or self._trees.read(each.address, each.stored)
            start += each.inside
            data = unpacked(raw, each.method, each.unpacked, self.block_size)[start : start + length]
        if len(data) != length:
            raise ValueError("it ends early")
        return data


def _times(inode: bytes) -> Iterator[EntryTime]:
    for field, at in _TIMES:
        seconds, part = struct.unpack_from("<qI", inode, at)
        if not seconds and not part:
            continue
        try:
            moment = _EPOCH + timedelta(seconds=seconds, microseconds=part // 1000)
        except OverflowError:
            moment = None
        yield EntryTime(field, moment, timedelta(microseconds=1), f"{seconds} s, {part} ns since 1970", "utc")


def is_btrfs(volume: VolumeLayer) -> bool:
    """Whether a volume holds a Btrfs."""
    content = recognise(volume)
    return content is not None and content.name == KIND

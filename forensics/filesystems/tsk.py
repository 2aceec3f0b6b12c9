"""Entries of a file system through The Sleuth Kit, with exact image offsets.

The library is told what is on the medium through `LayerImage`; what it cannot tell (100 ns times,
places of resident content, stored date words) is read beside it by `ntfs`, `fat` and `ext`.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytsk3

from forensics.errors import EvidenceError, FormatError
from forensics.filesystems import ext, fat, free, ntfs
from forensics.filesystems.base import LEFT_OUT, MOST_REFUSED
from forensics.filesystems.names import shown
from forensics.filesystems.streams import ASSUMED, Content, StreamReader
from forensics.filesystems.times import from_unix
from forensics.guard import UNGUARDED, Guard, Step
from forensics.model import ByteRun, Entry, EntryKind, EntryTime, Locator, Storage
from forensics.volumes.tsk import LayerImage
from forensics.volumes.volume import VolumeLayer

_KINDS = {
    pytsk3.TSK_FS_TYPE_NTFS: "ntfs",
    pytsk3.TSK_FS_TYPE_FAT12: "fat12",
    pytsk3.TSK_FS_TYPE_FAT16: "fat16",
    pytsk3.TSK_FS_TYPE_FAT32: "fat32",
    pytsk3.TSK_FS_TYPE_EXFAT: "exfat",
    pytsk3.TSK_FS_TYPE_EXT2: "ext2",
    pytsk3.TSK_FS_TYPE_EXT3: "ext3",
    pytsk3.TSK_FS_TYPE_EXT4: "ext4",
    pytsk3.TSK_FS_TYPE_FFS1: "ufs1",
    pytsk3.TSK_FS_TYPE_FFS1B: "ufs1",
    pytsk3.TSK_FS_TYPE_FFS2: "ufs2",
    pytsk3.TSK_FS_TYPE_HFS: "hfs+",
    pytsk3.TSK_FS_TYPE_ISO9660: "iso9660",
    pytsk3.TSK_FS_TYPE_YAFFS2: "yaffs2",
}
_NAME_ALLOCATED = int(pytsk3.TSK_FS_NAME_FLAG_ALLOC)
_META_ALLOCATED = int(pytsk3.TSK_FS_META_FLAG_ALLOC)
_ENTRY_KINDS = {
    int(pytsk3.TSK_FS_META_TYPE_REG): EntryKind.FILE,
    int(pytsk3.TSK_FS_META_TYPE_DIR): EntryKind.DIRECTORY,
    int(pytsk3.TSK_FS_META_TYPE_LNK): EntryKind.LINK,
    int(pytsk3.TSK_FS_META_TYPE_VIRT): EntryKind.VIRTUAL,
    int(pytsk3.TSK_FS_META_TYPE_VIRT_DIR): EntryKind.VIRTUAL,
}
_NAME_KINDS = {
    int(pytsk3.TSK_FS_NAME_TYPE_REG): EntryKind.FILE,
    int(pytsk3.TSK_FS_NAME_TYPE_DIR): EntryKind.DIRECTORY,
    int(pytsk3.TSK_FS_NAME_TYPE_LNK): EntryKind.LINK,
    int(pytsk3.TSK_FS_NAME_TYPE_VIRT): EntryKind.VIRTUAL,
    int(pytsk3.TSK_FS_NAME_TYPE_VIRT_DIR): EntryKind.VIRTUAL,
}
_INODE_KINDS = {ext.FILE: EntryKind.FILE, ext.FOLDER: EntryKind.DIRECTORY, ext.LINK: EntryKind.LINK}
_VIRTUAL = (int(pytsk3.TSK_FS_META_TYPE_VIRT), int(pytsk3.TSK_FS_META_TYPE_VIRT_DIR))
_ORPHANS = "$OrphanFiles"
_FOLDERS = (EntryKind.DIRECTORY, EntryKind.VIRTUAL)
_LABEL = b"(Volume Label Entry)"
_BITMAP = 6  # file record of NTFS's $Bitmap
_EXFAT_BITMAP = b"$ALLOC_BITMAP"  # The Sleuth Kit's name for it
_MAX_DEPTH = 20_000

PARSER = f"The Sleuth Kit {pytsk3.TSK_VERSION_STR} (pytsk3 {pytsk3.get_version()})"
REUSED = "the record that the name points to is in use by another entry; the content of this one is not known"


@dataclass(slots=True)
class _About:
    """What all streams of an entry share; fields as in `Entry`."""

    address: int
    path: str
    kind: EntryKind
    allocated: bool
    times: tuple[EntryTime, ...] = ()
    raw_name: bytes | None = None
    caveats: tuple[str, ...] = ()


def open_filesystem(volume: VolumeLayer) -> FileSystem:
    """Open the file system of a volume.

    Raises:
        FormatError: The Sleuth Kit does not know it, or its own records cannot be believed.
    """
    _clock_in_utc()
    return FileSystem(volume)


def _clock_in_utc() -> None:
    """The library converts local times with the zone of the process; only UTC leaves them as stored."""
    if hasattr(time, "tzset") and os.environ.get("TZ") != "UTC":
        os.environ["TZ"] = "UTC"
        time.tzset()


def _is_virtual_file(item: Any) -> bool:
    """Whether it is a file that the library makes of the file system's own books, such as `$FAT1`."""
    meta = item.info.meta
    kind = int(meta.type) if meta is not None else 0
    return kind == int(pytsk3.TSK_FS_META_TYPE_VIRT) or int(item.info.name.type) == int(pytsk3.TSK_FS_NAME_TYPE_VIRT)


class FileSystem:
    """An open file system: its kind, its allocation unit, its entries and their bytes."""

    def __init__(self, volume: VolumeLayer) -> None:
        """Open it; see `open_filesystem`."""
        self.volume = volume
        self.caveats: tuple[str, ...] = ()
        self.refused: tuple[str, ...] = ()
        self._guard = UNGUARDED
        self._shield = ext.Shield(ext.Books(volume), volume.size) if ext.is_ext(volume) else None
        try:
            self._image = LayerImage(volume, self._shield)
            self._fs = pytsk3.FS_Info(self._image)
        except OSError as error:
            raise FormatError(f"{volume.locator}: no file system that can be opened ({_words(error)})") from error
        info = self._fs.info
        self.kind = _KINDS.get(info.ftype, "other")
        self.block_size = int(info.block_size)
        self.block_count = int(info.block_count)
        self.first_block = int(info.first_block)
        self.root = int(info.root_inum)
        self._orphans = int(info.last_inum)  # The Sleuth Kit gives its orphan folder the last number
        self._streams = StreamReader(volume, self.kind, self.block_size)
        self._records: ntfs.RecordReader | None = None
        self._slots: fat.SlotReader | None = None
        if self.kind == "ntfs":
            self._records = ntfs.RecordReader(volume, self._file_runs(0))
        elif self.kind in ("fat12", "fat16", "fat32", "exfat"):
            self._slots = fat.SlotReader(volume, exfat=self.kind == "exfat")

    @property
    def metadata(self) -> tuple[ByteRun, ...]:
        """Image runs of maps and indexes that belong to entries, as met by the last walk."""
        return tuple(self._streams.metadata)

    @cached_property
    def free(self) -> free.Space | None:
        """Free space by the file system's own books, as image ranges; None where we read none."""
        try:
            if self.kind == "ntfs":
                return free.from_ntfs(self.volume, self.block_size, self._file(_BITMAP))
            if self.kind == "exfat":
                return free.from_exfat(self.volume, self._file(self._exfat_bitmap()))
            if self._slots is not None:
                return free.from_fat(self.volume, int(self.kind.removeprefix("fat")))
            if self._shield is not None:
                return free.from_ext(self.volume, self._shield.books)
        except FormatError:
            self._refuse("its own record of free space cannot be read")
        return None

    @property
    def locator(self) -> Locator:
        """Where the file system stands: its volume."""
        return self.volume.locator

    def walk(self, guard: Guard = UNGUARDED) -> Iterator[Entry]:
        """Every name and stream, allocated or not, depth first in the order of the folders.

        The root itself is not listed. A folder that is reached twice is listed twice and entered once. Of what
        `guard` leaves out an entry has its name only, and a folder ends before it.
        """
        self._guard = guard
        self._streams.metadata.clear()
        named: set[int] = set()
        for entry in self._names():
            named.add(entry.address)
            yield entry
        if self._shield is not None:
            yield from self._released(self._shield.books, named)

    def _released(self, books: ext.Books, named: set[int]) -> Iterator[Entry]:
        """Free ext inodes that no name led to. The Sleuth Kit's binding cannot list them."""
        for number in books.released():
            if number in named:
                continue
            inode = books.inode(number)
            if inode is None or not self._guard.passes(Step(f"inode {number}", PARSER)):
                continue
            try:
                item = self._fs.open_meta(inode=number)
            except OSError:
                continue
            kind = _INODE_KINDS.get(inode.kind, EntryKind.OTHER)
            about = _About(number, f"/{_ORPHANS}/OrphanFile-{number}", kind, False, inode.times())
            for content in self._contents(item, item.info.meta, kind, None, inode):
                yield self._entry(about, content)

    def _names(self) -> Iterator[Entry]:
        entered = {self.root}
        stack = [("", self.root, self._folder(self.root))]
        while stack:
            path, parent, files = stack[-1]
            item = next(files, None)
            if item is None:
                stack.pop()
                continue
            name = item.info.name
            if name is None or name.name in (b".", b".."):
                continue
            entries = self._entries(item, path, parent)
            yield from entries
            address = entries[0].address
            if entries[0].kind not in _FOLDERS or REUSED in entries[0].caveats or _is_virtual_file(item):
                continue
            if self._shield is not None and entries[0].kind is EntryKind.VIRTUAL:
                continue  # its orphan folder: `_released` lists them
            if address not in entered and len(stack) < _MAX_DEPTH:
                entered.add(address)
                stack.append((entries[0].path, address, self._folder(address)))

    def _folder(self, address: int) -> Iterator[Any]:
        """The files of a folder; where the library refuses it, or finds not even its own entry, a note of that."""
        own = not self._names_itself(address)
        if not self._guard.passes(Step(f"folder {address}", PARSER)):
            return
        try:
            files = iter(self._fs.open_dir(inode=address))
            for number in itertools.count():
                if not self._guard.passes(Step(f"folder {address} behind its first {number} names", PARSER)):
                    return
                item = next(files, None)
                if item is None:
                    break
                own = own or (item.info.name is not None and item.info.name.name == b".")
                yield item
        except OSError:
            own = False
        if not own:
            self._refuse(f"folder {address} cannot be listed to its end")

    def _names_itself(self, address: int) -> bool:
        """Whether a whole folder begins with an entry of itself: on ext, unless it lies in its inode."""
        if self._shield is None:
            return False
        inode = self._shield.books.inode(address)
        return inode is not None and inode.kind == ext.FOLDER and not inode.inline and inode.size > 0

    def _refuse(self, what: str) -> None:
        if len(self.refused) < MOST_REFUSED and what not in self.refused:
            self.refused += (what,)

    def _entries(self, item: Any, path: str, parent: int) -> list[Entry]:
        """The entry of a name, then one for each further stream."""
        name = item.info.name
        raw: bytes = name.name
        text, odd = shown(raw)
        address = int(name.meta_addr)
        allocated = bool(int(name.flags) & _NAME_ALLOCATED)
        if not self._guard.passes(Step(f"inode {address}", PARSER, f"{path}/{text}")):
            kind = _NAME_KINDS.get(int(name.type), EntryKind.OTHER)
            about = _About(address, f"{path}/{text}", kind, allocated, (), odd, (LEFT_OUT,))
            return [self._entry(about, Content())]
        item = self._with_record(item)
        meta = item.info.meta
        kind = _ENTRY_KINDS.get(int(meta.type), EntryKind.OTHER) if meta is not None else EntryKind.OTHER
        if kind is EntryKind.OTHER:
            kind = _NAME_KINDS.get(int(name.type), EntryKind.OTHER)
        about = _About(address, f"{path}/{text}", kind, allocated, (), odd)
        if raw.endswith(_LABEL) and meta is not None and int(meta.size):
            about.caveats += ("a volume label that has content: other programs do not show it as a file",)
        if meta is None:
            about.caveats += ("its record cannot be read",)
            return [self._entry(about, Content())]
        record = self._record(kind, address)
        if not allocated and self._is_reused(name, meta, record):
            about.caveats += (REUSED,)
            return [self._entry(about, Content())]
        inode = self._shield.books.inode(address) if self._shield is not None else None
        about.times = inode.times() if inode is not None else self._times(meta, address, parent, text, record)
        if allocated and not int(meta.flags) & _META_ALLOCATED and kind is not EntryKind.VIRTUAL:
            about.caveats += ("the name is allocated but its record is not",)
        return [self._entry(about, content) for content in self._contents(item, meta, kind, record, inode)]

    def _contents(
        self, item: Any, meta: Any, kind: EntryKind, record: ntfs.Record | None, inode: ext.Inode | None
    ) -> list[Content]:
        """Where the streams of a file lie; ext content that the library was not shown is placed by us."""
        if inode is not None and inode.inline:
            return [self._streams.inline(inode)]
        shield = self._shield
        if inode is not None and shield is not None and inode.kind != ext.FOLDER and shield.hides(inode):
            return [self._streams.mapped(shield.books, inode)]
        return self._streams.contents(item, int(meta.size), kind, record)

    def _entry(self, about: _About, content: Content) -> Entry:
        caveats = about.caveats + content.caveats
        if not about.allocated and content.runs and content.storage is not Storage.RESIDENT:
            if self._slots is not None and ASSUMED not in caveats:
                caveats += (ASSUMED,) if self._slots.guessed(about.address, content.size) else ()
            again = self.free.outside(content.runs) if self.free is not None else 0
            if again:
                caveats += (f"{again:,} bytes of its place are in use again and may be another file's",)
        return Entry(
            volume=self.volume.index,
            address=about.address,
            path=about.path,
            stream=content.stream,
            kind=about.kind,
            allocated=about.allocated,
            size=content.size,
            storage=content.storage,
            times=about.times,
            runs=content.runs,
            slack=content.slack,
            raw_name=about.raw_name,
            caveats=caveats,
        )

    def _with_record(self, item: Any) -> Any:
        """The file with its record. A folder listing leaves out the records of deleted names."""
        address = int(item.info.name.meta_addr)
        if item.info.meta is not None or not address:
            return item
        try:
            return self._fs.open_meta(inode=address)
        except OSError:
            return item

    def _record(self, kind: EntryKind, address: int) -> ntfs.Record | None:
        if self._records is None or kind is EntryKind.VIRTUAL:
            return None
        return self._records.record(address)

    @staticmethod
    def _is_reused(name: Any, meta: Any, record: ntfs.Record | None) -> bool:
        """Whether a deleted name points to a record that lives on, or died again, as something else.

        NTFS counts the uses of a record and raises the count when it is freed; other systems do not.
        """
        if int(meta.type) in _VIRTUAL:
            return False
        if record is None:
            return bool(int(meta.flags) & _META_ALLOCATED)
        stated = int(name.meta_seq)
        return record.sequence not in ((stated,) if record.in_use else (stated, stated + 1))

    def _times(
        self, meta: Any, address: int, parent: int, name: str, record: ntfs.Record | None
    ) -> tuple[EntryTime, ...]:
        if record is not None:
            return record.times(parent, name)
        if self._slots is not None:
            return self._slots.times(address)
        if int(meta.type) in _VIRTUAL:
            return ()
        return (
            from_unix("modified", int(meta.mtime), int(meta.mtime_nano)),
            from_unix("accessed", int(meta.atime), int(meta.atime_nano)),
            from_unix("changed", int(meta.ctime), int(meta.ctime_nano)),
            from_unix("created", int(meta.crtime), int(meta.crtime_nano)),
        )

    def _file_runs(self, address: int) -> list[ByteRun]:
        """Image runs of a file's default stream, uncut.

        Raises:
            FormatError: it has none, or its record cannot be read.
        """
        try:
            item = self._fs.open_meta(inode=address)
            wanted = self._streams.attribute(item, None)
            for attribute in item:
                if (int(attribute.info.type), int(attribute.info.id)) == wanted:
                    return self._streams.runs(attribute).runs
        except OSError as error:
            raise FormatError(f"{self.volume.locator}: file {address} cannot be read") from error
        raise FormatError(f"{self.volume.locator}: file {address} has no content")

    def _file(self, address: int) -> bytes:
        runs = self._file_runs(address)
        size = sum(run.length for run in runs)
        if size > free.LARGEST_BITMAP:
            raise FormatError(f"{self.volume.locator}: file {address} is absurdly long")
        return self.read_runs(runs, 0, size)

    def _exfat_bitmap(self) -> int:
        for item in self._folder(self.root):
            if item.info.name is not None and item.info.name.name == _EXFAT_BITMAP:
                return int(item.info.name.meta_addr)
        raise FormatError(f"{self.volume.locator}: no allocation bitmap")

    def read_runs(self, runs: Sequence[ByteRun], offset: int, length: int) -> bytes:
        """Bytes `offset` to `offset + length` of a run list, holes as zeros; shorter only at its end."""
        parts: list[bytes] = []
        at = 0
        for run in runs:
            first, last = max(offset, at), min(offset + length, at + run.length)
            if first < last:
                size = last - first
                part = self.volume.image.read(run.offset + first - at, size) if run.offset >= 0 else b""
                parts.append(part + bytes(size - len(part)))
            at += run.length
        return b"".join(parts)

    def read_entry(self, entry: Entry, offset: int, length: int) -> bytes:
        """Logical bytes of a stream through The Sleuth Kit: decompressed, sparse parts as zeros.

        Raises:
            EvidenceError: the library cannot read it.
        """
        length = min(length, entry.size - offset)
        if offset < 0 or length <= 0:
            return b""
        try:
            item = self._fs.open_meta(inode=entry.address)
            sort, number = self._streams.attribute(item, entry.stream)
            if sort < 0:
                raise EvidenceError(entry.path, "its stream is not there any more", offset)
            data: bytes = item.read_random(offset, length, sort, number)
        except OSError as error:
            raise EvidenceError(entry.path, "The Sleuth Kit cannot read it", offset) from error
        return data


def _words(error: OSError) -> str:
    """What The Sleuth Kit says, without the place in its binding's source."""
    return str(error).rpartition("error: ")[2].strip()[:200] or "no reason given"

"""Entries of a file system through The Sleuth Kit, with exact image offsets.

The library is told what is on the medium through `LayerImage`; what it cannot tell (100 ns times,
places of resident content, stored date words) is read beside it by `ntfs`, `fat` and `ext`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytsk3

from forensics.errors import EvidenceError, FormatError, ImpoundError
from forensics.filesystems import ext, fat, ntfs
from forensics.filesystems.names import shown
from forensics.filesystems.times import from_unix
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
_DATA = int(pytsk3.TSK_FS_ATTR_TYPE_NTFS_DATA)
_INDEX = int(pytsk3.TSK_FS_ATTR_TYPE_NTFS_IDXALLOC)
_INDEX_ROOT = int(pytsk3.TSK_FS_ATTR_TYPE_NTFS_IDXROOT)
_RESOURCE = int(pytsk3.TSK_FS_ATTR_TYPE_HFS_RSRC)
_DEFAULTS = {int(pytsk3.TSK_FS_ATTR_TYPE_DEFAULT), int(pytsk3.TSK_FS_ATTR_TYPE_HFS_DATA)}
_MAPS = {int(pytsk3.TSK_FS_ATTR_TYPE_UNIX_INDIR), int(pytsk3.TSK_FS_ATTR_TYPE_UNIX_EXTENT)}
_NONRESIDENT = int(pytsk3.TSK_FS_ATTR_NONRES)
_COMPRESSED = int(pytsk3.TSK_FS_ATTR_COMP)
_ENCRYPTED = int(pytsk3.TSK_FS_ATTR_ENC)
_RECOVERED = int(pytsk3.TSK_FS_ATTR_RECOVERY)
_RUN_FILLER = int(pytsk3.TSK_FS_ATTR_RUN_FLAG_FILLER)
_RUN_SPARSE = int(pytsk3.TSK_FS_ATTR_RUN_FLAG_SPARSE)
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
_FOLDERS = (EntryKind.DIRECTORY, EntryKind.VIRTUAL)
_LABEL = b"(Volume Label Entry)"
_MAX_DEPTH = 20_000
_MAX_RUNS = 1 << 20

REUSED = "the record that the name points to is in use by another entry; the content of this one is not known"
ASSUMED = "the cluster chain is gone; its clusters are assumed to follow each other"


@dataclass(frozen=True, slots=True)
class _Content:
    """The place of one stream."""

    stream: str | None
    size: int
    storage: Storage
    runs: tuple[ByteRun, ...]
    slack: tuple[ByteRun, ...]
    caveats: tuple[str, ...]


_NOTHING = _Content(None, 0, Storage.NONE, (), (), ())


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


class FileSystem:
    """An open file system: its kind, its allocation unit, its entries and their bytes."""

    def __init__(self, volume: VolumeLayer) -> None:
        """Open it; see `open_filesystem`."""
        self.volume = volume
        self.caveats: tuple[str, ...] = ()
        patch = ext.Shield(volume) if ext.is_ext(volume) else None
        try:
            self._image = LayerImage(volume, patch)
            self._fs = pytsk3.FS_Info(self._image)
        except OSError as error:
            raise FormatError(f"{volume.locator}: no file system that can be opened") from error
        self._shield = patch
        info = self._fs.info
        self.kind = _KINDS.get(info.ftype, "other")
        self.block_size = int(info.block_size)
        self.block_count = int(info.block_count)
        self.first_block = int(info.first_block)
        self.root = int(info.root_inum)
        self._orphans = int(info.last_inum)  # The Sleuth Kit gives its orphan folder the last number
        self.metadata: list[ByteRun] = []  # image runs of maps and indexes, met while walking
        self._records: ntfs.RecordReader | None = None
        self._slots: fat.SlotReader | None = None
        if self.kind == "ntfs":
            self._records = ntfs.RecordReader(volume, self._mft_runs())
        elif self.kind in ("fat12", "fat16", "fat32", "exfat"):
            self._slots = fat.SlotReader(volume, exfat=self.kind == "exfat")

    @property
    def locator(self) -> Locator:
        """Where the file system stands: its volume."""
        return self.volume.locator

    def walk(self) -> Iterator[Entry]:
        """Every name and stream, allocated or not, depth first in the order of the folders.

        The root itself is not listed. A folder that is reached twice is listed twice and entered once.
        """
        self.metadata.clear()
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
            if entries[0].kind not in _FOLDERS or REUSED in entries[0].caveats:
                continue
            if address not in entered and len(stack) < _MAX_DEPTH:
                entered.add(address)
                stack.append((entries[0].path, address, self._folder(address)))

    def _folder(self, address: int) -> Iterator[Any]:
        """The files of a folder; nothing where the library refuses it."""
        try:
            listing = iter(self._fs.open_dir(inode=address))
        except OSError:
            return
        while True:
            try:
                item = next(listing)
            except StopIteration:
                return
            except OSError:
                return
            yield item

    def _entries(self, item: Any, path: str, parent: int) -> list[Entry]:
        """The entry of a name, then one for each further stream."""
        name = item.info.name
        raw: bytes = name.name
        text, odd = shown(raw)
        address = int(name.meta_addr)
        item = self._with_record(item)
        meta = item.info.meta
        allocated = bool(int(name.flags) & _NAME_ALLOCATED)
        kind = _ENTRY_KINDS.get(int(meta.type), EntryKind.OTHER) if meta is not None else None
        if kind in (None, EntryKind.OTHER):
            kind = _NAME_KINDS.get(int(name.type), EntryKind.OTHER)
        assert kind is not None
        if raw.endswith(_LABEL):
            kind = EntryKind.OTHER
        caveats: tuple[str, ...] = ()
        contents: list[_Content] = []
        times: tuple[EntryTime, ...] = ()
        if meta is None:
            caveats += ("its record cannot be read",)
        elif not allocated and self._is_reused(name, meta):
            caveats += (REUSED,)
        else:
            record = self._record(kind, address)
            times = self._times(meta, address, parent, text, record)
            contents = self._contents(item, meta, kind, record)
            if allocated and not int(meta.flags) & _META_ALLOCATED and kind is not EntryKind.VIRTUAL:
                caveats += ("the name is allocated but its record is not",)
        full = f"{path}/{text}"
        return [
            Entry(
                volume=self.volume.index,
                address=address,
                path=full,
                stream=content.stream,
                kind=kind,
                allocated=allocated,
                size=content.size,
                storage=content.storage,
                times=times,
                runs=content.runs,
                slack=content.slack,
                raw_name=odd,
                caveats=caveats + content.caveats,
            )
            for content in contents or [_NOTHING]
        ]

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

    def _is_reused(self, name: Any, meta: Any) -> bool:
        """A deleted name whose record lives on as something else."""
        if not int(meta.flags) & _META_ALLOCATED or int(meta.type) in (
            int(pytsk3.TSK_FS_META_TYPE_VIRT),
            int(pytsk3.TSK_FS_META_TYPE_VIRT_DIR),
        ):
            return False
        # NTFS numbers the uses of a record: the same number means the same file under another name.
        return not (self.kind == "ntfs" and int(name.meta_seq) == int(meta.seq))

    def _times(
        self, meta: Any, address: int, parent: int, name: str, record: ntfs.Record | None
    ) -> tuple[EntryTime, ...]:
        if record is not None:
            return record.times(parent, name)
        if self._slots is not None:
            return self._slots.times(address)
        if int(meta.type) in (int(pytsk3.TSK_FS_META_TYPE_VIRT), int(pytsk3.TSK_FS_META_TYPE_VIRT_DIR)):
            return ()
        return (
            from_unix("modified", int(meta.mtime), int(meta.mtime_nano)),
            from_unix("accessed", int(meta.atime), int(meta.atime_nano)),
            from_unix("changed", int(meta.ctime), int(meta.ctime_nano)),
            from_unix("created", int(meta.crtime), int(meta.crtime_nano)),
        )

    def _contents(self, item: Any, meta: Any, kind: EntryKind, record: ntfs.Record | None) -> list[_Content]:
        """One for each stream, the default one first."""
        named: list[_Content] = []
        default: _Content | None = None
        try:
            attributes = list(item)
        except OSError:
            return [_Content(None, max(int(meta.size), 0), Storage.NONE, (), (), ("its content cannot be located",))]
        for attribute in attributes:
            info = attribute.info
            sort = int(info.type)
            if sort == _DATA and self.kind == "ntfs":
                label = info.name or b""
                stream = shown(label)[0] if label and label != b"$Data" else None
                content = self._content(attribute, stream, record)
                if stream is None and default is None:
                    default = content
                elif stream is not None:
                    named.append(content)
            elif sort == _RESOURCE:
                named.append(self._content(attribute, "rsrc", None))
            elif sort in _DEFAULTS and default is None:
                default = self._content(attribute, None, None)
            elif int(info.flags) & _NONRESIDENT:
                runs, _ = self._runs(attribute)
                self.metadata.extend(run for run in runs if run.offset >= 0)
                if sort == _INDEX and kind is EntryKind.DIRECTORY and default is None:
                    size = sum(run.length for run in runs)
                    default = _Content(None, size, Storage.PLAIN, tuple(runs), (), ())
        if default is None:
            size = max(int(meta.size), 0) if kind is not EntryKind.DIRECTORY else 0
            caveats = ("its content cannot be located",) if size else ()
            default = _Content(None, size if size else 0, Storage.NONE, (), (), caveats)
        return [default, *named]

    def _content(self, attribute: Any, stream: str | None, record: ntfs.Record | None) -> _Content:
        info = attribute.info
        size = max(int(info.size), 0)
        flags = int(info.flags)
        if not flags & _NONRESIDENT:
            return self._resident(stream, size, record)
        runs, caveats = self._runs(attribute)
        if flags & _RECOVERED:
            caveats.append(ASSUMED)
        storage = Storage.PLAIN
        if flags & _COMPRESSED:
            storage = Storage.COMPRESSED
        elif flags & _ENCRYPTED:
            storage = Storage.ENCRYPTED
        if storage is Storage.COMPRESSED:
            held = tuple(run for run in runs if run.offset >= 0)
            return _Content(stream, size, storage, held, (), tuple(caveats))
        initialised = size
        if record is not None:
            initialised = min(record.initialised.get(stream or "", size), size)
        kept, behind = _cut(runs, initialised)
        if initialised < size:
            if behind:
                caveats.append(f"only the first {initialised:,} bytes were ever written; the rest reads as zeros")
            kept.append(ByteRun(-1, size - initialised))
        covered = sum(run.length for run in kept)
        if covered < size:
            caveats.append(f"its runs cover {covered:,} of {size:,} bytes")
        return _Content(stream, size, storage, tuple(kept), tuple(behind), tuple(caveats))

    def _resident(self, stream: str | None, size: int, record: ntfs.Record | None) -> _Content:
        place = record.resident.get(stream or "") if record is not None else None
        if not size:
            return _Content(stream, 0, Storage.RESIDENT, (), (), ())
        if place is None or place.run.length != size:
            return _Content(stream, size, Storage.RESIDENT, (), (), ("the place of its resident content is not known",))
        caveats = ("update sequence bytes on the medium differ from the content",) if place.patched else ()
        return _Content(stream, size, Storage.RESIDENT, (place.run,), (), caveats)

    def _runs(self, attribute: Any) -> tuple[list[ByteRun], list[str]]:
        """Image runs in stream order, neighbours joined, sparse ones at -1; and what is wrong with them."""
        out: list[ByteRun] = []
        caveats: list[str] = []
        block, start, end = self.block_size, self.volume.offset, self.volume.size
        at = 0  # stream offset reached
        try:
            for number, run in enumerate(attribute):
                if number >= _MAX_RUNS:
                    caveats.append(f"more than {_MAX_RUNS:,} runs; the rest is not followed")
                    break
                flags = int(run.flags)
                place, length, offset = int(run.offset) * block, int(run.len) * block, int(run.addr) * block
                if length <= 0:
                    continue
                if place > at:
                    _join(out, -1, place - at)
                at = max(at, place) + length
                if flags & (_RUN_SPARSE | _RUN_FILLER):
                    if flags & _RUN_FILLER and self.kind == "ntfs":
                        caveats.append("a part of its run list is not there; those bytes are given as zeros")
                    _join(out, -1, length)
                elif offset >= end:
                    caveats.append(f"a run at volume offset {offset:,} lies outside the volume")
                    break
                else:
                    _join(out, start + offset, min(length, end - offset))
                    if offset + length > end:
                        caveats.append("its last run reaches behind the end of the volume")
                        break
        except OSError:
            caveats.append("its run list is damaged")
        return out, caveats

    def _mft_runs(self) -> list[ByteRun]:
        try:
            item = self._fs.open_meta(inode=0)
            for attribute in item:
                if int(attribute.info.type) == _DATA and (attribute.info.name or b"$Data") == b"$Data":
                    return self._runs(attribute)[0]
        except OSError as error:
            raise FormatError(f"{self.volume.locator}: the master file table cannot be read") from error
        raise FormatError(f"{self.volume.locator}: the master file table has no content")

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
            sort, number = self._attribute_of(item, entry.stream)
            if sort < 0:
                raise EvidenceError(entry.path, "its stream is not there any more", offset)
            data: bytes = item.read_random(offset, length, sort, number)
        except OSError as error:
            raise EvidenceError(entry.path, "The Sleuth Kit cannot read it", offset) from error
        return data

    def _attribute_of(self, item: Any, stream: str | None) -> tuple[int, int]:
        """Type and number of the attribute that holds a stream; (-1, -1) if none."""
        for attribute in item:
            info = attribute.info
            sort = int(info.type)
            if sort == _DATA and self.kind == "ntfs":
                label = info.name or b""
                name = shown(label)[0] if label and label != b"$Data" else None
            elif sort == _RESOURCE:
                name = "rsrc"
            elif sort in _DEFAULTS:
                name = None
            else:
                continue
            if name == stream:
                return sort, int(info.id)
        return -1, -1


def _join(runs: list[ByteRun], offset: int, length: int) -> None:
    if runs:
        last = runs[-1]
        if (offset < 0) == (last.offset < 0) and (offset < 0 or last.end == offset):
            runs[-1] = ByteRun(last.offset, last.length + length)
            return
    runs.append(ByteRun(offset, length))


def _cut(runs: list[ByteRun], size: int) -> tuple[list[ByteRun], list[ByteRun]]:
    """`runs` up to `size` bytes, and the stored remainder behind it."""
    kept: list[ByteRun] = []
    behind: list[ByteRun] = []
    left = size
    for run in runs:
        take = min(run.length, left)
        if take > 0:
            kept.append(ByteRun(run.offset, take) if take < run.length else run)
            left -= take
        if take < run.length and run.offset >= 0:
            behind.append(ByteRun(run.offset + take, run.length - take))
    return kept, behind


__all__ = ["ASSUMED", "REUSED", "FileSystem", "ImpoundError", "open_filesystem"]

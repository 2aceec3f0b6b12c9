"""Where the bytes of streams lie: from The Sleuth Kit's attributes and runs to exact image ranges."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytsk3

from forensics.filesystems import ext, ntfs
from forensics.filesystems.names import shown
from forensics.model import ByteRun, EntryKind, Storage
from forensics.volumes.volume import VolumeLayer

_DATA = int(pytsk3.TSK_FS_ATTR_TYPE_NTFS_DATA)
_INDEX = int(pytsk3.TSK_FS_ATTR_TYPE_NTFS_IDXALLOC)
_INDEX_ROOT = int(pytsk3.TSK_FS_ATTR_TYPE_NTFS_IDXROOT)
_RESOURCE = int(pytsk3.TSK_FS_ATTR_TYPE_HFS_RSRC)
_DEFAULTS = {int(pytsk3.TSK_FS_ATTR_TYPE_DEFAULT), int(pytsk3.TSK_FS_ATTR_TYPE_HFS_DATA)}
_NONRESIDENT = int(pytsk3.TSK_FS_ATTR_NONRES)
_COMPRESSED = int(pytsk3.TSK_FS_ATTR_COMP)
_ENCRYPTED = int(pytsk3.TSK_FS_ATTR_ENC)
_RECOVERED = int(pytsk3.TSK_FS_ATTR_RECOVERY)
_RUN_FILLER = int(pytsk3.TSK_FS_ATTR_RUN_FLAG_FILLER)
_RUN_HOLE = int(pytsk3.TSK_FS_ATTR_RUN_FLAG_SPARSE) | _RUN_FILLER
_FOLDER_INDEX = b"$I30"
_MAX_RUNS = 1 << 20
# A size as large as the volume is doubted where nothing is stored ($BadClus:$Bad is one great hole), or
# where it is huge and less than one byte in 1,024 is stored: reading it would be reading zeros for hours.
_HOLE = 1 << 20
_DOUBTFUL = 4 << 30
_THINNEST = 1024

ASSUMED = "the cluster chain is gone; its clusters are assumed to follow each other"
PATCHED = "update sequence bytes on the medium differ from the content"
UNPLACED = "its content cannot be located"


@dataclass(frozen=True, slots=True)
class Content:
    """The place of one stream; fields as in `Entry`."""

    stream: str | None = None
    size: int = 0
    storage: Storage = Storage.NONE
    runs: tuple[ByteRun, ...] = ()
    slack: tuple[ByteRun, ...] = ()
    caveats: tuple[str, ...] = ()


@dataclass(slots=True)
class Found:
    """Runs of a stream before they are cut to its size, and what is wrong with them."""

    runs: list[ByteRun] = field(default_factory=list)
    caveats: list[str] = field(default_factory=list)

    def add(self, offset: int, length: int) -> None:
        """Append a run, joined with the one before it where they touch; -1 is a hole."""
        if self.runs:
            last = self.runs[-1]
            if (offset < 0) == (last.offset < 0) and (offset < 0 or last.end == offset):
                self.runs[-1] = ByteRun(last.offset, last.length + length)
                return
        self.runs.append(ByteRun(offset, length))

    def cut(self, size: int) -> tuple[list[ByteRun], list[ByteRun]]:
        """The runs up to `size` bytes, and the stored ones behind it."""
        kept: list[ByteRun] = []
        behind: list[ByteRun] = []
        left = size
        for run in self.runs:
            take = min(run.length, left)
            if take > 0:
                kept.append(ByteRun(run.offset, take) if take < run.length else run)
                left -= take
            if take < run.length and run.offset >= 0:
                behind.append(ByteRun(run.offset + take, run.length - take))
        return kept, behind


class StreamReader:
    """Finds the streams of one file system. `metadata` collects image runs of maps and indexes."""

    def __init__(self, volume: VolumeLayer, kind: str, block_size: int) -> None:
        """For a volume with a file system of `kind`, whose addresses count blocks of `block_size` bytes."""
        self._volume = volume
        self._kind = kind
        self._block = block_size
        self._holes_at_end = kind.startswith(("ext", "ufs"))
        self.metadata: list[ByteRun] = []

    def contents(self, item: Any, stated: int, kind: EntryKind, record: ntfs.Record | None) -> list[Content]:
        """One for each stream of a file of The Sleuth Kit, the default one first. `stated` is its size."""
        named: list[Content] = []
        default: Content | None = None
        stated = max(stated, 0)
        try:
            attributes = list(item)
        except OSError:
            return [Content(size=stated, caveats=(UNPLACED,))]
        for attribute in attributes:
            info = attribute.info
            known, stream = self._stream(info)
            if known and stream is not None:
                named.append(self._content(attribute, stream, record))
            elif known and default is None:
                default = self._content(attribute, None, record)
            elif not known and int(info.flags) & _NONRESIDENT:
                found = self.runs(attribute)
                self.metadata.extend(run for run in found.runs if run.offset >= 0)
                if int(info.type) == _INDEX and kind is EntryKind.DIRECTORY and default is None:
                    size = sum(run.length for run in found.runs)
                    default = Content(None, size, Storage.PLAIN, tuple(found.runs))
        if default is None:
            if named and kind is EntryKind.FILE:
                return named  # NTFS: an index file such as $Secure has no default data at all
            size = 0 if kind is EntryKind.DIRECTORY else stated
            default = Content(size=size, caveats=(UNPLACED,) if size else ())
        return [default, *named]

    def attribute(self, item: Any, stream: str | None) -> tuple[int, int]:
        """Type and number of the attribute that holds a stream; (-1, -1) if none."""
        for attribute in item:
            known, name = self._stream(attribute.info)
            if known and name == stream:
                return int(attribute.info.type), int(attribute.info.id)
        return -1, -1

    def _stream(self, info: Any) -> tuple[bool, str | None]:
        """Whether an attribute is a stream, and its name; None for the default one."""
        sort = int(info.type)
        if sort in _DEFAULTS:
            return True, None
        if sort == _RESOURCE:
            return True, "rsrc"
        if self._kind != "ntfs":
            return False, None
        label: bytes = info.name or b""
        if sort == _DATA:  # the library calls nameless data "$Data"
            return True, shown(label)[0] if label and label != b"$Data" else None
        if sort == _INDEX_ROOT and label and label != _FOLDER_INDEX:
            return True, shown(label)[0]
        return False, None

    def _content(self, attribute: Any, stream: str | None, record: ntfs.Record | None) -> Content:
        info = attribute.info
        size, flags = max(int(info.size), 0), int(info.flags)
        if not flags & _NONRESIDENT:
            return _resident(stream, size, record)
        found = self.runs(attribute)
        if flags & _RECOVERED:
            found.caveats.append(ASSUMED)
        if flags & _COMPRESSED:
            held = tuple(run for run in found.runs if run.offset >= 0)
            return Content(stream, size, Storage.COMPRESSED, held, (), tuple(found.caveats))
        storage = Storage.ENCRYPTED if flags & _ENCRYPTED else Storage.PLAIN
        initialised = record.initialised.get(stream or "", size) if record is not None else size
        return self.placed(found, size, storage=storage, stream=stream, initialised=initialised)

    def placed(
        self,
        found: Found,
        size: int,
        *,
        storage: Storage = Storage.PLAIN,
        stream: str | None = None,
        initialised: int | None = None,
    ) -> Content:
        """Cut runs to the size, keep what follows as slack, and doubt a size that nothing stands behind.

        Bytes behind `initialised` were never written: they read as zeros, and what lies in their place
        on the medium is slack.
        """
        caveats = found.caveats
        stored = sum(run.length for run in found.runs if run.offset >= 0)
        if size >= self._volume.size // 10 * 9 and (
            (not stored and size > _HOLE) or (size > _DOUBTFUL and size > _THINNEST * stored)
        ):
            end = at = 0
            for run in found.runs:
                at += run.length
                end = at if run.offset >= 0 else end
            caveats.append(f"states a size of {size:,} bytes with {stored:,} stored; shown to its last stored byte")
            size = min(end, size)
        initialised = size if initialised is None else min(initialised, size)
        kept, behind = found.cut(initialised)
        if initialised < size:
            if behind:
                caveats.append(f"only its first {initialised:,} bytes were written; the rest reads as zeros")
            kept.append(ByteRun(-1, size - initialised))
        covered = sum(run.length for run in kept)
        if covered < size and self._holes_at_end:
            kept.append(ByteRun(-1, size - covered))
        elif covered < size:
            caveats.append(f"its runs cover {covered:,} of {size:,} bytes")
        return Content(stream, size, storage, tuple(kept), tuple(behind), tuple(caveats))

    def runs(self, attribute: Any) -> Found:
        """Image runs of an attribute in stream order, holes at -1."""
        found = Found()
        block, start, end = self._block, self._volume.offset, self._volume.size
        at = 0  # stream offset reached
        try:
            for number, run in enumerate(attribute):
                if number >= _MAX_RUNS:
                    found.caveats.append(f"more than {_MAX_RUNS:,} runs; the rest is not followed")
                    break
                flags = int(run.flags)
                place, length, offset = int(run.offset) * block, int(run.len) * block, int(run.addr) * block
                if length <= 0:
                    continue
                if place > at:
                    found.add(-1, place - at)
                at = max(at, place) + length
                if flags & _RUN_HOLE:
                    if flags & _RUN_FILLER and self._kind == "ntfs":
                        found.caveats.append("a part of its run list is absent; those bytes read as zeros")
                    found.add(-1, length)
                elif offset >= end:
                    found.caveats.append(f"a run at volume offset {offset:,} lies outside the volume")
                    break
                else:
                    found.add(start + offset, min(length, end - offset))
                    if offset + length > end:
                        found.caveats.append("its last run reaches behind the end of the volume")
                        break
        except OSError:
            found.caveats.append("its run list is damaged")
        return found

    def mapped(self, books: ext.Books, inode: ext.Inode) -> Content:
        """The content of an ext inode by our own reading of its block map."""
        found = Found()
        at, block, start = 0, self._block, self._volume.offset
        for logical, physical, count in books.mapping(inode):
            if logical * block < at:
                found.caveats.append("its block map goes backwards; the rest is not followed")
                break
            if logical * block > at:
                found.add(-1, logical * block - at)
            found.add(start + physical * block, count * block)
            at = (logical + count) * block
        return self.placed(found, inode.size)

    def inline(self, inode: ext.Inode) -> Content:
        """Content in the inode itself: a short link, or inline data and its continuation."""
        start = self._volume.offset
        runs = [ByteRun(start + piece.offset, piece.length) for piece in inode.inline_runs()]
        held = sum(run.length for run in runs)
        caveats = (f"only {held:,} of its {inode.size:,} bytes are found in the inode",) if held < inode.size else ()
        return Content(None, inode.size, Storage.RESIDENT, tuple(runs), (), caveats)


def _resident(stream: str | None, size: int, record: ntfs.Record | None) -> Content:
    """Content in an NTFS file record."""
    if not size:
        return Content(stream, 0, Storage.RESIDENT)
    place = record.resident.get(stream or "") if record is not None else None
    if place is None or place.run.length != size:
        return Content(stream, size, Storage.RESIDENT, caveats=("the place of its resident content is not known",))
    return Content(stream, size, Storage.RESIDENT, (place.run,), (), (PATCHED,) if place.patched else ())

"""UDF (ECMA-167): live and deleted names, their places, times and named streams; discs, sticks and recorders.

| read | how |
|---|---|
| names | file identifiers of each folder; a deleted one keeps its mark and is listed last |
| content | extents in short, long and extended descriptors, continued ones too; inline; parts never recorded are holes |
| times | access, modification, attributes; creation where the record or its extended attribute has it |
| streams | named streams of files and folders, as `path:name` |

Source: ECMA-167, part 4; OSTA, *UDF 2.60*. A deleted name leads to content only where a record of its own still stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from forensics.errors import EvidenceError, FormatError
from forensics.filesystems import udf_records as records
from forensics.filesystems.base import LEFT_OUT, MOST_REFUSED
from forensics.filesystems.free import Space, from_udf
from forensics.filesystems.streams import Found
from forensics.filesystems.udf_records import Name, Place, Record
from forensics.filesystems.udf_space import Spaces
from forensics.guard import UNGUARDED, Guard, Step
from forensics.model import ByteRun, Entry, EntryKind, Locator, Storage
from forensics.volumes.volume import VolumeLayer

KIND = "udf"
REUSED = "the record that the name points to is in use by another entry; the content of this one is not known"
_KINDS = {
    records.DIRECTORY: EntryKind.DIRECTORY,
    records.REGULAR: EntryKind.FILE,
    0: EntryKind.FILE,
    records.REALTIME: EntryKind.FILE,
    records.LINK: EntryKind.LINK,
}
_MAX_DEPTH = 1000
_LARGEST_FOLDER = 64 << 20
_LARGEST_BITMAP = 256 << 20
_MOST_DELETED = 1 << 20


class _Task(NamedTuple):
    """A folder whose names are being read."""

    path: str
    names: Iterator[Name]
    allocated: bool


class UdfFileSystem:
    """An open UDF; see `forensics.filesystems.base.Listing`."""

    kind = KIND

    def __init__(self, volume: VolumeLayer) -> None:
        """Open it.

        Raises:
            FormatError: it cannot be opened, with the reason.
        """
        self.volume = volume
        self._spaces = Spaces(volume)
        self.block_size = self._spaces.sector
        self.refused: tuple[str, ...] = ()
        self._guard = UNGUARDED
        try:
            raw = self._spaces.read(self._spaces.file_set.place, self.block_size)
            if records.tagged(raw) != records.FILE_SET:
                raise FormatError("it is not there")
            self._root = records.long_extent(raw, 400).place
            self._spaces.record(self._root)
        except FormatError as error:
            raise FormatError(f"{volume.locator}: UDF: its file set or root folder cannot be read: {error}") from error
        streams = bool(records.long_extent(raw, 464).length)
        more = ("streams of the file system itself are not listed",) if streams else ()
        self.caveats: tuple[str, ...] = (*self._spaces.caveats, *more)

    @property
    def locator(self) -> Locator:
        """Its volume."""
        return self.volume.locator

    @property
    def metadata(self) -> tuple[ByteRun, ...]:
        """Descriptors, records and folders that were read."""
        return tuple(run for each in self._spaces.met.all() for run in self.volume.runs(each.offset, each.length))

    @property
    def free(self) -> Space | None:
        """Free blocks by its bitmaps, and what lies outside its partitions and descriptors; None without bitmaps."""
        parts: list[tuple[int, int, bytes]] = []
        for start, blocks, extent in self._spaces.bitmaps:
            try:
                raw = self._spaces.read(extent.place, min(extent.length, _LARGEST_BITMAP))
            except FormatError:
                return None
            if records.tagged(raw) != records.BITMAP or len(raw) < 24 + blocks // 8:
                self._refuse("its map of free space cannot be read")
                return None
            parts.append((start * self.block_size, blocks, raw[24:]))
        return from_udf(self.volume, self.block_size, parts, self._spaces.met.all()) if parts else None

    def _refuse(self, what: str) -> None:
        if len(self.refused) < MOST_REFUSED and what not in self.refused:
            self.refused += (what,)

    def walk(self, guard: Guard = UNGUARDED) -> Iterator[Entry]:
        """Every live name depth first, then the deleted ones and what is below them; the root is not listed.

        What `guard` leaves out in a folder is not named; of a file, the name is all there is.
        """
        self._guard = guard
        self._deleted: list[tuple[str, Name]] = []
        self._live: set[Place] = {self._root}
        entered = {self._root}
        yield from self._below(_Task("", self._names(self._root, ""), True), entered)
        for path, name in self._deleted:
            yield from self._below(_Task(path, iter((name,)), False), entered)

    def _below(self, first: _Task, entered: set[Place]) -> Iterator[Entry]:
        stack = [first]
        while stack:
            task = stack[-1]
            name = next(task.names, None)
            if name is None:
                stack.pop()
                continue
            if name.parent:
                continue
            if name.deleted and task.allocated:
                if len(self._deleted) < _MOST_DELETED:
                    self._deleted.append((task.path, name))
                continue
            place = name.icb.place
            text, odd = records.text_of(name.raw)
            path = f"{task.path}/{text}"
            entry, record = self._entry(name, path, odd, allocated=task.allocated)
            yield entry
            if record is None or place in entered or len(stack) >= _MAX_DEPTH:
                continue
            if record.streams is not None:
                entered.add(place)
                yield from self._streams(path, record, allocated=task.allocated)
            if entry.kind is EntryKind.DIRECTORY:
                entered.add(place)
                stack.append(_Task(path, self._names(place, path), task.allocated))

    def _names(self, place: Place, path: str) -> Iterator[Name]:
        """The names of a folder in order; what is damaged among them is refused."""
        shown = path or "/"
        try:
            folder = self._spaces.record(place)
            raw = self._spaces.content(folder, _LARGEST_FOLDER)
        except FormatError as error:
            self._refuse(f"folder {shown} cannot be listed: {error}")
            return
        if len(raw) < folder.size:
            self._refuse(f"folder {shown} ends after {len(raw):,} of its {folder.size:,} bytes")
        for number, each in enumerate(records.names(raw)):
            if isinstance(each, int):
                self._refuse(f"folder {shown}: a name at its byte {each:,} is damaged")
            elif self._guard.passes(Step(f"name {number} of folder {shown}", KIND, path)):
                yield each

    def _streams(self, path: str, record: Record, *, allocated: bool) -> Iterator[Entry]:
        if record.streams is None:
            return
        for name in self._names(record.streams.place, f"{path}:"):
            if not name.parent and not name.directory:
                text, odd = records.text_of(name.raw)
                live = allocated and not name.deleted
                yield self._entry(name, path, odd, allocated=live, stream=text)[0]

    def _entry(
        self, name: Name, path: str, odd: bytes | None, *, allocated: bool, stream: str | None = None
    ) -> tuple[Entry, Record | None]:
        """What a name leads to, and its record where it is to be believed."""
        caveats: list[str] = []
        record = self._record(name, path, caveats, allocated=allocated)
        kind = EntryKind.DIRECTORY if name.directory else EntryKind.FILE
        found, storage, size = Found(), Storage.NONE, 0
        if record is not None:
            kind = _KINDS.get(record.kind, EntryKind.OTHER)
            size = record.size if kind in (EntryKind.FILE, EntryKind.LINK) else 0
            if size:
                storage = Storage.RESIDENT if record.form == records.INLINE else Storage.PLAIN
                found = self._placed(record)
                caveats += found.caveats
        kept, slack = found.cut(size)
        held = sum(run.length for run in kept)
        if held < size:
            caveats.append(f"its extents cover {held:,} of {size:,} bytes")
        place = name.icb.place
        return Entry(
            volume=self.volume.index,
            address=place.partition << 32 | place.block,
            path=path,
            stream=stream,
            kind=kind,
            allocated=allocated,
            size=size,
            storage=storage,
            times=record.times if record is not None else (),
            runs=tuple(kept),
            slack=tuple(slack),
            raw_name=odd,
            caveats=tuple(caveats),
        ), record

    def _record(self, name: Name, path: str, caveats: list[str], *, allocated: bool) -> Record | None:
        place = name.icb.place
        if not self._guard.passes(Step(f"record {place.block} of partition {place.partition}", KIND, path)):
            caveats.append(LEFT_OUT)
            return None
        if not name.icb.length:
            caveats.append("it leads to no record" if allocated else "deleted; its record is not named any more")
            return None
        if allocated:
            self._live.add(place)
        elif place in self._live:
            caveats.append(REUSED)
            return None
        try:
            record = self._spaces.record(place)
        except FormatError as error:
            caveats.append(f"its record cannot be read: {error}")
            return None
        if not allocated and name.unique and record.unique & 0xFFFFFFFF != name.unique:
            caveats.append(REUSED)
            return None
        if not record.whole:
            caveats.append("the CRC of its record does not hold")
        if record.strategy not in (4, 4096):
            caveats.append(
                f"its record is kept by strategy {record.strategy}, which is not known; it may be an old one"
            )
        return record

    def _placed(self, record: Record) -> Found:
        """Image runs of a file; what is allocated and never recorded is a hole."""
        found = Found()
        if record.form == records.INLINE:
            for run in self._spaces.runs(record.place, self.block_size):
                found.add(self.volume.offset + run.offset + record.at, len(record.allocation))
            return found
        try:
            for each in self._spaces.extents(record):
                if each.state == records.RECORDED:
                    # A part of the last block is not content; `cut` makes it slack.
                    length = -(-each.length // self.block_size) * self.block_size
                    left = length - each.length
                    for run in self._spaces.runs(each.place, length):
                        for part in self.volume.runs(run.offset, run.length):
                            found.add(part.offset, part.length)
                    if left and self._more(found, record, left):
                        found.caveats.append("an extent within it does not fill its blocks; the rest is not followed")
                        break
                else:
                    found.add(-1, each.length)
        except FormatError as error:
            found.caveats.append(f"its content is not located to its end: {error}")
        return found

    @staticmethod
    def _more(found: Found, record: Record, left: int) -> bool:
        """Whether an extent that does not fill its last block stands before the end of the file."""
        return sum(run.length for run in found.runs) - left < record.size

    def read_entry(self, entry: Entry, offset: int, length: int) -> bytes:
        """Logical bytes of a stream, by its record.

        Raises:
            EvidenceError: its record or an extent cannot be read.
        """
        length = min(length, entry.size - offset)
        if offset < 0 or length <= 0:
            return b""
        try:
            found = self._placed(self._spaces.record(Place(entry.address >> 32, entry.address & 0xFFFFFFFF)))
        except FormatError as error:
            raise EvidenceError(entry.path, f"its record cannot be read: {error}", offset) from error
        out, at = bytearray(), 0
        for run in found.runs:
            first, last = max(at, offset), min(at + run.length, offset + length)
            if first < last:
                part = self.volume.image.read(run.offset + first - at, last - first) if run.offset >= 0 else b""
                out += part.ljust(last - first, b"\0")
            at += run.length
        if len(out) < length:
            raise EvidenceError(entry.path, "no extent says where these bytes are", offset + len(out))
        return bytes(out)

"""The primary tree of an ISO 9660, with the names, times and links of Rock Ridge: see `iso9660_records`.

The Sleuth Kit gives neither: it shows the short names of such discs, and of one with Joliet this tree not at all.
"""

from __future__ import annotations

import itertools
import stat
from collections.abc import Iterator

from forensics.errors import EvidenceError, FormatError
from forensics.filesystems import iso9660_records as records
from forensics.filesystems.base import LEFT_OUT, MOST_REFUSED
from forensics.filesystems.free import Space
from forensics.filesystems.iso9660_records import Record
from forensics.filesystems.names import shown
from forensics.filesystems.streams import Found
from forensics.guard import UNGUARDED, Guard, Step
from forensics.model import ByteRun, Entry, EntryKind, Locator, Storage
from forensics.visible import visible
from forensics.volumes.volume import VolumeLayer

KIND = "iso9660"
_FIRST, _SECTOR, _MOST_DESCRIPTORS = 32768, 2048, 64
_LARGEST_FOLDER = 64 << 20
_MAX_DEPTH = 1000
_MOST_PARTS = 4096  # records of one file
_KINDS = {stat.S_IFREG: EntryKind.FILE, stat.S_IFDIR: EntryKind.DIRECTORY, stat.S_IFLNK: EntryKind.LINK}
_Folder = tuple[int, int]  # block and size


class PrimaryTree:
    """The primary tree, open; see `forensics.filesystems.base.Listing`."""

    kind = KIND

    def __init__(self, volume: VolumeLayer) -> None:
        """Find its first folder.

        Raises:
            FormatError: there is none.
        """
        self.volume = volume
        self.caveats: tuple[str, ...] = ()
        self.refused: tuple[str, ...] = ()
        self.free: Space | None = None
        self._more: set[ByteRun] = set()
        self._guard = UNGUARDED
        head = self._descriptor()
        self.block_size = int.from_bytes(head[128:130], "little")
        if self.block_size not in (512, 1024, 2048):
            raise FormatError(f"{volume.locator}: blocks of {self.block_size:,} bytes cannot be")
        self._root = (int.from_bytes(head[158:162], "little") + head[157], int.from_bytes(head[166:170], "little"))
        self._skip = records.skip_of(volume.read(self._root[0] * self.block_size, 256))
        self.has_rock_ridge = self._skip is not None

    def _descriptor(self) -> bytes:
        for at in range(_FIRST, _FIRST + _MOST_DESCRIPTORS * _SECTOR, _SECTOR):
            raw = self.volume.read(at, _SECTOR)
            if len(raw) < _SECTOR or raw[1:6] != b"CD001" or raw[0] == 255:
                break
            if raw[0] == 1:
                return raw
        raise FormatError(f"{self.volume.locator}: no primary descriptor of an ISO 9660")

    @property
    def locator(self) -> Locator:
        """Its volume."""
        return self.volume.locator

    @property
    def metadata(self) -> tuple[ByteRun, ...]:
        """Continuations of records, as met by the last walk."""
        return tuple(sorted(self._more))

    def _refuse(self, what: str) -> None:
        if len(self.refused) < MOST_REFUSED and what not in self.refused:
            self.refused += (what,)

    def walk(self, guard: Guard = UNGUARDED) -> Iterator[Entry]:
        """Every name, depth first; the root itself is not listed. A folder that is reached twice is entered once."""
        self._guard = guard
        self._more.clear()
        entered = {self._root[0]}
        stack = [("", self._files(self._root, ""))]
        while stack:
            path, files = stack[-1]
            parts = next(files, None)
            if parts is None:
                stack.pop()
                continue
            entry = self._entry(parts, path)
            yield entry
            folder = self._place(parts[0])
            if entry.kind is EntryKind.DIRECTORY and folder[0] not in entered and len(stack) < _MAX_DEPTH:
                entered.add(folder[0])
                stack.append((entry.path, self._files(folder, entry.path)))

    def _place(self, record: Record) -> _Folder:
        """Where the content of a folder is: elsewhere where it was moved, whose first record says its size."""
        if not record.moved_to:
            return record.block, record.size
        own = self.volume.read(record.moved_to * self.block_size + 10, 4)
        return record.moved_to, int.from_bytes(own, "little")

    def _files(self, folder: _Folder, path: str) -> Iterator[list[Record]]:
        """The files of a folder, each with all of its records."""
        block, size = folder
        start = block * self.block_size
        data = self.volume.read(start, min(size, _LARGEST_FOLDER))
        if len(data) < size:
            self._refuse(f"folder {path or '/'} ends after {len(data):,} of its {size:,} bytes")
        first = records.records(data[:_SECTOR], start, self.block_size, None, self.volume.read)
        own = list(itertools.islice(first, 2))
        if [each.raw for each in own] != [b"\0", b"\1"] or own[0].block != block:
            self._refuse(f"folder {path or '/'} does not begin with records of itself")
            return
        parts: list[Record] = []
        for number, each in enumerate(records.records(data, start, self.block_size, self._skip, self.volume.read)):
            for offset, length in each.more:
                self._more.update(self.volume.runs(offset, length))
            if number < 2 or each.moved:
                continue
            if not self._guard.passes(Step(f"name {number} of folder {path or '/'}", KIND, path)):
                continue
            parts.append(each)
            if not each.flags & records.MORE or len(parts) >= _MOST_PARTS:
                yield parts
                parts = []
        if parts:
            yield parts

    def _entry(self, parts: list[Record], parent: str) -> Entry:
        first = parts[0]
        raw = first.raw if first.whole else first.raw.partition(b";")[0].removesuffix(b".")
        text, odd = shown(raw)
        path = f"{parent}/{text}"
        caveats: list[str] = []
        folder = bool(first.flags & records.FOLDER) or first.moved_to > 0
        kind = EntryKind.DIRECTORY if folder else _KINDS.get(stat.S_IFMT(first.mode), EntryKind.OTHER)
        if not folder and not first.mode:
            kind = EntryKind.FILE
        found, size = self._content(parts) if kind in (EntryKind.FILE, EntryKind.DIRECTORY) else (Found(), 0)
        storage = Storage.PLAIN if size else Storage.NONE
        if not self._guard.passes(Step(f"record {first.offset}", KIND, path)):
            found, storage = Found(), Storage.NONE
            caveats.append(LEFT_OUT)
        kept, slack = found.cut(size)
        caveats += found.caveats
        if kind is EntryKind.LINK and first.target is not None:
            caveats.append(f"a link to {visible(shown(first.target)[0])}")
        if first.compressed:
            caveats.append("compressed by zisofs: its bytes are given as they are stored")
        return Entry(
            volume=self.volume.index,
            address=first.offset,
            path=path,
            stream=None,
            kind=kind,
            allocated=True,
            size=size,
            storage=storage,
            times=first.times,
            runs=tuple(kept),
            slack=tuple(slack),
            raw_name=odd,
            caveats=tuple(caveats),
        )

    def _content(self, parts: list[Record]) -> tuple[Found, int]:
        found = Found()
        places = [self._place(parts[0]), *((each.block, each.size) for each in parts[1:])]
        for number, (block, size) in enumerate(places, 1):
            last = number == len(places)
            length = -(-size // self.block_size) * self.block_size if last else size
            held = 0
            for run in self.volume.runs(block * self.block_size, length):
                found.add(run.offset, run.length)
                held += run.length
            if held < size:
                found.caveats.append(f"{size - held:,} bytes of it lie behind the end of the volume")
        if any(each.interleaved for each in parts):
            found.caveats.append("its content is interleaved with that of another file; it is given as one piece")
        return found, sum(size for _, size in places)

    def read_entry(self, entry: Entry, offset: int, length: int) -> bytes:
        """Logical bytes of a file, by its extents.

        Raises:
            EvidenceError: no extent says where they are.
        """
        length = min(length, entry.size - offset)
        out, at = bytearray(), 0
        for run in entry.runs if length > 0 and offset >= 0 else ():
            first, last = max(at, offset), min(at + run.length, offset + length)
            if first < last:
                out += self.volume.image.read(run.offset + first - at, last - first)
            at += run.length
        if len(out) < length:
            raise EvidenceError(entry.path, "no extent says where these bytes are", offset + len(out))
        return bytes(out)

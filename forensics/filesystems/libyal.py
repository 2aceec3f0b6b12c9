"""XFS through libfsxfs and APFS through libfsapfs: live entries, their times and places.

Neither library lists deleted entries, and free space is not read from their books: what no entry holds is
called unallocated, metadata included, and a caveat says so. The volumes of an APFS container appear as
folders at its root; an encrypted one is a volume of its own (`forensics.volumes.apfs`), read with what unlocks it,
and what it holds is not called unallocated.
"""

from __future__ import annotations

import contextlib
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pyfsapfs
import pyfsxfs

from forensics.errors import EvidenceError, FormatError
from forensics.evidence.ranges import merged
from forensics.filesystems.base import LEFT_OUT, MOST_REFUSED
from forensics.filesystems.free import Space
from forensics.filesystems.names import shown
from forensics.filesystems.streams import Found
from forensics.guard import UNGUARDED, Guard, Step
from forensics.model import ByteRun, Entry, EntryKind, EntryTime, Locator, Storage
from forensics.volumes import apfs, apfs_held
from forensics.volumes.bitlocker import LayerFile
from forensics.volumes.signatures import recognise
from forensics.volumes.volume import VolumeLayer

KINDS = ("xfs", "apfs")
_MAX_DEPTH = 1000
_MAX_EXTENTS = 1 << 20
_COMPARED = 512  # bytes of each file that are read twice
_SPARSE = 1  # flag of an extent of either library: not stored
_ENTRY_KINDS = {stat.S_IFREG: EntryKind.FILE, stat.S_IFDIR: EntryKind.DIRECTORY, stat.S_IFLNK: EntryKind.LINK}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LIVE_ONLY = "only live entries are listed; what none of them holds is called unallocated, metadata included"
_LOCKED = "deleted entries and the free space of an encrypted volume are not read: they are searched as they are stored"
_REFUSALS = apfs.REFUSALS
_Get = Callable[[], Any]


class LibraryFileSystem:
    """A file system that a libyal library opened; see `forensics.filesystems.base.Listing`."""

    def __init__(self, volume: VolumeLayer, kind: str, inner: int = 0, secret: bytes = b"") -> None:
        """Open the file system of `kind`; of an APFS container only the encrypted volume `inner`, with `secret`.

        Raises:
            EvidenceError: the secret does not open it.
            FormatError: the library does not open it.
        """
        self.volume = volume
        self.kind = kind
        self.caveats: tuple[str, ...] = (_LOCKED if inner else _LIVE_ONLY,)
        self._inner = inner
        self.refused: tuple[str, ...] = ()
        self._guard = UNGUARDED
        self._parser = f"libfsxfs {pyfsxfs.get_version()}" if kind == "xfs" else f"libfsapfs {pyfsapfs.get_version()}"
        self.block_size = 0
        self.metadata: tuple[ByteRun, ...] = ()
        self.free: Space | None = None
        self._file = LayerFile(volume)
        self._groups: tuple[int, int] | None = None  # XFS: bits of a block number within its group, blocks of a group
        self._trees: list[tuple[str, Any, Any]] = []  # name of the folder that stands for it, volume, root
        try:
            if kind == "xfs":
                self._open_xfs()
            else:
                self._open_apfs(secret)
        except _REFUSALS as error:
            raise FormatError(f"{volume.locator}: {kind} cannot be opened ({str(error)[:200]})") from error

    def _open_xfs(self) -> None:
        head = self.volume.read(0, 512)
        self.block_size = int.from_bytes(head[4:8], "big")
        self._groups = (head[124] % 32, int.from_bytes(head[84:88], "big"))
        found = pyfsxfs.volume()
        found.open_file_object(self._file)
        self._trees.append(("", found, found.get_root_directory()))

    def _open_apfs(self, secret: bytes) -> None:
        self.block_size = int.from_bytes(self.volume.read(36, 4), "little")
        container = self._container = apfs.container(self.volume)
        if self._inner:
            found = apfs.unlock(container, self._inner, secret)
            self._trees.append(("", found, found.get_root_directory()))
            return
        ciphertext: list[ByteRun] = []
        for number in range(min(container.number_of_volumes, apfs.MOST)):
            found = container.get_volume(number)
            name = f"/{shown((found.name or f'volume {number + 1}').encode('utf-8', 'surrogateescape'))[0]}"
            if found.is_locked():
                self.caveats += (f"APFS volume {name[1:]} is encrypted: it is listed as a volume of its own",)
                with contextlib.suppress(FormatError):  # the table of volumes says that its place is not known
                    ciphertext += apfs_held.held(self.volume, number + 1)
            else:
                self._trees.append((name, found, found.get_root_directory()))
        self.metadata = merged([ByteRun(self.volume.offset + run.offset, run.length) for run in ciphertext])

    @property
    def locator(self) -> Locator:
        """Its volume."""
        return self.volume.locator

    def _refuse(self, what: str) -> None:
        if len(self.refused) < MOST_REFUSED and what not in self.refused:
            self.refused += (what,)

    def walk(self, guard: Guard = UNGUARDED) -> Iterator[Entry]:
        """Every live name, depth first; the root itself is not listed.

        What `guard` leaves out in a folder is not named; of a file, the name is all there is.
        """
        self._guard = guard
        for top, _, root in self._trees:
            if root is None:
                continue
            if top:
                yield self._entry(root, top, None)
            yield from self._below(root, top)

    def _below(self, root: Any, top: str) -> Iterator[Entry]:
        stack = [(top, self._children(root, top))]
        entered: set[int] = set()
        while stack:
            path, children = stack[-1]
            item = next(children, None)
            if item is None:
                stack.pop()
                continue
            raw = (item.name or "").encode("utf-8", "surrogateescape")
            text, odd = shown(raw)
            entry = self._entry(item, f"{path}/{text}", odd)
            yield entry
            if entry.kind is EntryKind.DIRECTORY and entry.address not in entered and len(stack) < _MAX_DEPTH:
                entered.add(entry.address)
                stack.append((entry.path, self._children(item, entry.path)))

    def _children(self, item: Any, path: str) -> Iterator[Any]:
        try:
            for number in range(item.number_of_sub_file_entries):
                if not self._guard.passes(Step(f"name {number} of folder {path or '/'}", self._parser, path)):
                    continue
                yield item.get_sub_file_entry(number)
        except _REFUSALS:
            self._refuse(f"folder {path or '/'} cannot be listed to its end")

    def _address(self, item: Any) -> int:
        return int(item.inode_number if self.kind == "xfs" else item.identifier)

    def _entry(self, item: Any, path: str, odd: bytes | None) -> Entry:
        caveats: list[str] = []
        address = self._address(item)
        whole = self._guard.passes(Step(f"inode {address}", self._parser, path))
        try:
            mode = int(item.file_mode) if whole else 0
        except _REFUSALS:
            mode = 0
            caveats.append("its record cannot be read")
        if not whole:
            caveats.append(LEFT_OUT)
        kind = _ENTRY_KINDS.get(stat.S_IFMT(mode), EntryKind.OTHER)
        found, storage, size = Found(), Storage.NONE, 0
        if kind is EntryKind.FILE:
            found, storage, size = self._place(item, caveats)
        kept, slack = found.cut(size)
        return Entry(
            volume=self.volume.index,
            address=address,
            path=path,
            stream=None,
            kind=kind,
            allocated=True,
            size=size,
            storage=storage,
            times=tuple(self._times(item)) if whole else (),
            runs=tuple(kept),
            slack=tuple(slack),
            raw_name=odd,
            caveats=tuple(caveats),
        )

    def _place(self, item: Any, caveats: list[str]) -> tuple[Found, Storage, int]:
        """Image runs of a file, how it is stored, and its size."""
        found = Found()
        try:
            size = int(item.size)
            count = item.number_of_extents
            if count > _MAX_EXTENTS:
                raise ValueError(f"{count:,} extents")
            total = 0
            for number in range(count):
                offset, length, flags = item.get_extent(number)[:3]
                place = -1 if flags & _SPARSE else self._offset(offset)
                if place >= 0 and place + length > self.volume.size:
                    raise ValueError("an extent outside the volume")
                found.add(self.volume.offset + place if place >= 0 else -1, length)
                total += length
            if not self._inner:
                self._compare(item, found, size)
        except _REFUSALS:
            return Found(), Storage.COMPRESSED, self._size(item, caveats)
        if self._inner and size:  # its runs hold ciphertext: the library reads it
            found.runs[:] = [run for run in found.runs if run.offset >= 0]
            return found, Storage.COMPRESSED, size
        if total < size and total:
            found.add(-1, size - total)
        if size and not total:
            return Found(), Storage.COMPRESSED, size  # inline, or compressed: the library reads it
        return found, Storage.PLAIN, size

    def _offset(self, offset: int) -> int:
        """Volume offset of an extent. libfsxfs gives XFS block numbers times the block size: group and block in it."""
        if self._groups is None:
            return offset
        bits, blocks = self._groups
        number = offset // self.block_size
        return ((number >> bits) * blocks + (number & ((1 << bits) - 1))) * self.block_size

    def _compare(self, item: Any, found: Found, size: int) -> None:
        """Whether the first run holds what the library reads there; if not, the library alone is believed."""
        first = found.runs[0] if found.runs else None
        if first is None or first.offset < 0:
            return
        length = min(_COMPARED, size, first.length)
        if item.read_buffer_at_offset(length, 0) != self.volume.image.read(first.offset, length):
            raise ValueError("its extents do not hold its content")

    def _size(self, item: Any, caveats: list[str]) -> int:
        try:
            return int(item.size)
        except _REFUSALS:
            caveats.append("its record cannot be read")
            return 0

    def _times(self, item: Any) -> Iterator[EntryTime]:
        names = (
            ("modified", "modification"),
            ("accessed", "access"),
            ("changed", "inode_change"),
            ("created", "creation"),
        )
        for field, name in names:
            try:
                stored = getattr(item, f"get_{name}_time_as_integer")()
            except (*_REFUSALS, AttributeError):
                continue
            if stored is None:
                continue
            try:
                moment = _EPOCH + timedelta(microseconds=stored // 1000) if stored else None
            except OverflowError:
                moment = None
            yield EntryTime(field, moment, timedelta(microseconds=1), f"{stored} ns since 1970", "utc")

    def read_entry(self, entry: Entry, offset: int, length: int) -> bytes:
        """Logical bytes through the library.

        Raises:
            EvidenceError: the library cannot read it.
        """
        length = min(length, entry.size - offset)
        if offset < 0 or length <= 0:
            return b""
        for top, tree, _ in self._trees:
            if top and not entry.path.startswith(top + "/"):
                continue
            try:
                if self.kind == "xfs":
                    item = tree.get_file_entry_by_inode(entry.address)
                else:
                    item = tree.get_file_entry_by_identifier(entry.address)
                data: bytes = item.read_buffer_at_offset(length, offset)
            except _REFUSALS as error:
                raise EvidenceError(entry.path, f"the library of {self.kind} cannot read it", offset) from error
            return data
        raise EvidenceError(entry.path, "its APFS volume is not open", offset)


def library_kind(volume: VolumeLayer) -> str:
    """`xfs` or `apfs` where a volume is one of these, else empty."""
    content = recognise(volume)
    return content.name if content is not None and content.name in KINDS else ""

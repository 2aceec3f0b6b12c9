"""Discs that have a UDF, and those that have an ISO 9660 beside it ("bridge" discs).

Both trees of a bridge disc commonly lead to the same bytes. Its UDF is listed, as Windows and Linux show it: it has
the longer names and the finer times. Of the ISO 9660, what leads to bytes that no name of the UDF leads to is listed
as well, in a folder `[ISO 9660]`, so that nothing is hidden in the other tree and nothing stands twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from forensics.errors import FormatError
from forensics.evidence.ranges import merged
from forensics.filesystems.base import MOST_REFUSED, Listing
from forensics.filesystems.free import Space
from forensics.filesystems.tsk import open_filesystem
from forensics.filesystems.udf import KIND, UdfFileSystem
from forensics.guard import UNGUARDED, Guard
from forensics.model import ByteRun, Entry, EntryKind, Locator
from forensics.volumes.signatures import recognise
from forensics.volumes.volume import VolumeLayer

FOLDER = "/[ISO 9660]"
_OTHER = 1 << 52  # set in the address of an entry of the ISO 9660
_ONLY = "only in the ISO 9660 of this disc: no name of its UDF leads to these bytes"


def is_udf(volume: VolumeLayer) -> bool:
    """Whether a volume holds a UDF."""
    content = recognise(volume)
    return content is not None and content.name == KIND


def open_udf(volume: VolumeLayer) -> Listing:
    """Open a UDF, with the ISO 9660 beside it, or that alone where the UDF cannot be opened.

    Raises:
        FormatError: neither can be opened, with the reason.
    """
    try:
        udf = UdfFileSystem(volume)
    except FormatError as error:
        if volume.read(32769, 5) != b"CD001":
            raise
        alone = open_filesystem(volume)
        alone.caveats += (f"only its ISO 9660 is listed: {error}",)
        return alone
    if volume.read(32769, 5) != b"CD001":
        return udf
    try:
        return Bridge(udf, open_filesystem(volume))
    except FormatError as error:
        udf.caveats += (f"the ISO 9660 beside it cannot be opened: {error}",)
        return udf


class Bridge:
    """A UDF and the ISO 9660 beside it; see `forensics.filesystems.base.Listing`."""

    kind = KIND

    def __init__(self, udf: Listing, iso: Listing) -> None:
        """List `udf`, then what only `iso` has."""
        self.volume = udf.volume
        self.block_size = udf.block_size
        self._udf = udf
        self._iso = iso
        self._folders: tuple[ByteRun, ...] = ()  # of the ISO 9660
        self.caveats: tuple[str, ...] = (*udf.caveats, *iso.caveats)
        self.refused: tuple[str, ...] = ()

    @property
    def locator(self) -> Locator:
        """Its volume."""
        return self.volume.locator

    @property
    def metadata(self) -> tuple[ByteRun, ...]:
        """Of both; the folders of the ISO 9660, too."""
        return merged([*self._udf.metadata, *self._iso.metadata, *self._folders])

    @property
    def free(self) -> Space | None:
        """The books of the UDF."""
        return self._udf.free

    def walk(self, guard: Guard = UNGUARDED) -> Iterator[Entry]:
        """Every name of the UDF, then those of the ISO 9660 that lead to other bytes."""
        held: list[ByteRun] = []
        for entry in self._udf.walk(guard):
            held += (run for run in entry.runs if run.offset >= 0)
            yield entry
        known = Space(merged(held))
        folders: list[ByteRun] = []
        files = more = 0
        for entry in self._iso.walk(guard):
            if entry.kind is EntryKind.DIRECTORY:
                folders += (run for run in (*entry.runs, *entry.slack) if run.offset >= 0)
                continue
            files += entry.kind is EntryKind.FILE and entry.size > 0
            if entry.size and known.outside(entry.runs):
                more += 1
                yield replace(
                    entry,
                    address=entry.address | _OTHER,
                    path=FOLDER + entry.path,
                    caveats=(*entry.caveats, _ONLY),
                )
        self._folders = merged(folders)
        self.caveats = (
            *self._udf.caveats,
            *self._iso.caveats,
            f"an ISO 9660 of {files:,} files with content stands beside its UDF; {more:,} entries that lead to other bytes are "
            f"listed in the folder {FOLDER[1:]}, the others are not listed again",
        )
        self.refused = (*self._udf.refused, *(f"ISO 9660: {each}" for each in self._iso.refused))[:MOST_REFUSED]

    def read_entry(self, entry: Entry, offset: int, length: int) -> bytes:
        """Logical bytes of a stream; see `Listing`."""
        if not entry.address & _OTHER:
            return self._udf.read_entry(entry, offset, length)
        plain = replace(entry, address=entry.address & ~_OTHER, path=entry.path.removeprefix(FOLDER))
        return self._iso.read_entry(plain, offset, length)

"""The space of a volume that holds no live stream."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from forensics.evidence.ranges import merged, subtract
from forensics.filesystems.base import Listing
from forensics.model import ByteRun, Entry, EntryKind


def unallocated(fs: Listing, held: Sequence[ByteRun], *, by_books: bool = True) -> tuple[ByteRun, ...]:
    """Free ranges of the volume, as image runs in order; allocated slack is not among them.

    The file system's own books decide (`FileSystem.free`); where there are none that we read, it is all
    that no allocated entry and no metadata met on the walk covers. `held` are the runs that `holding` gives for
    the entries of a whole walk: none of them is ever called free, whatever the books say.
    """
    free = fs.free if by_books else None
    if free is not None:
        return subtract(free.runs, merged(held))
    return subtract([ByteRun(fs.volume.offset, fs.volume.size)], merged([*held, *fs.metadata]))


def holding(entry: Entry) -> Iterator[ByteRun]:
    """The image runs that an entry keeps from being free: of an allocated one, all, its slack too."""
    if entry.allocated and entry.kind is not EntryKind.VIRTUAL:
        yield from (run for run in (*entry.runs, *entry.slack) if run.offset >= 0)

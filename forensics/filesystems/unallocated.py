"""The space of a volume that holds no live stream."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from forensics.evidence.ranges import merged, subtract
from forensics.filesystems.base import Listing
from forensics.model import ByteRun, Entry, EntryKind


def unallocated(fs: Listing, entries: Sequence[Entry]) -> tuple[ByteRun, ...]:
    """Free ranges of the volume, as image runs in order; allocated slack is not among them.

    The file system's own books decide (`FileSystem.free`); where there are none that we read, it is all
    that no allocated entry and no metadata met on the walk covers. `entries` are those of a whole walk:
    nothing that an allocated one holds is ever called free, whatever the books say.
    """
    held = [run for entry in entries if entry.allocated for run in _held(entry)]
    if fs.free is not None:
        return subtract(fs.free.runs, merged(held))
    return subtract([ByteRun(fs.volume.offset, fs.volume.size)], merged([*held, *fs.metadata]))


def _held(entry: Entry) -> Iterator[ByteRun]:
    if entry.kind is not EntryKind.VIRTUAL:
        yield from (run for run in (*entry.runs, *entry.slack) if run.offset >= 0)

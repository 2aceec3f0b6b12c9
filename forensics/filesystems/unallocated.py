"""The space of a volume that its file system's own books call free.

| system | books |
|---|---|
| NTFS | $Bitmap |
| ext2/3/4 | block bitmaps; groups never written are free but for their metadata |
| FAT | the first table; a zero entry is a free cluster |
| exFAT | the allocation bitmap |
| others | everything that no allocated entry and no met metadata covers |
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from forensics.errors import ImpoundError
from forensics.evidence.base import merged
from forensics.filesystems.fat import Geometry
from forensics.filesystems.tsk import FileSystem
from forensics.model import ByteRun, Entry, EntryKind

_BITMAP = 6  # file record of NTFS's $Bitmap
_PIECE = 8 << 20
_LARGEST_BITMAP = 1 << 30


def unallocated(fs: FileSystem, entries: Sequence[Entry]) -> tuple[ByteRun, ...]:
    """Free ranges of the volume, as image runs in order; allocated slack is not among them.

    `entries` are those of a whole walk: they decide where the file system's books cannot be read, and
    nothing that an allocated entry holds is ever called free, whatever the books say.
    """
    try:
        runs = _by_books(fs, entries)
    except ImpoundError:
        runs = None
    held = merged([run for entry in entries if entry.allocated for run in _held(entry)])
    if runs is None:
        runs = [ByteRun(fs.volume.offset, fs.volume.size)]
        held = merged([*held, *fs.metadata])
    return subtract(merged(runs), held)


def subtract(runs: Sequence[ByteRun], taken: Sequence[ByteRun]) -> tuple[ByteRun, ...]:
    """`runs` without the bytes of `taken`; both in order and without overlaps."""
    out: list[ByteRun] = []
    index = 0
    for run in runs:
        at = run.offset
        while index < len(taken) and taken[index].end <= at:
            index += 1
        each = index
        while each < len(taken) and taken[each].offset < run.end:
            if taken[each].offset > at:
                out.append(ByteRun(at, taken[each].offset - at))
            at = max(at, taken[each].end)
            each += 1
        if at < run.end:
            out.append(ByteRun(at, run.end - at))
    return tuple(out)


def _held(entry: Entry) -> Iterable[ByteRun]:
    if entry.kind is not EntryKind.VIRTUAL:
        yield from (run for run in (*entry.runs, *entry.slack) if run.offset >= 0)


def _by_books(fs: FileSystem, entries: Sequence[Entry]) -> list[ByteRun] | None:
    """Free ranges by the file system's own record; None where there is none that we read."""
    if fs.kind == "ntfs":
        bitmap = next((entry for entry in entries if entry.address == _BITMAP and entry.stream is None), None)
        return _bits(fs, bitmap, 0, fs.block_size, 0) if bitmap is not None else None
    books = fs.ext_books
    if books is not None:
        free, first = books.free_blocks()
        return _runs_of(free, fs.volume.offset + first * books.block_size, books.block_size)
    if fs.kind == "exfat":
        bitmap = next((entry for entry in entries if entry.path == "/$ALLOC_BITMAP"), None)
        geometry = Geometry.of(fs.volume, exfat=True)
        if bitmap is None:
            return None
        return _bits(fs, bitmap, geometry.heap, geometry.cluster_size, geometry.clusters)
    if fs.kind.startswith("fat"):
        geometry = Geometry.of(fs.volume, exfat=False)
        free = geometry.free_clusters(fs.volume, int(fs.kind[3:]))
        start = fs.volume.offset + geometry.heap
        runs = _runs_of(free, start, geometry.cluster_size)
        rest = geometry.end - geometry.heap - len(free) * geometry.cluster_size
        if 0 < rest < geometry.cluster_size:  # sectors behind the last whole cluster
            runs.append(ByteRun(start + len(free) * geometry.cluster_size, rest))
        return runs
    return None


def _bits(fs: FileSystem, bitmap: Entry, start: int, unit: int, count: int) -> list[ByteRun] | None:
    """Free units of a bitmap file: bit 0 of byte 0 is the first unit; `count` of 0 means all that fit."""
    most = max(fs.volume.size - start, 0) // unit
    count = min(count or most, most)
    need = -(-count // 8)
    if bitmap.size < need or need > _LARGEST_BITMAP:
        return None
    raw = b"".join(fs.read_runs(bitmap.runs, at, min(_PIECE, need - at)) for at in range(0, need, _PIECE))
    if len(raw) < need:
        return None
    bits = np.unpackbits(np.frombuffer(raw, np.uint8), bitorder="little")[:count]
    return _runs_of(bits == 0, fs.volume.offset + start, unit)


def _runs_of(free: npt.NDArray[np.bool_], start: int, unit: int) -> list[ByteRun]:
    """Runs of true elements, each `unit` bytes from image offset `start` on."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], free, [False])).astype(np.int8)))
    first, end = edges[0::2].tolist(), edges[1::2].tolist()
    return [ByteRun(start + a * unit, (b - a) * unit) for a, b in zip(first, end, strict=True)]

"""Free space as a file system's own books state it.

| system | books |
|---|---|
| NTFS | $Bitmap |
| ext2/3/4 | block bitmaps; groups never written are free but for their metadata |
| FAT | the first table; a zero entry is a free cluster |
| exFAT | the allocation bitmap |
| UDF | the space bitmaps; what lies outside its partitions is free but for its descriptors |
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from forensics.evidence.ranges import merged, subtract
from forensics.filesystems.ext import Books
from forensics.filesystems.fat import Geometry
from forensics.model import ByteRun
from forensics.volumes.volume import VolumeLayer

LARGEST_BITMAP = 1 << 30


class Space:
    """Ranges of an image, in order and without overlaps, that can be asked about."""

    def __init__(self, runs: Sequence[ByteRun]) -> None:
        """Keep `runs`, which are in order already."""
        self.runs = tuple(runs)
        self._starts = [run.offset for run in self.runs]

    def outside(self, runs: Iterable[ByteRun]) -> int:
        """How many bytes of `runs` lie outside; holes do not count."""
        total = 0
        for run in runs:
            if run.offset < 0:
                continue
            total += run.length
            index = max(bisect_right(self._starts, run.offset) - 1, 0)
            while index < len(self.runs) and self.runs[index].offset < run.end:
                each = self.runs[index]
                total -= max(min(each.end, run.end) - max(each.offset, run.offset), 0)
                index += 1
        return total


def from_ntfs(volume: VolumeLayer, cluster_size: int, bitmap: bytes) -> Space:
    """Bit n of $Bitmap is cluster n."""
    return _from_bits(volume, bitmap, 0, cluster_size, volume.size // cluster_size)


def from_exfat(volume: VolumeLayer, bitmap: bytes) -> Space:
    """Bit n of the allocation bitmap is cluster n + 2.

    Raises:
        FormatError: a boot sector that cannot be.
    """
    geometry = Geometry.of(volume, exfat=True)
    return _from_bits(volume, bitmap, geometry.heap, geometry.cluster_size, geometry.clusters)


def from_fat(volume: VolumeLayer, bits: int) -> Space:
    """Clusters with a zero entry in the first table, and the sectors behind the last whole cluster.

    Raises:
        FormatError: a boot sector or a table that cannot be.
    """
    geometry = Geometry.of(volume, exfat=False)
    free = geometry.free_clusters(volume, bits)
    start = volume.offset + geometry.heap
    runs = _runs_of(free, start, geometry.cluster_size)
    held = len(free) * geometry.cluster_size
    rest = geometry.end - geometry.heap - held
    if 0 < rest < geometry.cluster_size:
        runs.append(ByteRun(start + held, rest))
    return Space(merged(runs))


def from_ext(volume: VolumeLayer, books: Books) -> Space:
    """Blocks that the bitmaps of all groups call free."""
    free, first = books.free_blocks()
    return Space(_runs_of(free, volume.offset + first * books.block_size, books.block_size))


def _from_bits(volume: VolumeLayer, bitmap: bytes, start: int, unit: int, count: int) -> Space:
    count = min(count, max(volume.size - start, 0) // unit, len(bitmap) * 8)
    bits = np.unpackbits(np.frombuffer(bitmap, np.uint8), bitorder="little")[:count]
    return Space(_runs_of(bits == 0, volume.offset + start, unit))


def _runs_of(free: npt.NDArray[np.bool_], start: int, unit: int) -> list[ByteRun]:
    """Runs of true elements, each `unit` bytes from image offset `start` on."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], free, [False])).astype(np.int8)))
    first, end = edges[0::2].tolist(), edges[1::2].tolist()
    return [ByteRun(start + a * unit, (b - a) * unit) for a, b in zip(first, end, strict=True)]


def from_udf(
    volume: VolumeLayer, unit: int, parts: Sequence[tuple[int, int, bytes]], taken: Sequence[ByteRun]
) -> Space:
    """Set bits are free blocks: `parts` have a partition's place in the volume, its blocks and its bitmap.

    What lies outside the partitions is free but for `taken`, ranges of the volume in order.
    """
    runs: list[ByteRun] = []
    inside = []
    for start, blocks, bitmap in parts:
        count = min(blocks, max(volume.size - start, 0) // unit, len(bitmap) * 8)
        bits = np.unpackbits(np.frombuffer(bitmap, np.uint8), bitorder="little")[:count]
        runs += _runs_of(bits == 1, volume.offset + start, unit)
        inside.append(ByteRun(start, blocks * unit))
    outside = subtract([ByteRun(0, volume.size)], merged([*inside, *taken]))
    runs += [ByteRun(volume.offset + run.offset, run.length) for run in outside]
    return Space(merged(runs))

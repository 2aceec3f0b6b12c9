"""The folders that a list of planned files implies, and a cluster allocator: shared by the writers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from forensics.scenarios.plan import Planned, Times


@dataclass(slots=True)
class Folder:
    """A directory with its sub-folders and files, in the order they were planned."""

    name: str
    path: str
    folders: dict[str, Folder] = field(default_factory=dict)
    files: list[Planned] = field(default_factory=list)

    def walk(self) -> Iterator[Folder]:
        """This folder and every one below it, parents first."""
        yield self
        for folder in self.folders.values():
            yield from folder.walk()

    @property
    def times(self) -> Times:
        """From the oldest to the newest of what is inside."""
        moments = [times for times in self._moments()]
        newest = max(times.changed for times in moments)
        return Times(min(times.created for times in moments), newest, newest, newest)

    def _moments(self) -> Iterator[Times]:
        for planned in self.files:
            yield planned.times
        for folder in self.folders.values():
            yield folder.times


def plant(files: Iterable[Planned]) -> Folder:
    """The root folder over `files`."""
    root = Folder("", "/")
    for planned in files:
        *names, _ = planned.path.strip("/").split("/")
        folder = root
        for name in names:
            path = f"{folder.path.rstrip('/')}/{name}"
            folder = folder.folders.setdefault(name, Folder(name, path))
        folder.files.append(planned)
    return root


class Clusters:
    """Hands out clusters in ascending order and remembers which are in use."""

    def __init__(self, total: int, first: int = 0) -> None:
        self.used = bytearray(total)
        self.cursor = first

    def take(self, count: int, *, used: bool = True) -> tuple[int, int]:
        """The next `count` free neighbouring clusters, as (first, count)."""
        while (last := self.used.rfind(1, self.cursor, self.cursor + count)) >= 0:
            self.cursor = last + 1
        first = self.cursor
        if first + count > len(self.used):
            raise ValueError("the volume is too small for what is planned")
        self.cursor += count
        if used:
            self.mark(first, count)
        return first, count

    def mark(self, first: int, count: int) -> None:
        """Record clusters as in use."""
        self.used[first : first + count] = b"\x01" * count

    def skip(self, count: int) -> None:
        """Leave the next `count` clusters free."""
        self.cursor += count

    def runs(self, planned: Planned, count: int, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Runs for a file of `count` clusters; `taken` are those of the deleted file it lies over."""
        if not count:
            return []
        if planned.over is not None:
            clusters = [first + step for first, length in taken for step in range(length)]
            mine = clusters[planned.over[1] : planned.over[1] + count]
            if len(mine) < count or mine[-1] - mine[0] != count - 1:
                raise ValueError(f"{planned.path} does not fit over {planned.over[0]}")
            self.mark(mine[0], count)
            return [(mine[0], count)]
        runs = []
        left = count
        for piece in planned.cuts:
            runs.append(self.take(piece, used=not planned.deleted))
            self.skip(3)
            left -= piece
        runs.append(self.take(left, used=not planned.deleted))
        return runs

    def bitmap(self, size: int) -> bytes:
        """One bit a cluster, least significant first; bits past the end are set."""
        bits = bytearray(b"\xff" * size)
        for cluster, used in enumerate(self.used):
            if not used:
                bits[cluster >> 3] &= ~(1 << (cluster & 7)) & 0xFF
        return bytes(bits)


def extents_of(
    runs: Sequence[tuple[int, int]], cluster_size: int, size: int, base: int = 0
) -> tuple[tuple[int, int], ...]:
    """Byte extents of a stream of `size` bytes in cluster `runs`."""
    extents = []
    left = size
    for first, count in runs:
        length = min(left, count * cluster_size)
        if length:
            extents.append((base + first * cluster_size, length))
        left -= length
    return tuple(extents)

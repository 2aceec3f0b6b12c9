"""The layers that the sweep hands to detectors: an entry by its runs, or an area of the image."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from forensics.model import ByteRun, Layer, Locator

SPARSE = -1  # offset of a run that holds no bytes and reads as zeros


class Readable(Protocol):
    """Anything that gives bytes at an offset."""

    def read(self, offset: int, length: int) -> bytes:
        """Bytes from `offset`, shorter only at the end."""
        ...


class RunsLayer:
    """Bytes of the image joined from runs, in order: a file that is stored plainly.

    Runs shorter than `size` in sum leave the rest as zeros (never initialised, or not addressed).
    """

    def __init__(self, image: Readable, locator: Locator, runs: Sequence[ByteRun], size: int) -> None:
        """Join `runs` (image offsets; -1 for sparse) to a layer of `size` bytes."""
        self._image = image
        self._locator = locator
        self._size = size
        self._runs = tuple(runs)
        self._starts: list[int] = []
        position = 0
        for run in self._runs:
            self._starts.append(position)
            position += run.length

    @property
    def locator(self) -> Locator:
        """Where this layer stands."""
        return self._locator

    @property
    def size(self) -> int:
        """Bytes of the stream."""
        return self._size

    def _pieces(self, offset: int, length: int) -> Iterator[tuple[int, int]]:
        """(image offset or -1, length) that together cover the range."""
        end = min(offset + length, self._size)
        index = max(0, bisect.bisect_right(self._starts, offset) - 1)
        while offset < end and index < len(self._runs):
            run, start = self._runs[index], self._starts[index]
            inner = offset - start
            if inner < run.length:
                count = min(run.length - inner, end - offset)
                yield (SPARSE if run.offset == SPARSE else run.offset + inner), count
                offset += count
            index += 1
        if offset < end:
            yield SPARSE, end - offset

    def read(self, offset: int, length: int) -> bytes:
        """Bytes from `offset`."""
        if offset < 0 or length <= 0:
            return b""
        return b"".join(
            bytes(count) if place == SPARSE else self._image.read(place, count)
            for place, count in self._pieces(offset, length)
        )

    def runs(self, offset: int, length: int) -> Iterator[ByteRun]:
        """Image ranges of these bytes, adjacent ones joined."""
        held: ByteRun | None = None
        for place, count in self._pieces(offset, length):
            if place == SPARSE:
                continue
            if held is not None and held.end == place:
                held = ByteRun(held.offset, held.length + count)
                continue
            if held is not None:
                yield held
            held = ByteRun(place, count)
        if held is not None:
            yield held


class AccompaniedLayer:
    """The bytes of an entry whose folder holds companions of it (`forensics.detectors.base.companion`)."""

    def __init__(
        self, layer: Layer, companions: Mapping[str, Mapping[str, Any]], opened: Callable[[Mapping[str, Any]], Layer]
    ) -> None:
        """`layer`, and by suffix the planned entry that `opened` opens when it is asked for."""
        self._layer = layer
        self._planned = companions
        self._opened = opened
        self._companions: dict[str, Layer] = {}

    @property
    def locator(self) -> Locator:
        """Where the entry stands."""
        return self._layer.locator

    @property
    def size(self) -> int:
        """Bytes of the entry."""
        return self._layer.size

    def read(self, offset: int, length: int) -> bytes:
        """Bytes of the entry."""
        return self._layer.read(offset, length)

    def runs(self, offset: int, length: int) -> Iterator[ByteRun]:
        """Their image ranges."""
        return self._layer.runs(offset, length)

    def companion(self, suffix: str) -> Layer | None:
        """The bytes of the companion of that suffix."""
        if suffix in self._planned and suffix not in self._companions:
            self._companions[suffix] = self._opened(self._planned[suffix])
        return self._companions.get(suffix)


def area(image: Readable, locator: Locator, start: int, end: int) -> RunsLayer:
    """A contiguous area of the image as a layer of its own, addressed from its beginning."""
    return RunsLayer(image, locator, (ByteRun(start, end - start),), end - start)

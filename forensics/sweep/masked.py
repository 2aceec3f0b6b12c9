"""An image without the bytes that an authority leaves outside: they read as zeros to whatever searches."""

from __future__ import annotations

import bisect
from collections.abc import Sequence

from forensics.sweep.layers import Readable


class MaskedImage:
    """An image with ranges of zeros in it."""

    def __init__(self, image: Readable, runs: Sequence[Sequence[int]]) -> None:
        """Blank [start, end) of each of `runs`, which are in order and do not overlap."""
        self._image = image
        self._starts = [start for start, _ in runs]
        self._ends = [end for _, end in runs]

    def read(self, offset: int, length: int) -> bytes:
        """Bytes from `offset`."""
        data = self._image.read(offset, length)
        stop = offset + len(data)
        at = bisect.bisect_right(self._ends, offset)
        if at == len(self._starts) or self._starts[at] >= stop:
            return data
        blanked = bytearray(data)
        while at < len(self._starts) and self._starts[at] < stop:
            low, high = max(self._starts[at], offset), min(self._ends[at], stop)
            blanked[low - offset : high - offset] = bytes(high - low)
            at += 1
        return bytes(blanked)

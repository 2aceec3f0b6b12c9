"""UTF-16LE text seen as single bytes, without copying the evidence: the narrowed view.

A run of characters U+0009, U+000A, U+000D and U+0020 to U+007E, each followed by a zero byte, reads
as ASCII. Offsets in the view count characters from the even (or odd) beginning of the layer below,
so that they do not depend on where a run was met.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from forensics.model import ByteRun, Layer, Locator

SHORTEST = 8  # characters


def runs_of_wide_text(data: bytes | memoryview) -> list[tuple[int, int]]:
    """Half-open byte ranges of `data` that hold `SHORTEST` or more such characters, both parities."""
    found: list[tuple[int, int]] = []
    for parity in (0, 1):
        usable = (len(data) - parity) // 2
        if usable < SHORTEST:
            continue
        units = np.frombuffer(data, "<u2", usable, parity)
        text: npt.NDArray[np.bool_] = (units - np.uint16(0x20)) < np.uint16(0x5F)
        text |= (units == 10) | (units == 13) | (units == 9)
        pairs = text[:-1] & text[1:]
        fours = pairs[:-2] & pairs[2:]
        eights = fours[:-4] & fours[4:]
        if not eights.any():
            continue
        edges = np.flatnonzero(np.diff(np.concatenate(([False], eights, [False])).astype(np.int8)))
        for low, high in edges.reshape(-1, 2).tolist():
            found.append((parity + 2 * low, parity + 2 * (high + SHORTEST - 1)))
    return found


class NarrowLayer:
    """The narrowed view of a layer, at one parity. Bytes that are not such text read as NUL."""

    def __init__(self, below: Layer, parity: int) -> None:
        """View `below` from its byte `parity` (0 or 1) on."""
        self.below = below
        self.parity = parity
        self._locator = Locator("utf-16le" if parity == 0 else "utf-16le+1", below.locator)

    @property
    def locator(self) -> Locator:
        """One step below the layer that is viewed."""
        return self._locator

    @property
    def size(self) -> int:
        """Characters."""
        return (self.below.size - self.parity) // 2

    def read(self, offset: int, length: int) -> bytes:
        """Characters from `offset`; NUL for those that are not plain text."""
        if offset < 0 or length <= 0:
            return b""
        data = self.below.read(self.parity + 2 * offset, 2 * min(length, self.size - offset))
        units = np.frombuffer(data, "<u2", len(data) // 2)
        text = (units - np.uint16(0x20)) < np.uint16(0x5F)
        text |= (units == 10) | (units == 13) | (units == 9)
        return np.where(text, units, 0).astype(np.uint8).tobytes()

    def runs(self, offset: int, length: int) -> Iterator[ByteRun]:
        """The image ranges of the two-byte characters."""
        return self.below.runs(self.parity + 2 * offset, 2 * length)

"""UTF-16 text seen as single bytes, without copying the evidence: the narrowed view.

A run of characters U+0009, U+000A, U+000D and U+0020 to U+007E, each followed by a zero byte, reads
as ASCII. Offsets in the view count characters from the even (or odd) beginning of the layer below,
so that they do not depend on where a run was met.

Text in UTF-16BE is the same bytes seen from one byte further on, but for its last character where no
zero byte follows it. For that one there is a view of big-endian characters.
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


def big_endian_run(data: bytes | memoryview, run: tuple[int, int]) -> tuple[int, int] | None:
    """The same text as big-endian characters, if that goes on by one: the range of their second bytes."""
    begin, stop = run
    if stop >= len(data) or not 0x20 <= data[stop] <= 0x7E:
        return None
    return (begin if begin and data[begin - 1] == 0 else begin + 2), stop + 2


class NarrowLayer:
    """The narrowed view of a layer, at one parity. Bytes that are not such text read as NUL."""

    def __init__(self, below: Layer, parity: int, *, big_endian: bool = False) -> None:
        """View `below` from its byte `parity` (0 or 1) on."""
        self.below = below
        self.parity = parity
        self._units = ">u2" if big_endian else "<u2"
        step = "utf-16be" if big_endian else "utf-16le"
        self._locator = Locator(step if parity == 0 else f"{step}+1", below.locator)

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
        units = np.frombuffer(data, self._units, len(data) // 2)
        text = (units - np.uint16(0x20)) < np.uint16(0x5F)
        text |= (units == 10) | (units == 13) | (units == 9)
        return np.where(text, units, 0).astype(np.uint8).tobytes()

    def runs(self, offset: int, length: int) -> Iterator[ByteRun]:
        """The image ranges of the two-byte characters."""
        return self.below.runs(self.parity + 2 * offset, 2 * length)

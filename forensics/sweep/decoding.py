"""Decoded streams as layers, and the budget that bounds decoding.

A decoded stream's bytes are addressed in the stream; `runs` lead back to the image: piece by piece
where the encoding keeps positions, otherwise to the whole encoded source.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field

from forensics.model import ByteRun, Layer, Locator
from forensics.sweep.decoders.base import Decoded, Decoder

DEEPEST = 5  # streams within streams
LARGEST_STREAM = 128 << 20  # decoded bytes of one stream directly below an entry or area
LARGEST_NESTED = 32 << 20  # … and of a stream within a stream
LARGEST_TOTAL = 512 << 20  # decoded bytes of one unit of work


@dataclass(slots=True)
class Budget:
    """Decoded bytes that one unit of work may still make, and the sentences on what it did not."""

    left: int = LARGEST_TOTAL
    refused: dict[str, str] = field(default_factory=dict)  # locator -> why decoding stopped there

    def limit(self, depth: int) -> int:
        """Decoded bytes that a stream at `depth` (0: directly below an entry or area) may have."""
        if depth >= DEEPEST:
            return 0
        return max(0, min(self.left, LARGEST_STREAM if depth == 0 else LARGEST_NESTED))


def step_of(kind: str, at: int, index: int) -> str:
    """The step of a locator that leads to a decoded stream."""
    return f"{kind}@{at}/{index}" if index else f"{kind}@{at}"


class DecodedLayer:
    """A decoded stream as a layer above the one that holds its encoded bytes."""

    def __init__(self, below: Layer, step: str, decoded: Decoded) -> None:
        """Place `decoded` above `below`."""
        self._below = below
        self._locator = Locator(step, below.locator)
        self._decoded = decoded
        self._starts = [place[0] for place in decoded.places]
        self._whole = None if decoded.places else tuple(below.runs(decoded.source.offset, decoded.source.length))

    @property
    def locator(self) -> Locator:
        """One step below the encoded layer."""
        return self._locator

    @property
    def size(self) -> int:
        """Decoded bytes."""
        return len(self._decoded.data)

    def read(self, offset: int, length: int) -> bytes:
        """Decoded bytes from `offset`."""
        if offset < 0 or length <= 0:
            return b""
        return self._decoded.data[offset : offset + length]

    def runs(self, offset: int, length: int) -> Iterator[ByteRun]:
        """The image ranges that hold the encoded form of these bytes."""
        if length <= 0:
            return
        if self._whole is not None:
            yield from self._whole
            return
        places = self._decoded.places
        first = max(0, bisect.bisect_right(self._starts, offset) - 1)
        last = max(first, bisect.bisect_left(self._starts, offset + length) - 1)
        start, end = places[first][1], places[first][1] + places[first][2]
        if self._keeps(first):
            start += min(offset - places[first][0], places[first][2] - 1)
        for _, source, size in places[first + 1 : last + 1]:
            if source != end:  # pages of a database need not stand in order
                yield from self._below.runs(start, end - start)
                start = source
            end = source + size
        if self._keeps(last):
            end -= max(0, places[last][0] + places[last][2] - offset - length)
        yield from self._below.runs(start, end - start)

    def _keeps(self, number: int) -> bool:
        """Whether a piece is no shorter decoded than stored, so that its bytes have places of their own."""
        behind = self._starts[number + 1] if number + 1 < len(self._starts) else len(self._decoded.data)
        start, _, size = self._decoded.places[number]
        return behind - start >= size


def streams(decoder: Decoder, below: Layer, at: int, depth: int, budget: Budget) -> Iterator[tuple[Decoded, Layer]]:
    """What `decoder` makes of `below` at `at`, with its layer, within the budget."""
    limit = budget.limit(depth)
    if not limit:
        budget.refused[str(below.locator)] = "decoding stopped: too deep, or too many decoded bytes in one unit of work"
        return
    for decoded in decoder.decode(below, at, limit):
        budget.left -= len(decoded.data)
        step = step_of(decoder.kind, at, decoded.index)
        if not decoded.complete:
            budget.refused[f"{below.locator} > {step}"] = decoded.caveat
        if decoded.data:
            yield decoded, DecodedLayer(below, step, decoded)


def reopen(decoder: Decoder, below: Layer, at: int, index: int) -> Layer:
    """The stream of a locator's step again.

    Raises:
        ValueError: these bytes do not give that stream.
    """
    for decoded in decoder.decode(below, at, LARGEST_STREAM):
        if decoded.index == index:
            return DecodedLayer(below, step_of(decoder.kind, at, index), decoded)
    raise ValueError(f"{below.locator}: no {decoder.kind} stream {index} at {at:,}")

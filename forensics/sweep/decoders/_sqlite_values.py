"""Values of SQLite records set apart: joined with line feeds around a NUL, each with its place in the layer below.

In a record the values stand side by side, and the header's numbers before the first can be letters: a word at
the edge of a value then looks longer than it is. Only values with such a neighbour are taken of a record that
fits its page; all values are of one that does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from forensics.model import ByteRun
from forensics.primitives.sqlite.pages import Cell, cells
from forensics.primitives.sqlite.record import types_of, width
from forensics.sweep.decoders._streams import cut
from forensics.sweep.decoders.base import Decoded

BATCH = 1 << 20  # octets of one stream
SHORTEST = 6  # octets; nothing that is looked for has fewer
_CONTROL = frozenset((*range(0x20), 0x7F))  # what cannot be taken for part of a text's word
_TEXT = bytes(each for each in range(256) if each >= 0x20 or each in (9, 10, 13))
_BETWEEN = {"utf-8": b"\n\0\n", "utf-16-le": b"\n\0\0\0\n\0", "utf-16-be": b"\0\n\0\0\0\n"}

Piece = tuple[int, int, int]  # decoded offset, source offset, length


@dataclass(slots=True)
class Values:
    """Values on their way into one stream."""

    encoding: str
    data: bytearray = field(default_factory=bytearray)
    places: list[Piece] = field(default_factory=list)

    def add(self, pieces: list[tuple[int, bytes]]) -> None:
        """A value, as the parts that it is stored in: (offset in the layer below, octets)."""
        if self.data:
            self.data += _BETWEEN[self.encoding]
        for offset, stored in pieces:
            if stored:
                self.places.append((len(self.data), offset, len(stored)))
                self.data += stored

    def stream(self, index: int, left: int, limit: int, caveat: str = "") -> Decoded | None:
        """What was added, at most `left` octets of it."""
        if not self.places or left <= 0:
            return None
        if self.encoding == "utf-16-be":  # the sweep tells such text by what is behind it
            self.data += _BETWEEN[self.encoding][: max(0, left - len(self.data))]
        if len(self.data) > left:
            caveat = cut(limit)
        places = tuple(
            (start, offset, min(length, left - start)) for start, offset, length in self.places if start < left
        )
        low = min(offset for _, offset, _ in places)
        high = max(offset + length for _, offset, length in places)
        return Decoded(bytes(self.data[:left]), ByteRun(low, high - low), "", index, not caveat, caveat, places)


def streams(encoding: str, limit: int, fillers: Iterable[Callable[[Values, int], None]]) -> Iterator[Decoded]:
    """Streams of about BATCH octets, `limit` in all; a filler adds values, told how many octets are left."""
    left, index = limit, 0
    values = Values(encoding)
    for fill in fillers:
        fill(values, left)
        if len(values.data) < min(BATCH, left):
            continue
        decoded = values.stream(index, left, limit)
        values = Values(encoding)
        if decoded is not None:
            left -= len(decoded.data)
            index += 1
            yield decoded
        if left <= 0:
            return
    decoded = values.stream(index, left, limit)
    if decoded is not None:
        yield decoded


def add_touching(values: Values, page: bytes, base: int, start: int, usable: int) -> Iterator[tuple[Cell, int]]:
    """Add the values of a leaf at layer offset `base` that a neighbour touches; yields cells that spill.

    With each comes the length of its record's header.
    """
    for cell in cells(page, start, usable):
        record = types_of(page, cell.payload, cell.total)
        if record is None or record[0] > cell.local:
            continue
        if cell.local < cell.total:
            yield cell, record[0]
            continue
        add_record(values, page, base, cell.payload + record[0], record[1])


def add_record(values: Values, page: bytes, base: int, position: int, kinds: list[int]) -> None:
    """Add the touched values of a record whose values begin at `position` of a page."""
    size = len(page)
    always = values.encoding != "utf-8"
    for kind in kinds:
        if kind < 12 + 2 * SHORTEST:
            position += width(kind)
            continue
        end = position + ((kind - 12) >> 1)
        touched = page[position - 1] not in _CONTROL or (end < size and page[end] not in _CONTROL)
        if (touched or always) and (kind & 1 or not page[position:end].translate(None, _TEXT)):
            values.add([(base + position, page[position:end])])
        position = end


def add_spilled(values: Values, payload: list[tuple[int, bytes]], header: int, kinds: list[int]) -> None:
    """Add the texts and blobs of a record whose payload is in parts: (offset in the layer below, octets)."""
    low = header
    for kind in kinds:
        high = low + width(kind)
        if kind >= 12 + 2 * SHORTEST:
            values.add(list(_within(payload, low, high)))
        low = high


def _within(payload: list[tuple[int, bytes]], low: int, high: int) -> Iterator[tuple[int, bytes]]:
    position = 0
    for offset, stored in payload:
        first, last = max(low - position, 0), min(high - position, len(stored))
        if first < last:
            yield offset + first, stored[first:last]
        position += len(stored)

"""Escaped text: the parts of a text that contain escapes, decoded and joined to one stream.

A text is a stretch without control characters other than tab, CR and LF. It is decoded in cells of
`CELL` bytes of the layer: only the first escape of a text in a cell makes the stream, so that each place
is decoded once however the sweep is divided. To find out, as much is read backwards as lies between two
escapes, so dense ones cost little.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from forensics.model import ByteRun, Layer
from forensics.sweep.decoders._streams import cut
from forensics.sweep.decoders.base import Decoded

CELL = 1 << 20
REACH = 1 << 12  # a part that begins in the cell is followed so far beyond it
WIDEST = 256  # no escape with what its trigger wants around it is longer

Places = list[tuple[int, int, int]]
# Bytes that are not text become 0.
_TEXT = bytes(each if each in (9, 10, 13) or (each >= 0x20 and each != 0x7F) else 0 for each in range(256))


def first_of_text(layer: Layer, at: int, triggers: Sequence[re.Pattern[bytes]]) -> int | None:
    """Where the text around the match end `at` begins in its cell; None if a trigger matches before it there."""
    cell = (at - 1) // CELL * CELL
    if at < 1:
        return None
    size = WIDEST
    while True:
        low = max(cell, at - size)
        window = layer.read(low, at - low)
        begin = window.translate(_TEXT).rfind(b"\0") + 1
        if len(window) < at - low or begin == len(window):
            return None
        # A match that ends in the cell may start before it.
        lead = layer.read(max(0, low - WIDEST), low - max(0, low - WIDEST)) if not begin else b""
        lead = lead[lead.translate(_TEXT).rfind(b"\0") + 1 :]
        text = lead + window[begin:]
        for trigger in triggers:
            for match in trigger.finditer(text):
                if len(lead) < match.end() < len(text):
                    return None
        if begin or low == cell:
            return low + begin
        size <<= 2


def escaped(
    layer: Layer,
    at: int,
    limit: int,
    triggers: Sequence[re.Pattern[bytes]],
    mark: bytes,
    parts: re.Pattern[bytes],
    escape: re.Pattern[bytes],
    replace: Callable[[re.Match[bytes]], bytes],
    least: int = 1,
) -> Iterator[Decoded]:
    """The parts with `least` or more escapes of the text around `at`, decoded and joined by line feeds.

    Args:
        layer: the text's layer.
        at: the end of a trigger's match.
        limit: the most decoded bytes.
        triggers: expressions of all triggers.
        mark: the first byte of every escape.
        parts: what belongs together: one string, one word; never more than a line.
        escape: one escape.
        replace: its bytes.
        least: escapes that a part must have.
    """
    start = first_of_text(layer, at, triggers)
    if start is None or limit <= 0:
        return
    edge = (at - 1) // CELL * CELL + CELL
    text = layer.read(start, edge + REACH - start)
    stop = text.translate(_TEXT).find(b"\0")
    text = text if stop < 0 else text[:stop]
    out = bytearray()
    places: Places = []
    first = last = -1
    for part in _marked(text, mark, parts):
        if part.start() >= edge - start or len(out) > limit:
            break
        found = list(escape.finditer(text, part.start(), part.end()))
        if len(found) < least:
            continue
        if first < 0:
            first = part.start()
        else:
            out += b"\n"
        position = part.start()
        for match in found:
            _keep(out, places, text[position : match.start()], start + position, match.start() - position)
            _keep(out, places, replace(match), start + match.start(), match.end() - match.start())
            position = match.end()
            if len(out) > limit:
                break
        else:
            _keep(out, places, text[position : part.end()], start + position, part.end() - position)
            position = part.end()
        last = position
    if first < 0 or not out:
        return
    caveat = cut(limit) if len(out) > limit else ""
    yield Decoded(
        bytes(out[:limit]),
        ByteRun(start + first, last - first),
        complete=not caveat,
        caveat=caveat,
        places=tuple(place for place in places if place[0] < limit),
    )


def _marked(text: bytes, mark: bytes, parts: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
    """The parts of the lines that have the mark."""
    position = 0
    while (found := text.find(mark, position)) >= 0:
        begin = text.rfind(b"\n", position, found) + 1 or position
        stop = text.find(b"\n", found)
        position = len(text) if stop < 0 else stop
        yield from parts.finditer(text, begin, position)


def _keep(out: bytearray, places: Places, data: bytes, source: int, length: int) -> None:
    if data:
        places.append((len(out) if places else 0, source, length))
        out += data

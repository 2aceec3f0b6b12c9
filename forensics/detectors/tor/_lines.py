"""Lines of text with their places, forwards from a place and backwards to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from forensics.model import ByteRun, Layer

LONGEST = 16 << 10  # a line above this length ends what is read
MOST = 1 << 20  # bytes of lines that are read in one direction


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end, and the offset of its first byte."""

    offset: int
    data: bytes

    @property
    def text(self) -> str:
        """The line as UTF-8; what is not stands as `\\ufffd`."""
        return self.data.decode("utf-8", "replace")

    @property
    def span(self) -> ByteRun:
        """Its bytes."""
        return ByteRun(self.offset, len(self.data))


def start_of_line(layer: Layer, at: int) -> int:
    """Where the line with the byte in front of `at` starts: behind an end of line, a NUL, or at the limit."""
    base = max(0, at - LONGEST)
    window = layer.read(base, at - base)
    return base + max(window.rfind(b"\n"), window.rfind(b"\0")) + 1


def forwards(layer: Layer, start: int, most: int = MOST) -> Iterator[Line]:
    """The lines from `start`, which starts one, to a NUL, the end of the layer or the limit."""
    position, end = start, start + most
    while position < end:
        data = layer.read(position, min(end - position, 64 << 10))
        text, nul, _ = data.partition(b"\0")
        at = 0
        while (stop := text.find(b"\n", at)) >= 0:
            yield Line(position + at, text[at:stop].removesuffix(b"\r"))
            at = stop + 1
        last = position + len(data) >= end or len(data) < 64 << 10
        if nul or last or not at:
            if at < len(text) and len(text) - at <= LONGEST:
                yield Line(position + at, text[at:].removesuffix(b"\r"))
            return
        position += at


def backwards(layer: Layer, start: int, most: int = MOST) -> Iterator[Line]:
    """The lines in front of `start`, which starts one, the nearest first, to a NUL or the limit."""
    base = max(0, start - most)
    window = layer.read(base, start - base)
    floor = window.rfind(b"\0") + 1
    if not floor and base:
        floor = window.find(b"\n") + 1
        if not floor:
            return
    stop = len(window) - 1  # the end of line in front of `start`
    while stop >= floor and window[stop : stop + 1] == b"\n":
        at = max(window.rfind(b"\n", floor, stop) + 1, floor)
        yield Line(base + at, window[at:stop].removesuffix(b"\r"))
        stop = at - 1

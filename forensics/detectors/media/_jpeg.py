"""Segments of a JPEG file (ITU-T T.81 annex B) up to the compressed data.

FF D8                      start
FF xx, u16 length, data    segments; length counts itself; Exif: xx = E1, "Exif" 00 00
FF DA …                    compressed data
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from forensics.model import Layer

MOST_SEGMENTS = 500
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment: its marker, and offset and length of its data in the layer; `head` are its first octets."""

    marker: int
    offset: int
    length: int
    head: bytes

    @property
    def is_frame(self) -> bool:
        """Whether it states the size of the picture."""
        return self.marker in _FRAMES


def segments(layer: Layer, start: int) -> Iterator[Segment]:
    """Segments behind the start marker at `start`, until the compressed data or something else follows."""
    at = start + 2
    for _ in range(MOST_SEGMENTS):
        stored = layer.read(at, 40)
        padding = len(stored) - len(stored.lstrip(b"\xff"))
        if padding == 0 or padding >= len(stored):
            return
        at += padding - 1
        if len(stored) < padding + 3:
            return
        marker = stored[padding]
        if marker in (0x00, 0x01, 0xD8, 0xD9) or 0xD0 <= marker <= 0xD7:
            return
        length = int.from_bytes(stored[padding + 1 : padding + 3], "big")
        if length < 2:
            return
        yield Segment(marker, at + 4, length - 2, stored[padding + 3 : padding + 3 + length - 2])
        if marker == 0xDA:
            return
        at += 2 + length

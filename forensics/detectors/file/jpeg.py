"""JPEG pictures (ITU-T T.81 annex B).

| bytes                  | content                                                                   |
|------------------------|---------------------------------------------------------------------------|
| FF D8                  | start                                                                     |
| FF xx, u16 length, …   | segments; the length counts itself                                          |
| FF DA, u16 length, …   | head of a scan; compressed data follow, in which FF is followed by 00 or D0-D7 |
| FF D9                  | end                                                                       |

Several scans may follow one another. In data of another file FF is followed by something else after a few
hundred bytes on average: that is where a picture whose rest is overwritten or elsewhere ends.

Not recorded: the length of the file. That the compressed data between two markers belong together is not
checked; two pictures of which the second's middle follows the first's beginning look like one.
"""

from __future__ import annotations

import re
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger
from forensics.detectors.file._carve import LARGEST, PIECE, Carved, FileDetector, known
from forensics.detectors.file._specimens import JPEG, PROGRESSIVE
from forensics.model import Layer

MOST_SEGMENTS = 2_000
_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_TABLES = frozenset((0xC4, 0xCC, 0xDA, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF, *range(0xE0, 0xF0), 0xFE))


class Jpeg(FileDetector):
    """Walks segments and scans to the end marker."""

    kind = "file/jpeg"
    title = "JPEG picture, carved"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\xff\xd8\xff[\xc0-\xcf\xdb\xdd\xe0-\xef\xfe]", at=0, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = ("ITU-T T.81 annex B",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("one scan", JPEG, known(JPEG), "Pillow"),
        Specimen("several scans", PROGRESSIVE, known(PROGRESSIVE), "Pillow"),
        Specimen("cut in a scan", PROGRESSIVE[:-9], known(PROGRESSIVE[:-9]), "Pillow, cut"),
        Specimen("truncated in its tables", JPEG[:90], None, "Pillow, cut"),
        Specimen("wrong length of a segment", JPEG[:4] + b"\0\1" + JPEG[6:], None, "Pillow, changed"),
        Specimen("look-alike: magic alone", b"\xff\xd8\xff\xe0" + b"JFIF" * 20, None, "made by hand"),
    )

    def carve(self, layer: Layer, at: int) -> Carved | None:
        """As the table says; a picture needs a frame and a scan."""
        position, facts, scans = at + 2, dict[str, int](), 0
        for _ in range(MOST_SEGMENTS):
            head = layer.read(position, 9)
            padding = len(head) - len(head.lstrip(b"\xff"))
            if not padding or padding > 4 or len(head) < padding + 3:
                return None
            marker, body = head[padding], position + padding + 1
            length = int.from_bytes(head[padding + 1 : padding + 3], "big")
            if (marker not in _TABLES and marker not in _FRAMES) or length < 2 or body + length > layer.size:
                return _held(at, position, facts, scans, "something else")
            if marker in _FRAMES:
                frame = layer.read(body + 2, 6)
                facts = {"width": int.from_bytes(frame[3:5], "big"), "height": int.from_bytes(frame[1:3], "big")}
                if frame[0] not in (8, 12, 16) or not facts["width"] or not 1 <= frame[5] <= 4:
                    return None
            position = body + length
            if marker != 0xDA:
                continue
            components = layer.read(body + 2, 1)[0]
            if not facts or length != 6 + 2 * components:
                return None
            scans += 1
            place = _next_marker(layer, position, at + LARGEST)
            if place is None:
                end = _data_end(layer, position, min(layer.size, at + LARGEST))
                return _held(at, end, facts, scans, "no marker follows")
            position, found = place
            if found == 0xD9:
                return Carved(position + 2 - at, 40, facts=facts)
            if found not in _TABLES:
                return _held(at, position, facts, scans, "something else")
        return _held(at, position, facts, scans, "too many segments")


def _held(at: int, end: int, facts: dict[str, int], scans: int, broken: str) -> Carved | None:
    return Carved(end - at, 24, broken, facts=facts) if facts and scans else None


def _next_marker(layer: Layer, start: int, most: int) -> tuple[int, int] | None:
    """Offset and number of the first marker in compressed data, other than a restart."""
    position = start
    while position < min(most, layer.size):
        data = layer.read(position, PIECE)
        match = _MARKER.search(data)
        if match:
            return position + match.end() - 2, data[match.end() - 1]
        step = len(data.rstrip(b"\xff"))
        if step < len(data) - 16 or len(data) < PIECE:
            return None
        position += step
    return None


def _data_end(layer: Layer, start: int, end: int) -> int:
    """Where data that no marker ends are followed by zeros or line feeds to the end of the layer."""
    while end > start:
        size = min(PIECE, end - start)
        data = layer.read(end - size, size)
        kept = data.rstrip(b"\0\n\xff")
        if kept:
            return end - size + len(kept)
        end -= size
    return start


DETECTOR: Detector = Jpeg()

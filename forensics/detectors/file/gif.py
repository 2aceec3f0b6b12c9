"""GIF pictures (GIF89a specification).

| offset | length | content                                                                    |
|--------|--------|----------------------------------------------------------------------------|
| 0      | 6      | "GIF87a" or "GIF89a"                                                        |
| 6      | 7      | u16 width, u16 height, flags (80: table of colours of 2 << low three bits), background, aspect |
| 13     | …      | table of colours, three bytes each                                          |
|        |        | 21, label, sub-blocks: an extension                                         |
|        |        | 2C, u16 left, top, width, height, flags, table; code size, sub-blocks: a picture |
|        |        | 3B: the end                                                                |

Sub-blocks are a length and as many bytes, up to one of length 0.

Not recorded: the length of the file; there are no checksums, so a picture is as sure as its walk is long.
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger
from forensics.detectors.file._carve import LARGEST, Carved, FileDetector, known
from forensics.detectors.file._specimens import GIF
from forensics.model import Layer

MOST_BLOCKS = 50_000
_LABELS = (0x01, 0xF9, 0xFE, 0xFF)


class Gif(FileDetector):
    """Walks blocks to the trailer."""

    kind = "file/gif"
    title = "GIF picture, carved"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"GIF8[79]a", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("CompuServe, Graphics Interchange Format version 89a",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a picture", GIF, known(GIF), "Pillow"),
        Specimen("without the end", GIF[:-1], known(GIF[:-1]), "Pillow, cut"),
        Specimen("truncated", GIF[:20], None, "Pillow, cut"),
        Specimen("a picture larger than the screen", GIF[:6] + b"\1\0\1\0" + GIF[10:], None, "Pillow, changed"),
        Specimen("look-alike: a word", b"the formats GIF87a and GIF89a are old", None, "made by hand"),
    )

    def carve(self, layer: Layer, at: int) -> Carved | None:
        """As the table says; at least one whole picture."""
        head = layer.read(at, 13)
        if len(head) < 13:
            return None
        width, height = int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")
        if not width or not height or width > 20_000 or height > 20_000:
            return None
        position = at + 13 + _table(head[10])
        pictures = 0
        facts = {"width": width, "height": height}
        for _ in range(MOST_BLOCKS):
            block = layer.read(position, 11)
            if block[:1] == b"\x3b" and pictures:
                return Carved(position + 1 - at, min(60, 24 + 8 * pictures), facts=facts)
            end = None
            if block[:1] == b"\x21" and len(block) > 1 and block[1] in _LABELS:
                end = _sub_blocks(layer, position + 2, at + LARGEST)
            elif block[:1] == b"\x2c" and len(block) == 11:
                left, top, wide, high = (int.from_bytes(block[n : n + 2], "little") for n in (1, 3, 5, 7))
                data = position + 10 + _table(block[9])
                if left + wide <= width and top + high <= height and layer.read(data, 1) in (*_CODES,):
                    end = _sub_blocks(layer, data + 1, at + LARGEST)
                    pictures += end is not None
            if end is None:
                break
            position = end
        return Carved(position - at, 24, "something else", facts=facts) if pictures else None


_CODES = tuple(bytes((size,)) for size in range(1, 9))


def _table(flags: int) -> int:
    """Bytes of a table of colours."""
    return 3 * (2 << (flags & 7)) if flags & 0x80 else 0


def _sub_blocks(layer: Layer, position: int, most: int) -> int | None:
    """The offset behind a chain of sub-blocks."""
    data, base = b"", position
    while position < most:
        if not base <= position < base + len(data):
            base, data = position, layer.read(position, 1 << 16)
            if not data:
                return None
        length = data[position - base]
        position += 1 + length
        if not length:
            return position
        if position > layer.size:
            return None
    return None


DETECTOR: Detector = Gif()

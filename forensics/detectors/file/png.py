"""PNG pictures (W3C PNG, ISO/IEC 15948).

| offset | length | content                                                                   |
|--------|--------|---------------------------------------------------------------------------|
| 0      | 8      | 89 "PNG" 0D 0A 1A 0A                                                       |
| 8      | 25     | chunk IHDR: u32 width, u32 height, depth, colour, compression, filter, interlace |
| 33     | …      | chunks: u32 length, type of four letters, data, CRC-32 of type and data     |
|        | 12     | chunk IEND, empty                                                         |

A picture holds together as far as its checksums do.

Not recorded: the length of the file.
"""

from __future__ import annotations

import zlib
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger
from forensics.detectors.file._carve import LARGEST, PIECE, Carved, FileDetector, known
from forensics.detectors.file._specimens import PNG
from forensics.model import Layer

MOST_CHUNKS = 100_000
MAGIC = b"\x89PNG\r\n\x1a\n"


class Png(FileDetector):
    """Walks chunks by their checksums."""

    kind = "file/png"
    title = "PNG picture, carved"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("W3C Portable Network Graphics (PNG) Specification",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a picture", PNG, known(PNG), "Pillow"),
        Specimen("cut in its data", PNG[:-16], known(PNG[:33]), "Pillow, cut"),
        Specimen("wrong checksum of the head", PNG[:29] + b"\0" + PNG[30:], None, "Pillow, changed"),
        Specimen("truncated head", PNG[:30], None, "Pillow, cut"),
        Specimen("look-alike: magic alone", MAGIC + b"\0\0\0\rIHDR" + b"PNG" * 30, None, "made by hand"),
    )

    def carve(self, layer: Layer, at: int) -> Carved | None:
        """As the table says."""
        position, facts = at + len(MAGIC), dict[str, int]()
        for number in range(MOST_CHUNKS):
            head = layer.read(position, 8)
            length = int.from_bytes(head[:4], "big")
            if len(head) < 8 or not head[4:].isalpha() or position + 12 + length - at > LARGEST:
                break
            data_end = position + 8 + length
            if data_end + 4 > layer.size or not _sound(layer, position + 4, data_end):
                break
            if number == 0:
                body = layer.read(position + 8, 8)
                facts = {"width": int.from_bytes(body[:4], "big"), "height": int.from_bytes(body[4:], "big")}
            position = data_end + 4
            if head[4:] == b"IEND":
                return Carved(position - at, 64, facts=facts)
        return Carved(position - at, 32, "no chunk with a right checksum", facts=facts) if facts else None


def _sound(layer: Layer, start: int, end: int) -> bool:
    """Whether the CRC-32 behind `end` is that of the bytes up to it."""
    crc = 0
    for offset in range(start, end, PIECE):
        crc = zlib.crc32(layer.read(offset, min(PIECE, end - offset)), crc)
    return layer.read(end, 4) == crc.to_bytes(4, "big")


DETECTOR: Detector = Png()

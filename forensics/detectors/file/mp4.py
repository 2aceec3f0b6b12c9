"""Films: MP4, MOV, 3GP (ISO/IEC 14496-12).

| box        | content                                                                          |
|------------|----------------------------------------------------------------------------------|
| ftyp       | brand: isom, mp42, qt, 3gp …                                                      |
| moov       | mvhd first: what is played when, and where in the file it lies                     |
| mdat       | pictures and sound                                                               |
| moof, mdat | in place of one mdat, for films in fragments                                      |

A film is whole when both moov and mdat (or a fragment) are there and hold together by their lengths.

Not recorded: checksums; that the data in mdat are still the film's is not checked.
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger
from forensics.detectors.file._boxes import box, brand, walk
from forensics.detectors.file._carve import Carved, FileDetector, known
from forensics.model import Layer

_STILLS = (b"heic", b"heix", b"heif", b"mif1", b"msf1", b"hevc", b"avif", b"avis")
_HEAD = box(b"ftyp", b"isom\0\0\2\0isommp41")
_MOOV = box(b"moov", box(b"mvhd", bytes(100)))
_FILM = _HEAD + _MOOV + box(b"free", b"") + box(b"mdat", b"pictures" * 40)


class Mp4(FileDetector):
    """Walks the top level of a film."""

    kind = "file/mp4"
    title = "Film (MP4, MOV), carved"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\x00\x00[\x00\x01][\x10-\xfc]ftyp[ -~]{4}", at=0, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = ("ISO/IEC 14496-12 section 4",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a film", _FILM, known(_FILM), "made by hand"),
        Specimen("a film without its data", _HEAD + _MOOV, known(_HEAD + _MOOV), "made by hand"),
        Specimen("truncated", _HEAD + _MOOV[:4], None, "made by hand"),
        Specimen("moov without mvhd", _HEAD + box(b"moov", b"\0" * 100) + box(b"mdat", b"x"), None, "made by hand"),
        Specimen("look-alike: brand alone", _HEAD + b"and then text " * 9, None, "made by hand"),
    )

    def carve(self, layer: Layer, at: int) -> Carved | None:
        """As the table says."""
        brands = brand(layer, at)
        if not brands or brands[:4] in _STILLS:
            return None
        walked = walk(layer, at)
        film = b"moov" in walked.types
        if not film and walked.types.count(b"mdat") == 0:
            return None
        if film and not _has_header(layer, at, walked.length):
            return None
        broken = walked.broken
        if not film:
            broken = broken or "the table of contents (moov) is not here"
        elif not {b"mdat", b"moof"} & set(walked.types):
            broken = broken or "no data"
        facts = {"brand": brands[:4].decode("ascii", "replace").strip()}
        return Carved(walked.length, 40, broken, facts=facts)


def _has_header(layer: Layer, at: int, length: int) -> bool:
    """Whether moov begins as one: with mvhd, or with what QuickTime may put before it."""
    position = at
    while position < at + length:
        head = layer.read(position, 32)
        size, skip = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, skip = int.from_bytes(head[8:16], "big"), 16
        if head[4:8] == b"moov":
            return head[skip + 4 : skip + 8] in (b"mvhd", b"cmov", b"udta", b"iods", b"trak", b"rmra")
        if size < 8:
            return False
        position += size
    return False


DETECTOR: Detector = Mp4()

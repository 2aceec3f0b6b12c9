"""Still pictures in boxes: HEIC, HEIF, AVIF (ISO/IEC 23008-12).

| box  | content                                                                              |
|------|--------------------------------------------------------------------------------------|
| ftyp | brand: heic, mif1, avif …                                                             |
| meta | hdlr of type "pict" first; items and where they lie                                    |
| mdat | their data                                                                            |

Not recorded: checksums, the length of the file.
"""

from __future__ import annotations

import re
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger
from forensics.detectors.file._boxes import box, brand, walk
from forensics.detectors.file._carve import Carved, FileDetector, known
from forensics.model import Layer

_STILLS = (b"heic", b"heix", b"heif", b"mif1", b"msf1", b"hevc", b"avif", b"avis")
_HANDLER = re.compile(rb"hdlr[\x00-\xff]{8}pict")
_HEAD = box(b"ftyp", b"heic\0\0\0\0mif1heic")
_META = box(b"meta", bytes(4) + box(b"hdlr", bytes(8) + b"pict" + bytes(13)) + box(b"iloc", bytes(8)))
_PICTURE = _HEAD + _META + box(b"mdat", b"picture" * 30)


class Heic(FileDetector):
    """Walks the top level of a still picture."""

    kind = "file/heic"
    title = "HEIC or AVIF picture, carved"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\x00\x00[\x00\x01][\x10-\xfc]ftyp[ahm][eivs][fi][1-9cfsx]", at=0, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = ("ISO/IEC 23008-12", "ISO/IEC 14496-12 section 4")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a picture", _PICTURE, known(_PICTURE), "made by hand"),
        Specimen("without its data", _HEAD + _META, known(_HEAD + _META), "made by hand"),
        Specimen("truncated", _HEAD + _META[:8], None, "made by hand"),
        Specimen("wrong handler", _PICTURE.replace(b"pict", b"soun", 1), None, "made by hand"),
        Specimen("look-alike: brand alone", _HEAD + b"and then text " * 9, None, "made by hand"),
    )

    def carve(self, layer: Layer, at: int) -> Carved | None:
        """As the table says."""
        brands = brand(layer, at)
        if brands[:4] not in _STILLS:
            return None
        walked = walk(layer, at)
        if b"meta" not in walked.types or not _HANDLER.search(layer.read(at, 1024)):
            return None
        broken = walked.broken or ("" if {b"mdat", b"idat"} & set(walked.types) else "no data")
        return Carved(walked.length, 40, broken, facts={"brand": brands[:4].decode("ascii")})


DETECTOR: Detector = Heic()

"""Codes in pictures: QR, Micro QR, rMQR, Aztec, Data Matrix, PDF417 and Code 128, read to the text that they hold.

    | picture | how it begins |
    |---------|---------------|
    | JPEG    | FF D8 FF and a segment |
    | PNG     | 89 "PNG" 0D 0A 1A 0A 00 00 00 0D "IHDR" |
    | GIF     | "GIF87a", "GIF89a" |
    | WebP    | "RIFF", u32 length, "WEBP" |
    | BMP     | "BM", u32 length, four zeros, u32 of the pixels, a header of 40, 108 or 124 |

Each code is a stream: its text, of codes that hold octets those octets. The source of each is the whole picture: no
octet of a picture is that of a letter. A JPEG is decoded at the fraction of its size (1/2, 1/4, 1/8) that leaves its
longer side 1,000 pixels or more; of a moving picture the first frame is looked at. Codes of retail goods (EAN, UPC) and of
industry (Code 39, ITF, Codabar) are not looked for: their checks are weak, and innocent stripes read as such.

Pictures below 40 pixels, above 50 million, or above 32 MiB are passed over.
"""

from __future__ import annotations

import base64
import io
import re
import struct
import warnings
from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import PIL.Image
import zxingcpp

from forensics.detectors.base import Trigger
from forensics.detectors.file import gif, jpeg, png
from forensics.model import ByteRun, Layer
from forensics.sweep.decoders._streams import cut
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen

LARGEST = 32 << 20
PIXELS = 50_000_000
SMALLEST = 40
ENOUGH = 1_000  # pixels of the longer side that are decoded at least, where the picture has them
MOST_CODES = 64

_WEBP = re.compile(rb"RIFF(.{4})WEBP", re.DOTALL)
_BMP = re.compile(rb"BM(.{4})\0{4}.{4}[\x28\x6c\x7c]\0{3}", re.DOTALL)
_CARVED = {b"\xff\xd8": jpeg.Jpeg(), b"\x89P": png.Png(), b"GI": gif.Gif()}
_FORMATS = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.MicroQRCode,
        zxingcpp.BarcodeFormat.RMQRCode,
        zxingcpp.BarcodeFormat.Aztec,
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.PDF417,
        zxingcpp.BarcodeFormat.Code128,
    ]
)
_UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, struct.error, OverflowError)

_PICTURE = base64.b85decode(
    "iBL{Q4GJ0x0000DNk~Le0000^0000^0RR910H)C$umAu6>PbXFRCwB@ld*~gF$hIvZH4?wz*fkw3$}v4GLTmAWs7Br)9u>Ka0r*f"
    "je+`^gg^c!5I_xu{DR-f3K<ZQH`Pd!>C~vlll7*RxjQX?SXa*l@-xlh*jWId&viC6wH&0;1-n-5o03hWjg9WbOfLsP6s2gn`e3*j"
    "-gKezm~OZ4;D9CC5*URZrFql2^VGXr>l4Nn7QS<>P^Z{))2UfDyf?X1eB$j}8BUJ7`P$Tw#Vvt`>_x5L@4Fy8b@Y2<i)=ld-2qF="
    ">ia;s30@l&MdAHyIEUrxx%`NX>JBTBrZ?YzzKaiBxkSy&rjCmM0000<MNUMnLSTX"
)
_TEXT = b"bitcoin:1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2?amount=0.25"


class CodesInPictures:
    """Reads the codes of one picture."""

    kind: ClassVar[str] = "qr"
    title: ClassVar[str] = "QR and other codes in pictures"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\xff\xd8\xff[\xc0-\xcf\xdb\xdd\xe0-\xef\xfe]", at=0, wide=False),
        Trigger(rb"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR", at=0, wide=False),
        Trigger(rb"GIF8[79]a", at=0, wide=False),
        Trigger(rb"RIFF[\x00-\xff]{4}WEBPVP8[ LX]", at=0, wide=False),
        Trigger(rb"BM[\x00-\xff]{4}\x00\x00\x00\x00[\x00-\xff]{4}[\x28\x6c\x7c]\x00\x00\x00", at=0, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = ("ISO/IEC 18004", "zxing-cpp: wrappers/python")
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = (
        EncodedSpecimen("a way to pay", _PICTURE, (_TEXT,), "segno 1.6"),
        EncodedSpecimen("bytes behind it", _PICTURE + bytes(200), (_TEXT,), "segno 1.6, in a cluster"),
        EncodedSpecimen("the end is cut off", _PICTURE[:-60], None, "segno 1.6, cut"),
        EncodedSpecimen("the magic alone", _PICTURE[:16] + bytes(80), None, "made by hand"),
    )

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """As the contract says."""
        length = _length(layer, at)
        if not 0 < length <= LARGEST or limit <= 0:
            return
        grey = _grey(layer.read(at, length))
        if grey is None:
            return
        source = ByteRun(at, length)
        for number, each in enumerate(codes(grey)[:MOST_CODES]):
            data = each.bytes if each.content_type == zxingcpp.ContentType.Binary else each.text.encode()
            if not data or not limit:
                continue
            caveat = cut(limit) if len(data) > limit else ""
            data = data[:limit]
            limit -= len(data)
            yield Decoded(data, source, f"{each.format} in the picture", number, not caveat, caveat)


def codes(grey: np.ndarray) -> list[zxingcpp.Barcode]:
    """The codes of a picture of one octet a pixel whose checks hold."""
    found: list[zxingcpp.Barcode] = zxingcpp.read_barcodes(grey, formats=_FORMATS, text_mode=zxingcpp.TextMode.Plain)
    return [each for each in found if each.valid]


def _length(layer: Layer, at: int) -> int:
    """Octets of the picture that starts at `at`, by its own structure; 0 where there is none."""
    head = layer.read(at, 18)
    carver = _CARVED.get(head[:2])
    if carver is not None:
        carved = carver.carve(layer, at)
        return carved.length if carved is not None and not carved.broken else 0
    match = _WEBP.match(head) or _BMP.match(head)
    if match is None:
        return 0
    length = int.from_bytes(match[1], "little") + (8 if head[:4] == b"RIFF" else 0)
    return length if at + length <= layer.size else 0


def _grey(data: bytes) -> np.ndarray | None:
    """Pixels from black to white, of transparent ones white; None of what is no picture, too small or too large."""
    PIL.Image.MAX_IMAGE_PIXELS = PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            image = PIL.Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "GIF", "WEBP", "BMP"))
            if min(image.size) < SMALLEST or image.width * image.height > PIXELS:
                return None
            image.draft("L", (min(image.width, ENOUGH), min(image.height, ENOUGH)))
            if image.has_transparency_data:
                shown = image.convert("RGBA")
                ground = PIL.Image.new("RGBA", shown.size, "white")
                return np.asarray(PIL.Image.alpha_composite(ground, shown).convert("L"))
            return np.asarray(image.convert("L"))
        except (*_UNREADABLE, Warning, PIL.Image.DecompressionBombError):
            return None


DECODER: Decoder = CodesInPictures()

"""Pictures from evidence, decoded in a worker to plain pixels; only pixels leave it."""

from __future__ import annotations

import io
import warnings

import PIL.Image
import PIL.ImageFilter
import PIL.ImageOps

LARGEST = 64 << 20  # bytes of a file
PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP")


def decode(data: bytes, width: int, height: int, *, blur: bool) -> dict[str, object]:
    """Decode `data` to RGBA that fits into width x height; blurred here, so that sharp pixels stay here.

    Raises:
        OSError, ValueError: not a picture of a known format, damaged, or larger than 50 million pixels.
    """
    PIL.Image.MAX_IMAGE_PIXELS = PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("error", PIL.Image.DecompressionBombWarning)
        try:
            image = PIL.Image.open(io.BytesIO(data), formats=FORMATS)
            full = image.size
            image.draft("RGB", (width * 2, height * 2))
            turned = PIL.ImageOps.exif_transpose(image)
            picture = (turned or image).convert("RGBA")
        except (PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning) as error:
            raise ValueError(f"more than {PIXELS:,} pixels: not decoded") from error
    picture.thumbnail((width, height))
    if blur:
        small = picture.resize((max(1, picture.width // 24), max(1, picture.height // 24)))
        picture = small.resize(picture.size).filter(PIL.ImageFilter.GaussianBlur(6))
    return {
        "width": picture.width,
        "height": picture.height,
        "rgba": picture.tobytes(),
        "note": f"{image.format}, {full[0]:,} x {full[1]:,} pixels" + (", blurred" if blur else ""),
    }

"""Pictures against their thumbnails, which Pillow writes and ExifRead finds; and how alike pictures look."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image
import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.media import _looks
from forensics.detectors.media.exif import DETECTOR
from forensics.model import Finding


def scene(seed: int, width: int = 900, height: int = 600) -> PIL.Image.Image:
    """Patches of light and shade, as a photograph in small has."""
    dots = np.random.default_rng(seed).integers(0, 256, (6, 9), dtype=np.uint8)
    return PIL.Image.fromarray(dots).resize((width, height), PIL.Image.Resampling.BICUBIC).convert("RGB")


def jpeg(image: PIL.Image.Image, quality: int = 85) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def photograph(image: PIL.Image.Image, thumbnail: bytes) -> bytes:
    """A JPEG with Exif: the model of a camera, and the thumbnail in directory 1."""
    model = b"Lamp 3\0\0"
    ifd0 = 8
    ifd1 = ifd0 + 2 + 12 + 4
    text = ifd1 + 2 + 2 * 12 + 4
    start = text + len(model)

    def entry(tag: int, kind: int, count: int, value: int) -> bytes:
        return b"".join(each.to_bytes(size, "little") for each, size in ((tag, 2), (kind, 2), (count, 4), (value, 4)))

    body = b"II*\0" + ifd0.to_bytes(4, "little")
    body += b"\1\0" + entry(0x0110, 2, len(model), text) + ifd1.to_bytes(4, "little")
    body += b"\2\0" + entry(0x0201, 4, 1, start) + entry(0x0202, 4, 1, len(thumbnail)) + bytes(4)
    segment = b"Exif\0\0" + body + model + thumbnail
    plain = jpeg(image)
    return plain[:2] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + plain[2:]


def found(data: bytes) -> Finding:
    (only,) = DETECTOR.examine(BytesLayer(data), 0)
    return only


def bars(image: PIL.Image.Image) -> PIL.Image.Image:
    out = PIL.Image.new("RGB", (160, 120))
    out.paste(image.resize((160, 106)), (0, 7))
    return out


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_thumbnail_of_the_picture(turned: int) -> None:
    small = bars(scene(1)).rotate(turned, expand=True)
    told = found(photograph(scene(1), jpeg(small, 60)))
    assert told.fields["thumbnail_bits_unlike"].value in range(_looks.UNLIKE - 6)
    assert not any("thumbnail" in each for each in told.caveats)


def test_a_thumbnail_of_another_picture() -> None:
    told = found(photograph(scene(1), jpeg(scene(2, 160, 120), 60)))
    assert any("thumbnail shows something else" in each for each in told.caveats)


def test_alike_pictures_look_alike() -> None:
    one = found(photograph(scene(1), jpeg(scene(1, 160, 120)))).fields["look"].value
    other = found(photograph(scene(1, 450, 300), jpeg(scene(1, 160, 120)))).fields["look"].value
    unlike = found(photograph(scene(3), jpeg(scene(3, 160, 120)))).fields["look"].value
    assert (int(str(one), 16) ^ int(str(other), 16)).bit_count() <= 6
    assert (int(str(one), 16) ^ int(str(unlike), 16)).bit_count() >= 12


def test_nothing_to_compare() -> None:
    grey = PIL.Image.new("RGB", (300, 200), "grey")
    for picture, thumbnail in ((grey, jpeg(scene(1, 160, 120))), (scene(1), b"\xff\xd8\xff\xe0none")):
        told = found(photograph(picture, thumbnail))
        assert ("look" in told.fields) is (picture is not grey)
        assert "thumbnail_bits_unlike" not in told.fields
        assert not any("thumbnail" in each for each in told.caveats)
    cut = photograph(scene(1), jpeg(scene(1, 160, 120)))
    assert "look" not in found(cut[:-400]).fields

"""Codes in pictures of every form, made by other libraries and laid over scenes; and pictures without any."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image
import pytest
import segno
import zxingcpp

from forensics.detectors.base import BytesLayer
from forensics.sweep.decoders.base import Decoded
from forensics.sweep.decoders.qr import DECODER

TEXT = "bitcoin:1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2?amount=0.25"


def read(data: bytes, at: int = 0, limit: int = 1 << 20) -> list[Decoded]:
    return list(DECODER.decode(BytesLayer(data), at, limit))


def drawn(text: str | bytes = TEXT, width: int = 300) -> PIL.Image.Image:
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=8, border=4)
    return PIL.Image.open(out).convert("RGB").resize((width, width))


def stored(image: PIL.Image.Image, form: str) -> bytes:
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


def scene(width: int, height: int) -> PIL.Image.Image:
    """Slopes and noise, which an ordinary photograph is to a decoder."""
    draw = np.random.default_rng(7)
    slope = np.linspace(60, 190, width)[None, :, None] + np.linspace(-40, 40, height)[:, None, None]
    return PIL.Image.fromarray((slope + draw.normal(0, 9, (height, width, 3))).clip(0, 255).astype("uint8"))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "BMP"])
def test_every_form_of_picture(form: str) -> None:
    data = stored(drawn(), form)
    (found,) = read(data)
    assert found.data == TEXT.encode()
    assert (found.source.offset, found.source.length) == (0, len(data))
    assert "QR" in found.name
    (behind,) = read(b"x" * 77 + data + bytes(500), 77)
    assert (behind.source.offset, behind.source.length) == (77, len(data))


@pytest.mark.parametrize("degrees", [0, 20, 90, 200])
def test_a_small_one_in_a_large_photograph(degrees: int) -> None:
    photo = scene(3_200, 2_400)
    photo.paste(drawn(width=400).rotate(degrees, expand=True, fillcolor=(230, 228, 220)), (1_900, 700))
    (found,) = read(stored(photo, "JPEG"))
    assert found.data == TEXT.encode()


@pytest.mark.parametrize("form", ["QRCode", "Aztec", "DataMatrix", "PDF417", "Code128"])
def test_other_codes(form: str) -> None:
    made = zxingcpp.create_barcode("RR123456785GB", getattr(zxingcpp.BarcodeFormat, form))
    picture = PIL.Image.fromarray(np.pad(np.array(made.to_image(scale=4)), 40, constant_values=255))
    assert [each.data for each in read(stored(picture, "PNG"))] == [b"RR123456785GB"]


def test_several_in_one_picture_have_numbers() -> None:
    sheet = PIL.Image.new("RGB", (800, 400), "white")
    for number, text in enumerate(("first", "second")):
        sheet.paste(drawn(text), (50 + 400 * number, 50))
    found = read(stored(sheet, "PNG"))
    assert {each.data for each in found} == {b"first", b"second"}
    assert [each.index for each in found] == [0, 1]


def test_transparent_ground_and_light_on_dark() -> None:
    dark = PIL.Image.eval(drawn(), lambda each: 255 - each)
    assert [each.data for each in read(stored(dark, "PNG"))] == [TEXT.encode()]
    grey = np.array(drawn().convert("L"))
    clear = PIL.Image.fromarray(np.stack([np.zeros_like(grey)] * 3 + [255 - grey], axis=2))  # black on nothing
    assert [each.data for each in read(stored(clear, "PNG"))] == [TEXT.encode()]


def test_innocent_tiny_damaged_and_huge_pictures() -> None:
    assert not read(stored(scene(900, 600), "JPEG"))
    assert not read(stored(drawn(width=30), "PNG"))
    whole = stored(drawn(), "PNG")
    assert not read(whole[: len(whole) // 2])
    assert not read(stored(PIL.Image.new("1", (9_000, 9_000)), "PNG"))  # 81 million pixels in 10 KB
    assert not read(whole, limit=0)

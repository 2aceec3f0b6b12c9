"""Drawn photographs with the notes a camera adds: parcel labels with invented addresses, tiles, packets."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime

from PIL import Image, ImageDraw, ImageFont
from PIL.TiffImagePlugin import IFDRational

from forensics.scenarios.chance import Chance

_SIZE = (800, 600)


def label_photo(
    chance: Chance, lines: Sequence[str], taken: int, place: tuple[float, float] | None, *, notes: bool = True
) -> bytes:
    """A JPEG of a parcel with a label; with `place`, the camera noted where it stood."""
    picture = _parcel(chance, lines)
    out = io.BytesIO()
    if notes:
        picture.save(out, "JPEG", quality=80, exif=_notes(taken, place))
    else:
        picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def _parcel(chance: Chance, lines: Sequence[str]) -> Image.Image:
    tone = chance.between("tone", -14, 14)
    picture = Image.new("RGB", _SIZE, (121 + tone, 126 + tone, 128 + tone))
    draw = ImageDraw.Draw(picture)
    for row in range(0, 600, 24):  # a table top
        shade = 96 + tone + chance.below(f"plank {row}", 18)
        draw.rectangle((0, row, 800, row + 22), fill=(shade, shade - 4, shade - 10))
    draw.polygon(((90, 70), (720, 60), (740, 540), (70, 550)), fill=(186 + tone, 148, 104))
    draw.polygon(((380, 64), (430, 64), (436, 545), (376, 546)), fill=(201, 178, 131))
    sheet = Image.new("L", (230, 150), 246)
    writer = ImageDraw.Draw(sheet)
    font = ImageFont.load_default_imagefont()
    for index, line in enumerate(lines):
        writer.text((10, 8 + 14 * index), line, fill=20, font=font)
    position = 10
    for index, octet in enumerate(chance.octets("bars", 46)):  # bars that are no code
        width = 1 + octet % 3
        if index % 2 == 0:
            writer.rectangle((position, 112, position + width, 140), fill=10)
        position += width + 1
    turned = sheet.resize((460, 300), Image.Resampling.NEAREST).convert("RGB")
    turned = turned.rotate(chance.between("turn", -4, 4), expand=True, fillcolor=(186 + tone, 148, 104))
    picture.paste(turned, (170, 140))
    return picture


def _notes(taken: int, place: tuple[float, float] | None) -> Image.Exif:
    exif = Image.Exif()
    moment = datetime.fromtimestamp(taken, UTC)
    stamp = moment.strftime("%Y:%m:%d %H:%M:%S")
    exif[0x010F] = "Example Optics"
    exif[0x0110] = "EO-1 Phone"
    exif[0x0131] = "EO Camera 1.0"
    exif[0x0132] = stamp
    detail = exif.get_ifd(0x8769)
    detail[0x9003] = stamp
    detail[0x9004] = stamp
    detail[0x9011] = "+00:00"
    if place is not None:
        gps = exif.get_ifd(0x8825)
        latitude, longitude = place
        gps[0] = b"\x02\x03\x00\x00"
        gps[1] = "N" if latitude >= 0 else "S"
        gps[2] = _degrees(abs(latitude))
        gps[3] = "E" if longitude >= 0 else "W"
        gps[4] = _degrees(abs(longitude))
        gps[7] = tuple(IFDRational(part) for part in (moment.hour, moment.minute, moment.second))
        gps[29] = moment.strftime("%Y:%m:%d")
    return exif


def _degrees(value: float) -> tuple[IFDRational, ...]:
    hundredths = round(value * 360000)
    degrees, rest = divmod(hundredths, 360000)
    minutes, rest = divmod(rest, 6000)
    return IFDRational(degrees), IFDRational(minutes), IFDRational(rest, 100)

"""Exif: what a camera or program wrote into a picture: device, times, place.

| container | where the structure stands |
|---|---|
| JPEG | segment `FF E1`, `Exif` 00 00, TIFF structure of at most 64 KiB |
| TIFF, many raw formats | the file itself: `II*` 00 or `MM` 00 `*` |
| HEIF, AVIF | the item of type `Exif` |
| PNG / WebP | chunk `eXIf` / `EXIF` |

| directory | tags read |
|---|---|
| image | 010F make, 0110 model, 0131 software, 0132 changed, 013B artist, 013C computer, 0112 orientation |
| exif (8769) | 9003/9004 taken, digitised; 9010-9012 zones; A430 owner, A431 serial, A434 lens, A420 id |
| gps (8825) | 1-4 latitude and longitude, 5-6 altitude, 7 and 1D time in UTC, 11 direction |
| thumbnail | 0201/0202 its JPEG, which is set against the picture |

XMP packets in JPEG are read for times, document ids and the program.

Not recorded: the zone of most times (the tags for it came in 2016), whose hand held the camera, whether the
clock was right. Every value can be edited without a trace. Without GPS the value is "none stored".
"""

from __future__ import annotations

import io
import logging
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from typing import ClassVar

import exifread

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.media import _isobmff, _looks, _xmp
from forensics.detectors.media._jpeg import segments
from forensics.detectors.media._specimens import EXIF
from forensics.detectors.media._tiff import Structure, Tag, read_structure
from forensics.model import (
    Absent,
    ByteRun,
    Check,
    Clock,
    Event,
    Field,
    Finding,
    Grade,
    Layer,
    Link,
    Outcome,
    Sensitivity,
    Value,
)

logging.getLogger("exifread").addHandler(logging.NullHandler())  # it repeats evidence in its warnings
logging.getLogger("exifread").propagate = False

LARGEST_FILE = 1 << 40
LARGEST_SECOND_READING = 1 << 20
_STRUCTURE_BITS = 40  # signature, order of octets, offset of the first directory, types of its entries
_SECOND_READER_BITS = 8  # not independent of the bytes, only of our code

_TEXTS = {
    ("image", 0x010F): "make",
    ("image", 0x0110): "model",
    ("image", 0x0131): "software",
    ("image", 0x013B): "artist",
    ("image", 0x013C): "host_computer",
    ("image", 0x8298): "copyright",
    ("image", 0x010E): "description",
    ("image", 0xC62F): "serial",
    ("exif", 0xA420): "image_id",
    ("exif", 0xA430): "owner",
    ("exif", 0xA431): "serial",
    ("exif", 0xA434): "lens",
    ("exif", 0xA435): "lens_serial",
}
_TIMES = {
    # tag: field, meaning, tag of its zone
    ("exif", 0x9003): ("taken", "photo taken", 0x9011),
    ("exif", 0x9004): ("digitised", "photo digitised", 0x9012),
    ("image", 0x0132): ("changed", "photo edited", 0x9010),
}
_STAMP = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D(\d{1,2})\D(\d{1,2})(?:\D(\d{1,2}))?")
_XMP_STAMP = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d))?)?(?:\.\d+)?(Z|[+-]\d\d:\d\d)?")
_ZONE = re.compile(r"([+-])(\d\d):?(\d\d)")
_XMP_EVENTS = {
    "xmp_taken": "photo taken",
    "xmp_created": "photo created",
    "xmp_modified": "photo edited",
    "xmp_date_created": "photo created",
}
_SECOND = timedelta(seconds=1)


@dataclass(slots=True)
class _Picture:
    """A container with a structure in it: where it stands, and where the finding ends."""

    container: str
    start: int
    offset: int = 0
    length: int = 0
    end: int = 0
    whole: bool = False
    fields: dict[str, Field] = field(default_factory=dict)
    xmp: dict[str, tuple[str, int, int]] = field(default_factory=dict)


class Exif:
    """Exif in pictures."""

    kind: ClassVar[str] = "media/exif"
    title: ClassVar[str] = "Picture with camera data (Exif)"
    version: ClassVar[int] = 3
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\xff\xd8\xff[\xdb\xe0-\xef\xfe]", at=0, wide=False),
        Trigger(rb"ftyp(?:heic|heix|heif|mif1|msf1|hevc|avif)", at=4, wide=False),
        Trigger(rb"(?:II\*\x00|MM\x00\*)", at=0, anchored=True, wide=False),
        Trigger(rb"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", at=0, wide=False),
        Trigger(rb"RIFF[\x00-\xff]{4}WEBPVP8X", at=0, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = (
        "CIPA DC-008 (Exif 3.0)",
        "TIFF 6.0",
        "ITU-T T.81 annex B (JPEG)",
        "ISO/IEC 14496-12 §8.11 (HEIF)",
        "PNG 1.5 extensions, eXIf",
        "ISO 16684-1 (XMP)",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = EXIF

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """One finding for a picture that says something about its device, time or place."""
        picture = _open(layer, at)
        if picture is None:
            return
        structure = None
        if picture.length:
            structure = read_structure(
                lambda offset, length: layer.read(
                    picture.offset + offset, max(0, min(length, picture.length - offset))
                ),
                picture.length,
            )
        if structure is None and not picture.xmp:
            return
        told = _Told(picture)
        if structure is not None:
            told.read(structure)
        told.read_xmp()
        if not told.speaks:
            return
        told.compare(layer)
        second = _second_reading(layer, picture, structure, told)
        checks = (
            Check(
                "Exif structure",
                Outcome.NOT_APPLICABLE if structure is None else Outcome.FAIL if structure.faults else Outcome.PASS,
                _STRUCTURE_BITS,
            ),
            Check("second reader agrees", second, _SECOND_READER_BITS),
        )
        sound = structure is not None and not structure.faults and second is not Outcome.FAIL
        yield finding(
            self,
            layer,
            picture.start,
            picture.end - picture.start,
            grade=Grade.C3 if sound and picture.whole else Grade.C2,
            value=told.value,
            checks=checks,
            fields={"container": Field(picture.container), **picture.fields, **told.fields},
            events=tuple(told.events),
            links=tuple(told.links),
            caveats=tuple(told.caveats),
            sensitivity=Sensitivity.PERSONAL if told.personal else Sensitivity.NORMAL,
        )


def _open(layer: Layer, at: int) -> _Picture | None:
    head = layer.read(at, 32)
    if head[:3] == b"\xff\xd8\xff":
        return _jpeg(layer, at)
    if head[:4] in (b"II*\0", b"MM\0*"):
        size = min(layer.size - at, LARGEST_FILE)
        return _Picture("TIFF", at, at, size, at + size, True)
    if head[4:8] == b"ftyp" and head[8:12] in _isobmff.BRANDS:
        place = _isobmff.exif_place(layer, at)
        if place is None:
            return None
        length = max(0, min(place[1], layer.size - place[0]))
        return _Picture("HEIF", at, place[0], length, place[0] + length, length == place[1])
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return _chunks(layer, at, at + 8, "PNG")
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _chunks(layer, at, at + 12, "WebP")
    return None


def _jpeg(layer: Layer, at: int) -> _Picture | None:
    picture = _Picture("JPEG", at)
    for segment in segments(layer, at):
        cut = max(0, min(segment.length, layer.size - segment.offset))
        if segment.marker == 0xE1 and segment.head[:6] == b"Exif\0\0" and not picture.length:
            picture.offset, picture.length = segment.offset + 6, max(0, cut - 6)
        elif segment.marker == 0xE1 and segment.head[: len(_xmp.MARKER)] == _xmp.MARKER and not picture.xmp:
            packet = layer.read(segment.offset, min(cut, _xmp.LONGEST))
            picture.xmp = {
                name: (text, segment.offset + offset, length)
                for name, (text, offset, length) in _xmp.statements(packet).items()
            }
        elif segment.is_frame and len(segment.head) >= 5 and "width" not in picture.fields:
            height, width = struct.unpack_from(">HH", segment.head, 1)
            picture.fields["width"] = Field(width, ByteRun(segment.offset + 3, 2))
            picture.fields["height"] = Field(height, ByteRun(segment.offset + 1, 2))
        picture.whole = segment.marker == 0xDA or (picture.whole and segment.marker != 0xE1)
        picture.end = segment.offset + cut
    return picture if picture.length or picture.xmp else None


def _chunks(layer: Layer, start: int, at: int, container: str) -> _Picture | None:
    """The Exif chunk of PNG (length, type, data, CRC) or WebP (type, length, data, padding)."""
    for _ in range(2_000):
        head = layer.read(at, 16)
        if len(head) < 8:
            return None
        if container == "PNG":
            length, name, trailer = int.from_bytes(head[:4], "big"), head[4:8], 4
        else:
            length, name = int.from_bytes(head[4:8], "little"), head[:4]
            trailer = length & 1
        if name in (b"eXIf", b"EXIF"):
            skip = 6 if head[8:14] == b"Exif\0\0" else 0
            cut = max(0, min(length, layer.size - at - 8))
            return _Picture(container, start, at + 8 + skip, max(0, cut - skip), at + 8 + cut, cut == length)
        if name == b"IEND" or length > LARGEST_FILE:
            return None
        at += 8 + length + trailer
    return None


class _Told:
    """What the structures of one picture say."""

    def __init__(self, picture: _Picture) -> None:
        self.picture = picture
        self.fields: dict[str, Field] = {}
        self.events: list[Event] = []
        self.links: list[Link] = []
        self.caveats: list[str] = []
        self.value: str | Absent = Absent.NONE_STORED

    @property
    def personal(self) -> bool:
        """Whether it names a place, a person or one device."""
        return any(name in self.fields for name in ("latitude", "serial", "owner", "artist", "lens_serial"))

    @property
    def speaks(self) -> bool:
        """Whether it says more than how to show the picture."""
        return bool(self.fields.keys() - {"orientation", "description", "copyright", "zone_note"})

    def say(self, name: str, value: Value, tag: Tag) -> None:
        """Add a field with the place of its tag."""
        span = ByteRun(self.picture.offset + tag.offset, len(tag.data)) if tag.data else None
        self.fields.setdefault(name, Field(value, span))

    def read(self, structure: Structure) -> None:
        """Take over the tags of a structure."""
        tags = structure.tags
        for key, name in _TEXTS.items():
            tag = tags.get(key)
            if tag is not None and (text := tag.text()):
                self.say(name, text, tag)
        orientation = tags.get(("image", 0x0112))
        if orientation is not None and (numbers := orientation.numbers()):
            self.say("orientation", numbers[0], orientation)
        self._times(tags)
        self._place(tags)
        self._thumbnail(tags)
        serial = self.fields.get("serial")
        if serial is not None:
            device = " ".join(
                str(self.fields[name].value) for name in ("make", "model", "serial") if name in self.fields
            )
            self.links.append(Link("TAKEN_WITH", "device", device))
        self.caveats.extend(f"Exif {fault}." for fault in structure.faults)

    def _times(self, tags: dict[tuple[str, int], Tag]) -> None:
        told: set[datetime] = set()
        for key, (name, meaning, zone_tag) in _TIMES.items():
            tag = tags.get(key)
            if tag is None or not (stored := tag.text()) or not any(each.isdigit() for each in stored):
                continue
            self.say(name, stored, tag)
            zone = tags.get(("exif", zone_tag))
            event = _stamp(stored, zone.text() if zone else "", meaning)
            if event is None:
                if set(stored) & set("123456789"):
                    self.caveats.append(f"The stored time “{stored[:40]}” is no time.")
            elif event.when not in told:
                told.add(event.when)
                self.events.append(event)

    def _place(self, tags: dict[tuple[str, int], Tag]) -> None:
        latitude = _degrees(tags, 1, 2, "S", 90)
        longitude = _degrees(tags, 3, 4, "W", 180)
        if latitude is not None and longitude is not None:
            self.say("latitude", latitude, tags["gps", 2])
            self.say("longitude", longitude, tags["gps", 4])
            if Absent.OUT_OF_RANGE in (latitude, longitude):
                self.caveats.append("The stored position is not on Earth.")
            else:
                self.value = f"{latitude},{longitude}"
                self.links.append(Link("TAKEN_AT", "location", self.value))
                if not latitude.strip("-0.") and not longitude.strip("-0."):
                    self.caveats.append("Position 0,0 is what devices store when they have no fix.")
        altitude = tags.get(("gps", 6))
        if altitude is not None and (parts := _fractions(altitude)):
            below = tags.get(("gps", 5))
            sign = -1 if below is not None and below.data[:1] == b"\x01" else 1
            self.say("altitude_metres", _decimal(sign * parts[0], 2), altitude)
        direction = tags.get(("gps", 0x11))
        if direction is not None and (parts := _fractions(direction)):
            self.say("direction_degrees", _decimal(parts[0], 2), direction)
        self._fix_time(tags)

    def _fix_time(self, tags: dict[tuple[str, int], Tag]) -> None:
        day, clock = tags.get(("gps", 0x1D)), tags.get(("gps", 7))
        if day is None or clock is None or len(parts := _fractions(clock)) < 3:
            return
        hour, minute, second = (int(part) for part in parts[:3])
        stored = f"{day.text()} {hour:02}:{minute:02}:{second:02}"
        self.say("position_fixed", stored, day)
        event = _stamp(stored, "+00:00", "position fixed")
        if event is not None:
            self.events.append(Event(event.when, event.precision, event.meaning, stored, event.clock))

    def _thumbnail(self, tags: dict[tuple[str, int], Tag]) -> None:
        offset, length = tags.get(("thumbnail", 0x0201)), tags.get(("thumbnail", 0x0202))
        if offset is None or length is None:
            return
        place, size = (each.numbers()[:1] for each in (offset, length))
        if place and size and 0 < size[0] <= self.picture.length - place[0]:
            self.fields["thumbnail_octets"] = Field(size[0], ByteRun(self.picture.offset + place[0], size[0]))

    def compare(self, layer: Layer) -> None:
        """Say how a JPEG looks that can be decoded, and set it against its thumbnail, where there is one."""
        if self.picture.container != "JPEG":
            return
        place = self.fields["thumbnail_octets"].span if "thumbnail_octets" in self.fields else None
        thumbnail = layer.read(place.offset, place.length) if place is not None else None
        found = _looks.compared(layer, self.picture.start, thumbnail)
        if found is None:
            return
        look, unlike = found
        self.fields["look"] = Field(f"{look:016x}")
        if unlike is None:
            return
        self.fields["thumbnail_bits_unlike"] = Field(unlike)
        if unlike >= _looks.UNLIKE:
            self.caveats.append(
                f"The thumbnail shows something else than the picture ({unlike} of 64 bits differ): the picture was "
                "changed, and the thumbnail may be of what it was."
            )

    def read_xmp(self) -> None:
        """Take over what the XMP packet says and the tags do not."""
        told = {each.when for each in self.events}
        for name, (text, offset, length) in self.picture.xmp.items():
            self.fields.setdefault(name, Field(text, ByteRun(offset, length)))
            event = _xmp_stamp(text, _XMP_EVENTS[name]) if name in _XMP_EVENTS else None
            if event is not None and event.when not in told:
                told.add(event.when)
                self.events.append(event)
        for name in ("document_id", "original_document_id"):
            if name in self.picture.xmp:
                self.links.append(Link("VERSION_OF", "document", self.picture.xmp[name][0]))


def _stamp(stored: str, zone: str, meaning: str) -> Event | None:
    """The moment of "YYYY:MM:DD HH:MM:SS"; without a zone the wall time stands as if it were UTC."""
    match = _STAMP.match(stored)
    if match is None:
        return None
    try:
        wall = datetime(*(int(part or 0) for part in match.groups()), tzinfo=UTC)  # type: ignore[arg-type, misc]
    except (ValueError, OverflowError):
        return None
    precision = _SECOND if match[6] else timedelta(minutes=1)
    offset = _ZONE.fullmatch(zone.strip())
    if zone.strip() == "Z":
        return Event(wall, precision, meaning, stored, Clock.DEVICE)
    if offset is None:
        return Event(wall, precision, meaning, stored, Clock.DEVICE, "unknown")
    ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3])) * (-1 if offset[1] == "-" else 1)
    try:
        when = wall.replace(tzinfo=timezone(ahead)).astimezone(UTC)
    except (ValueError, OverflowError):
        return Event(wall, precision, meaning, stored, Clock.DEVICE, "unknown")
    return Event(when, precision, meaning, f"{stored} {zone.strip()}", Clock.DEVICE, zone.strip())


def _xmp_stamp(text: str, meaning: str) -> Event | None:
    match = _XMP_STAMP.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    stamp = f"{year}:{month}:{day} {hour or '00'}:{minute or '00'}:{second or '00'}"
    event = _stamp(stamp, zone or "", meaning)
    if event is None:
        return None
    precision = _SECOND if second else timedelta(minutes=1) if hour else timedelta(days=1)
    return Event(event.when, precision, meaning, text, event.clock, event.zone)


def _fractions(tag: Tag) -> list[Fraction]:
    """The fractions of a tag; 0/0, which stands for unknown, counts as 0, anything else over 0 ends them."""
    numbers = tag.numbers()
    if tag.type not in (5, 10):
        return [Fraction(each) for each in numbers]
    found: list[Fraction] = []
    for above, below in zip(numbers[::2], numbers[1::2], strict=False):
        if below == 0 and above:
            break
        found.append(Fraction(above, below or 1))
    return found


def _degrees(
    tags: dict[tuple[str, int], Tag], reference: int, number: int, negative: str, limit: int
) -> str | Absent | None:
    """Degrees with six decimals; `Absent` where they leave the Earth, None where none are stored."""
    tag = tags.get(("gps", number))
    if tag is None:
        return None
    parts = [*_fractions(tag)[:3], Fraction(0), Fraction(0)]
    if len(parts) < 3 or (tag.type in (5, 10) and not any(tag.numbers()[1::2])):
        return None
    degrees = parts[0] + parts[1] / 60 + parts[2] / 3600
    if abs(degrees) > limit:
        return Absent.OUT_OF_RANGE
    side = tags.get(("gps", reference))
    if side is not None and side.text()[:1].upper() == negative:
        degrees = -degrees
    return _decimal(degrees, 6)


def _decimal(value: Fraction, places: int) -> str:
    """A fraction as decimal text, rounded half to even."""
    scaled = round(value * 10**places)
    sign = "-" if scaled < 0 else ""
    digits = str(abs(scaled)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def _second_reading(layer: Layer, picture: _Picture, structure: Structure | None, told: _Told) -> Outcome:
    """Whether ExifRead, given the structure alone and without maker notes, reads the same."""
    if structure is None or structure.faults or picture.length > LARGEST_SECOND_READING:
        return Outcome.NOT_APPLICABLE
    data = io.BytesIO(layer.read(picture.offset, picture.length))
    try:
        tags = exifread.process_file(data, details=False, extract_thumbnail=False)
        pairs = {
            name: str(tags[key].values).strip()
            for name, key in (
                ("make", "Image Make"),
                ("model", "Image Model"),
                ("taken", "EXIF DateTimeOriginal"),
            )
            if key in tags and name in told.fields
        }
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        MemoryError,
        OSError,
        TypeError,
        ValueError,
        struct.error,
    ):
        return Outcome.NOT_APPLICABLE
    if not pairs:
        return Outcome.NOT_APPLICABLE
    same = all(str(told.fields[name].value) == text.split("\0")[0].strip() for name, text in pairs.items())
    return Outcome.PASS if same else Outcome.FAIL


DETECTOR: Detector = Exif()

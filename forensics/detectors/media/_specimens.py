"""Known answers of this family: pictures of one grey dot with invented camera data."""

from __future__ import annotations

from forensics.detectors.base import Specimen

_ORIGIN = "written by Pillow 13.0.0"
# Lumo L-1, serial 0042, taken 2024-02-29 10:11:12 +02:00 at 52.51 N, 13.37 W; no thumbnail.
_JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffe1016c45786966000049492a000800000005000f01020005000000"
    "4a00000010010200040000004c2d31003101020005000000500000006987040001000000560000002588040001000000"
    "a2000000000000004c756d6f0000312e30320000030003900200140000008000000011900200070000009400000031a4"
    "0200050000009c00000000000000323032343a30323a32392031303a31313a3132002b30323a30300000303034320000"
    "080001000200020000004e00000002000500030000000801000003000200020000005700000004000500030000002001"
    "00000500010001000000000000000600050001000000380100000700050003000000400100001d0002000b0000005801"
    "00000000000034000000010000001e0000000100000024000000010000000d0000000100000016000000010000000c00"
    "000001000000450000000200000008000000010000000b000000010000000a00000001000000323032343a30323a3239"
    "0000ffdb004300ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
    "ffffffffffffffffffffffffffffffffffffffffffffffffc0000b080001000101011100ffc400140001000000000000"
    "00000000000000000000ffc40014100100000000000000000000000000000000ffda0008010100003f003fffd9"
)
_NO_PLACE = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffe1009e45786966000049492a000800000004000f01020005000000"
    "3e00000010010200040000004c2d310031010200050000004400000069870400010000004a000000000000004c756d6f"
    "0000312e30320000030003900200140000007400000011900200070000008800000031a4020005000000900000000000"
    "0000323032343a30323a32392031303a31313a3132002b30323a30300000303034320000ffdb004300ffffffffffffff"
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
    "ffffffffffffffffffffc0000b080001000101011100ffc40014000100000000000000000000000000000000ffc40014"
    "100100000000000000000000000000000000ffda0008010100003f003fffd9"
)
_TIFF = _JPEG[30 : 30 + 356]
_PLACE = "52.510000,-13.370000"


def _png(structure: bytes) -> bytes:
    """A PNG head and an eXIf chunk; the checksums of chunks are not looked at."""
    head = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0\x3a\x7e\x9b\x55"
    return head + len(structure).to_bytes(4, "big") + b"eXIf" + structure + bytes(8) + b"IEND\xae\x42\x60\x82"


def _webp(structure: bytes) -> bytes:
    """A WebP head and an EXIF chunk."""
    body = b"WEBPVP8X\x0a\0\0\0\x08" + bytes(9) + b"EXIF" + len(structure).to_bytes(4, "little") + structure
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _box(name: bytes, data: bytes) -> bytes:
    return (8 + len(data)).to_bytes(4, "big") + name + data


def _heif(structure: bytes) -> bytes:
    """A HEIF file with nothing but an Exif item."""
    item = b"\0\0\0\6Exif\0\0" + structure
    kind = _box(b"ftyp", b"heic\0\0\0\0mif1")

    def meta(offset: int) -> bytes:
        entry = _box(b"infe", b"\2\0\0\0\0\1\0\0Exif\0")
        place = offset.to_bytes(4, "big") + len(item).to_bytes(4, "big")
        iloc = _box(b"iloc", b"\0\0\0\0\x44\0\0\1\0\1\0\0\0\1" + place)
        return _box(b"meta", bytes(4) + _box(b"iinf", bytes(4) + b"\0\1" + entry) + iloc)

    return kind + meta(len(kind) + len(meta(0)) + 8) + _box(b"mdat", item)


EXIF = (
    Specimen("JPEG with place", _JPEG, (_PLACE,), _ORIGIN),
    Specimen("JPEG without place", _NO_PLACE, ("none stored",), _ORIGIN),
    Specimen("PNG", _png(_TIFF), (_PLACE,), _ORIGIN + ", put in a PNG by hand"),
    Specimen("WebP", _webp(_TIFF), (_PLACE,), _ORIGIN + ", put in a WebP by hand"),
    Specimen("HEIF", _heif(_TIFF), (_PLACE,), _ORIGIN + ", put in a HEIF by hand"),
    Specimen("cut off behind the place", _JPEG[:345], (_PLACE,), _ORIGIN + ", cut by hand"),
    Specimen("cut off before the place", _JPEG[:240], ("none stored",), _ORIGIN + ", cut by hand"),
    Specimen(
        "latitude of 152 degrees",
        _JPEG.replace(b"\x34\0\0\0\1\0\0\0", b"\x98\0\0\0\1\0\0\0"),
        ("none stored",),
        _ORIGIN + ", changed by hand",
    ),
    Specimen("JPEG without Exif", _JPEG[:20] + _JPEG[386:], None, _ORIGIN + ", segment taken out"),
    Specimen(
        "Exif that only says how to turn it",
        b"\xff\xd8\xff\xe1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0\xff\xd9",
        None,
        "by hand",
    ),
    Specimen("another box file", b"\0\0\0\x14ftypisom\0\0\0\0mp41", None, "by hand"),
)

"""The Exif item of HEIF and AVIF files (ISO/IEC 14496-12 §8.11, 23008-12 annex A.2.1).

ftyp  brand         meta > iinf > infe   item id and type, "Exif"
                    meta > iloc          item id → offset and length in the file
the item: u32 offset of the TIFF head behind these four octets, then usually "Exif" 00 00, then TIFF
"""

from __future__ import annotations

from collections.abc import Iterator

from forensics.model import Layer

BRANDS = (b"heic", b"heix", b"heif", b"mif1", b"msf1", b"hevc", b"avif")
MOST_BOXES = 64
MOST_ITEMS = 2_000
LARGEST_META = 1 << 20


def exif_place(layer: Layer, start: int) -> tuple[int, int] | None:
    """Offset and length in the layer of the TIFF structure; None where the file has none."""
    meta = _meta(layer, start)
    if meta is None:
        return None
    boxes = dict(_boxes(meta[4:]))
    wanted = _exif_item(boxes.get(b"iinf", b""))
    if wanted is None:
        return None
    place = _location(boxes.get(b"iloc", b""), wanted)
    if place is None:
        return None
    offset, length = start + place[0], place[1]
    head = layer.read(offset, 64)
    if len(head) < 12:
        return None
    skip = int.from_bytes(head[:4], "big") + 4
    if skip >= length or layer.read(offset + skip, 2) not in (b"II", b"MM"):
        found = max(head.find(b"II*\0"), head.find(b"MM\0*"))
        if found < 0:
            return None
        skip = found
    return offset + skip, length - skip


def _meta(layer: Layer, start: int) -> bytes | None:
    at = start
    for _ in range(MOST_BOXES):
        head = layer.read(at, 16)
        if len(head) < 8:
            return None
        length, name, skip = int.from_bytes(head[:4], "big"), head[4:8], 8
        if length == 1 and len(head) == 16:
            length, skip = int.from_bytes(head[8:], "big"), 16
        if name == b"meta":
            return layer.read(at + skip, min(max(length - skip, 0), LARGEST_META))
        if length < skip:
            return None
        at += length
    return None


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    for _ in range(MOST_ITEMS):
        length = int.from_bytes(data[at : at + 4], "big")
        if length < 8 or at + 8 > len(data):
            return
        yield data[at + 4 : at + 8], data[at + 8 : at + length]
        at += length


def _exif_item(info: bytes) -> int | None:
    """The number of the item of type Exif."""
    for name, entry in _boxes(info[6 if info[:1] == b"\0" else 8 :]):
        if name == b"infe" and entry[:1] in (b"\2", b"\3"):
            width = 2 if entry[0] == 2 else 4
            if entry[6 + width : 10 + width] == b"Exif":
                return int.from_bytes(entry[4 : 4 + width], "big")
    return None


def _location(table: bytes, wanted: int) -> tuple[int, int] | None:
    """Offset in the file and length of the first extent of an item."""
    if len(table) < 8:
        return None
    version = table[0]
    widths = (table[4] >> 4, table[4] & 15, table[5] >> 4, table[5] & 15 if version else 0)
    number_width = 4 if version == 2 else 2
    at = 6 + number_width

    def take(width: int) -> int:
        nonlocal at
        at += width
        return int.from_bytes(table[at - width : at], "big")

    for _ in range(min(int.from_bytes(table[6:at], "big"), MOST_ITEMS)):
        if at >= len(table):
            return None
        item = take(number_width)
        method = take(2) & 15 if version else 0
        take(2)
        base = take(widths[2])
        for extent in range(min(take(2), MOST_ITEMS)):
            take(widths[3])
            offset, length = take(widths[0]), take(widths[1])
            if item == wanted and not extent and not method:
                return base + offset, length
    return None

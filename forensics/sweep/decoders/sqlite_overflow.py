"""Rows of SQLite databases that spill to overflow pages (https://sqlite.org/fileformat2.html, 1.5 and 1.6).

    | offset | length | what |
    |--------|--------|------|
    | 0      | 16     | "SQLite format 3" 00 |
    | 16     | 2      | page size, 1 is 65,536 |
    | 20     | 1      | bytes reserved at the end of each page |
    | 21     | 3      | 64, 32, 32 |
    | 28     | 4      | pages, valid if the words at 24 and 92 agree |
    |        |        | leaf page: type (0D table, 0A index), u16 freeblock, cells, content, u8 fragments, u16 of cells |
    |        |        | cell: varint payload, in tables varint rowid, payload, u32 first overflow page |
    |        |        | overflow page: u32 next page, payload |

All pages are looked at, whether they belong to a table or not. A cell counts only if the header of its record
says the payload's length. Rows that fit on their page are in the layer below already. `source` is the part of
the payload on the leaf; `places` has all parts, and overflow pages may lie before it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from forensics.detectors.base import Trigger
from forensics.model import ByteRun, Layer
from forensics.sweep.decoders._streams import TRUNCATED, cut
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen

MAGIC = b"SQLite format 3\0"
MOST_PAGES = 1 << 19
MOST_PAGES_UNSAID = 1 << 14  # where the header does not say how many there are
BATCH = 1 << 20  # bytes of pages read together
LARGEST_RECORD_HEADER = 1 << 16
TABLE_LEAF, INDEX_LEAF = 0x0D, 0x0A
WIDTHS = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)  # of the serial types below 10


_DATABASE = zlib.decompress(
    bytes.fromhex(
        "78da0b0ef4c92c495548cb2fca4d2c513066606260646470505060606060066256060460046216343e21c0cca097ccc80b52"
        "cc789101884601ad812e239bb8a828a37d4962524e6a5e7e0918333907b93a86b82a84383af9b82a8044344a144a522b4a34"
        "4171c3c460cec0e000228806ec4c4ce2c519f94525fdba8cccf31203122b154af2150c9dca9c7c835d238b4bc2534b0a43dc"
        "f24c1d4b4d724ddcddd2cd2bbc12fdc2fc8c1412f35214f2f37280ca33528b52f546f903c887e67196d17019b97c50193f1a"
        "2623970f2acc47c364e4f201cd4ac927"
    )
)
_ROW = b"\x03\x9e\x61" + b"Pay to 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2 " + b"and only there. " * 120


@dataclass(frozen=True, slots=True)
class Pages:
    """A database: where it starts, its page size, what of a page is used, how many pages are looked at."""

    layer: Layer
    at: int
    size: int
    usable: int
    count: int

    def local(self, payload: int, kind: int) -> int:
        """How many bytes of a payload stay on a leaf."""
        most = self.usable - 35 if kind == TABLE_LEAF else (self.usable - 12) * 64 // 255 - 23
        if payload <= most:
            return payload
        least = (self.usable - 12) * 32 // 255 - 23
        kept = least + (payload - least) % (self.usable - 4)
        return kept if kept <= most else least


class SqliteOverflow:
    """Decodes the rows of one database that spill."""

    kind: ClassVar[str] = "sqlite-overflow"
    title: ClassVar[str] = "SQLite rows on overflow pages"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"SQLite format 3\x00", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("https://sqlite.org/fileformat2.html",)
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = (
        EncodedSpecimen("one row of two", _DATABASE, (_ROW,), "sqlite3 3.40.1"),
        EncodedSpecimen("the last page is cut off", _DATABASE[:-512], (_ROW[:1457],), "sqlite3 3.40.1, cut"),
        EncodedSpecimen(
            "a length that the record does not have",
            _DATABASE.replace(b"\x03\x9e\x61", b"\x03\x9e\x63"),
            None,
            "sqlite3 3.40.1, a bit changed",
        ),
        EncodedSpecimen("a header alone", _DATABASE[:100], None, "sqlite3 3.40.1, cut"),
    )

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """As the contract says."""
        pages = _open(layer, at)
        left, index = limit, 0
        if pages is None:
            return
        group = max(1, BATCH // pages.size)
        for first in range(0, pages.count, group):
            if left <= 0:
                return
            data = layer.read(at + first * pages.size, group * pages.size)
            for number in range(len(data) // pages.size):
                low = number * pages.size
                skip = 100 if first + number == 0 else 0
                if data[low + skip] not in (TABLE_LEAF, INDEX_LEAF):
                    continue
                page = data[low : low + pages.size]
                for start, length, total, link in _spilling(pages, page, skip):
                    place = at + (first + number) * pages.size + start
                    payload, places = _chain(pages, page[start : start + length], place, total, link, left)
                    caveat = cut(limit) if total > left else "" if len(payload) == total else TRUNCATED
                    left -= len(payload)
                    yield Decoded(payload, ByteRun(place, length), "", index, not caveat, caveat, places)
                    index += 1
                    if left <= 0:
                        return


def _open(layer: Layer, at: int) -> Pages | None:
    """The database at `at`, if its header can be one."""
    head = layer.read(at, 100)
    if len(head) < 100 or head[:16] != MAGIC or head[21:24] != b"\x40\x20\x20":
        return None
    size = int.from_bytes(head[16:18], "big")
    size = 65_536 if size == 1 else size
    usable = size - head[20]
    if size < 512 or size & (size - 1) or usable < 480:
        return None
    stated = int.from_bytes(head[28:32], "big")
    most = min(stated, MOST_PAGES) if stated and head[24:28] == head[92:96] else MOST_PAGES_UNSAID
    return Pages(layer, at, size, usable, min(most, (layer.size - at + size - 1) // size))


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of 7 bits a byte, high first, the ninth byte whole; and the offset behind it, -1 if it is cut."""
    value = 0
    for count in range(8):
        if at >= len(data):
            return 0, -1
        byte = data[at]
        at += 1
        value = value << 7 | (byte & 0x7F)
        if byte < 0x80:
            return value, at
        if count == 7 and at < len(data):
            return value << 8 | data[at], at + 1
    return 0, -1


def _spilling(pages: Pages, page: bytes, skip: int) -> Iterator[tuple[int, int, int, int]]:
    """Of each cell that spills: start and length of its local part, its whole length, its first overflow page."""
    kind, _, cells = struct.unpack_from(">BHH", page, skip)
    base = skip + 8
    if base + 2 * cells > pages.usable:
        return
    done: set[int] = set()
    for (cell,) in struct.iter_unpack(">H", page[base : base + 2 * cells]):
        if not base + 2 * cells <= cell < pages.usable or cell in done:
            continue
        done.add(cell)
        total, position = _varint(page, cell)
        if kind == TABLE_LEAF and position > 0:
            _, position = _varint(page, position)
        if position < 0:
            continue
        local = pages.local(total, kind)
        if local == total or position + local + 4 > pages.usable:
            continue
        link = int.from_bytes(page[position + local : position + local + 4], "big")
        if _is_record(page[position : position + local], total):
            yield position, local, total, link


def _is_record(local: bytes, total: int) -> bool:
    """Whether the record's header says `total` bytes."""
    length, position = _varint(local, 0)
    if position < 0 or not position < length <= min(len(local), total, LARGEST_RECORD_HEADER):
        return False
    body = 0
    while position < length:
        kind, position = _varint(local, position)
        if position < 0 or kind in (10, 11):
            return False
        body += WIDTHS[kind] if kind < 10 else (kind - 12) // 2
    return position == length and length + body == total


def _chain(
    pages: Pages, local: bytes, place: int, total: int, link: int, left: int
) -> tuple[bytes, tuple[tuple[int, int, int], ...]]:
    """The payload as far as its chain leads, at most `left` bytes, and the places of its parts."""
    out = bytearray(local[:left])
    places = [(0, place, len(local))]
    wanted = min(total, left)
    while len(out) < wanted and 1 < link <= pages.count:
        start = pages.at + (link - 1) * pages.size
        page = pages.layer.read(start, pages.usable)
        part = page[4 : 4 + wanted - len(out)]
        if not part:
            break
        places.append((len(out), start + 4, len(part)))
        out += part
        link = int.from_bytes(page[:4], "big")
    return bytes(out), tuple(places)


DECODER: Decoder = SqliteOverflow()

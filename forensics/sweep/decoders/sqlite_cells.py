"""Values of SQLite rows, apart from each other and whole (https://sqlite.org/fileformat2.html, 1.5, 1.6 and 2.1).

    | offset | length | what |
    |--------|--------|------|
    | 0      | 16     | "SQLite format 3" 00 |
    | 16     | 2      | page size, 1 is 65,536 |
    | 20     | 1      | octets reserved at the end of each page |
    | 28     | 4      | pages, valid if the words at 24 and 92 agree |
    | 56     | 4      | encoding: 1 UTF-8, 2 UTF-16LE, 3 UTF-16BE |
    |        |        | leaf page: type (0D table, 0A index), u16 free block, cells, content, u8 fragments, u16 of cells |
    |        |        | cell: varint payload, in tables varint rowid, payload, u32 first overflow page |
    |        |        | payload: varint header length, varint type of each value, the values side by side |
    |        |        | overflow page: u32 next page, payload |

All pages are looked at, whether they belong to a table or not. A cell counts only if the header of its record
says the payload's length. The values of many pages make one stream, those of a row that spills one of its own.
A value of a row that fits its page is left to the layer below where nothing touches it there.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Trigger
from forensics.model import Layer
from forensics.primitives.sqlite.pages import HEADER, LEAVES, Cell, Header, read_header
from forensics.primitives.sqlite.record import types_of
from forensics.sweep.decoders._sqlite_values import Values, add_spilled, add_touching
from forensics.sweep.decoders._streams import TRUNCATED
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen

MOST_PAGES = 1 << 19
MOST_PAGES_UNSAID = 1 << 14  # where the header does not say how many there are
BATCH = 1 << 20  # octets of pages read together

_DATABASE = zlib.decompress(
    bytes.fromhex(
        "78da0b0ef4c92c495548cb2fca4d2c513066606260646470505060606060066256060460046216343e21c0cca097ccc80b52"
        "cc789101884601ad812e239bb8a828a37d4962524e6a5e7e0918333907b93a86b82a84383af9b82a8044344a144a522b4a34"
        "4171c3c460cec0e000228806ec4c4ce2c519f94525fdba8cccf31203122b154af2150c9dca9c7c835d238b4bc2534b0a43dc"
        "f24c1d4b4d724ddcddd2cd2bbc12fdc2fc8c1412f35214f2f37280ca33528b52f546f903c887e67196d17019b97c50193f1a"
        "2623970f2acc47c364e4f201cd4ac927"
    )
)
_LONG = b"Pay to 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2 " + b"and only there. " * 120
_TOUCHING = zlib.decompress(
    bytes.fromhex(
        "78da0b0ef4c92c495548cb2fca4d2c513066606260646470505060600032211806188198058d4f083031e82533f28214331e"
        "6700a251401b60cec826cecfcf185f929894935a52c2e41ce4ea18e2aa10e2e8e4e3aa50a291a850925a51a2a39004a5f314"
        "32f34a52d3538b344171c3c4389b81f1249018058309e830b18807731667e417956424e6a429e4e5972b24e6a5288039f979"
        "0a29a9399965a94595566011534616cd40c6bcfc9254870abdd48ac4dc829c5443a73227df60d7c8e292f0d492c210b73c53"
        "c752935c1377b774f30aaf44bf303f237600f8f93b5e"
    )
)
_APART = b"note@x.example\n\0\n1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2\n\0\nhalf now and half on delivery: half"


class SqliteCells:
    """Sets apart the values of one database."""

    kind: ClassVar[str] = "sqlite-cells"
    title: ClassVar[str] = "SQLite rows, value by value, with their overflow pages"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"SQLite format 3\x00", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("https://sqlite.org/fileformat2.html",)
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = (
        EncodedSpecimen("texts side by side", _TOUCHING, (_APART,), "sqlite3 3.40.1"),
        EncodedSpecimen("the second page is cut off", _TOUCHING[:512], None, "sqlite3 3.40.1, cut"),
        EncodedSpecimen("one row of two spills", _DATABASE, (_LONG,), "sqlite3 3.40.1"),
        EncodedSpecimen("the last page is cut off", _DATABASE[:-512], (_LONG[:1454],), "sqlite3 3.40.1, cut"),
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
        header = read_header(layer.read(at, HEADER))
        if header is None:
            return
        left, index = limit, 0
        pages = min(
            min(header.pages, MOST_PAGES) if header.pages else MOST_PAGES_UNSAID,
            (layer.size - at + header.page_size - 1) // header.page_size,
        )
        group = max(1, BATCH // header.page_size)
        for first in range(0, pages, group):
            for values, caveat in _group(layer, at, header, first, min(group, pages - first), pages, limit):
                decoded = values.stream(index, left, limit, caveat)
                if decoded is None:
                    continue
                left -= len(decoded.data)
                yield decoded
                index += 1
                if left <= 0:
                    return


def _group(
    layer: Layer, at: int, header: Header, first: int, count: int, pages: int, limit: int
) -> Iterator[tuple[Values, str]]:
    """The values of pages that are read together, each with the caveat of its stream."""
    size = header.page_size
    data = layer.read(at + first * size, count * size)
    values = Values(header.encoding)
    for number in range((len(data) + size - 1) // size):
        low = number * size
        start = HEADER if first + number == 0 else 0
        if low + start >= len(data) or data[low + start] not in LEAVES:
            continue
        page = data[low : low + size]
        place = at + (first + number) * size
        for cell, length in add_touching(values, page, place, start, header.usable):
            record = types_of(page, cell.payload, cell.total)
            if record is None:
                continue
            local = (place + cell.payload, page[cell.payload : cell.payload + cell.local])
            payload, whole = _chain(layer, at, header, pages, cell, local, limit)
            spilled = Values(header.encoding)
            add_spilled(spilled, payload, length, record[1])
            yield spilled, "" if whole else TRUNCATED
    yield values, ""


def _chain(
    layer: Layer, at: int, header: Header, pages: int, cell: Cell, local: tuple[int, bytes], limit: int
) -> tuple[list[tuple[int, bytes]], bool]:
    """The parts of a payload as far as its chain leads and the limit wants them; whether that is all of it."""
    parts = [local]
    have, link, wanted = cell.local, cell.link, min(cell.total, cell.local + limit)
    while have < wanted and 1 < link <= pages:
        offset = at + (link - 1) * header.page_size
        page = layer.read(offset, header.usable)
        part = page[4 : 4 + wanted - have]
        if not part:
            break
        parts.append((offset + 4, part))
        have += len(part)
        link = int.from_bytes(page[:4], "big")
    return parts, have >= wanted


DECODER: Decoder = SqliteCells()

"""Values of SQLite rows in a write-ahead log (https://sqlite.org/fileformat2.html, 4).

    | offset | length | what |
    |--------|--------|------|
    | 0      | 4      | 37 7F 06 82 or 83 |
    | 4      | 4      | 3007000 |
    | 8      | 4      | page size |
    | 16     | 8      | two salts |
    | 32     |        | frames: u32 page, u32 pages of the database if it commits, salts, checksum; the page |

All frames are looked at: committed ones, those that were written again later, those that never were committed and
those of an earlier run of the log. Of a row that spills, the parts that the log has up to the first that it lacks.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from forensics.detectors.base import Trigger
from forensics.model import Layer
from forensics.primitives.sqlite.pages import HEADER, LEAVES, Cell, Header, cells, read_header
from forensics.primitives.sqlite.record import types_of
from forensics.primitives.sqlite.wal import Frame, Wal, read_wal
from forensics.sweep.decoders._sqlite_values import Values, add_spilled, streams
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen

_LOG = zlib.decompress(
    bytes.fromhex(
        "78da33af676b62d07d24c1c0c0c400027101f784329fe7e63f5f195cc8f751a89e0122c10413bfe2ba2d715747691c2f5090"
        "91f12403108d82a10c4c1959340319f3f24b521d2af4522b12730b72520d9dca9c7c835d238b4bc2534b0a43dcf24c1d4b4d"
        "724ddcddd2cd2bbc12fdc2fc8cd8012a06253a"
    )
)
_APART = b"note@x.example\n\0\n1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"


class SqliteWal:
    """Sets apart the values of one log's rows."""

    kind: ClassVar[str] = "sqlite-wal"
    title: ClassVar[str] = "SQLite write-ahead log"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\x37\x7f\x06[\x82\x83]\x00\x2d\xe2\x18", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("https://sqlite.org/fileformat2.html",)
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = (
        EncodedSpecimen("a row in a frame", _LOG, (_APART,), "sqlite3 3.40.1, killed"),
        EncodedSpecimen("the frame is cut off", _LOG[:-100], None, "sqlite3 3.40.1, cut"),
        EncodedSpecimen("no such page size", _LOG[:8] + b"\0\0\3\3" + _LOG[12:], None, "sqlite3 3.40.1, changed"),
        EncodedSpecimen("a header alone", _LOG[:32], None, "sqlite3 3.40.1, cut"),
    )

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """As the contract says."""
        log = read_wal(layer, at, check=False)
        if log is None or limit <= 0:
            return
        header = _header(layer, log)
        encoding = header.encoding if header else "utf-8"
        usable = header.usable if header else log.page_size
        newest = {frame.page: frame.offset for frame in log.frames}
        fillers = (partial(_add_frame, layer, newest, frame, log.page_size, usable) for frame in log.frames)
        yield from streams(encoding, limit, fillers)


def _header(layer: Layer, log: Wal) -> Header | None:
    """The database's header as the log has it."""
    for frame in log.frames:
        header = read_header(layer.read(frame.offset, HEADER)) if frame.page == 1 else None
        if header is not None and header.page_size == log.page_size:
            return header
    return None


def _add_frame(
    layer: Layer, newest: dict[int, int], frame: Frame, page_size: int, usable: int, values: Values, left: int
) -> None:
    """Add the values of the page that a frame holds."""
    page = layer.read(frame.offset, page_size)
    start = HEADER if frame.page == 1 else 0
    if page[start] in LEAVES:
        for cell in cells(page, start, usable):
            _add(values, layer, newest, page, frame.offset, cell, usable, left)


def _add(
    values: Values, layer: Layer, newest: dict[int, int], page: bytes, base: int, cell: Cell, usable: int, left: int
) -> None:
    """Add the values of a cell of the page at `base`."""
    record = types_of(page[:usable], cell.payload, cell.total)
    if record is None:
        return
    parts = [(base + cell.payload, page[cell.payload : cell.payload + cell.local])]
    have, link, wanted = cell.local, cell.link, min(cell.total, cell.local + left)
    while have < wanted and link in newest:
        offset = newest[link]
        part = layer.read(offset, usable)
        link = int.from_bytes(part[:4], "big")
        part = part[4 : 4 + wanted - have]
        if not part:
            break
        parts.append((offset + 4, part))
        have += len(part)
    add_spilled(values, parts, record[0], record[1])


DECODER: Decoder = SqliteWal()

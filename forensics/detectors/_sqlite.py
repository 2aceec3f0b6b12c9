"""Rows of SQLite tables, read through a layer with bounds (https://sqlite.org/fileformat2.html).

The library is not used: it wants a file of its own, and runs what a schema tells it to.

    page 1: 100 octets of header; u16 page size at 16 (1 = 65,536), u8 reserved at 20, u32 pages at 28,
            u32 encoding at 56, user version 60, application id 68
    b-tree page: u8 type (05 inner, 0D leaf of a table), u16 freeblock, u16 cells, u16 content, u8 fragments,
            u32 rightmost page if inner; then u16 offsets of cells
    leaf cell: varint payload, varint rowid, payload, u32 first overflow page if it does not fit
    record: varint header length, varint types, values

Rows that were deleted, rows of tables without rowid, and rows that are still in a write-ahead log are not
read here.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from forensics.errors import EvidenceError
from forensics.model import ByteRun, Layer

MAGIC = b"SQLite format 3\0"
MOST_PAGES = 1 << 20  # visited for one table
LARGEST_PAYLOAD = 16 << 20
MOST_COLUMNS = 2_000
DEEPEST = 40

Cell = None | int | float | str | bytes


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the schema: its name, root page, statement and the names of its columns, lower-case."""

    name: str
    root: int
    sql: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row: values in stored order (None is SQL's NULL), with the span of each where it is contiguous.

    `span` is the cell on its page, `whole` is False when an overflow chain broke off.
    """

    rowid: int
    values: tuple[Cell, ...]
    spans: tuple[ByteRun | None, ...]
    span: ByteRun
    whole: bool


class Database:
    """A SQLite database that starts at `at` in a layer."""

    def __init__(self, layer: Layer, at: int, header: bytes) -> None:
        """Take over the header; use `open_database`."""
        stored = int.from_bytes(header[16:18], "big")
        self.layer = layer
        self.at = at
        self.page_size = 65_536 if stored == 1 else stored
        self.usable = self.page_size - header[20]
        self.stated_pages = int.from_bytes(header[28:32], "big")
        self.pages = max(1, (layer.size - at) // self.page_size)
        if self.stated_pages and header[24:28] == header[92:96]:
            self.pages = min(self.pages, self.stated_pages)
        self.encoding = {2: "utf-16-le", 3: "utf-16-be"}.get(int.from_bytes(header[56:60], "big"), "utf-8")
        self.user_version = int.from_bytes(header[60:64], "big")
        self.application_id = int.from_bytes(header[68:72], "big")
        self.write_ahead = header[18] == 2 or header[19] == 2
        self.faults: set[str] = set()

    @property
    def length(self) -> int:
        """Octets of the database that are there."""
        whole = (self.stated_pages or self.pages) * self.page_size
        return min(whole, self.layer.size - self.at)

    @property
    def cut(self) -> bool:
        """Whether pages are missing at the end."""
        return self.stated_pages > self.pages

    def tables(self) -> tuple[Table, ...]:
        """Tables with rowids, in the order of the schema; at most 1,000."""
        found = []
        for row in self.rows(1, 5_000):
            values = row.values
            if len(values) < 5 or values[0] != "table" or not isinstance(values[3], int):
                continue
            name, sql = str(values[1])[:200], str(values[4] or "")[:65_536]
            if values[3] > 0 and not re.search(r"\bWITHOUT\s+ROWID\b", sql, re.IGNORECASE):
                found.append(Table(name, values[3], sql, _columns(sql)))
            if len(found) >= 1_000:
                break
        return tuple(found)

    def rows(self, root: int, most: int) -> Iterator[Row]:
        """Rows of the table whose root page is `root`, in order, at most `most`."""
        waiting: list[tuple[int, int]] = [(root, 0)]
        seen: set[int] = set()
        given = 0
        while waiting and len(seen) < MOST_PAGES:
            number, depth = waiting.pop()
            if number in seen or depth > DEEPEST:
                self.faults.add("pages point at each other in a ring")
                continue
            seen.add(number)
            page = self._page(number)
            if page is None:
                continue
            start = 100 if number == 1 else 0
            kind = page[start]
            cells = int.from_bytes(page[start + 3 : start + 5], "big")
            inner = kind == 0x05
            table = start + (12 if inner else 8)
            if kind not in (0x05, 0x0D) or table + 2 * cells > len(page):
                self.faults.add("a page that is not one of a table")
                continue
            offsets = struct.unpack_from(f">{cells}H", page, table)
            if inner:
                children = [page[each : each + 4] for each in offsets] + [page[start + 8 : start + 12]]
                waiting.extend((int.from_bytes(each, "big"), depth + 1) for each in reversed(children))
                continue
            for offset in offsets:
                row = self._row(number, page, offset)
                if row is None:
                    self.faults.add("a row that cannot be read")
                    continue
                yield row
                given += 1
                if given >= most:
                    self.faults.add(f"more than {most:,} rows")
                    return

    def _page(self, number: int) -> bytes | None:
        """A whole page; None, noted, where it is not there."""
        if not 1 <= number <= self.pages:
            self.faults.add("a page that is not in the file")
            return None
        try:
            page = self.layer.read(self.at + (number - 1) * self.page_size, self.page_size)
        except EvidenceError:
            page = b""
        if len(page) < self.page_size:
            self.faults.add("a page that cannot be read")
            return None
        return page

    def _row(self, number: int, page: bytes, offset: int) -> Row | None:
        place = (number - 1) * self.page_size + self.at
        size, at = varint(page, offset)
        rowid, at = varint(page, at)
        local = self._local(size)
        if at + local > len(page) or size > 1 << 31:
            return None
        payload = page[at : at + local]
        if size > local:
            following = int.from_bytes(page[at + local : at + local + 4], "big")
            payload += self._overflow(following, min(size, LARGEST_PAYLOAD) - local)
        end = at + local + (4 if size > local else 0)
        decoded = self._decode(payload, rowid, place + at, local)
        if decoded is None:
            return None
        values, spans = decoded
        if rowid >= 1 << 63:
            rowid -= 1 << 64
        return Row(rowid, values, spans, ByteRun(place + offset, end - offset), len(payload) >= size)

    def _local(self, size: int) -> int:
        """How much of a payload stands on its leaf page."""
        limit = self.usable - 35
        if size <= limit:
            return size
        least = (self.usable - 12) * 32 // 255 - 23
        fitting = least + (size - least) % (self.usable - 4)
        return fitting if fitting <= limit else least

    def _overflow(self, number: int, wanted: int) -> bytes:
        pieces: list[bytes] = []
        seen: set[int] = set()
        while wanted > 0 and number and number not in seen:
            seen.add(number)
            page = self._page(number)
            if page is None:
                break
            piece = page[4 : min(self.usable, 4 + wanted)]
            pieces.append(piece)
            wanted -= len(piece)
            number = int.from_bytes(page[:4], "big")
        if wanted > 0:
            self.faults.add("an overflow chain that breaks off")
        return b"".join(pieces)

    def _decode(
        self, payload: bytes, rowid: int, place: int, local: int
    ) -> tuple[tuple[Cell, ...], tuple[ByteRun | None, ...]] | None:
        head, at = varint(payload, 0)
        if head > len(payload) or head < 1:
            return None
        values: list[Cell] = []
        spans: list[ByteRun | None] = []
        body = head
        while at < head and len(values) < MOST_COLUMNS:
            kind, at = varint(payload, at)
            width = _WIDTHS[kind] if kind < 12 else (kind - 12) // 2
            stored = payload[body : body + width]
            value: Cell = None
            if kind in (8, 9):
                value = kind - 8
            elif kind >= 13 and kind & 1:
                value = stored.decode(self.encoding, "replace")
            elif kind >= 12:
                value = stored
            elif kind == 7 and len(stored) == 8:
                value = struct.unpack(">d", stored)[0]
            elif 1 <= kind <= 6:
                value = int.from_bytes(stored, "big", signed=True)
            values.append(value)
            spans.append(ByteRun(place + body, width) if body + width <= local else None)
            body += width
        return tuple(values), tuple(spans)


_WIDTHS = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0)


def open_database(layer: Layer, at: int) -> Database | None:
    """The database at `at`; None where its header is not that of one."""
    header = layer.read(at, 100)
    if len(header) < 100 or header[:16] != MAGIC:
        return None
    stored = int.from_bytes(header[16:18], "big")
    if stored != 1 and (stored < 512 or stored & (stored - 1)):
        return None
    if header[21:24] != b"\x40\x20\x20" or (65_536 if stored == 1 else stored) - header[20] < 480:
        return None
    return Database(layer, at, header)


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A variable-length integer and the offset behind it; past the end it reads as zero octets."""
    value = 0
    for index in range(9):
        octet = data[at] if at < len(data) else 0
        at += 1
        if index == 8:
            return value << 8 | octet, at
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            break
    return value, at


def _columns(sql: str) -> tuple[str, ...]:
    """Names of the columns in a CREATE TABLE statement, lower-case, without its constraints."""
    opened = sql.find("(")
    if opened < 0:
        return ()
    names: list[str] = []
    depth, start = 0, opened + 1
    body = sql[opened + 1 : sql.rfind(")") if ")" in sql else len(sql)] + ","
    for index, letter in enumerate(body):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth <= 0:
            match = re.match(r"\s*[\"'`\[]?([^\s\"'`\],()]+)", body[start - opened - 1 : index])
            if match and match[1].upper() not in ("PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "CONSTRAINT"):
                names.append(match[1].lower())
            start = opened + 1 + index + 1
    return tuple(names[:MOST_COLUMNS])

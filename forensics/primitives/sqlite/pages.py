"""Pages of SQLite databases: the header, the cells of b-tree leaves (https://sqlite.org/fileformat2.html, 1.3 and 1.6).

| offset | length | what |
|--------|--------|------|
| 0      | 16     | "SQLite format 3" 00 |
| 16     | 2      | page size, 1 is 65,536 |
| 18     | 2      | versions of writing and reading, 2 is write-ahead |
| 20     | 1      | octets reserved at the end of each page |
| 21     | 3      | 64, 32, 32 |
| 28     | 4      | pages, valid if the words at 24 and 92 agree |
| 32     | 8      | first page of the list of free pages, their number |
| 56     | 4      | encoding: 1 UTF-8, 2 UTF-16LE, 3 UTF-16BE |
| 60, 68 | 4      | user version, application id |
|        |        | b-tree page: type (0D and 05 table, 0A and 02 index), u16 free block, cells, content, |
|        |        | u8 fragments, in inner pages u32 rightmost page; then u16 of each cell |
|        |        | leaf cell: varint payload, in tables varint rowid, payload, u32 first overflow page |
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from forensics.primitives.sqlite.record import varint

MAGIC = b"SQLite format 3\0"
HEADER = 100
TABLE_LEAF, TABLE_INNER, INDEX_LEAF, INDEX_INNER = 0x0D, 0x05, 0x0A, 0x02
LEAVES = (TABLE_LEAF, INDEX_LEAF)


@dataclass(frozen=True, slots=True)
class Header:
    """What the first 100 octets say; `pages` is 0 where their number is not stated or not up to date."""

    page_size: int
    usable: int
    pages: int
    encoding: str
    free_page: int
    free_pages: int
    user_version: int
    application_id: int
    write_ahead: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a page: offsets in the page, lengths in octets.

    `local` of the `total` octets of payload stand on the page, the rest in the chain that begins at page `link`.
    `rowid` is None in indexes, `child` is the page of an inner index cell.
    """

    start: int
    payload: int
    total: int
    local: int
    rowid: int | None
    link: int
    child: int = 0

    @property
    def end(self) -> int:
        """The first offset behind the cell."""
        return self.payload + self.local + (4 if self.local < self.total else 0)


def read_header(data: bytes) -> Header | None:
    """The header at the start of `data`; None where it is not that of a database."""
    if len(data) < HEADER or data[:16] != MAGIC or data[21:24] != b"\x40\x20\x20":
        return None
    size = int.from_bytes(data[16:18], "big")
    size = 65_536 if size == 1 else size
    usable = size - data[20]
    if size < 512 or size & (size - 1) or usable < 480:
        return None
    pages, free_page, free_pages = struct.unpack_from(">III", data, 28)
    encoding, user_version = struct.unpack_from(">II", data, 56)
    return Header(
        size,
        usable,
        pages if data[24:28] == data[92:96] else 0,
        {2: "utf-16-le", 3: "utf-16-be"}.get(encoding, "utf-8"),
        free_page,
        free_pages,
        user_version,
        int.from_bytes(data[68:72], "big"),
        data[18] == 2 or data[19] == 2,
    )


def local_length(usable: int, total: int, kind: int) -> int:
    """How many octets of a payload stay on a page of this type."""
    most = usable - 35 if kind == TABLE_LEAF else (usable - 12) * 64 // 255 - 23
    if total <= most:
        return total
    least = (usable - 12) * 32 // 255 - 23
    kept = least + (total - least) % (usable - 4)
    return kept if kept <= most else least


def cells(page: bytes, start: int, usable: int) -> Iterator[Cell]:
    """The cells with a payload of a page, in its order, each once; what does not fit the page is left out.

    Args:
        page: the whole page.
        start: where its b-tree header is: 100 in the first page, 0 in others.
        usable: octets of the page that are used.
    """
    if len(page) < start + 8:
        return
    kind, _, count = struct.unpack_from(">BHH", page, start)
    if kind not in (TABLE_LEAF, INDEX_LEAF, INDEX_INNER):
        return
    table = start + (12 if kind == INDEX_INNER else 8)
    low = table + 2 * count
    usable = min(usable, len(page))
    if low > usable:
        return
    done: set[int] = set()
    for (offset,) in struct.iter_unpack(">H", page[table:low]):
        if offset in done:
            continue
        done.add(offset)
        cell = read_cell(page, offset, kind, usable) if low <= offset < usable else None
        if cell is not None:
            yield cell


def read_cell(page: bytes, offset: int, kind: int, usable: int) -> Cell | None:
    """The cell at an offset of a page; None if it does not fit there."""
    child = 0
    position = offset
    if kind == INDEX_INNER:
        child = int.from_bytes(page[offset : offset + 4], "big")
        position += 4
    rowid: int | None = None
    total, position = varint(page, position)
    if kind == TABLE_LEAF and position > 0:
        rowid, position = varint(page, position)
        rowid -= (rowid >> 63) << 64
    if position < 0:
        return None
    local = local_length(usable, total, kind)
    end = position + local
    if local == total:
        return Cell(offset, position, total, local, rowid, 0, child) if end <= usable else None
    if end + 4 > usable:
        return None
    return Cell(offset, position, total, local, rowid, int.from_bytes(page[end : end + 4], "big"), child)

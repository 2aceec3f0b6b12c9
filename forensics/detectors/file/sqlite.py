"""SQLite databases (https://sqlite.org/fileformat2.html).

| offset | length | content                                                                    |
|--------|--------|----------------------------------------------------------------------------|
| 0      | 16     | "SQLite format 3" 00                                                        |
| 16     | 2      | u16 page size, 1 = 65,536                                                   |
| 18     | 6      | versions 1 or 2 of writing and reading, bytes kept free, then 40 20 20      |
| 24     | 4      | count of changes; the same at 92 where the number of pages is right         |
| 28     | 4      | number of pages                                                            |
| 32     | 8      | first page of the list of free pages, their number                          |
| 44     | 4      | format of the schema, 1 to 4                                                |
| 56     | 4      | encoding, 1 to 3                                                            |
| 100    | …      | page 1: the table of the schema, type 05 or 0D                              |

The length is pages times page size. Every table of the schema and the list of free pages are followed to a
page of their kind; where one is something else the database is cut or overwritten, and ends before that page.

Not recorded: rows that are still in a write-ahead log.
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors._sqlite import Database
from forensics.detectors.base import Detector, Specimen, Trigger
from forensics.detectors.file._carve import Carved, FileDetector, known
from forensics.detectors.file._specimens import SQLITE
from forensics.model import Layer

MOST_TRUNKS = 10_000
_OBJECTS = (("table",), ("index",), ("view",), ("trigger",))
_TYPES = (0x02, 0x05, 0x0A, 0x0D)


class Sqlite(FileDetector):
    """Reads the header, then looks at the first page of each table."""

    kind = "file/sqlite"
    title = "SQLite database, carved"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"SQLite format 3\x00", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("https://sqlite.org/fileformat2.html",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("two tables", SQLITE, known(SQLITE), "sqlite3"),
        Specimen(
            "a table overwritten", SQLITE[:512] + b"U" * 512 + SQLITE[1024:], known(SQLITE[:512]), "sqlite3, changed"
        ),
        Specimen("truncated", SQLITE[:400], None, "sqlite3, cut"),
        Specimen("no such page size", SQLITE[:16] + b"\3\3" + SQLITE[18:], None, "sqlite3, changed"),
        Specimen("look-alike: magic alone", b"SQLite format 3\0" + b"\n" * 600, None, "made by hand"),
    )

    def carve(self, layer: Layer, at: int) -> Carved | None:
        """As the table says."""
        header = layer.read(at, 108)
        if len(header) < 108 or not _header(header):
            return None
        database = Database(layer, at, header)
        pages = database.stated_pages
        if header[24:28] != header[92:96] or not pages:
            pages = 0
        there = (layer.size - at) // database.page_size
        if not there:
            return None
        tables = database.tables()
        first = next(database.rows(1, 1), None)
        if header[103:105] != b"\0\0" and (first is None or first.values[:1] not in _OBJECTS):
            return None  # the schema has rows and they cannot be read
        roots = sorted(table.root for table in tables)
        facts = {"tables": len(tables), "pages": pages}
        if not pages:
            last = max(roots, default=1)
            return Carved(min(last, there) * database.page_size, 60, "the number of pages is not stated", facts=facts)
        broken = [root for root in roots if root > pages or not _is_kind(layer, at, database, root)]
        lost = min([*broken, *_lost_free(layer, at, database, header, pages), pages + 1])
        if lost <= min(pages, there):
            reason = f"page {lost:,} is something else"
            return Carved((lost - 1) * database.page_size, 60, reason, facts=facts) if lost > 1 else None
        if there < pages:
            return Carved(there * database.page_size, 60, "the area ends", facts=facts)
        return Carved(pages * database.page_size, 64, facts=facts)


def _header(header: bytes) -> bool:
    size = int.from_bytes(header[16:18], "big")
    return (
        (size == 1 or (512 <= size <= 32_768 and not size & (size - 1)))
        and header[18] in (1, 2)
        and header[19] in (1, 2)
        and header[20] < 32
        and header[21:24] == b"\x40\x20\x20"
        and int.from_bytes(header[44:48], "big") <= 4
        and int.from_bytes(header[56:60], "big") <= 3
        and header[100] in (0x05, 0x0D)
    )


def _is_kind(layer: Layer, at: int, database: Database, page: int) -> bool:
    """Whether a page that is there is one of a b-tree; what is not there is another matter."""
    offset = at + (page - 1) * database.page_size
    stored = layer.read(offset + (100 if page == 1 else 0), 8)
    if len(stored) < 8:
        return True
    cells, content = int.from_bytes(stored[3:5], "big"), int.from_bytes(stored[5:7], "big")
    return stored[0] in _TYPES and 8 + 2 * cells <= database.page_size and content <= database.page_size


def _lost_free(layer: Layer, at: int, database: Database, header: bytes, pages: int) -> list[int]:
    """The first page of the list of free pages that is not one, if any; trunk: u32 next, u32 leaves, u32 each."""
    page, left = int.from_bytes(header[32:36], "big"), int.from_bytes(header[36:40], "big")
    for _ in range(MOST_TRUNKS):
        if not page or left <= 0:
            return []
        stored = layer.read(at + (page - 1) * database.page_size, 8)
        if page > pages or len(stored) < 8:
            return [] if page <= pages else [page]
        leaves = int.from_bytes(stored[4:], "big")
        if leaves > database.usable // 4 - 2:
            return [page]
        left -= 1 + leaves
        page = int.from_bytes(stored[:4], "big")
    return []


DETECTOR: Detector = Sqlite()

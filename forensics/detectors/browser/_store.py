"""A browser's database with the write-ahead log beside it: current rows, and those that are not current any more."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from forensics.detectors.base import log_beside
from forensics.errors import EvidenceError
from forensics.model import ByteRun, Layer
from forensics.primitives.sqlite.database import Database, open_database
from forensics.primitives.sqlite.rows import Row, State

LARGEST_SEARCHED = 256 << 20  # octets of a database whose free space is searched
MOST_LOST = 4_000  # rows of one table
MOST_ROWS = 400_000  # of one table that are read
MOST_MET = 1_000_000  # deleted and superseded rows of all tables

Key = Callable[[Row], tuple[object, ...]]


class Place(NamedTuple):
    """Octets of one of the two files."""

    log: bool
    run: ByteRun


@dataclass(slots=True)
class Listing:
    """Rows of a table: the newest current ones, how many there are, and those that are not current any more."""

    key: Key
    rows: list[Row] = field(default_factory=list)
    count: int = 0
    lost: list[Row] = field(default_factory=list)
    more_lost: int = 0
    keys: set[int] = field(default_factory=set)

    def all(self) -> Iterator[Row]:
        """First what is lost, then the newest."""
        yield from self.lost
        yield from self.rows


@dataclass(slots=True)
class Store:
    """The database at `at` of a layer. `log` is the layer of its write-ahead log, if there is one."""

    layer: Layer
    at: int
    log: Layer | None
    database: Database
    tables: dict[str, frozenset[str]]  # lower-case names of tables and of their columns
    caveats: list[str] = field(default_factory=list)

    def has(self, table: str, *columns: str) -> bool:
        """Whether there is such a table with these columns, in lower case."""
        return self.tables.get(table, frozenset()).issuperset(columns) and table in self.tables

    def current(self, table: str) -> Iterator[Row]:
        """Rows as they are now, those of the log among them."""
        return self.database.rows(table, most=MOST_ROWS) if table in self.tables else iter(())

    def listing(
        self,
        table: str,
        key: Key,
        order: str,
        most: int,
        each: Callable[[Row], None] | None = None,
        before: Callable[[Row], bool] | None = None,
    ) -> Listing:
        """Read a table once: the rows with the highest values of the column `order`, and the keys of all.

        Rows for which `before` is true are taken before all others.

        `key` says what makes two versions of a row the same for a person; `each` is called with every row.
        """
        listing = Listing(key)

        def counted() -> Iterator[Row]:
            for row in self.current(table):
                listing.count += 1
                listing.keys.add(hash(key(row)))
                if each is not None:
                    each(row)
                yield row

        if most:
            listing.rows = heapq.nlargest(
                most, counted(), key=lambda row: (before is not None and before(row), number(row, order))
            )
        else:
            deque(counted(), maxlen=0)
        if listing.count >= MOST_ROWS:
            self.caveats.append(f"{table}: more than {MOST_ROWS:,} rows; those behind them were not read.")
        return listing

    def find_lost(self, listings: Mapping[str, Listing]) -> None:
        """Add to each table's listing the deleted and superseded rows whose key no current row has, each key once."""
        if self.database.pages * self.database.header.page_size > LARGEST_SEARCHED:
            self.caveats.append("The database is very large: its free space was not searched for deleted rows.")
            return
        for met, row in enumerate(self.database.lost_rows(compare=False)):
            if met >= MOST_MET:
                self.caveats.append(f"More than {MOST_MET:,} deleted or superseded rows: the rest was not read.")
                break
            listing = listings.get(row.table.lower())
            if listing is None:
                continue
            key = hash(listing.key(row))
            if key in listing.keys:
                continue
            listing.keys.add(key)
            if len(listing.lost) < MOST_LOST:
                listing.lost.append(row)
            else:
                listing.more_lost += 1
        for table, listing in listings.items():
            if listing.more_lost:
                self.caveats.append(
                    f"{table}: {listing.more_lost:,} more deleted or superseded rows than the {MOST_LOST:,} listed."
                )

    def layer_of(self, row: Row) -> Layer:
        """The layer whose octets hold the row."""
        return self.log if row.log and self.log is not None else self.layer


def open_store(layer: Layer, at: int) -> Store | None:
    """The database at `at`, with the log of its file if it is the whole file; None where there is no schema."""
    log = log_beside(layer, at)
    caveats = []
    try:
        database = open_database(layer, log, at)
    except EvidenceError as error:
        if log is None:
            raise
        caveats.append(f"The log beside it cannot be read: {error}")
        log, database = None, open_database(layer, None, at)
    if database is None:
        return None
    if log is not None and database.wal is None:
        caveats.append("The file -wal beside it is not a log of this database.")
    tables = {each.name.lower(): frozenset(name.lower() for name in each.names) for each in database.tables()}
    return Store(layer, at, log, database, tables, caveats)


def text(row: Row, column: str, most: int = 2_048) -> str:
    """A value as text, shortened; empty where there is none."""
    value = row.get(column)
    if isinstance(value, bytes):
        return value[: 4 * most].decode("utf-8", "replace")[:most]
    return "" if value is None else str(value)[:most]


def number(row: Row, column: str) -> int:
    """A value as a whole number; 0 where it is none."""
    value = row.get(column)
    return value if isinstance(value, int) else 0


def place(row: Row, column: str) -> Place | None:
    """The octets of a value if they are together in the row's own file."""
    try:
        runs = row.places(column)
    except KeyError:
        return None
    return Place(row.log, runs[0]) if len(runs) == 1 else None


def is_current(row: Row) -> bool:
    """Whether the row is in its table now."""
    return row.state in (State.LIVE, State.WAL)

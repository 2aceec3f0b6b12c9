"""The tables of a plan in the making: on the disk, so that memory does not grow with the number of entries.

An owner is a number: that of an area, or of an entry's content or slack (`content_of`, `slack_of`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgpack

AREAS = 1 << 20  # numbers of owners below this are areas
NOBODY = -1
_ROWS = 4096  # written or read at a time
_LARGEST = (1 << 63) - 1

_SCHEMA = """
CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    volume INTEGER, address INTEGER, path TEXT, size INTEGER,
    held_wholly INTEGER,  -- a file with content that may belong to others, or others to it
    content INTEGER,      -- has bytes to be digested
    plain INTEGER, allocated INTEGER,
    claimed INTEGER,      -- bytes of its runs on the image; null without runs
    covered INTEGER,      -- bytes of all its runs
    runs INTEGER,
    low INTEGER, high INTEGER,  -- of its runs, if they are in order and near enough to be read in one piece
    wanted BLOB,          -- numbers of the detectors that want it by its name
    opening BLOB
);
CREATE TABLE claim (
    number INTEGER PRIMARY KEY, offset INTEGER, length INTEGER, owner INTEGER, inner INTEGER, strength INTEGER
);
CREATE TABLE segment (number INTEGER PRIMARY KEY, start INTEGER, end INTEGER, owner INTEGER, inner INTEGER);
CREATE TABLE companion (volume INTEGER, path TEXT, suffix TEXT, opening BLOB);
CREATE TABLE beside (entry INTEGER, suffix TEXT, opening BLOB);
CREATE TABLE held (owner INTEGER PRIMARY KEY, bytes INTEGER);
CREATE TABLE overwritten (entry INTEGER PRIMARY KEY, bytes INTEGER);
CREATE TABLE passing (entry INTEGER PRIMARY KEY, low INTEGER, high INTEGER, demoted INTEGER DEFAULT 0);
CREATE TABLE uncut (low INTEGER PRIMARY KEY, high INTEGER);
CREATE TABLE logical (entry INTEGER, mode TEXT);
CREATE TABLE outside (owner INTEGER PRIMARY KEY, rule TEXT);  -- of what may not be searched
CREATE TABLE blank (start INTEGER PRIMARY KEY, end INTEGER);  -- the image ranges that these hold
"""


def content_of(entry: int) -> int:
    """The owner that is an entry's content."""
    return AREAS + 2 * entry


def slack_of(entry: int) -> int:
    """The owner that is an entry's slack."""
    return AREAS + 2 * entry + 1


def entry_of(owner: int) -> int:
    """The entry of an owner that is no area."""
    return (owner - AREAS) // 2


def pack(value: Any) -> bytes:
    """For a column."""
    packed: bytes = msgpack.packb(value)
    return packed


def unpack(value: bytes) -> Any:
    """Of a column."""
    return msgpack.unpackb(value)


def bounded(number: int) -> int:
    """A number that a column can hold: sums of what hostile entries claim may be larger."""
    return min(number, _LARGEST)


class Scratch:
    """A database of nobody's but this plan's, gone with it."""

    def __init__(self, path: Path | None) -> None:
        """Make it at `path`, in the place of one that a killed program left, or anywhere."""
        self._path = path
        if path is not None:
            path.unlink(missing_ok=True)
        self._database = sqlite3.connect(path or "", isolation_level=None)
        self._database.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-32768;")
        self._database.executescript(_SCHEMA)
        self._database.execute("BEGIN")
        self._waiting: dict[str, list[Sequence[Any]]] = {}

    def close(self) -> None:
        """Delete it."""
        self._database.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def add(self, table: str, row: Sequence[Any]) -> None:
        """A row more, written in batches: `flush` before it is to be read."""
        rows = self._waiting.setdefault(table, [])
        rows.append(row)
        if len(rows) >= _ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        for table, rows in self._waiting.items():
            if rows:
                marks = ",".join("?" * len(rows[0]))
                self._database.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 - own names
        self._waiting.clear()

    def run(self, sql: str, values: Sequence[Any] = ()) -> None:
        """A statement without an answer."""
        self.flush()
        self._database.execute(sql, values)

    def each(self, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a question, a batch at a time; tables that it does not name may be written meanwhile."""
        self.flush()
        cursor = self._database.execute(sql, values)
        while rows := cursor.fetchmany(_ROWS):
            yield from rows

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a question that has few."""
        return list(self.each(sql, values))

    def number(self, sql: str, values: Iterable[Any] = ()) -> int | None:
        """The one number that a question has for an answer."""
        row = self._database.execute(sql, tuple(values)).fetchone()
        return None if row is None else row[0]

"""Rows of a program's database with what other tables say of them, current or not; times of stores."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from forensics.detectors.chat._stamped import moment_of
from forensics.primitives.sqlite.database import CURRENT, Database
from forensics.primitives.sqlite.record import Value
from forensics.primitives.sqlite.rows import Row

MOST_ROWS = 200_000  # of a table: some 600 MB are held
MOST_LOST = 50_000  # not current, of all tables
LARGEST_CARVED = 256 << 20  # of a database whose free space is gone through
LONGEST = 65_536


class Unit(StrEnum):
    """How a store writes a moment."""

    SECONDS = "seconds since 1970"
    MILLISECONDS = "milliseconds since 1970"
    MICROSECONDS = "microseconds since 1970"
    COCOA = "seconds or nanoseconds since 2001"
    EITHER = "seconds or milliseconds since 1970"
    TEXT = "text"


_SCALE = {Unit.SECONDS: 1, Unit.MILLISECONDS: 1_000, Unit.MICROSECONDS: 1_000_000}
_TEXT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d{1,9})?) ?(Z|[+-]\d\d(?::?\d\d)?)?\Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = datetime(1985, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def moment(value: Value, unit: Unit) -> datetime | None:
    """The moment that a value of a store is; None if it is none between 1985 and 2100."""
    if isinstance(value, str) and unit is not Unit.TEXT and re.fullmatch(r"-?\d{1,19}(?:\.\d{1,9})?", value):
        value = float(value) if "." in value else int(value)
    when = None
    if unit is Unit.TEXT:
        match = _TEXT.match(value) if isinstance(value, str) else None
        when = moment_of(match[1], match[2], match[3] or "Z") if match else None
    elif isinstance(value, int | float) and value and abs(value) < 1e19:
        base = _EPOCH
        if unit is Unit.COCOA:
            base, scale = datetime(2001, 1, 1, tzinfo=UTC), 1_000_000_000 if abs(value) > 1e12 else 1
        elif unit is Unit.EITHER:
            scale = 1_000 if abs(value) > 1e11 else 1
        else:
            scale = _SCALE[unit]
        try:
            whole = value * 1_000_000 // scale
            when = base + timedelta(microseconds=int(whole))
        except (OverflowError, ValueError):
            return None
    return when if when and _FIRST <= when < _LAST else None


def has_zone(value: Value) -> bool:
    """Whether a time as text says its zone."""
    match = _TEXT.match(value) if isinstance(value, str) else None
    return bool(match and match[3])


class Tables:
    """The tables of one database by name: rows that are current, then those that are not."""

    def __init__(self, database: Database, carve: bool = True) -> None:
        """`carve`: look for rows that are not current as well."""
        self.database = database
        self.carve = carve and database.file_pages * database.header.page_size <= LARGEST_CARVED
        self.owner = ""  # the own account, where a store tells it as a whole
        self.more: set[str] = set()  # tables with more rows than are read
        self._lost: dict[str, list[Row]] | None = None
        self._maps: dict[tuple[str, str], dict[Value, Row]] = {}
        self._names = {each.name.lower(): each for each in database.tables()}

    def has(self, table: str, columns: Collection[str] = ()) -> bool:
        """Whether there is such a table with such columns."""
        found = self._names.get(table.lower())
        if found is None:
            return False
        there = {each.lower() for each in found.names}
        return all(each.lower() in there for each in columns)

    def rows(self, table: str) -> Iterator[Row]:
        """Rows of a table, current ones first; of the others none that has the same values."""
        if not self.has(table):
            return
        seen: set[int] = set()
        lost = self._not_current().get(table.lower(), []) if self.carve else []
        alias = self._names[table.lower()].alias
        for number, row in enumerate(self.database.rows(table, CURRENT, MOST_ROWS + 1)):
            if number >= MOST_ROWS:
                self.more.add(table)
                break
            if lost:
                seen.add(_identity(row, alias))
            yield row
        for row in lost:
            key = _identity(row, alias)
            if key not in seen:
                seen.add(key)
                yield row

    def _not_current(self) -> dict[str, list[Row]]:
        if self._lost is None:
            self._lost = {}
            for number, row in enumerate(self.database.lost_rows(compare=False)):
                if number >= MOST_LOST:
                    self.more.add("rows that are not current")
                    break
                if row.table:
                    self._lost.setdefault(row.table.lower(), []).append(row)
        return self._lost

    def found(self, table: str, key: str, value: Value) -> Row | None:
        """The row of a table whose column `key` has a value; a current one before others."""
        if value is None:
            return None
        rows = self._maps.get((table, key))
        if rows is None:
            rows = self._maps[table, key] = {}
            for row in self.rows(table):
                held = _of(row, key)
                if held is not None and not isinstance(held, bytes):
                    rows.setdefault(held, row)
        return rows.get(value)


def _identity(row: Row, alias: int) -> int:
    values = row.values if alias < 0 else (*row.values[:alias], None, *row.values[alias + 1 :])
    return hash(tuple(map(repr, values)))


@functools.cache
def _parsed(path: str) -> tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]:
    """A description's path: of each alternative the column and the steps from table to table."""
    found = []
    for each in path.split("|"):
        first, *steps = each.split(">")
        parts = [step.split(".") for step in steps]
        found.append((first, tuple((table, key, column) for table, key, column in parts)))
    return tuple(found)


@functools.lru_cache(4_096)
def _number(columns: tuple[str, ...], name: str) -> int:
    """The place of a column, whatever the case of its name; -1 if there is none."""
    lower = [each.lower() for each in columns]
    return lower.index(name.lower()) if name.lower() in lower else -1


def _of(row: Row, column: str) -> Value:
    number = _number(row.columns, column)
    if number >= 0:
        return row.values[number]
    return row.rowid if column == "rowid" else None


class View:
    """A row as a store's description reads it."""

    def __init__(self, tables: Tables, row: Row) -> None:
        """Of one row."""
        self.tables = tables
        self.row = row

    def value(self, path: str) -> Value:
        """The value at the end of a path; of several, parted by `|`, the first that is not empty.

        `a` is a column; `a>t.k.v` the column v of the row of t whose k has the value of a; and so on from there.
        """
        for first, steps in _parsed(path):
            value = _of(self.row, first)
            for table, key, column in steps:
                row = self.tables.found(table, key, value)
                value = None if row is None else _of(row, column)
            if value is not None and value != "":
                return value
        return None

    def text(self, path: str) -> str:
        """The value as text; of octets nothing."""
        value = self.value(path) if path else None
        if value is None or isinstance(value, bytes):
            return ""
        return str(value)[:LONGEST]

    def number(self, path: str) -> int | None:
        """The value as a whole number."""
        value = self.value(path)
        if isinstance(value, str):
            return int(value) if re.fullmatch(r"-?\d{1,18}", value) else None
        return int(value) if isinstance(value, int | float) and abs(value) < 1e18 else None

"""SQLite databases of the evidence for people: tables and rows as text, read in a worker; only text leaves it."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Any

from forensics.primitives.sqlite.database import Database, open_database
from forensics.primitives.sqlite.record import Value
from forensics.primitives.sqlite.rows import Row, State
from forensics.primitives.sqlite.source import Source
from forensics.sweep.wire import clean

LARGEST = 2 << 30  # bytes of a database or a log
MOST = 200  # rows told at once
COUNTED = 100_000  # rows of a table that are gone through
_LONGEST = 400  # characters of a value
_SHOWN = 12  # bytes of a blob
_EVERY = frozenset(State)


def look(source: Source, log: Source | None, table: str | None, first: int) -> dict[str, Any]:
    """Tables of a database, how many rows each state of `table` (the first one if None) has, and rows from `first` on.

    Rows that are current come first, then superseded and deleted ones.

    Raises:
        ValueError: no database, or one too large to be gone through.
    """
    if max(source.size, log.size if log is not None else 0) > LARGEST:
        raise ValueError(f"more than {LARGEST:,} bytes: not gone through")
    database = open_database(source, log)
    if database is None:
        raise ValueError("this is not an SQLite database, or its first page is not readable")
    tables = [each for each in database.tables() if not each.name.startswith("sqlite_")]
    chosen = database.table(table) if table is not None else (tables[0] if tables else None)
    if chosen is None and table is not None:
        raise ValueError(f"there is no table {table!r}")
    rows: list[dict[str, Any]] = []
    states: Counter[str] = Counter()
    for number, row in enumerate(_rows(database, chosen.name if chosen else None)):
        states[row.state.value] += 1
        if first <= number < first + MOST:
            rows.append(_told(row))
    return {
        "tables": [
            {"name": clean(each.name), "columns": [clean(column.name) for column in each.columns]} for each in tables
        ],
        "table": clean(chosen.name) if chosen else "",
        "columns": [clean(column.name) for column in chosen.columns] if chosen else [],
        "states": dict(states),
        "first": first,
        "most": MOST,
        "rows": rows,
        "log": database.wal is not None,
        "faults": sorted(clean(each) for each in database.faults),
    }


def _rows(database: Database, table: str | None) -> Iterator[Row]:
    if table is None:
        return itertools.islice(database.lost_rows(), COUNTED)
    return itertools.islice(database.rows(table, _EVERY), COUNTED)


def _told(row: Row) -> dict[str, Any]:
    return {
        "rowid": row.rowid,
        "state": row.state.value,
        "values": [_text(each) for each in row.values],
        "log": row.log,
        "span": [row.span.offset, row.span.length],
        "whole": row.whole,
        "sure": row.sure,
    }


def _text(value: Value) -> str | None:
    """A value as text; None is NULL."""
    if value is None:
        return None
    if isinstance(value, bytes):
        more = "…" if len(value) > _SHOWN else ""
        return f"{len(value):,} bytes: {value[:_SHOWN].hex(' ')}{more}"
    text = clean(str(value))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

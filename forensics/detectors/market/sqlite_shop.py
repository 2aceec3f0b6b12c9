"""Databases of a shop or marketplace in SQLite, which small shops and their back-ups run on.

| part   | what it is told by                                                              |
|--------|---------------------------------------------------------------------------------|
| file   | `SQLite format 3` 00, its tables, its write-ahead log                              |
| tables | roles by the names of tables and columns, as in `market/sql_dump`                   |
| rows   | live ones, those in the log, and with `row_state` those that are deleted or superseded |

The same dictionary and the same parts decide as for a dump. Passwords, mnemonics and private keys in rows are secrets.
At most 500 rows of a table are kept, all are counted; a time is the server's.

Not recorded: whether the shop was in use, and by which program.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.chat._rows import Tables
from forensics.detectors.chat._store import tables_at
from forensics.detectors.market import _database, _roles
from forensics.detectors.market._specimens_sqlite import SHOPS
from forensics.model import ByteRun, Field, Finding, Layer, Sensitivity
from forensics.primitives.sqlite.record import Value
from forensics.primitives.sqlite.rows import NOT_CURRENT, Row, State

KEPT_ROWS = 500
MOST_TABLES = 300
_LEAST = {"listings", "orders"}  # without either there is no shop
STATE = "row_state"


class SqliteShop:
    """Reads one database."""

    kind: ClassVar[str] = "market/sqlite_shop"
    title: ClassVar[str] = "SQLite database of a shop or marketplace"
    version: ClassVar[int] = 2
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"SQLite format 3\x00", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("https://sqlite.org/fileformat2.html",)
    specimens: ClassVar[tuple[Specimen, ...]] = SHOPS

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The database at `at`."""
        if layer.read(at, 16) != b"SQLite format 3\0":
            return
        opened = tables_at(layer, at)
        if opened is None:
            return
        tables, _ = opened
        columns = {
            each.name: tuple(name.lower() for name in each.names) for each in tables.database.tables()[:MOST_TABLES]
        }
        roles = {_roles.role(name, names) for name, names in columns.items()}
        if not roles & _LEAST or _database.graded(_roles.parts(columns), onions=False) is None:
            return
        held, states = [], dict.fromkeys(State, 0)
        for name, names in columns.items():
            held.append(_held(tables, name, names, states))
        told = _database.Told(held)
        grade = _database.graded(told.parts, bool(told.onions))
        if grade is None:
            return
        database = tables.database
        fields = told.fields()
        for state in (State.WAL, State.DELETED, State.STALE, State.BEFORE):
            if states[state]:
                fields[f"rows_{state.value}"] = Field(states[state])
        caveats = [*_database.CAVEATS, *(f"In the database: {each}." for each in sorted(database.faults)[:20])]
        if any(states[each] for each in NOT_CURRENT):
            caveats.append("Rows that are not current are read by their shape; values may be lost or of another row.")
        yield finding(
            self,
            layer,
            at,
            min(database.file_pages * database.header.page_size, layer.size - at),
            grade=grade,
            value=_database.value(told.roles),
            checks=_database.checks(told.parts),
            fields=fields,
            events=told.events(),
            links=told.links(),
            caveats=tuple(caveats),
            sensitivity=Sensitivity.SECRET if told.secret else Sensitivity.PERSONAL,
        )


def _held(tables: Tables, name: str, columns: tuple[str, ...], states: dict[State, int]) -> _database.Held:
    kept: list[tuple[tuple[str | None, ...], ByteRun | None]] = []
    count = 0
    for row in tables.rows(name):
        states[row.state] += 1
        count += row.state in (State.LIVE, State.WAL)
        if len(kept) < KEPT_ROWS:
            kept.append((_texts(row), None if row.log else row.span))
    return _database.Held(name, (*columns, STATE), count, kept, None)


def _texts(row: Row) -> tuple[str | None, ...]:
    state = None if row.state is State.LIVE else row.state.value
    return (*(_text(each) for each in row.values), state)


def _text(value: Value) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return value[: _database.LONGEST].hex() if isinstance(value, bytes) else str(value)


DETECTOR: Detector = SqliteShop()

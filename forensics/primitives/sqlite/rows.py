"""Rows of SQLite databases by table: current, deleted, in the write-ahead log, superseded, in the journal.

    database = open_database(Bytes(data), Bytes(log))
    for row in database.rows("moz_places"):
        print(row["url"], row.state, row.places("url"))

A row of the schema is asked for as of "sqlite_schema".
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from forensics.model import ByteRun
from forensics.primitives.sqlite.record import Value


class State(enum.StrEnum):
    """Where a row stands."""

    LIVE = "live"  # in the database file, as it is now
    WAL = "wal"  # on a page whose newest committed version is in the write-ahead log: current, too
    STALE = "stale"  # on a superseded or uncommitted version of a page, and not current
    BEFORE = "before"  # on a page as it was before a transaction, in the rollback journal, and not current
    DELETED = "deleted"  # in free space, or where no cell of its page is


NOT_CURRENT = frozenset((State.STALE, State.BEFORE, State.DELETED))


@dataclass(frozen=True, slots=True)
class Row:
    """A row.

    Attributes:
        table: its table; empty where no table of the schema has such rows.
        rowid: None in tables without rowid, and where it was overwritten.
        columns: the names of the columns; empty if the table is not known.
        values: one of each column, None for NULL and for what is computed when read; the column's default, as
            far as it is a constant, where the row is older than the column.
        runs: of each value the octets that hold it, in the file of `log`; none for values without octets.
        state: see there.
        log: whether the octets are in the file of the write-ahead log or the journal, not the database's.
        span: the cell on its page, in the same file.
        whole: False if an overflow chain breaks off, or a value was overwritten.
        sure: False if the table was inferred from the shape of the row alone.
    """

    table: str
    rowid: int | None
    columns: tuple[str, ...]
    values: tuple[Value, ...]
    runs: tuple[tuple[ByteRun, ...], ...]
    state: State
    log: bool
    span: ByteRun
    whole: bool = True
    sure: bool = True

    def __getitem__(self, column: str) -> Value:
        """The value of a column, whatever the case of its name.

        Raises:
            KeyError: the table has no such column.
        """
        return self.values[self._number(column)]

    def get(self, column: str, default: Value = None) -> Value:
        """The value of a column, or `default` if the table has no such column."""
        try:
            return self.values[self._number(column)]
        except KeyError:
            return default

    def places(self, column: str) -> tuple[ByteRun, ...]:
        """The octets of a column's value."""
        return self.runs[self._number(column)]

    def as_dict(self) -> dict[str, Value]:
        """All values by the names of their columns."""
        return dict(zip(self.columns, self.values, strict=True))

    def _number(self, column: str) -> int:
        if column in self.columns:
            return self.columns.index(column)
        for number, name in enumerate(self.columns):
            if name.lower() == column.lower():
                return number
        raise KeyError(column)

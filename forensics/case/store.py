"""The case folder and its database, opened for writing by one program or for reading by many.

A case folder holds `ledger.db` (the truth), `keys/`, `case.db` (this projection) and `exports/`.
"""

from __future__ import annotations

import itertools
import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, func, insert, select, text, update
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateIndex, DropIndex

from forensics.case import schema
from forensics.custody.ballast import is_full
from forensics.custody.lock import is_at_rest, locked
from forensics.errors import CaseError, StorageFull

FILE = "case.db"

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # made once: a column is short
_DECODER = json.JSONDecoder()
_PART = 10_000  # rows handed to the driver at a time


def _wal_is_safe() -> bool:
    """Whether this SQLite is free of the write-ahead-log reset bug (fixed in 3.51.3, 3.50.7, 3.44.6)."""
    version = sqlite3.sqlite_version_info
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def _engine(path: Path, *, read_only: bool) -> Engine:
    query = {"uri": "true", "mode": "ro"} if read_only else {"uri": "true"}
    engine = create_engine(
        URL.create("sqlite", database=f"file:{path}", query=query),
        connect_args={"timeout": 30, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA cell_size_check=ON")
        if not read_only:
            connection.execute(f"PRAGMA journal_mode={'WAL' if _wal_is_safe() else 'TRUNCATE'}")
            connection.execute("PRAGMA synchronous=FULL")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


class Case:
    """A case database. Use `create`, `open` or `read`."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        """Hold an open engine; see the class methods."""
        self.folder = folder
        self.engine = engine

    @classmethod
    def create(cls, folder: Path, facts: Mapping[str, str], *, file: str = FILE, secret_key: str | None = None) -> Case:
        """A new database in `folder`; `facts` are number, title, examiner and what else is known.

        `secret_key` is the key of fingerprints in hexadecimal; a new one by default.

        Raises:
            CaseError: there is one already.
        """
        path = folder / file
        if path.exists():
            raise CaseError(f"{folder}: there is a case here already")
        case = cls(folder, _engine(path, read_only=False))
        with case.transaction() as connection:
            schema.metadata.create_all(connection, checkfirst=False)
            rows = {
                **facts,
                "schema": str(schema.VERSION),
                "secret_key": secret_key or secrets.token_hex(32),
            }
            connection.execute(insert(schema.meta), [{"key": key, "value": value} for key, value in rows.items()])
            connection.exec_driver_sql(f"PRAGMA application_id={schema.APPLICATION_ID}")
            for index in schema.LATE_INDEXES:
                connection.execute(DropIndex(index, if_exists=True))
        return case

    @classmethod
    def open(cls, folder: Path) -> Case:
        """The database of `folder`, for reading and writing."""
        return cls._opened(folder, read_only=False)

    @classmethod
    def read(cls, folder: Path) -> Case:
        """The database of `folder`, read-only."""
        return cls._opened(folder, read_only=True)

    @classmethod
    def _opened(cls, folder: Path, *, read_only: bool) -> Case:
        path = folder / FILE
        if is_at_rest(folder):
            raise CaseError(locked(folder))
        mend = f"; `impound case rebuild {folder}` makes it again from the ledger"
        way_out = mend if (folder / "ledger.db").is_file() else ""
        if not path.is_file():
            raise CaseError(f"{folder}: not a case folder (there is no {FILE} in it){way_out}")
        case = cls(folder, _engine(path, read_only=read_only))
        try:
            version = case.fact("schema")
        except (SQLAlchemyError, CaseError) as error:
            case.close()
            reason = str(getattr(error, "orig", error))
            raise CaseError(f"{path}: not a case database: {reason}{way_out}") from error
        if version != str(schema.VERSION):
            case.close()
            known = f"its format is version {version}, this Impound reads version {schema.VERSION}"
            raise CaseError(f"{path}: {known}{way_out}")
        return case

    def close(self) -> None:
        """Let go of the file."""
        self.engine.dispose()

    def __enter__(self) -> Case:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- reading

    def fact(self, key: str, default: str | None = None) -> str:
        """A fact about the case."""
        with self.engine.connect() as connection:
            value = connection.execute(select(schema.meta.c.value).where(schema.meta.c.key == key)).scalar()
        if value is None:
            if default is None:
                raise CaseError(f"{self.folder}: the case has no {key}")
            return default
        return str(value)

    @property
    def secret_key(self) -> bytes:
        """The key of fingerprints of secrets; it signs nothing."""
        return bytes.fromhex(self.fact("secret_key"))

    def rows(self, statement: Any) -> Iterator[dict[str, Any]]:
        """Rows of a select as dictionaries. The database is let go of before the first is given."""
        with self.engine.connect() as connection:
            result = connection.execute(statement)
            names, found = tuple(result.keys()), result.all()
        for row in found:
            yield dict(zip(names, row, strict=True))

    def one(self, statement: Any) -> dict[str, Any] | None:
        """The first row, or None."""
        return next(iter(self.rows(statement)), None)

    def count(self, table: Any, *conditions: Any) -> int:
        """Rows of a table that meet the conditions."""
        with self.engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar() or 0)

    def exhibits(self) -> list[dict[str, Any]]:
        """Every exhibit, in order of registration."""
        return list(self.rows(select(schema.exhibit).order_by(schema.exhibit.c.seq)))

    def exhibit(self, number: str) -> dict[str, Any]:
        """One exhibit.

        Raises:
            CaseError: there is none of that number.
        """
        row = self.one(select(schema.exhibit).where(schema.exhibit.c.number == number))
        if row is None:
            raise CaseError(f"the case has no exhibit {number}")
        return row

    # --- writing

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: all of it or nothing.

        Raises:
            StorageFull: there is no room for it.
        """
        try:
            with self.engine.execution_options(writes=True).begin() as connection:
                yield connection
        except (SQLAlchemyError, sqlite3.Error) as error:
            if is_full(error):
                raise StorageFull("the disk of the case is full") from error
            raise

    def set_fact(self, key: str, value: str) -> None:
        """Store a fact."""
        with self.transaction() as connection:
            done = connection.execute(update(schema.meta).where(schema.meta.c.key == key).values(value=value)).rowcount
            if not done:
                connection.execute(insert(schema.meta).values(key=key, value=value))

    def make_indexes(self) -> None:
        """Make the secondary indexes that a bulk load does without."""
        with self.transaction() as connection:
            for index in schema.LATE_INDEXES:
                connection.execute(CreateIndex(index, if_not_exists=True))
            connection.execute(text("ANALYZE"))


def bulk(connection: Connection, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows of one shape through the driver, without a statement for each."""
    if not rows:
        return
    columns = tuple(rows[0])
    picked = itemgetter(*columns) if len(columns) > 1 else lambda row: tuple(row.values())
    bulk_values(connection, table, columns, map(picked, rows))


def bulk_values(connection: Connection, table: Any, columns: Sequence[str], values: Iterable[tuple[Any, ...]]) -> None:
    """Insert many rows, each the values of `columns` in order; no more than a part of them is held at a time."""
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" for _ in columns)
    statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - names are the schema's own
    waiting = iter(values)
    while part := list(itertools.islice(waiting, _PART)):
        connection.exec_driver_sql(statement, part)


def packed(value: Any) -> str:
    """JSON text for a `_json` column."""
    if isinstance(value, list | tuple) and not value:
        return "[]"
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # numbers beyond 64 bits
        return _ENCODER.encode(value)


def unpacked(text_: str) -> Any:
    """The value of a `_json` column.

    Raises:
        ValueError: the text is not what `packed` makes.
    """
    if text_ == "[]":
        return []
    value, end = _DECODER.raw_decode(text_)
    if end != len(text_):
        raise json.JSONDecodeError("more than one value", text_, end)
    return value

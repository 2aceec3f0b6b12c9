"""Text dumps of shop and marketplace databases (mysqldump, MariaDB, pg_dump, phpMyAdmin, SQLite `.dump`).

| part   | content                                                                                       |
|--------|-----------------------------------------------------------------------------------------------|
| head   | the comment of the program that wrote it, or a first statement at the start of a file           |
| tables | `CREATE TABLE`, `INSERT INTO … VALUES`, `COPY … FROM stdin`                                     |
| end    | `-- Dump completed`, `-- PostgreSQL database dump complete`, the next head, a zero byte, or none |

Nothing is run: statements are read as text. Tables get roles by a neutral dictionary of names of tables and columns; the
dump is reported where the roles together are those of a shop or marketplace. Passwords, mnemonics and private keys in
rows are secrets. At most 500 rows of a table are kept, all are counted.

Not recorded: whether the database was in use, and which programs used it. A part of a dump without its head is found
only at the start of a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.market import _database, _sql
from forensics.detectors.market._specimens_sql import DUMPS
from forensics.model import ByteRun, Field, Finding, Layer, Sensitivity

LARGEST = 64 << 20
HEAD = 4_096
_HEADS = (
    (rb"-- MySQL dump ", "mysqldump"),
    (rb"-- MariaDB dump ", "mariadb-dump"),
    (b"-- PostgreSQL database dump\n", "pg_dump"),
    (b"-- PostgreSQL database dump\r", "pg_dump"),
    (rb"-- phpMyAdmin SQL Dump", "phpMyAdmin"),
    (rb"-- Adminer ", "Adminer"),
    (rb"PRAGMA foreign_keys=OFF;", "SQLite .dump"),
)
_STANDARD = ("pg_dump", "SQLite .dump")  # a backslash in their strings is itself
_WAKING = tuple(each for each, _ in _HEADS if not each.endswith(b"\r"))
_FIRST = (rb"(?i)CREATE TABLE ", rb"(?i)INSERT INTO ")
_AGAIN = re.compile(rb"\n(?:" + b"|".join(re.escape(each) for each, _ in _HEADS) + rb")")
_END = re.compile(rb"\n-- (?:Dump completed[^\r\n]{0,100}|PostgreSQL database dump complete)")
_DONE = re.compile(rb"-- Dump completed on ([0-9: -]{10,20})")
_VERSION = re.compile(rb"-- (?:Server version[: \t]{1,4}|Dumped from database version )([^\r\n]{1,60})")
_NAMED = re.compile(rb"-- (?:Host: \S{1,100}\s{1,8}Database: |Database: `?|Current Database: `)([\w$-]{1,64})")


class SqlDump:
    """Reads one dump from its head."""

    kind: ClassVar[str] = "market/sql_dump"
    title: ClassVar[str] = "Database dump of a shop or marketplace"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        *(
            Trigger(re.escape(each.rstrip()) + (rb"[\r\n]" if each.endswith((b"\r", b"\n")) else b""), at=0)
            for each in _WAKING
        ),
        *(Trigger(each, at=0, anchored=True) for each in _FIRST),
    )
    references: ClassVar[tuple[str, ...]] = (
        "MySQL Reference Manual: mysqldump, String Literals",
        "PostgreSQL documentation: pg_dump, COPY (text format)",
        "SQLite documentation: Command Line Shell, .dump",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = DUMPS

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The dump whose head begins at `at`."""
        data = layer.read(at, LARGEST)
        cut = data.find(b"\0")
        data = data if cut < 0 else data[:cut]
        again = _AGAIN.search(data, 20)
        data = data[: again.start()] if again else data
        done = _END.search(data)
        data = data[: done.end()] if done else data
        program = next((name for head, name in _HEADS if data.startswith(head)), "")
        tables = _sql.tables(data, program not in _STANDARD if program else b"`" in data[:HEAD])
        if len(tables) < 2:
            return
        held = [_held(each, at) for each in tables.values()]
        told = _database.Told(held)
        grade = _database.graded(told.parts, bool(told.onions))
        if grade is None:
            return
        fields = {"program": Field(program)} if program else {}
        for name, form in (("database", _NAMED), ("server_version", _VERSION), ("written", _DONE)):
            match = form.search(data[:HEAD] if name != "written" else data[-200:])
            if match:
                fields[name] = Field(match[1].decode("utf-8", "replace").strip())
        fields.update(told.fields())
        caveats = list(_database.CAVEATS)
        if not done and program not in ("phpMyAdmin", "Adminer", "SQLite .dump", ""):
            caveats.append("The last line of the dump is missing: it may be cut.")
        if len(data) >= LARGEST:
            caveats.append(f"Only the first {LARGEST:,} bytes were read.")
        yield finding(
            self,
            layer,
            at,
            len(data),
            grade=grade,
            value=fields["database"].value if "database" in fields else _database.value(told.roles),  # type: ignore[arg-type]
            checks=_database.checks(told.parts),
            fields=fields,
            events=told.events(),
            links=told.links(),
            caveats=tuple(caveats),
            sensitivity=Sensitivity.SECRET if told.secret else Sensitivity.PERSONAL,
        )


def _held(table: _sql.Table, base: int) -> _database.Held:
    rows = [(values, ByteRun(base + start, end - start)) for values, start, end in table.rows]
    return _database.Held(
        table.name, table.columns, table.count, rows, ByteRun(base + table.start, max(0, table.end - table.start))
    )


DETECTOR: Detector = SqlDump()

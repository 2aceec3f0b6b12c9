"""Rollback journals that SQLite itself wrote: rows as they were before a transaction, committed or not."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from forensics.primitives.sqlite.database import open_database
from forensics.primitives.sqlite.journal import MAGIC, read_journal
from forensics.primitives.sqlite.rows import State
from forensics.primitives.sqlite.source import Bytes
from forensics.primitives.sqlite.wal import FrameState

LONG = "a letter " * 900


def _made(folder: Path, size: int, *, commit: bool) -> tuple[bytes, bytes]:
    """A database of three rows, one of which a transaction deletes and one of which it changes; its journal."""
    path = folder / "a.db"
    base = sqlite3.connect(path, isolation_level=None)
    base.execute(f"PRAGMA page_size = {size}")
    base.execute("PRAGMA secure_delete = ON")
    base.execute("PRAGMA journal_mode = PERSIST")
    base.execute("PRAGMA cache_size = 1")
    base.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, words TEXT)")
    base.executemany("INSERT INTO note (words) VALUES (?)", [("meet at noon",), (LONG,), ("stays",)])
    base.execute("BEGIN IMMEDIATE")
    base.execute("DELETE FROM note WHERE id = 1")
    base.execute("UPDATE note SET words = 'short' WHERE id = 2")
    if commit:
        base.execute("COMMIT")
    else:
        base.executemany("INSERT INTO note (words) VALUES (?)", [("x" * 3_000,)] * 60)  # so that it is written out
    data = path.read_bytes(), path.with_name("a.db-journal").read_bytes()
    base.close()
    return data


@pytest.mark.parametrize("size", [1_024, 4_096, 65_536])
def test_rows_of_before_a_transaction(tmp_path: Path, size: int) -> None:
    data, journal = _made(tmp_path, size, commit=True)
    assert journal[:28] == bytes(28)
    assert b"meet at noon" not in data
    database = open_database(Bytes(data), Bytes(journal))
    assert database is not None
    assert [row["words"] for row in database.rows("note")] == ["short", "stays"]
    before = {row.rowid: row for row in database.rows("note", {State.BEFORE})}
    assert {number: row["words"] for number, row in before.items()} == {1: "meet at noon", 2: LONG}
    for row in before.values():
        assert row.log
        assert row.whole
    (run,) = before[1].runs[1]
    assert journal[run.offset : run.end] == b"meet at noon"


def test_a_transaction_that_never_ended(tmp_path: Path) -> None:
    """Its journal has four parts, as the pages were written out in turn; the long text is whole there alone."""
    data, journal = _made(tmp_path, 1_024, commit=False)
    assert journal.count(MAGIC) == 4
    database = open_database(Bytes(data), Bytes(journal))
    assert database is not None
    assert LONG not in [row["words"] for row in database.rows("note")]
    (before,) = [row for row in database.rows("note", {State.BEFORE}) if row.rowid == 2]
    assert before.whole
    assert before["words"] == LONG
    assert b"".join(journal[run.offset : run.end] for run in before.runs[1]) == LONG.encode()


def test_a_page_with_a_wrong_sum_ends_the_journal(tmp_path: Path) -> None:
    data, journal = _made(tmp_path, 1_024, commit=True)
    whole = read_journal(Bytes(journal), 1_024, 1_000)
    assert whole is not None
    assert {each.state for each in whole.frames} == {FrameState.BEFORE}
    changed = bytearray(journal)
    changed[whole.frames[2].offset + 1_024 - 200] ^= 1
    less = read_journal(Bytes(bytes(changed)), 1_024, 1_000)
    assert less is not None
    assert len(less.frames) == 2 < len(whole.frames)
    assert read_journal(Bytes(journal), 2_048, 1_000) is None
    assert read_journal(Bytes(bytes(4_096)), 1_024, 1_000) is None
    assert open_database(Bytes(data), Bytes(b"")) is not None


def test_damage_never_raises(tmp_path: Path) -> None:
    data, journal = _made(tmp_path, 1_024, commit=True)
    chosen = random.Random(5)
    for _ in range(150):
        changed = bytearray(journal)
        for _ in range(chosen.randint(1, 9)):
            changed[chosen.randrange(len(changed))] = chosen.randrange(256)
        database = open_database(Bytes(data), Bytes(bytes(changed[: chosen.randrange(len(changed))])))
        assert database is not None
        list(database.lost_rows())

"""Databases for people: what sqlite3 wrote, what it deleted, and the log that it has not written back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from forensics.confinement.databases import MOST, look
from forensics.primitives.sqlite.source import Bytes


@pytest.fixture
def made(tmp_path: Path) -> tuple[bytes, bytes]:
    """A database with a deleted row, and its log with a newer version of one row."""
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA secure_delete=OFF")
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, buyer TEXT, note BLOB, price REAL)")
        database.execute("CREATE TABLE empty (a)")
        rows = [(n, f"buyer number {n} of the invented shop", bytes(range(n % 40)), n / 4) for n in range(1, 301)]
        database.executemany("INSERT INTO orders VALUES (?,?,?,?)", rows)
        database.execute("DELETE FROM orders WHERE id = 150")
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("UPDATE orders SET buyer = 'changed in the log' WHERE id = 2")
        database.commit()
        return path.read_bytes(), Path(f"{path}-wal").read_bytes()


def test_current_rows_are_those_of_sqlite_and_deleted_ones_follow(made: tuple[bytes, bytes]) -> None:
    data, log = made
    told = look(Bytes(data), Bytes(log), "orders", 0)
    assert [each["name"] for each in told["tables"]] == ["orders", "empty"]
    assert told["columns"] == ["id", "buyer", "note", "price"]
    assert told["states"]["live"] + told["states"]["wal"] == 299
    assert told["log"]
    assert len(told["rows"]) == MOST
    assert told["rows"][1]["values"] == ["2", "changed in the log", "2 bytes: 00 01", "0.5"]
    assert told["rows"][1]["state"] == "wal"
    later = look(Bytes(data), Bytes(log), "orders", MOST)
    deleted = [each for each in later["rows"] if each["state"] == "deleted"]
    assert any("buyer number 150 of" in str(each["values"]) for each in deleted)
    assert [each["rowid"] for each in told["rows"]] == [n for n in range(1, 202) if n != 150]
    for row in (told["rows"][10], told["rows"][190]):  # the first is on a page of the log
        file = log if row["log"] else data
        low, length = row["span"]
        assert f"buyer number {row['rowid']} of".encode() in file[low : low + length]


def test_without_its_log_the_older_row_is_current(made: tuple[bytes, bytes]) -> None:
    told = look(Bytes(made[0]), None, None, 0)
    assert told["table"] == "orders"
    assert told["rows"][1]["values"][1] == "buyer number 2 of the invented shop"
    assert not told["log"]


def test_a_table_without_rows_and_one_that_is_not_there(made: tuple[bytes, bytes]) -> None:
    assert look(Bytes(made[0]), None, "empty", 0)["rows"] == []
    with pytest.raises(ValueError, match="there is no table"):
        look(Bytes(made[0]), None, "nothing", 0)


@pytest.mark.parametrize("data", [b"", b"no database", b"SQLite format 3\0" + bytes(500)])
def test_what_is_no_database_is_said(data: bytes) -> None:
    with pytest.raises(ValueError, match="not an SQLite database"):
        look(Bytes(data), None, None, 0)


def test_damage_costs_rows_not_the_reader(made: tuple[bytes, bytes]) -> None:
    data, log = made
    for at in range(0, len(data), 97):
        broken = bytearray(data)
        broken[at] ^= 0xFF
        try:
            told = look(Bytes(bytes(broken)), Bytes(log), None, 0)
        except ValueError:
            continue
        assert len(told["rows"]) <= MOST

"""The readers of SQLite and Berkeley DB, against the SQLite library and against damage."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from forensics.detectors._berkeley import open_btree
from forensics.detectors._sqlite import Database, open_database, varint
from forensics.detectors.base import BytesLayer
from forensics.detectors.wallet import _specimens as known


def _database(data: bytes) -> Database:
    database = open_database(BytesLayer(data), 0)
    assert database is not None
    return database


@pytest.mark.parametrize("page_size", [512, 1_024, 4_096, 65_536])
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_rows_equal_those_of_the_library(tmp_path: Path, page_size: int, encoding: str) -> None:
    draw = random.Random(page_size)
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"PRAGMA page_size={page_size}")
        connection.execute(f"PRAGMA encoding='{encoding}'")
        connection.execute("CREATE TABLE t(a INTEGER, [b c] REAL, d TEXT, e BLOB, CHECK(a < 9e18))")
        for _ in range(300):
            row = (
                draw.choice([None, 0, 1, -1, 2**15, 2**23, -(2**31), 2**47, 2**62]),
                draw.choice([None, 0.5, -1e300]),
                draw.choice(["", "ünï", "x" * draw.randrange(3_000)]),
                draw.choice([None, draw.randbytes(draw.randrange(20_000))]),
            )
            connection.execute("INSERT INTO t VALUES(?,?,?,?)", row)
        wanted = connection.execute("SELECT rowid, * FROM t ORDER BY rowid").fetchall()
    connection.close()
    data = path.read_bytes()
    database = _database(data)
    (table,) = database.tables()
    assert (table.name, table.columns) == ("t", ("a", "b", "d", "e"))
    rows = list(database.rows(table.root, 1_000))
    assert [(each.rowid, *each.values) for each in rows] == wanted
    assert not database.faults
    for each in rows:
        for value, span in zip(each.values, each.spans, strict=True):
            if isinstance(value, bytes) and span is not None:
                assert data[span.offset : span.end] == value


def test_rings_and_broken_pages_end() -> None:
    draw = random.Random(7)
    for _ in range(400):
        data = bytearray(known.DESCRIPTORS)
        for _ in range(draw.randrange(1, 30)):
            data[draw.randrange(100, len(data))] = draw.randrange(256)
        database = open_database(BytesLayer(bytes(data)), 0)
        assert database is not None
        for table in database.tables():
            assert len(list(database.rows(table.root, 10_000))) <= 10_000


def test_a_page_that_is_its_own_child() -> None:
    page = bytearray(known.DESCRIPTORS)
    page[100] = 0x05
    page[103:105] = b"\0\0"
    page[108:112] = b"\0\0\0\1"
    database = _database(bytes(page))
    assert database.tables() == ()
    assert database.faults


def test_variable_length_integers() -> None:
    assert varint(b"\x7f", 0) == (127, 1)
    assert varint(b"\x81\x00", 0) == (128, 2)
    assert varint(b"\xff" * 9, 0) == ((1 << 64) - 1, 9)
    assert varint(b"\x81", 0) == (128, 2)


def test_berkeley_records_and_damage() -> None:
    tree = open_btree(BytesLayer(known.BERKELEY), 0)
    assert tree is not None
    assert [each.key[:5] for each in tree.records(100)][:2] == [b"main", b"\x02tx\0\1"]
    draw = random.Random(3)
    for _ in range(300):
        data = bytearray(known.BERKELEY)
        for _ in range(draw.randrange(1, 40)):
            data[draw.randrange(2_048, len(data))] = draw.randrange(256)
        damaged = open_btree(BytesLayer(bytes(data)), 0)
        assert damaged is not None
        assert len(list(damaged.records(1_000))) <= 1_000
        assert all(len(each) <= 2_048 for _, each in damaged.leftovers())

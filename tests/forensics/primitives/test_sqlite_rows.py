"""Rows read from octets beside what SQLite itself says, and beside what was deleted."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest

from forensics.primitives.sqlite.database import ALL, Database, open_database
from forensics.primitives.sqlite.record import Value
from forensics.primitives.sqlite.rows import Row, State
from forensics.primitives.sqlite.schema import Affinity, parse_table
from forensics.primitives.sqlite.source import Bytes
from forensics.primitives.sqlite.wal import FrameState, read_wal

DEFAULT = "it's"
LOST = frozenset((State.STALE, State.DELETED))
NOTE = "create table note(id integer primary key, title text, n int, part real, stuff blob)"


def drawn(count: int, seed: int = 1, longest: int = 60) -> list[tuple[Value, ...]]:
    """Rows for `NOTE`, with all sizes of numbers."""
    draw = random.Random(seed)
    rows: list[tuple[Value, ...]] = []
    for number in range(1, count + 1):
        title = "".join(draw.choice("abcdefgh 0123é€") for _ in range(draw.randrange(1, longest)))
        stuff = draw.choice((None, draw.randbytes(draw.randrange(40))))
        n = draw.choice((0, 1, None, draw.randrange(-(2 ** draw.randrange(1, 63)), 2 ** draw.randrange(1, 63))))
        rows.append((number, title, n, draw.choice((0.0, 2.0, None, draw.random())), stuff))
    return rows


def connect(path: Path, *pragmas: str) -> sqlite3.Connection:
    database = sqlite3.connect(path)
    for each in ("secure_delete=off", *pragmas):
        database.execute(f"pragma {each}").fetchall()
    return database


def put(database: sqlite3.Connection, rows: Iterable[tuple[Value, ...]]) -> None:
    database.executemany("insert into note values(?, ?, ?, ?, ?)", rows)
    database.commit()


def opened(path: Path, log: bytes | None = None) -> Database:
    database = open_database(Bytes(path.read_bytes()), None if log is None else Bytes(log))
    assert database is not None
    return database


def holds(row: Row, data: bytes, encoding: str = "utf-8") -> None:
    """The runs of texts and blobs are their octets in the file."""
    for value, runs in zip(row.values, row.runs, strict=True):
        octets = b"".join(data[run.offset : run.end] for run in runs)
        if isinstance(value, str):
            assert octets.decode(encoding) == value or (value == DEFAULT and not runs)
        elif isinstance(value, bytes):
            assert octets == value
        elif value is None:
            assert not octets


@pytest.mark.parametrize("page", [512, 4096, 65536])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16le", "utf-16be"])
def test_every_value_is_what_sqlite_says(page: int, encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    database = connect(path, f"page_size={page}", f"encoding='{encoding}'")
    database.execute(NOTE)
    put(database, [*drawn(700), *((1000 + each[0], *each[1:]) for each in drawn(30, 2, 9000))])  # type: ignore[operator]
    database.execute("create table keyed(a text, b int, c, primary key(c, a)) without rowid")
    database.execute("insert or ignore into keyed select title, n, coalesce(part, 3) from note")
    database.execute('create table "odd ""name("([a b] varchar(10, 2) default (1 + 2), `c,d` "any", e as (1), f real)')
    database.execute('insert into "odd ""name(" values(1, 2, 3)')
    for late in (
        "late text",
        "n1 int not null default 1",
        "n2 real default -2",
        "n3 default 'it''s'",
        "n4 default(2.5)",
    ):
        database.execute(f"alter table note add column {late}")
    database.execute("insert into note(id, title) values(5000, 'the newest')")
    database.execute("create index by_title on note(title)")
    database.commit()
    mine = opened(path)
    names = [each[0] for each in database.execute("select name from sqlite_schema where type='table'")]
    assert [each.name for each in mine.tables()] == names
    for name in names:
        quoted = name.replace('"', '""')
        wanted = database.execute(f'select * from "{quoted}"').fetchall()
        rows = list(mine.rows(name))
        if name == "keyed":  # its inner pages hold rows, too
            rows.sort(key=lambda row: str(row.values))
            wanted.sort(key=str)
        computed = [index for index, each in enumerate(rows[0].columns) if each == "e"]
        for row, want in zip(rows, wanted, strict=True):
            for index, (got, value) in enumerate(zip(row.values, want, strict=True)):
                assert index in computed or (got == value and type(got) is type(value))
            assert row.state is State.LIVE
            assert row.whole
            assert row.sure
            holds(row, path.read_bytes(), encoding)
    assert {row["name"] for row in mine.rows("sqlite_schema")} >= {*names, "by_title"}
    assert not mine.faults
    database.close()


def test_columns_are_asked_for_by_name(tmp_path: Path) -> None:
    database = connect(tmp_path / "a.db")
    database.execute(NOTE)
    put(database, [(7, "seven", 1, 2.5, b"x")])
    database.close()
    (row,) = opened(tmp_path / "a.db").rows("NOTE")
    assert row["title"] == row["TITLE"] == "seven"
    assert row.rowid == row["id"] == 7
    assert row.get("none", "else") == "else"
    assert row.as_dict() == {"id": 7, "title": "seven", "n": 1, "part": 2.5, "stuff": b"x"}
    (run,) = row.places("title")
    assert (tmp_path / "a.db").read_bytes()[run.offset : run.end] == b"seven"
    with pytest.raises(KeyError):
        row["none"]
    assert not list(opened(tmp_path / "a.db").rows("none"))


@pytest.mark.parametrize("page", [512, 4096])
@pytest.mark.parametrize("seed", range(4))
def test_deleted_rows_come_back(page: int, seed: int, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    database = connect(path, f"page_size={page}")
    database.execute(NOTE)
    rows = drawn(500, seed)
    put(database, rows)
    draw = random.Random(seed)
    gone = [each for each in rows if draw.random() < 0.2]
    database.executemany("delete from note where id=?", [(each[0],) for each in gone])
    database.commit()
    mine = opened(path)
    found = list(mine.rows("note", {State.DELETED}))
    data = path.read_bytes()
    # Pages that were joined have overwritten some.
    wanted = {each[1:] for each in gone if str(each[1]).encode() in data}
    assert len(wanted) > 50
    got = {row.values[1:] for row in found if row.whole}
    assert len(wanted & got) >= 0.95 * len(wanted)
    assert len(got - {each[1:] for each in gone}) <= 0.02 * len(wanted), "values that nobody wrote"
    by_id = {each[0]: each for each in gone}
    for row in found:
        assert row.state is State.DELETED
        holds(row, path.read_bytes())
        if row.rowid is not None and row.values[1:] in wanted:
            assert by_id[row.rowid] == row.values
    assert [row.values for row in mine.rows("note")] == database.execute("select * from note").fetchall()
    database.close()


def test_rows_of_a_dropped_table_come_back_from_free_pages(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    database = connect(path, "page_size=1024")
    database.execute(NOTE)
    database.execute("create table other(a text)")
    rows = drawn(300)
    put(database, rows)
    database.execute("drop table note")
    database.commit()
    database.close()
    mine = opened(path)
    assert mine.free_pages()
    found = [row for row in mine.lost_rows() if row.table == "note"]
    got = {row.values[1:] for row in found}
    assert len(got & {each[1:] for each in rows}) >= 0.95 * len(rows)
    assert {row.columns for row in found} == {("id", "title", "n", "part", "stuff")}
    assert not any(row.sure for row in found)


def test_nothing_is_deleted_where_nothing_was(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    database = connect(path, "page_size=1024")
    database.execute(NOTE)
    database.execute("create index by_title on note(title, n)")
    put(database, drawn(2000))
    database.close()
    found = list(opened(path).lost_rows())
    assert found == []


def wal_of(tmp_path: Path) -> tuple[bytes, bytes, list[tuple[Value, ...]]]:
    """A database, its log with changed, deleted and new rows, and its current rows."""
    path = tmp_path / "a.db"
    database = connect(path, "page_size=1024", "journal_mode=wal", "wal_autocheckpoint=0")
    database.execute(NOTE)
    put(database, drawn(100))
    database.execute("pragma wal_checkpoint(truncate)").fetchall()
    put(database, [(500, "added in the log", 5, 0.5, b"5")])
    database.execute("update note set title='changed in the log' where id=20")
    database.commit()
    database.execute("update note set title='changed again' where id=20")
    database.execute("delete from note where id=30")
    database.commit()
    data, log = path.read_bytes(), (tmp_path / "a.db-wal").read_bytes()
    rows = database.execute("select * from note").fetchall()
    database.close()
    return data, log, rows


def test_the_log_is_read_over_the_database(tmp_path: Path) -> None:
    data, log, rows = wal_of(tmp_path)
    mine = open_database(Bytes(data), Bytes(log))
    assert mine is not None
    assert mine.wal is not None
    assert mine.wal.sound
    current = list(mine.rows("note"))
    assert [row.values for row in current] == rows
    assert {row.state for row in current} == {State.LIVE, State.WAL}
    assert next(row for row in current if row.rowid == 500).state is State.WAL
    for row in current:
        holds(row, log if row.log else data)
    lost = list(mine.rows("note", LOST))
    before = drawn(100)
    titles = [row["title"] for row in lost if row.rowid == 20]
    assert "changed in the log" in titles
    assert before[19][1] in titles
    assert before[29] in [row.values for row in lost]
    alone = open_database(Bytes(data))
    assert alone is not None
    assert [row.values for row in alone.rows("note")] == before


def test_frames_after_the_last_commit_and_of_an_earlier_run_are_stale(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    database = connect(path, "page_size=1024", "journal_mode=wal", "wal_autocheckpoint=0")
    database.execute(NOTE)
    for number in range(40):
        put(database, [(number, f"first run {number}", number, None, None)])
    database.execute("pragma wal_checkpoint(restart)").fetchall()
    database.execute("update note set title='second run' where id=3")
    database.commit()
    log = (tmp_path / "a.db-wal").read_bytes()
    wal = read_wal(Bytes(log))
    assert wal is not None
    states = [each.state for each in wal.frames]
    assert states[0] is FrameState.CURRENT
    assert states.count(FrameState.EARLIER) >= 30
    mine = opened(path, log)
    assert [row.values for row in mine.rows("note")] == database.execute("select * from note").fetchall()
    broken = bytearray(log)
    broken[32 + 24 + 1000] ^= 1
    wal = read_wal(Bytes(bytes(broken)))
    assert wal is not None
    assert FrameState.CURRENT not in {each.state for each in wal.frames}
    database.close()


def test_a_log_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    database = connect(path, "journal_mode=wal", "wal_autocheckpoint=0")
    database.execute(NOTE)
    put(database, drawn(50))
    mine = open_database(None, Bytes((tmp_path / "a.db-wal").read_bytes()))
    assert mine is not None
    assert [row.values for row in mine.rows("note")] == drawn(50)
    database.close()


def test_damage_never_raises(tmp_path: Path) -> None:
    data, log, _ = wal_of(tmp_path)
    draw = random.Random(3)
    for _ in range(60):
        variants = [bytearray(data), bytearray(log)]
        for each in variants:
            for _ in range(draw.randrange(1, 30)):
                each[draw.randrange(len(each))] ^= 1 << draw.randrange(8)
        if draw.random() < 0.5:
            variants = [each[: draw.randrange(len(each))] for each in variants]
        mine = open_database(Bytes(bytes(variants[0])), Bytes(bytes(variants[1])))
        if mine is not None:
            for row in [*mine.rows("note", ALL), *mine.lost_rows()]:
                assert len(row.values) == len(row.runs)


@pytest.mark.parametrize("cut", [0, 10, 99, 100, 511, 1024, 5000])
def test_a_cut_database_says_so(cut: int, tmp_path: Path) -> None:
    database = connect(tmp_path / "a.db", "page_size=512")
    database.execute(NOTE)
    put(database, drawn(200))
    database.close()
    mine = open_database(Bytes((tmp_path / "a.db").read_bytes()[:cut]))
    if cut < 100:
        assert mine is None
    else:
        assert mine is not None
        assert len(list(mine.rows("note"))) < 200
        assert mine.faults


def test_pages_in_a_ring_end(tmp_path: Path) -> None:
    database = connect(tmp_path / "a.db", "page_size=512")
    database.execute(NOTE)
    put(database, drawn(200))
    database.close()
    data = bytearray((tmp_path / "a.db").read_bytes())
    root = opened(tmp_path / "a.db").tables()[0].root
    start = (root - 1) * 512
    assert data[start] == 5
    data[start + 8 : start + 12] = root.to_bytes(4, "big")
    mine = open_database(Bytes(bytes(data)))
    assert mine is not None
    assert len(list(mine.rows("note"))) < 200
    assert "pages point at each other in a ring" in mine.faults


def test_statements() -> None:
    table = parse_table("t", 2, 'CREATE TABLE t(a INTEGER, b, c BIGINT /* , */, -- x,\n d, PRIMARY KEY("a"))')
    assert table is not None
    assert table.names == ("a", "b", "c", "d")
    assert table.alias == 0
    assert [each.affinity for each in table.columns][1:3] == [Affinity.BLOB, Affinity.INTEGER]
    table = parse_table("t", 2, "CREATE TABLE t(a INT PRIMARY KEY, b TEXT NOT NULL)")
    assert table is not None
    assert table.alias == -1
    assert table.columns[1].not_null
    table = parse_table("t", 2, "CREATE TABLE t(a, b, c, PRIMARY KEY(c, a)) STRICT, without  rowid")
    assert table is not None
    assert table.without_rowid
    assert table.order == (2, 0, 1)
    assert parse_table("t", 2, "CREATE TABLE t") is None


def test_rows_that_their_page_does_not_point_at(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    database = connect(path)
    database.execute(NOTE)
    put(database, drawn(30))
    database.close()
    data = bytearray(path.read_bytes())
    start = 4096 * (opened(path).tables()[0].root - 1)
    assert data[start] == 13
    count = int.from_bytes(data[start + 3 : start + 5], "big")
    data[start + 8 : start + 8 + 2 * count] = bytes(2 * count)
    mine = open_database(Bytes(bytes(data)))
    assert mine is not None
    assert not list(mine.rows("note"))
    assert mine.faults
    assert {row.values for row in mine.rows("note", LOST)} == set(drawn(count))

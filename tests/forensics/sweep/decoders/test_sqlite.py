"""Values of SQLite rows as SQLite wrote them, and what a sweep of a database makes of them."""

from __future__ import annotations

import random
import re
import sqlite3
import subprocess
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from forensics.detectors.base import BytesLayer
from forensics.model import Layer
from forensics.sweep.catalogue import catalogue
from forensics.sweep.decoders import sqlite_deleted
from forensics.sweep.decoders.base import Decoded
from forensics.sweep.decoders.sqlite_cells import DECODER
from forensics.sweep.decoding import Budget, reopen
from forensics.sweep.segments import Segment
from forensics.sweep.space import Held, Space
from forensics.sweep.unit import _once

ADDRESS = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
ONION = "gsqlpihfj26j56o2p2yhjpqk2ga4ia4stxmbhkt7xzb6ipgkmolkizid.onion"
AHEAD = bytes(100)


def made(path: Path, *statements: str, rows: Iterable[tuple[object, ...]] = (), page: int = 4096) -> bytes:
    """A database that SQLite wrote: the statements, then the rows into table `note`."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(f"pragma page_size={page}")
        for statement in statements:
            database.execute(statement)
        for row in rows:
            database.execute(f"insert into note values({', '.join('?' * len(row))})", row)
    return path.read_bytes()


def text(size: int, seed: int) -> str:
    draw = random.Random(seed)
    return "".join(draw.choice("abcdefgh \n0123456789é") for _ in range(size))


def streams(data: bytes) -> list[Decoded]:
    return list(DECODER.decode(BytesLayer(AHEAD + data), len(AHEAD), 1 << 26))


def stored(each: Decoded, data: bytes) -> bytes:
    """The source octets of a stream's pieces."""
    return b"".join(data[at : at + length] for _, at, length in each.places)


@pytest.mark.parametrize("page", [512, 4096, 65536])
@pytest.mark.parametrize("reserved", [0, 8])
def test_rows_that_spill(page: int, reserved: int, tmp_path: Path) -> None:
    rows = [(1000 + number, text(page * 2 + 977 * number, number)) for number in range(20)]
    data = made(
        tmp_path / "a.db",
        "create table note(a integer, b text)",
        "create table keyed(a text primary key, b integer) without rowid",
        rows=rows,
        page=page,
    )
    with closing(sqlite3.connect(tmp_path / "a.db")) as database, database:
        database.execute("insert into keyed select b, a from note")
    database.close()
    if reserved:
        subprocess.run(["sqlite3", "a.db", f".filectrl reserve_bytes {reserved}", "vacuum"], cwd=tmp_path, check=True)
    data = (tmp_path / "a.db").read_bytes()
    found = [each for each in streams(data) if b"create table" not in each.data.lower()]
    assert all(each.complete for each in found)
    wanted = {b.encode() for _, b in rows}
    assert {each.data for each in found} >= wanted
    assert sum(each.data in wanted for each in found) >= len(rows)
    for each in found:
        if each.data in wanted:
            assert stored(each, AHEAD + data) == each.data


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16le", "utf-16be"])
def test_values_side_by_side_are_apart(encoding: str, tmp_path: Path) -> None:
    rows = [(f"first{number}", text(40, number), number, f"{number}last{number}") for number in range(300)]
    data = made(
        tmp_path / "a.db",
        f"pragma encoding='{encoding}'",
        "create table note(a text, b text, n integer, c text)",
        "create index by_b on note(b, c)",
        rows=rows,
    )
    (found,) = streams(data)
    between = "\n\0\n".encode("utf-8" if encoding == "utf-8" else encoding)
    values = found.data.split(between)
    for row in rows:
        assert row[1].encode(encoding) in values
    assert found.places
    for start, at, length in found.places:
        assert found.data[start : start + length] == (AHEAD + data)[at : at + length]


def test_blobs_of_text_are_taken_and_others_are_not(tmp_path: Path) -> None:
    rows = [("abcdefgh", b"text in a blob", b"\x01\x02 not text \xff\0", "ijklmnop")]
    data = made(tmp_path / "a.db", "create table note(a, b, c, d)", rows=rows)
    (found,) = streams(data)
    assert b"text in a blob" in found.data.split(b"\n\0\n")
    assert b"not text" not in found.data


def raw(data: bytes) -> list[Held]:
    """All that a sweep meets."""
    layer: Layer = BytesLayer(data)
    space = Space(catalogue(), layer, [Segment(0, layer.size, 0, 0)], lambda _: layer, budget=Budget())
    space.sweep(0, layer.size)
    return space.found


def swept(data: bytes) -> list[Held]:
    """What a sweep tells."""
    return list(_once(raw(data)))


def test_a_sweep_finds_values_that_touch_each_other_once_and_in_their_place(tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [
        (number, "label", ADDRESS, ONION, "note@x.example", "http://x.example/?a=1&amp;mail=a&#64;x.example", "end")
        for number in range(3)
    ]
    rows.append((9, f"Pay {ADDRESS} now", "", "", "", "", ""))
    data = made(tmp_path / "a.db", "create table note(n, a, b, c, d, e, f)", rows=rows)
    found = [held.finding for held in swept(data)]
    for value in (ADDRESS, ONION, "note@x.example"):
        mine = [each for each in found if str(each.value) == value]
        places = [at for at in range(len(data)) if data.startswith(value.encode(), at)]
        assert sorted(each.runs[0].offset for each in mine) == places
        assert all(
            len(each.runs) == 1 and value.encode().startswith(data[at : at + length])
            for each in mine
            for at, length in [(each.runs[0].offset, each.runs[0].length)]
        )
    escaped = [each.runs for each in found if str(each.value) == "a@x.example"]
    assert len(escaped) == len(set(escaped)) == 3


def test_a_finding_on_overflow_pages_names_its_own_bytes(tmp_path: Path) -> None:
    long = "half " * 3000
    data = made(tmp_path / "a.db", "create table note(a)", rows=[(f"{long} {ADDRESS} {long}",)])
    at = data.index(ADDRESS.encode()[:8])
    (found,) = [held.finding for held in swept(data) if str(held.finding.value) == ADDRESS]
    assert found.runs[0].offset == at
    assert sum(run.length for run in found.runs) == len(ADDRESS)


def test_a_stream_opens_again(tmp_path: Path) -> None:
    rows = [(text(9000, number), "abcdefgh", "ijklmnop") for number in range(5)]
    data = made(tmp_path / "a.db", "create table note(a, b, c)", rows=rows)
    layer = BytesLayer(data)
    for each in DECODER.decode(layer, 0, 1 << 20):
        again = reopen(DECODER, layer, 0, each.index)
        assert again.read(0, again.size) == each.data


def test_a_chain_in_a_ring_ends(tmp_path: Path) -> None:
    data = bytearray(made(tmp_path / "a.db", "create table note(a)", rows=[("x" * 9000,)], page=512))
    link = int.from_bytes(data[1024 + 512 - 4 : 1024 + 512], "big") or 3
    for page in range(2, len(data) // 512):
        data[page * 512 : page * 512 + 4] = link.to_bytes(4, "big")
    (found,) = streams(bytes(data))
    assert len(found.data) <= 9000


def test_what_was_deleted_is_told_so(tmp_path: Path) -> None:
    rows = [(f"{number} it is", f"mail {number}@x.example", ONION, ADDRESS) for number in range(20)]
    made(tmp_path / "a.db", "pragma secure_delete=off", "create table note(a, b, c, d)", rows=rows)
    with closing(sqlite3.connect(tmp_path / "a.db")) as database, database:
        database.execute("pragma secure_delete=off")
        database.execute("delete from note where rowid between 5 and 8")
    database.close()
    data = (tmp_path / "a.db").read_bytes()
    found = [held.finding for held in swept(data)]
    mine = [each for each in found if str(each.value) == ADDRESS]
    places = [at for at in range(len(data)) if data.startswith(ADDRESS.encode(), at)]
    assert sorted(each.runs[0].offset for each in mine) == places
    assert sum(each.locator.step.startswith("sqlite-deleted@") for each in mine) == 4
    mails = [each for each in found if str(each.value).endswith("@x.example")]
    deleted = {str(each.value) for each in mails if each.locator.step.startswith("sqlite-deleted@")}
    assert deleted == {f"{number}@x.example" for number in range(4, 8)}


def test_a_database_too_large_for_the_search_of_deleted_rows_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = made(tmp_path / "a.db", "create table note(a)", rows=[("x" * 300,)] * 20, page=512)
    monkeypatch.setattr(sqlite_deleted, "MOST_PAGES", 3)
    (told,) = sqlite_deleted.DECODER.decode(BytesLayer(data), 0, 1 << 26)
    assert not told.complete
    assert not told.data
    assert "pages were not searched for deleted rows" in told.caveat


def test_what_stands_in_a_log_is_told_so(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "a.db")
    for statement in ("pragma journal_mode=wal", "pragma wal_autocheckpoint=0", "create table note(a, b)"):
        database.execute(statement).fetchall()
    long = "half " * 3000
    database.execute("insert into note values(?, ?)", ("aword", ADDRESS))
    database.execute("insert into note values(?, ?)", (f"{long} {ONION} {long}", "end"))
    database.commit()
    data = (tmp_path / "a.db-wal").read_bytes()
    database.close()
    found = [held.finding for held in swept(data)]
    for value in (ADDRESS, ONION):
        mine = [each for each in found if str(each.value) == value]
        assert mine
        assert all(each.locator.step.startswith("sqlite-wal@") for each in mine)
        assert len({each.runs for each in mine}) == len(mine)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16le", "utf-16be"])
def test_neighbours_are_not_part_of_a_value(encoding: str, tmp_path: Path) -> None:
    # Before the value stands its type, a letter for some lengths; behind it the next cell's length.
    rows = [(f"{'m' * number}@x.example",) for number in range(2, 60)]
    data = made(tmp_path / "a.db", f"pragma encoding='{encoding}'", "create table note(a)", rows=rows)
    if encoding == "utf-8":
        plain = [str(held.finding.value) for held in raw(data) if held.finding.locator.step == "bytes"]
        assert any(re.fullmatch(r"[^m]+m+@x\.example", each) for each in plain)
    found = [held.finding for held in swept(data)]
    mails = sorted(str(each.value) for each in found if each.kind == "contact/email")
    assert mails == sorted(mail for (mail,) in rows)

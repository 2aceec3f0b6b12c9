"""Dumps of databases: rows as the databases themselves have them, roles of tables, secrets and bounds."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.detectors.base import BytesLayer, Specimen
from forensics.detectors.market import _roles, _specimens_sql, _sql, sql_dump
from forensics.model import Finding, Grade, Secret, Sensitivity
from forensics.sweep.catalogue import build
from forensics.sweep.segments import Segment
from forensics.sweep.space import Space

TEXT = st.text(st.characters(exclude_characters="\0\r", codec="utf-8"), max_size=40)


def found(data: bytes) -> list[Finding]:
    return list(sql_dump.DETECTOR.examine(BytesLayer(data), 0))


@given(st.lists(st.tuples(TEXT, st.integers(-(2**62), 2**62), TEXT | st.none()), max_size=20))
def test_rows_are_those_that_sqlite_dumped(rows: list[tuple[str, int, str | None]]) -> None:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE goods (title TEXT, price INTEGER, note TEXT)")
    database.executemany("INSERT INTO goods VALUES (?, ?, ?)", rows)
    data = "\n".join(database.iterdump()).encode()
    database.close()
    table = _sql.tables(data, escapes=False)["goods"]
    assert table.columns == ("title", "price", "note")
    assert table.count == len(rows)
    assert [values for values, _, _ in table.rows] == [(title, str(price), note) for title, price, note in rows]


def test_escapes_of_mysql_and_of_copy() -> None:
    insert = rb"INSERT INTO `t` VALUES (1,'a\'b','x''y; (z)',_binary 'q\\',NULL,0x4142,'\n');" + b"\n"
    copied = b"COPY public.u (a, b) FROM stdin;\n1\t\\N\na\\tb\tc\\\\d\n\\.\n"
    tables = _sql.tables(insert + copied)
    assert tables["t"].rows[0][0] == ("1", "a'b", "x'y; (z)", "q\\", None, "0x4142", "\n")
    assert [values for values, _, _ in tables["u"].rows] == [("1", None), ("a\tb", "c\\d")]


def test_every_row_names_its_bytes() -> None:
    data = _specimens_sql.MYSQL
    (each,) = found(data)
    assert each.grade == Grade.C2
    users = each.fields["users"].value
    assert isinstance(users, tuple)
    for row in users:
        text = data[row["offset"] : row["offset"] + row["length"]].decode()  # type: ignore[call-overload,index,operator]
        assert text.startswith("(")
        assert text.endswith(")")
        assert row["username"] in text  # type: ignore[call-overload,index,operator]
    assert isinstance(users[0]["password"], Secret)  # type: ignore[call-overload,index]
    assert each.sensitivity is Sensitivity.SECRET
    assert each.fields["written"].value == "2023-04-04  3:15:00"
    assert {event.zone for event in each.events} == {"unknown"}


def test_a_zone_that_is_stored_is_taken_into_account() -> None:
    (each,) = found(_specimens_sql.POSTGRES[3:])
    assert [str(event.when) for event in each.events] == ["2022-05-01 08:00:00+00:00", "2022-05-02 08:00:00+00:00"]


def test_a_dump_that_is_cut_says_so_and_keeps_what_is_there() -> None:
    data = _specimens_sql.MYSQL
    cut = data[: data.index(b"-- Dump completed")]
    (each,) = found(cut)
    assert any("cut" in caveat for caveat in each.caveats)
    assert each.fields["orders_count"].value == 1


@pytest.mark.parametrize(
    ("name", "columns", "role"),
    [
        ("products", (), "listings"),
        ("shop_orders", ("id",), "orders"),
        ("xyz", ("buyer_id", "offer_id", "state"), "orders"),
        ("posts", ("id", "title", "author"), ""),
        ("wp_options", ("option_id", "option_name"), ""),
    ],
)
def test_roles(name: str, columns: tuple[str, ...], role: str) -> None:
    assert _roles.role(name, columns) == role


@pytest.mark.parametrize(
    "piece", [b"INSERT INTO a VALUES ('\n", b"CREATE TABLE a (\n", b"CREATE TABLE a ();\n", b"INSERT INTO a VALUES (("]
)
def test_broken_statements_are_bounded(piece: bytes) -> None:
    data = b"-- MySQL dump 10\n" + piece * ((4 << 20) // len(piece))
    assert len(_sql.tables(data)) <= 1
    assert found(data) == []


@pytest.mark.parametrize("specimen", [each for each in _specimens_sql.DUMPS if each.expect], ids=lambda each: each.name)
def test_the_engine_of_the_sweep_wakes_on_every_head(specimen: Specimen) -> None:
    layer = BytesLayer(specimen.data)
    size = len(specimen.data)
    space = Space(build((sql_dump.DETECTOR,)), layer, [Segment(0, size, 0, 0)], lambda _: layer)
    space.sweep(0, size)
    assert [each.finding.value for each in space.found] == list(specimen.expect or ())

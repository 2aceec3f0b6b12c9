"""Every byte of the evidence is accounted for once, before, while and after it is examined."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise

import pytest
from sqlalchemy import Connection, create_engine, insert, update

from forensics.case import schema
from forensics.case.accounting import Account, Part, account, parts
from forensics.model import ByteRun

SIZE = 10_000


def _row(table: object, **values: object) -> dict[str, object]:
    """A row of a table with every column that may not be empty."""
    columns = table.columns  # type: ignore[attr-defined]
    blank: dict[str, object] = {
        each.name: 0 if each.type.python_type is int else "" for each in columns if not each.nullable
    }
    return blank | values


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    made = engine.connect()
    schema.metadata.create_all(made)
    made.execute(insert(schema.exhibit), [_row(schema.exhibit, number="E1", size=SIZE)])
    made.execute(insert(schema.scan), [_row(schema.scan, exhibit="E1", state="running")])
    regions = {"unallocated": [[2000, 3000]], "gap": [[0, 500]], "slack": [[900, 100]], "metadata": [[500, 400]]}
    rows = [
        _row(
            schema.region,
            exhibit="E1",
            volume=1,
            kind=kind,
            bytes=sum(length for _, length in runs),
            runs_json=json.dumps(runs),
        )
        for kind, runs in regions.items()
    ]
    made.execute(insert(schema.region), rows)
    yield made
    made.close()
    engine.dispose()


def test_nothing_counts_as_searched_before_the_scan_has_ended(connection: Connection) -> None:
    assert account(connection) == Account(held=0, loose=0, lost=SIZE)


def test_an_ended_scan_is_split_into_entries_and_free_space(connection: Connection) -> None:
    connection.execute(update(schema.scan).values(state="ended"))
    assert account(connection) == Account(held=SIZE - 3600, loose=3600, lost=0)


def test_unreadable_bytes_within_free_space_are_counted_once(connection: Connection) -> None:
    connection.execute(update(schema.scan).values(state="ended"))
    ranges = [(4900, 200), (5000, 50), (9000, 100)]  # the first straddles the end of the free space
    connection.execute(
        insert(schema.unexamined),
        [
            _row(schema.unexamined, id=number, exhibit="E1", offset=at, bytes=size, logical=False)
            for number, (at, size) in enumerate(ranges)
        ],
    )
    found = account(connection)
    assert found == Account(held=SIZE - 3500 - 300, loose=3500, lost=300)
    assert found.size == SIZE


def _unexamined(connection: Connection, *rows: tuple[str, str, int, int]) -> None:
    connection.execute(
        insert(schema.unexamined),
        [
            _row(
                schema.unexamined,
                id=number,
                exhibit="E1",
                place=place,
                reason=reason,
                offset=at,
                bytes=size,
                logical=False,
            )
            for number, (place, reason, at, size) in enumerate(rows)
        ],
    )


def _sizes(found: tuple[Part, ...]) -> dict[tuple[str, str], int]:
    return {(part.kind, part.reason): part.size for part in found}


def test_parts_before_the_scan_has_ended_are_one(connection: Connection) -> None:
    (only,) = parts(connection, "E1")
    assert (only.kind, only.reason, only.size) == ("lost", "not examined yet", SIZE)


def test_parts_are_disjoint_and_cover_the_image(connection: Connection) -> None:
    connection.execute(update(schema.scan).values(state="ended"))
    _unexamined(
        connection,
        ("volume 2 (LUKS)", "encrypted", 6000, 1000),
        ("image bytes 4,900 to 5,100", "unreadable", 4900, 200),  # over the end of the free space
        ("image bytes 6,900 to 7,100", "unreadable", 6900, 200),  # half of it in the locked volume
        ("image bytes 9,990 to 10,090", "unreadable", 9990, 100),  # over the end of the image
    )
    found = parts(connection, "E1")
    assert _sizes(found) == {
        ("entries", ""): SIZE - 500 - 100 - 400 - 2900 - 1000 - 310,
        ("unallocated", ""): 2900,
        ("slack", ""): 100,
        ("gap", ""): 500,
        ("metadata", ""): 400,
        ("lost", "encrypted"): 1000,
        ("lost", "unreadable"): 100 + 100 + 100 + 10,
    }
    assert [part.place for part in found if part.kind == "lost"] == ["volume 2 (LUKS)", ""]
    covered = sorted(run for part in found for run in part.runs)
    assert covered[0].offset == 0
    assert covered[-1].end == SIZE
    assert all(one.end == two.offset for one, two in pairwise(covered))


def test_parts_agree_with_the_account_of_the_case(connection: Connection) -> None:
    connection.execute(update(schema.scan).values(state="ended"))
    _unexamined(connection, ("volume 2", "encrypted", 4000, 3000))
    sizes: dict[str, int] = {}
    for part in parts(connection, "E1"):
        sizes[part.kind] = sizes.get(part.kind, 0) + part.size
    whole = account(connection)
    assert whole.lost == sizes["lost"]
    assert whole.loose == sizes["unallocated"] + sizes["slack"] + sizes["gap"]
    assert whole.held == sizes["entries"] + sizes["metadata"]


def test_an_empty_image_has_no_bytes(connection: Connection) -> None:
    connection.execute(update(schema.scan).values(state="ended"))
    connection.execute(update(schema.exhibit).values(size=0))
    assert sum(part.size for part in parts(connection, "E1")) == 0
    assert ByteRun(0, 0) not in [run for part in parts(connection, "E1") for run in part.runs]

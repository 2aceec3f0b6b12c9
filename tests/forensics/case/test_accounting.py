"""Every byte of the evidence is accounted for once, before, while and after it is examined."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, insert, update

from forensics.case import schema
from forensics.case.accounting import Account, account

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

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, insert, select

from forensics.case import events, schema
from forensics.timeline.columns import Columns, gather

LANES = ("wallet", "file system", "chat", 'o\'brien, "x"')


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    schema.metadata.create_all(engine)
    source = random.Random(2)
    rows: list[dict[str, Any]] = [
        {
            "id": 3 * number + 1, "when_us": source.randint(-(10**16), 10**16) // 1000 * 1000,
            "precision_us": source.choice([1, 2_000_000, 86_400_000_000]), "meaning": "made", "as_stored": "x",
            "clock": "device", "zone": "utc", "lane": source.choice(LANES), "exhibit": "E1",
            "finding": source.choice([None, 1, 2]), "entry": None, "path": None,
        }
        for number in range(2_500)
    ]  # fmt: skip
    rows += [{**row, "id": row["id"] + 1} for row in rows[:200]]  # of one moment
    with engine.connect() as made:
        made.execute(insert(schema.event), rows)
        yield made
    engine.dispose()


def _same(one: Columns, other: Columns) -> bool:
    pairs = (
        (one.when, other.when),
        (one.precision, other.precision),
        (one.lane, other.lane),
        (one.number, other.number),
    )
    return one.lanes == other.lanes and all(a.tolist() == b.tolist() for a, b in pairs)


@pytest.mark.parametrize("part", [1_000_000, 977, 2_700])
def test_as_row_by_row(connection: Connection, part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "PART", part)
    e = schema.event.c
    rows = connection.execute(select(e.when_us, e.precision_us, e.lane, e.id).order_by(e.id)).all()
    assert _same(events.event_columns(connection, ("chat",)), gather(map(tuple, rows), ("chat",)))


def test_no_events(connection: Connection) -> None:
    connection.execute(schema.event.delete())
    made = events.event_columns(connection)
    assert (len(made), made.lanes, made.counts()) == (0, (), [])
    assert events.events_of(connection, schema.finding.c.id == 1).tolist() == []

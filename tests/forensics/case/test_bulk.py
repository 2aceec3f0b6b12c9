from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, Table, create_engine, insert, select

from forensics.case import bulk

ROWS = 300_000
NUMBERS = Table("numbers", MetaData(), Column("id", Integer, primary_key=True), Column("a", Integer))


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    NUMBERS.metadata.create_all(engine)
    source = random.Random(5)
    with engine.connect() as made:
        whole = (1 << 63) - 1
        made.execute(insert(NUMBERS), [{"id": n, "a": source.randint(-whole - 1, whole)} for n in range(ROWS)])
        yield made
    engine.dispose()


def test_as_row_by_row_in_the_same_order(connection: Connection) -> None:
    for order in ((NUMBERS.c.a,), (NUMBERS.c.a.desc(), NUMBERS.c.id), (NUMBERS.c.id.desc(),)):
        query = select(NUMBERS.c.a, NUMBERS.c.id).order_by(*order)
        rows = connection.execute(query).all()
        first, second = bulk.columns(connection, query)
        assert list(zip(first.tolist(), second.tolist(), strict=True)) == rows


def test_one_row_and_none(connection: Connection) -> None:
    for most in (-1, 0):
        assert [each.tolist() for each in bulk.columns(connection, select(NUMBERS).where(NUMBERS.c.id < most))] == [
            [],
            [],
        ]
    (one,) = bulk.columns(connection, select(NUMBERS.c.id).where(NUMBERS.c.id == 3))
    assert one.tolist() == [3]

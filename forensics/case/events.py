"""All events of a case as columns, without an object for each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sqlalchemy import ColumnElement, Connection, case, literal, select

from forensics.case import bulk, schema
from forensics.timeline.columns import Columns, Numbers, Whole, lane_order, narrow

PART = 250_000  # events that are read at once: their text is some 10 MB
V = schema.event.c
F = schema.finding.c


def event_columns(connection: Connection, order: Sequence[str] = ()) -> Columns:
    """The events in order of time; lanes stand in `order`, then by their names."""
    lanes = lane_order(connection.execute(select(V.lane).distinct()).scalars(), order)
    code = case({name: at for at, name in enumerate(lanes)}, value=V.lane) if lanes else literal(0)
    kept: tuple[list[Whole], ...] = ([], [], [], [])
    last = -1
    while True:
        query = select(V.when_us, V.precision_us, code.label("code"), V.id).where(V.id > last).order_by(V.id)
        part = bulk.columns(connection, query, PART)
        if not part[0].size:
            break
        last = int(part[3][-1])
        for columns, column in zip(kept, part, strict=True):
            columns.append(narrow(column))
    when = _joined(kept[0]).astype(np.int64)
    sort = np.argsort(when, kind="stable")  # events of one moment stay in the order of their numbers
    precision, lane, number = (_joined(parts)[sort] for parts in kept[1:])
    made = Columns(when[sort], precision, lane, number, tuple(lanes))
    made.marks  # noqa: B018 - counted here, in the thread that reads, not in the one that paints
    return made


def _joined(parts: list[Whole]) -> Whole:
    """One column of its parts, which are let go of."""
    made: Whole = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
    parts.clear()
    return made


def events_of(connection: Connection, where: ColumnElement[bool]) -> Numbers:
    """The row numbers of the events whose finding passes a filter."""
    passing = select(F.id).where(where)
    (numbers,) = bulk.columns(connection, select(V.id).where(V.finding.in_(passing)))
    return numbers

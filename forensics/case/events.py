"""All events of a case as columns, without an object for each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sqlalchemy import ColumnElement, Connection, case, func, literal, select

from forensics.case import bulk, schema
from forensics.timeline.columns import Columns, Numbers, Whole, lane_order, least

PART = 250_000  # events that are read at once: their text is some 10 MB
V = schema.event.c
F = schema.finding.c


def event_columns(connection: Connection, order: Sequence[str] = ()) -> Columns:
    """The events in order of time; lanes stand in `order`, then by their names."""
    with connection.begin_nested():  # one state of the case, while others write to it
        return _read(connection, order)


def _read(connection: Connection, order: Sequence[str]) -> Columns:
    lanes = lane_order(connection.execute(select(V.lane).distinct()).scalars(), order)
    code = case({name: at for at, name in enumerate(lanes)}, value=V.lane) if lanes else literal(0)
    low, high = func.min(V.precision_us), func.max(V.precision_us)
    count, last_id, finest, coarsest = connection.execute(select(func.count(), func.max(V.id), low, high)).one()
    kinds = (least(0, 1 << 62), least(finest or 0, coarsest or 0), least(0, len(lanes)), least(0, last_id or 0))
    whole: list[Whole] = [np.empty(count, dtype=kind) for kind in kinds]
    at, last = 0, -1
    while at < count:
        query = select(V.when_us, V.precision_us, code.label("code"), V.id).where(V.id > last).order_by(V.id)
        part = bulk.columns(connection, query, PART)
        behind, last = at + part[3].size, int(part[3][-1])
        for column, numbers in zip(whole, part, strict=True):
            column[at:behind] = numbers
        at = behind
    when, precision, lane, number = whole
    sort = np.argsort(when, kind="stable")  # events of one moment stay in the order of their numbers
    made = Columns(when[sort].astype(np.int64, copy=False), precision[sort], lane[sort], number[sort], tuple(lanes))
    made.marks  # noqa: B018 - counted here, in the thread that reads, not in the one that paints
    return made


def events_of(connection: Connection, where: ColumnElement[bool]) -> Numbers:
    """The row numbers of the events whose finding passes a filter."""
    passing = select(F.id).where(where)
    (numbers,) = bulk.columns(connection, select(V.id).where(V.finding.in_(passing)))
    return numbers

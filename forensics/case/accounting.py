"""How much of the evidence was examined: examined and unexamined bytes are the size of the evidence."""

from __future__ import annotations

from sqlalchemy import Connection, select

from forensics.case import schema
from forensics.case.store import Case
from forensics.evidence.ranges import merged
from forensics.model import ByteRun


def examined_exhibits(connection: Connection) -> frozenset[str]:
    """The exhibits that a scan has gone through to its end."""
    table = schema.scan.c
    return frozenset(connection.execute(select(table.exhibit).where(table.state == "ended")).scalars())


def unexamined_by_exhibit(connection: Connection) -> dict[str, int]:
    """Bytes of each exhibit's image that could not be examined, each counted once; all before its scan has ended."""
    e, u = schema.exhibit.c, schema.unexamined.c
    ended = examined_exhibits(connection)
    lost: dict[str, list[ByteRun]] = {}
    for number, size in connection.execute(select(e.number, e.size)):
        lost[number] = [] if number in ended else [ByteRun(0, size)]
    ranges = select(u.exhibit, u.offset, u.bytes).where(u.logical.is_(False), u.offset.is_not(None))
    for number, offset, length in connection.execute(ranges):
        lost[number].append(ByteRun(offset, length))
    return {number: sum(run.length for run in merged(runs)) for number, runs in lost.items()}


def refused(case: Case, exhibit: str) -> int:
    """Pieces of work and entries that could not be finished."""
    u = schema.unexamined.c
    return case.count(schema.unexamined, u.exhibit == exhibit, u.reason.in_(("quarantined", "unreadable entry")))

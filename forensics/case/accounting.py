"""How much of the evidence was examined: examined and unexamined bytes are the size of the evidence."""

from __future__ import annotations

from sqlalchemy import select

from forensics.case import schema
from forensics.case.store import Case
from forensics.evidence.ranges import merged
from forensics.model import ByteRun


def unexamined_bytes(case: Case, exhibit: str) -> int:
    """Bytes of an exhibit's image that could not be examined, each counted once."""
    u = schema.unexamined.c
    rows = case.rows(select(u.offset, u.bytes).where(u.exhibit == exhibit, u.logical.is_(False), u.offset.is_not(None)))
    return sum(run.length for run in merged([ByteRun(row["offset"], row["bytes"]) for row in rows]))


def refused(case: Case, exhibit: str) -> int:
    """Pieces of work and entries that could not be finished."""
    u = schema.unexamined.c
    return case.count(schema.unexamined, u.exhibit == exhibit, u.reason.in_(("quarantined", "unreadable entry")))

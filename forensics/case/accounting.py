"""How much of the evidence was examined: examined and unexamined bytes are the size of the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from forensics.case import schema
from forensics.case.store import Case, unpacked
from forensics.evidence.ranges import merged, subtract
from forensics.model import ByteRun

PART = "part of a file system"  # the reason that a folder or a map of free space could not be read
LOOSE = ("unallocated", "slack", "gap")


def examined_exhibits(connection: Connection) -> frozenset[str]:
    """The exhibits that a scan has gone through to its end."""
    table = schema.scan.c
    return frozenset(connection.execute(select(table.exhibit).where(table.state == "ended")).scalars())


def unexamined_by_exhibit(connection: Connection) -> dict[str, int]:
    """Bytes of each exhibit's image that could not be examined, each counted once; all before its scan has ended."""
    return {number: _sum(runs) for number, runs in _lost(connection).items()}


@dataclass(frozen=True, slots=True)
class Account:
    """Where the bytes of all images went: the three add up to the size of the evidence."""

    held: int  # in entries and in what file systems keep of themselves
    loose: int  # unallocated, slack and gaps
    lost: int  # not examined, or not yet

    @property
    def size(self) -> int:
        """All of the evidence."""
        return self.held + self.loose + self.lost


def account(connection: Connection) -> Account:
    """Account for every byte of every exhibit; one whose scan has not ended counts as not examined."""
    lost = _lost(connection)
    ended = examined_exhibits(connection)
    sizes = dict(connection.execute(select(schema.exhibit.c.number, schema.exhibit.c.size)).all())
    r = schema.region.c
    loose = 0
    for number in ended:
        kept = select(r.bytes, r.runs_json).where(r.exhibit == number, r.kind.in_(LOOSE))
        for size, runs in connection.execute(kept):
            if not lost[number]:
                loose += size
                continue
            loose += _sum(subtract(merged([ByteRun(*run) for run in unpacked(runs)]), lost[number]))
    missing = sum(_sum(runs) for runs in lost.values())
    return Account(sum(sizes.values()) - loose - missing, loose, missing)


def _lost(connection: Connection) -> dict[str, tuple[ByteRun, ...]]:
    e, u = schema.exhibit.c, schema.unexamined.c
    ended = examined_exhibits(connection)
    lost: dict[str, list[ByteRun]] = {}
    for number, size in connection.execute(select(e.number, e.size)):
        lost[number] = [] if number in ended else [ByteRun(0, size)]
    ranges = select(u.exhibit, u.offset, u.bytes).where(u.logical.is_(False), u.offset.is_not(None))
    for number, offset, length in connection.execute(ranges):
        lost[number].append(ByteRun(offset, length))
    return {number: merged(runs) for number, runs in lost.items()}


def _sum(runs: Sequence[ByteRun]) -> int:
    return sum(run.length for run in runs)


def refused(case: Case, exhibit: str) -> int:
    """Pieces of work and entries that could not be finished."""
    u = schema.unexamined.c
    return case.count(schema.unexamined, u.exhibit == exhibit, u.reason.in_(("quarantined", "unreadable entry", PART)))

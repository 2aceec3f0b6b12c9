"""How much of the evidence was examined: examined and unexamined bytes are the size of the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from forensics.case import schema
from forensics.case.store import Case, unpacked
from forensics.evidence.ranges import merged, subtract
from forensics.model import ByteRun
from forensics.sweep.plan import OUTSIDE

PART = "part of a file system"  # the reason that a folder or a map of free space could not be read
SEARCHED_RAW = ("encrypted", "unknown file system", "damaged file system")  # volumes that only the sweep read
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


ENTRIES, WAITING = "entries", "not examined yet"
REGIONS = ("unallocated", "slack", "gap", "metadata", "unknown")


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes of one exhibit that share a fate; all of its parts are disjoint and cover it.

    `kind` is "entries", a kind of region, or "lost"; `place` and `reason` say what was lost and why. `count` is how
    many entries hold the bytes, or in how many pieces they lie.
    """

    kind: str
    runs: tuple[ByteRun, ...]
    count: int
    place: str = ""
    reason: str = ""

    @property
    def size(self) -> int:
        """Its bytes."""
        return _sum(self.runs)


def parts(connection: Connection, exhibit: str) -> tuple[Part, ...]:
    """Where the bytes of an exhibit went, each of them once: what was searched first, then what was not."""
    size = connection.execute(select(schema.exhibit.c.size).where(schema.exhibit.c.number == exhibit)).scalar_one()
    whole = (ByteRun(0, size),) if size else ()
    if exhibit not in examined_exhibits(connection):
        return (Part("lost", whole, len(whole), "the whole image", WAITING),)
    left, lost = _lost_parts(connection, exhibit, whole)
    found: list[Part] = []
    r = schema.region.c
    for kind in REGIONS:
        kept = connection.execute(select(r.runs_json).where(r.exhibit == exhibit, r.kind == kind)).scalars()
        wanted = merged([ByteRun(*run) for runs in kept for run in unpacked(runs)])
        rest = subtract(left, wanted)
        runs, left = subtract(left, rest), rest
        if runs:
            found.append(Part(kind, runs, len(runs)))
    e = schema.entry.c
    count = connection.execute(select(func.count()).select_from(schema.entry).where(e.exhibit == exhibit)).scalar_one()
    return (Part(ENTRIES, left, count), *found, *lost) if left else (*found, *lost)


def _lost_parts(
    connection: Connection, exhibit: str, left: tuple[ByteRun, ...]
) -> tuple[tuple[ByteRun, ...], list[Part]]:
    """What is left of `left` without what could not be examined, and that: by place, ranges without one together."""
    u = schema.unexamined.c
    ranges: dict[tuple[str, str], list[ByteRun]] = {}
    rows = select(u.place, u.reason, u.offset, u.bytes).where(
        u.exhibit == exhibit, u.logical.is_(False), u.offset.is_not(None)
    )
    for place, reason, offset, length in connection.execute(rows.order_by(u.id)):
        named = place if reason in SEARCHED_RAW else ""
        ranges.setdefault((named, reason), []).append(ByteRun(offset, length))
    r = schema.region.c
    for runs in connection.execute(select(r.runs_json).where(r.exhibit == exhibit, r.kind == OUTSIDE)).scalars():
        ranges.setdefault(("", "outside the authority"), []).extend(ByteRun(*run) for run in unpacked(runs))
    found = []
    for (place, reason), runs in ranges.items():
        rest = subtract(left, merged(runs))
        taken, left = subtract(left, rest), rest
        if taken:
            found.append(Part("lost", taken, len(runs), place, reason))
    return left, found


def _lost(connection: Connection) -> dict[str, tuple[ByteRun, ...]]:
    e, u = schema.exhibit.c, schema.unexamined.c
    ended = examined_exhibits(connection)
    lost: dict[str, list[ByteRun]] = {}
    for number, size in connection.execute(select(e.number, e.size)):
        lost[number] = [] if number in ended else [ByteRun(0, size)]
    ranges = select(u.exhibit, u.offset, u.bytes).where(u.logical.is_(False), u.offset.is_not(None))
    for number, offset, length in connection.execute(ranges):
        lost[number].append(ByteRun(offset, length))
    r = schema.region.c
    for number, runs in connection.execute(select(r.exhibit, r.runs_json).where(r.kind == OUTSIDE)):
        lost[number] += [ByteRun(*run) for run in unpacked(runs)]
    return {number: merged(runs) for number, runs in lost.items()}


def _sum(runs: Sequence[ByteRun]) -> int:
    return sum(run.length for run in runs)


def refused(case: Case, exhibit: str) -> int:
    """Pieces of work and entries that could not be finished."""
    u = schema.unexamined.c
    return case.count(schema.unexamined, u.exhibit == exhibit, u.reason.in_(("quarantined", "unreadable entry", PART)))

"""Who owns each byte of the image: a gapless, sorted list of segments painted from claims.

A claim is a range of image bytes that an entry, a slack, an unallocated run or a gap holds. Claims
overlap (a deleted entry and its successor); the stronger paints over the weaker, and among equals
the earlier one holds, so that the result does not depend on anything but the claims.
"""

from __future__ import annotations

import enum
import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MARGIN = 1024  # bytes that are read either side of what is swept: no trigger matches more


class Strength(enum.IntEnum):
    """Who paints over whom."""

    GAP = 0
    VOLUME = 1  # inside a volume, owned by nothing that is known
    UNALLOCATED = 2
    SLACK = 3
    SHADOW = 4  # an entry of a shadow copy, where the live volume has forgotten it
    DELETED = 5
    ALLOCATED = 6
    OUTSIDE = 7  # an entry that may not be searched, where another name of the same bytes may
    RESIDENT = 8  # content inside a metadata record that is itself an entry's


@dataclass(frozen=True, slots=True)
class Claim:
    """`length` image bytes from `offset`, held by `owner`, at `inner` bytes from the owner's beginning.

    `number` is the claim's place among all.
    """

    offset: int
    length: int
    owner: int
    inner: int
    strength: int
    number: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of image bytes with one owner; `inner` is its offset in the owner."""

    start: int
    end: int
    owner: int
    inner: int


def paint(size: int, claims: Iterable[Claim]) -> Iterator[Segment]:
    """Segments that cover [0, size) without gaps or overlaps, in order; owner -1 where nobody claims.

    `claims` come in the order of their offsets; of those that overlap with equal strength, the one with the
    smaller `number` holds. Only the claims about one place are in memory at a time.
    """
    coming = (each for each in claims if each.length > 0 and 0 <= each.offset < size)
    behind = next(coming, None)
    active: list[tuple[int, int, Claim]] = []  # a heap: the strongest, and of these the first, on top
    position = 0
    held: Claim | None = None  # who holds the bytes from `since` to `position`
    since = 0
    while position < size:
        while behind is not None and behind.offset <= position:
            key = (-behind.strength, behind.number, behind)
            if not (active and active[0] < key and _end(active[0][2]) >= _end(behind)):  # else it never shows
                heapq.heappush(active, key)
            behind = next(coming, None)
        while active and _end(active[0][2]) <= position:
            heapq.heappop(active)
        top = active[0][2] if active else None
        if top is not held and position > since:
            yield _segment(held, since, position)
            since = position
        held = top
        ends = size if top is None else min(_end(top), size)
        position = ends if behind is None else min(ends, behind.offset)
    if size > since:
        yield _segment(held, since, size)


def _end(claim: Claim) -> int:
    return claim.offset + claim.length


def _segment(claim: Claim | None, start: int, end: int) -> Segment:
    if claim is None:
        return Segment(start, end, -1, 0)
    return Segment(start, end, claim.owner, claim.inner + start - claim.offset)

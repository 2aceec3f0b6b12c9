"""Who owns each byte of the image: a gapless, sorted list of segments painted from claims.

A claim is a range of image bytes that an entry, a slack, an unallocated run or a gap holds. Claims
overlap (a deleted entry and its successor); the stronger paints over the weaker, and among equals
the earlier one holds, so that the result does not depend on anything but the claims.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


class Strength(enum.IntEnum):
    """Who paints over whom."""

    GAP = 0
    VOLUME = 1  # inside a volume, owned by nothing that is known
    UNALLOCATED = 2
    SLACK = 3
    DELETED = 4
    ALLOCATED = 5
    RESIDENT = 6  # content inside a metadata record that is itself an entry's


@dataclass(frozen=True, slots=True)
class Claim:
    """`length` image bytes from `offset`, held by `owner`, at `inner` bytes from the owner's beginning."""

    offset: int
    length: int
    owner: int
    inner: int
    strength: Strength


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of image bytes with one owner; `inner` is its offset in the owner."""

    start: int
    end: int
    owner: int
    inner: int


def paint(size: int, claims: Iterable[Claim]) -> list[Segment]:
    """Segments that cover [0, size) without gaps or overlaps; owner -1 where nobody claims."""
    held = [each for each in claims if each.length > 0 and each.offset < size and each.offset >= 0]
    if not held:
        return [Segment(0, size, -1, 0)] if size else []
    starts = np.fromiter((each.offset for each in held), np.int64, len(held))
    ends = np.minimum(starts + np.fromiter((each.length for each in held), np.int64, len(held)), size)
    edges: npt.NDArray[np.int64] = np.unique(np.concatenate([starts, ends, np.array([0, size], np.int64)]))
    owner = np.full(len(edges) - 1, -1, np.int64)
    first = np.searchsorted(edges, starts)
    last = np.searchsorted(edges, ends)
    # Weaker first; among equals the later first, so that the earlier paints over it.
    order = sorted(range(len(held)), key=lambda index: (held[index].strength, -index))
    for index in order:
        owner[first[index] : last[index]] = index
    segments: list[Segment] = []
    changes = np.flatnonzero(np.diff(owner)) + 1
    bounds = [0, *changes.tolist(), len(owner)]
    for low, high in itertools.pairwise(bounds):
        start, end, index = int(edges[low]), int(edges[high]), int(owner[low])
        if index < 0:
            segments.append(Segment(start, end, -1, 0))
        else:
            claim = held[index]
            segments.append(Segment(start, end, claim.owner, claim.inner + start - claim.offset))
    return segments

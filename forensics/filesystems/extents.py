"""Which entry a byte of the image belongs to, for many bytes at once."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from forensics.model import Entry, EntryKind, Storage

I64 = npt.NDArray[np.int64]

# Ranks of what may claim a byte; the lowest number wins.
LIVE, RESIDENT, DELETED, SLACK, DELETED_SLACK = range(5)
NOBODY = -1


class ExtentMap:
    """Disjoint pieces of the image and their owners, for binary search.

    Where several entries claim a byte, allocated content beats resident content, then deleted content,
    then slack; among equals the entry that comes first. `start`, `length`, `owner` (index into the
    entries), `inside` (offset in the stream, -1 in slack) and `rank` are parallel arrays in order of `start`.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        """Build it from the entries of a whole walk; virtual files do not claim anything."""
        rows: list[tuple[int, int, int, int, int]] = []
        for index, entry in enumerate(entries):
            if entry.kind is EntryKind.VIRTUAL:
                continue
            rank = LIVE if entry.allocated else DELETED
            if entry.allocated and entry.storage is Storage.RESIDENT:
                rank = RESIDENT
            inside = 0
            for run in entry.runs:
                if run.offset >= 0:
                    rows.append((run.offset, run.length, index, inside, rank))
                inside += run.length
            rank = SLACK if entry.allocated else DELETED_SLACK
            rows.extend((run.offset, run.length, index, -1, rank) for run in entry.slack if run.offset >= 0)
        claims = np.array(rows, np.int64).reshape(-1, 5)
        self.start, self.length, self.owner, self.inside, self.rank = _resolve(claims)

    def lookup(self, offsets: npt.ArrayLike) -> tuple[I64, I64, I64]:
        """For each image offset: the owner or `NOBODY`, the offset in its stream or -1, the rank or -1."""
        wanted = np.asarray(offsets, np.int64)
        if not len(self.start):
            none = np.full(wanted.shape, NOBODY, np.int64)
            return none, none, none
        index = np.searchsorted(self.start, wanted, "right") - 1
        held = (index >= 0) & (wanted < (self.start + self.length)[index])
        inside = np.where(self.inside[index] >= 0, self.inside[index] + wanted - self.start[index], -1)
        return (
            np.where(held, self.owner[index], NOBODY),
            np.where(held, inside, -1),
            np.where(held, self.rank[index], -1),
        )


def _resolve(claims: I64) -> tuple[I64, I64, I64, I64, I64]:
    """Cut overlapping claims into disjoint pieces, each with its best claim; at most twice as many."""
    claims = claims[claims[:, 1] > 0]
    claims = claims[np.lexsort((claims[:, 2], claims[:, 4], claims[:, 0]))]
    if len(claims):
        reach = np.maximum.accumulate(claims[:, 0] + claims[:, 1])
        group = np.concatenate(([0], np.cumsum(claims[1:, 0] >= reach[:-1])))
        alone = np.bincount(group)[group] == 1
        if not alone.all():
            pieces = np.array(_sweep(claims[~alone].tolist()), np.int64).reshape(-1, 5)
            claims = np.concatenate((claims[alone], pieces))
            claims = claims[np.argsort(claims[:, 0], kind="stable")]
    return claims[:, 0], claims[:, 1], claims[:, 2], claims[:, 3], claims[:, 4]


def _sweep(claims: list[list[int]]) -> list[tuple[int, int, int, int, int]]:
    """The best claim on each byte, from claims in order of start."""
    out: list[tuple[int, int, int, int, int]] = []
    active: list[tuple[int, int, int]] = []  # rank, owner, number of the claim
    number = at = 0
    while number < len(claims) or active:
        if not active:
            at = max(at, claims[number][0])
        while number < len(claims) and claims[number][0] <= at:
            heapq.heappush(active, (claims[number][4], claims[number][2], number))
            number += 1
        start, length, owner, inside, rank = claims[active[0][2]]
        if start + length <= at:
            heapq.heappop(active)
            continue
        end = min(start + length, claims[number][0] if number < len(claims) else start + length)
        out.append((at, end - at, owner, inside + at - start if inside >= 0 else -1, rank))
        at = end
    return out

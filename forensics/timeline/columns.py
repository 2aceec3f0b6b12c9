"""Events as columns: millions of them can be counted and binned in milliseconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resources.languages import tr, tr_count

Numbers = NDArray[np.int64]
Whole = NDArray[np.integer[Any]]  # no wider than its largest number needs
BLOCK = 1024  # events between two places where the counts of all lanes are kept


@dataclass(frozen=True)
class Columns:
    """Events in order of time. `lane` is an index into `lanes`; times are microseconds since 1970."""

    when: Numbers
    precision: Whole
    lane: Whole
    number: Whole  # row numbers of the events
    lanes: tuple[str, ...]

    def __len__(self) -> int:
        return int(self.when.size)

    @property
    def first(self) -> int:
        """The earliest moment."""
        return int(self.when[0]) if len(self) else 0

    @property
    def last(self) -> int:
        """The latest moment."""
        return int(self.when[-1]) if len(self) else 0

    def between(self, start: int, end: int) -> slice:
        """The events with start <= when < end."""
        low = int(np.searchsorted(self.when, start, side="left"))
        high = int(np.searchsorted(self.when, end, side="left"))
        return slice(low, max(low, high))

    def chosen(self, keep: NDArray[np.bool_]) -> Columns:
        """Only the events that are kept, under the same lanes."""
        return Columns(self.when[keep], self.precision[keep], self.lane[keep], self.number[keep], self.lanes)

    @cached_property
    def marks(self) -> Numbers:
        """How many events of each lane stand before every 1,024th event, as an array of places by lanes."""
        made = np.zeros((-(-len(self) // BLOCK) + 1, len(self.lanes)), dtype=np.int64)
        if len(self):
            starts = np.arange(0, len(self), BLOCK)
            for lane in range(len(self.lanes)):
                made[1:, lane] = np.cumsum(np.add.reduceat(self.lane == lane, starts, dtype=np.int64))
        return made

    @cached_property
    def _of_lane(self) -> dict[int, NDArray[np.int32]]:
        return {}

    def of_lane(self, lane: int, part: slice) -> NDArray[np.int32]:
        """The places of the events of a lane within a part."""
        places = self._of_lane.get(lane)
        if places is None:
            places = self._of_lane[lane] = np.flatnonzero(self.lane == lane).astype(np.int32)
        low, high = np.searchsorted(places, (part.start, part.stop))
        return places[low:high]

    def _before(self, place: int) -> Numbers:
        """How many events of each lane stand before a place."""
        block = place // BLOCK
        made: Numbers = self.marks[block] + np.bincount(self.lane[block * BLOCK : place], minlength=len(self.lanes))
        return made

    def counts(self, part: slice | None = None) -> list[int]:
        """How many events each lane has, in the whole or in a part."""
        if part is None:
            return [int(n) for n in self.marks[-1]]
        return [int(n) for n in self._before(part.stop) - self._before(part.start)]

    def bins(self, start: int, end: int, count: int) -> Numbers:
        """Counts in `count` equal pieces of start <= when < end, as an array of lanes by pieces.

        The sum over everything equals the number of events in the window: none is drawn twice or lost.
        """
        made = np.zeros((len(self.lanes), max(0, count)), dtype=np.int64)
        part = self.between(start, end)
        if end <= start or count <= 0 or part.start == part.stop:
            return made
        edges = np.array([start - (start - end) * piece // count for piece in range(count)] + [end], dtype=np.int64)
        places = np.searchsorted(self.when, edges, side="left").tolist()
        before = self._before(places[0])
        for piece, (low, high) in enumerate(pairwise(places)):
            if high > low:
                behind = self._before(high)
                made[:, piece] = behind - before
                before = behind
        return made


def least(low: int, high: int) -> np.dtype[np.integer[Any]]:
    """The kind of number with the fewest bytes that holds both."""
    kinds = (np.int8, np.int16, np.int32, np.int64)
    return np.dtype(next(kind for kind in kinds if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max))


def lane_order(names: Iterable[str], order: Sequence[str] = ()) -> list[str]:
    """Lanes in `order`, the others behind them by their names."""
    rank = {name: at for at, name in enumerate(order)}
    return sorted(names, key=lambda name: (rank.get(name, len(rank)), name))


Row = tuple[int, int, str, int]  # when_us, precision_us, lane, number


def gather(rows: Iterable[Row], order: Sequence[str] = ()) -> Columns:
    """Columns from rows in any order; lanes stand in `order`, then by their names."""
    told = list(rows)
    names = lane_order({row[2] for row in told}, order)
    index = {name: at for at, name in enumerate(names)}
    numbers = np.array([(row[0], row[1], index[row[2]], row[3]) for row in told], dtype=np.int64).reshape(-1, 4)
    when, precision, lane, number = numbers[np.argsort(numbers[:, 0], kind="stable")].T.copy()
    return Columns(when, precision, lane, number, tuple(names))


@dataclass(frozen=True, slots=True)
class Honesty:
    """What a window shows and what it does not: every number is exact."""

    drawn: int
    passing: int
    hidden_here: int
    undated: int

    def sentences(self) -> tuple[str, str]:
        """The bold sentence and what follows it."""
        drawn, passing = self.drawn, self.passing
        if passing == 1:
            first = tr("{drawn:,} of 1 event is in this window.", drawn=drawn)
        elif drawn == 1:
            first = tr("1 of {passing:,} events is in this window.", passing=passing)
        else:
            first = tr("{drawn:,} of {passing:,} events are in this window.", drawn=drawn, passing=passing)
        rest = []
        if self.hidden_here:
            hidden = tr_count(
                self.hidden_here,
                "more lies in it but is hidden by the filter.",
                "more lie in it but are hidden by the filter.",
            )
            rest.append(hidden)
        if self.undated:
            rest.append(tr_count(self.undated, "finding carries no time.", "findings carry no time."))
        return first, " ".join(rest)


def honesty(passing: Columns, everything: Columns, start: int, end: int, undated: int) -> Honesty:
    """Count what a window draws, and what lies in it but is hidden."""
    drawn = passing.between(start, end)
    there = everything.between(start, end)
    shown = drawn.stop - drawn.start
    return Honesty(shown, len(passing), (there.stop - there.start) - shown, undated)

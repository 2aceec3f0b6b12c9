"""Events as columns: millions of them can be counted and binned in milliseconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Small = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Columns:
    """Events in order of time. `lane` is an index into `lanes`; times are microseconds since 1970."""

    when: Numbers
    precision: Numbers
    lane: Small
    number: Numbers  # row numbers of the events
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

    def counts(self, part: slice | None = None) -> list[int]:
        """How many events each lane has, in the whole or in a part."""
        lanes = self.lane if part is None else self.lane[part]
        return [int(n) for n in np.bincount(lanes, minlength=len(self.lanes))]

    def bins(self, start: int, end: int, count: int) -> NDArray[np.int64]:
        """Counts in `count` equal pieces of start <= when < end, as an array of lanes by pieces.

        The sum over everything equals the number of events in the window: none is drawn twice or lost.
        """
        made = np.zeros((len(self.lanes), count), dtype=np.int64)
        part = self.between(start, end)
        if end <= start or count <= 0 or part.start == part.stop:
            return made
        offset = self.when[part] - start
        place = np.minimum((offset.astype(np.float64) * (count / (end - start))).astype(np.int64), count - 1)
        flat = self.lane[part].astype(np.int64) * count + place
        made += np.bincount(flat, minlength=len(self.lanes) * count).reshape(len(self.lanes), count)
        return made


Row = tuple[int, int, str, int]  # when_us, precision_us, lane, number


def gather(rows: Iterable[Row], order: Sequence[str] = ()) -> Columns:
    """Columns from rows in any order; lanes stand in `order`, then by their names."""
    when: list[int] = []
    precision: list[int] = []
    lane: list[int] = []
    number: list[int] = []
    index: dict[str, int] = {}
    for when_us, precision_us, name, event in rows:
        when.append(when_us)
        precision.append(precision_us)
        lane.append(index.setdefault(name, len(index)))
        number.append(event)
    rank = {name: at for at, name in enumerate(order)}
    names = sorted(index, key=lambda name: (rank.get(name, len(rank)), name))
    moved = np.zeros(max(1, len(index)), dtype=np.int16)
    for at, name in enumerate(names):
        moved[index[name]] = at
    times = np.asarray(when, dtype=np.int64)
    sort = np.argsort(times, kind="stable")
    lanes = moved[np.asarray(lane, dtype=np.int64)] if lane else np.zeros(0, dtype=np.int16)
    return Columns(
        times[sort],
        np.asarray(precision, dtype=np.int64)[sort],
        lanes[sort],
        np.asarray(number, dtype=np.int64)[sort],
        tuple(names),
    )


@dataclass(frozen=True, slots=True)
class Honesty:
    """What a window shows and what it does not: every number is exact."""

    drawn: int
    passing: int
    hidden_here: int
    undated: int

    def sentences(self) -> tuple[str, str]:
        """The bold sentence and what follows it."""
        verb = "is" if self.drawn == 1 else "are"
        first = f"{self.drawn:,} of {self.passing:,} event{'' if self.passing == 1 else 's'} {verb} in this window."
        rest = []
        if self.hidden_here:
            more = "lies" if self.hidden_here == 1 else "lie"
            hidden = "is" if self.hidden_here == 1 else "are"
            rest.append(f"{self.hidden_here:,} more {more} in it but {hidden} hidden by the filter.")
        if self.undated:
            carry = "finding carries" if self.undated == 1 else "findings carry"
            rest.append(f"{self.undated:,} {carry} no time.")
        return first, " ".join(rest)


def honesty(passing: Columns, everything: Columns, start: int, end: int, undated: int) -> Honesty:
    """Count what a window draws, and what lies in it but is hidden."""
    drawn = passing.between(start, end)
    there = everything.between(start, end)
    shown = drawn.stop - drawn.start
    return Honesty(shown, len(passing), (there.stop - there.start) - shown, undated)

"""When links are dated: a link has the times of the findings that show it, and often none.

A time is what a finding stores: the start of what it says (a day is its midnight). A link with several times lies in
a stretch when one of them does.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from forensics.links.neighbourhood import Link

MOST_STOPS = 240  # times that a stretch may begin and end at


@dataclass(frozen=True, slots=True)
class Stretch:
    """Links from `first` to `last` (microseconds since 1970, both included), and those without a time if `undated`."""

    first: int | None = None
    last: int | None = None
    undated: bool = True


@dataclass(frozen=True, slots=True)
class Dated:
    """Which links a stretch leaves, and how many are dated within it, dated outside it, and not dated."""

    links: tuple[Link, ...]
    within: int
    outside: int
    undated: int


class Dates:
    """The times of findings, by name."""

    def __init__(self, times: Mapping[str, Iterable[int]]) -> None:
        """Times in microseconds since 1970, in any order."""
        self._times: dict[str, Sequence[int]] = {name: sorted(set(each)) for name, each in times.items()}

    def of(self, link: Link) -> tuple[int, int] | None:
        """The earliest and the latest time of a link."""
        held = [times for name in link.shown_by if (times := self._times.get(name))]
        return (min(each[0] for each in held), max(each[-1] for each in held)) if held else None

    def within(self, link: Link, stretch: Stretch) -> bool:
        """Whether a time of the link lies in the stretch."""
        for name in link.shown_by:
            times = self._times.get(name, ())
            at = 0 if stretch.first is None else bisect_left(times, stretch.first)
            if at < len(times) and (stretch.last is None or times[at] <= stretch.last):
                return True
        return False

    def select(self, links: Iterable[Link], stretch: Stretch) -> Dated:
        """The links that the stretch leaves, in their order."""
        left, counted = [], Counter[str]()
        for link in links:
            state = "undated" if self.of(link) is None else "within" if self.within(link, stretch) else "outside"
            counted[state] += 1
            if state == "within" or (state == "undated" and stretch.undated):
                left.append(link)
        return Dated(tuple(left), counted["within"], counted["outside"], counted["undated"])

    def stops(self, links: Iterable[Link], most: int = MOST_STOPS) -> list[int]:
        """The times of the links in order, the first and the last among them; of very many, evenly chosen ones."""
        names = {name for link in links for name in link.shown_by}
        times = sorted({each for name in names for each in self._times.get(name, ())})
        if len(times) <= most:
            return times
        return [times[at * (len(times) - 1) // (most - 1)] for at in range(most)]

"""Which links a stretch of time leaves."""

from __future__ import annotations

import pytest

from forensics.links.corroborate import Edge
from forensics.links.dates import Dates, Stretch
from forensics.links.neighbourhood import links_of


def _edge(target: str, *findings: str) -> Edge:
    return Edge("a:1", "NAMES", f"a:{target}", 3, met=True, evidence=tuple((each, ((0, 1),)) for each in findings))


LINKS = links_of([_edge("2", "F1"), _edge("3", "F2", "F3"), _edge("4", "F9")])
DATES = Dates({"F1": [50, 10, 50], "F3": [30]})


def test_a_link_has_the_times_of_all_findings_that_show_it() -> None:
    assert [DATES.of(each) for each in LINKS] == [(10, 50), (30, 30), None]
    (joined,) = links_of([_edge("2", "F1"), _edge("2", "F3")])
    assert joined.shown_by == ("F1", "F3")


@pytest.mark.parametrize(
    ("first", "last", "left"),
    [(None, None, "23"), (10, 10, "2"), (11, 29, ""), (30, 49, "3"), (51, None, ""), (None, 9, ""), (20, 60, "23")],
)
def test_a_link_is_within_when_one_of_its_times_is(first: int | None, last: int | None, left: str) -> None:
    dated = DATES.select(LINKS, Stretch(first, last, undated=False))
    assert [each.target for each in dated.links] == [f"a:{each}" for each in left]
    assert (dated.within, dated.outside, dated.undated) == (len(left), 2 - len(left), 1)


def test_links_without_a_time_stay_unless_they_are_not_wanted() -> None:
    assert [each.target for each in DATES.select(LINKS, Stretch(60)).links] == ["a:4"]


def test_stops_are_times_that_there_are() -> None:
    assert DATES.stops(LINKS) == [10, 30, 50]
    many = Dates({"F1": range(0, 5000, 5)})
    stops = many.stops(LINKS, 10)
    assert (len(stops), stops[0], stops[-1]) == (10, 0, 4995)
    assert all(each % 5 == 0 for each in stops)

"""Places of a graph: no box over another, parts that hang together together, what has a place keeps it."""

from __future__ import annotations

import itertools
import random

import pytest

from forensics.links.layout import HEIGHT, WIDTH, places

Point = tuple[float, float]


def _overlap(one: Point, other: Point) -> bool:
    return abs(one[0] - other[0]) < WIDTH * 0.99 and abs(one[1] - other[1]) < HEIGHT * 0.99


def _random_graph(seed: int, count: int, links: int) -> list[tuple[int, int]]:
    chance = random.Random(seed)
    pairs = {tuple(sorted(chance.sample(range(count), 2))) for _ in range(links)}
    return [(one, other) for one, other in sorted(pairs)]


@pytest.mark.parametrize(("count", "links"), [(1, 0), (2, 1), (12, 15), (60, 70), (150, 90)])
def test_no_box_lies_over_another(count: int, links: int) -> None:
    drawn = places(count, _random_graph(count, count, links) if links else [])
    assert len(drawn) == count
    assert not [pair for pair in itertools.combinations(drawn, 2) if _overlap(*pair)]


def test_linked_boxes_are_nearer_than_others() -> None:
    pairs = [(hub, hub + each) for hub in (0, 10) for each in range(1, 10)] + [(0, 10)]
    drawn = places(20, pairs)

    def far(one: int, other: int) -> float:
        return float(((drawn[one][0] - drawn[other][0]) ** 2 + (drawn[one][1] - drawn[other][1]) ** 2) ** 0.5)

    own = [far(hub, hub + each) for hub in (0, 10) for each in range(1, 10)]
    strange = [far(hub, 10 - hub + each) for hub in (0, 10) for each in range(1, 10)]
    assert sum(own) / len(own) < sum(strange) / len(strange) / 1.5


def test_the_same_graph_gives_the_same_places_and_held_ones_stay() -> None:
    pairs = _random_graph(3, 30, 40)
    drawn = places(30, pairs)
    assert drawn == places(30, pairs)
    grown = places(31, [*pairs, (0, 30)], dict(enumerate(drawn)))
    assert [each for point in grown[:30] for each in point] == pytest.approx(
        [each for point in drawn for each in point]
    )
    assert not [each for each in grown[:30] if _overlap(each, grown[30])]


def test_nothing_is_drawn_nowhere() -> None:
    assert places(0, []) == []

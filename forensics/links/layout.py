"""Places of a graph's entities on a plane: linked ones near, all others apart, no two boxes over each other.

Forces as in Fruchterman and Reingold, Graph drawing by force-directed placement (1991), on a plane that is wider
than high as the boxes are. The same graph gives the same places, and entities that have a place keep it, so that a
picture stays when something is added.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]

WIDTH, HEIGHT = 300.0, 120.0  # of a box with the room about it
_ROUNDS = 160
_PUSHES = 200
_TURN = math.pi * (3 - math.sqrt(5))  # the golden angle spreads points evenly over a disc


def places(
    count: int, pairs: Sequence[tuple[int, int]], held: Mapping[int, tuple[float, float]] | None = None
) -> list[tuple[float, float]]:
    """A place (x, y) of the middle of each of `count` boxes; `pairs` are linked, `held` ones stay."""
    at = np.zeros((count, 2))
    fixed = np.zeros(count, np.bool_)
    for index, point in (held or {}).items():
        at[index] = (point[0] / WIDTH, point[1] / HEIGHT)
        fixed[index] = True
    rows = _Rows(at[fixed])
    drawn = []
    for members in _components(count, pairs):
        number = {each: index for index, each in enumerate(members)}
        inside = np.array([(number[one], number[other]) for one, other in pairs if one in number], np.int64)
        drawn.append((members, *_drawn(at[members], fixed[members], inside.reshape(-1, 2))))
    for members, points, has_place in sorted(drawn, key=lambda each: (-len(each[0]), each[0])):
        at[members] = points if has_place else rows.placed(points)
    return [(float(x) * WIDTH, float(y) * HEIGHT) for x, y in at]


def _components(count: int, pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The numbers that hang together, each part in order."""
    head = list(range(count))

    def first(number: int) -> int:
        while head[number] != number:
            head[number] = head[head[number]]
            number = head[number]
        return number

    for one, other in pairs:
        low, high = sorted((first(one), first(other)))
        head[high] = low
    found: dict[int, list[int]] = {}
    for number in range(count):
        found.setdefault(first(number), []).append(number)
    return list(found.values())


def _drawn(at: Points, fixed: npt.NDArray[np.bool_], pairs: npt.NDArray[np.int64]) -> tuple[Points, bool]:
    """The places of one part that hangs together, and whether some of them were given."""
    at = np.where(fixed[:, None], at, _spiral(len(at)))
    if not fixed.all():
        _start_beside(at, fixed, pairs)
        _settle(at, fixed, pairs)
        _push_apart(at, fixed)
    return at, bool(fixed.any())


class _Rows:
    """Parts beside each other in rows, to the right of what has a place already."""

    def __init__(self, held: Points) -> None:
        self._left = float(held[:, 0].max()) + 2 if len(held) else 0.0
        self._x = self._y = self._high = 0.0
        self._wide = 0.0

    def placed(self, points: Points) -> Points:
        """The part, moved to its place; the first and largest says how wide a row is."""
        low, high = points.min(0), points.max(0)
        width, height = high - low + 1.5
        self._wide = self._wide or max(8.0, 2 * width)
        if self._x and self._x + width > self._wide:
            self._x, self._y, self._high = 0.0, self._y + self._high, 0.0
        moved: Points = points - low + (self._left + self._x, self._y)
        self._x += width
        self._high = max(self._high, float(height))
        return moved


def _spiral(count: int) -> Points:
    number = np.arange(count)
    radius = np.sqrt(number)
    return np.stack((radius * np.cos(number * _TURN), radius * np.sin(number * _TURN)), 1)


def _start_beside(at: Points, fixed: npt.NDArray[np.bool_], pairs: npt.NDArray[np.int64]) -> None:
    """Begin what is new beside a neighbour that has a place."""
    for one, other in pairs.tolist():
        for new, old in ((one, other), (other, one)):
            if fixed[old] and not fixed[new]:
                at[new] = at[old] + (math.cos(new * _TURN), math.sin(new * _TURN))


def _settle(at: Points, fixed: npt.NDArray[np.bool_], pairs: npt.NDArray[np.int64]) -> None:
    ideal = 0.9  # boxes' widths between linked ones
    warmth = max(1.0, math.sqrt(len(at)) / 4)
    for round_ in range(_ROUNDS):
        apart = at[:, None, :] - at[None, :, :]
        distance = np.maximum(np.hypot(apart[..., 0], apart[..., 1]), 0.05)
        force = (apart * (ideal**2 / distance**2)[..., None]).sum(1)
        along = at[pairs[:, 0]] - at[pairs[:, 1]]
        pull = along * (np.hypot(along[:, 0], along[:, 1]) / ideal)[:, None]
        np.add.at(force, pairs[:, 0], -pull)
        np.add.at(force, pairs[:, 1], pull)
        length = np.maximum(np.hypot(force[:, 0], force[:, 1]), 1e-9)
        step = np.minimum(length, warmth * (1 - round_ / _ROUNDS))
        at[~fixed] += (force * (step / length)[:, None])[~fixed]


def _push_apart(at: Points, fixed: npt.NDArray[np.bool_]) -> None:
    """Move boxes that overlap, along the shorter way, until none does."""
    upper = np.triu(np.ones((len(at), len(at)), np.bool_), 1)
    for _ in range(_PUSHES):
        apart = at[:, None, :] - at[None, :, :]
        over = np.maximum(1 - np.abs(apart), 0)
        hit = (over > 0).all(2) & upper
        if not hit.any():
            return
        one, other = np.nonzero(hit)
        across = over[one, other, 0] <= over[one, other, 1]
        way = np.where(apart[one, other] >= 0, 1.0, -1.0)
        move = np.where(np.stack((across, ~across), 1), way * (over[one, other] / 2 + 0.01), 0.0)
        free = (~fixed[one]).astype(np.float64), (~fixed[other]).astype(np.float64)
        total = np.maximum(free[0] + free[1], 1.0)
        np.add.at(at, one, move * (2 * free[0] / total)[:, None])
        np.add.at(at, other, -move * (2 * free[1] / total)[:, None])

"""Wide text is found where a look at each pair of bytes finds it."""

from __future__ import annotations

import itertools
import random

import pytest

from forensics.sweep.narrow import SHORTEST, runs_of_wide_text

_PLAIN = frozenset(b"\t\n\r") | frozenset(range(0x20, 0x7F))


def _pair_by_pair(data: bytes) -> list[tuple[int, int]]:
    found = []
    for parity in (0, 1):
        places = range(parity, len(data) - 1, 2)
        for text, group in itertools.groupby(places, lambda at: data[at] in _PLAIN and data[at + 1] == 0):
            run = list(group)
            if text and len(run) >= SHORTEST:
                found.append((run[0], run[-1] + 2))
    return found


def _data(draw: random.Random) -> bytes:
    parts = []
    for _ in range(draw.randrange(8)):
        kind = draw.randrange(4)
        if kind == 0:
            parts.append(bytes(draw.randrange(1, 20)))
        elif kind == 1:
            parts.append(draw.randbytes(draw.randrange(1, 20)))
        elif kind == 2:
            parts.append(bytes(draw.choices(b"a\0", k=draw.randrange(40))))
        else:
            parts.append("".join(draw.choices("az ~\t\r\n\x7f\x1f", k=draw.randrange(40))).encode("utf-16-le"))
    return b"".join(parts)


@pytest.mark.parametrize("seed", range(40))
def test_runs_are_those_of_a_look_at_each_pair(seed: int) -> None:
    draw = random.Random(seed)
    found = 0
    for _ in range(50):
        data = _data(draw)
        runs = runs_of_wide_text(data)
        found += len(runs)
        assert runs == _pair_by_pair(data), data
    assert found

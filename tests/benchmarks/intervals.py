"""Intervals of 95 % for a share that was measured by counting: those of Clopper and Pearson."""

from __future__ import annotations

import math

ALPHA = 0.05


def at_most(hits: int, of: int, share: float) -> float:
    """The chance of `hits` or fewer of `of`, each of chance `share`."""
    if share <= 0 or share >= 1:
        return 1.0 if share <= 0 or hits >= of else 0.0
    whole = math.lgamma(of + 1)
    return math.fsum(
        math.exp(
            whole
            - math.lgamma(each + 1)
            - math.lgamma(of - each + 1)
            + each * math.log(share)
            + (of - each) * math.log1p(-share)
        )
        for each in range(hits + 1)
    )


def interval(hits: int, of: int) -> tuple[float, float]:
    """Clopper and Pearson's interval of 95 %: the shares for which neither tail is rarer than 2.5 %."""

    def solved(count: int, chance: float) -> float:
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if at_most(count, of, middle) > chance else (low, middle)
        return low

    if not of:
        return 0.0, 1.0
    return (
        solved(hits - 1, 1 - ALPHA / 2) if hits else 0.0,
        solved(hits, ALPHA / 2) if hits < of else 1.0,
    )


def shown(hits: int, of: int) -> str:
    """The interval in per cent."""
    low, high = interval(hits, of)
    return f"{100 * low:.2f}-{100 * high:.2f} %"

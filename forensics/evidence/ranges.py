"""Arithmetic of byte ranges: joined, and with others taken away."""

from __future__ import annotations

from collections.abc import Sequence

from forensics.model import ByteRun


class Ranges:
    """A growing set of byte ranges, kept sorted and merged when read."""

    def __init__(self) -> None:
        self._runs: list[ByteRun] = []
        self._seen: set[ByteRun] = set()
        self._merged = True

    def add(self, offset: int, length: int) -> None:
        """Add a range; adding it again changes nothing."""
        run = ByteRun(offset, length)
        if length > 0 and run not in self._seen:
            self._seen.add(run)
            self._runs.append(run)
            self._merged = False

    def all(self) -> tuple[ByteRun, ...]:
        """The ranges in order, touching and overlapping ones joined."""
        if not self._merged:
            self._runs = list(merged(self._runs))
            self._merged = True
        return tuple(self._runs)


def merged(runs: Sequence[ByteRun]) -> tuple[ByteRun, ...]:
    """The same bytes as `runs`, in order, touching and overlapping ranges joined."""
    out: list[ByteRun] = []
    for run in sorted(runs):
        if out and run.offset <= out[-1].end:
            if run.end > out[-1].end:
                out[-1] = ByteRun(out[-1].offset, run.end - out[-1].offset)
        else:
            out.append(run)
    return tuple(out)


def subtract(runs: Sequence[ByteRun], taken: Sequence[ByteRun]) -> tuple[ByteRun, ...]:
    """`runs` without the bytes of `taken`; both in order and without overlaps."""
    out: list[ByteRun] = []
    index = 0
    for run in runs:
        at = run.offset
        while index < len(taken) and taken[index].end <= at:
            index += 1
        each = index
        while each < len(taken) and taken[each].offset < run.end:
            if taken[each].offset > at:
                out.append(ByteRun(at, taken[each].offset - at))
            at = max(at, taken[each].end)
            each += 1
        if at < run.end:
            out.append(ByteRun(at, run.end - at))
    return tuple(out)

"""Range arithmetic against asking about every byte."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from forensics.evidence.ranges import merged, subtract
from forensics.filesystems.free import Space
from forensics.model import ByteRun

SIZE = 60
runs = st.lists(
    st.builds(ByteRun, st.integers(-1, SIZE - 1), st.integers(0, 12)).map(
        lambda run: run if run.offset < 0 else ByteRun(run.offset, min(run.length, SIZE - run.offset))
    ),
    max_size=4,
).map(tuple)


def bytes_of(some: tuple[ByteRun, ...] | list[ByteRun]) -> set[int]:
    return {byte for run in some if run.offset >= 0 for byte in range(run.offset, run.end)}


@given(runs, runs)
def test_ranges_subtract_and_count(one: tuple[ByteRun, ...], two: tuple[ByteRun, ...]) -> None:
    a = merged([run for run in one if run.offset >= 0 and run.length])
    b = merged([run for run in two if run.offset >= 0 and run.length])
    assert bytes_of(subtract(a, b)) == bytes_of(a) - bytes_of(b)
    assert Space(b).outside(a) == len(bytes_of(a) - bytes_of(b))

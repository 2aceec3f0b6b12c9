from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from forensics.timeline.columns import BLOCK, Columns, gather, honesty, least

ROW = st.tuples(
    st.integers(-(10**15), 2 * 10**15), st.integers(0, 10**12), st.sampled_from(["a", "b", "c"]), st.integers(1, 10**6)
)


@given(st.lists(ROW, max_size=60), st.integers(-(10**15), 2 * 10**15), st.integers(1, 10**15), st.integers(1, 900))
def test_no_event_is_lost_or_drawn_twice(
    rows: list[tuple[int, int, str, int]], start: int, width: int, count: int
) -> None:
    columns = gather(rows)
    end = start + width
    expected = [row for row in rows if start <= row[0] < end]
    bins = columns.bins(start, end, count)
    assert int(bins.sum()) == len(expected)
    for lane, name in enumerate(columns.lanes):
        assert int(bins[lane].sum()) == sum(1 for row in expected if row[2] == name)
    for name, _when, piece in ((row[2], row[0], (row[0] - start) * count // width) for row in expected):
        bins[columns.lanes.index(name), piece] -= 1
    assert not bins.any()  # each stands in the piece that its time says
    part = columns.between(start, end)
    assert part.stop - part.start == len(expected)
    assert sum(columns.counts(part)) == len(expected)


@given(
    st.lists(ROW, max_size=40), st.integers(-(10**15), 2 * 10**15), st.integers(1, 10**15), st.sets(st.integers(0, 39))
)
def test_the_honesty_line_counts(rows: list[tuple[int, int, str, int]], start: int, width: int, kept: set[int]) -> None:
    everything = gather(rows)
    keep = np.array([at in kept for at in range(len(rows))], dtype=np.bool_)
    passing = everything.chosen(keep)
    told = honesty(passing, everything, start, start + width, 3)
    inside = (everything.when >= start) & (everything.when < start + width)
    assert told.drawn == int((inside & keep).sum())
    assert told.hidden_here == int((inside & ~keep).sum())
    assert told.passing == int(keep.sum())


def test_lanes_stand_in_the_wanted_order() -> None:
    columns = gather([(3, 0, "z", 1), (1, 0, "b", 2), (2, 0, "a", 3)], order=("z",))
    assert columns.lanes == ("z", "a", "b")
    assert columns.number.tolist() == [2, 3, 1]
    assert (columns.first, columns.last) == (1, 3)


def test_sentences() -> None:
    columns = gather([(1, 0, "a", 1)])
    first, rest = honesty(columns, columns, 0, 10, 566).sentences()
    assert first == "1 of 1 event is in this window."
    assert rest == "566 findings carry no time."


def test_counts_of_many_as_of_few() -> None:
    source = np.random.default_rng(3)
    count = 5 * BLOCK + 17
    lane = source.integers(0, 3, count).astype(np.int8)
    when = np.sort(source.integers(0, 10_000, count))
    columns = Columns(when, np.ones(count, dtype=np.int8), lane, np.arange(count), ("a", "b", "c"))
    assert columns.counts() == np.bincount(lane).tolist()
    for low, high in [(0, count), (0, 0), (count, count), (BLOCK, 2 * BLOCK), (5, 6), (BLOCK - 1, 4 * BLOCK + 3)]:
        part = slice(low, high)
        assert columns.counts(part) == np.bincount(lane[part], minlength=3).tolist()
        for at in range(3):
            assert columns.of_lane(at, part).tolist() == (np.flatnonzero(lane[part] == at) + low).tolist()
    for start, end, pieces in [(0, 10_000, 7), (2_500, 2_600, 3), (-5, 20_000, 1), (9_999, 10_000, 4)]:
        inside = (when >= start) & (when < end)
        flat = lane[inside].astype(np.int64) * pieces + (when[inside] - start) * pieces // (end - start)
        assert columns.bins(start, end, pieces).ravel().tolist() == np.bincount(flat, minlength=3 * pieces).tolist()


def test_numbers_in_few_bytes() -> None:
    for low, high, kind in [
        (-128, 127, np.int8),
        (0, 128, np.int16),
        (0, 1 << 31, np.int64),
        (-(1 << 31), 0, np.int32),
    ]:
        assert least(low, high) == kind

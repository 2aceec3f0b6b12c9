"""The extent map against asking every entry about every byte."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.evidence.base import merged
from forensics.filesystems.extents import DELETED, DELETED_SLACK, LIVE, NOBODY, RESIDENT, SLACK, ExtentMap
from forensics.filesystems.free import Space
from forensics.filesystems.unallocated import subtract
from forensics.model import ByteRun, Entry, EntryKind, Storage

SIZE = 60
runs = st.lists(
    st.builds(ByteRun, st.integers(-1, SIZE - 1), st.integers(0, 12)).map(
        lambda run: run if run.offset < 0 else ByteRun(run.offset, min(run.length, SIZE - run.offset))
    ),
    max_size=4,
).map(tuple)
entries = st.lists(
    st.builds(
        Entry,
        volume=st.just(1),
        address=st.just(1),
        path=st.just("/a"),
        stream=st.none(),
        kind=st.sampled_from([EntryKind.FILE, EntryKind.VIRTUAL]),
        allocated=st.booleans(),
        size=st.just(0),
        storage=st.sampled_from([Storage.PLAIN, Storage.RESIDENT]),
        times=st.just(()),
        runs=runs,
        slack=runs,
    ),
    max_size=6,
)


def claims(entry: Entry, byte: int) -> list[tuple[int, int]]:
    """(rank, offset in the stream) of each way in which an entry holds a byte."""
    out = []
    inside = 0
    live = RESIDENT if entry.storage is Storage.RESIDENT else LIVE
    for run in entry.runs:
        if 0 <= run.offset <= byte < run.end:
            out.append((live if entry.allocated else DELETED, inside + byte - run.offset))
        inside += run.length
    rank = SLACK if entry.allocated else DELETED_SLACK
    out.extend((rank, -1) for run in entry.slack if 0 <= run.offset <= byte < run.end)
    return out


@settings(max_examples=300, deadline=None)
@given(entries)
def test_the_best_claim_wins_everywhere(found: list[Entry]) -> None:
    extents = ExtentMap(found)
    owner, inside, rank = extents.lookup(np.arange(SIZE + 2))
    for byte in range(SIZE + 2):
        every = [
            (each_rank, index, each_inside)
            for index, entry in enumerate(found)
            if entry.kind is not EntryKind.VIRTUAL
            for each_rank, each_inside in claims(entry, byte)
        ]
        if not every:
            assert (owner[byte], inside[byte], rank[byte]) == (NOBODY, -1, -1)
            continue
        best = min(each[:2] for each in every)
        assert (rank[byte], owner[byte]) == best
        assert inside[byte] in {each[2] for each in every if each[:2] == best}
    assert (extents.start[1:] >= (extents.start + extents.length)[:-1]).all()


def bytes_of(some: tuple[ByteRun, ...] | list[ByteRun]) -> set[int]:
    return {byte for run in some if run.offset >= 0 for byte in range(run.offset, run.end)}


@given(runs, runs)
def test_ranges_subtract_and_count(one: tuple[ByteRun, ...], two: tuple[ByteRun, ...]) -> None:
    a = merged([run for run in one if run.offset >= 0 and run.length])
    b = merged([run for run in two if run.offset >= 0 and run.length])
    assert bytes_of(subtract(a, b)) == bytes_of(a) - bytes_of(b)
    assert Space(b).outside(a) == len(bytes_of(a) - bytes_of(b))

"""The read plan: each byte once, no file cut that is digested in passing, no digest of bytes that nobody holds."""

from __future__ import annotations

import itertools

from forensics.model import ByteRun, Entry, EntryKind, Storage
from forensics.sweep.plan import UNIT, PlannedEntry, PlannedVolume, make_plan

SIZE = 5 * UNIT


def _file(number: int, *runs: tuple[int, int], size: int | None = None, allocated: bool = True) -> PlannedEntry:
    held = tuple(ByteRun(*run) for run in runs)
    length = sum(run.length for run in held) if size is None else size
    return PlannedEntry(
        number,
        Entry(1, number, f"/{number}", None, EntryKind.FILE, allocated, length, Storage.PLAIN, runs=held),
    )


def _plan(*entries: PlannedEntry) -> tuple[list[dict[str, int]], set[int], dict[int, set[str]], dict[int, int]]:
    volume = PlannedVolume(1, 4096, SIZE - 4096, "ext4", ())
    plan = make_plan(SIZE, [volume], entries, lambda _: ())
    sweeps = [dict(unit.spec) for unit in plan.units if unit.verb == "sweep"]
    passing = {
        owner["entry"]
        for unit in sweeps
        for owner in unit["owners"]
        if owner.get("digest")
        and all(unit["start"] <= at and at + length <= unit["end"] for at, length in owner["runs"])
    }
    logical: dict[int, set[str]] = {}
    for unit in plan.units:
        if unit.verb == "logical":
            for each in unit.spec["entries"]:
                logical.setdefault(each["entry"], set()).add(each["mode"])
    return sweeps, passing, logical, dict(plan.overwritten)


def test_units_cover_the_image_once_and_cut_no_file() -> None:
    crossing = _file(1, (UNIT - 8192, 16384))
    sweeps, passing, logical, _ = _plan(crossing, _file(2, (3 * UNIT, 4096)))
    assert sweeps[0]["start"] == 0
    assert sweeps[-1]["end"] == SIZE
    assert all(before["end"] == behind["start"] for before, behind in itertools.pairwise(sweeps))
    assert passing == {1, 2}
    assert logical == {}


def test_a_file_out_of_order_is_digested_logically_and_its_joint_is_swept() -> None:
    _, passing, logical, _ = _plan(_file(1, (UNIT, 4096), (8192, 4096)))
    assert passing == set()
    assert logical == {1: {"digest", "joints"}}


def test_no_digest_where_runs_do_not_cover_the_size() -> None:
    _, passing, logical, _ = _plan(_file(1, (8192, 4096), size=9000), _file(2, (UNIT, 4096), (32768, 4096), size=9000))
    assert passing == set()
    assert logical == {2: {"joints"}}


def test_a_deleted_file_whose_place_is_taken_says_how_much_is_lost() -> None:
    deleted = _file(1, (8192, 8192), allocated=False)
    _, passing, logical, overwritten = _plan(deleted, _file(2, (12288, 4096)))
    assert passing == {2}
    assert logical == {1: {"digest"}}
    assert overwritten == {1: 4096}

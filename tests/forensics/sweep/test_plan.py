"""The read plan: each byte once, no file cut that is digested in passing, no digest of bytes that nobody holds."""

from __future__ import annotations

import itertools
import random
from pathlib import Path
from typing import Any

import pytest

from forensics.model import ByteRun, Entry, EntryKind, Storage
from forensics.sweep.plan import UNIT, PlannedEntry, PlannedVolume, make_plan
from forensics.sweep.segments import MARGIN

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
    sweeps = [dict(unit.spec) for unit in plan.units() if unit.verb == "sweep"]
    passing = {
        owner["entry"]
        for unit in sweeps
        for owner in unit["owners"]
        if owner.get("digest")
        and all(unit["start"] <= at and at + length <= unit["end"] for at, length in owner["runs"])
    }
    logical: dict[int, set[str]] = {}
    for unit in plan.units():
        if unit.verb == "logical":
            for each in unit.spec["entries"]:
                logical.setdefault(each["entry"], set()).add(each["mode"])
    return sweeps, passing, logical, dict(plan.overwritten())


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


@pytest.mark.parametrize("seed", range(12))
def test_every_byte_has_the_owner_that_brute_force_gives_it(seed: int) -> None:
    """Blocks of 64 KiB, painted one by one: the live over the deleted, the earlier over the later."""
    chance = random.Random(seed)
    block = 1 << 16
    blocks = SIZE // block
    entries = []
    for number in range(1, 120):
        runs = [(chance.randrange(blocks) * block, chance.randint(1, 30) * block) for _ in range(chance.randint(1, 3))]
        inside = [(offset, min(length, SIZE - offset)) for offset, length in runs]
        entries.append(_file(number, *inside, allocated=chance.random() < 0.6))
    holder: list[int | None] = [None] * blocks
    for allocated in (False, True):
        for planned in reversed(entries):
            for run in planned.entry.runs if planned.entry.allocated is allocated else ():
                for index in range(run.offset // block, run.end // block):
                    holder[index] = planned.id
    sweeps, passing, logical, overwritten = _plan(*entries)
    for unit in sweeps:
        segments: Any = unit["segments"]
        owners: Any = unit["owners"]
        assert segments[0][0] <= unit["start"]
        assert segments[-1][1] >= unit["end"]
        for start, end, owner, _ in segments:
            for index in range(start // block, -(-end // block)):
                assert owners[owner].get("entry") == holder[index]
    for planned in entries:
        held = block * holder.count(planned.id)
        claimed = sum(run.length for run in planned.entry.runs)
        assert overwritten.get(planned.id, 0) == (0 if planned.entry.allocated else claimed - held)
        assert (planned.id in passing) != ("digest" in logical.get(planned.id, ()))
        if planned.id in passing:
            assert held == planned.entry.size


def test_a_plan_leaves_nothing_on_the_disk(tmp_path: Path) -> None:
    scratch = tmp_path / "plan.tmp"
    scratch.write_bytes(b"left by a killed program")
    with make_plan(SIZE, [PlannedVolume(1, 0, SIZE, "ext4", ())], [_file(1, (0, 4096))], lambda _: (), scratch) as plan:
        assert scratch.exists()
        assert [unit.verb for unit in plan.units()] == ["sweep"] * 5
    assert list(tmp_path.iterdir()) == []


def test_a_unit_knows_the_owners_of_all_bytes_that_are_read_for_it() -> None:
    """Small files behind a cut: each is an owner, as far as the margin reaches."""
    small = [_file(number, (UNIT + 512 * (number - 1), 512)) for number in range(1, 9)]
    sweeps, _, _, _ = _plan(*small)
    segments: Any = sweeps[0]["segments"]
    assert sweeps[0]["end"] == UNIT
    assert segments[-1][1] >= UNIT + MARGIN
    later: Any = sweeps[1]["segments"]
    assert later[0][0] <= UNIT - MARGIN

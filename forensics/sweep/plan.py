"""The read plan: who owns each byte, and units of work that together cover each byte once.

Units are cut where no file crosses, so that a file is digested while it is swept; what cannot be
digested in passing (compressed, resident, sparse, fragmented out of order, very large) gets a
logical unit besides. The plan depends on the image and its entries alone.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forensics.evidence.ranges import merged, subtract
from forensics.model import Allocation, ByteRun, Entry, EntryKind, Storage
from forensics.sweep.segments import Claim, Segment, Strength, paint

UNIT = 16 << 20
LONGEST_UNIT = 256 << 20
BATCH_ENTRIES = 500
BATCH_BYTES = 32 << 20
COMPANIONS = ("-wal", "-journal")  # suffixes of files that belong to the file of the name before them


@dataclass(frozen=True, slots=True)
class PlannedEntry:
    """An entry with its number in the case."""

    id: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class PlannedVolume:
    """A volume as the walk left it. `unallocated` are image runs; `file_system` is empty if unreadable."""

    number: int
    offset: int
    size: int
    file_system: str
    unallocated: tuple[ByteRun, ...]
    covers: tuple[ByteRun, ...] = ()  # image ranges that it answers for, where it is not offset and size
    steps: tuple[str, ...] = ()  # locator steps from the volume to its file system: `luks`

    @property
    def ranges(self) -> tuple[ByteRun, ...]:
        """The image ranges that it answers for."""
        return self.covers or (ByteRun(self.offset, self.size),)


@dataclass(frozen=True, slots=True)
class Unit:
    """One piece of work: what the worker is told, and how large it is."""

    verb: str  # sweep | logical
    label: str
    bytes: int
    spec: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """Units in the order in which results are recorded, and the regions that no entry holds."""

    units: tuple[Unit, ...]
    regions: Mapping[tuple[int, str], tuple[ByteRun, ...]]  # (volume or 0, kind) -> image runs
    overwritten: Mapping[int, int]  # entry id -> bytes that another entry holds now


class _Owners:
    """The table of owners, by number."""

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []

    def add(self, **record: Any) -> int:
        self.records.append(record)
        return len(self.records) - 1


def steps_to(volume: int, file_system: str, path: str, stream: str | None, between: Sequence[str] = ()) -> list[str]:
    """The steps of a locator from the image down to a stream; `between` are those from the volume to its content."""
    return [f"partition:{volume}", *between, f"{file_system}:{path if stream is None else f'{path}:{stream}'}"]


def _steps(volume: PlannedVolume, entry: Entry) -> list[str]:
    return steps_to(volume.number, volume.file_system, entry.path, entry.stream, volume.steps)


def _allocation(entry: Entry) -> str:
    if not entry.allocated:
        return Allocation.NAME_DELETED.value
    if entry.kind in (EntryKind.VIRTUAL, EntryKind.DIRECTORY):
        return Allocation.METADATA.value
    return Allocation.ALLOCATED.value


def _in_order(runs: Sequence[ByteRun]) -> bool:
    position = 0
    for run in runs:
        if run.offset < position:
            return False
        position = run.offset + run.length
    return True


def make_plan(
    size: int,
    volumes: Sequence[PlannedVolume],
    entries: Sequence[PlannedEntry],
    named: Callable[[str], tuple[int, ...]],
) -> Plan:
    """Plan the pass over an image of `size` bytes.

    `entries` are in the order of their numbers; `named` gives the detectors that want an entry by its path.
    """
    by_number = {volume.number: volume for volume in volumes}
    owners = _Owners()
    claims: list[Claim] = []
    taken = merged([run for volume in volumes for run in volume.ranges])
    for gap in subtract([ByteRun(0, size)], taken):
        owner = owners.add(mode="area", kind="gap", volume=0, steps=[], allocation=Allocation.GAP.value)
        claims.append(Claim(gap.offset, gap.length, owner, 0, Strength.GAP))
    for volume in volumes:
        kind = "metadata" if volume.file_system else "unknown"
        allocation = Allocation.METADATA.value if volume.file_system else Allocation.UNALLOCATED.value
        steps = [f"partition:{volume.number}", *volume.steps]
        owner = owners.add(mode="area", kind=kind, volume=volume.number, steps=steps, allocation=allocation)
        claims += [Claim(run.offset, run.length, owner, 0, Strength.VOLUME) for run in volume.ranges]
        if volume.unallocated:
            free = owners.add(
                mode="area",
                kind="unallocated",
                volume=volume.number,
                steps=steps,
                allocation=Allocation.UNALLOCATED.value,
            )
            claims += [Claim(run.offset, run.length, free, 0, Strength.UNALLOCATED) for run in volume.unallocated]
    owner_of: dict[int, int] = {}
    for planned in entries:
        _claim_entry(planned, by_number[planned.entry.volume], owners, claims, owner_of)
    companions = _companions(entries, by_number)
    for entry_id in companions.keys() & owner_of.keys():
        owners.records[owner_of[entry_id]]["companions"] = companions[entry_id]
    segments = paint(size, claims)
    held, overwritten = _held(entries, owner_of, segments)
    by_id = {planned.id: planned for planned in entries}
    passing, logical = _divide(entries, held)
    chains, demoted = _chains(passing, by_id)
    passing -= demoted
    logical = sorted([*logical, *((entry_id, "digest") for entry_id in demoted)])
    for entry_id in passing:
        owners.records[owner_of[entry_id]]["digest"] = True
    pieces: dict[int, tuple[int, ...]] = {}
    for planned in entries:
        wanted = named(planned.entry.path) if planned.entry.kind is EntryKind.FILE else ()
        if wanted:
            pieces[planned.id] = wanted
            if planned.entry.storage is Storage.PLAIN and planned.id in owner_of:
                owners.records[owner_of[planned.id]]["at_zero"] = list(wanted)
    units = [
        *_sweep_units(size, segments, owners, chains),
        *_logical_units(logical, by_number, pieces, by_id, companions),
    ]
    return Plan(tuple(units), _regions(segments, owners), overwritten)


def _claim_entry(
    planned: PlannedEntry,
    volume: PlannedVolume,
    owners: _Owners,
    claims: list[Claim],
    owner_of: dict[int, int],
) -> None:
    entry = planned.entry
    steps = _steps(volume, entry)
    if entry.runs:
        mode = "skip" if entry.storage is Storage.RESIDENT else "entry"
        if entry.storage in (Storage.COMPRESSED, Storage.ENCRYPTED):
            mode = "area"
        owner = owners.add(
            mode=mode,
            kind="stored",
            volume=entry.volume,
            steps=steps,
            allocation=_allocation(entry),
            entry=planned.id,
            path=entry.path,
            size=entry.size,
            runs=[[run.offset, run.length] for run in entry.runs],
        )
        owner_of[planned.id] = owner
        strength = Strength.ALLOCATED if entry.allocated else Strength.DELETED
        if entry.storage is Storage.RESIDENT:
            strength = Strength.RESIDENT
        inner = 0
        for run in entry.runs:
            if run.offset >= 0:
                claims.append(Claim(run.offset, run.length, owner, inner, strength))
            inner += run.length
    if entry.slack and entry.allocated:
        slack = owners.add(
            mode="area",
            kind="slack",
            volume=entry.volume,
            steps=steps,
            allocation=Allocation.SLACK.value,
            entry=planned.id,
            path=entry.path,
        )
        claims += [Claim(run.offset, run.length, slack, 0, Strength.SLACK) for run in entry.slack]


def _held(
    entries: Sequence[PlannedEntry], owner_of: Mapping[int, int], segments: Sequence[Segment]
) -> tuple[dict[int, int], dict[int, int]]:
    """Bytes that each entry holds after painting, and what others hold of deleted ones."""
    by_owner: dict[int, int] = {}
    for segment in segments:
        by_owner[segment.owner] = by_owner.get(segment.owner, 0) + segment.end - segment.start
    held: dict[int, int] = {}
    overwritten: dict[int, int] = {}
    for planned in entries:
        owner = owner_of.get(planned.id)
        if owner is None:
            continue
        held[planned.id] = by_owner.get(owner, 0)
        claimed = sum(run.length for run in planned.entry.runs if run.offset >= 0)
        if not planned.entry.allocated and held[planned.id] < claimed:
            overwritten[planned.id] = claimed - held[planned.id]
    return held, overwritten


def _divide(entries: Sequence[PlannedEntry], held: Mapping[int, int]) -> tuple[set[int], list[tuple[int, str]]]:
    """Entries that are digested in passing, and (id, mode) of those that need a logical read."""
    passing: set[int] = set()
    logical: list[tuple[int, str]] = []
    for planned in entries:
        entry = planned.entry
        if entry.kind not in (EntryKind.FILE, EntryKind.VIRTUAL, EntryKind.LINK) or entry.storage is Storage.NONE:
            continue
        if entry.size == 0:
            continue
        if entry.storage is not Storage.PLAIN:
            logical.append((planned.id, "whole"))
            continue
        covered = sum(run.length for run in entry.runs)
        simple = (
            held.get(planned.id, 0) == entry.size
            and covered == entry.size
            and _in_order(entry.runs)
            and entry.runs[-1].end - entry.runs[0].offset <= LONGEST_UNIT
        )
        if simple:
            passing.add(planned.id)
        elif covered >= entry.size:  # a digest of bytes that nothing holds would mislead; a caveat says what is missing
            logical.append((planned.id, "digest"))
        if len(entry.runs) > 1:
            logical.append((planned.id, "joints"))
    return passing, logical


def _chains(passing: set[int], by_id: Mapping[int, PlannedEntry]) -> tuple[list[tuple[int, int]], set[int]]:
    """Image ranges that must not be cut, joined where files cross; and the files that made one too long."""
    chains: list[tuple[int, int]] = []
    demoted: set[int] = set()
    for low, high, entry_id in sorted(
        (by_id[each].entry.runs[0].offset, by_id[each].entry.runs[-1].end, each) for each in passing
    ):
        if not chains or low >= chains[-1][1]:
            chains.append((low, high))
        elif max(high, chains[-1][1]) - chains[-1][0] > LONGEST_UNIT:
            demoted.add(entry_id)
        else:
            chains[-1] = (chains[-1][0], max(high, chains[-1][1]))
    return chains, demoted


def _cuts(size: int, chains: Sequence[tuple[int, int]]) -> list[int]:
    """Ends of units, about `UNIT` apart, never inside a chain."""
    begins = [low for low, _ in chains]
    cuts = [0]
    while cuts[-1] + UNIT < size:
        cut = cuts[-1] + UNIT
        index = bisect.bisect_left(begins, cut) - 1
        if index >= 0 and cut < chains[index][1]:
            cut = chains[index][1]
        cuts.append(cut)
    if cuts[-1] < size:
        cuts.append(size)
    return cuts


def _sweep_units(
    size: int, segments: Sequence[Segment], owners: _Owners, chains: Sequence[tuple[int, int]]
) -> Iterator[Unit]:
    cuts = _cuts(size, chains)
    starts = [segment.start for segment in segments]
    for low, high in itertools.pairwise(cuts):
        first = max(0, bisect.bisect_right(starts, low) - 1)
        last = bisect.bisect_left(starts, high)
        used = segments[max(0, first - 1) : last + 1]
        numbers = sorted({segment.owner for segment in used})
        renumbered = {number: new for new, number in enumerate(numbers)}
        yield Unit(
            "sweep",
            f"image bytes {low:,} to {high:,}",
            high - low,
            {
                "start": low,
                "end": high,
                "segments": [[s.start, s.end, renumbered[s.owner], s.inner] for s in used],
                "owners": [owners.records[number] if number >= 0 else {"mode": "skip"} for number in numbers],
            },
        )


def _logical_units(
    logical: Sequence[tuple[int, str]],
    volumes: Mapping[int, PlannedVolume],
    named: Mapping[int, tuple[int, ...]],
    by_id: Mapping[int, PlannedEntry],
    companions: Mapping[int, Mapping[str, Any]],
) -> Iterator[Unit]:
    batch: list[dict[str, Any]] = []
    total = 0
    number = -1
    for entry_id, mode in logical:
        entry = by_id[entry_id].entry
        if batch and (entry.volume != number or len(batch) >= BATCH_ENTRIES or total >= BATCH_BYTES):
            yield _batch(number, batch, total)
            batch, total = [], 0
        number = entry.volume
        total += entry.size if mode != "joints" else 0
        owner = _opening(by_id[entry_id], volumes)
        owner |= {"mode": mode, "at_zero": list(named.get(entry_id, ())) if mode == "whole" else []}
        if mode == "whole" and entry_id in companions:
            owner["companions"] = companions[entry_id]
        batch.append(owner)
    if batch:
        yield _batch(number, batch, total)


def _opening(planned: PlannedEntry, volumes: Mapping[int, PlannedVolume]) -> dict[str, Any]:
    """What a worker needs to open an entry, and to say where its findings are."""
    entry = planned.entry
    return {
        "entry": planned.id,
        "volume": entry.volume,
        "address": entry.address,
        "path": entry.path,
        "stream": entry.stream,
        "size": entry.size,
        "storage": entry.storage.value,
        "steps": _steps(volumes[entry.volume], entry),
        "allocation": _allocation(entry),
        "runs": [[run.offset, run.length] for run in entry.runs],
    }


def _companions(
    entries: Sequence[PlannedEntry], volumes: Mapping[int, PlannedVolume]
) -> dict[int, dict[str, dict[str, Any]]]:
    """By the number of an entry its companions by suffix: allocated files of its volume with content."""
    beside = {
        (planned.entry.volume, planned.entry.path): planned
        for planned in entries
        if planned.entry.path.endswith(COMPANIONS) and _is_whole_file(planned.entry) and planned.entry.size > 0
    }
    wanted: dict[tuple[int, str], dict[str, dict[str, Any]]] = {}
    for (volume, path), planned in beside.items():
        suffix = next(each for each in COMPANIONS if path.endswith(each))
        wanted.setdefault((volume, path.removesuffix(suffix)), {})[suffix] = _opening(planned, volumes)
    if not wanted:
        return {}
    return {
        planned.id: wanted[planned.entry.volume, planned.entry.path]
        for planned in entries
        if (planned.entry.volume, planned.entry.path) in wanted and _is_whole_file(planned.entry)
    }


def _is_whole_file(entry: Entry) -> bool:
    return (
        entry.kind is EntryKind.FILE
        and entry.allocated
        and entry.stream is None
        and entry.storage not in (Storage.NONE, Storage.ENCRYPTED)
    )


def _batch(volume: int, batch: list[dict[str, Any]], total: int) -> Unit:
    first = batch[0]["path"]
    label = first if len(batch) == 1 else f"{first} and {len(batch) - 1:,} more"
    return Unit("logical", label, total, {"volume": volume, "entries": batch})


def _regions(segments: Sequence[Segment], owners: _Owners) -> dict[tuple[int, str], tuple[ByteRun, ...]]:
    regions: dict[tuple[int, str], list[ByteRun]] = {}
    for segment in segments:
        if segment.owner < 0:
            continue
        owner = owners.records[segment.owner]
        if owner["mode"] != "area" or owner["kind"] == "stored":
            continue
        runs = regions.setdefault((owner["volume"], owner["kind"]), [])
        if runs and runs[-1].end == segment.start:
            runs[-1] = ByteRun(runs[-1].offset, segment.end - runs[-1].offset)
        else:
            runs.append(ByteRun(segment.start, segment.end - segment.start))
    return {key: tuple(runs) for key, runs in regions.items()}

"""The read plan: who owns each byte, and units of work that together cover each byte once.

Units are cut where no file crosses, so that a file is digested while it is swept; what cannot be
digested in passing (compressed, resident, sparse, fragmented out of order, very large) gets a
logical unit besides. The plan depends on the image and its entries alone.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from forensics.evidence.ranges import merged, subtract
from forensics.model import Allocation, ByteRun, Entry, EntryKind, Storage
from forensics.sweep.scratch import (
    AREAS,
    NOBODY,
    Scratch,
    bounded,
    content_of,
    entry_of,
    pack,
    slack_of,
    unpack,
)
from forensics.sweep.segments import MARGIN, Claim, Strength, paint
from forensics.volumes.shadow import is_shadow

UNIT = 16 << 20
LONGEST_UNIT = 256 << 20
BATCH_ENTRIES = 500
BATCH_BYTES = 32 << 20
OUTSIDE = "outside"  # the region of what may not be searched
COMPANIONS = ("-wal", "-journal")  # suffixes of files that belong to the file of the name before them

Record = dict[str, Any]
Named = Callable[[str], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class PlannedEntry:
    """An entry with its number in the case; `outside` is the rule by which it may not be searched, if there is one."""

    id: int
    entry: Entry
    outside: str = ""


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


def steps_to(volume: int, file_system: str, path: str, stream: str | None, between: Sequence[str] = ()) -> list[str]:
    """The steps of a locator from the image down to a stream; `between` are those from the volume to its content."""
    return [f"partition:{volume}", *between, f"{file_system}:{path if stream is None else f'{path}:{stream}'}"]


@dataclass(frozen=True, slots=True)
class Outside:
    """What a rule keeps from being searched in a volume: how many entries, and how many bytes that they hold."""

    volume: int
    rule: str
    entries: int
    bytes: int


class Plan:
    """A plan, on the disk until it is closed; its memory does not depend on the number of entries."""

    def __init__(self, size: int, volumes: Sequence[PlannedVolume], scratch: Scratch, loose: str = "") -> None:
        """Of an image of `size` bytes; use `make_plan`."""
        self._size = size
        self._loose = loose
        self._volumes = {volume.number: volume for volume in volumes}
        self._scratch = scratch
        self._areas: list[Record] = []
        self._claims = itertools.count()

    def __enter__(self) -> Self:
        """The plan."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        """Delete it."""
        self._scratch.close()

    # --- what it says

    def units(self) -> Iterator[Unit]:
        """The units in the order in which results are recorded."""
        yield from self._sweeps()
        yield from self._logical()

    def regions(self) -> dict[tuple[int, str], tuple[ByteRun, ...]]:
        """The image runs that no entry holds, by the number of the volume (0: none) and kind; and those `OUTSIDE`."""
        regions: dict[tuple[int, str], list[ByteRun]] = {}
        for start, end, owner, volume, outside in self._scratch.each(
            "SELECT start, end, owner, volume, rule IS NOT NULL FROM segment LEFT JOIN entry ON id = (owner - ?) / 2"
            " LEFT JOIN outside USING (owner)"
            " WHERE owner BETWEEN 0 AND ? OR owner > ? AND owner % 2 = 1 OR rule IS NOT NULL ORDER BY number",
            (AREAS, AREAS - 1, AREAS),
        ):
            area = self._areas[owner] if owner < AREAS else {"volume": volume, "kind": "slack"}
            runs = regions.setdefault((area["volume"], OUTSIDE if outside else area["kind"]), [])
            if runs and runs[-1].end == start:
                runs[-1] = ByteRun(runs[-1].offset, end - runs[-1].offset)
            else:
                runs.append(ByteRun(start, end - start))
        return {key: tuple(runs) for key, runs in regions.items()}

    def overwritten(self) -> Iterator[tuple[int, int]]:
        """Deleted entries by number, and how many bytes of theirs another entry holds now."""
        yield from self._scratch.each("SELECT entry, bytes FROM overwritten ORDER BY entry")

    def outside(self) -> Iterator[Outside]:
        """What is not searched because it may not be, by volume and rule."""
        rows = self._scratch.each(
            "SELECT volume, rule, sum(owner % 2 = 0), sum(coalesce(bytes, 0)) FROM outside LEFT JOIN held USING (owner)"
            " JOIN entry ON id = (owner - ?) / 2 WHERE owner >= ? GROUP BY volume, rule ORDER BY volume, rule",
            (AREAS, AREAS),
        )
        yield from itertools.starmap(Outside, rows)
        for owner, rule, held in self._scratch.each(
            "SELECT owner, rule, sum(end - start) FROM outside JOIN segment USING (owner) WHERE owner < ?"
            " GROUP BY owner ORDER BY owner",
            (AREAS,),
        ):
            yield Outside(self._areas[owner]["volume"], f"{rule} ({self._areas[owner]['kind']})", 0, held)

    # --- claims

    def _claim(self, run: ByteRun, owner: int, inner: int, strength: Strength) -> None:
        number = next(self._claims)
        if run.length > 0 and 0 <= run.offset < self._size:
            length = min(run.length, self._size - run.offset)
            self._scratch.add("claim", (number, run.offset, length, owner, bounded(inner), int(strength)))

    def _area(self, runs: Iterable[ByteRun], strength: Strength, **record: Any) -> None:
        if self._loose:
            self._scratch.add("outside", (len(self._areas), self._loose))
        self._areas.append({"mode": "skip" if self._loose else "area", **record})
        for run in runs:
            self._claim(run, len(self._areas) - 1, 0, strength)

    def claim_areas(self) -> None:
        """What no entry holds: the gaps, the volumes, their free space."""
        volumes = self._volumes.values()
        taken = merged([run for volume in volumes for run in volume.ranges])
        gaps = subtract([ByteRun(0, self._size)], taken)
        self._area(gaps, Strength.GAP, kind="gap", volume=0, steps=[], allocation=Allocation.GAP.value)
        for volume in volumes:
            place = {"volume": volume.number, "steps": [f"partition:{volume.number}", *volume.steps]}
            free = Allocation.UNALLOCATED.value
            if volume.file_system:
                told = {"kind": "metadata", "allocation": Allocation.METADATA.value}
            else:
                told = {"kind": "unknown", "allocation": free}
            self._area(volume.ranges, Strength.VOLUME, **told, **place)
            self._area(volume.unallocated, Strength.UNALLOCATED, kind="unallocated", allocation=free, **place)

    def claim_entry(self, planned: PlannedEntry, named: Named) -> None:
        """What an entry holds, and what will be asked of it."""
        entry = planned.entry
        strength = Strength.ALLOCATED if entry.allocated else Strength.DELETED
        if planned.outside:
            strength = Strength.OUTSIDE if entry.allocated else Strength.DELETED
            self._scratch.add("outside", (content_of(planned.id), planned.outside))
        if planned.outside or self._loose:
            self._scratch.add("outside", (slack_of(planned.id), planned.outside or self._loose))
        if entry.storage is Storage.RESIDENT:
            strength = Strength.RESIDENT
        in_shadow = is_shadow(self._volumes[entry.volume].steps)
        if in_shadow:
            strength = Strength.SHADOW
        inner = 0
        for run in entry.runs:
            self._claim(run, content_of(planned.id), inner, strength)
            inner += run.length
        if entry.allocated and not in_shadow:
            for run in entry.slack:
                self._claim(run, slack_of(planned.id), 0, Strength.SLACK)
        in_one_piece = (
            entry.storage is Storage.PLAIN
            and inner == entry.size
            and _in_order(entry.runs)
            and entry.runs[-1].end - entry.runs[0].offset <= LONGEST_UNIT
        )
        wanted = named(entry.path) if entry.kind is EntryKind.FILE else ()
        opening = pack(self._opening(planned))
        whole = _is_whole_file(entry)
        row = (
            *(planned.id, entry.volume, bounded(entry.address), entry.path, bounded(entry.size)),
            *(whole, _has_content(entry)),
            *(entry.storage is Storage.PLAIN, entry.allocated),
            bounded(sum(run.length for run in entry.runs if run.offset >= 0)) if entry.runs else None,
            *(bounded(inner), len(entry.runs)),
            *((entry.runs[0].offset, bounded(entry.runs[-1].end)) if in_one_piece else (None, None)),
            *(pack(wanted) if wanted else None, opening),
        )
        self._scratch.add("entry", row)
        if whole and entry.size > 0 and not planned.outside and entry.path.endswith(COMPANIONS):
            suffix = next(each for each in COMPANIONS if entry.path.endswith(each))
            self._scratch.add("companion", (entry.volume, entry.path.removesuffix(suffix), suffix, opening))

    def _opening(self, planned: PlannedEntry) -> Record:
        """What a worker needs to open an entry, and to say where its findings are."""
        entry = planned.entry
        volume = self._volumes[entry.volume]
        return {
            "entry": planned.id,
            "volume": entry.volume,
            "address": entry.address,
            "path": entry.path,
            "stream": entry.stream,
            "size": entry.size,
            "storage": entry.storage.value,
            "steps": steps_to(volume.number, volume.file_system, entry.path, entry.stream, volume.steps),
            "allocation": _allocation(entry),
            "runs": [[run.offset, run.length] for run in entry.runs],
        }

    # --- decisions

    def decide(self) -> None:
        """Who holds each byte, and how each entry is read."""
        self._join_names()
        self._paint()
        self._join_companions()
        self._divide()
        self._chain()

    def _join_names(self) -> None:
        """A file of several names may not be searched if it may not be under one of them."""
        if not self._scratch.number("SELECT 1 FROM outside WHERE owner >= ? LIMIT 1", (AREAS,)):
            return
        self._scratch.run("CREATE INDEX entry_object ON entry (volume, address)")
        for names in (0, 1):  # of the content, of the slack
            self._scratch.run(
                "INSERT OR IGNORE INTO outside SELECT ? + 2 * other.id, rule FROM outside"
                " CROSS JOIN entry AS known ON known.id = (owner - ?) / 2 CROSS JOIN entry AS other"
                " ON other.volume = known.volume AND other.address = known.address AND other.id <> known.id"
                " WHERE owner >= ? AND owner % 2 = ? AND known.allocated AND other.allocated AND known.content",
                (AREAS + names, AREAS, AREAS, names),
            )

    def _paint(self) -> None:
        claims = self._scratch.each(
            "SELECT offset, length, owner, inner, strength, number FROM claim ORDER BY offset, number"
        )
        for number, each in enumerate(paint(self._size, itertools.starmap(Claim, claims))):
            self._scratch.add("segment", (number, each.start, each.end, each.owner, each.inner))
        self._scratch.run("DROP TABLE claim")
        self._scratch.run("CREATE INDEX segment_start ON segment (start)")
        self._scratch.run(
            "INSERT INTO held SELECT owner, sum(end - start) FROM segment WHERE owner >= ? GROUP BY owner", (AREAS,)
        )
        self._scratch.run("INSERT INTO blank SELECT start, end FROM segment JOIN outside USING (owner) ORDER BY number")

    def _join_companions(self) -> None:
        self._scratch.run("CREATE INDEX companion_path ON companion (volume, path)")
        self._scratch.run(
            "INSERT INTO beside SELECT e.id, c.suffix, c.opening FROM entry AS e CROSS JOIN companion AS c"
            " ON c.volume = e.volume AND c.path = e.path WHERE e.held_wholly ORDER BY e.id, c.rowid"
        )
        self._scratch.run("CREATE INDEX beside_entry ON beside (entry)")

    def _divide(self) -> None:
        """Entries that are digested in passing, and those that need a logical read."""
        for entry, size, content, plain, allocated, claimed, covered, runs, low, high, held, rule in self._scratch.each(
            "SELECT id, size, content, plain, allocated, claimed, covered, runs, low, high, coalesce(bytes, 0), rule"
            " FROM entry LEFT JOIN held ON held.owner = ? + 2 * id LEFT JOIN outside ON outside.owner = ? + 2 * id"
            " ORDER BY id",
            (AREAS, AREAS),
        ):
            if claimed is not None and not allocated and held < claimed:
                self._scratch.add("overwritten", (entry, claimed - held))
            if not content:
                continue
            if rule is not None:
                if not plain or covered >= size:
                    self._scratch.add("logical", (entry, "digest" if plain else "unsearched"))
                continue
            if not plain:
                self._scratch.add("logical", (entry, "whole"))
                continue
            if low is not None and held == size:
                self._scratch.add("passing", (entry, low, high, 0))
            elif covered >= size:  # a digest of bytes that nothing holds would mislead; a caveat says what is missing
                self._scratch.add("logical", (entry, "digest"))
            if runs > 1:
                self._scratch.add("logical", (entry, "joints"))

    def _chain(self) -> None:
        """Image ranges that must not be cut, joined where files cross; and the files that made one too long."""
        chain: tuple[int, int] | None = None
        for low, high, entry in self._scratch.each("SELECT low, high, entry FROM passing ORDER BY low, high, entry"):
            if chain is None or low >= chain[1]:
                if chain is not None:
                    self._scratch.add("uncut", chain)
                chain = (low, high)
            elif max(high, chain[1]) - chain[0] > LONGEST_UNIT:
                self._scratch.add("logical", (entry, "digest"))
            else:
                chain = (chain[0], max(high, chain[1]))
        if chain is not None:
            self._scratch.add("uncut", chain)
        self._scratch.run("DELETE FROM passing WHERE entry IN (SELECT entry FROM logical WHERE mode = 'digest')")

    # --- units

    def _cuts(self) -> Iterator[int]:
        """Ends of units, about `UNIT` apart, never inside a chain."""
        cut = 0
        yield cut
        while cut + UNIT < self._size:
            cut += UNIT
            high = self._scratch.number("SELECT high FROM uncut WHERE low < ? ORDER BY low DESC LIMIT 1", (cut,))
            cut = max(cut, high or 0)
            yield cut
        if cut < self._size:
            yield self._size

    def _sweeps(self) -> Iterator[Unit]:
        for low, high in itertools.pairwise(self._cuts()):
            reach = self._reach(low, high)
            used = self._scratch.all(
                "SELECT start, end, owner, inner FROM segment WHERE number BETWEEN ? AND ? ORDER BY number", reach
            )
            owners = self._owners(sorted({owner for _, _, owner, _ in used}), reach)
            number_of = {number: new for new, number in enumerate(owners)}
            blank = self._blank((max(0, low - MARGIN), high + MARGIN), owners.values())
            yield Unit(
                "sweep",
                f"image bytes {low:,} to {high:,}",
                high - low,
                {
                    "start": low,
                    "end": high,
                    "segments": [[start, end, number_of[owner], inner] for start, end, owner, inner in used],
                    "owners": list(owners.values()),
                    **({"blank": blank} if blank else {}),
                },
            )

    def _blank(self, window: tuple[int, int] | None, owners: Iterable[Mapping[str, Any]]) -> list[list[int]]:
        """What may not be searched of the window, and of what these owners say that they hold: [start, end) in order."""
        if self._nothing_blank:
            return []
        runs = [
            (run[0], run[0] + run[1]) for owner in owners if owner["mode"] != "skip" for run in owner.get("runs", ())
        ]
        touched = {
            (start, end)
            for low, high in (*((window,) if window else ()), *runs)
            if low >= 0
            for start, end in self._scratch.each(
                "SELECT start, end FROM blank WHERE start >= coalesce((SELECT max(start) FROM blank WHERE start <= ?), ?)"
                " AND start < ? AND end > ?",
                (low, low, bounded(high), low),
            )
        }
        return [list(each) for each in sorted(touched)]

    @functools.cached_property
    def _nothing_blank(self) -> bool:
        return self._scratch.number("SELECT 1 FROM blank LIMIT 1") is None

    def _reach(self, low: int, high: int) -> tuple[int, int]:
        """First and last segment of what is read to sweep [low, high), and at least one either side of it."""
        holding = "SELECT number FROM segment WHERE start <= ? ORDER BY start DESC LIMIT 1"
        first = self._scratch.number(holding, (low,)) or 0
        early = self._scratch.number(holding, (max(0, low - MARGIN),)) or 0
        last = self._scratch.number(holding, (high + MARGIN,)) or 0
        behind = self._scratch.number(holding, (high,)) or 0
        return min(first - 1, early), max(last, behind + 1)

    def _owners(self, numbers: Sequence[int], reach: tuple[int, int]) -> dict[int, Record]:
        """The owners of the segments in `reach` by number, as a worker is told of them."""
        openings = {
            entry: (unpack(opening), digest, wanted)
            for entry, opening, digest, wanted in self._scratch.each(
                "SELECT id, opening, id IN (SELECT entry FROM passing), wanted FROM entry WHERE id IN"
                " (SELECT (owner - ?) / 2 FROM segment WHERE number BETWEEN ? AND ? AND owner >= ?)",
                (AREAS, *reach, AREAS),
            )
        }
        beside: dict[int, dict[str, Any]] = {}
        for entry, suffix, opening in self._scratch.each(
            "SELECT entry, suffix, opening FROM beside WHERE entry IN"
            " (SELECT (owner - ?) / 2 FROM segment WHERE number BETWEEN ? AND ? AND owner >= ?) ORDER BY rowid",
            (AREAS, *reach, AREAS),
        ):
            beside.setdefault(entry, {})[suffix] = unpack(opening)
        outside = {
            owner
            for (owner,) in self._scratch.each(
                "SELECT DISTINCT owner FROM segment JOIN outside USING (owner) WHERE number BETWEEN ? AND ?", reach
            )
        }
        owners: dict[int, Record] = {}
        for number in numbers:
            if number == NOBODY or number in outside:
                owners[number] = {"mode": "skip"}
            elif number < AREAS:
                owners[number] = self._areas[number]
            elif number == content_of(entry_of(number)):
                entry = entry_of(number)
                owners[number] = _content(*openings[entry], beside.get(entry))
            else:
                owners[number] = _slack(openings[entry_of(number)][0])
        return owners

    def _logical(self) -> Iterator[Unit]:
        batch: list[Record] = []
        total = 0
        number = -1
        for entry, mode, volume, size, wanted, opening in self._scratch.each(
            "SELECT id, mode, volume, size, wanted, opening FROM logical JOIN entry ON id = entry ORDER BY id, mode"
        ):
            if batch and (volume != number or len(batch) >= BATCH_ENTRIES or total >= BATCH_BYTES):
                yield self._batch(number, batch, total)
                batch, total = [], 0
            number = volume
            total += size if mode != "joints" else 0
            whole = mode == "whole"
            owner = {**unpack(opening), "mode": mode, "at_zero": unpack(wanted) if whole and wanted else []}
            if whole:
                beside = self._scratch.all(
                    "SELECT suffix, opening FROM beside WHERE entry = ? ORDER BY rowid", (entry,)
                )
                owner |= {"companions": {suffix: unpack(each) for suffix, each in beside}} if beside else {}
            batch.append(owner)
        if batch:
            yield self._batch(number, batch, total)

    def _batch(self, volume: int, batch: list[Record], total: int) -> Unit:
        first = batch[0]["path"]
        label = first if len(batch) == 1 else f"{first} and {len(batch) - 1:,} more"
        blank = self._blank(None, (each for each in batch if each["mode"] == "joints"))
        spec = {"volume": volume, "entries": batch, **({"blank": blank} if blank else {})}
        return Unit("logical", label, total, spec)


def make_plan(
    size: int,
    volumes: Sequence[PlannedVolume],
    entries: Iterable[PlannedEntry],
    named: Named,
    scratch: Path | None = None,
    loose: str = "",
) -> Plan:
    """Plan the pass over an image of `size` bytes.

    `entries` are in the order of their numbers; `named` gives the detectors that want an entry by its path. The
    plan's tables are at `scratch` until it is closed, or at a place of SQLite's choice. `loose` is the rule by which
    what no entry holds may not be searched, if there is one.
    """
    plan = Plan(size, volumes, Scratch(scratch), loose)
    plan.claim_areas()
    for planned in entries:
        plan.claim_entry(planned, named)
    plan.decide()
    return plan


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
    return bool(runs)


def _has_content(entry: Entry) -> bool:
    kinds = (EntryKind.FILE, EntryKind.VIRTUAL, EntryKind.LINK)
    return entry.kind in kinds and entry.storage is not Storage.NONE and entry.size != 0


def _is_whole_file(entry: Entry) -> bool:
    return (
        entry.kind is EntryKind.FILE
        and entry.allocated
        and entry.stream is None
        and entry.storage not in (Storage.NONE, Storage.ENCRYPTED)
    )


def _content(opening: Record, digest: int, wanted: bytes | None, beside: Record | None) -> Record:
    """An entry's content as the owner of image bytes."""
    storage = Storage(opening["storage"])
    mode = "skip" if storage is Storage.RESIDENT else "entry"
    if storage in (Storage.COMPRESSED, Storage.ENCRYPTED):
        mode = "area"
    record = {"mode": mode, "kind": "stored", **_told(opening, "volume", "steps", "allocation", "entry", "path")}
    record |= _told(opening, "size", "runs")
    if beside:
        record["companions"] = beside
    if digest:
        record["digest"] = True
    if wanted and storage is Storage.PLAIN:
        record["at_zero"] = unpack(wanted)
    return record


def _slack(opening: Record) -> Record:
    """An entry's slack as the owner of image bytes."""
    record = {"mode": "area", "kind": "slack", **_told(opening, "volume", "steps", "entry", "path")}
    return record | {"allocation": Allocation.SLACK.value}


def _told(opening: Record, *names: str) -> Record:
    return {name: opening[name] for name in names}

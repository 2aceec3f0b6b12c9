"""One scan in the case database: its units of work, their answers, and what is recorded of them.

Each method is one transaction or only reads. Nothing here knows workers or the ledger: the examination
asks the one, appends to the other, and then has this module record.
"""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgpack
from sqlalchemy import Connection, and_, case, delete, func, insert, select, update

from forensics.case import schema
from forensics.case.accounting import PART
from forensics.case.authority import REASON, last_number
from forensics.case.projection import EVENT, entry_events, entry_row, finding_events, finding_row, image_offset
from forensics.case.store import Case, bulk, bulk_values, packed, unpacked
from forensics.model import ByteRun, Entry, EntryKind, Storage
from forensics.sweep.plan import Plan, PlannedEntry, PlannedVolume, Unit

EMPTY = {
    "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "sha1": "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "md5": "d41d8cd98f00b204e9800998ecf8427e",
}
BATCH = 16_000  # entries read, recorded and committed at a time
KEPT = (
    PART,
    "quarantined",
    "unreadable entry",
    "given up",
    "partition table",
    REASON,
)  # reasons that the end of a scan does not list anew

Row = dict[str, Any]


@dataclass(slots=True)
class Answers:
    """What units answered, in their order, ready to be recorded.

    `first` is the number of findings of this exhibit that were recorded before.
    """

    numbers: Sequence[int]
    first: int
    records: list[Row] = field(default_factory=list)
    digests: list[Mapping[str, Any]] = field(default_factory=list)
    failures: list[Mapping[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that could not be examined, for the list of it."""

    place: str
    reason: str
    detail: str
    bytes: int = 0
    offset: int | None = None
    logical: bool = True  # its raw bytes were swept all the same
    attempts: int = 1
    parser: str = ""
    limit: str = ""
    path: str = ""


class Scan:
    """The scan of one exhibit."""

    def __init__(self, case: Case, row: Mapping[str, Any]) -> None:
        """Work on a row of `scan`; use `latest` or `begin`."""
        self._case = case
        self.id: str = row["id"]
        self.findings_id: str = row["findings_scan"]
        self.exhibit: str = row["exhibit"]
        self.state: str = row["state"]
        self.parsers: dict[str, Any] = json.loads(row["parsers_json"])
        self.digests: tuple[str, ...] = ("sha256", *self.parsers["options"]["digests"])

    @classmethod
    def latest(cls, case: Case, exhibit: str) -> Scan | None:
        """The last scan of an exhibit, if there was one."""
        table = schema.scan
        row = case.one(select(table).where(table.c.exhibit == exhibit).order_by(table.c.started_us.desc()))
        return None if row is None else cls(case, row)

    @classmethod
    def begin(cls, case: Case, exhibit: str, ids: tuple[str, str], parsers: Mapping[str, Any]) -> Scan:
        """A new scan; `ids` are the ledger's scans of entries and of findings."""
        row = {
            "id": ids[0],
            "findings_scan": ids[1],
            "exhibit": exhibit,
            "state": "open",
            "profile": parsers["options"]["profile"],
            "parsers_json": packed(parsers),
            "started_us": time.time_ns() // 1000,
            "ended_us": None,
        }
        with case.transaction() as connection:
            connection.execute(insert(schema.scan).values(**row))
        return cls(case, row)

    def set_state(self, state: str, then: Callable[[Connection], None] | None = None) -> None:
        """`interrupted` or `ended`, and `then` at once; an ended scan has no units any more."""
        ended = time.time_ns() // 1000 if state == "ended" else None
        with self._case.transaction() as connection:
            if state == "ended":
                connection.execute(delete(schema.unit).where(schema.unit.c.scan == self.id))
            connection.execute(
                update(schema.scan).where(schema.scan.c.id == self.id).values(state=state, ended_us=ended)
            )
            if then is not None:
                then(connection)

    # --- units

    def units(self, *kinds: str) -> list[Row]:
        """Number, kind, label, bytes, state and attempts of the units of these kinds, in order."""
        u = schema.unit.c
        return list(
            self._case.rows(
                select(u.number, u.kind, u.label, u.bytes, u.state, u.attempts)
                .where(u.scan == self.id, u.kind.in_(kinds))
                .order_by(u.number)
            )
        )

    def spec(self, number: int) -> dict[str, Any]:
        """What a worker is to be told of a unit."""
        u = schema.unit.c
        row = self._case.one(select(u.spec).where(u.scan == self.id, u.number == number))
        assert row is not None
        spec: dict[str, Any] = _unpack(row["spec"])
        return spec

    def _unit(self, number: int, kind: str, label: str, size: int, spec: Mapping[str, Any]) -> Row:
        return {
            "scan": self.id,
            "number": number,
            "kind": kind,
            "label": label,
            "bytes": size,
            "spec": _pack(spec),
            "state": "waiting",
            "attempts": 0,
            "result": None,
        }

    def _set_unit(self, connection: Connection, number: int, state: str, attempts: int, result: bytes | None) -> None:
        connection.execute(
            update(schema.unit)
            .where(schema.unit.c.scan == self.id, schema.unit.c.number == number)
            .values(state=state, attempts=attempts, result=result)
        )

    def keep(self, number: int, parts: Sequence[Mapping[str, Any]]) -> None:
        """Store the answer of a unit until its turn to be recorded comes."""
        with self._case.transaction() as connection:
            self._set_unit(connection, number, "done", 1, _pack(list(parts)))

    def quarantine(self, number: int, refusal: Refusal, volume: int | None = None) -> None:
        """A unit that was not answered; `volume` is the one whose walk it was."""
        with self._case.transaction() as connection:
            self._refuse(connection, refusal)
            self._set_unit(connection, number, "quarantined", refusal.attempts, None)
            if volume is not None:
                self._set_volume(connection, volume, state="damaged", reason=refusal.detail)

    def unopened(self, number: int, volume: int, reason: str) -> None:
        """A walk found that a volume holds no file system that can be opened: an answer, listed with the volumes."""
        with self._case.transaction() as connection:
            self._set_volume(connection, volume, state="damaged", reason=reason)
            self._set_unit(connection, number, "recorded", 1, None)

    def _set_volume(self, connection: Connection, number: int, **values: Any) -> None:
        v = schema.volume.c
        connection.execute(update(schema.volume).where(v.exhibit == self.exhibit, v.number == number).values(**values))

    def postpone(self, number: int, attempts: int) -> None:
        """A unit that was not answered waits for the slow lane; what comes behind it does not wait for it."""
        with self._case.transaction() as connection:
            self._set_unit(connection, number, "slow", attempts, None)

    def _refuse(self, connection: Connection, refusal: Refusal) -> None:
        values = {name: getattr(refusal, name) for name in refusal.__slots__}
        connection.execute(insert(schema.unexamined).values(exhibit=self.exhibit, **values))

    # --- volumes and entries

    def divide(self, table: Mapping[str, Any]) -> None:
        """Store the volumes of an image, a walk for each that can be read, and what the table left unsaid."""
        units: list[Row] = []
        with self._case.transaction() as connection:
            for volume in table["volumes"]:
                readable = not volume["reason"]
                encrypted = "encrypted" in volume["reason"]
                container = bool(volume.get("container"))
                connection.execute(
                    insert(schema.volume).values(
                        exhibit=self.exhibit,
                        number=volume["number"],
                        offset=volume["offset"],
                        size=volume["size"],
                        table_kind=table["kind"],
                        type_text=volume["type"],
                        file_system=volume["content"].lower() if container or not readable else "",
                        block_size=0,
                        state="read"
                        if container
                        else "waiting"
                        if readable
                        else "encrypted"
                        if encrypted
                        else "unknown",
                        layout_json=packed(volume.get("layout", {})),
                        reason="; ".join([volume["reason"], *volume["caveats"]]).strip("; "),
                    )
                )
                if readable and not container:
                    place = place_of(volume, volume.get("layout", {}))
                    label = f"volume {volume['number']}"
                    units.append(self._unit(len(units), "walk", label, volume["size"], {"volume": place}))
            if not units:  # so that a resumed scan knows that the image has been divided
                units.append({**self._unit(0, "walk", "no volume can be read", 0, {}), "state": "recorded"})
            for caveat in table["caveats"]:
                self._refuse(connection, Refusal("the partition table", "partition table", caveat))
            bulk(connection, schema.unit, units)

    def store_walk(
        self,
        number: int,
        volume: int,
        batches: Iterable[Sequence[Mapping[str, Any]]],
        facts: Mapping[str, Any],
        left_out: Sequence[Refusal] = (),
    ) -> None:
        """Store the entries of a volume, its facts, and what its walk left out."""
        with self._case.transaction() as connection:
            last = connection.execute(select(func.coalesce(func.max(schema.entry.c.id), 0))).scalar_one()
            for entries in batches:
                rows = [entry_row(last + n, self.exhibit, each) for n, each in enumerate(entries, 1)]
                last += len(rows)
                bulk(connection, schema.entry, rows)
            self._set_volume(
                connection,
                volume,
                state="read",
                file_system=facts["file_system"],
                block_size=facts["block_size"],
                reason="; ".join(facts["caveats"]),
            )
            for each in facts["refused"]:
                self._refuse(connection, Refusal(f"volume {volume}", PART, each))
            for refusal in left_out:
                self._refuse(connection, refusal)
            bulk(connection, schema.region, [self._region(volume, "free", facts["unallocated"])])
            self._set_unit(connection, number, "recorded", 1, None)

    def _region(self, volume: int, kind: str, runs: Sequence[Sequence[int]]) -> Row:
        return {
            "exhibit": self.exhibit,
            "volume": volume,
            "kind": kind,
            "bytes": sum(length for _, length in runs),
            "runs_json": packed(runs),
        }

    def _of_exhibit(self, table: Any, *order: Any) -> Any:
        return select(table).where(table.c.exhibit == self.exhibit).order_by(*order)

    def volumes(self) -> list[PlannedVolume]:
        """The volumes as the walks left them."""
        free = {
            row["volume"]: json.loads(row["runs_json"])
            for row in self._case.rows(self._of_exhibit(schema.region).where(schema.region.c.kind == "free"))
        }
        return [
            PlannedVolume(
                row["number"],
                row["offset"],
                row["size"],
                row["file_system"] if row["state"] == "read" and row["block_size"] else "",
                tuple(ByteRun(*run) for run in free.get(row["number"], ())),
                tuple(ByteRun(*run) for run in layout.get("covers", ())),
                tuple(layout.get("steps", ())),
            )
            for row in self._case.rows(self._of_exhibit(schema.volume, schema.volume.c.number))
            for layout in (json.loads(row["layout_json"]),)
        ]

    def entries(self, *columns: Any) -> Iterator[list[Row]]:
        """The entries by number, in batches, with these columns, the number first, or with all.

        The database is not held between two of them.
        """
        last = 0
        e = schema.entry.c
        chosen = select(*columns) if columns else select(schema.entry)
        while True:
            batch = list(
                self._case.rows(chosen.where(e.exhibit == self.exhibit, e.id > last).order_by(e.id).limit(BATCH))
            )
            if not batch:
                return
            yield batch
            last = batch[-1]["id"]

    def planned_entries(self, outside: Callable[[Row], str] = lambda _: "") -> Iterator[PlannedEntry]:
        """The entries as the plan wants them, a batch in memory at a time; `outside` gives the rule against one."""
        columns = [schema.entry.c[name] for name in _PLANNED]
        return (PlannedEntry(row["id"], _entry(row), outside(row)) for batch in self.entries(*columns) for row in batch)

    def store_plan(self, plan: Plan) -> None:
        """Store the units of the pass, the regions that no entry holds, and what was overwritten."""
        places = {
            row["number"]: place_of(row, json.loads(row["layout_json"]))
            for row in self._case.rows(self._of_exhibit(schema.volume))
        }
        first = self._case.count(schema.unit, schema.unit.c.scan == self.id)
        with self._case.transaction() as connection:
            for number, unit in enumerate(plan.units(), first):  # one at a time: it may be large
                row = self._unit(number, unit.verb, unit.label, unit.bytes, _placed(unit, places))
                bulk(connection, schema.unit, [row])
            region = schema.region.c
            connection.execute(delete(schema.region).where(region.exhibit == self.exhibit, region.kind == "free"))
            bulk(
                connection,
                schema.region,
                [
                    self._region(volume, kind, [[run.offset, run.length] for run in runs])
                    for (volume, kind), runs in sorted(plan.regions().items())
                ],
            )
            for each in plan.outside():
                place = f"volume {each.volume}" if each.volume else "outside any volume"
                held = f"{each.entries:,} entries; their names and digests are recorded, " if each.entries else ""
                detail = f"{each.rule}: {held}their content was not searched" if held else f"{each.rule}: not searched"
                self._refuse(connection, Refusal(place, REASON, detail, each.bytes, logical=False))
            for entry, lost in plan.overwritten():
                self._add_caveat(connection, entry, f"{lost:,} bytes of its place are held by other entries now")
            e = schema.entry.c
            connection.execute(
                update(schema.entry)
                .where(
                    e.exhibit == self.exhibit,
                    e.size == 0,
                    e.kind == EntryKind.FILE.value,
                    e.storage != Storage.NONE.value,
                )
                .values(**{name: EMPTY[name] for name in self.digests})
            )

    def _add_caveat(self, connection: Connection, entry: int, caveat: str) -> None:
        where = schema.entry.c.id == entry
        caveats = json.loads(connection.execute(select(schema.entry.c.caveats_json).where(where)).scalar_one())
        connection.execute(update(schema.entry).where(where).values(caveats_json=packed([*caveats, caveat])))

    # --- answers

    def collect(self, numbers: Sequence[int], at_hand: Mapping[int, Sequence[Mapping[str, Any]]]) -> Answers:
        """The answers of neighbouring units, `at_hand` or kept, without findings that another unit has recorded."""
        answers = Answers(numbers, self._case.count(schema.finding, schema.finding.c.exhibit == self.exhibit))
        fresh: set[tuple[str, str, str | None, str]] = set()
        for number in numbers:
            for part in at_hand[number] if number in at_hand else self._kept(number):
                answers.digests += part.get("digests", ())
                answers.failures += [part["failed"]] if "failed" in part else []
                for record in part.get("findings", ()):
                    key = (record["kind"], record["locator"], record["value"], packed((record["span"], record["runs"])))
                    if not (record.pop("open") and (key in fresh or self._is_known(record))):
                        answers.records.append(record)
                        fresh.add(key)
        return answers

    def _kept(self, number: int) -> list[Any]:
        u = schema.unit.c
        row = self._case.one(select(u.result).where(u.scan == self.id, u.number == number, u.result.is_not(None)))
        found: list[Any] = [] if row is None else _unpack(row["result"])
        return found

    def _is_known(self, record: Mapping[str, Any]) -> bool:
        """Whether a finding that reaches over the edge of its unit was recorded of another unit."""
        f = schema.finding.c
        return bool(
            self._case.count(
                schema.finding,
                f.image_offset == image_offset(record),  # which has an index
                f.exhibit == self.exhibit,
                f.kind == record["kind"],
                f.locator == record["locator"],
                f.span_offset == record["span"][0],
                f.span_length == record["span"][1],
                f.runs_json == packed(record["runs"]),
            )
        )

    def record(self, answers: Answers, left_out: Sequence[Refusal] = ()) -> None:
        """Record answers whose findings the ledger holds, and what was left out for them."""
        with self._case.transaction() as connection:
            last = last_number(connection)
            rows = [
                finding_row(last + n + 1, answers.first + n, self.exhibit, record)
                for n, record in enumerate(answers.records)
            ]
            bulk(connection, schema.finding, rows)
            numbered = enumerate(answers.records, last + 1)
            events = (event for n, record in numbered for event in finding_events(n, self.exhibit, record))
            bulk_values(connection, schema.event, EVENT, events)
            if answers.digests:
                assignments = ", ".join(f"{name}=?" for name in self.digests)
                connection.exec_driver_sql(
                    f"UPDATE entry SET {assignments} WHERE id=?",  # noqa: S608 - names of columns
                    [(*(each[name] for name in self.digests), each["entry"]) for each in answers.digests],
                )
            for failed in answers.failures:
                self._refuse(
                    connection, Refusal(failed["path"], failed.get("kind", "unreadable entry"), failed["reason"])
                )
            for refusal in left_out:
                self._refuse(connection, refusal)
            u = schema.unit.c
            first, last = answers.numbers[0], answers.numbers[-1]
            own = u.number == first if first == last else and_(u.number.between(first, last), u.state != "slow")
            connection.execute(
                update(schema.unit).where(u.scan == self.id, own).values(state="recorded", result=None, spec=b"")
            )

    def families(self) -> dict[str, int]:
        """Findings so far, by the family of their kind."""
        family = func.substr(schema.finding.c.kind, 1, func.instr(schema.finding.c.kind, "/") - 1).label("family")
        query = select(family, func.count().label("n")).where(schema.finding.c.exhibit == self.exhibit)
        return {row["family"]: row["n"] for row in self._case.rows(query.group_by(family))}

    # --- the end

    def forget_entry_events(self) -> None:
        """Take back the events of entries that an interrupted end has written."""
        e = schema.event.c
        with self._case.transaction() as connection:
            connection.execute(delete(schema.event).where(e.exhibit == self.exhibit, e.finding.is_(None)))

    def record_entries(self, first: int, rows: Sequence[Row], times: Iterable[Sequence[Mapping[str, Any]]]) -> None:
        """Record a batch of entries, and their times, whose items the ledger holds from index `first` on."""
        with self._case.transaction() as connection:
            connection.exec_driver_sql(
                "UPDATE entry SET item=? WHERE id=?", [(first + n, row["id"]) for n, row in enumerate(rows)]
            )
            pairs = zip(rows, times, strict=True)
            bulk_values(connection, schema.event, EVENT, (event for pair in pairs for event in entry_events(*pair)))

    def list_unexamined(self, bad_runs: Sequence[Sequence[int]]) -> None:
        """List volumes that could not be read and ranges that the container does not give up."""
        refusals = [
            Refusal(
                f"volume {row['number']} ({row['type_text']})",
                {"encrypted": "encrypted", "damaged": "damaged file system"}.get(row["state"], "unknown file system"),
                f"{row['reason']}; its raw bytes were searched",
                size,
                offset,
                logical=False,
            )
            for row in self._case.rows(self._of_exhibit(schema.volume, schema.volume.c.number))
            if row["state"] != "read"
            for offset, size in json.loads(row["layout_json"]).get("covers", [[row["offset"], row["size"]]])
        ]
        refusals += [
            Refusal(
                f"image bytes {offset:,} to {offset + length:,}",
                "unreadable",
                "the container or medium does not give these bytes up; they read as zeros",
                length,
                offset,
                logical=False,
            )
            for offset, length in bad_runs
        ]
        u = schema.unexamined.c
        with self._case.transaction() as connection:
            connection.execute(delete(schema.unexamined).where(and_(u.exhibit == self.exhibit, u.reason.not_in(KEPT))))
            for refusal in refusals:
                self._refuse(connection, refusal)
            e = schema.entry.c
            same = case((func.min(e.sha256) == func.max(e.sha256), func.max(e.sha256)))  # of volumes with equal paths
            digest = select(same).where(
                e.exhibit == self.exhibit, e.path == u.path, e.stream.is_(None), e.sha256.is_not(None)
            )
            connection.execute(
                update(schema.unexamined)
                .where(u.exhibit == self.exhibit, u.path != "")
                .values(sha256=func.coalesce(digest.scalar_subquery(), ""))
            )

    def numbers(self) -> dict[str, list[list[int]]]:
        """The numbers of entries and findings in the order of their items, as [first, count]."""
        return {
            f"{table.name}_numbers": _ranges(
                row["id"]
                for row in self._case.rows(
                    select(table.c.id).where(table.c.exhibit == self.exhibit).order_by(table.c.item)
                )
            )
            for table in (schema.entry, schema.finding)
        }

    def tables(self) -> dict[str, list[Row]]:
        """What the ledger must hold besides the items, so that the case can be rebuilt from it."""
        return {
            name: [
                {key: value for key, value in row.items() if key != "exhibit"}
                for row in self._case.rows(self._of_exhibit(table))
            ]
            for name, table in (
                ("volumes", schema.volume),
                ("regions", schema.region),
                ("unexamined", schema.unexamined),
            )
        }


def _ranges(numbers: Iterable[int]) -> list[list[int]]:
    found: list[list[int]] = []
    for number in numbers:
        if found and number == sum(found[-1]):
            found[-1][1] += 1
        else:
            found.append([number, 1])
    return found


def place_of(volume: Mapping[str, Any], layout: Mapping[str, Any]) -> dict[str, Any]:
    """What a worker is told of the place of a volume."""
    place = {key: volume[key] for key in ("number", "offset", "size")}
    return {**place, **{key: layout[key] for key in ("extents", "steps") if key in layout}}


def _placed(unit: Unit, places: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    """What a unit is told, with the places of the volumes whose entries it opens."""
    if unit.verb == "logical":
        return {**unit.spec, "place": places[unit.spec["volume"]]}
    companions = [each for owner in unit.spec["owners"] for each in owner.get("companions", {}).values()]
    numbers = sorted({each["volume"] for each in companions})
    return {**unit.spec, "places": [places[number] for number in numbers]} if numbers else dict(unit.spec)


def _pack(value: Any) -> bytes:
    packed_: bytes = msgpack.packb(value, use_bin_type=True)
    return zlib.compress(packed_, 1)


def _unpack(blob: bytes) -> Any:
    return msgpack.unpackb(zlib.decompress(blob), raw=False, strict_map_key=False)


_PLANNED = (
    *("id", "volume", "address", "path", "stream", "kind", "allocated", "size", "storage"),
    *("runs_json", "slack_json", "exhibit", "times_json"),
)


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        volume=row["volume"],
        address=row["address"],
        path=row["path"],
        stream=row["stream"],
        kind=EntryKind(row["kind"]),
        allocated=row["allocated"],
        size=row["size"],
        storage=Storage(row["storage"]),
        runs=tuple(ByteRun(*run) for run in unpacked(row["runs_json"])),
        slack=tuple(ByteRun(*run) for run in unpacked(row["slack_json"])),
    )

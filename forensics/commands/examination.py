"""The main job: walk, digest everything, sweep every byte once, detect, record, build the timeline.

The order of work and what survives an interruption:

1. `divide` and `walk`: volumes and entries. One transaction for each volume.
2. `plan`: units of work, stored before the first is begun.
3. `sweep`: each unit's answer is stored when it comes; answers are *recorded* in the order of the
   units, first in the ledger, then in the case, so that numbers do not depend on who was quicker.
4. `record`: entries with their digests go to the ledger; file-system times become events.

After an interruption every step continues where its last transaction ended.
"""

from __future__ import annotations

import json
import threading
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgpack
from sqlalchemy import and_, delete, func, insert, select, update

from forensics.case import schema
from forensics.case.evidence import check_unchanged, evidence_files, evidence_setup
from forensics.case.projection import (
    entry_events,
    entry_item,
    entry_row,
    finding_events,
    finding_item,
    finding_row,
)
from forensics.case.store import Case, bulk, chunks, packed
from forensics.commands.progress import Progress, Report, silent
from forensics.confinement.jobs import Done, EvidenceFile, Job, Limits, Quarantined, WorkerState
from forensics.confinement.supervisor import Supervisor
from forensics.custody.client import LedgerClient
from forensics.detectors import detectors
from forensics.errors import CaseError, WorkerError
from forensics.model import ByteRun, Entry, EntryKind, Storage
from forensics.sweep.catalogue import names_of
from forensics.sweep.plan import Plan, PlannedEntry, PlannedVolume, make_plan

EMPTY = {
    "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "sha1": "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "md5": "d41d8cd98f00b204e9800998ecf8427e",
}
ITEMS = 16_000  # in one ledger batch


@dataclass(frozen=True, slots=True)
class Options:
    """How to examine. `digests` names what every stream gets besides SHA-256."""

    workers: int = 2
    profile: str = "full"
    digests: tuple[str, ...] = ()
    engine: str | None = None
    slow: float = 1.0  # factor on every time limit


@dataclass(frozen=True, slots=True)
class Summary:
    """What an examination came to."""

    scan: str
    entries: int
    findings: int
    quarantined: int
    unexamined_bytes: int
    cancelled: bool


class Cancelled(Exception):
    """The examiner asked to stop; what is done is kept."""


class Examination:
    """One scan of one exhibit, new or taken up again."""

    def __init__(
        self,
        case: Case,
        ledger: LedgerClient,
        exhibit: str,
        *,
        options: Options,
        report: Report = silent,
        cancel: threading.Event | None = None,
    ) -> None:
        """Prepare; `run` does the work."""
        self._case = case
        self._ledger = ledger
        self._exhibit = case.exhibit(exhibit)
        self._number = exhibit
        self._options = options
        self._report = report
        self._cancel = cancel or threading.Event()
        self._began = time.monotonic()
        self._progress = Progress("examine", "start")
        self._scan = ""
        self._findings_scan = ""
        self._supervisor: Supervisor | None = None

    def run(self) -> Summary:
        """Examine, or go on where the last examination of this exhibit stopped.

        Raises:
            EvidenceError: the evidence is not what was registered.
            CaseError: this exhibit has been examined already.
        """
        check_unchanged(self._exhibit)
        self._begin()
        try:
            with Supervisor(
                evidence=[EvidenceFile(*each) for each in evidence_files((self._exhibit,))],
                workers=self._options.workers,
                setup={
                    **evidence_setup((self._exhibit,), self._case.secret_key),
                    "digests": ["sha256", *self._options.digests],
                    "engine": self._options.engine,
                },
            ) as self._supervisor:
                self._walk()
                self._sweep()
        except Cancelled:
            self._interrupt("stopped by the examiner")
            return self._summary(cancelled=True)
        check_unchanged(self._exhibit)
        self._record()
        return self._summary(cancelled=False)

    # --- beginning and ending

    def _begin(self) -> None:
        known = self._case.one(
            select(schema.scan).where(schema.scan.c.exhibit == self._number).order_by(schema.scan.c.started_us.desc())
        )
        if known is not None and known["state"] == "ended":
            raise CaseError(f"{self._number} has been examined already (scan {known['id']})")
        if known is not None:
            self._scan, self._findings_scan = known["id"], known["findings_scan"]
            self._options = replace(self._options, **json.loads(known["parsers_json"])["options"])
            states = self._ledger_states()
            for scan in (self._scan, self._findings_scan):
                if states.get(scan) == "interrupted":
                    self._ledger.resume_scan(scan)
            return
        parsers: dict[str, Any] = {
            "detectors": [f"{each.kind}@{each.version}" for each in detectors()],
            "options": {"profile": self._options.profile, "digests": list(self._options.digests)},
        }
        self._scan = self._ledger.open_scan(self._number, parsers, kind="item")
        self._findings_scan = self._ledger.open_scan(self._number, parsers, kind="finding")
        with self._case.transaction() as connection:
            connection.execute(
                insert(schema.scan).values(
                    id=self._scan,
                    findings_scan=self._findings_scan,
                    exhibit=self._number,
                    state="open",
                    profile=self._options.profile,
                    parsers_json=packed(parsers),
                    started_us=time.time_ns() // 1000,
                    ended_us=None,
                )
            )

    def _ledger_states(self) -> dict[str, str]:
        from forensics.custody.store import LedgerReader  # noqa: PLC0415 - only on resuming

        with LedgerReader.open(self._case.folder) as reader:
            return {scan.id: scan.state for scan in reader.scans()}

    def _interrupt(self, reason: str) -> None:
        for scan in (self._scan, self._findings_scan):
            self._ledger.interrupt_scan(scan, reason)
        with self._case.transaction() as connection:
            connection.execute(update(schema.scan).where(schema.scan.c.id == self._scan).values(state="interrupted"))

    def _summary(self, *, cancelled: bool) -> Summary:
        return Summary(
            scan=self._scan,
            entries=self._case.count(schema.entry, schema.entry.c.exhibit == self._number),
            findings=self._case.count(schema.finding, schema.finding.c.exhibit == self._number),
            quarantined=self._case.count(
                schema.unexamined,
                and_(schema.unexamined.c.exhibit == self._number, schema.unexamined.c.reason == "quarantined"),
            ),
            unexamined_bytes=unexamined_bytes(self._case, self._number),
            cancelled=cancelled,
        )

    # --- walking

    def _call(self, verb: str, spec: Mapping[str, Any], label: str, seconds: float) -> tuple[Mapping[str, Any], ...]:
        assert self._supervisor is not None
        limits = Limits(wall_seconds=seconds * self._options.slow)
        return self._supervisor.call(Job(0, verb, {"exhibit": self._number, **spec}, label, limits)).parts

    def _walk(self) -> None:
        self._stage("walk", 0, 0)
        known = list(self._case.rows(self._unit_rows("walk")))
        if not known:
            known = self._divide()
        waiting = [row for row in known if row["state"] == "waiting"]
        self._stage("walk", len(known), self._exhibit["size"])
        self._progress.done = len(known) - len(waiting)
        jobs = [self._job(row, 60 + row["bytes"] / 10e6) for row in waiting]
        answers: dict[int, Done | Quarantined] = {}
        numbers = iter([row["number"] for row in waiting])
        expected = next(numbers, None)
        for answer in self._run(jobs):
            answers[answer.job.number] = answer
            while expected is not None and expected in answers:
                self._store_walk(expected, answers.pop(expected))
                expected = next(numbers, None)
            self._progress.done += 1
            self._tell()
        self._stop_if_asked()

    def _divide(self) -> list[dict[str, Any]]:
        try:
            (table,) = self._call("divide", {}, "partition table", 120)
        except WorkerError as error:
            table = {"kind": "none", "volumes": [], "caveats": [str(error)]}
        units: list[dict[str, Any]] = []
        with self._case.transaction() as connection:
            for volume in table["volumes"]:
                readable = not volume["reason"]
                connection.execute(
                    insert(schema.volume).values(
                        exhibit=self._number,
                        number=volume["number"],
                        offset=volume["offset"],
                        size=volume["size"],
                        table_kind=table["kind"],
                        type_text=volume["type"],
                        file_system=volume["content"].lower() if not readable else "",
                        block_size=0,
                        state="waiting" if readable else _state(volume["reason"]),
                        reason="; ".join([volume["reason"], *volume["caveats"]]).strip("; "),
                    )
                )
                if readable:
                    units.append(
                        {
                            "scan": self._scan,
                            "number": len(units),
                            "kind": "walk",
                            "label": f"volume {volume['number']}",
                            "bytes": volume["size"],
                            "spec": _pack({"volume": {key: volume[key] for key in ("number", "offset", "size")}}),
                            "state": "waiting",
                            "attempts": 0,
                            "result": None,
                        }
                    )
            if not units:  # so that a resumed scan knows that it has been divided
                units.append(
                    {
                        "scan": self._scan,
                        "number": 0,
                        "kind": "walk",
                        "label": "no volume can be read",
                        "bytes": 0,
                        "spec": b"",
                        "state": "recorded",
                        "attempts": 0,
                        "result": None,
                    }
                )
            bulk(connection, schema.unit, units)
        return units

    def _store_walk(self, number: int, answer: Done | Quarantined) -> None:
        volume = answer.job.spec["volume"]["number"]  # type: ignore[index]
        where = and_(schema.volume.c.exhibit == self._number, schema.volume.c.number == volume)
        with self._case.transaction() as connection:
            if isinstance(answer, Quarantined):
                connection.execute(update(schema.volume).where(where).values(state="damaged", reason=answer.reason))
                self._quarantine(connection, answer, f"volume {volume}", 0, None, logical=True)
                self._set_unit(connection, number, "quarantined", answer.attempts)
                return
            facts: dict[str, Any] = {}
            first = connection.execute(select(func.coalesce(func.max(schema.entry.c.id), 0))).scalar_one()
            for part in answer.parts:
                entries: Any = part.get("entries")
                if entries is None:
                    facts = dict(part)
                    continue
                rows = [entry_row(first + 1 + n, self._number, each) for n, each in enumerate(entries)]
                first += len(rows)
                bulk(connection, schema.entry, rows)
            connection.execute(
                update(schema.volume)
                .where(where)
                .values(
                    state="read",
                    file_system=facts["file_system"],
                    block_size=facts["block_size"],
                    reason="; ".join(facts["caveats"]),
                )
            )
            connection.execute(
                insert(schema.region).values(
                    exhibit=self._number,
                    volume=volume,
                    kind="free",
                    bytes=sum(length for _, length in facts["unallocated"]),
                    runs_json=packed(facts["unallocated"]),
                )
            )
            self._set_unit(connection, number, "recorded", 1)

    # --- planning

    def _plan(self) -> None:
        volumes = []
        for row in self._case.rows(
            select(schema.volume).where(schema.volume.c.exhibit == self._number).order_by(schema.volume.c.number)
        ):
            free = self._case.one(
                select(schema.region.c.runs_json).where(
                    schema.region.c.exhibit == self._number,
                    schema.region.c.volume == row["number"],
                    schema.region.c.kind == "free",
                )
            )
            runs = tuple(ByteRun(*run) for run in json.loads(free["runs_json"])) if free else ()
            kind = row["file_system"] if row["state"] == "read" else ""
            volumes.append(PlannedVolume(row["number"], row["offset"], row["size"], kind, runs))
        entries = [PlannedEntry(row["id"], _entry(row)) for row in self._entry_rows()]
        plan = make_plan(self._exhibit["size"], volumes, entries, names_of(detectors()))
        self._store_plan(plan)

    def _store_plan(self, plan: Plan) -> None:
        places = {
            row["number"]: {key: row[key] for key in ("number", "offset", "size")}
            for row in self._case.rows(select(schema.volume).where(schema.volume.c.exhibit == self._number))
        }
        first = self._case.count(schema.unit, schema.unit.c.scan == self._scan)
        with self._case.transaction() as connection:
            rows = []
            for number, unit in enumerate(plan.units, first):
                spec = dict(unit.spec)
                if unit.verb == "logical":
                    spec["place"] = places[spec["volume"]]
                rows.append(
                    {
                        "scan": self._scan,
                        "number": number,
                        "kind": unit.verb,
                        "label": unit.label,
                        "bytes": unit.bytes,
                        "spec": _pack(spec),
                        "state": "waiting",
                        "attempts": 0,
                        "result": None,
                    }
                )
            bulk(connection, schema.unit, rows)
            connection.execute(
                delete(schema.region).where(schema.region.c.exhibit == self._number, schema.region.c.kind == "free")
            )
            bulk(
                connection,
                schema.region,
                [
                    {
                        "exhibit": self._number,
                        "volume": volume,
                        "kind": kind,
                        "bytes": sum(run.length for run in runs),
                        "runs_json": packed([[run.offset, run.length] for run in runs]),
                    }
                    for (volume, kind), runs in sorted(plan.regions.items())
                ],
            )
            for entry, lost in sorted(plan.overwritten.items()):
                caveats = json.loads(
                    connection.execute(
                        select(schema.entry.c.caveats_json).where(schema.entry.c.id == entry)
                    ).scalar_one()
                )
                caveats.append(f"{lost:,} bytes of its place are held by other entries now")
                connection.execute(
                    update(schema.entry).where(schema.entry.c.id == entry).values(caveats_json=packed(caveats))
                )
            wanted = {name: EMPTY[name] for name in ("sha256", *self._options.digests)}
            connection.execute(
                update(schema.entry)
                .where(
                    schema.entry.c.exhibit == self._number,
                    schema.entry.c.size == 0,
                    schema.entry.c.kind == EntryKind.FILE.value,
                    schema.entry.c.storage != Storage.NONE.value,
                )
                .values(**wanted)
            )

    # --- sweeping

    def _sweep(self) -> None:
        planned = schema.unit.c.kind.in_(("sweep", "logical"))
        mine = schema.unit.c.scan == self._scan
        if not self._case.count(schema.unit, mine, planned):
            self._stage("plan", 0, 0)
            self._plan()
        states = list(
            self._case.rows(
                select(schema.unit.c.number, schema.unit.c.state, schema.unit.c.bytes, schema.unit.c.kind)
                .where(mine, planned)
                .order_by(schema.unit.c.number)
            )
        )
        self._stage("sweep", len(states), sum(row["bytes"] for row in states))
        self._progress.findings = self._counts()
        for row in states:
            if row["state"] != "waiting":
                self._progress.done += 1
                self._progress.bytes_done += row["bytes"]
        ready = {row["number"] for row in states if row["state"] in ("done", "quarantined")}
        order = [row["number"] for row in states if row["state"] != "recorded"]
        position = 0
        swept_from = time.monotonic()
        bytes_from = self._progress.bytes_done

        def drain() -> None:
            nonlocal position
            batch: list[int] = []
            while position < len(order) and order[position] in ready:
                batch.append(order[position])
                position += 1
            if batch:
                self._record_units(batch)

        drain()
        for answer in self._run(self._jobs(row["number"] for row in states if row["state"] == "waiting")):
            self._store_answer(answer)
            ready.add(answer.job.number)
            self._progress.done += 1
            self._progress.bytes_done += _bytes_of(answer.job)
            self._progress.label = answer.job.label
            self._estimate(swept_from, bytes_from)
            drain()
            self._tell()
        drain()
        self._stop_if_asked()

    def _jobs(self, numbers: Iterator[int]) -> Iterator[Job]:
        for number in numbers:
            if self._cancel.is_set():
                return
            row = self._case.one(
                select(schema.unit).where(schema.unit.c.scan == self._scan, schema.unit.c.number == number)
            )
            assert row is not None
            yield self._job(row, 60 + row["bytes"] / 1e6)

    def _job(self, row: Mapping[str, Any], seconds: float) -> Job:
        spec = {"exhibit": self._number, "unit_bytes": row["bytes"], **_unpack(row["spec"])}
        return Job(row["number"], row["kind"], spec, row["label"], Limits(wall_seconds=seconds * self._options.slow))

    def _run(self, jobs: Iterator[Job] | Sequence[Job]) -> Iterator[Done | Quarantined]:
        assert self._supervisor is not None
        yield from self._supervisor.run(jobs, cancel=self._cancel, on_state=self._states)

    def _store_answer(self, answer: Done | Quarantined) -> None:
        """Keep the answer until its turn to be recorded comes."""
        with self._case.transaction() as connection:
            if isinstance(answer, Done):
                self._set_unit(connection, answer.job.number, "done", 1, _pack(list(answer.parts)))
                return
            spec = answer.job.spec
            sweep = answer.job.verb == "sweep"
            size = int(spec["end"]) - int(spec["start"]) if sweep else 0  # type: ignore[call-overload]
            offset = int(spec["start"]) if sweep else None  # type: ignore[call-overload]
            self._quarantine(connection, answer, answer.job.label, size, offset, logical=not sweep)
            self._set_unit(connection, answer.job.number, "quarantined", answer.attempts)

    def _quarantine(
        self,
        connection: Any,
        answer: Quarantined,
        place: str,
        size: int,
        offset: int | None,
        *,
        logical: bool,
    ) -> None:
        connection.execute(
            insert(schema.unexamined).values(
                exhibit=self._number,
                place=place,
                reason="quarantined",
                detail=f"{answer.reason} ({answer.cause}; limit {answer.limit or 'none'})",
                bytes=size,
                offset=offset,
                logical=logical,
                attempts=answer.attempts,
            )
        )
        self._progress.quarantined.append({"place": place, "reason": answer.reason})

    def _record_units(self, numbers: Sequence[int]) -> None:
        """Record answers in order: findings to the ledger, then everything to the case."""
        base = self._case.count(schema.finding, schema.finding.c.exhibit == self._number)
        with self._case.engine.connect() as connection:
            first = int(connection.execute(select(func.coalesce(func.max(schema.finding.c.id), 0))).scalar_one())
        records: list[dict[str, Any]] = []
        digests: list[Mapping[str, Any]] = []
        failures: list[Mapping[str, Any]] = []
        for row in self._case.rows(
            select(schema.unit.c.number, schema.unit.c.result)
            .where(
                schema.unit.c.scan == self._scan,
                schema.unit.c.number.between(numbers[0], numbers[-1]),
                schema.unit.c.result.is_not(None),
            )
            .order_by(schema.unit.c.number)
        ):
            for part in _unpack(row["result"]):
                digests += part.get("digests", ())
                failures += [part["failed"]] if "failed" in part else []
                for record in part.get("findings", ()):
                    if not (record.pop("open") and self._is_known(record, records)):
                        records.append(record)
        items = [finding_item(self._number, record) for record in records]
        if items:
            held = self._ledger_size()
            if held == base:
                self._ledger.append_items(self._findings_scan, items)
            elif held != base + len(items):
                raise CaseError(f"the ledger holds {held:,} findings of this scan, the case {base:,}; rebuild the case")
        with self._case.transaction() as connection:
            rows = [finding_row(first + 1 + n, base + n, self._number, record) for n, record in enumerate(records)]
            bulk(connection, schema.finding, rows)
            events = [
                event
                for n, record in enumerate(records)
                for event in finding_events(first + 1 + n, self._number, record)
            ]
            bulk(connection, schema.event, events)
            if digests:
                names = ("sha256", *self._options.digests)
                assignments = ", ".join(f"{name}=?" for name in names)
                connection.exec_driver_sql(
                    f"UPDATE entry SET {assignments} WHERE id=?",  # noqa: S608 - names of columns
                    [(*(each[name] for name in names), each["entry"]) for each in digests],
                )
            for failed in failures:
                connection.execute(
                    insert(schema.unexamined).values(
                        exhibit=self._number,
                        place=failed["path"],
                        reason="unreadable entry",
                        detail=failed["reason"],
                        bytes=0,
                        offset=None,
                        logical=True,
                        attempts=1,
                    )
                )
            connection.execute(
                update(schema.unit)
                .where(schema.unit.c.scan == self._scan, schema.unit.c.number.between(numbers[0], numbers[-1]))
                .values(state="recorded", result=None, spec=b"")
            )
        for record in records:
            family = record["kind"].partition("/")[0]
            self._progress.findings[family] = self._progress.findings.get(family, 0) + 1

    def _ledger_size(self) -> int:
        from forensics.custody.store import LedgerReader  # noqa: PLC0415

        with LedgerReader.open(self._case.folder) as reader:
            return reader.scan(self._findings_scan).size

    def _is_known(self, record: Mapping[str, Any], fresh: Sequence[Mapping[str, Any]]) -> bool:
        """Whether a finding that reaches over the edge of its unit was recorded by another unit."""
        keys = ("kind", "locator", "span", "value", "runs")
        if any(all(each[key] == record[key] for key in keys) for each in fresh):
            return True
        table = schema.finding.c
        return bool(
            self._case.count(
                schema.finding,
                table.exhibit == self._number,
                table.kind == record["kind"],
                table.locator == record["locator"],
                table.span_offset == record["span"][0],
                table.span_length == record["span"][1],
                table.runs_json == packed(record["runs"]),
            )
        )

    # --- recording

    def _record(self) -> None:
        total = self._case.count(schema.entry, schema.entry.c.exhibit == self._number)
        self._stage("record", total, 0)
        from forensics.custody.store import LedgerReader  # noqa: PLC0415

        with LedgerReader.open(self._case.folder) as reader:
            held = reader.scan(self._scan).size
        index = 0
        for batch in chunks(self._entry_rows(), ITEMS):
            if index >= held:
                self._ledger.append_items(self._scan, [entry_item(row) for row in batch])
            index += len(batch)
            self._progress.done = index
            self._tell()
        with self._case.transaction() as connection:
            connection.execute(
                delete(schema.event).where(schema.event.c.exhibit == self._number, schema.event.c.finding.is_(None))
            )
            for batch in chunks(self._entry_rows(), ITEMS):
                bulk(connection, schema.event, [event for row in batch for event in entry_events(row)])
            connection.exec_driver_sql(
                "UPDATE entry SET item = id - (SELECT min(id) FROM entry WHERE exhibit=?) WHERE exhibit=?",
                (self._number, self._number),
            )
            self._list_unexamined(connection)
        self._case.make_indexes()
        assert self._supervisor is not None
        summary = self._end_summary()
        self._ledger.close_scan(self._findings_scan, {"items_scan": self._scan})
        self._ledger.close_scan(self._scan, summary)
        with self._case.transaction() as connection:
            connection.execute(delete(schema.unit).where(schema.unit.c.scan == self._scan))
            connection.execute(
                update(schema.scan)
                .where(schema.scan.c.id == self._scan)
                .values(state="ended", ended_us=time.time_ns() // 1000)
            )

    def _end_summary(self) -> dict[str, Any]:
        """What the ledger must hold besides the items, so that the case can be rebuilt from it."""
        strip = ("exhibit",)
        tables: dict[str, Any] = {
            "volumes": schema.volume,
            "regions": schema.region,
            "unexamined": schema.unexamined,
        }
        summary: dict[str, Any] = {
            name: [
                {key: value for key, value in row.items() if key not in strip}
                for row in self._case.rows(select(table).where(table.c.exhibit == self._number))
            ]
            for name, table in tables.items()
        }
        summary["findings_scan"] = self._findings_scan
        summary["confinement"] = self._supervisor.confinement if self._supervisor else ""
        summary["evidence_unchanged"] = True
        return summary

    def _list_unexamined(self, connection: Any) -> None:
        rows: list[dict[str, Any]] = []
        for volume in connection.execute(
            select(schema.volume).where(schema.volume.c.exhibit == self._number)
        ).mappings():
            if volume["state"] == "read":
                continue
            rows.append(
                {
                    "place": f"volume {volume['number']} ({volume['type_text']})",
                    "reason": {"encrypted": "encrypted", "damaged": "damaged file system"}.get(
                        volume["state"], "unknown file system"
                    ),
                    "detail": f"{volume['reason']}; its raw bytes were searched",
                    "bytes": volume["size"],
                    "offset": volume["offset"],
                }
            )
        for offset, length in json.loads(self._exhibit["bad_runs_json"]):
            rows.append(
                {
                    "place": f"image bytes {offset:,} to {offset + length:,}",
                    "reason": "unreadable",
                    "detail": "the container or medium does not give these bytes up; they read as zeros",
                    "bytes": length,
                    "offset": offset,
                }
            )
        connection.execute(
            delete(schema.unexamined).where(
                schema.unexamined.c.exhibit == self._number,
                schema.unexamined.c.reason.not_in(("quarantined", "unreadable entry")),
            )
        )
        bulk(
            connection,
            schema.unexamined,
            [{"exhibit": self._number, **row, "logical": False, "attempts": 1} for row in rows],
        )

    # --- small things

    def _entry_rows(self) -> Iterator[dict[str, Any]]:
        return self._case.rows(
            select(schema.entry).where(schema.entry.c.exhibit == self._number).order_by(schema.entry.c.id)
        )

    def _unit_rows(self, kind: str) -> Any:
        return (
            select(schema.unit)
            .where(schema.unit.c.scan == self._scan, schema.unit.c.kind == kind)
            .order_by(schema.unit.c.number)
        )

    def _set_unit(self, connection: Any, number: int, state: str, attempts: int, result: bytes | None = None) -> None:
        connection.execute(
            update(schema.unit)
            .where(schema.unit.c.scan == self._scan, schema.unit.c.number == number)
            .values(state=state, attempts=attempts, result=result)
        )

    def _counts(self) -> dict[str, int]:
        family = func.substr(schema.finding.c.kind, 1, func.instr(schema.finding.c.kind, "/") - 1)
        return {
            row["family"]: row["n"]
            for row in self._case.rows(
                select(family.label("family"), func.count().label("n"))
                .where(schema.finding.c.exhibit == self._number)
                .group_by(family)
            )
        }

    def _stage(self, stage: str, total: int, total_bytes: int) -> None:
        kept = self._progress
        self._progress = Progress(
            "examine",
            stage,
            total=total,
            bytes_total=total_bytes,
            findings=kept.findings,
            quarantined=kept.quarantined,
        )
        self._tell()

    def _estimate(self, since: float, bytes_then: int) -> None:
        spent = time.monotonic() - since
        done = self._progress.bytes_done - bytes_then
        if spent > 2 and done > 0:
            left = (self._progress.bytes_total - self._progress.bytes_done) * spent / done
            self._progress.left = (round(left * 0.8, 1), round(left * 1.5, 1))

    def _states(self, states: list[WorkerState]) -> None:
        self._progress.workers = [{"number": each.worker, "label": each.label} for each in states]
        self._tell()

    def _tell(self) -> None:
        self._progress.elapsed = round(time.monotonic() - self._began, 3)
        self._report(self._progress)

    def _stop_if_asked(self) -> None:
        if self._cancel.is_set():
            raise Cancelled


def unexamined_bytes(case: Case, exhibit: str) -> int:
    """Bytes of the image that could not be examined, each counted once."""
    ranges = sorted(
        (row["offset"], row["offset"] + row["bytes"])
        for row in case.rows(
            select(schema.unexamined.c.offset, schema.unexamined.c.bytes).where(
                schema.unexamined.c.exhibit == exhibit,
                schema.unexamined.c.logical.is_(False),
                schema.unexamined.c.offset.is_not(None),
            )
        )
    )
    total = 0
    reach = 0
    for start, end in ranges:
        if end > reach:
            total += end - max(start, reach)
            reach = end
    return total


def _state(reason: str) -> str:
    return "encrypted" if "encrypted" in reason else "unknown"


def _pack(value: Any) -> bytes:
    packed_: bytes = msgpack.packb(value, use_bin_type=True)
    return zlib.compress(packed_, 1)


def _unpack(blob: bytes) -> Any:
    return msgpack.unpackb(zlib.decompress(blob), raw=False, strict_map_key=False) if blob else {}


def _bytes_of(job: Job) -> int:
    return int(job.spec["unit_bytes"])  # type: ignore[call-overload, no-any-return]


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
        runs=tuple(ByteRun(*run) for run in json.loads(row["runs_json"])),
        slack=tuple(ByteRun(*run) for run in json.loads(row["slack_json"])),
    )

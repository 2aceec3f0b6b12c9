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

import contextlib
import gc
import itertools
import json
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, cast

from forensics.authority.verdict import Judge
from forensics.case import authority, schema
from forensics.case.accounting import refused, unexamined_by_exhibit
from forensics.case.authority import Held
from forensics.case.evidence import check_unchanged, evidence_files, evidence_setup
from forensics.case.projection import entry_item, finding_item, times_of
from forensics.case.scan import Refusal, Scan
from forensics.case.store import Case
from forensics.case.vault import volume_keys
from forensics.commands import watch_lists
from forensics.commands.careful import WIDER, Outcome, carefully
from forensics.commands.hash_sets import apply as apply_hash_sets
from forensics.commands.progress import Progress, Report, silent
from forensics.confinement.jobs import Done, EvidenceFile, Job, JobFailed, Limits, Quarantined, WorkerState
from forensics.confinement.sealing import unseal
from forensics.confinement.supervisor import Supervisor
from forensics.custody.ballast import is_full
from forensics.custody.client import LedgerClient
from forensics.custody.store import LedgerReader
from forensics.errors import CaseError, EvidenceError, StorageFull, UsageError
from forensics.sweep.names import named_by
from forensics.sweep.plan import make_plan

_SELDOM = (50_000, 20, 100)  # new objects, and collections of the younger, before each generation is looked through
TOGETHER = 16  # answers of units in memory, and recorded at once
SCRATCH = "plan.tmp"  # in the case's folder, while a plan is made
UNCHANGED = "device, inode, size, modification and change time equal while examining"


@dataclass(frozen=True, slots=True)
class Options:
    """How to examine. `digests` names what every stream gets besides SHA-256."""

    workers: int = 2
    profile: str = "full"
    digests: tuple[str, ...] = ()
    engine: str | None = None
    seconds: float = 60.0  # that a piece of work may take, besides what its size needs
    wider: float = WIDER  # times as long in the slow lane


@dataclass(frozen=True, slots=True)
class Summary:
    """What an examination came to."""

    scan: str
    entries: int
    findings: int
    quarantined: int
    unexamined_bytes: int
    cancelled: bool


@contextlib.contextmanager
def _circles_seldom_sought() -> Iterator[None]:
    """Look for circles of objects less often: a plan holds millions of objects and none of them is in a circle."""
    before = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


class Cancelled(Exception):
    """The examiner asked to stop; what is done is kept."""


class Examination:
    """One scan of one exhibit, new or taken up again. `run` does the work, once."""

    _supervisor: Supervisor
    _scan: Scan
    _watched: list[dict[str, Any]]  # the watch-lists in use
    _authority: Held | None

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
        """Prepare."""
        self._case = case
        self._ledger = ledger
        self._exhibit = case.exhibit(exhibit)
        self._number = exhibit
        self._options = options
        self._report = report
        self._cancel = cancel or threading.Event()
        self._began = time.monotonic()
        self._progress = Progress("examine", "start")

    def run(self) -> Summary:
        """Examine, or go on where the last examination of this exhibit stopped.

        Raises:
            EvidenceError: the evidence is not what was registered, or was changed meanwhile.
            CaseError: this exhibit has been examined already.
            StorageFull: the disk is full; the scans are interrupted and can be taken up again.
        """
        with _circles_seldom_sought():
            try:
                return self._run_through()
            except (StorageFull, OSError) as error:
                if not is_full(error):
                    raise  # something else, or the ledger met it and has closed the record
                raise StorageFull(self._ledger.storage_full("the case database")) from error

    def _run_through(self) -> Summary:
        check_unchanged(self._exhibit)
        known = Scan.latest(self._case, self._number)
        self._watched = watch_lists.stated(watch_lists.lists(self._case))
        self._authority = next(reversed(authority.versions(self._case)), None)
        if known is not None:
            self._take_up(known)
        self._allowed()
        with Supervisor(
            evidence=[EvidenceFile(*each) for each in evidence_files((self._exhibit,))],
            workers=self._options.workers,
            setup={
                **evidence_setup((self._exhibit,), self._case.secret_key, volume_keys(self._case)),
                "digests": ["sha256", *self._options.digests],
                "engine": self._options.engine,
                "watch": watch_lists.loaded(self._case, self._watched),
            },
        ) as self._supervisor:
            about = self._call("about", {}, "detectors", 60)
            if known is None:
                self._begin(about)
            try:
                self._walk()
                self._sweep(about)
            except Cancelled:
                self._interrupt()
                return self._summary(cancelled=True)
            for held in self._supervisor.evidence:
                if held.changed():
                    raise EvidenceError(str(held.file.path), "the file changed while it was examined")
            confinement = self._supervisor.confinement
        self._record(confinement)
        return self._summary(cancelled=False)

    # --- beginning and ending

    def _allowed(self) -> None:
        if self._authority is None:
            return
        scope = self._authority.scope
        if Judge(scope).exhibit(self._number).outside:
            raise UsageError(
                f"{self._number} is outside the authority {scope.id}: it names {', '.join(scope.exhibits)}"
            )
        if not scope.holds_at(datetime.now(UTC)):
            raise UsageError(f"the authority {scope.id} is not valid today; `impound scope set` enters another version")

    def _begin(self, about: Mapping[str, Any]) -> None:
        options = {"profile": self._options.profile, "digests": list(self._options.digests)}
        parsers = {**{name: about[name] for name in ("detectors", "decoders")}, "options": options}
        if self._watched:
            parsers["watchlists"] = self._watched
        if self._authority is not None:
            parsers["scope"] = self._authority.stated
        ids = tuple(self._ledger.open_scan(self._number, parsers, kind=kind) for kind in ("item", "finding"))
        self._scan = Scan.begin(self._case, self._number, (ids[0], ids[1]), parsers)

    def _take_up(self, scan: Scan) -> None:
        if scan.state == "ended":
            raise CaseError(f"{self._number} has been examined already (scan {scan.id})")
        self._scan = scan
        self._watched = scan.parsers.get("watchlists", [])
        number = scan.parsers.get("scope", {}).get("version")  # begun under one version, ended under it
        self._authority = next((each for each in authority.versions(self._case) if each.version == number), None)
        options = scan.parsers["options"]
        self._options = replace(self._options, profile=options["profile"], digests=tuple(options["digests"]))
        with LedgerReader.open(self._case.folder) as reader:
            states = {each.id: each.state for each in reader.scans()}
        for each in (scan.id, scan.findings_id):
            if states.get(each) == "interrupted":
                self._ledger.resume_scan(each)

    def _interrupt(self) -> None:
        for each in (self._scan.id, self._scan.findings_id):
            self._ledger.interrupt_scan(each, "stopped by the examiner")
        self._scan.set_state("interrupted")

    def _summary(self, *, cancelled: bool) -> Summary:
        with self._case.engine.connect() as connection:
            lost = unexamined_by_exhibit(connection)[self._number]
        return Summary(
            scan=self._scan.id,
            entries=self._case.count(schema.entry, schema.entry.c.exhibit == self._number),
            findings=self._case.count(schema.finding, schema.finding.c.exhibit == self._number),
            quarantined=refused(self._case, self._number),
            unexamined_bytes=lost,
            cancelled=cancelled,
        )

    # --- walking

    def _call(self, verb: str, spec: Mapping[str, Any], label: str, seconds: float) -> Mapping[str, Any]:
        job = Job(0, verb, {"exhibit": self._number, **spec}, label, Limits(wall_seconds=seconds))
        (part,) = self._supervisor.call(job).parts
        return part

    def _walk(self) -> None:
        if not self._scan.units("walk"):
            self._stage("walk", 0, 0)
            try:
                table = self._call("divide", {}, "the partition table", 120)
            except JobFailed as error:
                table = {"kind": "none", "volumes": [], "caveats": [error.quarantined.reason]}
            self._scan.divide(table)
        units = self._scan.units("walk")
        waiting = [row for row in units if row["state"] == "waiting"]
        self._stage("walk", len(units), self._exhibit["size"])
        self._progress.done = len(units) - len(waiting)
        answers: dict[int, Done | Quarantined] = {}
        order = [row["number"] for row in waiting]
        for answer in self._run(self._walk_job(row) for row in waiting):
            answers[answer.job.number] = answer
            while order and isinstance(answers.get(order[0]), Done):
                self._store_walk(answers.pop(order.pop(0)))
            self._progress.done += 1
            self._tell()
        self._stop_if_asked()
        for number in order:
            self._store_walk(answers[number])

    def _walk_job(self, row: Mapping[str, Any]) -> Job:
        """A walk lasts by the size of its volume, while some hundreds of entries take a moment on any medium."""
        limits = Limits(
            wall_seconds=self._options.seconds + row["bytes"] / 10e6,
            silent_seconds=self._options.seconds + row["bytes"] / 1e9,
        )
        return replace(self._job(row, limits), patient=False)

    def _store_walk(self, answer: Done | Quarantined) -> None:
        number, place = answer.job.number, cast("dict[str, Any]", answer.job.spec["volume"])
        outcome = Outcome(answer) if isinstance(answer, Done) else self._carefully(answer)
        if isinstance(outcome.answer, Quarantined):
            self._quarantine(outcome.answer, volume=place["number"])
            return
        *batches, facts = outcome.answer.parts
        if "unopened" in facts:
            self._scan.unopened(number, place["number"], str(facts["unopened"]))
            return
        left_out = self._left_out(outcome)
        self._scan.store_walk(number, place["number"], (unseal(each["sealed"]) for each in batches), facts, left_out)

    def _carefully(self, failed: Quarantined) -> Outcome:
        """Once more, step by step and with wider limits."""
        self._progress.label = f"{failed.job.label}, step by step"
        self._tell()
        self._stop_if_asked()

        def ask(job: Job) -> Done | Quarantined:
            for answer in self._run([job]):
                return answer
            raise Cancelled

        return carefully(ask, failed, self._options.wider)

    def _left_out(self, outcome: Outcome) -> list[Refusal]:
        """What is listed of the steps that a parser did not survive."""
        listed = [self._refusal(each, "this step was left out") for each in outcome.left_out]
        if outcome.cut:
            listed[-1] = self._refusal(outcome.left_out[-1], "the work was ended here, the rest was left out")
        for refusal, each in zip(listed, outcome.left_out, strict=True):
            tried = (refusal.parser, refusal.limit and f"limit {refusal.limit}", f"{each.attempts} attempts")
            reason = f"{each.reason} ({', '.join(filter(None, tried))})"
            self._progress.quarantined.append({"place": refusal.place, "reason": reason})
        return listed

    @staticmethod
    def _refusal(answer: Quarantined, how: str) -> Refusal:
        step = answer.step
        return Refusal(
            f"{answer.job.label}, {step.name}"
            + (f" ({step.path})" if step.path and step.path not in step.name else ""),
            "quarantined",
            f"{answer.reason}; {how}, its bytes were searched all the same",
            offset=step.offset,
            attempts=answer.attempts,
            parser=step.parser,
            limit=answer.limit,
            path=step.path,
        )

    # --- sweeping

    def _sweep(self, about: Mapping[str, Any]) -> None:
        units = self._scan.units("sweep", "logical")
        if not units:
            self._stage("plan", 0, 0)
            volumes = self._scan.volumes()
            named = named_by([(index, glob) for index, glob in about["names"]])
            scratch = self._case.folder / SCRATCH
            judge = None if self._authority is None else Judge(self._authority.scope)
            entries = self._scan.planned_entries(*([] if judge is None else [authority.rules(judge)]))
            loose = "free_space" if judge is not None and not judge.scope.free_space else ""
            with make_plan(self._exhibit["size"], volumes, entries, named, scratch, loose) as plan:
                self._scan.store_plan(plan)
            units = self._scan.units("sweep", "logical")
        self._stage("sweep", len(units), sum(row["bytes"] for row in units))
        self._progress.findings = self._scan.families()
        waiting = [row for row in units if row["state"] == "waiting"]
        self._progress.done = len(units) - len(waiting)
        self._progress.bytes_done = self._progress.bytes_total - sum(row["bytes"] for row in waiting)
        ready = {row["number"] for row in units if row["state"] in ("done", "quarantined")}
        slow = {row["number"]: row["attempts"] for row in units if row["state"] == "slow"}
        order = [row["number"] for row in units if row["state"] not in ("recorded", "slow")]
        with LedgerReader.open(self._case.folder) as reader:
            held = reader.scan(self._scan.findings_id).size
        held = self._record_ready(order, ready, held, {})
        at_hand: dict[int, Sequence[Mapping[str, Any]]] = {}
        began, done_before = time.monotonic(), self._progress.bytes_done
        sizes = {row["number"]: row["bytes"] for row in waiting}
        for answer in self._run(self._sweep_job(row) for row in waiting):
            number = answer.job.number
            if isinstance(answer, Quarantined):
                self._scan.postpone(number, answer.attempts)
                order.remove(number)
                slow[number] = answer.attempts
            else:
                if number != order[0]:  # another's turn comes first
                    self._scan.keep(number, answer.parts)
                if number == order[0] or len(at_hand) < TOGETHER:
                    at_hand[number] = answer.parts
                ready.add(number)
                self._progress.done += 1
                self._progress.bytes_done += sizes[number]
            self._progress.label = answer.job.label
            self._estimate(time.monotonic() - began, self._progress.bytes_done - done_before)
            held = self._record_ready(order, ready, held, at_hand)
            self._tell()
        self._stop_if_asked()
        rows = {row["number"]: row for row in units}
        for number in sorted(slow):
            held = self._sweep_slowly(self._sweep_job(rows[number]), slow[number], held)
            self._progress.done += 1
            self._progress.bytes_done += rows[number]["bytes"]
            self._tell()

    def _sweep_slowly(self, job: Job, attempts: int, held: int) -> int:
        """What was not answered in time comes last, alone; `held` as for `_record_ready`."""
        outcome = self._carefully(Quarantined(job, "no answer at the usual limits", "hung", None, "", attempts))
        if isinstance(outcome.answer, Quarantined):
            self._quarantine(outcome.answer)
            return held
        return self._record_ready(
            [job.number], {job.number}, held, {job.number: outcome.answer.parts}, self._left_out(outcome)
        )

    def _record_ready(
        self,
        order: list[int],
        ready: set[int],
        held: int,
        at_hand: dict[int, Sequence[Mapping[str, Any]]],
        left_out: Sequence[Refusal] = (),
    ) -> int:
        """Record the answers whose turn has come; `held` findings are in the ledger, returns how many are now."""
        while order and order[0] in ready:
            numbers = list(itertools.takewhile(ready.__contains__, order[:TOGETHER]))
            del order[: len(numbers)]
            held = self._record_units(numbers, held, at_hand, left_out)
        return held

    def _record_units(
        self,
        numbers: Sequence[int],
        held: int,
        at_hand: dict[int, Sequence[Mapping[str, Any]]],
        left_out: Sequence[Refusal],
    ) -> int:
        answers = self._scan.collect(numbers, at_hand)
        for number in numbers:
            at_hand.pop(number, None)
        items = [finding_item(self._number, record) for record in answers.records]
        entered = held - answers.first  # by a program that ended between the ledger and the case
        if not 0 <= entered <= len(items):
            raise CaseError(
                f"the ledger holds {held:,} findings of this scan, the case {answers.first:,}; rebuild the case"
            )
        if entered < len(items):
            held = self._ledger.append_items(self._scan.findings_id, items[entered:])
        self._scan.record(answers, left_out)
        for record in answers.records:
            family = record["kind"].partition("/")[0]
            self._progress.findings[family] = self._progress.findings.get(family, 0) + 1
        return held

    def _job(self, row: Mapping[str, Any], limits: Limits) -> Job:
        spec = {"exhibit": self._number, **self._scan.spec(row["number"])}
        return Job(row["number"], row["kind"], spec, row["label"], limits)

    def _sweep_job(self, row: Mapping[str, Any]) -> Job:
        return self._job(row, Limits(wall_seconds=self._options.seconds + row["bytes"] / 1e6))

    def _run(self, jobs: Iterable[Job]) -> Iterator[Done | Quarantined]:
        yield from self._supervisor.run(jobs, cancel=self._cancel, on_state=self._states)

    def _quarantine(self, answer: Quarantined, volume: int | None = None) -> None:
        spec: Any = answer.job.spec
        sweep = answer.job.verb == "sweep"
        refusal = Refusal(
            answer.job.label,
            "quarantined",
            f"{answer.reason} ({answer.cause}; limit {answer.limit or 'none'})",
            spec["end"] - spec["start"] if sweep else 0,
            spec["start"] if sweep else None,
            logical=not sweep,
            attempts=answer.attempts,
            parser=answer.step.parser,
            limit=answer.limit,
            path=answer.step.path,
        )
        self._scan.quarantine(answer.job.number, refusal, volume)
        self._progress.quarantined.append({"place": refusal.place, "reason": answer.reason})

    # --- recording

    def _record(self, confinement: str) -> None:
        self._stage("record", self._case.count(schema.entry, schema.entry.c.exhibit == self._number), 0)
        with LedgerReader.open(self._case.folder) as reader:
            held = reader.scan(self._scan.id).size
            closed = {each.id for each in reader.scans() if each.state == "closed"}
        self._scan.forget_entry_events()
        for batch in self._scan.entries():
            items = [entry_item(row) for row in batch]
            if self._progress.done >= held:
                self._ledger.append_items(self._scan.id, items)
            self._scan.record_entries(self._progress.done, batch, map(times_of, items))
            self._progress.done += len(batch)
            self._tell()
        apply_hash_sets(self._case, self._ledger, self._scan)
        self._scan.list_unexamined(json.loads(self._exhibit["bad_runs_json"]))
        self._case.make_indexes()
        summary = {
            **self._scan.tables(),
            **self._scan.numbers(),
            "findings_scan": self._scan.findings_id,
            "confinement": confinement,
            "evidence": UNCHANGED,
        }
        for each, said in ((self._scan.findings_id, {"items_scan": self._scan.id}), (self._scan.id, summary)):
            if each not in closed:  # an end that was interrupted goes on
                self._ledger.close_scan(each, said)
        judge = authority.judge_of(self._case)
        self._scan.set_state("ended", lambda connection: authority.set_aside(connection, judge))

    # --- telling

    def _stage(self, stage: str, total: int, total_bytes: int) -> None:
        kept = self._progress
        self._progress = Progress("examine", stage, total=total, bytes_total=total_bytes)
        self._progress.findings, self._progress.quarantined = kept.findings, kept.quarantined
        self._tell()

    def _estimate(self, seconds: float, done: int) -> None:
        if seconds > 2 and done > 0:
            left = (self._progress.bytes_total - self._progress.bytes_done) * seconds / done
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

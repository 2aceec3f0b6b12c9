"""The case database made again from the ledger.

Everything that the database shows was entered in the ledger first; this is the way back. What the ledger does
not hold is left out and said: the work list of an examination that had not ended (its exhibit is examined
anew), and, where the key of the fingerprints of secrets was lost, the comparability of old and new ones.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update

from forensics.case import hash_sets, schema
from forensics.case.authority import ENTERED, judge_of, keep, set_aside
from forensics.case.later import item_of
from forensics.case.projection import (
    EVENT,
    entry_events,
    entry_row_of,
    exhibit_row,
    finding_events,
    finding_record_of,
    finding_row,
)
from forensics.case.store import FILE, Case, bulk, bulk_values, packed, unpacked
from forensics.custody import keys
from forensics.custody.clock import read_clock
from forensics.custody.entry import time_text
from forensics.custody.lock import CaseLock, is_at_rest, locked
from forensics.custody.store import Entry, LedgerReader
from forensics.custody.verify import verify
from forensics.errors import CaseError, LedgerError

BATCH = 16_000
FINGERPRINT_KEY = "fingerprints.key"  # in `keys/`: the key of `Case.secret_key`, kept so that it outlives the database
SIDE_FILES = ("", "-wal", "-shm", "-journal")

Row = dict[str, Any]
Body = Mapping[str, Any]


@dataclass
class Rebuilt:
    """What a rebuilding came to; `left_out` is in words."""

    exhibits: int = 0
    entries: int = 0
    findings: int = 0
    tags: int = 0
    set_aside: str = ""
    left_out: list[str] = field(default_factory=list)


def keep_fingerprint_key(folder: Path, key: bytes) -> None:
    """Store the key of the fingerprints of secrets beside the other keys (mode 0600), once."""
    keys.write_once(folder / "keys" / FINGERPRINT_KEY, key.hex().encode() + b"\n", 0o600)


def rebuild(folder: Path) -> Rebuilt:
    """Make `case.db` again in `folder` from its `ledger.db`; a database that is there is set aside, never replaced.

    Raises:
        CaseLocked: a program is at work in the case.
        LedgerError: there is no ledger, or it does not hold.
    """
    if is_at_rest(folder):
        raise CaseError(locked(folder))
    if not (folder / "ledger.db").is_file():
        raise LedgerError(f"{folder}: there is no ledger here to rebuild a case from")
    lock = CaseLock(folder)
    try:
        report = verify(folder)
        if report.faults:
            raise LedgerError(f"{folder}: the ledger does not hold, nothing is rebuilt from it: {report.faults[0]}")
        return _rebuild(folder)
    finally:
        lock.release()


def _rebuild(folder: Path) -> Rebuilt:
    done = Rebuilt()
    fresh = f"{FILE}.{secrets.token_hex(4)}"
    try:
        with LedgerReader.open(folder) as reader:
            opening = next(reader.entries())
            body: Any = opening.body
            facts = {name: str(body[name]) for name in ("number", "title", "examiner", "agency", "authority")}
            facts.update(origin=reader.origin, protected=_protected(folder))
            with Case.create(folder, facts, file=fresh, secret_key=_fingerprint_key(folder, done)) as case:
                _Rebuilding(case, reader, done).run()
                case.make_indexes()
        done.set_aside = _set_aside(folder)
        (folder / fresh).rename(folder / FILE)
    finally:
        for suffix in SIDE_FILES:
            (folder / f"{fresh}{suffix}").unlink(missing_ok=True)
    keys.sync_folder(folder)
    return done


def _protected(folder: Path) -> str:
    try:
        return "yes" if keys.is_protected(folder / "keys" / "examiner.key") else "no"
    except LedgerError:
        return "unknown"


def _fingerprint_key(folder: Path, done: Rebuilt) -> str:
    """The key kept beside the others, or that of the old database, or a new one, which is said."""
    with suppress(OSError, ValueError):
        return bytes.fromhex((folder / "keys" / FINGERPRINT_KEY).read_text("ascii")).hex()
    with suppress(CaseError), Case.read(folder) as old:
        return old.fact("secret_key")
    done.left_out.append(
        "the key of the fingerprints of secrets is lost: secrets found from now on do not match those found before"
    )
    return secrets.token_hex(32)


def _set_aside(folder: Path) -> str:
    """Give a database that is there another name, with its side files; returns that name, empty where none was."""
    path = folder / FILE
    if not path.exists():
        return ""
    stamp = time_text(read_clock().time_us).replace(":", "").replace(".", "-")
    name = f"{FILE}.set-aside-{stamp}"
    for suffix in SIDE_FILES:
        old = folder / f"{FILE}{suffix}"
        if old.exists():
            old.rename(folder / f"{name}{suffix}")
    return name


@dataclass
class _Scan:
    """A scan of entries and its scan of findings, as the ledger tells of them."""

    exhibit: str
    started_us: int
    parsers: Any
    findings: str = ""
    summary: Any = None
    ended_us: int = 0


class _Rebuilding:
    """One pass over the ledger's entries, then over the items of each scan that ended."""

    def __init__(self, case: Case, reader: LedgerReader, done: Rebuilt) -> None:
        self._case, self._reader, self._done = case, reader, done
        self._scans: dict[str, _Scan] = {}
        self._later: dict[str, Any] = {}  # scans of findings after the examination, with the end of each
        self._next_entry = self._next_finding = 1
        self._tags: list[tuple[int, Row | tuple[int, str]]] = []
        self._verbs: dict[str, Callable[[Entry, Body], None]] = {
            "verify.end": self._exhibit,
            "exhibit.relocate": self._relocated,
            "scan.begin": self._begin,
            "scan.end": self._end,
            "hashset.add": self._hash_set,
            "hashset.remove": self._forget_hash_set,
            ENTERED: self._authority,
            "tag.add": self._tag,
            "tag.remove": self._untag,
        }

    def run(self) -> None:
        """Project everything."""
        for entry in self._reader.entries():
            verb = self._verbs.get(entry.type)
            if verb is not None and isinstance(entry.body, dict):
                verb(entry, entry.body)
        for scan_id, scan in sorted(self._scans.items(), key=lambda each: each[1].ended_us):
            if scan.summary is not None:
                self._project(scan_id, scan)
        trees = {each.id: each.tree for each in self._reader.scans()}
        for scan_id, summary in self._later.items():
            self._findings(scan_id, summary, item_of(trees[scan_id], 0))
        unended = [scan for scan in self._scans.values() if scan.summary is None]
        ended = {scan.exhibit for scan in self._scans.values() if scan.summary is not None}
        for exhibit in sorted({scan.exhibit for scan in unended} - ended):
            self._done.left_out.append(f"the examination of {exhibit} had not ended; examine it again")
        self._store_tags()
        self._mark()
        self._set_aside()

    def _exhibit(self, entry: Entry, body: Body) -> None:
        if "segments" not in body or entry.exhibit is None:
            return  # a later verification of the same exhibit, not its registration
        row = exhibit_row(entry.exhibit, entry.seq, body, entry.text.time_us)
        with self._case.transaction() as connection:
            connection.execute(insert(schema.exhibit).values(**row))
        self._done.exhibits += 1

    def _relocated(self, entry: Entry, body: Body) -> None:
        identity = [{key: int(value) for key, value in each.items()} for each in body["identity"]]
        table = schema.exhibit
        with self._case.transaction() as connection:
            connection.execute(
                update(table)
                .where(table.c.number == entry.exhibit)
                .values(segments_json=packed(body["segments"]), identity_json=packed(identity))
            )

    def _begin(self, entry: Entry, body: Body) -> None:
        if body["kind"] == "item":
            scan = _Scan(str(entry.exhibit), entry.text.time_us, body["parser_set"])
            self._scans[str(body["scan"])] = scan

    def _end(self, entry: Entry, body: Body) -> None:
        scan, summary = self._scans.get(str(body["scan"])), body.get("summary")
        if isinstance(summary, dict) and "later" in summary:
            self._later[str(body["scan"])] = summary
        if scan is not None and isinstance(summary, dict) and "findings_scan" in summary:
            scan.summary, scan.findings, scan.ended_us = summary, str(summary["findings_scan"]), entry.text.time_us

    def _project(self, scan_id: str, scan: _Scan) -> None:
        """Everything that one ended examination recorded."""
        with self._case.transaction() as connection:
            connection.execute(
                insert(schema.scan).values(
                    id=scan_id,
                    findings_scan=scan.findings,
                    exhibit=scan.exhibit,
                    state="ended",
                    profile=scan.parsers["options"]["profile"],
                    parsers_json=packed(scan.parsers),
                    started_us=scan.started_us,
                    ended_us=scan.ended_us,
                )
            )
            for name, table in (
                ("volumes", schema.volume),
                ("regions", schema.region),
                ("unexamined", schema.unexamined),
            ):
                # ids of `unexamined` are of no consequence beyond their order; those of two scans could meet
                rows = [{**each, "exhibit": scan.exhibit} for each in scan.summary[name]]
                for row in rows if table is schema.unexamined else ():
                    row.pop("id", None)
                bulk(connection, table, rows)
        self._findings(scan.findings, scan.summary)
        self._entries(scan_id, scan)

    def _numbers(self, ranges: Any, first: int) -> Iterator[int]:
        """The numbers that the items had, as the end of the scan tells; counted on from `first` where it does not."""
        number = first
        for start, count in ranges or ():
            yield from range(start, start + count)
            number = max(number, start + count)
        while True:
            yield number
            number += 1

    def _findings(self, scan_id: str, summary: Any, first: int = 0) -> None:
        """Findings of a scan, whose items are numbered from `first` on in the case."""
        numbers = self._numbers(summary.get("finding_numbers"), self._next_finding)
        batch: list[tuple[Row, list[tuple[Any, ...]]]] = []
        for item in self._reader.items(scan_id):
            number = next(numbers)
            self._next_finding = max(self._next_finding, number + 1)
            if not item.groups:
                continue  # expunged by order
            exhibit, record = finding_record_of(item.groups)
            row = finding_row(number, first + item.index, exhibit, record)
            batch.append((row, list(finding_events(number, exhibit, record))))
            if len(batch) == BATCH:
                self._store(schema.finding, batch)
                batch = []
        self._store(schema.finding, batch)
        self._done.findings = self._case.count(schema.finding)

    def _entries(self, scan_id: str, scan: _Scan) -> None:
        numbers = self._numbers(scan.summary.get("entry_numbers"), self._next_entry)
        batch: list[tuple[Row, list[tuple[Any, ...]]]] = []
        for item in self._reader.items(scan_id):
            number = next(numbers)
            self._next_entry = max(self._next_entry, number + 1)
            if not item.groups:
                continue
            row = entry_row_of(number, item.index, item.groups)
            batch.append((row, list(entry_events(row, unpacked(row["times_json"])))))
            if len(batch) == BATCH:
                self._store(schema.entry, batch)
                batch = []
        self._store(schema.entry, batch)
        self._done.entries = self._case.count(schema.entry)

    def _store(self, table: Any, batch: Sequence[tuple[Row, list[tuple[Any, ...]]]]) -> None:
        with self._case.transaction() as connection:
            bulk(connection, table, [row for row, _ in batch])
            bulk_values(connection, schema.event, EVENT, (event for _, events in batch for event in events))

    def _hash_set(self, entry: Entry, body: Body) -> None:
        row = hash_sets.set_row(int(body["number"]), entry.seq, entry.text.time_us, body)
        with self._case.transaction() as connection:
            connection.execute(insert(schema.hash_set).values(**row))

    def _forget_hash_set(self, _entry: Entry, body: Body) -> None:
        with self._case.transaction() as connection:
            hash_sets.forget(connection, int(body["number"]))

    def _mark(self) -> None:
        """Marks of entries anew, by the sets that are still there."""
        for row in hash_sets.sets(self._case):
            try:
                hash_sets.mark(self._case, row)
            except CaseError as error:
                self._done.left_out.append(f"marks of known entries: {error}")

    def _authority(self, entry: Entry, body: Body) -> None:
        keep(self._case, body, entry.seq)

    def _set_aside(self) -> None:
        """What the authority that holds leaves outside."""
        judge = judge_of(self._case)
        if judge is not None:
            with self._case.transaction() as connection:
                set_aside(connection, judge)

    def _tag(self, entry: Entry, body: Body) -> None:
        row = {
            "finding": int(str(body["finding"]).removeprefix("F")),
            "name": str(body["name"]),
            "actor": "",
            "added_us": entry.text.time_us,
            "seq": entry.seq,
        }
        self._tags.append((entry.seq, row))

    def _untag(self, entry: Entry, body: Body) -> None:
        self._tags.append((entry.seq, (int(str(body["finding"]).removeprefix("F")), str(body["name"]))))

    def _store_tags(self) -> None:
        """Tags in the order they were put on and taken off; of findings that were left out, none."""
        held: dict[tuple[int, str], Row] = {}
        for _, said in self._tags:
            if isinstance(said, tuple):
                held.pop(said, None)
            else:
                held.pop((said["finding"], said["name"]), None)
                held[said["finding"], said["name"]] = said
        known = {row["id"] for row in self._case.rows(select(schema.finding.c.id))}
        lost = sorted({f"F{number}" for number, _ in held if number not in known})
        if lost:
            self._done.left_out.append(f"tags of findings that had not been recorded to the end: {', '.join(lost)}")
        actor = self._case.fact("examiner")
        rows = [{**row, "actor": actor} for (number, _), row in held.items() if number in known]
        with self._case.transaction() as connection:
            bulk(connection, schema.tag, rows)
        self._done.tags = len(rows)

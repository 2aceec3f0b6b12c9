"""Adding and removing hash sets, and what an examination does with them."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from forensics.case import hash_sets, schema
from forensics.case.projection import finding_item
from forensics.case.scan import Scan
from forensics.case.store import Case
from forensics.custody.client import LedgerClient
from forensics.custody.store import LedgerReader
from forensics.digests.hash_sets import keep
from forensics.errors import CaseError, UsageError

ITEMS = 4_000  # findings in one call of the ledger


@dataclass(frozen=True, slots=True)
class Marked:
    """What a set came to in the exhibits that were examined: entries it knows, entries without such a digest."""

    row: dict[str, Any]
    skipped: int
    known: int
    without: int


def listed(case: Case) -> list[dict[str, Any]]:
    """The sets of the case by number, each with `entries`: how many it knows."""
    m = schema.hash_match.c
    query = select(m.hash_set, func.count().label("n")).group_by(m.hash_set)
    counts = {row["hash_set"]: row["n"] for row in case.rows(query)}
    return [{**row, "entries": counts.get(row["number"], 0)} for row in hash_sets.sets(case)]


def add(case: Case, ledger: LedgerClient, source: Path, name: str, purpose: str) -> Marked:
    """Keep a set in the case, enter it in the ledger, and mark the entries of exhibits that were examined.

    Raises:
        UsageError: no such file, no digest in it, or the name is taken.
    """
    if not source.is_file():
        raise UsageError(f"{source}: there is no such file")
    known = hash_sets.sets(case)
    if any(row["name"] == name for row in known):
        raise UsageError(f"the case has a hash set {name!r} already")
    folder = case.folder / hash_sets.FOLDER
    folder.mkdir(exist_ok=True)
    number = max((row["number"] for row in known), default=0) + 1
    fresh = folder / f"new-{secrets.token_hex(4)}"
    kept = keep(source, fresh)
    body = {
        "number": number,
        "name": name,
        "purpose": purpose,
        "algorithm": kept.algorithm,
        "count": kept.count,
        "source": source.name,
        "source_sha256": kept.source_sha256,
        "sha256": kept.sha256,
    }
    fresh.replace(folder / f"{number}.{kept.algorithm}")
    entry = ledger.append("hashset.add", body)
    row = hash_sets.set_row(number, entry.seq, time.time_ns() // 1000, body)
    with case.transaction() as connection:
        connection.execute(insert(schema.hash_set).values(**row))
    known_entries = without = 0
    ended = select(schema.scan.c.exhibit).where(schema.scan.c.state == "ended").order_by(schema.scan.c.exhibit)
    for each in list(case.rows(ended)):
        told = mark(case, ledger, row, each["exhibit"])
        known_entries, without = known_entries + told[0], without + told[1]
    return Marked(row, kept.skipped, known_entries, without)


def mark(case: Case, ledger: LedgerClient, row: dict[str, Any], exhibit: str) -> tuple[int, int]:
    """Mark an exhibit's entries and enter in the ledger how many there are."""
    known, without = hash_sets.mark(case, row, exhibit)
    ledger.append(
        "hashset.match",
        {"number": row["number"], "sha256": row["sha256"], "entries": known, "without_digest": without},
        exhibit=exhibit,
    )
    return known, without


def remove(case: Case, ledger: LedgerClient, name: str) -> None:
    """Take a set and its marks out of the case; findings that it made stay.

    Raises:
        UsageError: there is no such set.
    """
    row = next((each for each in hash_sets.sets(case) if each["name"] == name), None)
    if row is None:
        raise UsageError(f"the case has no hash set {name!r}")
    ledger.append("hashset.remove", {"number": row["number"], "name": name, "sha256": row["sha256"]})
    with case.transaction() as connection:
        hash_sets.forget(connection, row["number"])
    hash_sets.path_of(case, row).unlink(missing_ok=True)


def apply(case: Case, ledger: LedgerClient, scan: Scan) -> int:
    """At the end of a sweep: mark the exhibit's entries by every set, record findings of the notable ones.

    Safe to do again after an interruption. Returns how many findings were recorded now.
    """
    found = hash_sets.sets(case)
    if not found:
        return 0
    for row in found:
        mark(case, ledger, row, scan.exhibit)
    records = list(hash_sets.notable(case, scan.exhibit))
    f = schema.finding.c
    done = case.count(schema.finding, f.exhibit == scan.exhibit, f.kind == hash_sets.KIND)
    first = case.count(schema.finding, f.exhibit == scan.exhibit)
    with LedgerReader.open(case.folder) as reader:
        held = reader.scan(scan.findings_id).size
    records = records[done:]
    entered = held - first  # by a program that ended between the ledger and the case
    if not 0 <= entered <= len(records):
        raise CaseError(f"the ledger holds {held:,} findings of this scan, the case {first:,}; rebuild the case")
    for at in range(entered, len(records), ITEMS):
        ledger.append_items(
            scan.findings_id, [finding_item(scan.exhibit, each) for each in records[at : min(at + ITEMS, len(records))]]
        )
    hash_sets.record(case, scan.exhibit, first, records)
    return len(records)

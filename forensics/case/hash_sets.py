"""Hash sets of a case: their rows, which entries they know, and the findings of the notable ones.

The sets lie in `hashsets/` of the case folder; the ledger has their name, count and digests, and the number
of entries that matched. Look-ups are one pass over the digests of the entries, after the sweep.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, select

from forensics.case import schema
from forensics.case.authority import last_number
from forensics.case.projection import EVENT, finding_events, finding_row
from forensics.case.store import Case, bulk, bulk_values
from forensics.digests.hash_sets import file_sha256, held
from forensics.errors import CaseError
from forensics.model import Allocation, EntryKind, Grade, Sensitivity, Storage
from forensics.sweep.plan import steps_to

FOLDER = "hashsets"
NOTABLE, KNOWN = "notable", "known"
KIND = "hashset/notable"
DETECTOR = f"{KIND}@1"
TITLE = "File of a notable hash set"
BATCH = 16_000

Row = dict[str, Any]


def path_of(case: Case, row: Mapping[str, Any]) -> Path:
    """Where a set is kept."""
    return case.folder / FOLDER / f"{row['number']}.{row['algorithm']}"


def sets(case: Case) -> list[Row]:
    """The sets, by number."""
    return list(case.rows(select(schema.hash_set).order_by(schema.hash_set.c.number)))


def set_row(number: int, seq: int, added_us: int, body: Mapping[str, Any]) -> Row:
    """A row of `hash_set` from the body of its ledger entry."""
    names = ("name", "purpose", "algorithm", "count", "source", "source_sha256", "sha256")
    return {"number": number, **{name: body[name] for name in names}, "seq": seq, "added_us": added_us}


def forget(connection: Connection, number: int) -> None:
    """Take a set and its marks out of the case."""
    connection.execute(delete(schema.hash_match).where(schema.hash_match.c.hash_set == number))
    connection.execute(delete(schema.hash_set).where(schema.hash_set.c.number == number))


def whole(case: Case, row: Mapping[str, Any]) -> None:
    """Compare a kept set with its registration.

    Raises:
        CaseError: it is missing or was changed.
    """
    path = path_of(case, row)
    if not path.is_file():
        raise CaseError(f"{path}: the hash set {row['name']!r} is missing")
    if file_sha256(path) != row["sha256"]:
        raise CaseError(f"{path}: the hash set {row['name']!r} is not the one that was added")


def mark(case: Case, row: Mapping[str, Any], exhibit: str | None = None) -> tuple[int, int]:
    """Mark the entries that a set knows, anew; returns how many it knows, and how many have no such digest.

    Empty files and what is no file are left out.

    Raises:
        CaseError: as `whole`.
    """
    whole(case, row)
    e, m = schema.entry.c, schema.hash_match.c
    column = e[row["algorithm"]]
    condition = [e.size > 0, e.kind == EntryKind.FILE.value, *([e.exhibit == exhibit] if exhibit else ())]
    found = without = last = 0
    with case.transaction() as connection:
        of_these = select(e.id).where(*condition)
        connection.execute(delete(schema.hash_match).where(m.hash_set == row["number"], m.entry.in_(of_these)))
        while True:
            query = select(e.id, column.label("digest")).where(*condition, e.id > last).order_by(e.id).limit(BATCH)
            batch = connection.execute(query).all()
            if not batch:
                return found, without
            last = batch[-1].id
            asked = [each for each in batch if each.digest is not None]
            without += len(batch) - len(asked)
            if asked:
                answers = held(path_of(case, row), row["algorithm"], [each.digest for each in asked])
                known = [
                    {"entry": each.id, "hash_set": row["number"]}
                    for each, yes in zip(asked, answers.tolist(), strict=True)
                    if yes
                ]
                bulk(connection, schema.hash_match, known)
                found += len(known)


def notable(case: Case, exhibit: str) -> Iterator[Row]:
    """Finding records of an exhibit's entries that notable sets know, by entry and set.

    Entries without bytes of their own on the image are marked only: a finding names its bytes.
    """
    e, s, m, v = schema.entry.c, schema.hash_set.c, schema.hash_match.c, schema.volume.c
    facts = case.exhibit(exhibit)
    image = f"{facts['format']}:{Path(json.loads(facts['segments_json'])[0]['path']).name}"
    volumes = {each["number"]: each for each in case.rows(select(schema.volume).where(v.exhibit == exhibit))}
    query = (
        select(schema.entry, s.name.label("set_name"), s.algorithm, s.source_sha256)
        .join(schema.hash_match, m.entry == e.id)
        .join(schema.hash_set, m.hash_set == s.number)
        .where(e.exhibit == exhibit, s.purpose == NOTABLE, e.storage == Storage.PLAIN.value)
        .order_by(e.id, s.number)
    )
    for row in case.rows(query):
        runs = [run for run in json.loads(row["runs_json"]) if run[0] >= 0]
        if runs and sum(length for _, length in runs) == row["size"] and row["sha256"]:
            yield _record(row, runs, image, volumes[row["volume"]])


def _record(row: Mapping[str, Any], runs: list[list[int]], image: str, volume: Mapping[str, Any]) -> Row:
    steps = json.loads(volume["layout_json"]).get("steps", ())
    locator = " > ".join((image, *steps_to(row["volume"], volume["file_system"], row["path"], row["stream"], steps)))
    digest, set_name = row[row["algorithm"]], row["set_name"]
    allocation = Allocation.ALLOCATED if row["allocated"] else Allocation.NAME_DELETED
    fields = {"set": set_name, "algorithm": row["algorithm"], "size": row["size"], "set_sha256": row["source_sha256"]}
    return {
        "kind": KIND,
        "detector": DETECTOR,
        "grade": int(Grade.C4),
        "value": digest,
        "absent": None,
        "summary": f"{row['name']} is in {set_name}",
        "checks": [{"name": row["algorithm"], "outcome": "pass", "bits": 4 * len(digest)}],
        "fields": {name: {"value": value, "span": None} for name, value in fields.items()},
        "locator": locator,
        "span": [0, row["size"]],
        "runs": runs,
        "events": [],
        "links": [],
        "caveats": ["The file is the set's, byte for byte; what the set stands for is its publisher's word."],
        "sensitivity": Sensitivity.NORMAL.value,
        "fingerprint": None,
        "entry": row["id"],
        "path": row["path"],
        "volume": row["volume"],
        "allocation": allocation.value,
        "sha256": row["sha256"],
    }


def record(case: Case, exhibit: str, first: int, records: Sequence[Row]) -> None:
    """Record findings that the ledger holds from item `first` on."""
    with case.transaction() as connection:
        last = last_number(connection)
        rows = [finding_row(last + n + 1, first + n, exhibit, each) for n, each in enumerate(records)]
        bulk(connection, schema.finding, rows)
        events = (event for n, each in enumerate(records, last + 1) for event in finding_events(n, exhibit, each))
        bulk_values(connection, schema.event, EVENT, events)


def marks(case: Case) -> dict[int, list[dict[str, str]]]:
    """For each entry that is marked, the names and purposes of its sets."""
    m, s = schema.hash_match.c, schema.hash_set.c
    query = select(m.entry, s.name, s.purpose).join(schema.hash_set, m.hash_set == s.number).order_by(m.entry, s.number)
    found: dict[int, list[dict[str, str]]] = {}
    for row in case.rows(query):
        found.setdefault(row["entry"], []).append({"name": row["name"], "purpose": row["purpose"]})
    return found

"""The objects of the command contract, made from rows of the case."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Table, select

from forensics.case import hash_sets, schema
from forensics.case.accounting import SEARCHED_RAW
from forensics.case.store import Case
from forensics.custody.entry import time_text


def tree_object(row: Mapping[str, Any]) -> dict[str, Any]:
    """An entry."""
    return {
        "exhibit": row["exhibit"],
        "volume": row["volume"],
        "path": row["path"],
        "stream": row["stream"],
        "kind": row["kind"],
        "address": row["address"],
        "allocated": bool(row["allocated"]),
        "size": row["size"],
        "storage": row["storage"],
        "times": [
            {
                "field": each["field"],
                "when": time_text(each["when_us"]) if each["when_us"] is not None else None,
                "precision": each["precision_us"] / 1e6,
                "as_stored": each["as_stored"],
                "zone": each["zone"],
            }
            for each in json.loads(row["times_json"])
        ],
        **{name: row[name] for name in ("sha256", "md5", "sha1") if row.get(name) is not None},
        "runs": json.loads(row["runs_json"]),
        "caveats": json.loads(row["caveats_json"]),
    }


def unexamined_object(row: Mapping[str, Any]) -> dict[str, Any]:
    """Something that could not be examined; `tried` puts parser, limit, attempts and digest into words."""
    kept = ("exhibit", "place", "reason", "detail", "bytes", "offset", "path", "sha256", "parser", "limit", "attempts")
    parts = (
        row["parser"],
        f"limit {row['limit']}" if row["limit"] else "",
        f"{row['attempts']} attempts" if row["attempts"] > 1 else "",
        f"image offset {row['offset']:,}" if row["offset"] is not None else "",
        f"SHA-256 {row['sha256']}" if row["sha256"] else "",
    )
    return {
        **{key: row[key] for key in kept},
        "tried": ", ".join(each for each in parts if each),
        "raw_bytes_searched": bool(row["logical"]) or row["reason"] in SEARCHED_RAW,
    }


def unexamined(case: Case) -> Iterator[dict[str, Any]]:
    """Everything that could not be examined, in the order in which it was met."""
    for row in case.rows(select(schema.unexamined).order_by(schema.unexamined.c.id)):
        yield unexamined_object(row)


def finding_object(row: Mapping[str, Any]) -> dict[str, Any]:
    """A finding."""
    return {
        "id": f"F{row['id']}",
        "kind": row["kind"],
        "detector": row["detector"],
        "grade": f"C{row['grade']}",
        "value": row["value"],
        "fields": json.loads(row["fields_json"]),
        "checks": json.loads(row["checks_json"]),
        "exhibit": row["exhibit"],
        "volume": row["volume"],
        "path": row["path"],
        "allocation": row["allocation"],
        "locator": row["locator"],
        "span": [row["span_offset"], row["span_length"]],
        "runs": json.loads(row["runs_json"]),
        "sha256": row["sha256"],
        "events": [
            {
                "when": time_text(each["when_us"]),
                "precision": each["precision_us"] / 1e6,
                "meaning": each["meaning"],
                "as_stored": each["as_stored"],
                "clock": each["clock"],
                "zone": each["zone"],
            }
            for each in json.loads(row["events_json"])
        ],
        "links": json.loads(row["links_json"]),
        "sensitivity": row["sensitivity"],
        "caveats": json.loads(row["caveats_json"]),
    }


def event_object(row: Mapping[str, Any]) -> dict[str, Any]:
    """A moment of the timeline."""
    return {
        "when": time_text(row["when_us"]),
        "precision": row["precision_us"] / 1e6,
        "meaning": row["meaning"],
        "as_stored": row["as_stored"],
        "clock": row["clock"],
        "zone": row["zone"],
        "exhibit": row["exhibit"],
        "finding": f"F{row['finding']}" if row["finding"] is not None else None,
        "path": row["path"],
    }


def findings(
    case: Case, kind: str | None = None, grade: int = 0, *, table: Table = schema.finding
) -> Iterator[dict[str, Any]]:
    """Findings by number; `kind` is a glob, `grade` the lowest wanted, `table` where they are."""
    statement = select(table).where(table.c.grade >= grade).order_by(table.c.id)
    if kind:
        statement = statement.where(table.c.kind.op("GLOB")(kind))
    for row in case.rows(statement):
        yield finding_object(row)


def events(case: Case, first_us: int | None = None, last_us: int | None = None) -> Iterator[dict[str, Any]]:
    """Events in order of time."""
    order = (schema.event.c.when_us, schema.event.c.meaning, schema.event.c.path, schema.event.c.id)
    statement = select(schema.event).order_by(*order)
    if first_us is not None:
        statement = statement.where(schema.event.c.when_us >= first_us)
    if last_us is not None:
        statement = statement.where(schema.event.c.when_us < last_us)
    for row in case.rows(statement):
        yield event_object(row)


def entries(case: Case, exhibit: str | None = None, volume: int | None = None) -> Iterator[dict[str, Any]]:
    """Entries in the order of the walk."""
    statement = select(schema.entry).order_by(schema.entry.c.id)
    if exhibit:
        statement = statement.where(schema.entry.c.exhibit == exhibit)
    if volume is not None:
        statement = statement.where(schema.entry.c.volume == volume)
    known = hash_sets.marks(case)
    for row in case.rows(statement):
        found = tree_object(row)
        if row["id"] in known:
            found["hash_set"] = known[row["id"]]
        yield found

"""Between what workers answer, what the ledger holds and what the case database shows.

A row of the case database becomes an item of the ledger and, from the ledger, the same row again:
that is what makes the database a projection.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from forensics.case.store import packed, unpacked

Row = dict[str, Any]


def _name(path: str, stream: str | None) -> tuple[str, str]:
    parent, _, last = path.rpartition("/")
    return parent or "/", last if stream is None else f"{last}:{stream}"


def exhibit_row(number: str, seq: int, body: Mapping[str, Any], added_us: int) -> Row:
    """A row of `exhibit` from the body of its ledger entry."""
    return {
        "number": number,
        "description": body["description"],
        "format": body["format"],
        "size": body["size"],
        "segments_json": packed(body["segments"]),
        "identity_json": packed([{key: int(value) for key, value in each.items()} for each in body["identity"]]),
        "stored_json": packed(body["stored"]),
        "computed_json": packed(body["computed"]),
        "verdict": body["verdict"],
        "acquisition_json": packed(body["acquisition"]),
        "bad_runs_json": packed(body["bad_runs"]),
        "caveats_json": packed(body["caveats"]),
        "seq": seq,
        "added_us": added_us,
    }


def entry_row(number: int, exhibit: str, part: Mapping[str, Any]) -> Row:
    """A row of `entry` from a walked entry, before its digests are known."""
    parent, name = _name(part["path"], part["stream"])
    times = {each["field"]: each["when_us"] for each in part["times"]}
    return {
        "id": number,
        "exhibit": exhibit,
        "volume": part["volume"],
        "parent": parent,
        "name": name,
        "path": part["path"],
        "stream": part["stream"],
        "kind": part["kind"],
        "address": part["address"],
        "allocated": part["allocated"],
        "size": part["size"],
        "storage": part["storage"],
        "times_json": packed(part["times"]),
        "runs_json": packed(part["runs"]),
        "slack_json": packed(part["slack"]),
        "raw_name": part["raw_name"],
        "caveats_json": packed(part["caveats"]),
        "sha256": None,
        "md5": None,
        "sha1": None,
        "created_us": times.get("created"),
        "modified_us": times.get("modified"),
        "item": -1,
    }


def entry_item(row: Mapping[str, Any]) -> list[object]:
    """The four groups of an entry's leaf: content, name, locus, meta."""
    content: dict[str, object] = {"size": row["size"]}
    content.update({name: row[name] for name in ("sha256", "md5", "sha1") if row[name] is not None})
    name: dict[str, object] = {"path": row["path"]}
    if row["stream"] is not None:
        name["stream"] = row["stream"]
    if row["raw_name"] is not None:
        name.update(raw=base64.b64encode(row["raw_name"]).decode(), enc="bytes")
    locus = {
        "image": row["exhibit"],
        "fs": row["volume"],
        "addr": row["address"],
        "runs": unpacked(row["runs_json"]),
        "slack": unpacked(row["slack_json"]),
    }
    meta = {
        "alloc": bool(row["allocated"]),
        "kind": row["kind"],
        "storage": row["storage"],
        "times": unpacked(row["times_json"]),
        "caveats": unpacked(row["caveats_json"]),
    }
    return [content, name, locus, meta]


def times_of(item: Sequence[Any]) -> Sequence[Mapping[str, Any]]:
    """The times among the groups of `entry_item`."""
    times: Sequence[Mapping[str, Any]] = item[3]["times"]
    return times


def entry_row_of(number: int, index: int, groups: Mapping[str, Any]) -> Row:
    """The row again, from the groups of a leaf."""
    content, name, locus, meta = (groups[key] for key in ("content", "name", "locus", "meta"))
    row = entry_row(
        number,
        locus["image"],
        {
            "volume": locus["fs"],
            "address": locus["addr"],
            "path": name["path"],
            "stream": name.get("stream"),
            "kind": meta["kind"],
            "allocated": meta["alloc"],
            "size": content["size"],
            "storage": meta["storage"],
            "times": meta["times"],
            "runs": locus["runs"],
            "slack": locus["slack"],
            "raw_name": base64.b64decode(name["raw"]) if "raw" in name else None,
            "caveats": meta["caveats"],
        },
    )
    row.update({key: content.get(key) for key in ("sha256", "md5", "sha1")}, item=index)
    return row


def finding_item(exhibit: str, record: Mapping[str, Any]) -> list[object]:
    """The four groups of a finding's leaf: claim, fields, locus, events."""
    claim = {
        key: record[key] for key in ("kind", "detector", "grade", "value", "absent", "summary", "checks", "sensitivity")
    }
    fields = {key: record[key] for key in ("fields", "links", "caveats")}
    names = list(record["fields"])
    if names != sorted(names):
        fields["order"] = names  # a canonical object forgets it, and people read fields in the format's order
    locus = {
        key: record[key]
        for key in (
            "path",
            "volume",
            "entry",
            "locator",
            "allocation",
            "runs",
            "span",
            "sha256",
            "fingerprint",
        )
    }
    return [claim, fields, {"exhibit": exhibit, **locus}, {"events": record["events"]}]


def finding_record_of(groups: Mapping[str, Any]) -> tuple[str, Row]:
    """Exhibit and record again, from the groups of a leaf."""
    locus = dict(groups["locus"])
    exhibit = str(locus.pop("exhibit"))
    told = dict(groups["fields"])
    if "order" in told:
        told["fields"] = {name: told["fields"][name] for name in told.pop("order")}
    return exhibit, {**groups["claim"], **told, **locus, **groups["events"]}


def image_offset(record: Mapping[str, Any]) -> int:
    """Where a finding begins in the image; 0 where none of it is stored there."""
    return int(record["runs"][0][0]) if record["runs"] else 0


def finding_row(number: int, item: int, exhibit: str, record: Mapping[str, Any]) -> Row:
    """A row of `finding`."""
    moments = [each["when_us"] for each in record["events"]]
    return {
        "id": number,
        "exhibit": exhibit,
        "kind": record["kind"],
        "detector": record["detector"],
        "grade": record["grade"],
        "value": record["value"],
        "summary": record["summary"],
        "path": record["path"],
        "entry": record["entry"],
        "volume": record["volume"],
        "allocation": record["allocation"],
        "locator": record["locator"],
        "image_offset": image_offset(record),
        "span_offset": record["span"][0],
        "span_length": record["span"][1],
        "runs_json": packed(record["runs"]),
        "sha256": record["sha256"],
        "fields_json": packed(record["fields"]),
        "checks_json": packed(record["checks"]),
        "events_json": packed(record["events"]),
        "links_json": packed(record["links"]),
        "caveats_json": packed(record["caveats"]),
        "sensitivity": record["sensitivity"],
        "fingerprint": record["fingerprint"],
        "first_us": min(moments) if moments else None,
        "item": item,
    }


EVENT = (
    *("when_us", "precision_us", "meaning", "as_stored", "clock", "zone"),
    *("lane", "exhibit", "finding", "entry", "path"),
)
"""Columns of a row of `event`, in the order of the values below."""


def finding_events(number: int, exhibit: str, record: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Rows of `event` that a finding asserts: the values of `EVENT`."""
    lane = record["kind"].partition("/")[0]
    for event in record["events"]:
        stamp = (event[key] for key in EVENT[:6])
        yield (*stamp, lane, exhibit, number, record["entry"], record["path"])


def entry_events(row: Mapping[str, Any], times: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """Rows of `event` that an entry's times assert: the values of `EVENT`."""
    path = row["path"] if row["stream"] is None else f"{row['path']}:{row['stream']}"
    about = ("file system", row["exhibit"], None, row["id"], path)
    for time in times:
        if time["when_us"] is not None:
            yield (
                time["when_us"],
                time["precision_us"],
                f"entry {time['field']}",
                time["as_stored"],
                "file system",
                time["zone"],
                *about,
            )

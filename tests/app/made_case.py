"""A synthetic case database for the tests of the window. All of it is invented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, insert

from forensics.case import schema

DAY = 86_400_000_000
START = 1_700_000_000_000_000
TEXT = b'{"addresses":["bc1qinventedaddress0000000000000000000000"],"seed":"one two three four five six"}'
IMAGE_SIZE = 1 << 20
KINDS = (
    ("address/bitcoin", "normal", 2),
    ("wallet/electrum", "secret", 3),
    ("openpgp/armor", "normal", 4),
    ("chat/pidgin", "personal", 3),
    ("onion/v3", "normal", 2),
    ("media/exif", "personal", 3),
    ("contact/email", "personal", 1),
    ("parcel/s10", "normal", 2),
    ("market/listing", "normal", 2),
    ("browser/history", "normal", 0),
)


def _fields(kind: str) -> dict[str, Any]:
    if kind == "wallet/electrum":
        return {
            "wallet_type": {"value": "standard", "span": [2, 9]},
            "seed": {"value": "one  •••••• ix", "span": [66, 28], "secret": True},
            "addresses": {"value": [{"address": "bc1qinvented", "role": "receiving", "used": True}], "span": [15, 40]},
            "password": {"value": {"absent": "encrypted"}, "span": None},
        }
    if kind == "chat/pidgin":
        messages = [
            {"time": "2024-03-12T17:02:11Z", "sender": "heron", "text": "two of the usual", "row": 1, "own": False},
            {"time": "2024-03-12T17:02:40Z", "sender": "tern", "text": "sent " * 40, "row": 2, "own": True},
            {"time": "2024-03-13T08:00:00Z", "sender": "heron", "text": "gone", "row": 5, "recovered": True},
        ]
        return {"messages": {"value": messages, "span": None}, "account": {"value": "tern", "span": [0, 4]}}
    if kind == "openpgp/armor":
        return {
            "fingerprint": {"value": "0c26fcefe37e52993b3f88a33c5e69a461f6c737", "span": [0, 90]},
            "user_ids": {"value": ["Harbour <harbour@example.org>"], "span": [0, 90]},
            "subkeys": {
                "value": [{"fingerprint": "ab" * 20, "algorithm": "ECDH", "created": "2024-01-01T00:00:00Z"}],
                "span": [0, 90],
            },
            "algorithm": {"value": "EdDSA", "span": [0, 90]},
            "created": {"value": "2024-01-01T00:00:00Z", "span": [0, 90]},
            "revoked": {"value": False, "span": None},
        }
    return {"value": {"value": "invented", "span": [15, 40]}, "coins": {"value": 12, "span": None}}


def finding(number: int) -> dict[str, Any]:
    """An invented finding."""
    kind, care, grade = KINDS[number % len(KINDS)]
    dated = number % 3 != 0
    when = START + number * DAY // 7
    carved = number % 11 == 5
    events = [
        {
            "when_us": when,
            "precision_us": 1_000_000,
            "meaning": "made",
            "as_stored": str(when),
            "clock": "device",
            "zone": "utc",
        }
    ]
    return {
        "id": number,
        "exhibit": "E1",
        "kind": kind,
        "detector": f"{kind}@1",
        "grade": grade,
        "value": f"value{number:06d}" if care != "secret" else "zpub •••••• ks",
        "summary": f"value{number:06d}" if care != "secret" else f"Wallet number {number}",
        "path": None if carved else f"/home/nl/dir{number % 7}/file{number}.txt",
        "entry": None if carved else 10,
        "volume": 1,
        "allocation": "unallocated" if carved else "allocated",
        "locator": "ewf:a.E01 > partition:1 > "
        + (f"unallocated@{number * 512}" if carved else f"ext4:/home/nl/file{number}.txt"),
        "image_offset": number * 512 % IMAGE_SIZE,
        "span_offset": 0,
        "span_length": len(TEXT),
        "runs_json": json.dumps([[number * 512 % IMAGE_SIZE, len(TEXT)]]),
        "sha256": "ab" * 32,
        "fields_json": json.dumps(_fields(kind)),
        "checks_json": json.dumps([{"name": "checksum", "outcome": "pass", "bits": 32}]),
        "events_json": json.dumps(events if dated else []),
        "links_json": json.dumps([{"rule": "SAME_FILE", "target_kind": "address/bitcoin", "target": "value000001"}]),
        "caveats_json": json.dumps(["It does not show who held it."]),
        "sensitivity": care,
        "fingerprint": None,
        "first_us": when if dated else None,
        "item": number,
    }


def _entry(number: int, parent: str, name: str, kind: str) -> dict[str, Any]:
    path = f"{parent.rstrip('/')}/{name}"
    return {
        "id": number,
        "exhibit": "E1",
        "volume": 1,
        "parent": parent,
        "name": name,
        "path": path,
        "stream": None,
        "kind": kind,
        "address": number,
        "allocated": True,
        "size": len(TEXT) if kind == "file" else 0,
        "storage": "plain" if kind == "file" else "none",
        "times_json": json.dumps(
            [{"field": "modified", "when_us": START, "precision_us": 2_000_000, "as_stored": "1", "zone": "unknown"}]
        ),
        "runs_json": json.dumps([[4096, len(TEXT)]] if kind == "file" else []),
        "slack_json": "[]",
        "raw_name": None,
        "caveats_json": "[]",
        "sha256": "cd" * 32,
        "md5": None,
        "sha1": None,
        "created_us": None,
        "modified_us": START,
        "item": number,
    }


def make_case(folder: Path, findings: int = 60) -> Path:
    """Write a case folder with this many findings."""
    folder.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{folder / 'case.db'}")
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
        words = {
            "number": "2026-0001",
            "title": "Invented",
            "examiner": "A. Examiner",
            "secret_key": "not for the window",
            "schema": str(schema.VERSION),
        }
        connection.execute(insert(schema.meta), [{"key": key, "value": value} for key, value in words.items()])
        connection.execute(
            insert(schema.exhibit),
            [
                {
                    "number": "E1",
                    "description": "Laptop, black",
                    "format": "ewf",
                    "size": IMAGE_SIZE,
                    "segments_json": json.dumps([{"path": "/evidence/a.E01", "size": 5000, "sha256": "ef" * 32}]),
                    "identity_json": "[]",
                    "stored_json": json.dumps({"md5": "11" * 16}),
                    "computed_json": json.dumps({"md5": "11" * 16, "sha256": "22" * 32}),
                    "verdict": "verified",
                    "acquisition_json": "{}",
                    "bad_runs_json": "[[512,512]]",
                    "caveats_json": "[]",
                    "seq": 2,
                    "added_us": START,
                }
            ],
        )
        volume = {"exhibit": "E1", "table_kind": "gpt", "type_text": "Linux", "block_size": 4096}
        connection.execute(
            insert(schema.volume),
            [
                {
                    **volume,
                    "number": 1,
                    "offset": 4096,
                    "size": 900_000,
                    "file_system": "ext4",
                    "state": "read",
                    "reason": "",
                },
                {
                    **volume,
                    "number": 2,
                    "offset": 910_000,
                    "size": 90_000,
                    "file_system": "",
                    "state": "encrypted",
                    "reason": "LUKS",
                },
            ],
        )
        connection.execute(
            insert(schema.region),
            [
                {"exhibit": "E1", "volume": 0, "kind": "gap", "bytes": 4096, "runs_json": "[[0,4096]]"},
                {"exhibit": "E1", "volume": 1, "kind": "unallocated", "bytes": 500_000, "runs_json": "[[8192,500000]]"},
            ],
        )
        scan = {"id": "a" * 16, "findings_scan": "b" * 16, "exhibit": "E1", "state": "ended", "profile": "full"}
        connection.execute(
            insert(schema.scan), [{**scan, "parsers_json": "{}", "started_us": START, "ended_us": START + 5}]
        )
        entries = [_entry(1, "/", "home", "directory"), _entry(2, "/home", "nl", "directory")]
        entries += [_entry(10 + at, "/home/nl", f"file{at}.txt", "file") for at in range(20)]
        entries += [_entry(50, "/home/nl", "IMG_0001.jpg", "file"), _entry(51, "/home/nl", "empty", "directory")]
        connection.execute(insert(schema.entry), entries)
        rows = [finding(number) for number in range(1, findings + 1)]
        for start in range(0, len(rows), 5000):
            connection.execute(insert(schema.finding), rows[start : start + 5000])
        events = [
            {
                "id": row["id"],
                "when_us": row["first_us"],
                "precision_us": 1_000_000,
                "meaning": "made",
                "as_stored": "x",
                "clock": "device",
                "zone": "utc",
                "lane": row["kind"].partition("/")[0],
                "exhibit": "E1",
                "finding": row["id"],
                "entry": row["entry"],
                "path": row["path"],
            }
            for row in rows
            if row["first_us"] is not None
        ]
        if events:
            connection.execute(insert(schema.event), events)
        connection.execute(
            insert(schema.unexamined),
            [
                {
                    "id": 1,
                    "exhibit": "E1",
                    "place": "p2",
                    "reason": "encrypted",
                    "detail": "LUKS, no key given.",
                    "bytes": 90_000,
                    "offset": 910_000,
                    "logical": False,
                    "attempts": 1,
                }
            ],
        )
        connection.execute(
            insert(schema.tag),
            [{"finding": 1, "name": "relevant", "actor": "A. Examiner", "added_us": START, "seq": 9}],
        )
    engine.dispose()
    return folder

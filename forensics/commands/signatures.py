"""OpenPGP signatures of a case held against the keys of the case; what holds is a finding of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from forensics.case import later, schema
from forensics.case.store import Case
from forensics.commands.reader import EvidenceReader
from forensics.commands.to_open import whole
from forensics.confinement.jobs import JobFailed
from forensics.custody.client import LedgerClient
from forensics.errors import EvidenceError
from forensics.model import Grade, Sensitivity

KIND = "openpgp/signed"
ENTERED = "openpgp.verify"  # type of the ledger's entry
MOST_KEYS = 50  # of one question
_LARGEST = 1 << 20
_SUFFIXES = (".asc", ".sig", ".gpg", ".pgp")
_BITS = 80
_WHAT = {"text": "the clear-signed text", "file": "the file beside it", "certification": "a user id of the key"}
Row = dict[str, Any]


def hold_signatures(case: Case, ledger: LedgerClient) -> dict[str, Any]:
    """Hold each signature whose key is a finding of the case, and record the outcomes by exhibit.

    Returns the body of the ledger's entry. What is recorded already is not recorded again.

    Raises:
        UsageError: an exhibit's examination has not ended.
    """
    f = schema.finding.c
    rows = list(case.rows(select(schema.finding).where(f.kind.op("GLOB")("openpgp/*"), f.kind != KIND).order_by(f.id)))
    keys = _keys(rows)
    known = {
        (row["exhibit"], row["locator"], row["span_offset"], row["value"])
        for row in case.rows(select(schema.finding).where(f.kind == KIND))
    }
    told: dict[str, Any] = {"looked_at": 0, "without_key": 0, "held": 0, "failed": 0, "not_read": [], "findings": {}}
    records: dict[str, list[Row]] = {}
    with EvidenceReader(case) as reader:
        for row in rows:
            names = _signers(row)
            if not names:
                continue
            told["looked_at"] += 1
            makers = {key["id"]: key for name in names for key in keys.get(name, ()) if key["id"] != row["id"]}
            if not makers:
                told["without_key"] += 1
                continue
            try:
                found = _held(case, reader, row, list(makers.values())[:MOST_KEYS])
            except (EvidenceError, JobFailed) as error:
                told["not_read"].append(f"F{row['id']}: {error}")
                continue
            for each in found:
                told["held" if each["holds"] else "failed"] += 1
                place = (row["exhibit"], row["locator"], row["span_offset"], each["signer"])
                if place not in known:
                    known.add(place)
                    records.setdefault(row["exhibit"], []).append(_record(row, each, makers))
    for exhibit, new in sorted(records.items()):
        told["findings"][exhibit] = later.record(case, ledger, exhibit, "signatures", new, [f"{KIND}@1"])["findings"]
    ledger.append(ENTERED, told)
    return told


def _keys(rows: list[Row]) -> dict[str, list[Row]]:
    """The findings of keys by what signatures call them: fingerprints and key numbers, of subkeys too."""
    found: dict[str, list[Row]] = {}
    seen: set[str] = set()
    for row in sorted(rows, key=lambda each: (-each["grade"], each["id"])):
        value = row["value"] or ""
        if len(value) not in (32, 40, 64) or value in seen or row["span_length"] > _LARGEST:
            continue
        seen.add(value)
        fields = json.loads(row["fields_json"])
        names = [value, str(fields.get("key_id", {}).get("value", ""))]
        for each in fields.get("subkeys", {}).get("value", ()):
            names += [str(each.get("fingerprint", "")), str(each.get("key_id", ""))]
        for name in filter(None, dict.fromkeys(names)):
            found.setdefault(name, []).append(row)
    return found


def _signers(row: Row) -> list[str]:
    fields = json.loads(row["fields_json"])
    return [str(each) for name in ("signers", "certifiers") for each in fields.get(name, {}).get("value", ())]


def _held(case: Case, reader: EvidenceReader, row: Row, makers: list[Row]) -> list[Row]:
    if row["span_length"] > 4 * _LARGEST:
        raise EvidenceError(f"F{row['id']}", "the signed text is too large")
    stored = [data for data in (whole(reader, each) for each in makers) if data]
    return reader.signatures(row["exhibit"], whole(reader, row), stored, _document(case, row))


def _document(case: Case, row: Row) -> int | None:
    """The file that a signature beside it is of: the same name without its last part."""
    path = row["path"] or ""
    suffix = next((each for each in _SUFFIXES if path.lower().endswith(each)), None)
    if suffix is None:
        return None
    e = schema.entry.c
    found = case.one(
        select(e.id)
        .where(e.exhibit == row["exhibit"], e.volume == row["volume"], e.path == path[: -len(suffix)])
        .where(e.stream.is_(None), e.allocated)
    )
    return None if found is None else int(found["id"])


def _record(row: Row, each: Mapping[str, Any], makers: Mapping[int, Row]) -> Row:
    signer, holds = each["signer"], each["holds"]
    name = each["user_ids"][0] if each["user_ids"] else signer
    fields = {
        "what": _WHAT[each["what"]],
        "user_ids": each["user_ids"],
        "key": each["key"],
        "made": each["made"],
        "signature": f"F{row['id']}",
        "keys_in": [f"F{number}" for number, key in makers.items() if key["value"] == signer],
        **{key: each[key] for key in ("certified", "user_id", "text", "onions") if each.get(key)},
    }
    return {
        **{key: row[key] for key in ("locator", "sha256", "entry", "path", "volume", "allocation")},
        "kind": KIND,
        "detector": f"{KIND}@1",
        "grade": int(Grade.C4 if holds else Grade.C1),
        "value": signer,
        "absent": None,
        "summary": f"{_WHAT[each['what']]}: " + (f"signed by {name}" if holds else f"not as {name} signed it"),
        "checks": [{"bits": _BITS, "name": "signature", "outcome": "pass" if holds else "fail"}],
        "fields": {key: {"span": None, "value": value} for key, value in sorted(fields.items())},
        "span": [row["span_offset"], row["span_length"]],
        "runs": json.loads(row["runs_json"]),
        "events": list(_events(each)) if holds else [],
        "links": list(_links(each)) if holds else [],
        "caveats": [] if holds else ["The signature does not hold: what was signed, or the signature, was altered."],
        "sensitivity": Sensitivity.NORMAL.value,
        "fingerprint": None,
    }


def _events(each: Mapping[str, Any]) -> Iterator[Row]:
    if each["made_s"] > 0:
        yield {
            "as_stored": str(each["made_s"]),
            "clock": "sender",
            "meaning": "signature made, and it holds",
            "precision_us": 1_000_000,
            "when_us": each["made_s"] * 1_000_000,
            "zone": "utc",
        }


def _links(each: Mapping[str, Any]) -> Iterator[Row]:
    yield {"rule": "SIGNED_BY", "target_kind": "openpgp", "target": each["signer"]}
    if each.get("certified"):
        yield {"rule": "CERTIFIES", "target_kind": "openpgp", "target": each["certified"]}
    for name in each.get("onions", ()):
        yield {"rule": "SIGNED_NAME", "target_kind": "onion/v3", "target": name}

"""Stores of messengers, opened with a key that was found on the evidence or is given, and searched.

What is in them becomes findings of the case like any other: conversations, addresses in their messages, and so on.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from forensics.case import later, schema, wallet_vault
from forensics.case.evidence import evidence_files, evidence_setup
from forensics.case.linked import OPENED
from forensics.case.store import Case
from forensics.case.vault import volume_keys
from forensics.commands import watch_lists
from forensics.commands.reader import EvidenceReader
from forensics.commands.to_open import whole
from forensics.confinement.jobs import EvidenceFile, Job, JobFailed, Limits
from forensics.confinement.supervisor import Supervisor
from forensics.custody.client import LedgerClient
from forensics.detectors.chat._opening import KINDS
from forensics.model import Secret
from forensics.sweep.wire import fingerprint

MEMORY = 4 << 30
SECONDS = 300.0
MOST_KEYS = 200
_LONGEST_KEY = 64 << 10
GIVEN = "the key that the examiner gave"

__all__ = ["KINDS", "open_store"]


def open_store(case: Case, ledger: LedgerClient, row: dict[str, Any], given: bytes) -> tuple[dict[str, Any], bool]:
    """Open the store that is a finding, and record what is found in it; the body of the ledger's entry, and success.

    `given` is tried first, if there is one; then the keys that are findings of the case.

    Raises:
        UsageError: the store is within another file, or the examination has not ended.
    """
    name = f"F{row['id']}"
    with EvidenceReader(case) as reader:
        spec = reader.store(row)
        keys = [(GIVEN, given)] * bool(given) + _found(case, reader, row)
    spec |= {"kind": row["kind"], "keys": [key for _, key in keys], "names": [source for source, _ in keys]}
    exhibit = case.exhibit(row["exhibit"])
    told: dict[str, Any] = {"finding": name, "kind": row["kind"], "keys_tried": spec["names"]}
    with Supervisor(
        evidence=[EvidenceFile(*each) for each in evidence_files((exhibit,))],
        workers=1,
        setup={
            **evidence_setup((exhibit,), case.secret_key, volume_keys(case)),
            "watch": watch_lists.loaded(case, watch_lists.stated(watch_lists.lists(case))),
        },
    ) as supervisor:
        (about,) = supervisor.call(Job(0, "about", {"exhibit": row["exhibit"]}, "detectors", Limits(SECONDS))).parts
        limits = Limits(wall_seconds=SECONDS + row["span_length"] / 2e5, memory_bytes=MEMORY)
        try:
            first, *parts = supervisor.call(Job(1, "open_store", spec, name, limits)).parts
        except JobFailed as error:
            told |= {"opened": False, "reason": error.quarantined.reason}
            ledger.append(OPENED, told, exhibit=row["exhibit"])
            return told, False
    found: Any = first
    answers: Any = parts
    source, key = keys[found["key"]]
    told |= {"opened": True, "check": found["check"], "key": source, "caveats": found["caveats"]}
    told |= {"fields": {"size": found["size"]}, "addresses": [], "addresses_in_all": 0, "keys": [], "links": []}
    told["not_read"] = [each["failed"]["reason"] for each in answers if "failed" in each][:100]
    told["secrets"] = []
    if source == GIVEN:
        held = Secret(key.decode("utf-8", "backslashreplace"))
        wallet_vault.keep(case, name, key, [])
        told["secrets"] = [{"name": "key", "masked": held.masked, "fingerprint": fingerprint(held, case.secret_key)}]
    records = [record for part in answers for record in part.get("findings", ())]
    told["already_recorded"] = later.known(case, row)
    if not told["already_recorded"]:
        told |= later.record(case, ledger, row["exhibit"], name, records, about["detectors"])
    ledger.append(OPENED, told, exhibit=row["exhibit"])
    return told, True


def _found(case: Case, reader: EvidenceReader, row: dict[str, Any]) -> list[tuple[str, bytes]]:
    """Findings of the case that may be the key, those of the same exhibit and volume first."""
    f = schema.finding.c
    query = select(schema.finding).where(f.kind == KINDS[row["kind"]], f.span_length <= _LONGEST_KEY)
    rows = sorted(
        case.rows(query.order_by(f.id)),
        key=lambda each: (each["exhibit"] != row["exhibit"], each["volume"] != row["volume"], each["id"]),
    )
    return [(f"the key of F{each['id']}", whole(reader, each)) for each in rows[:MOST_KEYS]]


def tell(body: dict[str, Any]) -> list[str]:
    """Lines for people."""
    if not body["opened"]:
        return [f"{body['finding']}: not opened: {body['reason']}"]
    lines = [f"{body['finding']}: opened with {body['key']}, proven by {body['check']}"]
    lines += [f"    {each}" for each in body["caveats"]]
    if body["already_recorded"]:
        return [*lines, f"    {body['already_recorded']:,} findings within it are in the case already"]
    for first, count in body["findings"]:
        lines.append(f"    {count:,} findings within it: F{first} to F{first + count - 1}")
    return lines if body["findings"] else [*lines, "    nothing was found within it"]

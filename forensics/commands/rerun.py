"""A random sample derived again: the bytes of entries and findings read anew from the evidence and compared.

The outcome is an entry of the ledger, `verify.rerun`, whatever it is.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import select

from forensics.case import schema
from forensics.case.store import Case
from forensics.commands.reader import EvidenceReader
from forensics.custody.client import LedgerClient

PIECE = 1 << 20


def digest_of(size: int, read: Callable[[int, int], bytes]) -> tuple[str, int]:
    """SHA-256 of what `read(offset, length)` gives up to `size`, and how many bytes that were."""
    state, at = hashlib.sha256(), 0
    while at < size and (data := read(at, min(PIECE, size - at))):
        state.update(data)
        at += len(data)
    return state.hexdigest(), at


def _of_entry(reader: EvidenceReader, number: int) -> Callable[[int, int], bytes]:
    return lambda offset, length: reader.entry(number, offset, length)[0]


def rerun(case: Case, ledger: LedgerClient, count: int) -> dict[str, Any]:
    """Derive up to `count` entries and as many findings again; returns the body of the ledger entry.

    `differs` lists what came out otherwise, with the digest recorded and the one of now.
    """
    chance = secrets.SystemRandom()
    entries = list(case.rows(select(schema.entry).where(schema.entry.c.sha256.is_not(None), schema.entry.c.size > 0)))
    findings = list(case.rows(select(schema.finding)))
    differs: list[dict[str, object]] = []
    total = 0
    with EvidenceReader(case) as reader:

        def compare(what: str, exhibit: str, known: str, size: int, read: Callable[[int, int], bytes]) -> None:
            nonlocal total
            found, length = digest_of(size, read)
            total += length
            if found != known:
                differs.append({"what": what, "exhibit": exhibit, "recorded": known, "now": found})

        chosen = chance.sample(entries, min(count, len(entries)))
        for row in chosen:
            number = int(row["id"])
            compare(
                f"entry {number}",
                row["exhibit"],
                row["sha256"],
                row["size"],
                _of_entry(reader, number),
            )
        again = chance.sample(findings, min(count, len(findings)))
        for row in again:
            runs: list[list[int]] = json.loads(row["runs_json"])
            compare(
                f"F{row['id']}",
                row["exhibit"],
                row["sha256"],
                sum(length for _, length in runs),
                partial(reader.runs, row["exhibit"], runs),
            )
    body: dict[str, Any] = {
        "entries": len(chosen),
        "of_entries": len(entries),
        "findings": len(again),
        "of_findings": len(findings),
        "bytes": total,
        "differs": differs,
    }
    entry = ledger.append("verify.rerun", body)
    return {**body, "ledger_entry": entry.seq}

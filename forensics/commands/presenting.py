"""The steps for court on one case: entered, read back, and checked again against the evidence."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import select

from forensics.case import schema
from forensics.case.store import Case
from forensics.commands.reader import EvidenceReader
from forensics.commands.rerun import digest_of
from forensics.custody import presentation
from forensics.custody.client import LedgerClient
from forensics.custody.store import LedgerReader
from forensics.errors import UsageError
from forensics.model import Sensitivity

SHOWN = 64  # bytes of a finding that are shown
OPEN = (Sensitivity.NORMAL, Sensitivity.PERSONAL)


def enter(case: Case, ledger: LedgerClient, given: object) -> dict[str, Any]:
    """Check the steps and enter them; `steps` as entered and `ledger_entry`. Every finding must be of this case."""
    steps = presentation.parse(given)
    wanted = {number for step in steps for number in step.findings}
    if lost := sorted(wanted - {row["id"] for row in _findings(case, wanted)}):
        raise UsageError(f"there is no finding {', '.join(f'F{number}' for number in lost)} in this case")
    body = {"steps": [step.as_json() for step in steps]}
    return {**body, "ledger_entry": ledger.append(presentation.TYPE, body).seq}


def entered(case: Case) -> dict[str, Any]:
    """The steps as last entered: `steps`, and `ledger_entry`, `time`, `actor` where there are any."""
    with LedgerReader.open(case.folder) as reader:
        steps, entry = presentation.latest(reader)
    told: dict[str, Any] = {"steps": [step.as_json() for step in steps]}
    if entry is not None:
        told |= {"ledger_entry": entry.seq, "time": entry.time, "actor": entry.actor}
    return told


def check(case: Case, reader: EvidenceReader, findings: Sequence[int]) -> dict[str, Any]:
    """Read the bytes of `findings` from the evidence now and compare their SHA-256 with the recorded ones.

    `read`: of each `finding`, `recorded`, `now`, `equal`, `bytes` (how many), `hex` (the first ones; none of what is masked).
    """
    began = time.monotonic()
    told = []
    for row in _findings(case, findings):
        runs: list[list[int]] = json.loads(row["runs_json"])
        size = sum(length for _, length in runs)
        read = partial(reader.runs, row["exhibit"], runs)
        now, length = digest_of(size, read)
        told.append({
            "finding": f"F{row['id']}",
            "recorded": row["sha256"],
            "now": now,
            "equal": now == row["sha256"] and length == size,
            "bytes": length,
            "hex": read(0, min(size, SHOWN)).hex() if row["sensitivity"] in OPEN else "",
        })  # fmt: skip
    return {"read": told, "seconds": round(time.monotonic() - began, 3)}


def _findings(case: Case, numbers: Iterable[int]) -> list[Mapping[str, Any]]:
    return list(case.rows(select(schema.finding).where(schema.finding.c.id.in_(sorted(set(numbers))))))

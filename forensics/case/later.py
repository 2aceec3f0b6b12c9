"""Findings that come after the examination, of an opened store or of signatures: a scan of their own in the ledger.

An examination's findings bear the index of their item in its scan. What is found later has a scan of its own; the
item's number is then that of the scan's tree times 2^32, and the index.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import func

from forensics.case import schema
from forensics.case.authority import judge_of, last_number, set_aside
from forensics.case.projection import EVENT, finding_events, finding_item, finding_row
from forensics.case.scan import Scan
from forensics.case.store import Case, bulk, bulk_values
from forensics.custody.client import LedgerClient
from forensics.custody.store import LedgerReader
from forensics.errors import UsageError

_TOGETHER = 16_000  # items in one batch of the ledger
_TREE = 32  # bits of an index within a scan


def item_of(tree: int, index: int) -> int:
    """The number that the item `index` of a later scan has in the case."""
    return tree << _TREE | index


def scan_of(item: int, findings_scan: str, trees: Mapping[int, str]) -> tuple[str, int]:
    """The scan of a finding's item and its index there; `findings_scan` is that of its exhibit's examination."""
    tree, index = divmod(item, 1 << _TREE)
    return (trees[tree], index) if tree else (findings_scan, index)


def trees_of(folder: Path) -> dict[int, str]:
    """Scans of the ledger by the number of their tree."""
    with LedgerReader.open(folder) as ledger:
        return {each.tree: each.id for each in ledger.scans()}


def known(case: Case, row: Mapping[str, Any]) -> int:
    """How many findings within this store are recorded already."""
    f = schema.finding.c
    return case.count(
        schema.finding,
        f.exhibit == row["exhibit"],
        f.entry == row["entry"],
        func.instr(f.locator, f"{row['locator']} > opened:") == 1,
    )


def record(
    case: Case, ledger: LedgerClient, exhibit: str, cause: str, records: Sequence[dict[str, Any]], parsers: object
) -> dict[str, Any]:
    """Enter findings of an exhibit, first in the ledger, then in the case; `cause` says what they come of, as `F17`.

    Returns what the ledger's entry on the cause says of them. The scan's end names their numbers, so that the
    case can be built again; a scan that an interruption left without one counts for nothing.

    Raises:
        UsageError: the examination of the exhibit has not ended.
    """
    examined = Scan.latest(case, exhibit)
    if examined is None or examined.state != "ended":
        raise UsageError(f"the examination of {exhibit} has not ended")
    scan = ledger.open_scan(exhibit, {"later": cause, "detectors": parsers}, kind="finding")
    for at in range(0, len(records), _TOGETHER):
        ledger.append_items(scan, [finding_item(exhibit, each) for each in records[at : at + _TOGETHER]])
    tree = next(number for number, each in trees_of(case.folder).items() if each == scan)
    judge = judge_of(case)
    with case.transaction() as connection:
        last = last_number(connection)
        numbered = list(enumerate(records))
        rows = [finding_row(last + n + 1, item_of(tree, n), exhibit, each) for n, each in numbered]
        bulk(connection, schema.finding, rows)
        events = (event for n, each in numbered for event in finding_events(last + n + 1, exhibit, each))
        bulk_values(connection, schema.event, EVENT, events)
        set_aside(connection, judge, last)
        told = {"later": cause, "finding_numbers": [[last + 1, len(records)]] if records else []}
        ledger.close_scan(scan, told)
    return {"findings_scan": scan, "findings": told["finding_numbers"]}


def is_later(parser_set: str) -> bool:
    """Whether a scan is of findings that came after the examination."""
    parsers = json.loads(parser_set)
    return isinstance(parsers, dict) and "later" in parsers

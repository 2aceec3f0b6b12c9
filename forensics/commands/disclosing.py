"""What is given to others: findings with their entries, groups withheld; counted before it is built."""

from __future__ import annotations

import hashlib
import importlib.resources
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select

from forensics.case import schema
from forensics.case.later import scan_of, trees_of
from forensics.case.store import Case
from forensics.custody import bundle, item
from forensics.custody.client import LedgerClient
from forensics.custody.store import LedgerReader, Scan
from forensics.errors import UsageError
from forensics.reports.bundle_uco import linked_data
from forensics.reports.schedule_pdf import ranges

Place = tuple[str, int]
"""Scan and index of an item."""

_TOGETHER = 500
MOST_ROWS = 300
"""Of a schedule that is shown before the bundle is built."""


def places_of(case: Case, findings: Iterable[int] | None) -> list[Place]:
    """The items of these findings, or of all, and those of the entries that they lie in.

    Raises:
        UsageError: there is no such finding, or its exhibit has no examination.
    """
    finding, entry, scan = schema.finding.c, schema.entry.c, schema.scan.c
    scans = {str(row["exhibit"]): row for row in case.rows(select(schema.scan).order_by(scan.started_us))}
    query = select(finding.id, finding.exhibit, finding.item, entry.item.label("of_entry")).select_from(
        schema.finding.outerjoin(schema.entry, entry.id == finding.entry)
    )
    places: dict[Place, None] = {}
    trees = trees_of(case.folder)
    for part in [None] if findings is None else _batched(findings):
        rows = list(case.rows(query if part is None else query.where(finding.id.in_(part))))
        if part is not None and len(rows) != len(part):
            missing = min(set(part) - {row["id"] for row in rows})
            raise UsageError(f"there is no finding F{missing}")
        for row in rows:
            if row["exhibit"] not in scans:
                raise UsageError("the exhibit of this finding has no ended examination")
            own = scans[row["exhibit"]]
            places[scan_of(int(row["item"]), str(own["findings_scan"]), trees)] = None
            if row["of_entry"] is not None:
                places[str(own["id"]), int(row["of_entry"])] = None
    return list(places)


def _batched(numbers: Iterable[int]) -> Iterator[list[int]]:
    left = iter(sorted(set(numbers)))
    while part := list(islice(left, _TOGETHER)):
        yield part


def withholding(names: Iterable[str], reason: str) -> frozenset[str]:
    """The groups to withhold; :class:`UsageError` for a group that is none, or without a reason."""
    chosen = frozenset(name for name in names if name)
    unknown = chosen - {group for groups in item.GROUPS.values() for group in groups}
    if unknown:
        raise UsageError(f"there is no group {min(unknown)}")
    if chosen and not reason.strip():
        raise UsageError("what is withheld needs a --reason")
    return chosen


def choose(
    reader: LedgerReader, selection: bundle.Selection, places: Sequence[Place], withheld: frozenset[str]
) -> None:
    """Put items into a selection, each without the groups of its kind that are withheld."""
    kinds = {scan.id: scan.kind for scan in reader.scans()}
    for scan, index in places:
        own = bundle.withheld_of(kinds.get(scan, ""), withheld)
        selection.add(scan, index, own | selection.items.get(scan, {}).get(index, frozenset()))


def preview(reader: LedgerReader, selection: bundle.Selection) -> dict[str, Any]:
    """What a bundle of this selection would show and withhold, counted as it will be; nothing is entered."""
    scans: list[dict[str, Any]] = []
    for scan_id, chosen in sorted(selection.items.items()):
        scan = reader.scan(scan_id)
        parts = list(_in_part(reader, scan, chosen))
        counts = {"disclosed": len(chosen) - len(parts), "partly": len(parts), "withheld": scan.size - len(chosen)}
        rows = [{"index": at, "withheld": groups, "reason": selection.reason} for at, groups in parts[:MOST_ROWS]]
        whole = list(ranges(scan.size, chosen))
        scans.append({"scan": scan_id, "kind": scan.kind, "size": scan.size, **counts, "items_in_part": rows,
                      "items_whole": whole[:MOST_ROWS], "ranges": len(whole)})  # fmt: skip
    totals = {key: sum(scan[key] for scan in scans) for key in ("size", "disclosed", "partly", "withheld")}
    return {**totals, "scans": scans}


def _in_part(reader: LedgerReader, scan: Scan, chosen: dict[int, frozenset[str]]) -> Iterator[tuple[int, list[str]]]:
    """The chosen items that are not shown whole, with the groups that are missing: withheld, or deleted by law."""
    groups = item.GROUPS[scan.kind]
    held: tuple[int, list[list[bytes]]] = (-1, [])
    for index, withheld in sorted(chosen.items()):
        number = index // item.BUNDLE
        if held[0] != number:
            held = (number, item.split_bundle(scan.kind, reader.bundle(scan.tree, number)))
        lines = held[1][index % item.BUNDLE]
        missing = [
            group for group, line in zip(groups, lines, strict=True) if group in withheld or item.is_expunged(line)
        ]
        if missing:
            yield index, missing


def build(
    case: Case, ledger: LedgerClient, selection: bundle.Selection, out: Path, *, recipient: str, purpose: str
) -> dict[str, Any]:
    """Enter and write the bundle; returns its ``bundle.json`` with the file and its SHA-256.

    Raises:
        UsageError: nothing is chosen, or ``out`` is there already; nothing was entered then.
    """
    if not selection.items:
        raise UsageError("choose something: --finding, --item or --all-findings")
    if out.exists():
        raise UsageError(f"{out} is there already and is not replaced")
    bundle.check_names(recipient, purpose)
    with LedgerReader.open(case.folder) as reader:
        extra = {
            "verify.py": importlib.resources.files("resources").joinpath("verify.py").read_bytes(),
            "case.jsonld": linked_data(case, bundle.shown(reader, selection)),
        }
        told = bundle.build(reader, ledger, selection, out, recipient=recipient, purpose=purpose, extra=extra)
    return {"bundle": str(out), "sha256": hashlib.sha256(out.read_bytes()).hexdigest(), **told}

"""The schedule of withheld items of a bundle: what its recipient was not given, item by item, and why.

It is made from the bundle itself, so that it lists what the recipient can count. Of a withheld group it prints the
commitment: whoever is given the line later can check that it is the one that was held back.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from forensics.case.store import Case
from forensics.custody import mj1
from forensics.custody.item import GROUPS
from forensics.errors import FormatError
from forensics.reports.paper import BODY, Paper, Words
from forensics.reports.state import State, tell_limits, tell_state

MOST_ROWS = 2000
MOST_BYTES = 1 << 30
"""Of ``items.jsonl`` unpacked."""


def schedule_facts(archive: bytes) -> dict[str, Any]:
    """What a bundle withholds. It must have been checked before: nothing is verified here."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            if opened.getinfo("items.jsonl").file_size > MOST_BYTES:
                raise FormatError("the bundle is larger than a schedule can be made of")
            told, items = json.loads(opened.read("bundle.json")), opened.read("items.jsonl")
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise FormatError(f"not a bundle: {error}") from error
    rows: dict[str, list[dict[str, Any]]] = {scan["scan"]: [] for scan in told["scans"]}
    for line in items.splitlines():
        record: Any = mj1.loads(line)
        rows[record["scan"]].append(record)
    kept = ("recipient", "purpose", "nonce", "export", "ledger")
    return {**{key: told[key] for key in kept}, "scans": [_scan(scan, rows[scan["scan"]]) for scan in told["scans"]]}


def _scan(scan: Mapping[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    partly = []
    for row in rows:
        missing = [group for group in GROUPS[scan["kind"]] if group not in row["lines"]]
        if missing:
            due = dict(line.split(" sha256:") for line in row["leaf"].splitlines()[3:])
            partly.append({"index": row["index"], "reason": row.get("withheld", ""),
                           "withheld": {group: due[group] for group in missing}})  # fmt: skip
    counts = ("scan", "kind", "size", "disclosed", "partly", "withheld")
    whole = list(ranges(scan["size"], (row["index"] for row in rows)))
    return {**{key: scan[key] for key in counts}, "items_in_part": partly, "items_whole": whole}


def ranges(size: int, shown: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The runs of numbers below ``size`` that are not among ``shown``, each as its first and last."""
    start = 0
    for index in sorted(shown):
        if start < index:
            yield start, index - 1
        start = index + 1
    if start < size:
        yield start, size - 1


def write_schedule(case: Case, path: Path, state: State, told: Mapping[str, Any], level: str) -> None:
    """Write the schedule of one bundle; ``level`` is the one that its own check reached."""
    paper = Paper(f"Case {case.fact('number')}: withheld items", state.time_us)
    paper.title("Schedule of withheld items")
    tell_state(paper, case, state)
    paper.facts(
        (
            ("Bundle for", Words(told["recipient"], "bold")),
            ("Purpose", told["purpose"]),
            ("Entered as", f"entry {told['export']} of the ledger {told['ledger']}"),
            ("Nonce", Words(told["nonce"], "code")),
            ("Checked", f"the bundle reached level {level} when this was made"),
        )
    )
    for scan in told["scans"]:
        _tell(paper, scan)
    tell_limits(
        paper,
        "The sizes of the scans are signed, so the number of withheld items holds. Which exhibits were never examined, and "
        "what was never committed, no schedule can list.",
        "An item or a group can be asked for by the number and the commitment that stand here, and what is then given can be "
        "checked against them.",
    )
    paper.save(path)


def _tell(paper: Paper, scan: Mapping[str, Any]) -> None:
    paper.heading(f"{'Files and entries' if scan['kind'] == 'item' else 'Findings'}, scan {scan['scan']}")
    paper.remark(
        f"Of {scan['size']:,} items {scan['disclosed']:,} are shown whole, {scan['partly']:,} in part, "
        f"{scan['withheld']:,} are withheld whole.",
        "bold",
    )
    if scan["items_in_part"]:
        paper.table(
            (("item", 20), ("withheld of it, with its commitment", 112), ("reason", BODY - 132)),
            (
                (
                    f"{each['index']:,}",
                    [Words(f"{group} {digest}", "code") for group, digest in each["withheld"].items()],
                    each["reason"] or "none given",
                )
                for each in scan["items_in_part"][:MOST_ROWS]
            ),
        )
    if scan["items_whole"]:
        paper.table(
            (("items withheld whole", 60), ("how many", BODY - 60)),
            (
                (f"{first:,}" if first == last else f"{first:,} to {last:,}", f"{last - first + 1:,}")
                for first, last in scan["items_whole"][:MOST_ROWS]
            ),
        )
    left = sum(max(0, len(scan[key]) - MOST_ROWS) for key in ("items_in_part", "items_whole"))
    if left:
        paper.remark(f"{left:,} more rows are not printed; `--json` has all.", "bold")

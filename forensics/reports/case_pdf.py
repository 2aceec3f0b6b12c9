"""The report of a case on paper: what it is of, exhibits, findings with their places, what was not examined, limits.

Bounded: of each kind the best and first findings are printed, and the table of counts is whole; what is left out is
counted where it would stand. The JSON lines of a case have all of it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from forensics.case import objects, schema
from forensics.case.store import Case
from forensics.reports.authority_section import tell_authority
from forensics.reports.limits import GRADES, LIMITS
from forensics.reports.paper import BODY, Paper, Words
from forensics.reports.state import State, tell_limits, tell_state

MOST_OF_A_KIND, MOST_FINDINGS, MOST_UNEXAMINED = 200, 5000, 1000
MOST_RUNS = 3
"""Pieces of a finding whose places are printed."""


def write_pdf(case: Case, path: Path, state: State) -> None:
    """Write the report of this state."""
    paper = Paper(f"Case {case.fact('number')}", state.time_us)
    paper.title(f"Case {case.fact('number')}")
    tell_state(paper, case, state)
    paper.remark(LIMITS, "small")
    tell_authority(paper, case)
    _exhibits(paper, case)
    _findings(paper, case)
    _unexamined(paper, case)
    paper.heading("Grades of findings")
    paper.facts((grade, words) for grade, words in GRADES.items())
    tell_limits(paper, "A list that was cut says so; `impound report --format jsonl` has all findings of the case.")
    paper.save(path)


def _exhibits(paper: Paper, case: Case) -> None:
    paper.heading("Exhibits")
    rows = case.exhibits()
    if not rows:
        paper.remark("None is registered.")
    for row in rows:
        stored, computed = json.loads(row["stored_json"]), json.loads(row["computed_json"])
        good = row["verdict"] in ("verified", "no digest stored")
        paper.facts(
            (
                (f"Exhibit {row['number']}", Words(row["description"] or "no description", "bold")),
                ("Container", f"{row['format']}, {row['size']:,} bytes of media, registered in entry {row['seq']}"),
                ("Digests", Words(row["verdict"], "bold", "text" if good else "danger")),
                ("Remarks", [Words(each, "small") for each in json.loads(row["caveats_json"])]),
            )
        )
        paper.table(
            (("digest", 20), ("computed from the media", 79), ("stored in the container", 79)),
            (
                (name, Words(computed.get(name, ""), "code"), Words(stored.get(name, "none stored"), "code"))
                for name in sorted({*stored, *computed})
            ),
        )


def _findings(paper: Paper, case: Case) -> None:
    table = schema.finding.c
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    groups = select(table.kind, table.grade, func.count().label("n")).group_by(table.kind, table.grade)
    for row in case.rows(groups):
        counted[row["kind"]][f"C{row['grade']}"] += row["n"]
    paper.heading("Findings")
    if not counted:
        paper.remark("There are none.")
        return
    grades = tuple(GRADES)
    paper.table(
        (("kind", BODY - 17 * 6), *((each, 17) for each in grades), ("all", 17)),
        (
            (kind, *(f"{counts[each]:,}" if counts[each] else "" for each in grades), f"{counts.total():,}")
            for kind, counts in sorted(counted.items())
        ),
    )
    left = MOST_FINDINGS
    for kind, counts in sorted(counted.items()):
        shown = min(left, MOST_OF_A_KIND, counts.total())
        left -= shown
        paper.heading(kind)
        query = select(schema.finding).where(table.kind == kind).order_by(table.grade.desc(), table.id).limit(shown)
        paper.table(
            (("finding", 18), ("what it is", 74), ("where it is", BODY - 92)),
            (_finding(objects.finding_object(row)) for row in case.rows(query)),
        )
        if shown < counts.total():
            paper.remark(f"{counts.total() - shown:,} more findings of this kind are not printed.", "bold")


def _finding(told: dict[str, Any]) -> tuple[list[Words], list[Words], list[Words]]:
    checks = "; ".join(f"{each['name']}: {each['outcome']}" for each in told["checks"])
    runs = "; ".join(f"{length:,} bytes at {offset:,}" for offset, length in told["runs"][:MOST_RUNS])
    more = len(told["runs"]) - MOST_RUNS
    return (
        [Words(told["id"], "bold"), Words(told["grade"])],
        [
            Words(told["value"] or "(no single value)", "value", limit=600),
            Words(told["detector"], "small", "quiet"),
            *([Words(checks, "small", "quiet", 400)] if checks else ()),
            *(Words(each, "small", limit=400) for each in told["caveats"][:8]),
        ],
        [
            Words(f"{told['exhibit']}, volume {told['volume']}, {told['allocation']}", "small", "quiet"),
            *([Words(told["path"], limit=600)] if told["path"] else ()),
            Words(told["locator"], "small", "quiet", 600),
            Words(f"image: {runs}" + (f"; and {more:,} pieces more" if more > 0 else ""), "small", "quiet"),
            Words(told["sha256"], "code", "quiet"),
        ],
    )


def _unexamined(paper: Paper, case: Case) -> None:
    paper.heading("Could not be examined")
    total = case.count(schema.unexamined)
    if not total:
        paper.remark("Nothing is recorded as left out.")
        return
    query = select(schema.unexamined).order_by(schema.unexamined.c.id).limit(MOST_UNEXAMINED)
    rows = (objects.unexamined_object(row) for row in case.rows(query))
    paper.table(
        (("exhibit", 18), ("place", 66), ("why", BODY - 84)),
        (
            (
                each["exhibit"],
                [
                    Words(each["place"], limit=600),
                    *([Words(each["path"], "small", "quiet", 600)] if each["path"] not in ("", each["place"]) else ()),
                    Words(f"{each['bytes']:,} bytes", "small", "quiet"),
                ],
                [
                    Words(each["reason"], "bold"),
                    Words(each["detail"], limit=600),
                    *([Words(each["tried"], "small", "quiet", 600)] if each["tried"] else ()),
                    *([Words("its raw bytes were searched", "small", "quiet")] if each["raw_bytes_searched"] else ()),
                ],
            )
            for each in rows
        ),
    )
    if total > MOST_UNEXAMINED:
        paper.remark(f"{total - MOST_UNEXAMINED:,} more places are not printed.", "bold")

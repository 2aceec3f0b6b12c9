"""The authority in a report: what it says, what it covers, and how often something outside was opened."""

from __future__ import annotations

from datetime import datetime

from forensics.authority.scope import Scope
from forensics.authority.verdict import Judge
from forensics.case import authority
from forensics.case.store import Case
from forensics.reports.paper import BODY, Cell, Paper, Words


def tell_authority(paper: Paper, case: Case) -> None:
    """A section of its own; without an authority one sentence."""
    paper.heading("Authority")
    held = authority.in_force(case)
    if held is None:
        paper.remark("No authority was entered in this case: all of the evidence was searched.")
        return
    paper.facts(
        (
            ("Order", Words(f"{held.scope.authority}; {held.scope.issued_by}", "bold", limit=1000)),
            ("Document", f"{held.scope.id}, version {held.version}, ledger entry {held.seq}"),
            ("SHA-256", Words(held.scope.sha256, "code")),
            *_limits(held.scope),
            *((("Wider than before", f"{', '.join(held.widens)}: {held.reason}"),) if held.widens else ()),
            ("Opened outside it", f"{authority.overrides(case):,} times, each entered with its reason"),
        )
    )
    covered = authority.coverage(case, Judge(held.scope))
    paper.table(
        (("entries by their paths and times", BODY - 90), ("entries", 40), ("bytes", 50)),
        ((each.value, f"{count:,}", f"{size:,}") for each, (count, size) in covered.entries.items()),
    )
    aside = sum(covered.aside.values())
    paper.remark(f"{aside:,} findings are outside the authority and are in no list of this report.", "bold")
    for rule, count in covered.aside.items():
        paper.remark(f"{count:,}: {rule}", "small")


def _limits(scope: Scope) -> list[tuple[str, Cell]]:
    lists = {
        "Exhibits": scope.exhibits,
        "Paths, only": scope.paths.include,
        "Paths, not": scope.paths.exclude,
        "Kinds, only": scope.kinds.include,
        "Kinds, not": scope.kinds.exclude,
    }
    told: list[tuple[str, Cell]] = [(name, Words(", ".join(each), limit=2000)) for name, each in lists.items() if each]
    for name, first, last in (
        ("Valid", scope.valid_from, scope.valid_to),
        ("Dates", scope.date_from, scope.date_to),
    ):
        if first is not None or last is not None:
            told.append((name, f"{_moment(first)} to {_moment(last)}"))
    if not scope.free_space:
        told.append(("Free space", "not to be searched"))
    return told


def _moment(moment: datetime | None) -> str:
    return "(open)" if moment is None else moment.isoformat(" ", "seconds").replace("+00:00", " UTC")

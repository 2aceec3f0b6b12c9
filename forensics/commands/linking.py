"""What the links of a case are made of: its findings, and what opened wallets gave."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select

from forensics.case import schema
from forensics.case.store import Case
from forensics.custody.store import LedgerReader
from forensics.links.corroborate import Entity, Stated, corroborate, entities, stated
from forensics.links.layout import places
from forensics.links.neighbourhood import Link, busiest, links_of, neighbourhood
from forensics.model import Sensitivity

OPENED = "wallet.open"  # type of the ledger's entries
BUSIEST = "*"
_SUGGESTED = 200  # entities to begin at
_LISTED = 40  # findings of an entity that a picture names


def known(case: Case) -> list[Stated]:
    """Findings of the case, and what opened wallets gave, as the links need them."""
    openings: dict[str, list[tuple[str, str, str]]] = {}
    for body in _openings(case.folder):
        given = [("WALLET_HAS_ADDRESS", kind, address) for kind, address in body["addresses"]]
        given += [("WALLET_HAS_XPUB", "key/extended", key) for key in body["keys"]]
        openings.setdefault(body["finding"], []).extend(given)
    table = schema.finding
    columns = (
        table.c.id, table.c.kind, table.c.grade, table.c.value, table.c.fingerprint, table.c.exhibit,
        table.c.volume, table.c.path, table.c.locator, table.c.links_json, table.c.runs_json,
    )  # fmt: skip
    found = []
    for row in case.rows(select(*columns).order_by(table.c.id)):
        links = json.loads(row["links_json"])
        links += [
            {"rule": rule, "target_kind": kind, "target": target}
            for rule, kind, target in openings.get(f"F{row['id']}", ())
        ]
        found.append(stated(row, links, json.loads(row["runs_json"])))
    return found


def _openings(folder: Path) -> Iterator[dict[str, Any]]:
    with LedgerReader.open(folder) as ledger:
        for entry in ledger.entries(0):
            body: Any = entry.body
            if entry.type == OPENED and body is not None and body["opened"]:
                yield body


def gathered_of(case: Case) -> tuple[int, int]:
    """What changes when there may be new links: how many findings there are, and how many opened wallets."""
    return case.count(schema.finding), sum(1 for _ in _openings(case.folder))


class Graph:
    """The links of a case, gathered once and drawn in parts."""

    def __init__(self, case: Case) -> None:
        """Gather; what derivation proves takes seconds."""
        findings = known(case)
        self._entities = entities(findings)
        self._links = links_of(corroborate(findings))
        self._places: dict[str, tuple[float, float]] = {}
        table = schema.finding.c
        self._ends = {
            f"F{row['id']}": {"exhibit": row["exhibit"], "secret": row["sensitivity"] == Sensitivity.SECRET.value}
            for row in case.rows(select(table.id, table.exhibit, table.sensitivity))
        }
        self._of_finding = {name: each.name for each in self._entities.values() for name in each.findings}

    def part(self, centre: str | None, steps: int, grade: int) -> dict[str, Any]:
        """The neighbourhood of an entity, a finding (`F17`) or of the busiest (`*`), or the most linked ones.

        Places stay from one part to the next.
        """
        name = self._of_finding.get(centre, centre) if centre else None
        suggested = busiest([link for link in self._links if link.grade >= grade], _SUGGESTED)
        if name == BUSIEST:
            name = suggested[0] if suggested else None
        shown = neighbourhood(self._entities, self._links, name, steps=steps, grade=grade)
        names = [entity.name for entity, _ in shown.entities]
        number = {each: index for index, each in enumerate(names)}
        pairs = [(number[link.source], number[link.target]) for link in shown.links if link.source != link.target]
        held = {number[each]: self._places[each] for each in names if each in self._places}
        drawn = places(len(names), pairs, held)
        self._places = dict(zip(names, drawn, strict=True))
        return {
            "centre": name,
            "entities": [
                {**_entity(entity), "steps": distance, "x": x, "y": y}
                for (entity, distance), (x, y) in zip(shown.entities, drawn, strict=True)
            ],
            "links": [self._link(each) for each in shown.links],
            "all_entities": shown.all_entities,
            "all_links": shown.all_links,
            "suggested": suggested,
        }

    def _link(self, link: Link) -> dict[str, Any]:
        return {
            "from": link.source,
            "rule": link.rule,
            "to": link.target,
            "grade": link.grade,
            "met": link.met,
            "count": link.count,
            "paths": list(link.paths),
            "same_place": link.same_place,
            "evidence": [
                [{"finding": name, "runs": [list(run) for run in runs], **self._ends[name]} for name, runs in ends]
                for ends in link.evidence
            ],
        }


def _entity(entity: Entity) -> dict[str, Any]:
    return {
        "name": entity.name,
        "kind": entity.kind,
        "value": entity.value,
        "grade": entity.grade,
        "findings": entity.findings[:_LISTED],
        "count": len(entity.findings),
    }

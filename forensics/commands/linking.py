"""The links of a case, drawn in parts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from forensics.case import schema
from forensics.case.linked import known
from forensics.case.store import Case
from forensics.links.corroborate import Entity, corroborate, entities
from forensics.links.dates import Dates, Stretch
from forensics.links.layout import places
from forensics.links.neighbourhood import Link, busiest, links_of, neighbourhood
from forensics.model import Sensitivity

BUSIEST = "*"
_SUGGESTED = 200  # entities to begin at
_LISTED = 40  # findings of an entity that a picture names


class Graph:
    """The links of a case, gathered once and drawn in parts."""

    def __init__(self, case: Case) -> None:
        """Gather; what derivation proves takes seconds."""
        findings = known(case)
        self._entities = entities(findings)
        self._links = links_of(corroborate(findings))
        self._dates = Dates(_times(case, {name for link in self._links for name in link.shown_by}))
        self._stops = self._dates.stops(self._links)
        self._places: dict[str, tuple[float, float]] = {}
        table = schema.finding.c
        self._ends = {
            f"F{row['id']}": {"exhibit": row["exhibit"], "secret": row["sensitivity"] == Sensitivity.SECRET.value}
            for row in case.rows(select(table.id, table.exhibit, table.sensitivity))
        }
        self._of_finding = {name: each.name for each in self._entities.values() for name in each.findings}

    def part(self, centre: str | None, steps: int, grade: int, stretch: Stretch) -> dict[str, Any]:
        """The neighbourhood of an entity, a finding (`F17`) or of the busiest (`*`), or the most linked ones.

        Only links of the `stretch` count. Places stay from one part to the next.
        """
        name = self._of_finding.get(centre, centre) if centre else None
        dated = self._dates.select([link for link in self._links if link.grade >= grade], stretch)
        suggested = busiest(dated.links, _SUGGESTED)
        if name == BUSIEST:
            name = suggested[0] if suggested else None
        shown = neighbourhood(self._entities, dated.links, name, steps=steps, grade=grade)
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
            "of_any_grade": len(self._links),
            "stops": self._stops,
            "within": dated.within,
            "outside": dated.outside,
            "undated": dated.undated,
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
            "times": self._dates.of(link),
            "evidence": [
                [{"finding": name, "runs": [list(run) for run in runs], **self._ends[name]} for name, runs in ends]
                for ends in link.evidence
            ],
        }


def _times(case: Case, names: set[str]) -> dict[str, list[int]]:
    """The times of these findings' events."""
    table = schema.event.c
    found: dict[str, list[int]] = {}
    for row in case.rows(select(table.finding, table.when_us).where(table.finding.is_not(None)).distinct()):
        name = f"F{row['finding']}"
        if name in names:
            found.setdefault(name, []).append(row["when_us"])
    return found


def _entity(entity: Entity) -> dict[str, Any]:
    return {
        "name": entity.name,
        "kind": entity.kind,
        "value": entity.value,
        "grade": entity.grade,
        "findings": entity.findings[:_LISTED],
        "count": len(entity.findings),
    }

"""What a graph shows: the entities within some steps of one, or those with the most links, and the links among them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from forensics.links.corroborate import Edge, Entity

MOST = 400  # entities in one picture
_ENDS = 8  # places of a link that are kept


@dataclass(frozen=True, slots=True)
class Link:
    """All edges of one rule between two entities: the highest grade, how many, and where a few of them stand.

    `shown_by` are the findings whose bytes show it, of all edges.
    """

    source: str
    rule: str
    target: str
    grade: int
    met: bool
    count: int
    paths: tuple[str, ...]
    evidence: tuple[tuple[tuple[str, tuple[tuple[int, int], ...]], ...], ...]
    same_place: bool
    shown_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Entities with their distance from the centre in steps, links among them, and what there is in all."""

    entities: tuple[tuple[Entity, int], ...]
    links: tuple[Link, ...]
    all_entities: int
    all_links: int


def links_of(edges: Iterable[Edge]) -> list[Link]:
    """The edges, those of one rule between the same two entities joined; in order."""
    found: dict[tuple[str, str, str], list[Edge]] = {}
    for edge in sorted(set(edges)):
        found.setdefault((edge.source, edge.rule, edge.target), []).append(edge)
    return [
        Link(
            *key,
            grade=max(edge.grade for edge in group),
            met=any(edge.met for edge in group),
            count=len(group),
            paths=tuple(dict.fromkeys(edge.path for edge in group if edge.path))[:_ENDS],
            evidence=tuple(edge.evidence for edge in group[:_ENDS]),
            same_place=all(edge.same_place for edge in group),
            shown_by=tuple(dict.fromkeys(name for edge in group for name, _ in edge.evidence)),
        )
        for key, group in sorted(found.items())
    ]


def busiest(links: Sequence[Link], most: int) -> list[str]:
    """The entities with the most links, those with more certain ones first among equals."""
    weight: dict[str, tuple[int, int]] = {}
    for link in links:
        for name in (link.source, link.target):
            count, grades = weight.get(name, (0, 0))
            weight[name] = (count + 1, grades + link.grade)
    return sorted(weight, key=lambda name: (-weight[name][0], -weight[name][1], name))[:most]


def neighbourhood(
    entities: Mapping[str, Entity],
    links: Sequence[Link],
    centre: str | None,
    *,
    steps: int = 2,
    grade: int = 0,
    most: int = MOST,
) -> Neighbourhood:
    """What lies within `steps` of `centre`, by links of at least `grade`; without a centre the busiest entities.

    Of more than `most` entities the nearer stay, and among these the earlier by name.
    """
    wanted = [link for link in links if link.grade >= grade]
    beside: dict[str, set[str]] = {}
    for link in wanted:
        beside.setdefault(link.source, set()).add(link.target)
        beside.setdefault(link.target, set()).add(link.source)
    distance = dict.fromkeys(busiest(wanted, most), 0) if centre is None else _distances(beside, centre, steps, most)
    shown = tuple(link for link in wanted if link.source in distance and link.target in distance)
    return Neighbourhood(
        tuple((_entity(entities, name), steps_) for name, steps_ in distance.items()),
        shown,
        len(beside),
        len(wanted),
    )


def _distances(beside: Mapping[str, set[str]], centre: str, steps: int, most: int) -> dict[str, int]:
    distance = {centre: 0}
    waiting = deque((centre,))
    while waiting:
        name = waiting.popleft()
        if distance[name] >= steps:
            continue
        for other in sorted(beside.get(name, ())):
            if other not in distance and len(distance) < most:
                distance[other] = distance[name] + 1
                waiting.append(other)
    return distance


def _entity(entities: Mapping[str, Entity], name: str) -> Entity:
    """The entity, or one without a finding: stated by a link and not found."""
    kind, _, value = name.partition(":")
    return entities.get(name) or Entity(kind, value)

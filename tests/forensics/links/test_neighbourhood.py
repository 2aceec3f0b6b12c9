"""Which entities and links a picture shows."""

from __future__ import annotations

from forensics.links.corroborate import Edge, Entity
from forensics.links.neighbourhood import busiest, links_of, neighbourhood


def _edge(source: str, target: str, grade: int = 3, rule: str = "NAMES", path: str = "") -> Edge:
    return Edge(f"a:{source}", rule, f"a:{target}", grade, met=True, path=path, evidence=((f"F{grade}", ((0, 1),)),))


CHAIN = [_edge("1", "2"), _edge("2", "3"), _edge("3", "4"), _edge("2", "5", 1), _edge("5", "6")]
ENTITIES = {f"a:{each}": Entity("a", each, 3, [f"F{each}"]) for each in "12345"}


def _names(centre: str | None, steps: int = 2, grade: int = 0, most: int = 100) -> dict[str, int]:
    shown = neighbourhood(ENTITIES, links_of(CHAIN), centre, steps=steps, grade=grade, most=most)
    return {entity.value: distance for entity, distance in shown.entities}


def test_steps_are_counted_either_way_along_a_link() -> None:
    assert _names("a:1", 1) == {"1": 0, "2": 1}
    assert _names("a:3") == {"3": 0, "2": 1, "4": 1, "1": 2, "5": 2}


def test_links_below_the_grade_lead_nowhere() -> None:
    assert _names("a:3", 3, 2) == {"3": 0, "2": 1, "4": 1, "1": 2}
    shown = neighbourhood(ENTITIES, links_of(CHAIN), "a:3", grade=2)
    assert (shown.all_entities, shown.all_links) == (6, 4)


def test_what_is_only_stated_is_an_entity_without_a_finding() -> None:
    shown = neighbourhood(ENTITIES, links_of(CHAIN), "a:5", steps=1)
    (stated,) = (entity for entity, _ in shown.entities if entity.value == "6")
    assert stated.findings == []


def test_too_many_are_cut_from_the_far_end_and_every_link_has_both_ends() -> None:
    assert set(_names("a:3", 3, 0, 3)) == {"3", "2", "4"}
    shown = neighbourhood(ENTITIES, links_of(CHAIN), None, most=2)
    names = {entity.name for entity, _ in shown.entities}
    assert len(names) == 2
    assert all({link.source, link.target} <= names for link in shown.links)


def test_the_busiest_come_first() -> None:
    assert busiest(links_of(CHAIN), 2) == ["a:2", "a:3"]


def test_edges_of_one_rule_between_two_entities_are_one_link() -> None:
    (link,) = links_of([_edge("1", "2", 1, path="0/1"), _edge("1", "2", 4, path="0/2"), _edge("1", "2", 4, path="0/2")])
    assert (link.grade, link.count, link.paths) == (4, 2, ("0/1", "0/2"))
    assert len(links_of([_edge("1", "2"), _edge("1", "2", rule="DERIVES")])) == 2

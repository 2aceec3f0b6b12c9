"""What one step shows, gathered from the case: no Qt in it, so that it can be tested alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from app import reading
from app.docks.inspector import steps as way_of
from app.verdicts import words_of
from resources.languages import tr
from viewers.base import Subject
from viewers.words import plural

HIDDEN = ("secret", "possibly privileged", "restricted media")


STEP_WORDS = {"fact": tr("Fact"), "inference": tr("Inference"), "disputed": tr("Disputed")}


def step_word(kind: str) -> str:
    """The kind of a step as the screen says it."""
    return STEP_WORDS.get(kind, kind)


@dataclass(frozen=True, slots=True)
class Shown:
    """One finding on the screen."""

    number: int
    title: str
    place: str
    value: str
    sha256: str
    hidden: bool  # its value is masked, or its picture blurred
    way: tuple[str, ...]  # from the disk to the bytes
    size: int


@dataclass(frozen=True, slots=True)
class Scene:
    """One step with its findings, and the way from the exhibit to the bytes in (title, note) pairs."""

    step: Mapping[str, Any]
    shown: tuple[Shown, ...] = ()
    exhibit: str = ""
    ribbon: tuple[tuple[str, str], ...] = field(default=())

    @property
    def equal(self) -> tuple[int, int] | None:
        """How many characters of two shown values are equal, place by place, and of how many; `None` for one finding,
        for values of two lengths, and where one is masked.
        """
        if len(self.shown) != 2 or any(each.hidden for each in self.shown):
            return None
        one, other = (each.value for each in self.shown)
        if len(one) != len(other):
            return None
        return sum(a == b for a, b in zip(one, other, strict=True)), len(one)


def numbers(step: Mapping[str, Any]) -> list[int]:
    """The findings of a step."""
    return [int(str(name)[1:]) for name in step.get("findings", ())]


def scenes(connection: Connection, steps: Sequence[Mapping[str, Any]]) -> tuple[str, list[Scene]]:
    """The number of the case, and each step with what it shows."""
    exhibits = {one.number: one for one in reading.exhibits(connection)}
    made = []
    for step in steps:
        subjects = [found for number in numbers(step) if (found := reading.subject_of_finding(connection, number))]
        if not subjects:
            made.append(Scene(step))
            continue
        first = subjects[0]
        one = exhibits[first.exhibit]
        ribbon = (
            (tr("Exhibit {number}", number=one.number), one.description or one.image_name),
            (tr("Copy of its disk"), tr("digests: {verdict}", verdict=words_of(one.verdict).cell)),
            _file(first),
            (first.title, f"F{first.finding}, {plural(sum(length for _, length in first.runs), 'byte', 'bytes')}"),
        )
        made.append(Scene(step, tuple(map(_shown, subjects)), one.number, ribbon))
    return reading.case_words(connection).get("number", ""), made


def _shown(subject: Subject) -> Shown:
    return Shown(
        number=subject.finding or 0,
        title=subject.title,
        place=subject.path or subject.allocation,
        value=" ".join(subject.value.split()),
        sha256=subject.sha256,
        hidden=subject.sensitivity in HIDDEN,
        way=tuple(way_of(subject)),
        size=sum(length for _, length in subject.runs),
    )


def _file(subject: Subject) -> tuple[str, str]:
    name = subject.path.rpartition("/")[2]
    return (name, subject.allocation) if name else (subject.allocation or tr("No file"), tr("no name leads here"))

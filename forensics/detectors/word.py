"""Detectors of single words: text bounded by characters that cannot belong to it.

The boundary rule removes nearly all accidental matches inside base64 and long identifiers: the
character before and behind a candidate must not be one of its alphabet, nor a letter, digit or `_`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from forensics.detectors.base import Specimen, Trigger, finding
from forensics.model import (
    Absent,
    ByteRun,
    Check,
    Event,
    Field,
    Finding,
    Grade,
    Layer,
    Link,
    Secret,
    Sensitivity,
)

WORD = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a word was found to be. Fields get the whole word as their span."""

    value: str | Secret | Absent
    grade: Grade
    checks: tuple[Check, ...]
    fields: Mapping[str, Field] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    links: tuple[Link, ...] = ()
    caveats: tuple[str, ...] = ()
    sensitivity: Sensitivity | None = None


class WordDetector:
    """Base of detectors whose artefact is one word of a known alphabet and bounded length.

    The trigger's match must end inside or just behind the word. The word is the longest run of
    `alphabet` around the byte before the match end; it is refused when longer than `longest`.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    version: ClassVar[int]
    triggers: ClassVar[tuple[Trigger, ...]]
    references: ClassVar[tuple[str, ...]]
    specimens: ClassVar[tuple[Specimen, ...]]
    alphabet: ClassVar[frozenset[int]] = WORD
    shortest: ClassVar[int]
    longest: ClassVar[int]

    def accept(self, word: bytes) -> Accepted | None:
        """Validate one whole word; None when it is not one of ours."""
        raise NotImplementedError

    def words(self, data: bytes, ends: Iterable[int]) -> Iterator[tuple[int, Accepted, int]]:
        """Offset, verdict and length of each accepted word of `data` around the match ends, once each.

        `data` must hold at least `longest` + 1 bytes either side of an end unless its text ends there.
        """
        alphabet, longest, limit = self.alphabet, self.longest, len(data)
        behind = -1
        for end in ends:
            if end <= behind:
                continue
            start = end
            floor = max(0, end - longest - 1)
            while start > floor and data[start - 1] in alphabet:
                start -= 1
            stop = end
            ceiling = min(limit, start + longest + 1)
            while stop < ceiling and data[stop] in alphabet:
                stop += 1
            behind = stop
            length = stop - start
            if not self.shortest <= length <= longest:
                continue
            if (start and data[start - 1] in WORD) or (stop < limit and data[stop] in WORD):
                continue
            verdict = self.accept(data[start:stop])
            if verdict is not None:
                yield start, verdict, length

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The word around `at`, if it is one of ours."""
        base = max(0, at - self.longest - 2)
        data = layer.read(base, 2 * self.longest + 4)
        for start, verdict, length in self.words(data, (at - base,)):
            yield self.found(layer, base + start, length, verdict)

    def found(self, layer: Layer, offset: int, length: int, verdict: Accepted) -> Finding:
        """The finding that `verdict` makes of these bytes."""
        span = ByteRun(offset, length)
        return finding(
            self,
            layer,
            offset,
            length,
            grade=verdict.grade,
            value=verdict.value,
            checks=verdict.checks,
            fields={name: each if each.span else Field(each.value, span) for name, each in verdict.fields.items()},
            events=verdict.events,
            links=verdict.links,
            caveats=verdict.caveats,
            sensitivity=verdict.sensitivity,
        )

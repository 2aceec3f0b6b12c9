"""What carving detectors share: where they look, and the finding that they make of a file's bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from forensics.detectors.base import Specimen, Trigger, finding, passed
from forensics.model import Absent, Field, Finding, Grade, Layer, Value

PLACES = ("unallocated", "slack", "gap", "unknown")  # steps of locators; an entry is a file already
LARGEST = 64 << 20  # bytes that are digested, and looked through for an end
PIECE = 1 << 20

CUT = "the file's end is not here: {} bytes hold together, then {}"
TOO_LONG = "longer than 64 MiB: its bytes are not digested"


@dataclass(frozen=True, slots=True)
class Carved:
    """How far a structure holds, from the offset that the detector was woken at unless `start` says otherwise.

    `broken` is empty where the end is the structure's own, and says what follows instead where it is not.
    """

    length: int
    bits: int
    broken: str = ""
    start: int | None = None
    facts: Mapping[str, Value] = field(default_factory=dict)


class FileDetector:
    """Base of detectors that carve files. Subclasses say `carve`."""

    kind: ClassVar[str]
    title: ClassVar[str]
    version: ClassVar[int]
    triggers: ClassVar[tuple[Trigger, ...]]
    references: ClassVar[tuple[str, ...]]
    specimens: ClassVar[tuple[Specimen, ...]]
    places: ClassVar[tuple[str, ...]] = PLACES

    def carve(self, layer: Layer, at: int) -> Carved | None:
        """How far the structure at `at` holds; None where there is none."""
        raise NotImplementedError

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """One finding, whose value is the SHA-256 of the file's bytes."""
        carved = self.carve(layer, at)
        if carved is None or carved.length <= 0:
            return
        start = at if carved.start is None else carved.start
        length = min(carved.length, layer.size - start)
        broken = carved.broken or ("the area ends" if length < carved.length else "")
        caveats = (CUT.format(f"{length:,}", broken),) if broken else ()
        value: str | Absent = Absent.NOT_PARSED
        if length <= LARGEST:
            value = digest(layer, start, length)
        else:
            caveats = (*caveats, TOO_LONG)
        yield finding(
            self,
            layer,
            start,
            length,
            grade=Grade.C1 if broken else Grade.C2,
            value=value,
            checks=(passed("structure", carved.bits),),
            fields={
                "size": Field(length),
                "complete": Field(not broken),
                **{name: Field(each) for name, each in carved.facts.items()},
            },
            caveats=caveats,
        )


def digest(layer: Layer, start: int, length: int) -> str:
    """SHA-256 of bytes of a layer, in hexadecimal."""
    state = hashlib.sha256()
    for offset in range(start, start + length, PIECE):
        state.update(layer.read(offset, min(PIECE, start + length - offset)))
    return state.hexdigest()


def known(*files: bytes) -> tuple[str, ...]:
    """What a specimen expects of whole files."""
    return tuple(hashlib.sha256(each).hexdigest() for each in files)

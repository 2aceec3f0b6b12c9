"""The steps at the end of a locator that lead into decoded streams, read back from its text."""

from __future__ import annotations

import re
from dataclasses import dataclass

AREAS = ("gap", "unallocated", "slack", "metadata", "unknown", "stored")  # kinds of `kind@offset` that decode nothing
DEEPEST = 16  # more steps than any sweep takes

_AREA = re.compile(rf"({'|'.join(AREAS)})@(\d{{1,19}})")
_STEP = re.compile(r"([a-z0-9_.-]{1,40})@(\d{1,19})(?:/(\d{1,9}))?")
_WIDE = re.compile(r"utf-16[bl]e(?:\+1)?")


@dataclass(frozen=True, slots=True)
class Step:
    """One decoding: its kind, where it was woken in the layer below, and which of its streams."""

    kind: str
    at: int
    index: int = 0


def decodings(locator: str) -> tuple[str, tuple[Step, ...]]:
    """The locator of the layer that holds the encoded bytes, and the decodings above it, outermost first.

    Views of UTF-16 text at the end are left out: their spans are in bytes of the layer below. Without any
    decoding the second is empty. A file whose own name ends like such a step reads as one; what opens
    the stream compares the first part with the entry's own locator.
    """
    parts = locator.split(" > ")
    while len(parts) > 1 and _WIDE.fullmatch(parts[-1]):
        parts.pop()
    steps: list[Step] = []
    while len(parts) > 1 and len(steps) < DEEPEST:
        match = _STEP.fullmatch(parts[-1])
        if match is None or match[1] in AREAS:
            break
        steps.insert(0, Step(match[1], int(match[2]), int(match[3] or 0)))
        parts.pop()
    return " > ".join(parts), tuple(steps)


def area_of(locator: str) -> int | None:
    """Where the area on the image starts that a locator ends in, or None where it ends in something else."""
    match = _AREA.fullmatch(locator.rpartition(" > ")[2])
    return int(match[2]) if match else None

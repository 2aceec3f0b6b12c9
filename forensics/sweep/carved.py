"""Carved files within carved files: the pictures of a document are not files of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from forensics.model import Grade
from forensics.sweep.space import Held

CARVED = "file/"  # the family of detectors that carve whole files
# Whose bytes are all accounted for; the free pages of a database may be anything by now.
HOLDERS = frozenset(f"file/{name}" for name in ("zip", "pdf", "jpeg", "heic", "mp4"))


def outermost(found: Sequence[Held]) -> Iterator[Held]:
    """All findings, without carved files that lie within a complete one of the same area, in their order."""
    carved = [held for held in found if held.finding.kind.startswith(CARVED)]
    within: set[int] = set()
    ends: dict[int, int] = {}
    for held in sorted(carved, key=lambda each: (each.finding.span.offset, -each.finding.span.length)):
        span = held.finding.span
        if span.end <= ends.get(held.segment, 0):
            within.add(id(held))
        elif held.finding.grade >= Grade.C2 and held.finding.kind in HOLDERS:
            ends[held.segment] = max(ends.get(held.segment, 0), span.end)
    return (held for held in found if id(held) not in within)

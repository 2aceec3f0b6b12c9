"""Values that the whole world has: test vectors of standards, examples, burn and donation addresses.

They are on many disks because documentation and source code are, and say nothing about their holder.
"""

from __future__ import annotations

import functools
import unicodedata
from importlib.resources import files

from forensics.model import Grade

CAVEAT = "published test vector, example or public address: found wherever its documentation is"


@functools.cache
def published() -> frozenset[str]:
    """All listed values: one a line in `resources/noise/published.txt`, `#` starts a comment; in NFKD."""
    text = (files("resources") / "noise" / "published.txt").read_text("utf-8")
    lines = (line.partition("#")[0].strip() for line in unicodedata.normalize("NFKD", text).splitlines())
    return frozenset(line for line in lines if line)


def judged(value: str, grade: Grade, *caveats: str) -> tuple[Grade, tuple[str, ...]]:
    """`grade` and `caveats`, lowered to C1 and one caveat longer where `value` is published."""
    if value in published():
        return min(grade, Grade.C1), (*caveats, CAVEAT)
    return grade, caveats

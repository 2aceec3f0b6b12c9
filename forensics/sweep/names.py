"""Which detectors and decoders ask for an entry by its path."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Sequence

from forensics.sweep.patterns import Triggered

Named = Callable[[str], tuple[int, ...]]


def globs_of(chosen: Sequence[Triggered]) -> list[tuple[int, str]]:
    """(number of the detector or decoder, lower-case glob) of every name trigger."""
    return [
        (index, trigger.name.lower())
        for index, detector in enumerate(chosen)
        for trigger in detector.triggers
        if trigger.name
    ]


def named_by(globs: Sequence[tuple[int, str]]) -> Named:
    """A function from an entry's path to the numbers of the detectors that ask for it."""
    if not globs:
        return lambda _: ()
    each = [(index, re.compile(fnmatch.translate(glob))) for index, glob in globs]
    any_of = re.compile("|".join(f"(?:{glob.pattern})" for _, glob in each))

    def named(path: str) -> tuple[int, ...]:
        lower = path.lower()
        if not any_of.match(lower):
            return ()
        return tuple(sorted({index for index, glob in each if glob.match(lower)}))

    return named

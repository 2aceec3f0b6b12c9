"""All detectors compiled into one database, made once per process."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from forensics.detectors import detectors
from forensics.detectors.base import Detector
from forensics.sweep.patterns import Engine, Pattern, engine_for, patterns_of


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Detectors, their patterns and the engines over them.

    `wide` sweeps the narrowed view of UTF-16 text with the patterns that ask for it; its pattern
    numbers index `wide_patterns`.
    """

    detectors: tuple[Detector, ...]
    patterns: tuple[Pattern, ...]
    engine: Engine
    wide_patterns: tuple[Pattern, ...]
    wide: Engine


def build(chosen: tuple[Detector, ...], engine: str | None = None) -> Catalogue:
    """Compile `chosen` with the named engine, or with the fastest there is."""
    patterns = patterns_of(chosen)
    wide = tuple(each for each in patterns if each.trigger.wide and each.back is None) + tuple(
        each for each in patterns if each.trigger.wide and each.back is not None and each.trigger.pattern.isascii()
    )
    return Catalogue(
        chosen,
        patterns,
        engine_for([each.expression for each in patterns], engine),
        wide,
        engine_for([each.expression for each in wide], engine),
    )


@functools.cache
def catalogue(engine: str | None = None) -> Catalogue:
    """The catalogue of every detector there is."""
    return build(detectors(), engine)

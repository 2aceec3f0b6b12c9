"""All detectors compiled into one database, made once per process."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import cast

from forensics.detectors import detectors
from forensics.detectors.base import Detector
from forensics.sweep.decoders import decoders
from forensics.sweep.decoders.base import Decoder, Seeker
from forensics.sweep.names import Named, globs_of, named_by
from forensics.sweep.patterns import Engine, Pattern, engine_for, patterns_of


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Detectors and decoders, their patterns and the engines over them.

    A pattern's number counts the detectors first and the decoders behind them. `wide` sweeps the narrowed view of UTF-16 text with the patterns that ask for it; its pattern
    numbers index `wide_patterns`.
    """

    detectors: tuple[Detector, ...]
    patterns: tuple[Pattern, ...]
    engine: Engine
    wide_patterns: tuple[Pattern, ...]
    wide: Engine
    decoders: tuple[Decoder, ...]
    seekers: tuple[tuple[int, Seeker], ...]  # numbers of the patterns behind those of `engine`, with who seeks them
    named: Named  # a lower-case path to the detectors and, numbered behind them, decoders that ask for it

    def ends(self, data: bytes | memoryview) -> dict[int, list[int]]:
        """For each pattern that matched in `data`, its match ends in ascending order, without repeats."""
        found = self.engine.ends(data)
        for number, seeker in self.seekers:
            if ends := seeker.ends(data):
                found[number] = ends
        return found


def build(
    chosen: tuple[Detector, ...], engine: str | None = None, decoding: tuple[Decoder, ...] | None = None
) -> Catalogue:
    """Compile `chosen` and the decoders (all if `decoding` is None) with the named engine, or the fastest there is."""
    found = decoders() if decoding is None else decoding
    seekers = [each for each in found if hasattr(each, "ends")]
    decoding = (*(each for each in found if each not in seekers), *seekers)
    patterns = patterns_of((*chosen, *decoding))
    compiled = sum(each.detector < len(chosen) + len(found) - len(seekers) for each in patterns)
    wide = tuple(each for each in patterns if each.trigger.wide and each.back is None) + tuple(
        each for each in patterns if each.trigger.wide and each.back is not None and each.trigger.pattern.isascii()
    )
    return Catalogue(
        chosen,
        patterns,
        engine_for([each.expression for each in patterns[:compiled]], engine),
        wide,
        engine_for([each.expression for each in wide], engine),
        decoding,
        tuple(
            (number, cast("Seeker", decoding[each.detector - len(chosen)]))
            for number, each in enumerate(patterns)
            if number >= compiled
        ),
        named_by(globs_of((*chosen, *decoding))),
    )


def catalogue(engine: str | None = None) -> Catalogue:
    """The catalogue of every detector there is, compiled once for each engine."""
    return _catalogue(engine)


@functools.cache
def _catalogue(engine: str | None) -> Catalogue:
    return build(detectors(), engine)

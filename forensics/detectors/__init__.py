"""One file for each format, `<family>/<format>.py`; found by walking this package.

A module exposes `DETECTOR`; its `kind` equals its path. A module without one, or with another
kind, stops the program at start: a format that silently is not there is worse than none.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil

from forensics.detectors.base import Detector

SHARED = frozenset({"base", "word"})  # modules here that are not formats; so is any name starting with _


class BrokenDetectorError(RuntimeError):
    """A module of this package does not follow the rule above."""


@functools.cache
def detectors() -> tuple[Detector, ...]:
    """Every detector, ordered by kind."""
    found: list[Detector] = []
    for family in pkgutil.iter_modules(__path__):
        if not family.ispkg:
            if family.name not in SHARED and not family.name.startswith("_"):
                raise BrokenDetectorError(f"{family.name}: a detector lives in a family package")
            continue
        package = importlib.import_module(f"{__name__}.{family.name}")
        for module in pkgutil.iter_modules(package.__path__):
            if module.name.startswith("_"):
                continue
            kind = f"{family.name}/{module.name}"
            detector = getattr(importlib.import_module(f"{package.__name__}.{module.name}"), "DETECTOR", None)
            if detector is None or detector.kind != kind:
                raise BrokenDetectorError(f"{kind}: no DETECTOR of that kind")
            found.append(detector)
    return tuple(sorted(found, key=lambda each: each.kind))

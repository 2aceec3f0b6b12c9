"""Detectors and decoders that name each place before they look at it, for work that is done carefully."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from forensics.detectors.base import Detector
from forensics.detectors.word import WordDetector
from forensics.guard import Guard, Step
from forensics.model import Layer, Locator
from forensics.sweep.catalogue import Catalogue
from forensics.sweep.decoders.base import Decoder
from forensics.sweep.unit import locate
from forensics.sweep.wire import clean

LONGEST = 500  # characters of a place; what is longer is told from others by its end
PathOf = Callable[[Locator], str]  # a layer to the path of the entry that it is in, or an empty text
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Guarded:
    """A detector or decoder within a guard. Places are looked at one by one, never many at once."""

    inner: Any
    guard: Guard
    path_of: PathOf

    def __getattr__(self, name: str) -> Any:
        if name == "examine_many":
            raise AttributeError(name)
        return getattr(self.inner, name)

    def examine(self, layer: Layer, at: int) -> Iterator[Any]:
        """As a detector does."""
        return self._within(layer, at, lambda: self.inner.examine(layer, at))

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Any]:
        """As a decoder does."""
        return self._within(layer, at, lambda: self.inner.decode(layer, at, limit))

    def _within(self, layer: Layer, at: int, work: Callable[[], Iterator[_T]]) -> Iterator[_T]:
        run = next(iter(layer.runs(at, 1)), None) if at < layer.size else None
        parser = f"{self.inner.kind}@{self.inner.version}"
        place = str(layer.locator)[-LONGEST:]
        offset = run.offset if run is not None and run.offset >= 0 else None
        if not self.guard.enter(Step(f"{parser} at {at:,} of {place}", parser, self.path_of(layer.locator), offset)):
            return
        try:
            yield from work()
        finally:
            self.guard.leave()


def paths_of(base: Locator, owners: Iterable[Mapping[str, Any]]) -> PathOf:
    """The paths of these owners' layers and of all that is within them; `base` is the image."""
    known = {str(locate(base, each["steps"])): clean(each["path"]) for each in owners if each.get("path")}

    def path_of(locator: Locator) -> str:
        at: Locator | None = locator
        while at is not None and str(at) not in known:
            at = at.within
        return known[str(at)] if at is not None else ""

    return path_of


def guarded(catalogue: Catalogue, guard: Guard, path_of: PathOf) -> Catalogue:
    """The catalogue with every parser in the guard but those of single words, which are judged many at once."""
    return replace(
        catalogue,
        detectors=tuple(
            each if isinstance(each, WordDetector) else cast("Detector", _Guarded(each, guard, path_of))
            for each in catalogue.detectors
        ),
        decoders=tuple(cast("Decoder", _Guarded(each, guard, path_of)) for each in catalogue.decoders),
    )

"""The catalogue with the watch-lists of a case in it, compiled once for each set of lists."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any, cast

from forensics.detectors import detectors
from forensics.detectors._watch import WatchTerms
from forensics.detectors._watch_list import read_list
from forensics.detectors.base import Detector
from forensics.sweep.catalogue import Catalogue, build, catalogue

Given = tuple[str, bytes, bool, bool]  # name, octets, whether diacritics count, whether Latin letters are tried


def watching(engine: str | None, lists: Sequence[Mapping[str, Any]]) -> Catalogue:
    """The catalogue of every detector, and of one for the lists behind them: numbers of detectors stay what they are.

    `lists` have `name`, `data`, `diacritics` and `transliterate`.
    """
    if not lists:
        return catalogue(engine)
    return _watching(
        engine, tuple((each["name"], each["data"], each["diacritics"], each["transliterate"]) for each in lists)
    )


@functools.lru_cache(maxsize=1)
def _watching(engine: str | None, given: tuple[Given, ...]) -> Catalogue:
    lists = [
        read_list(name, data, diacritics=diacritics, transliterate=transliterate)
        for name, data, diacritics, transliterate in given
    ]
    return build((*detectors(), cast("Detector", WatchTerms(lists))), engine)

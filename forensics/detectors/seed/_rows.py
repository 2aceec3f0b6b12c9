"""Listed words in a row around a place, for phrases whose checksum or length says where they start.

The places come from the expression of `seed/bip39`, which wakes at the end of each row of words: equal
expressions are compiled once.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from forensics.detectors.seed import _screen
from forensics.model import Layer

REACH = 1024
MOST = 80  # words of a row beyond which it is a list or a text
_TOKEN = re.compile(r"[A-Za-z\u00c0-\uffff]+")
_GAP = re.compile(r"[ \t\r\n,;|\"'0-9.):#(\u3000-]{1,10}")
LOOK_BACK = 4
_GLANCE = 256


class Screened:
    """Part of a detector: which ends of rows of words `rows` may find a row at.

    `listed_bit` is of its words, `fewest` are in a row.
    """

    listed_bit: ClassVar[int]
    fewest: ClassVar[int]

    def screen(
        self, data: bytes, ends: _screen.Places, edges: _screen.Places, lows: _screen.Places, highs: _screen.Places
    ) -> _screen.Flags:
        """Whether to be woken at each of the ends, in `data` with owners that change at `edges`.

        [lows, highs) is what `data` holds of the text about each end.
        """
        found = _screen.words(data, edges, ends)
        return _screen.near_a_row(
            found, ends, lows, highs, bit=self.listed_bit, fewest=self.fewest, reach=REACH, back=LOOK_BACK
        )


@dataclass(frozen=True, slots=True)
class Word:
    """A word in small letters, and where it stands in the layer."""

    text: str
    start: int
    end: int


def rows(layer: Layer, ends: Sequence[int], listed: Callable[[str], bool], fewest: int) -> Iterator[list[Word]]:
    """Each row of at least `fewest` listed words that stands at one of the ends, once."""
    behind = -1
    for at in ends:
        if at <= behind:
            continue
        if not _promising(layer, at, listed, fewest):
            continue
        base = max(0, at - REACH)
        data = layer.read(base, at - base + REACH)
        found = _words(data, base)
        near = [number for number, each in enumerate(found) if each.end <= at + 1][-LOOK_BACK:]
        place = next((number for number in reversed(near) if listed(found[number].text)), None)
        if place is None:
            continue
        first = last = place
        while first and listed(found[first - 1].text) and _joined(data, base, found[first - 1], found[first]):
            first -= 1
        while (
            last + 1 < len(found) and listed(found[last + 1].text) and _joined(data, base, found[last], found[last + 1])
        ):
            last += 1
        row = found[first : last + 1]
        behind = row[-1].end
        if fewest <= len(row) <= MOST:
            yield row


def _promising(layer: Layer, at: int, listed: Callable[[str], bool], fewest: int) -> bool:
    """Whether as many listed words as a row has may stand in a row about `at`: mostly two or three do not."""
    before = _glance(layer, max(0, at - _GLANCE), min(at, _GLANCE))
    back = max(
        sum(1 for _ in itertools.takewhile(listed, reversed(before[: len(before) - skipped])))
        for skipped in range(LOOK_BACK + 1)
    )
    if back >= min(fewest, len(before) - LOOK_BACK - 1):
        return True
    return back > 0 and back + sum(1 for _ in itertools.takewhile(listed, _glance(layer, at, _GLANCE))) >= fewest - 1


def _glance(layer: Layer, offset: int, length: int) -> list[str]:
    return _TOKEN.findall(layer.read(offset, length).decode("utf-8", "surrogateescape").lower())


def lines(data: Callable[[int, int], bytes], row: list[Word]) -> Iterator[list[Word]]:
    """The parts of a row that stand in a line each; `data` reads the layer."""
    part = row[:1]
    for before, behind in itertools.pairwise(row):
        gap = data(before.end, behind.start - before.end)
        if b"\n" in gap or b"\r" in gap:
            yield part
            part = []
        part.append(behind)
    yield part


def alone(layer: Layer, start: int, end: int) -> bool:
    """Whether no other word stands in the line of the phrase before or behind it, but for a label."""
    before = layer.read(max(0, start - 24), min(start, 24)).rstrip(b"0123456789.)# ")
    behind = layer.read(end, 8).lstrip(b" .")
    opened = not before or before[-1:] in b"\r\n\"'`:=>([{\t\0,;|"
    return opened and (not behind or behind[:1] in b"\r\n\"'`<>)]}\\\t\0,;|")


def _words(data: bytes, base: int) -> list[Word]:
    if data.isascii():
        text = data.decode("ascii")
        return [Word(match[0].lower(), base + match.start(), base + match.end()) for match in _TOKEN.finditer(text)]
    text = data.decode("utf-8", "surrogateescape")
    found, place, offset = [], 0, base
    for match in _TOKEN.finditer(text):
        offset += len(text[place : match.start()].encode("utf-8", "surrogateescape"))
        size = len(match[0].encode("utf-8", "surrogateescape"))
        found.append(Word(match[0].lower(), offset, offset + size))
        place, offset = match.end(), offset + size
    return found


def _joined(data: bytes, base: int, before: Word, behind: Word) -> bool:
    gap = data[before.end - base : behind.start - base].decode("utf-8", "surrogateescape")
    return _GAP.fullmatch(gap) is not None and gap.count("\n") < 2

"""How people and programs write down a row of words: found around one of them.

| layout     | between two words                                                    |
|------------|----------------------------------------------------------------------|
| line       | spaces, tabs, commas, `+` of a form, quotes of a JSON array           |
| list       | a line each                                                          |
| wrapped    | several words a line                                                 |
| numbered   | `1. word`, `2) word`, `#3 word`, also in columns, in any order        |

A run is the longest row of listed words of one language with such text between them; a blank line
ends it. A row is the part of a run in one line, or between quotation marks. What is found depends on
the bytes of the run and the few that bound it, not on the word that the search started from.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

REACH = 2048  # bytes either side of a match end that are read
SHORTEST = 12  # words of a run below which nothing is asked
MOST = 26  # words of a run beyond which it is a list or a text, not a phrase

_ATOM = re.compile(r"[\w\u0300-\u036f\u3099\u309a]+")
_BETWEEN = re.compile(r"[ \t\r\n,;|\"'/+\u3000-]{1,24}")
_TO_NUMBER = re.compile(r"[ \t\r\n,;|\"'(#\u3000]{1,24}")
_FROM_NUMBER = re.compile(r"[ \t.):|,\"'-]{1,8}")

_ANY_BREAK = re.compile(r"[\r\n]")
_SPACED_BREAK = re.compile(r"[^ ]")  # among words with a space between them, all else ends a row

_OPENING = frozenset("\"'`([{<>=:*|\t")
_CLOSING = frozenset("\"'`)]}<>\\,;|\t*&")
_JOINED_OPENING = frozenset(",;")


@dataclass(frozen=True, slots=True)
class Word:
    """A listed word: its text, its place in the decoded text, its number, whether a row starts before it."""

    text: str
    start: int
    stop: int
    number: int | None
    breaks: bool


@dataclass(frozen=True, slots=True)
class Phrase:
    """Candidate words in their order, and how they stand there. Offsets are in the decoded text."""

    words: tuple[str, ...]
    start: int
    stop: int
    layout: str
    isolated: bool
    whole: bool  # false where the run holds a word or two more


@dataclass(slots=True)
class Run:
    """Listed words in a row, and which of them are on the line that was asked about."""

    text: str
    words: list[Word] = field(default_factory=list)
    first: int = 0
    last: int = 0
    longer: bool = False

    def phrases(self, lengths: tuple[int, ...]) -> list[list[Phrase]]:
        """Candidates in order of preference; those of one inner list stand for each other."""
        tried: list[list[Phrase]] = []
        total, count = len(self.words), self.last - self.first
        if not self.longer and total in lengths:
            tried.append([self._phrase(0, total)])
        if count in lengths and (count != total or self.longer):
            tried.append([self._phrase(self.first, self.last, lengths=lengths)])
        tried += self._windows(self.first, self.last, lengths)
        if count != total and not self.longer:
            tried += self._windows(0, total, lengths, whole_lines=True)
        return tried

    def _windows(
        self, first: int, last: int, lengths: tuple[int, ...], *, whole_lines: bool = False
    ) -> list[list[Phrase]]:
        """For each length that is up to two words short of a row: the windows of that length."""
        found = []
        for length in sorted(lengths, reverse=True):
            more = last - first - length
            starts = range(first, first + more + 1) if 0 < more <= 2 else range(0)
            kept = [
                start
                for start in starts
                if not whole_lines
                or (self.words[start].breaks and (start + length == last or self.words[start + length].breaks))
            ]
            if kept:
                found.append([self._phrase(start, start + length, whole=False) for start in kept])
        return found

    def _phrase(self, first: int, last: int, *, whole: bool = True, lengths: tuple[int, ...] = ()) -> Phrase:
        words = self.words[first:last]
        numbers = [word.number for word in words]
        ordered = words
        known = [number for number in numbers if number is not None]
        numbered = len(known) == len(words) and sorted(known) in (
            list(range(1, len(words) + 1)),
            list(range(len(words))),
        )
        if numbered:
            ordered = [word for _, word in sorted(zip(known, words, strict=True), key=lambda each: each[0])]
        breaks = sum(word.breaks for word in words[1:])
        layout = "wrapped" if breaks else "line"
        if numbered:
            layout = "numbered"
        elif breaks == len(words) - 1:
            layout = "list"
        isolated = whole and self._opened(first, numbered=numbered) and self._closed(words[-1].stop)
        if lengths:
            isolated = isolated and self._among_phrases(lengths)
        return Phrase(tuple(word.text for word in ordered), words[0].start, words[-1].stop, layout, isolated, whole)

    def _among_phrases(self, lengths: tuple[int, ...]) -> bool:
        """Whether the lines before and behind are phrases too, or a title of listed words, or foreign."""
        before = 0
        for word in reversed(self.words[: self.first]):
            before += 1
            if word.breaks:
                break
        behind = 0
        for word in self.words[self.last :]:
            if behind and word.breaks:
                break
            behind += 1
        return all(count <= 2 or count in lengths for count in (before, behind))

    def _opened(self, first: int, *, numbered: bool) -> bool:
        """Whether what stands before is the start of a line, a quotation mark, a label … and not prose."""
        at = self.words[first].start
        if numbered:
            while at and self.text[at - 1] in "0123456789.):-#( ":
                at -= 1
        if at and self.text[at - 1] in _JOINED_OPENING:
            return True
        while at and self.text[at - 1] == " ":
            at -= 1
        return not at or self.text[at - 1] in _OPENING or not self.text[at - 1].isprintable()

    def _closed(self, at: int) -> bool:
        """Likewise for what stands behind."""
        text, limit = self.text, len(self.text)
        if at < limit and text[at] in _CLOSING:
            return True
        if at < limit and text[at] == ".":
            at += 1
        while at < limit and text[at] == " ":
            at += 1
        return at >= limit or not text[at].isprintable()


def folded(atom: str) -> str:
    """The form that words are looked up in: small letters, NFKD."""
    lower = atom.lower()
    return lower if lower.isascii() else unicodedata.normalize("NFKD", lower)


def runs_around(text: str, at: int, known: Mapping[str, int], *, cut: bool) -> Iterator[Run]:
    """The run of each list that holds the word which ends at `at`.

    `known` gives the lists of each word as bits. `cut` says that the text starts in the middle of
    something, so that a word
    at its very start is none.
    """
    atoms = [match.span() for match in _ATOM.finditer(text) if match.start() or not cut]
    index = bisect.bisect_left(atoms, at, key=lambda span: span[1])
    if index >= len(atoms) or atoms[index][1] != at:
        return
    lists = known.get(folded(text[slice(*atoms[index])]), 0)
    numbered = _number(text, atoms, index) is not None
    while lists:
        bit = lists & -lists
        lists ^= bit
        run = _Grower(text, atoms, known, bit, numbered=numbered).run(index)
        if numbered and len(run.words) < SHORTEST:
            run = _Grower(text, atoms, known, bit, numbered=False).run(index)
        if len(run.words) >= SHORTEST:
            yield run


def _number(text: str, atoms: list[tuple[int, int]], index: int) -> int | None:
    """The number that stands directly before an atom."""
    if index == 0:
        return None
    start, stop = atoms[index - 1]
    number = text[start:stop]
    if stop - start > 2 or not (number.isascii() and number.isdecimal()):
        return None
    gap = text[stop : atoms[index][0]]
    return int(number) if _FROM_NUMBER.fullmatch(gap) else None


class _Grower:
    """Grows the run of one list around one atom."""

    def __init__(
        self, text: str, atoms: list[tuple[int, int]], known: Mapping[str, int], bit: int, *, numbered: bool
    ) -> None:
        self._text, self._atoms, self._known, self._bit = text, atoms, known, bit
        self._numbered = numbered
        self._step = 2 if numbered else 1
        self._breaks = _ANY_BREAK

    def run(self, index: int) -> Run:
        """The run around atom `index`, up to `MOST` words either way."""
        before: list[Word] = []
        place = index
        if not self._numbered and any(self._gap(each) == " " for each in (index - 1, index)):
            self._breaks = _SPACED_BREAK
        while len(before) < MOST and (lines := self._joined(place - self._step, place)) is not None:
            before.append(self._word(place, breaks=lines))
            place -= self._step
        before.append(self._word(place, breaks=True))
        words = before[::-1]
        at = len(words) - 1
        place = index
        while len(words) - at <= MOST and (lines := self._joined(place, place + self._step)) is not None:
            place += self._step
            words.append(self._word(place, breaks=lines))
        first = at
        while not words[first].breaks:
            first -= 1
        last = at + 1
        while last < len(words) and not words[last].breaks:
            last += 1
        return Run(self._text, words, first, last, longer=len(words) > MOST)

    def _gap(self, place: int) -> str:
        """What stands behind an atom."""
        if not 0 <= place < len(self._atoms) - 1:
            return ""
        return self._text[self._atoms[place][1] : self._atoms[place + 1][0]]

    def _joined(self, before: int, behind: int) -> bool | None:
        """Whether a row ends between two atoms; None where they are not two words of one run."""
        if before < 0 or behind >= len(self._atoms) or not (self._listed(before) and self._listed(behind)):
            return None
        numbered = self._numbered
        gap = self._text[self._atoms[before][1] : self._atoms[behind - self._step + 1][0]]
        if not (_TO_NUMBER if numbered else _BETWEEN).fullmatch(gap):
            return None
        if numbered and (self._number(before) is None or self._number(behind) is None):
            return None
        lines = gap.count("\n") or gap.count("\r")
        return self._breaks.search(gap) is not None if lines < 2 else None

    def _listed(self, place: int) -> int:
        return self._known.get(folded(self._text[slice(*self._atoms[place])]), 0) & self._bit

    def _number(self, place: int) -> int | None:
        return _number(self._text, self._atoms, place) if self._numbered else None

    def _word(self, place: int, *, breaks: bool) -> Word:
        start, stop = self._atoms[place]
        return Word(folded(self._text[start:stop]), start, stop, self._number(place), breaks)

"""The detector of an agency's watch-lists. It is not one of the catalogue: it is made of the lists of a case.

A word is bounded by what cannot belong to it, in its own encoding: no letter, digit, mark or underscore beside it.
Scripts without spaces between words have no such bound, words in Hangul none behind them. Letters beyond ASCII are
found in four cases (`_watch_forms`), not in every mixture of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import ClassVar, cast

from forensics.detectors._watch_forms import AS_LISTED, UNICODE, Form, fold, forms
from forensics.detectors._watch_list import Term, WatchList, runs_on, takes_endings
from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.errors import UsageError
from forensics.model import Check, Field, Finding, Grade, Layer, Outcome

MOST_FORMS = 200_000  # an engine is compiled of them before the examination begins: 20 s for 140,000
_LONGEST_EXPRESSION = 8_000
_TAIL = 3  # octets by which the lengths of forms are kept
_LONG, _LONG_SIGNS = 6, 3  # letters from which a word says something
_BITS = 4  # of a letter in running text, about


class WatchTerms:
    """Every term of some lists."""

    kind: ClassVar[str] = "watch/term"
    title: ClassVar[str] = "Term of a watch-list"
    version: ClassVar[int] = 1
    references: ClassVar[tuple[str, ...]] = ("Unicode Standard Annexes 15 and 29", "ICAO 9303-3", "ISO 843")
    specimens: ClassVar[tuple[Specimen, ...]] = ()

    def __init__(self, lists: Sequence[WatchList]) -> None:
        """Prepare to look for them all.

        Raises:
            UsageError: they have more forms than can be looked for.
        """
        self._terms: list[tuple[WatchList, Term]] = [(each, term) for each in lists for term in each.terms]
        self._forms: dict[bytes, dict[tuple[int, str], Form]] = {}
        for number, (told, term) in enumerate(self._terms):
            for octets, form in forms(number, term, told):
                self._forms.setdefault(octets, {}).setdefault((number, form.folded), form)
            if len(self._forms) > MOST_FORMS:
                raise UsageError(f"{told.name}: more than {MOST_FORMS:,} forms of terms; examine with fewer lists")
        self._lengths: dict[bytes, set[int]] = {}
        for octets in self._forms:
            self._lengths.setdefault(octets[-_TAIL:], set()).add(len(octets))
        self._longest = max(map(len, self._forms), default=0)
        self.triggers: tuple[Trigger, ...] = tuple(_triggers(sorted(self._forms)))

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The terms that end at `at`."""
        low = max(0, at - self._longest - 4)
        data = layer.read(low, at - low)
        small = data.lower()
        behind: bytes | None = None
        for size in sorted(self._lengths.get(small[-_TAIL:], ()), reverse=True):
            if size > len(data):
                continue
            for form in self._forms.get(small[-size:], {}).values():
                text = data[-size:].decode(form.encoding, "replace")
                behind = layer.read(at, 4) if behind is None else behind
                if (
                    fold(text) == form.folded
                    and not _other_order(at - size, text, data[:-size], behind, form)
                    and self._is_word(text, data[:-size], behind, form)
                ):
                    yield self._found(layer, at - size, size, text, form)

    def _is_word(self, text: str, before: bytes, behind: bytes, form: Form) -> bool:
        term = self._terms[form.term][1]
        first, last = text[0], text[-1]
        left, right = _last_sign(before, form.encoding), _first_sign(behind, form.encoding)
        return (term.before or _bounds(left) or runs_on(first) or runs_on(left)) and (
            term.behind or _bounds(right) or takes_endings(last) or runs_on(right)
        )

    def _found(self, layer: Layer, start: int, size: int, text: str, form: Form) -> Finding:
        told, term = self._terms[form.term]
        letters = [sign for sign in text if unicodedata.category(sign)[0] in "LN"]
        enough = len(letters) >= (_LONG_SIGNS if any(map(runs_on, letters)) else _LONG)
        sure = enough and form.how == AS_LISTED and form.encoding in UNICODE
        fields = {
            "term": Field(term.text),
            "list": Field(told.name),
            "category": Field(term.category),
            "note": Field(term.note),
            "encoding": Field(form.encoding),
            "how": Field(form.how),
        }
        return finding(
            cast("Detector", self),
            layer,
            start,
            size,
            grade=Grade.C1 if sure else Grade.C0,
            value=text,
            checks=(Check("bounds of a word", Outcome.PASS, min(_BITS * len(letters), 19)),),
            fields={name: each for name, each in fields.items() if each.value},
        )


def _triggers(octets: Sequence[bytes]) -> Iterator[Trigger]:
    """Alternatives of octets, as many in one expression as an engine takes."""
    held: list[bytes] = []
    length = 0
    for each in octets:
        written = b"".join(b"%c" % one if chr(one).isalnum() and one < 0x80 else b"\\x%02x" % one for one in each)
        if held and length + len(written) > _LONGEST_EXPRESSION:
            yield Trigger(b"(?i)(?:" + b"|".join(held) + b")", wide=False)
            held, length = [], 0
        held.append(written)
        length += len(written) + 1
    if held:
        yield Trigger(b"(?i)(?:" + b"|".join(held) + b")", wide=False)


def _other_order(start: int, text: str, before: bytes, behind: bytes, form: Form) -> bool:
    """Whether UTF-16 at an odd offset is more likely the same word in the other order, one octet beside.

    It can be where all characters have one upper octet, as within Latin, Cyrillic or Thai.
    """
    upper = {ord(sign) >> 8 for sign in text}
    if not start % 2 or not form.encoding.startswith("utf-16") or len(upper) > 1 or max(upper) > 255:
        return False
    return (behind[:1] if form.encoding == "utf-16-be" else before[-1:]) == bytes(upper)


def _bounds(sign: str) -> bool:
    """Whether a word ends before or behind this character; empty where there is none."""
    return not sign.strip() or (unicodedata.category(sign)[0] not in "LMN" and sign != "_")


def _last_sign(data: bytes, encoding: str) -> str:
    """The last character of octets, a space where there is none."""
    if encoding == "utf-8":
        tail = re.search(rb"[\x00-\x7f\xc2-\xf4][\x80-\xbf]{0,3}\Z", data)
        return _sign(tail[0] if tail else b"", encoding)
    return _sign(data[-(2 if encoding.startswith("utf-16") else 1) :], encoding)


def _first_sign(data: bytes, encoding: str) -> str:
    """The first character of octets, a space where there is none."""
    if encoding == "utf-8":
        head = re.match(rb"[\x00-\x7f]|[\xc2-\xf4][\x80-\xbf]{1,3}", data)
        return _sign(head[0] if head else b"", encoding)
    return _sign(data[: 2 if encoding.startswith("utf-16") else 1], encoding)


def _sign(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)[:1] or " "
    except UnicodeDecodeError:
        return " "

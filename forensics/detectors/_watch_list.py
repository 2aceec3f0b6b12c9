"""Watch-lists: terms that an agency looks for, as plain text. The form is in `resources/docs/watch-lists.md`.

one term a line; then, each behind a tab, a category and a note; lines that begin with # are remarks
an asterisk at an end of a term: the word may go on there
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from forensics.errors import UsageError

LARGEST = 4 << 20  # octets of a list
MOST_TERMS = 20_000
LONGEST_LINE = 2_000  # characters
LONGEST_TERM = 100
_SHORTEST, _SHORTEST_SIGNS = 3, 2

# Scripts that are written without spaces between words (Unicode 16, Blocks.txt).
_RUNNING = (
    (0x0E00, 0x0FFF),  # Thai, Lao, Tibetan
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # kana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9D),
    (0x20000, 0x3FFFF),
)
_HANGUL = ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7AF))


@dataclass(frozen=True, slots=True)
class Term:
    """A term in NFKC, as listed but for its asterisks. `before` and `behind`: the word may go on there."""

    text: str
    category: str = ""
    note: str = ""
    before: bool = False
    behind: bool = False


@dataclass(frozen=True, slots=True)
class WatchList:
    """A list and how it is to be looked for. `repeated` lines say a term again, `short` are lines left out."""

    name: str
    terms: tuple[Term, ...]
    diacritics: bool = True  # they count; else a term is found without its own, too
    transliterate: bool = False
    repeated: int = 0
    short: tuple[int, ...] = ()


def runs_on(sign: str) -> bool:
    """Whether a character is of a script without spaces between words."""
    return _within(sign, _RUNNING)


def takes_endings(sign: str) -> bool:
    """Whether words of its script take endings without a space: Hangul, and scripts without spaces."""
    return _within(sign, _HANGUL) or runs_on(sign)


def _within(sign: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    number = ord(sign)
    return any(low <= number <= high for low, high in ranges)


def read_list(name: str, data: bytes, *, diacritics: bool = True, transliterate: bool = False) -> WatchList:
    """The list in `data`.

    Raises:
        UsageError: it is not UTF-8, too large, has a line that is too long or with control characters, or no term.
    """
    if len(data) > LARGEST:
        raise UsageError(f"{name}: more than {LARGEST >> 20} MiB is no watch-list")
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        broken = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{name}: line {broken} is not UTF-8, at octet {error.start:,}") from error
    terms: dict[tuple[str, bool, bool], Term] = {}
    repeated, short = 0, []
    for number, line in enumerate(text.split("\n"), 1):
        term = _term(name, number, line.removesuffix("\r"))
        if term is None:
            continue
        if not _long_enough(term.text):
            short.append(number)
        elif terms.setdefault((term.text.casefold(), term.before, term.behind), term) is not term:
            repeated += 1
        if len(terms) > MOST_TERMS:
            raise UsageError(f"{name}: more than {MOST_TERMS:,} terms")
    if not terms:
        raise UsageError(f"{name}: there is no term in it that can be looked for")
    return WatchList(name, tuple(terms.values()), diacritics, transliterate, repeated, tuple(short))


def _term(name: str, number: int, line: str) -> Term | None:
    if len(line) > LONGEST_LINE:
        raise UsageError(f"{name}: line {number} has more than {LONGEST_LINE:,} characters")
    if not line.strip() or line.startswith("#"):
        return None
    columns = [*(unicodedata.normalize("NFKC", each).strip() for each in line.split("\t", 2)), "", ""]
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn") for each in columns for sign in each):
        raise UsageError(f"{name}: line {number} has control characters")
    stored = columns[0]
    text = " ".join(stored.strip("*").split())
    if len(text) > LONGEST_TERM:
        raise UsageError(f"{name}: the term of line {number} has more than {LONGEST_TERM} characters")
    return Term(text, columns[1], columns[2], stored.startswith("*"), stored.endswith("*"))


def _long_enough(text: str) -> bool:
    letters = [sign for sign in text if unicodedata.category(sign)[0] in "LN"]
    return len(letters) >= (_SHORTEST_SIGNS if any(map(takes_endings, letters)) else _SHORTEST)

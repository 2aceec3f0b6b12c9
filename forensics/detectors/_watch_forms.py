"""The forms that a term of a watch-list may have on a disk: its cases, without diacritics, in Latin letters, encoded.

Case: as listed, small, capital, each word with a capital. Letters of ASCII are found in any case.
Latin letters: Cyrillic by BGN/PCGN and by ICAO 9303 (part 3, section 6) without signs; Greek by ELOT 743 (ISO 843).
Encodings: UTF-8, UTF-16 of both orders, and code pages of one octet for what is not ASCII.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from forensics.detectors._watch_list import Term, WatchList

AS_LISTED, PLAIN, LATIN = "as listed", "without diacritics", "in Latin letters"
UNICODE = ("utf-8", "utf-16-le", "utf-16-be")
CODE_PAGES = ("windows-1251", "koi8-r", "cp866", "windows-1252", "windows-1250", "windows-1253", "cp874")

_COMMON = dict(
    zip("абвгдезиклмнопрстуфыэіґјљњћђџѓќ", ["a", "b", "v", "g", "d", "e", "z", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "y", "e", "i", "g", "j", "lj", "nj", "c", "d", "dz", "g", "k"],
        strict=True)
)  # fmt: skip
_BGN = _COMMON | dict(
    zip("жйхцчшщъьюяёєїў", ("zh", "y", "kh", "ts", "ch", "sh", "shch", "", "", "yu", "ya", "yo", "ye", "yi", "w"),
        strict=True)
)  # fmt: skip
_ICAO = _COMMON | dict(
    zip("жйхцчшщъьюяёєїў", ("zh", "i", "kh", "ts", "ch", "sh", "shch", "ie", "", "iu", "ia", "e", "ie", "i", "u"),
        strict=True)
)  # fmt: skip
_GREEK = dict(
    zip("αβγδεζηθικλμνξοπρσςτυφχψω",
        ["a", "v", "g", "d", "e", "z", "i", "th", "i", "k", "l", "m", "n", "x", "o", "p", "r", "s", "s", "t", "y", "f", "ch", "ps", "o"], strict=True)
) | {"ου": "ou", "αυ": "av", "ευ": "ev", "γγ": "ng", "γκ": "gk", "γξ": "nx", "γχ": "nch"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a term: its text, folded, in an encoding."""

    term: int
    folded: str
    encoding: str
    how: str


def fold(text: str) -> str:
    """What two writings of one word have in common: NFKC of its small letters."""
    return unicodedata.normalize("NFKC", text.casefold())


def bare(text: str) -> str:
    """Text without its diacritics: marks that Unicode takes off letters."""
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(sign for sign in apart if unicodedata.category(sign) != "Mn"))


def latin(text: str) -> tuple[str, ...]:
    """A Cyrillic or Greek text in Latin letters, by each rule once; nothing for other scripts."""
    small = text.lower()
    if any(sign in _BGN for sign in small):
        return tuple(dict.fromkeys("".join(rule.get(sign, sign) for sign in small) for rule in (_BGN, _ICAO)))
    greek = bare(small)
    if any(sign in _GREEK for sign in greek):
        written, at = [], 0
        while at < len(greek):
            size = 2 if greek[at : at + 2] in _GREEK else 1
            written.append(_GREEK.get(greek[at : at + size], greek[at : at + size]))
            at += size
        return ("".join(written),)
    return ()


def forms(number: int, term: Term, told: WatchList) -> Iterator[tuple[bytes, Form]]:
    """Octets and form of every writing of a term, the octets with small letters of ASCII; some come twice."""
    for text, how in _texts(term.text, told):
        folded = fold(text)
        for written in dict.fromkeys(_written(text)):
            for encoding in UNICODE if written.isascii() else UNICODE + CODE_PAGES:
                try:
                    octets = written.encode(encoding)
                except UnicodeEncodeError:
                    continue
                yield octets.lower(), Form(number, folded, encoding, how)


def _texts(text: str, told: WatchList) -> Iterator[tuple[str, str]]:
    yield text, AS_LISTED
    plain = bare(text)
    if not told.diacritics and plain != text:
        yield plain, PLAIN
    if told.transliterate:
        for each in latin(text):
            yield each, LATIN


def _written(text: str) -> Iterator[str]:
    """The cases of a text, composed and decomposed."""
    for each in (text, text.lower(), text.upper(), text.title()):
        yield unicodedata.normalize("NFC", each)
        yield unicodedata.normalize("NFD", each)

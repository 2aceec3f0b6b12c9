"""Postal identifiers of UPU standard S10: parcels, registered letters and express mail between countries.

| part      | characters | content                                                                   |
|-----------|------------|---------------------------------------------------------------------------|
| service   | 2 letters  | R registered, C parcel, E express, L tracked letter, V insured, …         |
| serial    | 8 digits   | the posting operator's                                                    |
| check     | 1 digit    | weights 8 6 4 2 3 5 9 7, modulo 11                                        |
| country   | 2 letters  | of the posting operator, ISO 3166-1                                       |

Written as one word, or with a blank between the parts and in the serial. One in fifty words of the form
passes all rules, and part numbers have it: alone an identifier is possible (C1). A word of the post, a
carrier's name or a second identifier beside it makes it valid (C2); small letters need that word.

Not recorded: sender, addressee, date and destination. The country is where it was posted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.parcel import _context
from forensics.detectors.word import WORD, Accepted, WordDetector
from forensics.model import Field, Grade
from forensics.primitives import s10
from forensics.primitives.published import judged

LISTED = 160  # bytes either side in which a second identifier is looked for
PART_NUMBER = "one in fifty numbers of this form passes, and part numbers have it; no word of the post is near"

_FORM = re.compile(
    rb"([A-Za-z]{2})(?:[0-9]{9}|(?P<s>[ -])(?:[0-9]{9}|[0-9]{8}(?P=s)[0-9]|[0-9]{3}(?P=s)[0-9]{3}(?P=s)[0-9]{3}"
    rb"|[0-9]{4}(?P=s)[0-9]{4}(?P=s)[0-9]|[0-9]{2}(?P=s)[0-9]{3}(?P=s)[0-9]{3}(?P=s)[0-9])(?P=s))([A-Za-z]{2})"
)
_GROUPS = (
    rb"[0-9]{9}",
    rb"[0-9]{8}[ -][0-9]",
    rb"[0-9]{3}[ -][0-9]{3}[ -][0-9]{3}",
    rb"[0-9]{4}[ -][0-9]{4}[ -][0-9]",
    rb"[0-9]{2}[ -][0-9]{3}[ -][0-9]{3}[ -][0-9]",
)
_OPERATORS = {
    "AT": "Österreichische Post",
    "AU": "Australia Post",
    "BE": "bpost",
    "CA": "Canada Post",
    "CH": "Swiss Post",
    "CN": "China Post",
    "CZ": "Česká pošta",
    "DE": "Deutsche Post",
    "DK": "PostNord",
    "ES": "Correos",
    "FI": "Posti",
    "FR": "La Poste",
    "GB": "Royal Mail or Parcelforce",
    "HK": "Hongkong Post",
    "IE": "An Post",
    "IN": "India Post",
    "IT": "Poste Italiane",
    "JP": "Japan Post",
    "KR": "Korea Post",
    "NL": "PostNL",
    "NO": "Posten",
    "PL": "Poczta Polska",
    "PT": "CTT",
    "RU": "Russian Post",
    "SE": "PostNord",
    "SG": "Singapore Post",
    "UA": "Ukrposhta",
    "US": "USPS",
}


class S10(WordDetector):
    """One identifier, in one word or in parts."""

    kind = "parcel/s10"
    title = "Postal item number (UPU S10)"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\b[A-Za-z]{2}[0-9]{9}[A-Za-z]{2}\b"),
        *(Trigger(rb"\b[A-Z]{2}[ -]" + digits + rb"[ -][A-Z]{2}\b") for digits in _GROUPS),
    )
    references: ClassVar[tuple[str, ...]] = (
        "UPU standard S10-12 (identification of postal items)",
        "ISO 3166-1 alpha-2",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("the standard's serial", b"RR473124829US", ("RR473124829US",), "UPU S10 worked example 47312482"),
        Specimen("in threes", b"Tracking: RR 473 124 829 US", ("RR473124829US",), "UPU S10 worked example"),
        Specimen("serial and check apart", b"CP 47312482 9 DE\n", ("CP473124829DE",), "UPU S10 worked example"),
        Specimen("small letters in a URL", b"?tracknumbers=rb123456785gb&x", ("RB123456785GB",), "published for tests"),
        Specimen(
            "a list", b"LK473124829FR\nLK473124815FR\n", ("LK473124829FR", "LK473124815FR"), "made by hand by the rule"
        ),
        Specimen("truncated", b"Tracking: RR47312482US", None, "made by hand"),
        Specimen("wrong check digit", b"Tracking: RR473124828US", None, "made by hand"),
        Specimen("no such country", b"Tracking: RR473124829XQ", None, "made by hand"),
        Specimen("no such service", b"Tracking: IX473124829US", None, "made by hand"),
        Specimen("look-alike: small letters alone", b"file rb123456785gb", None, "made by hand"),
        Specimen("look-alike: within a word", b"tracking XRR473124829US", None, "made by hand"),
        Specimen("look-alike: all one digit", b"parcel RR000000005GB", None, "made by hand"),
    )
    shortest = 13
    longest = 256

    def words(self, data: bytes, ends: Iterable[int]) -> Iterator[tuple[int, Accepted, int]]:
        """Look back from each match end for an identifier in one of its written forms."""
        behind = -1
        for end in ends:
            for match in _FORM.finditer(data, max(0, end - 19), end):
                start = match.start()
                if match.end() != end or start < behind:
                    continue
                verdict = self._judge(data, start, end)
                if verdict is not None:
                    behind = end
                    yield start, verdict, end - start

    def accept(self, word: bytes) -> Accepted | None:
        """Validate text that is nothing but an identifier."""
        return self._judge(word, 0, len(word)) if _FORM.fullmatch(word) else None

    @staticmethod
    def _judge(data: bytes, start: int, end: int) -> Accepted | None:
        written = data[start:end].decode("ascii")
        number = written.replace(" ", "").replace("-", "").upper()
        country, kind = number[11:], s10.service(number[:2])
        if not kind or not s10.is_country(country) or not s10.holds(number) or len(set(number[2:10])) == 1:
            return None
        glued = start and data[start - 1] in b"+-" and data[start - 2 : start - 1].isalnum()
        if glued or (start and data[start - 1] in WORD) or (end < len(data) and data[end] in WORD):
            return None
        word = _context.told(data, start, end)
        listed = _beside(data, start, end, number)
        upper = written == written.upper()
        if not upper and not word:
            return None
        checks = [
            passed("S10 check digit", s10.CHECK_BITS),
            passed("service indicator", 1),
            passed("country", s10.COUNTRY_BITS),
        ]
        if word or listed:
            checks.append(passed("word of the post" if word else "a second identifier", _context.CONTEXT_BITS))
        grade, caveats = judged(number, Grade.C2 if word or listed else Grade.C1)
        if not word and not listed:
            caveats = (*caveats, PART_NUMBER)
        fields = {
            "carrier": Field(_OPERATORS.get(country, f"postal operator of {country}")),
            "service": Field(f"{number[:2]}: {kind}"),
            "country": Field(country),
            "serial": Field(number[2:10]),
            "check_digit": Field(number[10]),
        }
        if word:
            fields["context"] = Field(word)
        return Accepted(number, grade, tuple(checks), fields, caveats=caveats)


def _beside(data: bytes, start: int, end: int, number: str) -> bool:
    """Whether another identifier of the same country stands near."""
    for text in (data[max(0, start - LISTED) : start], data[end : end + LISTED]):
        for match in _FORM.finditer(text):
            other = match[0].decode("ascii").replace(" ", "").replace("-", "")
            if other[11:] == number[11:] and other != number and s10.holds(other) and s10.service(other[:2]):
                return True
    return False


DETECTOR: Detector = S10()

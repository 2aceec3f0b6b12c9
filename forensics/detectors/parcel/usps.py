"""Numbers of parcels of the United States Postal Service: IMpb.

| part      | digits          | content                                                              |
|-----------|-----------------|----------------------------------------------------------------------|
| routing   | 420 and 5 or 9  | destination, ZIP or ZIP+4; only in the bar code                      |
| channel   | 2               | 92 and 93 commercial, 94 postage bought at home, 95 at the counter   |
| service   | 3               |                                                                      |
| mailer    | 9 or 6          | account; nine digits begin with 9 (channel 92), six do not (93)      |
| serial    | 7 to 14         |                                                                      |
| check     | 1               | GS1: weights 3 and 1 from the right, modulo 10                       |

22 digits, or 26 with a longer serial; on paper in fours. Without routing and without a word of the post a
number is possible (C1).

Not recorded: names, sender. The routing is where it was to go; the channel tells how postage was bought.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.parcel import _context
from forensics.detectors.word import WORD, Accepted, WordDetector
from forensics.model import Field, Grade
from forensics.primitives import parcel_digits
from forensics.primitives.published import judged

ALONE = "one in ten numbers of this length and beginning passes; no word of the post is near"

_FORM = re.compile(rb"(?:420(?P<zip>[0-9]{5}|[0-9]{9}) ?)?(?P<body>9[2-5](?:[0-9]{20}|[0-9]{24}))")
_FOURS = re.compile(rb"9[2-5][0-9]{2}(?P<s>[ -])(?:[0-9]{4}(?P=s)){4}[0-9]{2}(?:[0-9]{2}(?P=s)[0-9]{2})?")
_CHANNELS = {
    "92": "commercial",
    "93": "commercial",
    "94": "postage bought online",
    "95": "postage bought at the counter",
}


class Usps(WordDetector):
    """One number, with or without its routing."""

    kind = "parcel/usps"
    title = "Parcel number (USPS)"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\b(?:420[0-9]{5}(?:[0-9]{4})? ?)?9[2-5][0-9]{20}(?:[0-9]{4})?\b"),
        Trigger(rb"\b9[2-5][0-9]{2}[ -](?:[0-9]{4}[ -]){4}[0-9]{2}(?:[0-9]{2}[ -][0-9]{2})?\b"),
    )
    references: ClassVar[tuple[str, ...]] = (
        "USPS publication 199 (IMpb), section on check digits",
        "jkeen/tracking_number_data couriers/usps.json (published numbers)",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("22 digits", b"9400111206206406260787", ("9400111206206406260787",), "tracking_number_data"),
        Specimen("in fours", b"USPS 9361 2898 7870 0317 6337 95", ("9361289878700317633795",), "tracking_number_data"),
        Specimen(
            "26 digits", b"tracking=92748931507708513018050063", ("92748931507708513018050063",), "tracking_number_data"
        ),
        Specimen(
            "with its routing",
            b"420787459400111206206406260787",
            ("9400111206206406260787",),
            "tracking_number_data",
        ),
        Specimen(
            "with routing of nine",
            b"4201028200009261290113185417468510",
            ("9261290113185417468510",),
            "tracking_number_data",
        ),
        Specimen("truncated", b"USPS 940011120620640626078", None, "made by hand"),
        Specimen("wrong check digit", b"USPS 9400111206206406260788", None, "made by hand"),
        Specimen("look-alike: a decimal", b"0.9400111206206406260787", None, "made by hand"),
        Specimen("look-alike: no such mailer", b"9205500000000000000001", None, "made by hand"),
        Specimen("look-alike: zeros", b"9400000000000000000000", None, "made by hand"),
    )
    shortest = 22
    longest = 256

    def words(self, data: bytes, ends: Iterable[int]) -> Iterator[tuple[int, Accepted, int]]:
        """Look back from each match end for a number in one of its written forms."""
        behind = -1
        for end in ends:
            start = end
            while start > max(0, end - 48) and data[start - 1] in b"0123456789 -":
                start -= 1
            for at in range(start, end - 21):
                if data[at] not in b"49" or at < behind or (at and data[at - 1] in WORD):
                    continue
                if _FORM.fullmatch(data, at, end) or _FOURS.fullmatch(data, at, end):
                    verdict = self._judge(data, at, end)
                    if verdict is not None:
                        behind = end
                        yield at, verdict, end - at
                        break

    def accept(self, word: bytes) -> Accepted | None:
        """Validate text that is nothing but a number."""
        return self._judge(word, 0, len(word)) if _FORM.fullmatch(word) or _FOURS.fullmatch(word) else None

    @staticmethod
    def _judge(data: bytes, start: int, end: int) -> Accepted | None:
        if start and data[start - 1] in b".,+-_/" and data[start - 2 : start - 1].isalnum():
            return None
        if end < len(data) and (data[end] in WORD or (data[end] in b".-+" and data[end + 1 : end + 2].isdigit())):
            return None
        form = _FORM.fullmatch(data, start, end)
        body = form["body"] if form else data[start:end].translate(None, b" -")
        number = body.decode("ascii")
        if not parcel_digits.gs1(number) or len(set(number[5:])) < 4:
            return None
        if (number[:2] == "92" and number[5] != "9") or (number[:2] == "93" and number[5] == "9"):
            return None
        word = _context.told(data, start, end)
        routing = form["zip"].decode("ascii") if form and form["zip"] else ""
        checks = [passed("GS1 check digit", 3), passed("channel and mailer", 4)]
        if routing:
            checks.append(passed("routing", 10))
        if word:
            checks.append(passed("word of the post", _context.CONTEXT_BITS))
        grade, caveats = judged(number, Grade.C2 if word or routing else Grade.C1)
        if not word and not routing:
            caveats = (*caveats, ALONE)
        fields = {
            "carrier": Field("USPS"),
            "channel": Field(f"{number[:2]}: {_CHANNELS[number[:2]]}"),
            "service": Field(number[2:5]),
            "check_digit": Field(number[-1]),
        }
        if number[:2] in ("92", "93"):
            fields["mailer"] = Field(number[5:14] if number[:2] == "92" else number[5:11])
        if routing:
            fields["destination_zip"] = Field(routing if len(routing) == 5 else f"{routing[:5]}-{routing[5:]}")
        if word:
            fields["context"] = Field(word)
        return Accepted(number, grade, tuple(checks), fields, caveats=caveats)


DETECTOR: Detector = Usps()

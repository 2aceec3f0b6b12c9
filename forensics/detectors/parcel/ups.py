"""Numbers of UPS parcels.

| part     | characters          | content                                                          |
|----------|---------------------|------------------------------------------------------------------|
| mark     | `1Z`                |                                                                  |
| shipper  | 6 letters or digits | account of the shipper: all parcels of one sender share it       |
| service  | 2 letters or digits | 01 next day, 02 second day, 03 ground, 66 and 04 worldwide, …    |
| package  | 7 letters or digits |                                                                  |
| check    | 1 digit             | letters as digits, odd places ×1, even places ×2, modulo 10      |

Written as one word, or as 1Z 999 AA1 01 2345 6784. Numbers without `1Z` (freight, Mail Innovations) are
not looked for.

Not recorded: names, addresses, date. The account is the payer's or the shop's, not always the sender's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.parcel import _context
from forensics.detectors.word import WORD, Accepted, WordDetector
from forensics.model import Field, Grade, Link
from forensics.primitives import parcel_digits
from forensics.primitives.published import judged

_FORM = re.compile(
    rb"1Z(?:[0-9A-Z]{15}[0-9]|(?P<s>[ -])[0-9A-Z]{3}(?P=s)[0-9A-Z]{3}(?P=s)[0-9A-Z]{2}(?P=s)[0-9A-Z]{4}(?P=s)"
    rb"[0-9A-Z]{3}(?P=s)?[0-9])"
)
_SERVICES = {
    "01": "next day air",
    "02": "second day air",
    "03": "ground",
    "04": "worldwide express",
    "12": "third day select",
    "13": "next day air saver",
    "15": "next day air early",
    "66": "worldwide express",
    "67": "worldwide express",
    "68": "standard",
    "90": "returns, label printed by the carrier",
}
_MOST_LETTERS = 10


class Ups(WordDetector):
    """One number with its mark."""

    kind = "parcel/ups"
    title = "Parcel number (UPS)"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\b1Z[0-9A-Z]{15}[0-9]\b"),
        Trigger(rb"\b1Z[ -][0-9A-Z]{3}[ -][0-9A-Z]{3}[ -][0-9A-Z]{2}[ -][0-9A-Z]{4}[ -][0-9A-Z]{3}[ -]?[0-9]\b"),
    )
    references: ClassVar[tuple[str, ...]] = (
        "UPS Guide to Labeling (1Z numbers)",
        "jkeen/tracking_number_data couriers/ups.json (published numbers)",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("one word", b"1Z5R89390357567127", ("1Z5R89390357567127",), "tracking_number_data"),
        Specimen(
            "letters in the account", b"ups: 1Z410E7W0392751591.", ("1Z410E7W0392751591",), "tracking_number_data"
        ),
        Specimen("in groups", b"1Z 999 AA1 01 2345 6784", ("1Z999AA10123456784",), "published for tests"),
        Specimen("in a URL", b"trackNums=1Z8V92A70367203024&x=1", ("1Z8V92A70367203024",), "tracking_number_data"),
        Specimen("truncated", b"1Z5R8939035756712", None, "made by hand"),
        Specimen("wrong check digit", b"1Z5R89390357567126", None, "made by hand"),
        Specimen("look-alike: one digit", b"1Z1111111111111111 1Z0000000000000000", None, "tracking_number_data"),
        Specimen("look-alike: another mark", b"1A5R89390357567127", None, "tracking_number_data"),
        Specimen("look-alike: capitals", b"1ZABCDEFGHIJKLMNO6", None, "made by hand"),
    )
    shortest = 18
    longest = 256

    def words(self, data: bytes, ends: Iterable[int]) -> Iterator[tuple[int, Accepted, int]]:
        """Look back from each match end for a number in one of its written forms."""
        for end in ends:
            start = data.rfind(b"1Z", max(0, end - 24), end)
            while start >= 0:
                if _FORM.fullmatch(data, start, end):
                    verdict = self._judge(data, start, end)
                    if verdict is not None:
                        yield start, verdict, end - start
                    break
                start = data.rfind(b"1Z", max(0, end - 24), start)

    def accept(self, word: bytes) -> Accepted | None:
        """Validate text that is nothing but a number."""
        return self._judge(word, 0, len(word)) if _FORM.fullmatch(word) else None

    @staticmethod
    def _judge(data: bytes, start: int, end: int) -> Accepted | None:
        number = data[start:end].decode("ascii").replace(" ", "").replace("-", "")
        body = number[2:]
        if not parcel_digits.ups(number) or len(set(body)) < 4 or sum(map(str.isalpha, body)) > _MOST_LETTERS:
            return None
        if (start and data[start - 1] in WORD) or (end < len(data) and data[end] in WORD):
            return None
        word = _context.told(data, start, end)
        checks = [passed("UPS check digit", 3), passed("mark and form", 12)]
        if word:
            checks.append(passed("word of the post", _context.CONTEXT_BITS))
        grade, caveats = judged(number, Grade.C3 if word else Grade.C2)
        service = _SERVICES.get(body[6:8])
        fields = {
            "carrier": Field("UPS"),
            "shipper_account": Field(body[:6]),
            "service": Field(f"{body[6:8]}: {service}" if service else body[6:8]),
            "check_digit": Field(body[-1]),
        }
        if word:
            fields["context"] = Field(word)
        return Accepted(
            number,
            grade,
            tuple(checks),
            fields,
            links=(Link("SHIPPED_BY_ACCOUNT", "ups", body[:6]),),
            caveats=caveats,
        )


DETECTOR: Detector = Ups()

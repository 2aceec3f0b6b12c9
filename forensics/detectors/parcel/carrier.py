"""Numbers of parcels that are digits like others: told by the carrier's name or a label beside them.

| carrier                  | form                                   | check                                   |
|--------------------------|----------------------------------------|-----------------------------------------|
| FedEx                    | 12, 15, 20, 22 or 34 digits            | weights 3 1 7 or 1 7 3, modulo 11; GS1  |
| DHL Express              | 10 or 11 digits                        | modulo 7                                |
| DHL Paket, Deutsche Post | 12 or 14 digits; 20 from 00340434      | weights 4 9; GS1                        |
| DPD                      | 14 digits and a character; 28          | ISO 7064 mod 37,36                      |
| Canada Post, Purolator   | 16; 12 digits                          | GS1; Luhn                               |
| Amazon, Yodel, PostNL, … | a beginning of their own, then digits  | none                                    |
| GLS, Evri, InPost, …     | digits                                 | none                                    |

One digit of check lets one number in ten pass: what is beside it decides. Carrier and label with a check that
holds make it valid (C2), one of the two makes it possible (C1); a form without check needs both,
or a beginning of the carrier's own, and is possible. Digits that nothing explains are not reported.

Not recorded: sender, addressee, whether it was sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.parcel import _context
from forensics.detectors.parcel._forms import FORMS, Form
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import Check, Field, Grade
from forensics.primitives.published import judged

NEAR = 80  # bytes either side of the word that woke, in which a number starts
SEVERAL = "the number fits more than one carrier, and none is named beside it"
NO_CHECK = "numbers of this carrier have no check digit that is known"

_LABEL = re.compile(
    rb"(?i)(?:track(?:ing)?[ _-]?(?:num(?:ber)?s?|nr|no|ids?|codes?|nummer)|trackings?|trknbr|piececode|awb|waybill|paketnummer|paket-nr"
    rb"|sendungs?(?:nummer|-?nr|-?id|verfolgung(?:snummer)?)|identcode|leitcode|num[^a-z]{1,3}ro de suivi|seguimiento"
    rb"|zendingnummer|consignment|shipment|parcel)(?:[ _-]?(?:number|nr|no|id|code))?\.?[\"']?[ \t]{0,3}[:=#>]?[ \t\"']{0,3}\Z"
)
_PIECE = re.compile(rb"(?<![0-9A-Za-z_])[0-9A-Z]{1,36}(?![0-9A-Za-z_])")
_SHORTEST, _LONGEST, _MOST_PIECES = 10, 36, 12

_NAMES = (
    rb"(?i)\b(?:fedex|federal express|dhl|dpd|gls|hermes|evri|yodel|usps|ontrac|purolator|canada ?post|laser ?ship"
    rb"|gofo|yunexpress|amazon|post ?nl|bpost|inpost|nova ?poshta|russian post|cdek|deutsche ?post|packstation|sscc)\b"
)
_LABELS = (
    rb"(?i)\b(?:track(?:ing)?[ _-]?(?:number|num|nr|no|id|code|nummer)s?|sendungs?(?:nummer|-?nr|-?id)|paketnummer"
    rb"|waybill|awb|identcode|leitcode|zendingnummer)\b"
)


class CarrierNumber(WordDetector):
    """One number beside a carrier's name or a label."""

    kind = "parcel/carrier"
    title = "Parcel number beside its carrier"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(_NAMES), Trigger(_LABELS))
    references: ClassVar[tuple[str, ...]] = (
        "GS1 General Specifications (SSCC)",
        "Deutsche Post: Identcode and Leitcode",
        "jkeen/tracking_number_data (rules and published numbers of carriers)",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("FedEx Express", b"FedEx 986578788855 sent", ("986578788855",), "tracking_number_data"),
        Specimen(
            "FedEx Ground in fours", b"fedex tracking: 0414 4176 0228 964", ("041441760228964",), "tracking_number_data"
        ),
        Specimen("DHL Express", b"DHL waybill 3318810025", ("3318810025",), "tracking_number_data"),
        Specimen("Identcode as printed", b"Identcode 21.802 580.906 6", None, "Deutsche Post: dots are not read"),
        Specimen("Identcode", b"Deutsche Post Identcode: 563102430313\n", ("563102430313",), "Deutsche Post"),
        Specimen("DHL Paket", b"Sendungsnummer 00340434161094027318", ("00340434161094027318",), "published for tests"),
        Specimen("DPD", b"DPD parcel 0998 0000 0200 33 F", ("09980000020033F",), "tracking_number_data"),
        Specimen("Canada Post", b"Canada Post 0073938000549297", ("0073938000549297",), "tracking_number_data"),
        Specimen("Amazon", b"tracking id TBA012345678901", ("TBA012345678901",), "made by hand"),
        Specimen("number in front", b"986578788855 (FedEx)", ("986578788855",), "tracking_number_data"),
        Specimen("truncated", b"FedEx 98657878885", None, "made by hand"),
        Specimen("wrong check digit", b"FedEx tracking number 996578788855", None, "tracking_number_data"),
        Specimen("look-alike: a number alone", b"986578788855", None, "made by hand"),
        Specimen("look-alike: decimals", b"FedEx 0.986578788855 986578788855.5", None, "made by hand"),
        Specimen("look-alike: zeros", b"DHL 0000000000", None, "made by hand"),
    )
    shortest = _SHORTEST
    longest = 256

    def words(self, data: bytes, ends: Iterable[int]) -> Iterator[tuple[int, Accepted, int]]:
        """Look for numbers around each word that woke."""
        told: set[int] = set()
        for end in ends:
            low, high = max(0, end - NEAR), min(len(data), end + NEAR)
            pieces = list(_PIECE.finditer(data, max(0, low - 1), min(len(data), high + _LONGEST + _MOST_PIECES)))
            taken = -1
            for index, piece in enumerate(pieces):
                if piece.start() < taken or not low <= piece.start() < high:
                    continue
                for stop, number in _joined(data, pieces, index):
                    verdict = _judge(data, piece.start(), stop, number)
                    if verdict is not None:
                        taken = stop
                        if piece.start() not in told:
                            told.add(piece.start())
                            yield piece.start(), verdict, stop - piece.start()
                        break

    def accept(self, word: bytes) -> Accepted | None:
        """A number without what stands around it is none."""
        return None


def _joined(data: bytes, pieces: list[re.Match[bytes]], index: int) -> Iterator[tuple[int, str]]:
    """The texts that this piece and those behind it make with one separator, the longest first, with their ends."""
    found: list[tuple[int, str]] = []
    number, separator = pieces[index][0], b""
    last = pieces[index].end()
    before = data[pieces[index].start() - 1 : pieces[index].start()]
    digits_before = data[max(0, pieces[index].start() - 2) : pieces[index].start() - 1].isdigit()
    if before in (b".", b",", b"+", b"-") and digits_before:
        return
    for count in range(1, _MOST_PIECES + 1):
        following = data[last : last + 1]
        ahead = data[last + 1 : last + 2].isdigit()
        grouped = count > 1 and following == separator and ahead  # goes on in the same way
        if len(number) >= _SHORTEST and not grouped and not (following in (b".", b",", b"-") and ahead):
            found.append((last, number.decode("ascii")))
        if count + index >= len(pieces):
            break
        piece = pieces[index + count]
        if piece.start() != last + 1 or following not in (b" ", b"-") or (separator and following != separator):
            break
        number, separator, last = number + piece[0], following, piece.end()
        if len(number) > _LONGEST:
            break
    yield from reversed(found)


def _judge(data: bytes, start: int, end: int, number: str) -> Accepted | None:
    """What a number is in its surroundings; None where nothing explains it."""
    if sum(map(str.isdecimal, number)) < 8 or len(set(number)) < 4:
        return None
    fitting = [form for form in FORMS if form.form.fullmatch(number) and (form.check is None or form.check(number))]
    if not fitting:
        return None
    before, behind = _context.around(data, start, end)
    near = (before + b"\n" + behind).lower()
    named = [form for form in fitting if form.names.search(near)]
    labelled = _LABEL.search(before[-48:])
    word = labelled[0].decode("utf-8", "replace").strip(" \t:=#>\"'").lower() if labelled else _context.word(before)
    checked = [form for form in named if form.check]
    if checked:
        return _accepted(number, checked, Grade.C2 if word or checked[0].own else Grade.C1, named=True, word=word)
    own = [form for form in named if form.own]
    if named and (word or own):
        return _accepted(number, own or named, Grade.C1, named=True, word=word)
    if labelled:
        own = [form for form in fitting if form.own]  # of any carrier
        guesses = own or [form for form in fitting if form.check]
        if guesses:
            strong = bool(own) and own[0].bits >= 20
            return _accepted(number, guesses, Grade.C2 if strong else Grade.C1, named=False, word=word)
    return None


def _accepted(number: str, forms: list[Form], grade: Grade, *, named: bool, word: str) -> Accepted:
    carriers = tuple(dict.fromkeys(form.carrier for form in forms))
    first = forms[0]
    checks: list[Check] = []
    if first.check:
        checks.append(passed(f"check digit ({first.rule})", first.bits))
    if named:
        checks.append(passed("carrier named", 10))
    if word:
        checks.append(passed("label", 10))
    caveats: list[str] = []
    if len(carriers) > 1 and not named:
        caveats.append(SEVERAL)
    if not first.check:
        caveats.append(NO_CHECK)
    fields = {"carrier": Field(" or ".join(carriers))}
    if first.service and len(forms) == 1:
        fields["service"] = Field(first.service)
    if first.service == "Leitcode" and len(forms) == 1:
        fields["destination_zip"] = Field(number[:5])
    if first.check:
        fields["check_digit"] = Field(number[-1])
    if word:
        fields["context"] = Field(word)
    grade, told = judged(number, grade, *caveats)
    return Accepted(number, grade, tuple(checks), fields, caveats=told)


DETECTOR: Detector = CarrierNumber()

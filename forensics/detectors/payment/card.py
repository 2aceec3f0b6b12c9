"""Numbers of payment cards.

| part          | digits | content                                                                  |
|---------------|--------|--------------------------------------------------------------------------|
| issuer        | 6 or 8 | begins with a range of a network                                          |
| account       | …      | the issuer's                                                              |
| check digit   | 1      | Luhn                                                                      |

Written as one word, in fours (American Express 4-6-5, Diners Club 4-6-4), with one blank or dash between
the groups. On a magnetic stripe the number stands between `%B` and `^` (track 1) or `;` and `=` (track 2),
and the expiry follows.

A check digit lets one in ten of any digits pass, so context decides: a stripe, or a label with an expiry
beside the number, is a valid number; a label, an expiry, or a second number on the line before or behind
makes it possible; fours alone resemble one; and digits in one run that nothing explains are not reported.

Not recorded: that the account exists or existed, and whose it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import Check, Field, Grade, Secret, Sensitivity
from forensics.primitives import cards
from forensics.primitives.published import judged

AROUND = 160  # how far context is looked for
GROUPED = "digits in groups without a label: order numbers and tables look the same"

_FORMS = re.compile(
    rb"[0-9]{13,19}|[0-9]{4}(?P<a>[ -])[0-9]{4}(?P=a)[0-9]{4}(?P=a)[0-9]{4}(?:(?P=a)[0-9]{3})?"
    rb"|[0-9]{4}(?P<b>[ -])[0-9]{6}(?P=b)[0-9]{4,5}"
)
_JOINED = b"0123456789._/+#&ABCDEFabcdef"  # a number behind one of these is part of something longer
_LABEL = re.compile(
    rb"(?i)(?<![a-z])(?:cards?|credit ?cards?|card ?(?:no|num|number)|cc(?:n|num|number)?|pan|visa|master ?card|amex"
    rb"|american ?express|discover|unionpay|maestro|debit|kredit-?karte|karte|kartennummer|carte|tarjeta|cartao"
    rb"|fullz|cvv2?|cvc2?|cid)(?![a-z])|\xd0\xba\xd0\xb0\xd1\x80\xd1\x82"  # … and "карт" in UTF-8
)
_LABEL_KEY = re.compile(rb"(?i)(?:card|credit|cc)[_-]?(?:no|num|number|pan)")
_EXPIRY = re.compile(rb"(?<![0-9/.-])(?:0[1-9]|1[0-2]) ?[/|;,-] ?(?:20)?(?:1[5-9]|2[0-9]|3[0-9])(?![0-9/.-])")
_STRIPE_1 = re.compile(rb"\^[A-Z /.'-]{2,26}\^[0-9]{2}(?:0[1-9]|1[0-2])[0-9]{3}")
_STRIPE_2 = re.compile(rb"=[0-9]{2}(?:0[1-9]|1[0-2])[0-9]{3}")
_OTHER = re.compile(rb"(?<![0-9])([2-6][0-9]{12,18})(?![0-9])")


class PaymentCard(WordDetector):
    """One number, in one word or in groups."""

    kind = "payment/card"
    title = "Payment card number"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\b[2-6][0-9]{12,18}\b"),
        Trigger(rb"%B[2-6][0-9]{12,18}\b"),
        Trigger(rb"\b[2-6][0-9]{3}[ -][0-9]{4}[ -][0-9]{4}[ -][0-9]{4}\b"),
        Trigger(rb"\b3[0-9]{3}[ -][0-9]{6}[ -][0-9]{4,5}\b"),
    )
    references: ClassVar[tuple[str, ...]] = (
        "ISO/IEC 7812-1 (numbering, Luhn's check digit)",
        "ISO/IEC 7813 (tracks 1 and 2)",
        "issuer ranges as published by the networks",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("label and expiry", b"card: 4539682995824395 exp 11/27", ("4539682995824395",), "made by hand"),
        Specimen("in fours", b"5412 7509 1827 4631\n", ("5412750918274631",), "made by hand"),
        Specimen("American Express", b"Amex 3714-496353-98431", ("371449635398431",), "published for tests"),
        Specimen("track 2", b";4539682995824395=27111010000012300000?", ("4539682995824395",), "made by hand"),
        Specimen("track 1", b"%B4539682995824395^ROE/JANE^27111010000?", ("4539682995824395",), "made by hand"),
        Specimen("label of JSON", b'{"card_number":"4539682995824395"}', ("4539682995824395",), "made by hand"),
        Specimen(
            "a list",
            b"4539682995824395|x\n4916338506082832|y\n",
            ("4539682995824395", "4916338506082832"),
            "made by hand",
        ),
        Specimen("truncated", b"card: 453968299582439 exp 11/27", None, "made by hand"),
        Specimen("wrong check digit", b"card: 4539682995824396 exp 11/27", None, "made by hand"),
        Specimen("look-alike: counted groups", b"card 6946 6947 6948 6949 6950 6951", None, "a table"),
        Specimen("look-alike: a number alone", b"id = 4539682995824395;", None, "made by hand"),
        Specimen("look-alike: decimals", b"card 0.4539682995824395 card 4539682995824395.5", None, "made by hand"),
        Specimen("look-alike: no such range", b"card: 4000000000000", None, "made by hand"),
    )
    shortest = 13
    longest = 512

    def words(self, data: bytes, ends: Iterable[int]) -> Iterator[tuple[int, Accepted, int]]:
        """Look back from each match end for a number in one of its written forms."""
        behind = -1
        for end in ends:
            start = end
            while start > max(0, end - 24) and data[start - 1] in b"0123456789 -":
                start -= 1
            for match in _FORMS.finditer(data, start, end):
                if match.end() != end or match.start() < behind:
                    continue
                verdict = self._judge(data, match.start(), end)
                if verdict is not None:
                    behind = end
                    yield match.start(), verdict, end - match.start()

    def accept(self, word: bytes) -> Accepted | None:
        """Validate text that is nothing but a number."""
        return self._judge(word, 0, len(word))

    @staticmethod
    def _judge(data: bytes, start: int, end: int) -> Accepted | None:
        text = data[start:end].decode("ascii")
        digits = text.replace(" ", "").replace("-", "")
        network = cards.network(digits)
        if not network or not cards.holds(digits):
            return None
        before, behind = data[max(0, start - AROUND) : start], data[end : end + AROUND]
        if _goes_on(before, behind):
            return None
        told = judged(digits, Grade.C2)[1]
        if not told and not cards.plausible(digits):
            return None
        checks: list[Check] = [passed("luhn", 3), passed("issuer range", 2)]
        near = before[-64:] + b"\n" + behind[:64]
        labelled = bool(_LABEL.search(near) or _LABEL_KEY.search(near))
        expiry = bool(_EXPIRY.search(behind[:48]))
        stripe = _STRIPE_2.match(behind) if before[-1:] == b";" else None
        if before[-2:].upper() == b"%B":
            stripe = _STRIPE_1.match(behind)
        caveats: tuple[str, ...] = ()
        if stripe:
            checks.append(passed("magnetic stripe", 20))
            grade = Grade.C2
        elif labelled and expiry:
            checks.append(passed("label and expiry", 16))
            grade = Grade.C2
        elif labelled or expiry or _listed(before, behind):
            grade = Grade.C1
        elif len(text) != len(digits):
            grade, caveats = Grade.C0, (GROUPED,)
        else:
            return None
        grade, caveats = judged(digits, grade, *caveats)
        fields = {"network": Field(network), "written": Field("stripe" if stripe else "text")}
        return Accepted(Secret(digits), grade, tuple(checks), fields, caveats=caveats, sensitivity=Sensitivity.PERSONAL)


def _goes_on(before: bytes, behind: bytes) -> bool:
    """Whether the digits are part of something longer: decimals, a sum, a further group, an identifier."""
    if before[-1:] and before[-1] in _JOINED and before[-2:] != b"%B":
        return True
    if before[-1:] in (b" ", b"-") and before[-2:-1].isdigit():
        return True
    if behind[:1] in (b"_", b"+", b"@", b"/", b"%") or (behind[:1] == b"." and behind[1:2].isdigit()):
        return True
    return behind[:1] in (b" ", b"-") and behind[1:4].isdigit() and len(behind[1:4]) == 3 and behind[4:5] not in b"/|;,"


def _listed(before: bytes, behind: bytes) -> bool:
    """Whether the line before or behind has a number of its own."""
    last = before.rpartition(b"\n")[0][-AROUND:]
    following = behind.partition(b"\n")[2]
    for text in (last.rpartition(b"\n")[2], following.partition(b"\n")[0]):
        match = _OTHER.search(text)
        if match:
            other = match.group(1).decode("ascii")
            if cards.holds(other) and cards.plausible(other):
                return True
    return False


DETECTOR: Detector = PaymentCard()

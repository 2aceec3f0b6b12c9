"""Numbers of parcels: grades by what stands beside them, and what looks alike."""

from __future__ import annotations

import random

import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.parcel import s10, ups, usps
from forensics.detectors.word import WordDetector
from forensics.model import Finding, Grade
from forensics.primitives import s10 as rule


def at(detector: object, data: bytes, number: bytes) -> list[Finding]:
    assert isinstance(detector, WordDetector)
    return list(detector.examine(BytesLayer(data), data.index(number) + len(number)))


def made(serial: str, service: str = "RR", country: str = "DE") -> str:
    return f"{service}{serial}{rule.check_digit(serial)}{country}"


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("{}", Grade.C1),
        ("part {} in stock", Grade.C1),
        ("Tracking no. {}", Grade.C2),
        ("Sendungsnummer: {}", Grade.C2),
        ("sent, {} with Royal Mail", Grade.C2),
        ("трек-номер {}", Grade.C2),
        ("https://parcelsapp.com/en/tracking/{}", Grade.C2),
        ("tracking is fine\nand further down\n{}", Grade.C1),
    ],
)
def test_a_word_beside_an_identifier_decides(text: str, grade: Grade) -> None:
    number = made("31415926")
    (found,) = at(s10.DETECTOR, text.format(number).encode(), number.encode())
    assert found.value == number
    assert found.grade is grade
    assert found.fields["country"].value == "DE"
    assert found.fields["carrier"].value == "Deutsche Post"


def test_a_list_is_its_own_context() -> None:
    first, second = made("27182818"), made("27182831")
    (found,) = at(s10.DETECTOR, f"{first}\n{second}\n".encode(), first.encode())
    assert found.grade is Grade.C2
    (alone,) = at(s10.DETECTOR, f"{first}\n{made('27182831', country='FR')}\n".encode(), first.encode())
    assert alone.grade is Grade.C1


@pytest.mark.parametrize("form", ["{0} {1} {2} {3} {4}", "{0}-{1}-{2}-{3}-{4}"])
def test_parts_with_one_separator(form: str) -> None:
    number = made("61803398")
    text = form.format(number[:2], number[2:5], number[5:8], number[8:11], number[11:])
    (found,) = at(s10.DETECTOR, f"parcel {text}".encode(), text.encode())
    assert found.value == number
    assert found.span.length == len(text)


def test_random_identifiers_of_the_form_are_mostly_refused() -> None:
    draw = random.Random(8)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    kept = 0
    for _ in range(5000):
        word = "".join(draw.choices(letters, k=2)) + f"{draw.randrange(10**9):09}" + "".join(draw.choices(letters, k=2))
        kept += bool(at(s10.DETECTOR, word.encode(), word.encode()))
    assert 50 < kept < 180  # 10 % of digits, 37 % of countries, about half of the services


def test_the_account_of_a_shipper_is_a_link() -> None:
    data = b"UPS 1Z5R89390357567127"
    (found,) = at(ups.DETECTOR, data, b"1Z5R89390357567127")
    assert found.grade is Grade.C3
    assert found.fields["shipper_account"].value == "5R8939"
    assert [(link.rule, link.target) for link in found.links] == [("SHIPPED_BY_ACCOUNT", "5R8939")]


def test_a_number_without_context_is_less() -> None:
    (alone,) = at(ups.DETECTOR, b"1Z5R89390357567127", b"1Z5R89390357567127")
    assert alone.grade is Grade.C2
    number = b"9361289878700317633795"
    assert [each.grade for each in at(usps.DETECTOR, number, number)] == [Grade.C1]
    assert [each.grade for each in at(usps.DETECTOR, b"track and trace " + number, number)] == [Grade.C2]


def test_the_routing_of_a_bar_code_is_the_destination() -> None:
    data = b"4201028200009261290113185417468510"
    (found,) = at(usps.DETECTOR, data, data)
    assert found.value == "9261290113185417468510"
    assert found.grade is Grade.C2
    assert found.fields["destination_zip"].value == "10282-0000"
    assert found.fields["mailer"].value == "901131854"

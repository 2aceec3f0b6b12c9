"""Numbers told by a carrier's name or a label: what each of the two is worth, and what digits alone are."""

from __future__ import annotations

import random

import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.parcel import carrier
from forensics.model import Finding, Grade
from forensics.primitives import parcel_digits
from forensics.sweep.catalogue import build
from forensics.sweep.segments import Segment
from forensics.sweep.space import Space


def swept(text: str) -> list[Finding]:
    data = text.encode()
    layer = BytesLayer(data)
    space = Space(build((carrier.DETECTOR,)), layer, [Segment(0, len(data), 0, 0)], lambda _: layer)
    space.sweep(0, len(data))
    assert not space.refused
    return [held.finding for held in space.found]


PUBLISHED = [
    ("FedEx", "986578788855"),
    ("FedEx", "568283610012734"),
    ("FedEx", "61299998820821171811"),
    ("FedEx", "9611020987654312345672"),
    ("FedEx", "1001921334250001000300779017972697"),
    ("USPS", "71123456789123456787"),
    ("USPS", "71969010756003077385"),
    ("DHL", "8487135506"),
    ("DHL", "73891051146"),
    ("DPD", "09980000020033F"),
    ("DPD", "008182709980000020033350276C"),
    ("Canada Post", "0073938000549297"),
    ("OnTrac", "C11031500001879"),
    ("DHL", "00340434161094027318"),
]


@pytest.mark.parametrize(("name", "number"), PUBLISHED)
def test_published_numbers(name: str, number: str) -> None:
    (alone,) = swept(f"{name} {number}")
    own = number.startswith(("00340434", "C1"))
    assert (alone.value, alone.grade) == (number, Grade.C2 if own else Grade.C1)
    assert name in str(alone.fields["carrier"].value)
    (labelled,) = swept(f"{name} tracking number: {number}\n")
    assert (labelled.value, labelled.grade) == (number, Grade.C2)
    assert swept(f"total {number} units") == []
    changed = str((int(number[-1]) + 1) % 10) if number[-1].isdigit() else "Z"
    assert swept(f"{name} {number[:-1]}{changed}") == []


@pytest.mark.parametrize("separator", [" ", "-"])
def test_groups(separator: str) -> None:
    text = separator.join(("9865", "7878", "8855"))
    (found,) = swept(f"FedEx {text} on 12 May")
    assert found.value == "986578788855"
    assert found.span.length == len(text)


def test_groups_that_go_on_are_another_number() -> None:
    assert swept("FedEx 9865 7878 8855 1234 5678 9") == []


@pytest.mark.parametrize(
    ("text", "carriers", "grade"),
    [
        ("tracking number: 986578788855", "FedEx", Grade.C1),
        ("Sendungsnummer: 00340434161094027318", "DHL", Grade.C2),
        ("Sendungsnr. JJD000390012345678901", "DHL", Grade.C1),
        ("tracking code TBA012345678901", "Amazon", Grade.C1),
        ("GLS Paketnummer 12345678901", "GLS", Grade.C1),
        ("<td>DHL</td><td>00340434161094027318</td>", "DHL", Grade.C2),
        ("DHL JJD000390012345678901", "DHL", Grade.C1),
        ("https://www.fedex.com/fedextrack/?trknbr=986578788855&x=1", "FedEx", Grade.C2),
    ],
)
def test_a_label_or_a_beginning_of_the_carriers_own(text: str, carriers: str, grade: Grade) -> None:
    (found,) = swept(text)
    assert carriers in str(found.fields["carrier"].value)
    assert found.grade is grade


@pytest.mark.parametrize(
    "text",
    [
        "GLS 12345678901",  # no check digit and no label
        "FedEx\n\n\n986578788855",  # two lines further
        "FedEx call +1-986578788855",
        "the waybill is lost, 12345 items",
    ],
)
def test_too_little(text: str) -> None:
    assert swept(text) == []


def test_the_destination_of_a_leitcode() -> None:
    payload = "2110045300100"
    check = next(digit for digit in "0123456789" if parcel_digits.identcode(payload + digit))
    (found,) = swept(f"Leitcode: {payload}{check}")
    assert found.fields["destination_zip"].value == "21100"
    assert found.grade is Grade.C2


def test_random_digits_beside_a_name_pass_one_time_in_ten() -> None:
    draw = random.Random(12)
    kept = sum(bool(swept(f"FedEx {draw.randrange(10**12):012}")) for _ in range(600))
    assert 25 < kept < 110

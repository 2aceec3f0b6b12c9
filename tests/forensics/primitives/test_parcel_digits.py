"""Check digits of parcel carriers: published numbers hold, and each with another last character does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from forensics.primitives import countries, parcel_digits, s10

PUBLISHED: tuple[tuple[Callable[[str], bool], str], ...] = (
    (parcel_digits.gs1, "9400111206206406260787"),
    (parcel_digits.gs1, "92748931507708513018050063"),
    (parcel_digits.gs1, "000123450000000027"),
    (parcel_digits.gs1, "0073938000549297"),
    (parcel_digits.gs1, "041441760228964"),
    (parcel_digits.gs1, "00340434161094027318"),
    (parcel_digits.identcode, "218025809066"),
    (parcel_digits.identcode, "563102430313"),
    (parcel_digits.fedex_12, "986578788855"),
    (parcel_digits.fedex_12, "477179081230"),
    (parcel_digits.fedex_14, "1001921334250001000300779017972697"),
    (parcel_digits.fedex_14, "9632001560123456789900794808390594"),
    (parcel_digits.dhl_express, "3318810025"),
    (parcel_digits.dhl_express, "73891051146"),
    (parcel_digits.ups, "1Z5R89390357567127"),
    (parcel_digits.ups, "1Z999AA10123456784"),
    (parcel_digits.ontrac, "C11031500001879"),
    (parcel_digits.ontrac, "D10011354453707"),
    (parcel_digits.mod_37_36, "008182709980000020033350276C"),
    (parcel_digits.mod_37_36, "09980000020033F"),
)


@pytest.mark.parametrize(("holds", "number"), PUBLISHED, ids=[number for _, number in PUBLISHED])
def test_a_published_number(holds: Callable[[str], bool], number: str) -> None:
    assert holds(number)
    others = "0123456789" if number[-1].isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    held = [last for last in others if holds(number[:-1] + last)]
    assert held == [number[-1]]


@pytest.mark.parametrize("holds", list(dict(PUBLISHED)))
@pytest.mark.parametrize("text", ["", "0", "abc", "1Y", "١٢٣٤٥٦٧٨٩٠١٢", "9400 1112 0620"])
def test_other_text_is_no_number(holds: Callable[[str], bool], text: str) -> None:
    assert not holds(text)


@pytest.mark.parametrize(
    ("indicator", "word"),
    [("RR", "registered"), ("CP", "parcel"), ("EE", "EMS"), ("LZ", "letter"), ("AV", "domestic"), ("QM", "reply")],
)
def test_assigned_services(indicator: str, word: str) -> None:
    assert word in s10.service(indicator)


@pytest.mark.parametrize(
    "indicator", ["AA", "AU", "FA", "GB", "IA", "JA", "KA", "OA", "QN", "SA", "TT", "WA", "XX", "YY", ""]
)
def test_services_that_are_not_assigned(indicator: str) -> None:
    assert s10.service(indicator) == ""


def test_countries() -> None:
    assert {"DE", "US", "GB", "CN"} <= countries.ALPHA_2
    assert not {"UK", "XX", "ZZ", "EU"} & countries.ALPHA_2
    assert s10.is_country("NL")
    assert not s10.is_country("nl")

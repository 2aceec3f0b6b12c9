"""Postal item identifiers of UPU standard S10: two letters, eight digits, a check digit, a country."""

from __future__ import annotations

from forensics.primitives.countries import ALPHA_2

CHECK_BITS = 3
COUNTRY_BITS = 1  # 250 of 676 pairs of letters are a country

_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_SERVICES = {
    "B": "domestic, bilateral or multilateral",
    "C": "parcel",
    "D": "domestic, bilateral or multilateral",
    "E": "express mail (EMS)",
    "H": "parcel of electronic commerce",
    "L": "tracked letter",
    "M": "M-bag",
    "N": "domestic, bilateral or multilateral",
    "P": "domestic, bilateral or multilateral",
    "Q": "reply service (IBRS)",
    "R": "registered",
    "U": "letter with customs form",
    "V": "insured",
    "Z": "domestic, bilateral or multilateral",
}


def check_digit(serial: str) -> int:
    """The digit behind a serial of eight digits."""
    rest = 11 - sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, serial, strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest)


def holds(identifier: str) -> bool:
    """Whether 13 characters have the form and the right check digit. Countries are not looked up."""
    service, serial, check, country = identifier[:2], identifier[2:10], identifier[10:11], identifier[11:]
    if len(identifier) != 13 or not (service + country).isascii() or not (serial + check).isascii():
        return False
    if not ((service + country).isupper() and (service + country).isalpha() and (serial + check).isdecimal()):
        return False
    return check_digit(serial) == int(check)


def service(indicator: str) -> str:
    """What a service indicator of two letters stands for; empty where it is unassigned or reserved."""
    first, second = indicator[:1], indicator[1:]
    if first == "A":
        return "domestic, bilateral or multilateral" if second >= "V" else ""
    if first == "G":
        return "domestic, bilateral or multilateral" if second in ("A", "D") else ""
    if first == "Q":
        return _SERVICES["Q"] if second <= "M" else ""
    return _SERVICES.get(first, "")


def is_country(code: str) -> bool:
    """Whether the last two letters are a country's."""
    return code in ALPHA_2

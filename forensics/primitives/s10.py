"""Postal item identifiers of UPU standard S10: two letters, eight digits, a check digit, a country."""

from __future__ import annotations

_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


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

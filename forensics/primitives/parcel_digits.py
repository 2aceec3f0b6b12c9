"""Check digits of parcel carriers.

Facts: GS1 General Specifications (mod 10, weights 3 and 1), USPS publication 199 (IMpb), Deutsche Post
"Identcode/Leitcode" (weights 4 and 9), DPD parcel label specification (ISO/IEC 7064 mod 37,36), and the
carriers' own rules as the numbers published for tests by jkeen/tracking_number_data show them.
Each function takes the whole number with its check digit, upper case and without spaces, and says False
where it is not made of the characters that the rule knows.
"""

from __future__ import annotations

from collections.abc import Sequence

_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FEDEX_12 = (3, 1, 7)
_FEDEX_14 = (1, 7, 3)


def _digits(number: str) -> list[int]:
    return [int(each) for each in number] if number.isascii() and number.isdecimal() else []


def _weighted(values: Sequence[int], weights: Sequence[int]) -> int:
    return sum(value * weights[at % len(weights)] for at, value in enumerate(values))


def gs1(number: str) -> bool:
    """Weights 3 and 1 from the right of the payload, modulo 10: SSCC, USPS, Canada Post, FedEx Ground."""
    values = _digits(number)
    return len(values) > 1 and (_weighted(values[-2::-1], (3, 1)) + values[-1]) % 10 == 0


def identcode(number: str) -> bool:
    """Weights 4 and 9 from the left, modulo 10: Identcode and Leitcode of Deutsche Post."""
    values = _digits(number)
    return len(values) in (12, 14) and (_weighted(values[:-1], (4, 9)) + values[-1]) % 10 == 0


def fedex_12(number: str) -> bool:
    """Weights 3, 1, 7 over 11 digits, modulo 11, modulo 10: FedEx Express."""
    values = _digits(number)
    return len(values) == 12 and _weighted(values[:-1], _FEDEX_12) % 11 % 10 == values[-1]


def fedex_14(number: str) -> bool:
    """Weights 1, 7, 3 over 13 of the last 14 digits, modulo 11, modulo 10: FedEx bar codes of 34 digits."""
    values = _digits(number)[-14:]
    return len(values) == 14 and _weighted(values[:-1], _FEDEX_14) % 11 % 10 == values[-1]


def dhl_express(number: str) -> bool:
    """The last digit is the number before it modulo 7: DHL Express waybills of 10 and 11 digits."""
    return number.isascii() and number.isdecimal() and len(number) > 1 and int(number[:-1]) % 7 == int(number[-1])


def ups(number: str) -> bool:
    """`1Z` and 16 characters: letters count as their place modulo 10, odd places once, even ones twice."""
    body = number[2:]
    if len(body) != 16 or any(each not in _CHARACTERS for each in body) or not body[-1].isdecimal():
        return False
    values = [int(each) if each.isdecimal() else (ord(each) - 63) % 10 for each in body]
    return (_weighted(values[:-1], (1, 2)) + values[-1]) % 10 == 0


def ontrac(number: str) -> bool:
    """`C` or `D` and 14 digits: the letter counts as 4 or 5, then weights 1 and 2, modulo 10."""
    values = _digits(number[1:])
    if number[:1] not in ("C", "D") or len(values) != 14:
        return False
    return (_weighted((4 if number[0] == "C" else 5, *values[:-1]), (1, 2)) + values[-1]) % 10 == 0


def mod_37_36(number: str) -> bool:
    """ISO/IEC 7064 mod 37,36 with the check character last: DPD."""
    if len(number) < 2 or any(each not in _CHARACTERS for each in number):
        return False
    rest = 36
    for each in number[:-1]:
        rest = (rest + _CHARACTERS.index(each)) % 36 or 36
        rest = rest * 2 % 37
    return (rest + _CHARACTERS.index(number[-1])) % 36 == 1

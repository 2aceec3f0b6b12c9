"""The Luhn check digit: ISO/IEC 7812-1 annex B."""

from __future__ import annotations

_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def holds(digits: str) -> bool:
    """Whether the last digit is the check digit of the others."""
    total = sum(_DOUBLED[int(digit)] if place % 2 else int(digit) for place, digit in enumerate(reversed(digits)))
    return digits.isdecimal() and total % 10 == 0

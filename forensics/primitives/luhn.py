"""The Luhn check digit: ISO/IEC 7812-1 annex B."""

from __future__ import annotations

_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def holds(digits: str) -> bool:
    """Whether `digits` are digits only, and the last is the check digit of the others."""
    if not (digits.isascii() and digits.isdecimal()):
        return False
    values = [int(digit) for digit in reversed(digits)]
    return (sum(values[::2]) + sum(_DOUBLED[value] for value in values[1::2])) % 10 == 0

"""Payment card numbers (ISO/IEC 7812): issuer ranges, lengths, and digits that nobody was issued.

Facts: the ranges and lengths that the networks publish for merchants, as collected in the encyclopaedia
article on payment card numbers. Numbers without a range here exist; so do ranges that were never issued.
"""

from __future__ import annotations

import itertools

from forensics.primitives import luhn

# network, first and last prefix of a range, lengths; narrower ranges stand before wider ones
_RANGES: tuple[tuple[str, int, int, tuple[int, ...]], ...] = (
    ("Mir", 2200, 2204, (16, 17, 18, 19)),
    ("Mastercard", 2221, 2720, (16,)),
    ("Diners Club", 300, 305, (14, 16)),
    ("Diners Club", 3095, 3095, (14, 16)),
    ("American Express", 34, 34, (15,)),
    ("American Express", 37, 37, (15,)),
    ("JCB", 3528, 3589, (16,)),
    ("Diners Club", 36, 36, (14, 16)),
    ("Diners Club", 38, 39, (14, 16)),
    ("Visa", 4, 4, (13, 16, 19)),
    ("Maestro", 5018, 5018, (16, 18, 19)),
    ("Dankort", 5019, 5019, (16,)),
    ("Maestro", 5020, 5020, (16, 18, 19)),
    ("Maestro", 5038, 5038, (16, 18, 19)),
    ("Mastercard", 51, 55, (16,)),
    ("Maestro", 5893, 5893, (16, 18, 19)),
    ("Discover", 6011, 6011, (16,)),
    ("UnionPay", 62, 62, (16, 17, 18, 19)),
    ("Maestro", 6304, 6304, (16, 18, 19)),
    ("Discover", 644, 649, (16,)),
    ("Discover", 65, 65, (16,)),
    ("Maestro", 6759, 6759, (16, 18, 19)),
    ("Maestro", 6761, 6763, (16, 18, 19)),
)


def network(digits: str) -> str:
    """Whose number `digits` would be by its beginning and length; empty where no range fits."""
    for name, first, last, lengths in _RANGES:
        if len(digits) in lengths and first <= int(digits[: len(str(first))]) <= last:
            return name
    return ""


def plausible(digits: str) -> bool:
    """Whether the digits are spread as those of an issued number are.

    Refused are numbers of few different digits, runs of one digit, counted digits and counted groups: tables,
    fillers and samples, of which Luhn's digit lets one in ten pass. Of random numbers one in a hundred is
    refused with them.
    """
    values = [int(each) for each in digits]
    if len(set(values)) < 6 or max(values.count(each) for each in set(values)) > len(values) // 2:
        return False
    longest = max(len(list(run)) for _, run in itertools.groupby(values))
    if longest > 5:
        return False
    steps = [(after - before) % 10 for before, after in itertools.pairwise(values)]
    if max(steps.count(1), steps.count(9)) * 2 > len(steps):
        return False
    for width in (2, 3, 4, 5):
        groups = [int(digits[at : at + width]) for at in range(0, len(digits) - width + 1, width)]
        gaps = {after - before for before, after in itertools.pairwise(groups)}
        if len(groups) > 2 and len(gaps) == 1:
            return False
    halves = len(digits) // 2
    return digits[:halves] != digits[halves : 2 * halves]


def holds(digits: str) -> bool:
    """Whether `digits` could be an issued number: range, length and check digit."""
    return bool(network(digits)) and luhn.holds(digits)

"""SLIP-39 shares: reading one share of a divided secret, and its 30-bit checksum.

Facts: SLIP-0039 (layout, checksum RS1024, word list, test vectors).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

LENGTHS = (20, 33)
CHECK_BITS = 30
_HEAD = 4  # words before the value: 40 bits
_CHECK = 3
_GENERATORS = (
    0xE0E040,
    0x1C1C080,
    0x3838100,
    0x7070200,
    0xE0E0009,
    0x1C0C2412,
    0x38086C24,
    0x3090FC48,
    0x21B1F890,
    0x3F3F120,
)


@dataclass(frozen=True, slots=True)
class Share:
    """What a share says of itself; numbers count from 1, as people do."""

    identifier: int
    extendable: bool
    exponent: int
    group: int
    group_threshold: int
    groups: int
    member: int
    member_threshold: int


@functools.cache
def indices() -> Mapping[str, int]:
    """The number of each word."""
    text = (files("resources") / "words" / "slip39" / "english.txt").read_text("utf-8")
    return {word: number for number, word in enumerate(text.split())}


def _polymod(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        top = check >> 20
        check = (check & 0xFFFFF) << 10 ^ value
        for bit, generator in enumerate(_GENERATORS):
            if top >> bit & 1:
                check ^= generator
    return check


def read(phrase: Sequence[str]) -> Share | None:
    """The share that 20 or 33 words are; None where one is not listed or the checksum does not hold."""
    found = [indices().get(word) for word in phrase]
    if len(phrase) not in LENGTHS or None in found:
        return None
    numbers = [number or 0 for number in found]
    head = 0
    for number in numbers[:_HEAD]:
        head = head << 10 | number
    extendable = bool(head >> 24 & 1)
    text = b"shamir_extendable" if extendable else b"shamir"
    if _polymod([*text, *numbers]) != 1:
        return None
    share = Share(
        identifier=head >> 25,
        extendable=extendable,
        exponent=head >> 20 & 15,
        group=(head >> 16 & 15) + 1,
        group_threshold=(head >> 12 & 15) + 1,
        groups=(head >> 8 & 15) + 1,
        member=(head >> 4 & 15) + 1,
        member_threshold=(head & 15) + 1,
    )
    return share if share.group_threshold <= share.groups else None

"""Gates: where a buffer holds rows of bytes without which some expressions cannot match.

An address is a long word, a card number a row of digits. An engine need see such expressions only where long words
and rows of digits are, and these are found with a few operations on whole arrays: of a row of `count` bytes the
aligned groups of `k` bytes that lie wholly inside it are at least (count - k + 1) // k, and they are neighbours.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

AROUND = 40  # bytes either side of a row that an expression may look at: its other parts, and the edge of a word
_WIDEST = 30  # of what an expression may match before or behind its row
_GROUP = 8  # rows are found in whole groups of this many bytes at most
_UNROLLED = 8  # so many times a group of items is looked at one by one
_APART = b"\0"

_ALPHANUMERIC = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_DIGITS = frozenset(b"0123456789")
_GROUPED = _DIGITS | frozenset(b" -")
_IS_ALPHANUMERIC, _IS_GROUPED, _IS_DIGIT = 1, 2, 4
_CLASSES = bytes(
    _IS_ALPHANUMERIC * (each in _ALPHANUMERIC) | _IS_GROUPED * (each in _GROUPED) | _IS_DIGIT * (each in _DIGITS)
    for each in range(256)
)


class Gate(enum.Enum):
    """A row that an expression needs."""

    WORD = "at least 23 letters and digits"
    DIGITS = "at least 9 digits, or 11 with single spaces or hyphens among them"


# --- what an expression needs


@dataclass(frozen=True, slots=True)
class _Item:
    """A part of an expression: the bytes that it may match (of letters one case), the fewest and the most of them."""

    bytes: frozenset[int]
    low: int
    high: int


def gate_of(expression: bytes) -> Gate | None:
    """The gate that lets pass whatever `expression` matches, with `AROUND` bytes; None if there is none."""
    try:
        items = list(_items(re._parser.parse(expression)))  # type: ignore[attr-defined]
    except _Unknown:
        return None
    if _has_row(items, _ALPHANUMERIC, 23):
        return Gate.WORD
    if _has_row(items, _DIGITS, 9) or _has_row(items, _GROUPED, 11):
        return Gate.DIGITS
    return None


class _Unknown(Exception):
    """A construction that is not analysed."""


def _items(parsed: Any) -> Iterator[_Item]:
    for operation, argument in parsed:
        name = str(operation)
        if name == "AT":
            continue
        if name == "LITERAL":
            yield _Item(frozenset((argument,)), 1, 1)
        elif name == "IN":
            yield _Item(frozenset(_members(argument)), 1, 1)
        elif name == "MAX_REPEAT":
            low, high, inner = argument
            items = list(_items(inner))
            if low == high <= _UNROLLED:
                yield from items * low
            else:
                yield _joined(items, low, int(high))
        elif name == "SUBPATTERN":
            yield from _items(argument[-1])
        elif name == "BRANCH":
            yield _either([_joined(list(_items(each)), 1, 1) for each in argument[1]])
        else:
            raise _Unknown(name)


def _members(argument: Any) -> Iterator[int]:
    for operation, value in argument:
        name = str(operation)
        if name == "LITERAL":
            yield value
        elif name == "RANGE":
            yield from range(value[0], value[1] + 1)
        elif name == "CATEGORY" and str(value) == "CATEGORY_DIGIT":
            yield from _DIGITS
        else:
            raise _Unknown(name)


def _joined(items: list[_Item], low: int, high: int) -> _Item:
    every = frozenset[int]().union(*(each.bytes for each in items))
    return _Item(every, low * sum(each.low for each in items), high * sum(each.high for each in items))


def _either(items: list[_Item]) -> _Item:
    every = frozenset[int]().union(*(each.bytes for each in items))
    return _Item(every, min(each.low for each in items), max(each.high for each in items))


def _has_row(items: list[_Item], members: frozenset[int], fewest: int) -> bool:
    """Whether each match holds a row of `fewest` or more `members`, and little before and behind it."""
    return any(
        sum(each.low for each in items[first:last]) >= fewest
        and sum(each.high for each in items[:first]) <= _WIDEST
        and sum(each.high for each in items[last:]) <= _WIDEST
        and all(each.bytes <= members for each in items[first:last])
        and (members is not _GROUPED or _digits_around_separators(items[first:last]))
        for first in range(len(items))
        for last in range(first + 1, len(items) + 1)
    )


def _digits_around_separators(items: list[_Item]) -> bool:
    """Whether of any four neighbouring bytes of a row of these items at least one is a digit."""
    before = _Item(_DIGITS, 1, 1)
    for each in items:
        if not each.bytes <= _DIGITS and (each.high > 3 or not (before.bytes <= _DIGITS and before.low)):
            return False
        before = each
    return True


# --- where the rows are


def passing(data: bytes) -> dict[Gate, Places]:
    """The ranges of `data` behind each gate, widened by `AROUND` and apart from each other, as rows of (low, high)."""
    flags = data.translate(_CLASSES)
    return {Gate.WORD: _words(flags), Gate.DIGITS: _digits(flags)}


def _words(flags: bytes) -> Places:
    eights = np.frombuffer(flags, "<u8", len(flags) // 8)
    every = np.uint64(0x0101010101010101 * _IS_ALPHANUMERIC)
    full = (eights & every) == every
    return _ranges([np.flatnonzero(full[:-1] & full[1:]) * 8], len(flags))


def _digits(flags: bytes) -> Places:
    fours = np.frombuffer(flags, "<u4", len(flags) // 4)
    every = np.uint32(0x01010101 * _IS_GROUPED)
    full = ((fours & every) == every) & ((fours & np.uint32(0x01010101 * _IS_DIGIT)) != 0)
    twos = np.frombuffer(flags, "<u2", len(flags) // 2)
    pair = np.uint16(0x0101 * _IS_DIGIT)
    digits = (twos & pair) == pair
    digits = digits[:-1] & digits[1:]
    return _ranges([np.flatnonzero(full[:-1] & full[1:]) * 4, np.flatnonzero(digits[:-2] & digits[2:]) * 2], len(flags))


def _ranges(places: list[Places], size: int) -> Places:
    """Where 16 bytes from each of `places` are, with what may be of the row and `AROUND` it; joined where they touch."""
    found = np.sort(np.concatenate(places)) if len(places) > 1 else places[0]
    if not len(found):
        return np.zeros((0, 2), np.int64)
    lows = np.maximum(found - _GROUP - AROUND, 0)
    highs = np.minimum(found + 2 * _GROUP + _GROUP + AROUND, size)
    apart = np.flatnonzero(lows[1:] > highs[:-1])
    return np.stack((lows[np.append(0, apart + 1)], highs[np.append(apart, len(found) - 1)]), 1)


def ends_within(
    data: bytes, ranges: Places, find: Callable[[bytes], dict[int, list[int]]]
) -> Iterable[tuple[int, list[int]]]:
    """What `find` finds in these ranges of `data`, all at once: numbers and match ends in `data`."""
    if not len(ranges):
        return
    joined = _APART.join([data[low:high] for low, high in ranges.tolist()])
    starts = np.cumsum(np.append(0, ranges[:-1, 1] - ranges[:-1, 0] + 1))
    shifts = ranges[:, 0] - starts
    for number, ends in find(joined).items():
        places = np.asarray(ends, np.int64)
        yield number, (places + shifts[np.searchsorted(starts, places, "left") - 1]).tolist()

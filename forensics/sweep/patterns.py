"""One pattern database from all detectors' triggers, behind one small interface.

Hyperscan sweeps all expressions at once; where it has no build, RE2 sweeps them one after another.
Both are linear in the input. They report different sets of match ends for overlapping matches, so a
detector must decide by the bytes around a match end, never by the number of ends it is given.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from forensics.detectors.base import Trigger
from forensics.sweep.gates import Gate, ends_within, gate_of, passing

_WORTH_A_GATE = 2048  # bytes: less is swept faster than it is looked through
_ROW_OF_WORDS = 40  # bytes that a row of words has at least, and of a length that is not fixed


class Triggered(Protocol):
    """A detector or a decoder."""

    @property
    def triggers(self) -> tuple[Trigger, ...]:
        """What wakes it."""
        ...


@dataclass(frozen=True, slots=True)
class Pattern:
    """One trigger of one detector or decoder. `back` leads from the match end to the start of the artefact."""

    detector: int  # index into the sequence of detectors and decoders
    trigger: Trigger
    expression: bytes
    back: int | None  # None: the match end itself is passed on


class Engine(Protocol):
    """Finds the ends of all patterns' matches in a buffer."""

    name: str

    def ends(self, data: bytes | memoryview) -> dict[int, list[int]]:
        """For each pattern that matched, its match ends in ascending order, without repeats."""
        ...


def printable(expression: bytes) -> bytes:
    """The expression with control bytes written out: an engine in C would end at a zero byte."""
    return b"".join(bytes((each,)) if 0x20 <= each < 0x7F else b"\\x%02x" % each for each in expression)


def width_of(expression: bytes) -> int:
    """How many bytes the expression matches.

    Raises:
        ValueError: not always the same number.
    """
    low, high = re._parser.parse(expression).getwidth()  # type: ignore[attr-defined]
    if low != high:
        raise ValueError(f"{expression!r} has no fixed width")
    return int(low)


def patterns_of(triggered: Sequence[Triggered]) -> tuple[Pattern, ...]:
    """All triggers that have a pattern, in the order of their detectors and decoders."""
    found = []
    for index, each in enumerate(triggered):
        for trigger in each.triggers:
            if not trigger.pattern:
                continue
            if trigger.at is None:
                found.append(Pattern(index, trigger, printable(trigger.pattern), None))
            else:
                back = width_of(trigger.pattern) + trigger.at
                found.append(Pattern(index, trigger, printable(trigger.pattern), back))
    return tuple(found)


def _by_expression(expressions: Sequence[bytes]) -> dict[bytes, list[int]]:
    """The numbers of each expression: several detectors may wake at the same places."""
    numbers: dict[bytes, list[int]] = {}
    for number, expression in enumerate(expressions):
        numbers.setdefault(expression, []).append(number)
    return numbers


def _shared(found: dict[int, list[int]], others: Mapping[int, Sequence[int]]) -> dict[int, list[int]]:
    """The ends of one number, one list, for the others of its expression."""
    for number, more in others.items():
        if number in found:
            found.update(dict.fromkeys(more, found[number]))
    return found


class HyperscanEngine:
    """Automata of several expressions each.

    Expressions that cannot match but in rows of certain bytes see only these (`gates`), and those of eleven words
    and more have an automaton of their own: in one with others they slow down all. Over 1 GiB of a mixed disk
    that is 3.6 processor seconds instead of 6.4 for 182 expressions.
    """

    name = "hyperscan"

    def __init__(self, expressions: Sequence[bytes]) -> None:
        """Compile; the databases are made once per process and inherited by forked workers."""
        numbers = _by_expression(expressions)
        self._others = {each[0]: each[1:] for each in numbers.values() if len(each) > 1}
        gated: dict[Gate | None, dict[int, bytes]] = {}
        rows: dict[int, bytes] = {}
        for expression, (number, *_) in numbers.items():
            gate = gate_of(expression)
            if gate is None and _is_row_of_words(expression):
                rows[number] = expression
            else:
                gated.setdefault(gate, {})[number] = expression
        self._everywhere = [_Automaton(each) for each in (gated.pop(None, {}), rows) if each]
        self._gated = {gate: _Automaton(each) for gate, each in gated.items() if gate}

    def ends(self, data: bytes | memoryview) -> dict[int, list[int]]:
        """Match ends by pattern."""
        found: dict[int, list[int]] = {}
        for automaton in self._everywhere:
            found |= automaton.ends(data)
        if self._gated and len(data) >= _WORTH_A_GATE:
            whole = bytes(data)
            ranges = passing(whole)
            for gate, automaton in self._gated.items():
                found.update(ends_within(whole, ranges[gate], automaton.ends))
        else:
            for automaton in self._gated.values():
                found |= automaton.ends(data)
        return _shared(found, self._others)


class _Automaton:
    """One Hyperscan database."""

    def __init__(self, expressions: Mapping[int, bytes]) -> None:
        import hyperscan  # noqa: PLC0415 - absent on some processors

        self._database: Any = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(expressions=list(expressions.values()), ids=list(expressions), elements=len(expressions))

    def ends(self, data: bytes | memoryview) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}

        def matched(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            ends = found.get(number)
            if ends is None:
                found[number] = [end]
            elif ends[-1] != end:
                ends.append(end)

        if len(data):
            self._database.scan(data, match_event_handler=matched)
        return found


def _is_row_of_words(expression: bytes) -> bool:
    low, high = re._parser.parse(expression).getwidth()  # type: ignore[attr-defined]
    return bool(low >= _ROW_OF_WORDS and high > 4 * low)


class Re2Engine:
    """The portable engine: one linear-time expression after another."""

    name = "re2"

    def __init__(self, expressions: Sequence[bytes]) -> None:
        """Compile each expression over bytes."""
        import re2  # noqa: PLC0415 - loaded only where it serves

        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.log_errors = False
        numbers = _by_expression(expressions)
        self._expressions = [(each[0], re2.compile(expression, options)) for expression, each in numbers.items()]
        self._others = {each[0]: each[1:] for each in numbers.values() if len(each) > 1}

    def ends(self, data: bytes | memoryview) -> dict[int, list[int]]:
        """Match ends by pattern, overlapping matches included as far as they start at other places."""
        whole = bytes(data)
        found: dict[int, list[int]] = {}
        for number, expression in self._expressions:
            ends = [match.end() for match in expression.finditer(whole)]
            if ends:
                found[number] = ends
        return _shared(found, self._others)


def engine_for(expressions: Sequence[bytes], name: str | None = None) -> Engine:
    """The fastest engine of this machine, or the named one (`hyperscan`, `re2`)."""
    if name is None:
        name = "hyperscan" if importlib.util.find_spec("hyperscan") else "re2"
    if name == "hyperscan" and expressions:
        return HyperscanEngine(expressions)
    return Re2Engine(expressions)

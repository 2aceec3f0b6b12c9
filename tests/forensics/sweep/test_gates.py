"""Expressions behind a gate match what they match without it."""

from __future__ import annotations

import random

import pytest

pytest.importorskip("hyperscan", reason="the portable engine has no gates")

from forensics.sweep.catalogue import catalogue
from forensics.sweep.gates import Gate, gate_of, passing
from forensics.sweep.patterns import HyperscanEngine, _Automaton

EXPRESSIONS = sorted({each.expression for each in catalogue().patterns if each.expression})
GATED = [each for each in EXPRESSIONS if gate_of(each)]


@pytest.mark.parametrize(
    ("expression", "gate"),
    [
        (rb"\b[13][1-9A-HJ-NP-Za-km-z]{22}\b", Gate.WORD),
        (rb"\b[13][1-9A-HJ-NP-Za-km-z]{21,40}\b", None),  # 22 may be all
        (rb"(?i)\baddr_1[a-z]{23}", Gate.WORD),
        (rb"[ -~]{23}", None),
        (rb"[0-9]{9}", Gate.DIGITS),
        (rb"[0-9]{8}", None),
        (rb"x{31}[0-9]{9}", Gate.WORD),
        (rb"[.]{31}[0-9]{9}", None),  # what stands before may reach beyond the range
        (rb"(?:[0-9]{4}[ -]){3}[0-9]{4}", Gate.DIGITS),
        (rb"[0-9]{2}[ -]{4}[0-9]{6}", None),  # four bytes may be spaces alone
        (rb"(?:[0-9]{9}|x)", None),
        (rb"[^ ]{40}", None),
    ],
)
def test_what_an_expression_needs(expression: bytes, gate: Gate | None) -> None:
    """The row that each match must hold, or none."""
    assert gate_of(expression) is gate


def test_addresses_cards_and_parcels_are_behind_a_gate() -> None:
    """The costly expressions of the product are."""
    assert len(GATED) > 25


@pytest.mark.parametrize("seed", range(40))
def test_gates_change_nothing(seed: int) -> None:
    """Rows at all alignments, at the edges, touching each other, in text and in random bytes."""
    chance = random.Random(seed)
    letters = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    kinds = (
        lambda: bytes(chance.choices(letters, k=chance.choice((1, 22, 23, 24, 26, 34, 40, 51, 62, 95, 108, 300)))),
        lambda: bytes(chance.choices(b"0123456789", k=chance.choice((4, 8, 9, 13, 16, 19, 22, 40)))),
        lambda: b" ".join(bytes(chance.choices(b"0123456789", k=4)) for _ in range(chance.randint(1, 7))),
        lambda: chance.choice((b"RR", b"3", b"CP-", b"9205 ", b"420", b"xpub", b"bc1q", b"6PR", b"0x", b"addr1")),
        lambda: chance.choice((b" ", b"", b"_", b"-", b"\0", b"\n", b"US", b".", b" " * 60, b"\xff" * 50)),
        lambda: chance.randbytes(chance.randint(1, 90)),
    )
    data = b"".join(chance.choice(kinds)() for _ in range(1200))[chance.randint(0, 9) :]
    assert len(data) > 2048
    plain = _Automaton(dict(enumerate(GATED))).ends(data)
    assert HyperscanEngine(GATED).ends(data) == plain
    assert plain


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 15, 16, 17, 23, 24, 40])
def test_short_data(size: int) -> None:
    """Data shorter than a group of bytes has no ranges and raises nothing."""
    ranges = passing(b"1" * size)
    assert all(0 <= low < high <= size for each in ranges.values() for low, high in each.tolist())

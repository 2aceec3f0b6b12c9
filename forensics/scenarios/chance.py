"""Chance that repeats itself: bytes, numbers and choices drawn from a seed and a label.

Every draw names what it is for, so adding one draw never changes another. The stream is SHA-256 over
the seed, the label and a counter: not secret, and not meant to be.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """A source of repeatable draws for one seed."""

    def __init__(self, seed: int, scope: str = "") -> None:
        self.seed = seed
        self.scope = scope

    def within(self, scope: str) -> Chance:
        """The same seed under a longer label."""
        return Chance(self.seed, f"{self.scope}/{scope}")

    def octets(self, label: str, count: int) -> bytes:
        """`count` bytes for `label`."""
        stem = f"impound scenario|{self.seed}|{self.scope}|{label}|"
        drawn = bytearray()
        counter = 0
        while len(drawn) < count:
            drawn += hashlib.sha256(f"{stem}{counter}".encode()).digest()
            counter += 1
        return bytes(drawn[:count])

    def below(self, label: str, limit: int) -> int:
        """A number in `0 … limit - 1`."""
        return int.from_bytes(self.octets(label, 16), "big") % limit

    def between(self, label: str, low: int, high: int) -> int:
        """A number in `low … high`, both included."""
        return low + self.below(label, high - low + 1)

    def pick(self, label: str, choices: Sequence[T]) -> T:
        """One of `choices`."""
        return choices[self.below(label, len(choices))]

    def text(self, label: str, alphabet: str, count: int) -> str:
        """`count` characters of `alphabet`."""
        return "".join(alphabet[octet % len(alphabet)] for octet in self.octets(label, count))

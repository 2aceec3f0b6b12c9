"""Chance in bulk: SHAKE-256 over the seed and a label. Each draw names what it is for."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """A source of repeatable draws under a label; draws from one object follow one another."""

    def __init__(self, seed: int, label: str) -> None:
        self._stem = f"impound reference|{seed}|{label}"
        self._turn = 0
        self._bytes = b""
        self._at = 0

    def octets(self, count: int) -> bytes:
        """`count` bytes."""
        self._turn += 1
        return hashlib.shake_256(f"{self._stem}|{self._turn}".encode()).digest(count)

    def numbers(self, count: int) -> tuple[int, ...]:
        """`count` numbers in `0 … 65535`."""
        return struct.unpack(f"<{count}H", self.octets(2 * count))

    def below(self, limit: int) -> int:
        """A number in `0 … limit - 1`; its bias is below 1 in 2**30 for the limits used."""
        if self._at + 8 > len(self._bytes):
            self._bytes, self._at = self.octets(256), 0
        self._at += 8
        return int.from_bytes(self._bytes[self._at - 8 : self._at], "little") % limit

    def between(self, low: int, high: int) -> int:
        """A number in `low … high`, both included."""
        return low + self.below(high - low + 1)

    def pick(self, choices: Sequence[T]) -> T:
        """One of `choices`."""
        return choices[self.below(len(choices))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in another order."""
        keys = struct.unpack(f"<{len(items)}Q", self.octets(8 * len(items)))
        return [items[index] for index in sorted(range(len(items)), key=keys.__getitem__)]

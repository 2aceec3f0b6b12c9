"""Transactions of Bitcoin and of the coins that kept its form.

| octets | part                                                                           |
|--------|--------------------------------------------------------------------------------|
| 4      | version                                                                        |
| 2      | 00 01 where witnesses follow (BIP-144)                                         |
|        | compact size of inputs; each: txid 32, output u32, script, sequence u32        |
|        | compact size of outputs; each: amount i64, script                              |
|        | with witnesses, for each input: compact size of items; each an octet string    |
| 4      | lock time                                                                      |

Numbers are little-endian; scripts and items have their compact size before them. The identity is the double SHA-256
of all but the witnesses and their two octets, written backwards. Blocks of Litecoin's MWEB (flag 8), the payload of
Dash's special transactions and Zcash's shielded parts are other forms, and are not read.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

MOST_PARTS = 100_000  # inputs, outputs or items: more than a block of 4 MB holds
_LARGEST_AMOUNT = (1 << 63) - 1
_SIZES = {253: 2, 254: 4, 255: 8}


@dataclass(frozen=True, slots=True)
class Input:
    """What is spent: an output of an earlier transaction, with what opens it."""

    txid: str
    index: int
    script: bytes
    witness: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """An amount in the smallest unit of the coin, and the script it is paid to."""

    amount: int
    script: bytes


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction. `length` counts its octets with witnesses."""

    txid: str
    version: int
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    lock_time: int
    length: int

    @property
    def mints(self) -> bool:
        """Whether it makes new coins: one input, of nothing."""
        return len(self.inputs) == 1 and self.inputs[0].txid == "0" * 64


class _CutError(ValueError):
    """The octets end, or a count is larger than any transaction's."""


class _Cursor:
    def __init__(self, data: bytes, at: int) -> None:
        self.data = data
        self.at = at

    def take(self, length: int) -> bytes:
        piece = self.data[self.at : self.at + length]
        if len(piece) < length:
            raise _CutError
        self.at += length
        return piece

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "little")

    def size(self) -> int:
        first = self.number(1)
        return self.number(_SIZES[first]) if first in _SIZES else first

    def count(self) -> int:
        count = self.size()
        if count > MOST_PARTS:
            raise _CutError
        return count

    def blob(self) -> bytes:
        return self.take(self.size())


def parse(data: bytes, at: int = 0) -> Transaction | None:
    """The transaction at `at`; None where there is none. What stands behind it is left alone."""
    cursor = _Cursor(data, at)
    try:
        return _read(cursor)
    except _CutError:
        return None


def _read(cursor: _Cursor) -> Transaction | None:
    start = cursor.at
    version = cursor.number(4)
    flagged = cursor.data[cursor.at : cursor.at + 2] == b"\0\1"
    body = cursor.at + 2 * flagged
    cursor.at = body
    inputs = [
        Input(cursor.take(32)[::-1].hex(), cursor.number(4), _script_and_sequence(cursor))
        for _ in range(cursor.count())
    ]
    outputs = [Output(cursor.number(8), cursor.blob()) for _ in range(cursor.count())]
    end = cursor.at
    if not inputs or not outputs or any(each.amount > _LARGEST_AMOUNT for each in outputs):
        return None
    if flagged:
        inputs = [
            Input(each.txid, each.index, each.script, tuple(cursor.blob() for _ in range(cursor.count())))
            for each in inputs
        ]
    lock = cursor.take(4)
    hashed = cursor.data[start : start + 4] + cursor.data[body:end] + lock
    txid = hashlib.sha256(hashlib.sha256(hashed).digest()).digest()[::-1].hex()
    return Transaction(txid, version, tuple(inputs), tuple(outputs), int.from_bytes(lock, "little"), cursor.at - start)


def _script_and_sequence(cursor: _Cursor) -> bytes:
    script = cursor.blob()
    cursor.take(4)
    return script

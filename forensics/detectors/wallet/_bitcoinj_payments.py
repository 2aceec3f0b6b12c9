"""Transactions of bitcoinj's wallets, whose parts stand in fields of their own, and the fields themselves.

| field of a transaction | content                                                                   |
|------------------------|---------------------------------------------------------------------------|
| 2, 5, 13               | hash, as it is shown; time of the last change, milliseconds; memo           |
| 6                      | input: 1 hash and 2 index of what it spends, 3 script                      |
| 7                      | output: 1 amount, 2 script                                                 |

The hash is not that of the parts as they are kept: version and witnesses may be missing (`wallet.proto`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from forensics.detectors.wallet._payments import moved
from forensics.model import Value
from forensics.primitives.output_script import Network
from forensics.primitives.transaction import Input, Output, Transaction

_MOST_PARTS = 10_000
_LARGEST = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Payment:
    """A transaction with the time of its last change in the wallet, in milliseconds since 1970, and its memo."""

    body: Transaction
    updated: int
    memo: str


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A number and the offset behind it; (-1, at) where there is none."""
    value = shift = 0
    for place in range(at, min(at + 10, len(data))):
        value |= (data[place] & 0x7F) << shift
        shift += 7
        if data[place] < 0x80:
            return value, place + 1
    return -1, at


def fields_of(data: bytes, at: int, end: int) -> Iterator[tuple[int, int | bytes, int, int]]:
    """Number, value, offset of the value and offset behind it, of each field until one is none."""
    while at < end:
        tag, place = varint(data, at)
        number, wire = tag >> 3, tag & 7
        if tag <= 0 or not 0 < number < 1 << 29:
            return
        if wire == 0:
            value, behind = varint(data, place)
            if value < 0:
                return
            yield number, value, place, behind
        elif wire == 2:
            size, start = varint(data, place)
            behind = start + size
            if size < 0 or behind > end:
                return
            yield number, data[start:behind], start, behind
        elif wire in (1, 5):
            behind = place + (8 if wire == 1 else 4)
            if behind > end:
                return
            yield number, data[place:behind], place, behind
        else:
            return
        at = behind


def payment(data: bytes) -> Payment:
    """The transaction in a field; its id is empty where none is stored."""
    txid, updated, memo = "", 0, ""
    inputs: list[Input] = []
    outputs: list[Output] = []
    for number, value, _, _ in fields_of(data, 0, len(data)):
        match number, value:
            case 2, bytes() if len(value) == 32:
                txid = value.hex()
            case 5, int():
                updated = value
            case 6, bytes() if len(inputs) < _MOST_PARTS:
                parts = {name: part for name, part, _, _ in fields_of(value, 0, len(value))}
                inputs.append(Input(_octets(parts.get(1)).hex(), _number(parts.get(2)), _octets(parts.get(3))))
            case 7, bytes() if len(outputs) < _MOST_PARTS:
                parts = {name: part for name, part, _, _ in fields_of(value, 0, len(value))}
                outputs.append(Output(min(_number(parts.get(1)), _LARGEST), _octets(parts.get(2))))
            case 13, bytes():
                memo = value.decode("utf-8", "replace")[:1_024]
    return Payment(Transaction(txid, 0, tuple(inputs), tuple(outputs), 0, len(data)), updated, memo)


def _octets(value: int | bytes | None) -> bytes:
    return value if isinstance(value, bytes) else b""


def _number(value: int | bytes | None) -> int:
    return value if isinstance(value, int) else 0


def listed(payments: Sequence[Payment], own: Collection[bytes], network: Network) -> tuple[Value, ...]:
    """The payments in the form of a finding."""
    moves = moved({each.body.txid: each.body for each in payments if each.body.txid}, own, network)
    return tuple(_described(each) | moves[each.body.txid].described() for each in payments if each.body.txid in moves)


def _described(each: Payment) -> dict[str, Value]:
    told: dict[str, Value] = {"txid": each.body.txid, "memo": each.memo}
    if 1_231_006_505_000 <= each.updated < 4_102_444_800_000:
        when = datetime.fromtimestamp(each.updated // 1_000, UTC)
        told |= {"time": when.strftime("%Y-%m-%dT%H:%M:%SZ"), "time_is": "last change in the wallet"}
    return told

"""Transactions of an Electrum wallet: themselves, their blocks' times, fees and labels.

| key            | content                                                                          |
|----------------|----------------------------------------------------------------------------------|
| `transactions` | by id: the transaction in hex digits, or a PSBT while it is not signed           |
| `verified_tx3` | by id: height, time of the block, place, hash of its head (`2`: without the hash) |
| `tx_fees`      | by id: fee or null, whether it was worked out here, number of inputs             |
| `txi`, `txo`   | by id and own address: what was spent, and what was received, with amounts       |
| `labels`       | by id: text                                                                      |

A payment has the time of its block; one that is in no block has none. Amounts come from the transactions, and from
`txi` and `txo` where a transaction is not whole in the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from forensics.detectors.wallet._objects import Json, items, mapping, string
from forensics.detectors.wallet._payments import Moved, moved
from forensics.model import Value
from forensics.primitives.output_script import BITCOIN, Network, read_address
from forensics.primitives.transaction import Transaction, parse

MOST = 20_000
_LONGEST = 1 << 20  # hex digits: half a megabyte, more than standard rules let through
_BLOCKS = ("verified_tx3", "verified_tx2", "verified_tx")


@dataclass(slots=True)
class Payments:
    """All of a wallet: in the form of a finding, and the times of blocks. `count` is of those under `transactions`."""

    count: int = 0
    listed: list[Value] = field(default_factory=list)
    moments: list[int] = field(default_factory=list)
    unreadable: int = 0


def payments(value: dict[str, Json], addresses: Iterable[str]) -> Payments:
    """The payments of the wallet `value`, whose own addresses are `addresses`."""
    network, own = _own(addresses)
    stored = mapping(value.get("transactions"))
    out = Payments(len(stored))
    bodies: dict[str, Transaction] = {}
    for txid, text in list(stored.items())[:MOST]:
        body = _body(text)
        if body is not None:
            bodies[txid[:64]] = body
        else:
            out.unreadable += 1
    moves = moved(bodies, own, network)
    blocks = {txid[:64]: each for name in _BLOCKS for txid, each in list(mapping(value.get(name)).items())[:MOST]}
    for txid in list(dict.fromkeys([*(each[:64] for each in stored), *blocks]))[:MOST]:
        told: dict[str, Value] = {"txid": txid}
        height, seconds = ([*items(blocks.get(txid)), None, None])[:2]
        if isinstance(height, int) and isinstance(seconds, int):
            told |= {"height": height, "time_is": "time of the block"}
            out.moments.append(seconds)
            if 0 < seconds < 1 << 33:
                told["time"] = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        told |= _amounts(value, txid, moves.get(txid)).described()
        if label := string(mapping(value.get("labels")).get(txid)):
            told["comment"] = label
        out.listed.append(told)
    return out


def _own(addresses: Iterable[str]) -> tuple[Network, frozenset[bytes]]:
    network, own = BITCOIN, set[bytes]()
    for text in addresses:
        read = read_address(text) if not own else read_address(text, (network,))
        if read is not None:
            network = read[0]
            own.add(read[1])
    return network, frozenset(own)


def _body(text: Json) -> Transaction | None:
    if not isinstance(text, str) or len(text) > _LONGEST:
        return None
    try:
        data = bytes.fromhex(text)
    except ValueError:
        return None
    body = parse(data)
    return body if body is not None and body.length == len(data) else None


def _amounts(value: dict[str, Json], txid: str, known: Moved | None) -> Moved:
    """What moved by the transaction, or by the wallet's own lists where that does not tell all of it."""
    fee = items(mapping(value.get("tx_fees")).get(txid))[:1]
    if known is None or known.unknown:
        spent = sum(_listed(mapping(value.get("txi")).get(txid)))
        received = sum(_listed(mapping(value.get("txo")).get(txid)))
        if spent or received:
            known = known or Moved()
            known.spent, known.received, known.amounts = spent, received or known.received, True
    known = known or Moved()
    if fee and isinstance(fee[0], int) and known.fee < 0 <= fee[0]:
        known.fee = fee[0]
    return known


def _listed(parties: Json) -> Iterator[int]:
    """Amounts of an entry of `txi` or `txo`: {address: {place: amount or [amount, minted]}}, or lists before 4.0."""
    for each in list(mapping(parties).values())[:MOST]:
        pairs = list(each.items()) if isinstance(each, dict) else [(0, one) for one in items(each)]
        for _, one in pairs[:MOST]:
            # [amount, minted]; before 4.0 [place, amount, minted] and [outpoint, amount]
            parts = items(one) if isinstance(one, list) else [one]
            amount = parts[0] if isinstance(each, dict) else next(iter(parts[1:2]), None)
            if isinstance(amount, int) and not isinstance(amount, bool) and 0 < amount < 1 << 63:
                yield amount

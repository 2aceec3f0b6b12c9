"""What transactions did to a wallet: amounts in and out by its own addresses, as far as the wallet itself tells.

An input's amount stands in the transaction that it spends, so it is known only where the wallet keeps that one too,
which wallets do for what was their own. A fee is known where all inputs are. Amounts are in the coin's smallest unit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from forensics.model import Link, Value
from forensics.primitives.output_script import Network, address_of
from forensics.primitives.transaction import Input, Transaction

MOST_PARTIES = 20  # inputs or outputs shown of one transaction
MOST_LINKED = 500  # transactions whose parties become links
IN, OUT, WITHIN = "IN", "OUT", "SELF"


@dataclass(slots=True)
class Moved:
    """What one transaction did. `received` and `spent` count what the wallet's own addresses got and gave.

    `fee` is -1 where it is not known. `unknown` counts inputs whose amount is not in the wallet; `amounts` is False
    where the wallet's part is not known or, for a payment of its own, not known whole.
    """

    received: int = 0
    spent: int = 0
    fee: int = -1
    unknown: int = 0
    amounts: bool = False
    sent_by_wallet: bool = False
    only_own: bool = False
    inputs: list[Value] = field(default_factory=list)
    outputs: list[Value] = field(default_factory=list)

    @property
    def way(self) -> str:
        """IN, OUT, SELF for what stays in the wallet, or nothing where it is not told."""
        if self.spent or self.sent_by_wallet:
            return WITHIN if self.only_own else OUT
        return IN if self.received else ""

    def described(self) -> dict[str, Value]:
        """As a part of a finding: what is not known is not there."""
        told: dict[str, Value] = {}
        if self.way:
            told["type"] = self.way
        if self.amounts:
            told |= {"value": abs(self.received - self.spent), "to_own": self.received, "from_own": self.spent}
        if self.fee >= 0:
            told["fee"] = self.fee
        if self.unknown:
            told["inputs_of_unknown_amount"] = self.unknown
        for name, parties in (("inputs", self.inputs), ("outputs", self.outputs)):
            if parties:
                told[name] = tuple(parties[:MOST_PARTIES])
            if len(parties) > MOST_PARTIES:
                told[f"{name}_in_all"] = len(parties)
        return told


def moved(
    transactions: Mapping[str, Transaction], own: Collection[bytes], network: Network, sent: Iterable[str] = ()
) -> dict[str, Moved]:
    """What each transaction did to the wallet that owns the scripts `own`.

    `transactions` are by the id under which the wallet keeps them, `sent` those it says were sent by itself.
    """
    by_wallet = frozenset(sent)
    return {
        txid: _moved(each, transactions, own, network, by_wallet=txid in by_wallet)
        for txid, each in transactions.items()
    }


def _moved(
    one: Transaction,
    transactions: Mapping[str, Transaction],
    own: Collection[bytes],
    network: Network,
    *,
    by_wallet: bool,
) -> Moved:
    out = Moved(sent_by_wallet=by_wallet)
    given = 0
    for each in () if one.mints else one.inputs:
        spent = _spent(each, transactions)
        if spent is None:
            out.unknown += 1
            continue
        amount, script = spent
        given += amount
        out.spent += amount if script in own else 0
        out.inputs.append({"address": address_of(script, network), "amount": amount, "own": script in own})
    for paid in one.outputs:
        out.received += paid.amount if paid.script in own else 0
        address = address_of(paid.script, network)
        out.outputs.append({"address": address, "amount": paid.amount, "own": paid.script in own})
    total = sum(each.amount for each in one.outputs)
    if one.inputs and not out.unknown and not one.mints and given >= total:
        out.fee = given - total
    out.only_own = all(each.script in own for each in one.outputs)
    gave = out.spent or by_wallet
    out.amounts = not out.unknown if gave else bool(out.received)
    return out


def links_of(listed: Value) -> Iterator[Link]:
    """Links of the payments that a finding lists: their ids, the wallet's addresses in them, and whom it paid."""
    for each in (listed if isinstance(listed, tuple | list) else ())[:MOST_LINKED]:
        if not isinstance(each, Mapping):
            continue
        yield Link("WALLET_HAS_TRANSACTION", "transaction", str(each["txid"]))
        for name in ("inputs", "outputs"):
            for party in _parties(each.get(name, ())):
                if party["own"]:
                    yield Link("WALLET_HAS_ADDRESS", "address", str(party["address"]))
                elif name == "outputs" and each.get("type") == OUT:
                    yield Link("WALLET_PAID", "address", str(party["address"]))


def _parties(listed: Value) -> Iterator[Mapping[str, Value]]:
    for each in listed if isinstance(listed, tuple) else ():
        if isinstance(each, Mapping) and each["address"]:
            yield each


def _spent(each: Input, transactions: Mapping[str, Transaction]) -> tuple[int, bytes] | None:
    before = transactions.get(each.txid)
    if before is None or before.txid != each.txid or each.index >= len(before.outputs):
        return None
    return before.outputs[each.index].amount, before.outputs[each.index].script

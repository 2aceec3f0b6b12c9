"""Flows inside the evidence: the payments that a wallet knows, and their sums as its own records say.

An amount is in the coin's smallest unit. Where a wallet does not tell one, the payment is counted and not summed. What
is on the public chain is not asked: a wallet that was written long ago knows old payments alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Row = Mapping[str, Any]

IN, OUT, WITHIN = "IN", "OUT", "SELF"
_WAYS = {"recv": IN, "sent": OUT, "self": WITHIN}  # Trezor Suite's words
_PLACES = dict.fromkeys(("BTC", "BCH", "LTC", "DOGE", "DASH", "ZEC"), 8) | {"ETH": 18, "XRP": 6, "ADA": 6}
_LISTS = ("operations", "transaction_list", "confirmed")


@dataclass(frozen=True, slots=True)
class Payment:
    """A transaction that a wallet knows. Amounts are in the coin's smallest unit as the wallet has them, or empty.

    `amount` is what came in, or what left with the fee; for a payment to the wallet itself what it cost. `when_is`
    says what the time is of, where the wallet's form tells.
    """

    txid: str
    when: str = ""
    way: str = ""
    amount: str = ""
    note: str = ""
    fee: str = ""
    when_is: str = ""
    coin: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """The payments of one wallet in one coin. Sums are of those whose amount and way the wallet tells.

    `payments` counts all, `received` and `sent` are sums (`sent` with fees, as far as known), `untold` counts the
    payments that are in neither, `within` those that the wallet made to itself.
    """

    coin: str
    payments: int
    received: int
    sent: int
    fees: int
    within: int
    untold: int
    first: str
    last: str


def payments_of(row: Row, coin: str, coin_of: Callable[[object], str]) -> list[Payment]:
    """All payments that a wallet's finding lists, once each; `coin` is the wallet's where an entry names none."""
    found: dict[str, Payment] = {}
    for name in _LISTS:
        value = (row["fields"].get(name) or {}).get("value")
        for each in value if isinstance(value, list) else ():
            if isinstance(each, Mapping) and _text(each.get("txid")):
                one = _payment(each, coin_of(each["coin"]) if each.get("coin") else coin)
                found.setdefault(one.txid, one)
    for link in row["links"]:
        if link["rule"] == "WALLET_HAS_TRANSACTION":
            found.setdefault(link["target"], Payment(link["target"], coin=coin))
    return list(found.values())


def _payment(each: Row, coin: str) -> Payment:
    stamped = next(((name, each[name]) for name in ("time", "received") if each.get(name)), ("", ""))
    notes = (_text(each.get(name)) for name in ("comment", "memo", "message"))
    return Payment(
        txid=_text(each["txid"]),
        when=_time(stamped[1]),
        way=_text(each.get("type")),
        amount=_text(each.get("value")),
        note=next((note for note in notes if note), ""),
        fee=_text(each.get("fee")),
        when_is=_text(each.get("time_is")) if stamped[0] else "",
        coin=coin,
    )


def payment_of_finding(row: Row, coin: str) -> Payment:
    """A payment that is a finding of its own.

    Its program wrote whole coins before it wrote the smallest unit: only an amount with a point is of a known unit.
    """
    way, amount, fee = (_text((row["fields"].get(name) or {}).get("value")) for name in ("type", "amount", "fee"))
    when = row["events"][0]["when"] if row["events"] else ""
    smallest = _smallest(amount, coin)
    return Payment(
        txid=_text(row["value"]),
        when=when,
        way=_WAYS.get(way, way),
        amount=smallest,
        note=f"amount as stored: {amount}" if amount and not smallest else "",
        fee=_smallest(fee, coin),
        when_is="time of the block" if when else "",
        coin=coin,
    )


def _smallest(amount: str, coin: str) -> str:
    """An amount in whole coins, with a point, in the smallest unit; empty where the unit is not known."""
    whole, _, part = amount.partition(".")
    places = _PLACES.get(coin, 0)
    if not (whole.isdecimal() and part.isdecimal() and len(part) <= places and len(whole) < 20):
        return ""
    return str(int(whole + part.ljust(places, "0")))


def flows_of(payments: Sequence[Payment], counted: int) -> list[Flow]:
    """The flows of one wallet, by coin; `counted` is how many payments the wallet's file holds in all."""
    by_coin: dict[str, list[Payment]] = {}
    for each in payments:
        by_coin.setdefault(each.coin, []).append(each)
    over = max(0, counted - len(payments)) if len(by_coin) == 1 else 0
    return [_flow(coin, some, over) for coin, some in by_coin.items()]


def _flow(coin: str, payments: Sequence[Payment], over: int) -> Flow:
    def total(way: str) -> int:
        return sum(int(each.amount) for each in payments if each.way == way and each.amount.isdecimal())

    told = sum(each.way in (IN, OUT, WITHIN) and each.amount.isdecimal() for each in payments)
    times = sorted(each.when for each in payments if each.when)
    paid = [each for each in payments if each.way in (OUT, WITHIN)]
    return Flow(
        coin=coin,
        payments=len(payments) + over,
        received=total(IN),
        sent=total(OUT),
        fees=sum(int(each.fee) for each in paid if each.fee.isdecimal()),
        within=sum(each.way == WITHIN for each in payments),
        untold=len(payments) + over - told,
        first=times[0] if times else "",
        last=times[-1] if times else "",
    )


def _time(stored: object) -> str:
    """The text of a time; seconds since 1970 as a date, where they are one."""
    if isinstance(stored, int) and 0 < stored < 1 << 33:
        return datetime.fromtimestamp(stored, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _text(stored)


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, Mapping | list) else str(value)

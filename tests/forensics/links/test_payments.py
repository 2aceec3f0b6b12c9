"""Flows: what a wallet's payments come to, and what is not summed."""

from __future__ import annotations

from typing import Any

import pytest

from forensics.links.payments import Flow, Payment, flows_of, payment_of_finding, payments_of


def finding(links: Any = (), **fields: Any) -> dict[str, Any]:
    return {
        "value": "aa",
        "events": [{"when": "2024-01-01T00:00:00Z"}],
        "fields": {name: {"value": value} for name, value in fields.items()},
        "links": [{"rule": "WALLET_HAS_TRANSACTION", "target_kind": "transaction", "target": each} for each in links],
    }


def test_sums_are_of_what_came_and_went_by_coin() -> None:
    made = [
        Payment("1", "2024-01-03T00:00:00Z", "IN", "700", coin="BTC", fee="9"),
        Payment("2", "2024-01-02T00:00:00Z", "OUT", "250", coin="BTC", fee="50"),
        Payment("3", "", "SELF", "40", coin="BTC", fee="40"),
        Payment("4", "2024-01-04T00:00:00Z", "OUT", "", coin="BTC"),
        Payment("5", "", "", "100", coin="BTC"),
        Payment("6", "", "IN", "12", coin="ETH"),
    ]
    assert flows_of(made[:5], 5) == [Flow("BTC", 5, 700, 250, 90, 1, 2, "2024-01-02T00:00:00Z", "2024-01-04T00:00:00Z")]
    assert [(each.coin, each.payments, each.received) for each in flows_of(made, 6)] == [
        ("BTC", 5, 700),
        ("ETH", 1, 12),
    ]


def test_payments_that_are_not_listed_are_counted() -> None:
    (flow,) = flows_of([Payment("1", way="IN", amount="5", coin="BTC")], 9_000)
    assert (flow.payments, flow.untold, flow.received) == (9_000, 8_999, 5)
    assert flows_of([], 0) == []


def test_payments_as_a_wallet_lists_them() -> None:
    listed = [
        {"txid": "a", "time": "2024-01-01T00:00:00Z", "time_is": "smart time of the wallet", "received": "later",
         "type": "OUT", "value": 7, "fee": 2, "comment": "rent"},
        {"txid": "b", "received": "", "time_is": "received by the program"},
        {"txid": "", "value": 5},
        "no entry",
    ]  # fmt: skip
    row = finding(("a", "c"), transaction_list=listed, operations=[{"txid": "d", "coin": "ethereum", "value": "8"}])
    found = {each.txid: each for each in payments_of(row, "BTC", lambda name: "ETH" if name == "ethereum" else "?")}
    assert list(found) == ["d", "a", "b", "c"]
    assert found["a"] == Payment(
        "a", "2024-01-01T00:00:00Z", "OUT", "7", "rent", "2", "smart time of the wallet", "BTC"
    )
    assert found["b"].when_is == ""
    assert found["c"] == Payment("c", coin="BTC")
    assert found["d"].coin == "ETH"


@pytest.mark.parametrize(
    ("stored", "coin", "smallest"),
    [("0.0125", "BTC", "1250000"), ("1.5", "ETH", "1" + "5".ljust(18, "0")), ("5000", "BTC", ""), ("0.1", "?", ""),
     ("0.123456789", "BTC", ""), ("-1.0", "BTC", ""), ("", "BTC", ""), ("².5", "BTC", "")],
)  # fmt: skip
def test_an_amount_of_unknown_unit_is_shown_and_not_summed(stored: str, coin: str, smallest: str) -> None:
    found = payment_of_finding(finding(type="recv", amount=stored, fee="0.00000100"), coin)
    assert (found.way, found.amount) == ("IN", smallest)
    assert bool(found.note) is (not smallest and bool(stored))
    assert found.fee == ({"BTC": "100", "ETH": "1000000000000"}.get(coin, ""))

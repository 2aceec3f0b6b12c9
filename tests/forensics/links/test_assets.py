"""Assets: whose coins, what is locked, which key elsewhere opens a wallet, and what a court needs."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from forensics.links.assets import Assets, assets
from forensics.links.corroborate import Edge
from forensics.links.seizing import Custody
from forensics.scenarios.content import coins

NUMBERS = itertools.count(1)


def row(kind: str, path: str, *, links: Any = (), sensitivity: str = "personal", **fields: Any) -> dict[str, Any]:
    """A finding in the shape of the command contract; a field may be (value, True) where it is a secret."""
    stored = {
        name: {"value": value[0], "span": None, "secret": True}
        if isinstance(value, tuple)
        else {"value": value, "span": None}
        for name, value in fields.items()
    }
    return {
        "id": f"F{next(NUMBERS)}", "kind": kind, "grade": "C3", "value": None, "fields": stored, "exhibit": "E1",
        "volume": 1, "path": path, "locator": path, "allocation": "allocated", "events": [], "sensitivity": sensitivity,
        "links": [{"rule": rule, "target_kind": to, "target": target} for rule, to, target in links],
    }  # fmt: skip


def only(found: Assets) -> Any:
    """The one wallet."""
    (wallet,) = found.wallets
    return wallet


def test_a_locked_wallet_is_opened_by_a_seed_written_elsewhere() -> None:
    node = coins.Node.master(coins.phrase_seed(coins.phrase(bytes(16)))).at("84'/0'/0'")
    path = "/Users/ann/wallet.dat"
    has_key = ("WALLET_HAS_XPUB", "key/extended", node.extended("zpub"))
    locked = row("wallet/bitcoin_core", path, links=(has_key,), encryption="private keys encrypted")
    assert only(assets([locked])).custody is Custody.LOCKED
    assert "only with the password" in only(assets([locked])).to_seize
    derives = ("DERIVES", "key/extended", node.extended("xpub"))  # the same key in its other form
    seed = row("seed/bip39", "/Users/ann/note.txt", links=(derives,), sensitivity="secret")
    other = row(
        "seed/bip39", "/Users/ann/other.txt", links=(("DERIVES", "address/bitcoin", "1x"),), sensitivity="secret"
    )
    found = assets([locked, seed, other])
    assert [(key.finding, key.how) for key in only(found).keys] == [(seed["id"], "derives its addresses")]
    assert "without its password" in only(found).to_seize
    assert [key.finding for key in found.keys] == [other["id"]]


def test_an_address_that_only_an_edge_proves_gives_the_key_too() -> None:
    has = ("WALLET_HAS_ADDRESS", "address/bitcoin", "bc1qproven")
    wallet = row("wallet/electrum", "/home/ann/w", links=(has,), encryption="seed and private keys")
    seed = row("seed/bip39", "/home/ann/n", links=(("DERIVES", "key/extended", "xpub"),), sensitivity="secret")
    ends = ((seed["id"], ((0, 1),)), ("F900", ((9, 1),)))
    edge = Edge("seed", "DERIVES", "address/bitcoin:bc1qproven", 4, met=True, evidence=ends)
    found = only(assets([wallet, seed], [edge]))
    assert [(key.finding, key.derives) for key in found.keys] == [(seed["id"], 1)]
    assert not only(assets([wallet, seed], [Edge("seed", "DERIVES", "a:b", 4, met=True, evidence=ends)])).keys


@pytest.mark.parametrize(
    ("kind", "fields", "custody", "words"),
    [
        ("electrum", {"encryption": "none", "seed": ("noth •••••• eb", True)}, Custody.CLEAR, "lie in clear"),
        ("bitcoinj", {"encryption": "none", "plain_private_keys": 2}, Custody.CLEAR, "lie in clear"),
        ("exodus", {"encryption": "everything, AES-256-GCM"}, Custody.SEALED, "All of it is encrypted"),
        (
            "ledger_live",
            {"encryption": "none: no private keys are stored"},
            Custody.PUBLIC,
            "Ledger device and its PIN",
        ),
        ("descriptor", {"encryption": "none", "policy": "2 of 3"}, Custody.PUBLIC, "a payment needs 2 of 3 keys."),
        ("armory", {"encryption": "none", "watching_only": True}, Custody.PUBLIC, "no private keys"),
        (
            "wasabi",
            {"encryption": "master key (BIP-38)", "encrypted_secret": ("6P •• x", True)},
            Custody.LOCKED,
            "password",
        ),
        ("sparrow_database", {"encryption": "not of the file"}, Custody.UNKNOWN, "was not read"),
    ],
)
def test_where_the_keys_are_decides_what_seizing_takes(kind: str, fields: Any, custody: Custody, words: str) -> None:
    wallet = only(assets([row(f"wallet/{kind}", "/x/wallet", **fields)]))
    assert wallet.custody is custody
    assert words in wallet.to_seize
    assert bool(wallet.keys) is (custody is Custody.CLEAR)


def test_labels_payments_and_roles_as_the_wallet_has_them() -> None:
    listed = [
        {"address": "1in", "role": "receiving", "used": True, "label": "stall"},
        {"address": "1out", "purpose": "send", "label": "rent"},
    ]
    paid = [{"txid": "aa", "received": "2024-02-29T10:12:12Z", "comment": "order 12"}]
    links = [("WALLET_HAS_TRANSACTION", "transaction", "bb")]
    wallet = row(
        "wallet/bitcoin_core", "/Users/ann/x/wallet.dat", links=links, addresses=listed, transaction_list=paid,
        encryption="none", contacts=[{"of": "1bob", "name": "bob"}],
    )  # fmt: skip
    found = assets([wallet], seen={"1in": [("F7", "/Users/ann/chat.log"), ("F8", "/Users/ann/x/wallet.dat")]})
    one = only(found)
    assert [(each.address, each.role, each.used, each.elsewhere) for each in one.addresses] == [
        ("1in", "receiving", True, ("F7",))
    ]
    assert {(each.of, each.text, each.what, each.writer) for each in one.labels} == {
        ("1in", "stall", "address", "ann"), ("1out", "rent", "payee", "ann"),
        ("aa", "order 12", "payment", "ann"), ("1bob", "bob", "contact", "ann"),
    }  # fmt: skip
    assert [each.txid for each in one.payments] == ["aa", "bb"]
    assert [(each.coin, each.wallets, each.payments, each.labels) for each in found.holdings] == [("BTC", 1, 2, 4)]


def test_net_amounts_where_the_wallet_has_them() -> None:
    account = [{"coin": "ethereum", "fresh_address": "0xaa", "balance": "12"}]
    moved = [{"txid": "0x1", "type": "OUT", "value": "7", "time": "2024-01-01T00:00:00.000Z", "coin": "ethereum"}]
    wallet = only(assets([row("wallet/ledger_live", "/l", accounts=account, operations=moved)]))
    assert wallet.coins == ("ETH",)
    assert wallet.stated == [("ETH", "12")]
    assert [(each.way, each.amount) for each in wallet.payments] == [("OUT", "7")]


def test_a_descriptor_within_a_wallet_is_no_second_wallet() -> None:
    outer = row("wallet/bitcoin_core", "/w/wallet.dat", encryption="none")
    inner = row("wallet/descriptor", "/w/wallet.dat", encryption="none")
    apart = row("wallet/descriptor", "/w/export.txt", encryption="none")
    assert [each.finding for each in assets([outer, inner, apart]).wallets] == [outer["id"], apart["id"]]


def test_what_a_password_opened_counts_as_known() -> None:
    sealed = row("wallet/electrum", "/home/ann/savings", encryption="whole file, BIE1")
    opened = {
        "finding": sealed["id"], "addresses": [["address/bitcoin", "bc1qopen"]], "keys": [],
        "secrets": [{"name": "seed", "masked": "abcd •••••• yz"}],
    }  # fmt: skip
    wallet = only(assets([sealed], opened={sealed["id"]: opened}))
    assert wallet.custody is Custody.OPENED
    assert [each.masked for each in wallet.keys] == ["abcd •••••• yz"]
    assert [each.address for each in wallet.addresses] == ["bc1qopen"]
    assert "opened with a password" in wallet.to_seize

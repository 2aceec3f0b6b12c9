"""What a case holds in coins: wallets with their keys, addresses, payments and labels, and what it takes to seize them.

Read from findings alone. A wallet says what it knew when it was last written; whether its coins are still there is
on the public chain, which is not asked. A key "could move" a wallet's coins where it stands in the wallet, or where
derivation from it gives one of the wallet's addresses or account keys. Prices are nowhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from forensics.links.corroborate import Edge, same_key
from forensics.links.payments import Flow, Payment, flows_of, payment_of_finding, payments_of
from forensics.links.seizing import Custody, sentence

Row = Mapping[str, Any]

MOST = 2_000  # addresses, payments or labels of one wallet
_COINS = {
    "armory": "BTC", "bitcoin_core": "BTC", "bitcoinj": "BTC", "blockchain_com": "BTC", "bsms": "BTC", "caravan": "BTC",
    "coldcard_multisig": "BTC", "descriptor": "BTC", "electrum": "BTC", "sparrow": "BTC", "sparrow_database": "BTC",
    "wasabi": "BTC", "ethereum_keystore": "ETH", "metamask": "ETH", "monero_keys": "XMR",
}  # fmt: skip
_NAMES = {
    "bitcoin": "BTC", "btc": "BTC", "ethereum": "ETH", "eth": "ETH", "litecoin": "LTC", "ltc": "LTC",
    "dogecoin": "DOGE", "doge": "DOGE", "dash": "DASH", "zcash": "ZEC", "zec": "ZEC", "monero": "XMR",
    "bitcoin_cash": "BCH", "bch": "BCH", "ripple": "XRP", "xrp": "XRP", "tron": "TRX", "stellar": "XLM",
    "cardano": "ADA",
}  # fmt: skip
_TEST = re.compile(r"test|signet|regtest")
_PUBLIC = ("wallet/descriptor", "wallet/bsms", "wallet/caravan", "wallet/coldcard_multisig", "wallet/ledger_live")
_NO_KEYS = ("labelling_key", "encrypted_secret")  # secrets that move nothing, or are encrypted themselves
_HOME = re.compile(r"(?i)^/(?:users|home|documents and settings)/([^/]{1,64})/")


@dataclass(frozen=True, slots=True)
class Address:
    """An address of a wallet: what the wallet uses it for and calls it, and findings of it in other places."""

    address: str
    role: str = ""
    label: str = ""
    used: bool = False
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Label:
    """A text that someone gave an address, a payment or a contact. `writer` is the account by the file's path."""

    of: str
    text: str
    what: str
    writer: str


@dataclass(frozen=True, slots=True)
class Key:
    """A secret, masked: `finding` holds it, `how` says why it moves the wallet's coins."""

    finding: str
    kind: str
    masked: str
    place: str
    how: str
    derives: int = 0  # addresses and account keys in other places of the case that follow from it


@dataclass(slots=True)
class Wallet:
    """One wallet."""

    finding: str
    kind: str
    exhibit: str
    place: str
    allocation: str
    grade: str
    writer: str
    coins: tuple[str, ...]
    custody: Custody
    encryption: str
    policy: str = ""
    addresses: list[Address] = field(default_factory=list)
    address_count: int = 0
    payments: list[Payment] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    stated: list[tuple[str, str]] = field(default_factory=list)  # coin or account, and the balance as stored
    to_seize: str = ""


@dataclass(slots=True)
class Holding:
    """The wallets of one coin, counted."""

    coin: str
    wallets: int = 0
    movable: int = 0
    locked: int = 0
    addresses: int = 0
    payments: int = 0
    labels: int = 0


@dataclass(slots=True)
class Assets:
    """All of a case: by coin, by wallet, and keys that belong to no wallet of the case."""

    holdings: list[Holding] = field(default_factory=list)
    wallets: list[Wallet] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)


def assets(
    findings: Sequence[Row],
    edges: Iterable[Edge] = (),
    opened: Mapping[str, Row] | None = None,
    seen: Mapping[str, Sequence[tuple[str, str]]] | None = None,
) -> Assets:
    """The assets that findings of wallets, seeds and keys make.

    `edges` are the case's links; `opened` what passwords gave, by finding; `seen` the findings of an address, each
    with its place. Findings are in the shape of the command contract.
    """
    edges = [each for each in edges if each.rule == "DERIVES" and each.met and each.evidence]
    derived, met = _derived(findings, edges), _met(edges)
    secrets = [each for each in findings if _is_key(each) and (each["grade"] >= "C2" or derived.get(each["id"]))]
    files = [each for each in findings if each["kind"].startswith("wallet/") and each["grade"] >= "C2"]
    payments = [each for each in files if "targets" in each["fields"]]
    whole = {_place(each) for each in files if each["kind"] != "wallet/descriptor"}
    out = Assets()
    taken: set[str] = set()
    for row in files:
        inside = row["kind"] == "wallet/descriptor" and _place(row) in whole
        if inside or "targets" in row["fields"]:
            continue
        own = [each for each in payments if _value(each, "account") == row["value"]]
        wallet = _wallet(row, (opened or {}).get(row["id"]), seen or {}, own)
        taken |= _give_keys(wallet, row, secrets, (derived, met), (opened or {}).get(row["id"]))
        wallet.to_seize = sentence(wallet.kind, wallet.custody, wallet.policy, [each.how for each in wallet.keys])
        out.wallets.append(wallet)
    out.keys = [_key(each, "", met) for each in secrets if each["id"] not in taken]
    out.holdings = _holdings(out.wallets)
    return out


def _derived(findings: Sequence[Row], edges: Iterable[Edge]) -> dict[str, set[str]]:
    """For each finding the values that derivation from it gives."""
    out: dict[str, set[str]] = {}
    for each in findings:
        targets = {same_key(link["target"]) for link in each["links"] if link["rule"] == "DERIVES"}
        if targets and not each["kind"].startswith("wallet/"):
            out[each["id"]] = targets
    for edge in edges:
        if edge.evidence[0][0] in out:
            out[edge.evidence[0][0]].add(same_key(edge.target.partition(":")[2]))
    return out


def _met(edges: Iterable[Edge]) -> Counter[str]:
    """For each finding how many values that follow from it stand in another place of the case."""
    pairs = {(edge.evidence[0][0], edge.target) for edge in edges if not edge.same_place}
    return Counter(name for name, _ in pairs)


def _is_key(row: Row) -> bool:
    return bool(row["kind"].startswith(("seed/", "key/")) and row["sensitivity"] == "secret")


def _place(row: Row) -> tuple[str, int, str]:
    return row["exhibit"], row["volume"], row["path"] or row["locator"]


def _value(row: Row, name: str) -> Any:
    """A field's value; None where it is absent or was not stored."""
    value = (row["fields"].get(name) or {}).get("value")
    return None if isinstance(value, Mapping) and "absent" in value else value


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, Mapping | list) else str(value)


def _rows(row: Row, name: str) -> Iterator[Mapping[str, Any]]:
    value = _value(row, name)
    for each in (value if isinstance(value, list) else [])[:MOST]:
        if isinstance(each, Mapping):
            yield each
        elif isinstance(each, str):
            yield {"address": each}


def _wallet(
    row: Row, opened: Row | None, seen: Mapping[str, Sequence[tuple[str, str]]], payments: Iterable[Row]
) -> Wallet:
    home = _HOME.match(row["path"] or "")
    writer = home[1] if home else "root" if (row["path"] or "").startswith("/root/") else ""
    wallet = Wallet(
        finding=row["id"],
        kind=row["kind"],
        exhibit=row["exhibit"],
        place=row["path"] or row["locator"],
        allocation=row["allocation"],
        grade=row["grade"],
        writer=writer,
        coins=_coins(row),
        custody=_custody(row, opened),
        encryption=_text(_value(row, "encryption")) or "not told",
        policy=_text(_value(row, "policy")),
    )
    _tell_addresses(wallet, row, opened, seen)
    _tell_payments(wallet, row, payments)
    _tell_labels(wallet, row)
    for each in _rows(row, "accounts"):
        if each.get("balance"):
            wallet.stated.append((_coin(each.get("coin")), _text(each["balance"])))
    if _value(row, "balance"):
        wallet.stated.append((wallet.coins[0] if wallet.coins else "", _text(_value(row, "balance"))))
    return wallet


def _coin(name: object) -> str:
    text = str(name or "").lower()
    return _NAMES.get(text, text.upper() if len(text) < 6 else text)


def _coins(row: Row) -> tuple[str, ...]:
    network = _text(_value(row, "network")).lower()
    if _TEST.search(network):
        return ("test network",)
    named = [_coin(each.get("coin")) for each in _rows(row, "accounts") if each.get("coin")]
    if _text(_value(row, "coin")):
        named.append(_coin(_value(row, "coin")))
    named += [_NAMES[part] for part in re.split(r"[^a-z]+", network) if part in _NAMES]
    named += [
        _NAMES[kind]
        for each in row["links"]
        if each["rule"] == "WALLET_HAS_ADDRESS" and (kind := each["target_kind"].partition("/")[2]) in _NAMES
    ]
    family = row["kind"].partition("/")[2]
    return tuple(dict.fromkeys(named)) or ((_COINS[family],) if family in _COINS else ("several or unknown",))


def _custody(row: Row, opened: Row | None) -> Custody:
    fields, told = row["fields"], _text(_value(row, "encryption"))
    plain = any(each.get("secret") and name not in _NO_KEYS for name, each in fields.items())
    if plain or (_value(row, "plain_private_keys") or 0) or (row["kind"] in _PUBLIC and row["sensitivity"] == "secret"):
        return Custody.CLEAR
    if opened is not None:
        return Custody.OPENED
    if row["kind"] in _PUBLIC or told.startswith("none: no private") or _value(row, "watching_only"):
        return Custody.PUBLIC
    if told.startswith(("everything", "whole file", "accounts")):
        return Custody.SEALED
    if told.startswith(("private key", "seed", "master key")):
        return Custody.LOCKED
    return Custody.PUBLIC if told == "none" else Custody.UNKNOWN


def _tell_addresses(
    wallet: Wallet, row: Row, opened: Row | None, seen: Mapping[str, Sequence[tuple[str, str]]]
) -> None:
    found: dict[str, Address] = {}

    def add(address: str, role: str = "", label: str = "", *, used: bool = False) -> None:
        if address and address not in found:
            places = tuple(name for name, place in seen.get(address, ()) if place != wallet.place)
            found[address] = Address(address, role, label, used, places)

    for each in _rows(row, "addresses"):
        role = _text(each.get("role") or each.get("purpose"))
        add(_text(each.get("address")), role, _text(each.get("label")), used=each.get("used") is True or role == "used")
    for name, role in (("first_addresses", "derived, first"), ("accounts", "next to receive")):
        for each in _rows(row, name):
            add(_text(each.get("address") or each.get("fresh_address")), role)
    add(_text(_value(row, "address")))
    for link in row["links"]:
        if link["rule"] == "WALLET_HAS_ADDRESS":
            add(link["target"])
    for _, address in (opened or {}).get("addresses") or ():
        add(address, "opened with a password")
    count = _value(row, "address_count")
    wallet.addresses = [each for each in found.values() if each.role != "send"][:MOST]
    wallet.address_count = max(len(wallet.addresses), count if isinstance(count, int) else 0)
    wallet.labels += [
        Label(each.address, each.label, "payee" if each.role == "send" else "address", wallet.writer)
        for each in found.values()
        if each.label
    ]


def _tell_payments(wallet: Wallet, row: Row, others: Iterable[Row]) -> None:
    """The wallet's payments with their flows, and those of its account that are findings of their own."""
    coin = wallet.coins[0] if wallet.coins else ""
    found = payments_of(row, coin, _coin) + [payment_of_finding(each, _coins(each)[0]) for each in others]
    count = _value(row, "transactions")
    wallet.flows = flows_of(found, count if isinstance(count, int) else 0)
    wallet.payments = found[:MOST]
    wallet.labels += [Label(each.txid, each.note, "payment", wallet.writer) for each in wallet.payments if each.note]


def _tell_labels(wallet: Wallet, row: Row) -> None:
    known = {(each.of, each.text) for each in wallet.labels}
    of_payments = {each.txid for each in wallet.payments}
    places = {each.address: at for at, each in enumerate(wallet.addresses)}
    for name, text in (("labels", "label"), ("contacts", "name")):
        for each in _rows(row, name):
            pair = (_text(each.get("of")), _text(each.get(text)))
            if pair in known or not any(pair):
                continue
            of, words = pair
            what = "contact" if name == "contacts" else "payment" if of in of_payments else "label"
            if name == "labels" and of in places:
                what = "address"
                wallet.addresses[places[of]] = replace(wallet.addresses[places[of]], label=words)
            wallet.labels.append(Label(of, words, what, wallet.writer))


def _key(row: Row, how: str, met: Mapping[str, int]) -> Key:
    place = row["path"] or row["locator"]
    return Key(row["id"], row["kind"], row["value"] or "", place, how, met.get(row["id"], 0))


def _give_keys(
    wallet: Wallet,
    row: Row,
    secrets: Sequence[Row],
    links: tuple[Mapping[str, set[str]], Mapping[str, int]],
    opened: Row | None,
) -> set[str]:
    """Add the keys that move the wallet's coins; which findings they are."""
    for name, each in row["fields"].items():
        if each.get("secret") and name not in _NO_KEYS:
            wallet.keys.append(Key(wallet.finding, name, _text(each["value"]), wallet.place, "in the wallet, in clear"))
    count = _value(row, "plain_private_keys")
    if isinstance(count, int) and count and not wallet.keys:
        masked = f"{count} private keys"
        wallet.keys.append(Key(wallet.finding, "private keys", masked, wallet.place, "in the wallet, in clear"))
    for each in (opened or {}).get("secrets") or ():
        wallet.keys.append(Key(wallet.finding, each["name"], each["masked"], wallet.place, "opened with a password"))
    own = {same_key(each.address) for each in wallet.addresses}
    own |= {same_key(each["target"]) for each in row["links"] if each["rule"] == "WALLET_HAS_XPUB"}
    own |= {same_key(each) for each in (opened or {}).get("keys") or ()}
    derived, met = links
    given: set[str] = set()
    for each in secrets:
        here = _place(each) == _place(row)
        if derived.get(each["id"], set()) & own:
            given.add(each["id"])
            if not here or not wallet.keys:
                wallet.keys.append(_key(each, "derives its addresses", met))
        elif here:
            given.add(each["id"])
    return given


def _holdings(wallets: Sequence[Wallet]) -> list[Holding]:
    found: dict[str, Holding] = {}
    addresses: dict[str, set[str]] = {}
    payments: dict[str, set[str]] = {}
    for wallet in wallets:
        for coin in wallet.coins:
            one = found.setdefault(coin, Holding(coin))
            one.wallets += 1
            one.movable += bool(wallet.keys)
            one.locked += not wallet.keys and wallet.custody in (Custody.LOCKED, Custody.SEALED)
            one.labels += len(wallet.labels)
            addresses.setdefault(coin, set()).update(each.address for each in wallet.addresses)
            payments.setdefault(coin, set()).update(each.txid for each in wallet.payments)
    for coin, one in found.items():
        one.addresses, one.payments = len(addresses[coin]), len(payments[coin])
    return sorted(found.values(), key=lambda each: (-each.wallets, each.coin))

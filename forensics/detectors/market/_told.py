"""A page as a finding: its value, fields with their places, checks, links and the time of saving."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from forensics.detectors.base import passed
from forensics.detectors.market import _rows, _values
from forensics.detectors.market._judge import Shown
from forensics.model import Absent, ByteRun, Check, Clock, Event, Field, Link, Value

MOST_FEEDBACK = 200
MOST_LINKS = 300
MOST_OTHER = 60
_SHOWN = {
    "ships_from": "ships_from", "ships_to": "ships_to", "shipping": "shipping", "escrow": "payment_terms",
    "quantity": "quantity", "category": "category", "rating": "rating", "feedback": "feedback_counts", "sales": "sales",
    "member_since": "member_since", "last_seen": "last_seen", "disputes": "disputes", "order_id": "order_id",
    "status": "status", "buyer": "buyer", "address": "address", "tracking": "tracking", "balance": "balance",
    "deposit": "deposit", "subject": "subject", "sender": "sender", "recipient": "recipient", "date": "date",
}  # fmt: skip
_BITS = {
    "price": 8,
    "vendor": 8,
    "shipping": 8,
    "terms": 8,
    "coin": 6,
    "pgp": 8,
    "standing": 5,
    "order": 8,
    "onion": 10,
}
_NAMES = {
    "price": "a price with its currency", "vendor": "a trader's name", "shipping": "ships from or to",
    "terms": "escrow, disputes or terms of payment", "coin": "coins", "pgp": "OpenPGP", "standing": "feedback or standing",
    "order": "order number and state", "onion": "onion names",
}  # fmt: skip


def value(seen: Shown) -> str | Absent:
    """What identifies the page: the trader of a profile, the title of an offer, else the title of the page."""
    if seen.kind in ("vendor profile", "own profile", "feedback") and seen.vendor:
        return seen.vendor[0]
    if seen.kind == "listing" and seen.item:
        return seen.item[0]
    return seen.title or (seen.vendor[0] if seen.vendor else Absent.NONE_STORED)


def checks(seen: Shown) -> tuple[Check, ...]:
    """One for each sign."""
    found = [passed(_NAMES[each], _BITS[each]) for each in sorted(seen.signs)]
    if seen.origin.served:
        found.append(passed("served by an onion service", 16))
    return tuple(found) or (passed("form of a page", 4),)


def fields(seen: Shown, base: int) -> dict[str, Field]:
    """All fields; spans are in the addresses of the layer, `base` is where the page starts."""

    def run(at: tuple[int, int]) -> ByteRun | None:
        return ByteRun(base + at[0], at[1] - at[0]) if at[1] > at[0] else None

    found: dict[str, Field] = {"page_kind": Field(seen.kind)}
    if seen.title:
        found["page_title"] = Field(seen.title, run(seen.title_at))
    if seen.item and seen.kind == "listing":
        found["title"] = Field(seen.item[0], run(seen.item[1:]))
    named = {"vendor": seen.vendor, "account_shown": seen.account, "category": seen.category, "order_id": seen.order}
    for name, told in named.items():
        if told and not (name == "vendor" and seen.kind in ("listing index", "login", "captcha", "mirror list")):
            found[name] = Field(told[0], run(told[1:]))
    prices = [each for each in seen.money if not any(one.start <= each.start < one.end for one in seen.offers)]
    labelled = _labelled(seen, prices)
    if labelled:
        found["prices"] = Field(
            tuple(_price(each.money) for each in labelled[:20]), run((labelled[0].start, labelled[-1].end))
        )
        found["currency"] = Field(tuple(dict.fromkeys(each.money.currency for each in labelled)))
    other: dict[str, Value] = {}
    for pair in seen.outside() if seen.kind != "listing index" else ():  # there they are of the search form
        name = _SHOWN.get(pair.concept, "")
        if name and name not in found:
            text = f"{pair.label.strip(' :')}: {pair.value}" if name == "payment_terms" else pair.value
            found[name] = Field(text, run(pair.value_at))
        elif pair.concept not in ("vendor", "username", "price", "pgp", "message") and len(other) < MOST_OTHER:
            other.setdefault(pair.label, pair.value)
    if other:
        found["other_labels"] = Field(other)
    if seen.offers:
        found["listings_count"] = Field(len(seen.offers))
        found["listings"] = Field(
            tuple(_offer(each, base) for each in seen.offers), run((seen.offers[0].start, seen.offers[-1].end))
        )
    if seen.feedback:
        found["feedback_count"] = Field(len(seen.feedback))
        found["feedback"] = Field(
            tuple(text for _, _, text in seen.feedback[:MOST_FEEDBACK]),
            run((seen.feedback[0][0], seen.feedback[-1][1])),
        )
    if seen.keys:
        found["pgp_keys"] = Field(tuple(each[2] or "not readable" for each in seen.keys), run(seen.keys[0][:2]))
    if seen.signed:
        found["signed_message"] = Field(True, run(seen.signed))
    if seen.addresses:
        found["coin_addresses"] = Field(
            tuple(dict.fromkeys(each[0] for each in seen.addresses)), run(seen.addresses[0][1:])
        )
    if seen.origin.onions:
        found["onions"] = Field(tuple(seen.origin.onions), run(next(iter(seen.origin.onions.values()))))
    if seen.origin.address:
        found["saved_from"] = Field(seen.origin.address, run(seen.origin.at))
        found["saved_from_told_by"] = Field(seen.origin.says)
    if seen.origin.served:
        found["served_by"] = Field(seen.origin.served, run(seen.origin.onions.get(seen.origin.served, (0, 0))))
    if seen.origin.linked:
        found["links_mostly_to"] = Field(seen.origin.linked, run(seen.origin.onions.get(seen.origin.linked, (0, 0))))
    if seen.origin.saved:
        found["saved"] = Field(seen.origin.saved, run(seen.origin.at))
    found["charset"] = Field(seen.page.charset)
    return found


def _labelled(seen: Shown, prices: list[_rows.Amount]) -> list[_rows.Amount]:
    """The amounts that are values of a label for a price; all of a listing where none is."""
    spans = [each.value_at for each in seen.outside() if each.concept == "price"]
    found = [each for each in prices if any(start <= each.start < end for start, end in spans)]
    if not found and seen.kind in ("listing", "order", "deposit"):
        return prices[:20]
    return found


def _price(money: _values.Money) -> str:
    return f"{money.amount} {money.currency}"


def _offer(offer: _rows.Offer, base: int) -> dict[str, Value]:
    found: dict[str, Value] = {"title": offer.title, "vendor": offer.vendor}
    if offer.prices:
        found["price"] = offer.prices[0].amount
        found["currency"] = offer.prices[0].currency
        if len(offer.prices) > 1:
            found["further_prices"] = tuple(_price(each) for each in offer.prices[1:])
    for concept, text in offer.told.items():
        if concept in _SHOWN:
            found.setdefault(_SHOWN[concept], text[:120])
    if offer.href:
        found["link"] = offer.href[:300]
    found["offset"] = base + offer.start
    found["length"] = offer.end - offer.start
    return found


def links(seen: Shown) -> tuple[Link, ...]:
    """Traders, the account, keys, onion names and addresses that the page joins."""
    found: dict[Link, None] = {}

    def add(rule: str, kind: str, target: str) -> None:
        if target and len(found) < MOST_LINKS:
            found.setdefault(Link(rule, kind, target))

    if seen.vendor and seen.kind in ("listing", "vendor profile", "own profile", "feedback", "order"):
        rule = "LISTED_BY" if seen.kind == "listing" else "PAGE_OF"
        add(rule, "account", seen.vendor[0].lower())
    if seen.account:
        add("VIEWED_AS", "account", seen.account[0].lower())
    buyer = seen.first("buyer") if seen.kind == "order" else None
    if buyer and _values.HANDLE.fullmatch(buyer.value.strip()):
        add("ORDERED_BY", "account", buyer.value.strip().lower())
    for offer in seen.offers:
        add("LISTED_BY", "account", offer.vendor.lower())
    for _, _, fingerprint in seen.keys:
        add("SHOWS_KEY", "openpgp", fingerprint)
    if seen.origin.served:
        add("SERVED_BY", _onion(seen.origin.served), seen.origin.served)
    for name in seen.origin.onions:
        add("NAMES", _onion(name), name)
    for address, _, _ in seen.addresses:
        add("NAMES", "address", address)
    return tuple(found)


def _onion(name: str) -> str:
    return "onion/v3" if len(name) == 62 else "onion/v2"


_JS_DATE = re.compile(r"(\w{3} \w{3} \d{1,2} \d{4} \d\d:\d\d:\d\d) GMT([+-]\d{4})")


def events(seen: Shown) -> tuple[Event, ...]:
    """When the page was saved, where the program that saved it says so."""
    return tuple(_saved(seen.origin.saved))


def _saved(text: str) -> Iterator[Event]:
    when = None
    match = _JS_DATE.search(text)
    try:
        if match:
            when = datetime.strptime(f"{match[1]} {match[2]}", "%a %b %d %Y %H:%M:%S %z")
        elif text:
            when = parsedate_to_datetime(text)
        if when is not None and when.tzinfo is not None:
            yield Event(when.astimezone(UTC), timedelta(seconds=1), "page.saved", text[:80], Clock.DEVICE)
    except (ValueError, TypeError, OverflowError):
        return

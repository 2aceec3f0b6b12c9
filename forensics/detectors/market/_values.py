"""Values on a page: amounts of money, handles in links, onion names, addresses of coins, times."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_plus

from forensics.primitives import onion

COINS = frozenset(["BTC", "mBTC", "XBT", "BCH", "XMR", "LTC", "ETH", "DOGE", "DASH", "ZEC", "฿", "₿", "Ƀ", "ɱ"])
CODES = [
    "USD",
    "EUR",
    "GBP",
    "CHF",
    "CAD",
    "AUD",
    "NZD",
    "SEK",
    "NOK",
    "DKK",
    "PLN",
    "CZK",
    "HUF",
    "RON",
    "BGN",
    "RUB",
    "UAH",
    "TRY",
    "INR",
    "JPY",
    "CNY",
    "CNH",
    "HKD",
    "SGD",
    "KRW",
    "BRL",
    "MXN",
    "ZAR",
    "ILS",
    "BTC",
    "mBTC",
    "XBT",
    "BCH",
    "XMR",
    "LTC",
    "ETH",
    "DOGE",
    "DASH",
    "ZEC",
    "USDT",
]
_SYMBOLS = r"US\$|C\$|A\$|R\$|[$€£¥₽฿₿Ƀɱ₴₹₩₺]"
_WORDS = r"zł|руб\.?|р\.|грн\.?|元|円|원|Euro|Dollars?|Bitcoins?|Monero"
_NUMBER = r"(?:\d{1,3}(?:[,.'\u00a0\u202f ]\d{3}){1,4}(?:[.,]\d{1,12})?|\d{1,9}(?:[.,]\d{1,12})?)(?![\d]|[.,]\d)"
_CODES = "|".join(CODES)
PRICE = re.compile(
    rf"(?<![\w/.,$-])(?:(?P<before>{_SYMBOLS}|(?:{_CODES})(?![A-Za-z]))[ \u00a0]?(?P<first>{_NUMBER})"
    rf"|(?P<second>{_NUMBER})[ \u00a0]?(?P<after>{_SYMBOLS}|{_WORDS}|(?:{_CODES})(?![A-Za-z]|/[A-Z])))"  # no rate: BTC/USD
)
_TOLD = {
    "$": "USD", "US$": "USD", "C$": "CAD", "A$": "AUD", "R$": "BRL", "€": "EUR", "£": "GBP", "₽": "RUB", "฿": "BTC",
    "₿": "BTC", "Ƀ": "BTC", "XBT": "BTC", "ɱ": "XMR", "₴": "UAH", "₹": "INR", "₩": "KRW", "₺": "TRY", "zł": "PLN",
    "руб": "RUB", "р": "RUB", "грн": "UAH", "元": "CNY", "円": "JPY", "원": "KRW", "euro": "EUR", "dollar": "USD",
    "dollars": "USD", "bitcoin": "BTC", "bitcoins": "BTC", "monero": "XMR",
}  # fmt: skip
COIN_CODES = frozenset(("BTC", "mBTC", "BCH", "XMR", "LTC", "ETH", "DOGE", "DASH", "ZEC"))
HANDLE = re.compile(r"[^\W_](?:[\w.+~ -]{0,38}[^\W_]|[\w.+~-]{0,38})")
_TRADER = re.compile(
    r"(?i)user|usr|vendor|vend|seller|sell|member|store|shop|profil|merchant|u_id|uid|receiver|trader|handle"
    r"|verkaeufer|vendeur|prodav"
)
# What follows such a word in an address and is a page of the site, not a name.
_PAGES = frozenset(
    [
        "index",
        "home",
        "login",
        "logout",
        "register",
        "signup",
        "settings",
        "search",
        "new",
        "edit",
        "list",
        "all",
        "view",
        "profile",
        "profiles",
        "user",
        "users",
        "vendor",
        "vendors",
        "seller",
        "sellers",
        "member",
        "members",
        "store",
        "stores",
        "shop",
        "shops",
        "ratings",
        "rating",
        "feedback",
        "feedbacks",
        "reviews",
        "pgp",
        "messages",
        "inbox",
        "orders",
        "listings",
        "products",
        "about",
        "contact",
        "help",
        "faq",
        "support",
        "become",
        "apply",
        "online",
        "top",
        "me",
        "account",
    ]
)
ONION = re.compile(r"(?<![a-zA-Z2-7])([a-zA-Z2-7]{56}|[a-zA-Z2-7]{16})\.onion(?![a-zA-Z0-9-])")
_SEGMENT = re.compile(r"[^/?#]+")
ADDRESS = re.compile(
    r"(?<![0-9A-Za-z])(?:[13][1-9A-HJ-NP-Za-km-z]{25,34}|bc1[02-9ac-hj-np-z]{39,59}"
    r"|[48][1-9A-HJ-NP-Za-km-z]{94}(?:[1-9A-HJ-NP-Za-km-z]{11})?|[LM][1-9A-HJ-NP-Za-km-z]{26,33}"
    r"|0x[0-9a-fA-F]{40})(?![0-9A-Za-z])"
)
_MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
DATE = re.compile(
    rf"(?i)(?<![\d.])(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{4}}|\d{{2}})"
    rf"|{_MONTHS}\.? \d{{1,2}},? \d{{4}}|\d{{1,2}}\.? {_MONTHS}\.? \d{{4}})(?:[ T,]{{1,2}}\d{{1,2}}:\d\d(?::\d\d)?)?(?![\d.]\d)"
    r"|(?<!\w)\d{1,3} ?(?:d|days?|hours?|h|weeks?|months?|tagen?|jours?|días?|дн\w*) ?(?:\d{1,2}h|ago)?(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount as written, and the code of its currency; `coin` for those of chains."""

    amount: str
    currency: str
    start: int
    end: int

    @property
    def coin(self) -> bool:
        """Whether it is a coin of a chain."""
        return self.currency in COIN_CODES

    @property
    def nothing(self) -> bool:
        """Whether it is zero."""
        return not self.amount.strip("0.,' \u00a0\u202f")


def money(text: str) -> Iterator[Money]:
    """The amounts with a currency in a text, in order."""
    for match in PRICE.finditer(text[:4_000]):
        mark = match["before"] or match["after"]
        amount = match["first"] or match["second"]
        key = mark.rstrip(".")
        currency = _TOLD.get(key) or _TOLD.get(key.lower()) or (key if key == "mBTC" else key.upper())
        if currency == "¥":
            currency = "JPY or CNY"
        yield Money(amount, currency, match.start(), match.end())


def traders(href: str) -> Iterator[tuple[str, str]]:
    """What the address of a link names that may be a member: the word before it, and the name."""
    if not href or len(href) > 2_000 or href.startswith(("javascript:", "data:", "mailto:")):
        return
    path, _, query = href.partition("#")[0].partition("?")
    segments = _SEGMENT.findall(path)
    for word, name in itertools.pairwise(segments):
        if _TRADER.search(word) and "." not in word:
            yield from _named(word, name)
    for part in re.split("[&;]", query)[:20]:
        word, equals, name = part.partition("=")
        if equals and _TRADER.search(word):
            yield from _named(word, name)


def _named(word: str, name: str) -> Iterator[tuple[str, str]]:
    name = unquote_plus(name).strip()
    if 2 <= len(name) <= 40 and HANDLE.fullmatch(name) and not name.isdigit() and name.casefold() not in _PAGES:
        yield word, name


def onions(text: str) -> Iterator[tuple[str, int, int]]:
    """Names of onion services in a text: version 3 with a good checksum, and the form of version 2."""
    for match in ONION.finditer(text):
        label = match[1].lower()
        if len(label) == 16 or onion.decode(label.encode()) is not None:
            yield f"{label}.onion", match.start(), match.end()

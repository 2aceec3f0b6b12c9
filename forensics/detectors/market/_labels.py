"""The neutral dictionary of labels (`resources/market/labels.txt`), and a cheap test before a page is parsed."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from importlib.resources import files

from forensics.primitives import markup

LONGEST = 40  # letters of a label
_STRIP = " \t\r\n\u00a0\u200b:\uff1a?*#-\u2013|\u2022\u25b8()[]."
_SPACE = re.compile(r"\s+")

# Stems of what a page of a trade says beside a price: who sells, how it is held, whence it is sent.
_SELLS = (
    "vendor", "seller", "escrow", "ships", "ship to", "merchant",
    "verkäufer", "händler", "anbieter", "versand ", "treuhand", "vendeur", "expédi", "livraison", "séquestre",
    "vendedor", "envío", "garantía", "venditor", "spedi", "envio ", "verkoper", "sprzeda", "wysyłka",
    "родав", "оставка", "скроу", "тправка", "卖家", "商家", "賣家", "托管", "发货", "販売者", "出品者", "판매자", "satıcı",
)  # fmt: skip
_MONEY = re.compile(
    rb"(?i)[$]\s?\d|\d\s?(?:usd|eur|gbp|btc|xmr|rub|pln|ltc)\b|(?:usd|eur|gbp|btc|xmr|ltc|bitcoin|monero)\b"
    rb"|\xe2\x82\xac|\xc2\xa3|\xc2\xa5|\xe2\x82\xbd|\xe0\xb8\xbf|\xe2\x82\xbf|&euro;|&pound;|\x80\s?\d"
    rb"|\xd1\x80\xd1\x83\xd0\xb1|z\xc5\x82|\xe5\x85\x83"
)
_PLAIN = tuple(each.encode() for each in _SELLS if each.isascii())
_BEYOND = tuple(each.encode() for each in _SELLS if not each.isascii())
_DOOR = (b"captcha", b"password", b"mirror", b"-----begin pgp")


_OTHER = re.compile(rb"charset\s{0,5}=\s{0,5}[\"']?\s{0,5}(?!utf)[a-z0-9]")


def normal(text: str) -> str:
    """A label as the dictionary has it: one blank between words, no marks around it, no case."""
    return _SPACE.sub(" ", text.strip(_STRIP)).casefold()


@functools.cache
def dictionary() -> Mapping[str, str]:
    """Every label and its concept; the first concept that lists a label has it."""
    text = (files("resources") / "market" / "labels.txt").read_text("utf-8")
    found: dict[str, str] = {}
    for line in text.splitlines():
        concept, colon, labels = line.partition(":")
        if colon and not line.startswith("#"):
            for label in labels.split("|"):
                found.setdefault(normal(label), concept.strip())
    return found


def concept(text: str) -> str:
    """The concept of which `text` is a label, or nothing."""
    if not 0 < len(text) <= LONGEST + 10:
        return ""
    return dictionary().get(normal(text), "")


def promising(data: bytes) -> bool:
    """Whether bytes of a page hold words of a trade and money, a key or an onion name, or a door to a hidden service."""
    low = data.lower()
    plain = low.isascii()
    if not plain and _OTHER.search(low, 0, 4_096):
        charset = markup.charset_of(data)
        if charset != "utf-8":
            low = data.decode(charset, "replace").lower().encode()
    sells = any(each in low for each in _PLAIN) or (not plain and any(each in low for each in _BEYOND))
    if sells and (b".onion" in low or b"-----begin pgp" in low or _MONEY.search(low)):
        return True
    return (b".onion" in low or b"market" in low) and any(each in low for each in _DOOR)

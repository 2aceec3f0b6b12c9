"""Requests for payment as URIs: what QR codes and links of shops hold.

| part       | content                                                                            |
|------------|------------------------------------------------------------------------------------|
| scheme     | `bitcoin`, `litecoin`, `dogecoin`, `dash`, `zcash`, `bitcoincash`, `monero`, `ethereum` |
| address    | as its own detector reads it                                                       |
| parameters | `amount` or `tx_amount` or `value`, `label`, `message`, `recipient_name`, `tx_description`, `memo` |

Only requests with a parameter are told: an address alone is a finding of its own kind already.

Not recorded: whether it was paid, when it was made, and who made it.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import re
from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import unquote_to_bytes

from forensics.detectors.address import (
    bitcoin,
    bitcoin_cash,
    dash,
    dogecoin,
    ethereum,
    litecoin,
    monero,
    zcash,
)
from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.word import WordDetector
from forensics.model import ByteRun, Field, Finding, Layer, Link

_SCHEMES: dict[str, WordDetector] = {
    "bitcoin": bitcoin.BitcoinAddress(),
    "bitcoincash": bitcoin_cash.BitcoinCashAddress(),
    "dash": dash.DashAddress(),
    "dogecoin": dogecoin.DogecoinAddress(),
    "ethereum": ethereum.EthereumAddress(),
    "litecoin": litecoin.LitecoinAddress(),
    "monero": monero.MoneroAddress(),
    "zcash": zcash.ZcashAddress(),
}
_NAMES = {
    "amount": "amount",
    "tx_amount": "amount",
    "value": "amount_wei",
    "label": "label",
    "recipient_name": "label",
    "message": "message",
    "tx_description": "message",
    "memo": "memo",
    "tx_payment_id": "payment_id",
    "lightning": "lightning",
}
_REACH = 1024
_MOST = 32
_URI = re.compile(
    rb"(?i:(bitcoincash|bitcoin|litecoin|dogecoin|dash|zcash|monero|ethereum)):(?:pay-)?([0-9A-Za-z]{25,600})"
    rb"(?:@[0-9]{1,9})?(?:/[a-z]{1,20})?\?([A-Za-z0-9._~%!$'()*+,;=:@/?-]{3,900})"
)


class PaymentUri:
    """One request."""

    kind: ClassVar[str] = "payment/uri"
    title: ClassVar[str] = "Request for payment (URI)"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\b(?:bitcoin|litecoin|dogecoin|dash|zcash|bitcoincash|monero|ethereum):(?:pay-)?[0-9A-Za-z]{25}"),
        Trigger(rb"\b(?:BITCOIN|LITECOIN|BITCOINCASH):[0-9A-Z]{25}"),
    )
    references: ClassVar[tuple[str, ...]] = (
        "BIP-21 URI Scheme, BIP-321",
        "ERC-681 URL Format for Transaction Requests",
        "ZIP-321 Payment Request URIs",
        "Monero documentation, URI formatting",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen(
            "bitcoin, with amount and label",
            b"bitcoin:37VucYSaXLCAsxYyAPfbSi9eh4iEcbShgf?amount=0.015&label=Order%204471&message=two%20boxes",
            ("37VucYSaXLCAsxYyAPfbSi9eh4iEcbShgf",),
            "address of the SLIP-132 example",
        ),
        Specimen(
            "monero",
            b'<a href="monero:888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9c'
            b'QUiyoogDavup3H?tx_amount=1.25&amp;recipient_name=stall">',
            ("888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H",),
            "Monero README",
        ),
        Specimen(
            "ethereum",
            b"ethereum:0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359@1?value=2.014e18",
            ("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",),
            "ERC-681, address of ERC-55",
        ),
        Specimen(
            "capitals of a QR code",
            b"BITCOIN:BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4?amount=20.3",
            ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",),
            "BIP-173",
        ),
        Specimen("an address alone", b"bitcoin:37VucYSaXLCAsxYyAPfbSi9eh4iEcbShgf", None, "SLIP-132 example"),
        Specimen("wrong checksum", b"bitcoin:37VucYSaXLCAsxYyAPfbSi9eh4iEcbShgg?amount=0.015", None, "changed by hand"),
        Specimen("look-alike: no address", b"bitcoin:aWebPageAboutCoinsAndNothingElse?label=x", None, "made by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The request whose address's 25th character ends at `at`."""
        base = max(0, at - 48)
        data = layer.read(base, 48 + 2 * _REACH)
        for match in _URI.finditer(data):
            if match.start() >= at - base:
                return
            if match.start(2) + 25 != at - base:
                continue
            yield from self._request(layer, base, match)

    def _request(self, layer: Layer, base: int, match: re.Match[bytes]) -> Iterator[Finding]:
        scheme = match[1].decode("ascii").lower()
        verdict = _SCHEMES[scheme].accept(match[2])
        if verdict is None or not isinstance(verdict.value, str):
            return
        fields = {name: each for name, each in verdict.fields.items() if name in ("coin", "network", "type")}
        span = ByteRun(base + match.start(2), len(match[2]))
        fields = {name: Field(each.value, span) for name, each in fields.items()}
        fields["address"] = Field(verdict.value, span)
        at = match.start(3)
        told = 0
        for part in match[3].split(b"&", _MOST):
            name, sign, stored = part.removeprefix(b"amp;").partition(b"=")
            known = _NAMES.get(name.decode("ascii", "replace").lower().partition(".")[0])
            if known and sign and stored:
                place = base + at + len(part) - len(stored)
                fields.setdefault(known, Field(_text(known, stored), ByteRun(place, len(stored))))
                told += 1
            at += len(part) + 1
        if not told:
            return
        yield finding(
            self,
            layer,
            base + match.start(),
            match.end() - match.start(),
            grade=verdict.grade,
            value=verdict.value,
            checks=verdict.checks,
            fields=fields,
            links=(Link("ASKS_PAYMENT_TO", _SCHEMES[scheme].kind, verdict.value),),
            caveats=verdict.caveats,
        )


def _text(name: str, stored: bytes) -> str:
    """The text that a parameter stands for; memos of Zcash are base64url."""
    text = unquote_to_bytes(stored.replace(b"+", b" "))
    if name == "memo":
        with contextlib.suppress(binascii.Error):
            text = base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    return text.decode("utf-8", "replace")


DETECTOR: Detector = PaymentUri()

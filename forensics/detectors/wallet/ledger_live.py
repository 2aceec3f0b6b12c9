"""Accounts of Ledger Live (now Ledger Wallet): `app.json` of the desktop program.

| key of `data`  | content                                                                          |
|----------------|----------------------------------------------------------------------------------|
| `accounts`     | a list, or with a password base64 of: initial value 16, `:`, AES-256-CBC         |
| `… id`         | `js:2:bitcoin:xpub…:native_segwit`: coin, extended key or address, derivation    |
| `… operations` | hash, type, value, fee, senders, recipients, time, height                        |
| `settings`     | not under the password: devices that were seen, starred accounts                 |

The key is PBKDF2-SHA-512 of the password, 10,000 rounds; its salt is the initial value as JavaScript makes text
of it. Without the colon it is an old form that is told, not opened.

Not recorded: private keys and seeds, which never leave the device. Of long histories the last 500 operations.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.wallet._objects import Json, Object, enclosing, items, mapping, string
from forensics.model import (
    Absent,
    ByteRun,
    Check,
    Clock,
    Event,
    Field,
    Finding,
    Grade,
    Layer,
    Link,
    Outcome,
    Sensitivity,
    Value,
)
from forensics.primitives import bip32

_MARKER = b"accounts"
_REACH = 200
MOST_ACCOUNTS, MOST_OPERATIONS, MOST_LINKS = 200, 500, 2_000
_MILLISECOND = timedelta(milliseconds=1)
_SEALED = "ABEiM0RVZneImaq7zN3u/zqwU/4EvqjiGVEAjlIi+L3Kmi47M0KyKXQ3h15yzUGkOkG/e6tU48t+rNq3bHawoI/MxYDEF8TNjw+0cusA5Tam"
_XPUB = (
    "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8"
)
_DEVICE = {"modelId": "nanoX", "deviceInfo": {"version": "2.2.3"}}
_ACCOUNT = {
    "id": f"js:2:bitcoin:{_XPUB}:native_segwit",
    "name": "stall",
    "freshAddress": "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu",
    "freshAddressPath": "84'/0'/0'/0/0",
    "creationDate": "2024-02-29T10:11:12.000Z",
    "balance": "5000",
    "operations": [
        {
            "hash": "ab" * 32,
            "type": "IN",
            "value": "5000",
            "senders": ["1BoatSLRHtKNngkdXEeobR76b53LETtpyT"],
            "recipients": ["bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"],
            "date": "2024-02-29T10:12:12.000Z",
        }
    ],
}


def _file(accounts: Json) -> bytes:
    value = {"data": {"settings": {"hasCompletedOnboarding": True, "lastSeenDevice": _DEVICE}, "accounts": accounts}}
    return json.dumps(value, separators=(",", ":")).encode()


_PLAIN = _file([{"data": _ACCOUNT, "version": 1}])  # type: ignore[dict-item]
_LOCKED = _file(_SEALED)
_FORM = "by hand, in the form of Ledger Live's app.json"


class LedgerLive:
    """One file."""

    kind: ClassVar[str] = "wallet/ledger_live"
    title: ClassVar[str] = "Ledger Live accounts"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(
            rb"\"accounts\":\s{0,8}\[\s{0,40}\{\s{0,40}\"data\":\s{0,8}\{\s{0,40}\"id\":\s{0,8}\"[a-z]{2,8}:[0-9]:"
        ),
        # the seventeenth octet is a colon
        Trigger(rb"\"accounts\":\s{0,8}\"[0-9A-Za-z+/]{21}[DTjz][opqr][0-9A-Za-z+/]"),
    )
    references: ClassVar[tuple[str, ...]] = ("Ledger Live: live-desktop, db and account formats",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("plain", _PLAIN, ("none stored",), _FORM),
        Specimen("with a password", _LOCKED, ("encrypted",), _FORM),
        Specimen("cut off", _PLAIN[:-2], None, _FORM + ", cut"),
        Specimen("no whole blocks", _file(_SEALED[:-4]), None, _FORM + ", changed"),
        Specimen("look-alike: other accounts", b'{"accounts": [{"data": {"id": "7", "name": "x"}}]}', None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The file around the accounts in front of `at`."""
        base = max(0, at - _REACH)
        place = layer.read(base, at - base).rfind(b'"accounts"')
        if place < 0:
            return
        found = enclosing(layer, base + place + 10, _MARKER, lambda value: "accounts" in value)
        if found is None:
            return
        stored = found.value.get("accounts")
        if isinstance(stored, str):
            sealed = unsealed(stored)
            if sealed is not None:
                yield self._found(layer, found, [], sealed)
        else:
            accounts = [mapping(mapping(each).get("data")) for each in items(stored)[:MOST_ACCOUNTS]]
            if accounts and all(string(each.get("id")).count(":") >= 3 for each in accounts):
                yield self._found(layer, found, accounts, None)

    def _found(
        self, layer: Layer, found: Object, accounts: list[dict[str, Json]], sealed: tuple[bytes, bytes] | None
    ) -> Finding:
        span = ByteRun(found.start, found.end - found.start)
        fields = _settings(mapping(found.value.get("settings")))
        keys = [key for each in accounts if (key := _key(each))]
        operations = [(each, one) for each in accounts for one in _operations(each)][:MOST_OPERATIONS]
        if sealed is None:
            fields["encryption"] = Field("none: no private keys are stored", span)
            fields["accounts"] = Field(tuple(_account(each) for each in accounts))
            fields["operations"] = Field(tuple(_operation(each, one) for each, one in operations))
        else:
            fields["encryption"] = Field("accounts, AES-256-CBC", span)
            fields |= {"kdf": Field("pbkdf2-sha512"), "kdf_rounds": Field(10_000), "iv": Field(sealed[0].hex())}
            fields["octets"] = Field(len(sealed[1]))
            fields["accounts"] = Field(Absent.ENCRYPTED)
        links = [Link("WALLET_HAS_XPUB", "key/extended", each) for each in keys]
        links += [
            Link("WALLET_HAS_ADDRESS", "address", address)
            for each in accounts
            if (address := string(each.get("freshAddress"), 128))
        ]
        links += [
            Link("WALLET_HAS_TRANSACTION", "transaction", txid)
            for _, one in operations
            if (txid := string(one.get("hash"), 128))
        ]
        return finding(
            self,
            layer,
            span.offset,
            span.length,
            grade=Grade.C3 if keys else Grade.C2,
            value=Absent.NONE_STORED if sealed is None else Absent.ENCRYPTED,
            checks=(
                Check("accounts in their form", Outcome.PASS, 24),
                Check("checksums of the extended keys", Outcome.PASS if keys else Outcome.NOT_APPLICABLE, 32),
            ),
            fields=fields,
            events=tuple(_events(accounts)),
            links=tuple(dict.fromkeys(links))[:MOST_LINKS],
            sensitivity=Sensitivity.PERSONAL,
        )


def unsealed(text: str) -> tuple[bytes, bytes] | None:
    """Initial value and ciphertext of accounts under a password; None where they are not in that form."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    body = data[17:]
    return (data[:16], body) if data[16:17] == b":" and body and len(body) % 16 == 0 else None


def _settings(value: dict[str, Json]) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    device = mapping(value.get("lastSeenDevice"))
    if device:
        version = string(mapping(device.get("deviceInfo")).get("version"), 40)
        fields["last_device"] = Field(f"{string(device.get('modelId'), 40)} {version}".strip())
    models = tuple(string(each, 40) for each in items(value.get("devicesModelList"))[:20])
    if models:
        fields["devices"] = Field(models)
    starred = tuple(string(each, 300) for each in items(value.get("starredAccountIds"))[:100])
    if starred:
        fields["starred_accounts"] = Field(starred)
    return fields


def _key(account: dict[str, Json]) -> str:
    """The extended key within the identity of an account; empty where it holds another."""
    part = string(account.get("id"), 400).split(":")[3]
    found = bip32.decode(part.encode("utf-8"))
    return part if found is not None and not found.meaning.private else ""


def _account(value: dict[str, Json]) -> Value:
    parts = string(value.get("id"), 400).split(":")
    return {
        "name": string(value.get("name"), 200),
        "coin": parts[2],
        "key": parts[3],
        "derivation": parts[4] if len(parts) > 4 else "",
        "fresh_address": string(value.get("freshAddress"), 128),
        "path": string(value.get("freshAddressPath"), 60),
        "balance": string(value.get("balance"), 60),
        "operations": len(items(value.get("operations"))),
    }


def _operations(account: dict[str, Json]) -> list[dict[str, Json]]:
    both = items(account.get("operations"))[:MOST_OPERATIONS] + items(account.get("pendingOperations"))[:50]
    return [mapping(each) for each in both]


def _operation(account: dict[str, Json], one: dict[str, Json]) -> Value:
    return {
        "coin": string(account.get("id"), 400).split(":")[2],
        "txid": string(one.get("hash"), 128),
        "type": string(one.get("type"), 20),
        "value": string(one.get("value"), 60),
        "time": string(one.get("date"), 40),
        "senders": tuple(string(each, 128) for each in items(one.get("senders"))[:20]),
        "recipients": tuple(string(each, 128) for each in items(one.get("recipients"))[:20]),
    }


def _events(accounts: list[dict[str, Json]]) -> Iterator[Event]:
    for each in accounts:
        yield from _event(string(each.get("creationDate"), 40), "first payment of the account, or its creation")
        for one in _operations(each):
            yield from _event(string(one.get("date"), 40), "payment (block time)")


def _event(text: str, meaning: str) -> Iterator[Event]:
    try:
        when = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError:
        return
    if 2009 <= when.year < 2100:
        clock = Clock.CHAIN if "block" in meaning else Clock.DEVICE
        yield Event(when, _MILLISECOND, meaning, text, clock)


DETECTOR: Detector = LedgerLive()

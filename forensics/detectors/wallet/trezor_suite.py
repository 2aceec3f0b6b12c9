"""Accounts and payments of Trezor Suite, in the IndexedDB (LevelDB) of the desktop program and of the browser.

| key of an account            | content                                                             |
|------------------------------|---------------------------------------------------------------------|
| `descriptor`, `path`, `symbol`, `accountType` | extended key or address, derivation, coin, script        |
| `deviceState`                | which device and which passphrase: `address@device:instance`          |
| `addresses`                  | `change`, `used`, `unused`: address, path, received, sent            |
| `balance`, `history`         | as last seen                                                         |
| `metadata`                   | labels in old versions; names and keys of the label files            |
| **of a payment** `tx`        | `txid`, `type`, `blockTime`, `amount`, `fee`, `targets`              |

Each record is one value of V8. A record over the edge of a block of LevelDB's log (32 KiB) is cut by the head of
the next block and is not read. Deleted and overwritten records are found as long as they stand in the files.

Not recorded: private keys and seeds, which never leave the device. Labels of newer versions are in files `.mtdt`.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.wallet._objects import Json, items, mapping, string
from forensics.detectors.wallet._v8_values import Reader
from forensics.errors import FormatError
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
    Secret,
    Sensitivity,
    Value,
)
from forensics.primitives import bip32

_BACK, _LONGEST = 32 << 10, 4 << 20
_START = re.compile(rb"\xff[\x09-\x20](?=o[\"c])")
MOST_SHOWN = 1_000
_SECOND = timedelta(seconds=1)
_XPUB = (
    "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8"
)
_ADDRESS = "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"


def _serialised(value: Json) -> bytes:
    """A value as V8 writes it, for specimens."""
    match value:
        case None:
            return b"0"
        case bool():
            return b"T" if value else b"F"
        case int() if abs(value) < 1 << 30:
            number = value << 1 ^ value >> 63
            out = bytearray()
            while number >= 0x80:
                out.append(number & 0x7F | 0x80)
                number >>= 7
            return b"I" + bytes((*out, number))
        case int() | float():
            return b"N" + struct.pack("<d", value)
        case str():
            return b'"' + bytes((len(value),)) + value.encode("latin-1")
        case list():
            size = bytes((len(value),))
            return b"A" + size + b"".join(map(_serialised, value)) + b"$\0" + size
    pairs = b"".join(_serialised(key) + _serialised(each) for key, each in value.items())
    return b"o" + pairs + b"{" + bytes((len(value),))


def _record(value: Json) -> bytes:
    return b"\x08\xff\x14\xff\x0d" + _serialised(value)


_ACCOUNT = _record(
    {
        "deviceState": "mvbu1Gdy8SUjTenqerxUaZyYjmveZvt33q@355C817510C0EABF2F147145:1",
        "index": 0,
        "path": "m/84'/0'/0'",
        "descriptor": _XPUB,
        "accountType": "normal",
        "symbol": "btc",
        "balance": "5000",
        "addresses": {
            "change": [],
            "used": [{"address": _ADDRESS, "path": "m/84'/0'/0'/0/0", "transfers": 1, "received": "5000"}],
            "unused": [],
        },
        "metadata": {"key": "mtdt", "accountLabel": "stall", "aesKey": "00" * 32},
    }
)
_PAYMENT = _record(
    {
        "tx": {
            "descriptor": _XPUB,
            "deviceState": "mvbu1Gdy8SUjTenqerxUaZyYjmveZvt33q@355C817510C0EABF2F147145:1",
            "symbol": "btc",
            "type": "recv",
            "txid": "ab" * 32,
            "blockTime": 1_709_201_472,
            "amount": "5000",
            "fee": "210",
            "targets": [{"addresses": [_ADDRESS], "isAddress": True, "amount": "5000"}],
        },
        "order": 1,
    }
)
_FORM = "by hand, in the form of V8's serialiser and Trezor Suite's accounts; key of BIP-32's first vector"


class TrezorSuite:
    """One account or one payment."""

    kind: ClassVar[str] = "wallet/trezor_suite"
    title: ClassVar[str] = "Trezor Suite account"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\"\x0bdeviceState[\"co]", wide=False),)
    references: ClassVar[tuple[str, ...]] = (
        "Trezor Suite: suite-storage, wallet-types (Account, WalletAccountTransaction)",
        "V8: src/objects/value-serializer.cc",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("account", _ACCOUNT, (_XPUB,), _FORM),
        Specimen("payment", _PAYMENT, ("ab" * 32,), _FORM),
        Specimen("cut off", _ACCOUNT[:-20], None, _FORM + ", cut"),
        Specimen("a device, no account", _record({"deviceState": "x@y:1", "label": "z"}), None, _FORM),
        Specimen("look-alike: a script", b'"\x0bdeviceState"', None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The record around the key that ends in front of `at`."""
        base = max(0, at - _BACK)
        starts = [each.end() for each in _START.finditer(layer.read(base, at - base))]
        if not starts:
            return
        start = base + starts[-1]
        reader = Reader(layer.read(start, _LONGEST if layer.size - start > _BACK else _BACK))
        try:
            value = mapping(reader.value())
        except FormatError:
            return
        if start + reader.at < at:
            return
        span = ByteRun(start, reader.at)
        payment = mapping(value.get("tx")) or value
        if "descriptor" in value and "symbol" in value and "path" in value:
            yield self._account(layer, span, value)
        elif "descriptor" in payment and re.fullmatch(r"(?:0x)?[0-9a-fA-F]{64}", string(payment.get("txid"), 80)):
            yield self._payment(layer, span, payment)

    def _account(self, layer: Layer, span: ByteRun, value: dict[str, Json]) -> Finding:
        descriptor = string(value.get("descriptor"), 200)
        key = bip32.decode(descriptor.encode("utf-8"))
        stored = mapping(value.get("addresses"))
        addresses: list[Value] = []
        for role in ("used", "unused", "change"):
            for each in items(stored.get(role))[:MOST_SHOWN]:
                one = mapping(each)
                address = string(one.get("address"), 128)
                told = {name: string(one.get(name), 60) for name in ("path", "received", "sent")}
                addresses.append({"address": address, "role": role, **told})
        metadata = mapping(value.get("metadata"))
        fields = _about(value) | {
            "path": Field(string(value.get("path"), 60), span),
            "account_type": Field(string(value.get("accountType"), 40) or "normal", span),
            "balance": Field(string(value.get("balance"), 60) or Absent.NONE_STORED),
            "addresses": Field(tuple(addresses[:MOST_SHOWN])),
            "encryption": Field("none: no private keys are stored"),
            "labels": Field(tuple(_labels(metadata))),
        }
        holders = (metadata, *(mapping(each) for each in metadata.values()))
        labelling = next((text for each in holders if (text := string(each.get("aesKey"), 128))), "")
        if labelling:
            fields["labelling_key"] = Field(Secret(labelling))
        links = [Link("WALLET_HAS_XPUB", "key/extended", descriptor)] if key else []
        if not key and descriptor:
            links.append(Link("WALLET_HAS_ADDRESS", "address", descriptor))
        links += [
            Link("WALLET_HAS_ADDRESS", "address", str(each["address"]))
            for each in addresses
            if isinstance(each, dict) and each["address"]
        ]
        return self._found(
            layer, span, descriptor, fields, tuple(links), (), sound=key is not None, secret=bool(labelling)
        )

    def _payment(self, layer: Layer, span: ByteRun, value: dict[str, Json]) -> Finding:
        targets: list[Value] = []
        for each in items(value.get("targets"))[:100]:
            one = mapping(each)
            names = tuple(string(address, 128) for address in items(one.get("addresses"))[:20])
            targets.append({"addresses": names, "amount": string(one.get("amount"), 60)})
        txid = string(value.get("txid"), 80)
        fields = _about(value) | {
            "account": Field(string(value.get("descriptor"), 200), span),
            "type": Field(string(value.get("type"), 20), span),
            "amount": Field(string(value.get("amount"), 60), span),
            "fee": Field(string(value.get("fee"), 60), span),
            "targets": Field(tuple(targets)),
        }
        links = (Link("WALLET_HAS_TRANSACTION", "transaction", txid),)
        seconds = value.get("blockTime")
        events: tuple[Event, ...] = ()
        if isinstance(seconds, int) and 1_231_006_505 <= seconds < 4_102_444_800:
            when = datetime.fromtimestamp(seconds, UTC)
            events = (Event(when, _SECOND, "payment (block time)", str(seconds), Clock.CHAIN),)
        key = bip32.decode(string(value.get("descriptor"), 200).encode("utf-8"))
        return self._found(layer, span, txid, fields, links, events, sound=key is not None, secret=False)

    def _found(
        self,
        layer: Layer,
        span: ByteRun,
        value: str,
        fields: dict[str, Field],
        links: tuple[Link, ...],
        events: tuple[Event, ...],
        *,
        sound: bool,
        secret: bool,
    ) -> Finding:
        return finding(
            self,
            layer,
            span.offset,
            span.length,
            grade=Grade.C3 if sound else Grade.C2,
            value=value,
            checks=(
                Check("a whole value of V8 with the parts of the program", Outcome.PASS, 40),
                Check("checksum of the extended key", Outcome.PASS if sound else Outcome.NOT_APPLICABLE, 32),
            ),
            fields=fields,
            events=events,
            links=links,
            sensitivity=Sensitivity.SECRET if secret else Sensitivity.PERSONAL,
        )


def _about(value: dict[str, Json]) -> dict[str, Field]:
    """Coin, device and passphrase wallet."""
    state = value.get("deviceState")
    text = string(state, 200) or string(mapping(state).get("staticSessionId"), 200)
    fields = {"coin": Field(string(value.get("symbol"), 20))}
    match = re.fullmatch(r"[^@]{1,100}@([0-9A-Fa-f]{10,40}):([0-9]{1,3})", text)
    if match is not None:
        fields["device"] = Field(match[1])
        fields["passphrase_wallet"] = Field(int(match[2]))
    elif text:
        fields["device"] = Field(text)
    return fields


def _labels(metadata: dict[str, Json]) -> Iterator[Value]:
    if label := string(metadata.get("accountLabel"), 300):
        yield {"of": "account", "label": label}
    for address, text in list(mapping(metadata.get("addressLabels")).items())[:MOST_SHOWN]:
        yield {"of": address[:128], "label": string(text, 300)}
    for txid, outputs in list(mapping(metadata.get("outputLabels")).items())[:MOST_SHOWN]:
        for index, text in list(mapping(outputs).items())[:20]:
            yield {"of": f"{txid[:64]}:{index[:10]}", "label": string(text, 300)}


DETECTOR: Detector = TrezorSuite()

"""Wallets of Sparrow before 1.5 (2021), and its exports: a JSON file each. Newer ones are `wallet/sparrow_database`.

| key                    | content                                                                    |
|------------------------|----------------------------------------------------------------------------|
| `policyType`, `scriptType`, `network` | SINGLE or MULTI; P2WPKH and others                          |
| `defaultPolicy`        | `miniscript`: the script by names of the keys                              |
| `keystores`            | label, source, device, fingerprint and path, extended key, seed            |
| `purposeNodes`         | receive and change: labels of addresses and coins, hash, height, date, value |
| `transactions`         | by id: height, date in milliseconds, fee, label, the payment itself        |
| `storedBlockHeight`, `birthDate`, `gapLimit` |                                                      |

With a password the file is base64: `SPRW1` and a salt of 16 (28 characters), then `BIE1`, point, ciphertext, HMAC.
The key is Argon2id of the password: 10 rounds, 256 MiB, 4 lanes, which the file does not say.

Not recorded: addresses (they follow from the keys), who paid, when the program ran.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
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
    Secret,
    Sensitivity,
    Value,
)
from forensics.primitives import bip32, secp256k1

HEAD = 28
_MARKER = b"policyType"
_LARGEST = 64 << 20
MOST_SHOWN, MOST_NODES = 1_000, 20_000
_SECOND, _MILLISECOND = timedelta(seconds=1), timedelta(milliseconds=1)
_TEXT = re.compile(rb"[0-9A-Za-z+/]+={0,2}")
_TXID = re.compile(r"[0-9a-f]{64}")
KDF = "argon2id, 10 rounds, 256 MiB, 4 lanes (by the program, not stored)"
_XPUB = (
    "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8"
)
_PHRASE = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"
_COIN = {"hash": "ab" * 32, "height": 640_000, "date": 1_709_201_472_000, "index": 0, "value": 5_000, "label": "rent"}


def _wallet(seed: dict[str, Json]) -> bytes:
    keystore = {
        "label": "stall",
        "source": "SW_SEED",
        "walletModel": "SPARROW",
        "keyDerivation": {"masterFingerprint": "3442193e", "derivationPath": "m/84'/0'/0'"},
        "extendedPublicKey": _XPUB,
        "seed": seed,
    }
    node = {"derivationPath": "m/0/3", "label": "order 12", "transactionOutputs": [_COIN]}
    value = {
        "name": "stall",
        "policyType": "SINGLE",
        "scriptType": "P2WPKH",
        "defaultPolicy": {"name": "Default", "miniscript": {"script": "wpkh(stall)"}},
        "keystores": [keystore],
        "purposeNodes": [{"derivationPath": "m/0", "children": [node]}],
        "transactions": {"ab" * 32: {"height": 640_000, "date": 1_709_201_472_000, "fee": 210, "label": "rent"}},
        "storedBlockHeight": 640_001,
    }
    return json.dumps(value, indent=2).encode()


_PLAIN = _wallet({"type": "BIP39", "mnemonicCode": list(_PHRASE.split()), "creationTimeSeconds": 1_709_201_472})
_WITHOUT = _wallet({"type": "BIP39", "encryptedMnemonicCode": {"keySalt": "00" * 8}, "needsPassphrase": True})
_LOCKED = base64.b64encode(b"SPRW1" + bytes(range(16))) + base64.b64encode(
    b"BIE1" + secp256k1.public_key(bytes(31) + b"\7") + bytes(64) + bytes(32)
)
_FORM = "by hand, in the form of Sparrow's JsonPersistence; key of BIP-32's first vector"


class Sparrow:
    """One wallet."""

    kind: ClassVar[str] = "wallet/sparrow"
    title: ClassVar[str] = "Sparrow wallet (JSON)"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\"policyType\""),
        Trigger(rb"U1BSVz[EFGH][0-9A-Za-z+/]{21}QklFMQ[I-P]", at=0),
    )
    references: ClassVar[tuple[str, ...]] = ("Sparrow: io/JsonPersistence.java", "drongo: wallet/, Argon2KeyDeriver")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("plain, with its seed", _PLAIN, ("3442193e",), _FORM),
        Specimen("seed encrypted", _WITHOUT, ("3442193e",), _FORM),
        Specimen("with a password", _LOCKED, ("encrypted",), _FORM),
        Specimen("cut off", _PLAIN[:-2], None, _FORM + ", cut"),
        Specimen("locked, no whole blocks", _LOCKED[:-12], None, _FORM + ", cut"),
        Specimen("locked, no point", _LOCKED[:44] + b"_" + _LOCKED[45:], None, _FORM + ", changed"),
        Specimen("look-alike: another tree", b'{"policyType": "SINGLE", "scriptType": 1}', None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The wallet around the key that ends at `at`, or the locked one that starts there."""
        if layer.read(at, 6) == b"U1BSVz":
            yield from self._locked(layer, at)
            return
        found = enclosing(layer, at, _MARKER, lambda value: "keystores" in value and "scriptType" in value)
        if found is not None and items(found.value.get("keystores")):
            yield self._plain(layer, found)

    def _locked(self, layer: Layer, at: int) -> Iterator[Finding]:
        text = _TEXT.match(layer.read(at, _LARGEST))
        try:
            blob = base64.b64decode(text[0][HEAD:], validate=True) if text else b""
        except (binascii.Error, ValueError):
            return
        body = len(blob) - 4 - 33 - 32
        if text is None or body < 16 or body % 16 or secp256k1.point(blob[4:37]) is None:
            return
        span = ByteRun(at, len(text[0]))
        yield finding(
            self,
            layer,
            at,
            span.length,
            grade=Grade.C2,
            value=Absent.ENCRYPTED,
            checks=(
                Check("marks of both parts and a point on the curve", Outcome.PASS, 70),
                Check("whole blocks", Outcome.PASS, 4),
            ),
            fields={
                "encryption": Field("everything, AES-128-CBC and HMAC-SHA-256 (BIE1)", span),
                "kdf": Field(KDF),
                "kdf_salt": Field(base64.b64decode(text[0][:HEAD])[5:].hex(), ByteRun(at, HEAD)),
                "octets": Field(body, span),
            },
            sensitivity=Sensitivity.PERSONAL,
        )

    def _plain(self, layer: Layer, found: Object) -> Finding:
        value = found.value
        span = ByteRun(found.start, found.end - found.start)
        stores = [mapping(each) for each in items(value.get("keystores"))[:20]]
        keys = [string(each.get("extendedPublicKey"), 120) for each in stores]
        sound = [bip32.decode(each.encode("utf-8")) is not None for each in keys if each]
        seeds = [words for store in stores if (words := phrase(mapping(store.get("seed"))))]
        locked = [store for store in stores if "encryptedMnemonicCode" in mapping(store.get("seed"))]
        labels, coins = _notes(value)
        fields = {
            "name": Field(string(value.get("name"), 200) or Absent.NONE_STORED),
            "network": Field(string(value.get("network"), 20) or "mainnet"),
            "policy": Field(string(value.get("policyType"), 20)),
            "script": Field(string(value.get("scriptType"), 20)),
            "encryption": Field("seeds" if locked else "none", span),
            "keystores": Field(tuple(_keystore(each) for each in stores)),
            "labels": Field(tuple(labels)),
            "coins": Field(tuple(coins)),
            "transactions": Field(len(mapping(value.get("transactions")))),
        }
        script = string(mapping(mapping(value.get("defaultPolicy")).get("miniscript")).get("script"), 2_000)
        if script:
            fields["miniscript"] = Field(script, found.span_of(script))
        for number, words in enumerate(seeds, 1):
            fields[f"seed_{number}"] = Field(Secret(words), found.span_of(words))
        links = [Link("WALLET_HAS_XPUB", "key/extended", each) for each in keys if each]
        links += [
            Link("WALLET_HAS_TRANSACTION", "transaction", each)
            for each in list(mapping(value.get("transactions")))[:MOST_SHOWN]
            if _TXID.fullmatch(each)
        ]
        first = string(mapping(stores[0].get("keyDerivation")).get("masterFingerprint"), 20).lower()
        return finding(
            self,
            layer,
            span.offset,
            span.length,
            grade=Grade.C3 if sound and all(sound) else Grade.C2,
            value=first if re.fullmatch(r"[0-9a-f]{8}", first) else Absent.NONE_STORED,
            checks=(
                Check(
                    "checksums and points of the keys",
                    Outcome.NOT_APPLICABLE if not sound else Outcome.PASS if all(sound) else Outcome.FAIL,
                    32,
                ),
                Check("parts of the wallet", Outcome.PASS, 30),
            ),
            fields=fields,
            events=tuple(_events(value, stores)),
            links=tuple(links),
            sensitivity=Sensitivity.SECRET if seeds else Sensitivity.PERSONAL,
        )


def phrase(seed: dict[str, Json]) -> str:
    """The words of a seed that is not encrypted; empty without any."""
    words = seed.get("mnemonicCode", seed.get("mnemonicString"))
    if isinstance(words, list):
        return " ".join(string(each, 20) for each in words[:30])
    return string(words, 400)


def _keystore(value: dict[str, Json]) -> Value:
    origin = mapping(value.get("keyDerivation"))
    seed = mapping(value.get("seed"))
    return {
        "label": string(value.get("label"), 200),
        "source": string(value.get("source"), 40),
        "device": string(value.get("walletModel"), 40),
        "fingerprint": string(origin.get("masterFingerprint"), 20),
        "path": string(origin.get("derivationPath"), 100),
        "key": string(value.get("extendedPublicKey"), 120) or Absent.NONE_STORED,
        "seed": "encrypted" if "encryptedMnemonicCode" in seed else "plain" if phrase(seed) else "none",
        "needs_passphrase": seed.get("needsPassphrase") is True,
    }


def _notes(value: dict[str, Json]) -> tuple[list[Value], list[Value]]:
    """Labels of addresses, coins and payments; and the coins."""
    labels: list[Value] = []
    coins: list[Value] = []
    nodes = [mapping(each) for each in items(value.get("purposeNodes"))[:10]]
    nodes += [mapping(each) for node in list(nodes) for each in items(node.get("children"))[:MOST_NODES]]
    for node in nodes:
        path = string(node.get("derivationPath"), 60)
        if label := string(node.get("label"), 300):
            labels.append({"of": path, "label": label})
        for each in items(node.get("transactionOutputs"))[:MOST_SHOWN]:
            coin = mapping(each)
            index, amount = coin.get("index"), coin.get("value")
            place = f"{string(coin.get('hash'), 64)}:{index if isinstance(index, int) else 0}"
            coins.append({"coin": place, "path": path, "satoshi": amount if isinstance(amount, int) else 0})
            if label := string(coin.get("label"), 300):
                labels.append({"of": place, "label": label})
    for txid, each in list(mapping(value.get("transactions")).items())[:MOST_SHOWN]:
        if label := string(mapping(each).get("label"), 300):
            labels.append({"of": txid[:64], "label": label})
    return labels[:MOST_SHOWN], coins[:MOST_SHOWN]


def _events(value: dict[str, Json], stores: list[dict[str, Json]]) -> Iterator[Event]:
    moments = [(mapping(each.get("seed")).get("creationTimeSeconds"), "seed created") for each in stores]
    moments += [(value.get("birthDate"), "wallet says it began")]
    moments += [
        (mapping(each).get("date"), "payment confirmed")
        for each in list(mapping(value.get("transactions")).values())[:MOST_SHOWN]
    ]
    for stored, meaning in moments:
        if not isinstance(stored, int):
            continue
        # the first versions wrote milliseconds under the name of seconds
        unit = _SECOND if meaning == "seed created" and stored < 1 << 36 else _MILLISECOND
        seconds = stored if unit is _SECOND else stored / 1_000
        if 1_231_006_505 <= seconds < 4_102_444_800:
            clock = Clock.CHAIN if meaning == "payment confirmed" else Clock.DEVICE
            yield Event(datetime.fromtimestamp(seconds, UTC), unit, meaning, str(stored), clock)


DETECTOR: Detector = Sparrow()

"""Multisig wallets of Caravan and Unchained: one JSON file for all who sign.

| key                    | content                                                            |
|------------------------|--------------------------------------------------------------------|
| `name`, `uuid`         | name of the wallet; identity at the service                        |
| `addressType`          | P2SH, P2SH-P2WSH or P2WSH                                          |
| `network`              | mainnet, testnet                                                   |
| `quorum`               | `requiredSigners` of `totalSigners`                                |
| `extendedPublicKeys`   | `name`, `bip32Path`, `xpub`, `xfp`, `method` (the device) of each   |
| `startingAddressIndex` | where the wallet begins                                            |
| `client`               | who is asked for the blocks: `public`, or the address of a node    |

Keys are in the order of BIP-67. Not recorded: labels, payments, time of creation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger
from forensics.detectors.wallet._multisig import described
from forensics.detectors.wallet._objects import Json, enclosing, items, mapping, string
from forensics.model import Absent, ByteRun, Field, Finding, Grade, Layer, Value
from forensics.primitives import descriptor as descriptors
from forensics.primitives.descriptor import Descriptor, Key

_MARKER = b"requiredSigners"
_SCRIPTS = {"P2SH": "sh(sortedmulti", "P2WSH": "wsh(sortedmulti", "P2SH-P2WSH": "sh(wsh(sortedmulti"}
_PATH = re.compile(r"[mM]?((?:/[0-9]{1,10}['hH]?){0,10})")
_FINGERPRINT = re.compile(r"[0-9a-fA-F]{8}")
_KEYS = (
    "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8",
    "xpub68Gmy5EdvgibQVfPdqkBBCHxA5htiqg55crXYuXoQRKfDBFA1WEjWgP6LHhwBZeNK1VTsfTFUHCdrfp1bgwQ9xv5ski8PX9rL2dZXvgGDnw",
)
_FILE = json.dumps(
    {
        "name": "stall",
        "addressType": "P2WSH",
        "network": "mainnet",
        "client": {"type": "private", "url": "http://127.0.0.1:8332"},
        "quorum": {"requiredSigners": 1, "totalSigners": 2},
        "extendedPublicKeys": [
            {"name": "Alice", "bip32Path": "m/48'/0'/0'/2'", "xpub": _KEYS[0], "xfp": "8188029f", "method": "trezor"},
            {"name": "Bob", "bip32Path": "Unknown", "xpub": _KEYS[1], "xfp": "Unknown"},
        ],
        "startingAddressIndex": 0,
    },
    indent=2,
).encode()
_WALLET = Descriptor(
    "wsh(sortedmulti",
    1,
    (Key("8188029f", "/48h/0h/0h/2h", _KEYS[0], "/<0;1>/*"), Key("", "", _KEYS[1], "/<0;1>/*")),
)
_FORM = "by hand, in the form of Caravan's fixtures; keys of BIP-32's first vector"


class Caravan:
    """One wallet."""

    kind: ClassVar[str] = "wallet/caravan"
    title: ClassVar[str] = "Caravan multisig wallet"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\"requiredSigners\""),)
    references: ClassVar[tuple[str, ...]] = ("Caravan: fixtures/caravan", "BIP-67")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("two keys", _FILE, (str(_WALLET),), _FORM),
        Specimen("cut off", _FILE[:-30], None, _FORM + ", cut"),
        Specimen("a key's checksum wrong", _FILE.replace(b"et8", b"et9"), None, _FORM + ", changed"),
        Specimen("look-alike: another quorum", b'{"quorum": {"requiredSigners": 2}}', None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The wallet around the key that ends at `at`."""
        found = enclosing(layer, at, _MARKER, lambda value: "extendedPublicKeys" in value and "quorum" in value)
        if found is None:
            return
        value = found.value
        stored = [mapping(each) for each in items(value.get("extendedPublicKeys"))[: descriptors.MOST_KEYS + 1]]
        keys = tuple(_key(each) for each in stored)
        script = _SCRIPTS.get(string(value.get("addressType"), 20))
        needed = mapping(value.get("quorum")).get("requiredSigners")
        if script is None or not isinstance(needed, int) or not 0 <= needed <= 99 or not keys:
            return
        if len(keys) > descriptors.MOST_KEYS or any(key.extended is None or key.private for key in keys):
            return
        signers: tuple[Value, ...] = tuple(
            {"name": string(each.get("name"), 200), "device": string(each.get("method"), 40)} for each in stored
        )
        fields = {
            "name": Field(string(value.get("name"), 200) or Absent.NONE_STORED),
            "signers": Field(signers),
            "client": Field(string(mapping(value.get("client")).get("url"), 300) or "public"),
        }
        yield described(
            self,
            layer,
            ByteRun(found.start, found.end - found.start),
            Descriptor(script, needed, keys),
            fields=fields,
            grade=Grade.C3,
        )


def _key(value: dict[str, Json]) -> Key:
    path = _PATH.fullmatch(string(value.get("bip32Path"), 200))
    fingerprint = string(value.get("xfp"), 20)
    known = bool(_FINGERPRINT.fullmatch(fingerprint))
    text = string(value.get("xpub"), 200)
    origin = path[1] if path and known else ""
    return Key(fingerprint.lower() if known else "", origin, text if text.isascii() else "", "/<0;1>/*")


DETECTOR: Detector = Caravan()

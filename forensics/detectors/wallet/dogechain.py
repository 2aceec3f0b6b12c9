"""Wallets of Dogechain.info: `wallet.aes.json`, in a form taken over from Blockchain.com.

| key | content |
|---|---|
| `pbkdf2_iterations` | rounds of PBKDF2-SHA-256 over the base64 of the password's SHA-256 |
| `salt` | base64 of 16 bytes |
| `payload` | base64: 16 bytes of initial value, and AES-256-CBC |
| `email`, `two_fa_method` | the holder's mail address, and how a second factor is asked for |

Not recorded outside the encryption: identity of the wallet, addresses, labels, payments.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.wallet._objects import Json, enclosing, string
from forensics.detectors.wallet.blockchain_com import is_sealed
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

_MARKER = b"pbkdf2_iterations"
_LARGEST = 16 << 20
_LARGEST_EXPORTED = 64 << 10


def _wallet(size: int) -> bytes:
    payload, salt = (base64.b64encode(bytes(range(128))[:each]).decode() for each in (size, 16))
    held = {"payload": payload, "salt": salt, "email": "wick@example.org", "pbkdf2_iterations": 5000}
    return json.dumps(held).encode()


_HAND = "by hand, counted octets"


class Dogechain:
    """One wallet."""

    kind: ClassVar[str] = "wallet/dogechain"
    title: ClassVar[str] = "Dogechain wallet"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\"pbkdf2_iterations\""),)
    references: ClassVar[tuple[str, ...]] = ("hashcat mode 32500",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a wallet", _wallet(128), ("encrypted",), _HAND),
        Specimen("cut off", _wallet(128)[:-9], None, _HAND + ", cut"),
        Specimen("no whole blocks", _wallet(100), None, _HAND),
        Specimen("Blockchain.com's", _wallet(128).replace(b'"salt"', b'"other"'), None, _HAND),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The wallet around the key that ends at `at`."""
        found = enclosing(layer, at, _MARKER, _is_wallet)
        if found is None:
            return
        value, span = found.value, ByteRun(found.start, found.end - found.start)
        text = {name: string(value.get(name), _LARGEST) for name in ("payload", "salt", "email", "two_fa_method")}
        rounds = value["pbkdf2_iterations"]
        place = found.span_of(text["payload"]) or span
        export: str | Absent = f"$dogechain$0*{rounds}*{text['payload']}*{text['salt']}"
        fields = {
            "encryption": Field("everything, AES-256-CBC", place),
            "kdf": Field("pbkdf2-sha256", span),
            "kdf_rounds": Field(rounds if isinstance(rounds, int) else 0, span),
            "kdf_salt": Field(_octets(text["salt"]).hex(), found.span_of(text["salt"])),
            "octets": Field(len(_octets(text["payload"])), place),
            "hash_export": Field(export if len(text["payload"]) <= _LARGEST_EXPORTED else Absent.OUT_OF_RANGE, place),
        }
        for name in ("email", "two_fa_method"):
            if text[name]:
                fields[name] = Field(text[name][:320], found.span_of(text[name]))
        yield finding(
            self,
            layer,
            span.offset,
            span.length,
            grade=Grade.C2,
            value=Absent.ENCRYPTED,
            checks=(Check("parts and sizes", Outcome.PASS, 40),),
            fields=fields,
            links=(Link("WALLET_OF", "contact/email", text["email"][:320]),) if text["email"] else (),
            sensitivity=Sensitivity.PERSONAL,
        )


def _octets(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _is_wallet(value: dict[str, Json]) -> bool:
    rounds = value.get("pbkdf2_iterations")
    salt, data = _octets(string(value.get("salt"), 60)), _octets(string(value.get("payload"), _LARGEST))
    return isinstance(rounds, int) and 0 < rounds < 1 << 31 and len(salt) == 16 and is_sealed(data)


DETECTOR: Detector = Dogechain()

"""Wallets of Blockchain.com (My Wallet): `wallet.aes.json`.

| key | content |
|---|---|
| `pbkdf2_iterations` | rounds of PBKDF2-SHA-1 |
| `version` | 2, 3 or 4 |
| `payload` | base64: 16 bytes of salt, which is the initial value too, and AES-256-CBC |

Versions 0 and 1 are base64 alone and cannot be told from any other.

Not recorded outside the encryption: identity of the wallet, addresses, labels, payments. A second password
may lock the private keys within.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.wallet._objects import Json, enclosing, string
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Outcome, Sensitivity

_MARKER = b"pbkdf2_iterations"
_LARGEST_EXPORTED = 64 << 10


def _wallet(version: int, size: int) -> bytes:
    payload = base64.b64encode(bytes(range(128))[:size]).decode()
    return json.dumps({"pbkdf2_iterations": 5000, "version": version, "payload": payload}).encode()


_HAND = "by hand, counted octets"


class BlockchainCom:
    """One wallet."""

    kind: ClassVar[str] = "wallet/blockchain_com"
    title: ClassVar[str] = "Blockchain.com wallet"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\"pbkdf2_iterations\""),)
    references: ClassVar[tuple[str, ...]] = ("Blockchain My-Wallet-V3, wallet-crypto", "hashcat mode 15200")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("version 3", _wallet(3, 128), ("encrypted",), _HAND),
        Specimen("version 4, in a page", b"x = " + _wallet(4, 96) + b";", ("encrypted",), _HAND),
        Specimen("cut off", _wallet(3, 128)[:-9], None, _HAND + ", cut"),
        Specimen("no whole blocks", _wallet(3, 100), None, _HAND),
        Specimen("other settings", b'{"pbkdf2_iterations": 1000, "version": 3, "salt": "AAAA"}', None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The wallet around the key that ends at `at`."""
        found = enclosing(layer, at, _MARKER, _is_wallet)
        if found is None:
            return
        value = found.value
        data = _octets(value.get("payload"))
        rounds, version = value["pbkdf2_iterations"], value.get("version")
        span = ByteRun(found.start, found.end - found.start)
        place = found.span_of(string(value.get("payload"), 16 << 20)) or span
        yield finding(
            self,
            layer,
            span.offset,
            span.length,
            grade=Grade.C2,
            value=Absent.ENCRYPTED,
            checks=(Check("parts and sizes", Outcome.PASS, 40),),
            fields={
                "version": Field(str(version)[:20], span),
                "encryption": Field("everything, AES-256-CBC", place),
                "kdf": Field("pbkdf2-sha1", span),
                "kdf_rounds": Field(rounds if isinstance(rounds, int) else 0, span),
                "kdf_salt": Field(data[:16].hex(), place),
                "octets": Field(len(data), place),
                "hash_export": Field(_export(rounds, data), place),
            },
            sensitivity=Sensitivity.PERSONAL,
        )


def _export(rounds: Json, data: bytes) -> str | Absent:
    """The form for password recovery, of wallets up to a size."""
    if len(data) > _LARGEST_EXPORTED:
        return Absent.OUT_OF_RANGE
    return f"$blockchain$v2${rounds}${len(data)}${data.hex()}"


def _octets(value: Json) -> bytes:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError):
        return b""


def _is_wallet(value: dict[str, Json]) -> bool:
    rounds, data = value.get("pbkdf2_iterations"), _octets(value.get("payload"))
    return isinstance(rounds, int) and 0 < rounds < 1 << 31 and len(data) >= 48 and len(data) % 16 == 0


DETECTOR: Detector = BlockchainCom()

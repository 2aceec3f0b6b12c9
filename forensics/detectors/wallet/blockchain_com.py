"""Wallets of Blockchain.com (My Wallet): `wallet.aes.json`.

| key | content |
|---|---|
| `pbkdf2_iterations` | rounds of PBKDF2-SHA-1 |
| `version` | 2, 3 or 4 |
| `payload` | base64: 16 bytes of salt, which is the initial value too, and AES-256-CBC |

Versions 0 and 1 are base64 alone: 10 rounds, salt first. No mark tells it from other base64, so it is known by the
name of its file, `wallet.aes.json`, and whole blocks. Dogechain's files have a `salt` beside and are not these.

Not recorded outside the encryption: identity of the wallet, addresses, labels, payments. A second password
may lock the private keys within.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.wallet._objects import Json, enclosing, string
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Outcome, Sensitivity

_MARKER = b"pbkdf2_iterations"
ROUNDS_BEFORE = 10  # of versions 0 and 1, which state none
_BARE = re.compile(rb"\s*([A-Za-z0-9+/]{64,}={0,2})\s*\Z")
_LARGEST_BARE = 16 << 20
_LARGEST_EXPORTED = 64 << 10


def _wallet(version: int, size: int) -> bytes:
    payload = base64.b64encode(bytes(range(128))[:size]).decode()
    return json.dumps({"pbkdf2_iterations": 5000, "version": version, "payload": payload}).encode()


_HAND = "by hand, counted octets"


class BlockchainCom:
    """One wallet."""

    kind: ClassVar[str] = "wallet/blockchain_com"
    title: ClassVar[str] = "Blockchain.com wallet"
    version: ClassVar[int] = 2
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\"pbkdf2_iterations\""), Trigger(name="*wallet*.aes.json*"))
    references: ClassVar[tuple[str, ...]] = ("Blockchain My-Wallet-V3, wallet-crypto", "hashcat modes 12700, 15200")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("version 3", _wallet(3, 128), ("encrypted",), _HAND),
        Specimen("version 4, in a page", b"x = " + _wallet(4, 96) + b";", ("encrypted",), _HAND),
        Specimen("cut off", _wallet(3, 128)[:-9], None, _HAND + ", cut"),
        Specimen("no whole blocks", _wallet(3, 100), None, _HAND),
        Specimen("Dogechain's", _wallet(3, 128).replace(b'"version"', b'"salt": "AAAA", "version"'), None, _HAND),
        Specimen("other settings", b'{"pbkdf2_iterations": 1000, "version": 3, "salt": "AAAA"}', None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The wallet around the key that ends at `at`; at 0, a file that its name says is one."""
        if at == 0:
            yield from self._bare(layer)
            return
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

    def _bare(self, layer: Layer) -> Iterator[Finding]:
        """A file of nothing but base64."""
        if layer.size > _LARGEST_BARE:
            return
        match = _BARE.match(layer.read(0, layer.size))
        data = _octets(match[1].decode("ascii")) if match else b""
        if match is None or not is_sealed(data) or data.startswith(b"Salted__"):
            return
        span = ByteRun(match.start(1), len(match[1]))
        export = f"$blockchain${len(data)}${data.hex()}" if len(data) <= _LARGEST_EXPORTED else Absent.OUT_OF_RANGE
        yield finding(
            self,
            layer,
            span.offset,
            span.length,
            grade=Grade.C1,
            value=Absent.ENCRYPTED,
            checks=(Check("name of the file, and whole blocks", Outcome.PASS, 4),),
            fields={
                "version": Field("0 or 1"),
                "encryption": Field("everything, AES-256-CBC", span),
                "kdf": Field("pbkdf2-sha1"),
                "kdf_rounds": Field(ROUNDS_BEFORE),
                "kdf_salt": Field(data[:16].hex(), span),
                "octets": Field(len(data), span),
                "hash_export": Field(export, span),
            },
            caveats=("Known by its name: nothing in the file says what it is before a password opens it.",),
            sensitivity=Sensitivity.PERSONAL,
        )


def is_sealed(data: bytes) -> bool:
    """Whether this may be a salt and whole blocks behind it."""
    return len(data) >= 48 and len(data) % 16 == 0


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
    return isinstance(rounds, int) and 0 < rounds < 1 << 31 and is_sealed(data) and "salt" not in value


DETECTOR: Detector = BlockchainCom()

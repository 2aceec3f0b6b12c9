r"""Seed phrases and private keys of Coinbase Wallet, a browser extension.

Its local storage has `CBStore.plaintext:multiAccountEncryptedMnemonic`, whatever its name says encrypted:

| member | value |
|---|---|
| `mnemonic` | base64: AES-256-GCM, the last 16 octets its tag |
| `passwordIv` | a list of 12 numbers |
| `salt` | a list of numbers |

The key is PBKDF2-SHA-256 of the password, 300,000 rounds. The text is JSON within JSON: quotation marks have
backslashes. Accounts stand in clear in IndexedDB.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.wallet._escaped import escaped_object
from forensics.detectors.wallet._objects import Json, items, string
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Outcome, Sensitivity

ROUNDS = 300_000
_OPENS = re.compile(rb"\{")
_SMALLEST = 32

_TEXT = json.dumps(
    {
        "mnemonic": base64.b64encode(bytes(range(100))).decode(),
        "passwordIv": list(range(12)),
        "salt": list(range(100, 116)),
    },
    separators=(",", ":"),
).encode()
_WHOLE = json.dumps(json.dumps({"0": json.loads(_TEXT)}, separators=(",", ":"))).encode()
_HAND = "by hand, in the form of Coinbase Wallet's records; counted octets"


@dataclass(frozen=True, slots=True)
class Sealed:
    """Ciphertext with its tag, initial value and salt."""

    body: bytes
    iv: bytes
    salt: bytes


def sealed_of(value: dict[str, Json]) -> Sealed | None:
    """What an entry holds; None where a part is missing or of a wrong length."""
    try:
        body = base64.b64decode(string(value.get("mnemonic"), 20_000), validate=True)
        iv, salt = (bytes(_numbers(value.get(name))) for name in ("passwordIv", "salt"))
    except (binascii.Error, ValueError):
        return None
    return Sealed(body, iv, salt) if len(body) >= _SMALLEST and len(iv) in (12, 16) and 8 <= len(salt) <= 64 else None


def _numbers(value: Json) -> list[int]:
    return [each for each in items(value)[:100] if isinstance(each, int)]


class Coinbase:
    """One entry."""

    kind: ClassVar[str] = "wallet/coinbase"
    title: ClassVar[str] = "Coinbase Wallet"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\"passwordIv\\{0,7}\"\s{0,2}:\s{0,2}\[[0-9]"),)
    references: ClassVar[tuple[str, ...]] = ("Coinbase Wallet: CBStore", "hashcat mode 26620")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("an entry", _TEXT, ("encrypted",), _HAND),
        Specimen("a text of JSON", _WHOLE, ("encrypted",), _HAND),
        Specimen("cut off", _TEXT[:-8], None, _HAND + ", cut"),
        Specimen("numbers beyond octets", _TEXT.replace(b"[0,1,", b"[0,999,"), None, _HAND + ", changed"),
        Specimen("look-alike: another list", b'{"passwordIv":[1,2,3],"salt":[]}', None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The entry whose `passwordIv` begins in front of `at`."""
        found = escaped_object(layer, at, _OPENS)
        sealed = found and sealed_of(found[0])
        if found is None or not sealed:
            return
        _, start, length = found
        span = ByteRun(start, length)
        salt, iv, body = (base64.b64encode(each).decode() for each in (sealed.salt, sealed.iv, sealed.body))
        yield finding(
            self,
            layer,
            start,
            length,
            grade=Grade.C2,
            value=Absent.ENCRYPTED,
            checks=(Check("parts and sizes", Outcome.PASS, 60),),
            fields={
                "encryption": Field("everything, AES-256-GCM", span),
                "kdf": Field("pbkdf2-sha256", span),
                "kdf_rounds": Field(ROUNDS),
                "kdf_salt": Field(sealed.salt.hex(), span),
                "iv": Field(sealed.iv.hex(), span),
                "octets": Field(len(sealed.body), span),
                "hash_export": Field(f"$metamask${ROUNDS}${salt}${iv}${body}", span),
            },
            sensitivity=Sensitivity.PERSONAL,
        )


DETECTOR: Detector = Coinbase()

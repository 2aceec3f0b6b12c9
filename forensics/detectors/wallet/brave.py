"""Keyrings of the wallet that is built into Brave, in the browser's file `Preferences`.

| member of a keyring | value |
|---|---|
| `encrypted_mnemonic` | base64: AES-256-GCM-SIV, the last 16 octets its tag |
| `password_encryptor_nonce`, `password_encryptor_salt` | base64 of 12 and of 32 octets |
| `account_metas` | names and addresses in clear |
| `imported_accounts` | `encrypted_private_key`, under the same key and nonce |
| `hardware` | devices, their addresses and paths |

The key is PBKDF2-SHA-256 of the password, 310,000 rounds, 100,000 in older files. Newer versions keep a pair of
ciphertext and nonce as each value. Not recorded: balances; payments are in other settings and in a LevelDB.
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
from forensics.detectors.wallet._objects import Json, enclosing, items, mapping, string
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

ROUNDS, OLD_ROUNDS = 310_000, 100_000
_MARKER = b"password_encryptor_salt"
_ETHEREUM = re.compile(r"0x[0-9a-fA-F]{40}")
_MOST = 500


def _base64(size: int) -> str:
    return base64.b64encode(bytes(range(size))).decode()


_KEYRING = {
    "account_metas": [{"account_address": "0x9858EfFD232B4033E47d90003D41EC34EcaEda94", "account_name": "Account 1"}],
    "encrypted_mnemonic": _base64(100),
    "hardware": {},
    "imported_accounts": [],
    "password_encryptor_nonce": _base64(12),
    "password_encryptor_salt": _base64(32),
}
_FILE = json.dumps({"brave": {"wallet": {"keyrings": {"default": _KEYRING}}}}, separators=(",", ":")).encode()
_HAND = "by hand, in the form of Brave's Preferences; counted octets"


@dataclass(frozen=True, slots=True)
class Keyring:
    """What a keyring has of ciphertext: pairs of nonce and ciphertext, the first that of the phrase."""

    salt: bytes
    phrase: tuple[bytes, bytes]
    imported: tuple[tuple[bytes, bytes], ...]


def keyring_of(value: dict[str, Json]) -> Keyring | None:
    """The ciphertexts of a keyring; None where a part is missing or of a wrong length."""
    salt, nonce = _octets(value.get("password_encryptor_salt")), _octets(value.get("password_encryptor_nonce"))
    phrase = _pair(value.get("encrypted_mnemonic"), nonce)
    if len(salt) != 32 or phrase is None:
        return None
    stored = (mapping(each).get("encrypted_private_key") for each in items(value.get("imported_accounts"))[:_MOST])
    imported = tuple(pair for each in stored if (pair := _pair(each, nonce)) is not None)
    return Keyring(salt, phrase, imported)


def _pair(value: Json, nonce: bytes) -> tuple[bytes, bytes] | None:
    """Nonce and ciphertext, from a text under the keyring's nonce or from an object with its own."""
    if isinstance(value, dict):
        nonce, body = _octets(value.get("nonce")), _octets(value.get("ciphertext"))
    else:
        body = _octets(value)
    return (nonce, body) if len(nonce) == 12 and len(body) > 16 else None


def _octets(value: Json) -> bytes:
    try:
        return base64.b64decode(string(value, 20_000), validate=True)
    except (binascii.Error, ValueError):
        return b""


class Brave:
    """One keyring."""

    kind: ClassVar[str] = "wallet/brave"
    title: ClassVar[str] = "Brave Wallet"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\"password_encryptor_salt\"\s{0,4}:\s{0,4}\"[A-Za-z0-9+/]{43}="),
    )
    references: ClassVar[tuple[str, ...]] = (
        "brave-core: components/brave_wallet/browser (keyring_service, pref_names)",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("in its file", _FILE, ("encrypted",), _HAND),
        Specimen("a keyring alone", json.dumps(_KEYRING).encode(), ("encrypted",), _HAND),
        Specimen("cut off", _FILE[:-10], None, _HAND + ", cut"),
        Specimen(
            "nonce too short", _FILE.replace(_base64(12).encode(), _base64(9).encode()), None, _HAND + ", changed"
        ),
        Specimen(
            "look-alike: a salt alone", b'{"password_encryptor_salt":"%s"}' % _base64(32).encode(), None, "by hand"
        ),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The keyring whose salt stands in front of `at`."""
        base = max(0, at - 120)
        place = layer.read(base, at - base).rfind(b'"' + _MARKER + b'"')
        if place < 0:
            return
        end = base + place + len(_MARKER) + 2
        found = enclosing(layer, end, _MARKER, lambda value: "encrypted_mnemonic" in value)
        keyring = found and keyring_of(found.value)
        if found is None or not keyring:
            return
        span = ByteRun(found.start, found.end - found.start)
        accounts = [mapping(each) for each in items(found.value.get("account_metas"))[:_MOST]]
        addresses = [string(each.get("account_address"), 128) for each in accounts]
        fields = {
            "encryption": Field("seed phrase and imported keys, AES-256-GCM-SIV", span),
            "kdf": Field("pbkdf2-sha256", span),
            "kdf_rounds": Field(f"{ROUNDS} (in older files {OLD_ROUNDS}); not stored"),
            "kdf_salt": Field(keyring.salt.hex(), span),
            "iv": Field(keyring.phrase[0].hex(), span),
            "octets": Field(len(keyring.phrase[1]), span),
            "accounts": Field(
                tuple(
                    {"name": string(each.get("account_name"), 200), "address": address}
                    for each, address in zip(accounts, addresses, strict=True)
                )
            ),
            "imported_keys": Field(len(keyring.imported)),
            "hardware_devices": Field(tuple(name[:100] for name in list(mapping(found.value.get("hardware")))[:50])),
        }
        links = (
            Link("WALLET_HAS_ADDRESS", "address/ethereum", each) for each in addresses if _ETHEREUM.fullmatch(each)
        )
        yield finding(
            self,
            layer,
            span.offset,
            span.length,
            grade=Grade.C2,
            value=Absent.ENCRYPTED,
            checks=(Check("parts and sizes", Outcome.PASS, 60),),
            fields=fields,
            links=tuple(dict.fromkeys(links)),
            sensitivity=Sensitivity.PERSONAL,
        )


DETECTOR: Detector = Brave()

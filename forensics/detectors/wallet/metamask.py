r"""Vaults of MetaMask and of other browser extensions that lock their keys as it does.

| key | content |
|---|---|
| `data`, `cipher` | base64: AES-256-GCM, the last 16 bytes its tag (phone: AES-CBC) |
| `iv` | base64 of 16 bytes (phone: 32 hex digits) |
| `salt` | base64 of 32 bytes (phone: 16) |
| `keyMetadata` | algorithm and rounds; absent in older vaults, which take 10,000 of PBKDF2-SHA-256 |

The object is stored as a string within JSON, so its quotation marks have up to seven backslashes. Each
copy in a browser's LevelDB is a state of its own: another salt is another password or another wallet. Rabby, OKX,
Ronin, BNB Chain, TronLink, Trust Wallet, Unisat, Sui and Crypto.com lock with the same library: the folder tells which.

Not recorded outside the encryption: seed, private keys, which wallet it is. Accounts, contacts and sites
stand in clear beside the vault and are findings of their own.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.wallet._extensions import extension_in
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Outcome, Sensitivity

DEFAULT_ROUNDS = 10_000
_LARGEST = 1 << 20
_BEHIND = 600
_SALT = re.compile(rb"(\\{0,7})\"salt\\{0,7}\"\s{0,2}:\s{0,2}\\{0,7}\"[A-Za-z0-9+/]{22}\Z")
_OPENS = re.compile(rb"\{\s{0,2}\\{0,7}\"(?:data|cipher|iv|salt|keyMetadata|lib)\\{0,7}\"")
_SMALLEST = 64

_VAULT = (
    b'{"data":"'
    + base64.b64encode(bytes(range(200)))
    + b'","iv":"'
    + base64.b64encode(bytes(range(16)))
    + b'","salt":"'
    + base64.b64encode(bytes(range(32)))
    + b'"}'
)
_STATED = _VAULT.replace(b',"salt"', b',"keyMetadata":{"algorithm":"PBKDF2","params":{"iterations":600000}},"salt"')
_PHONE = (
    b'{"cipher":"'
    + base64.b64encode(bytes(range(160)))
    + b'","iv":"'
    + bytes(range(16)).hex().encode()
    + b'","salt":"'
    + base64.b64encode(bytes(range(16)))
    + b'","lib":"original"}'
)
_HAND = "by hand, in the form of MetaMask's browser-passworder; counted octets"


class MetaMask:
    """One vault."""

    kind: ClassVar[str] = "wallet/metamask"
    title: ClassVar[str] = "MetaMask vault"
    version: ClassVar[int] = 2
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\"salt\\{0,7}\"\s{0,2}:\s{0,2}\\{0,7}\"[A-Za-z0-9+/]{22}"),)
    references: ClassVar[tuple[str, ...]] = (
        "MetaMask browser-passworder, src/index.ts",
        "hashcat modes 26600, 31900",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("plain", _VAULT, ("encrypted",), _HAND),
        Specimen("rounds stated", _STATED, ("encrypted",), _HAND),
        Specimen(
            "a string within a string",
            b'{"KeyringController":{"vault":' + json.dumps(_STATED.decode()).encode() + b'},"date":1}',
            ("encrypted",),
            _HAND,
        ),
        Specimen(
            "of a phone, three deep",
            json.dumps(json.dumps(json.dumps({"vault": _PHONE.decode()}))).encode(),
            ("encrypted",),
            _HAND,
        ),
        Specimen("cut off", _VAULT[:-12], None, _HAND + ", cut"),
        Specimen("vector too short", _VAULT.replace(b'"iv":"AAEC', b'"iv":"'), None, _HAND + ", changed"),
        Specimen(
            "other JSON with a salt",
            b'{"user": "wick", "salt": "AAECAwQFBgcICQoLDA0ODw==", "data": "none"}',
            None,
            "by hand",
        ),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The vault whose salt's first 22 characters end at `at`."""
        low = max(0, at - 64)
        if not _SALT.search(layer.read(low, at - low)):
            return
        base, found = at, None
        for size in (4 << 10, 64 << 10, _LARGEST):
            base = max(0, at - size)
            data = layer.read(base, at - base)
            found = _last(data)
            if found is not None:
                break
        if found is None:
            return
        start = base + found.start()
        stored = layer.read(start, at - start + _BEHIND)
        vault, length = _vault(stored, at - start)
        if vault is not None:
            yield from self._found(layer, start, length, vault)

    def _found(self, layer: Layer, start: int, length: int, vault: dict[str, object]) -> Iterator[Finding]:
        phone = "cipher" in vault
        data = _octets(vault.get("cipher" if phone else "data"))
        salt = _octets(vault.get("salt"))
        stored = vault.get("iv")
        iv = _hexadecimal(stored) if phone else _octets(stored)
        if len(iv) != 16 or len(salt) not in ((16, 32) if phone else (32,)) or len(data) < _SMALLEST:
            return
        rounds, stated = _rounds(vault.get("keyMetadata"))
        span = ByteRun(start, length)
        fields = {
            "encryption": Field("everything, AES-256-CBC" if phone else "everything, AES-256-GCM", span),
            "kdf": Field("pbkdf2-sha512" if phone else "pbkdf2-sha256", span),
            "kdf_rounds": Field(5_000 if phone else rounds, span),
            "kdf_salt": Field(salt.hex(), span),
            "iv": Field(iv.hex(), span),
            "octets": Field(len(data), span),
            "program": Field("phone" if phone else "browser extension", span),
        }
        if wallet := extension_in(str(layer.locator)):
            fields["extension"] = Field(wallet)
        caveats = []
        text = {name: str(vault.get(name)) for name in ("data", "cipher", "iv", "salt")}
        if phone:
            fields["hash_export"] = Field(f"$metamaskMobile${text['salt']}${text['iv']}${text['cipher'][:44]}", span)
        else:
            fields["hash_export"] = Field(f"$metamask${text['salt']}${text['iv']}${text['data']}", span)
            if stated and rounds != DEFAULT_ROUNDS:
                caveats.append("The form for password recovery means 10,000 rounds; this vault states another number.")
        yield finding(
            self,
            layer,
            start,
            length,
            grade=Grade.C2,
            value=Absent.ENCRYPTED,
            checks=(Check("parts and sizes", Outcome.PASS, 40),),
            fields=fields,
            caveats=tuple(caveats),
            sensitivity=Sensitivity.PERSONAL,
        )


def _last(data: bytes) -> re.Match[bytes] | None:
    """The last place where a vault may open, but not the object of its rounds."""
    found = None
    for each in _OPENS.finditer(data):
        found = each
    return found


def _vault(stored: bytes, at: int) -> tuple[dict[str, object] | None, int]:
    """The object at the beginning of `stored`, which goes on behind `at`, and its length with escapes."""
    end = stored.find(b"}", at)
    for _ in range(3):
        if end < 0:
            return None, 0
        try:
            value = json.loads(stored[: end + 1].replace(b"\\", b""))
        except (ValueError, RecursionError):
            end = stored.find(b"}", end + 1)
            continue
        return (value if isinstance(value, dict) else None), end + 1
    return None, 0


def _octets(value: object) -> bytes:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError):
        return b""


def _hexadecimal(value: object) -> bytes:
    try:
        return bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        return b""


def _rounds(metadata: object) -> tuple[int, bool]:
    parameters = metadata.get("params") if isinstance(metadata, dict) else None
    stated = parameters.get("iterations") if isinstance(parameters, dict) else None
    if isinstance(stated, int) and 0 < stated < 1 << 31:
        return stated, True
    return DEFAULT_ROUNDS, False


DETECTOR: Detector = MetaMask()

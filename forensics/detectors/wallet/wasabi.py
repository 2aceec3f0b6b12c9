"""Wallets of Wasabi, Ginger and their kin: one JSON file each, in a folder `Wallets`.

| key                                   | content                                                        |
|---------------------------------------|----------------------------------------------------------------|
| `EncryptedSecret`                     | master key by BIP-38, `6P…`; null for watched and hardware ones |
| `ChainCode`                           | chain code of the master, base64                                |
| `MasterFingerprint`                   | of the master key                                               |
| `ExtPubKey`, `TaprootExtPubKey`       | keys of the accounts at `AccountKeyPath`, `TaprootAccountKeyPath` |
| `BlockchainState`                     | network, last height that was looked at                         |
| `HdPubKeys`                           | each key that was given out: path, state, and a label           |
| `ExcludedCoinsFromCoinJoin`           | coins kept out of mixing: id of the payment backwards, output    |

A label says who knows of an address; the program asks for it. State 1 is locked, 2 used. The keys are derived
from the account's and held against the stored ones.

Not recorded: payments, amounts and their times (the program keeps blocks beside it), time of creation.
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
from forensics.detectors.wallet._objects import Json, Object, enclosing, items, mapping, string
from forensics.model import (
    Absent,
    ByteRun,
    Check,
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
from forensics.primitives import base58, bip32
from forensics.primitives.descriptor import Descriptor, address, parse_key

_MARKER = b"HdPubKeys"
MOST_SHOWN, MOST_DERIVED = 1_000, 20
_STATES = {0: "unused", 1: "locked", 2: "used"}
_PATH = re.compile(r"(?:m/)?([0-9]{1,10}'/[0-9]{1,10}'/[0-9]{1,10}')/([0-9]{1,10}/[0-9]{1,10})")

_XPUB = (
    "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8"
)
_SECRET = "6PYLtMnXvfG3oJde97zRyLYFZCYizPU5T3LwgdYJz1fRhh16bU7u6PPmY7"  # vector of BIP-38, compressed


def _wallet(secret: str | None, key: str = "") -> bytes:
    account = bip32.decode(_XPUB.encode())
    derived = bip32.derive(account, "0/0") if account else None
    public = key or (derived.public.hex() if derived else "")
    value = {
        "EncryptedSecret": secret,
        "ChainCode": base64.b64encode(bytes(range(32))).decode(),
        "MasterFingerprint": "3442193E",
        "ExtPubKey": _XPUB,
        "MinGapLimit": 21,
        "AccountKeyPath": "84'/0'/0'",
        "BlockchainState": {"Network": "Main", "Height": "640000"},
        "HdPubKeys": [
            {"PubKey": public, "FullKeyPath": "84'/0'/0'/0/0", "Label": "Alice, Bob", "KeyState": 2},
            {"PubKey": public, "FullKeyPath": "84'/0'/0'/0/0", "Label": "", "KeyState": 0},
        ],
    }
    return json.dumps(value, indent=2).encode()


_FORM = "by hand, in the form of WalletWasabi's KeyManager; keys of BIP-32's and BIP-38's vectors"
_HOT = _wallet(_SECRET)


@dataclass(frozen=True, slots=True)
class _Key:
    public: str
    path: str
    label: str
    state: str
    address: str


class Wasabi:
    """One wallet."""

    kind: ClassVar[str] = "wallet/wasabi"
    title: ClassVar[str] = "Wasabi wallet"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\"HdPubKeys\""),)
    references: ClassVar[tuple[str, ...]] = ("WalletWasabi: Blockchain/Keys/KeyManager.cs, HdPubKey.cs", "BIP-38")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("with a password", _HOT, ("3442193e",), _FORM),
        Specimen("watched only", _wallet(None), ("3442193e",), _FORM),
        Specimen("a key of another account", _wallet(None, "02" + "79" * 32), ("3442193e",), _FORM + ", changed"),
        Specimen("cut off", _HOT[:-3], None, _FORM + ", cut"),
        Specimen("the account's checksum wrong", _HOT.replace(b"et8", b"et9"), None, _FORM + ", changed"),
        Specimen("look-alike: keys without an account", b'{"HdPubKeys": [{"PubKey": "02"}]}', None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The wallet around the key that ends at `at`."""
        found = enclosing(layer, at, _MARKER, lambda value: "ExtPubKey" in value and "HdPubKeys" in value)
        account = None if found is None else bip32.decode(string(found.value.get("ExtPubKey"), 200).encode("utf-8"))
        if found is not None and account is not None and not account.meaning.private:
            yield self._found(layer, found, account)

    def _found(self, layer: Layer, found: Object, account: bip32.ExtendedKey) -> Finding:
        value = found.value
        span = ByteRun(found.start, found.end - found.start)
        taproot = bip32.decode(string(value.get("TaprootExtPubKey"), 200).encode("utf-8"))
        accounts = {string(value.get("AccountKeyPath"), 60) or "84'/0'/0'": account}
        if taproot is not None:
            accounts[string(value.get("TaprootAccountKeyPath"), 60) or "86'/0'/0'"] = taproot
        network = string(mapping(value.get("BlockchainState")).get("Network"), 20)
        keys = [_key(mapping(each), network) for each in items(value.get("HdPubKeys"))[:MOST_SHOWN]]
        agree = [one for each in keys[:MOST_DERIVED] if (one := _derived(each, accounts)) is not None]
        sealed = string(value.get("EncryptedSecret"), 100)
        sound = bool(sealed) and base58.decode_check(sealed.encode("utf-8")) is not None
        fields = {
            "encryption": Field("master key (BIP-38)" if sealed else "none: no private key is stored", span),
            "network": Field(network or Absent.NONE_STORED, span),
            "height": Field(string(mapping(value.get("BlockchainState")).get("Height"), 20) or Absent.NONE_STORED),
            "extended_keys": Field(tuple({"path": path, "key": str(each)} for path, each in accounts.items())),
            "key_count": Field(len(items(value.get("HdPubKeys")))),
            "addresses": Field(tuple(_shown(each) for each in keys)),
            "labels": Field(tuple({"of": each.address, "label": each.label} for each in keys if each.label)),
            "kept_from_mixing": Field(tuple(_coins(value.get("ExcludedCoinsFromCoinJoin")))),
            "mixes_by_itself": Field(value.get("AutoCoinJoin") is True),
        }
        chain = string(value.get("ChainCode"), 60)
        if chain:
            fields["chain_code"] = Field(chain, found.span_of(chain))
        if sealed:
            fields["encrypted_secret"] = Field(Secret(sealed), found.span_of(sealed))
            fields["kdf"] = Field("scrypt n=16384 r=8 p=8 (BIP-38)")
        links = [Link("WALLET_HAS_XPUB", "key/extended", str(each)) for each in accounts.values()]
        links += [Link("WALLET_HAS_ADDRESS", "address/bitcoin", each.address) for each in keys if each.address]
        caveats = []
        if sealed and not sound:
            caveats.append("The checksum of the encrypted master key does not hold.")
        if not all(agree):
            caveats.append("Keys are stored that are not those of the account.")
        fingerprint = string(value.get("MasterFingerprint"), 20).lower()
        return finding(
            self,
            layer,
            span.offset,
            span.length,
            grade=Grade.C3 if agree and all(agree) else Grade.C2,
            value=fingerprint if re.fullmatch(r"[0-9a-f]{8}", fingerprint) else Absent.NONE_STORED,
            checks=(
                Check("checksum and point of the account's key", Outcome.PASS, 32),
                Check(
                    f"the account gives {sum(agree)} of {len(agree)} keys",
                    Outcome.NOT_APPLICABLE if not agree else Outcome.PASS if all(agree) else Outcome.FAIL,
                    256,
                ),
                Check(
                    "checksum of the encrypted master key",
                    Outcome.NOT_APPLICABLE if not sealed else Outcome.PASS if sound else Outcome.FAIL,
                    32,
                ),
            ),
            fields=fields,
            links=tuple(links),
            caveats=tuple(caveats),
            sensitivity=Sensitivity.SECRET if sealed else Sensitivity.PERSONAL,
        )


def _key(value: dict[str, Json], network: str) -> _Key:
    public, path = string(value.get("PubKey"), 66), string(value.get("FullKeyPath"), 100)
    state = value.get("KeyState")
    script = "tr" if path.removeprefix("m/").startswith("86'") else "wpkh"
    key = parse_key(public) if network == "Main" else None
    return _Key(
        public,
        path,
        string(value.get("Label"), 500),
        _STATES.get(state, "unknown") if isinstance(state, int) else "unknown",
        (address(Descriptor(script, 1, (key,))) or "") if key else "",
    )


def _derived(key: _Key, accounts: dict[str, bip32.ExtendedKey]) -> bool | None:
    """Whether the account gives the stored key; None where its path is of none of the accounts."""
    match = _PATH.fullmatch(key.path)
    account = accounts.get(match[1]) if match else None
    if match is None or account is None:
        return None
    try:
        child = bip32.derive(account, match[2])
    except ValueError:
        return None
    return child is not None and child.public.hex() == key.public.lower()


def _shown(key: _Key) -> Value:
    return {"address": key.address, "key": key.public, "path": key.path, "label": key.label, "state": key.state}


def _coins(value: Json) -> Iterator[str]:
    """Payment and output of each coin, `txid:n`."""
    for each in items(value)[:MOST_SHOWN]:
        try:
            data = binascii.unhexlify(string(each, 100))
        except (ValueError, binascii.Error):
            continue
        if len(data) == 36:
            yield f"{data[31::-1].hex()}:{int.from_bytes(data[32:], 'little')}"


DETECTOR: Detector = Wasabi()

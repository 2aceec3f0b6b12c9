"""Ethereum keystores: one encrypted private key to a file (Geth, Parity, MyEtherWallet, Mist and others).

| key | content |
|---|---|
| `address` | 40 hex digits; some programs leave it out |
| `crypto`, `Crypto` | `cipher` aes-128-ctr, `cipherparams.iv`, `ciphertext`, `kdf`, `kdfparams`, `mac` |
| `id`, `version` | UUID; 3, or "1" before 2015 |
| `encseed`, `ethaddr`, `btcaddr`, `email` | the wallet of the sale of 2014 |

The file's name `UTC--<time>--<address>` holds the time of creation; the text does not.

Not recorded: balance, payments, the password. Whether the address belongs to the key shows only when the
key is decrypted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.wallet._objects import Json, Object, enclosing, mapping, string
from forensics.detectors.wallet._specimens import KEYSTORE
from forensics.model import (
    Absent,
    Check,
    Clock,
    Event,
    Field,
    Finding,
    Grade,
    Layer,
    Link,
    Outcome,
    Sensitivity,
)
from forensics.primitives import eip55

_HEX = re.compile(r"(?:0x)?([0-9a-fA-F]+)")
_NAME = re.compile(r"UTC--(\d{4})-(\d\d)-(\d\d)T(\d\d)[-:](\d\d)[-:](\d\d)(?:\.\d{1,9})?Z--(?:0x)?([0-9a-fA-F]{40})?")
_KEY_REACH = 160


class EthereumKeystore:
    """Web3 Secret Storage and its forerunners."""

    kind: ClassVar[str] = "wallet/ethereum_keystore"
    title: ClassVar[str] = "Ethereum keystore"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\"ciphertext\"\s{0,4}:\s{0,4}\"[0-9a-fA-F]{64}"),
        Trigger(rb"\"encseed\"\s{0,4}:\s{0,4}\"[0-9a-fA-F]{64}"),
    )
    references: ClassVar[tuple[str, ...]] = (
        "Web3 Secret Storage Definition, version 3",
        "go-ethereum: accounts/keystore/",
        "hashcat modes 15600, 15700, 16300",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = KEYSTORE

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The keystore whose ciphertext, or presale wallet whose seed, starts in front of `at`."""
        base = max(0, at - _KEY_REACH)
        window = layer.read(base, at - base)
        for marker in (b"ciphertext", b"encseed"):
            place = window.rfind(b'"' + marker + b'"')
            if place < 0:
                continue
            accept = _is_keystore if marker == b"ciphertext" else _is_presale
            found = enclosing(layer, base + place + len(marker) + 2, marker, accept)
            if found is not None:
                yield self._found(layer, found)
            return

    def _found(self, layer: Layer, found: Object) -> Finding:
        value = found.value
        crypto = mapping(value.get("crypto", value.get("Crypto")))
        stored = string(value.get("address", value.get("ethaddr")), 64)
        name = _NAME.search(layer.locator.step)
        fields, export, whole = _presale(value) if not crypto else _keystore(value, crypto)
        caveats: list[str] = []
        address = _address(stored)
        if not address and name is not None and name[7]:
            address = _address(name[7])
            caveats.append("The address is taken from the name of the file; the text has none.")
        if stored:
            fields["address"] = Field(stored, found.span_of(stored))
        if export:
            fields["hash_export"] = Field(export)
        agrees = Outcome.NOT_APPLICABLE
        if name is not None and name[7] and _address(stored):
            agrees = Outcome.PASS if name[7].lower() == _address(stored)[2:].lower() else Outcome.FAIL
        if not whole:
            caveats.append("Parts of the encrypted key are missing or malformed.")
        links = [Link("WALLET_HAS_ADDRESS", "address/ethereum", address)] if address else []
        bitcoin = string(value.get("btcaddr"), 64)
        if bitcoin:
            links.append(Link("PAID_FROM", "address/bitcoin", bitcoin))
        mail = string(value.get("email"), 254)
        if mail:
            links.append(Link("ACCOUNT_OF", "contact/email", mail.lower()))
        return finding(
            self,
            layer,
            found.start,
            found.end - found.start,
            grade=Grade.C3 if whole and address else Grade.C2 if whole else Grade.C1,
            value=address or Absent.NONE_STORED,
            checks=(
                Check("parts and sizes", Outcome.PASS if whole else Outcome.FAIL, 60),
                Check("address in the name of the file", agrees, 160),
            ),
            fields=fields,
            events=tuple(_created(name)),
            links=tuple(links),
            caveats=tuple(caveats),
            sensitivity=Sensitivity.PERSONAL,
        )


def _is_keystore(value: dict[str, Json]) -> bool:
    crypto = mapping(value.get("crypto", value.get("Crypto")))
    return "ciphertext" in crypto and "kdf" in crypto and "mac" in crypto


def _is_presale(value: dict[str, Json]) -> bool:
    return "encseed" in value and "ethaddr" in value


def _digits(value: Json, longest: int = 4_096) -> str:
    """Lower-case hex digits without 0x, in whole octets; empty for anything else."""
    match = _HEX.fullmatch(string(value, longest))
    return match[1].lower() if match and len(match[1]) % 2 == 0 else ""


def _address(text: str) -> str:
    digits = _digits(text, 64)
    return "0x" + eip55.checksummed(digits.encode("ascii")).decode("ascii") if len(digits) == 40 else ""


def _number(value: Json) -> int:
    return value if isinstance(value, int) and 0 < value < 1 << 40 else 0


def _keystore(value: dict[str, Json], crypto: dict[str, Json]) -> tuple[dict[str, Field], str, bool]:
    """Fields, the form for password recovery (of version 3 only), and whether all parts are there."""
    parameters = mapping(crypto.get("kdfparams"))
    kdf = string(crypto.get("kdf"), 40).lower()
    salt, ciphertext, mac = (
        _digits(each) for each in (parameters.get("salt"), crypto.get("ciphertext"), crypto.get("mac"))
    )
    fields = {
        "cipher": Field(string(crypto.get("cipher"), 40)),
        "kdf": Field(kdf),
        "encryption": Field("private key"),
    }
    identifier = string(value.get("id"), 64)
    if identifier:
        fields["id"] = Field(identifier)
    version = value.get("version")
    if isinstance(version, int | str):
        fields["version"] = Field(str(version)[:20])
    ready = bool(salt and len(ciphertext) >= 32 and len(mac) == 64)
    if kdf == "scrypt":
        n, r, p = (_number(parameters.get(each)) for each in "nrp")
        fields |= {"kdf_n": Field(n), "kdf_r": Field(r), "kdf_p": Field(p)}
        export = f"$ethereum$s*{n}*{r}*{p}*{salt}*{ciphertext}*{mac}" if n and r and p else ""
    elif kdf == "pbkdf2":
        rounds = _number(parameters.get("c"))
        fields |= {"kdf_rounds": Field(rounds), "kdf_prf": Field(string(parameters.get("prf"), 40))}
        export = f"$ethereum$p*{rounds}*{salt}*{ciphertext}*{mac}" if rounds else ""
    else:
        export = ""
    ready = ready and bool(export)
    return fields, export if ready and fields["cipher"].value == "aes-128-ctr" else "", ready


def _presale(value: dict[str, Json]) -> tuple[dict[str, Field], str, bool]:
    seed, address = _digits(value.get("encseed")), _digits(value.get("ethaddr"), 64)
    check = _digits(value.get("bkp"), 128)
    fields = {"encryption": Field("seed of the presale wallet"), "kdf": Field("pbkdf2")}
    for name in ("email", "btcaddr"):
        if text := string(value.get(name), 254):
            fields[name] = Field(text)
    if not check:
        fields["bkp"] = Field(Absent.NONE_STORED)
    ready = len(seed) >= 64 and len(address) == 40
    return fields, f"$ethereum$w*{seed}*{address}*{check[:32]}" if ready and check else "", ready


def _created(name: re.Match[str] | None) -> Iterator[Event]:
    """The moment that Geth and Parity write into the name of the file."""
    if name is None:
        return
    try:
        when = datetime(*(int(each) for each in name.groups()[:6]), tzinfo=UTC)  # type: ignore[arg-type, misc]
    except ValueError:
        return
    yield Event(when, timedelta(seconds=1), "keystore created", name[0], Clock.DEVICE)


DETECTOR: Detector = EthereumKeystore()

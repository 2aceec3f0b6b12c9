"""Multisig wallets as text for Coldcard; Sparrow, Electrum, Specter, Keeper, Unchained and others write it too.

| line                          | content                                                       |
|-------------------------------|---------------------------------------------------------------|
| `# …`                         | comments, as `created on 0F056943`                            |
| `Name: stall`                 | name of the wallet                                            |
| `Policy: 2 of 3`              | how many of the keys must sign                                |
| `Derivation: m/48'/0'/0'/2'`  | path of the keys that follow, may stand before each           |
| `Format: P2WSH`               | script: P2SH (when left out), P2WSH, P2SH-P2WSH               |
| `0F056943: xpub…`             | fingerprint of the master, and the key                        |

Keys are in the order of BIP-67. Not recorded: labels, payments, time of creation, who holds which key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger
from forensics.detectors.wallet._multisig import described
from forensics.model import Absent, ByteRun, Field, Finding, Grade, Layer
from forensics.primitives import descriptor as descriptors
from forensics.primitives.descriptor import Descriptor, Key

_BACK, _LONGEST = 1_024, 8_192
_POLICY = re.compile(r"Policy: ?([0-9]{1,2}) (?:of|/) ?([0-9]{1,2})")
_OTHER = re.compile(r"(Name|Derivation|Format): ?(.{0,100})|#.{0,200}|")
_KEY = re.compile(r"([0-9a-fA-F]{8}): ?([A-Za-z]{4}[1-9A-HJ-NP-Za-km-z]{107})")
_PATH = re.compile(r"m((?:/[0-9]{1,10}['hH]?){0,10})")
_SCRIPTS = {
    "P2SH": "sh(sortedmulti",
    "P2WSH": "wsh(sortedmulti",
    "P2SH-P2WSH": "sh(wsh(sortedmulti",
    "P2WSH-P2SH": "sh(wsh(sortedmulti",
}
_KEYS = (
    "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8",
    "xpub68Gmy5EdvgibQVfPdqkBBCHxA5htiqg55crXYuXoQRKfDBFA1WEjWgP6LHhwBZeNK1VTsfTFUHCdrfp1bgwQ9xv5ski8PX9rL2dZXvgGDnw",
)
_TEXT = (
    "# Coldcard Multisig setup file (created on 0F056943)\n#\nName: stall\nPolicy: 2 of 2\n"
    f"Derivation: m/48'/0'/0'/2'\nFormat: P2WSH\n\n0F056943: {_KEYS[0]}\nDerivation: m/45'\n6BA6CFD0: {_KEYS[1]}\n"
)
_WALLET = Descriptor(
    "wsh(sortedmulti",
    2,
    (Key("0f056943", "/48h/0h/0h/2h", _KEYS[0], "/<0;1>/*"), Key("6ba6cfd0", "/45h", _KEYS[1], "/<0;1>/*")),
)
_FORM = "by hand, in the form of Coldcard's documents; keys of BIP-32's first vector"


class ColdcardMultisig:
    """One wallet."""

    kind: ClassVar[str] = "wallet/coldcard_multisig"
    title: ClassVar[str] = "Multisig wallet for Coldcard"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\bPolicy: ?[0-9]{1,2} (?:of|/) ?[0-9]{1,2}\b"),)
    references: ClassVar[tuple[str, ...]] = ("Coldcard: Multisig wallets, text files", "BIP-67")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("two keys, two paths", _TEXT.encode(), (str(_WALLET),), _FORM),
        Specimen("lines of Windows", _TEXT.replace("\n", "\r\n").encode(), (str(_WALLET),), _FORM),
        Specimen("a key missing", _TEXT[:-140].encode(), None, _FORM + ", cut"),
        Specimen("a key's checksum wrong", _TEXT.replace("et8\n", "et9\n").encode(), None, _FORM + ", changed"),
        Specimen("look-alike: other policies", b"Name: x\nPolicy: 2 of 3\nStatus: active\n", None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The text around the policy that ends at `at`."""
        base = max(0, at - _BACK)
        before = layer.read(base, at - base).decode("latin-1")
        lines = before.split("\n")
        start = at - len(lines[-1])
        match = _POLICY.match(lines[-1])
        if match is None:
            return
        told: dict[str, str] = {}
        for line in reversed(lines[:-1] if base == 0 or len(lines) == 1 else lines[1:-1]):
            other = _OTHER.fullmatch(line.rstrip("\r"))
            if other is None:
                break
            if other[1]:
                told.setdefault(other[1], other[2].strip())
            start -= len(line) + 1
        keys, end = _behind(layer.read(at, _LONGEST).decode("latin-1"), told)
        sound = [key for key in keys if key.extended is not None and not key.private]
        script = _SCRIPTS.get(told.get("Format", "P2SH").upper())
        if script is None or len(sound) < 2 or len(sound) != len(keys) or len(keys) != int(match[2]):
            return
        yield described(
            self,
            layer,
            ByteRun(start, at + end - start),
            Descriptor(script, int(match[1]), tuple(sound)),
            fields={"name": Field(told.get("Name") or Absent.NONE_STORED)},
            grade=Grade.C3,
        )


def _behind(text: str, told: dict[str, str]) -> tuple[list[Key], int]:
    """Keys with the path that stands before each, and where the last one ends; `told` takes the other lines."""
    keys: list[Key] = []
    place = end = 0
    for line in text.split("\n"):
        stripped = line.rstrip("\r")
        key, other = _KEY.fullmatch(stripped), _OTHER.fullmatch(stripped)
        if key is not None and len(keys) < descriptors.MOST_KEYS:
            path = _PATH.fullmatch(told.get("Derivation", "m"))
            keys.append(Key(key[1].lower(), path[1] if path else "", key[2], "/<0;1>/*"))
            end = place + len(stripped)
        elif other is None:
            break
        elif other[1]:
            told[other[1]] = other[2].strip()
        place += len(line) + 1
    return keys, end


DETECTOR: Detector = ColdcardMultisig()

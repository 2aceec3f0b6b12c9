"""Containers of Exodus: `seed.seco`, `info.seco`, `storage.seco` and others.

| offset | length | content |
|--------|--------|---------|
| 0      | 4      | `SECO` |
| 4      | 4, 4   | version 0 (big-endian), reserved |
| 12     |        | version tag, program and its version, a length before each; zeros to 224 |
| 224    | 32     | SHA-256 of all that follows |
| 256    | 256    | salt 32; n, r, p; cipher 32; key 12 + 16 + 32; nonce and tag 12 + 16; zeros |
| 512    | 4      | length of the ciphertext |

Not recorded outside the encryption: seed, accounts, payments, dates. A file `passphrase.json` beside it
means that no password was ever set.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Outcome, Sensitivity

HEAD = 224
BODY = 516
_LARGEST = 64 << 20


def _container(blob: bytes, tag: bytes = b"seco-v0-scrypt-aes") -> bytes:
    names = b"".join(bytes((len(each),)) + each for each in (tag, b"Exodus", b"23.1.1"))
    metadata = bytes(range(32)) + b"".join(each.to_bytes(4, "big") for each in (16_384, 8, 1))
    metadata = (metadata + b"aes-256-gcm".ljust(32, b"\0") + bytes(range(88))).ljust(256, b"\0")
    rest = metadata + len(blob).to_bytes(4, "big") + blob
    return (b"SECO" + bytes(8) + names).ljust(HEAD, b"\0") + hashlib.sha256(rest).digest() + rest


_HAND = "by hand, in the form of the seco-file package; counted octets"
_WHOLE = _container(bytes(range(100)))


class Exodus:
    """One container."""

    kind: ClassVar[str] = "wallet/exodus"
    title: ClassVar[str] = "Exodus container"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"SECO\x00\x00\x00\x00", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("Exodus seco-file, header and metadata", "hashcat mode 28200")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("whole", _WHOLE, ("encrypted",), _HAND),
        Specimen("cut off", _WHOLE[:-20], ("encrypted",), _HAND + ", cut"),
        Specimen("header alone", _WHOLE[:300], None, _HAND + ", cut"),
        Specimen("of another tag", _container(b"x" * 60, b"something-else"), None, _HAND),
        Specimen("checksum wrong", _WHOLE[:-1] + b"\xff", ("encrypted",), _HAND + ", changed"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The container that starts at `at`."""
        head = layer.read(at, BODY)
        if len(head) < BODY or head[:8] != b"SECO\0\0\0\0":
            return
        names = _names(head[12:HEAD])
        size = int.from_bytes(head[512:516], "big")
        if len(names) != 3 or not names[0].startswith("seco-v0") or not 0 < size <= _LARGEST:
            return
        blob = layer.read(at + BODY, size)
        whole = len(blob) == size
        holds = whole and hashlib.sha256(head[256:] + blob).digest() == head[HEAD : HEAD + 32]
        caveats = []
        if not whole:
            caveats.append("The container is cut off.")
        elif not holds:
            caveats.append("The checksum does not hold: the container is damaged.")
        length = BODY + len(blob)
        cost = [int.from_bytes(head[place : place + 4], "big") for place in (288, 292, 296)]
        key = head[332:392]
        export = ":".join(
            ["EXODUS", *(str(each) for each in cost)]
            + [base64.b64encode(each).decode() for each in (head[256:288], key[:12], key[28:60], key[12:28])]
        )
        fields = {
            "program": Field(f"{names[1]} {names[2]}", ByteRun(at + 12, HEAD - 12)),
            "format": Field(names[0], ByteRun(at + 12, HEAD - 12)),
            "encryption": Field("everything, AES-256-GCM", ByteRun(at + 300, 32)),
            "kdf": Field("scrypt", ByteRun(at + 288, 12)),
            "kdf_n": Field(cost[0], ByteRun(at + 288, 4)),
            "kdf_r": Field(cost[1], ByteRun(at + 292, 4)),
            "kdf_p": Field(cost[2], ByteRun(at + 296, 4)),
            "kdf_salt": Field(head[256:288].hex(), ByteRun(at + 256, 32)),
            "octets": Field(size, ByteRun(at + 512, 4)),
            "hash_export": Field(export, ByteRun(at + 256, 256)),
        }
        yield finding(
            self,
            layer,
            at,
            length,
            grade=Grade.C3 if holds else Grade.C2,
            value=Absent.ENCRYPTED,
            checks=(
                Check("SHA-256 of the body", Outcome.PASS if holds else Outcome.FAIL, 256),
                Check("magic and tag", Outcome.PASS, 64),
            ),
            fields=fields,
            caveats=tuple(caveats),
            sensitivity=Sensitivity.PERSONAL,
        )


def _names(data: bytes) -> list[str]:
    """Texts with their length before them, up to a length of zero."""
    found: list[str] = []
    at = 0
    while at < len(data) and data[at] and len(found) < 4:
        found.append(data[at + 1 : at + 1 + data[at]].decode("ascii", "replace"))
        at += 1 + data[at]
    return found


DETECTOR: Detector = Exodus()

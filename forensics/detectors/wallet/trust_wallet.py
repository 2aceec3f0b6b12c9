r"""The salt of Trust Wallet, a browser extension: without it no wallet of this program opens.

| record | value |
|---|---|
| `trust:pbkdf2` | `salt`: 0x and hexadecimal, an object as a text |
| `trust:vault` | `data`, `iv`, `salt`: AES-256-GCM, in the form of MetaMask's vaults, a finding of that kind |
| one for each wallet | `crypto`, `type`, `activeAccounts`: a keystore, a finding of that kind, and its addresses in clear |

The password of vault and wallets is 0x and the hexadecimal text of PBKDF2-SHA-512 of the user's password, 20,000
rounds, 512 octets; so `open-wallet` on these takes the salts beside them. Older versions have no such record and
take the password itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.wallet._escaped import QUOTE, escaped_object
from forensics.detectors.wallet._objects import string
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Outcome, Sensitivity

ROUNDS, SIZE = 20_000, 512
_OPENS = re.compile(rb"\{" + QUOTE + rb"salt" + QUOTE)
_SALT = re.compile(r"0x([0-9a-f]{32,128})")
_IN_TEXT = re.compile(rb"salt\\{0,7}\"\s{0,2}:\s{0,2}\\{0,7}\"0x([0-9a-f]{32,128})\\{0,7}\"")

_RECORD = b'"{\\"salt\\":\\"0x' + bytes(range(32)).hex().encode() + b'\\"}"'
_HAND = "by hand, in the form of Trust Wallet's records"


class TrustWallet:
    """One record of a salt."""

    kind: ClassVar[str] = "wallet/trust_wallet"
    title: ClassVar[str] = "Trust Wallet salt"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\{\\{0,7}\"salt\\{0,7}\"\s{0,2}:\s{0,2}\\{0,7}\"0x[0-9a-f]{32}"),
    )
    references: ClassVar[tuple[str, ...]] = ("Trust Wallet browser extension: trust:pbkdf2",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a text", _RECORD, ("none stored",), _HAND),
        Specimen("an object", _RECORD.replace(b"\\", b"").strip(b'"'), ("none stored",), _HAND),
        Specimen("cut off", _RECORD[:-6], None, _HAND + ", cut"),
        Specimen("odd digits", _RECORD.replace(b"0x0", b"0x"), None, _HAND + ", changed"),
        Specimen("look-alike: more members", _RECORD.replace(b'\\"}', b'\\",\\"n\\":1}'), None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The object whose salt's first digits end at `at`."""
        found = escaped_object(layer, at, _OPENS)
        if found is None:
            return
        value, start, length = found
        match = _SALT.fullmatch(string(value.get("salt"), 200))
        if len(value) != 1 or match is None or len(match[1]) % 2:
            return
        span = ByteRun(start, length)
        yield finding(
            self,
            layer,
            start,
            length,
            grade=Grade.C1,
            value=Absent.NONE_STORED,
            checks=(Check("one salt, written as this program does", Outcome.PASS, 30),),
            fields={
                "kdf": Field("pbkdf2-sha512", span),
                "kdf_rounds": Field(ROUNDS),
                "kdf_salt": Field(match[1], span),
            },
            caveats=("The salt alone: vault and wallets are findings of their own, which open with it.",),
            sensitivity=Sensitivity.PERSONAL,
        )


def passwords(secret: bytes, beside: bytes) -> list[bytes]:
    """What Trust Wallet makes of a password with each salt that stands in `beside`, at most 20."""
    salts = list(dict.fromkeys(_IN_TEXT.findall(beside)))[:20]
    return [
        b"0x" + hashlib.pbkdf2_hmac("sha512", secret, bytes.fromhex(each.decode()), ROUNDS, SIZE).hex().encode()
        for each in salts
        if len(each) % 2 == 0
    ]


DETECTOR: Detector = TrustWallet()

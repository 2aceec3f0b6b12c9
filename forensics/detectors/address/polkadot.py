"""Addresses of Polkadot, Kusama and other Substrate chains (SS58).

| bytes | content                                                             |
|-------|---------------------------------------------------------------------|
| 0     | network: 0 Polkadot, 2 Kusama, 42 any Substrate chain               |
| 1-32  | public key of the account                                           |
| 33-34 | BLAKE2b-512 of `SS58PRE` and what stands before: its first two bytes |

Base58: 47 or 48 characters. Sixteen bits of checksum are few, so the grade is C1. Other networks are not looked for.

Not recorded: whose account it is, and its payments. The same key has an address in every network.
"""

from __future__ import annotations

import hashlib
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import Field, Grade
from forensics.primitives import base58
from forensics.primitives.published import judged

_VECTOR = b"13hJFqnkqQbmgnGQteGntjMjTdmTBRE8Z93JqxsrpgT7Yjd2"
_ALICE = b"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
_NETWORKS = {0: ("DOT", "Polkadot"), 2: ("KSM", "Kusama"), 42: ("any", "Substrate")}
CHECK_BITS = 16


class PolkadotAddress(WordDetector):
    """One address."""

    kind = "address/polkadot"
    title = "Polkadot or Substrate address"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\b[15C-HJ][1-9A-HJ-NP-Za-km-z]{46,47}\b"),)
    references: ClassVar[tuple[str, ...]] = ("Substrate documentation: SS58 address format",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("Polkadot", _VECTOR, (_VECTOR.decode(),), "wallet-core tests"),
        Specimen("of any chain", b"pay " + _ALICE + b" now", (_ALICE.decode(),), "Substrate's key of Alice"),
        Specimen("truncated", _VECTOR[:-1], None, "made by hand"),
        Specimen("wrong checksum", _VECTOR[:-1] + b"3", None, "made by hand"),
        Specimen("look-alike: base58", b"1" * 48, None, "made by hand"),
    )
    shortest, longest = 47, 48

    def accept(self, word: bytes) -> Accepted | None:
        """Validate by checksum and network."""
        data = base58.decode(word)
        if data is None or len(data) != 35 or data[0] not in _NETWORKS:
            return None
        if hashlib.blake2b(b"SS58PRE" + data[:33]).digest()[:2] != data[33:]:
            return None
        value = word.decode("ascii")
        grade, caveats = judged(value, Grade.C1)
        coin, network = _NETWORKS[data[0]]
        fields = {
            "coin": Field(coin),
            "network": Field(network),
            "type": Field("account"),
            "key": Field(data[1:33].hex()),
        }
        return Accepted(value, grade, (passed("blake2b-512", CHECK_BITS),), fields, caveats=caveats)


DETECTOR: Detector = PolkadotAddress()

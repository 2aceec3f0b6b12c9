"""Algorand addresses.

| bytes | content                                             |
|-------|-----------------------------------------------------|
| 0-31  | the public key, or a digest of a contract           |
| 32-35 | the last four bytes of SHA-512/256 of these         |

Base32 without padding: 58 characters.

Not recorded: whose address it is, and its payments.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import Field, Grade
from forensics.primitives.published import judged

_VECTOR = b"HXIWBVQGOO6ZWE5NYJO22XMYRUGZ6TGNX2K2EERPT3ZIWPHE5CLJGB2GEA"
CHECK_BITS = 32


class AlgorandAddress(WordDetector):
    """One address."""

    kind = "address/algorand"
    title = "Algorand address"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\b[A-Z2-7]{58}\b"),)
    references: ClassVar[tuple[str, ...]] = (
        "Algorand developer documentation, accounts: transformation of a public key",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("an address", _VECTOR, (_VECTOR.decode(),), "wallet-core tests"),
        Specimen("within JSON", b'{"rcv":"' + _VECTOR + b'"}', (_VECTOR.decode(),), "wallet-core tests"),
        Specimen("truncated", _VECTOR[:-1], None, "made by hand"),
        Specimen("wrong checksum", _VECTOR.replace(b"HXI", b"HXJ"), None, "made by hand"),
        Specimen("look-alike: base32", b"A" * 58, None, "made by hand"),
    )
    shortest = longest = 58

    def accept(self, word: bytes) -> Accepted | None:
        """Validate by the checksum."""
        try:
            data = base64.b32decode(word + b"======")
        except binascii.Error:
            return None
        if base64.b32encode(data).rstrip(b"=") != word:
            return None
        if hashlib.new("sha512_256", data[:32]).digest()[-4:] != data[32:]:
            return None
        value = word.decode("ascii")
        grade, caveats = judged(value, Grade.C2)
        fields = {"coin": Field("ALGO"), "network": Field("any"), "key": Field(data[:32].hex())}
        return Accepted(value, grade, (passed("sha-512/256", CHECK_BITS),), fields, caveats=caveats)


DETECTOR: Detector = AlgorandAddress()

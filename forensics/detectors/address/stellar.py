"""Stellar accounts.

| bytes | content                                              |
|-------|------------------------------------------------------|
| 0     | 0x30: an account                                     |
| 1-32  | the public key, a point of edwards25519              |
| 33-34 | CRC-16/XMODEM of what stands before, little-endian   |

Base32 without padding: 56 characters, the first `G`. Checksum, version and point are 24 bits together.

Not recorded: whose account it is, its memo (often the customer of an exchange), payments.
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import Field, Grade
from forensics.primitives import strkey
from forensics.primitives.ed25519_point import is_point
from forensics.primitives.published import judged


class StellarAccount(WordDetector):
    """One account."""

    kind = "address/stellar"
    title = "Stellar account"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\b[GS][A-D][A-Z2-7]{54}\b"),)
    references: ClassVar[tuple[str, ...]] = ("SEP-23 Strkeys",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen(
            "an account",
            b"GAB6EDWGWSRZUYUYCWXAFQFBHE5ZEJPDXCIMVZC3LH2C7IU35FTI2NOQ",
            ("GAB6EDWGWSRZUYUYCWXAFQFBHE5ZEJPDXCIMVZC3LH2C7IU35FTI2NOQ",),
            "wallet-core tests",
        ),
        Specimen(
            "another, in a URI",
            b"web+stellar:pay?destination=GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ&amount=20",
            ("GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ",),
            "SEP-23",
        ),
        Specimen("truncated", b"GAB6EDWGWSRZUYUYCWXAFQFBHE5ZEJPDXCIMVZC3LH2C7IU35FTI2NO", None, "made by hand"),
        Specimen("wrong checksum", b"GAB6EDWGWSRZUYUYCWXAFQFBHE5ZEJPDXCIMVZC3LH2C7IU35FTI2NOR", None, "made by hand"),
        Specimen(
            "look-alike: base32", b"GAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", None, "made by hand"
        ),
    )
    shortest = longest = 56

    def accept(self, word: bytes) -> Accepted | None:
        """Validate by checksum, version and point."""
        read = strkey.decode(word)
        if read is None or read[0] != strkey.ACCOUNT or len(read[1]) != 32 or not is_point(read[1]):
            return None
        value = word.decode("ascii")
        grade, caveats = judged(value, Grade.C2)
        checks = (passed("crc-16", strkey.CHECK_BITS), passed("version", 8), passed("point of edwards25519", 1))
        fields = {"coin": Field("XLM"), "network": Field("any"), "type": Field("account"), "key": Field(read[1].hex())}
        return Accepted(value, grade, checks, fields, caveats=caveats)


DETECTOR: Detector = StellarAccount()

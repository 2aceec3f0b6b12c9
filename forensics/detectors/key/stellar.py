"""Secret seeds of Stellar accounts.

| bytes | content                                              |
|-------|------------------------------------------------------|
| 0     | 0x90: a secret seed                                  |
| 1-32  | the seed of an ed25519 key                           |
| 33-34 | CRC-16/XMODEM of what stands before, little-endian   |

Base32 without padding: 56 characters, the first `S`. Checksum and version are 24 bits together.

Not recorded: payments and memo. The account named here is derived by this program.
"""

from __future__ import annotations

from typing import ClassVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import Field, Grade, Link, Secret
from forensics.primitives import strkey
from forensics.primitives.published import judged

VARIETY = 12  # distinct bytes; 32 random ones have fewer once in 10**9


class StellarSecret(WordDetector):
    """One secret seed."""

    kind = "key/stellar"
    title = "Secret seed of a Stellar account"
    version = 1
    # The same expression as the accounts': equal ones are compiled once.
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\b[GS][A-D][A-Z2-7]{54}\b"),)
    references: ClassVar[tuple[str, ...]] = ("SEP-23 Strkeys",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen(
            "a secret seed",
            b"SDJHRQF4GCMIIKAAAQ6IHY42X73FQFLHUULAPSKKD4DFDM7UXWWCRHBE",
            ("SDJHRQF4GCMIIKAAAQ6IHY42X73FQFLHUULAPSKKD4DFDM7UXWWCRHBE",),
            "Stellar's tests of its JavaScript library",
        ),
        Specimen("truncated", b"SDJHRQF4GCMIIKAAAQ6IHY42X73FQFLHUULAPSKKD4DFDM7UXWWCRHB", None, "made by hand"),
        Specimen("wrong checksum", b"SDJHRQF4GCMIIKAAAQ6IHY42X73FQFLHUULAPSKKD4DFDM7UXWWCRHBA", None, "made by hand"),
        Specimen(
            "look-alike: an account",
            b"GAB6EDWGWSRZUYUYCWXAFQFBHE5ZEJPDXCIMVZC3LH2C7IU35FTI2NOQ",
            None,
            "wallet-core tests",
        ),
    )
    shortest = longest = 56

    def accept(self, word: bytes) -> Accepted | None:
        """Validate by checksum, version and variety."""
        read = strkey.decode(word)
        if read is None or read[0] != strkey.SECRET or len(read[1]) != 32 or len(set(read[1])) < VARIETY:
            return None
        account = strkey.encode(
            strkey.ACCOUNT, Ed25519PrivateKey.from_private_bytes(read[1]).public_key().public_bytes_raw()
        )
        value = word.decode("ascii")
        grade, caveats = judged(value, Grade.C2)
        return Accepted(
            Secret(value),
            grade,
            (passed("crc-16", strkey.CHECK_BITS), passed("version", 8)),
            {"coin": Field("XLM"), "account": Field(account)},
            links=(Link("DERIVES", "address/stellar", account),),
            caveats=caveats,
        )


DETECTOR: Detector = StellarSecret()

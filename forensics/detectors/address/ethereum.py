"""Addresses of Ethereum and of every network that took over its form.

| part    | characters | content                                                                   |
|---------|------------|---------------------------------------------------------------------------|
| prefix  | 2          | `0x`                                                                      |
| address | 40         | hexadecimal; the last 20 bytes of the Keccak-256 digest of a public key   |

The case of the letters may hold the EIP-55 checksum: one bit a letter, fifteen on average. Text all in
small letters carries none and is told from other 20-byte numbers by its variety alone; text all in
capitals is a hexadecimal number of something else far more often, and is refused.

Not recorded: which network (Ethereum, Polygon, BNB Smart Chain … share the form), whether it is a
person's account or a contract, and whose it is.
"""

from __future__ import annotations

import itertools
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import Check, Field, Grade, Outcome
from forensics.primitives import eip55
from forensics.primitives.published import judged

HEXADECIMAL = b"0123456789abcdefABCDEF"
STRONG = 10  # letters; one address in thirty has fewer
VARIETY = 8  # distinct digits; 40 random ones have fewer once in 10**9

NO_CHECKSUM = "all in small letters: carries no checksum, any 20-byte number looks like this"
FEW_LETTERS = "few letters: the checksum is weak"


class EthereumAddress(WordDetector):
    """One address with its prefix."""

    kind = "address/ethereum"
    title = "Ethereum address"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\b0x[0-9a-fA-F]{40}\b"),)
    references: ClassVar[tuple[str, ...]] = (
        "ERC-55 Mixed-case checksum address encoding",
        "Ethereum Yellow Paper, section 7 (addresses)",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen(
            "checksummed",
            b"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",),
            "ERC-55",
        ),
        Specimen(
            "in a URI",
            b"ethereum:0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359@1",
            ("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",),
            "ERC-55",
        ),
        Specimen(
            "small letters",
            b"0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",),
            "ERC-55, made by hand",
        ),
        Specimen("truncated", b"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe", None, "made by hand"),
        Specimen("wrong checksum", b"0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", None, "made by hand"),
        Specimen("all capitals", b"0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED", None, "made by hand"),
        Specimen("look-alike: no variety", b"0x000000000000000000000000000000000000dead", None, "burn address"),
        Specimen("look-alike: counted up", b"0x0123456789abcdef0123456789abcdef01234567", None, "made by hand"),
        Specimen(
            "look-alike: 32 bytes",
            b"0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed5aaeb6053f3e94c9b9a09f33",
            None,
            "made by hand",
        ),
    )
    shortest = 42
    longest = 42

    def accept(self, word: bytes) -> Accepted | None:
        """Ask for the EIP-55 case, or for small letters and variety."""
        digits = word[2:]
        if digits.translate(None, HEXADECIMAL):
            return None
        lower = digits.lower()
        strength = eip55.letters(lower)
        if word[:2] != b"0x" or not strength or len(set(lower)) < VARIETY:
            return None
        right = eip55.checksummed(lower)
        if digits == right:
            check = passed("eip-55", strength)
            grade = Grade.C2 if strength >= STRONG else Grade.C1
            caveats: tuple[str, ...] = () if strength >= STRONG else (FEW_LETTERS,)
        elif digits == lower and not _counted(lower):
            check = Check("eip-55", Outcome.NOT_APPLICABLE, 0)
            grade, caveats = Grade.C1, (NO_CHECKSUM,)
        else:
            return None
        value = "0x" + right.decode("ascii")
        grade, caveats = judged(value, grade, *caveats)
        return Accepted(
            value,
            grade,
            (check,),
            {"coin": Field("ETH"), "network": Field("any EVM network"), "type": Field("account or contract")},
            caveats=caveats,
        )


def _counted(digits: bytes) -> bool:
    """Whether most digits follow their neighbour by one: fillers and examples."""
    values = [int(chr(char), 16) for char in digits]
    steps = sum(after - before in (1, -15) for before, after in itertools.pairwise(values))
    return 2 * steps > len(values)


DETECTOR: Detector = EthereumAddress()

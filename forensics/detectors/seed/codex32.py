"""Seeds and their shares in codex32 (BIP-93), made to be checked by hand.

| part       | content                                                          |
|------------|------------------------------------------------------------------|
| `ms1`      | the mark                                                         |
| 1 digit    | shares needed: 0 where it is not divided, or 2 to 9              |
| 4 symbols  | identifier, equal in all shares of a seed                        |
| 1 symbol   | index of the share; `s` is the seed itself                       |
| 26 to 103  | the payload                                                      |
| 13 (15)    | checksum; the longer one where there are more than 93 characters |

Written in small letters or in capitals.

Not recorded: coin, wallet, date, where the other shares are.
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import Field, Grade, Link, Secret
from forensics.primitives import codex32
from forensics.primitives.published import judged

_VECTOR = b"ms10testsxxxxxxxxxxxxxxxxxxxxxxxxxx4nzvca9cmczlw"
_SHARE = b"MS12NAMEA320ZYXWVUTSRQPNMLKJHGFEDCAXRPP870HKKQRM"


class Codex32(WordDetector):
    """One seed, or one share."""

    kind = "seed/codex32"
    title = "Seed, or share of a seed (codex32)"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\b(?i:ms1)[02-9][02-9ac-hj-np-zAC-HJ-NP-Z]{44,123}\b"),)
    references: ClassVar[tuple[str, ...]] = ("BIP-93 codex32",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a seed", _VECTOR, (_VECTOR.decode(),), "BIP-93, vector 1"),
        Specimen("a share, in capitals", _SHARE, (_SHARE.lower().decode(),), "BIP-93, vector 2"),
        Specimen("truncated", _VECTOR[:-1], None, "BIP-93, cut"),
        Specimen("wrong checksum", _VECTOR[:-1] + b"q", None, "BIP-93, changed"),
        Specimen("mixed case", _VECTOR.replace(b"test", b"TEST"), None, "BIP-93, changed"),
    )
    shortest, longest = 48, 127

    def accept(self, word: bytes) -> Accepted | None:
        """Validate by the checksum and the rules of threshold and index."""
        read = codex32.read(word)
        if read is None:
            return None
        value = word.lower().decode("ascii")
        grade, caveats = judged(value, Grade.C2)
        fields = {
            "identifier": Field(read.identifier),
            "members_needed": Field(read.threshold or 1),
            "member": Field(read.index),
            "type": Field("seed" if read.index == "s" else "share"),
        }
        links = () if read.index == "s" else (Link("SHARE_OF", "seed/codex32", read.identifier),)
        checks = (passed("codex32", read.check_bits),)
        return Accepted(Secret(value), grade, checks, fields, links=links, caveats=caveats)


DETECTOR: Detector = Codex32()

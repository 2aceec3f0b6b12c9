"""Nano accounts.

| characters | content                                                             |
|------------|---------------------------------------------------------------------|
| `nano_`    | or `xrb_`, from before the coin was renamed                         |
| 52         | four zero bits and the public key, five bits a character            |
| 8          | BLAKE2b of the key, 5 bytes, the last first                         |

Not recorded: whose account it is, its balance and its payments.
"""

from __future__ import annotations

import hashlib
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import Field, Grade
from forensics.primitives.published import judged

_ALPHABET = b"13456789abcdefghijkmnopqrstuwxyz"
_VECTOR = b"nano_3t6k35gi95xu6tergt6p69ck76ogmitsa8mnijtpxm9fkcm736xtoncuohr3"
CHECK_BITS = 40


class NanoAccount(WordDetector):
    """One account."""

    kind = "address/nano"
    title = "Nano account"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\b(?:nano|xrb)_[13][13-9a-km-uw-z]{59}\b"),)
    references: ClassVar[tuple[str, ...]] = (
        "Nano documentation: integration guides, the basics, account public address",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("an account", _VECTOR, (_VECTOR.decode(),), "Nano documentation, genesis account"),
        Specimen(
            "by the old name, in a URI",
            b"nano:xrb_" + _VECTOR[5:] + b"?amount=1",
            ("xrb_" + _VECTOR[5:].decode(),),
            "the same, by its old prefix",
        ),
        Specimen("truncated", _VECTOR[:-1], None, "made by hand"),
        Specimen("wrong checksum", _VECTOR[:-1] + b"1", None, "made by hand"),
        Specimen("look-alike: a file name", b"nano_" + b"1" * 60, None, "made by hand"),
    )
    shortest, longest = 64, 65

    def accept(self, word: bytes) -> Accepted | None:
        """Validate by the checksum."""
        body = word.partition(b"_")[2]
        if len(body) != 60 or any(char not in _ALPHABET for char in body):
            return None
        number = 0
        for char in body:
            number = number << 5 | _ALPHABET.index(char)
        key = (number >> CHECK_BITS).to_bytes(33, "big")
        check = (number & (1 << CHECK_BITS) - 1).to_bytes(5, "little")
        if key[0] or hashlib.blake2b(key[1:], digest_size=5).digest() != check:
            return None
        value = word.decode("ascii")
        grade, caveats = judged(value, Grade.C2)
        fields = {
            "coin": Field("XNO"),
            "network": Field("mainnet"),
            "type": Field("account"),
            "key": Field(key[1:].hex()),
        }
        return Accepted(value, grade, (passed("blake2b-5", CHECK_BITS),), fields, caveats=caveats)


DETECTOR: Detector = NanoAccount()

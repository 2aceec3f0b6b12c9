"""What coins with Base58Check addresses have in common: a few version bytes and a HASH160.

One expression serves all of them: Hyperscan takes equal expressions as one, and several narrower ones
halve the speed of the whole set.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from forensics.detectors.base import Trigger, passed
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import Field, Grade
from forensics.primitives import base58
from forensics.primitives.published import judged

TRIGGER = Trigger(rb"\b[79ADLMTXrt][1-9A-HJ-NP-Za-km-z]{24,46}\b")


class Base58Coin(WordDetector):
    """Addresses of one coin: version bytes, then 20 bytes of a digest."""

    shortest = 25
    longest = 35
    coin: ClassVar[str]
    firsts: ClassVar[bytes]  # characters that addresses start with
    forms: ClassVar[Mapping[bytes, str]]  # version bytes to the kind of output
    remarks: ClassVar[tuple[str, ...]] = ()

    def accept(self, word: bytes) -> Accepted | None:
        """Validate by the checksum, the version and the length of the payload."""
        return self._base58(word) if word[0] in self.firsts else None

    def _base58(self, word: bytes) -> Accepted | None:
        if not 25 <= len(word) <= 35:
            return None
        payload = base58.decode_check(word)
        if payload is None or len(payload) < 21:
            return None
        form = self.forms.get(payload[:-20])
        if form is None:
            return None
        value = word.decode("ascii")
        grade, caveats = judged(value, Grade.C2, *self.remarks)
        return Accepted(
            value,
            grade,
            (passed("base58check", base58.CHECK_BITS),),
            {
                "coin": Field(self.coin),
                "network": Field("mainnet"),
                "type": Field(form),
                "hash160": Field(payload[-20:].hex()),
            },
            caveats=caveats,
        )

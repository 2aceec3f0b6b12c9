"""Addresses of TON (The Open Network), in the form for people.

| bytes | content                                                                     |
|-------|-----------------------------------------------------------------------------|
| 0     | 0x11: bounces what cannot be delivered, 0x51: does not; 0x80 for test only  |
| 1     | workchain: 0, or -1 for that of the validators                              |
| 2-33  | digest of the contract's first state                                        |
| 34-35 | CRC-16/XMODEM of what stands before, big-endian                             |

Base64, of either alphabet: 48 characters. Checksum, tag and workchain are 31 bits together. One contract has an
address of each tag; the raw form, `0:` and 64 hexadecimal digits, has no checksum and is not looked for.

Not recorded: whose contract it is, what it does, its payments.
"""

from __future__ import annotations

import base64
import binascii
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import WORD, Accepted, WordDetector
from forensics.model import Field, Grade
from forensics.primitives.published import judged

_VECTOR = b"EQCD39VS5jcptHL8vMjEXrzGaRcCVYto7HUn4bpAOg8xqB2N"
_TAGS = {0x11: "bounceable", 0x51: "not bounceable"}
_TEST = 0x80
_WORKCHAINS = {0: "basechain", 0xFF: "masterchain"}
CHECK_BITS = 16


class TonAddress(WordDetector):
    """One address."""

    kind = "address/ton"
    title = "TON address"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\b[EUk0][Qf][A-Za-z0-9_\-]{46}\b"),)
    references: ClassVar[tuple[str, ...]] = ("TEP-2 Addresses",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("an address", _VECTOR, (_VECTOR.decode(),), "TON documentation, a public contract"),
        Specimen("in a link", b"ton://transfer/" + _VECTOR + b"?amount=1", (_VECTOR.decode(),), "the same"),
        Specimen("truncated", _VECTOR[:-1], None, "made by hand"),
        Specimen("wrong checksum", _VECTOR[:-1] + b"M", None, "made by hand"),
        Specimen("look-alike: base64", b"EQ" + b"A" * 46, None, "made by hand"),
    )
    alphabet = WORD | frozenset(b"-")
    shortest = longest = 48

    def accept(self, word: bytes) -> Accepted | None:
        """Validate by checksum, tag and workchain."""
        data = base64.urlsafe_b64decode(word)
        if len(data) != 36:
            return None
        tag, workchain = _TAGS.get(data[0] & ~_TEST), _WORKCHAINS.get(data[1])
        if tag is None or workchain is None or binascii.crc_hqx(data[:34], 0) != int.from_bytes(data[34:], "big"):
            return None
        value = word.decode("ascii")
        grade, caveats = judged(value, Grade.C1 if data[0] & _TEST else Grade.C2)
        fields = {
            "coin": Field("TON"),
            "network": Field(f"{'test' if data[0] & _TEST else 'mainnet'}, {workchain}"),
            "type": Field(tag),
            "key": Field(data[2:34].hex()),
        }
        checks = (passed("crc-16", CHECK_BITS), passed("tag and workchain", 13))
        return Accepted(value, grade, checks, fields, caveats=caveats)


DETECTOR: Detector = TonAddress()

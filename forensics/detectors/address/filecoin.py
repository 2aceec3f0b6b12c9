"""Filecoin addresses.

| characters | content                                                                       |
|------------|-------------------------------------------------------------------------------|
| `f1`       | of a key of secp256k1: 20 bytes of digest                                     |
| `f2`       | of an actor: 20 bytes of digest                                               |
| `f3`       | a key of BLS: 48 bytes                                                        |
| rest       | the payload and BLAKE2b of kind and payload, 4 bytes; lower-case base32       |

`t` in place of `f` is a test network. Numbered addresses (`f0`) have no checksum and are not looked for.

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

_VECTOR = b"f12fiakbhe2gwd5cnmrenekasyn6v5tnaxaqizq6a"
_FORMS = {ord("1"): ("secp256k1", 20), ord("2"): ("actor", 20), ord("3"): ("bls", 48)}
CHECK_BITS = 32


class FilecoinAddress(WordDetector):
    """One address."""

    kind = "address/filecoin"
    title = "Filecoin address"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\bf[123][a-z2-7]{39}(?:[a-z2-7]{45})?\b"),)
    references: ClassVar[tuple[str, ...]] = ("Filecoin specification, appendix: address",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("of a key", _VECTOR, (_VECTOR.decode(),), "wallet-core tests"),
        Specimen("within JSON", b'{"to":"' + _VECTOR + b'"}', (_VECTOR.decode(),), "wallet-core tests"),
        Specimen("truncated", _VECTOR[:-1], None, "made by hand"),
        Specimen("wrong checksum", _VECTOR.replace(b"f12", b"f13"), None, "made by hand"),
        Specimen("look-alike: letters", b"f1" + b"a" * 39, None, "made by hand"),
    )
    shortest, longest = 41, 86

    def accept(self, word: bytes) -> Accepted | None:
        """Validate by the checksum."""
        form, size = _FORMS.get(word[1], ("", 0))
        body = word[2:].upper()
        try:
            data = base64.b32decode(body + b"=" * (-len(body) % 8))
        except binascii.Error:
            return None
        if len(data) != size + 4 or base64.b32encode(data).rstrip(b"=") != body or not word.islower():
            return None
        if hashlib.blake2b(bytes((word[1] - ord("0"),)) + data[:-4], digest_size=4).digest() != data[-4:]:
            return None
        value = word.decode("ascii")
        grade, caveats = judged(value, Grade.C2)
        fields = {"coin": Field("FIL"), "network": Field("mainnet"), "type": Field(form), "key": Field(data[:-4].hex())}
        return Accepted(value, grade, (passed("blake2b-4", CHECK_BITS),), fields, caveats=caveats)


DETECTOR: Detector = FilecoinAddress()

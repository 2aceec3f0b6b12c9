"""Addresses of I2P in base 32.

| letters   | content                                                                                   |
|-----------|-------------------------------------------------------------------------------------------|
| 52        | SHA-256 of a destination; the last letter has one bit: `a` or `q`                             |
| 56 and up | for an encrypted lease set: flags, kind of signature, kind of blinding, the public key;        |
|           | the first three octets mixed with the CRC-32 of the key, its lowest octet first                |

`.b32.i2p` follows. The short form has no checksum of its own; the hash stands in the network's database and in
address books (`i2p/address_book`) with the whole destination.

Not recorded: what is offered, and by whom. An address in a browser is a visit or a link, not an operator.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.i2p._destination import SIGNATURES
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import Field, Grade
from forensics.primitives.i2p_name import is_hash

_SUFFIX = b".b32.i2p"
_SHORT = b"udhdrtrcetjm5sxzskjyr5ztpeszydbh4dpl3pl4utgqqw2v4jna.b32.i2p"
_LONG = b"2n6urw2tof3rznaxoczu6re5bhopthripr3my2g7qtwwj2yzbcnafngq.b32.i2p"


class Name(WordDetector):
    """One address with its suffix."""

    kind = "i2p/name"
    title = "Address of I2P"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"(?i:[a-z2-7]{52}\.b32\.i2p)"),)
    references: ClassVar[tuple[str, ...]] = ("I2P, Naming and Address Book", "I2P, B32 for Encrypted Leasesets")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("of a destination", _SHORT, (_SHORT.decode(),), "Bitcoin Core, src/test/net_tests.cpp"),
        Specimen("in capitals, in a URL", b"http://" + _SHORT.upper() + b"/x", (_SHORT.decode(),), "the same"),
        Specimen("of an encrypted lease set", _LONG, (_LONG.decode(),), "i2pd 2.45.1"),
        Specimen("a wrong checksum", _LONG.replace(b"2n6u", b"2n6v"), None, "by hand, changed"),
        Specimen("truncated", _SHORT[1:], None, "by hand, cut"),
        Specimen("look-alike: bits behind the hash", _SHORT.replace(b"jna.", b"jnb."), None, "by hand, changed"),
        Specimen("look-alike: one letter", b"a" * 52 + b".b32.i2p", None, "by hand"),
    )
    alphabet = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz234567.")
    shortest = 60
    longest = 80

    def accept(self, word: bytes) -> Accepted | None:
        """Ask for the bits that must be zero, and the CRC of a long one."""
        word = word.lower()
        letters = word.removesuffix(_SUFFIX)
        if letters == word or b"." in letters or len(set(letters)) < 8:
            return None
        if len(letters) == 52:
            if not is_hash(letters):
                return None
            form, check, grade = "hash of a destination", passed("bits behind the hash", 4), Grade.C1
        elif _blinded(letters):
            form, check, grade = "key of an encrypted lease set", passed("CRC-32", 24), Grade.C2
        else:
            return None
        return Accepted(word.decode("ascii"), grade, (check, passed("suffix", 50)), {"form": Field(form)})


def _blinded(letters: bytes) -> bool:
    """Whether these are an address for an encrypted lease set."""
    try:
        data = base64.b32decode(letters.upper() + b"=" * (-len(letters) % 8))
    except binascii.Error:
        return False
    if len(data) < 35 or base64.b32encode(data).lower().rstrip(b"=") != letters:
        return False
    crc = zlib.crc32(data[3:])
    flags, kind, blinding = (octet ^ crc >> shift & 0xFF for octet, shift in zip(data, (0, 8, 16), strict=False))
    return (
        flags <= 7 and not flags & 1 and kind in SIGNATURES and blinding == 11 and len(data) == 3 + SIGNATURES[kind][1]
    )


DETECTOR: Detector = Name()

"""Polyseed: 16 words for a wallet of Monero, with the month it was made.

Each word is 11 bits, together a polynomial over GF(2^11) (modulus x^11 + x^2 + 1) that is 0 at 2 once the coin's
number is added to the second: so the first word is a checksum. Words 2 to 16 have 10 bits of the secret and 1 bit
more; these are 5 bits of features and 10 of the month, counted from November 2021. Facts: Polyseed's README and
its vectors. The English words are those of BIP-39.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forensics.primitives import bip39

LENGTH = 16
CHECK_BITS = 11
COINS = {0: "XMR", 1: "AEON", 2: "WOW"}
_EPOCH, _STEP = 1_635_768_000, 2_629_746  # seconds since 1970; a twelfth of a year
_BITS, _MODULUS = 11, 0x805
_ENCRYPTED = 16


@dataclass(frozen=True, slots=True)
class Polyseed:
    """What the words hold. `created` in seconds since 1970, exact to a month; `encrypted` with a passphrase."""

    coin: str
    secret: bytes  # 150 bits, in 19 bytes
    created: int
    features: int

    @property
    def encrypted(self) -> bool:
        """Whether a passphrase hides the secret."""
        return bool(self.features & _ENCRYPTED)


def read(phrase: Sequence[str]) -> Polyseed | None:
    """The seed, if all words are listed and the checksum holds for one of the coins."""
    if len(phrase) != LENGTH:
        return None
    listed = bip39.indices("english")
    found = [listed.get(word, -1) for word in phrase]
    if -1 in found:
        return None
    for number, coin in COINS.items():
        held = [found[0], found[1] ^ number, *found[2:]]
        if _at_two(held) == 0:
            return _told(held, coin)
    return None


def _at_two(coefficients: Sequence[int]) -> int:
    value = 0
    for each in reversed(coefficients):
        value <<= 1
        if value >> _BITS:
            value ^= _MODULUS
        value ^= each
    return value


def _told(held: Sequence[int], coin: str) -> Polyseed:
    bits = extra = 0
    for each in held[1:]:
        bits = bits << 10 | each >> 1
        extra = extra << 1 | each & 1
    # 18 bytes, and 6 bits that are the low ones of the last
    secret = (bits >> 6).to_bytes(18, "big") + bytes((bits & 0x3F,))
    return Polyseed(coin, secret, _EPOCH + (extra & 0x3FF) * _STEP, extra >> 10)

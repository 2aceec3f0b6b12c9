"""Seed phrases of Electrum before 2.0: 12 words (or 24) of a list of 1,626, three for four bytes, no checksum.

Facts: Electrum `old_mnemonic.py` (list and arithmetic) and `keystore.py` (stretching, derivation).
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping, Sequence
from importlib.resources import files

from forensics.primitives import base58, secp256k1
from forensics.primitives.hash160 import hash160

SIZE = 1626
LENGTHS = (12, 24)
_ROUNDS = 100_000


@functools.cache
def indices() -> Mapping[str, int]:
    """The number of each word."""
    text = (files("resources") / "words" / "electrum" / "old.txt").read_text("utf-8")
    return {word: number for number, word in enumerate(text.split())}


def seed(phrase: Sequence[str]) -> str | None:
    """The hexadecimal seed; None where a word is not listed or three of them stand for no four bytes."""
    numbers = [indices().get(word) for word in phrase]
    if len(phrase) not in LENGTHS or None in numbers:
        return None
    digits = ""
    for at in range(0, len(numbers), 3):
        first, second, third = (number or 0 for number in numbers[at : at + 3])
        value = first + SIZE * ((second - first) % SIZE) + SIZE * SIZE * ((third - second) % SIZE)
        if value >> 32:
            return None
        digits += f"{value:08x}"
    return digits


def phrase(digits: str) -> str:
    """The words of a hexadecimal seed, of 32 or 64 digits: what Electrum shows for it."""
    words = tuple(indices())
    out: list[str] = []
    for at in range(0, len(digits), 8):
        value = int(digits[at : at + 8], 16)
        first = value % SIZE
        second = (value // SIZE + first) % SIZE
        out += (words[first], words[second], words[(value // SIZE // SIZE + second) % SIZE])
    return " ".join(out)


def master_key(seed_digits: str) -> bytes | None:
    """The 64 bytes of the master public key."""
    text = seed_digits.encode()
    stretched = text
    for _ in range(_ROUNDS):
        stretched = hashlib.sha256(stretched + text).digest()
    return secp256k1.public_key(stretched, short=False)[1:] if secp256k1.is_private(stretched) else None


def address(master: bytes, number: int, *, change: bool = False) -> str | None:
    """An address of the chain; None for the rare numbers that give none."""
    text = f"{number}:{int(change)}:".encode() + master
    step = hashlib.sha256(hashlib.sha256(text).digest()).digest()
    start = secp256k1.point(b"\x04" + master)
    added = secp256k1.public_point(step) if secp256k1.is_private(step) else None
    at = secp256k1.added(start, added) if start and added else None
    if at is None:
        return None
    key = b"\x04" + at[0].to_bytes(32, "big") + at[1].to_bytes(32, "big")
    return base58.encode_check(b"\x00" + hash160(key))

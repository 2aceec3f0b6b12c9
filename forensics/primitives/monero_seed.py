"""Seed phrases of Monero: 24 words (or 12) of a list of 1,626 and one that is a checksum.

Facts: Monero `src/mnemonics/` (lists, prefix lengths, checksum, three words to four bytes) and
`src/cryptonote_basic/account.cpp` (keys). The checksum word is one of the phrase's own, at the place that
CRC-32 of the joined prefixes gives.
"""

from __future__ import annotations

import binascii
import functools
import unicodedata
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from Crypto.PublicKey import ECC

from forensics.primitives.cryptonote import encode_address
from forensics.primitives.keccak import keccak256

SIZE = 1626
PREFIXES = {
    "english": 3,
    "dutch": 4,
    "esperanto": 4,
    "french": 4,
    "german": 4,
    "italian": 4,
    "lojban": 4,
    "portuguese": 4,
    "russian": 4,
    "spanish": 4,
    "japanese": 3,
    "chinese_simplified": 1,
}
LENGTHS = (25, 13)
CHECK_BITS = 10  # the word must be one of 1,626, and is one of the phrase
_ORDER = 2**252 + 27742317777372353535851937790883648493
_MAINNET = 18


def composed(word: str) -> str:
    """Small letters, in normal form NFC as the lists are."""
    return unicodedata.normalize("NFC", word.lower())


@functools.cache
def words(language: str) -> tuple[str, ...]:
    """The list of a language in its order."""
    text = (files("resources") / "words" / "monero" / f"{language}.txt").read_text("utf-8")
    return tuple(unicodedata.normalize("NFC", line) for line in text.split())


@functools.cache
def prefixes(language: str) -> Mapping[str, int]:
    """The number of each word by its first letters, which are its own."""
    length = PREFIXES[language]
    return {composed(word)[:length]: number for number, word in enumerate(words(language))}


def seed(phrase: Sequence[str], language: str) -> bytes | None:
    """The 32 bytes (or 16) of a phrase; None where a word is not listed or the checksum is another word."""
    if len(phrase) not in LENGTHS:
        return None
    length, known = PREFIXES[language], prefixes(language)
    short = [composed(word)[:length] for word in phrase]
    numbers = [known.get(each) for each in short]
    if None in numbers:
        return None
    listed = words(language)
    stored = [listed[number or 0][:length] for number in numbers]  # German capitals count
    body = stored[:-1]
    if stored[-1] != body[binascii.crc32("".join(body).encode()) % len(body)]:
        return None
    data = bytearray()
    for at in range(0, len(body), 3):
        first, second, third = (number or 0 for number in numbers[at : at + 3])
        value = first + SIZE * ((second - first) % SIZE) + SIZE * SIZE * ((third - second) % SIZE)
        if value >> 32:
            return None
        data += value.to_bytes(4, "little")
    return bytes(data)


def phrase(secret: bytes, language: str) -> str:
    """The words of 32 bytes, with their checksum."""
    listed, told = words(language), []
    for at in range(0, len(secret), 4):
        value = int.from_bytes(secret[at : at + 4], "little")
        first = value % SIZE
        second = (value // SIZE + first) % SIZE
        told += [listed[first], listed[second], listed[(value // SIZE // SIZE + second) % SIZE]]
    short = "".join(word[: PREFIXES[language]] for word in told)
    told.append(told[binascii.crc32(short.encode()) % len(told)])
    return " ".join(told)


def public(secret: bytes) -> bytes:
    """The encoded point of a secret scalar, 32 bytes little-endian."""
    at = int.from_bytes(secret, "little") * _base()
    x, y = int(at.x), int(at.y)
    return (y | (x & 1) << 255).to_bytes(32, "little")


@functools.cache
def _base() -> Any:
    return ECC.EccPoint(  # type: ignore[attr-defined]
        15112221349535400772501151409588531511454012693041857206046113283949847762202,
        46316835694926478169428394003475163141307993866256225615783033603165251855960,
        curve="Ed25519",
    )


def reduced(data: bytes) -> bytes:
    """32 bytes as a scalar."""
    return (int.from_bytes(data, "little") % _ORDER).to_bytes(32, "little")


def address(secret: bytes, tag: int = _MAINNET) -> str:
    """The primary address of the 32 bytes of a seed."""
    spend = reduced(secret)
    view = reduced(keccak256(spend))
    return encode_address(tag, public(spend) + public(view))

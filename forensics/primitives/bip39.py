"""BIP-39 seed phrases: ten word lists, eleven bits a word, and a short checksum.

Facts: BIP-39 and its word lists (`resources/words/bip39`), vectors of python-mnemonic. The checksum is
entropy length / 32 bits of SHA-256, so one in sixteen random phrases of twelve listed words passes.
"""

from __future__ import annotations

import functools
import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from importlib.resources import files

LANGUAGES = (
    "english",
    "japanese",
    "korean",
    "spanish",
    "chinese_simplified",
    "chinese_traditional",
    "french",
    "italian",
    "czech",
    "portuguese",
)
LENGTHS = (12, 15, 18, 21, 24)
SIZE = 2048


@functools.cache
def words(language: str) -> tuple[str, ...]:
    """The list of a language in its order, in normal form NFKD."""
    text = (files("resources") / "words" / "bip39" / f"{language}.txt").read_text("utf-8")
    return tuple(unicodedata.normalize("NFKD", text).split())


@functools.cache
def indices(language: str) -> Mapping[str, int]:
    """The number of each word of a language, from 0."""
    return {word: number for number, word in enumerate(words(language))}


def check_bits(count: int) -> int:
    """The strength of the checksum of a phrase of `count` words."""
    return count // 3


def entropy(numbers: Sequence[int]) -> bytes | None:
    """The entropy of word numbers; None where their count is not allowed or the checksum fails."""
    if len(numbers) not in LENGTHS:
        return None
    joined = 0
    for number in numbers:
        joined = joined << 11 | number
    bits = check_bits(len(numbers))
    data = (joined >> bits).to_bytes(4 * bits, "big")
    return data if hashlib.sha256(data).digest()[0] >> 8 - bits == joined & (1 << bits) - 1 else None


def numbers(phrase: Sequence[str], language: str) -> tuple[int, ...] | None:
    """The numbers of the words in a language; None where one is not of its list."""
    known = indices(language)
    found = [known.get(unicodedata.normalize("NFKD", word)) for word in phrase]
    return None if None in found else tuple(number for number in found if number is not None)


def languages(phrase: Sequence[str]) -> dict[str, bytes]:
    """Every language in which a phrase is valid, with the entropy there. Lists share words."""
    valid = {}
    for language in LANGUAGES:
        found = numbers(phrase, language)
        data = None if found is None else entropy(found)
        if data is not None:
            valid[language] = data
    return valid


def phrase(data: bytes, language: str = "english") -> tuple[str, ...]:
    """The words of 16, 20, 24, 28 or 32 bytes of entropy.

    Raises:
        ValueError: another length.
    """
    bits = len(data) // 4
    if 3 * bits not in LENGTHS or len(data) % 4:
        raise ValueError("entropy is 16 to 32 bytes, in steps of 4")
    joined = int.from_bytes(data, "big") << bits | hashlib.sha256(data).digest()[0] >> 8 - bits
    listed = words(language)
    return tuple(listed[joined >> 11 * place & SIZE - 1] for place in range(3 * bits - 1, -1, -1))


def seed(sentence: str, passphrase: str = "") -> bytes:
    """The 64 bytes that keys derive from; any sentence gives some."""
    return hashlib.pbkdf2_hmac(
        "sha512",
        unicodedata.normalize("NFKD", sentence).encode(),
        unicodedata.normalize("NFKD", "mnemonic" + passphrase).encode(),
        2048,
    )

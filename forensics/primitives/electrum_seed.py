"""Electrum seed phrases: the version is a prefix of a keyed digest, not of the text.

Facts: Electrum documentation "Electrum Seed Version System" and `electrum/mnemonic.py` (normal form).
Any word list serves; the digest's first hexadecimal digits are found by trying phrases.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

# prefix of the hexadecimal digest → meaning, and its strength in bits
VERSIONS = {
    "01": ("standard", 8),
    "100": ("segwit", 12),
    "101": ("2fa", 12),
    "102": ("2fa segwit", 12),
}

# Blocks whose words are written without spaces: CJK ideographs and their extensions, kana, hangul.
_CJK = (
    (0x2E80, 0x2FDF),
    (0x3000, 0x30FF),
    (0x3100, 0x33FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xA000, 0xA4CF),
    (0xAC00, 0xD7AF),
    (0xF900, 0xFAFF),
    (0xFF00, 0xFFEF),
    (0x1B000, 0x1B0FF),
    (0x20000, 0x2FA1F),
)


def _is_cjk(char: str) -> bool:
    number = ord(char)
    return any(first <= number <= last for first, last in _CJK)


def normal(sentence: str) -> str:
    """NFKD, small letters, no accents, one space between words and none between CJK characters."""
    text = unicodedata.normalize("NFKD", sentence).lower()
    text = "".join(char for char in text if not unicodedata.combining(char))
    words = text.split()
    joined: list[str] = []
    for word in words:
        if joined and not (_is_cjk(joined[-1][-1]) and _is_cjk(word[0])):
            joined.append(" ")
        joined.append(word)
    return "".join(joined)


def binary(sentence: str) -> bytes:
    """The 64 bytes that master keys follow from, with no passphrase (`mnemonic_to_seed`)."""
    return hashlib.pbkdf2_hmac("sha512", normal(sentence).encode(), b"electrum", 2048)


def prefix(sentence: str) -> str | None:
    """Which of `VERSIONS` a phrase has; None where it has none."""
    text = normal(sentence)
    digest = hmac.digest(b"Seed version", text.encode(), hashlib.sha512).hex()
    for start in VERSIONS:
        if digest.startswith(start):
            count = len(text.split(" "))
            return None if start == "101" and count != 12 and count < 20 else start
    return None

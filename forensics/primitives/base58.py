"""Base58 and Base58Check.

Facts: Bitcoin Core `base58.cpp` and `key_io_valid.json` (vectors); XRP Ledger documentation, "base58
encodings" (its alphabet). Both use the first four bytes of a double SHA-256 as the checksum.
"""

from __future__ import annotations

import hashlib

BITCOIN = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
RIPPLE = b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"

CHECK_BITS = 32

_STEP = 10  # 58**10 still fits a machine word
_INVALID = 255


def _table(alphabet: bytes) -> bytes:
    table = bytearray([_INVALID]) * 256
    for value, char in enumerate(alphabet):
        table[char] = value
    return bytes(table)


_TABLES = {BITCOIN: _table(BITCOIN), RIPPLE: _table(RIPPLE)}


def decode(text: bytes, alphabet: bytes = BITCOIN) -> bytes | None:
    """The bytes that `text` stands for; None where a character is not of the alphabet."""
    digits = text.translate(_TABLES.get(alphabet) or _table(alphabet))
    if _INVALID in digits:
        return None
    number = 0
    for start in range(0, len(digits), _STEP):
        part = 0
        chunk = digits[start : start + _STEP]
        for digit in chunk:
            part = part * 58 + digit
        number = number * 58 ** len(chunk) + part
    zeros = len(digits) - len(digits.lstrip(b"\0"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def encode(data: bytes, alphabet: bytes = BITCOIN) -> str:
    """The text of `data`; each leading zero byte is one leading first character."""
    number = int.from_bytes(data, "big")
    digits = bytearray()
    while number:
        number, digit = divmod(number, 58)
        digits.append(alphabet[digit])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return (alphabet[:1] * zeros + bytes(reversed(digits))).decode("ascii")


def _check(payload: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]


def decode_check(text: bytes, alphabet: bytes = BITCOIN) -> bytes | None:
    """The payload in front of the four checksum bytes; None where the checksum does not hold."""
    data = decode(text, alphabet)
    if data is None or len(data) < 5 or _check(data[:-4]) != data[-4:]:
        return None
    return data[:-4]


def encode_check(payload: bytes, alphabet: bytes = BITCOIN) -> str:
    """The text of `payload` and its checksum."""
    return encode(payload + _check(payload), alphabet)

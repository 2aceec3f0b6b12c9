"""CryptoNote addresses: base58 in blocks, a network tag and four bytes of Keccak-256.

Facts: Monero `src/common/base58.cpp` (block sizes) and `src/cryptonote_config.h` (tags). Eight bytes
become eleven characters, on their own; so a block can be refused before the rest is read.
"""

from __future__ import annotations

from dataclasses import dataclass

from forensics.primitives.base58 import BITCOIN
from forensics.primitives.keccak import keccak256

CHECK_BITS = 32

# tag → network, form; the only bodies are two keys (64) or two keys and a payment id (72).
MONERO_TAGS = {
    18: ("mainnet", "standard"),
    19: ("mainnet", "integrated"),
    42: ("mainnet", "subaddress"),
    53: ("testnet", "standard"),
    54: ("testnet", "integrated"),
    63: ("testnet", "subaddress"),
    24: ("stagenet", "standard"),
    25: ("stagenet", "integrated"),
    36: ("stagenet", "subaddress"),
}

_BLOCK = 8
_WIDTHS = (0, 2, 3, 5, 6, 7, 9, 10, 11)  # characters for a block of so many bytes
_LENGTHS = {width: length for length, width in enumerate(_WIDTHS)}
_DIGITS = {char: value for value, char in enumerate(BITCOIN)}


@dataclass(frozen=True, slots=True)
class Address:
    """What an address holds: the tag, and the bytes between it and the checksum."""

    tag: int
    body: bytes


def decode(text: bytes) -> bytes | None:
    """The bytes of block-wise base58; None where a character is foreign or a block too large."""
    data = bytearray()
    for start in range(0, len(text), _WIDTHS[_BLOCK]):
        block = text[start : start + _WIDTHS[_BLOCK]]
        length = _LENGTHS.get(len(block))
        if length is None:
            return None
        number = 0
        for char in block:
            digit = _DIGITS.get(char)
            if digit is None:
                return None
            number = number * 58 + digit
        if number >> 8 * length:
            return None
        data += number.to_bytes(length, "big")
    return bytes(data)


def encode(data: bytes) -> str:
    """The block-wise base58 text of `data`."""
    text = bytearray()
    for start in range(0, len(data), _BLOCK):
        block = data[start : start + _BLOCK]
        number = int.from_bytes(block, "big")
        part = bytearray()
        for _ in range(_WIDTHS[len(block)]):
            number, digit = divmod(number, 58)
            part.append(BITCOIN[digit])
        text += part[::-1]
    return text.decode("ascii")


def decode_address(text: bytes) -> Address | None:
    """Read an address; None where its checksum does not hold. Points and tags are the caller's to judge."""
    data = decode(text)
    if data is None or len(data) < 6 or keccak256(data[:-4])[:4] != data[-4:]:
        return None
    tag = shift = 0
    for place, byte in enumerate(data[:5]):
        tag |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return Address(tag, data[place + 1 : -4])
    return None


def encode_address(tag: int, body: bytes) -> str:
    """The address of a one-byte tag and a body."""
    data = bytes((tag,)) + body
    return encode(data + keccak256(data)[:4])

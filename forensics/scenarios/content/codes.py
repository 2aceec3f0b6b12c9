"""Text forms with checksums, made and not checked: Base58, Bech32, CryptoNote Base58, EIP-55, onion, CRC-24.

Deliberately independent of the code that validates them, so that each can test the other.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from Crypto.Hash import keccak

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CRYPTONOTE_SIZES = (0, 2, 3, 5, 6, 7, 9, 10, 11)


def sha256d(data: bytes) -> bytes:
    """SHA-256 twice."""
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def hash160(data: bytes) -> bytes:
    """RIPEMD-160 of SHA-256."""
    from Crypto.Hash import RIPEMD160  # noqa: PLC0415 - hashlib may lack it

    return RIPEMD160.new(hashlib.sha256(data).digest()).digest()


def keccak256(data: bytes) -> bytes:
    """Keccak-256 with the original padding."""
    return keccak.new(digest_bits=256, data=data).digest()


def base58(data: bytes) -> str:
    """Base58 with a `1` for each leading zero byte."""
    number = int.from_bytes(data, "big")
    out = ""
    while number:
        number, digit = divmod(number, 58)
        out = BASE58[digit] + out
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + out


def base58check(payload: bytes) -> str:
    """Base58 of the payload and four bytes of its double SHA-256."""
    return base58(payload + sha256d(payload)[:4])


def _polymod(values: Sequence[int]) -> int:
    state = 1
    for value in values:
        top = state >> 25
        state = (state & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATORS):
            if top >> bit & 1:
                state ^= generator
    return state


def bech32_checksum(prefix: str, symbols: Sequence[int], final: int = 1) -> list[int]:
    """Six symbols behind a prefix and symbols; `final` is 1 for Bech32."""
    head = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = _polymod([*head, *symbols, 0, 0, 0, 0, 0, 0]) ^ final
    return [check >> 5 * (5 - place) & 31 for place in range(6)]


def segwit(program: bytes, version: int, prefix: str = "bc") -> str:
    """A segregated-witness address: Bech32 for version 0, Bech32m above."""
    symbols = [version]
    buffer = bits = 0
    for octet in program:
        buffer = buffer << 8 | octet
        bits += 8
        while bits >= 5:
            bits -= 5
            symbols.append(buffer >> bits & 31)
    if bits:
        symbols.append(buffer << (5 - bits) & 31)
    symbols += bech32_checksum(prefix, symbols, 1 if version == 0 else 0x2BC830A3)
    return prefix + "1" + "".join(BECH32[symbol] for symbol in symbols)


def eip55(account: bytes) -> str:
    """An Ethereum address with its checksum in the case of its letters."""
    text = account.hex()
    digest = keccak256(text.encode()).hex()
    return "0x" + "".join(c.upper() if int(d, 16) >= 8 else c for c, d in zip(text, digest, strict=False))


def cryptonote(tag: int, data: bytes) -> str:
    """A Monero-style address: tag below 128, data, four bytes of Keccak-256, in blocks of eight bytes."""
    payload = bytes((tag,)) + data
    payload += keccak256(payload)[:4]
    out = ""
    for start in range(0, len(payload), 8):
        block = payload[start : start + 8]
        number = int.from_bytes(block, "big")
        letters = ""
        for _ in range(_CRYPTONOTE_SIZES[len(block)]):
            number, digit = divmod(number, 58)
            letters = BASE58[digit] + letters
        out += letters
    return out


def onion_v3(public_key: bytes) -> str:
    """The name of an onion service of version 3."""
    check = hashlib.sha3_256(b".onion checksum" + public_key + b"\x03").digest()[:2]
    return base64.b32encode(public_key + check + b"\x03").decode().lower() + ".onion"


def crc24(data: bytes) -> int:
    """The checksum of OpenPGP armour."""
    state = 0xB704CE
    for octet in data:
        state ^= octet << 16
        for _ in range(8):
            state <<= 1
            if state & 0x1000000:
                state ^= 0x1864CFB
    return state


def descriptor_checksum(text: str) -> str:
    """The eight symbols after `#` of an output descriptor."""
    inputs = "0123456789()[],'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#\"\\ "
    generators = (0xF5DEE51989, 0xA9FDCA3312, 0x1BAB10E32D, 0x3706B1677A, 0x644D626FFD)

    def step(state: int, value: int) -> int:
        top = state >> 35
        state = (state & 0x7FFFFFFFF) << 5 ^ value
        for bit, generator in enumerate(generators):
            if top >> bit & 1:
                state ^= generator
        return state

    state = 1
    group = count = 0
    for letter in text:
        place = inputs.index(letter)
        state = step(state, place & 31)
        group = group * 3 + (place >> 5)
        count += 1
        if count == 3:
            state = step(state, group)
            group = count = 0
    if count:
        state = step(state, group)
    for _ in range(8):
        state = step(state, 0)
    state ^= 1
    return "".join(BECH32[state >> 5 * (7 - place) & 31] for place in range(8))

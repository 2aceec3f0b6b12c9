"""CashAddr, the address form of Bitcoin Cash and its forks.

Facts: the Bitcoin Cash specification "spec for cashaddr format" with its test vectors. The prefix is
part of the checksum even where it is left out of the text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from forensics.primitives import bech32

PREFIXES = ("bitcoincash", "bchtest", "bchreg", "simpleledger", "ecash")
KINDS = {0: "p2pkh", 1: "p2sh", 2: "p2pkh with tokens", 3: "p2sh with tokens"}

CHECK_BITS = 40

_GENERATORS = (0x98F2BC8E61, 0x79B76D99E2, 0xF33E5FB3C4, 0xAE2EABE2A8, 0x1E4F43E470)
_SIZES = (20, 24, 28, 32, 40, 48, 56, 64)
_SYMBOLS = {char: value for value, char in enumerate(bech32.CHARSET)}


@dataclass(frozen=True, slots=True)
class CashAddress:
    """What an address says: network prefix, type number and the hash that it pays to."""

    prefix: str
    kind: int
    hash: bytes


def _polymod(symbols: Iterable[int]) -> int:
    value = 1
    for symbol in symbols:
        top = value >> 35
        value = (value & 0x07FFFFFFFF) << 5 ^ symbol
        for bit, generator in enumerate(_GENERATORS):
            if top >> bit & 1:
                value ^= generator
    return value ^ 1


def decode(text: bytes, prefixes: tuple[str, ...] = PREFIXES) -> CashAddress | None:
    """Read an address with its prefix, or without one by trying `prefixes`."""
    lower = text.lower()
    if len(text) > 120 or text not in (lower, text.upper()):
        return None
    named, colon, body = lower.rpartition(b":")
    if colon:
        tried: tuple[str, ...] = (named.decode("ascii", "replace"),)
        if tried[0] not in prefixes:
            return None
    else:
        tried = prefixes
    symbols = [_SYMBOLS.get(char, -1) for char in body]
    if len(symbols) < 42 or -1 in symbols:
        return None
    for prefix in tried:
        head = [ord(char) & 31 for char in prefix]
        if _polymod([*head, 0, *symbols]) != 0:
            continue
        data = bech32.to_bytes(bytes(symbols[:-8]))
        if data is None or data[0] & 0x80 or len(data) != 1 + _SIZES[data[0] & 7]:
            return None
        return CashAddress(prefix, data[0] >> 3, data[1:])
    return None


def encode(prefix: str, kind: int, digest: bytes) -> str:
    """The address, with its prefix."""
    version = kind << 3 | _SIZES.index(len(digest))
    symbols = list(bech32.to_symbols(bytes((version,)) + digest))
    check = _polymod([*(ord(char) & 31 for char in prefix), 0, *symbols, *bytes(8)])
    symbols += [check >> 5 * (7 - place) & 31 for place in range(8)]
    return f"{prefix}:" + bytes(bech32.CHARSET[symbol] for symbol in symbols).decode("ascii")

"""Bech32, Bech32m and the segregated witness addresses written in them.

Facts: BIP-173 (Bech32, version 0), BIP-350 (Bech32m, versions 1 to 16). The limit of 90 characters
belongs to addresses only; invoices, unified and silent-payment addresses are longer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

CHARSET = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l"
BECH32 = 1
BECH32M = 0x2BC830A3
LIMIT = 90

CHECK_BITS = 30

_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def _folded(top: int) -> int:
    value = 0
    for bit, generator in enumerate(_GENERATORS):
        if top >> bit & 1:
            value ^= generator
    return value


_FOLD = tuple(_folded(top) for top in range(32))
_INVALID = 255
_SYMBOLS = bytes(CHARSET.index(char) if char in CHARSET else _INVALID for char in range(256))


@dataclass(frozen=True, slots=True)
class Bech32:
    """A string whose checksum holds: human-readable part, five-bit symbols, and which of the two it is."""

    hrp: str
    symbols: bytes
    constant: int


@dataclass(frozen=True, slots=True)
class Witness:
    """The output that a segregated witness address pays to."""

    version: int
    program: bytes


def _polymod(symbols: Iterable[int], value: int = 1) -> int:
    for symbol in symbols:
        value = (value & 0x1FFFFFF) << 5 ^ symbol ^ _FOLD[value >> 25]
    return value


def _expanded(hrp: bytes) -> bytes:
    return bytes(char >> 5 for char in hrp) + b"\0" + bytes(char & 31 for char in hrp)


def decode(text: bytes, limit: int = LIMIT) -> Bech32 | None:
    """Read `text`; None where case is mixed, a character is foreign or the checksum does not hold."""
    if not 8 <= len(text) <= limit:
        return None
    lower = text.lower()
    if text not in (lower, text.upper()):
        return None
    split = lower.rfind(b"1")
    if split < 1 or len(lower) - split < 7:
        return None
    hrp = lower[:split]
    if min(hrp) < 33 or max(hrp) > 126:
        return None
    symbols = lower[split + 1 :].translate(_SYMBOLS)
    if _INVALID in symbols:
        return None
    constant = _polymod(symbols, _polymod(_expanded(hrp)))
    if constant not in (BECH32, BECH32M):
        return None
    return Bech32(hrp.decode("ascii"), symbols[:-6], constant)


def encode(hrp: str, symbols: bytes, constant: int) -> str:
    """The string of these symbols with its checksum."""
    start = _polymod(symbols + bytes(6), _polymod(_expanded(hrp.encode("ascii")))) ^ constant
    check = bytes(start >> 5 * (5 - place) & 31 for place in range(6))
    return hrp + "1" + bytes(CHARSET[symbol] for symbol in symbols + check).decode("ascii")


def to_bytes(symbols: bytes) -> bytes | None:
    """Join five-bit symbols to bytes; None where the padding is longer than four bits or not zero."""
    number = 0
    for symbol in symbols:
        number = number << 5 | symbol
    length, padding = divmod(5 * len(symbols), 8)
    if padding > 4 or number & (1 << padding) - 1:
        return None
    return (number >> padding).to_bytes(length, "big")


def to_symbols(data: bytes) -> bytes:
    """Split bytes into five-bit symbols, the last padded with zero bits."""
    count = (8 * len(data) + 4) // 5
    number = int.from_bytes(data, "big") << 5 * count - 8 * len(data)
    return bytes(number >> 5 * (count - 1 - place) & 31 for place in range(count))


def witness(text: bytes, hrp: str) -> Witness | None:
    """Read a segregated witness address of the network `hrp`, by the rules of BIP-350."""
    read = decode(text)
    if read is None or read.hrp != hrp or not read.symbols:
        return None
    version = read.symbols[0]
    if version > 16 or read.constant != (BECH32M if version else BECH32):
        return None
    program = to_bytes(read.symbols[1:])
    if program is None or not 2 <= len(program) <= 40:
        return None
    if version == 0 and len(program) not in (20, 32):
        return None
    return Witness(version, program)


def encode_witness(hrp: str, version: int, program: bytes) -> str:
    """The address of a witness program."""
    return encode(hrp, bytes((version,)) + to_symbols(program), BECH32M if version else BECH32)

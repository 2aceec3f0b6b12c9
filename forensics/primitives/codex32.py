"""codex32: seeds and shares of Shamir's scheme with a checksum of BCH codes.

Facts: BIP-93 (form, generators and targets of both checksums, vectors).
"""

from __future__ import annotations

from dataclasses import dataclass

from forensics.primitives.bech32 import CHARSET

_SHORT = (
    (0x19DC500CE73FDE210, 0x1BFAE00DEF77FE529, 0x1FBD920FFFE7BEE52, 0x1739640BDEEE3FDAD, 0x07729A039CFC75F5A),
    13,
    0x10CE0795C2FD1E62A,
)
_LONG = (
    (
        0x3D59D273535EA62D897,
        0x7A9BECB6361C6C51507,
        0x543F9B7E6C38D8A2A0E,
        0x0C577EAECCF1990D13C,
        0x1887F74F8DC71B10651,
    ),
    15,
    0x43381E570BF4798AB26,
)
_LARGEST_SHORT, _SMALLEST_LONG, _LARGEST = 93, 96, 127
_HEAD = len("ms1") + 6
_LEAST_PAYLOAD = 26  # symbols of 16 bytes


@dataclass(frozen=True, slots=True)
class Codex32:
    """What stands before the payload; `threshold` is 0 where a seed is not divided."""

    threshold: int
    identifier: str
    index: str
    payload: bytes  # five-bit symbols
    check_bits: int


def read(text: bytes) -> Codex32 | None:
    """The string, if case, checksum, threshold and index hold."""
    lower = text.lower()
    if text not in (lower, text.upper()) or not lower.startswith(b"ms1") or not 48 <= len(text) <= _LARGEST:
        return None
    if _LARGEST_SHORT < len(text) < _SMALLEST_LONG:
        return None
    symbols = [CHARSET.find(char) for char in lower[3:]]
    generators, count, target = _SHORT if len(text) <= _LARGEST_SHORT else _LONG
    if -1 in symbols or len(text) - _HEAD - count < _LEAST_PAYLOAD:
        return None
    if _residue(symbols, generators, count) != target:
        return None
    head = lower[3:_HEAD].decode("ascii")
    if not head[0].isdigit() or head[0] == "1" or (head[0] == "0" and head[5] != "s"):
        return None
    return Codex32(int(head[0]), head[1:5], head[5], bytes(symbols[6:-count]), 5 * count)


def _residue(symbols: list[int], generators: tuple[int, ...], count: int) -> int:
    """The remainder after the human-readable part, whose own remainder is 0x23181b3."""
    shift = 5 * (count - 1)
    value = 0x23181B3
    for symbol in symbols:
        top = value >> shift
        value = (value & (1 << shift) - 1) << 5 ^ symbol
        for bit, generator in enumerate(generators):
            if top >> bit & 1:
                value ^= generator
    return value

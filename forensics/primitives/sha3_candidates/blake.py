"""BLAKE-256, the submission of the last round: 14 rounds, big-endian, no salt.

Facts: Aumasson, Henzen, Meier, Phan: SHA-3 proposal BLAKE, version 1.3, section 2.1.
"""

from __future__ import annotations

import struct

_START = (
    0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
)  # fmt: skip
_PI = (
    0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0, 0x082EFA98, 0xEC4E6C89,
    0x452821E6, 0x38D01377, 0xBE5466CF, 0x34E90C6C, 0xC0AC29B7, 0xC97C50DD, 0x3F84D5B5, 0xB5470917,
)  # fmt: skip
_ORDER = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
    (14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3),
    (11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4),
    (7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8),
    (9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13),
    (2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9),
    (12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11),
    (13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10),
    (6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5),
    (10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0),
)
_COLUMNS_AND_DIAGONALS = (
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
    (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
)  # fmt: skip
_WORD = 0xFFFFFFFF
_ROUNDS = 14


def _turned(value: int, by: int) -> int:
    return value >> by | value << 32 - by & _WORD


def _compressed(chain: list[int], block: bytes, bits: int) -> list[int]:
    words = struct.unpack(">16I", block)
    low, high = bits & _WORD, bits >> 32
    counted = [_PI[4] ^ low, _PI[5] ^ low, _PI[6] ^ high, _PI[7] ^ high]
    v = chain + list(_PI[:4]) + counted
    for number in range(_ROUNDS):
        order = _ORDER[number % 10]
        for place, (a, b, c, d) in enumerate(_COLUMNS_AND_DIAGONALS):
            one, other = order[2 * place], order[2 * place + 1]
            v[a] = v[a] + v[b] + (words[one] ^ _PI[other]) & _WORD
            v[d] = _turned(v[d] ^ v[a], 16)
            v[c] = v[c] + v[d] & _WORD
            v[b] = _turned(v[b] ^ v[c], 12)
            v[a] = v[a] + v[b] + (words[other] ^ _PI[one]) & _WORD
            v[d] = _turned(v[d] ^ v[a], 8)
            v[c] = v[c] + v[d] & _WORD
            v[b] = _turned(v[b] ^ v[c], 7)
    return [chain[place] ^ v[place] ^ v[place + 8] for place in range(8)]


def blake256(data: bytes) -> bytes:
    """The 32-byte digest of `data`."""
    bits = 8 * len(data)
    padded = bytearray(data + b"\x80")
    padded += bytes(-(len(padded) + 8) % 64)
    padded[-1] |= 1  # the bit that tells 256 from 224
    padded += bits.to_bytes(8, "big")
    chain = list(_START)
    for start in range(0, len(padded), 64):
        told = min(bits, 8 * start + 512) if 8 * start < bits else 0
        chain = _compressed(chain, bytes(padded[start : start + 64]), told)
    return struct.pack(">8I", *chain)

"""Skein-512-256, the submission of the last round: Threefish-512 in chained blocks.

Facts: Ferguson, Lucks, Schneier and others: The Skein Hash Function Family, version 1.3.
"""

from __future__ import annotations

import struct

_TURNS = (
    (46, 36, 19, 37), (33, 27, 14, 42), (17, 49, 36, 39), (44, 9, 54, 56),
    (39, 30, 34, 24), (13, 50, 10, 17), (25, 29, 39, 43), (8, 35, 56, 22),
)  # fmt: skip
_PLACES = (2, 1, 4, 7, 6, 5, 0, 3)
_PARITY = 0x1BD11BDAA9FC1A22
_WORD = (1 << 64) - 1
_ROUNDS = 72
_CONFIGURATION, _MESSAGE, _OUTPUT = 4, 48, 63
_FIRST, _FINAL = 1 << 62, 1 << 63


def _enciphered(key: list[int], tweak: tuple[int, int], block: list[int]) -> list[int]:
    parity = _PARITY
    for each in key:
        parity ^= each
    keys, tweaks = [*key, parity], (*tweak, tweak[0] ^ tweak[1])
    v = list(block)
    for number in range(_ROUNDS + 1):
        if number % 4 == 0:
            step = number // 4
            v = [each + keys[(step + place) % 9] & _WORD for place, each in enumerate(v)]
            v[5] = v[5] + tweaks[step % 3] & _WORD
            v[6] = v[6] + tweaks[(step + 1) % 3] & _WORD
            v[7] = v[7] + step & _WORD
        if number == _ROUNDS:
            break
        for place in range(4):
            turn = _TURNS[number % 8][place]
            one, other = v[2 * place], v[2 * place + 1]
            one = one + other & _WORD
            v[2 * place], v[2 * place + 1] = one, (other << turn & _WORD | other >> 64 - turn) ^ one
        v = [v[place] for place in _PLACES]
    return v


def _chained(chain: list[int], data: bytes, kind: int) -> list[int]:
    """The unique block iteration over one kind of data."""
    count = max(1, -(-len(data) // 64))
    for number in range(count):
        block = list(struct.unpack("<8Q", data[64 * number : 64 * number + 64].ljust(64, b"\0")))
        flags = kind << 56 | (_FIRST if number == 0 else 0) | (_FINAL if number == count - 1 else 0)
        found = _enciphered(chain, (min(len(data), 64 * number + 64), flags), block)
        chain = [one ^ other for one, other in zip(found, block, strict=True)]
    return chain


def skein256(data: bytes) -> bytes:
    """The 32-byte digest of `data`."""
    configuration = b"SHA3" + struct.pack("<HHQ", 1, 0, 256) + bytes(16)
    chain = _chained([0] * 8, configuration, _CONFIGURATION)
    chain = _chained(chain, data, _MESSAGE)
    return struct.pack("<8Q", *_chained(chain, bytes(8), _OUTPUT))[:32]

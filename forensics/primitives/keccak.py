"""Keccak-256 as Ethereum and CryptoNote use it: the submission's padding, not that of SHA3-256."""

from __future__ import annotations

import struct

from Crypto.Hash import keccak

_WORD = (1 << 64) - 1
_RATE = 136
_TURNS = (
    0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14,
)  # fmt: skip


def keccak256(data: bytes) -> bytes:
    """The 32-byte digest of `data`."""
    digest: bytes = keccak.new(digest_bits=256, data=data).digest()
    return digest


def _constants() -> tuple[int, ...]:
    """Of the rounds: bits of a linear register, at places one less than powers of two (FIPS 202, 3.2.5)."""
    register, found = 1, []
    for _ in range(24):
        constant = 0
        for bit in range(7):
            constant |= (register & 1) << (1 << bit) - 1
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
        found.append(constant)
    return tuple(found)


_CONSTANTS = _constants()


def permuted(state: bytes) -> bytes:
    """Keccak-f[1600] of 200 bytes, which the libraries do not give alone (FIPS 202, 3.2 and 3.3)."""
    lanes = list(struct.unpack("<25Q", state))  # lane x + 5 y
    for constant in _CONSTANTS:
        parity = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        turned = [each << 1 & _WORD | each >> 63 for each in parity]
        lanes = [each ^ parity[(at + 4) % 5] ^ turned[(at + 1) % 5] for at, each in enumerate(lanes)]
        moved = [0] * 25
        for at, each in enumerate(lanes):
            x, y = at % 5, at // 5
            moved[y + 5 * ((2 * x + 3 * y) % 5)] = each << _TURNS[at] & _WORD | each >> 64 - _TURNS[at]
        lanes = [
            each ^ (~moved[at - at % 5 + (at + 1) % 5] & moved[at - at % 5 + (at + 2) % 5])
            for at, each in enumerate(moved)
        ]
        lanes[0] ^= constant
    return struct.pack("<25Q", *lanes)


def sponged(data: bytes) -> bytes:
    """The whole state of 200 bytes after `data` was taken in, of which Keccak-256 gives the first 32."""
    padded = bytearray(data + b"\x01")
    padded += bytes(-len(padded) % _RATE)
    padded[-1] |= 0x80
    state = bytes(200)
    for start in range(0, len(padded), _RATE):
        block = int.from_bytes(padded[start : start + _RATE], "little")
        state = permuted((int.from_bytes(state, "little") ^ block).to_bytes(200, "little"))
    return state

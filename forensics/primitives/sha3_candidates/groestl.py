"""Groestl-256, the submission of the last round: permutations P and Q of 64 octets, ten rounds each.

Facts: Gauravaram, Knudsen and others: Groestl, a SHA-3 candidate, March 2011. Its S-box is that of AES.
"""

from __future__ import annotations

from forensics.primitives.rijndael import SBOX, times

_SHIFTS_P, _SHIFTS_Q = (0, 1, 2, 3, 4, 5, 6, 7), (1, 3, 5, 7, 0, 2, 4, 6)
_FACTORS = (2, 2, 3, 4, 5, 3, 5, 7)
_ROUNDS = 10
_PRODUCTS = [[times(factor, SBOX[value]) for value in range(256)] for factor in range(8)]


def _permuted(data: bytes, shifts: tuple[int, ...], second: bool) -> bytes:
    """P, or Q where `second`; octet 8 c + r stands in row r of column c."""
    state = bytearray(data)
    for number in range(_ROUNDS):
        for column in range(8):
            constant = column << 4 ^ number
            if second:
                for row in range(7):
                    state[8 * column + row] ^= 0xFF
                state[8 * column + 7] ^= 0xFF ^ constant
            else:
                state[8 * column] ^= constant
        mixed = bytearray(64)
        for column in range(8):
            taken = [state[8 * ((column + shifts[row]) % 8) + row] for row in range(8)]
            for row in range(8):
                value = 0
                for place in range(8):
                    value ^= _PRODUCTS[_FACTORS[(place - row) % 8]][taken[place]]
                mixed[8 * column + row] = value
        state = mixed
    return bytes(state)


def _together(*parts: bytes) -> bytes:
    total = 0
    for part in parts:
        total ^= int.from_bytes(part, "big")
    return total.to_bytes(64, "big")


def groestl256(data: bytes) -> bytes:
    """The 32-byte digest of `data`."""
    padded = data + b"\x80"
    padded += bytes(-(len(padded) + 8) % 64)
    padded += ((len(padded) + 8) // 64).to_bytes(8, "big")
    chain = (256).to_bytes(64, "big")
    for start in range(0, len(padded), 64):
        block = padded[start : start + 64]
        first = _permuted(_together(chain, block), _SHIFTS_P, second=False)
        chain = _together(first, _permuted(block, _SHIFTS_Q, second=True), chain)
    return _together(_permuted(chain, _SHIFTS_P, second=False), chain)[32:]

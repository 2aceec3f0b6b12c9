"""JH-256, the submission of the last round: 256 elements of four bits, 42 rounds.

Facts: Hongjun Wu: The Hash Function JH, January 2011. The constants of the rounds come from the square root of 2.
"""

from __future__ import annotations

import functools

_BOXES = (
    (9, 0, 4, 11, 13, 12, 3, 15, 1, 10, 2, 6, 7, 5, 8, 14),
    (3, 12, 6, 13, 5, 7, 1, 9, 15, 2, 0, 4, 11, 10, 14, 8),
)
_ROOT = "6a09e667f3bcc908b2fb1366ea957d3e3adec17512775099da2f590b0667322a"
_ROUNDS, _ELEMENTS = 42, 256
_DOUBLED = [(each << 1 ^ each >> 3 ^ each >> 2 & 2) & 15 for each in range(16)]  # times 2 in GF(16)


def _round(state: list[int], choices: list[int]) -> list[int]:
    """Substitution by the box of each choice, mixing of pairs, and the permutation of all elements."""
    held = [_BOXES[choice][each] for each, choice in zip(state, choices, strict=True)]
    for place in range(0, len(held), 2):
        held[place + 1] ^= _DOUBLED[held[place]]
        held[place] ^= _DOUBLED[held[place + 1]]
    for place in range(2, len(held), 4):
        held[place], held[place + 1] = held[place + 1], held[place]
    even, odd = held[::2], held[1::2]
    for place in range(0, len(odd), 2):
        odd[place], odd[place + 1] = odd[place + 1], odd[place]
    return even + odd


@functools.cache
def _choices() -> list[list[int]]:
    """For each round the bits of its constant, one for each element."""
    state, found = [int(digit, 16) for digit in _ROOT], []
    for _ in range(_ROUNDS):
        found.append([each >> 3 - bit & 1 for each in state for bit in range(4)])
        state = _round(state, [0] * len(state))
    return found


def _permuted(value: int) -> int:
    """E8 of 1,024 bits."""
    bits = [int(bit) for bit in f"{value:01024b}"]
    grouped = [sum(bits[place + 256 * row] << 3 - row for row in range(4)) for place in range(_ELEMENTS)]
    state = [each for pair in zip(grouped[:128], grouped[128:], strict=True) for each in pair]
    for choices in _choices():
        state = _round(state, choices)
    grouped = state[::2] + state[1::2]
    text = "".join(str(each >> 3 - row & 1) for row in range(4) for each in grouped)
    return int(text, 2)


def jh256(data: bytes) -> bytes:
    """The 32-byte digest of `data`."""
    padded = data + b"\x80" + bytes(47 + -len(data) % 64) + (8 * len(data)).to_bytes(16, "big")
    state = _permuted(256 << 1_008)
    for start in range(0, len(padded), 64):
        block = int.from_bytes(padded[start : start + 64], "big")
        state = _permuted(state ^ block << 512) ^ block
    return state.to_bytes(128, "big")[96:]

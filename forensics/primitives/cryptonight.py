"""CryptoNight, first variant: the slow hash of CryptoNote, which Monero's wallets take to derive their keys.

Facts: CryptoNote Standard 008; Monero `src/crypto/slow-hash.c`, variant 0. Two mebibytes are filled by AES rounds,
read and written at half a million places that depend on what was read, and folded back.
A hash takes some seconds: one password of an examiner can be tried, not many.
"""

from __future__ import annotations

from forensics.primitives.keccak import permuted, sponged
from forensics.primitives.rijndael import round_keys, tables
from forensics.primitives.sha3_candidates.blake import blake256
from forensics.primitives.sha3_candidates.groestl import groestl256
from forensics.primitives.sha3_candidates.jh import jh256
from forensics.primitives.sha3_candidates.skein import skein256

_BLOCKS = (2 << 20) // 16
_STEPS = 1 << 19
_WORD = (1 << 64) - 1
_FINALS = (blake256, groestl256, jh256, skein256)


def slow_hash(data: bytes) -> bytes:
    """The 32-byte digest of `data`."""
    state = sponged(data)
    pad = _filled(state)
    a, b = _number(state, 0) ^ _number(state, 32), _number(state, 16) ^ _number(state, 48)
    _walked(pad, a, b)
    folded = _folded(pad, state)
    state = permuted(state[:64] + folded + state[192:])
    return _FINALS[state[0] & 3](state)


def _number(state: bytes, place: int) -> int:
    return int.from_bytes(state[place : place + 16], "little")


def _rounds(block: int, keys: list[int]) -> int:
    """Ten rounds of AES without a key before them."""
    t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, ta, tb, tc, td, te, tf = tables()
    for key in keys:
        c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, ca, cb, cc, cd, ce, cf = block.to_bytes(16, "little")
        block = (
            key
            ^ (t0[c0] ^ t1[c1] ^ t2[c2] ^ t3[c3] ^ t4[c4] ^ t5[c5] ^ t6[c6] ^ t7[c7])
            ^ (t8[c8] ^ t9[c9] ^ ta[ca] ^ tb[cb] ^ tc[cc] ^ td[cd] ^ te[ce] ^ tf[cf])
        )
    return block


def _filled(state: bytes) -> list[int]:
    keys = round_keys(state[:32], 10)
    text = [_number(state, place) for place in range(64, 192, 16)]
    pad: list[int] = []
    while len(pad) < _BLOCKS:
        text = [_rounds(each, keys) for each in text]
        pad += text
    return pad


def _folded(pad: list[int], state: bytes) -> bytes:
    keys = round_keys(state[32:64], 10)
    text = [_number(state, place) for place in range(64, 192, 16)]
    for start in range(0, _BLOCKS, 8):
        text = [_rounds(one ^ other, keys) for one, other in zip(text, pad[start : start + 8], strict=True)]
    return b"".join(each.to_bytes(16, "little") for each in text)


def _walked(pad: list[int], a: int, b: int) -> None:
    t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, ta, tb, tc, td, te, tf = tables()
    last = _BLOCKS - 1
    for _ in range(_STEPS):
        place = a >> 4 & last
        c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, ca, cb, cc, cd, ce, cf = pad[place].to_bytes(16, "little")
        c = (
            a
            ^ (t0[c0] ^ t1[c1] ^ t2[c2] ^ t3[c3] ^ t4[c4] ^ t5[c5] ^ t6[c6] ^ t7[c7])
            ^ (t8[c8] ^ t9[c9] ^ ta[ca] ^ tb[cb] ^ tc[cc] ^ td[cd] ^ te[ce] ^ tf[cf])
        )
        pad[place] = b ^ c
        place = c >> 4 & last
        d = pad[place]
        product = (c & _WORD) * (d & _WORD)
        a = (a + (product >> 64) & _WORD) | ((a >> 64) + product & _WORD) << 64
        pad[place] = a
        a ^= d
        b = c

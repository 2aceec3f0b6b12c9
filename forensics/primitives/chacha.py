"""ChaCha with any number of rounds, and the first form of its counter and nonce: 64 bits each.

With twenty rounds the library does it.

Facts: Bernstein: ChaCha, a variant of Salsa20, 2008. Old wallets of Monero take eight rounds, which no library has.
"""

from __future__ import annotations

import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

_QUARTERS = (
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
    (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
)  # fmt: skip
_WORD = 0xFFFFFFFF


def chacha20(key: bytes, nonce: bytes, data: bytes) -> bytes:
    """`data` under the stream of twenty rounds, from its beginning."""
    context = Cipher(algorithms.ChaCha20(key, bytes(8) + nonce), mode=None).encryptor()  # counter, then nonce
    return context.update(data) + context.finalize()


def chacha(key: bytes, nonce: bytes, data: bytes, rounds: int) -> bytes:
    """`data` under the stream of a key of 32 bytes and a nonce of 8, from its beginning."""
    stream = b"".join(_block(key, nonce, number, rounds) for number in range(-(-len(data) // 64)))
    size = len(data)
    return (int.from_bytes(stream[:size], "little") ^ int.from_bytes(data, "little")).to_bytes(size, "little")


def _block(key: bytes, nonce: bytes, number: int, rounds: int) -> bytes:
    start = struct.unpack("<16I", b"expand 32-byte k" + key + number.to_bytes(8, "little") + nonce)
    v = list(start)
    for _ in range(rounds // 2):
        for a, b, c, d in _QUARTERS:
            for one, other, last, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                v[one] = v[one] + v[other] & _WORD
                mixed = v[last] ^ v[one]
                v[last] = mixed << by & _WORD | mixed >> 32 - by
    return struct.pack("<16I", *(one + other & _WORD for one, other in zip(v, start, strict=True)))

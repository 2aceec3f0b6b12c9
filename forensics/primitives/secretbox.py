"""Secret boxes of NaCl: XSalsa20 under Poly1305, key of 32 bytes, nonce of 24.

Facts: Bernstein: Cryptography in NaCl, 2009 (HSalsa20, its vectors, the place of the authenticator's key);
Extending the Salsa20 nonce, 2011. A box is the authenticator, 16 bytes, and then the ciphertext.
"""

from __future__ import annotations

import struct

from Crypto.Cipher import Salsa20
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.poly1305 import Poly1305

TAG = 16
_WORD = 0xFFFFFFFF
_SIGMA = struct.unpack("<4I", b"expand 32-byte k")
_QUARTERS = (
    (0, 4, 8, 12), (5, 9, 13, 1), (10, 14, 2, 6), (15, 3, 7, 11),
    (0, 1, 2, 3), (5, 6, 7, 4), (10, 11, 8, 9), (15, 12, 13, 14),
)  # fmt: skip


def hsalsa20(key: bytes, nonce: bytes) -> bytes:
    """The key of 32 bytes that follows from a key of 32 and a nonce of 16."""
    k, n = struct.unpack("<8I", key), struct.unpack("<4I", nonce)
    v = [_SIGMA[0], *k[:4], _SIGMA[1], *n, _SIGMA[2], *k[4:], _SIGMA[3]]
    for _ in range(10):
        for a, b, c, d in _QUARTERS:
            for to, one, other, by in ((b, a, d, 7), (c, b, a, 9), (d, c, b, 13), (a, d, c, 18)):
                mixed = v[one] + v[other] & _WORD
                v[to] ^= mixed << by & _WORD | mixed >> 32 - by
    return struct.pack("<8I", *(v[each] for each in (0, 5, 10, 15, 6, 7, 8, 9)))


def opened(key: bytes, nonce: bytes, box: bytes) -> bytes | None:
    """The text of a box; None where its authenticator does not hold, or a length is wrong."""
    if len(key) != 32 or len(nonce) != 24 or len(box) < TAG:
        return None
    stream = Salsa20.new(hsalsa20(key, nonce[:16]), nonce[16:])
    authentic = stream.encrypt(bytes(32))
    try:
        Poly1305.verify_tag(authentic, box[TAG:], box[:TAG])
    except InvalidSignature:
        return None
    return bytes(stream.decrypt(box[TAG:]))

"""HASH160 and the fingerprints taken from it: RIPEMD-160 of SHA-256.

RIPEMD-160 comes from PyCryptodome: OpenSSL 3 no longer offers it by default.
"""

from __future__ import annotations

import hashlib

from Crypto.Hash import RIPEMD160


def hash160(data: bytes) -> bytes:
    """The 20 bytes that addresses and key fingerprints are made of."""
    digest: bytes = RIPEMD160.new(hashlib.sha256(data).digest()).digest()
    return digest

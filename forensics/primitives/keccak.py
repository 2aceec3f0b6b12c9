"""Keccak-256 as Ethereum and CryptoNote use it: the submission's padding, not that of SHA3-256."""

from __future__ import annotations

from Crypto.Hash import keccak


def keccak256(data: bytes) -> bytes:
    """The 32-byte digest of `data`."""
    digest: bytes = keccak.new(digest_bits=256, data=data).digest()
    return digest

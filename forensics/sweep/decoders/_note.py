"""The text that the compressed specimens hold."""

from __future__ import annotations

NOTE = b"Pay to 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2 and only there, half now and half on delivery: half, half, half.\n"


def flipped(data: bytes, at: int) -> bytes:
    """The same bytes with the lowest bit of one inverted."""
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)

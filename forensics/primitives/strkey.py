"""Stellar's text of keys: a version byte, the key, CRC-16/XMODEM little-endian, in base32 without padding.

Facts: SEP-23 (strkeys, version bytes and vectors).
"""

from __future__ import annotations

import base64
import binascii

CHECK_BITS = 16
ACCOUNT, SECRET, MUXED = 6 << 3, 18 << 3, 12 << 3


def decode(text: bytes) -> tuple[int, bytes] | None:
    """Version byte and content; None where the checksum does not hold or spare bits are set."""
    try:
        data = base64.b32decode(text + b"=" * (-len(text) % 8))
    except binascii.Error:
        return None
    if len(data) < 4 or base64.b32encode(data).rstrip(b"=") != text:
        return None
    if binascii.crc_hqx(data[:-2], 0) != int.from_bytes(data[-2:], "little"):
        return None
    return data[0], data[1:-2]


def encode(version: int, content: bytes) -> str:
    """The text of `content`."""
    data = bytes((version,)) + content
    data += binascii.crc_hqx(data, 0).to_bytes(2, "little")
    return base64.b32encode(data).rstrip(b"=").decode("ascii")

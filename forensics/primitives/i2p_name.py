"""The short form of I2P's addresses: a SHA-256 in 52 letters of base 32.

Source: I2P, Naming and Address Book, Base 32 Names.
"""

from __future__ import annotations

import base64
import binascii


def is_hash(letters: bytes) -> bool:
    """Whether 52 small letters can be one: no bits behind the 256th, and not a few letters again and again."""
    try:
        data = base64.b32decode(letters.upper() + b"====")
    except binascii.Error:
        return False
    return len(data) == 32 and len(set(letters)) >= 8 and base64.b32encode(data).lower().rstrip(b"=") == letters

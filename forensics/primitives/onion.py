"""Names of onion services, version 3 and the dead version 2.

Facts: Tor rend-spec-v3, "[ONIONADDRESS]": base32 of the ed25519 identity key, two bytes of
SHA3-256(".onion checksum" ‖ key ‖ version) and the version byte 3. Base32 puts the version into the
last two letters, which are therefore one of `a i q y` and then `d`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib

VERSION = b"\x03"

CHECKSUM_BITS = 16
VERSION_BITS = 8


def _checksum(key: bytes) -> bytes:
    return hashlib.sha3_256(b".onion checksum" + key + VERSION).digest()[:2]


def decode(label: bytes) -> bytes | None:
    """The identity key in 56 letters; None where version or checksum are wrong. The point is not tested."""
    if len(label) != 56:
        return None
    try:
        data = base64.b32decode(label, casefold=True)
    except binascii.Error:
        return None
    key, check, version = data[:32], data[32:34], data[34:]
    if version != VERSION or _checksum(key) != check:
        return None
    return key


def encode(key: bytes) -> str:
    """The name, with `.onion`."""
    return base64.b32encode(key + _checksum(key) + VERSION).decode("ascii").lower() + ".onion"


def encode_v2(public: bytes) -> str:
    """The name of a version 2 service, with `.onion`, from the DER of its RSAPublicKey: half of its SHA-1."""
    return (
        base64.b32encode(hashlib.sha1(public, usedforsecurity=False).digest()[:10]).decode("ascii").lower() + ".onion"
    )

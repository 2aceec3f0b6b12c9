"""Destinations of I2P: what stands for a service, and its address in base 32.

| offset | octets | content                                                                             |
|--------|--------|-------------------------------------------------------------------------------------|
| 0      | 256    | public key of encryption (ElGamal), or 32 of X25519 and padding                        |
| 256    | 128    | public key of signatures, at the end; padding before                                   |
| 384    | 3      | certificate: type (0 none, 5 keys), length                                              |
| 387    | 4      | of type 5: kinds of signature and encryption; more of a key that needs more              |

The address is the SHA-256 of all that, in base 32; its text form is base 64 with `-` and `~`.
Source: I2P, Common Structures, KeysAndCert and Destination.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

SHORTEST, LONGEST = 387, 391 + 512
SIGNATURES = {
    0: ("DSA-SHA1", 128),
    1: ("ECDSA-SHA256-P256", 64),
    2: ("ECDSA-SHA384-P384", 96),
    3: ("ECDSA-SHA512-P521", 132),
    7: ("EdDSA-SHA512-Ed25519", 32),
    9: ("GOST R 34.10-256", 64),
    10: ("GOST R 34.10-512", 128),
    11: ("RedDSA-SHA512-Ed25519", 32),
}
ENCRYPTIONS = {0: "ElGamal", 1: "P256", 4: "X25519"}
_TO_STANDARD = bytes.maketrans(b"-~", b"+/")


@dataclass(frozen=True, slots=True)
class Destination:
    """A destination: how many octets it has, its kinds of keys, and the public key of its signatures."""

    size: int
    signature: int
    encryption: int
    signing_key: bytes
    digest: bytes

    @property
    def address(self) -> str:
        """Its address."""
        return base64.b32encode(self.digest).decode("ascii").rstrip("=").lower() + ".b32.i2p"


def destination(data: bytes) -> Destination | None:
    """The destination that `data` starts with; None if it is none."""
    if len(data) < SHORTEST:
        return None
    kind, length = data[384], int.from_bytes(data[385:387], "big")
    signature = encryption = 0
    if (kind, length) != (0, 0):
        if kind != 5 or not 4 <= length <= LONGEST - SHORTEST or len(data) < SHORTEST + length:
            return None
        signature, encryption = int.from_bytes(data[387:389], "big"), int.from_bytes(data[389:391], "big")
    if signature not in SIGNATURES or encryption not in ENCRYPTIONS:
        return None
    size, wanted = SHORTEST + length, SIGNATURES[signature][1]
    if length and length != 4 + max(0, wanted - 128):
        return None
    key = data[384 - min(wanted, 128) : 384] + data[391 : 391 + max(0, wanted - 128)]
    if len(set(key)) < 8 or len(set(data[:32])) < 8:  # no key: a field that was never filled
        return None
    return Destination(size, signature, encryption, key, hashlib.sha256(data[:size]).digest())


def octets(text: bytes) -> bytes:
    """What base 64 in the letters of I2P stands for; nothing if it is none."""
    try:
        return base64.b64decode(text.translate(_TO_STANDARD) + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        return b""

"""The output key of a taproot address without scripts: BIP-341 tweak with no tree, as BIP-86 uses it."""

from __future__ import annotations

import hashlib

from forensics.primitives import secp256k1


def output_key(internal: bytes) -> bytes | None:
    """The 32 bytes of the output for a 33-byte internal key; None where the sum does not exist."""
    at = secp256k1.point(b"\x02" + internal[1:])
    return None if at is None else output_of(at)


def output_of(internal: secp256k1.Point) -> bytes | None:
    """As `output_key`, for a point; of the two that share its x the one with an even y is taken."""
    name = internal[0].to_bytes(32, "big")
    tag = hashlib.sha256(b"TapTweak").digest()
    tweak = hashlib.sha256(tag + tag + name).digest()
    step = secp256k1.public_point(tweak) if secp256k1.is_private(tweak) else None
    output = secp256k1.added(secp256k1.even(internal), step) if step else None
    return None if output is None else output[0].to_bytes(32, "big")

"""EIP-55: the checksum that Ethereum addresses carry in the case of their letters.

Facts: ERC-55 and its vectors. A letter is a capital where the same nibble of the Keccak-256 digest of
the lower-case text is 8 or more; so each letter is worth one bit, and digits none.
"""

from __future__ import annotations

from forensics.primitives.keccak import keccak256


def checksummed(address: bytes) -> bytes:
    """The 40 hexadecimal digits of an address, without `0x`, in the case that EIP-55 asks for."""
    lower = address.lower()
    digest = keccak256(lower).hex()
    return bytes(
        char - 32 if char > 0x60 and nibble > "7" else char for char, nibble in zip(lower, digest, strict=False)
    )


def letters(address: bytes) -> int:
    """How many of the digits are letters: the strength of the checksum in bits."""
    return sum(char > 0x39 for char in address)

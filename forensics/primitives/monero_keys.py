"""Keys of Monero: public from secret ones, and the addresses and subaddresses that they give.

Facts: Monero `src/cryptonote_config.h` (tags), `src/device/device_default.cpp` (subaddresses: the scalar of
Keccak-256 over "SubAddr", zero, the view key, account and index), `src/cryptonote_basic/account.cpp`.
"""

from __future__ import annotations

import struct
from typing import Any

from Crypto.PublicKey import ECC

from forensics.primitives.cryptonote import encode_address
from forensics.primitives.ed25519_point import affine
from forensics.primitives.keccak import keccak256
from forensics.primitives.monero_seed import public, reduced

NETWORKS = {0: "mainnet", 1: "testnet", 2: "stagenet"}
TAGS = {"mainnet": (18, 42), "testnet": (53, 63), "stagenet": (24, 36)}


def address(spend_public: bytes, view_public: bytes, network: str) -> str:
    """The primary address of two public keys."""
    return encode_address(TAGS[network][0], spend_public + view_public)


def subaddress(view_secret: bytes, spend_public: bytes, account: int, index: int, network: str) -> str | None:
    """An address of an account; None where the public spend key is no point. Account 0, index 0 is the primary one."""
    base = affine(spend_public)
    if base is None:
        return None
    told = b"SubAddr\0" + view_secret + struct.pack("<II", account, index)
    spend = _point(base) + _point(_affine(public(reduced(keccak256(told)))))
    view = int.from_bytes(view_secret, "little") * spend
    return encode_address(TAGS[network][1], _encoded(spend) + _encoded(view))


def is_view_of(spend_secret: bytes, view_secret: bytes) -> bool:
    """Whether the view key follows from the spend key, so that the seed words give both."""
    return reduced(keccak256(spend_secret)) == view_secret


def _affine(data: bytes) -> tuple[int, int]:
    found = affine(data)
    assert found is not None  # a multiple of the base point
    return found


def _point(at: tuple[int, int]) -> Any:
    return ECC.EccPoint(*at, curve="Ed25519")  # type: ignore[attr-defined]


def _encoded(at: Any) -> bytes:
    return (int(at.y) | (int(at.x) & 1) << 255).to_bytes(32, "little")

"""Tron addresses, which hold most of the USDT that changes hands.

| byte | content                                                          |
|------|------------------------------------------------------------------|
| 0    | 0x41                                                             |
| 1-20 | the last 20 bytes of the Keccak-256 digest of a public key       |

Base58Check: 34 characters, the first `T`. The 20 bytes are those of an Ethereum address of the same key.

Not recorded: whether it is a person's account or a contract, and which token was meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from forensics.detectors.address._base58_coin import TRIGGER, Base58Coin
from forensics.detectors.base import Detector, Specimen, Trigger


class TronAddress(Base58Coin):
    """One Tron address."""

    kind = "address/tron"
    title = "Tron address"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (TRIGGER,)
    references: ClassVar[tuple[str, ...]] = ("Tron developer documentation, Account address format",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen(
            "an account",
            b"TLeUZDGLWnyiJVFcp3m3M1782uBsGWa8uf",
            ("TLeUZDGLWnyiJVFcp3m3M1782uBsGWa8uf",),
            "digest of the BIP-173 key, version 0x41",
        ),
        Specimen(
            "the contract of USDT",
            b"USDT-TRC20 TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
            ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",),
            "public contract",
        ),
        Specimen("truncated", b"TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6", None, "made by hand"),
        Specimen("wrong checksum", b"TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u", None, "made by hand"),
        Specimen("look-alike: a type name", b"TransactionManagerBeanFactoryXy", None, "made by hand"),
    )
    coin = "TRX"
    firsts = b"T"
    forms: ClassVar[Mapping[bytes, str]] = {b"\x41": "account"}


DETECTOR: Detector = TronAddress()

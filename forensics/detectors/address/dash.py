"""Dash addresses.

| form       | characters      | content                            |
|------------|-----------------|------------------------------------|
| P2PKH `X…` | 34, Base58Check | version 0x4c, HASH160 of a key     |
| P2SH `7…`  | 34, Base58Check | version 0x10, HASH160 of a script  |

Not recorded: whose address it is, whether it was ever used or mixed, and when.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from forensics.detectors.address._base58_coin import TRIGGER, Base58Coin
from forensics.detectors.base import Detector, Specimen, Trigger


class DashAddress(Base58Coin):
    """One Dash address."""

    kind = "address/dash"
    title = "Dash address"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (TRIGGER,)
    references: ClassVar[tuple[str, ...]] = ("Dash Core src/chainparams.cpp (version bytes)",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen(
            "P2PKH",
            b"XpESxaUmonkq8RaLLp46Brx2K39ggQe226",
            ("XpESxaUmonkq8RaLLp46Brx2K39ggQe226",),
            "wallet-core coin registry",
        ),
        Specimen(
            "P2SH",
            b"pay 7d5vJtfDixGnEFRNcVSRarmaCBZeScHACn, please",
            ("7d5vJtfDixGnEFRNcVSRarmaCBZeScHACn",),
            "digest of the BIP-173 key, version 0x10",
        ),
        Specimen("truncated", b"XpESxaUmonkq8RaLLp46Brx2K39ggQe22", None, "made by hand"),
        Specimen("wrong checksum", b"XpESxaUmonkq8RaLLp46Brx2K39ggQe227", None, "made by hand"),
        Specimen("look-alike: a name", b"XtremelyLongNameWithoutAnyChecksum", None, "made by hand"),
    )
    coin = "DASH"
    firsts = b"X7"
    forms: ClassVar[Mapping[bytes, str]] = {b"\x4c": "p2pkh", b"\x10": "p2sh"}


DETECTOR: Detector = DashAddress()

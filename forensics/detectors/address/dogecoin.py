"""Dogecoin addresses.

| form              | characters      | content                            |
|-------------------|-----------------|------------------------------------|
| P2PKH `D…`        | 34, Base58Check | version 0x1e, HASH160 of a key     |
| P2SH `9…` or `A…` | 34, Base58Check | version 0x16, HASH160 of a script  |

Not recorded: whose address it is, whether it was ever used, and when. DigiByte and PIVX took over the
version byte of the first form.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from forensics.detectors.address._base58_coin import TRIGGER, Base58Coin
from forensics.detectors.base import Detector, Specimen, Trigger

SHARED = "DigiByte and PIVX use addresses of the same form"


class DogecoinAddress(Base58Coin):
    """One Dogecoin address."""

    kind = "address/dogecoin"
    title = "Dogecoin address"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (TRIGGER,)
    references: ClassVar[tuple[str, ...]] = ("Dogecoin Core src/chainparams.cpp (version bytes)",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen(
            "P2PKH",
            b"DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L",
            ("DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L",),
            "wallet-core coin registry",
        ),
        Specimen(
            "P2SH in a URI",
            b"dogecoin:A37YDYSwz3438rFtm1SLVcQHyD7JeueC9H?amount=5",
            ("A37YDYSwz3438rFtm1SLVcQHyD7JeueC9H",),
            "digest of the BIP-173 key, version 0x16",
        ),
        Specimen("truncated", b"DH5yaieqoZN36fDVciNyRueRGvGLR3mr7", None, "made by hand"),
        Specimen("wrong checksum", b"DH5yaieqoZN36fDVciNyRueRGvGLR3mr7M", None, "made by hand"),
        Specimen("look-alike: Litecoin", b"LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1", None, "wallet-core coin registry"),
    )
    coin = "DOGE"
    firsts = b"DA9"
    forms: ClassVar[Mapping[bytes, str]] = {b"\x1e": "p2pkh", b"\x16": "p2sh"}
    remarks = (SHARED,)


DETECTOR: Detector = DogecoinAddress()

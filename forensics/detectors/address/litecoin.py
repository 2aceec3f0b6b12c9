"""Litecoin addresses.

| form               | characters          | content                                                |
|--------------------|---------------------|--------------------------------------------------------|
| P2PKH `L…`         | 34, Base58Check     | version 0x30, HASH160 of a key                         |
| P2SH `M…`          | 34, Base58Check     | version 0x32, HASH160 of a script                      |
| `ltc1q…`, `ltc1p…` | 43 or 63, Bech32(m) | version 0 with 20 or 32 bytes, version 1 with 32       |
| `ltcmweb1…`        | 121, Bech32         | version 0, then 66 bytes: two keys of the MWEB         |

Not recorded: whose address it is, whether it was ever used, and when. The old form of P2SH starts with
`3` and is told as Bitcoin's, which it equals.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from forensics.detectors.address._base58_coin import TRIGGER, Base58Coin
from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import Accepted
from forensics.model import Field, Grade
from forensics.primitives import bech32
from forensics.primitives.published import judged

WITNESS_FORMS: Mapping[tuple[int, int], str] = {(0, 20): "p2wpkh", (0, 32): "p2wsh", (1, 32): "p2tr"}
MWEB_BYTES = 66


class LitecoinAddress(Base58Coin):
    """One Litecoin address, of any form."""

    kind = "address/litecoin"
    title = "Litecoin address"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        TRIGGER,
        Trigger(rb"\b(?:ltc|LTC|ltcmweb)1[02-9ac-hj-np-zAC-HJ-NP-Z]{39}"),
    )
    references: ClassVar[tuple[str, ...]] = (
        "Litecoin Core src/chainparams.cpp (version bytes, ltc, ltcmweb)",
        "BIP-173, BIP-350",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen(
            "P2PKH",
            b"LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1",
            ("LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1",),
            "wallet-core coin registry",
        ),
        Specimen(
            "P2SH",
            b"MJaRnao1s62a2zAKSkmG582KbLKianqb7v",
            ("MJaRnao1s62a2zAKSkmG582KbLKianqb7v",),
            "digest of the BIP-173 key, version 0x32",
        ),
        Specimen(
            "P2WPKH",
            b"ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9",
            ("ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9",),
            "BIP-173 for ltc",
        ),
        Specimen(
            "P2TR in capitals",
            b"LTC1PQQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0STS9TF8",
            ("ltc1pqqqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9ccrydpk8qarc0sts9tf8",),
            "counted bytes",
        ),
        Specimen(
            "MWEB",
            b"ltcmweb1qq0yq03ewm830ugmkkvrvjmyyeslcpwk8ayd7k27qx63sryy6kx3ksqm3k6jd24ld3r5dp5lzx7rm7uyxfujf8sn7v4"
            b"nlxeqwrcq6k6xxwqdc6tl3",
            (
                "ltcmweb1qq0yq03ewm830ugmkkvrvjmyyeslcpwk8ayd7k27qx63sryy6kx3ksqm3k6jd24ld3r5dp5lzx7rm7uyxfujf8sn7v4"
                "nlxeqwrcq6k6xxwqdc6tl3",
            ),
            "Litecoin Core, MWEB tests",
        ),
        Specimen(
            "P2PKH that starts with LTC",
            b"LTCX5rLtm8WwN4ZvxxLC2yZkfucwdsuThj",
            ("LTCX5rLtm8WwN4ZvxxLC2yZkfucwdsuThj",),
            "random digest, bip_utils 2.12",
        ),
        Specimen("truncated", b"LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc", None, "made by hand"),
        Specimen("wrong checksum", b"ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n8", None, "made by hand"),
        Specimen("look-alike: Dogecoin", b"DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L", None, "wallet-core coin registry"),
        Specimen("look-alike: another network", b"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", None, "BIP-173"),
    )
    longest = 125
    coin = "LTC"
    firsts = b"LM"
    forms: ClassVar[Mapping[bytes, str]] = {b"\x30": "p2pkh", b"\x32": "p2sh"}

    def accept(self, word: bytes) -> Accepted | None:
        """As its first characters ask."""
        if word[:8].lower() == b"ltcmweb1":
            return self._mweb(word)
        found = self._witness(word) if word[:4].lower() == b"ltc1" else None
        return found or super().accept(word)

    def _witness(self, word: bytes) -> Accepted | None:
        read = bech32.witness(word, "ltc")
        form = WITNESS_FORMS.get((read.version, len(read.program))) if read else None
        if read is None or form is None:
            return None
        return self._told(word, form, "bech32m" if read.version else "bech32", "program", read.program)

    def _mweb(self, word: bytes) -> Accepted | None:
        read = bech32.decode(word, limit=self.longest)
        if read is None or read.constant != bech32.BECH32 or read.symbols[:1] != b"\0":
            return None
        keys = bech32.to_bytes(read.symbols[1:])
        if keys is None or len(keys) != MWEB_BYTES:
            return None
        return self._told(word, "mweb", "bech32", "keys", keys)

    @staticmethod
    def _told(word: bytes, form: str, check: str, name: str, content: bytes) -> Accepted:
        value = word.decode("ascii").lower()
        grade, caveats = judged(value, Grade.C2)
        fields = {"coin": Field("LTC"), "network": Field("mainnet"), "type": Field(form), name: Field(content.hex())}
        return Accepted(value, grade, (passed(check, bech32.CHECK_BITS),), fields, caveats=caveats)


DETECTOR: Detector = LitecoinAddress()

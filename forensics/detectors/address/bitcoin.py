"""Bitcoin addresses.

| form                     | characters                | content                                          |
|--------------------------|---------------------------|--------------------------------------------------|
| P2PKH `1…`, `m…`, `n…`   | 25-34, Base58Check        | version 0x00 (test 0x6f), HASH160 of a key       |
| P2SH `3…`, `2…`          | 34-35, Base58Check        | version 0x05 (test 0xc4), HASH160 of a script    |
| P2WPKH `bc1q…`           | 42, Bech32                | version 0, 20 bytes                              |
| P2WSH `bc1q…`            | 62, Bech32                | version 0, 32 bytes                              |
| P2TR `bc1p…`             | 62, Bech32m               | version 1, 32 bytes: an x-only key               |
| unassigned `bc1z…`       | 14-74, Bech32m            | version 1 of other length, 2 to 16: 2-40 bytes   |

Witness addresses are also written wholly in capitals (QR codes); `tb1` is testnet and signet, `bcrt1`
a private test network.

Not recorded: whose address it is, whether it was ever used, and when. The Base58 forms are those of
Bitcoin Cash, Bitcoin SV and, for `3…`, old Litecoin too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import Check, Field, Grade
from forensics.primitives import base58, bech32
from forensics.primitives.published import judged

BASE58_FORMS: Mapping[int, tuple[str, str]] = {
    0x00: ("mainnet", "p2pkh"),
    0x05: ("mainnet", "p2sh"),
    0x6F: ("testnet", "p2pkh"),
    0xC4: ("testnet", "p2sh"),
}
WITNESS_NETWORKS = {b"bc": "mainnet", b"tb": "testnet", b"bcrt": "regtest"}
WITNESS_FORMS: Mapping[tuple[int, int], str] = {(0, 20): "p2wpkh", (0, 32): "p2wsh", (1, 32): "p2tr"}

FORKS = "the same text is an address of Bitcoin Cash and Bitcoin SV"
TEST_NETWORK = "test network: its coins have no value"
UNASSIGNED = "witness version or length that no rule of the network uses yet"


class BitcoinAddress(WordDetector):
    """One Bitcoin address, of any form."""

    kind = "address/bitcoin"
    title = "Bitcoin address"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\b[13mn2][1-9A-HJ-NP-Za-km-z]{24,34}\b"),
        Trigger(rb"\b(?i:bc|tb|bcrt)1[02-9ac-hj-np-zAC-HJ-NP-Z]{11,86}\b"),
    )
    references: ClassVar[tuple[str, ...]] = (
        "BIP-13 Address Format for pay-to-script-hash",
        "BIP-173 Base32 address format for native v0-16 witness outputs",
        "BIP-350 Bech32m format for v1+ witness addresses",
        "Bitcoin Core src/kernel/chainparams.cpp (version bytes)",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen(
            "P2PKH",
            b"1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA",
            ("1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA",),
            "SLIP-132",
        ),
        Specimen(
            "P2SH",
            b"bitcoin:37VucYSaXLCAsxYyAPfbSi9eh4iEcbShgf?amount=1",
            ("37VucYSaXLCAsxYyAPfbSi9eh4iEcbShgf",),
            "BIP-49 account of the SLIP-132 example",
        ),
        Specimen(
            "P2WPKH in capitals",
            b"BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",),
            "BIP-173",
        ),
        Specimen(
            "P2WSH",
            b"bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3",
            ("bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3",),
            "BIP-173, for the main network",
        ),
        Specimen(
            "P2TR",
            b"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
            ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",),
            "BIP-350",
        ),
        Specimen(
            "unassigned witness version",
            b"bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",
            ("bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",),
            "BIP-350",
        ),
        Specimen(
            "testnet P2PKH",
            b"mo9ncXisMeAoXwqcV5EWuyncbmCcQN4rVs",
            ("mo9ncXisMeAoXwqcV5EWuyncbmCcQN4rVs",),
            "Bitcoin Core key_io_valid.json",
        ),
        Specimen("truncated", b"1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeab", None, "made by hand"),
        Specimen("wrong checksum", b"1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabB", None, "made by hand"),
        Specimen(
            "Bech32 where Bech32m is due",
            b"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
            None,
            "BIP-350, invalid",
        ),
        Specimen("mixed case", b"bc1qW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", None, "BIP-173, made by hand"),
        Specimen("inside a longer word", b"x1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA_", None, "made by hand"),
        Specimen("look-alike: Litecoin", b"LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1", None, "Litecoin P2PKH"),
        Specimen(
            "look-alike: Litecoin witness",
            b"ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9",
            None,
            "BIP-173 for ltc",
        ),
    )
    shortest = 14
    longest = 90

    def accept(self, word: bytes) -> Accepted | None:
        """Validate by whichever of the two checksums the first characters ask for."""
        if word[0] in b"13mn2":
            return self._base58(word)
        if word[0] in b"bBtT":
            return self._witness(word)
        return None

    def _base58(self, word: bytes) -> Accepted | None:
        if not 25 <= len(word) <= 35:
            return None
        payload = base58.decode_check(word)
        if payload is None or len(payload) != 21 or payload[0] not in BASE58_FORMS:
            return None
        network, form = BASE58_FORMS[payload[0]]
        return self._accepted(
            word.decode("ascii"),
            network=network,
            form=form,
            content={"hash160": Field(payload[1:].hex())},
            check=passed("base58check", base58.CHECK_BITS),
            grade=Grade.C2,
            caveats=(FORKS,),
        )

    def _witness(self, word: bytes) -> Accepted | None:
        hrp = word[: word.find(b"1")].lower()
        network = WITNESS_NETWORKS.get(hrp)
        if network is None:
            return None
        read = bech32.witness(word, hrp.decode("ascii"))
        if read is None:
            return None
        form = WITNESS_FORMS.get((read.version, len(read.program)))
        return self._accepted(
            word.decode("ascii").lower(),
            network=network,
            form=form or f"witness v{read.version}",
            content={"witness_version": Field(read.version), "program": Field(read.program.hex())},
            check=passed("bech32m" if read.version else "bech32", bech32.CHECK_BITS),
            grade=Grade.C2 if form else Grade.C1,
            caveats=() if form else (UNASSIGNED,),
        )

    @staticmethod
    def _accepted(
        value: str,
        *,
        network: str,
        form: str,
        content: Mapping[str, Field],
        check: Check,
        grade: Grade,
        caveats: tuple[str, ...],
    ) -> Accepted:
        if network != "mainnet":
            grade, caveats = Grade.C1, (TEST_NETWORK, *(each for each in caveats if each != FORKS))
        grade, caveats = judged(value, grade, *caveats)
        return Accepted(
            value,
            grade,
            (check,),
            {"coin": Field("BTC"), "network": Field(network), "type": Field(form), **content},
            caveats=caveats,
        )


DETECTOR: Detector = BitcoinAddress()

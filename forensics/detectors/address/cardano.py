"""Cardano addresses of the Shelley age.

| part    | bytes | content                                                             |
|---------|-------|---------------------------------------------------------------------|
| header  | 1     | 4 bits of type, 4 bits of network (1 main, 0 test)                  |
| payment | 28    | digest of a key or script; absent in a reward address               |
| stake   | 28    | likewise, which joins all addresses of one wallet; absent in some   |

Bech32 with `addr` or `stake`, longer than Bitcoin's limit: 58 or 103 characters.

Not recorded: whose address it is, whether it was ever used, and when. Byron addresses (`Ae2…`, `DdzFF…`)
and pointer addresses are not looked for.
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import Field, Grade, Link
from forensics.primitives import bech32
from forensics.primitives.published import judged

BASE, ENTERPRISE, REWARD = range(4), (6, 7), (14, 15)
NETWORKS = {1: "mainnet", 0: "testnet"}
TEST_NETWORK = "test network: its coins have no value"


class CardanoAddress(WordDetector):
    """One address."""

    kind = "address/cardano"
    title = "Cardano address"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\b(?:addr|stake)(?:_test)?1[02-9ac-hj-np-z]{50}"),)
    references: ClassVar[tuple[str, ...]] = ("CIP-19 Cardano addresses", "CIP-5 common Bech32 prefixes")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen(
            "base address",
            b"addr1qx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer3n0d3vllmyqwsx5wktcd8cc3sq835lu7drv2xwl2wywfgse35a3x",
            (
                "addr1qx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer3n0d3vllmyqwsx5wktcd8cc3sq835lu7drv2xwl2wywfgse35a3x",
            ),
            "CIP-19",
        ),
        Specimen(
            "reward address",
            b"stake1uyehkck0lajq8gr28t9uxnuvgcqrc6070x3k9r8048z8y5gh6ffgw",
            ("stake1uyehkck0lajq8gr28t9uxnuvgcqrc6070x3k9r8048z8y5gh6ffgw",),
            "CIP-19",
        ),
        Specimen(
            "without a stake part",
            b"addr1vyqqzqsrqszsvpcgpy9qkrqdpc83qygjzv2p29shrqv35xcjrvarg",
            ("addr1vyqqzqsrqszsvpcgpy9qkrqdpc83qygjzv2p29shrqv35xcjrvarg",),
            "counted bytes",
        ),
        Specimen("truncated", b"stake1uyehkck0lajq8gr28t9uxnuvgcqrc6070x3k9r8048z8y5gh6ffg", None, "CIP-19, cut"),
        Specimen(
            "wrong checksum", b"stake1uyehkck0lajq8gr28t9uxnuvgcqrc6070x3k9r8048z8y5gh6ffgx", None, "CIP-19, changed"
        ),
        Specimen(
            "checksum right, header of another length",
            b"addr1qyqqzqsrqszsvpcgpy9qkrqdpc83qygjzv2p29shrqv35xcd6ka2g",
            None,
            "counted bytes",
        ),
    )
    shortest = 58
    longest = 120

    def accept(self, word: bytes) -> Accepted | None:
        """Validate by the checksum, the header and the length that it asks for."""
        read = bech32.decode(word, limit=self.longest)
        data = None if read is None else bech32.to_bytes(read.symbols)
        if read is None or not data or read.constant != bech32.BECH32:
            return None
        kind, network = data[0] >> 4, NETWORKS.get(data[0] & 15)
        if network is None or read.hrp not in ("addr", "stake", "addr_test", "stake_test"):
            return None
        if read.hrp.endswith("_test") != (network == "testnet") or read.hrp.startswith("stake") != (kind in REWARD):
            return None
        fields: dict[str, Field] = {"coin": Field("ADA"), "network": Field(network)}
        links: tuple[Link, ...] = ()
        if kind in BASE and len(data) == 57:
            stake_header = (0xF0 if kind & 2 else 0xE0) | data[0] & 15
            prefix = "stake" if network == "mainnet" else "stake_test"
            stake = bech32.encode(prefix, bech32.to_symbols(bytes((stake_header,)) + data[29:]), bech32.BECH32)
            fields |= {"type": Field("base"), "payment": Field(data[1:29].hex()), "stake_address": Field(stake)}
            links = (Link("STAKED_WITH", "address/cardano", stake),)
        elif kind in ENTERPRISE and len(data) == 29:
            fields |= {"type": Field("enterprise"), "payment": Field(data[1:].hex())}
        elif kind in REWARD and len(data) == 29:
            fields |= {"type": Field("reward"), "stake": Field(data[1:].hex())}
        else:
            return None
        value = word.decode("ascii").lower()
        remarks = () if network == "mainnet" else (TEST_NETWORK,)
        grade, caveats = judged(value, Grade.C1 if remarks else Grade.C2, *remarks)
        return Accepted(value, grade, (passed("bech32", bech32.CHECK_BITS),), fields, links=links, caveats=caveats)


DETECTOR: Detector = CardanoAddress()

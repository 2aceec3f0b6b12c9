"""Bitcoin Cash addresses in the form of their own.

| part     | characters | content                                                               |
|----------|------------|-----------------------------------------------------------------------|
| prefix   |            | `bitcoincash:`, `bchtest:`, `bchreg:`, `simpleledger:`; may be left out |
| version  |            | bit 7 zero, 4 bits of type (`q` key, `p` script, `z` `r` with tokens), 3 of size |
| digest   |            | 20 bytes (longer ones are not looked for)                             |
| checksum | 8          | 40 bits over the prefix and all before                                |

42 characters without the prefix. The legacy form is Bitcoin's and is told there.

Not recorded: whose address it is, whether it was ever used, and when.
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import Field, Grade
from forensics.primitives import base58, cashaddr
from forensics.primitives.published import judged

NETWORKS = {
    "bitcoincash": "mainnet",
    "simpleledger": "mainnet",
    "ecash": "mainnet",
    "bchtest": "testnet",
    "bchreg": "regtest",
}
TEST_NETWORK = "test network: its coins have no value"


class BitcoinCashAddress(WordDetector):
    """One address without its prefix, which the checksum tells."""

    kind = "address/bitcoin_cash"
    title = "Bitcoin Cash address"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\b[qpzrQPZR][02-9ac-hj-np-zAC-HJ-NP-Z]{41}\b"),)
    references: ClassVar[tuple[str, ...]] = (
        "Bitcoin Cash specification, CashAddr",
        "CHIP-2022-02-CashTokens (types with tokens)",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen(
            "with its prefix",
            b"bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a",
            ("bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a",),
            "CashAddr specification",
        ),
        Specimen(
            "P2SH without a prefix",
            b"to pp63uahgrxged4z5jswyt5dn5v3lzsem6cnsdw2m32",
            ("bitcoincash:pp63uahgrxged4z5jswyt5dn5v3lzsem6cnsdw2m32",),
            "digest of the BIP-173 key",
        ),
        Specimen(
            "with tokens, in capitals",
            b"ZP63UAHGRXGED4Z5JSWYT5DN5V3LZSEM6CRLRLR74Y",
            ("bitcoincash:zp63uahgrxged4z5jswyt5dn5v3lzsem6crlrlr74y",),
            "digest of the BIP-173 key",
        ),
        Specimen(
            "test network",
            b"bchtest:qp63uahgrxged4z5jswyt5dn5v3lzsem6cq85x00dt",
            ("bchtest:qp63uahgrxged4z5jswyt5dn5v3lzsem6cq85x00dt",),
            "digest of the BIP-173 key",
        ),
        Specimen("truncated", b"bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6", None, "made by hand"),
        Specimen("wrong checksum", b"bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6c", None, "made by hand"),
        Specimen("look-alike: 42 letters", b"qpzry9x8gf2tvdw0s3jn54khce6mua7lqpzry9x8gf", None, "made by hand"),
    )
    shortest = longest = 42

    def accept(self, word: bytes) -> Accepted | None:
        """Validate by the checksum over each prefix in turn."""
        read = cashaddr.decode(word)
        if read is None or len(read.hash) != 20 or read.kind not in cashaddr.KINDS:
            return None
        value = f"{read.prefix}:{word.decode('ascii').lower()}"
        network = NETWORKS[read.prefix]
        remarks = () if network == "mainnet" else (TEST_NETWORK,)
        grade, caveats = judged(value, Grade.C1 if remarks else Grade.C2, *remarks)
        fields = {
            "coin": Field("BCH"),
            "network": Field(network),
            "type": Field(cashaddr.KINDS[read.kind]),
            "hash160": Field(read.hash.hex()),
        }
        if network == "mainnet":
            fields["legacy"] = Field(base58.encode_check((b"\x05" if read.kind & 1 else b"\x00") + read.hash))
        return Accepted(value, grade, (passed("cashaddr", cashaddr.CHECK_BITS),), fields, caveats=caveats)


DETECTOR: Detector = BitcoinCashAddress()

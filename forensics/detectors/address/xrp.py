"""Addresses of the XRP Ledger.

| form            | characters | content                                                                |
|-----------------|------------|------------------------------------------------------------------------|
| classic `r…`    | 25-35      | 0x00, 20 bytes of account                                              |
| X-address `X…`  | 47         | 05 44 (`T…`, 04 93: test), 20 bytes of account, flag, tag 8 little-endian |

Base58Check with an alphabet of its own. The tag of an X-address names a customer of an exchange.

Not recorded: whose account it is. A classic address is often written with its tag beside it, which is
not read here.
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.address._base58_coin import TRIGGER
from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import Absent, Field, Grade
from forensics.primitives import base58
from forensics.primitives.published import judged

NETWORKS = {b"\x05\x44": "mainnet", b"\x04\x93": "testnet"}
TEST_NETWORK = "test network: its coins have no value"


class RippleAddress(WordDetector):
    """One XRP Ledger address."""

    kind = "address/xrp"
    title = "XRP Ledger address"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (TRIGGER,)
    references: ClassVar[tuple[str, ...]] = (
        "XRP Ledger documentation, base58 encodings",
        "XLS-5d, tagged addresses",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen(
            "classic",
            b"rBgGZ9tc4him9KBzD8fKFiQz3fSZpaSwMH",
            ("rBgGZ9tc4him9KBzD8fKFiQz3fSZpaSwMH",),
            "digest of the BIP-173 key",
        ),
        Specimen(
            "the first account",
            b"rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",
            ("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",),
            "XRP Ledger documentation",
        ),
        Specimen(
            "X-address",
            b"X7AcgcsBL6XDcUb289X4mJ8djcdyKaB5hJDWMArnXr61cqZ",
            ("X7AcgcsBL6XDcUb289X4mJ8djcdyKaB5hJDWMArnXr61cqZ",),
            "xrpl-py tests",
        ),
        Specimen("truncated", b"rHb9CJAWyB4rj91VRWn96DkukG4bwdtyT", None, "made by hand"),
        Specimen("wrong checksum", b"rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTj", None, "made by hand"),
        Specimen("look-alike: a name", b"returnsTheSumWhenBothAreNumbers", None, "made by hand"),
    )
    shortest = 25
    longest = 47

    def accept(self, word: bytes) -> Accepted | None:
        """Validate by the checksum, the version and the length."""
        if word[0] not in b"rXT":
            return None
        payload = base58.decode_check(word, base58.RIPPLE)
        if payload is None:
            return None
        fields: dict[str, Field] = {"coin": Field("XRP"), "network": Field("mainnet")}
        if len(payload) == 21 and payload[0] == 0:
            fields |= {"type": Field("classic"), "account": Field(payload[1:].hex())}
        elif len(payload) == 31 and payload[:2] in NETWORKS and payload[22] in (0, 1) and not any(payload[27:]):
            tag = int.from_bytes(payload[23:27], "little")
            classic = base58.encode_check(b"\0" + payload[2:22], base58.RIPPLE)
            fields["network"] = Field(NETWORKS[payload[:2]])
            fields |= {
                "type": Field("x-address"),
                "account": Field(payload[2:22].hex()),
                "classic": Field(classic),
                "destination_tag": Field(tag if payload[22] else Absent.NONE_STORED),
            }
        else:
            return None
        value = word.decode("ascii")
        test = fields["network"].value != "mainnet"
        remarks = (TEST_NETWORK,) if test else ()
        grade, caveats = judged(value, Grade.C1 if test else Grade.C2, *remarks)
        return Accepted(value, grade, (passed("base58check", base58.CHECK_BITS),), fields, caveats=caveats)


DETECTOR: Detector = RippleAddress()

"""Monero addresses.

| bytes | content                                                                        |
|-------|--------------------------------------------------------------------------------|
| 0     | tag: 18 standard, 19 integrated, 42 subaddress; 53 54 63 testnet, 24 25 36 stagenet |
| 1-33  | public spend key, a point of edwards25519                                      |
| 33-65 | public view key, likewise                                                      |
| 65-73 | integrated only: payment id, often one for each customer or order              |
| last 4 | first bytes of the Keccak-256 digest of what stands before                    |

Base58 in blocks of eight bytes: 95 characters, or 106 for an integrated address.

Not recorded: amounts, dates and senders; a subaddress does not show the wallet that it belongs to.
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import Field, Grade
from forensics.primitives import cryptonote
from forensics.primitives.ed25519_point import is_point
from forensics.primitives.published import judged

TEST_NETWORK = "test network: its coins have no value"

_LENGTHS = {"standard": (95, 64), "subaddress": (95, 64), "integrated": (106, 72)}


class MoneroAddress(WordDetector):
    """One Monero address."""

    kind = "address/monero"
    title = "Monero address"
    version = 1
    # As in key/wif: the tags would allow narrower second characters, at a cost to all patterns.
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\b[45789AB][1-9A-HJ-NP-Za-km-z]{94}(?:[1-9A-HJ-NP-Za-km-z]{11})?\b"),
    )
    references: ClassVar[tuple[str, ...]] = (
        "Monero src/cryptonote_basic/cryptonote_basic_impl.cpp, src/cryptonote_config.h",
        "Monero src/common/base58.cpp",
        "RFC 8032 section 5.1.3",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen(
            "standard",
            b"44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A",
            ("44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A",),
            "Monero README",
        ),
        Specimen(
            "subaddress in a URI",
            b"monero:888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9c"
            b"QUiyoogDavup3H?tx_amount=1",
            ("888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H",),
            "Monero README",
        ),
        Specimen(
            "integrated",
            b"4DrvGduF3ynBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RV"
            b"PkQhNkvcj1x1ziWUt9",
            (
                "4DrvGduF3ynBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RV"
                "PkQhNkvcj1x1ziWUt9",
            ),
            "keys of the Monero README, payment id 0102030405060708",
        ),
        Specimen(
            "testnet",
            b"9uhnk5k1j5NBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGRySiok",
            ("9uhnk5k1j5NBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGRySiok",),
            "keys of the Monero README, tag 53",
        ),
        Specimen(
            "truncated",
            b"44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3",
            None,
            "made by hand",
        ),
        Specimen(
            "wrong checksum",
            b"44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3B",
            None,
            "made by hand",
        ),
        Specimen(
            "view key that cannot exist",
            b"44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXcQVWTov7GT11111111111111111111111111111111116hAeuE",
            None,
            "made by hand: y = 2 with the right checksum",
        ),
        Specimen(
            "look-alike: another CryptoNote tag",
            b"2tFYABMJBqeBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGPLjCfX",
            None,
            "keys of the Monero README, tag 11",
        ),
    )
    shortest = 95
    longest = 106

    def accept(self, word: bytes) -> Accepted | None:
        """Ask for tag and length, then the checksum, then keys that can exist."""
        first = cryptonote.decode(word[:11])
        if first is None or len(word) not in (95, 106) or first[0] not in cryptonote.MONERO_TAGS:
            return None
        network, form = cryptonote.MONERO_TAGS[first[0]]
        length, size = _LENGTHS[form]
        read = cryptonote.decode_address(word) if len(word) == length else None
        if read is None or len(read.body) != size:
            return None
        spend, view, payment = read.body[:32], read.body[32:64], read.body[64:]
        if not (is_point(spend) and is_point(view)):
            return None
        value = word.decode("ascii")
        grade = Grade.C2 if network == "mainnet" else Grade.C1
        grade, caveats = judged(value, grade, *(() if network == "mainnet" else (TEST_NETWORK,)))
        fields = {
            "coin": Field("XMR"),
            "network": Field(network),
            "type": Field(form),
            "spend_key": Field(spend.hex()),
            "view_key": Field(view.hex()),
        }
        return Accepted(
            value,
            grade,
            (passed("keccak checksum", cryptonote.CHECK_BITS), passed("curve points", 2)),
            fields | ({"payment_id": Field(payment.hex())} if payment else {}),
            caveats=caveats,
        )


DETECTOR: Detector = MoneroAddress()

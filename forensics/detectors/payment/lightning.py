"""Lightning invoices (BOLT 11).

| part      | symbols | content                                                                    |
|-----------|---------|----------------------------------------------------------------------------|
| prefix    |         | `ln`, network, amount with its multiplier `m` `u` `n` `p`                  |
| time      | 7       | seconds since 1970                                                         |
| fields    |         | type 1, length 2, data: payment hash, description, payee, expiry and others |
| signature | 104     | 65 bytes; the payee's key follows from it                                  |
| checksum  | 6       | Bech32, not Bech32m                                                        |

Not recorded: whether it was paid, and by whom. The time is that of the payee's clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import Absent, Clock, Event, Field, Grade
from forensics.primitives import bech32
from forensics.primitives.published import judged

NETWORKS = {"bc": "mainnet", "tb": "testnet", "tbs": "signet", "bcrt": "regtest"}
TEST_NETWORK = "test network: its coins have no value"
MULTIPLIERS = {"": 10**11, "m": 10**8, "u": 10**5, "n": 10**2}  # in thousandths of a satoshi
_PREFIX = re.compile(r"ln(bcrt|bc|tbs|tb)(?:([0-9]{1,12})([munp]?))?")
_SIGNATURE = 104
_TIME = 7
_GENESIS = 1_231_006_505
_MOST_FIELDS = 64

_SPECIFIED = b"lnbc1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpl2pkx2ctnv5sxxmmwwd5kgetjypeh2ursdae8g6twvus8g6rfwvs8qun0dfjkxaq9qrsgq357wnc5r2ueh7ck6q93dj32dlqnls087fxdwk8qakdyafkq3yap9us6v52vjjsrvywa6rt52cm9r9zqt8r2t7mlcwspyetp5h2tztugp9lfyql"
_COFFEE = b"lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7enxv4jsxqzpu9qrsgquk0rl77nj30yxdy8j9vdx85fkpmdla2087ne0xh8nhedh8w27kyke0lp53ut353s06fv3qfegext0eh0ymjpf39tuven09sam30g4vgpfna3rh"


class LightningInvoice(WordDetector):
    """One invoice."""

    kind = "payment/lightning"
    title = "Lightning invoice"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\b(?:ln|LN)(?:bc|tb|BC|TB)(?:rt|s|RT|S)?[0-9]{0,12}[munpMUNP]?1[02-9ac-hj-np-zAC-HJ-NP-Z]{100}"),
    )
    references: ClassVar[tuple[str, ...]] = ("BOLT 11: Invoice Protocol for Lightning Payments",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("any amount", _SPECIFIED, (_SPECIFIED.decode(),), "BOLT 11 examples"),
        Specimen("a coffee, in a URI", b"lightning:" + _COFFEE, (_COFFEE.decode(),), "BOLT 11 examples"),
        Specimen("in capitals", _COFFEE.upper(), (_COFFEE.decode(),), "BOLT 11 examples"),
        Specimen("truncated", _COFFEE[:-1], None, "BOLT 11 examples, cut"),
        Specimen("wrong checksum", _COFFEE[:-1] + b"q", None, "BOLT 11 examples, changed"),
        Specimen(
            "look-alike: a witness address",
            b"bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3",
            None,
            "BIP-173, for the main network",
        ),
    )
    shortest = 130
    longest = 1000

    def accept(self, word: bytes) -> Accepted | None:
        """Validate by checksum, prefix, time and payment hash."""
        read = bech32.decode(word, limit=self.longest)
        prefix = _PREFIX.fullmatch(read.hrp) if read else None
        if read is None or prefix is None or read.constant != bech32.BECH32:
            return None
        if len(read.symbols) < _TIME + _SIGNATURE:
            return None
        seconds = _number(read.symbols[:_TIME])
        if not _GENESIS <= seconds < 4_102_444_800:
            return None
        fields: dict[str, Field] = {"coin": Field("BTC"), "network": Field(NETWORKS[prefix[1]])}
        amount = _amount(prefix[2], prefix[3] or "")
        if amount is None:
            return None
        fields["amount_msat"] = Field(amount if amount else Absent.NONE_STORED)
        expiry = 3_600
        for kind, data in _tagged(read.symbols[_TIME:-_SIGNATURE]):
            match kind:
                case 1 if len(data) == 52:
                    fields.setdefault("payment_hash", Field(_octets(data).hex()))
                case 13:
                    fields.setdefault("description", Field(_octets(data).decode("utf-8", "replace")))
                case 19 if len(data) == 53:
                    fields.setdefault("payee", Field(_octets(data).hex()))
                case 23 if len(data) == 52:
                    fields.setdefault("description_hash", Field(_octets(data).hex()))
                case 6 if len(data) <= 7:
                    expiry = _number(data)
        if "payment_hash" not in fields:
            return None
        fields["expiry_seconds"] = Field(expiry)
        value = word.decode("ascii").lower()
        remarks = () if prefix[1] == "bc" else (TEST_NETWORK,)
        grade, caveats = judged(value, Grade.C1 if remarks else Grade.C2, *remarks)
        when = datetime.fromtimestamp(seconds, UTC)
        made = Event(when, timedelta(seconds=1), "invoice created", str(seconds), Clock.SENDER)
        return Accepted(value, grade, (passed("bech32", bech32.CHECK_BITS),), fields, events=(made,), caveats=caveats)


def _number(symbols: bytes) -> int:
    number = 0
    for symbol in symbols:
        number = number << 5 | symbol
    return number


def _octets(symbols: bytes) -> bytes:
    """Whole bytes of the symbols; spare bits at the end are dropped."""
    return (_number(symbols) >> 5 * len(symbols) % 8).to_bytes(5 * len(symbols) // 8, "big")


def _amount(digits: str | None, multiplier: str) -> int | None:
    """Thousandths of a satoshi; 0 where none is asked for, None where it is not one."""
    if not digits:
        return 0
    if digits[0] == "0":
        return None
    if multiplier == "p":
        return int(digits) // 10 if digits[-1] == "0" else None
    return int(digits) * MULTIPLIERS[multiplier]


def _tagged(symbols: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    for _ in range(_MOST_FIELDS):
        if at + 3 > len(symbols):
            return
        size = symbols[at + 1] << 5 | symbols[at + 2]
        if at + 3 + size > len(symbols):
            return
        yield symbols[at], symbols[at + 3 : at + 3 + size]
        at += 3 + size


DETECTOR: Detector = LightningInvoice()

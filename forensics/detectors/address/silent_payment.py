"""Addresses of Bitcoin for silent payments (BIP-352).

| part      | content                                                      |
|-----------|--------------------------------------------------------------|
| `sp`      | main network; `tsp` test networks                            |
| version   | one symbol, 0                                                |
| 33 bytes  | public key to find payments by                               |
| 33 bytes  | public key to spend them with                                |
| 6 symbols | Bech32m                                                      |

One address serves any number of payments, none of which shows it in the chain.

Not recorded: whose address it is, and its payments.
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import Field, Grade
from forensics.primitives import bech32, secp256k1
from forensics.primitives.published import judged

_VECTOR = b"sp1qqgste7k9hx0qftg6qmwlkqtwuy6cycyavzmzj85c6qdfhjdpdjtdgqjuexzk6murw56suy3e0rd2cgqvycxttddwsvgxe2usfpxumr70xc9pkqwv"
_NETWORKS = {"sp": "mainnet", "tsp": "testnet"}


class SilentPaymentAddress(WordDetector):
    """One address."""

    kind = "address/silent_payment"
    title = "Bitcoin address for silent payments"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\bt?sp1q[02-9ac-hj-np-z]{112}\b"),)
    references: ClassVar[tuple[str, ...]] = ("BIP-352 Silent Payments",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("an address", _VECTOR, (_VECTOR.decode(),), "BIP-352, send_and_receive_test_vectors.json"),
        Specimen("in a URI", b"bitcoin:?sp=" + _VECTOR, (_VECTOR.decode(),), "the same"),
        Specimen("truncated", _VECTOR[:-1], None, "made by hand"),
        Specimen("wrong checksum", _VECTOR[:-1] + b"q", None, "made by hand"),
        Specimen("look-alike: letters", b"sp1q" + b"q" * 112, None, "made by hand"),
    )
    shortest, longest = 116, 117

    def accept(self, word: bytes) -> Accepted | None:
        """Validate by the checksum, and both keys as points."""
        read = bech32.decode(word, len(word))
        if read is None or read.constant != bech32.BECH32M or read.hrp not in _NETWORKS or read.symbols[0]:
            return None
        data = bech32.to_bytes(read.symbols[1:])
        if data is None or len(data) != 66 or not (secp256k1.point(data[:33]) and secp256k1.point(data[33:])):
            return None
        value = word.decode("ascii")
        network = _NETWORKS[read.hrp]
        grade, caveats = judged(value, Grade.C2 if network == "mainnet" else Grade.C1)
        fields = {
            "coin": Field("BTC"),
            "network": Field(network),
            "type": Field("silent payment"),
            "scan_key": Field(data[:33].hex()),
            "spend_key": Field(data[33:].hex()),
        }
        return Accepted(value, grade, (passed("bech32m", bech32.CHECK_BITS),), fields, caveats=caveats)


DETECTOR: Detector = SilentPaymentAddress()

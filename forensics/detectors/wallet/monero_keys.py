"""Key files of Monero wallets (`NAME.keys`).

| offset | length | content |
|--------|--------|---------|
| 0      | 8      | initial value of ChaCha20 |
| 8      | 1-3    | length of what follows, seven bits a byte |
| behind |        | ciphertext, to the end of the file |

There is no magic: the name, the length that fits to the byte, and the even spread of octets are what
speaks for it. So it is found as a file only, and not carved.

Not recorded outside the encryption: address, seed, time of creation, network. Rounds of the key
derivation (CryptoNight) are not stored. `NAME.address.txt` beside it holds the address in clear,
and `NAME` the cache, which has no mark either: opening the key file opens that, too.
"""

from __future__ import annotations

import collections
import math
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Outcome, Sensitivity

SMALLEST, LARGEST = 150, 1 << 20
_EVEN = 0.93  # of the entropy that so many random octets have


def _random(count: int) -> bytes:
    state, found = 1, bytearray()
    while len(found) < count:
        state = state * 6364136223846793005 + 1442695040888963407 & (1 << 64) - 1
        found.append(state >> 56)
    return bytes(found)


_FILE = _random(8) + b"\xa1\x0d" + _random(1_697)


class MoneroKeys:
    """One key file."""

    kind: ClassVar[str] = "wallet/monero_keys"
    title: ClassVar[str] = "Monero key file"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(name="*.keys"),)
    references: ClassVar[tuple[str, ...]] = (
        "Monero src/wallet/wallet2.cpp (keys_file_data)",
        "John the Ripper, monero format",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a file", _FILE, ("encrypted",), "by hand, octets of a linear congruence"),
        Specimen("cut off", _FILE[:-1], None, "by hand, cut"),
        Specimen("longer than it says", _FILE + b"\0", None, "by hand, changed"),
        Specimen("look-alike: text", _FILE[:8] + b"\xa1\x0d" + b"keys " * 339 + b"ke", None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The file, if `at` is its beginning."""
        if at or not SMALLEST <= layer.size <= LARGEST:
            return
        data = layer.read(0, layer.size)
        size, behind = varint(data, 8)
        if size < 0 or size != len(data) - behind or not _even(data[behind:]):
            return
        yield finding(
            self,
            layer,
            0,
            len(data),
            grade=Grade.C2,
            value=Absent.ENCRYPTED,
            checks=(
                Check("length", Outcome.PASS, 14),
                Check("name of the file", Outcome.PASS, 8),
                Check("spread of octets", Outcome.PASS, 4),
            ),
            fields={
                "encryption": Field("everything, ChaCha20", ByteRun(0, len(data))),
                "kdf": Field("CryptoNight"),
                "kdf_rounds": Field(Absent.NONE_STORED),
                "iv": Field(data[:8].hex(), ByteRun(0, 8)),
                "octets": Field(size, ByteRun(8, behind - 8)),
                "hash_export": Field("$monero$0*" + data.hex() if len(data) <= 4_096 else Absent.OUT_OF_RANGE),
            },
            caveats=("There is no mark of the format: name, length and spread speak for it.",),
            sensitivity=Sensitivity.PERSONAL,
        )


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits an octet and the offset behind it; (-1, at) where there is none."""
    value = shift = 0
    for place in range(at, min(at + 4, len(data))):
        value |= (data[place] & 0x7F) << shift
        shift += 7
        if data[place] < 0x80:
            return value, place + 1
    return -1, at


def _even(data: bytes) -> bool:
    """Whether octets are spread as random ones are."""
    total = len(data)
    spread = -sum(count / total * math.log2(count / total) for count in collections.Counter(data).values())
    most = min(8.0, math.log2(total)) - 128 / total
    return spread >= _EVEN * most


DETECTOR: Detector = MoneroKeys()

"""bzip2 streams (the format of bzip2 1.0.8). The library checks the CRC-32 of each block and of the stream.

    | offset | length | what |
    |--------|--------|------|
    | 0      | 3      | "BZh" |
    | 3      | 1      | "1" to "9": blocks of that many 100,000 bytes |
    | 4      | 6      | 31 41 59 26 53 59: a block begins |

An empty stream has no block and is not looked for.
"""

from __future__ import annotations

import bz2
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Trigger
from forensics.model import ByteRun, Layer
from forensics.sweep.decoders._note import NOTE, flipped
from forensics.sweep.decoders._streams import LEAST, Plain, Step, drain
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen

_BZIP2 = bytes.fromhex(
    "425a683931415926535946736cb4000012df8000104005369033934da027e7bfe0200048891a1a001a191a3261069a0d4993"
    "4c86801a068001906c791a4dec8c1203802862acee7d2c9cbf152851a085b90bf4b05b7c101c3a302b723afc6907a82051a8"
    "20d635f49382a52f080a81f38e0cdbdd0ba5555f8bb9229c28482339b65a00"
)


def bzip2(_exact: bool) -> Step:
    """A decompressor of bzip2 streams."""
    return Plain(bz2.BZ2Decompressor())


class Bzip2:
    """Decodes one stream."""

    kind: ClassVar[str] = "bzip2"
    title: ClassVar[str] = "bzip2 stream"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"BZh[1-9]1AY&SY", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = (
        "bzip2 and libbzip2, version 1.0.8: A program and library for data compression",
    )
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = (
        EncodedSpecimen("a note", _BZIP2, (NOTE,), "bzip2 1.0.8"),
        EncodedSpecimen("the end is cut off", _BZIP2[:-3], (NOTE,), "bzip2 1.0.8, cut"),
        EncodedSpecimen("wrong checksum", flipped(_BZIP2, 12), (NOTE[:-1],), "bzip2 1.0.8, a bit changed"),
        EncodedSpecimen("the magic in a text", b"BZh91AY&SY is how it begins, said the manual.", None, "made by hand"),
    )

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """As the contract says."""
        if limit <= 0:
            return
        done = drain(bzip2, layer, at, layer.size, limit)
        if not done.data or (done.damaged and len(done.data) < LEAST):
            return
        caveat = done.caveat(limit)
        yield Decoded(done.data, ByteRun(at, done.used), complete=not caveat, caveat=caveat)


DECODER: Decoder = Bzip2()

"""xz streams (The .xz File Format 1.2.0). The library checks the stored CRC-32, CRC-64 or SHA-256.

    | offset | length | what |
    |--------|--------|------|
    | 0      | 6      | FD "7zXZ" 00 |
    | 6      | 2      | flags: 00, and the check: 0 none, 1 CRC-32, 4 CRC-64, 0A SHA-256 |
    | 8      | 4      | CRC-32 of the flags |
    | 12     | 1      | length of the block's header in words, less one; 0 where the index begins |

A stream whose dictionary needs more than `MOST_MEMORY` is named, and not decoded.
"""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Trigger
from forensics.model import ByteRun, Layer
from forensics.sweep.decoders._note import NOTE, flipped
from forensics.sweep.decoders._streams import LEAST, Plain, Step, drain
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen

MAGIC = b"\xfd7zXZ\0"
MOST_MEMORY = 256 << 20

_XZ = bytes.fromhex(
    "fd377a585a0000016922de360200210116000000742fe5a3e0006a005c5d0028184b22033e008dce067cd3113ca64b081c26"
    "24996e34869fdb48b6d75b714bead76fb5c970f2813da1754eddd4de8af23fa8c382bf7b7de16365a86acd552a3852d2cd31"
    "5827b03f07a6dbb63e36e6f7c83b7b27b518605e71380000827e85680001746b09b1b5b19042990d010000000001595a"
)


def _xz(_exact: bool) -> Step:
    return Plain(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MOST_MEMORY))


class Xz:
    """Decodes one stream."""

    kind: ClassVar[str] = "xz"
    title: ClassVar[str] = "xz stream"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\xfd7zXZ\x00\x00[\x00\x01\x04\x0a]", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("The .xz File Format, version 1.2.0",)
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = (
        EncodedSpecimen("a note", _XZ, (NOTE,), "xz --check=crc32 5.4.1"),
        EncodedSpecimen("the index is cut off", _XZ[:-20], (NOTE,), "xz --check=crc32 5.4.1, cut"),
        EncodedSpecimen("wrong checksum", flipped(_XZ, -28), (NOTE[:-1],), "xz --check=crc32 5.4.1, a bit changed"),
        EncodedSpecimen("wrong checksum of the flags", flipped(_XZ, 8), None, "xz --check=crc32 5.4.1, a bit changed"),
    )

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """As the contract says."""
        head = layer.read(at, 13)
        if limit <= 0 or len(head) < 13 or head[:6] != MAGIC or head[12] == 0:
            return
        if int.from_bytes(head[8:12], "little") != zlib.crc32(head[6:8]):
            return
        done = drain(_xz, layer, at, layer.size, limit)
        caveat = done.caveat(limit)
        if done.damaged and len(done.data) < LEAST:
            caveat = _memory(layer, at)
            if not caveat:
                return
        if done.data or caveat:
            yield Decoded(done.data, ByteRun(at, done.used), complete=not caveat, caveat=caveat)


def _memory(layer: Layer, at: int) -> str:
    """Why a stream that gave nothing gave nothing, where it is its appetite."""
    try:
        lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MOST_MEMORY).decompress(layer.read(at, 4096), 1)
    except lzma.LZMAError as error:
        if "emory usage limit" in str(error):
            return f"Not decoded: it needs more than {MOST_MEMORY >> 20} MiB of memory."
    return ""


DECODER: Decoder = Xz()

"""LZ4 frames (LZ4 Frame Format 1.6.3). The library checks the header's check byte and the XXH32 of the content.

    | offset | length | what |
    |--------|--------|------|
    | 0      | 4      | 04 22 4D 18 |
    | 4      | 1      | version 01 (2 bits), independent blocks, block checksum, length, content checksum, 0, dictionary |
    | 5      | 1      | 0, largest block: 4 to 7 (64 KiB to 4 MiB), 0000 |
    |        | 0 or 8 | decoded length |
    |        | 0 or 4 | dictionary |
    |        | 1      | second byte of XXH32 of the descriptor |
    |        | 4      | of each block: length; upper bit: not compressed; 0 ends |
    | end-4  | 4      | XXH32 of the decoded bytes |

The legacy format of the Linux kernel (02 21 4C 18) is not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

import lz4.frame

from forensics.detectors.base import Trigger
from forensics.model import ByteRun, Layer
from forensics.sweep.decoders._lz4_block import block
from forensics.sweep.decoders._note import NOTE, flipped
from forensics.sweep.decoders._streams import LEAST, Plain, Step, drain
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen

WINDOW = 1 << 16
MOST_BLOCKS = 1 << 20

_LZ4 = bytes.fromhex(
    "04224d186440a764000000f13350617920746f20314276424d53455973745765747154466e354175346d3447466737784a61"
    "4e564e3220616e64206f6e6c792074686572652c2068616c66206e6f771900010d00c16f6e2064656c69766572793a1f0002"
    "2500802c2068616c662e0a0000000075d4e032"
)


def _lz4(_exact: bool) -> Step:
    return Plain(lz4.frame.LZ4FrameDecompressor())


class Lz4:
    """Decodes one frame."""

    kind: ClassVar[str] = "lz4"
    title: ClassVar[str] = "LZ4 frame"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\x04\x22\x4d\x18[\x40-\x7f][\x40\x50\x60\x70]", at=0, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = ("LZ4 Frame Format Description, version 1.6.3",)
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = (
        EncodedSpecimen("a note", _LZ4, (NOTE,), "lz4 1.9.4"),
        EncodedSpecimen("the end mark is cut off", _LZ4[:-8], (NOTE,), "lz4 1.9.4, cut"),
        EncodedSpecimen("wrong checksum", flipped(_LZ4, -1), (NOTE[:-1],), "lz4 1.9.4, a bit changed"),
        EncodedSpecimen("wrong check byte of the header", flipped(_LZ4, 6), None, "lz4 1.9.4, a bit changed"),
    )

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """As the contract says."""
        if limit <= 0:
            return
        done = drain(_lz4, layer, at, layer.size, limit)
        if not (done.ended or done.limited or done.damaged):
            done = replace(done, data=(done.data + _last(layer, at, done.data[-WINDOW:]))[:limit])
        if not done.data or (done.damaged and len(done.data) < LEAST):
            return
        caveat = done.caveat(limit)
        yield Decoded(done.data, ByteRun(at, done.used), complete=not caveat, caveat=caveat)


def _last(layer: Layer, at: int, before: bytes) -> bytes:
    """What can be decoded of the block that the end of the layer cuts."""
    flags = layer.read(at + 4, 2)
    if len(flags) < 2:
        return b""
    position = at + 7 + (8 if flags[0] & 8 else 0) + (4 if flags[0] & 1 else 0)
    largest = 1 << 2 * (flags[1] >> 4 & 7) + 8
    for _ in range(MOST_BLOCKS):
        word = int.from_bytes(layer.read(position, 4), "little")
        length = word & 0x7FFFFFFF
        position += 4
        if not 0 < length <= largest or position >= layer.size:
            return b""
        if position + length > layer.size:
            data = layer.read(position, length)
            return data if word >> 31 else block(data, largest, b"" if flags[0] & 0x20 else before)[0]
        position += length + (4 if flags[0] & 0x10 else 0)
    return b""


DECODER: Decoder = Lz4()

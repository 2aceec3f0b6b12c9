r"""Files of Firefox that hold one LZ4 block: session stores, search engines, bookmark backups.

    | offset | length | what |
    |--------|--------|------|
    | 0      | 8      | "mozLz40" 00 |
    | 8      | 4      | u32 decoded length |
    | 12     |        | LZ4 block: of each sequence a token (4 bits literals, 4 bits match), more lengths, |
    |        |        | literals, u16 distance of the match; the last sequence has literals alone |

Neither the encoded length nor a checksum is recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import lz4.block

from forensics.detectors.base import Trigger
from forensics.model import ByteRun, Layer
from forensics.sweep.decoders._lz4_block import block
from forensics.sweep.decoders._note import NOTE
from forensics.sweep.decoders._streams import DAMAGED, LEAST, cut
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen

MAGIC = b"mozLz40\0"

_BLOCK = bytes.fromhex(
    "f13350617920746f20314276424d53455973745765747154466e354175346d3447466737784a61"
    "4e564e3220616e64206f6e6c792074686572652c2068616c66206e6f771900010d00c16f6e2064656c69766572793a1f0002"
    "2500802c2068616c662e0a"
)
_MOZ = MAGIC + len(NOTE).to_bytes(4, "little") + _BLOCK


class MozLz4:
    """Decodes one file."""

    kind: ClassVar[str] = "mozlz4"
    title: ClassVar[str] = "Firefox LZ4 file"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"mozLz40\x00", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = (
        "Firefox, toolkit/components/lz4/lz4.sys.mjs",
        "LZ4 Block Format Description",
    )
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = (
        EncodedSpecimen("a note", _MOZ, (NOTE,), "the block of lz4 1.9.4"),
        EncodedSpecimen("bytes behind it", _MOZ + bytes(400), (NOTE,), "the block of lz4 1.9.4, in a cluster"),
        EncodedSpecimen("the end is cut off", _MOZ[:-5], (NOTE[:-5],), "the block of lz4 1.9.4, cut"),
        EncodedSpecimen("a match before the beginning", _MOZ[:12] + b"\x10a\xff\xff" * 9, None, "made by hand"),
    )

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """As the contract says."""
        head = layer.read(at, 12)
        if len(head) < 12 or head[:8] != MAGIC or limit <= 0:
            return
        size = int.from_bytes(head[8:], "little")
        most = min(size, limit)
        # LZ4 makes 255 bytes for each encoded one at the most, and at least 255 of 256.
        encoded = layer.read(at + 12, most + most // 255 + 64)
        if not 0 < size <= 255 * (layer.size - at - 12):
            return
        data, used, fault = b"", len(encoded), ""
        if size <= limit:
            try:
                data = lz4.block.decompress(encoded, uncompressed_size=size)
            except lz4.block.LZ4BlockError:
                data = b""
        if len(data) != size:
            data, used, fault = block(encoded, most)
        if not data or (fault == DAMAGED and len(data) < LEAST):
            return
        caveat = cut(limit) if len(data) == limit < size else fault
        yield Decoded(data, ByteRun(at, 12 + used), complete=not caveat, caveat=caveat)


DECODER: Decoder = MozLz4()

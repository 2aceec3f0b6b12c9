"""Blocks of LevelDB tables (.ldb, .sst): browsers' local storage and databases, wallets, messengers.

    | offset | length | what |
    |--------|--------|------|
    | 0      |        | blocks: entries, restarts; behind each its type (0 plain, 1 Snappy, 2 Zstandard) and CRC-32C |
    |        |        | filter, index of filters, index: of each block its last key, offset and length |
    | end-48 | 40     | where the index of filters and the index lie: offset and length as varints each, padded |
    | end-8  | 8      | 57 FB 80 8B 24 75 47 DB |

The index stands before the footer, so the beginning of the table follows from it. Blocks that are not
compressed are in the layer below already. Keys stay as stored: without what they share with the key before.
The log (.log) has no mark that could wake a decoder; its records are plain text below.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import cramjam

from forensics.detectors.base import BytesLayer, Trigger
from forensics.model import ByteRun, Layer
from forensics.primitives.crc32c import crc32c
from forensics.primitives.leveldb import (
    FOOTER,
    LARGEST_BLOCK,
    MAGIC,
    TRAILER,
    Handle,
    handles,
    masked,
    table_index,
)
from forensics.sweep.decoders._note import flipped
from forensics.sweep.decoders._streams import CHECKSUM, cut
from forensics.sweep.decoders._zstandard import drain_zstandard
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen

BATCH = 256  # blocks whose checksums are made together
BATCH_BYTES = 4 << 20

_TABLE = bytes.fromhex(
    "fa0128000d6b6e6f7465300101000501f05850617920746f20314276424d53455973745765747154466e354175346d344746"
    "6737784a614e564e3220616e64206f6e6c792074686572652c2068616c66206e6f7720616e642068616c66206f6e2064656c"
    "69766572793a200112002c052509061c2e0a04096b3101020576fe7700ae77001c00000000010000000127d0074200000000"
    "0100000000c0f2a1b00009036f01ffffffffffffff008d010000000001000000009a2c933d9201089f011700000000000000"
    "00000000000000000000000000000000000000000000000000000057fb808b247547db"
)
_BLOCK = bytes.fromhex(
    "000d6b6e6f746530010100000000000050617920746f20314276424d53455973745765747154466e354175346d3447466737"
    "784a614e564e3220616e64206f6e6c792074686572652c2068616c66206e6f7720616e642068616c66206f6e2064656c6976"
    "6572793a2068616c662c2068616c662c2068616c662e0a04096b31010200000000000050617920746f20314276424d534559"
    "73745765747154466e354175346d3447466737784a614e564e3220616e64206f6e6c792074686572652c2068616c66206e6f"
    "7720616e642068616c66206f6e2064656c69766572793a2068616c662c2068616c662c2068616c662e0a0000000001000000"
)


class LevelDb:
    """Decodes the compressed blocks of one table."""

    kind: ClassVar[str] = "leveldb"
    title: ClassVar[str] = "LevelDB table"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\x57\xfb\x80\x8b\x24\x75\x47\xdb", wide=False),)
    references: ClassVar[tuple[str, ...]] = (
        "LevelDB 1.23, doc/table_format.md",
        "Snappy, format_description.txt",
    )
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = (
        EncodedSpecimen("one block", _TABLE, (_BLOCK,), "LevelDB through plyvel, compacted"),
        EncodedSpecimen("the beginning is cut off", _TABLE[7:], None, "LevelDB through plyvel, cut"),
        EncodedSpecimen("wrong checksum", flipped(_TABLE, 142), (_BLOCK,), "LevelDB through plyvel, a bit changed"),
        EncodedSpecimen("a footer alone", bytes(FOOTER - 8) + MAGIC, None, "made by hand"),
    )

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """As the contract says."""
        found = table_index(layer, at)
        if found is None or limit <= 0:
            return
        start, index = found
        entries = _plain(layer, start, index)
        if entries is None:
            return
        left, lost, number = limit, 0, 0
        for first, group in _batches(handles(entries, index.offset)):
            stored = [layer.read(start + each.offset, each.length + TRAILER) for each in group]
            sums = crc32c([each[:-4] if each[-5:-4] in (b"\1", b"\2") else b"" for each in stored])
            for number, (handle, block, checksum) in enumerate(zip(group, stored, sums, strict=True), first):
                kind = block[-5:-4]
                if len(block) < handle.length + TRAILER or kind not in (b"\1", b"\2"):
                    continue
                sound = masked(checksum) == int.from_bytes(block[-4:], "little")
                data = _decoded(kind, block[:-5], left)
                source = ByteRun(start + handle.offset, handle.length)
                if data is None:
                    lost += 1
                    continue
                caveat = cut(limit) if len(data) > left else "" if sound else CHECKSUM
                data = data[:left]
                left -= len(data)
                yield Decoded(data, source, index=number, complete=not caveat, caveat=caveat)
                if not left:
                    return
        if lost:
            caveat = f"{lost:,} compressed blocks of the table are damaged and were not decoded."
            yield Decoded(b"", ByteRun(start, at - start), index=number + 1, complete=False, caveat=caveat)


def _plain(layer: Layer, start: int, handle: Handle) -> bytes | None:
    """The decoded bytes of the index; None if they are damaged."""
    block = layer.read(start + handle.offset, handle.length + TRAILER)
    if len(block) < handle.length + TRAILER:
        return None
    if block[-5] == 0:
        return block[:-5]
    return _decoded(block[-5:-4], block[:-5], LARGEST_BLOCK)


def _decoded(kind: bytes, encoded: bytes, left: int) -> bytes | None:
    """A block's bytes, one more than `left` at least if there are so many; None if it is damaged."""
    if kind == b"\2":
        done = drain_zstandard(BytesLayer(encoded), 0, len(encoded), min(left + 1, LARGEST_BLOCK))
        return None if done is None or done.damaged else done.data
    if kind != b"\1":
        return None
    try:
        # Snappy's longest copy makes 64 bytes of 2 or 3.
        if cramjam.snappy.decompress_raw_len(encoded) > min(LARGEST_BLOCK, 64 * len(encoded)):
            return None
        return bytes(cramjam.snappy.decompress_raw(encoded))
    except cramjam.DecompressionError:
        return None


def _batches(blocks: Iterator[Handle]) -> Iterator[tuple[int, list[Handle]]]:
    """Handles in groups, each with the number of its first."""
    first, group, total = 0, list[Handle](), 0
    for handle in blocks:
        group.append(handle)
        total += handle.length
        if len(group) >= BATCH or total >= BATCH_BYTES:
            yield first, group
            first, group, total = first + len(group), [], 0
    if group:
        yield first, group


DECODER: Decoder = LevelDb()

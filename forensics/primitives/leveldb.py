"""Records of LevelDB, every version that its files still hold: logs (.log) and tables (.ldb, .sst).

Log: blocks of 32 KiB, in each fragments that do not cross its end.

| offset | length | what of a fragment                                                        |
|--------|--------|---------------------------------------------------------------------------|
| 0      | 4      | masked CRC-32C of the rest                                                |
| 4      | 2      | length of the data                                                        |
| 6      | 1      | 1 whole, 2 first, 3 middle, 4 last                                        |
| 7      |        | data; put together: sequence (8), count (4), entries                      |

An entry is 01 key value, or 00 key where the key is deleted; each has its sequence number, one higher than that
before. Table: blocks, behind each its compression (0 none, 1 Snappy, 2 Zstandard) and masked CRC-32C, and an index
that the last 48 octets name. An entry of a block has the key without what it shares with the one before; the last 8
octets of a key are its sequence number and whether it is a value. Facts: LevelDB 1.23, doc/{log,table}_format.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import cramjam
import zstandard

from forensics.model import ByteRun, Layer
from forensics.primitives.crc32c import crc32c

LOG_BLOCK = 32_768
HEADER = 7  # of a fragment
FOOTER = 48
MAGIC = b"\x57\xfb\x80\x8b\x24\x75\x47\xdb"
TRAILER = 5  # type, checksum
LARGEST_BLOCK = 32 << 20
LARGEST_LOG = 256 << 20
MOST_DECODED = 64 << 20  # octets of records of one file
MOST_RECORDS = 200_000
_AT_ONCE = 64  # blocks of a log whose checksums are made together
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Record:
    """One version of a key. `value` is None where it deletes the key.

    `place` is in the file: of key and value in a log (fragments' headers within it), of the whole block in a table.
    """

    sequence: int
    key: bytes
    value: bytes | None
    place: ByteRun


@dataclass(slots=True)
class Faults:
    """What of a file could not be read, and whether reading ended before its end."""

    damaged: int = 0
    unfinished: bool = False
    decoded: int = field(default=0, repr=False)
    records: int = field(default=0, repr=False)

    def full(self, octets: int) -> bool:
        """Count a record; whether the bounds are reached."""
        self.decoded += octets
        self.records += 1
        if self.decoded > MOST_DECODED or self.records > MOST_RECORDS:
            self.unfinished = True
        return self.unfinished


@dataclass(frozen=True, slots=True)
class Handle:
    """Where a block lies: offset in the table, and length without its trailer."""

    offset: int
    length: int


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of 7 bits a byte, low first, and the offset behind it; (-1, at) if there is none."""
    value = shift = 0
    for position in range(at, min(at + 10, len(data))):
        value |= (data[position] & 0x7F) << shift
        shift += 7
        if data[position] < 0x80:
            return value, position + 1
    return -1, at


def masked(checksum: int) -> int:
    """A checksum as LevelDB stores it."""
    return ((checksum >> 15 | checksum << 17) + 0xA282EAD8) & 0xFFFFFFFF


def log_records(layer: Layer, faults: Faults) -> Iterator[Record]:
    """Records of the log that `layer` is, in their order. Fragments whose checksum does not hold are left out."""
    batch, pieces = bytearray(), list[tuple[int, int]]()  # (offset in the batch, offset in the file)
    for at, kind, data in _fragments(layer, faults):
        if kind in (_FULL, _FIRST):
            faults.damaged += bool(batch)
            batch, pieces = bytearray(), []
        elif not pieces:
            continue  # its beginning is lost, and counted
        pieces.append((len(batch), at))
        batch += data
        if len(batch) > MOST_DECODED:
            faults.unfinished = True
            return
        if kind in (_FULL, _LAST):
            for record in entries(bytes(batch), pieces, faults):
                yield record
                if faults.full(len(record.key) + len(record.value or b"")):
                    return
            batch, pieces = bytearray(), []
    faults.damaged += bool(batch)


def fragment(layer: Layer, at: int) -> bytes | None:
    """The data of a whole fragment at `at`, if its checksum holds."""
    head = layer.read(at, HEADER)
    length = int.from_bytes(head[4:6], "little")
    if len(head) < HEADER or head[6] != _FULL or not 12 <= length <= LOG_BLOCK - HEADER:
        return None
    data = layer.read(at + HEADER, length)
    sound = masked(crc32c([head[6:] + data])[0]) == int.from_bytes(head[:4], "little")
    return data if sound and len(data) == length else None


def entries(batch: bytes, pieces: list[tuple[int, int]], faults: Faults) -> Iterator[Record]:
    """Records of one batch. `pieces` say where its octets stand: (offset in it, offset in the file), rising."""
    sequence, count = int.from_bytes(batch[:8], "little"), int.from_bytes(batch[8:12], "little")
    at = 12
    for number in range(min(count, MOST_RECORDS)):
        start, kind = at, batch[at : at + 1]
        key, at = _slice(batch, at + 1)
        value: bytes | None = None
        if key is not None and kind == b"\1":
            value, at = _slice(batch, at)
        if key is None or kind not in (b"\0", b"\1") or (kind == b"\1" and value is None):
            faults.damaged += 1
            return
        low, high = _in_file(pieces, start), _in_file(pieces, at - 1) + 1
        yield Record(sequence + number, key, value, ByteRun(low, high - low))


def _slice(data: bytes, at: int) -> tuple[bytes | None, int]:
    length, start = varint(data, at)
    if length < 0 or start + length > len(data):
        return None, at
    return data[start : start + length], start + length


def _in_file(pieces: list[tuple[int, int]], at: int) -> int:
    start, place = next((start, place) for start, place in reversed(pieces) if start <= at)
    return place + at - start


def _fragments(layer: Layer, faults: Faults) -> Iterator[tuple[int, int, bytes]]:
    """(offset of the data, kind, data) of every sound fragment."""
    if layer.size > LARGEST_LOG:
        faults.unfinished = True
    for base in range(0, min(layer.size, LARGEST_LOG), LOG_BLOCK * _AT_ONCE):
        part = layer.read(base, LOG_BLOCK * _AT_ONCE)
        held = list(_places(part, faults))
        sums = crc32c([part[at + 6 : at + HEADER + length] for at, length in held])
        for (at, length), checksum in zip(held, sums, strict=True):
            if masked(checksum) != int.from_bytes(part[at : at + 4], "little"):
                faults.damaged += 1
                continue
            yield base + at + HEADER, part[at + 6], part[at + HEADER : at + HEADER + length]


def _places(part: bytes, faults: Faults) -> Iterator[tuple[int, int]]:
    """(offset, length of the data) of what can be a fragment."""
    for block in range(0, len(part), LOG_BLOCK):
        at, end = block, min(block + LOG_BLOCK, len(part))
        while at + HEADER <= end:
            length, kind = int.from_bytes(part[at + 4 : at + 6], "little"), part[at + 6]
            if kind == 0 and length == 0:
                break  # space that was reserved and never written
            if not _FULL <= kind <= _LAST or at + HEADER + length > end:
                faults.damaged += 1
                break
            yield at, length
            at += HEADER + length


def table_index(layer: Layer, end: int) -> tuple[int, Handle] | None:
    """Where the table whose footer ends at `end` begins, and its index."""
    index = index_handle(layer, end)
    if index is None:
        return None
    start = end - FOOTER - TRAILER - index.offset - index.length
    return None if start < 0 or index.length > LARGEST_BLOCK else (start, index)


def table_records(layer: Layer, end: int, faults: Faults) -> Iterator[Record]:
    """Records of the table whose footer ends at `end`. Blocks whose checksum does not hold are left out."""
    found = table_index(layer, end)
    if found is None:
        return
    start, index = found
    names = _block(layer, start, index)
    if names is None:
        faults.damaged += 1
        return
    for handle in handles(names, index.offset):
        block = _block(layer, start, handle)
        if block is None:
            faults.damaged += 1
            continue
        place = ByteRun(start + handle.offset, handle.length)
        for key, value in _pairs(block):
            if len(key) < 8 or key[-8] > 1:
                faults.damaged += 1
                continue
            stamp = int.from_bytes(key[-8:], "little")
            yield Record(stamp >> 8, key[:-8], value if stamp & 1 else None, place)
            if faults.full(len(key) + len(value)):
                return


def index_handle(layer: Layer, at: int) -> Handle | None:
    """The index as the footer that ends at `at` names it."""
    if at < FOOTER:
        return None
    footer = layer.read(at - FOOTER, FOOTER)
    if footer[-8:] != MAGIC:
        return None
    numbers, position = [], 0
    for _ in range(4):
        value, position = varint(footer, position)
        numbers.append(value)
    if min(numbers) < 0 or position > FOOTER - 8 or numbers[3] < 8 or any(footer[position:-8]):
        return None
    if numbers[0] + numbers[1] + TRAILER > numbers[2]:
        return None
    return Handle(numbers[2], numbers[3])


def handles(index: bytes, end: int) -> Iterator[Handle]:
    """The blocks that the index names, as far as they lie before it."""
    least = 0
    for _, value in _pairs(index):
        offset, behind = varint(value, 0)
        size, _ = varint(value, behind)
        # Blocks follow each other, so none is decoded twice.
        if offset < least or size < 0 or size > LARGEST_BLOCK or offset + size + TRAILER > end:
            return
        least = offset + size + TRAILER
        yield Handle(offset, size)


def _pairs(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of a block's entries, as far as they are whole."""
    if len(block) < 4:
        return
    stop = len(block) - 4 - 4 * int.from_bytes(block[-4:], "little")
    at, key = 0, b""
    while at < stop:
        shared, at = varint(block, at)
        own, at = varint(block, at)
        length, at = varint(block, at)
        if shared < 0 or shared > len(key) or own < 0 or length < 0 or at + own + length > stop:
            return
        key = key[:shared] + block[at : at + own]
        at += own + length
        yield key, block[at - length : at]


def _block(layer: Layer, start: int, handle: Handle) -> bytes | None:
    """The decoded octets of a block; None where they are damaged."""
    stored = layer.read(start + handle.offset, handle.length + TRAILER)
    if len(stored) < handle.length + TRAILER:
        return None
    if masked(crc32c([stored[:-4]])[0]) != int.from_bytes(stored[-4:], "little"):
        return None
    data = stored[:-TRAILER]
    try:
        match stored[-TRAILER]:
            case 0:
                return data
            case 1:  # its longest copy makes 64 octets of 2 or 3
                if cramjam.snappy.decompress_raw_len(data) > min(LARGEST_BLOCK, 64 * len(data)):
                    return None
                return bytes(cramjam.snappy.decompress_raw(data))
            case 2:
                if not 0 <= zstandard.frame_content_size(data) <= LARGEST_BLOCK:
                    return None
                return zstandard.ZstdDecompressor(max_window_size=LARGEST_BLOCK).decompress(data)
    except (cramjam.DecompressionError, zstandard.ZstdError):
        pass
    return None

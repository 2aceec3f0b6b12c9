"""Where a UDF says that its blocks lie: anchors, volume descriptors, and the maps of its partitions.

| place | content |
|---|---|
| block 256, the last, the last but 256, 512 | anchor (tag 2): extents of the descriptors and of their second copy |
| descriptors | 5 partition: number at 22, first block at 188; 6 logical volume: block size at 212, maps at 440 |
| map 1 | a partition as it is |
| virtual map | blocks by a table that is the last file written (CD-R, DVD-R) |
| sparable map | a partition whose worn packets lie elsewhere by a table (CD-RW, DVD-RW) |
| metadata map | records and folders in a file of their own, with a mirror (Blu-ray) |

Source: ECMA-167, part 3 and 4/10; OSTA, *UDF 2.60*, 2.2.8-2.2.14. Not read: volume sets of several media, states of
a virtual table before the last.
"""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from forensics.errors import FormatError
from forensics.evidence.ranges import Ranges
from forensics.filesystems import udf_records as records
from forensics.filesystems.udf_records import Extent, Place, Record
from forensics.model import ByteRun
from forensics.volumes.volume import VolumeLayer

SECTORS = (2048, 512, 4096, 1024, 8192, 16384, 32768)
_ANCHOR, _POINTER, _PARTITION, _LOGICAL, _END = 2, 3, 5, 6, 8
_VOLUME_SPACE = 32768  # bytes before the volume recognition sequence
_MOST_DESCRIPTORS = 4096
_MOST_MAPS = 16
_MOST_EXTENTS = 1 << 17
_MOST_RECORDS = 1000  # of one file kept by strategy 4096
_LARGEST_TABLE = 64 << 20
_VAT_SOUGHT, _VAT_CONTENT = 1 << 30, 16 << 20  # bytes at the end in which the last file written is looked for
_CHUNK = 1 << 19
_VAT_NAME = b"*UDF Virtual Alloc Tbl"
_NOWHERE = 0xFFFFFFFF


class _Map(Protocol):
    def piece(self, block: int, count: int) -> tuple[int, int]:
        """The sector of a block, and how many of `count` follow it there; FormatError where it has none."""
        ...


class _Plain(NamedTuple):
    start: int
    blocks: int

    def piece(self, block: int, count: int) -> tuple[int, int]:
        if block >= self.blocks:
            raise FormatError(f"block {block:,} lies behind the end of its partition")
        return self.start + block, min(count, self.blocks - block)


class _Sparable(NamedTuple):
    plain: _Plain
    packet: int
    moved: dict[int, int]

    def piece(self, block: int, count: int) -> tuple[int, int]:
        inside = block % self.packet
        sector, count = self.plain.piece(block, min(count, self.packet - inside))
        new = self.moved.get(block - inside)
        return (sector, count) if new is None else (new + inside, count)


class _Virtual(NamedTuple):
    below: _Map
    table: array[int]

    def piece(self, block: int, count: int) -> tuple[int, int]:
        if block >= len(self.table) or self.table[block] == _NOWHERE:
            raise FormatError(f"virtual block {block:,} is nowhere")
        return self.below.piece(self.table[block], 1)


class _Metadata(NamedTuple):
    below: _Map
    firsts: list[int]
    extents: list[tuple[int, int]]  # block of the partition below, blocks

    def piece(self, block: int, count: int) -> tuple[int, int]:
        index = bisect_right(self.firsts, block) - 1
        inside = block - self.firsts[index] if index >= 0 else 0
        if index < 0 or inside >= self.extents[index][1]:
            raise FormatError(f"block {block:,} lies outside the metadata file")
        start, blocks = self.extents[index]
        return self.below.piece(start + inside, min(count, blocks - inside))


class Spaces:
    """Reads blocks, file entries and extents of a UDF by its partition maps."""

    def __init__(self, volume: VolumeLayer) -> None:
        """Read the descriptors.

        Raises:
            FormatError: there is no anchor, or what it leads to cannot be read; with the reason.
        """
        self.volume = volume
        self.caveats: list[str] = []
        self.met = Ranges()  # of the volume: what belongs to the file system itself
        self.maps: list[_Map] = []
        self.bitmaps: list[tuple[int, int, Extent]] = []  # first sector, blocks, and where its map of free space lies
        self.sector, anchor = self._anchor()
        self.met.add(_VOLUME_SPACE, 16 * max(self.sector, 2048))
        found = self._descriptors(anchor)
        self.file_set = records.long_extent(found.logical, 248)
        self._read_maps(found)

    def _fail(self, reason: str) -> FormatError:
        return FormatError(f"{self.volume.locator}: UDF: {reason}")

    def _sector(self, number: int, count: int = 1) -> bytes:
        self.met.add(number * self.sector, count * self.sector)
        return self.volume.read(number * self.sector, count * self.sector)

    def _anchor(self) -> tuple[int, bytes]:
        for size in SECTORS:
            last = self.volume.size // size - 1
            for number in (256, last, last - 256, 512):
                raw = self.volume.read(number * size, size) if number > 0 else b""
                if len(raw) == size and records.tagged(raw, number) == _ANCHOR and records.whole(raw):
                    for each in (256, last, last - 256):
                        if records.tagged(self.volume.read(each * size, records.TAG), each) == _ANCHOR:
                            self.met.add(each * size, size)
                    if number != 256:
                        self.caveats.append(f"its anchor in block 256 does not hold; that of block {number:,} was used")
                    return size, raw
        raise self._fail("no anchor is found")

    def _descriptors(self, anchor: bytes) -> _Descriptors:
        found = _Descriptors()
        for copy, at in enumerate((16, 24)):
            found.read(self._sequence(*struct.unpack_from("<II", anchor, at)), self.sector)
            if found.complete():
                if copy:
                    self.caveats.append("its volume descriptors are damaged; their second copy was used")
                break
        else:
            raise self._fail(found.lacking())
        for length, block in (struct.unpack_from("<II", anchor, at) for at in (16, 24)):
            self.met.add(block * self.sector, min(length, _MOST_DESCRIPTORS * self.sector))
        length, block = struct.unpack_from("<II", found.logical, 432)
        self.met.add(block * self.sector, min(length, _MOST_DESCRIPTORS * self.sector))
        return found

    def _sequence(self, length: int, block: int) -> Iterator[bytes]:
        """Descriptors of an extent, and of those that it leads to; damaged ones are left out."""
        entered: set[int] = set()
        number = 0
        for _ in range(_MOST_DESCRIPTORS):
            if number * self.sector >= length or block in entered:
                return
            raw = self._sector(block + number)
            kind = records.tagged(raw, block + number)
            number += 1
            if not any(raw) or kind == _END:
                return
            if kind is None or not records.whole(raw):
                continue
            if kind == _POINTER:
                entered.add(block)
                length, block = struct.unpack_from("<II", raw, 20)
                number = 0
                continue
            yield raw

    def _read_maps(self, found: _Descriptors) -> None:
        raw, plain = found.logical, {}
        for number, partition in found.partitions.items():
            start, blocks = struct.unpack_from("<II", partition, 188)
            plain[number] = _Plain(start, blocks)
        at, end = 440, min(440 + int.from_bytes(raw[264:268], "little"), len(raw))
        waiting: list[tuple[int, bytes]] = []
        for index in range(min(int.from_bytes(raw[268:272], "little"), _MOST_MAPS)):
            piece = raw[at : at + raw[at + 1]] if at + 2 <= end else b""
            at += len(piece)
            if len(piece) == 6 and piece[0] == 1:
                number = int.from_bytes(piece[4:6], "little")
                self.maps.append(self._physical(plain, number))
                self._bitmaps_of(found.partitions[number], plain[number], index)
            elif len(piece) == 64 and piece[0] == 2:
                number = int.from_bytes(piece[38:40], "little")
                self.maps.append(self._physical(plain, number))
                if piece[5:28].startswith(b"*UDF Sparable Partition"):
                    self.maps[-1] = self._sparable(plain[number], piece)
                    self._bitmaps_of(found.partitions[number], plain[number], index)
                else:
                    waiting.append((index, piece))
            else:
                raise self._fail(f"partition map {index} is of a kind that is not known")
        if not self.maps:
            raise self._fail("it has no partition map")
        for index, piece in waiting:
            below = self._below(index, int.from_bytes(piece[38:40], "little"), found)
            name = piece[5:28].rstrip(b"\0")
            if name == b"*UDF Virtual Partition":
                self.maps[index] = _Virtual(self.maps[below], self._vat(below, found))
            elif name == b"*UDF Metadata Partition":
                self.maps[index] = self._metadata(below, piece)
            else:
                raise self._fail(f"partition map {index} ({name.decode('latin-1')}) is not read")

    def _physical(self, plain: dict[int, _Plain], number: int) -> _Plain:
        if number not in plain:
            raise self._fail(f"partition {number} is not described (a set of several media is not read)")
        return plain[number]

    def _below(self, index: int, number: int, found: _Descriptors) -> int:
        """The other map that lies on the same partition; a map of its own where none does."""
        start = struct.unpack_from("<I", found.partitions[number], 188)[0]
        for other, each in enumerate(self.maps):
            lowest = each.plain if isinstance(each, _Sparable) else each
            if other != index and isinstance(lowest, _Plain) and lowest.start == start:
                return other
        return index

    def _bitmaps_of(self, partition: bytes, plain: _Plain, index: int) -> None:
        for at in (64, 88):  # unallocated, and freed
            length, block = struct.unpack_from("<II", partition, at)
            if length & 0x3FFFFFFF:
                extent = Extent(length >> 30, length & 0x3FFFFFFF, Place(index, block))
                self.bitmaps.append((plain.start, plain.blocks, extent))

    def _sparable(self, plain: _Plain, piece: bytes) -> _Sparable:
        packet, copies, size = struct.unpack_from("<HBxI", piece, 40)
        if not packet:
            raise self._fail("its packets have no blocks")
        best: tuple[int, dict[int, int]] | None = None
        for place in struct.unpack_from("<4I", piece, 48)[: min(copies, 4)]:
            blocks = -(-min(size, _LARGEST_TABLE) // self.sector)
            raw = self._sector(place, blocks)
            if records.tagged(raw, place) != 0 or raw[17:35] != b"*UDF Sparing Table":
                continue
            count, sequence = struct.unpack_from("<H2xI", raw, 48)
            rows = struct.iter_unpack("<II", raw[56 : 56 + 8 * min(count, (len(raw) - 56) // 8)])
            moved = {first: new for first, new in rows if first < 0xFFFFFFF0}
            if best is None or sequence > best[0]:
                best = sequence, moved
        if best is None:
            self.caveats.append("no table of its moved packets holds; blocks of worn packets are read where they were")
        return _Sparable(plain, packet, best[1] if best else {})

    def _vat(self, below: int, found: _Descriptors) -> array[int]:
        """The table of the last file written."""
        plain = self.maps[below]
        start = plain.start if isinstance(plain, _Plain) else 0
        last = self.volume.size // self.sector - 1
        for number, raw in self._backwards(start):
            if records.tagged(raw, number - start) not in (records.FILE, records.EXTENDED) or raw[27] not in (0, 248):
                continue
            try:
                file = records.record(raw, Place(below, number - start))
                content = self.content(file, _LARGEST_TABLE)
            except FormatError:
                continue
            if file.kind == records.VAT and len(content) >= 152:
                content = content[int.from_bytes(content[:2], "little") :]
            elif file.kind == 0 and content[-35:].startswith(_VAT_NAME):
                content = content[:-36]
            else:
                continue
            if number < last:
                self.caveats.append(f"its virtual table is that of block {number:,}, {last - number:,} before the end")
            self.met.add(number * self.sector, self.sector)
            self.caveats.append("only the last state of its virtual table is listed, not those before it")
            return array("I", content[: len(content) // 4 * 4])
        raise self._fail("its virtual table is not found at the end (a disc that was not closed?)")

    def _backwards(self, first: int) -> Iterator[tuple[int, bytes]]:
        """Sectors from the end down to `first` that are not zeros, within bounds."""
        size, read = self.sector, _CHUNK // self.sector
        end = self.volume.size // size
        lowest = max(first, end - _VAT_SOUGHT // size)
        sought = 0
        while end > lowest and sought < _VAT_CONTENT:
            start = max(lowest, end - read)
            raw = self.volume.read(start * size, (end - start) * size)
            if raw.strip(b"\0"):
                sought += len(raw)
                for number in range(end - 1, start - 1, -1):
                    yield number, raw[(number - start) * size : (number - start + 1) * size]
            end = start

    def _metadata(self, below: int, piece: bytes) -> _Metadata:
        problems = []
        for block in struct.unpack_from("<II", piece, 40):
            try:
                file = self.record(Place(below, block))
                firsts, places, at = [], [], 0
                for each in self.extents(file):
                    if each.state == records.RECORDED:
                        firsts.append(at)
                        places.append((each.place.block, each.length // self.sector))
                    at += each.length // self.sector
            except FormatError as error:
                problems.append(str(error))
                continue
            if problems:
                self.caveats.append(f"its metadata file is damaged ({problems[0]}); the mirror was used")
            return _Metadata(self.maps[below], firsts, places)
        raise self._fail(f"neither its metadata file nor the mirror can be read: {problems[0]}")

    def runs(self, place: Place, length: int) -> Iterator[ByteRun]:
        """Ranges of the volume that hold `length` bytes from the start of a block.

        Raises:
            FormatError: a block that is nowhere.
        """
        if place.partition >= len(self.maps):
            raise FormatError(f"partition {place.partition} does not exist")
        block = place.block
        while length > 0:
            sector, count = self.maps[place.partition].piece(block, -(-length // self.sector))
            take = min(length, count * self.sector)
            if (sector * self.sector + take) > self.volume.size:
                raise FormatError(f"block {block:,} of partition {place.partition} lies outside the volume")
            yield ByteRun(sector * self.sector, take)
            block += count
            length -= take

    def read(self, place: Place, length: int) -> bytes:
        """Exactly these bytes, which then belong to the file system itself.

        Raises:
            FormatError: a block that is nowhere.
        """
        out = b""
        for run in self.runs(place, length):
            self.met.add(run.offset, run.length)
            out += self.volume.read(run.offset, run.length)
        return out

    def record(self, place: Place) -> Record:
        """The file entry in a block; of a file kept by strategy 4096, the last of its chain.

        Raises:
            FormatError: there is none.
        """
        entered: set[Place] = set()
        found = records.record(self.read(place, self.sector), place)
        newest = found
        while newest.strategy == 4096 and newest.place not in entered and len(entered) < _MOST_RECORDS:
            entered.add(newest.place)
            after = Place(newest.place.partition, newest.place.block + 1)
            try:
                raw = self.read(after, self.sector)
                if records.tagged(raw, after.block) != records.INDIRECT:
                    break
                newest = records.record(self.read(records.long_extent(raw, 36).place, self.sector), found.place)
                newest = newest._replace(place=records.long_extent(raw, 36).place)
            except FormatError:
                break
        return newest

    def extents(self, file: Record) -> Iterator[Extent]:
        """The extents of a file that is not inline, those of continued descriptors too.

        Raises:
            FormatError: descriptors that cannot be.
        """
        pending, count, partition = file.allocation, 0, file.place.partition
        entered: set[Place] = set()
        while pending:
            raw, pending = pending, b""
            for each in records.extents(file.form, raw, partition):
                count += 1
                if count > _MOST_EXTENTS:
                    raise FormatError(f"it has more than {_MOST_EXTENTS:,} extents")
                if each.state != records.CONTINUED:
                    yield each
                    continue
                if each.place in entered:
                    raise FormatError("its allocation descriptors lead back to themselves")
                entered.add(each.place)
                more = self.read(each.place, self.sector)
                if records.tagged(more) != records.ALLOCATION:
                    raise FormatError(f"block {each.place.block:,} should continue its allocation descriptors")
                pending = more[24 : 24 + int.from_bytes(more[20:24], "little")]
                partition = each.place.partition
                break

    def content(self, file: Record, most: int) -> bytes:
        """All bytes of a file of the file system's own: a folder, a table.

        Raises:
            FormatError: it is too large or cannot be read.
        """
        if file.size > min(most, self.volume.size):
            raise FormatError(f"its {file.size:,} bytes cannot be")
        if file.form == records.INLINE:
            return file.allocation[: file.size]
        out = bytearray()
        for each in self.extents(file):
            length = min(each.length, file.size - len(out))
            out += self.read(each.place, length) if each.state == records.RECORDED else bytes(length)
            if len(out) >= file.size:
                break
        return bytes(out)


class _Descriptors:
    """The prevailing volume descriptors: those with the highest sequence number."""

    def __init__(self) -> None:
        self.logical = b""
        self.partitions: dict[int, bytes] = {}
        self._wrong = "no logical volume descriptor is found"

    def read(self, sequence: Iterator[bytes], sector: int) -> None:
        for raw in sequence:
            kind = int.from_bytes(raw[:2], "little")
            if kind == _LOGICAL and raw[16:20][::-1] >= self.logical[16:20][::-1]:
                size = int.from_bytes(raw[212:216], "little")
                if size != sector:
                    self._wrong = f"blocks of {size:,} bytes on sectors of {sector:,} are not read"
                    continue
                self.logical = raw
            elif kind == _PARTITION:
                number = int.from_bytes(raw[22:24], "little")
                if raw[16:20][::-1] >= self.partitions.get(number, b"")[16:20][::-1]:
                    self.partitions[number] = raw

    def complete(self) -> bool:
        return bool(self.logical and self.partitions)

    def lacking(self) -> str:
        return "no partition descriptor is found" if self.logical else self._wrong

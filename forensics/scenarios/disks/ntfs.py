"""A small NTFS 3.1 writer: enough of the format for checking tools, with the traces of use on request.

It writes the boot sector and its copy, the master file table and its mirror, the system files, folders
as B-trees of one or two levels, resident, scattered and compressed data, alternate streams, file slack,
and records of deleted files whose clusters are free again. It does not write a journal (`$LogFile` is
blank, which readers take for a clean volume), short names, attribute lists or reparse points.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from forensics.scenarios.disks import lznt1
from forensics.scenarios.disks import ntfs_parts as parts
from forensics.scenarios.disks.tree import Clusters, Folder, extents_of, plant
from forensics.scenarios.plan import Loose, Placed, Planned, Times, Written

CLUSTER_SIZE = parts.CLUSTER_SIZE
RECORD_SIZE = parts.RECORD_SIZE
FIRST_FREE_RECORD = 64
_MFT_CLUSTER = 4
_LOG_SIZE = 512 * 1024
_UNIT = 16  # clusters that are compressed together
_COMPRESSED = 0x800  # of the flags of a file
_LARGEST_RESIDENT_BITMAP = 400


@dataclass(slots=True)
class _Entry:
    """One record of the table, being put together."""

    number: int
    name: str
    parent: int
    times: Times
    folder: bool = False
    deleted: bool = False
    flags: int = 0x20
    sequence: int = 1
    attributes: list[parts.Attribute] = field(default_factory=list)
    size: int = 0
    allocated: int = 0

    @property
    def reference(self) -> int:
        return self.number | self.sequence << 48


class _Writer:
    def __init__(self, image: bytearray | memoryview, label: str, serial: int, first_sector: int, times: Times) -> None:
        self.image = image
        self.sectors = len(image) // 512 - 1
        self.clusters = Clusters(self.sectors // 8)
        self.label = label
        self.serial = serial
        self.first_sector = first_sector
        self.times = times
        self.entries: dict[int, _Entry] = {}
        self.children: dict[int, list[_Entry]] = {}
        self.placed: list[Placed] = []
        self.pending: list[tuple[int, bytes, str, str | None]] = []
        self.runs: dict[str, list[tuple[int, int]]] = {}

    # ── clusters ────────────────────────────────────────────────────────────────────────────────

    def fill(self, runs: Sequence[tuple[int, int]], data: bytes | bytearray) -> None:
        position = 0
        for offset, length in extents_of(runs, CLUSTER_SIZE, len(data)):
            self.image[offset : offset + length] = data[position : position + length]
            position += length

    def system_stream(self, data: bytes, name: str = "") -> parts.Attribute:
        run = self.clusters.take(-(-len(data) // CLUSTER_SIZE))
        self.fill([run], data)
        return parts.scattered(parts.DATA, name, [run], len(data))

    # ── entries ─────────────────────────────────────────────────────────────────────────────────

    def add(self, entry: _Entry) -> _Entry:
        self.entries[entry.number] = entry
        self.children.setdefault(entry.parent, []).append(entry)
        return entry

    def add_file(self, number: int, parent: int, planned: Planned) -> None:
        name = planned.path.rsplit("/", 1)[1]
        entry = self.add(_Entry(number, name, parent, planned.times, deleted=planned.deleted))
        if planned.deleted:
            entry.sequence = 2
        if planned.compressed:
            self._compressed(entry, planned)
            return
        room = RECORD_SIZE - 8 - 0x38 - 0x60 - parts.name_size(name)
        sizes: dict[str | None, int] = {
            None: planned.size,
            **{stream: len(data) for stream, data in planned.streams.items()},
        }
        need = sum(0x40 + len(stream or "") * 2 for stream in sizes)
        for stream, size in sizes.items():
            if need + size + 8 <= room and not planned.slack and not planned.cuts and not planned.over:
                need += size + 8
                data = planned.content() if stream is None else planned.streams[stream]
                entry.attributes.append(parts.resident(parts.DATA, stream or "", data))
                self.pending.append((number, data, planned.path, stream))
                continue
            count = -(-size // CLUSTER_SIZE)
            taken = self.runs.get(planned.over[0], []) if planned.over else []
            runs = self.clusters.runs(planned, count, taken)
            extents = extents_of(runs, CLUSTER_SIZE, size)
            base = self.first_sector * 512
            data = planned.streams[stream] if stream else planned.content([(base + at, n) for at, n in extents])
            self.fill(runs, data)
            entry.attributes.append(parts.scattered(parts.DATA, stream or "", runs, size))
            slack_offset = None
            if stream is None:
                self.runs[planned.path] = runs
                entry.size, entry.allocated = size, count * CLUSTER_SIZE
                slack_offset = self._slack(runs, size, planned.slack)
            self.placed.append(Placed(planned.path, stream, size, extents, False, slack_offset))

    def _compressed(self, entry: _Entry, planned: Planned) -> None:
        data = planned.content()
        unit = _UNIT * CLUSTER_SIZE
        runs: list[tuple[int | None, int]] = []
        for at in range(0, len(data), unit):
            packed = lznt1.compress(data[at : at + unit]) + b"\0\0"
            count = -(-len(packed) // CLUSTER_SIZE)
            if count >= _UNIT:
                packed, count = data[at : at + unit], _UNIT
            run = self.clusters.take(count, used=not planned.deleted)
            self.fill([run], packed)
            runs.append(run)
            if count < _UNIT:
                runs.append((None, _UNIT - count))
        real = [(first, count) for first, count in runs if first is not None]
        entry.flags |= _COMPRESSED
        entry.size, entry.allocated = len(data), sum(count for _, count in real) * CLUSTER_SIZE
        entry.attributes.append(parts.compressed("", runs, len(data)))
        extents = tuple((first * CLUSTER_SIZE, count * CLUSTER_SIZE) for first, count in real)
        self.placed.append(Placed(planned.path, None, len(data), extents, False))

    def _slack(self, runs: Sequence[tuple[int, int]], size: int, slack: bytes) -> int | None:
        if not slack:
            return None
        first, count = runs[-1]
        end = (first + count) * CLUSTER_SIZE
        used = (size - 1) % CLUSTER_SIZE + 1
        offset = end - CLUSTER_SIZE + -(-used // 512) * 512
        if offset + len(slack) > end:
            raise ValueError("the slack is too small for what is planned")
        self.image[offset : offset + len(slack)] = slack
        return offset

    # ── folders ─────────────────────────────────────────────────────────────────────────────────

    def add_index(self, folder: _Entry) -> None:
        children = [e for e in self.children.get(folder.number, ()) if not e.deleted]
        if folder.number == 5:
            children.append(folder)
        numbers = sorted({e.number for e in children}, key=lambda n: parts.collation(self.entries[n].name))
        keys = [(e.reference, self.file_name(e)) for e in (self.entries[n] for n in numbers)]
        small = parts.index_entries(keys)
        if len(small) <= 480:
            folder.attributes.append(parts.index_root(parts.NAMES, 0x30, 1, small, large=False))
            return
        blocks, root = parts.index_blocks(keys)
        runs = [self.clusters.take(len(blocks))]
        self.fill(runs, b"".join(blocks))
        folder.attributes.append(parts.index_root(parts.NAMES, 0x30, 1, root, large=True))
        size = len(blocks) * CLUSTER_SIZE
        folder.attributes.append(parts.scattered(parts.INDEX_ALLOCATION, parts.NAMES, runs, size))
        bits = ((1 << len(blocks)) - 1).to_bytes(8, "little")
        folder.attributes.append(parts.resident(parts.BITMAP, parts.NAMES, bits))

    def file_name(self, entry: _Entry) -> bytes:
        parent = self.entries[entry.parent].reference
        flags = entry.flags | (0x10000000 if entry.folder else 0)
        return parts.file_name(parent, entry.times, entry.allocated, entry.size, flags, entry.name)

    # ── the table ───────────────────────────────────────────────────────────────────────────────

    def record(self, number: int) -> bytes:
        entry = self.entries.get(number)
        if entry is None:
            return parts.record(number, 1 if number == 0 else max(1, min(number, 15)), 0, 0, [])
        attributes = [
            parts.resident(parts.STANDARD_INFORMATION, "", parts.standard_information(entry.times, entry.flags)),
            parts.resident(parts.FILE_NAME, "", self.file_name(entry), indexed=True),
            *entry.attributes,
        ]
        flags = (0 if entry.deleted else 1) | (2 if entry.folder else 0)
        return parts.record(number, entry.sequence, flags, 0 if entry.deleted else 1, attributes)

    def settle_resident(self, mft_offset: int) -> None:
        """Find where each resident stream came to lie in its record."""
        for number, data, path, stream in self.pending:
            at = mft_offset + number * RECORD_SIZE
            start = parts.resident_offset(self.record(number), stream or "")
            extents = ((at + start, len(data)),)
            self.placed.append(Placed(path, stream, len(data), extents, True))


def write(
    size: int,
    label: str,
    serial: int,
    first_sector: int,
    made: int,
    files: Sequence[Planned],
    loose: Sequence[Loose],
    image: bytearray | memoryview | None = None,
) -> Written:
    """An NTFS volume of `size` bytes that starts at `first_sector` of its disk, in `image` where that is given.

    `image` is `size` zeros.
    """
    times = Times.at(made)
    writer = _Writer(bytearray(size) if image is None else image, label, serial, first_sector, times)
    root = plant(files)
    records = FIRST_FREE_RECORD + len(list(root.walk())) - 1 + len(files)
    records = -(-records // 8) * 8
    boot = writer.clusters.take(2)
    writer.clusters.cursor = _MFT_CLUSTER
    mft = writer.clusters.take(records * RECORD_SIZE // CLUSTER_SIZE)
    middle = len(writer.clusters.used) // 2
    mirror = (middle, 1)
    writer.clusters.mark(middle, 1)
    _system_files(writer, boot, mft, mirror, records)
    _user_files(writer, root, files)
    positions = {}
    writer.clusters.cursor = max(writer.clusters.cursor, middle + 64)
    for item in loose:
        first, count = writer.clusters.take(-(-len(item.data) // CLUSTER_SIZE), used=False)
        writer.clusters.skip(7)
        writer.fill([(first, count)], item.data)
        positions[item.name] = first * CLUSTER_SIZE
    for entry in list(writer.entries.values()):
        if entry.folder:
            writer.add_index(entry)
    in_use_size = -(-records // 64) * 8
    in_use_run = None
    if in_use_size > _LARGEST_RESIDENT_BITMAP:
        in_use_run = writer.clusters.take(-(-in_use_size // CLUSTER_SIZE))
    bitmap_run = writer.clusters.take(-(-(-(-len(writer.clusters.used) // 64) * 8) // CLUSTER_SIZE))
    bitmap = writer.clusters.bitmap(-(-len(writer.clusters.used) // 64) * 8)
    writer.fill([bitmap_run], bitmap)
    entry = writer.entries[6]
    entry.attributes.append(parts.scattered(parts.DATA, "", [bitmap_run], len(bitmap)))
    in_use = bytearray(in_use_size)
    for number in [*range(24), *(n for n, e in writer.entries.items() if not e.deleted)]:
        in_use[number >> 3] |= 1 << (number & 7)
    if in_use_run is None:
        held = parts.resident(parts.BITMAP, "", bytes(in_use))
    else:
        writer.fill([in_use_run], in_use)
        held = parts.scattered(parts.BITMAP, "", [in_use_run], in_use_size)
    writer.entries[0].attributes.append(held)
    for number in range(records):
        at = _MFT_CLUSTER * CLUSTER_SIZE + number * RECORD_SIZE
        writer.image[at : at + RECORD_SIZE] = writer.record(number)
    table = _MFT_CLUSTER * CLUSTER_SIZE
    writer.fill([mirror], bytes(writer.image[table : table + 4 * RECORD_SIZE]))
    writer.settle_resident(table)
    sector = parts.boot_sector(writer.sectors, first_sector, _MFT_CLUSTER, middle, serial)
    writer.image[:512] = sector
    writer.image[size - 512 :] = sector
    return Written(writer.image, tuple(writer.placed), positions)


def _system_files(
    writer: _Writer, boot: tuple[int, int], mft: tuple[int, int], mirror: tuple[int, int], records: int
) -> None:
    def system(number: int, name: str, parent: int = 5, *, folder: bool = False) -> _Entry:
        entry = _Entry(number, name, parent, writer.times, folder=folder, flags=0x06)
        entry.sequence = max(1, number)
        return writer.add(entry)

    data = parts.DATA
    entry = system(0, "$MFT")
    entry.attributes.append(parts.scattered(data, "", [mft], records * RECORD_SIZE))
    system(1, "$MFTMirr").attributes.append(parts.scattered(data, "", [mirror], 4 * RECORD_SIZE))
    system(2, "$LogFile").attributes.append(writer.system_stream(b"\xff" * _LOG_SIZE))
    entry = system(3, "$Volume")
    entry.attributes.append(parts.resident(parts.VOLUME_NAME, "", writer.label.encode("utf-16-le")))
    version = struct.pack("<8xBBH", 3, 1, 0)
    entry.attributes.append(parts.resident(parts.VOLUME_INFORMATION, "", version))
    entry.attributes.append(parts.resident(data, "", b""))
    system(4, "$AttrDef").attributes.append(writer.system_stream(parts.attribute_definitions()))
    system(5, ".", folder=True)
    system(6, "$Bitmap")
    system(7, "$Boot").attributes.append(parts.scattered(data, "", [boot], 2 * CLUSTER_SIZE))
    entry = system(8, "$BadClus")
    entry.attributes.append(parts.resident(data, "", b""))
    entry.attributes.append(parts.sparse("$Bad", len(writer.clusters.used)))
    entry = system(9, "$Secure")
    stream, by_hash, by_id = parts.security()
    entry.attributes.append(writer.system_stream(stream, "$SDS"))
    entry.attributes.append(parts.index_root("$SDH", 0, 0x12, by_hash, large=False))
    entry.attributes.append(parts.index_root("$SII", 0, 0x10, by_id, large=False))
    entry.flags |= 0x20000000
    system(10, "$UpCase").attributes.append(writer.system_stream(parts.upcase()))
    system(11, "$Extend", folder=True)


def _user_files(writer: _Writer, root: Folder, files: Sequence[Planned]) -> None:
    numbers = {"/": 5}
    following = FIRST_FREE_RECORD
    for folder in root.walk():
        if folder.path == "/":
            continue
        parent = numbers[folder.path.rsplit("/", 1)[0] or "/"]
        numbers[folder.path] = following
        flags = 0x16 if folder.name == "$Recycle.Bin" else 0x10 if not folder.name.startswith(".") else 0x12
        writer.add(_Entry(following, folder.name, parent, folder.times, folder=True, flags=flags & ~0x10))
        following += 1
    # a file that lies over a deleted one comes after every deleted one
    order = sorted(range(len(files)), key=lambda index: files[index].over is not None)
    for index in order:
        planned = files[index]
        parent = numbers[planned.path.rsplit("/", 1)[0] or "/"]
        writer.add_file(following + index, parent, planned)

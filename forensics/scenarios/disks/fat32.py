"""A small FAT32 writer: one sector a cluster, long names, times of two seconds' precision without zone.

A deleted file keeps its entry, with E5 in place of the first character, and its content; its chain in
both tables is gone.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import UTC, datetime

from forensics.scenarios.disks.tree import Clusters, Folder, extents_of, plant
from forensics.scenarios.plan import Loose, Placed, Planned, Times, Written

SECTOR_SIZE = 512
_RESERVED = 32
_END = 0x0FFFFFFF


class _Writer:
    def __init__(self, size: int) -> None:
        self.image = bytearray(size)
        sectors = size // SECTOR_SIZE
        self.table_sectors = -(-(sectors - _RESERVED) * 4 // SECTOR_SIZE)
        self.data = _RESERVED + 2 * self.table_sectors
        self.total = sectors - self.data
        if self.total < 65525:
            raise ValueError("too small for FAT32")
        self.clusters = Clusters(self.total + 2, 2)
        self.chain = {0: 0x0FFFFFF8, 1: _END}
        self.placed: list[Placed] = []
        self.base = (self.data - 2) * SECTOR_SIZE

    def fill(self, runs: Sequence[tuple[int, int]], data: bytes) -> None:
        position = 0
        for offset, length in extents_of(runs, SECTOR_SIZE, len(data), self.base):
            self.image[offset : offset + length] = data[position : position + length]
            position += length

    def link(self, runs: Sequence[tuple[int, int]]) -> None:
        order = [first + step for first, count in runs for step in range(count)]
        for here, following in zip(order, [*order[1:], _END], strict=False):
            self.chain[here] = following

    def file(self, planned: Planned) -> int:
        """Place a file and return its first cluster."""
        count = -(-len(planned.data) // SECTOR_SIZE)
        runs = self.clusters.runs(planned, count, [])
        self.fill(runs, planned.data)
        if not planned.deleted:
            self.link(runs)
        extents = extents_of(runs, SECTOR_SIZE, len(planned.data), self.base)
        self.placed.append(Placed(planned.path, None, len(planned.data), extents, False))
        return runs[0][0] if runs else 0

    def folder(self, folder: Folder, first: int, parent: int, label: str, made: Times) -> None:
        """Write a folder whose run starts at `first`, after everything in it."""
        root = folder.path == "/"
        out = bytearray()
        if root:
            out += _short(label.encode().ljust(11), 0x08, made, 0, 0)
        else:
            out += _short(b".".ljust(11), 0x10, folder.times, first, 0)
            out += _short(b"..".ljust(11), 0x10, folder.times, 0 if parent == 2 else parent, 0)
        taken: set[bytes] = set()
        for sub in folder.folders.values():
            start = self.clusters.take(_folder_clusters(sub))[0]
            self.link([(start, _folder_clusters(sub))])
            out += _names(sub.name, 0x10, sub.times, start, 0, taken, deleted=False)
            self.folder(sub, start, first, label, made)
        for planned in folder.files:
            name = planned.path.rsplit("/", 1)[1]
            start = self.file(planned)
            size = len(planned.data)
            out += _names(name, 0x20, planned.times, start, size, taken, deleted=planned.deleted)
        self.fill([(first, _folder_clusters(folder))], bytes(out))


def write(
    size: int,
    label: str,
    serial: int,
    first_sector: int,
    made: int,
    files: Sequence[Planned],
    loose: Sequence[Loose],
) -> Written:
    """A FAT32 volume of `size` bytes that starts at `first_sector` of its disk."""
    writer = _Writer(size)
    root = plant(files)
    run = writer.clusters.take(_folder_clusters(root))
    writer.link([run])
    writer.folder(root, run[0], 0, label, Times.at(made))
    following = writer.clusters.cursor
    positions = {}
    writer.clusters.skip(64)
    for item in loose:
        first, count = writer.clusters.take(-(-len(item.data) // SECTOR_SIZE), used=False)
        writer.clusters.skip(32)
        writer.fill([(first, count)], item.data)
        positions[item.name] = writer.base + first * SECTOR_SIZE
    table = bytearray(writer.table_sectors * SECTOR_SIZE)
    for cluster, value in writer.chain.items():
        struct.pack_into("<I", table, 4 * cluster, value)
    for copy in range(2):
        start = (_RESERVED + copy * writer.table_sectors) * SECTOR_SIZE
        writer.image[start : start + len(table)] = table
    boot = bytearray(SECTOR_SIZE)
    boot[0:11] = b"\xeb\x58\x90MSDOS5.0"
    struct.pack_into(
        "<HBHBHHBHHHII", boot, 11, 512, 1, _RESERVED, 2, 0, 0, 0xF8, 0, 63, 255, first_sector, size // SECTOR_SIZE
    )
    struct.pack_into("<IHHIHH", boot, 36, writer.table_sectors, 0, 0, 2, 1, 6)
    struct.pack_into("<BBBI11s8s", boot, 64, 0x80, 0, 0x29, serial, label.encode().ljust(11), b"FAT32   ")
    boot[510:512] = b"\x55\xaa"
    free = writer.total + 2 - 2 - (len(writer.chain) - 2)
    info = bytearray(SECTOR_SIZE)
    struct.pack_into("<I", info, 0, 0x41615252)
    struct.pack_into("<III", info, 484, 0x61417272, free, following)
    info[510:512] = b"\x55\xaa"
    for start in (0, 6 * SECTOR_SIZE):
        writer.image[start : start + 512] = boot
        writer.image[start + 512 : start + 1024] = info
    return Written(writer.image, tuple(writer.placed), positions)


def _folder_clusters(folder: Folder) -> int:
    entries = 3
    for name in [*folder.folders, *(p.path.rsplit("/", 1)[1] for p in folder.files)]:
        entries += 1 + -(-len(name) // 13)
    return -(-entries * 32 // SECTOR_SIZE)


def _stamp(moment: int) -> tuple[int, int, int]:
    """Date, time and the 10 ms units below its two seconds."""
    when = datetime.fromtimestamp(moment, UTC)
    date = (when.year - 1980) << 9 | when.month << 5 | when.day
    return date, when.hour << 11 | when.minute << 5 | when.second // 2, when.second % 2 * 100


def _short(name: bytes, flags: int, times: Times, start: int, size: int) -> bytes:
    made_date, made_time, fine = _stamp(times.created)
    date, time, _ = _stamp(times.modified)
    return struct.pack(
        "<11sBBBHHHHHHHI",
        *(name, flags, 0, fine, made_time, made_date, _stamp(times.accessed)[0], start >> 16),
        *(time, date, start & 0xFFFF, size),
    )


def _names(name: str, flags: int, times: Times, start: int, size: int, taken: set[bytes], *, deleted: bool) -> bytes:
    """The entries of one name: its long parts, last first, and the short one."""
    stem, _, ending = name.rpartition(".") if "." in name[1:] else (name, "", "")
    clean = "".join(c for c in stem.upper() if c.isascii() and (c.isalnum() or c in "-_"))
    plain = clean == stem and len(stem) <= 8 and len(ending) <= 3 and ending == ending.upper()
    tail = ending.upper()[:3].ljust(3).encode()
    short = clean[:8].ljust(8).encode() + tail
    number = 1
    while not plain and (number == 1 or short in taken):
        mark = f"~{number}"
        short = (clean[: 8 - len(mark)] + mark).ljust(8).encode() + tail
        number += 1
    taken.add(short)
    out = b""
    if not plain:
        checksum = 0
        for octet in short:
            checksum = ((checksum >> 1 | checksum << 7) + octet) & 0xFF
        units = name.encode("utf-16-le")
        parts = [units[at : at + 26] for at in range(0, len(units), 26)]
        for order in range(len(parts), 0, -1):
            part = parts[order - 1]
            part = part if len(part) == 26 else (part + b"\0\0").ljust(26, b"\xff")
            first = order | (0x40 if order == len(parts) else 0)
            head = struct.pack("<B10sBBB12sH4s", first, part[:10], 0x0F, 0, checksum, part[10:22], 0, part[22:])
            out += b"\xe5" + head[1:] if deleted else head
    if deleted:
        short = b"\xe5" + short[1:]
    return out + _short(short, flags, times, start, size)

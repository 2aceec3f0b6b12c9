"""A small ext4 writer: one block group, extents, a clean journal, no checksums.

| block | what |
|---|---|
| 0 | superblock at byte 1024 |
| 1 | group descriptor |
| 2, 3 | block and inode bitmaps |
| 4 … | inode table, 256 bytes an inode |
| then | folders, journal, files |

A deleted file is left as the kernel leaves it: the name still in the folder's block, hidden in the entry
before it; an inode with a deletion time, no size and no extents; and the content in free blocks.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from forensics.scenarios.disks.tree import Clusters, Folder, extents_of, plant
from forensics.scenarios.plan import Loose, Placed, Planned, Times, Written

BLOCK_SIZE = 4096
_INODE_SIZE = 256
_INODES = 512
_TABLE = 4
_TABLE_BLOCKS = _INODES * _INODE_SIZE // BLOCK_SIZE
_JOURNAL_BLOCKS = 1024
_ROOT, _JOURNAL, _LOST, _FIRST = 2, 8, 11, 12
_FOLDER, _FILE = 0x4000, 0x8000
_OWNER = 1000


@dataclass(slots=True)
class _Child:
    inode: int
    kind: int
    name: str
    deleted: bool = False


@dataclass(slots=True)
class _Writer:
    image: bytearray
    clusters: Clusters
    inodes: dict[int, bytes] = field(default_factory=dict)
    placed: list[Placed] = field(default_factory=list)
    runs: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    def fill(self, runs: Sequence[tuple[int, int]], data: bytes) -> None:
        position = 0
        for offset, length in extents_of(runs, BLOCK_SIZE, len(data)):
            self.image[offset : offset + length] = data[position : position + length]
            position += length

    def file(self, number: int, planned: Planned) -> None:
        count = -(-len(planned.data) // BLOCK_SIZE)
        taken = self.runs.get(planned.over[0], []) if planned.over else []
        runs = self.clusters.runs(planned, count, taken)
        self.runs[planned.path] = runs
        self.fill(runs, planned.data)
        slack_offset = None
        if planned.slack:
            first, length = runs[-1]
            used = (len(planned.data) - 1) % BLOCK_SIZE + 1
            slack_offset = (first + length - 1) * BLOCK_SIZE + -(-used // 512) * 512
            self.image[slack_offset : slack_offset + len(planned.slack)] = planned.slack
        extents = extents_of(runs, BLOCK_SIZE, len(planned.data))
        size = len(planned.data)
        self.placed.append(Placed(planned.path, None, size, extents, False, slack_offset))
        mode = _FILE | 0o600
        if planned.deleted:
            self.inodes[number] = _inode(mode, 0, [], planned.times, 0, deleted=planned.times.changed)
        else:
            self.inodes[number] = _inode(mode, size, runs, planned.times, 1)


def write(
    size: int, label: str, identity: bytes, made: int, files: Sequence[Planned], loose: Sequence[Loose]
) -> Written:
    """An ext4 volume of `size` bytes, at most 128 MiB; `identity` gives its UUID."""
    blocks = size // BLOCK_SIZE
    writer = _Writer(bytearray(size), Clusters(blocks))
    writer.clusters.take(_TABLE + _TABLE_BLOCKS)
    root = plant(files)
    numbers = {"/": _ROOT}
    following = _FIRST
    for folder in root.walk():
        if folder.path != "/":
            numbers[folder.path] = following
            following += 1
    if following + len(files) > _INODES:
        raise ValueError("too many files for the volume")
    file_numbers = {id(planned): following + index for index, planned in enumerate(files)}
    made_times = Times.at(made)
    _write_folder(writer, _LOST, _ROOT, [], made_times, 2, 0o700)
    for folder in root.walk():
        _plant_folder(writer, folder, numbers, file_numbers, made_times)
    journal = writer.clusters.take(_JOURNAL_BLOCKS)
    head = struct.pack(">IIIIIIII", 0xC03B3998, 4, 0, BLOCK_SIZE, _JOURNAL_BLOCKS, 1, 1, 0)
    writer.fill([journal], (head + bytes(16) + identity + struct.pack(">I", 1)).ljust(1024, b"\0"))
    journal_size = _JOURNAL_BLOCKS * BLOCK_SIZE
    writer.inodes[_JOURNAL] = _inode(_FILE | 0o600, journal_size, [journal], made_times, 1, owner=0)
    for planned in sorted(files, key=lambda p: p.over is not None):
        writer.file(file_numbers[id(planned)], planned)
    positions = {}
    writer.clusters.cursor += 16
    for item in loose:
        first, count = writer.clusters.take(-(-len(item.data) // BLOCK_SIZE), used=False)
        writer.clusters.skip(5)
        writer.fill([(first, count)], item.data)
        positions[item.name] = first * BLOCK_SIZE
    newest = max(planned.times.changed for planned in files)
    deleted = {file_numbers[id(planned)] for planned in files if planned.deleted}
    _finish(writer, label, identity, made, newest, deleted, following + len(files), len(numbers) + 1)
    return Written(writer.image, tuple(writer.placed), positions)


def _plant_folder(writer: _Writer, folder: Folder, numbers: dict[str, int], files: dict[int, int], made: Times) -> None:
    number = numbers[folder.path]
    parent = numbers[folder.path.rsplit("/", 1)[0] or "/"]
    children = [_Child(_LOST, 2, "lost+found")] if number == _ROOT else []
    children += [_Child(numbers[sub.path], 2, sub.name) for sub in folder.folders.values()]
    for planned in folder.files:
        name = planned.path.rsplit("/", 1)[1]
        children.append(_Child(files[id(planned)], 1, name, planned.deleted))
    links = 2 + len(folder.folders) + (1 if number == _ROOT else 0)
    times = made if number == _ROOT else folder.times
    _write_folder(writer, number, parent, children, times, links, 0o755 if number == _ROOT else 0o700)


def _write_folder(
    writer: _Writer, number: int, parent: int, children: Sequence[_Child], times: Times, links: int, mode: int
) -> None:
    entries: list[list[tuple[_Child, int]]] = [[]]  # per block: child, room it takes
    used = 0
    for child in [_Child(number, 2, "."), _Child(parent, 2, ".."), *children]:
        need = 8 + -(-len(child.name.encode()) // 4) * 4
        if used + need > BLOCK_SIZE:
            entries.append([])
            used = 0
        entries[-1].append((child, need))
        used += need
    data = b"".join(_folder_block(block) for block in entries)
    run = writer.clusters.take(len(entries))
    writer.fill([run], data)
    owner = 0 if number in (_ROOT, _LOST) else _OWNER
    writer.inodes[number] = _inode(_FOLDER | mode, len(data), [run], times, links, owner=owner)


def _folder_block(entries: Sequence[tuple[_Child, int]]) -> bytes:
    block = bytearray(BLOCK_SIZE)
    position = 0
    living = 0  # where the last living entry starts
    for child, need in entries:
        name = child.name.encode()
        struct.pack_into("<IHBB", block, position, child.inode, need, len(name), child.kind)
        block[position + 8 : position + 8 + len(name)] = name
        if child.deleted:
            struct.pack_into("<H", block, living + 4, position + need - living)
        else:
            living = position
        position += need
    struct.pack_into("<H", block, living + 4, BLOCK_SIZE - living)
    return bytes(block)


def _inode(
    mode: int,
    size: int,
    runs: Sequence[tuple[int, int]],
    times: Times,
    links: int,
    *,
    deleted: int = 0,
    owner: int = _OWNER,
) -> bytes:
    block = bytearray(60)
    struct.pack_into("<HHHHI", block, 0, 0xF30A, len(runs), 4, 0, 0)
    logical = 0
    for index, (first, count) in enumerate(runs):
        struct.pack_into("<IHHI", block, 12 + 12 * index, logical, count, 0, first)
        logical += count
    sectors = logical * BLOCK_SIZE // 512
    head = struct.pack(
        "<HHIIIIIHHIII",
        *(mode, owner, size, times.accessed, times.changed, times.modified, deleted, owner, links),
        *(sectors, 0x80000, 0),
    )
    tail = struct.pack("<IIII12xHHIIIII", 0, 0, 0, 0, 32, 0, 0, 0, 0, times.created, 0)
    return (head + bytes(block) + tail).ljust(_INODE_SIZE, b"\0")


def _finish(
    writer: _Writer,
    label: str,
    identity: bytes,
    made: int,
    newest: int,
    deleted: set[int],
    inodes_used: int,
    folders: int,
) -> None:
    image = writer.image
    blocks = len(image) // BLOCK_SIZE
    in_use = set(range(1, inodes_used)) - deleted
    for number, inode in writer.inodes.items():
        at = _TABLE * BLOCK_SIZE + (number - 1) * _INODE_SIZE
        image[at : at + _INODE_SIZE] = inode
    image[2 * BLOCK_SIZE : 3 * BLOCK_SIZE] = writer.clusters.bitmap(BLOCK_SIZE)
    bits = bytearray(b"\xff" * BLOCK_SIZE)
    for number in range(1, _INODES + 1):
        if number not in in_use:
            bits[(number - 1) >> 3] &= ~(1 << ((number - 1) & 7)) & 0xFF
    image[3 * BLOCK_SIZE : 4 * BLOCK_SIZE] = bits
    free_blocks = blocks - sum(writer.clusters.used)
    free_inodes = _INODES - len(in_use)
    struct.pack_into("<IIIHHH", image, BLOCK_SIZE, 2, 3, _TABLE, free_blocks, free_inodes, folders)
    sb = bytearray(1024)
    struct.pack_into("<IIIIIIII", sb, 0, _INODES, blocks, 0, free_blocks, free_inodes, 0, 2, 2)
    struct.pack_into(
        "<IIIIIHHHHHHIIII", sb, 32, 32768, 32768, _INODES, newest, newest, 1, 0xFFFF, 0xEF53, 1, 1, 0, made, 0, 0, 1
    )
    struct.pack_into("<IHHIII", sb, 84, _FIRST - 1, _INODE_SIZE, 0, 0x0C, 0x42, 0x6B)
    sb[104:120] = identity
    sb[120:136] = label.encode().ljust(16, b"\0")
    struct.pack_into("<I", sb, 224, _JOURNAL)
    sb[236:252] = identity
    sb[252:254] = b"\x01\x01"  # half-MD4 names; the journal's inode is copied below
    struct.pack_into("<I", sb, 264, made)
    journal = writer.inodes[_JOURNAL]
    sb[268:328] = journal[40:100]
    struct.pack_into("<II", sb, 328, 0, _JOURNAL_BLOCKS * BLOCK_SIZE)
    struct.pack_into("<HHI", sb, 348, 32, 32, 1)
    image[1024:2048] = sb

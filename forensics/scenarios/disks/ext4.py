"""A small ext4 writer: block groups, extents, a clean journal, no checksums.

| block of a group | what |
|---|---|
| 0 | superblock (at byte 1024 in group 0) in groups 0, 1 and the powers of 3, 5 and 7 |
| 1 | all group descriptors, where there is a superblock |
| next two | block and inode bitmaps |
| then | inode table, 256 bytes an inode |
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
_GROUP_BLOCKS = 32768
_LEAST_INODES = 512
_MOST_GROUPS = 128  # whose descriptors fit in one block
_MOST_RUNS = 4  # of a file, in its inode
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


@dataclass(frozen=True, slots=True)
class _Group:
    """One block group: its first block, its size, and where its bitmaps and inode table are."""

    number: int
    first: int
    blocks: int
    bitmaps: int

    @property
    def table(self) -> int:
        return self.bitmaps + 2

    @property
    def copies(self) -> bool:
        """Whether it starts with a superblock and the descriptors."""
        return self.bitmaps > self.first


def _groups(blocks: int) -> list[_Group]:
    out = []
    for number in range(-(-blocks // _GROUP_BLOCKS)):
        first = number * _GROUP_BLOCKS
        copies = number <= 1 or any(number == base**power for base in (3, 5, 7) for power in range(1, 8))
        out.append(_Group(number, first, min(_GROUP_BLOCKS, blocks - first), first + (2 if copies else 0)))
    return out


@dataclass(slots=True)
class _Writer:
    image: bytearray | memoryview
    base: int  # of the volume on the image
    clusters: Clusters
    groups: list[_Group]
    group_inodes: int
    inodes: dict[int, bytes] = field(default_factory=dict)
    placed: list[Placed] = field(default_factory=list)
    runs: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    def place(self, number: int) -> int:
        """Where an inode is."""
        group, index = divmod(number - 1, self.group_inodes)
        return self.groups[group].table * BLOCK_SIZE + index * _INODE_SIZE

    def fill(self, runs: Sequence[tuple[int, int]], data: bytes) -> None:
        position = 0
        for offset, length in extents_of(runs, BLOCK_SIZE, len(data)):
            self.image[offset : offset + length] = data[position : position + length]
            position += length

    def file(self, number: int, planned: Planned) -> None:
        size = planned.size
        count = -(-size // BLOCK_SIZE)
        taken = self.runs.get(planned.over[0], []) if planned.over else []
        runs = self.clusters.runs(planned, count, taken)
        if len(runs) > _MOST_RUNS:
            raise ValueError(f"{planned.path}: at most {_MOST_RUNS} pieces can be written")
        self.runs[planned.path] = runs
        extents = extents_of(runs, BLOCK_SIZE, size)
        self.fill(runs, planned.content([(self.base + at, length) for at, length in extents]))
        slack_offset = None
        if planned.slack:
            first, length = runs[-1]
            used = (size - 1) % BLOCK_SIZE + 1
            slack_offset = (first + length - 1) * BLOCK_SIZE + -(-used // 512) * 512
            self.image[slack_offset : slack_offset + len(planned.slack)] = planned.slack
        self.placed.append(Placed(planned.path, None, size, extents, False, slack_offset))
        mode = _FILE | 0o600
        if planned.deleted:
            self.inodes[number] = _inode(mode, 0, [], planned.times, 0, deleted=planned.times.changed)
        else:
            self.inodes[number] = _inode(mode, size, runs, planned.times, 1)


def write(
    size: int,
    label: str,
    identity: bytes,
    made: int,
    files: Sequence[Planned],
    loose: Sequence[Loose],
    image: bytearray | memoryview | None = None,
    base: int = 0,
) -> Written:
    """An ext4 volume of `size` bytes, at most 16 GiB; `identity` gives its UUID.

    It is written into `image`, `size` zeros, where that is given; `base` is its offset on the disk.
    """
    blocks = size // BLOCK_SIZE
    root = plant(files)
    numbers = {"/": _ROOT}
    following = _FIRST
    for folder in root.walk():
        if folder.path != "/":
            numbers[folder.path] = following
            following += 1
    groups = _groups(blocks)
    if len(groups) > _MOST_GROUPS:
        raise ValueError("the volume is too large for one block of group descriptors")
    group_inodes = max(_LEAST_INODES, -(-(following + len(files)) // (16 * len(groups))) * 16)
    writer = _Writer(bytearray(size) if image is None else image, base, Clusters(blocks), groups, group_inodes)
    for group in groups:
        taken = group.table + group_inodes * _INODE_SIZE // BLOCK_SIZE - group.first
        if group_inodes > BLOCK_SIZE * 8 or taken > group.blocks:
            raise ValueError("too many files for the volume, or its last group is too small")
        writer.clusters.mark(group.first, taken)
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
    in_use = set(range(1, following + len(files))) - deleted
    _finish(writer, label, identity, made, newest, in_use, {*numbers.values(), _LOST})
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
    writer: _Writer, label: str, identity: bytes, made: int, newest: int, in_use: set[int], folders: set[int]
) -> None:
    image = writer.image
    each = writer.group_inodes
    for number, inode in writer.inodes.items():
        at = writer.place(number)
        image[at : at + _INODE_SIZE] = inode
    blocks = writer.clusters.bitmap(len(writer.groups) * BLOCK_SIZE)
    free_blocks = free_inodes = 0
    descriptors = bytearray()
    for group in writer.groups:
        at = group.bitmaps * BLOCK_SIZE
        image[at : at + BLOCK_SIZE] = blocks[group.number * BLOCK_SIZE : (group.number + 1) * BLOCK_SIZE]
        bits = bytearray(b"\xff" * BLOCK_SIZE)
        mine = range(group.number * each + 1, (group.number + 1) * each + 1)
        left = each
        for index, number in enumerate(mine):
            if number in in_use:
                left -= 1
            else:
                bits[index >> 3] &= ~(1 << (index & 7)) & 0xFF
        image[at + BLOCK_SIZE : at + 2 * BLOCK_SIZE] = bits
        free = writer.clusters.used.count(0, group.first, group.first + group.blocks)
        counts = (free, left, sum(number in folders for number in mine))
        descriptors += struct.pack("<IIIHHH14x", group.bitmaps, group.bitmaps + 1, group.table, *counts)
        free_blocks += free
        free_inodes += left
    sb = _superblock(writer, label, identity, made, newest, free_blocks, free_inodes)
    for group in writer.groups:
        if group.copies:
            at = group.first * BLOCK_SIZE + (1024 if group.number == 0 else 0)
            struct.pack_into("<H", sb, 90, group.number)
            image[at : at + 1024] = sb
            at = (group.first + 1) * BLOCK_SIZE
            image[at : at + len(descriptors)] = descriptors


def _superblock(
    writer: _Writer, label: str, identity: bytes, made: int, newest: int, free_blocks: int, free_inodes: int
) -> bytearray:
    each = writer.group_inodes
    blocks = len(writer.clusters.used)
    sb = bytearray(1024)
    inodes = each * len(writer.groups)
    struct.pack_into("<IIIIIIII", sb, 0, inodes, blocks, 0, free_blocks, free_inodes, 0, 2, 2)
    size = _GROUP_BLOCKS
    struct.pack_into(
        "<IIIIIHHHHHHIIII", sb, 32, size, size, each, newest, newest, 1, 0xFFFF, 0xEF53, 1, 1, 0, made, 0, 0, 1
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
    return sb

"""Which blocks of an APFS container an encrypted volume holds: read from its books, which are not encrypted.

| where | says |
|---|---|
| superblock of the container, the newest whole one of the checkpoints (104: how many blocks, 112: from where) | object map at 160, volumes from 184 |
| object map (tree at 48) | key: object, transaction; value: flags, size, block |
| superblock of a volume | blocks allocated at 88, object map at 128, extent references at 144, snapshots at 152 |
| tree of extent references | key: first block and type 2; value: how many blocks |
| tree of snapshots | key of type 1; value: the tree of extent references that the snapshot froze |

Encrypted are the extents of files and those objects of the volume whose flag says so; the books themselves are in
plain. Of a volume without keys no name is known, but every block. As in Apple's *Apple File System Reference* (2020).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from forensics.errors import FormatError
from forensics.evidence.ranges import merged
from forensics.model import ByteRun
from forensics.volumes.readable import Readable

_MOST_NODES = 1 << 20  # of all trees of a volume
_MOST_CHECKPOINT = 1 << 16  # blocks
_MOST_VOLUMES = 100
_HEAD, _INFO = 56, 40  # of a node; behind the values of a root
_ROOT, _LEAF, _FIXED = 1, 2, 4
_NOWHERE = 0xFFFF
_ENCRYPTED = 4  # flag of an object
_SNAPSHOT, _EXTENT = 1, 2  # types of records
_DEAD = 3  # kind of an extent that is not held any more
_LOW = (1 << 60) - 1
_SUM = 0xFFFFFFFF

Pair = tuple[bytes, bytes]


def held(layer: Readable, number: int) -> tuple[ByteRun, ...]:
    """Ranges of the container that hold encrypted bytes of volume `number`, from 1, in order.

    Raises:
        FormatError: the books that say so cannot be read, with the place.
    """
    books = _Books(layer, _block_size(layer))
    volume = books.volume(number)
    omap, extents, snapshots = (int.from_bytes(volume[at : at + 8], "little") for at in (128, 144, 152))
    runs = [run for _, run in books.objects(omap)]
    trees = [extents, *books.frozen(snapshots)]
    for tree in trees:
        runs += books.extents(tree)
    return merged(runs)


def _block_size(layer: Readable) -> int:
    head = layer.read(0, 64)
    size = int.from_bytes(head[36:40], "little")
    if head[32:36] != b"NXSB" or size not in (4096, 8192, 16384, 32768, 65536):
        raise FormatError("no superblock of an APFS container")
    return size


def _is_whole(block: bytes) -> bool:
    """Fletcher's sum of an object holds."""
    words = np.frombuffer(block, "<u4", offset=8).astype(np.uint64)
    low = int(words.sum()) % _SUM
    high = int((words * np.arange(len(words), 0, -1, dtype=np.uint64)).sum()) % _SUM
    first = _SUM - (low + high) % _SUM
    return block[:8] == struct.pack("<II", first, _SUM - (low + first) % _SUM)


@dataclass(slots=True)
class _Books:
    layer: Readable
    size: int  # of a block
    nodes: int = 0

    def _block(self, number: int, what: str) -> bytes:
        data = self.layer.read(number * self.size, self.size)
        if len(data) < self.size or not _is_whole(data):
            raise FormatError(f"{what} at block {number:,} of the APFS container is damaged")
        return data

    def volume(self, number: int) -> bytes:
        """The superblock of a volume."""
        whole = self._newest()
        wanted = int.from_bytes(whole[184 + 8 * (number - 1) :][:8], "little") if 1 <= number <= _MOST_VOLUMES else 0
        place = None
        for key, value in self._pairs(self._tree(int.from_bytes(whole[160:168], "little"))):
            if wanted and int.from_bytes(key[:8], "little") == wanted:
                place = int.from_bytes(value[8:16], "little")  # transactions ascend: the last one counts
        if place is None:
            raise FormatError(f"the APFS container does not say where its volume {number} is")
        found = self._block(place, "the superblock of a volume")
        if found[32:36] != b"APSB":
            raise FormatError(f"block {place:,} of the APFS container is no superblock of a volume")
        return found

    def _newest(self) -> bytes:
        """The superblock of the last checkpoint; the one at the start may be older."""
        first = self._block(0, "the superblock")
        count, base = struct.unpack_from("<I4xQ", first, 104)
        best = first
        for number in range(base, base + min(count, _MOST_CHECKPOINT)):
            block = self.layer.read(number * self.size, self.size)
            newer = block[16:24][::-1] > best[16:24][::-1]
            if len(block) == self.size and block[32:36] == b"NXSB" and newer and _is_whole(block):
                best = block
        return best

    def _tree(self, omap: int) -> int:
        """The tree of an object map."""
        return int.from_bytes(self._block(omap, "an object map")[48:56], "little")

    def objects(self, omap: int) -> Iterator[tuple[int, ByteRun]]:
        """The encrypted objects of a volume: their numbers and places."""
        for key, value in self._pairs(self._tree(omap)):
            flags, size, block = struct.unpack_from("<IIQ", value.ljust(16, b"\0"))
            if flags & _ENCRYPTED:
                yield int.from_bytes(key[:8], "little"), self._run(block, -(-size // self.size))

    def frozen(self, tree: int) -> Iterator[int]:
        """The trees of extent references that snapshots keep."""
        for key, value in self._pairs(tree):
            if key[7] >> 4 == _SNAPSHOT and len(value) >= 8:
                yield int.from_bytes(value[:8], "little")

    def extents(self, tree: int) -> Iterator[ByteRun]:
        """What a tree of extent references lists."""
        for key, value in self._pairs(tree):
            word = int.from_bytes(value[:8], "little")
            if key[7] >> 4 == _EXTENT and word >> 60 != _DEAD:
                yield self._run(int.from_bytes(key[:8], "little") & _LOW, word & _LOW)

    def _run(self, block: int, count: int) -> ByteRun:
        if (block + count) * self.size > self.layer.size:
            raise FormatError(f"{count:,} blocks at block {block:,} lie outside of the APFS container")
        return ByteRun(block * self.size, count * self.size)

    def _pairs(self, root: int) -> Iterator[Pair]:
        """Keys of at least eight bytes and values of the leaves of a tree that names its nodes by their blocks."""
        waiting, seen = [root] if root else [], {root}
        while waiting:
            self.nodes += 1
            if self.nodes > _MOST_NODES:
                raise FormatError(f"an APFS volume with more than {_MOST_NODES:,} nodes in its books")
            node = self._block(waiting.pop(), "a node of a tree")
            if int.from_bytes(node[32:34], "little") & _LEAF:
                yield from self._records(node)
                continue
            below = [int.from_bytes(value[:8], "little") for _, value in self._records(node)]
            if not seen.isdisjoint(below) or len(set(below)) != len(below):
                raise FormatError("a tree of an APFS volume goes round")
            seen.update(below)
            waiting += reversed(below)

    def _records(self, node: bytes) -> Iterator[Pair]:
        flags, _, count, at, length = struct.unpack_from("<HHIHH", node, 32)
        table, keys = _HEAD + at, _HEAD + at + length
        end = self.size - (_INFO if flags & _ROOT else 0)
        entry = "<HH" if flags & _FIXED else "<HHHH"
        if table + count * struct.calcsize(entry) > end:
            raise FormatError(f"a node of an APFS tree with {count:,} records cannot be")
        for places in struct.iter_unpack(entry, node[table : table + count * struct.calcsize(entry)]):
            key, value = (places[0], places[1]) if flags & _FIXED else (places[0], places[2])
            if value == _NOWHERE:
                continue
            size, room = (16, 16) if flags & _FIXED else (places[1], places[3])
            start = end - value
            if size < 8 or keys + key + size > end or start < keys:
                raise FormatError("a record of an APFS tree lies outside of its node")
            yield node[keys + key : keys + key + size], node[start : min(start + room, end)]

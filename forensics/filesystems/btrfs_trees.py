"""The trees of a Btrfs of one device: superblock, chunks, nodes, and items by their keys.

| place | content |
|---|---|
| 65536, 64 MiB, 256 GiB | superblock and its copies |
| chunk | maps logical addresses to places of the device, once or twice |
| node | 101 bytes of head, then items (25 bytes and content) in a leaf, pointers (33 bytes) above |
| key | object, kind of item, offset: 17 bytes |

Source: btrfs-progs, *On-disk Format*; Linux `include/uapi/linux/btrfs_tree.h`. Numbers are little-endian. Every node
is checked: its address, level and generation, and its CRC-32C, SHA-256 or BLAKE2b (xxHash is not checked).
"""

from __future__ import annotations

import hashlib
import struct
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from forensics.errors import FormatError
from forensics.model import ByteRun
from forensics.primitives.crc32c import crc32c
from forensics.volumes.volume import VolumeLayer

SUPERBLOCK = 65536
COPIES = (SUPERBLOCK, 64 << 20, 256 << 30)
SUPERBLOCK_SIZE = 4096
_HEAD, _ITEM, _POINTER = 101, 25, 33
_CHUNK = 228
_CHUNK_TREE = 256  # the object under which all chunks stand
# Features that change what is read here: zoned devices, extent tree 2, stripe tree, remap tree.
_NOT_READ = (1 << 12) | (1 << 13) | (1 << 14) | (1 << 17)
_PROFILES = 0x7F8  # bits of a chunk that say how it lies on devices
_DUP = 1 << 5
_DEEPEST = 8
_MOST_CHUNKS = 1 << 20
_NODES = 256  # nodes that are kept

Key = tuple[int, int, int]


class Root(NamedTuple):
    """Where a tree begins."""

    address: int
    level: int
    generation: int
    first: Key | None = None  # that its node must begin with


class Item(NamedTuple):
    """An item of a leaf, with the logical address of its content."""

    key: Key
    data: bytes
    address: int


class _Chunk(NamedTuple):
    length: int
    places: tuple[int, ...]


class _Node(NamedTuple):
    level: int
    keys: list[Key]
    values: list[tuple[int, int]]  # a leaf: offset and length of content; above: address and generation
    raw: bytes


class Trees:
    """Reads items of any tree; what is damaged is told by `FormatError` with its address."""

    def __init__(self, volume: VolumeLayer) -> None:
        """Read superblock and chunks.

        Raises:
            FormatError: no superblock that holds, several devices, or features that are not read here.
        """
        self.volume = volume
        head = self._superblock()
        self.node_size, self.sector_size = (int.from_bytes(head[at : at + 4], "little") for at in (0x94, 0x90))
        if self.node_size not in (4096, 8192, 16384, 32768, 65536) or self.sector_size not in (
            4096,
            8192,
            16384,
            65536,
        ):
            raise self._error(f"nodes of {self.node_size:,} bytes in blocks of {self.sector_size:,} cannot be")
        devices, features = struct.unpack_from("<Q", head, 0x88)[0], struct.unpack_from("<Q", head, 0xBC)[0]
        if devices != 1:
            raise self._error(f"it lies over {devices:,} devices, which is not supported")
        if features & _NOT_READ:
            raise self._error(f"it uses features 0x{features:x}, which are not supported")
        self.log = int.from_bytes(head[0x60:0x68], "little")
        self._nodes: OrderedDict[int, _Node] = OrderedDict()
        self.met: set[int] = set()  # logical addresses of all nodes that were read
        self._chunks: dict[int, _Chunk] = {}
        self._starts: list[int] = []
        array = head[0x32B : 0x32B + min(int.from_bytes(head[0xA0:0xA4], "little"), 2048)]
        while len(array) >= 17 + 48:
            key = _key(array, 0)
            array = array[17 + self._add_chunk(key[2], array[17:]) :]
        root, chunk_root = struct.unpack_from("<QQ", head, 0x50)
        generation, chunk_generation = struct.unpack_from("<Q", head, 0x48)[0], struct.unpack_from("<Q", head, 0xA4)[0]
        self.root = Root(root, head[0xC6], generation)
        chunks = Root(chunk_root, head[0xC7], chunk_generation)
        for item in self.items(chunks, (_CHUNK_TREE, _CHUNK, 0), (_CHUNK_TREE, _CHUNK, (1 << 64) - 1)):
            self._add_chunk(item.key[2], item.data)

    def _error(self, reason: str) -> FormatError:
        return FormatError(f"{self.volume.locator}: Btrfs: {reason}")

    def _superblock(self) -> bytes:
        for place in COPIES:
            raw = self.volume.read(place, SUPERBLOCK_SIZE)
            if len(raw) == SUPERBLOCK_SIZE and raw[0x40:0x48] == b"_BHRfS_M":
                self._checksum = int.from_bytes(raw[0xC4:0xC6], "little")
                if self._sound(raw):
                    return raw
        raise self._error("no copy of its superblock holds")

    def _sound(self, raw: bytes) -> bool:
        """Whether the checksum before a superblock or node is that of the rest."""
        body = raw[32:]
        if self._checksum == 0:
            return crc32c([body])[0] == int.from_bytes(raw[:4], "little")
        if self._checksum == 2:
            return hashlib.sha256(body).digest() == raw[:32]
        if self._checksum == 3:
            return hashlib.blake2b(body, digest_size=32).digest() == raw[:32]
        return True

    def _add_chunk(self, logical: int, raw: bytes) -> int:
        """Keep a chunk; gives the length of its item."""
        if len(raw) < 80:
            raise self._error("a chunk is cut short")
        length, kind, stripes = *struct.unpack_from("<Q16xQ", raw), int.from_bytes(raw[44:46], "little")
        size = 48 + 32 * stripes
        profile = kind & _PROFILES
        if len(raw) < size or not stripes or profile not in (0, _DUP) or (not profile and stripes != 1):
            raise self._error(f"a chunk in {stripes} stripes of profile 0x{profile:x} is not supported")
        if len(self._chunks) >= _MOST_CHUNKS or not 0 < length < 1 << 60:
            raise self._error(f"a chunk of {length:,} bytes cannot be")
        if logical not in self._chunks:
            places = tuple(int.from_bytes(raw[at + 8 : at + 16], "little") for at in range(48, size, 32))
            self._chunks[logical] = _Chunk(length, places)
            self._starts = sorted(self._chunks)
        return size

    def places(self, logical: int, length: int) -> tuple[int, ...]:
        """Offsets in the volume of a logical range, one for each copy.

        Raises:
            FormatError: no chunk holds it.
        """
        index = bisect_right(self._starts, logical) - 1
        if index >= 0:
            start = self._starts[index]
            chunk = self._chunks[start]
            if logical + length <= start + chunk.length:
                return tuple(place + logical - start for place in chunk.places)
        raise self._error(f"no chunk holds {length:,} bytes at logical address {logical:,}")

    def runs(self, logical: int, length: int) -> list[ByteRun]:
        """Image ranges of the first copy of a logical range.

        Raises:
            FormatError: no chunk holds it, or it lies outside of the volume.
        """
        place = self.places(logical, length)[0]
        if place + length > self.volume.size:
            raise self._error(f"{length:,} bytes at {place:,} lie outside of the volume")
        return list(self.volume.runs(place, length))

    def read(self, logical: int, length: int) -> bytes:
        """Bytes at a logical address, from its first copy.

        Raises:
            FormatError: no chunk holds them.
        """
        return self.volume.read(self.places(logical, length)[0], length)

    def _node(self, root: Root) -> _Node:
        node = self._nodes.get(root.address)
        if node is None:
            node = self._read_node(root)
            if len(self._nodes) >= _NODES:
                self._nodes.popitem(last=False)
            self._nodes[root.address] = node
        else:
            self._nodes.move_to_end(root.address)
        if node.level != root.level or (root.first is not None and node.keys[:1] != [root.first]):
            raise self._error(f"the node at logical address {root.address:,} is not the one that is expected there")
        return node

    def _read_node(self, root: Root) -> _Node:
        """The first copy of a node that holds."""
        for place in self.places(root.address, self.node_size):
            raw = self.volume.read(place, self.node_size)
            if len(raw) < self.node_size or not self._sound(raw):
                continue
            address, generation = struct.unpack_from("<Q24xQ", raw, 48)
            count, level = struct.unpack_from("<IB", raw, 96)
            if address != root.address or generation != root.generation or level > _DEEPEST:
                continue
            if count <= (self.node_size - _HEAD) // (_POINTER if level else _ITEM):
                self.met.add(root.address)
                return self._divided(raw, count, level)
        raise self._error(f"the node at logical address {root.address:,} is damaged")

    def _divided(self, raw: bytes, count: int, level: int) -> _Node:
        step, form = (_POINTER, "<QQ") if level else (_ITEM, "<II")
        starts = range(_HEAD, _HEAD + count * step, step)
        keys = [_key(raw, at) for at in starts]
        if any(a >= b for a, b in pairwise(keys)):
            raise self._error("the keys of a node are out of order")
        return _Node(level, keys, [struct.unpack_from(form, raw, at + 17) for at in starts], raw)

    def items(self, root: Root, first: Key, last: Key) -> Iterator[Item]:
        """The items of a tree from key `first` to key `last`, in order.

        Raises:
            FormatError: a node is damaged.
        """
        node = self._node(root)
        start = bisect_right(node.keys, first)
        if start and (node.level or node.keys[start - 1] == first):
            start -= 1
        for at in range(start, len(node.keys)):
            if node.keys[at] > last:
                return
            if node.level:
                address, generation = node.values[at]
                yield from self.items(Root(address, node.level - 1, generation, node.keys[at]), first, last)
                continue
            offset, length = node.values[at]
            if _HEAD + offset + length > len(node.raw):
                raise self._error(f"an item of the node at logical address {root.address:,} lies outside of it")
            data = node.raw[_HEAD + offset : _HEAD + offset + length]
            yield Item(node.keys[at], data, root.address + _HEAD + offset)

    def tree(self, number: int) -> Root | None:
        """The root of a tree by its number; None where there is none, or it was deleted."""
        found = None
        for item in self.items(self.root, (number, 132, 0), (number, 132, (1 << 64) - 1)):
            if len(item.data) >= 239 and int.from_bytes(item.data[216:220], "little"):
                generation, _, address = struct.unpack_from("<QQQ", item.data, 160)
                found = Root(address, item.data[238], generation)
        return found


def _key(raw: bytes, at: int) -> Key:
    number, kind, offset = struct.unpack_from("<QBQ", raw, at)
    return number, kind, offset

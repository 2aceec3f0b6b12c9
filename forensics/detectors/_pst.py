"""Where the nodes of a PST or OST file lie (MS-PST): header, the two trees, blocks.

| offset | length | what (Unicode; in brackets ANSI)                                          |
|--------|--------|---------------------------------------------------------------------------|
| 0      | 4      | "!BDN"                                                                    |
| 8      | 2      | "SM" (OST: "SO")                                                          |
| 10     | 2      | version: 14, 15 ANSI; 23 Unicode; 36 with pages of 4 KiB, not read here   |
| 216    | 16     | node tree: id of its page, offset (ANSI: 184, 8)                          |
| 232    | 16     | block tree: id of its page, offset (ANSI: 192, 8)                         |
| 513    | 1      | encoding of data blocks: 0 none, 1 permuted, 2 cyclic (ANSI: 461)         |

A page is 512 bytes: entries, at 488 (496) their number, the most, their length, the level; then the trailer with
its type 80 (blocks) or 81 (nodes), twice. Leaves of the node tree: id, id of its data, id of its subnodes. Leaves of
the block tree: id, offset, length of the data. Bit 1 of a block's id says that it lists other blocks.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from forensics.model import ByteRun, Layer

MAGIC = b"!BDN"
PAGE = 512
DEEPEST = 8
MOST_PAGES = 200_000
MOST_BLOCKS = 4_000_000
LARGEST_BLOCK = 8_192


@dataclass(frozen=True, slots=True)
class Store:
    """A file's header."""

    at: int
    wide: bool
    encoding: int
    nodes: int  # offset of the node tree's root in the file
    blocks: int


def store_at(layer: Layer, at: int) -> Store | None:
    """The store whose header is at `at`; None where there is none that is known here."""
    head = layer.read(at, 564)
    if len(head) < 564 or head[:4] != MAGIC or head[8:10] not in (b"SM", b"SO"):
        return None
    version = int.from_bytes(head[10:12], "little")
    if version in (14, 15):
        nodes, blocks = struct.unpack_from("<4xI4xI", head, 184)
        return Store(at, False, head[461], nodes, blocks)
    if version == 23:
        nodes, blocks = struct.unpack_from("<8xQ8xQ", head, 216)
        return Store(at, True, head[513], nodes, blocks)
    return None


def leaves(layer: Layer, store: Store, root: int, kind: int, seen: set[int]) -> Iterator[tuple[int, int, int]]:
    """The three numbers of each entry of a tree's leaves; `seen` gets the offsets of its pages in the file.

    Of nodes (`kind` 81) they are id, data and subnodes, of blocks (80) id, offset in the file and length.
    """
    stack = [(root, DEEPEST)]
    while stack and len(seen) < MOST_PAGES:
        offset, left = stack.pop()
        if offset in seen or left < 0:
            continue
        seen.add(offset)
        page = layer.read(store.at + offset, PAGE)
        if len(page) < PAGE:
            continue
        base = 488 if store.wide else 496
        count, _, size, level = page[base : base + 4]
        trailer = page[496:498] if store.wide else page[500:502]
        if trailer != bytes((kind, kind)) or size < (24 if store.wide else 12) or count * size > base:
            continue
        for number in range(count):
            entry = page[number * size : (number + 1) * size]
            if level:
                link = struct.unpack_from("<8x8xQ", entry)[0] if store.wide and size >= 24 else 0
                link = link or (struct.unpack_from("<4x4xI", entry)[0] if not store.wide else 0)
                if link:
                    stack.append((link, left - 1))
            elif kind == 0x81:
                yield struct.unpack_from("<QQQ", entry) if store.wide else struct.unpack_from("<III", entry)
            else:
                yield struct.unpack_from("<QQH", entry) if store.wide else struct.unpack_from("<IIH", entry)


class Places:
    """Where the data of nodes lies."""

    def __init__(self, layer: Layer, store: Store) -> None:
        """Read both trees."""
        self._layer = layer
        self._store = store
        self._left = MOST_BLOCKS
        self.pages: set[int] = set()
        self.blocks: dict[int, tuple[int, int]] = {}
        for number, offset, length in leaves(layer, store, store.blocks, 0x80, self.pages):
            if len(self.blocks) >= MOST_BLOCKS:
                break
            if 0 < length <= LARGEST_BLOCK:
                self.blocks[number & ~1] = (offset, length)
        self.nodes = {
            number & 0xFFFFFFFF: (data & ~1, sub & ~1)
            for number, data, sub in leaves(layer, store, store.nodes, 0x81, self.pages)
        }

    def of_block(self, number: int, level: int = 2) -> list[tuple[int, int]]:
        """(offset in the file, length) of the data blocks under a block, in order; none where it is not there.

        A list of `level` 2 holds lists of level 1, these hold data; all calls together give `MOST_BLOCKS` at most.
        """
        place = self.blocks.get(number & ~1)
        if place is None or self._left <= 0:
            return []
        self._left -= 1
        if not number & 2:
            return [place]
        listed = self._layer.read(self._store.at + place[0], place[1])
        if len(listed) < 8 or listed[0] != 1 or not 0 < listed[1] <= level:
            return []  # of subnodes, or one that leads back
        count = int.from_bytes(listed[2:4], "little")
        width = 8 if self._store.wide else 4
        found: list[tuple[int, int]] = []
        for index in range(min(count, (len(listed) - 8) // width)):
            child = int.from_bytes(listed[8 + index * width : 8 + (index + 1) * width], "little")
            if bool(child & 2) == (listed[1] == 2):
                found += self.of_block(child, listed[1] - 1)
        return found

    def of_node(self, number: int) -> ByteRun | None:
        """The first data block of a node, in offsets of the layer."""
        data = self.of_block(self.nodes.get(number, (0, 0))[0])
        return ByteRun(self._store.at + data[0][0], data[0][1]) if data else None

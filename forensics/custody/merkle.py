"""RFC 6962 Merkle trees: growth, tiles, inclusion and consistency proofs.

A leaf hash is SHA-256(0x00 ‖ record), an inner node SHA-256(0x01 ‖ left ‖ right), and a tree of *n* leaves
splits at the largest power of two below *n* (RFC 6962 §2.1). Hashes are kept in tiles of 256 as in
c2sp.org/tlog-tiles: tile (level, index) holds the roots of 256 neighbouring subtrees of 256**level leaves
each.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from forensics.errors import FormatError

HASH_SIZE = 32
TILE_WIDTH = 256
"""Hashes in a full tile (tlog-tiles: tile height 8)."""

EMPTY_ROOT = hashlib.sha256().digest()
"""Root of the tree without leaves (RFC 6962 §2.1)."""

TileReader = Callable[[int, int], bytes]
"""Gives the bytes of tile (level, index): 32 for each hash it holds, empty when there is no such tile."""


@dataclass(frozen=True, slots=True)
class Head:
    """Size and root of a tree."""

    size: int
    root: bytes


def leaf_hash(record: bytes) -> bytes:
    """SHA-256(0x00 ‖ record)."""
    return hashlib.sha256(b"\0" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Root over leaf hashes, level by level: a lone last node moves up unchanged.

    That pairing gives the tree of RFC 6962 §2.1, because splitting at the largest power of two keeps every
    pair to its left complete.
    """
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    sha = hashlib.sha256
    while len(level) > 1:
        odd = [level[-1]] if len(level) % 2 else []
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [sha(b"\1" + left + right).digest() for left, right in pairs] + odd
    return level[0]


@dataclass
class Tree:
    """A growing tree that keeps only its right edge, and collects the tiles it touched.

    ``stack`` holds the roots of the complete subtrees, largest first: one for each set bit of ``size``.
    ``edge`` holds, for each tile level, the bytes of the last tile. ``touched`` maps (level, index) to a
    tile's whole content since the last :meth:`take_tiles`.
    """

    size: int = 0
    stack: list[bytes] = field(default_factory=list)
    edge: list[bytearray] = field(default_factory=list)
    touched: dict[tuple[int, int], bytes] = field(default_factory=dict)
    _open: set[int] = field(default_factory=set)

    @classmethod
    def load(cls, size: int, tile: TileReader) -> Tree:
        """The tree of ``size`` leaves whose tiles ``tile`` reads; :class:`FormatError` when a tile is
        short.
        """
        tree = cls(size)
        level = 0
        while size >> (8 * level):
            count = size >> (8 * level)
            index, width = divmod(count, TILE_WIDTH)
            data = tile(level, index) if width else b""
            if len(data) < width * HASH_SIZE:
                raise FormatError(f"tile {level}/{index} is short")
            tree.edge.append(bytearray(data[: width * HASH_SIZE]))
            level += 1
        for bit in reversed(range(size.bit_length())):
            if size >> bit & 1:
                start = size >> (bit + 1) << (bit + 1)
                tree.stack.append(subtree_root(start, 1 << bit, tile))
        return tree

    def copy(self) -> Tree:
        """An independent copy, to come back to when a transaction fails."""
        edge = [bytearray(part) for part in self.edge]
        return Tree(self.size, list(self.stack), edge, dict(self.touched), set(self._open))

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes at the right."""
        sha, stack, size = hashlib.sha256, self.stack, self.size
        for leaf in leaves:
            node = leaf
            self._put(0, size, node)
            rest, height = size, 0
            while rest & 1:
                node = sha(b"\1" + stack.pop() + node).digest()
                rest >>= 1
                height += 1
                if not height & 7:
                    self._put(height >> 3, size >> height, node)
            stack.append(node)
            size += 1
        self.size = size

    def _put(self, level: int, position: int, value: bytes) -> None:
        if level == len(self.edge):
            self.edge.append(bytearray())
        part = self.edge[level]
        part += value
        self._open.add(level)
        if len(part) == TILE_WIDTH * HASH_SIZE:
            self.touched[level, position >> 8] = bytes(part)
            part.clear()
            self._open.discard(level)

    def root(self) -> bytes:
        """Root of the whole tree: the complete subtrees joined from the right."""
        if not self.stack:
            return EMPTY_ROOT
        node = self.stack[-1]
        for left in reversed(self.stack[:-1]):
            node = node_hash(left, node)
        return node

    def take_tiles(self) -> dict[tuple[int, int], bytes]:
        """Tiles that changed since the last call, (level, index) to content; then forget them."""
        tiles = self.touched
        for level in self._open:
            if self.edge[level]:
                tiles[level, self.size >> (8 * level) >> 8] = bytes(self.edge[level])
        self.touched, self._open = {}, set()
        return tiles


def subtree_root(start: int, width: int, tile: TileReader) -> bytes:
    """Root of the complete subtree of ``width`` leaves (a power of two) at ``start`` (a multiple of it)."""
    height = width.bit_length() - 1
    level, within = divmod(height, 8)
    first = start >> (8 * level)
    index, offset = divmod(first, TILE_WIDTH)
    data = tile(level, index)[offset * HASH_SIZE : (offset + (1 << within)) * HASH_SIZE]
    if len(data) != HASH_SIZE << within:
        raise FormatError(f"tile {level}/{index} is short")
    return root_of([data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)])


def range_root(start: int, end: int, tile: TileReader) -> bytes:
    """Root of the subtree over leaves [start, end) as RFC 6962 builds it."""
    width = end - start
    if width == 0:
        return EMPTY_ROOT
    split = 1 << (width.bit_length() - 1)
    if split == width:
        return subtree_root(start, width, tile)
    return node_hash(subtree_root(start, split, tile), range_root(start + split, end, tile))


def inclusion_proof(index: int, size: int, tile: TileReader) -> list[bytes]:
    """PATH(index, D[size]) of RFC 6962 §2.1.1, nearest sibling first."""
    if not 0 <= index < size:
        raise FormatError(f"leaf {index} is not in a tree of {size}")
    proof: list[bytes] = []
    start, end = 0, size
    tile = functools.cache(tile)  # a tile serves up to eight siblings
    while end - start > 1:
        split = start + (1 << (end - start - 1).bit_length() - 1)
        if index < split:
            proof.append(range_root(split, end, tile))
            end = split
        else:
            proof.append(range_root(start, split, tile))
            start = split
    return proof[::-1]


def inclusion_root(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root that ``proof`` gives for ``leaf`` at ``index`` (RFC 9162 §2.1.3.2); compare it with the signed
    one.
    """
    if not 0 <= index < size:
        raise FormatError(f"leaf {index} is not in a tree of {size}")
    node, last, at = leaf, size - 1, index
    for sibling in proof:
        if last == 0:
            raise FormatError("the proof is too long")
        if at & 1 or at == last:
            node = node_hash(sibling, node)
            while not at & 1 and at:
                at >>= 1
                last >>= 1
        else:
            node = node_hash(node, sibling)
        at >>= 1
        last >>= 1
    if last:
        raise FormatError("the proof is too short")
    return node


def consistency_proof(old: int, new: int, tile: TileReader) -> list[bytes]:
    """PROOF(old, D[new]) of RFC 6962 §2.1.2: that the first ``old`` leaves of the larger tree are the smaller
    tree.
    """
    if not 0 < old <= new:
        raise FormatError(f"no proof from size {old} to {new}")
    proof: list[bytes] = []
    start, end, known = 0, new, True
    while old != end:
        split = start + (1 << (end - start - 1).bit_length() - 1)
        if old <= split:
            proof.append(range_root(split, end, tile))
            end = split
        else:
            proof.append(range_root(start, split, tile))
            start, known = split, False
    if not known:
        proof.append(range_root(start, end, tile))
    return proof[::-1]


def consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether ``proof`` shows that the tree (new, new_root) begins with (old, old_root): RFC 9162
    §2.1.4.2.
    """
    if old == new:
        return not proof and old_root == new_root
    if not 0 < old < new or not proof:
        return False
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    at, last = old - 1, new - 1
    while at & 1:
        at >>= 1
        last >>= 1
    first = second = path[0]
    for node in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = node_hash(node, first), node_hash(node, second)
            while not at & 1 and at:
                at >>= 1
                last >>= 1
        else:
            second = node_hash(second, node)
        at >>= 1
        last >>= 1
    return first == old_root and second == new_root and last == 0

"""Salts from one seed: the tree of Goldreich, Goldwasser and Micali (1986), depth 32.

From the seed of a scan, ``left(x) = SHA-256(0x10 ‖ x)`` and ``right(x) = SHA-256(0x11 ‖ x)`` lead, most
significant bit first, to the seed of item *i*; ``SHA-256(0x12 ‖ item seed ‖ group)`` cut to 16 bytes is the
salt of one group. Nothing needs storing for an item, and one item's salts can be destroyed for good by
keeping the 32 seeds beside its path (:func:`puncture`) in place of the root seed. A keyed hash instead of a
tree could not do that: whoever holds the key could still confirm a guess at what was deleted.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass

from forensics.errors import FormatError

DEPTH = 32
SALT_SIZE = 16
"""Bytes of a salt; RFC 9901 §9.3 asks for at least 128 bits."""

_BLOCK_BITS = 8


def _descend(seed: bytes, index: int, bits: range) -> bytes:
    for bit in bits:
        seed = hashlib.sha256((b"\x11" if index >> bit & 1 else b"\x10") + seed).digest()
    return seed


def item_seed(seed: bytes, index: int) -> bytes:
    """The 32-byte seed of item ``index`` (below 2**32) of the scan seeded with ``seed``."""
    return _descend(seed, index, range(DEPTH - 1, -1, -1))


def salt(item: bytes, group: int) -> bytes:
    """The 16-byte salt of ``group`` for the item with seed ``item``."""
    return hashlib.sha256(b"\x12" + item + bytes([group])).digest()[:SALT_SIZE]


def salt_text(value: bytes) -> str:
    """A salt as it stands in a disclosure line: 22 characters of base64url, no padding."""
    return urlsafe_b64encode(value)[:22].decode()


def item_salts(seed: bytes, start: int, end: int, groups: int) -> Iterator[list[str]]:
    """For items ``start`` to ``end`` (exclusive), the salt texts of their groups; shares the work of 256
    neighbours.
    """
    sha = hashlib.sha256
    marks = [bytes([group]) for group in range(groups)]
    for block in range(start >> _BLOCK_BITS, (end + 255) >> _BLOCK_BITS):
        first = block << _BLOCK_BITS
        level = [_descend(seed, first, range(DEPTH - 1, _BLOCK_BITS - 1, -1))]
        for _ in range(_BLOCK_BITS):
            level = [sha(side + node).digest() for node in level for side in (b"\x10", b"\x11")]
        for node in level[max(start - first, 0) : end - first]:
            base = b"\x12" + node
            yield [urlsafe_b64encode(sha(base + mark).digest()[:SALT_SIZE])[:22].decode() for mark in marks]


def puncture(seed: bytes, index: int) -> list[bytes]:
    """The 32 seeds beside the path to ``index``, from the top: every item but that one can be derived from
    them.
    """
    siblings: list[bytes] = []
    for bit in range(DEPTH - 1, -1, -1):
        right = index >> bit & 1
        siblings.append(hashlib.sha256((b"\x10" if right else b"\x11") + seed).digest())
        seed = hashlib.sha256((b"\x11" if right else b"\x10") + seed).digest()
    return siblings


def punctured_item_seed(siblings: list[bytes], hole: int, index: int) -> bytes:
    """The seed of item ``index`` from what :func:`puncture` kept; ValueError for the item that was
    removed.
    """
    if index == hole:
        raise ValueError(f"item {hole} was expunged")
    bit = (hole ^ index).bit_length() - 1
    return _descend(siblings[DEPTH - 1 - bit], index, range(bit - 1, -1, -1))


@dataclass(frozen=True, slots=True)
class Punctured:
    """The seed of a scan with items taken out: subtree seeds, each with its depth and the bits that lead to it."""

    nodes: tuple[tuple[int, int, bytes], ...]

    @classmethod
    def load(cls, stored: bytes) -> Punctured:
        """From what the ledger stores: a bare seed of 32 bytes, or ``PS1`` and 37 bytes for each node."""
        if len(stored) == 32:
            return cls(((0, 0, stored),))
        if stored[:3] != b"PS1" or (len(stored) - 3) % 37:
            raise FormatError("a scan's seed cannot be read")
        rows = [stored[at : at + 37] for at in range(3, len(stored), 37)]
        return cls(tuple((row[0], int.from_bytes(row[1:5], "big"), row[5:]) for row in rows))

    def dump(self) -> bytes:
        """As it is stored."""
        return b"PS1" + b"".join(bytes([depth]) + path.to_bytes(4, "big") + seed for depth, path, seed in self.nodes)

    def without(self, index: int) -> Punctured:
        """The same without item ``index``; ValueError where it is gone already."""
        kept: list[tuple[int, int, bytes]] = []
        found = False
        for depth, path, seed in self.nodes:
            if index >> (DEPTH - depth) != path:
                kept.append((depth, path, seed))
                continue
            found = True
            node = seed
            for bit in range(DEPTH - depth - 1, -1, -1):
                right = index >> bit & 1
                beside = hashlib.sha256((b"\x10" if right else b"\x11") + node).digest()
                kept.append((DEPTH - bit, index >> bit ^ 1, beside))
                node = hashlib.sha256((b"\x11" if right else b"\x10") + node).digest()
        if not found:
            raise ValueError(f"item {index} was expunged")
        return Punctured(tuple(kept))

    def item(self, index: int) -> bytes:
        """The seed of item ``index``; ValueError where it was taken out."""
        for depth, path, seed in self.nodes:
            if index >> (DEPTH - depth) == path:
                return _descend(seed, index, range(DEPTH - depth - 1, -1, -1))
        raise ValueError(f"item {index} was expunged")

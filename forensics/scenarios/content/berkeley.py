"""Berkeley DB B-tree files written page by page: what Bitcoin Core's older wallets are kept in.

| page | what |
|---|---|
| 0 | meta page of the file, flags "sub-databases", root 1 |
| 1 | leaf: `main` and the page number of its meta page, big-endian |
| 2 | meta page of `main`, root 3 |
| 3 … | one leaf, or an internal page and its leaves |

Page: log number 8, page number, previous, next u32, entries u16, lowest item u16, level u8, type u8,
then the items' offsets; items fill the page from its end: length u16, type u8, data, padded to four.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

PAGE_SIZE = 4096
BTREE_MAGIC = 0x00053162
_VERSION = 9
_INTERNAL, _LEAF, _META = 3, 5, 9
_DATA, _DELETED = 1, 0x80


@dataclass(frozen=True, slots=True)
class Pair:
    """A key and its value; a deleted pair still lies on its page."""

    key: bytes
    value: bytes
    deleted: bool = False


def btree(pairs: Sequence[Pair], name: str, identity: bytes, *, magic: int = BTREE_MAGIC) -> bytes:
    """A file with one sub-database of sorted pairs; `identity` has 20 bytes."""
    leaves = _split(sorted(pairs, key=lambda pair: pair.key))
    living = sum(not pair.deleted for pair in pairs)
    first = 3 if len(leaves) == 1 else 4
    last = first + len(leaves) - 1
    pages = [
        _meta(0, 1, last, 0x20, 1, identity, magic),
        _page(1, 0, 0, 1, _LEAF, [_item(name.encode(), _DATA), _item(struct.pack(">I", 2), _DATA)]),
        _meta(2, 3, 0, 0x20, living, identity[::-1], magic),
    ]
    if len(leaves) > 1:
        items = []
        for index, leaf in enumerate(leaves):
            key = leaf[0].key if index else b""
            items.append(struct.pack("<HBxII", len(key), _DATA, first + index, 0) + key)
        pages.append(_page(3, 0, 0, 2, _INTERNAL, items))
    for index, leaf in enumerate(leaves):
        before = first + index - 1 if index else 0
        after = first + index + 1 if index < len(leaves) - 1 else 0
        items = []
        for pair in leaf:
            kind = _DATA | (_DELETED if pair.deleted else 0)
            items += [_item(pair.key, kind), _item(pair.value, kind)]
        pages.append(_page(first + index, before, after, 1, _LEAF, items))
    return b"".join(pages)


def _item(data: bytes, kind: int) -> bytes:
    return struct.pack("<HB", len(data), kind) + data


def _room(item: bytes) -> int:
    return 2 + -(-len(item) // 4) * 4


def _split(pairs: Sequence[Pair]) -> list[list[Pair]]:
    leaves: list[list[Pair]] = [[]]
    used = 0
    for pair in pairs:
        need = _room(_item(pair.key, 1)) + _room(_item(pair.value, 1))
        if used + need > (PAGE_SIZE - 26) * 3 // 4:
            leaves.append([])
            used = 0
        leaves[-1].append(pair)
        used += need
    return leaves


def _page(number: int, before: int, after: int, level: int, kind: int, items: Sequence[bytes]) -> bytes:
    page = bytearray(PAGE_SIZE)
    lowest = PAGE_SIZE
    for index, item in enumerate(items):
        lowest -= -(-len(item) // 4) * 4
        page[lowest : lowest + len(item)] = item
        struct.pack_into("<H", page, 26 + 2 * index, lowest)
    struct.pack_into("<8xIIIHHBB", page, 0, number, before, after, len(items), lowest, level, kind)
    page[0:8] = struct.pack("<II", 0, 1)
    return bytes(page)


def _meta(number: int, root: int, last: int, flags: int, keys: int, identity: bytes, magic: int) -> bytes:
    page = bytearray(PAGE_SIZE)
    struct.pack_into(
        "<IIIIIIBBBBIIIIII",
        page,
        0,
        0,
        1,
        number,
        magic,
        _VERSION,
        PAGE_SIZE,
        0,
        _META,
        0,
        0,
        0,
        last,
        0,
        keys,
        keys,
        flags,
    )
    page[52:72] = identity
    struct.pack_into("<IIIII", page, 72, 0, 2, 0, 0x20, root)
    return bytes(page)

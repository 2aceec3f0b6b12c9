"""Writes a small HFS+ with files in its root: no package of Debian does. Structures are those of Apple's TN1150."""

from __future__ import annotations

import struct
from collections.abc import Mapping

BLOCK = 4096
BLOCKS = 128
_TIME = 3_800_000_000  # seconds since 1904
_ALLOCATION, _EXTENTS, _CATALOG, _FIRST = 1, 2, 3, 5  # blocks
_ROOT = 2


def made(files: Mapping[str, bytes]) -> bytes:
    """A volume of `BLOCKS` blocks."""
    data = bytearray(BLOCK * BLOCKS)
    at = _FIRST
    records = [(1, "Macintosh HD", _folder(len(files))), (_ROOT, "", _thread(3, 1, "Macintosh HD"))]
    for number, (name, content) in enumerate(files.items(), 16):
        length = -(-len(content) // BLOCK)
        data[at * BLOCK : at * BLOCK + len(content)] = content
        records.append((_ROOT, name, _file(number, _fork(len(content), at, length))))
        records.append((number, "", _thread(4, _ROOT, name)))
        at += length
    leaf = [_key(parent, name) + record for parent, name, record in sorted(records, key=lambda each: each[:2])]
    data[_CATALOG * BLOCK : (_CATALOG + 1) * BLOCK] = _header(len(leaf), 516, 6)
    data[(_CATALOG + 1) * BLOCK : (_CATALOG + 2) * BLOCK] = _node(-1, leaf)
    data[_EXTENTS * BLOCK : (_EXTENTS + 1) * BLOCK] = _header(0, 10, 2)
    used = [number < at or number == BLOCKS - 1 for number in range(BLOCKS)]
    bits = "".join("1" if each else "0" for each in used)
    data[_ALLOCATION * BLOCK : _ALLOCATION * BLOCK + BLOCKS // 8] = int(bits, 2).to_bytes(BLOCKS // 8, "big")
    head = struct.pack(">2sHI4sI4I", b"H+", 4, 0x100, b"10.0", 0, _TIME, _TIME, 0, _TIME)
    head += struct.pack(">6I", len(files), 0, BLOCK, BLOCKS, BLOCKS - sum(used), at)
    head += struct.pack(">4IQ32x", BLOCK, BLOCK, 16 + len(files), 1, 1)
    for start, count in ((_ALLOCATION, 1), (_EXTENTS, 1), (_CATALOG, 2), (0, 0), (0, 0)):
        head += _fork(count * BLOCK, start, count)
    data[1024:1536] = head
    data[-1024:-512] = head
    return bytes(data)


def _fork(size: int, start: int, count: int) -> bytes:
    return struct.pack(">QII16I", size, BLOCK, count, start if count else 0, count, *(0,) * 14)


def _text(name: str) -> bytes:
    return struct.pack(">H", len(name)) + name.encode("utf-16-be")


def _key(parent: int, name: str) -> bytes:
    raw = struct.pack(">I", parent) + _text(name)
    return struct.pack(">H", len(raw)) + raw


def _folder(count: int) -> bytes:
    return struct.pack(">HHII5I", 1, 0, count, _ROOT, *(_TIME,) * 5) + struct.pack(">IIBBHI40x", 0, 0, 0, 0, 0o40755, 0)


def _file(number: int, fork: bytes) -> bytes:
    head = struct.pack(">HHII5I", 2, 2, 0, number, *(_TIME,) * 5)
    return head + struct.pack(">IIBBHI40x", 0, 0, 0, 0, 0o100644, 1) + fork + _fork(0, 0, 0)


def _thread(kind: int, parent: int, name: str) -> bytes:
    return struct.pack(">HHI", kind, 0, parent) + _text(name)


def _node(kind: int, records: list[bytes]) -> bytes:
    """A node: descriptor, records, and their places from its end on."""
    out, places = struct.pack(">IIbBHH", 0, 0, kind, 1 if kind < 0 else 0, len(records), 0), []
    for each in records:
        places.append(len(out))
        out += each
    places.append(len(out))
    table = struct.pack(f">{len(places)}H", *reversed(places))
    return out.ljust(BLOCK - len(table), b"\0") + table


def _header(records: int, longest: int, attributes: int) -> bytes:
    """The header node of a tree that is one leaf, or empty."""
    leaf = 1 if records else 0
    facts = struct.pack(">HIIIIHH", leaf, leaf, records, leaf, leaf, BLOCK, longest)
    facts += struct.pack(">IIHIBBI64x", 1 + leaf, 0, 0, BLOCK, 0, 0xCF, attributes)
    return _node(1, [facts, bytes(128), bytes([0xC0 if leaf else 0x80]).ljust(BLOCK - 256, b"\0")])

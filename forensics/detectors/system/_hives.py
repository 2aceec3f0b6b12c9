"""Known answers in the form of registry hives (regf 1.5), put together from the published layout."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from forensics.detectors.system._specimens import WHEN

NONE = 0xFFFFFFFF
SEGMENT = 16_344  # octets of a value in one cell


@dataclass
class Key:
    """A key: values by name as (type, data), keys by name, FILETIME of its last change."""

    values: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    keys: dict[str, Key] = field(default_factory=dict)
    written: int = WHEN


def text(words: str) -> tuple[int, bytes]:
    """A value of text."""
    return 1, (words + "\0").encode("utf-16-le")


def number(stored: int) -> tuple[int, bytes]:
    """A value of a number of 32 bits."""
    return 4, struct.pack("<I", stored & NONE)


def at_path(paths: dict[str, Key]) -> Key:
    """The root of keys that are given by their paths."""
    root = Key()
    for path, key in paths.items():
        node = root
        *steps, last = path.split("\\")
        for each in steps:
            node = node.keys.setdefault(each, Key())
        node.keys[last] = key
    return root


def hive(root: Key) -> bytes:
    """The file."""
    cells = bytearray(32)

    def cell(content: bytes) -> int:
        at = len(cells)
        length = -(-(len(content) + 4) // 8) * 8
        cells.extend(struct.pack("<i", -length) + content.ljust(length - 4, b"\0"))
        return at

    def value(name: str, kind: int, data: bytes) -> int:
        size, place = len(data), NONE
        if size <= 4:
            size, place = size | 0x80000000, int.from_bytes(data.ljust(4, b"\0"), "little")
        elif size > SEGMENT:
            parts = [cell(data[at : at + SEGMENT] + bytes(4)) for at in range(0, size, SEGMENT)]
            place = cell(struct.pack("<2sHI", b"db", len(parts), cell(struct.pack(f"<{len(parts)}I", *parts))))
        else:
            place = cell(data)
        return cell(struct.pack("<2sHIIIHH", b"vk", len(name), size, place, kind, 1, 0) + name.encode("cp1252"))

    def key(name: str, node: Key, flags: int) -> int:
        under = [(each, key(each, node.keys[each], 0x20)) for each in sorted(node.keys, key=str.upper)]
        listed = NONE
        if under:
            rows = b"".join(struct.pack("<I4s", at, each.encode("cp1252")[:4]) for each, at in under)
            listed = cell(struct.pack("<2sH", b"lf", len(under)) + rows)
        values = [value(each, *stored) for each, stored in node.values.items()]
        found = cell(struct.pack(f"<{len(values)}I", *values)) if values else NONE
        head = struct.pack("<2sHQIIIIIIIIII", b"nk", flags, node.written, 0, 0, len(under), 0, listed, NONE,
                           len(values), found, NONE, NONE)  # fmt: skip
        return cell(head + bytes(20) + struct.pack("<HH", len(name), 0) + name.encode("cp1252"))

    place = key("ROOT", root, 0x2C)
    size = -(-len(cells) // 4_096) * 4_096
    left = size - len(cells)
    if left >= 8:
        cells += struct.pack("<i", left)
    struct.pack_into("<4sIIQQI", cells, 0, b"hbin", 0, size, 0, WHEN, 0)
    head = bytearray(4_096)
    struct.pack_into("<4sIIQIIIIII", head, 0, b"regf", 1, 1, WHEN, 1, 5, 0, 1, place, size)
    struct.pack_into("<I", head, 44, 1)
    total = 0
    for at in range(0, 508, 4):
        total ^= struct.unpack_from("<I", head, at)[0]
    struct.pack_into("<I", head, 508, total)
    return bytes(head + cells.ljust(size, b"\0"))

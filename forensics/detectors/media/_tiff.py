"""Directories of a TIFF or Exif structure (TIFF 6.0 §2; CIPA DC-008 §4.6), read with bounds.

    0   "II" or "MM": order of octets     2   42     4   offset of the first directory
    directory: u16 entries; 12 octets each: u16 tag, u16 type, u32 count, u32 value or its offset; u32 next

Offsets count from the start of the structure. No count is believed: a value that leaves the structure is
dropped, and directories that point at each other are read once.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

Read = Callable[[int, int], bytes]

MOST_ENTRIES = 1_000
LONGEST_VALUE = 65_536
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_POINTERS = {0x8769: "exif", 0x8825: "gps"}


@dataclass(frozen=True, slots=True)
class Tag:
    """A value in its stored form; `offset` is where it stands in the structure."""

    type: int
    count: int
    offset: int
    data: bytes
    little: bool

    def numbers(self) -> tuple[int, ...]:
        """Integers; of fractions the numerator and denominator in turn. Empty for other types."""
        code = {1: "B", 3: "H", 4: "I", 5: "I", 6: "b", 7: "B", 8: "h", 9: "i", 10: "i", 13: "I"}.get(self.type)
        if code is None:
            return ()
        width = struct.calcsize("=" + code)
        count = min(len(self.data) // width, 1_000)
        return struct.unpack_from(("<" if self.little else ">") + str(count) + code, self.data)

    def text(self) -> str:
        """Text up to the first zero octet, without outer blanks: UTF-8, else Latin-1."""
        stored = self.data[:1_024].split(b"\0", 1)[0].strip()
        try:
            return stored.decode("utf-8")
        except UnicodeDecodeError:
            return stored.decode("latin-1")


@dataclass(frozen=True, slots=True)
class Structure:
    """Tags by directory ("image", "thumbnail", "exif", "gps") and number, and what was wrong on the way."""

    tags: dict[tuple[str, int], Tag]
    little: bool
    faults: tuple[str, ...]
    directories: int


def read_structure(read: Read, size: int) -> Structure | None:
    """The directories of the structure of `size` octets that `read` gives; None when it is none."""
    head = read(0, 8)
    if len(head) < 8 or head[:4] not in (b"II*\0", b"MM\0*"):
        return None
    little = head[:1] == b"I"
    order = "<" if little else ">"
    tags: dict[tuple[str, int], Tag] = {}
    faults: list[str] = []
    waiting = [("image", struct.unpack_from(order + "I", head, 4)[0])]
    seen: set[int] = set()
    while waiting:
        name, offset = waiting.pop(0)
        if offset in seen or len(seen) >= 8:
            faults.append(f"directory “{name}” is one that was read before")
            continue
        seen.add(offset)
        found, following, fault = _directory(read, size, offset, order)
        if fault:
            faults.append(f"directory “{name}”: {fault}")
        for number, tag in found.items():
            tags.setdefault((name, number), tag)
        if name == "image" and following:
            waiting.append(("thumbnail", following))
        if name == "image":
            for number, pointed in _POINTERS.items():
                if number in found and (values := found[number].numbers()):
                    waiting.append((pointed, values[0]))
    if not tags:
        return None
    return Structure(tags, little, tuple(faults), len(seen))


def _directory(read: Read, size: int, offset: int, order: str) -> tuple[dict[int, Tag], int, str]:
    """Tags of the directory at `offset`, the offset of the next one, and what was wrong with it."""
    if offset < 8 or offset + 2 > size:
        return {}, 0, "lies outside"
    stored = read(offset, 2)
    if len(stored) < 2:
        return {}, 0, "lies outside"
    count: int = struct.unpack(order + "H", stored)[0]
    kept = min(count, MOST_ENTRIES)
    table = read(offset + 2, 12 * kept + 4)
    found: dict[int, Tag] = {}
    fault = "" if kept == count and len(table) >= 12 * kept else f"{count} entries, not all read"
    for index in range(min(kept, len(table) // 12)):
        number, kind, values = struct.unpack_from(order + "HHI", table, 12 * index)
        width = _SIZES.get(kind)
        if width is None:
            fault = fault or "entry of an unknown type"
            continue
        length = width * values
        place = offset + 2 + 12 * index + 8
        if length > 4:
            place = struct.unpack_from(order + "I", table, 12 * index + 8)[0]
        if place + length > size:
            fault = fault or "value outside"
            continue
        found.setdefault(number, Tag(kind, values, place, read(place, min(length, LONGEST_VALUE)), order == "<"))
    following = 0
    if kept == count and len(table) == 12 * kept + 4:
        following = struct.unpack_from(order + "I", table, 12 * kept)[0]
    return found, following, fault

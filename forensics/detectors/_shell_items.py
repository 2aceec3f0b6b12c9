"""Lists of shell items: how Windows names a place in shortcuts, jump lists and the registry.

| offset | length | content                                                                        |
|--------|--------|--------------------------------------------------------------------------------|
| 0      | 2      | u16 length of the item; 0 ends the list                                        |
| 2      | 1      | class: 1F root, 2x volume, 3x file or folder (1 folder, 2 file, 4 UTF-16), 4x network |
| 3      | 22     | volume: name such as `C:\\`                                                    |
| 4      | 10     | file: u32 size, DOS date and time of the last change, u16 attributes; then the short name |
| …      | …      | file: block of signature BEEF0004 with DOS times, the NTFS reference, the long name |

DOS times are UTC as the shell writes them. Source: libyal, libfwsi: Windows Shell Item format specification.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MOST_ITEMS = 128
LONGEST_NAME = 512
_ROOTS = {
    "20d04fe0-3aea-1069-a2d8-08002b30309d": "My Computer",
    "450d8fba-ad25-11d0-98a8-0800361b1103": "My Documents",
    "208d2c60-3aea-1069-a2d7-08002b30309d": "Network",
    "645ff040-5081-101b-9f08-00aa002f954e": "Recycle Bin",
    "59031a47-3f72-44a7-89c5-5595fe6b30ee": "Users",
    "031e4825-7b94-4dc3-b131-e946b44c8dd5": "Users Libraries",
    "b4bfcc3a-db2c-424c-b029-7fe99a87c641": "Desktop",
    "088e3905-0323-4b02-9826-5d99428e115f": "Downloads",
    "374de290-123f-4565-9164-39c4925e467b": "Downloads",
    "679f85cb-0220-4080-b29b-5540cc05aab6": "Quick access",
    "f02c1a0d-be21-4350-88b0-7367fc96ef3c": "Network",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One step of a place. `changed`, `created` and `opened` are moments to 2 seconds; `reference` is the NTFS entry."""

    name: str
    root: bool = False
    size: int = 0
    changed: datetime | None = None
    created: datetime | None = None
    opened: datetime | None = None
    reference: int = 0


def items(stored: bytes) -> Iterator[Item]:
    """The items of a list, up to its end or to the first length that cannot be one."""
    at = 0
    for _ in range(MOST_ITEMS):
        length = int.from_bytes(stored[at : at + 2], "little")
        if length < 3 or at + length > len(stored):
            return
        yield item(stored[at : at + length])
        at += length


def item(data: bytes) -> Item:
    """What one item says; of an unknown class it has no name."""
    kind = data[2]
    if kind == 0x1F and len(data) >= 20:
        number = guid(data[4:20])
        return Item(_ROOTS.get(number, f"{{{number}}}"), root=True)
    if kind & 0x70 == 0x20 and len(data) >= 6:
        return Item(_narrow(data[3:26]).rstrip("\\"))
    if kind & 0x70 == 0x30 and len(data) >= 16:
        size, changed = struct.unpack_from("<I4s", data, 4)
        name = _wide(data[14:]) if kind & 4 else _narrow(data[14:])
        block = _block(data)
        return Item(block.name or name, False, size, dos(changed), block.created, block.opened, block.reference)
    if kind & 0x70 == 0x40 and len(data) >= 8:
        return Item(_narrow(data[5:]))
    return Item("")


def path_of(steps: list[Item]) -> str:
    """The place that items name together; empty where one of them has no name."""
    named = [each.name for each in steps if not each.root]
    return "\\".join(named) if named and all(named) else ""


def guid(data: bytes) -> str:
    """Sixteen octets as Windows writes an identifier, in lower case and without braces."""
    first, second, third = struct.unpack_from("<IHH", data)
    return f"{first:08x}-{second:04x}-{third:04x}-{data[8:10].hex()}-{data[10:16].hex()}"


def dos(stored: bytes) -> datetime | None:
    """A DOS date and time (u16 each) as a moment; None where it is none."""
    date, time = struct.unpack("<HH", stored)
    if not date:
        return None
    try:
        day = datetime(1980 + (date >> 9), date >> 5 & 15, date & 31, tzinfo=UTC)
    except ValueError:
        return None
    return day + timedelta(hours=time >> 11, minutes=time >> 5 & 63, seconds=2 * (time & 31))


@dataclass(frozen=True, slots=True)
class _Block:
    name: str = ""
    created: datetime | None = None
    opened: datetime | None = None
    reference: int = 0


def _block(data: bytes) -> _Block:
    """The block BEEF0004, where the item has one: the item's last u16 is its offset."""
    at = int.from_bytes(data[-2:], "little")
    if not 14 <= at <= len(data) - 20 or data[at + 4 : at + 8] != b"\x04\0\xef\xbe":
        return _Block()
    version = int.from_bytes(data[at + 2 : at + 4], "little")
    created, opened = dos(data[at + 8 : at + 12]), dos(data[at + 12 : at + 16])
    name_at, reference = at + 18, 0
    if version >= 7:
        reference = int.from_bytes(data[at + 20 : at + 26], "little")
        name_at += 18
    name_at += 2 * (version >= 3) + 4 * (version >= 9) + 4 * (version >= 8)
    return _Block(_wide(data[name_at:]) if version >= 3 else "", created, opened, reference)


def _wide(data: bytes) -> str:
    text = data[: len(data) & ~1].decode("utf-16-le", "replace").split("\0", 1)[0][:LONGEST_NAME]
    return text if text.isprintable() and "\ufffd" not in text else ""


def _narrow(data: bytes) -> str:
    text = data.split(b"\0", 1)[0].decode("cp1252", "replace")[:LONGEST_NAME]
    return text if text.isprintable() and "\ufffd" not in text else ""

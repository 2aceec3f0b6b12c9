"""Records of ISO 9660 folders, and what Rock Ridge adds to them.

| offset | length | record |
|---|---|---|
| 0 | 1 | its length; 0: on to the next sector |
| 1 | 1 | blocks of an extended attribute before the content |
| 2, 10 | 4 | first block and size, little-endian |
| 18 | 7 | year since 1900, month, day, hour, minute, second, quarters of an hour from UTC |
| 25 | 1 | flags: 02 folder, 80 the file goes on in the next record |
| 26 | 1 | not 0: interleaved |
| 32 | 1 | length of the name, which follows; then, at an even place, the system use |

System use: signature, length, version, data. `SP` (bytes to skip), `CE` (block, offset and length of more), `ST` (the
end), `NM` (name), `PX` (mode), `TF` (times), `SL` (target of a link), `CL` and `RE` (a folder that was moved), `ZF`
(compressed). As in ECMA-119, 9.1; SUSP 1.12, 5; RRIP 1.12, 4.1.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from forensics.filesystems.times import from_iso9660
from forensics.model import EntryTime

FOLDER, MORE = 0x02, 0x80
_SECTOR = 2048
_HEAD = 33
_MOST_MORE = 64  # continuations of one record
_FIELDS = ("created", "modified", "accessed", "changed")
_SPECIAL = {2: b".", 4: b"..", 8: b"/"}  # flags of a component of a link

Read = Callable[[int, int], bytes]  # block and offset in it joined to one offset, length


@dataclass(slots=True)
class Record:
    """A name of a folder; `offset` is its place in the volume."""

    offset: int
    raw: bytes
    block: int
    size: int
    flags: int
    interleaved: bool
    times: tuple[EntryTime, ...]
    mode: int = 0
    target: bytes | None = None
    moved_to: int = 0  # block of the folder that this stands for
    moved: bool = False  # listed where it came from
    compressed: bool = False
    whole: bool = False  # its name is that of Rock Ridge
    more: list[tuple[int, int]] = field(default_factory=list)  # offset and length of continuations


def records(data: bytes, offset: int, block: int, skip: int | None, read: Read) -> Iterator[Record]:
    """The records of a folder that stands at an offset of the volume; of damaged ones, none in that sector.

    `skip` is what `SP` of the first folder says; None: there is no Rock Ridge.
    """
    for start in range(0, len(data), _SECTOR):
        sector = data[start : start + _SECTOR]
        at = 0
        while at + _HEAD < len(sector) and sector[at]:
            raw = sector[at : at + sector[at]]
            if len(raw) < _HEAD + raw[32] if len(raw) > 32 else True:
                break
            yield _record(raw, offset + start + at, block, skip, read)
            at += len(raw)


def skip_of(folder: bytes) -> int | None:
    """What the `SP` of the first record of the first folder says; None where Rock Ridge is not used."""
    length = folder[0] if folder else 0
    for mark, data in _entries(folder[_HEAD + 1 : length]):
        if mark == b"SP" and data[:2] == b"\xbe\xef" and len(data) > 2:
            return data[2]
    return None


def _record(raw: bytes, offset: int, block: int, skip: int | None, read: Read) -> Record:
    name = raw[_HEAD : _HEAD + raw[32]]
    first, size = struct.unpack_from("<I4xI", raw, 2)
    stored = from_iso9660("modified", raw[18:25])
    found = Record(offset, name, first + raw[1], size, raw[25], raw[26] != 0, (stored,) if stored else ())
    if skip is not None:
        at = _HEAD + raw[32] + (raw[32] % 2 == 0)
        _with_rock_ridge(found, raw[at + skip :], block, read)
    return found


def _with_rock_ridge(found: Record, use: bytes, block: int, read: Read) -> None:
    names: list[bytes] = []
    links: list[bytes] = []
    times: list[EntryTime] = []
    joins = False
    for mark, data in _all_entries(found, use, block, read):
        if mark == b"NM" and data and not data[0] & 6:
            names.append(data[1:])
        elif mark == b"PX" and len(data) >= 4:
            found.mode = int.from_bytes(data[:4], "little")
        elif mark == b"TF" and data:
            times += _times(data)
        elif mark == b"SL" and data:
            joins = _link(links, data[1:], joins=joins)
        elif mark == b"CL" and len(data) >= 4:
            found.moved_to = int.from_bytes(data[:4], "little")
        elif mark == b"RE":
            found.moved = True
        elif mark == b"ZF":
            found.compressed = True
    if names:
        found.raw, found.whole = b"".join(names), True
    if links:
        found.target = b"/".join(links) if links != [b"/"] else b"/"
    found.times = tuple(times) or found.times


def _all_entries(found: Record, use: bytes, block: int, read: Read) -> Iterator[tuple[bytes, bytes]]:
    while True:
        following: tuple[int, int] | None = None
        for mark, data in _entries(use):
            if mark == b"CE" and len(data) >= 24:
                first, offset, length = struct.unpack_from("<I4xI4xI", data)
                following = (first * block + offset, min(length, _SECTOR))
            else:
                yield mark, data
        if following is None or following in found.more or len(found.more) >= _MOST_MORE:
            return
        found.more.append(following)
        use = read(*following)


def _entries(use: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 4 <= len(use) and use[at : at + 2] != b"ST":
        length = use[at + 2]
        if length < 4 or at + length > len(use):
            return
        yield use[at : at + 2], use[at + 4 : at + length]
        at += length


def _times(data: bytes) -> Iterator[EntryTime]:
    if data[0] & 0x80:  # 17 digits each, which no known program writes
        return
    at = 1
    for bit, name in enumerate(_FIELDS):
        if data[0] >> bit & 1:
            moment = from_iso9660(name, data[at : at + 7])
            at += 7
            if moment is not None:
                yield moment


def _link(links: list[bytes], data: bytes, *, joins: bool) -> bool:
    """Take components of a target; whether the last goes on in the next entry."""
    at = 0
    while at + 2 <= len(data):
        flags, length = data[at], data[at + 1]
        part = _SPECIAL.get(flags & 14, data[at + 2 : at + 2 + length])
        if joins and links:
            links[-1] += part
        else:
            links.append(b"" if part == b"/" else part)
        joins = bool(flags & 1)
        at += 2 + length
    return joins

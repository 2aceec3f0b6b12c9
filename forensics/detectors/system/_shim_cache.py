"""The cache of the compatibility layer (AppCompatCache, "ShimCache"): program files that Windows looked at.

| form          | header                     | entries                                                       |
|---------------|----------------------------|---------------------------------------------------------------|
| XP, 32 bits   | EF BE AD DE, count at 4; 400 | 552 octets: path, FILETIME at 528, u64 size at 536, FILETIME of the entry at 544 |
| 2003, Vista   | FE 0F DC BA, count at 4; 8 | 24 or 32: u16 length, u16 room, offset of the path, FILETIME at 8 or 16 |
| 7             | EE 0F DC BA, count at 4; 128 | 32 or 48: the same, then u32 flags                           |
| 8             | u32 128                    | `00ts`, u32 size at 8, u16 length at 12, path, 8, FILETIME     |
| 8.1           | u32 128                    | `10ts`, as before with two octets more before the FILETIME     |
| 10, 11        | u32 48 or 52               | `10ts`, u32 size at 8, u16 length at 12, path, FILETIME        |

The newest entry is the first (but for XP). The FILETIME is that of the last change of the file. The cache is written
when Windows shuts down. Not recorded: when, how often, by whom and, with certainty, whether a program ran.
Source: libyal, winreg-kb: Application compatibility cache key.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from forensics.detectors.system._hive import Fact, Key
from forensics.detectors.system._told import (
    filetime,
    filetime_events,
    is_text,
    path_fields,
    path_links,
    shown,
    text16,
    u16,
    u32,
    u64,
)
from forensics.model import ByteRun, Clock, Field

MOST = 4_096  # entries; Windows keeps 1,024
_XP, _VISTA, _SEVEN = 0xDEADBEEF, 0xBADC0FFE, 0xBADC0FEE
_SEEN = "The cache says that Windows looked at the file, not that it ran; the time is that of the file's last change."


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry: path as stored, FILETIME of the file's last change, and where it stands in the value's data.

    `run` is the flag that is set when a program is started, None in forms where none is known.
    `size` is that of the file, `updated` the FILETIME of the entry; 0 where none is stored.
    """

    path: str
    changed: int
    place: ByteRun
    run: bool | None = None
    size: int = 0
    updated: int = 0


def of_cache(control: Key) -> Iterator[Fact]:
    """The facts of the cache of a control set."""
    for name in ("AppCompatCache", "AppCompatibility"):
        key = control.key(f"Control\\Session Manager\\{name}")
        value = key.value("AppCompatCache") if key else None
        for order, entry in enumerate(entries(value.data), 1) if value else ():
            path = _packaged(entry.path.removeprefix("\\??\\"))
            if key is None or not is_text(path):
                continue
            fact = Fact("program file looked at by Windows", path, key, value, part=entry.place)
            fact.fields |= {"order": Field(order), **path_fields(path)}
            if when := filetime(entry.changed):
                fact.fields["file_changed"] = Field(shown(when))
                fact.events += filetime_events("program file last changed", entry.changed, clock=Clock.FILE_SYSTEM)
            if entry.run is not None:
                fact.fields["run_flag"] = Field(entry.run)
            if entry.size:
                fact.fields["file_size"] = Field(entry.size)
            fact.events += filetime_events("program file looked at by Windows", entry.updated)
            fact.links += path_links("SEEN", path)
            fact.caveats.append(_SEEN)
            yield fact


def entries(data: bytes) -> Iterator[Entry]:
    """The entries of a cache, up to its end or to the first that cannot be one."""
    magic = u32(data, 0)
    if magic == _XP:
        yield from _xp(data)
    elif magic in (_VISTA, _SEVEN):
        yield from _listed(data, magic == _SEVEN)
    elif magic in (48, 52, 128):
        yield from _marked(data, magic)


def _xp(data: bytes) -> Iterator[Entry]:
    for at in range(400, 400 + 552 * min(u32(data, 4), MOST), 552):
        if at + 552 > len(data):
            return
        path = text16(data[at : at + 528])
        yield Entry(path, u64(data, at + 528), ByteRun(at, 552), None, u64(data, at + 536), u64(data, at + 544))


def _listed(data: bytes, seven: bool) -> Iterator[Entry]:
    """Entries of a fixed size, their paths behind them. In 64 bits, four zeros fill up before the offset."""
    start = 128 if seven else 8
    wide = u32(data, start + 4) == 0
    size = (48 if wide else 32) if seven else (32 if wide else 24)
    for at in range(start, start + size * min(u32(data, 4), MOST), size):
        length, place = u16(data, at), u64(data, at + 8) if wide else u32(data, at + 4)
        if at + size > len(data) or length & 1 or not start < place <= len(data) - length:
            return
        rest = at + (16 if wide else 8)
        run = bool(u32(data, rest + 8) & 2) if seven else None  # before, the size of the file may stand there
        yield Entry(text16(data[place : place + length]), u64(data, rest), ByteRun(at, size), run)


def _marked(data: bytes, start: int) -> Iterator[Entry]:
    """Entries that follow each other, each with its mark and size."""
    at = start
    for _ in range(MOST):
        mark, size, length = data[at : at + 4], u32(data, at + 8), u16(data, at + 12)
        behind = {b"00ts": 8, b"10ts": 10 if start == 128 else 0}.get(mark)
        if behind is None or length & 1 or at + 12 + size > len(data) or 2 + length + behind + 12 > size:
            return
        changed = at + 14 + length + behind
        kept = u32(data, changed + 8)
        run = None
        if start != 128 and kept >= 4 and changed + 12 + kept == at + 12 + size:
            run = struct.unpack_from("<I", data, changed + 8 + kept)[0] == 1
        yield Entry(text16(data[at + 14 : at + 14 + length]), u64(data, changed), ByteRun(at, 12 + size), run)
        at += 12 + size


def _packaged(path: str) -> str:
    """The name of a package of the store, which has no path: the first of the parts between tabs that is no number."""
    if "\t" not in path:
        return path
    return next((part for part in path.split("\t") if part.strip("0123456789abcdefABCDEF")), "")

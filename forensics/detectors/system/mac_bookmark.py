"""Files and folders that a Mac remembers: bookmarks in lists of recent documents, of favourites, of programs.

| offset | length | content                                                                            |
|--------|--------|------------------------------------------------------------------------------------|
| 0      | 16     | `book`, u32 length, u32 10040000, u32 length of the head (48)                      |
| 48     | 4      | u32 offset of the table of contents; offsets count from here                       |
| table  | 20     | u32 length, FFFFFFFE, u32 level, u32 next table, u32 number of rows of 12           |
| row    | 12     | u32 key, u32 offset of the value, 4 unused                                         |
| value  | …      | u32 length, u32 type (0101 text, 0400 date, 0601 list of offsets), then the data    |

Keys: 1004 steps of the path, 1040 creation of the file, 2002 and 2010 path and name of its volume, C011 the user.
A date is a big-endian double: seconds since 2001, UTC. They lie in `*.sfl2`, `*.sfl3` and other lists; carved, too.

Not recorded: when it was opened; the list is in the order of use. Source: A. Houghton, mac_alias.
"""

from __future__ import annotations

import base64
import re
import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.system._told import is_text, owner, path_fields, path_links, shown, u32
from forensics.model import ByteRun, Clock, Event, Field, Finding, Grade, Layer, Link, Sensitivity

LARGEST = 64 << 10
HEAD = 48
MOST_ROWS = 500
MOST_STEPS = 128
LONGEST = 1_024
_COCOA = datetime(2001, 1, 1, tzinfo=UTC)
_LIST = re.compile(r"LSSharedFileList\.([A-Za-z]+)(?:/[^/]{1,200})?\.sfl\d?$")
_PATH, _CREATED, _VOLUME_PATH, _VOLUME, _USER = 0x1004, 0x1040, 0x2002, 0x2010, 0xC011
_TEXT, _DATE, _ARRAY = 0x0101, 0x0400, 0x0601
_BOOKMARK = zlib.decompress(
    base64.b85decode(
        "c-l+K&(Bt2WB>vd0RslYU<nWl05KyQ1A`2Z)&XK0Aoc-bc91yGtg!r?(%jTy239CPIK<Q08%e%AF()Urq?myl%J)6IC$B0sP"
        "cJ30gn<L>6b1&zqbEWZ0Ga4!@Im?dP)qco5{yvsG9YaN#Q*;P|IY|@Gb`A4U}M3+0mx2(vY8YZ7#g5#0U)~o$`(Apz%T>K1^"
        "_ezA!G"
    )
)


class MacBookmark:
    """One finding for each bookmark."""

    kind: ClassVar[str] = "system/mac_bookmark"
    title: ClassVar[str] = "File that a Mac remembers"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"book.{4}\x00\x00\x04\x10\x30\x00\x00\x00", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("A. Houghton, mac_alias: bookmark.py",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("on a stick", _BOOKMARK, ("/Volumes/STICK/wallets/Münzen.dat",), "mac_alias 2.2"),
        Specimen("truncated", _BOOKMARK[:150], None, "cut"),
        Specimen("a step without text", _BOOKMARK.replace(b"wallets", b"wall\0ts"), None, "by hand"),
        Specimen("look-alike: the head alone", _BOOKMARK[:48] + bytes(300), None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The bookmark that starts at `at`."""
        length = u32(layer.read(at, 16), 4)
        if not HEAD + 24 <= length <= LARGEST:
            return
        data = layer.read(at, length)
        rows = _rows(data)
        steps = [_text(data, each) for each in _array(data, rows.get(_PATH, 0))]
        if len(data) < length or not steps or not all(steps):
            return
        path = ("/" + "/".join(steps))[:LONGEST]
        fields, links = owner(layer.locator.step)
        fields |= {"path": Field(path, ByteRun(at + HEAD + rows[_PATH], 8)), **path_fields(path)}
        for key, name in ((_VOLUME, "volume_label"), (_VOLUME_PATH, "volume_path"), (_USER, "user")):
            if key in rows and (words := _text(data, rows[key])):
                fields[name] = Field(words, ByteRun(at + HEAD + rows[key] + 8, len(words.encode())))
        events = []
        kind, stored = _value(data, rows.get(_CREATED, 0))
        when = _moment(stored) if kind == _DATE else None
        if when:
            fields["file_created"] = Field(shown(when))
            events.append(Event(when, timedelta(microseconds=1), "file created", stored.hex(), Clock.FILE_SYSTEM))
        links += path_links("REMEMBERED", path)
        if "volume_label" in fields:
            links.append(Link("ON_VOLUME", "volume label", str(fields["volume_label"].value)))
        listed = _LIST.search(layer.locator.step)
        if listed:
            fields["list"] = Field(listed[1])
        yield finding(
            self,
            layer,
            at,
            length,
            grade=Grade.C3 if listed else Grade.C2,
            value=path,
            checks=(passed("head, table and steps", 60),),
            fields=fields,
            events=tuple(events),
            links=tuple(links),
            sensitivity=Sensitivity.PERSONAL,
        )


def _rows(data: bytes) -> dict[int, int]:
    """Offsets of the values by key, of the first table; empty where there is none."""
    table = HEAD + u32(data, HEAD)
    if u32(data, table + 4) != 0xFFFFFFFE:
        return {}
    starts = range(table + 20, table + 20 + 12 * min(u32(data, table + 16), MOST_ROWS), 12)
    return {u32(data, each): u32(data, each + 4) for each in starts if each + 12 <= len(data)}


def _value(data: bytes, offset: int) -> tuple[int, bytes]:
    """Type and data of a value; nothing where it does not lie in the bookmark."""
    start = HEAD + offset
    length = u32(data, start)
    if not offset or start + 8 + length > len(data):
        return 0, b""
    return u32(data, start + 4), data[start + 8 : start + 8 + length]


def _text(data: bytes, offset: int) -> str:
    kind, stored = _value(data, offset)
    words = stored[: 4 * LONGEST].decode("utf-8", "replace")
    return words if kind == _TEXT and is_text(words) else ""


def _array(data: bytes, offset: int) -> list[int]:
    kind, stored = _value(data, offset)
    count = min(len(stored) // 4, MOST_STEPS) if kind == _ARRAY else 0
    return list(struct.unpack_from(f"<{count}I", stored))


def _moment(stored: bytes) -> datetime | None:
    if len(stored) != 8:
        return None
    (seconds,) = struct.unpack(">d", stored)
    return _COCOA + timedelta(seconds=seconds) if -3e8 < seconds < 3e9 else None


DETECTOR: Detector = MacBookmark()

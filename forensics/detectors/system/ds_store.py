"""What Finder kept of a folder (`.DS_Store`): names of what was in it, where deleted files came from, sizes, comments.

| offset | length | content                                                                                 |
|--------|--------|-----------------------------------------------------------------------------------------|
| 0      | 8      | 00000001 `Bud1`; offsets count from 4                                                     |
| 8      | 12     | offset and size of the root block, offset again                                          |
| root   | …      | number of blocks, 0, addresses in runs of 256 (offset, low 5 bits: log2 of the size), names |
| `DSDB` | 20     | node of the tree's root, levels, records, nodes, 4096                                     |
| node   | …      | rightmost child or 0, number of records; each with a child before it where there is one   |
| record | …      | characters and UTF-16BE name, what it says (4), type (4), value                          |

`ptbL` and `ptbN` say from which folder, and by what name, a file in the Trash came; `lg1S` and `ph1S` are sizes of a
folder, `moDD` when it was changed, `cmmt` a comment. Names stay after what they name is gone. All big-endian.

Not recorded: when a file was deleted. Facts: W. Mac::Finder::DSStore (format), A. Houghton, ds_store.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.system._specimens_ds_store import DS_STORE
from forensics.errors import FormatError
from forensics.model import ByteRun, Clock, Event, Field, Finding, Grade, Layer, Sensitivity

_MOST_BLOCKS, _MOST_NODES, _MOST_RECORDS, _MOST_NAMES = 4_096, 2_000, 50_000, 2_000
_LARGEST_BLOCK = 1 << 20
_LONGEST = 4_096
_FIXED = {b"bool": 1, b"long": 4, b"shor": 4, b"type": 4, b"comp": 8, b"dutc": 8}
_TOLD = {
    b"ptbL": "original_folder",
    b"ptbN": "original_name",
    b"cmmt": "comment",
    b"lg1S": "size",
    b"logS": "size",
    b"ph1S": "size_on_disk",
    b"phyS": "size_on_disk",
}
_CHANGED = (b"moDD", b"modD")
_MAC, _COCOA = datetime(1904, 1, 1, tzinfo=UTC), datetime(2001, 1, 1, tzinfo=UTC)


class DsStore:
    """One finding for each name."""

    kind: ClassVar[str] = "system/ds_store"
    title: ClassVar[str] = "Name that Finder kept of a folder"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\x00\x00\x00\x01Bud1", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("A. Houghton, ds_store: buddy.py, store.py",)
    specimens: ClassVar[tuple[Specimen, ...]] = DS_STORE

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The file at `at`."""
        told: dict[str, dict[str, Field]] = {}
        events: dict[str, list[Event]] = {}
        places: dict[str, ByteRun] = {}
        caveats = ["When it was deleted or last seen there is not recorded."]
        try:
            for name, what, value, place in _records(layer, at):
                if name not in told and len(told) >= _MOST_NAMES:
                    caveats.append(f"More than {_MOST_NAMES:,} names; the rest is not listed.")
                    break
                fields = told.setdefault(name, {})
                first = places.setdefault(name, place)
                places[name] = ByteRun(
                    min(first.offset, place.offset), max(first.end, place.end) - min(first.offset, place.offset)
                )
                if (known := _TOLD.get(what)) and value != "":
                    fields[known] = Field(value, place)
                if what in _CHANGED and isinstance(value, str) and (when := _moment(value)):
                    events.setdefault(name, []).append(
                        Event(when, timedelta(seconds=1), "folder changed", value, Clock.FILE_SYSTEM)
                    )
        except FormatError as error:
            caveats.append(f"The file is damaged: {error}.")
        for name, fields in told.items():
            back = fields.get("original_folder")
            original = str(fields["original_name"].value) if "original_name" in fields else name
            path = f"/{str(back.value).strip('/')}/{original}" if back is not None else ""
            yield finding(
                self,
                layer,
                places[name].offset,
                places[name].length,
                grade=Grade.C2,
                value=path or name,
                checks=(passed("allocator and tree", 60),),
                fields={"name": Field(name, places[name]), **fields},
                events=tuple(events.get(name, ())),
                caveats=tuple(caveats),
                sensitivity=Sensitivity.PERSONAL,
            )


def _records(layer: Layer, at: int) -> Iterator[tuple[str, bytes, str | int, ByteRun]]:
    """(name, what, value, place) of every record of the tree.

    Raises:
        FormatError: a block, a node or a record leaves the file.
    """
    magic, root, size, again = struct.unpack(">8sIII", _read(layer, at, 20))
    if magic != b"\0\0\0\1Bud1" or root != again or size > _LARGEST_BLOCK:
        raise FormatError("the head does not hold")
    block = _read(layer, at + 4 + root, size)
    count = _number(block, 0)
    if count > _MOST_BLOCKS:
        raise FormatError("too many blocks")
    blocks = [_number(block, 8 + 4 * each) for each in range(count)]
    cursor = 8 + 4 * 256 * -(-count // 256)
    start = None
    for _ in range(min(_number(block, cursor), 16)):
        length = block[cursor + 4] if cursor + 4 < len(block) else 0
        if block[cursor + 5 : cursor + 5 + length] == b"DSDB":
            start = _number(block, cursor + 5 + length)
        cursor += 1 + length + 4
    if start is None:
        raise FormatError("no table of names")
    head = _block(layer, at, blocks, start)[1]
    waiting, seen, told = [_number(head, 0)], set[int](), 0
    while waiting:
        number = waiting.pop()
        if number in seen or len(seen) >= _MOST_NODES:
            raise FormatError("nodes lead in a circle, or are too many")
        seen.add(number)
        place, node = _block(layer, at, blocks, number)
        rightmost, records = _number(node, 0), _number(node, 4)
        cursor = 8
        for _ in range(records):
            if told >= _MOST_RECORDS:
                raise FormatError("too many records")
            if rightmost:
                waiting.append(_number(node, cursor))
                cursor += 4
            name, what, value, end = _record(node, cursor)
            told += 1
            yield name, what, value, ByteRun(place + cursor, end - cursor)
            cursor = end
        if rightmost:
            waiting.append(rightmost)


def _record(node: bytes, at: int) -> tuple[str, bytes, str | int, int]:
    name, at = _text(node, at)
    what, kind = node[at : at + 4], node[at + 4 : at + 8]
    at += 8
    value: str | int = ""
    if kind == b"ustr":
        value, at = _text(node, at)
    elif kind == b"blob":
        length = _number(node, at)
        value, at = node[at + 4 : at + 4 + min(length, 64)].hex(), at + 4 + length
    elif kind in _FIXED:
        raw, at = node[at : at + _FIXED[kind]], at + _FIXED[kind]
        value = raw.hex() if kind in (b"dutc", b"type") else int.from_bytes(raw, "big")
    else:
        raise FormatError("a value of an unknown type")
    if at > len(node) or not name:
        raise FormatError("a record leaves its node")
    return name, what, value, at


def _text(node: bytes, at: int) -> tuple[str, int]:
    length = _number(node, at)
    if length > _LONGEST or at + 4 + 2 * length > len(node):
        raise FormatError("a text leaves its node")
    return node[at + 4 : at + 4 + 2 * length].decode("utf-16-be", "replace"), at + 4 + 2 * length


def _block(layer: Layer, at: int, blocks: list[int], number: int) -> tuple[int, bytes]:
    """Where a block lies in the layer, and its octets."""
    if number >= len(blocks):
        raise FormatError("a block that is none")
    address = blocks[number]
    place, size = at + 4 + (address & ~31), 1 << (address & 31)
    if size > _LARGEST_BLOCK:
        raise FormatError("a block too large")
    return place, _read(layer, place, size)


def _read(layer: Layer, at: int, size: int) -> bytes:
    data = layer.read(at, size)
    if len(data) < size:
        raise FormatError("it is cut off")
    return data


def _number(data: bytes, at: int) -> int:
    if at + 4 > len(data):
        raise FormatError("a number leaves its block")
    return int.from_bytes(data[at : at + 4], "big")


def _moment(stored: str) -> datetime | None:
    """A time in hex: 1/65536 seconds since 1904 (`dutc`), or a little-endian double of seconds since 2001 (`blob`)."""
    raw = bytes.fromhex(stored)
    if len(raw) != 8:
        return None
    since_1904 = int.from_bytes(raw, "big") / 65_536
    (since_2001,) = struct.unpack("<d", raw)
    for epoch, seconds in ((_MAC, since_1904), (_COCOA, since_2001)):
        try:
            when = epoch + timedelta(seconds=seconds)
        except (OverflowError, ValueError):
            continue
        if 2001 <= when.year < 2100:
            return when
    return None


DETECTOR: Detector = DsStore()

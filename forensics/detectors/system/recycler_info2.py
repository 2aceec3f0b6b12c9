r"""Index of the recycle bin of Windows 95 to XP: `RECYCLER\<SID>\INFO2`, one record for each deleted file.

| offset | length | content                                                                  |
|--------|--------|--------------------------------------------------------------------------|
| 0      | 20     | u32 version (5), two u32, u32 record size at 12 (280, or 800 with UTF-16) |
| 20     | …      | records                                                                  |
| +0     | 260    | path, 8-bit; the first octet is 0 once the file is no longer in the bin   |
| +260   | 8      | u32 number, u32 drive (0 is A)                                           |
| +268   | 12     | FILETIME of the deletion, UTC; u32 size in clusters' bytes                |
| +280   | 520    | path, UTF-16LE, where the record has 800 octets                          |

The content is `D<drive letter><number><extension>` beside it.

Not recorded: which program deleted the file; when a file left the bin.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.system._told import (
    filetime,
    filetime_events,
    is_text,
    owner,
    path_fields,
    path_links,
    shown,
    text8,
    text16,
    u32,
)
from forensics.model import ByteRun, Check, Field, Finding, Grade, Layer, Outcome, Sensitivity

MOST_RECORDS = 20_000
_HEAD = 20
_SIZES = (280, 800)
_PATH = re.compile(r"[A-Za-z]:\\|\\\\[^\\]")
_TEXT = "C:\\Documents and Settings\\v\\Desktop\\deals.txt"


def _specimen(path: str = _TEXT, size: int = 800, first: bytes = b"") -> bytes:
    old = path.encode("cp1252").ljust(260, b"\0")
    record = (first + old[len(first) :]) + struct.pack("<IIQI", 1, 2, 127_380_159_052_370_000, 4_096)
    if size == 800:
        record += path.encode("utf-16-le").ljust(520, b"\0")
    return struct.pack("<5I", 5, 1, 1, size, 0) + record


class RecyclerInfo2:
    """One finding for each record."""

    kind: ClassVar[str] = "system/recycler_info2"
    title: ClassVar[str] = "File in the recycle bin of Windows XP"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(name="*/info2"),)
    references: ClassVar[tuple[str, ...]] = ("libyal, dtformats: Windows Recycler file formats",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("UTF-16", _specimen(), (_TEXT,), "by hand, after dtformats"),
        Specimen("8-bit", _specimen(size=280), (_TEXT,), "by hand, after dtformats"),
        Specimen("no longer in the bin", _specimen(first=b"\0"), (_TEXT,), "by hand"),
        Specimen("truncated", _specimen()[:200], None, "by hand, cut"),
        Specimen("a record size that is none", _specimen()[:12] + b"\x18" + _specimen()[13:], None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The records of the file."""
        head = layer.read(0, _HEAD)
        size = u32(head, 12)
        if at != 0 or len(head) < _HEAD or size not in _SIZES or not 0 <= u32(head, 0) <= 5:
            return
        for number in range(min(MOST_RECORDS, (layer.size - _HEAD) // size)):
            start = _HEAD + number * size
            found = self._record(layer, start, layer.read(start, size))
            if found is not None:
                yield found

    def _record(self, layer: Layer, start: int, record: bytes) -> Finding | None:
        if len(record) < 280:
            return None
        index, drive, deleted, size = struct.unpack_from("<IIQI", record, 260)
        gone = record[0] == 0
        narrow = text8(record[1:260] if gone else record[:260])
        path, place = (text16(record[280:800]), (280, 520)) if len(record) == 800 else (narrow, (0, 260))
        when = filetime(deleted)
        if gone and len(record) == 280 and drive < 26:
            path = chr(65 + drive) + narrow
        if when is None or drive > 25 or not is_text(path) or not _PATH.match(path):
            return None
        fields, links = owner(layer.locator.step)
        extension = re.search(r"\.[^.\\/]{1,20}$", path)
        fields |= {
            "path": Field(path, ByteRun(start + place[0], place[1])),
            "size": Field(size, ByteRun(start + 276, 4)),
            "deleted": Field(shown(when), ByteRun(start + 268, 8)),
            "content": Field(f"D{chr(97 + drive)}{index}{extension[0] if extension else ''}", ByteRun(start + 260, 8)),
            "in_bin": Field(not gone, ByteRun(start, 1)),
            **path_fields(path),
        }
        return finding(
            self,
            layer,
            start,
            len(record),
            grade=Grade.C3,
            value=path,
            checks=(Check("structure", Outcome.PASS, 40), Check("name of the file", Outcome.PASS, 20)),
            fields=fields,
            events=tuple(filetime_events("file deleted", deleted)),
            links=(*links, *path_links("DELETED", path)),
            caveats=("The file has left the bin: it was restored or removed.",) if gone else (),
            sensitivity=Sensitivity.PERSONAL,
        )


DETECTOR: Detector = RecyclerInfo2()

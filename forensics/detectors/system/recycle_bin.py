r"""Files in the recycle bin of Windows since Vista: the `$I` file that tells what `$R` was.

| offset | length | content                                                            |
|--------|--------|--------------------------------------------------------------------|
| 0      | 8      | u64 version: 1 Vista to 8.1, 2 since Windows 10                     |
| 8      | 8      | u64 size of the file in bytes                                      |
| 16     | 8      | FILETIME of the deletion, UTC                                      |
| 24     | 520    | version 1: path, UTF-16LE, filled up with NUL: 544 bytes in all     |
| 24     | 4      | version 2: u32 characters of the path, with its NUL                |
| 28     | …      | version 2: path, UTF-16LE                                          |

It lies in `$Recycle.Bin/<SID of the account>/$I<6 characters><extension>`; the content is `$R` and the same.

Not recorded: which program deleted the file.
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
    text16,
)
from forensics.model import ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

LONGEST_PATH = 32_768  # characters
_FIXED = 544
_PATH = re.compile(r"[A-Za-z]:\\|\\\\[^\\]")
_NAME = re.compile(r"[/\\]\$I([A-Z0-9]{6}(?:\.[^/\\]{0,200})?)$", re.IGNORECASE)
_TEXT = "C:\\Users\\v\\Desktop\\deals.txt"
_WHEN = 133_536_816_000_000_000


def _version_1(path: str) -> bytes:
    return struct.pack("<QQQ", 1, 4_096, _WHEN) + path.encode("utf-16-le").ljust(520, b"\0")


def _version_2(path: str, more: int = 1) -> bytes:
    return struct.pack("<QQQI", 2, 4_096, _WHEN, len(path) + more) + (path + "\0").encode("utf-16-le")


class RecycleBin:
    """One `$I` file."""

    kind: ClassVar[str] = "system/recycle_bin"
    title: ClassVar[str] = "File in the recycle bin of Windows"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(name="*/$i??????*"),
        Trigger(
            rb"\x01\x00{7}[\x00-\xff]{5}\x00{3}[\x00-\xff]{6}[\xbf-\xef]\x01[A-Za-z]\x00:\x00\\\x00", at=0, wide=False
        ),
        Trigger(
            rb"\x02\x00{7}[\x00-\xff]{5}\x00{3}[\x00-\xff]{6}[\xbf-\xef]\x01[\x00-\xff]{2}\x00\x00"
            rb"[A-Za-z]\x00:\x00\\\x00",
            at=0,
            wide=False,
        ),
    )
    references: ClassVar[tuple[str, ...]] = (
        "libyal, dtformats: Windows Recycle.Bin file formats",
        "Microsoft, [MS-DTYP] 2.3.3: FILETIME",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("version 1", _version_1(_TEXT), (_TEXT,), "by hand, after dtformats"),
        Specimen("version 2", _version_2(_TEXT), (_TEXT,), "by hand, after dtformats"),
        Specimen("truncated", _version_2(_TEXT)[:40], None, "by hand, cut"),
        Specimen("a length that is not the path's", _version_2(_TEXT, 9), None, "by hand"),
        Specimen(
            "look-alike: of the year 1601",
            _version_1(_TEXT).replace(struct.pack("<Q", _WHEN), bytes(8)),
            None,
            "by hand",
        ),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The file that starts at `at`."""
        head = layer.read(at, 28)
        if len(head) < 28:
            return
        version, size, deleted, count = struct.unpack("<QQQI", head)
        if version not in (1, 2) or size >= 1 << 56:
            return
        start, length = (24, 520) if version == 1 else (28, 2 * count)
        if not 4 <= length <= 2 * LONGEST_PATH:
            return
        stored = layer.read(at + start, length)
        path = text16(stored, LONGEST_PATH)
        whole = len(stored) == length and (version == 1 or len(path) + 1 == count)
        when = filetime(deleted)
        if not whole or when is None or not is_text(path) or not _PATH.match(path):
            return
        step = layer.locator.step if at == 0 else ""
        name = _NAME.search(step)
        in_bin = name is not None and "recycle" in step.lower()
        fields, links = owner(step) if in_bin else ({}, [])
        fields |= {
            "path": Field(path[:LONGEST_PATH], ByteRun(at + start, length)),
            "size": Field(size, ByteRun(at + 8, 8)),
            "deleted": Field(shown(when), ByteRun(at + 16, 8)),
            "version": Field(version, ByteRun(at, 8)),
            **path_fields(path),
        }
        links += path_links("DELETED", path)
        if name is not None:
            content = f"$R{name[1]}"
            fields["content"] = Field(content)
            folder = re.sub(r"[^/\\]+$", "", step).split(":", 1)[-1]
            links.append(Link("CONTENT_IN", "path", folder + content))
        yield finding(
            self,
            layer,
            at,
            start + length,
            grade=Grade.C3 if in_bin else Grade.C2,
            value=path,
            checks=(
                Check("structure", Outcome.PASS, 60),
                Check("name of the file", Outcome.PASS if in_bin else Outcome.NOT_APPLICABLE, 30),
            ),
            fields=fields,
            events=tuple(filetime_events("file deleted", deleted)),
            links=tuple(links),
            sensitivity=Sensitivity.PERSONAL,
        )


DETECTOR: Detector = RecycleBin()

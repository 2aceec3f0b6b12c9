"""Files in the waste basket of Linux desktops: `Trash/info/<name>.trashinfo` tells what `Trash/files/<name>` was.

| line             | content                                                                     |
|------------------|-----------------------------------------------------------------------------|
| `[Trash Info]`   | the first                                                                   |
| `Path=`          | the path, percent-encoded; without `/` relative to the top of its volume     |
| `DeletionDate=`  | `YYYY-MM-DDThh:mm:ss`, local time                                           |

Not recorded: the time zone, and which program deleted the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from urllib.parse import unquote

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.system._told import LONGEST, ZONE_UNKNOWN, is_text, owner, path_fields, path_links
from forensics.model import ByteRun, Check, Clock, Event, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

LARGEST = 16_384
_HEAD = b"[Trash Info]"
_LINE = re.compile(rb"\r?\n([A-Za-z][A-Za-z0-9-]{0,40})=([^\r\n\0]{0,8192})")
_NAME = re.compile(r"^(.*/)info/([^/]+)\.trashinfo$")
_TEXT = b"[Trash Info]\nPath=/home/v/deals%20list.txt\nDeletionDate=2024-02-29T23:59:58\n"


class TrashInfo:
    """One file of a waste basket."""

    kind: ClassVar[str] = "system/trashinfo"
    title: ClassVar[str] = "File in the waste basket of a Linux desktop"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\[Trash Info\]", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("freedesktop.org, The Trash Specification 1.0",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a path with a space", _TEXT, ("/home/v/deals list.txt",), "by hand, after the specification"),
        Specimen("on another volume", _TEXT.replace(b"/home/v/", b""), ("deals list.txt",), "by hand"),
        Specimen("truncated", _TEXT[:-30], None, "by hand, cut"),
        Specimen("a day that is none", _TEXT.replace(b"02-29", b"02-30"), None, "by hand"),
        Specimen("look-alike: the heading in a text", b"[Trash Info] is the first line", None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The file that starts at `at`."""
        data = layer.read(at, LARGEST)
        if not data.startswith(_HEAD):
            return
        end, found = len(_HEAD), dict[bytes, tuple[bytes, ByteRun]]()
        while match := _LINE.match(data, end):
            found.setdefault(match[1], (match[2], ByteRun(at + match.start(2), len(match[2]))))
            end = match.end()
        if b"Path" not in found or b"DeletionDate" not in found:
            return
        path = unquote(found[b"Path"][0].decode("utf-8", "replace"), errors="replace")[:LONGEST]
        stored = found[b"DeletionDate"][0].decode("ascii", "replace")
        when = _moment(stored)
        if when is None or not is_text(path):
            return
        step = layer.locator.step if at == 0 else ""
        name = _NAME.match(step.split(":", 1)[-1])
        fields, links = owner(step)
        fields |= {
            "path": Field(path, found[b"Path"][1]),
            "deleted": Field(stored, found[b"DeletionDate"][1]),
            "zone": Field("unknown"),
            **path_fields(path),
        }
        links += path_links("DELETED", path)
        if name:
            fields["content"] = Field(f"{name[1]}files/{name[2]}")
            links.append(Link("CONTENT_IN", "path", f"{name[1]}files/{name[2]}"))
        caveats: tuple[str, ...] = (ZONE_UNKNOWN,)
        if not path.startswith("/"):
            caveats = (*caveats, "The path is relative to the top of the volume that the waste basket lies on.")
        yield finding(
            self,
            layer,
            at,
            end,
            grade=Grade.C3 if name else Grade.C2,
            value=path,
            checks=(
                Check("lines in form", Outcome.PASS, 60),
                Check("name of the file", Outcome.PASS if name else Outcome.NOT_APPLICABLE, 30),
            ),
            fields=fields,
            events=(Event(when, timedelta(seconds=1), "file deleted", stored, Clock.DEVICE, "unknown"),),
            links=tuple(links),
            caveats=caveats,
            sensitivity=Sensitivity.PERSONAL,
        )


def _moment(stored: str) -> datetime | None:
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", stored):
        return None
    try:
        when = datetime.fromisoformat(stored).replace(tzinfo=UTC)
    except ValueError:
        return None
    return when if 1990 <= when.year < 2100 else None


DETECTOR: Detector = TrashInfo()

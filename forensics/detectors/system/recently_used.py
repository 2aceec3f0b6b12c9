"""Files that programs of Linux desktops opened last: `recently-used.xbel`, one `<bookmark>` each.

| part                     | content                                                             |
|--------------------------|---------------------------------------------------------------------|
| `href=`                  | address of the file, percent-encoded                                |
| `added= modified= visited=` | ISO times, UTC with `Z`                                         |
| `<mime:mime-type type=`  | type of the file                                                    |
| `<bookmark:application`  | `name=`, `exec=`, `modified=`, `count=`                             |

Not recorded: openings by programs that do not use the desktop's libraries.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from urllib.parse import unquote

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.system._told import LONGEST, is_text, owner, path_fields, path_links
from forensics.model import (
    ByteRun,
    Check,
    Clock,
    Event,
    Field,
    Finding,
    Grade,
    Layer,
    Link,
    Outcome,
    Sensitivity,
    Value,
)

LARGEST = 16_384
_HEAD = re.compile(rb'<bookmark href="([^"<>\x00]{3,4096})"([^<>\x00]{0,1000})>')
_ATTRIBUTE = re.compile(rb'\b(added|modified|visited|name|exec|count|type)="([^"<>]{0,1000})"')
_APPLICATION = re.compile(rb"<bookmark:application\b([^<>]{0,3000})/?>")
_TYPE = re.compile(rb'<mime:mime-type\b[^<>]{0,20}type="([^"<>]{1,200})"')
_MEANING = {"added": "file first opened (list of the desktop)", "visited": "file last opened (list of the desktop)"}
_TEXT = (
    b'<bookmark href="file:///media/v/STICK/deals%20list.txt" added="2024-02-29T23:59:58Z" '
    b'modified="2024-02-29T23:59:58.123456Z" visited="2024-03-01T00:00:05.5Z">\n<info>'
    b'<metadata owner="http://freedesktop.org"><mime:mime-type type="text/plain"/><bookmark:applications>'
    b'<bookmark:application name="gedit" exec="&apos;gedit %u&apos;" modified="2024-03-01T00:00:05Z" count="2"/>'
    b"</bookmark:applications></metadata></info></bookmark>"
)


class RecentlyUsed:
    """One finding for each file."""

    kind: ClassVar[str] = "system/recently_used"
    title: ClassVar[str] = "File opened on a Linux desktop"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb'<bookmark href="', at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = (
        "freedesktop.org, Desktop Bookmark Specification 1.0",
        "GLib: GBookmarkFile",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a file on a stick", _TEXT, ("/media/v/STICK/deals list.txt",), "by hand, in the form of GLib"),
        Specimen("cut within its times", _TEXT[:100], None, "by hand, cut"),
        Specimen("without a time", _TEXT.replace(b"ed=", b"e="), None, "by hand"),
        Specimen(
            "look-alike: a bookmark of a browser", b'<bookmark href="http://a/"><title>a</title>', None, "by hand"
        ),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The bookmark that starts at `at`."""
        data = layer.read(at, LARGEST)
        head = _HEAD.match(data)
        if head is None:
            return
        closed = data.find(b"</bookmark>", head.end())
        following = data.find(b"<bookmark href=", head.end())
        whole = closed >= 0 and (following < 0 or closed < following)
        end = closed + len(b"</bookmark>") if whole else head.end()
        data = data[:end]
        events = []
        for name, stored in _ATTRIBUTE.findall(head[2]):
            words = stored.decode("ascii", "replace")
            when = _moment(words)
            if when and name.decode() in _MEANING:
                precision = timedelta(microseconds=1) if "." in words else timedelta(seconds=1)
                events.append(Event(when, precision, _MEANING[name.decode()], words, Clock.DEVICE))
        address = html.unescape(head[1].decode("utf-8", "replace"))
        path = unquote(address.removeprefix("file://"), errors="replace")[:LONGEST]
        if not events or not is_text(path):
            return
        named = layer.locator.step.endswith("recently-used.xbel")
        fields, links = owner(layer.locator.step) if named else ({}, [])
        fields |= {"path": Field(path, ByteRun(at + head.start(1), len(head[1]))), **path_fields(path)}
        if kind := _TYPE.search(data):
            fields["media_type"] = Field(kind[1].decode("utf-8", "replace"))
        links += path_links("OPENED", path)
        if removable := re.match(r"/(?:run/)?media/[^/]+/([^/]+)/", path):
            fields["volume_label"] = Field(removable[1])
            links.append(Link("ON_VOLUME", "volume label", removable[1]))
        programs = []
        for each in _APPLICATION.findall(data):
            told: dict[str, Value] = {
                name.decode(): html.unescape(words.decode("utf-8", "replace"))[:200]
                for name, words in _ATTRIBUTE.findall(each)
            }
            programs.append(told)
            links.append(Link("OPENED_WITH", "program", str(told.get("name", ""))))
        if programs:
            fields["programs"] = Field(tuple(programs[:50]))
        yield finding(
            self,
            layer,
            at,
            end,
            grade=Grade.C3 if named and whole else Grade.C2 if whole else Grade.C1,
            value=path,
            checks=(
                Check("elements and times", Outcome.PASS if whole else Outcome.FAIL, 60),
                Check("name of the file", Outcome.PASS if named else Outcome.NOT_APPLICABLE, 30),
            ),
            fields=fields,
            events=tuple(events),
            links=tuple(links),
            caveats=() if whole else ("The entry is cut off.",),
            sensitivity=Sensitivity.PERSONAL,
        )


def _moment(stored: str) -> datetime | None:
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z", stored):
        return None
    try:
        when = datetime.fromisoformat(stored[:19]).replace(tzinfo=UTC)
    except ValueError:
        return None
    part = stored[20:-1][:6]
    return (
        when + timedelta(microseconds=int(part.ljust(6, "0")))
        if part and 1990 <= when.year < 2100
        else (when if 1990 <= when.year < 2100 else None)
    )


DETECTOR: Detector = RecentlyUsed()

"""Jump lists of Windows: what was opened last with each program.

| part                   | content                                                                  |
|------------------------|--------------------------------------------------------------------------|
| `<id>.automatic…-ms`   | a compound file: `DestList`, and a shortcut for each entry, named by its number in hex |
| `DestList`, 32 octets  | u32 version (1 Windows 7, 3 and later Windows 10), u32 entries, u32 pinned |
| entry +0               | checksum 8; identifiers of volume and file, and both at birth: 16 each     |
| entry +72              | machine's name 16; u32 number; at 100 FILETIME of the last opening; at 108 pinned (-1: not) |
| entry +112, version 1  | u16 characters, path in UTF-16                                            |
| entry +116, later      | u32 openings; at 128 u16 characters, path, 4 octets                       |
| `<id>.custom…-ms`      | u32 version 2, categories, shortcuts one behind the other, AB FB BF BA     |

The name of the file is the program's identifier, made from its path.

Not recorded: openings before the last, and who opened.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors import _compound
from forensics.detectors._compound import Compound, Stream
from forensics.detectors._shell_link import MAGIC, ShellLink, read_link, uuid_time
from forensics.detectors.base import BytesLayer, Detector, Specimen, Trigger, finding
from forensics.detectors.system._links import caveats_of, events_of, fields_of, links_of, target_of
from forensics.detectors.system._specimens import CUSTOM_LIST, jump_list
from forensics.detectors.system._told import (
    LONGEST,
    filetime,
    filetime_events,
    is_text,
    owner,
    path_fields,
    path_links,
    shown,
    text8,
    u16,
    u32,
    u64,
)
from forensics.model import Check, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

MOST_ENTRIES = 5_000
LARGEST_CUSTOM = 16 << 20
LARGEST_LINK = 1 << 20
LARGEST_LINKS = 64 << 20  # of one list together
_NAME = re.compile(r"[/\\]([0-9a-f]{13,16})\.(?:automatic|custom)Destinations-ms$", re.IGNORECASE)
_PROGRAMS = {
    "1b4dd67f29cb1962": "Windows Explorer",
    "f01b4d95cf55d32a": "Windows Explorer",
    "9b9cdc69c1c24e2b": "Notepad",
    "5d696d521de238c3": "Chrome",
    "9d1f905ce5044aee": "Microsoft Edge",
}


class JumpList:
    """One finding for each thing that was opened."""

    kind: ClassVar[str] = "system/jump_list"
    title: ClassVar[str] = "Entry of a jump list of Windows"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", at=0, wide=False),
        Trigger(name="*.customdestinations-ms"),
    )
    references: ClassVar[tuple[str, ...]] = (
        "libyal, dtformats: Jump lists format",
        "Microsoft, [MS-CFB]: Compound File Binary File Format",
        "Microsoft, [MS-SHLLINK]",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("of Windows 7", jump_list(1), ("E:\\wallets\\electrum.dat",), "by hand, after dtformats"),
        Specimen("of Windows 10", jump_list(4), ("E:\\wallets\\electrum.dat",), "by hand, after dtformats"),
        Specimen("of a program", CUSTOM_LIST, None, "by hand: it is read by its name only"),
        Specimen("truncated", jump_list(4)[:1_000], None, "by hand, cut"),
        Specimen("look-alike: no list of entries", jump_list(4, "WordDocument"), None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The list that starts at `at`."""
        step = layer.locator.step
        if at == 0 and step.lower().endswith(".customdestinations-ms"):
            yield from self._custom(layer)
            return
        opened = _compound.open_compound(layer, at)
        if opened is None:
            return
        streams = {name: (first, size) for name, kind, first, size in opened.entries() if kind == 2}
        if "DestList" not in streams:
            return
        yield from self._automatic(layer, at, opened, streams)

    def _automatic(
        self, layer: Layer, at: int, opened: Compound, streams: dict[str, tuple[int, int]]
    ) -> Iterator[Finding]:
        listed = opened.stream("DestList", *streams["DestList"])
        data = listed.data
        version, position = u32(data, 0), 32
        fixed = 114 if version == 1 else 130
        if not 1 <= version <= 16:
            return
        left = LARGEST_LINKS
        for _ in range(MOST_ENTRIES):
            if position + fixed > len(data):
                return
            count = u16(data, position + fixed - 2)
            length = fixed + 2 * count
            path = data[position + fixed : position + length].decode("utf-16-le", "replace")
            if position + length > len(data) or not is_text(path):
                return
            linked = None
            place = streams.get(f"{u32(data, position + 88):x}")
            if place is not None and left > 0:
                left -= min(place[1], LARGEST_LINK)
                stored = opened.stream("", place[0], min(place[1], LARGEST_LINK))
                link = read_link(BytesLayer(stored.data), 0)
                linked = (link, stored) if link else None
            if found := self._entry(layer, at, version, listed, position, length, path, linked):
                yield found
            position += length + (0 if version == 1 else 4)

    def _entry(
        self,
        layer: Layer,
        at: int,
        version: int,
        listed: Stream,
        start: int,
        length: int,
        path: str,
        linked: tuple[ShellLink, Stream] | None,
    ) -> Finding | None:
        data = listed.data[start : start + length]
        span = listed.span(start, length)
        if span is None:
            return None
        opened, pinned = u64(data, 100), struct.unpack_from("<i", data, 108)[0]
        machine = text8(data[72:88])
        fields, links = _whose(layer, at)
        if linked:
            link, stored = linked
            for name, each in fields_of(link, 0).items():
                fields[name] = Field(each.value, stored.span(each.span.offset, each.span.length) if each.span else None)
            links += links_of(link)
        events = list(filetime_events("opened", opened))
        if linked:
            events += events_of(linked[0])
        elif made := uuid_time(data[24:40]):
            events += filetime_events("identifier of the target made", made[0])
        fields |= {
            "path": Field(path[:LONGEST], listed.span(start + length - 2 * len(path), 2 * len(path))),
            "entry": Field(u32(data, 88), listed.span(start + 88, 4)),
            "pinned": Field(pinned >= 0, listed.span(start + 108, 4)),
            **path_fields(path),
        }
        if machine:
            fields["machine"] = Field(machine, listed.span(start + 72, 16))
        if when := filetime(opened):
            fields["last_opened"] = Field(shown(when), listed.span(start + 100, 8))
        if version > 1:
            fields["openings"] = Field(u32(data, 116), listed.span(start + 116, 4))
        if not any(each.rule == "OPENED" for each in links):
            links += path_links("OPENED", path)
        if machine and not any(each.target_kind == "machine" for each in links):
            links.append(Link("ON_MACHINE", "machine", machine.lower()))
        caveats = caveats_of(linked[0]) if linked else ()
        if span.length < length:
            caveats = (*caveats, "The entry lies in several places: its first one is named.")
        named = _NAME.search(layer.locator.step) is not None and at == 0
        return finding(
            self,
            layer,
            span.offset,
            span.length,
            grade=Grade.C3 if named else Grade.C2,
            value=path[:LONGEST],
            checks=(
                Check("structure", Outcome.PASS, 80),
                Check("name of the file", Outcome.PASS if named else Outcome.NOT_APPLICABLE, 30),
            ),
            fields=fields,
            events=tuple(events),
            links=tuple(dict.fromkeys(links)),
            caveats=caveats,
            sensitivity=Sensitivity.PERSONAL,
        )

    def _custom(self, layer: Layer) -> Iterator[Finding]:
        data = layer.read(0, LARGEST_CUSTOM)
        if u32(data, 0) != 2:
            return
        start = data.find(MAGIC)
        for _ in range(MOST_ENTRIES):
            if start < 0:
                return
            link = read_link(layer, start)
            end = start + 1
            if link is not None and link.length >= 76 and target_of(link):
                # Links stand one behind the other without the end of blocks where their writer left it out.
                end = start + link.length if not link.broken else end
                target = target_of(link)
                fields, links = _whose(layer, 0)
                yield finding(
                    self,
                    layer,
                    start,
                    min(link.length, layer.size - start),
                    grade=Grade.C3,
                    value=target[:LONGEST],
                    checks=(Check("structure", Outcome.PASS, 80), Check("name of the file", Outcome.PASS, 30)),
                    fields=fields | fields_of(link, start),
                    events=tuple(events_of(link)),
                    links=(*links, *links_of(link)),
                    caveats=caveats_of(link),
                    sensitivity=Sensitivity.PERSONAL,
                )
            start = data.find(MAGIC, end)


def _whose(layer: Layer, at: int) -> tuple[dict[str, Field], list[Link]]:
    """The account and the program by the list's path and name."""
    if at:
        return {}, []
    fields, links = owner(layer.locator.step)
    if name := _NAME.search(layer.locator.step):
        identity = name[1].lower()
        fields["application_id"] = Field(identity)
        if identity in _PROGRAMS:
            fields["application"] = Field(_PROGRAMS[identity])
    return fields, links


DETECTOR: Detector = JumpList()

"""Prefetch files of Windows: which program was run, when and how often.

| offset | length | content                                                                      |
|--------|--------|------------------------------------------------------------------------------|
| 0      | 8      | u32 version: 17 XP, 23 Vista and 7, 26 8, 30 10, 31 11; `SCCA`                |
| 12     | 4      | u32 size of the file                                                         |
| 16     | 64     | name of the program, UTF-16, 60; u32 hash of its path                         |
| 84     | 16     | u32: start and number of measures, of chains                                  |
| 100    | 20     | u32: start and size of names of loaded files; start, number, size of volumes   |
| 120    | …      | last run FILETIME: 17 at 120; 23 at 128; later eight of them from 128         |
| 144 …  | 4      | u32 runs: 17 at 144, 23 at 152, 26 at 208; later 208 or, measures not at 304, 200 |

A volume: u32 start and characters of its device path, FILETIME of its creation, u32 serial number. Since Windows 10
the file is packed: `MAM`, 4 (or 84 and a checksum), u32 size, then `_xpress`.

Not recorded: who ran the program. A program is listed some ten seconds after it starts; a removed one stays listed.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.system import _specimens
from forensics.detectors.system._links import serial_text
from forensics.detectors.system._told import (
    LONGEST,
    filetime,
    filetime_events,
    is_text,
    path_fields,
    path_links,
    shown,
    text16,
    u32,
    u64,
)
from forensics.detectors.system._xpress import XpressError, unpack
from forensics.model import ByteRun, Check, Event, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity, Value

LARGEST = 2 << 20
MOST_FILES = 2_000
MOST_VOLUMES = 64
_VERSIONS = (17, 23, 26, 30, 31)
_VOLUME = {17: 40, 23: 104, 26: 104, 30: 96, 31: 96}
_NAME = re.compile(r"[/\\]([^/\\]+)-([0-9A-F]{8})\.pf$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Whole:
    """The file's bytes, unpacked where they were packed; `length` as they lie in the layer."""

    data: bytes
    packed: bool
    length: int
    caveats: tuple[str, ...] = ()


class Prefetch:
    """One file for each program and place."""

    kind: ClassVar[str] = "system/prefetch"
    title: ClassVar[str] = "Program run (prefetch file of Windows)"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"[\x11\x17\x1a\x1e\x1f]\x00\x00\x00SCCA", at=0, wide=False),
        Trigger(rb"MAM[\x04\x84][\x00-\xff]{3}\x00", at=0, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = (
        "libyal, libscca: Windows Prefetch File (PF) format",
        "Microsoft, [MS-XCA]: Xpress Compression Algorithm, 2.2",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        *(
            Specimen(f"version {each}", _specimens.prefetch(each), ("ELECTRUM-4.5.5.EXE",), "by hand, after libscca")
            for each in _VERSIONS
        ),
        Specimen("packed", _specimens.packed_prefetch(), ("ELECTRUM-4.5.5.EXE",), "by hand, after MS-XCA"),
        Specimen("truncated", _specimens.prefetch(30)[:100], None, "by hand, cut"),
        Specimen("packed, its codes damaged", b"MAM\x04" + bytes((152, 1, 0, 0)) + bytes(300), None, "by hand"),
        Specimen("no time of a run", _specimens.prefetch(30, runs=()), None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The file that starts at `at`."""
        whole = _packed(layer, at) if layer.read(at, 3) == b"MAM" else _plain(layer, at)
        if whole is None:
            return
        data = whole.data
        version = u32(data, 0)
        if len(data) < (152 if version == 17 else 224) or version not in _VERSIONS or data[4:8] != b"SCCA":
            return
        name = text16(data[16:76])
        times = _times(data, version)
        if not is_text(name) or not times:
            return
        loaded = _names(data)
        path = next((each for each in loaded if each.upper().endswith("\\" + name.upper())), "")
        named = _NAME.search(layer.locator.step) if at == 0 else None
        agrees = named is not None and int(named[2], 16) == u32(data, 76)
        count_at = {17: 144, 23: 152, 26: 208}.get(version, 208 if version == 30 and u32(data, 84) == 304 else 200)

        def placed(value: Value, offset: int, length: int) -> Field:
            return Field(value, None if whole.packed else ByteRun(at + offset, length))

        fields = {
            "executable": placed(name, 16, 60),
            "path_hash": placed(f"{u32(data, 76):08X}", 76, 4),
            "run_count": placed(u32(data, count_at), count_at, 4),
            "last_run": placed(shown(times[0][1]), times[0][0], 8),
            "version": placed(version, 0, 4),
            "packed": Field(whole.packed),
            **path_fields(name),
        }
        if len(times) > 1:
            fields["earlier_runs"] = Field(tuple(shown(when) for _, when, _ in times[1:]))
        if path:
            fields["path"] = Field(path)
        if loaded:
            fields["files"] = Field(tuple(loaded))
        links = path_links("RAN", path or name)
        volumes, made = _volumes(data, version)
        if volumes:
            fields["volumes"] = Field(tuple(volumes))
            links += [Link("ON_VOLUME", "volume", str(each["serial"])) for each in volumes]
        yield finding(
            self,
            layer,
            at,
            whole.length,
            grade=Grade.C3 if agrees else Grade.C1 if whole.caveats else Grade.C2,
            value=name,
            checks=(
                Check("structure", Outcome.FAIL if whole.caveats else Outcome.PASS, 60),
                Check("name of the file", Outcome.PASS if agrees else Outcome.NOT_APPLICABLE, 32),
            ),
            fields=fields,
            events=(*(each for _, _, stored in times for each in filetime_events("program run", stored)), *made),
            links=tuple(dict.fromkeys(links)),
            caveats=whole.caveats,
            sensitivity=Sensitivity.PERSONAL,
        )


def _plain(layer: Layer, at: int) -> _Whole | None:
    size = u32(layer.read(at, 16), 12)
    if not 152 <= size <= LARGEST:
        return None
    data = layer.read(at, size)
    cut = (f"Not whole: {len(data):,} of {size:,} octets.",) if len(data) < size else ()
    return _Whole(data, False, len(data), cut)


def _packed(layer: Layer, at: int) -> _Whole | None:
    """The unpacked file, where it begins as one; as far as it could be unpacked."""
    head = layer.read(at, 8)
    size, start = u32(head, 4), 12 if head[3:4] == b"\x84" else 8
    if not 152 <= size <= LARGEST:
        return None
    packed = layer.read(at + start, size + size // 8 + 1_024)
    try:
        if unpack(packed, 8)[0][4:8] != b"SCCA":  # other files are packed so, too
            return None
        data, length = unpack(packed, size)
    except XpressError:
        return None
    cut = (f"Not whole: {len(data):,} of {size:,} octets.",) if len(data) < size else ()
    return _Whole(data, True, start + length, cut)


def _times(data: bytes, version: int) -> list[tuple[int, datetime, int]]:
    """Offset, moment and stored number of each run, the last one first."""
    first = 120 if version == 17 else 128
    found = []
    for place in range(first, first + 8 * (1 if version < 26 else 8), 8):
        stored = u64(data, place)
        if when := filetime(stored):
            found.append((place, when, stored))
    return found


def _names(data: bytes) -> list[str]:
    """Files that were loaded in the first seconds."""
    start, size = u32(data, 100), u32(data, 104)
    stored = data[start : start + size]
    text = stored[: len(stored) & ~1].decode("utf-16-le", "replace")
    return [each[:LONGEST] for each in text.split("\0")[:MOST_FILES] if is_text(each)]


def _volumes(data: bytes, version: int) -> tuple[list[dict[str, Value]], list[Event]]:
    """Volumes that files were loaded from, and when each was made."""
    start, count = u32(data, 108), min(u32(data, 112), MOST_VOLUMES)
    found: list[dict[str, Value]] = []
    made: list[Event] = []
    for number in range(count):
        at = start + number * _VOLUME[version]
        if at + 20 > len(data):
            break
        place, length, created, serial = struct.unpack_from("<IIQI", data, at)
        path = text16(data[start + place : start + place + 2 * min(length, LONGEST)])
        if not is_text(path):
            continue
        volume: dict[str, Value] = {"path": path, "serial": serial_text(serial)}
        if when := filetime(created):
            volume["created"] = shown(when)
        found.append(volume)
        made += filetime_events(f"volume {serial_text(serial)} created", created)
    return found, made


DETECTOR: Detector = Prefetch()

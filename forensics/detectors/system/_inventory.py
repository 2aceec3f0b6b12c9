"""The inventory of programs (Amcache.hve): files with their SHA-1, programs that are installed, devices.

| key under `Root`                    | what is read                                                    |
|-------------------------------------|-----------------------------------------------------------------|
| InventoryApplicationFile            | LowerCaseLongPath, FileId (0000 and SHA-1), Size, LinkDate, Publisher, ProductName, Version |
| InventoryApplication                | Name, Version, Publisher, InstallDate, RootDirPath               |
| InventoryDevicePnp                  | the name of the key (`usb/vid_…&pid_…/serial`), Model, Manufacturer |
| File\\<volume>\\<reference> (Windows 8) | 15 path, 101 SHA-1, 6 size, f link time, 11 last change, 12 creation, 0 product, 1 maker, 5 version |
| Programs (Windows 8)                | 0 name, 1 version, 2 publisher, a time of the installation       |

Of files longer than 31,457,280 octets the SHA-1 covers the first 31,457,280. The link time is by the clock of the
program's maker: a field, no event. `LinkDate` and `InstallDate` are text, month first.
Not recorded: whether a program ran; a run is one of several reasons for an entry.
Source: libyal, winreg-kb; plaso, winreg_plugins/amcache.py; ANSSI, Analysis of the AmCache (2019).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from forensics.detectors.system._hive import Fact, Key
from forensics.detectors.system._machine import name_device
from forensics.detectors.system._told import (
    filetime,
    filetime_events,
    is_text,
    path_fields,
    path_links,
    shown,
    unix,
    unix_events,
)
from forensics.model import Clock, Event, Field, Link

HASHED = 31_457_280  # octets of a file that its SHA-1 covers
_DAY = re.compile(r"(\d\d)/(\d\d)/(\d{4}) (\d\d):(\d\d):(\d\d)$")
_SHA1 = re.compile(r"0000([0-9a-f]{40})$", re.IGNORECASE)
_LISTED = "The inventory says that the file was there, not that it ran."
_FILE = {
    "product": "ProductName",
    "publisher": "Publisher",
    "program_version": "Version",
    "program_id": "ProgramId",
    "link_date": "LinkDate",
}
_FILE_8 = {"product": "0", "publisher": "1", "program_version": "5", "program_id": "100"}
_PROGRAM = {
    "program_version": "Version",
    "publisher": "Publisher",
    "folder": "RootDirPath",
    "source": "Source",
    "installed": "InstallDate",
}
_PROGRAM_8 = {"program_version": "1", "publisher": "2"}


def of_inventory(root: Key) -> Iterator[Fact]:
    """The facts of Amcache.hve."""
    for one in _under(root, "InventoryApplicationFile"):
        yield from _file(one, "LowerCaseLongPath", "FileId", "Size", _FILE)
    for volume in _under(root, "File"):
        for one in volume.under():
            yield from _old_file(one)
    for one in _under(root, "InventoryApplication"):
        for fact in _program(one, "Name", _PROGRAM):
            when = _moment(str(fact.fields["installed"].value)) if "installed" in fact.fields else None
            if when is not None:
                stored = str(fact.fields["installed"].value)
                event = Event(when, timedelta(seconds=1), "program installed", stored, Clock.DEVICE, "unknown")
                fact.events.append(event)
            yield fact
    for one in _under(root, "Programs"):
        for fact in _program(one, "0", _PROGRAM_8):
            if (value := one.value("a")) is not None and (when := unix(value.number)):
                fact.fields["installed"] = Field(shown(when))
                fact.events += unix_events("program installed", value.number)
            yield fact
    for one in _under(root, "InventoryDevicePnp"):
        yield from _device(one)


def _under(root: Key, name: str) -> Iterator[Key]:
    key = root.key(f"Root\\{name}")
    if key is not None:
        yield from key.under()


def _file(one: Key, path_name: str, sum_name: str, size_name: str, names: Mapping[str, str]) -> Iterator[Fact]:
    path = one.text(path_name)
    if not is_text(path):
        return
    fact = Fact("program file in the inventory", path, one, caveats=[_LISTED])
    fact.fields |= {**_texts(one, names), **path_fields(path)}
    size = one.value(size_name)
    if size is not None and size.data:
        fact.fields["file_size"] = Field(size.number if size.kind != 1 else size.text)
        if size.kind != 1 and size.number > HASHED:
            fact.caveats.append(f"The SHA-1 covers the first {HASHED:,} octets of the file.")
    if match := _SHA1.match(one.text(sum_name)):
        fact.fields["sha1"] = Field(match[1].lower())
        fact.links.append(Link("HAS_DIGEST", "sha1", match[1].lower()))
    fact.links += path_links("SEEN", path)
    fact.written("program file entered into the inventory")
    yield fact


def _old_file(one: Key) -> Iterator[Fact]:
    for fact in _file(one, "15", "101", "6", _FILE_8):
        linked = one.value("f")
        if linked is not None and (when := unix(linked.number)):
            fact.fields["link_date"] = Field(shown(when))
        for name, meaning in (("11", "program file last changed"), ("12", "program file created")):
            value = one.value(name)
            if value is not None and (when := filetime(value.number)):
                fact.fields[meaning.removeprefix("program ").replace(" ", "_")] = Field(shown(when))
                fact.events += filetime_events(meaning, value.number, clock=Clock.FILE_SYSTEM)
        yield fact


def _program(one: Key, name: str, names: Mapping[str, str]) -> Iterator[Fact]:
    words = one.text(name)
    if not is_text(words):
        return
    fact = Fact("program installed", words, one)
    fact.fields |= {**_texts(one, names), **path_fields(words)}
    fact.links += [each for each in path_links("INSTALLED", words) if each.target_kind == "program"]
    if folder := one.text("RootDirPath"):
        fact.links += path_links("INSTALLED", folder)
    fact.written("program entered into the inventory")
    yield fact


def _device(one: Key) -> Iterator[Fact]:
    match = re.match(r"usb/vid_([0-9a-f]{4})&pid_([0-9a-f]{4})(?:&[^/]*)?/(.+)$", one.name, re.IGNORECASE)
    if match is None:
        return
    vendor, product, serial = match[1].upper(), match[2].upper(), match[3]
    fact = Fact("device in the inventory", f"{vendor}:{product} {serial}", one)
    fact.fields |= _texts(one, {"name": "Model", "maker": "Manufacturer", "description": "Description"})
    name_device(fact, vendor, product, serial)
    fact.written("device entered into the inventory")
    yield fact


def _texts(one: Key, names: Mapping[str, str]) -> dict[str, Field]:
    return {field: Field(words) for field, name in names.items() if is_text(words := one.text(name))}


def _moment(stored: str) -> datetime | None:
    match = _DAY.match(stored)
    if match is None:
        return None
    month, day, year, hour, minute, second = map(int, match.groups())
    try:
        when = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return when if 1990 <= when.year < 2100 else None

"""What the hives of a machine say: devices, volumes, time zone, name, programs that services saw run."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from forensics.detectors._shell_items import guid
from forensics.detectors.system._devices import device_of
from forensics.detectors.system._hive import Fact, Key
from forensics.detectors.system._shim_cache import of_cache
from forensics.detectors.system._told import (
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
from forensics.model import Clock, Event, Field, Link

_PROPERTIES = "Properties\\{83da6326-97a6-4088-9453-a1923f573b29}"
_TIMES = {
    "0064": "device first connected",
    "0066": "device last connected",
    "0067": "device last removed",
}
_STORE = re.compile(r"(Disk|CdRom|Other)&Ven_([^&]*)&Prod_([^&]*)(?:&Rev_(.*))?$", re.IGNORECASE)
_USB = re.compile(r"VID_([0-9A-F]{4})&PID_([0-9A-F]{4})", re.IGNORECASE)
_MADE_UP = "The second character of the serial number says that Windows made it up: the device has none of its own."


def of_machine(root: Key) -> Iterator[Fact]:
    """The facts of a SYSTEM hive, of the control set that was in use."""
    select = root.key("Select")
    current = select.value("Current") if select else None
    name = f"ControlSet{current.number:03d}" if current else "ControlSet001"
    control = root.key(name)
    if control is not None:
        yield from _zone(control)
        yield from _computer(control)
        yield from _stores(control)
        yield from _usb(control)
        yield from _background(control)
        yield from of_cache(control)
    yield from _mounted(root)


def _zone(control: Key) -> Iterator[Fact]:
    key = control.key("Control\\TimeZoneInformation")
    if key is None:
        return
    name = key.text("TimeZoneKeyName") or key.text("StandardName")
    fact = Fact("time zone of the machine", name, key)
    for field, stored in (("bias", "Bias"), ("active_bias", "ActiveTimeBias")):
        value = key.value(stored)
        if value is not None and len(value.data) == 4:
            minutes = -struct.unpack("<i", value.data)[0]
            fact.fields[f"{field}_minutes"] = Field(minutes)
            fact.fields[f"{field}_from_utc"] = Field(
                f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
            )
    fact.written("time zone last set")
    fact.caveats.append(
        "What the machine was set to when the key was written: times without a zone, as of FAT, follow it; it may have been another before."
    )
    yield fact


def _computer(control: Key) -> Iterator[Fact]:
    key = control.key("Control\\ComputerName\\ComputerName")
    if key is not None and (name := key.text("ComputerName")):
        fact = Fact("name of the machine", name, key, links=[Link("ON_MACHINE", "machine", name.lower())])
        yield fact


def _stores(control: Key) -> Iterator[Fact]:
    key = control.key("Enum\\USBSTOR")
    for kind in key.under() if key else ():
        match = _STORE.match(kind.name)
        for one in kind.under():
            serial, _, number = one.name.rpartition("&")
            fact = Fact("storage device connected by USB", serial or number, one)
            _serial(fact, serial or number)
            if match:
                for name, words in (("vendor", match[2]), ("product", match[3]), ("revision", match[4] or "")):
                    if words:
                        fact.fields[name] = Field(words)
            _device(fact, one)
            yield fact


def _usb(control: Key) -> Iterator[Fact]:
    key = control.key("Enum\\USB")
    for kind in key.under() if key else ():
        match = _USB.search(kind.name)
        if match is None:
            continue
        vendor, product = match[1].upper(), match[2].upper()
        for one in kind.under():
            fact = Fact("device connected by USB", f"{vendor}:{product} {one.name}", one)
            name_device(fact, vendor, product, one.name)
            _device(fact, one)
            yield fact


def name_device(fact: Fact, vendor: str, product: str, serial: str) -> None:
    """Tell a USB device's numbers, what they are known for, and its serial number."""
    fact.fields |= {"vendor_id": Field(vendor), "product_id": Field(product)}
    if known := device_of(vendor, product):
        fact.fields |= {"device": Field(known.name), "device_class": Field(known.group)}
        fact.links.append(Link("DEVICE_IS", "device model", known.name))
        fact.caveats.append("The maker is told by the vendor and product numbers, which other makers may use.")
    _serial(fact, serial)


def _serial(fact: Fact, serial: str) -> None:
    fact.fields["serial"] = Field(serial)
    if serial[1:2] == "&":
        fact.caveats.append(_MADE_UP)
    else:
        fact.links.append(Link("CONNECTED", "device", serial.upper()))


def _device(fact: Fact, one: Key) -> None:
    """What the key of a device says: names, and the times of its properties."""
    for field, name in (("name", "FriendlyName"), ("description", "DeviceDesc"), ("maker", "Mfg")):
        if words := one.text(name).rpartition(";")[2]:
            fact.fields[field] = Field(words)
    properties = one.key(_PROPERTIES)
    for each in properties.under() if properties else ():
        meaning = _TIMES.get(each.name.lower()[-4:])
        value = next(each.values(), None)
        if value is None and meaning:  # Windows 7 has a key of its type between
            inner = next(each.under(), None)
            value = inner.value("Data") if inner else None
        if meaning and value is not None and len(value.data) == 8 and (when := filetime(u64(value.data, 0))):
            fact.fields[meaning.removeprefix("device ").replace(" ", "_")] = Field(shown(when))
            fact.events += filetime_events(meaning, u64(value.data, 0))
    fact.written("key of the device written")


def _background(control: Key) -> Iterator[Fact]:
    for place in ("bam\\State", "bam", "dam\\State", "dam"):
        key = control.key(f"Services\\{place}\\UserSettings")
        for user in key.under() if key else ():
            for value in user.values():
                when = filetime(u64(value.data, 0)) if len(value.data) >= 8 else None
                if when is None or "\\" not in value.name:
                    continue
                fact = Fact("program run, seen by the activity moderator", value.name, user, value)
                fact.fields |= {
                    "last_run": Field(shown(when)),
                    "user_sid": Field(user.name),
                    **path_fields(value.name),
                }
                fact.events += filetime_events("program run", u64(value.data, 0))
                fact.links += [*path_links("RAN", value.name), Link("BY_ACCOUNT", "sid", user.name)]
                yield fact


def _mounted(root: Key) -> Iterator[Fact]:
    key = root.key("MountedDevices")
    for value in key.values() if key else ():
        if not value.name.startswith("\\DosDevices\\"):
            continue
        fact = Fact("drive letter of a volume", value.name.rpartition("\\")[2], key, value)  # type: ignore[arg-type]
        if len(value.data) == 12:
            signature, offset = u32(value.data, 0), u64(value.data, 4)
            fact.fields |= {"disk_signature": Field(f"{signature:08X}"), "volume_offset": Field(offset)}
            fact.links.append(Link("ON_DISK", "disk", f"{signature:08X}"))
        elif value.data.startswith(b"DMIO:ID:") and len(value.data) == 24:
            fact.fields["partition"] = Field(guid(value.data[8:]))
            fact.links.append(Link("ON_DISK", "partition", guid(value.data[8:])))
        elif is_text(words := text16(value.data)):
            fact.fields["device_path"] = Field(words)
            if "USBSTOR#" in words.upper() and len(parts := words.split("#")) > 2:
                serial = parts[2].rpartition("&")[0] or parts[2]
                fact.links.append(Link("CONNECTED", "device", serial.upper()))
        yield fact


_UNINSTALL = (
    "Microsoft\\Windows\\CurrentVersion\\Uninstall",
    "Wow6432Node\\Microsoft\\Windows\\CurrentVersion\\Uninstall",
)


def of_software(root: Key, before: str = "") -> Iterator[Fact]:
    """Programs that are installed and those that start by themselves, of a SOFTWARE hive or under `before`."""
    for path in _UNINSTALL:
        key = root.key(before + path)
        for one in key.under() if key else ():
            if name := one.text("DisplayName"):
                yield _installed(one, name)
    for path in ("Run", "RunOnce"):
        for part in ("", "Wow6432Node\\"):
            key = root.key(f"{before}{part}Microsoft\\Windows\\CurrentVersion\\{path}")
            for value in key.values() if key else ():
                command = value.text
                if key is not None and is_text(command):
                    program = re.match(r'"([^"]+)"|(.*?\.exe)\b|(\S+)', command, re.IGNORECASE)
                    target = next(filter(None, program.groups())) if program else command
                    fact = Fact("program that starts by itself", command, key, value)
                    fact.fields |= {"name": Field(value.name), "when": Field(path), **path_fields(target)}
                    fact.links += path_links("STARTS", target)
                    fact.written("list of programs that start by themselves changed")
                    yield fact
    current = root.key(f"{before}Microsoft\\Windows NT\\CurrentVersion") if not before else None
    if current is not None and (product := current.text("ProductName")):
        fact = Fact("version of Windows", product, current)
        for field, name in (("build", "CurrentBuildNumber"), ("owner", "RegisteredOwner"), ("id", "ProductId")):
            if words := current.text(name):
                fact.fields[field] = Field(words)
        installed = current.value("InstallDate")
        if installed is not None and len(installed.data) == 4:
            stored = u32(installed.data, 0)
            when = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=stored)
            if when.year >= 1995:
                fact.events.append(Event(when, timedelta(seconds=1), "Windows installed", str(stored), Clock.DEVICE))
        yield fact


def _installed(one: Key, name: str) -> Fact:
    fact = Fact("program installed", name, one)
    for field, stored in (
        ("program_version", "DisplayVersion"),
        ("publisher", "Publisher"),
        ("folder", "InstallLocation"),
        ("source", "InstallSource"),
    ):
        if words := one.text(stored):
            fact.fields[field] = Field(words)
    fact.fields |= path_fields(name)
    fact.links += [each for each in path_links("INSTALLED", name) if each.target_kind == "program"]
    if folder := one.text("InstallLocation"):
        fact.links += path_links("INSTALLED", folder)
    day = one.text("InstallDate")
    if re.fullmatch(r"(?:19|20)\d{6}", day):
        try:
            when = datetime(int(day[:4]), int(day[4:6]), int(day[6:]), tzinfo=UTC)
        except ValueError:
            pass
        else:
            fact.fields["installed"] = Field(day)
            fact.events.append(Event(when, timedelta(days=1), "program installed", day, Clock.DEVICE, "unknown"))
    fact.written("entry of the installed program written")
    return fact

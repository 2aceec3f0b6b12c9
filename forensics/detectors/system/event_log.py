"""Event logs of Windows since Vista (EVTX): logons, accounts, devices, services, prints, clock changes.

| offset | length | content                                                                    |
|--------|--------|----------------------------------------------------------------------------|
| 0      | 4,096  | `ElfFile`, numbers of chunks and of the next record, checksum               |
| 4,096  | 65,536 | chunk: `ElfChnk`, numbers of its first and last record; records from 512     |
| +0     | 24     | `**`, u32 size, u64 number, FILETIME when it was written, UTC               |
| +24    | …      | binary XML, then the size again                                            |

Read by libevtx. A finding for each event of the table below, and one of the whole log: what else it holds is counted.
Logons of services and of the system itself are counted only.

Not recorded: what happened before the oldest record that the log still has. Log off by default: devices (2003, 2102).
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import pyevtx

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.system._hive import ERRORS, Bytes, ours
from forensics.detectors.system._logs import log
from forensics.detectors.system._told import (
    LONGEST,
    filetime,
    filetime_events,
    path_fields,
    path_links,
    shown,
    u32,
    u64,
)
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

MOST = 20_000  # findings of one log
MOST_RECORDS = 500_000
MOST_CHUNKS = 16_384  # of 64 KiB: 1 GiB
LONGEST_XML = 1 << 20
_CHUNK, _HEAD, _FIRST = 65_536, 4_096, 512
_SECURITY, _SERVICES = "Microsoft-Windows-Security-Auditing", "Service Control Manager"
_LOG, _TERMINAL = "Microsoft-Windows-Eventlog", "Microsoft-Windows-TerminalServices-"
_DATA = re.compile(r'<Data(?: Name="([^"]{1,200})")?>([^<]*)</Data>|<(\w{1,100})>([^<]*)</\3>')
_NO_PEOPLE = frozenset(("0", "4", "5"))  # logon types: the system, a task, a service

# Number of the event: the start of its provider's name, what it tells, and which data name its value.
_TOLD: dict[int, tuple[str, str, tuple[str, ...]]] = {
    4624: (_SECURITY, "logged on", ("TargetUserName",)),
    4625: (_SECURITY, "logon failed", ("TargetUserName",)),
    4647: (_SECURITY, "logged off", ("TargetUserName",)),
    4648: (_SECURITY, "logon with named credentials", ("TargetUserName",)),
    4778: (_SECURITY, "session reconnected", ("AccountName",)),
    4779: (_SECURITY, "session disconnected", ("AccountName",)),
    4800: (_SECURITY, "screen locked", ("TargetUserName",)),
    4801: (_SECURITY, "screen unlocked", ("TargetUserName",)),
    4688: (_SECURITY, "program run", ("NewProcessName",)),
    4697: (_SECURITY, "service installed", ("ServiceName",)),
    4720: (_SECURITY, "account created", ("TargetUserName",)),
    4722: (_SECURITY, "account enabled", ("TargetUserName",)),
    4724: (_SECURITY, "password of an account reset", ("TargetUserName",)),
    4726: (_SECURITY, "account deleted", ("TargetUserName",)),
    4616: (_SECURITY, "clock changed", ("NewTime", "NewDate")),
    6416: (_SECURITY, "device connected", ("DeviceDescription", "DeviceId")),
    7045: (_SERVICES, "service installed", ("ServiceName",)),
    1102: (_LOG, "log cleared", ("SubjectUserName",)),
    104: (_LOG, "log cleared", ("SubjectUserName", "Channel")),
    20001: ("Microsoft-Windows-UserPnp", "driver of a device installed", ("DeviceInstanceID", "DriverName")),
    400: ("Microsoft-Windows-Kernel-PnP", "device configured", ("DeviceInstanceId",)),
    410: ("Microsoft-Windows-Kernel-PnP", "device started", ("DeviceInstanceId",)),
    1006: ("Microsoft-Windows-Partition", "disk connected or removed", ("SerialNumber", "ParentId")),
    2003: ("Microsoft-Windows-DriverFrameworks", "device connected", ("instance", "lifetime")),
    2102: ("Microsoft-Windows-DriverFrameworks", "device removed", ("instance", "lifetime")),
    307: ("Microsoft-Windows-PrintService", "document printed", ("Param2", "Param3")),
    21: (_TERMINAL, "remote session: logged on", ("User",)),
    24: (_TERMINAL, "remote session: disconnected", ("User",)),
    25: (_TERMINAL, "remote session: reconnected", ("User",)),
    1149: (_TERMINAL, "remote session: authenticated", ("Param1",)),
    8001: ("Microsoft-Windows-WLAN", "wireless network joined", ("SSID",)),
    4104: ("Microsoft-Windows-PowerShell", "script run", ("Path", "ScriptBlockText")),
}
_LOGON = log((_SECURITY, 4624, {"TargetUserName": "v", "LogonType": "2"}), (_SECURITY, 4624, {"LogonType": "5"}))


@dataclass(frozen=True, slots=True)
class _Record:
    """A record as libevtx gives it, and where it stands."""

    record: Any
    event: int
    provider: str
    written: int
    span: ByteRun


class EventLog:
    """Events of one log."""

    kind: ClassVar[str] = "system/event_log"
    title: ClassVar[str] = "Event of Windows"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"ElfFile\x00", at=0, anchored=True, wide=False),)
    references: ClassVar[tuple[str, ...]] = (
        "libyal, libevtx: Windows XML Event Log (EVTX) format",
        "Microsoft, Windows security audit events",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a logon, and one of a service", _LOGON, ("v", "Security"), "by hand, after libevtx"),
        Specimen(
            "a service installed",
            log((_SERVICES, 7045, {"ServiceName": "kiln", "ImagePath": "C:\\tor\\tor.exe"})),
            ("kiln", "Security"),
            "by hand, after libevtx",
        ),
        Specimen("without records", log(), None, "by hand"),
        Specimen("truncated", _LOGON[:4_200], None, "by hand, cut"),
        Specimen("look-alike: the magic alone", b"ElfFile\0" + bytes(600), None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The log that the layer is."""
        head = layer.read(0, 128)
        if at != 0 or len(head) < 128 or head[40:42] != b"\0\x10":
            return
        places = _places(layer)
        if not places:
            return
        told, counts, times = 0, Counter[str](), list[int]()
        channel = machine = reason = ""
        opened = pyevtx.file()
        try:
            # libevtx leaves out a last chunk that is cut: with zeros behind it gives the records that are whole.
            opened.open_file_object(Bytes(layer, -(layer.size - _HEAD) % _CHUNK))
            for each in _records(opened, places):
                counts[f"{each.provider} {each.event}"] += 1
                times.append(each.written)
                if not channel:
                    channel = each.record.get_channel_name() or ""
                    machine = each.record.get_computer_name() or ""
                found = self._event(layer, each, machine) if told < MOST else None
                if found is not None:
                    told += 1
                    yield found
        except ERRORS as error:
            ours(error)
            reason = str(error)[:200]
        yield self._whole(layer, len(places), counts, times, (channel, machine), reason)

    def _event(self, layer: Layer, each: _Record, machine: str) -> Finding | None:
        """One event of the table; None of any other, and where it cannot be read."""
        provider, meaning, names = _TOLD.get(each.event, ("", "", ()))
        if not provider or not each.provider.startswith(provider):
            return None
        try:
            data = _data(each.record.get_xml_string() or "")
        except ERRORS as error:
            ours(error)
            return None
        if each.event == 4624 and data.get("LogonType", "0") in _NO_PEOPLE:
            return None
        value = next((data[name] for name in names if data.get(name, "-") != "-"), "")
        fields = {
            "what": Field(meaning),
            "event": Field(each.event, ByteRun(each.span.offset, each.span.length)),
            "provider": Field(each.provider),
            "time": Field(shown(when) if (when := filetime(each.written)) else str(each.written),
                          ByteRun(each.span.offset + 16, 8)),
            "data": Field({name: words[:LONGEST] for name, words in list(data.items())[:60]}),
        }  # fmt: skip
        links = [Link("ON_MACHINE", "machine", machine.lower())] if machine else []
        for name, rule, kind in (
            ("TargetUserName", "BY_ACCOUNT", "account"),
            ("TargetUserSid", "BY_ACCOUNT", "sid"),
            ("IpAddress", "FROM_ADDRESS", "ip"),
            ("SSID", "JOINED", "wireless network"),
        ):
            words = data.get(name, "-")
            if words not in ("-", "", "::1", "127.0.0.1"):
                links.append(Link(rule, kind, words if kind == "sid" else words.lower()))
        for name in ("NewProcessName", "ImagePath", "ServiceFileName"):
            if data.get(name, "-") != "-":
                fields |= path_fields(data[name])
                links += path_links("RAN", data[name])
        serial = data.get("SerialNumber") or data.get("DeviceInstanceId", data.get("DeviceInstanceID", ""))
        if serial:
            links.append(Link("CONNECTED", "device", _serial(serial)))
        if machine:
            fields["machine"] = Field(machine)
        return finding(
            self,
            layer,
            each.span.offset,
            each.span.length,
            grade=Grade.C3,
            value=value[:LONGEST] or Absent.NONE_STORED,
            checks=(Check("structure", Outcome.PASS, 60),),
            fields=fields,
            events=tuple(filetime_events(meaning, each.written)),
            links=tuple(dict.fromkeys(links)),
            sensitivity=Sensitivity.PERSONAL,
        )

    def _whole(
        self, layer: Layer, count: int, counts: Counter[str], times: list[int], names: tuple[str, str], reason: str
    ) -> Finding:
        """The log: how many events of each kind it holds, and from when to when."""
        fields = {"what": Field("log"), "records": Field(count)}
        if counts:
            fields["events"] = Field(tuple({"event": name, "count": each} for name, each in counts.most_common(200)))
        for name, stored in (("first", min(times, default=0)), ("last", max(times, default=0))):
            if when := filetime(stored):
                fields[name] = Field(shown(when))
        if names[1]:
            fields["machine"] = Field(names[1])
        unread = count - sum(counts.values())
        caveats = [f"{unread:,} records could not be read. {reason}".strip()] if unread > 0 else []
        return finding(
            self,
            layer,
            0,
            min(_HEAD, layer.size),
            grade=Grade.C2 if counts else Grade.C1,
            value=names[0] or Absent.NOT_PARSED,
            checks=(Check("structure", Outcome.PASS if not unread else Outcome.FAIL, 60),),
            fields=fields,
            caveats=tuple(caveats),
            links=(Link("ON_MACHINE", "machine", names[1].lower()),) if names[1] else (),
            sensitivity=Sensitivity.PERSONAL,
        )


def _places(layer: Layer) -> dict[int, ByteRun]:
    """Where each record stands, by its number; of two of one number the first."""
    found: dict[int, ByteRun] = {}
    for number in range(min(MOST_CHUNKS, max(0, layer.size - _HEAD) // _FIRST)):
        start = _HEAD + number * _CHUNK
        chunk = layer.read(start, _CHUNK)
        if not chunk or len(found) >= MOST_RECORDS:
            break
        if not chunk.startswith(b"ElfChnk\0"):
            continue
        at = _FIRST
        while chunk[at : at + 4] == b"**\0\0":
            size = u32(chunk, at + 4)
            if size < 28 or at + size > len(chunk):
                break
            found.setdefault(u64(chunk, at + 8), ByteRun(start + at, size))
            at += size
    return found


def _records(opened: Any, places: dict[int, ByteRun]) -> Iterator[_Record]:
    """The records that libevtx can read and whose place is known."""
    for index in range(min(opened.get_number_of_records(), MOST_RECORDS)):
        try:
            record = opened.get_record(index)
            place = places.get(record.get_identifier())
            if place is not None:
                yield _Record(
                    record,
                    _number(record),
                    record.get_source_name() or "",
                    record.get_written_time_as_integer(),
                    place,
                )
        except ERRORS as error:
            ours(error)


def _number(record: Any) -> int:
    """The number of an event; libevtx does not take one with a nought that is stored as text."""
    try:
        return int(record.get_event_identifier()) & 0xFFFF
    except OSError:
        match = re.search(r"<EventID[^<>]*>(\d{1,5})</EventID>", (record.get_xml_string() or "")[:LONGEST_XML])
        if match is None:
            raise
        return int(match[1]) & 0xFFFF


def _data(xml: str) -> dict[str, str]:
    """What an event says by name; data without a name are told by their number."""
    found: dict[str, str] = {}
    start = max(xml.find("<EventData"), xml.find("<UserData"), 0)
    for match in _DATA.finditer(xml, start, min(len(xml), start + LONGEST_XML)):
        name = match[1] or match[3] or f"Param{len(found) + 1}"
        found.setdefault(name, html.unescape(match[2] if match[2] is not None else match[4]))
    return found


def _serial(words: str) -> str:
    """The serial number in a device's instance: the last step, without what Windows puts behind."""
    last = words.replace("#", "\\").rstrip("\\").rpartition("\\")[2]
    return (last.rpartition("&")[0] if last[1:2] != "&" and "&" in last else last).upper()


DETECTOR: Detector = EventLog()

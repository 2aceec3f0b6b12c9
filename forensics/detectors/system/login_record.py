"""Logins and starts of a Linux machine: `wtmp`, `utmp`, and of failed logins `btmp`.

| offset | length | content of a record of 384 octets                                                |
|--------|--------|----------------------------------------------------------------------------------|
| 0      | 4      | i16 type: 2 start, 6 login waits, 7 user, 8 ended; in `btmp` 6 and 7 failed; 2 unused  |
| 4      | 4      | i32 process                                                                      |
| 8      | 36     | terminal, 32; its short name, 4                                                  |
| 44     | 288    | user, 32; host, 256 (at a start: the kernel's release)                           |
| 332    | 8      | i16 signal, i16 exit, i32 session                                                |
| 340    | 8      | i32 seconds since 1970, i32 microseconds, UTC                                    |
| 348    | 36     | address, 16 (IPv4 in the first 4); unused, 20                                    |

A user's session ends with the next record of type 8 of its terminal, or with the next start. Logs that were cut or
unpacked have no name: there, records are read from each start to the next.

Not recorded: what a user did; logins of services that do not write here. Source: utmp(5), glibc bits/utmp.h.
"""

from __future__ import annotations

import ipaddress
import re
import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.system._told import is_text, shown, unix
from forensics.model import Check, Clock, Event, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

SIZE = 384
MOST = 50_000  # records of one log
LISTED = 100  # names and hosts of failed logins
_FORM = struct.Struct("<hxxi32s4s32s256shhiii16s20s")
_NAME = re.compile(r"[/\\]([wub]tmp)(?:[.-][\w.-]{1,40})?$")
_START, _WAITS, _USER, _ENDED = 2, 6, 7, 8


def _record(kind: int, line: bytes, user: bytes, host: bytes, seconds: int, address: bytes = b"") -> bytes:
    short = b"~~" if kind == _START else line[3:]
    return _FORM.pack(kind, 700, line, short, user, host, 0, 0, 0, seconds, 5, address.ljust(16, b"\0"), b"")


_BOOT = _record(_START, b"~", b"reboot", b"6.1.0-18-amd64", 1_709_164_800)
_LOGIN = _record(_USER, b"pts/0", b"v", b"10.0.0.7", 1_709_164_860, b"\x0a\0\0\x07")
_WTMP = _BOOT + _LOGIN + _record(_ENDED, b"pts/0", b"", b"", 1_709_168_460)


@dataclass(frozen=True, slots=True)
class Record:
    """A record and its offset. `seconds` since 1970, `part` in microseconds."""

    offset: int
    kind: int
    process: int
    line: str
    user: str
    host: str
    seconds: int
    part: int
    address: str


class LoginRecord:
    """One finding for each login and each start; one for all failed logins of a log."""

    kind: ClassVar[str] = "system/login_record"
    title: ClassVar[str] = "Login or start of a Linux machine"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(name="*/[wub]tmp"),
        Trigger(name="*/[wub]tmp[.-]*"),
        Trigger(rb"\x02\x00\x00\x00.{4}~\x00{31}~~(?:\x00\x00|  )reboot\x00", at=0, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = ("utmp(5)", "GNU C Library, sysdeps/gnu/bits/utmp.h")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a start and a session", _WTMP, ("reboot", "v"), "by hand, after utmp(5)"),
        Specimen("truncated", _WTMP[:300], None, "by hand, cut"),
        Specimen("a time that is none", _record(_START, b"~", b"reboot", b"6.1", 7), None, "by hand"),
        Specimen("look-alike: the words of a start", b"\2\0\0\0....~reboot".ljust(SIZE, b"\0"), None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The log that the layer is by its name, or the records from the start at `at`."""
        name = _NAME.search(layer.locator.step)
        if name and at:
            return
        records = list(_records(layer, at, whole=name is not None))
        if name and name[1] == "btmp":
            yield from self._failed(layer, records)
            return
        for number, each in enumerate(records):
            if each.kind in (_START, _USER) and each.user:
                yield self._told(layer, each, records[number + 1 :], name is not None)

    def _told(self, layer: Layer, record: Record, later: list[Record], named: bool) -> Finding:
        when = unix(record.seconds)
        start = record.kind == _START
        meaning = "machine started" if start else "user logged in"
        fields = {"what": Field(meaning)}
        if start:
            fields["kernel"] = Field(record.host)
        else:
            fields |= {"user": Field(record.user), "terminal": Field(record.line), "process": Field(record.process)}
        events = _events(meaning, record)
        if when:
            fields["time"] = Field(shown(when))
        links = [] if start else [Link("BY_ACCOUNT", "account", record.user.lower())]
        if not start:
            for field, words in (("host", record.host), ("address", record.address)):
                if words:
                    fields[field] = Field(words)
                    links.append(Link("LOGGED_IN_FROM", field, words))
            last = next((one for one in later if _ends(one, record)), None)
            if last and (ended := unix(last.seconds)):
                fields["ended"] = Field(shown(ended))
                events += _events("user logged out" if last.kind == _ENDED else "machine started", last)[:1]
        return finding(
            self,
            layer,
            record.offset,
            SIZE,
            grade=Grade.C3 if named else Grade.C2,
            value=record.user,
            checks=_checks(named),
            fields=fields,
            events=tuple(events),
            links=tuple(links),
            sensitivity=Sensitivity.PERSONAL,
        )

    def _failed(self, layer: Layer, records: list[Record]) -> Iterator[Finding]:
        tried = [each for each in records if each.kind in (_WAITS, _USER)]
        if not tried:
            return
        ordered = sorted(tried, key=lambda each: (each.seconds, each.part))
        users = Counter(each.user for each in tried if each.user)
        hosts = Counter(each.address or each.host for each in tried if each.address or each.host)
        fields = {"what": Field("failed logins"), "count": Field(len(tried))}
        for name, counted in (("users", users), ("hosts", hosts)):
            if counted:
                fields[name] = Field(tuple(f"{words} ({count})" for words, count in counted.most_common(LISTED)))
        for name, one in (("first", ordered[0]), ("last", ordered[-1])):
            if when := unix(one.seconds):
                fields[name] = Field(shown(when))
        yield finding(
            self,
            layer,
            tried[0].offset,
            tried[-1].offset + SIZE - tried[0].offset,
            grade=Grade.C3,
            value="failed logins",
            checks=_checks(named=True),
            fields=fields,
            events=tuple(_events("login failed", ordered[0])[:1] + _events("login failed", ordered[-1])[:1]),
            caveats=("A password typed in place of a name may stand among the users.",),
            sensitivity=Sensitivity.PERSONAL,
        )


def _checks(named: bool) -> tuple[Check, ...]:
    return (
        Check("records in form", Outcome.PASS, 60),
        Check("name of the file", Outcome.PASS if named else Outcome.NOT_APPLICABLE, 20),
    )


def _ends(later: Record, record: Record) -> bool:
    return later.kind == _START or (later.kind == _ENDED and later.line == record.line)


def _events(meaning: str, record: Record) -> list[Event]:
    when = unix(record.seconds)
    stored = f"{record.seconds}.{record.part:06d}"
    moment = timedelta(microseconds=record.part)
    return [Event(when + moment, timedelta(microseconds=1), meaning, stored, Clock.DEVICE)] if when else []


def _records(layer: Layer, at: int, *, whole: bool) -> Iterator[Record]:
    """The records from `at`: all of a log, otherwise those up to the next start or to one that is not in form."""
    for number in range(MOST):
        record = _read(layer.read(at + number * SIZE, SIZE), at + number * SIZE)
        if record is None and not whole:
            return
        if number and not whole and record is not None and record.kind == _START:
            return
        if record is not None:
            yield record
        elif at + number * SIZE >= layer.size:
            return


def _read(data: bytes, offset: int) -> Record | None:
    if len(data) < SIZE:
        return None
    kind, process, *words, _, _, _, seconds, part, address, unused = _FORM.unpack(data)
    line, _, user, host = (_text(each) for each in words)
    if not 0 < kind < 10 or any(unused) or not 0 <= part < 1_000_000 or unix(seconds) is None:
        return None
    if line is None or user is None or host is None:
        return None
    return Record(offset, kind, process, line, user, host, seconds, part, _address(address))


def _text(stored: bytes) -> str | None:
    words, _, _ = stored.partition(b"\0")
    text = words.decode("utf-8", "replace")
    return text if not words or is_text(text) else None


def _address(stored: bytes) -> str:
    if not any(stored):
        return ""
    return str(ipaddress.IPv6Address(stored) if any(stored[4:]) else ipaddress.IPv4Address(stored[:4]))


DETECTOR: Detector = LoginRecord()

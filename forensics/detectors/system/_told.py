"""Moments, texts and links that the traces of operating systems share."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from forensics.detectors.system._programs import program_of
from forensics.model import Clock, Event, Field, Link

LONGEST = 1_024  # characters of one value
_WINDOWS = datetime(1601, 1, 1, tzinfo=UTC)
_UNIX = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST, _LATEST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_SID = re.compile(r"/(S-1-5-21-\d{1,10}-\d{1,10}-\d{1,10}-\d{1,10})(?:/|$)", re.IGNORECASE)
_HOME = re.compile(
    r"(?:^|[:/\\])(?:Users|home|Documents and Settings)[/\\]([^/\\:*?\"<>|\0]{1,64})[/\\]", re.IGNORECASE
)
_DRIVE = re.compile(r"([A-Za-z]):\\")
ZONE_UNKNOWN = "The time is local time, and the zone is not stored here."


def filetime(stored: int) -> datetime | None:
    """The moment of 100 ns steps since 1601 in UTC; None where it is zero or of no such year."""
    try:
        when = _WINDOWS + timedelta(microseconds=stored // 10)
    except OverflowError:
        return None
    return when if _EARLIEST <= when < _LATEST else None


def unix(seconds: int) -> datetime | None:
    """The moment of seconds since 1970 in UTC; None where it is of no such year."""
    try:
        when = _UNIX + timedelta(seconds=seconds)
    except OverflowError:
        return None
    return when if _EARLIEST <= when < _LATEST else None


def shown(when: datetime) -> str:
    """A moment in UTC as text."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def filetime_events(meaning: str, *stored: int, clock: Clock = Clock.DEVICE) -> Iterator[Event]:
    """An event for each stored FILETIME that is one, by the clock of the machine."""
    for each in stored:
        if when := filetime(each):
            yield Event(when, timedelta(microseconds=1), meaning, str(each), clock)


def unix_events(meaning: str, *stored: int) -> Iterator[Event]:
    """An event for each stored number of seconds that is a time, by the clock of the machine."""
    for each in stored:
        if when := unix(each):
            yield Event(when, timedelta(seconds=1), meaning, str(each), Clock.DEVICE)


def local_events(meaning: str, stored: str) -> Iterator[Event]:
    """An event for a stored `YYYY-MM-DD hh:mm:ss` that is a time, of the machine's clock in a zone that is not stored."""
    try:
        when = datetime.strptime(stored, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return
    if _EARLIEST <= when < _LATEST:
        yield Event(when, timedelta(seconds=1), meaning, stored, Clock.DEVICE, "unknown")


def text16(data: bytes, limit: int = LONGEST) -> str:
    """UTF-16LE up to the first NUL."""
    end = len(data) & ~1
    for at in range(0, end, 2):
        if data[at : at + 2] == b"\0\0":
            end = at
            break
    return data[:end].decode("utf-16-le", "replace")[:limit]


def text8(data: bytes, limit: int = LONGEST) -> str:
    """Text of one octet a character up to the first NUL; Windows-1252, as the code page is not stored."""
    return data.split(b"\0", 1)[0].decode("cp1252", "replace")[:limit]


def is_text(words: str) -> bool:
    """Whether text is what a path or name may be: no control characters, nothing that could not be decoded."""
    return bool(words) and all(each >= " " and each != "\ufffd" for each in words)


def u16(data: bytes, at: int) -> int:
    """Little-endian number; 0 where the data ends before."""
    return struct.unpack_from("<H", data, at)[0] if 0 <= at <= len(data) - 2 else 0


def u32(data: bytes, at: int) -> int:
    """Little-endian number; 0 where the data ends before."""
    return struct.unpack_from("<I", data, at)[0] if 0 <= at <= len(data) - 4 else 0


def u64(data: bytes, at: int) -> int:
    """Little-endian number; 0 where the data ends before."""
    return struct.unpack_from("<Q", data, at)[0] if 0 <= at <= len(data) - 8 else 0


def path_links(rule: str, path: str) -> list[Link]:
    """To a path, to the program that it is, and to the account in whose home it lies."""
    links = [Link(rule, "path", path[:LONGEST])] if path else []
    if known := program_of(path):
        links.append(Link("PROGRAM", "program", known.name))
    if home := _HOME.search(path):
        links.append(Link("IN_HOME_OF", "account", home[1].lower()))
    return links


def path_fields(path: str) -> dict[str, Field]:
    """What a path says beyond itself: its drive letter, and the class of a program of interest."""
    fields: dict[str, Field] = {}
    if drive := _DRIVE.match(path):
        fields["drive"] = Field(drive[1].upper() + ":")
    if known := program_of(path):
        fields["program"] = Field(known.name)
        fields["program_class"] = Field(known.group)
    return fields


def account_of(step: str) -> tuple[str, str]:
    """The security identifier and the account's name that the path of an entry holds; empty where it has none."""
    sid, home = _SID.search(step), _HOME.search(step)
    return sid[1].upper() if sid else "", home[1] if home else ""


def owner(step: str) -> tuple[dict[str, Field], list[Link]]:
    """Whose file an entry is by its path: fields and links."""
    sid, home = account_of(step)
    fields: dict[str, Field] = {}
    links: list[Link] = []
    if not home and re.search(r"(?:^|:)/root/", step):
        home = "root"
    if sid:
        fields["user_sid"] = Field(sid)
        links.append(Link("BY_ACCOUNT", "sid", sid))
    if home:
        fields["account"] = Field(home)
        links.append(Link("BY_ACCOUNT", "account", home.lower()))
    return fields, links

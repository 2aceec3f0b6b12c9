"""Stored times of file systems as `EntryTime`s: the moment, its precision, and what the bytes said."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from forensics.model import EntryTime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FILETIME_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)  # the finest that `datetime` holds; the stored text has the rest
_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)
_LAST_FILETIME = 2650467744000000000  # 10000-01-01, where `datetime` ends


@lru_cache(1 << 14)  # a file's eight times are often one or two
def from_filetime(field: str, value: int) -> EntryTime:
    """NTFS: 100 ns intervals since 1601 in UTC, as an unsigned 64-bit number; 0 is "never"."""
    when = None
    if 0 < value < _LAST_FILETIME:
        when = _FILETIME_EPOCH + timedelta(microseconds=value // 10)
    return EntryTime(field, when, _MICROSECOND, str(value), "utc")


def from_unix(field: str, seconds: int, nanoseconds: int | None) -> EntryTime:
    """Seconds since 1970 in UTC, with nanoseconds where the record stores them; 0 is "never"."""
    precise = nanoseconds is not None
    text = f"{seconds}.{nanoseconds:09d}" if nanoseconds is not None else str(seconds)
    when = None
    if seconds or nanoseconds:
        try:
            when = _EPOCH + timedelta(seconds=seconds, microseconds=(nanoseconds or 0) // 1000)
        except OverflowError:
            when = None
    return EntryTime(field, when, _MICROSECOND if precise else _SECOND, text, "utc")


def from_dos(field: str, date: int, time: int, tens: int | None, *, has_time: bool = True) -> EntryTime:
    """FAT: 16-bit date and time words in local time of an unknown zone.

    `date` is year-1980 (7 bits), month (4), day (5); `time` is hour (5), minute (6), seconds/2 (5);
    `tens` counts 10 ms from 0 to 199. Without `has_time` only the day is stored (last access).
    Source: Microsoft, FAT: General Overview of On-Disk Format, 1.03.
    """
    text = (
        f"date 0x{date:04x}" + (f" time 0x{time:04x}" if has_time else "") + (f" +{tens}" if tens is not None else "")
    )
    precision = _DAY if not has_time else timedelta(seconds=2) if tens is None else timedelta(milliseconds=10)
    return EntryTime(field, _dos(date, time if has_time else 0, tens or 0), precision, text, "unknown")


def from_exfat(field: str, stamp: int, tens: int | None, offset: int) -> EntryTime:
    """exFAT: a 32-bit DOS stamp, 10 ms steps, and the offset from UTC in quarters of an hour.

    Bit 7 of `offset` says that it is valid; the other seven are a signed number.
    Source: Microsoft, exFAT file system specification, §7.4.5–7.4.10.
    """
    text = f"stamp 0x{stamp:08x}" + (f" +{tens}" if tens is not None else "") + f" offset 0x{offset:02x}"
    precision = timedelta(seconds=2) if tens is None else timedelta(milliseconds=10)
    local = _dos(stamp >> 16, stamp & 0xFFFF, tens or 0)
    if not offset & 0x80:
        return EntryTime(field, local, precision, text, "unknown")
    quarters = (offset & 0x7F) - (128 if offset & 0x40 else 0)
    when = None
    if local is not None:
        try:
            when = local.replace(tzinfo=timezone(timedelta(minutes=15 * quarters))).astimezone(UTC)
        except (ValueError, OverflowError):
            when = None
    return EntryTime(field, when, precision, text, "utc")


def _dos(date: int, time: int, tens: int) -> datetime | None:
    """The stored wall time as if it were UTC; None where zero or not a date."""
    if not date:
        return None
    try:
        moment = datetime(
            1980 + (date >> 9),
            (date >> 5) & 15,
            date & 31,
            time >> 11,
            (time >> 5) & 63,
            (time & 31) * 2,
            tzinfo=UTC,
        )
    except ValueError:
        return None
    return moment + timedelta(milliseconds=10 * tens) if tens < 200 else moment


def from_udf(field: str, raw: bytes) -> EntryTime | None:
    """UDF: zone, year, month, day, hour, minute, second, and hundredths down to microseconds; 12 bytes.

    Of the first word, the upper four bits say how to read it: 0 is UTC, 1 local time whose distance from UTC in
    minutes is the lower twelve bits, signed, -2047 for none stated. None where all bytes are zero.
    Source: ECMA-167, 1/7.3; OSTA, UDF 2.60, 2.1.4.
    """
    if not any(raw):
        return None
    word, year, month, day, hour, minute, second, *parts = struct.unpack("<HhBBBBBBBB", raw)
    minutes = (word & 0xFFF) - (0x1000 if word & 0x800 else 0)
    manner = word >> 12
    fraction = parts[0] * 10_000 + parts[1] * 100 + parts[2]
    text = f"{year:04d}-{month:02d}-{day:02d} {hour:02d}:{minute:02d}:{second:02d}.{fraction:06d}"
    known = manner == 0 or (manner == 1 and -1440 <= minutes <= 1440)
    text += " UTC" if manner == 0 else f" zone {minutes:+d} min" if known else f" zone not stated (0x{word:04x})"
    when = None
    if fraction < 1_000_000:
        try:
            when = datetime(year, month, day, hour, minute, second, fraction, UTC)
            when -= timedelta(minutes=minutes if known and manner else 0)
        except (ValueError, OverflowError):
            when = None
    return EntryTime(field, when, _MICROSECOND, text, "utc" if known else "unknown")


def from_iso9660(field: str, raw: bytes) -> EntryTime | None:
    """ISO 9660: year since 1900, month, day, hour, minute, second, quarters of an hour from UTC (signed); 7 bytes.

    None where all bytes are zero. Source: ECMA-119, 9.1.5.
    """
    if len(raw) < 7 or not any(raw):
        return None
    year, month, day, hour, minute, second, quarters = struct.unpack("<6Bb", raw)
    text = f"{1900 + year:04d}-{month:02d}-{day:02d} {hour:02d}:{minute:02d}:{second:02d} zone {15 * quarters:+d} min"
    when = None
    try:
        when = datetime(1900 + year, month, day, hour, minute, second, 0, UTC) - timedelta(minutes=15 * quarters)
    except (ValueError, OverflowError):
        when = None
    return EntryTime(field, when, _SECOND, text, "utc")

"""Values of a QDataStream as Telegram Desktop writes them: numbers high octet first, text in UTF-16, dates.

| value      | octets                                                                                      |
|------------|---------------------------------------------------------------------------------------------|
| QByteArray | u32 length, the octets; FFFFFFFF where there is none                                           |
| QString    | u32 length in octets, UTF-16 high octet first; FFFFFFFF where there is none                     |
| QDateTime  | i64 Julian day, u32 milliseconds of the day, u8: 0 local time, 1 UTC, 2 and an i32 of seconds     |

Source: Qt, Serializing Qt Data Types (format of 5.1).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from forensics.model import Clock, Event

LONGEST = 1 << 20
_NONE = 0xFFFFFFFF
_JULIAN_1970 = 2_440_588
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ZONES = {0: "unknown", 1: "utc"}


class EndOfStreamError(ValueError):
    """A value goes beyond the octets that there are, or is none."""


class Stream:
    """Reads values from `at`, which is then behind them."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        """Read `data` from `at`."""
        self.data = data
        self.at = at

    def take(self, count: int) -> bytes:
        """The next octets."""
        if count > len(self.data) - self.at:
            raise EndOfStreamError(f"{count} octets at {self.at}")
        self.at += count
        return self.data[self.at - count : self.at]

    def u8(self) -> int:
        """One octet."""
        return self.take(1)[0]

    def u32(self) -> int:
        """Four octets."""
        return int.from_bytes(self.take(4), "big")

    def u64(self) -> int:
        """Eight octets."""
        return int.from_bytes(self.take(8), "big")

    def octets(self) -> bytes:
        """A QByteArray."""
        size = self.u32()
        if size != _NONE and size > LONGEST:
            raise EndOfStreamError(f"an array of {size} octets")
        return b"" if size == _NONE else self.take(size)

    def text(self) -> str:
        """A QString."""
        try:
            return self.octets().decode("utf-16-be")
        except UnicodeDecodeError as error:
            raise EndOfStreamError("text that is none") from error

    def moment(self, meaning: str) -> Event | None:
        """A QDateTime as an event of the device's clock; None where it is none of the years 1980 to 2100."""
        start = self.at
        day, thousandths, kind = int.from_bytes(self.take(8), "big", signed=True), self.u32(), self.u8()
        offset = int.from_bytes(self.take(4), "big", signed=True) if kind == 2 else 0
        zone = _ZONES.get(kind) or (f"{offset:+d} s" if kind == 2 else "unknown")
        if not 2_444_240 <= day < 2_488_070 or thousandths >= 86_400_000 or abs(offset) > 86_400:
            return None
        when = _EPOCH + timedelta(days=day - _JULIAN_1970, milliseconds=thousandths, seconds=-offset)
        stored = self.data[start : self.at].hex()
        return Event(when, timedelta(milliseconds=1), meaning, stored, Clock.DEVICE, zone)

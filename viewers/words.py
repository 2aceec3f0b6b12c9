"""Numbers, sizes and times as the screen says them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from resources.languages import tr, tr_count

ZONE_UNKNOWN = tr("zone not stored")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_US = -62_135_596_800_000_000
LAST_US = 253_402_300_799_000_000
NONE_STORED = tr("none stored")
MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US


def moment(us: int | None) -> datetime | None:
    """Microseconds since 1970 as a moment, `None` where the calendar does not reach."""
    if us is None or not FIRST_US <= us <= LAST_US:
        return None
    return EPOCH + timedelta(microseconds=us)


def time_text(us: int | None, precision_us: int = 1_000_000) -> str:
    """A moment in UTC without more digits than its precision."""
    when = moment(us)
    if when is None:
        return NONE_STORED if us is None else tr("out of range")
    digits = 10 if precision_us >= DAY_US else 16 if precision_us >= MINUTE_US else 19
    return when.isoformat(" ")[:digits]


def precision_text(us: int) -> str:
    """A precision in words."""
    if us <= 0:
        return tr("exact as stored")
    if us % DAY_US == 0:
        return plural(us // DAY_US, "day", "days")
    if us % HOUR_US == 0:
        return plural(us // HOUR_US, "hour", "hours")
    if us % MINUTE_US == 0:
        return plural(us // MINUTE_US, "minute", "minutes")
    if us >= 1_000_000:
        return f"{us / 1e6:g} s"
    if us >= 1_000:
        return f"{us / 1e3:g} ms"
    return f"{us} µs"


def duration_text(seconds: float) -> str:
    """A time that has passed."""
    total = max(0, round(seconds))
    if total < 60:
        return f"{total} s"
    if total < 3600:
        return (
            f"{total // 60} min"
            if total >= 600
            else tr("{minutes} min {seconds:02d} s", minutes=total // 60, seconds=total % 60)
        )
    return f"{total // 3600} h {total % 3600 // 60:02d} min"


def left_text(left: tuple[float, float] | None) -> str:
    """An estimate as a range, or the sentence that there is none."""
    if left is None:
        return tr("cannot say yet")
    low, high = sorted(left)
    if high < 90:
        return tr("{low} to {high} s left", low=max(0, round(low)), high=round(high))
    return tr("{low} to {high} min left", low=max(1, round(low / 60)), high=max(1, round(high / 60)))


def size_text(count: int) -> str:
    """Bytes in binary units."""
    if count < 1024:
        return plural(count, "byte", "bytes")
    value = float(count)
    for unit in ("KiB", "MiB", "GiB", "TiB"):
        value /= 1024
        if value < 1024 or unit == "TiB":
            return (
                tr("{value:,.1f} {unit}", value=value, unit=unit)
                if value < 100
                else tr("{value:,.0f} {unit}", value=value, unit=unit)
            )
    return ""


def plural(count: int, one: str, many: str) -> str:
    """A count with its noun."""
    return tr_count(count, one, many)


def grouped(text: str, by: int = 4) -> str:
    """A fingerprint in groups."""
    return " ".join(text[at : at + by] for at in range(0, len(text), by))


def sentence(words: str) -> str:
    """Words of the program as a sentence: a capital, and one full stop."""
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."

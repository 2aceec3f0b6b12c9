"""The axis of a stretch of time: lines at round moments, date above, time below."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from viewers.words import EPOCH, moment

LEAST_US = 60_000_000  # nothing shorter is shown
MICRO = timedelta(microseconds=1)
STEPS = (
    timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=5),
    timedelta(minutes=15), timedelta(hours=1), timedelta(hours=3), timedelta(hours=6), timedelta(hours=12),
    timedelta(days=1), timedelta(days=2), timedelta(days=7), timedelta(days=14),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the axis."""

    x: float
    upper: str
    lower: str
    strong: bool


def _months(start: datetime, end: datetime, step: int) -> list[datetime]:
    found: list[datetime] = []
    at = datetime(start.year, 1, 1, tzinfo=start.tzinfo)
    while at <= end and len(found) < 2000:
        if at >= start:
            found.append(at)
        month = at.month - 1 + step
        year = at.year + month // 12
        if year > 9998:
            break
        at = at.replace(year=year, month=month % 12 + 1)
    return found


def axis(start: int, end: int, left: float, width: float, least: float = 70.0) -> list[Tick]:
    """The lines of an axis between two moments: date above, time below."""
    low, high = moment(start), moment(end)
    if low is None or high is None or width <= 0 or end <= start:
        return []
    per_px = (end - start) / width
    wanted = least * per_px
    step = next((s for s in STEPS if s / MICRO >= wanted), None)
    moments: list[datetime] = []
    months = 0
    if step is not None:
        unit = step // MICRO
        first = -(-start // unit) * unit
        moments = [EPOCH + timedelta(microseconds=at) for at in range(first, end + 1, unit)][:400]
    else:
        month = 30 * 86_400_000_000
        months = next((n for n in (1, 3, 6, 12, 24, 60, 120, 600, 1200, 12_000) if n * month >= wanted), 12_000)
        moments = _months(low, high, months)
    found, day = [], ""
    for when in moments:
        x = left + ((when - EPOCH) // MICRO - start) / per_px
        date = f"{when:%a} {when.day} {when:%b %Y}" if step is not None else ""
        if step is None:
            lower = f"{when:%b}" if months < 12 else f"{when:%Y}"
            upper = f"{when:%Y}" if f"{when:%Y}" != day and months < 12 else ""
            day = f"{when:%Y}"
        elif step >= timedelta(days=1):
            lower = f"{when.day} {when:%b}"
            upper = f"{when:%Y}" if f"{when:%Y}" != day else ""
            day = f"{when:%Y}"
        else:
            lower = f"{when:%H:%M:%S}" if step < timedelta(minutes=1) else f"{when:%H:%M}"
            upper = date if date != day else ""
            day = date
        found.append(Tick(x, upper, lower, bool(upper)))
    return found

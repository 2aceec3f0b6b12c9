"""Who held an exhibit, from when to when, as lanes to draw: from the events of `custody timeline --json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from resources.languages import tr
from viewers.words import EPOCH, plural

NOBODY = tr("holder not named")
HAND_TO_HAND_S = 300
"""Between two signatures of one hand-over; what lasts longer, or was accepted by one person alone, is a gap."""
WORDS = {
    "seize": tr("seized"), "receive": tr("received"), "store": tr("stored"), "seal": tr("sealed"), "release": tr("released"),
    "accept": tr("accepted"), "return": tr("returned"), "destroy": tr("destroyed"), "acquire.begin": tr("imaging began"),
    "acquire.end": tr("imaged"), "acquire.abort": tr("imaging was stopped"), "verify.end": tr("image checked"),
    "scan.begin": tr("examination began"), "scan.end": tr("examined"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """A signed event, or work on the exhibit while somebody held it."""

    lane: int
    when: int  # microseconds since 1970, as the computer's clock claimed it
    kind: str
    words: str
    entry: int
    work: bool
    proven: tuple[int | None, int | None]  # not before, not after
    flags: tuple[str, ...] = ()
    said: Mapping[str, Any] = field(default_factory=dict)

    @property
    def claimed(self) -> bool:
        """Whether no verified time-stamp bounds it at all."""
        return self.proven == (None, None)


@dataclass(frozen=True, slots=True)
class Held:
    """A stretch in which one person held it; without an end they hold it still."""

    lane: int
    start: int
    end: int | None


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of which the record does not say who held it; without an end nobody has accepted it yet."""

    start: int
    end: int | None
    released: Mark
    accepted: Mark | None
    by_hand: bool  # both signed, one right after the other

    @property
    def length(self) -> str:
        """How long, in words."""
        if self.end is None:
            return tr("not ended")
        return length_text((self.end - self.start) // 1_000_000)

    @property
    def words(self) -> str:
        """What the sign says."""
        if self.by_hand:
            return tr("{length} between the two signatures", length=self.length)
        return (
            tr("No record for {length}", length=self.length)
            if self.end is not None
            else tr("No record since: not accepted yet")
        )


@dataclass(slots=True)
class Holding:
    """All that is drawn of one exhibit."""

    lanes: list[str] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)  # in order of the record

    @property
    def red(self) -> list[Gap]:
        """The gaps that are no hand-over from hand to hand."""
        return [gap for gap in self.gaps if not gap.by_hand]


def length_text(seconds: int) -> str:
    """A length to the second, so that nobody has to ask."""
    days, rest = divmod(max(0, seconds), 86_400)
    hours, minutes, left = rest // 3600, rest % 3600 // 60, rest % 60
    if days:
        return f"{plural(days, 'day', 'days')} {hours} h {minutes:02d} min"
    if hours:
        return tr("{hours} h {minutes:02d} min {left:02d} s", hours=hours, minutes=minutes, left=left)
    return tr("{minutes} min {left:02d} s", minutes=minutes, left=left) if minutes else f"{left} s"


def moment_us(text: Any) -> int | None:
    """A time of the record as microseconds since 1970; `None` where it is none."""
    if not isinstance(text, str):
        return None
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    if when.tzinfo is None:
        return None
    since = when - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def holding_of(story: Mapping[str, Any]) -> Holding:
    """Lay out one exhibit's story; events whose time is no time are left out of the lanes."""
    found = Holding()
    events = sorted([*story.get("events", ()), *story.get("work", ())], key=lambda each: int(each["entry"]))
    lane = start = -1  # who holds it now, since when
    released: Mark | None = None
    for each in events:
        when = moment_us(each.get("time"))
        if when is None:
            continue
        kind = str(each["kind"])
        work = "." in kind
        here = lane
        if not work and kind != "release":
            to = str(each.get("to") or "")
            here = _lane(found, to) if to or lane < 0 else lane
        elif here < 0:
            named = "" if work else str(each.get("from") or "")
            here = released.lane if released is not None and work else _lane(found, named)
        mark = Mark(
            here, when, kind, _words(kind, each), int(each["entry"]), work, _proven(each),
            tuple(map(str, each.get("flags") or ())), each,
        )  # fmt: skip
        found.marks.append(mark)
        if work:
            continue
        if released is not None:
            quick = when - released.when <= HAND_TO_HAND_S * 1_000_000
            by_hand = kind == "accept" and bool(each.get("vkey")) and quick
            found.gaps.append(Gap(released.when, max(when, released.when), released, mark, by_hand))
            released = None
        if lane >= 0 and (here != lane or kind in ("release", "return", "destroy")):
            found.held.append(Held(lane, start, max(when, start)))
            lane = -1
        if kind == "release":
            released = mark
        elif kind not in ("return", "destroy") and lane < 0:
            lane, start = here, when
    if lane >= 0:
        found.held.append(Held(lane, start, None))
    if released is not None:
        found.gaps.append(Gap(released.when, None, released, None, by_hand=False))
    return found


def _lane(found: Holding, name: str) -> int:
    name = name or NOBODY
    if name not in found.lanes:
        found.lanes.append(name)
    return found.lanes.index(name)


def _proven(each: Mapping[str, Any]) -> tuple[int | None, int | None]:
    both: Sequence[Any] = each.get("proven") or (None, None)
    return moment_us(both[0]), moment_us(both[1])


def _words(kind: str, each: Mapping[str, Any]) -> str:
    words = WORDS.get(kind, kind)
    seal, place = str(each.get("seal_after") or each.get("seal_before") or ""), str(each.get("place") or "")
    return ", ".join(part for part in (words, place, tr("seal {seal}", seal=seal) if seal else "") if part)

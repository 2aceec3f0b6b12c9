"""What text logs of conversations have in common: lines in a layer, moments, and the finding made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from forensics.model import ByteRun, Clock, Event, Field, Layer, Value

LARGEST = 64 << 20  # of one log
LONGEST_LINE = 64 << 10
LONGEST_TEXT = 4_096
LONGEST_NAME = 256
MOST_MESSAGES = 20_000
MOST_EVENTS = 2_000
_PIECE = 64 << 10
_STRANGE = re.compile(rb"[\x00\x0e\x10-\x12\x14\x15\x17-\x1c]")  # not text, nor a code of mIRC
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan gen ene janv januar january januari",
            "feb fev fév févr februar february",
            "mar mär mrz mars march märz",
            "apr abr avr april avril",
            "may mai mag mei",
            "jun giu juin june juni",
            "jul lug juil july juli",
            "aug ago août aout august",
            "sep set sept september",
            "oct okt ott out october oktober",
            "nov november",
            "dec dez dic déc december dezember",
        ),
        1,
    )
    for name in names.split()
}


def shown_time(when: datetime | None, stored: str, zone: str) -> str:
    """The time of a message; the letter Z stands behind it only where the zone is known."""
    return stored if when is None else f"{when:%Y-%m-%dT%H:%M:%S}{'' if zone == 'unknown' else 'Z'}"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text without its end: where it starts in the layer, and its octets."""

    offset: int
    data: bytes

    @property
    def text(self) -> str:
        """As text: UTF-8, else Windows-1252."""
        try:
            return self.data.decode("utf-8")
        except UnicodeDecodeError:
            return self.data.decode("cp1252", "replace")


@dataclass(slots=True)
class Message:
    """A message or a remark of the program (without sender). `when` is in UTC, or wall time as if it were."""

    text: str
    sender: str
    when: datetime | None
    stored: str
    offset: int
    length: int
    own: bool | None = None

    def mapping(self, zone: str) -> dict[str, Value]:
        """As it stands in the field `messages`."""
        told: dict[str, Value] = {
            "time": shown_time(self.when, self.stored, zone),
            "sender": self.sender[:LONGEST_NAME],
            "text": self.text[:LONGEST_TEXT],
            "span_offset": self.offset,
            "span_length": self.length,
        }
        if self.own is not None:
            told["own"] = self.own
        return told


@dataclass(slots=True)
class Conversation:
    """Messages in stored order with the zone that their times are in."""

    zone: str = "unknown"
    precision: timedelta = timedelta(seconds=1)
    clock: Clock = Clock.DEVICE
    messages: list[Message] = field(default_factory=list)
    caveats: list[str] = field(default_factory=list)
    end: int = 0
    more: int = 0

    def add(self, message: Message) -> None:
        """Take a message in, up to the bound; the rest is counted."""
        if len(self.messages) < MOST_MESSAGES:
            self.messages.append(message)
        else:
            self.more += 1
        self.end = max(self.end, message.offset + message.length)

    def fields(self) -> dict[str, Field]:
        """The messages, who wrote them and when the first and last were."""
        senders = dict.fromkeys(each.sender for each in self.messages if each.sender)
        told = {
            "messages": Field(tuple(each.mapping(self.zone) for each in self.messages)),
            "message_count": Field(sum(bool(each.sender) for each in self.messages) + self.more),
            "senders": Field(tuple(each[:LONGEST_NAME] for each in list(senders)[:500])),
            "zone": Field(self.zone),
        }
        dated = [each for each in self.messages if each.when]
        for name, each in (("first", dated[:1]), ("last", dated[-1:])):
            for one in each:
                told[name] = Field(shown_time(one.when, one.stored, self.zone), ByteRun(one.offset, one.length))
        return told

    def events(self) -> Iterator[Event]:
        """One for each dated message; of very many the first ones and the last."""
        dated = [each for each in self.messages if each.when and each.sender]
        if len(dated) > MOST_EVENTS:
            dated = dated[: MOST_EVENTS - 1] + dated[-1:]
        for each in dated:
            assert each.when is not None
            yield Event(each.when, self.precision, "message", each.stored, self.clock, self.zone)

    def limits(self) -> Iterator[str]:
        """What must be said with the messages."""
        yield from self.caveats
        if self.more:
            yield f"Only the first {MOST_MESSAGES:,} messages are listed; {self.more:,} more follow."
        if self.zone == "unknown" and any(each.when for each in self.messages):
            yield "The log does not say in which time zone its times are."


def lines(layer: Layer, start: int) -> Iterator[Line]:
    """Lines from `start` until text ends; a line that is too long is given in pieces."""
    at, held = start, b""
    while at + len(held) - start < LARGEST:
        piece = layer.read(at + len(held), _PIECE)
        strange = _STRANGE.search(piece)
        last = strange is not None or len(piece) < _PIECE
        held += piece[: strange.start()] if strange else piece
        whole = held.split(b"\n")
        held = whole.pop()
        for each in whole:
            yield Line(at, each.rstrip(b"\r"))
            at += len(each) + 1
        if last:
            if held:
                yield Line(at, held.rstrip(b"\r"))
            return
        if len(held) > LONGEST_LINE:
            yield Line(at, held)
            at += len(held)
            held = b""


def line_start(layer: Layer, at: int) -> int:
    """Where the line around `at` starts, looking back at most 1 KiB."""
    base = max(0, at - 1_024)
    window = layer.read(base, at - base)
    return base + max(window.rfind(b"\n"), window.rfind(b"\0")) + 1


def month(name: str) -> int:
    """The number of a month in one of the languages known here; 0 if it is none."""
    return _MONTHS.get(name.strip(".").lower(), 0)


_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:.](\d\d)(?:[:.](\d\d))?(?:\s?([AaPp])\.?[Mm]\b)?")
_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d\d?)[-/.](\d\d?)(?!\d)")
_NUMERIC = re.compile(r"(?<![\d:])(\d\d?)([-/.])(\d\d?)[-/.](\d{4})(?!\d)")
_NAMED = (
    re.compile(r"\b([^\W\d_]{3,9})\.?\s+(\d{1,2})\b.*?\b((?:19|20)\d\d)\b"),
    re.compile(r"\b(\d{1,2})\.?\s+([^\W\d_]{3,9})\.?,?\s+((?:19|20)\d\d)\b"),
)


def clock(text: str) -> tuple[int, int, int] | None:
    """Hour, minute and second in a text; None where it has none."""
    for each in _CLOCK.finditer(text):
        hour, minute, second = int(each[1]), int(each[2]), int(each[3] or 0)
        if each[4]:
            hour = hour % 12 + (12 if each[4] in "pP" else 0)
        if hour < 24 and minute < 60 and second < 60:
            return hour, minute, second
    return None


def date(text: str) -> tuple[int, int, int] | None:
    """Year, month and day in a text of some locale; None where it has none or the order is open."""
    if each := _ISO.search(text):
        return _real(int(each[1]), int(each[2]), int(each[3]))
    if each := _NUMERIC.search(text):
        first, second, year = int(each[1]), int(each[3]), int(each[4])
        if each[2] == "." or first > 12:
            return _real(year, second, first)
        if second > 12 or first == second or re.search(r"\d\s?[AaPp][Mm]\b", text):
            return _real(year, first, second)
        return None
    for expression in _NAMED:
        for each in expression.finditer(text):
            name, day = (each[1], each[2]) if expression is _NAMED[0] else (each[2], each[1])
            if number := month(name):
                return _real(int(each[3]), number, int(day))
    return None


def _real(year: int, number: int, day: int) -> tuple[int, int, int] | None:
    try:
        datetime(year, number, day, tzinfo=UTC)
    except ValueError:
        return None
    return year, number, day


@dataclass(slots=True)
class Wall:
    """A clock that only shows hours: the day goes on when it jumps back by more than half a day."""

    day: datetime | None
    ahead: timedelta = timedelta(0)
    last: timedelta = timedelta(0)

    def at(self, time: tuple[int, int, int]) -> datetime | None:
        """The moment of an hour, minute and second, in UTC."""
        if self.day is None:
            return None
        now = timedelta(hours=time[0], minutes=time[1], seconds=time[2])
        if now < self.last - timedelta(hours=12):
            self.turn(self.day + timedelta(days=1))
        self.last = now
        return self.day + now - self.ahead

    def turn(self, day: datetime | None) -> None:
        """Go on to another day."""
        self.day, self.last = day, timedelta(0)


def midnight(parts: tuple[int, int, int] | None) -> datetime | None:
    """The start of a day, as if in UTC; only of years in which there were such programs."""
    return datetime(*parts, tzinfo=UTC) if parts and 1988 <= parts[0] <= 2099 else None


def names_in(senders: Iterable[str]) -> tuple[str, ...]:
    """Senders without the signs of rank that IRC puts before them."""
    return tuple(dict.fromkeys(each.lstrip("@+%&~ ") for each in senders if each))

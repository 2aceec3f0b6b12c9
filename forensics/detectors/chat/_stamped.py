"""Logs in which each message is a line with a full stamp: where one starts, its lines, and the finding of it."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Specimen, Trigger, finding
from forensics.detectors.chat._log import LONGEST_TEXT, Conversation, Line, Message, line_start, lines
from forensics.model import Absent, Check, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

REACH = 16 << 10  # between two stamped lines of one log: a message of many lines stands there
OWN, PEER = "own account", "contact"  # where a log has the direction and not the name
_STRANGE = re.compile(rb"[\x00\x0e\x10-\x12\x14\x15\x17-\x1c]")


@dataclass(slots=True)
class Entry:
    """What a stamped line says: who, what, when (UTC, or wall time as if it were), and which way."""

    sender: str
    text: str
    when: datetime | None
    stored: str
    own: bool | None = None


@dataclass(slots=True)
class Place:
    """What the path of a log says: the account, the peer or room, and whether the path is the program's."""

    account: str = ""
    peer: str = ""
    agrees: bool = False
    room: bool = False
    extra: dict[str, str] = field(default_factory=dict)


class StampedLog(ABC):
    """A program's log: the form of a stamp, how the rest of a line is read, what its path says."""

    kind: ClassVar[str]
    title: ClassVar[str]
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]]
    references: ClassVar[tuple[str, ...]]
    specimens: ClassVar[tuple[Specimen, ...]]
    program: ClassVar[str]
    form: ClassVar[re.Pattern[bytes]]  # of the stamp that a line starts with
    zone: ClassVar[str] = "unknown"
    precision: ClassVar[timedelta] = timedelta(seconds=1)
    least: ClassVar[int] = 1  # lines, where the path says nothing

    @abstractmethod
    def entry(self, stamp: re.Match[bytes], rest: str, place: Place) -> Entry | None:
        """What a line says; None where it is none of this program's."""

    @abstractmethod
    def place(self, path: str) -> Place:
        """What a path says."""

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The log whose first line is the one around `at`."""
        start = first_line(layer, at, self.form)
        if start is None:
            return
        place = self.place(layer.locator.step)
        talk = Conversation(zone=self.zone, precision=self.precision, end=start)
        good = bad = 0
        last: Message | None = None
        stamped = start
        for line in lines(layer, start):
            stamp = self.form.match(line.data)
            if stamp is None:
                if line.offset - stamped > REACH:
                    break
                if last is not None and line.data.strip():
                    _go_on(talk, last, line)
                continue
            if line.offset - stamped > REACH:
                break
            stamped = line.offset
            said = self.entry(stamp, Line(0, line.data[stamp.end() :]).text, place)
            if said is None:
                bad += 1
                last = None
                continue
            good += 1
            last = Message(said.text, said.sender, said.when, said.stored, line.offset, len(line.data), said.own)
            talk.add(last)
        if good and bad <= good // 4 and (place.agrees or good >= self.least):
            yield self._found(layer, start, talk, place, good)

    def _found(self, layer: Layer, start: int, talk: Conversation, place: Place, good: int) -> Finding:
        fields = {"program": Field(self.program), **talk.fields()}
        for name, text in (("account", place.account), ("peer", place.peer), *place.extra.items()):
            if text:
                fields[name] = Field(text[:300])
        others = dict.fromkeys(each.sender for each in talk.messages if each.own is not True)
        for nobody in ("", PEER):
            others.pop(nobody, None)
        peer = place.peer or (next(iter(others)) if len(others) == 1 else "")
        links = [Link("CONVERSATION_OF", "account", place.account.lower())] if place.account else []
        if peer:
            links.append(Link("CONVERSATION_WITH", "irc" if peer.startswith("#") else "account", bare(peer)))
        sure = good >= 3
        grade = Grade.C3 if place.agrees else Grade.C2 if sure and self.least == 1 else Grade.C1
        return finding(
            self,
            layer,
            start,
            talk.end - start,
            grade=grade,
            value=bare(peer) or Absent.NONE_STORED,
            checks=(
                Check("lines in form", Outcome.PASS if sure else Outcome.FAIL, min(60, 20 * good)),
                Check("name of the file", Outcome.PASS if place.agrees else Outcome.NOT_APPLICABLE, 30),
            ),
            fields=fields,
            events=tuple(talk.events()),
            links=tuple(links),
            caveats=tuple(talk.limits()),
            sensitivity=Sensitivity.PERSONAL,
        )


def first_line(layer: Layer, at: int, form: re.Pattern[bytes]) -> int | None:
    """Where the line around `at` starts, if it is stamped and no stamped line stands within reach before it."""
    start = line_start(layer, at) if at else 0
    if not form.match(layer.read(start, 200)):
        return None
    for reach in (512, REACH):  # mostly the line before says it
        base = max(0, start - reach - 1)
        window = layer.read(base, start - base)
        if not base:
            window = b"\n" + window
        if strange := max((each.start() for each in _STRANGE.finditer(window)), default=-1) + 1:
            window = b"\n" + window[strange:]
        place = window.find(b"\n")
        while place >= 0:
            if form.match(window, place + 1):
                return None
            place = window.find(b"\n", place + 1)
        if not base or strange:
            break
    return start


def _go_on(talk: Conversation, last: Message, line: Line) -> None:
    if len(last.text) < LONGEST_TEXT and not talk.more:
        last.text += "\n" + line.text
        last.length = line.offset + len(line.data) - last.offset
        talk.end = max(talk.end, last.offset + last.length)


def bare(name: str) -> str:
    """An account without the resource that XMPP puts behind a slash, in lower case."""
    name = name.strip().lower()
    return name.split("/", 1)[0] if "@" in name else name


def moment_of(date: str, time: str, zone: str = "Z") -> datetime | None:
    """The moment of `YYYYMMDD` or with signs between, `HH:MM:SS[.f]`, and a zone (`Z`, `+01:00`); None if none."""
    digits = re.sub(r"\D", "", date)
    clock = re.fullmatch(r"(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?", time)
    ahead = re.fullmatch(r"(?:Z|([+-])(\d\d):?(\d\d)?)?", zone)
    if clock is None or ahead is None or len(digits) != 8:
        return None
    try:
        hour, minute, second = (int(each) for each in clock.groups())
        wall = datetime(int(digits[:4]), int(digits[4:6]), int(digits[6:]), hour, minute, second, tzinfo=UTC)
        shift = timedelta(hours=int(ahead[2] or 0), minutes=int(ahead[3] or 0))
        return wall - shift * (-1 if ahead[1] == "-" else 1)
    except (ValueError, OverflowError):
        return None

"""Logs of IRC programs: irssi, WeeChat, XChat and HexChat, mIRC.

| program | a session starts | a line |
|---|---|---|
| irssi | `--- Log opened Thu Feb 29 23:59:58 2024` | `HH:MM <@nick> text`, `HH:MM -!- remark`, `HH:MM  * nick acts` |
| XChat, HexChat | `**** BEGIN LOGGING AT <date>`, in the user's language | `Feb 29 23:59:58 <nick>` TAB `text` |
| mIRC | `Session Start: <date>`, `Session Ident: #channel` | `[HH:MM:SS] <nick> text`, with colour codes 03 |
| XChat, HexChat scroll-back | no mark | `T ` seconds since 1970, then the line as shown |
| WeeChat | no mark | `YYYY-MM-DD HH:MM:SS` TAB `nick`, `-->`, `<--`, `--` or ` *` TAB `text` |

The year of XChat's lines is that of the mark before them; where December turns to January it goes on.
irssi tells a new day by `--- Day changed …`. Each session gives its own finding; a WeeChat log is one.

Not recorded: the network (it is in the folder's name), the zone, except a `Z` in new WeeChat, and in irssi
the second. Who stood behind a nick is for the server to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.chat._log import (
    Conversation,
    Line,
    Message,
    Wall,
    clock,
    date,
    line_start,
    lines,
    midnight,
    month,
    names_in,
)
from forensics.detectors.chat._specimens import IRC
from forensics.detectors.chat._stamped import OWN
from forensics.model import (
    Absent,
    ByteRun,
    Check,
    Clock,
    Event,
    Field,
    Finding,
    Grade,
    Layer,
    Link,
    Outcome,
    Sensitivity,
)

_CODES = re.compile(r"\x03(?:\d{1,2}(?:,\d{1,2})?)?|[\x02\x04\x08\x0f\x11\x16\x1d-\x1f]")  # mIRC's formatting
_CHANNEL = re.compile(
    r"(?:has joined|[Nn]ow talking (?:on|in)|You are now talking on|Topic for|Session Ident:|[Tt]alking on)\s{1,3}"
    r"([#&!+][^\s,:\x07]{1,60})"
)
_QUERY = re.compile(r"Starting query in (\S{1,60}) with (\S{1,60})")
_SPOKEN = re.compile(r"\s?<([^<>\s]{0,2}[^<>]{1,60})>\s?(.*)", re.DOTALL)
_ACTED = re.compile(r"\s{0,2}\*{1,3}\s{1,3}(\S{1,60})\s(.*)", re.DOTALL)
_MIRC_MARK = re.compile(r"Session (Start|Close|Ident|Time): (.{1,80})")
_XCHAT_MARK = re.compile(r"\*\*\*\* [^*]{5,60}? (\S.{8,40} \d{4})\s*$")
_IRSSI_MARK = re.compile(r"--- (Log opened|Log closed|Day changed) (.{10,40})")
_IRSSI_LINE = re.compile(r"(\d\d:\d\d(?::\d\d)?) ?(.*)", re.DOTALL)
_XCHAT_LINE = re.compile(r"\s?([^\W\d_]{3,9})\.? {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d) (.*)", re.DOTALL)
_MIRC_LINE = re.compile(r"\[(\d\d:\d\d(?::\d\d)?(?: ?[AaPp][Mm])?)\] ?(.*)", re.DOTALL)
_WEECHAT_LINE = re.compile(
    rb"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d{1,9})?(Z)?\t([^\t\n]{0,80})\t([^\n]{0,65536})"
)
_WEECHAT_REMARK = re.compile(rb"(?m)^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,9})?Z?\t(?:-->|<--|--|=!=)\t")
_WEECHAT_SENT = re.compile(r"MSG\([^\s()]{1,60}\): ")  # to a nick without a window of its own
_SCROLLBACK = re.compile(rb"T (\d{9,10}) ")
MOST_STRANGE = 20  # lines in a row that are none of the log's


@dataclass(slots=True)
class _Session:
    """A session being read: the clock, what it says of itself, and what was strange."""

    program: str
    talk: Conversation
    wall: Wall
    first: datetime | None = None
    channel: str = ""
    network: str = ""
    strange: int = 0
    good: int = 0
    closed: bool = False

    def take(self, line: Line, stamp: str, when: datetime | None, rest: str) -> None:
        """A line with a time: something said, done, or remarked by the program."""
        rest = _CODES.sub("", rest)
        sender, text = "", rest.strip()
        if spoken := _SPOKEN.match(rest):
            sender, text = spoken[1].strip(), spoken[2]
        elif (acted := _ACTED.match(rest)) and not self.program.startswith("XChat"):
            sender, text = acted[1], "* " + acted[2]
        self.note(text if not sender else "")
        self.put(line, stamp, when, sender, text)

    def put(
        self, line: Line, stamp: str, when: datetime | None, sender: str, text: str, *, own: bool | None = None
    ) -> None:
        """Add a message."""
        self.strange, self.good = 0, self.good + 1
        self.talk.add(Message(text, sender, when, stamp, line.offset, len(line.data), own))

    def note(self, remark: str) -> None:
        """Look for the channel in what the program remarked."""
        if not self.channel and (found := _CHANNEL.search(remark)):
            self.channel = found[1]
        if not self.channel and (query := _QUERY.search(remark)):
            self.network, self.channel = query[1], query[2]


class Irc:
    """Logs of IRC programs."""

    kind: ClassVar[str] = "chat/irc"
    title: ClassVar[str] = "IRC log"
    version: ClassVar[int] = 3
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"--- Log opened \b"),
        Trigger(rb"\*\*\*\* [^\r\n*]{5,90} \d\d:\d\d:\d\d \d\d\d\d\b"),
        Trigger(rb"Session Start: \b"),
        Trigger(rb"\d\d:\d\d:\d\d(?:\.\d{1,9})?Z?\t(?:-->|<--|--|=!=)\t"),
        Trigger(name="*.weechatlog"),
        Trigger(name="*scrollback*"),
    )
    references: ClassVar[tuple[str, ...]] = (
        "irssi: src/core/log.c",
        "HexChat: src/common/text.c",
        "WeeChat: src/plugins/logger/",
        "mIRC help: logging",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = IRC

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The session that the line around `at` opens, or the WeeChat log that it is in."""
        start = line_start(layer, at)
        first = next(lines(layer, start), None)
        if first is None:
            return
        text = first.text
        if mark := _IRSSI_MARK.search(text):
            if mark[1] == "Log opened" and mark.start() == 0:
                yield from self._session(layer, first, "irssi", mark[2], _irssi)
        elif mark := _MIRC_MARK.search(text):
            if mark[1] == "Start" and mark.start() <= 1:
                yield from self._session(layer, first, "mIRC", mark[2], _mirc)
        elif mark := _XCHAT_MARK.match(text):
            yield from self._session(layer, first, "XChat or HexChat", mark[1], _xchat)
        else:
            yield from self._weechat(layer, at, start)

    def _session(
        self,
        layer: Layer,
        first: Line,
        program: str,
        opened: str,
        read: Callable[[_Session, Line, str], bool],
    ) -> Iterator[Finding]:
        day, time = midnight(date(opened)), clock(opened)
        talk = Conversation(end=first.offset + len(first.data))
        if program == "irssi":
            talk.precision = timedelta(minutes=1)
        session = _Session(program, talk, Wall(day))
        if day is not None and time is not None:
            session.first = session.wall.at(time)
        following = lines(layer, first.offset)
        next(following, None)
        for line in following:
            text = line.text
            if not text.strip():
                continue
            if not read(session, line, text):
                break
            if session.strange > MOST_STRANGE:
                talk.caveats.append("What follows the last message is not of this log.")
                break
        if not session.good:
            return
        if day is None:
            talk.caveats.append("The date on which the session was opened cannot be read.")
        began: tuple[Event, ...] = ()
        if session.first is not None:
            second = timedelta(seconds=1)
            began = (Event(session.first, second, "log opened", opened.strip(), Clock.DEVICE, "unknown"),)
        span = ByteRun(first.offset, len(first.data))
        yield self._found(layer, first.offset, session, began, {"opened": Field(opened.strip(), span)})

    def _weechat(self, layer: Layer, at: int, start: int) -> Iterator[Finding]:
        """A log of WeeChat, woken at its first remark (or by its name); later remarks are passed over."""
        named = at == 0
        if named and _SCROLLBACK.match(layer.read(0, 64)):
            yield from self._scrollback(layer)
            return
        begin = 0 if named else _weechat_begin(layer, start)
        if begin is None:
            return
        session = _Session("WeeChat", Conversation(end=begin), Wall(None))
        remarks = 0
        for line in lines(layer, begin):
            match = _WEECHAT_LINE.match(line.data)
            if match is None:
                session.strange += 1
                if session.strange > MOST_STRANGE or (not session.good):
                    break
                continue
            day, time = midnight(date(match[1].decode())), clock(match[2].decode())
            when = None
            if day is not None and time is not None:
                when = day + timedelta(hours=time[0], minutes=time[1], seconds=time[2])
            session.talk.zone = "utc" if match[3] else session.talk.zone
            nick, text = Line(0, match[4]).text, _CODES.sub("", Line(0, match[5]).text)
            stamp = match[1].decode() + " " + match[2].decode()
            if nick in ("-->", "<--", "--", "=!=", ""):
                remarks += nick != ""
                session.note(text)
                sent = _WEECHAT_SENT.match(text) if nick == "--" else None
                session.put(line, stamp, when, OWN if sent else "", text, own=True if sent else None)
            elif nick.strip() == "*":
                sender, _, text = text.partition(" ")
                session.put(line, stamp, when, sender, "* " + text)
            else:
                session.put(line, stamp, when, nick.strip(), text)
        if session.good < 2 or bool(remarks) is named or (named and ".weechatlog" not in layer.locator.step):
            return  # where there are remarks, the first of them wakes us, not the name
        yield self._found(layer, begin, session, (), {})

    def _scrollback(self, layer: Layer) -> Iterator[Finding]:
        """What XChat and HexChat keep to fill a window again: seconds since 1970, then a line as shown."""
        session = _Session("XChat or HexChat, scroll-back", Conversation(zone="utc"), Wall(None))
        for line in lines(layer, 0):
            match = _SCROLLBACK.match(line.data)
            if match is None:
                session.strange += 1
                if session.strange > MOST_STRANGE:
                    break
                continue
            seconds = int(match[1])
            when = datetime.fromtimestamp(seconds, UTC) if seconds > 600_000_000 else None
            rest = Line(0, line.data[match.end() :]).text
            session.take(line, match[1].decode(), when, rest)
        if session.good >= 2:
            yield self._found(layer, 0, session, (), {})

    def _found(
        self, layer: Layer, start: int, session: _Session, began: tuple[Event, ...], extra: dict[str, Field]
    ) -> Finding:
        talk = session.talk
        fields = {"program": Field(session.program), **extra, **talk.fields()}
        if session.channel:
            fields["channel"] = Field(session.channel)
        if session.network:
            fields["network"] = Field(session.network)
        senders = names_in(each.sender for each in talk.messages if each.sender != OWN)
        links = [Link("SPOKE_IN_LOG", "nick", each) for each in senders[:100]]
        if session.channel:
            links.append(Link("CONVERSATION_WITH", "irc", session.channel.lower()))
        sure = session.good >= 3 or bool(session.closed)
        return finding(
            self,
            layer,
            start,
            talk.end - start,
            grade=Grade.C2 if sure else Grade.C1,
            value=session.channel.lower() or Absent.NONE_STORED,
            checks=(
                Check("mark of a session", Outcome.PASS if extra else Outcome.NOT_APPLICABLE, 40),
                Check("lines in form", Outcome.PASS if sure else Outcome.FAIL, min(60, 20 * session.good)),
            ),
            fields=fields,
            events=(*began, *talk.events()),
            links=tuple(links),
            caveats=tuple(talk.limits()),
            sensitivity=Sensitivity.PERSONAL,
        )


def _irssi(session: _Session, line: Line, text: str) -> bool:
    if mark := _IRSSI_MARK.match(text):
        if mark[1] == "Log opened":
            return False
        if mark[1] == "Day changed":
            session.wall.turn(midnight(date(mark[2])))
            return True
        session.closed = True
        session.talk.end = line.offset + len(line.data)
        return False
    match = _IRSSI_LINE.match(text)
    time = clock(match[1]) if match else None
    if match is None or time is None:
        session.strange += 1
        return True
    session.take(line, match[1], session.wall.at(time), match[2])
    return True


def _mirc(session: _Session, line: Line, text: str) -> bool:
    plain = _CODES.sub("", text)
    if mark := _MIRC_MARK.match(plain):
        if mark[1] == "Start":
            return False
        if mark[1] == "Ident":
            session.channel = session.channel or mark[2].strip()[:60]
        if mark[1] == "Time":
            session.wall.turn(midnight(date(mark[2])))
        if mark[1] == "Close":
            session.closed = True
            session.talk.end = line.offset + len(line.data)
            return False
        return True
    match = _MIRC_LINE.match(plain)
    time = clock(match[1]) if match else None
    if match is None or time is None:
        session.strange += 1
        return True
    session.take(line, match[1], session.wall.at(time), match[2])
    return True


def _xchat(session: _Session, line: Line, text: str) -> bool:
    if _XCHAT_MARK.match(text):
        session.closed = session.good > 0
        if session.closed:
            session.talk.end = line.offset + len(line.data)
        return False
    match = _XCHAT_LINE.match(text)
    if match is None:
        session.strange += 1
        return True
    stamp = text[: match.start(6)].strip()
    session.take(line, stamp, _xchat_time(session, match), match[6])
    return True


def _xchat_time(session: _Session, match: re.Match[str]) -> datetime | None:
    """The line's own month and day with the year of the mark, or the next one behind New Year."""
    number = month(match[1])
    if session.first is None or not number:
        return None
    year = session.first.year + (number < session.first.month - 6)
    try:
        return datetime(year, number, int(match[2]), int(match[3]), int(match[4]), int(match[5]), tzinfo=UTC)
    except ValueError:
        return None


def _weechat_begin(layer: Layer, start: int) -> int | None:
    """Where the log starts that has its first remark at `start`; None when an earlier remark is in it."""
    begin, size = start, 1_024
    while begin:
        base = max(0, begin - size)
        window = layer.read(base, begin - base)
        cut = window.rfind(b"\0") + 1
        if base and not cut:
            cut = window.find(b"\n") + 1
            if not cut:
                return begin
        whole = window[cut:].split(b"\n")
        whole.pop()  # what is behind the last end of line: nothing, `begin` starts a line
        place = begin
        for line in reversed(whole):
            if not _WEECHAT_LINE.match(line):
                return place
            place -= len(line) + 1
            if _WEECHAT_REMARK.match(line):
                return None
        if cut and window[cut - 1] == 0:
            return place
        if place == begin:
            return begin
        begin, size = place, min(2 * size, 64 << 10)
    return begin


DETECTOR: Detector = Irc()

"""Logs of Pidgin, Finch and other programs on libpurple, and of Adium.

| form | how it is written |
|---|---|
| text | `Conversation with <peer> at <date> on <account> (<protocol>)`, then `(HH:MM:SS) <name>: <text>` |
| HTML | the same in `<title>` and a heading; `<font color="#16569E">` own, `#A82F2F` the peer's |
| Adium | `<chat xmlns="http://purl.org/net/ulf/ns/…" account= service=>`, `<message sender= time=>` |

The file's name is `YYYY-MM-DD.HHMMSS±ZZZZ<zone>.txt` in `logs/<protocol>/<account>/<peer>/`: only there
libpurple writes the zone. The heading's date is in the user's locale; where its order of day and month is
open and there is no name, the times stay without a day.

Not recorded: whether a message arrived, the zone in carved text, and what was said while logging was off.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.chat._log import (
    LONGEST_TEXT,
    Conversation,
    Line,
    Message,
    Wall,
    clock,
    date,
    line_start,
    lines,
    midnight,
)
from forensics.detectors.chat._specimens import PIDGIN
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

_HEAD = re.compile(r"Conversation with (.{1,300}) at (.{6,80}?) on (.{1,300}?) \(([\w.+-]{1,40})\)")
_SHORT_HEAD = re.compile(r"<h\d>Conversation with ([^<>]{1,300})</h\d>")
_NAME = re.compile(r"(\d{4})-(\d\d)-(\d\d)\.(\d\d)(\d\d)(\d\d)([+-])(\d\d)(\d\d)([^./]{0,40})\.(?:txt|html?)$")
_FOLDERS = re.compile(r"/logs/([^/]+)/([^/]+)/([^/]+)/[^/]+$")
_TEXT_LINE = re.compile(r"\(([^()]{4,40})\) (.*)", re.DOTALL)
_HTML_LINE = re.compile(
    r"(<(?:font|span)[^<>]{0,200}>)?<(?:font|span)[^<>]{0,200}>\(([^()<>]{4,40})\)</(?:font|span)>\s{0,4}"
    r"<b>(.{0,2000}?)</b>(?:</(?:font|span)>)?(.*)",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_BREAK = re.compile(r"<br\s?/?>", re.IGNORECASE)
_ADIUM_HEAD = re.compile(r'<chat\b[^<>]{0,400}\baccount="([^"<>]{0,300})"[^<>]{0,200}\bservice="([^"<>]{0,40})"')
_ADIUM_ITEM = re.compile(
    r"<(message|status|event)\b([^<>]{0,1000})>(.*?)</\1>|<(status|event)\b([^<>]{0,1000})/>", re.DOTALL
)
_ATTRIBUTE = re.compile(r'\b(sender|time|alias|type)="([^"<>]{0,300})"')
_ADIUM_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:([+-])(\d\d):?(\d\d)|Z)?")
LARGEST_ADIUM = 16 << 20
LONGEST_BREAK = 64 << 10  # of text without a time behind a message


@dataclass(frozen=True, slots=True)
class _Start:
    """When a conversation began: day, zone ahead of UTC, name of the zone, the text that said so."""

    moment: datetime | None
    ahead: timedelta
    zone: str
    stored: str


class Pidgin:
    """Conversation logs of libpurple and Adium."""

    kind: ClassVar[str] = "chat/pidgin"
    title: ClassVar[str] = "Pidgin or Adium conversation"
    version: ClassVar[int] = 2
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"Conversation with \b"),
        Trigger(rb"http://purl\.org/net/ulf/ns/\b"),
    )
    references: ClassVar[tuple[str, ...]] = (
        "Pidgin 2: libpurple/log.c",
        "Adium: Unified Logging Format 0.4",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = PIDGIN

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The log in whose first line `at` lies."""
        start = line_start(layer, at)
        first = next(lines(layer, start), None)
        if first is None:
            return
        if b"/ulf/ns/" in first.data[: at - start]:
            yield from self._adium(layer, start)
            return
        if b"Conversation with " in first.data[: max(0, at - start - 18)]:
            return  # the heading of HTML repeats the title
        yield from self._purple(layer, first)

    def _purple(self, layer: Layer, first: Line) -> Iterator[Finding]:
        heading = first.text
        plain = _TAG.sub("\n", heading) if "<" in heading else heading
        match = _HEAD.search(plain)
        short = _SHORT_HEAD.search(heading) if match is None else None
        if match is None and short is None:
            return
        peer = html.unescape((match or short)[1]).strip()  # type: ignore[index]
        name = _NAME.search(str(layer.locator.step))
        start = _start(name, match[2] if match else "")
        talk = Conversation(zone=start.zone, end=first.offset + len(first.data))
        wall = Wall(start.moment.replace(hour=0, minute=0, second=0) if start.moment else None, start.ahead)
        if start.moment is not None:
            time = clock(start.stored if not name else f"{name[4]}:{name[5]}:{name[6]}")
            wall.at(time or (0, 0, 0))
        for line in _behind(layer, first):
            if not _add(talk, wall, line):
                break
        if len(talk.messages) < (1 if match else 2):
            return
        if wall.day is None:
            talk.caveats.append("The day of the messages is not certain: the heading's date cannot be read.")
        fields = talk.fields()
        span = ByteRun(first.offset, len(first.data))
        fields["peer"] = Field(peer, span)
        checks = [Check("heading", Outcome.PASS if match else Outcome.FAIL, 40)]
        if match:
            fields["account"] = Field(html.unescape(match[3]), span)
            fields["protocol"] = Field(match[4], span)
            fields["started"] = Field(match[2], span)
        folders = _FOLDERS.search(str(layer.locator.step))
        agrees = folders is not None and name is not None
        checks.append(Check("name of the file", Outcome.PASS if agrees else Outcome.NOT_APPLICABLE, 30))
        links = [Link("CONVERSATION_WITH", "account", _bare(peer))]
        if match:
            links.append(Link("CONVERSATION_OF", "account", _bare(html.unescape(match[3]))))
        yield finding(
            self,
            layer,
            first.offset,
            talk.end - first.offset,
            grade=Grade.C3 if match and agrees else Grade.C2 if match else Grade.C1,
            value=_bare(peer),
            checks=tuple(checks),
            fields=fields,
            events=(*_began(start), *talk.events()),
            links=tuple(links),
            caveats=tuple(talk.limits()),
            sensitivity=Sensitivity.PERSONAL,
        )

    def _adium(self, layer: Layer, start: int) -> Iterator[Finding]:
        data = layer.read(start, LARGEST_ADIUM).split(b"\0", 1)[0]
        closed = data.find(b"</chat>")
        end = closed + 7 if closed >= 0 else len(data)
        text = data[:end].decode("utf-8", "replace")
        head = _ADIUM_HEAD.search(text, 0, 2_000)
        if head is None:
            return
        talk = Conversation(zone="utc")
        account = html.unescape(head[1])
        octets = text.isascii()
        for each in _ADIUM_ITEM.finditer(text):
            stored = dict(_ATTRIBUTE.findall(each[2] or each[5] or ""))
            when, known = _adium_time(stored.get("time", ""))
            talk.zone = talk.zone if known else "unknown"
            place = each.start() if octets else len(text[: each.start()].encode())
            length = len(each[0]) if octets else len(each[0].encode())
            sender = html.unescape(stored.get("sender", ""))
            shown = _plain(each[3] or "") or stored.get("type", "")
            own = sender == account if each[1] == "message" else None
            talk.add(
                Message(
                    shown,
                    sender if each[1] == "message" else "",
                    when,
                    stored.get("time", ""),
                    start + place,
                    length,
                    own,
                )
            )
        if not talk.messages:
            return
        peers = [each.sender for each in talk.messages if each.sender and each.sender != account]
        fields = talk.fields()
        fields["account"] = Field(account, ByteRun(start, min(end, 400)))
        fields["protocol"] = Field(head[2], ByteRun(start, min(end, 400)))
        if peers:
            fields["peer"] = Field(peers[0])
        yield finding(
            self,
            layer,
            start,
            end,
            grade=Grade.C3 if closed >= 0 else Grade.C2,
            value=_bare(peers[0]) if peers else Absent.NONE_STORED,
            checks=(Check("name space and elements", Outcome.PASS if closed >= 0 else Outcome.FAIL, 60),),
            fields=fields,
            events=tuple(talk.events()),
            links=(
                Link("CONVERSATION_OF", "account", _bare(account)),
                *(Link("CONVERSATION_WITH", "account", _bare(each)) for each in dict.fromkeys(peers[:5_000])),
            )[:100],
            caveats=(*talk.limits(), *(() if closed >= 0 else ("The log is cut off.",))),
            sensitivity=Sensitivity.PERSONAL,
        )


def _bare(name: str) -> str:
    """An account without the resource that XMP puts behind a slash, in lower case."""
    return name.strip().rstrip("/").split("/", 1)[0].lower() if "@" in name else name.strip().lower()


def _start(name: re.Match[str] | None, heading: str) -> _Start:
    """The start by the file's name, which has the zone, else by the heading."""
    if name is not None:
        try:
            wall = datetime(*(int(each) for each in name.groups()[:6]), tzinfo=UTC)  # type: ignore[arg-type, misc]
        except ValueError:
            return _Start(None, timedelta(0), "unknown", heading)
        ahead = timedelta(hours=int(name[8]), minutes=int(name[9])) * (-1 if name[7] == "-" else 1)
        if abs(ahead) < timedelta(hours=15):
            zone = "utc" if not ahead else f"{name[7]}{name[8]}:{name[9]}"
            return _Start(wall, ahead, zone, name[0])
    day, time = midnight(date(heading)), clock(heading)
    if day is None or time is None:
        return _Start(None, timedelta(0), "unknown", heading)
    moment = day + timedelta(hours=time[0], minutes=time[1], seconds=time[2])
    return _Start(moment, timedelta(0), "unknown", heading)


def _began(start: _Start) -> Iterator[Event]:
    if start.moment is not None:
        when = start.moment - start.ahead
        yield Event(when, timedelta(seconds=1), "conversation began", start.stored, Clock.DEVICE, start.zone)


def _behind(layer: Layer, first: Line) -> Iterator[Line]:
    """Lines behind the first; what follows a heading on its own line counts as one."""
    rest = re.search(rb"</(?:h\d|title)>(?!.*</h\d>)", first.data)
    tail = first.data[rest.end() :] if rest else b""
    if b"(" in tail:
        yield Line(first.offset + len(first.data) - len(tail), tail)
    following = lines(layer, first.offset)
    next(following, None)
    yield from following


def _add(talk: Conversation, wall: Wall, line: Line) -> bool:
    """Take one line in; False where the log ends."""
    text = line.text
    if text.startswith("Conversation with ") or "<title>Conversation with " in text:
        return False
    marked = _HTML_LINE.search(text) if "<" in text else None
    plain = _TEXT_LINE.match(text) if marked is None else None
    stamp = marked[2] if marked else plain[1] if plain else ""
    time = clock(stamp)
    if time is None:
        return _continued(talk, line, text)
    if day := midnight(date(stamp)):
        wall.turn(day)
    if marked:
        sender, shown = _plain(marked[3]), _plain(marked[4])
        named = sender.endswith(":")
        colour = (marked[1] or "").lower()
        own = True if "#16569e" in colour else False if "#a82f2f" in colour else None
        sender, shown = (sender[:-1], shown) if named else ("", f"{sender} {shown}".strip())
    else:
        assert plain is not None
        own = None
        sender, colon, shown = plain[2].partition(": ")
        if not colon and plain[2].endswith(":"):
            sender, colon, shown = plain[2][:-1], ":", ""
        if not colon or len(sender) > 200:
            sender, shown = "", plain[2]
    talk.add(Message(shown, sender, wall.at(time), stamp, line.offset, len(line.data), own))
    return True


def _continued(talk: Conversation, line: Line, text: str) -> bool:
    """A line without a time goes on with the message before it, or ends the log where there is none."""
    if not text.strip() or re.fullmatch(r"\s*(?:</?(?:html|body|head|p|div|pre)[^<>]*>\s*)+", text, re.IGNORECASE):
        return True
    if not talk.messages:
        return False
    last = talk.messages[-1]
    if line.offset - last.offset > LONGEST_BREAK:
        return False
    if len(last.text) < LONGEST_TEXT and not talk.more:
        last.text += "\n" + (_plain(text) if "<" in text else text)
        last.length = line.offset + len(line.data) - last.offset
        talk.end = max(talk.end, last.offset + last.length)
    return True


def _plain(text: str) -> str:
    """Text without tags and entities."""
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", text))).strip()


def _adium_time(text: str) -> tuple[datetime | None, bool]:
    """The moment of an ISO time, and whether its zone is known."""
    match = _ADIUM_TIME.match(text)
    if match is None:
        return None, True
    try:
        wall = datetime(*(int(each) for each in match.groups()[:6]), tzinfo=UTC)  # type: ignore[arg-type, misc]
        ahead = timedelta(hours=int(match[8] or 0), minutes=int(match[9] or 0))
        return wall - ahead * (-1 if match[7] == "-" else 1), match[7] is not None or "Z" in match[0]
    except (ValueError, OverflowError):
        return None, True


DETECTOR: Detector = Pidgin()

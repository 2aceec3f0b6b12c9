"""Conversations that were exported as JSON: Telegram, Discord (DiscordChatExporter), Facebook Messenger.

| program   | a chat                                      | a message                                                 |
|-----------|---------------------------------------------|-----------------------------------------------------------|
| Telegram  | name, type, id, messages                      | date, date_unixtime, from, from_id, text (pieces), file, photo |
| Discord   | guild, channel {id, name}, messages           | timestamp with a zone, author {id, name}, content, attachments  |
| Messenger | participants, messages, title                 | timestamp_ms, sender_name, content (UTF-8 taken for Latin-1)    |

Each chat of a file is a finding. Messages are read one by one, so a file that is cut gives those before the cut.
`date` of Telegram is in the zone of the computer that exported; newer exports have `date_unixtime` as well.

Not recorded: whose account it was exported from, but for Telegram's `personal_information` elsewhere in the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.chat._log import LARGEST, Conversation, Message
from forensics.detectors.chat._specimens_export import JSON_EXPORT
from forensics.detectors.chat._stamped import bare
from forensics.model import (
    Absent,
    Check,
    Clock,
    Field,
    Finding,
    Grade,
    Layer,
    Link,
    Outcome,
    Sensitivity,
)

HEAD = 64 << 10  # octets before the messages
LONGEST_MESSAGE = 1 << 20
MOST = 500_000
_LIST = re.compile(r'"messages"\s{0,20}:\s{0,20}\[')
_NEXT = re.compile(r"\s*,?\s*(?=\{)")
_NAME = re.compile(r'"(name|id|title)"\s{0,20}:\s{0,20}("(?:[^"\\]|\\.){0,300}"|-?\d{1,20})')
_DECODER = json.JSONDecoder()

# What a message says: who, what, when (UTC or wall time), as stored, zone known.
Said = tuple[str, str, datetime | None, str, bool]


def _telegram(one: dict[str, Any]) -> Said | None:
    unix = str(one.get("date_unixtime") or "")
    if one.get("type") not in ("message", "service") or not (unix or isinstance(one.get("date"), str)):
        return None
    pieces = one.get("text", "")
    pieces = pieces if isinstance(pieces, list) else [pieces]
    text = "".join(str(each.get("text", "")) if isinstance(each, dict) else str(each) for each in pieces)
    if one["type"] == "service":
        text = f"[{_string(one.get('action'))}] {text}".strip()
    for name in ("file", "photo", "media_type", "contact_information", "location_information"):
        if one.get(name):
            text = f"{text}\n[{name}: {str(one[name])[:300]}]".strip()
    who = _string(one.get("from") or one.get("actor") or one.get("from_id") or one.get("actor_id"))
    if re.fullmatch(r"\d{9,10}", unix):
        return who, text, datetime.fromtimestamp(int(unix), UTC), unix, True
    stored = _string(one.get("date"))[:40]
    return who, text, _iso(stored)[0], stored, False


def _discord(one: dict[str, Any]) -> Said | None:
    author = one.get("author")
    if not isinstance(author, dict) or not isinstance(one.get("timestamp"), str):
        return None
    text = _string(one.get("content"))
    attached = one.get("attachments")
    for each in attached[:50] if isinstance(attached, list) else ():
        if isinstance(each, dict):
            text = f"{text}\n[file: {_string(each.get('fileName') or each.get('url'))}]".strip()
    if one.get("type") not in (None, "Default", "Reply"):
        text = f"[{_string(one['type'])}] {text}".strip()
    when, known = _iso(one["timestamp"])
    return _string(author.get("name") or author.get("id")), text, when, one["timestamp"][:40], known


def _messenger(one: dict[str, Any]) -> Said | None:
    stamp = one.get("timestamp_ms")
    if not isinstance(stamp, int) or not 0 < stamp < 4_102_444_800_000 or "sender_name" not in one:
        return None
    text = _latin(_string(one.get("content")))
    for name in ("photos", "videos", "audio_files", "files", "gifs", "share", "sticker"):
        held = one.get(name)
        for each in held[:50] if isinstance(held, list) else [held] if held else []:
            where = each.get("uri") or each.get("link") if isinstance(each, dict) else each
            text = f"{text}\n[{name}: {_string(where)}]".strip()
    when = datetime.fromtimestamp(stamp // 1_000, UTC)
    return _latin(_string(one["sender_name"])), text, when, str(stamp), True


_READERS: tuple[tuple[str, re.Pattern[str], Callable[[dict[str, Any]], Said | None]], ...] = (
    (
        "Telegram",
        re.compile(r'"type"\s{0,20}:\s{0,20}"(?:personal_chat|\w{1,20}_(?:group|supergroup|channel|chat))"'),
        _telegram,
    ),
    ("Telegram", re.compile(r'"type"\s{0,20}:\s{0,20}"saved_messages"'), _telegram),
    ("Discord", re.compile(r'"channel"\s{0,20}:\s{0,20}\{\s{0,40}"id"'), _discord),
    ("Messenger", re.compile(r'"participants"\s{0,20}:\s{0,20}\[\s{0,40}\{\s{0,40}"name"'), _messenger),
)


class JsonExport:
    """Reads one chat of an export."""

    kind: ClassVar[str] = "chat/json_export"
    title: ClassVar[str] = "Conversation exported as JSON (Telegram, Discord, Messenger)"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(
            rb'"type":\s{0,4}"(?:personal_chat|bot_chat|saved_messages|(?:private|public)_(?:group|supergroup|channel))"'
        ),
        Trigger(rb'"channel":\s{0,40}\{\s{0,40}"id":\s{0,4}"\d{15,20}"'),
        Trigger(rb'"participants":\s{0,40}\[\s{0,40}\{\s{0,40}"name":'),
    )
    references: ClassVar[tuple[str, ...]] = (
        "Telegram Desktop: export/output/export_output_json.cpp",
        "DiscordChatExporter: Core/Exporting/JsonMessageWriter.cs",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = JSON_EXPORT

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The chat in whose head `at` lies."""
        base = max(0, at - 2_000)
        before = layer.read(base, at - base).decode("utf-8", "replace")
        known = [
            each for each in _READERS if any(match.end() >= len(before) - 40 for match in each[1].finditer(before))
        ]
        head = layer.read(at, HEAD).decode("utf-8", "replace")
        listed = _LIST.search(head)
        if not known or listed is None or any(each[1].search(head, 0, listed.start()) for each in _READERS):
            return
        program, _, read = known[0]
        opened = at + len(head[: listed.end()].encode())
        # The chat's object starts at the last brace before its type, or at a Discord export's guild.
        braces = [match.start() for match in re.finditer(r"\{", before)]
        if program != "Telegram":
            first = before.find('"guild"')
            braces = [each for each in braces if first < 0 or each < first][:1] if program == "Discord" else braces[-2:]
        start = base + len(before[: braces[-1 if program == "Telegram" else 0]].encode()) if braces else at
        outer = layer.read(start, max(0, opened - start)).decode("utf-8", "replace")
        yield from self._chat(layer, start, opened, program, read, outer)

    def _chat(
        self,
        layer: Layer,
        start: int,
        opened: int,
        program: str,
        read: Callable[[dict[str, Any]], Said | None],
        head: str,
    ) -> Iterator[Finding]:
        talk = Conversation(zone="utc", clock=Clock.SERVER, end=opened)
        whole = strange = 0
        closed = False
        for place, one, length in _objects(layer, opened):
            if one is None:
                closed = True
                talk.end = max(talk.end, place)
                break
            said = read(one)
            if said is None:
                strange += 1
                continue
            whole += 1
            who, text, when, stored, known = said
            if not known:
                talk.zone = "unknown"
            talk.add(Message(text, who, when, stored, place, length))
        if not whole or strange > whole:
            return
        told = {name: json.loads(value) for name, value in reversed(_NAME.findall(head)) if _valid(value)}
        channel = re.search(r'"channel"\s{0,20}:(.*)', head, re.DOTALL)
        if program == "Discord" and channel:
            told = {name: json.loads(value) for name, value in reversed(_NAME.findall(channel[1])) if _valid(value)}
        name = "" if program == "Messenger" else str(told.get("name") or "")
        number = "" if program == "Messenger" else str(told.get("id") or "")
        senders = dict.fromkeys(each.sender for each in talk.messages if each.sender)
        if program == "Messenger":
            name = ", ".join(list(senders)[:10])
        fields = {"program": Field(f"{program}, exported"), **talk.fields()}
        for key, value in (("name", name), ("chat_number", number)):
            if value:
                fields[key] = Field(value[:300])
        caveats = [*talk.limits()]
        if not closed:
            caveats.append("The list of messages is cut off or damaged behind what is told.")
        value = bare(name) or number
        yield finding(
            self,
            layer,
            start,
            talk.end - start,
            grade=Grade.C2,
            value=value or Absent.NONE_STORED,
            checks=(
                Check("messages in the program's form", Outcome.PASS, min(60, 20 * whole)),
                Check("list up to its end", Outcome.PASS if closed else Outcome.FAIL, 8),
            ),
            fields=fields,
            events=tuple(talk.events()),
            links=tuple(Link("SPOKE_IN_LOG", program.lower(), each) for each in list(senders)[:100]),
            caveats=tuple(caveats),
            sensitivity=Sensitivity.PERSONAL,
        )


def _objects(layer: Layer, opened: int) -> Iterator[tuple[int, dict[str, Any] | None, int]]:
    """Objects of the list that starts at `opened`: place, object, length; then the end of the list with None."""
    at, held, passed = opened, "", 0
    raw = b""
    for _ in range(MOST):
        if at - opened > LARGEST:
            return
        while True:
            match = _NEXT.match(held, passed)
            if match is not None:
                try:
                    one, end = _DECODER.raw_decode(held, match.end())
                except (ValueError, RecursionError):
                    one, end = None, -1
                if end >= 0:
                    break
            elif ended := re.match(r"\s*\]", held[passed : passed + 200]):
                yield at + len(ended[0].encode()), None, 0
                return
            if len(held) - passed > LONGEST_MESSAGE:
                return
            more = layer.read(at + len(held[passed:].encode()) + len(raw), 256 << 10)
            if not more or b"\0" in more[:1]:
                return
            raw += more
            good = raw
            for cut in range(4):  # an octet sequence may be cut at the end of a piece
                try:
                    good = raw[: len(raw) - cut]
                    text = good.decode("utf-8")
                    break
                except UnicodeDecodeError:
                    continue
            else:
                text, good = raw.decode("latin-1"), raw
                damaged = re.match(rb"(?:[\x00-\x7f]|[\xc2-\xf4][\x80-\xbf]{1,3})*", raw)
                if damaged is None or not damaged[0]:
                    return
                good = damaged[0]
                try:
                    text = good.decode("utf-8")
                except UnicodeDecodeError:
                    return
            held, passed, raw = held[passed:] + text, 0, raw[len(good) :]
        lead = len(held[passed : match.end()].encode())
        length = len(held[match.end() : end].encode())
        if isinstance(one, dict):
            yield at + lead, one, length
        at += lead + length
        passed = end


def _valid(value: str) -> bool:
    try:
        json.loads(value)
    except ValueError:
        return False
    return True


def _iso(text: str) -> tuple[datetime | None, bool]:
    """The moment of an ISO text, and whether its zone is in it."""
    try:
        when = datetime.fromisoformat(text[:40])
    except ValueError:
        return None, False
    try:
        known = when.tzinfo is not None
        when = when.astimezone(UTC) if known else when.replace(tzinfo=UTC)
        return when + timedelta(0), known
    except (ValueError, OverflowError):
        return None, False


def _string(value: object) -> str:
    return "" if value is None else str(value)[:8_192]


def _latin(text: str) -> str:
    """What Messenger wrote as UTF-8, octet by octet taken for a letter."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


DETECTOR: Detector = JsonExport()

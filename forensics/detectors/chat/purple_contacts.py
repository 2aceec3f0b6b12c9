"""Contacts of Pidgin, Finch and other programs on libpurple: `blist.xml`.

| element                          | content                                                    |
|----------------------------------|------------------------------------------------------------|
| `<group name=>`, `<contact>`     | how the list is arranged                                    |
| `<buddy account= proto=>`        | one contact of an account                                   |
| `<name>`, `<alias>`              | its address, and the name that the user gave                 |
| `<setting name='last_seen'>`     | seconds since 1970 when the contact was last on line         |
| `<chat proto= account=>`         | a room, with `<component name=>` for its parts               |

A list is one finding; where its start is lost, what follows the first contact is read.

Not recorded: when a contact was added.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.chat._specimens_purple import PURPLE_CONTACTS
from forensics.detectors.chat._stamped import bare
from forensics.model import (
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
    Value,
)

LARGEST = 8 << 20
MOST = 5_000
_ITEM = re.compile(rb"<(buddy|chat) ([^<>]{1,600})>(.{0,8192}?)</\1>", re.DOTALL)
_HEAD = re.compile(rb"<purple\b[^<>]{0,60}>\s{0,20}<blist>")
_ATTRIBUTE = re.compile(rb"(account|proto)=['\"]([^'\"<>]{1,300})['\"]")
_GROUP = re.compile(rb"<group name=['\"]([^'\"<>]{1,300})['\"]")
_PART = re.compile(
    rb"<(name|alias)\b[^<>]{0,60}>([^<>]{0,600})</\1>"
    rb"|<(?:setting|component) name=['\"]([\w\- ]{1,60})['\"][^<>]{0,60}>([^<>]{0,600})</"
)


class PurpleContacts:
    """Reads one list of contacts."""

    kind: ClassVar[str] = "chat/purple_contacts"
    title: ClassVar[str] = "Contacts of Pidgin or Finch"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"<blist>"),)
    references: ClassVar[tuple[str, ...]] = ("Pidgin 2: libpurple/blist.c",)
    specimens: ClassVar[tuple[Specimen, ...]] = PURPLE_CONTACTS

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The list that opens at `at`."""
        base = max(0, at - 120)
        heads = list(_HEAD.finditer(layer.read(base, at - base)))
        if not heads or base + heads[-1].end() != at:
            return
        start = base + heads[-1].start()
        data = layer.read(start, LARGEST)
        closed = data.find(b"</blist>")
        data = data[:closed] if closed >= 0 else data.split(b"\0", 1)[0]
        contacts: list[Value] = []
        events: list[Event] = []
        accounts: dict[str, None] = {}
        groups = [(each.start(), _plain(each[1])) for each in _GROUP.finditer(data)]
        end = at - start
        more = group = 0
        for each in _ITEM.finditer(data):
            if len(contacts) >= MOST:
                more += 1
                continue
            end = each.end()
            while group + 1 < len(groups) and groups[group + 1][0] < each.start():
                group += 1
            told, last_seen = _contact(each)
            if groups and groups[group][0] < each.start():
                told["group"] = groups[group][1]
            told["span_offset"], told["span_length"] = start + each.start(), len(each[0])
            contacts.append(told)
            accounts[str(told.get("account", ""))] = None
            if last_seen is not None:
                when = datetime.fromtimestamp(last_seen, UTC)
                events.append(
                    Event(when, timedelta(seconds=1), f"{told['name']} last seen", str(last_seen), Clock.DEVICE)
                )
        if not contacts:
            return
        end = closed + len(b"</blist>") if closed >= 0 else end
        names = [bare(str(each["name"])) for each in contacts if isinstance(each, dict)]
        own = [bare(each) for each in accounts if each]
        caveats = [] if closed >= 0 else ["The list is cut off."]
        if more:
            caveats.append(f"Only the first {MOST:,} contacts are listed; {more:,} more follow.")
        yield finding(
            self,
            layer,
            start,
            end,
            grade=Grade.C2 if closed >= 0 else Grade.C1,
            value=own[0] if own else names[0],
            checks=(
                passed("root and elements", 40),
                Check("whole list", Outcome.PASS if closed >= 0 else Outcome.FAIL, 20),
            ),
            fields={
                "contacts": Field(tuple(contacts)),
                "contact_count": Field(len(contacts) + more),
                "accounts": Field(tuple(own[:100]), ByteRun(start, end)),
            },
            events=tuple(events),
            links=(
                *(Link("ACCOUNT_OF", "account", each) for each in own[:100]),
                *(Link("CONTACT_OF", "account", each) for each in dict.fromkeys(names[:500])),
            ),
            caveats=tuple(caveats),
            sensitivity=Sensitivity.PERSONAL,
        )


def _contact(item: re.Match[bytes]) -> tuple[dict[str, Value], int | None]:
    """A contact or room, and when it was last seen."""
    told: dict[str, Value] = {"name": "", "kind": "room" if item[1] == b"chat" else "contact"}
    last_seen = None
    for each in _ATTRIBUTE.finditer(item[2]):
        told["account" if each[1] == b"account" else "protocol"] = _plain(each[2])
    for number, each in enumerate(_PART.finditer(item[3])):
        if number >= 50:
            break
        if each[1]:
            told[each[1].decode()] = _plain(each[2])
            continue
        key, text = each[3].decode(), _plain(each[4])
        if key == "last_seen" and re.fullmatch(r"\d{9,10}", text):
            last_seen = int(text)
            told["last_seen"] = datetime.fromtimestamp(last_seen, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        elif key in ("room", "server", "channel", "handle"):
            told[key] = text
    if item[1] == b"chat" and not told["name"]:
        told["name"] = "@".join(str(told[each]) for each in ("room", "server") if each in told) or str(
            told.get("channel", "")
        )
    return told, last_seen


def _plain(data: bytes) -> str:
    return html.unescape(data.decode("utf-8", "replace"))[:600]


DETECTOR: Detector = PurpleContacts()

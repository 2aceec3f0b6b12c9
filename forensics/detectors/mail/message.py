"""Messages of e-mail as text (RFC 5322), alone, in a mailbox, attached to another, or in free space.

| part   | content                                                                                   |
|--------|-------------------------------------------------------------------------------------------|
| before | the start of a layer or sector, a zero byte, an empty line, or the line "From …" of a mailbox |
| header | From with an address, and Date, Message-ID or two other fields that only mail has           |
| body   | to the closing boundary, the boundary of the message around it, the next "From …" line or the end of text |

Each message is a finding of its own with its bytes. `Date` is the sender's clock; the uppermost `Received` is that
of the server that took the message in. Thunderbird marks a message as deleted (X-Mozilla-Status, bit 3) and
leaves it in the mailbox until it is compacted.

Not recorded: whether it was read by a person, and that the sender is who From says; headers can be written freely.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

from forensics.detectors import _mail
from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.mail._shown import readable
from forensics.detectors.mail._specimens import MESSAGES
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
    Value,
)

LONGEST_TEXT = 16_384
LONGEST_VALUE = 1_000
MOST_PEOPLE = 200
MOST_HOPS = 50
MOST_ATTACHMENTS = 200
DELETED = 0x0008  # of X-Mozilla-Status
SKEW = timedelta(hours=24)

_NAMED = re.compile(rb"(?i)(?:From|Return-Path|Received):")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}")
_ID = re.compile(r"<([^<>\s]{1,250})>")
_IP = re.compile(r"\[?((?:\d{1,3}\.){3}\d{1,3}|[0-9a-fA-F:]{3,39}:[0-9a-fA-F:.]{2,39})\]?")
_TELLING = ("to", "cc", "subject", "received", "return-path", "mime-version", "x-mailer", "user-agent", "delivered-to")
_DECODED = ("quoted-printable@",)  # its plain lines are in the layer below, where the message is read


class MailMessage:
    """Reads one message from its header's From field on."""

    kind: ClassVar[str] = "mail/message"
    title: ClassVar[str] = "E-mail message"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"(?i)\nFrom:", at=-1, wide=False),
        Trigger(rb"(?i)\x00From:", at=-1, wide=False),
        Trigger(rb"(?i)From:", at=0, anchored=True, wide=False),
        Trigger(rb"\xef\xbb\xbfFrom:", at=-3, wide=False),
        # Bounces have no From at times.
        Trigger(rb"(?i)\nReturn-Path:", at=-1, wide=False),
        Trigger(rb"(?i)Return-Path:", at=0, anchored=True, wide=False),
        Trigger(rb"(?i)Received:", at=0, anchored=True, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = (
        "RFC 5322, RFC 2045 to 2047, RFC 2231",
        "RFC 4155 (mailboxes)",
        "Thunderbird: nsMsgMessageFlags (X-Mozilla-Status)",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = MESSAGES

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The message in whose header the From field, or one of the path where there is none, begins at `at`."""
        named = _NAMED.match(layer.read(at, 12))
        if named is None or layer.locator.step.startswith(_DECODED):
            return
        place = _mail.head_around(layer, at, named[0].lower())
        if place is None:
            return
        start, before = place
        head = _mail.head_at(layer, start)
        waking = head.first("from") or head.first("return-path") or head.first("received")
        if waking is None or waking.offset != at:
            return
        around = _Around(layer, start, before)
        told = _Told(head)
        grade, checks = told.judged(around)
        if grade is None:
            return
        end, caveats = _end(layer, head, around)
        yield told.finding(self, layer, end, grade, checks, around, caveats)


class _Around:
    """What stands before a header: the line of a mailbox, a part's header, nothing."""

    def __init__(self, layer: Layer, start: int, before: bytes) -> None:
        self.line = before.removeprefix(_mail.BOM).rstrip()
        self.from_line = ""
        self.boundary = b""
        self.attached = False
        self.fits = start == 0 or self.line == b"" or before.startswith(b"\0") or start % _mail.SECTOR == 0
        if _mail.FROM_LINE.match(self.line):
            self.from_line = self.line.decode("latin-1")
            self.fits = True
        elif self.line.isdigit() and start == len(before) + 1:
            self.fits = True  # Apple Mail: the length of the message
        elif self.line == b"" and start:
            self._attached(layer, start)

    def _attached(self, layer: Layer, start: int) -> None:
        """Whether the header of a part that is a message stands before the empty line."""
        low = start - (2 if layer.read(start - 2, 2) == b"\r\n" else 1)
        place = _mail.head_around(layer, low)
        assert place is not None
        outer, mark = place
        boundary = mark.rstrip()[2:] if mark.startswith(b"--") else b""
        if outer == low:
            self.attached = bool(boundary) and not boundary.endswith(b"--")  # of a digest, whose parts are messages
        else:
            head = _mail.head_at(layer, outer)
            self.attached = head.body == start and _mail.content_of(head).type in _mail.MESSAGES
        if self.attached:
            self.boundary = boundary


class _Told:
    """What a header tells."""

    def __init__(self, head: _mail.Head) -> None:
        self.head = head
        self.sender = _addresses(head, "from")
        self.date = _mail.moment(head.value("date"))
        found = _ID.search(_mail.words(head.value("message-id"))[:400])
        self.id = found[1] if found else ""

    def judged(self, around: _Around) -> tuple[Grade | None, tuple[Check, ...]]:
        """How well this is known to be a message; None where it is not."""
        telling = sum(bool(self.head.first(each)) for each in _TELLING)
        strong = bool(self.date) + bool(self.id)
        enough = strong + telling >= 2 and (strong or telling >= 3)
        if not around.fits or not (enough or ((around.attached or around.from_line) and telling)):
            return None, ()
        if not self.sender and not (self.head.first("received") or self.head.first("return-path")):
            return None, ()
        ended = self.head.body >= 0
        checks = [
            Check("From, Date and Message-ID", Outcome.PASS if strong == 2 else Outcome.FAIL, 40),
            Check("an empty line ends the header", Outcome.PASS if ended else Outcome.FAIL, 10),
        ]
        moved = bool(around.from_line) or any(
            self.head.first(each) for each in ("received", "x-mozilla-status", "delivered-to", "return-path")
        )
        checks.append(Check("marks of a mailbox or server", Outcome.PASS if moved else Outcome.NOT_APPLICABLE, 20))
        if not ended or not strong or not self.sender:
            return Grade.C1, tuple(checks)
        return (Grade.C3 if moved and self.date else Grade.C2), tuple(checks)

    def finding(
        self,
        detector: Detector,
        layer: Layer,
        end: int,
        grade: Grade,
        checks: tuple[Check, ...],
        around: _Around,
        caveats: list[str],
    ) -> Finding:
        """The finding of the message that ends at `end`."""
        head, start = self.head, self.head.start
        fields = self._fields()
        if around.from_line:
            fields["from_line"] = Field(around.from_line[:LONGEST_VALUE])
        flags = re.match(rb"\s*([0-9A-Fa-f]{4})", head.value("x-mozilla-status"))
        deleted = bool(flags and int(flags[1], 16) & DELETED)
        if flags:
            status = head.first("x-mozilla-status")
            assert status is not None
            fields["mozilla_status"] = Field(flags[1].decode("ascii"), ByteRun(status.offset, status.length))
        fields["deleted"] = Field(deleted)
        if deleted:
            caveats.append("Marked as deleted by the mail program and still in its mailbox.")
        if around.attached:
            fields["attached"] = Field(True)
        text, attachments = _contents(layer, head, end)
        if attachments:
            fields["attachments"] = Field(tuple(attachments))
        fields["size"] = Field(end - start)
        message: dict[str, Value] = {
            "time": self.date[0].strftime("%Y-%m-%dT%H:%M:%SZ") if self.date else "",
            "sender": self.sender[0] if self.sender else "",
            "text": "\n".join(each for each in (_mail.words(head.value("subject"))[:LONGEST_VALUE], text) if each),
            "span_offset": start,
            "span_length": end - start,
        }
        if deleted:
            message["deleted"] = True
        fields["messages"] = Field((message,))
        fields["message_count"] = Field(1)
        events = list(self._events())
        if len(events) == 2 and abs(events[0].when - events[1].when) > SKEW:
            caveats.append("The sender's Date and the server's differ by more than a day.")
        if self.date and self.date[1] == "unknown":
            caveats.append("The Date has no time zone.")
        return finding(
            detector,
            layer,
            start,
            end - start,
            grade=grade,
            value=self.id or Absent.NONE_STORED,
            checks=checks,
            fields=fields,
            events=tuple(events),
            links=tuple(self._links()),
            caveats=tuple(caveats),
            sensitivity=Sensitivity.PERSONAL,
        )

    def _fields(self) -> dict[str, Field]:
        told: dict[str, Field] = {}
        named = {
            "from": "from", "sender": "sender", "reply-to": "reply_to", "to": "to", "cc": "cc", "bcc": "bcc",
            "subject": "subject", "date": "date", "message-id": "message_id", "in-reply-to": "in_reply_to",
            "references": "references", "user-agent": "user_agent", "x-mailer": "user_agent",
            "x-originating-ip": "originating_ip", "return-path": "return_path", "x-mozilla-keys": "mozilla_keys",
            "x-gm-thrid": "thread", "list-id": "list",
        }  # fmt: skip
        for each in self.head.fields:
            name = named.get(each.name)
            if name and name not in told and (value := _mail.words(each.value[:65_536])):
                told[name] = Field(value[:LONGEST_VALUE], ByteRun(each.offset, each.length))
        hops = [_mail.hop(each) for each in self.head.every("received")[:MOST_HOPS]]
        if hops:
            told["hops"] = Field(tuple(hops))
        if self.date:
            told["zone"] = Field(self.date[1])
        return told

    def _events(self) -> Iterator[Event]:
        if self.date:
            stored = _mail.words(self.head.value("date"))[:100]
            yield Event(self.date[0], timedelta(seconds=1), "mail sent", stored, Clock.SENDER, self.date[1])
        for each in self.head.every("received")[:1]:
            written = _mail.words(each.value).rpartition(";")[2].strip()[:100]
            if when := _mail.moment(written):
                yield Event(when[0], timedelta(seconds=1), "mail received", written, Clock.SERVER, when[1])

    def _links(self) -> Iterator[Link]:
        for address in self.sender[:1]:
            yield Link("MAILED_BY", "contact/email", address)
        for name in ("to", "cc", "bcc"):
            for address in _addresses(self.head, name):
                yield Link("MAILED_TO", "contact/email", address)
        replied = _ID.search(_mail.words(self.head.value("in-reply-to"))[:400])
        if replied:
            yield Link("REPLY_TO", "mail/message", replied[1])
        origin = _IP.search(_mail.words(self.head.value("x-originating-ip"))[:100])
        if origin:
            yield Link("SENT_FROM_IP", "ip", origin[1])


def _addresses(head: _mail.Head, name: str) -> list[str]:
    """The addresses of a field, in lower case, each once."""
    found: dict[str, None] = {}
    for each in head.every(name):
        for match in _ADDRESS.finditer(_mail.words(each.value)):
            found[match[0].lower()] = None
            if len(found) >= MOST_PEOPLE:
                return list(found)
    return list(found)


def _end(layer: Layer, head: _mail.Head, around: _Around) -> tuple[int, list[str]]:
    """Where the message ends, and what is to be said of that."""
    if head.body < 0:
        return head.end, ["The header is cut off: there is no body."]
    boundary = _mail.content_of(head).boundary
    mark = around.boundary or boundary
    end, broken = _mail.body_end(layer, head.start, head.body, mark, within=bool(around.boundary))
    if broken and around.boundary:
        broken = ""
    return max(end, head.body), [f"The message is cut off: {broken}."] if broken else []


def _contents(layer: Layer, head: _mail.Head, end: int) -> tuple[str, list[dict[str, Value]]]:
    """The text to read, and the attachments."""
    if head.body < 0:
        return "", []
    data = layer.read(head.start, end - head.start)
    plain = marked = ""
    attachments: list[dict[str, Value]] = []
    inside = 0  # of a message that is attached: where it ends
    for part in _mail.parts_of(data, head.start, head):
        content = part.content
        if part.offset < inside:
            continue
        if content.type in _mail.MESSAGES:
            inside = part.offset + part.length
        if content.type in ("text/plain", "text/html") and not content.attached and not content.name:
            if content.type == "text/plain" and not plain:
                plain = _mail.text(part.decoded()[: 4 * LONGEST_TEXT], content.charset).replace("\r\n", "\n").strip()
            elif not marked:
                marked = _mail.text(part.decoded()[: 16 * LONGEST_TEXT], content.charset)
            continue
        if len(attachments) < MOST_ATTACHMENTS:
            stored = part.decoded()
            attachments.append(
                {
                    "name": content.name,
                    "type": content.type,
                    "size": len(stored),
                    "sha256": hashlib.sha256(stored).hexdigest(),
                    "span_offset": part.offset,
                    "span_length": part.length,
                }
            )
    if not plain and marked:
        plain = readable(marked)
    return plain[:LONGEST_TEXT], attachments


DETECTOR: Detector = MailMessage()

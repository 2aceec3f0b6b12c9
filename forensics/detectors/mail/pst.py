"""Outlook's stores, PST and OST (MS-PST), read by libpff: every message with its folder.

| part    | what is told                                                                              |
|---------|-------------------------------------------------------------------------------------------|
| header  | "!BDN", version, encoding of the blocks: see `_pst`                                       |
| store   | its name, its folders with the number of items                                            |
| message | properties of MS-OXPROPS: sender, recipients, subject, times, number, flags, text, attachments |

The bytes of a message are the first block of its node: the sweep decodes them (`pst`), with the other blocks. A
message counts as deleted in the folder that the store names as its waste basket, and as recovered where no folder
holds it any more. Times are UTC: of sending by the sender's clock, of delivery by the server's.

Not recorded: who deleted a message and when. Contacts, appointments and notes are counted, not read.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pypff

from forensics.detectors import _mail, _pst
from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.mail._shown import readable
from forensics.model import (
    Absent,
    ByteRun,
    Clock,
    Event,
    Field,
    Finding,
    Grade,
    Layer,
    Link,
    Sensitivity,
    Value,
)

LONGEST_TEXT = 16_384
LONGEST_VALUE = 1_000
LARGEST_ATTACHMENT = 64 << 20
MOST_MESSAGES = 200_000
MOST_PEOPLE = 200
MOST_ATTACHMENTS = 200
MOST_FOLDERS = 5_000
DEEPEST = 30
# Of libpff, which says MemoryError where damage gives it no object.
ERRORS = (OSError, RuntimeError, ValueError, OverflowError, AttributeError, TypeError, SystemError, MemoryError)

# Properties, by number.
CLASS, SENDER, SENDER_SMTP, SENDER_NAME, AUTHOR = 0x001A, 0x0C1F, 0x5D01, 0x0C1A, 0x0065
NUMBER, REPLY, HEADERS, DISPLAY, ADDRESS, SMTP, KIND = 0x1035, 0x1042, 0x007D, 0x3001, 0x3003, 0x39FE, 0x0C15
LONG_NAME, SHORT_NAME, WASTE = 0x3707, 0x3704, 0x35E3
SENT, DELIVERED, FLAGS = 0x0039, 0x0E06, 0x0E07
UNSENT = 8  # of the flags
FOLDER = 2  # in the low five bits of a node's id

_STEP = re.compile(r"<([^<>\s]{1,250})>")


def _specimen(version: int) -> bytes:
    return (b"!BDN\0\0\0\0SM" + version.to_bytes(2, "little")).ljust(564, b"\0")


class Pst:
    """Reads one store."""

    kind: ClassVar[str] = "mail/pst"
    title: ClassVar[str] = "Outlook message (PST, OST)"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"!BDN", at=0, anchored=True, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("MS-PST", "MS-OXPROPS", "libpff")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a header alone", _specimen(23), ("not parsed",), "by hand, after MS-PST"),
        Specimen("a header alone, ANSI", _specimen(14), ("not parsed",), "by hand, after MS-PST"),
        Specimen("of no version", _specimen(99), None, "by hand"),
        Specimen("the header is cut off", _specimen(23)[:100], None, "by hand, cut"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The store and its messages."""
        store = _pst.store_at(layer, at) if at == 0 else None
        if store is None:
            return
        walk = _Walk(self, layer, _pst.Places(layer, store))
        opened = pypff.file()
        stored = _Bytes(layer)
        refused = ""
        try:
            opened.open_file_object(stored)
            yield from walk.messages(opened)
        except ERRORS as error:
            _ours(error)
            refused = f"Its content cannot be read: {str(error)[:200]}"
        yield walk.store(refused)


class _Bytes(io.RawIOBase):
    """A layer as the file that libpff reads."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self._layer = layer
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        data = self._layer.read(self._at, self._layer.size - self._at if size < 0 else size)
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to an offset."""
        self._at = offset + (0, self._at, self._layer.size)[whence]
        return self._at

    def tell(self) -> int:
        """Where reading goes on."""
        return self._at

    def get_size(self) -> int:
        """All bytes."""
        return self._layer.size


@dataclass(slots=True)
class _Walk:
    """Through the folders of one store."""

    detector: Detector
    layer: Layer
    places: _pst.Places
    folders: list[dict[str, Value]] = field(default_factory=list)
    visited: int = 0
    count: int = 0
    others: int = 0
    unreadable: int = 0
    name: str = ""

    def messages(self, opened: Any) -> Iterator[Finding]:
        """All messages: in folders, then those that none holds."""
        waste = -1
        properties = _properties(opened.get_message_store())
        self.name = _text(properties, DISPLAY)
        if len(properties.get(WASTE, (0, b""))[1]) >= 24:
            waste = int.from_bytes(properties[WASTE][1][20:24], "little")
        yield from self._folder(opened.get_root_folder(), "", waste, False, 0)
        for index in range(min(opened.get_number_of_orphan_items(), MOST_MESSAGES)):
            yield from self._one(lambda index=index: opened.get_orphan_item(index), "", True, True)

    def _folder(self, folder: Any, path: str, waste: int, deleted: bool, depth: int) -> Iterator[Finding]:
        self.visited += 1
        if depth > DEEPEST or self.visited > MOST_FOLDERS:
            return
        deleted = deleted or folder.identifier == waste
        items = folder.get_number_of_sub_messages()
        if path:
            self.folders.append({"path": path, "items": items})
        for index in range(items):
            if self.count >= MOST_MESSAGES:
                return
            yield from self._one(lambda index=index: folder.get_sub_message(index), path, deleted, False)
        for index in range(folder.get_number_of_sub_folders()):
            try:
                inner = folder.get_sub_folder(index)
                name = str(inner.get_name() or "")[:255]
                yield from self._folder(inner, f"{path}/{name}" if name else path, waste, deleted, depth + 1)
            except ERRORS as error:
                _ours(error)
                self.unreadable += 1

    def _one(self, get: Any, path: str, deleted: bool, recovered: bool) -> Iterator[Finding]:
        """One item; one that libpff cannot read is counted."""
        try:
            item = get()
            properties = _properties(item)
            if not _text(properties, CLASS).upper().startswith(("IPM.NOTE", "REPORT.IPM.NOTE")):
                self.others += 1
                return
            found = self._message(item, properties, path, deleted, recovered)
        except ERRORS as error:
            _ours(error)
            self.unreadable += 1
            return
        self.count += 1
        yield found

    def _message(
        self, item: Any, properties: dict[int, tuple[int, bytes]], path: str, deleted: bool, recovered: bool
    ) -> Finding:
        number = int(item.identifier)
        place = self.places.of_node(number)
        people = _recipients(item)
        sender = next((each for name in (SENDER_SMTP, SENDER, AUTHOR) if "@" in (each := _text(properties, name))), "")
        subject = str(item.get_subject() or "")[:LONGEST_VALUE] if hasattr(item, "get_subject") else ""
        identity = _STEP.search(_text(properties, NUMBER))
        fields: dict[str, Field] = {"folder": Field(path or "none"), "node": Field(number), "deleted": Field(deleted)}
        if recovered:
            fields["recovered"] = Field(True)
        name = _text(properties, SENDER_NAME)
        shown = f"{name} <{sender}>" if name and sender and name != sender else sender or name
        for key, value in (
            ("from", shown),
            ("subject", subject),
            ("message_id", _text(properties, NUMBER)),
            ("in_reply_to", _text(properties, REPLY)),
            *((kind, ", ".join(each)) for kind, each in people.items() if each),
        ):
            if value:
                fields[key] = Field(value[:LONGEST_VALUE])
        sent, delivered = _time(properties, SENT), _time(properties, DELIVERED)
        events = []
        flags = int.from_bytes(properties.get(FLAGS, (0, b""))[1][:4], "little")
        if flags & UNSENT:
            fields["draft"] = Field(True)
        for meaning, when, clock in (
            ("mail written" if flags & UNSENT else "mail sent", sent, Clock.SENDER),
            ("mail received", delivered, Clock.SERVER),
        ):
            if when:
                events.append(Event(when[0], timedelta(seconds=1), meaning, when[1], clock))
        fields |= _of_headers(_text(properties, HEADERS, 65_536))
        attachments = _attachments(item)
        if attachments:
            fields["attachments"] = Field(tuple(attachments))
        when = sent or delivered
        span = place or ByteRun(0, _pst.PAGE)
        message: dict[str, Value] = {
            "time": when[0].strftime("%Y-%m-%dT%H:%M:%SZ") if when else "",
            "sender": sender or name,
            "text": "\n".join(each for each in (subject, _body(item)) if each),
            "span_offset": span.offset,
            "span_length": span.length,
        }
        if deleted:
            message["deleted"] = True
        fields["messages"] = Field((message,))
        fields["message_count"] = Field(1)
        caveats = []
        if recovered:
            caveats.append(
                "No folder holds this message any more: it was deleted and found in what is left of the tree."
            )
        elif deleted:
            caveats.append("In the folder of deleted items.")
        if place is None:
            caveats.append("Its block is not in the tree of blocks: the bytes named are the store's header.")
        links = [Link("MAILED_BY", "contact/email", sender.lower())] if sender else []
        links += [
            Link("MAILED_TO", "contact/email", address.lower())
            for each in people.values()
            for shown in each
            for address in re.findall(r"[^<>\s]+@[^<>\s]+", shown)
        ][:MOST_PEOPLE]
        return finding(
            self.detector,
            self.layer,
            span.offset,
            span.length,
            grade=Grade.C3,
            value=identity[1] if identity else Absent.NONE_STORED,
            checks=(passed("libpff reads the store and this node", 60),),
            fields=fields,
            events=tuple(events),
            links=tuple(links),
            caveats=tuple(caveats),
            sensitivity=Sensitivity.PERSONAL,
        )

    def store(self, refused: str) -> Finding:
        """The store itself."""
        caveats = [refused] if refused else []
        if self.unreadable:
            caveats.append(f"{self.unreadable:,} items cannot be read.")
        if self.visited > MOST_FOLDERS:
            caveats.append(f"Only the first {MOST_FOLDERS:,} folders are told.")
        if self.count >= MOST_MESSAGES:
            caveats.append(f"Only the first {MOST_MESSAGES:,} messages are told.")
        return finding(
            self.detector,
            self.layer,
            0,
            564,
            grade=Grade.C1 if refused else Grade.C3,
            value=Absent.NOT_PARSED if refused else f"store {self.name}".strip(),
            checks=(passed("magic, client and version", 48),),
            fields={
                "name": Field(self.name[:LONGEST_VALUE]),
                "folders": Field(tuple(self.folders)),
                "mails": Field(self.count),
                "other_items": Field(self.others),
            },
            caveats=tuple(caveats),
            sensitivity=Sensitivity.PERSONAL,
        )


def _ours(error: Exception) -> None:
    """Let a MemoryError pass on that is not libpff's word for damage: it is the limit of the worker."""
    if isinstance(error, MemoryError) and not str(error).startswith("pypff_"):
        raise error


def _properties(item: Any) -> dict[int, tuple[int, bytes]]:
    """The properties of the first set of an item: type and stored value by number."""
    if item is None or not item.get_number_of_record_sets():
        return {}
    return _entries(item.get_record_set(0))


def _entries(stored: Any) -> dict[int, tuple[int, bytes]]:
    found: dict[int, tuple[int, bytes]] = {}
    for entry in stored.entries:
        if entry.entry_type is not None and entry.entry_type not in found:
            found[int(entry.entry_type)] = (int(entry.value_type or 0), entry.data or b"")
    return found


def _text(properties: dict[int, tuple[int, bytes]], number: int, most: int = LONGEST_VALUE) -> str:
    kind, data = properties.get(number, (0, b""))
    if kind == 0x1F:
        return data[: 2 * most].decode("utf-16-le", "replace").rstrip("\0")
    return _mail.text(data[:most]).rstrip("\0") if kind == 0x1E else ""


def _time(properties: dict[int, tuple[int, bytes]], number: int) -> tuple[datetime, str] | None:
    """A FILETIME and how it is stored."""
    kind, data = properties.get(number, (0, b""))
    if kind != 0x40 or len(data) != 8:
        return None
    ticks = int.from_bytes(data, "little")
    try:
        when = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)
    except OverflowError:
        return None
    return (when, str(ticks)) if 1970 <= when.year <= 2100 else None


def _recipients(item: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"to": [], "cc": [], "bcc": []}
    stored = getattr(item, "recipients", None)
    if stored is None:
        return found
    for index in range(min(stored.get_number_of_record_sets(), MOST_PEOPLE)):
        each = _entries(stored.get_record_set(index))
        address = _text(each, SMTP) or _text(each, ADDRESS)
        name = _text(each, DISPLAY)
        kind = {1: "to", 2: "cc", 3: "bcc"}.get(int.from_bytes(each.get(KIND, (0, b""))[1][:4], "little") & 0xF)
        if kind and (address or name):
            found[kind].append(f"{name} <{address}>" if name and address and name != address else address or name)
    return found


def _attachments(item: Any) -> list[dict[str, Value]]:
    """Name, size and digest of what is attached; what cannot be read is told with its name."""
    found: list[dict[str, Value]] = []
    count = item.get_number_of_attachments() if hasattr(item, "get_number_of_attachments") else 0
    for index in range(min(count, MOST_ATTACHMENTS)):
        told: dict[str, Value] = {"name": ""}
        try:
            each = item.get_attachment(index)
            properties = _properties(each)
            told["name"] = (_text(properties, LONG_NAME) or _text(properties, SHORT_NAME))[:255]
            size = int(each.get_size() or 0)
            told["size"] = size
            if 0 < size <= LARGEST_ATTACHMENT:
                state = hashlib.sha256()
                left = size
                while left > 0 and (piece := each.read_buffer(min(left, 1 << 20))):
                    state.update(piece)
                    left -= len(piece)
                told["sha256"] = Absent.UNREADABLE if left else state.hexdigest()
        except ERRORS as error:
            _ours(error)
            told["sha256"] = Absent.UNREADABLE
        found.append(told)
    return found


def _body(item: Any) -> str:
    """The text: plain, or of the HTML; nothing where only rich text is stored."""
    for name in ("get_plain_text_body", "get_html_body"):
        try:
            stored = getattr(item, name)()
        except ERRORS as error:
            _ours(error)
            continue
        if stored:
            data = stored if isinstance(stored, bytes) else str(stored).encode()
            text = _mail.text(data[: 16 * LONGEST_TEXT]).replace("\r\n", "\n").replace("\0", "").strip()
            return (readable(text) if name == "get_html_body" else text)[:LONGEST_TEXT]
    return ""


def _of_headers(stored: str) -> dict[str, Field]:
    """The way and the program, of the headers that came over the Internet."""
    if not stored:
        return {}
    head = _mail.head_in(stored.encode("utf-8", "replace"), 0)
    found: dict[str, Field] = {}
    for key, names in (("user_agent", ("user-agent", "x-mailer")), ("originating_ip", ("x-originating-ip",))):
        value = next((head.value(name) for name in names if head.value(name)), b"")
        if value:
            found[key] = Field(_mail.words(value)[:LONGEST_VALUE])
    hops = [_mail.hop(each) for each in head.every("received")[:50]]
    if hops:
        found["hops"] = Field(tuple(hops))
    return found


DETECTOR: Detector = Pst()

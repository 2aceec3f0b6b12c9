"""Conversations that WhatsApp exported as text: `WhatsApp Chat with ….txt`, `_chat.txt`.

| form    | a line                                                        |
|---------|---------------------------------------------------------------|
| Android | `1/31/21, 12:00 - Name: text`, `31/01/2021, 12:00 PM - …`       |
| iOS     | `[31.01.21, 12:00:00] Name: text`                                |

A line without a name is a remark of the program; one without a stamp goes on with the message before. Day and
month stand in the order of the telephone's language: it is told by a number above 12 in any line, or by dots; where
neither helps the times stay as they are written.

Not recorded: the zone, the own name, deleted messages.
"""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger
from forensics.detectors.chat._log import lines
from forensics.detectors.chat._specimens_export import WHATSAPP_EXPORT
from forensics.detectors.chat._stamped import Entry, Place, StampedLog, first_line, moment_of
from forensics.model import Finding, Layer

MOST_LOOKED_AT = 20_000  # lines, for the order of day and month


class WhatsappExport(StampedLog):
    """Reads an export from its first line."""

    kind = "chat/whatsapp_export"
    title = "Conversation exported by WhatsApp"
    program = "WhatsApp, exported"
    least = 3
    precision = timedelta(minutes=1)
    form = re.compile(
        rb"(?:\xe2\x80\x8e|\xef\xbb\xbf)?\[?(\d{1,4})([./-])(\d{1,2})[./-](\d{2,4}),? (\d{1,2}):(\d\d)(?::(\d\d))?"
        rb"(?:(?: |\xe2\x80\xaf|\xc2\xa0)([AaPp])\.?(?: |\xc2\xa0)?[Mm]\.?)?(?:\] | - )"
    )
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\b\d{1,2}[./]\d{1,2}[./]\d{2,4}, \d{1,2}:\d\d(?:(?: |\xe2\x80\xaf)[AaPp][Mm])? - \b", wide=False),
        Trigger(rb"\[\d{1,2}[./]\d{1,2}[./]\d{2,4}, \d{1,2}:\d\d:\d\d(?:(?: |\xe2\x80\xaf)[AaPp][Mm])?\] ", wide=False),
    )
    references: ClassVar[tuple[str, ...]] = ("WhatsApp help: How to export your chat history",)
    specimens: ClassVar[tuple[Specimen, ...]] = WHATSAPP_EXPORT
    order = ""  # "dmy", "mdy", "ymd", or not known

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """First the order of day and month, then the lines."""
        start = first_line(layer, at, self.form)
        if start is None:
            return
        ordered = copy.copy(self)
        ordered.order = self._order(layer, start)
        for each in StampedLog.examine(ordered, layer, at):
            senders = each.fields["senders"].value
            if isinstance(senders, tuple) and senders:
                yield each

    def _order(self, layer: Layer, start: int) -> str:
        order = ""
        for line in itertools.islice(lines(layer, start), MOST_LOOKED_AT):
            stamp = self.form.match(line.data)
            if stamp is None:
                continue
            first, second = int(stamp[1]), int(stamp[3])
            if len(stamp[1]) == 4:
                return "ymd"
            if first > 12 or stamp[2] == b".":
                return "dmy"
            if second > 12:
                order = "mdy"
        return order

    def entry(self, stamp: re.Match[bytes], rest: str, place: Place) -> Entry | None:
        """`name: text`, or a remark."""
        first, _, second, third, hour, minute, sec, half = ((each or b"").decode() for each in stamp.groups())
        if int(hour) > 23 or int(minute) > 59 or not all(1 <= int(each) <= 31 for each in (second,)):
            return None
        parts = {"dmy": (third, second, first), "mdy": (third, first, second), "ymd": (first, second, third)}
        when = None
        if self.order:
            year, month, day = (int(each) for each in parts[self.order])
            year += 2000 if year < 100 else 0
            hours = int(hour) % 12 + (12 if half in "Pp" else 0) if half else int(hour)
            when = moment_of(f"{year:04}{month:02}{day:02}", f"{hours:02}:{minute}:{sec or '00'}")
            if when is None:
                return None
        stored = stamp[0].decode("utf-8", "replace").strip("[]- \u200e\ufeff")
        rest = rest.lstrip("\u200e")
        who, colon, text = rest.partition(": ")
        if not colon or len(who) > 100:
            return Entry("", rest, when, stored)
        return Entry(who, text, when, stored)

    def place(self, path: str) -> Place:
        """The name that the program gives the file, on Android with the contact's or the group's."""
        named = re.search(r"/WhatsApp Chat (?:with|-) ([^/]{1,200}?)(?:\.txt|\.zip)?(?:/[^/]*)?$", path)
        if named:
            return Place(peer=named[1], agrees=True)
        return Place(agrees=path.endswith("/_chat.txt"))


DETECTOR: Detector = WhatsappExport()

"""Tango on Android: `tc.db`.

| column of messages     | content                                                                       |
|------------------------|-------------------------------------------------------------------------------|
| conv_id                | the conversation                                                                |
| create_time, send_time | milliseconds since 1970                                                          |
| direction              | 1 sent, 2 received: only received ones have their sender in the payload            |
| payload                | Base64 of a protocol buffer: 4 text, 5 address of what was sent, 21 {1, 2: name, 3: id} |

Not recorded: the own account (it is in `profiles`, encoded alike).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen
from forensics.detectors.chat._rows import View
from forensics.detectors.chat._specimens_store import TANGO
from forensics.detectors.chat._store import Messages, Needs, Store, is_, milliseconds
from forensics.model import Clock
from forensics.primitives.sqlite.record import Value

MOST_FIELDS = 500


def wire(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Fields of a protocol buffer: number and value (a number, or octets); until it breaks."""
    at = 0
    for _ in range(MOST_FIELDS):
        key, at = _varint(data, at)
        if at < 0:
            return
        number, form = key >> 3, key & 7
        if form == 0:
            value, at = _varint(data, at)
            if at < 0:
                return
            yield number, value
            continue
        size, start = (8, at) if form == 1 else (4, at) if form == 5 else _varint(data, at) if form == 2 else (0, -1)
        if start < 0 or start + size > len(data):
            return
        at = start + size
        yield number, data[start:at]


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for index in range(10):
        if at >= len(data):
            return 0, -1
        value |= (data[at] & 0x7F) << 7 * index
        at += 1
        if not data[at - 1] & 0x80:
            return value, at
    return 0, -1


def _fields(value: Value) -> dict[int, bytes]:
    """The first of each field that holds octets."""
    told: dict[int, bytes] = {}
    if isinstance(value, str | bytes):
        try:
            data = base64.b64decode(value if isinstance(value, bytes) else value.encode(), validate=False)
        except (ValueError, binascii.Error):
            return told
        for number, each in wire(data):
            if isinstance(each, bytes):
                told.setdefault(number, each)
    return told


def _text(view: View) -> str:
    told = _fields(view.value("payload"))
    return (told.get(4) or told.get(5) or b"").decode("utf-8", "replace")


def _sender(view: View) -> str:
    told = dict(wire(_fields(view.value("payload")).get(21, b"")))
    parts = [each.decode("utf-8", "replace") for number in (1, 2) if isinstance(each := told.get(number), bytes)]
    return " ".join(part for part in parts if part)


class Tango(Store):
    """Reads messages."""

    kind = "chat/tango"
    title = "Conversation in Tango"
    program = "Tango"
    references: ClassVar[tuple[str, ...]] = ("plaso: parsers/sqlite_plugins/android_tango.py",)
    specimens: ClassVar[tuple[Specimen, ...]] = TANGO
    needs: ClassVar[Needs] = {
        "messages": ("msg_id", "conv_id", "create_time", "send_time", "direction", "payload"),
        "conversations": ("conv_id", "payload"),
    }
    folders = ("tango", "tc.db")
    messages = (
        Messages(
            "messages",
            text=_text,
            peer="conv_id",
            sender=_sender,
            own=is_("direction", 1),
            times=(
                milliseconds("create_time", Clock.SENDER),
                milliseconds("send_time", Clock.SERVER, "message sent or received"),
            ),
            extra={"kind_stored": "type"},
        ),
    )


DETECTOR: Detector = Tango()

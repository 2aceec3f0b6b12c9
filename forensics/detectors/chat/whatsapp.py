"""WhatsApp on Android: `msgstore.db`, as it is now and as it was.

| table    | content                                                                                   |
|----------|-------------------------------------------------------------------------------------------|
| messages | before: key_remote_jid, key_from_me, data, timestamp, remote_resource in groups, media_…       |
| message  | now: chat_row_id, from_me, sender_jid_row_id, timestamp, received_timestamp, text_data          |
| chat     | jid_row_id, subject of a group                                                                |
| jid      | raw_string: number@s.whatsapp.net, group@g.us                                                  |
| message_media | file_path, mime_type, file_size, media_name                                              |
| call_log | timestamp, duration, from_me                                                                  |

Times are milliseconds since 1970. The row of number -1 that each store starts with is none.

Not recorded: the own number (it is in the settings), names of contacts (`wa.db`).
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen
from forensics.detectors.chat._rows import Tables, View
from forensics.detectors.chat._specimens_store import WHATSAPP
from forensics.detectors.chat._store import Messages, Needs, Store, is_, milliseconds
from forensics.model import Clock

_MEDIA = {
    1: "image",
    2: "voice message",
    3: "video",
    4: "contact card",
    5: "place",
    8: "call",
    9: "document",
    10: "missed call",
    13: "moving image",
    14: "contact cards",
    15: "deleted message",
    16: "place, live",
    20: "sticker",
}
_CHAT = "chat_row_id>chat._id.jid_row_id>jid._id.raw_string"


def _worded(view: View, text: str, kind: str) -> str:
    word = _MEDIA.get(view.number(kind) or 0, "")
    said = view.text(text)
    return f"[{word}] {said}".strip() if word else said


def _call(view: View) -> str:
    seen = "video call" if view.value("video_call") == 1 else "call"
    return f"[{seen}] {view.number('duration') or 0} s"


class Whatsapp(Store):
    """Reads messages, message and call_log."""

    kind = "chat/whatsapp"
    title = "Conversation in WhatsApp"
    program = "WhatsApp"
    references: ClassVar[tuple[str, ...]] = ("plaso: parsers/sqlite_plugins/android_whatsapp.py",)
    specimens: ClassVar[tuple[Specimen, ...]] = WHATSAPP
    needs: ClassVar[Needs] = {}
    folders = ("msgstore.db", "com.whatsapp")
    messages = (
        Messages(
            "messages",
            text=lambda view: _worded(view, "data|media_caption|media_name", "media_wa_type"),
            peer="key_remote_jid",
            sender="remote_resource",
            own=is_("key_from_me", 1),
            times=(
                milliseconds("timestamp"),
                milliseconds("received_timestamp", Clock.DEVICE, "message received"),
                milliseconds("receipt_server_timestamp", Clock.SERVER, "message at the server"),
            ),
            extra={"media_type": "media_mime_type", "address": "media_url", "file": "media_name", "id": "key_id"},
            keep=lambda view: view.text("key_remote_jid") != "-1",
        ),
        Messages(
            "message",
            text=lambda view: _worded(view, "text_data", "message_type"),
            peer=_CHAT,
            name="chat_row_id>chat._id.subject",
            sender=lambda view: "" if view.value("from_me") else view.text("sender_jid_row_id>jid._id.raw_string"),
            own=is_("from_me", 1),
            times=(
                milliseconds("timestamp"),
                milliseconds("received_timestamp", Clock.DEVICE, "message received"),
                milliseconds("receipt_server_timestamp", Clock.SERVER, "message at the server"),
            ),
            extra={
                "id": "key_id",
                "file": "_id>message_media.message_row_id.file_path",
                "media_type": "_id>message_media.message_row_id.mime_type",
                "starred": lambda view: "yes" if view.value("starred") == 1 else "",
            },
            keep=lambda view: view.number("chat_row_id") != -1,
        ),
        Messages(
            "call_log",
            text=_call,
            peer="jid_row_id>jid._id.raw_string",
            own=is_("from_me", 1),
            times=(milliseconds("timestamp", Clock.DEVICE, "call"),),
        ),
    )

    def matches(self, tables: Tables) -> bool:
        """One of the two forms."""
        old = tables.has("messages", ("key_remote_jid", "key_from_me", "key_id", "data", "timestamp"))
        new = tables.has("message", ("chat_row_id", "from_me", "key_id", "text_data")) and tables.has(
            "jid", ("raw_string",)
        )
        return old or new


DETECTOR: Detector = Whatsapp()

"""Google Hangouts on Android: `babel.db`.

| table         | content                                                                        |
|---------------|--------------------------------------------------------------------------------|
| messages      | text, timestamp in microseconds since 1970, author_chat_id, type 1 sent, 2 received |
| participants  | chat_id, full_name, phone_id                                                       |
| conversations | conversation_id, name or generated_name                                             |

Not recorded: the own account (it is in the file's folder and settings).
"""

from __future__ import annotations

import html
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen
from forensics.detectors.chat._rows import Unit, View
from forensics.detectors.chat._specimens_store import HANGOUTS
from forensics.detectors.chat._store import Messages, Needs, People, Store, Time, is_
from forensics.model import Clock


def _text(view: View) -> str:
    return html.unescape(view.text("text"))


class Hangouts(Store):
    """Reads messages."""

    kind = "chat/hangouts"
    title = "Conversation in Hangouts"
    program = "Hangouts"
    references: ClassVar[tuple[str, ...]] = ("plaso: parsers/sqlite_plugins/android_hangouts.py",)
    specimens: ClassVar[tuple[Specimen, ...]] = HANGOUTS
    needs: ClassVar[Needs] = {
        "messages": ("conversation_id", "author_chat_id", "text", "timestamp"),
        "participants": ("chat_id", "full_name"),
    }
    folders = ("babel",)
    messages = (
        Messages(
            "messages",
            text=_text,
            peer="conversation_id",
            name="conversation_id>conversations.conversation_id.name|conversation_id>conversations.conversation_id.generated_name",
            sender="author_chat_id>participants.chat_id.full_name|author_chat_id",
            own=is_("type", 1),
            times=(Time("timestamp", Unit.MICROSECONDS, Clock.SERVER),),
            extra={"sender_number": "author_chat_id", "address": "remote_url", "file": "local_url"},
        ),
    )
    people = (People("participants", "chat_id|phone_id", {"name": "full_name|fallback_name", "phone": "phone_id"}),)


DETECTOR: Detector = Hangouts()

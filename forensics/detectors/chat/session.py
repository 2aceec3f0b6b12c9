"""Session Desktop: `sql/db.sqlite`, where it is not encrypted (any more).

| table         | content                                                                                |
|---------------|----------------------------------------------------------------------------------------|
| messages      | id, conversationId, type, body, sent_at, received_at, serverTimestamp, source; json          |
| conversations | id (05 and a public key; a room's address), type, displayNameInProfile, nickname             |
| items         | `number_id`: the own account, `{"value": "05….1"}`                                            |

Times are milliseconds since 1970. As Session writes it the database is SQLCipher 4: see `chat/locked` and
`open-wallet`. Session overwrites deleted rows with zeros; what the log still has is found all the same.

Not recorded: the recovery phrase, unless it is among `items`.
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen
from forensics.detectors.chat._desktop_message import OWN, TIMES, body, erased, files, member
from forensics.detectors.chat._rows import Tables, View
from forensics.detectors.chat._specimens_desktop import SESSION
from forensics.detectors.chat._store import Messages, Needs, People, Store, milliseconds
from forensics.model import Clock

_NAME = "conversationId>conversations.id.nickname|conversationId>conversations.id.displayNameInProfile"


class Session(Store):
    """Reads messages."""

    kind = "chat/session"
    title = "Conversation in Session"
    program = "Session"
    references: ClassVar[tuple[str, ...]] = ("Session Desktop: ts/node/migration",)
    specimens: ClassVar[tuple[Specimen, ...]] = SESSION
    needs: ClassVar[Needs] = {
        "messages": ("id", "json", "conversationId", "type", "body", "sent_at", "received_at", "serverTimestamp"),
        "conversations": ("id", "type", "displayNameInProfile", "nickname"),
    }
    folders = ("/session/sql/",)
    messages = (
        Messages(
            "messages",
            text=body,
            peer="conversationId",
            name=_NAME,
            sender=lambda view: "" if OWN(view) else view.text("source|conversationId"),
            own=OWN,
            times=(*TIMES, milliseconds("serverTimestamp", Clock.SERVER, "message at the server")),
            extra={"file": files, "taken_back": erased, "id": "id"},
        ),
    )
    people = (People("conversations", "id", {"name": "nickname|displayNameInProfile", "kind": "type"}),)

    def account(self, path: str, tables: Tables) -> str:
        """The own public key with its prefix."""
        for row in tables.rows("items"):
            view = View(tables, row)
            value = member(view, "value")
            if view.text("id") == "number_id" and isinstance(value, str):
                return value.rpartition(".")[0] or value
        return ""


DETECTOR: Detector = Session()

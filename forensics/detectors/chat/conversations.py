"""Conversations on Android and what is made of it: `history`.

| table         | content                                                                                |
|---------------|----------------------------------------------------------------------------------------|
| accounts      | username, server, password in plain text                                                   |
| conversations | uuid, contactJid, accountUuid, mode 1 a room                                               |
| messages      | conversationUuid, body, timeSent in ms since 1970, status 0 received, counterpart, deleted    |

Not recorded: when a received message arrived here.
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen
from forensics.detectors.chat._rows import View
from forensics.detectors.chat._specimens_store import CONVERSATIONS
from forensics.detectors.chat._store import Messages, Needs, People, Store, milliseconds

_ACCOUNT = "conversationUuid>conversations.uuid.accountUuid>accounts.uuid"


def _own(view: View) -> bool | None:
    status = view.number("status")
    return None if status is None else status != 0


def _account(view: View) -> str:
    name, server = view.text(f"{_ACCOUNT}.username"), view.text(f"{_ACCOUNT}.server")
    return f"{name}@{server}" if name and server else name


def _sender(view: View) -> str:
    return "" if _own(view) else view.text("trueCounterpart|counterpart")


class Conversations(Store):
    """Reads messages."""

    kind = "chat/conversations"
    title = "Conversation in Conversations (XMPP)"
    program = "Conversations"
    references: ClassVar[tuple[str, ...]] = ("Conversations: persistance/DatabaseBackend.java",)
    specimens: ClassVar[tuple[Specimen, ...]] = CONVERSATIONS
    needs: ClassVar[Needs] = {
        "messages": ("uuid", "conversationUuid", "timeSent", "body", "status"),
        "conversations": ("uuid", "contactJid", "accountUuid"),
        "accounts": ("uuid", "username", "server"),
    }
    folders = ("eu.siacs.conversations", "/history")
    messages = (
        Messages(
            "messages",
            text="body",
            peer="conversationUuid>conversations.uuid.contactJid",
            name="conversationUuid>conversations.uuid.name",
            account=_account,
            sender=_sender,
            own=_own,
            times=(milliseconds("timeSent"),),
            extra={"encryption": "encryption", "file": "relativeFilePath", "deleted_here": "deleted"},
        ),
    )
    people = (
        People("accounts", "username", {"server": "server", "password": "password", "resource": "resource"}, own=True),
        People("conversations", "contactJid", {"name": "name"}),
    )


DETECTOR: Detector = Conversations()

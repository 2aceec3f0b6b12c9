"""qTox's history where the profile has no password: `<profile>.db`.

| table         | content                                                                       |
|---------------|-------------------------------------------------------------------------------|
| history       | timestamp in milliseconds since 1970, chat_id, message_type T, F or S              |
| text_messages | message, sender_alias                                                             |
| chats, peers, authors | public keys; before, history has chat_id and message itself                  |
| aliases       | owner, display_name                                                                |
| file_transfers | file_name, file_path, direction, file_hash                                        |

With a password the whole file is encrypted with SQLCipher.

Not recorded: the own key (it is in the profile: `chat/tox`).
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen
from forensics.detectors.chat._rows import Tables, Unit, View
from forensics.detectors.chat._specimens_store import QTOX
from forensics.detectors.chat._store import Messages, Needs, Store, Time
from forensics.model import Clock


def _key(view: View, *paths: str) -> str:
    for path in paths:
        value = view.value(path)
        if isinstance(value, bytes) and len(value) == 32:
            return value.hex().upper()
        if isinstance(value, str) and value:
            return value
    return ""


def _octets(view: View, *paths: str) -> str:
    for path in paths:
        value = view.value(path)
        if value is not None:
            return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return ""


def _text(view: View) -> str:
    name = _octets(view, "id>file_transfers.id.file_name")
    return _octets(view, "message", "id>text_messages.id.message") or (f"file: {name}" if name else "")


def _peer(view: View) -> str:
    return _key(view, "chat_id>chats.id.uuid", "chat_id>peers.id.public_key")


_ALIAS = "sender_alias>aliases.id", "id>text_messages.id.sender_alias>aliases.id"


def _sender(view: View) -> str:
    owners = ("owner>authors.id.public_key", "owner>peers.id.public_key")
    key = _key(view, *(f"{alias}.{owner}" for alias in _ALIAS for owner in owners))
    return key or _octets(view, *(f"{alias}.display_name" for alias in _ALIAS))


class Qtox(Store):
    """Reads history."""

    kind = "chat/qtox"
    title = "Conversation in qTox"
    program = "qTox"
    references: ClassVar[tuple[str, ...]] = ("qTox: src/persistence/db/upgrades/dbupgrader.cpp",)
    specimens: ClassVar[tuple[Specimen, ...]] = QTOX
    needs: ClassVar[Needs] = {"history": ("id", "timestamp", "chat_id"), "aliases": ("id", "owner", "display_name")}
    folders = ("/tox/", "qtox")
    messages = (
        Messages(
            "history",
            text=_text,
            peer=_peer,
            sender=_sender,
            times=(Time("timestamp", Unit.MILLISECONDS, Clock.DEVICE),),
            extra={
                "sender_name": lambda view: _octets(view, *(f"{alias}.display_name" for alias in _ALIAS)),
                "path": lambda view: _octets(view, "id>file_transfers.id.file_path"),
            },
        ),
    )

    def matches(self, tables: Tables) -> bool:
        """The people of one of the two forms."""
        return super().matches(tables) and (
            tables.has("peers", ("public_key",)) or tables.has("authors", ("public_key",))
        )


DETECTOR: Detector = Qtox()

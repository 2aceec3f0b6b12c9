"""Messages on macOS and iOS: `chat.db`, `sms.db`.

| table             | content                                                                          |
|-------------------|----------------------------------------------------------------------------------|
| message           | text, or attributedBody (a typed stream with an NSString), is_from_me, handle_id      |
| handle            | address of the other side                                                           |
| chat              | chat_identifier, account_login; chat_message_join says which message is where           |
| attachment        | filename; message_attachment_join                                                     |
| deleted_messages  | identifiers of messages that were deleted here                                         |

Times are seconds, since 2017 nanoseconds, from 2001 on.

Not recorded: what a deleted message said, but for rows that are not overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen
from forensics.detectors.chat._rows import Tables, Unit, View
from forensics.detectors.chat._specimens_store import IMESSAGE
from forensics.detectors.chat._store import Messages, Needs, People, Store, Time, is_
from forensics.model import Clock, Value

_MARK = b"NSString"


def _text(view: View) -> str:
    if text := view.text("text"):
        return text
    body = view.value("attributedBody")
    return string_of(body) if isinstance(body, bytes) else ""


def string_of(stream: bytes) -> str:
    """The first string of a typed stream: `+`, its length (a byte, 81 and u16, 82 and u32, low first), its octets."""
    at = stream.find(_MARK)
    at = stream.find(b"+", at + len(_MARK), at + 40) if at >= 0 else -1
    if at < 0 or at + 2 > len(stream):
        return ""
    size, at = stream[at + 1], at + 2
    if size in (0x81, 0x82):
        width = 2 if size == 0x81 else 4
        size, at = int.from_bytes(stream[at : at + width], "little"), at + width
    return stream[at : at + min(size, 1 << 20)].decode("utf-8", "replace")


class Imessage(Store):
    """Reads message."""

    kind = "chat/imessage"
    title = "Conversation in Messages (iMessage, SMS)"
    program = "Messages"
    references: ClassVar[tuple[str, ...]] = ("plaso: parsers/sqlite_plugins/imessage.py",)
    specimens: ClassVar[tuple[Specimen, ...]] = IMESSAGE
    needs: ClassVar[Needs] = {
        "message": ("guid", "text", "handle_id", "date", "is_from_me"),
        "handle": ("id", "service"),
        "chat": ("chat_identifier",),
    }
    folders = ("/messages/chat.db", "sms.db", "3d0d7e5fb2ce288813306e4d4636395e047a3d28")
    messages = (
        Messages(
            "message",
            text=_text,
            peer="rowid>chat_message_join.message_id.chat_id>chat.rowid.chat_identifier|handle_id>handle.rowid.id",
            account="account",
            sender=lambda view: "" if view.value("is_from_me") == 1 else view.text("handle_id>handle.rowid.id"),
            own=is_("is_from_me", 1),
            times=(
                Time("date", Unit.COCOA, Clock.SENDER),
                Time("date_delivered", Unit.COCOA, Clock.DEVICE, "message delivered"),
                Time("date_read", Unit.COCOA, Clock.DEVICE, "message read"),
            ),
            extra={
                "service": "service",
                "id": "guid",
                "attachment": "rowid>message_attachment_join.message_id.attachment_id>attachment.rowid.filename",
            },
        ),
    )
    people = (People("handle", "id", {"service": "service", "country": "country"}),)

    def facts(self, tables: Tables) -> Mapping[str, Value]:
        """Identifiers of messages that were deleted."""
        gone = [str(row.get("guid") or "")[:60] for row in tables.rows("deleted_messages")]
        return {"deleted_identifiers": tuple(gone[:1_000]), "deleted_count": len(gone)} if gone else {}


DETECTOR: Detector = Imessage()

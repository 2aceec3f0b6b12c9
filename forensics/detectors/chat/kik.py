"""Kik on Android: `kikDatabase.db` and `<id>.kikDatabase.db`.

| table            | content                                                                     |
|------------------|-----------------------------------------------------------------------------|
| messagesTable    | body, partner_jid, was_me, timestamp in milliseconds since 1970, content_id     |
| KIKcontactsTable | jid, display_name, user_name                                                    |

Not recorded: the own account (it is in the settings).
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen
from forensics.detectors.chat._specimens_store import KIK
from forensics.detectors.chat._store import Messages, Needs, People, Store, is_, milliseconds
from forensics.model import Clock


class Kik(Store):
    """Reads messagesTable."""

    kind = "chat/kik"
    title = "Conversation in Kik"
    program = "Kik"
    references: ClassVar[tuple[str, ...]] = ("plaso: parsers/sqlite_plugins/kik_ios.py",)
    specimens: ClassVar[tuple[Specimen, ...]] = KIK
    needs: ClassVar[Needs] = {"messagesTable": ("body", "partner_jid", "was_me", "timestamp")}
    folders = ("kikdatabase",)
    messages = (
        Messages(
            "messagesTable",
            text="body",
            peer="bin_id|partner_jid",
            name="partner_jid>KIKcontactsTable.jid.display_name",
            sender=lambda view: "" if view.value("was_me") == 1 else view.text("partner_jid"),
            own=is_("was_me", 1),
            times=(milliseconds("timestamp", Clock.SERVER),),
            extra={"content": "content_id", "id": "uid"},
        ),
    )
    people = (People("KIKcontactsTable", "jid", {"name": "display_name", "user_name": "user_name"}),)


DETECTOR: Detector = Kik()

"""The database of Profanity: `database/<account>/chatlog.db`.

| column of ChatLogs                        | content                                                    |
|-------------------------------------------|------------------------------------------------------------|
| from_jid, from_resource                   | who sent it                                                  |
| to_jid, to_resource                       | who it was for: the other side, the own account, or a room     |
| timestamp                                 | text with a zone; of what was sent and live by the own clock    |
| type, encryption                          | chat, muc, mucpm; none, omemo, otr, pgp, ox                      |
| replace_id, replaces_db_id                | what a correction corrects; the old text stays                   |

In the folder's name `@` is written `_at_`: only there the own account is told.

Not recorded: whether a message arrived.
"""

from __future__ import annotations

import re
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen
from forensics.detectors.chat._rows import Tables, Unit, View
from forensics.detectors.chat._specimens_store import PROFANITY
from forensics.detectors.chat._store import Messages, Needs, Store, Time
from forensics.model import Clock

_PATH = re.compile(r"/database/([^/]{1,250}_at_[^/]{1,250})/chatlog\.db$")


def _peer(view: View) -> str:
    own = view.tables.owner
    sender, other = view.text("from_jid"), view.text("to_jid")
    return other if sender == own or not own else sender


def _own(view: View) -> bool | None:
    own = view.tables.owner
    return None if not own else view.text("from_jid") == own


def _sender(view: View) -> str:
    room = view.text("type") == "muc" and view.text("from_resource")
    return view.text("from_jid") if not room or _own(view) else view.text("from_resource")


class Profanity(Store):
    """Reads ChatLogs."""

    kind = "chat/profanity"
    title = "Conversation in Profanity, database"
    program = "Profanity"
    references: ClassVar[tuple[str, ...]] = ("Profanity: src/database.c",)
    specimens: ClassVar[tuple[Specimen, ...]] = PROFANITY
    needs: ClassVar[Needs] = {"ChatLogs": ("from_jid", "to_jid", "message", "timestamp", "stanza_id"), "DbVersion": ()}
    folders = ("/profanity/database/",)
    messages = (
        Messages(
            "ChatLogs",
            text="message",
            peer=_peer,
            sender=_sender,
            own=_own,
            times=(Time("timestamp", Unit.TEXT, Clock.DEVICE),),
            extra={"type": "type", "encryption": "encryption", "id": "stanza_id", "replaces": "replace_id"},
        ),
    )

    def account(self, path: str, tables: Tables) -> str:
        """From the folder, else the address that all rows have."""
        if name := _PATH.search(path):
            return name[1].replace("_at_", "@")
        common: set[str] | None = None
        for row in tables.rows("ChatLogs"):
            both = {str(row.get("from_jid") or ""), str(row.get("to_jid") or "")}
            common = both if common is None else common & both
        return next(iter(common)) if common and len(common) == 1 else ""


DETECTOR: Detector = Profanity()

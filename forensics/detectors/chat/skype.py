"""Skype before 8: `main.db`.

| table         | content                                                                             |
|---------------|-------------------------------------------------------------------------------------|
| Accounts      | skypename, fullname, e-mail of the own account                                          |
| Contacts      | skypename, fullname, numbers                                                           |
| Conversations | identity of the other side or the room                                                 |
| Messages      | author, body_xml, timestamp, type 61 text, 68 file, 30 and 39 calls, 50 and 51 requests   |
| Calls, SMSes, Transfers | what was called, sent to a telephone, or sent as a file                        |

Times are seconds since 1970.

Not recorded: whether a message was read.
"""

from __future__ import annotations

import html
import re
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen
from forensics.detectors.chat._rows import Tables, View
from forensics.detectors.chat._specimens_store import SKYPE
from forensics.detectors.chat._store import Messages, Needs, People, Store, seconds
from forensics.model import Clock

_TAG = re.compile(r"<[^<>]{0,2000}>")
_KINDS = {
    10: "joined the conversation",
    12: "removed from the conversation",
    13: "left the conversation",
    30: "call began",
    39: "call ended",
    50: "asked to be a contact",
    51: "agreed to be a contact",
    53: "blocked a contact",
    68: "file",
}


def _body(view: View) -> str:
    text = html.unescape(_TAG.sub("", view.text("body_xml")))
    word = _KINDS.get(view.number("type") or 0, "")
    return f"[{word}] {text}".strip() if word else text


def _own(view: View) -> bool | None:
    return view.text("author") == view.tables.owner if view.tables.owner else None


def _call(view: View) -> str:
    return f"call of {view.text('duration') or '0'} s by {view.text('host_identity')}"


def _caller(view: View) -> bool | None:
    return view.text("host_identity") == view.tables.owner if view.tables.owner else None


def _sent(view: View) -> bool | None:
    return True


def _transfer(view: View) -> str:
    return f"file: {view.text('filename')} ({view.text('filesize') or 'unknown'} bytes), {view.text('filepath')}"


def _partner(view: View) -> str:
    """The other side; where the row names the own account, the conversation only."""
    found = view.text("convo_id>Conversations.id.identity") or view.text("partner_handle")
    return "" if found == view.tables.owner else found


def _from_partner(view: View) -> bool | None:
    kind = view.number("type")
    return None if kind not in (1, 2) else kind == 2


class Skype(Store):
    """Reads Messages, Calls, SMSes and Transfers."""

    kind = "chat/skype"
    title = "Conversation in Skype"
    program = "Skype"
    references: ClassVar[tuple[str, ...]] = ("plaso: parsers/sqlite_plugins/skype.py",)
    specimens: ClassVar[tuple[Specimen, ...]] = SKYPE
    needs: ClassVar[Needs] = {
        "Messages": ("convo_id", "author", "timestamp", "body_xml"),
        "Conversations": ("identity",),
        "Accounts": ("skypename",),
    }
    counted = False  # tables share their numbers
    folders = ("/skype/", "main.db")
    messages = (
        Messages(
            "Messages",
            text=_body,
            peer="convo_id>Conversations.id.identity|dialog_partner|chatname",
            name="convo_id>Conversations.id.displayname",
            sender="author",
            own=_own,
            times=(seconds("timestamp"), seconds("edited_timestamp", meaning="message edited")),
            extra={"sender_name": "from_dispname", "edited_by": "edited_by"},
        ),
        Messages(
            "Calls",
            text=_call,
            peer="conv_dbid>Conversations.id.identity|id>CallMembers.call_db_id.identity",
            sender="host_identity",
            own=_caller,
            times=(seconds("begin_timestamp", Clock.DEVICE, "call"),),
        ),
        Messages(
            "SMSes",
            text="body",
            peer="target_numbers",
            own=_sent,
            times=(seconds("timestamp", Clock.DEVICE, "text message"),),
        ),
        Messages(
            "Transfers",
            text=_transfer,
            peer=_partner,
            own=_from_partner,
            times=(
                seconds("starttime", Clock.DEVICE, "file transfer"),
                seconds("accepttime", Clock.DEVICE, "file transfer accepted"),
                seconds("finishtime", Clock.DEVICE, "file transfer ended"),
            ),
            extra={"path": "filepath", "partner": "partner_handle"},
        ),
    )
    people = (
        People(
            "Accounts", "skypename", {"name": "fullname", "mail": "emails", "live_id": "liveid_membername"}, own=True
        ),
        People(
            "Contacts", "skypename|pstnnumber", {"name": "fullname", "shown": "displayname", "phone": "phone_mobile"}
        ),
    )

    def account(self, path: str, tables: Tables) -> str:
        """The one row of Accounts."""
        names = {str(row.get("skypename") or "") for row in tables.rows("Accounts")} - {""}
        return next(iter(names)) if len(names) == 1 else ""


DETECTOR: Detector = Skype()

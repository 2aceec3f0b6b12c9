"""Direct messages of Twitter on Android: `<number>-<n>.db`.

| table                     | content                                                                  |
|---------------------------|--------------------------------------------------------------------------|
| conversation_entries      | conversation_id, user_id of the sender, created in ms since 1970, data       |
| users                     | user_id, username, name                                                     |
| conversation_participants | who takes part                                                              |

`data` is an object in a form of the program's own; its longest text is taken for the message.

Not recorded in these tables: whose account it is (the file's name starts with its number). Tweets are not read.
"""

from __future__ import annotations

import re
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen
from forensics.detectors.chat._rows import Tables, View
from forensics.detectors.chat._specimens_store import TWITTER
from forensics.detectors.chat._store import Messages, Needs, Store, milliseconds
from forensics.model import Clock

_RUN = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]{2,}")


def _text(view: View) -> str:
    data = view.value("data")
    if not isinstance(data, bytes):
        return view.text("data")
    runs: list[str] = _RUN.findall(data[:65_536].decode("utf-8", "replace"))
    return max(runs, key=len, default="")


def _own(view: View) -> bool | None:
    return view.text("user_id") == view.tables.owner if view.tables.owner else None


class Twitter(Store):
    """Reads conversation_entries."""

    kind = "chat/twitter"
    title = "Direct messages of Twitter"
    program = "Twitter"
    references: ClassVar[tuple[str, ...]] = ("plaso: parsers/sqlite_plugins/android_twitter.py",)
    specimens: ClassVar[tuple[Specimen, ...]] = TWITTER
    needs: ClassVar[Needs] = {
        "conversation_entries": ("conversation_id", "user_id", "created", "entry_type", "data"),
        "users": ("user_id", "username"),
    }
    folders = ("com.twitter.android",)
    messages = (
        Messages(
            "conversation_entries",
            text=_text,
            peer="conversation_id",
            name="conversation_id>conversations.conversation_id.title",
            sender="user_id>users.user_id.username|user_id",
            own=_own,
            times=(milliseconds("created", Clock.SERVER),),
            extra={"sender_number": "user_id", "kind_stored": "entry_type"},
        ),
    )

    def account(self, path: str, tables: Tables) -> str:
        """The number that the file's name starts with."""
        name = re.search(r"/(\d{3,20})-\d{1,3}(?:-[^/]{0,40})?\.db$", path)
        return name[1] if name else ""


DETECTOR: Detector = Twitter()

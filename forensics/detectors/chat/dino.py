"""Dino's database: `dino.db`.

| table         | content                                                                             |
|---------------|-------------------------------------------------------------------------------------|
| account       | bare_jid, resourcepart, password in plain text, alias                                  |
| jid           | addresses by number                                                                   |
| message       | body, direction 1 sent, type 1 chat, 2 room, 3 privately in a room; time and local_time |
| real_jid      | who stands behind a nick in a room                                                    |
| file_transfer | file_name, path, mime_type, size                                                       |
| roster        | contacts                                                                              |

`time` is what the message states, `local_time` when this computer got it: their difference shows late delivery.

Not recorded: text of encrypted messages that could not be read.
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen
from forensics.detectors.chat._rows import View
from forensics.detectors.chat._specimens_store import DINO
from forensics.detectors.chat._store import Messages, Needs, People, Store, is_, seconds
from forensics.model import Clock

_ACCOUNT = "account_id>account.id.bare_jid"
_PEER = "counterpart_id>jid.id.bare_jid"
_TIMES = (seconds("time"), seconds("local_time", Clock.DEVICE, "message stored"))


def _sender(view: View) -> str:
    room = view.value("type") in (2, 3)
    return view.text("counterpart_resource") if room and view.value("direction") == 0 else ""


def _file(view: View) -> str:
    return f"file: {view.text('file_name') or view.text('path')}"


class Dino(Store):
    """Reads message and file_transfer."""

    kind = "chat/dino"
    title = "Conversation in Dino"
    program = "Dino"
    references: ClassVar[tuple[str, ...]] = ("Dino: libdino/src/service/database.vala",)
    specimens: ClassVar[tuple[Specimen, ...]] = DINO
    needs: ClassVar[Needs] = {
        "message": ("account_id", "counterpart_id", "direction", "local_time", "body"),
        "jid": ("id", "bare_jid"),
        "account": ("bare_jid",),
    }
    folders = ("/dino/dino.db",)
    messages = (
        Messages(
            "message",
            text="body",
            peer=_PEER,
            account=_ACCOUNT,
            sender=_sender,
            own=is_("direction", 1),
            times=_TIMES,
            extra={"encryption": "encryption", "real_address": "id>real_jid.message_id.real_jid", "id": "stanza_id"},
        ),
        Messages(
            "file_transfer",
            text=_file,
            peer=_PEER,
            account=_ACCOUNT,
            own=is_("direction", 1),
            times=_TIMES,
            extra={"path": "path", "media_type": "mime_type", "size": "size"},
        ),
    )
    people = (
        People("account", "bare_jid", {"password": "password", "resource": "resourcepart", "name": "alias"}, own=True),
        People("roster", "jid", {"name": "name|handle", "account": _ACCOUNT, "subscription": "subscription"}),
    )


DETECTOR: Detector = Dino()

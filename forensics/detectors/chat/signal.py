"""Signal Desktop: `sql/db.sqlite`, where it is not encrypted (any more).

| table         | content                                                                                       |
|---------------|-----------------------------------------------------------------------------------------------|
| messages      | id, conversationId, type incoming/outgoing/…, body, sent_at, received_at, source, sourceServiceId; json |
| conversations | id, type private/group, name, profileFullName, e164, serviceId (before: uuid), groupId; json           |
| items         | `number_id`, `uuid_id`: the own account, each `{"value": "+1….1"}` with the device behind the point      |

Times are milliseconds since 1970. `received_at` is a counter in newer versions; `received_at_ms` is the time then.
As Signal writes it the database is SQLCipher 4: see `chat/locked` and `open-wallet`.

Not recorded: the text of messages that disappeared, unless their rows are still in free space or in the log.
"""

from __future__ import annotations

import base64
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen
from forensics.detectors.chat._desktop_message import OWN, TIMES, body, erased, files, member
from forensics.detectors.chat._rows import Tables, View
from forensics.detectors.chat._specimens_desktop import SIGNAL
from forensics.detectors.chat._store import Messages, Needs, People, Store

_PEER = "conversationId>conversations.id"
_NAMES = ("name", "profileFullName", "profileName")


def _peer(view: View) -> str:
    """A number or identity; of a group its number in hexadecimal, as the case of base64 does not last."""
    if person := view.text("|".join(f"{_PEER}.{each}" for each in ("e164", "serviceId", "uuid"))):
        return person
    try:
        group = base64.b64decode(view.text(f"{_PEER}.groupId"), validate=True).hex()
    except ValueError:
        group = ""
    return group or view.text("conversationId")


def _sender(view: View) -> str:
    if OWN(view):
        return ""
    return view.text("source|sourceServiceId>conversations.serviceId.e164|sourceServiceId|sourceUuid") or _peer(view)


class Signal(Store):
    """Reads messages."""

    kind = "chat/signal"
    title = "Conversation in Signal Desktop"
    program = "Signal Desktop"
    references: ClassVar[tuple[str, ...]] = ("Signal Desktop: ts/sql/migrations",)
    specimens: ClassVar[tuple[Specimen, ...]] = SIGNAL
    needs: ClassVar[Needs] = {
        "messages": ("id", "json", "conversationId", "type", "body", "sent_at", "received_at"),
        "conversations": ("id", "json", "type", "e164", "groupId"),
    }
    folders = ("/signal/sql/", "/signal-beta/sql/")
    messages = (
        Messages(
            "messages",
            text=body,
            peer=_peer,
            name="|".join(f"{_PEER}.{each}" for each in _NAMES),
            sender=_sender,
            own=OWN,
            times=TIMES,
            extra={"file": files, "disappears_after_s": "expireTimer", "taken_back": erased, "id": "id"},
        ),
    )
    people = (
        People(
            "conversations",
            "e164|serviceId|uuid",
            {"name": "name|profileFullName|profileName", "service_id": "serviceId|uuid", "kind": "type"},
        ),
    )

    def account(self, path: str, tables: Tables) -> str:
        """The number of the own account, or its identity where that is all."""
        held: dict[str, str] = {}
        for row in tables.rows("items"):
            view = View(tables, row)
            value = member(view, "value")
            if view.text("id") in ("number_id", "uuid_id") and isinstance(value, str):
                held.setdefault(view.text("id"), value.rpartition(".")[0] or value)
        return held.get("number_id") or held.get("uuid_id") or ""


DETECTOR: Detector = Signal()

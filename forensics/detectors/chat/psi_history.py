"""The database of Psi+: `history.db`.

| table    | content                                                                     |
|----------|-----------------------------------------------------------------------------|
| accounts | numbers of the accounts                                                       |
| contacts | acc_id, type, jid                                                             |
| events   | contact_id, resource, date as local text, type, direction, subject, m_text      |

Not recorded: the zone. Which number of `direction` is which way is told as stored.
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen
from forensics.detectors.chat._rows import Unit
from forensics.detectors.chat._specimens_store import PSI_PLUS
from forensics.detectors.chat._store import Messages, Needs, People, Store, Time
from forensics.model import Clock


class PsiHistory(Store):
    """Reads events."""

    kind = "chat/psi_history"
    title = "Conversation in Psi+, database"
    program = "Psi+"
    references: ClassVar[tuple[str, ...]] = ("Psi+: src/edbsqlite.cpp",)
    specimens: ClassVar[tuple[Specimen, ...]] = PSI_PLUS
    needs: ClassVar[Needs] = {
        "events": ("contact_id", "date", "direction", "m_text"),
        "contacts": ("id", "acc_id", "jid"),
    }
    folders = ("psi+", "/psi/")
    messages = (
        Messages(
            "events",
            text="m_text",
            peer="contact_id>contacts.id.jid",
            times=(Time("date", Unit.TEXT, Clock.DEVICE),),
            extra={"direction_stored": "direction", "resource": "resource", "subject": "subject"},
        ),
    )
    people = (People("contacts", "jid"),)


DETECTOR: Detector = PsiHistory()

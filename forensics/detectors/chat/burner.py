"""Burner, numbers for a time: `burners.sqlite`, `burnerDatabase.db`.

| table    | content                                                                                |
|----------|----------------------------------------------------------------------------------------|
| messages | message, contact_phone_number, date_created in milliseconds since 1970, direction 2 sent    |
| burners  | phone_number_id: the number that was rented, name, date_created, expiration_date             |
| contacts | name, phone_number, notes                                                                 |

Not recorded: the own number behind it.
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen
from forensics.detectors.chat._specimens_store import BURNER
from forensics.detectors.chat._store import Messages, Needs, People, Store, is_, milliseconds
from forensics.model import Clock


class Burner(Store):
    """Reads messages."""

    kind = "chat/burner"
    title = "Conversation in Burner"
    program = "Burner"
    references: ClassVar[tuple[str, ...]] = ("by the look of stores with known content",)
    specimens: ClassVar[tuple[Specimen, ...]] = BURNER
    needs: ClassVar[Needs] = {
        "messages": ("message_id", "message", "contact_phone_number", "burner_id", "date_created", "direction"),
        "burners": ("burner_id", "phone_number_id"),
    }
    folders = ("burner",)
    messages = (
        Messages(
            "messages",
            text="message|asset_url|voice_url",
            peer="contact_phone_number",
            account="burner_id>burners.burner_id.phone_number_id",
            own=is_("direction", 2),
            times=(milliseconds("date_created", Clock.SERVER),),
            extra={"file": "asset_url|voice_url", "seconds": "duration", "id": "message_id"},
        ),
    )
    people = (
        People(
            "burners", "phone_number_id", {"name": "name", "made": "date_created", "ends": "expiration_date"}, own=True
        ),
        People("contacts", "phone_number", {"name": "name", "notes": "notes"}),
    )


DETECTOR: Detector = Burner()

"""Text messages of Android: `mmssms.db`.

| table | content                                                                                     |
|-------|---------------------------------------------------------------------------------------------|
| sms   | address, body, date, date_sent in milliseconds since 1970; type 1 received, 2 sent, 3 draft,    |
|       | 4 to 6 not sent yet or failed                                                                   |

Not recorded: the own number. Multimedia messages (`pdu`, `part`) are counted, not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen
from forensics.detectors.chat._rows import Tables, View
from forensics.detectors.chat._specimens_store import ANDROID_SMS
from forensics.detectors.chat._store import Messages, Needs, People, Store, milliseconds
from forensics.model import Clock, Value

_KINDS = {1: "received", 2: "sent", 3: "draft", 4: "to be sent", 5: "failed", 6: "to be sent"}


def _own(view: View) -> bool | None:
    kind = view.number("type")
    return None if kind not in _KINDS else kind != 1


class AndroidSms(Store):
    """Reads sms."""

    kind = "chat/android_sms"
    title = "Text messages of Android"
    program = "Android, text messages"
    references: ClassVar[tuple[str, ...]] = ("Android: android.provider.Telephony",)
    specimens: ClassVar[tuple[Specimen, ...]] = ANDROID_SMS
    needs: ClassVar[Needs] = {"sms": ("thread_id", "address", "date", "type", "body", "service_center")}
    folders = ("mmssms.db",)
    messages = (
        Messages(
            "sms",
            text="body",
            peer="address",
            own=_own,
            times=(
                milliseconds("date", Clock.DEVICE),
                milliseconds("date_sent", Clock.SENDER, "message sent, as the network says"),
            ),
            extra={
                "box": lambda view: _KINDS.get(view.number("type") or 0, ""),
                "service_center": "service_center",
                "read": "read",
            },
        ),
    )
    people = (People("canonical_addresses", "address"),)

    def facts(self, tables: Tables) -> Mapping[str, Value]:
        """Multimedia messages."""
        count = sum(1 for _ in tables.rows("pdu"))
        return {"multimedia_messages_not_read": count} if count else {}


DETECTOR: Detector = AndroidSms()

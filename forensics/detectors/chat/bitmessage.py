"""Bitmessage: `messages.dat`.

| table         | content                                                                             |
|---------------|-------------------------------------------------------------------------------------|
| inbox         | toaddress, fromaddress, subject, message, received (text, seconds since 1970), folder    |
| sent          | the same, with senttime, lastactiontime, status                                         |
| addressbook   | label, address                                                                          |
| subscriptions | label, address                                                                         |

Not recorded: where a message came from; what was thrown away is a folder, emptied after 30 days.
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen
from forensics.detectors.chat._rows import View
from forensics.detectors.chat._specimens_store import BITMESSAGE
from forensics.detectors.chat._store import Messages, Needs, People, Store, seconds
from forensics.model import Clock


def _text(view: View) -> str:
    return f"{view.text('subject')}\n{view.text('message')}".strip()


def _yes(view: View) -> bool | None:
    return True


def _no(view: View) -> bool | None:
    return False


class Bitmessage(Store):
    """Reads inbox and sent."""

    kind = "chat/bitmessage"
    title = "Conversation in Bitmessage"
    program = "Bitmessage"
    references: ClassVar[tuple[str, ...]] = ("PyBitmessage: src/class_sqlThread.py",)
    specimens: ClassVar[tuple[Specimen, ...]] = BITMESSAGE
    needs: ClassVar[Needs] = {
        "inbox": ("toaddress", "fromaddress", "subject", "received", "message"),
        "sent": ("toaddress", "fromaddress", "subject", "message", "ackdata"),
    }
    folders = ("bitmessage",)
    messages = (
        Messages(
            "inbox",
            text=_text,
            peer="fromaddress",
            account="toaddress",
            sender="fromaddress",
            own=_no,
            times=(seconds("received", Clock.DEVICE),),
            extra={"folder": "folder"},
        ),
        Messages(
            "sent",
            text=_text,
            peer="toaddress",
            account="fromaddress",
            sender="fromaddress",
            own=_yes,
            times=(
                seconds("senttime|lastactiontime", Clock.DEVICE),
                seconds("lastactiontime", Clock.DEVICE, "message last acted on"),
            ),
            extra={"folder": "folder", "status": "status"},
        ),
    )
    people = (
        People("addressbook", "address", {"name": "label"}),
        People("subscriptions", "address", {"name": "label"}),
    )


DETECTOR: Detector = Bitmessage()

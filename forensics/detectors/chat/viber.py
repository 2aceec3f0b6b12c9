"""Viber on a computer: `ViberPC/<own number>/viber.db`.

| table    | content                                                                            |
|----------|------------------------------------------------------------------------------------|
| Events   | EventID, TimeStamp in ms since 1970, Direction 0 received, 1 sent, ChatID, ContactID   |
| Messages | EventID, Body, Subject, PayloadPath, Type 1 text, 2 image, 3 video, 11 file              |
| Contact  | ContactID, Name, Number                                                                |
| ChatInfo | ChatID, Name, Token                                                                    |

Not recorded in the tables: the own number, which is the folder's name.
"""

from __future__ import annotations

import re
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen
from forensics.detectors.chat._rows import Tables, View
from forensics.detectors.chat._specimens_store import VIBER
from forensics.detectors.chat._store import Messages, Needs, People, Store, is_, milliseconds

_EVENT = "EventID>Events.EventID"
_KINDS = {2: "image", 3: "video", 4: "sticker", 6: "voice message", 7: "video message", 11: "file"}


def _text(view: View) -> str:
    word = _KINDS.get(view.number("Type") or 0, "")
    said = view.text("Body|Subject|PayloadPath")
    return f"[{word}] {said}".strip() if word else said


def _contact(view: View) -> str:
    return view.text(f"{_EVENT}.ContactID>Contact.ContactID.Number|{_EVENT}.Number")


def _peer(view: View) -> str:
    return view.text(f"{_EVENT}.ChatID>ChatInfo.ChatID.Token") or _contact(view)


def _sender(view: View) -> str:
    return "" if view.value(f"{_EVENT}.Direction") == 1 else _contact(view)


class Viber(Store):
    """Reads Messages with Events."""

    kind = "chat/viber"
    title = "Conversation in Viber"
    program = "Viber"
    references: ClassVar[tuple[str, ...]] = ("by the look of stores of Viber on computers",)
    specimens: ClassVar[tuple[Specimen, ...]] = VIBER
    needs: ClassVar[Needs] = {
        "Events": ("EventID", "TimeStamp", "Direction"),
        "Messages": ("EventID", "Body"),
        "Contact": ("ContactID", "Number"),
    }
    folders = ("viberpc",)
    messages = (
        Messages(
            "Messages",
            text=_text,
            peer=_peer,
            name=f"{_EVENT}.ChatID>ChatInfo.ChatID.Name|{_EVENT}.ContactID>Contact.ContactID.Name",
            sender=_sender,
            own=is_(f"{_EVENT}.Direction", 1),
            times=(milliseconds(f"{_EVENT}.TimeStamp"),),
            extra={"file": "PayloadPath"},
        ),
    )
    people = (People("Contact", "Number", {"name": "Name|ClientName"}),)

    def account(self, path: str, tables: Tables) -> str:
        """The folder's name."""
        name = re.search(r"/\.?viberpc/(\+?\d{5,20})/viber\.db$", path, re.IGNORECASE)
        return name[1] if name else ""


DETECTOR: Detector = Viber()

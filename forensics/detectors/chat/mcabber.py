"""Histories of mcabber: one file for each contact, `histo/<address>`.

| part    | content                                                                              |
|---------|--------------------------------------------------------------------------------------|
| 2       | `MS` sent, `MR` received, `MI` a remark; `S` and one of `_OFDNAI`: a status          |
| 18      | ` YYYYMMDDTHH:MM:SSZ`, UTC                                                             |
| 3       | number of further lines that the text has                                              |
| rest    | the text; in rooms `<nick> ` before it                                                 |

Not recorded: the own account (it is in `mcabberrc`), the contact (it is the file's name), who changed the file.
"""

from __future__ import annotations

import re
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger
from forensics.detectors.chat._specimens import MCABBER
from forensics.detectors.chat._stamped import OWN, PEER, Entry, Place, StampedLog, bare, moment_of

_STATUS = {
    "_": "offline",
    "O": "online",
    "F": "free for chat",
    "D": "do not disturb",
    "N": "not available",
    "A": "away",
    "I": "invisible",
}


class Mcabber(StampedLog):
    """Reads a history from its first line."""

    kind = "chat/mcabber"
    title = "Conversation in mcabber"
    program = "mcabber"
    zone = "utc"
    form = re.compile(rb"(M[SRI]|S[_OFDNAI]) (\d{8})T(\d\d:\d\d:\d\d)Z (\d{3}) ")
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\bM[SRI] \d{8}T\d\d:\d\d:\d\dZ \d{3} "),
        Trigger(rb"\bS[_OFDNAI] \d{8}T\d\d:\d\d:\d\dZ \d{3} "),
    )
    references: ClassVar[tuple[str, ...]] = ("mcabber: src/histolog.c",)
    specimens: ClassVar[tuple[Specimen, ...]] = MCABBER

    def entry(self, stamp: re.Match[bytes], rest: str, place: Place) -> Entry | None:
        """Direction or status, then the text."""
        code, date, time = (each.decode() for each in stamp.groups()[:3])
        when = moment_of(date, time)
        if when is None:
            return None
        stored = f"{date}T{time}Z"
        if code[0] == "S":
            words = _STATUS[code[1]] + (f": {rest}" if rest.strip() else "")
            return Entry("", f"{place.peer or 'the contact'} is {words}", when, stored)
        if code == "MI":
            return Entry("", rest, when, stored)
        if nick := re.match(r"<([^<>\s]{1,100})> (.*)", rest, re.DOTALL):
            return Entry(nick[1], nick[2], when, stored, code == "MS")
        return Entry(OWN if code == "MS" else place.peer or PEER, rest, when, stored, code == "MS")

    def place(self, path: str) -> Place:
        """The contact is the file's name."""
        name = re.search(r"/histo/([^/@\s]{1,200}@[^/@\s]{1,200})$", path)
        return Place(peer=bare(name[1]), agrees=True) if name else Place()


DETECTOR: Detector = Mcabber()

r"""Histories of Psi and Psi+: `history/<address>.history`.

| field | content                                                                            |
|-------|------------------------------------------------------------------------------------|
| 1     | `YYYY-MM-DDTHH:MM:SS`, local time                                                    |
| 2     | 0 message, 1 chat, 4 error, 5 headline, 2, 3, 6, 7 and 8 of subscriptions              |
| 3     | `to` or `from`                                                                       |
| 4     | `N---`; the second sign has bits: 1 a subject, 2 an address with its description         |
| 5 on  | subject, address, description where told, then the text; `\n`, `\p` and `\\` are escaped |

Fields are parted by `|`, and each line starts with one. In the file's name `%` and two digits stand for other signs.

Not recorded: the zone, the own account (the folder of the profile has it).
"""

from __future__ import annotations

import re
from typing import ClassVar
from urllib.parse import unquote

from forensics.detectors.base import Detector, Specimen, Trigger
from forensics.detectors.chat._specimens import PSI
from forensics.detectors.chat._stamped import OWN, PEER, Entry, Place, StampedLog, bare, moment_of

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SIGNS = {"n": "\n", "p": "|", "\\": "\\"}
_KINDS = {2: "subscription asked for", 3: "subscription granted", 6: "subscription asked for", 7: "subscribed"}


class Psi(StampedLog):
    """Reads a history from its first line."""

    kind = "chat/psi_log"
    title = "Conversation in Psi"
    program = "Psi"
    form = re.compile(rb"\|(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\|(\d)\|(to|from)\|([N-])([0-9A-Fa-f-])..\|")
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\|\d\|(?:to|from)\|[N\-][0-9A-Fa-f\-][^|\r\n]{2}\|"),
    )
    references: ClassVar[tuple[str, ...]] = ("Psi: src/eventdb.cpp",)
    specimens: ClassVar[tuple[Specimen, ...]] = PSI

    def entry(self, stamp: re.Match[bytes], rest: str, place: Place) -> Entry | None:
        """Fields behind the flags."""
        date, time, kind, way, _, flags = (each.decode() for each in stamp.groups())
        when = moment_of(date, time)
        if when is None:
            return None
        bits = 0 if flags == "-" else int(flags, 16)
        parts = rest.split("|", (bits & 1) + 2 * (bits >> 1 & 1))
        text = "\n".join(_ESCAPED.sub(lambda each: _SIGNS.get(each[1], each[0]), part) for part in parts if part)
        own = way == "to"
        stored = f"{date}T{time}"
        if kind not in "0145":
            return Entry("", f"{_KINDS.get(int(kind), 'of a subscription')} ({way}): {text}", when, stored)
        return Entry(OWN if own else place.peer or PEER, text, when, stored, own)

    def place(self, path: str) -> Place:
        """The contact is the file's name."""
        found = re.search(r"/([^/]{1,600})\.history$", path)
        if found is None:
            return Place()
        name = unquote(found[1].replace("_at_", "@"))
        return Place(peer=bare(name), agrees=True)


DETECTOR: Detector = Psi()

"""Text logs of Profanity: `chatlogs/<account>/<contact>/YYYY_MM_DD.log`, for rooms in `chatlogs/<account>/rooms/`.

| part | content                                                                                  |
|------|------------------------------------------------------------------------------------------|
| time | `YYYY-MM-DDTHH:MM:SS.µsZ` or with a zone as `+01`; in old versions `HH:MM:SS`, local time    |
| ` - `| then `me: text` for what was sent, `<address or nick>: text`, or `*<who> text` for an act    |

In names of folders `@` is written `_at_`. Old lines have their day from the file's name and are told only where
that name is there.

Not recorded: encryption, and whether a message arrived (the database beside it has both: `chat/profanity`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger
from forensics.detectors.chat._specimens import PROFANITY_LOG
from forensics.detectors.chat._stamped import OWN, Entry, Place, StampedLog, moment_of
from forensics.model import Finding, Layer

_PATH = re.compile(r"/chatlogs/([^/]{1,250})/(rooms/)?([^/]{1,250})/(\d{4}_\d\d_\d\d)\.log$")


class ProfanityLog(StampedLog):
    """Reads a log from its first line."""

    kind = "chat/profanity_log"
    title = "Conversation in Profanity, text log"
    program = "Profanity"
    form = re.compile(
        rb"(?:(\d{4}-\d\d-\d\d)T)?(\d\d:\d\d:\d\d(?:\.\d{1,9})?)(Z|[+-]\d\d(?::?\d\d)?)? - (?=\*?[^\s:]|\[)"
    )
    zone = "utc"
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(?:Z|[+-]\d\d|[+-]\d\d:?\d\d) - \b"),
        Trigger(name="*/chatlogs/*/????_??_??.log"),
    )
    references: ClassVar[tuple[str, ...]] = ("Profanity: src/chatlog.c",)
    specimens: ClassVar[tuple[Specimen, ...]] = PROFANITY_LOG

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """As the table says; without the path a line must be one's own or name an address."""
        if at == 0 and layer.read(10, 1) == b"T":
            return  # dated lines wake us by themselves
        for each in super().examine(layer, at):
            senders = each.fields["senders"].value
            assert isinstance(senders, tuple)
            if "/chatlogs/" in layer.locator.step or any(who == OWN or "@" in str(who) for who in senders):
                yield each

    def entry(self, stamp: re.Match[bytes], rest: str, place: Place) -> Entry | None:
        """`who: text` or `*who text`."""
        date, time, zone = ((each or b"").decode() for each in stamp.groups())
        if not date and not place.agrees:
            return None
        when = moment_of(date or place.extra["day"], time, zone)
        acted = rest.startswith("*")
        who, colon, text = rest[1:].partition(" ") if acted else rest.partition(":")
        if when is None or not colon or not who or len(who) > 200:
            return None
        own = who == "me"
        text = f"* {text}" if acted else text.removeprefix(" ")
        return Entry(OWN if own else who, text, when, f"{date}T{time}{zone}" if date else time, own)

    def place(self, path: str) -> Place:
        """Account and contact are the names of folders."""
        found = _PATH.search(path)
        if found is None:
            return Place()
        account, peer = (each.replace("_at_", "@") for each in (found[1], found[3]))
        return Place(account, peer, True, bool(found[2]), {"day": found[4].replace("_", "-")})


DETECTOR: Detector = ProfanityLog()

"""Text logs of Toxic, a Tox client: `chatlogs/<key>-<name>-<key>.log`.

| part | content                                                                          |
|------|----------------------------------------------------------------------------------|
| time | `YYYY/MM/DD [HH:MM:SS] `, with ` AM` or ` PM` where the user wants it, local time  |
| rest | `name: text`, or `* name ` and what the name did                                 |

The file's name has the first six digits of the own public key, the contact's name, and six of the contact's key.
Lines without that name are told from three on, as possible.

Not recorded: the zone, the whole keys (they are in the profile: `chat/tox`).
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger
from forensics.detectors.chat._specimens import TOXIC
from forensics.detectors.chat._stamped import Entry, Place, StampedLog, moment_of

_PATH = re.compile(r"/([0-9A-F]{6})-([^/]{1,128})-([0-9A-F]{6})\.log$")


class Toxic(StampedLog):
    """Reads a log from its first line."""

    kind = "chat/toxic"
    title = "Conversation in Toxic (Tox)"
    program = "Toxic"
    least = 3
    form = re.compile(rb"(\d{4}/\d\d/\d\d) \[(\d\d):(\d\d:\d\d)( [AP]M)?\] ")
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\b\d{4}/\d\d/\d\d \[\d\d:\d\d:\d\d\] "),
        Trigger(rb"\b\d{4}/\d\d/\d\d \[\d\d:\d\d:\d\d [AP]M\] "),
    )
    references: ClassVar[tuple[str, ...]] = ("Toxic: src/log.c",)
    specimens: ClassVar[tuple[Specimen, ...]] = TOXIC

    def entry(self, stamp: re.Match[bytes], rest: str, place: Place) -> Entry | None:
        """`name: text` or `* name text`."""
        date, hour, minutes, half = ((each or b"").decode() for each in stamp.groups())
        when = moment_of(date, f"{hour}:{minutes}")
        if when is None:
            return None
        if half:
            when += timedelta(hours=int(hour) % 12 + (12 if "P" in half else 0) - int(hour))
        stored = f"{date} {hour}:{minutes}{half}"
        if rest.startswith("* "):
            return Entry("", rest[2:], when, stored)
        who, colon, text = rest.partition(": ")
        if not colon or not who or len(who) > 128:
            return None
        own = None if not place.peer else who != place.peer
        return Entry(who, text, when, stored, own)

    def place(self, path: str) -> Place:
        """Name and digits of keys."""
        found = _PATH.search(path)
        if found is None:
            return Place()
        return Place("", found[2], True, False, {"own_key_starts": found[1], "peer_key_starts": found[3]})


DETECTOR: Detector = Toxic()

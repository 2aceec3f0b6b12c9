"""The last login of each account of a Linux machine: `/var/log/lastlog`, a record for each number of a user.

| offset | length | content of a record of 292 octets (its place in the file is the user's number)  |
|--------|--------|--------------------------------------------------------------------------------|
| 0      | 4      | i32 seconds since 1970, UTC; 0 never                                           |
| 4      | 32     | terminal                                                                       |
| 36     | 256    | host                                                                           |

Not recorded: the user's name (`/etc/passwd`), earlier logins (`system/login_record`). Source: lastlog(8), utmp(5).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.system._told import is_text, shown, unix, unix_events
from forensics.model import ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

SIZE = 292
MOST = 10_000  # records with a login
LARGEST = 70_000 * SIZE  # numbers above 65,534 are of networks, and their files have holes
_FORM = struct.Struct("<i32s256s")
_NAME = re.compile(r"/lastlog(?:\.\d+)?$")
_LOGIN = _FORM.pack(1_709_164_800, b"pts/0", b"10.0.0.7")
_FILE = bytes(SIZE * 3) + _LOGIN


class Lastlog:
    """One finding for each account."""

    kind: ClassVar[str] = "system/lastlog"
    title: ClassVar[str] = "Last login of an account (Linux)"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(name="*/lastlog"), Trigger(name="*/lastlog.[0-9]"))
    references: ClassVar[tuple[str, ...]] = ("lastlog(8)", "utmp(5)")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("of user 3", _FILE, ("user 3",), "by hand, after utmp(5)"),
        Specimen("nobody", bytes(SIZE * 4), None, "by hand"),
        Specimen("truncated", _FILE[:-40], None, "by hand, cut"),
        Specimen("look-alike: text", b"last log of a ship\n" * 40, None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The records of the file that the layer is."""
        if at or layer.size % SIZE:
            return
        count, named = 0, _NAME.search(layer.locator.step) is not None
        step = SIZE * 1_000
        for base in range(0, min(layer.size, LARGEST), step):
            data = layer.read(base, step)
            if not any(data):
                continue
            for place in range(0, len(data) - SIZE + 1, SIZE):
                record = data[place : place + SIZE]
                if not any(record):
                    continue
                found = self._told(layer, base + place, record, named)
                count += 1
                if found is None or count > MOST:
                    return
                yield found

    def _told(self, layer: Layer, offset: int, record: bytes, named: bool) -> Finding | None:
        seconds, *stored = _FORM.unpack(record)
        when = unix(seconds)
        line, host = (each.partition(b"\0")[0].decode("utf-8", "replace") for each in stored)
        if when is None or not is_text(line or "-") or not is_text(host or "-"):
            return None
        number = offset // SIZE
        fields = {"user_id": Field(number), "time": Field(shown(when), ByteRun(offset, 4))}
        links = [Link("BY_ACCOUNT", "user id", str(number))]
        if line:
            fields["terminal"] = Field(line, ByteRun(offset + 4, 32))
        if host:
            fields["host"] = Field(host, ByteRun(offset + 36, 256))
            links.append(Link("LOGGED_IN_FROM", "host", host))
        return finding(
            self,
            layer,
            offset,
            SIZE,
            grade=Grade.C3 if named else Grade.C2,
            value=f"user {number}",
            checks=(
                Check("record in form", Outcome.PASS, 40),
                Check("name of the file", Outcome.PASS if named else Outcome.NOT_APPLICABLE, 20),
            ),
            fields=fields,
            events=tuple(unix_events("user logged in", seconds)),
            links=tuple(links),
            sensitivity=Sensitivity.PERSONAL,
        )


DETECTOR: Detector = Lastlog()

"""Programs and command lines in the log of pacman: `/var/log/pacman.log`, a line each.

| line                                                  | content                                        |
|-------------------------------------------------------|------------------------------------------------|
| `[<time>] [PACMAN] Running '<command line>'`          | what was typed, or the program that asked       |
| `[<time>] [ALPM] installed <package> (<version>)`     | also `upgraded`, `reinstalled`, `removed`        |

The time is ISO 8601 with its zone. Of changes only those of programs of interest are findings; each command line is one.
Not recorded: who asked. Source: pacman, lib/libalpm/log.c, src/pacman/pacman.c.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.system._programs import program_of
from forensics.detectors.system._told import is_text
from forensics.model import Check, Clock, Event, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

_LINE = re.compile(
    rb"\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4})\] \[(?:PACMAN\] Running '([^\n\0]{1,2000})'"
    rb"|ALPM\] (installed|upgraded|reinstalled|removed) ([a-z0-9][A-Za-z0-9@._+-]{1,80}) \(([^()\n\0]{1,200})\))(?:\n|$)"
)
_MEANING = {
    "installed": "program installed",
    "reinstalled": "program installed",
    "upgraded": "program upgraded",
    "removed": "program removed",
}
_RUN = b"[2024-02-29T12:00:03+0100] [PACMAN] Running 'pacman -S monero-gui'\n"
_DONE = b"[2024-02-29T12:00:09+0100] [ALPM] installed electrum (4.5.5-1)\n"

_STAMP = rb"\[[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}[+-][0-9]{4}\] "


class PacmanLog:
    """One finding for each line."""

    kind: ClassVar[str] = "system/pacman_log"
    title: ClassVar[str] = "Program installed or removed (pacman)"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(_STAMP + rb"\[PACMAN\] Running '", at=0, wide=False),
        Trigger(_STAMP + rb"\[ALPM\] (?:ins|upg|rei|rem)", at=0, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = ("pacman, lib/libalpm/log.c",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a command line", _RUN, ("pacman -S monero-gui",), "by hand, in the form of pacman"),
        Specimen("a program of interest", _DONE, ("electrum",), "by hand, in the form of pacman"),
        Specimen("another program", _DONE.replace(b"electrum", b"libelect"), None, "by hand"),
        Specimen("truncated", _DONE[:40], None, "by hand, cut"),
        Specimen("an hour that is none", _DONE.replace(b"T12", b"T25"), None, "by hand"),
        Specimen("look-alike: no end", _RUN[:40] + b"...", None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The line that starts at `at`."""
        match = _LINE.match(layer.read(at, 2_400))
        if match is None:
            return
        stored = match[1].decode()
        try:
            when = datetime.strptime(stored, "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC)
        except (ValueError, OverflowError):
            return
        done = match[3].decode() if match[3] else ""
        value = (match[4] or match[2]).decode("utf-8", "replace")
        known = next(filter(None, map(program_of, [value] if done else value.split()[:50])), None)
        if not 1990 <= when.year < 2100 or not is_text(value) or (done and known is None):
            return
        meaning = _MEANING.get(done, "command entered")
        fields = {"what": Field(meaning), "time": Field(stored)}
        if done:
            fields["version"] = Field(match[5].decode("utf-8", "replace"))
        if known:
            fields |= {"program": Field(known.name), "program_class": Field(known.group)}
        named = layer.locator.step.endswith("/pacman.log")
        yield finding(
            self,
            layer,
            at,
            match.end(),
            grade=Grade.C3 if named else Grade.C2,
            value=value,
            checks=(
                Check("line in form", Outcome.PASS, 40),
                Check("name of the file", Outcome.PASS if named else Outcome.NOT_APPLICABLE, 20),
            ),
            fields=fields,
            events=(Event(when, timedelta(seconds=1), meaning, stored, Clock.DEVICE),),
            links=(Link("PROGRAM", "program", known.name),) if known else (),
            sensitivity=Sensitivity.PERSONAL,
        )


DETECTOR: Detector = PacmanLog()

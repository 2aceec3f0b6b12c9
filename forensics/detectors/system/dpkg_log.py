"""Programs of interest that `dpkg` installed or removed: `/var/log/dpkg.log`, a line each.

| word  | content                                                                       |
|-------|-------------------------------------------------------------------------------|
| 1, 2  | `YYYY-MM-DD hh:mm:ss`, local time                                             |
| 3     | `install`, `upgrade`, `remove`, `purge`; others are steps of these            |
| 4     | `<package>:<architecture>`                                                    |
| 5, 6  | version before and after, `<none>` where there is none                        |

Lines of other packages are not findings: a machine has thousands (see `system/apt_history`).
Not recorded: the time zone, who asked. Source: dpkg(1), `--log`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.system._programs import program_of
from forensics.detectors.system._told import ZONE_UNKNOWN, local_events
from forensics.model import Check, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

_LINE = re.compile(
    rb"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (install|upgrade|remove|purge) ([a-z0-9][a-z0-9+.-]{1,80})(?::([a-z0-9-]{1,20}))?"
    rb" (<none>|[0-9][0-9A-Za-z.+:~-]{0,99}) (<none>|[0-9][0-9A-Za-z.+:~-]{0,99})(?:\r?\n|$)"
)
_MEANING = {
    "install": "program installed",
    "upgrade": "program upgraded",
    "remove": "program removed",
    "purge": "program removed",
}
_TEXT = b"2024-02-29 12:00:03 install electrum:all <none> 4.5.5-1\n"


class DpkgLog:
    """One finding for each line."""

    kind: ClassVar[str] = "system/dpkg_log"
    title: ClassVar[str] = "Program installed or removed (dpkg)"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(
            rb"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} (?:install|upgrade|remove |purge [a-z0-9])",
            at=0,
            wide=False,
        ),
    )
    references: ClassVar[tuple[str, ...]] = ("dpkg(1)",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("installed", _TEXT, ("electrum",), "by hand, in the form of dpkg"),
        Specimen("another program", _TEXT.replace(b"electrum", b"libelect"), None, "by hand"),
        Specimen("truncated", _TEXT[:40], None, "by hand, cut"),
        Specimen("a day that is none", _TEXT.replace(b"02-29", b"02-30"), None, "by hand"),
        Specimen("look-alike: a sentence", b"2024-02-29 12:00:03 install electrum and tor", None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The line whose head begins at `at`."""
        match = _LINE.match(layer.read(at, 400))
        known = program_of(match[3].decode()) if match else None
        if match is None or known is None:
            return
        stored, done, package = match[1].decode(), match[2].decode(), match[3].decode()
        events = tuple(local_events(_MEANING[done], stored))
        if not events:
            return
        fields = {
            "what": Field(_MEANING[done]),
            "time": Field(stored),
            "zone": Field("unknown"),
            "program": Field(known.name),
            "program_class": Field(known.group),
        }
        for name, version in (("version_before", match[5].decode()), ("version", match[6].decode())):
            if version != "<none>":
                fields[name] = Field(version)
        named = "/dpkg.log" in layer.locator.step
        yield finding(
            self,
            layer,
            at,
            match.end(),
            grade=Grade.C3 if named else Grade.C2,
            value=package,
            checks=(
                Check("line in form", Outcome.PASS, 40),
                Check("name of the file", Outcome.PASS if named else Outcome.NOT_APPLICABLE, 20),
            ),
            fields=fields,
            events=events,
            links=(Link("PROGRAM", "program", known.name),),
            caveats=(ZONE_UNKNOWN,),
            sensitivity=Sensitivity.PERSONAL,
        )


DETECTOR: Detector = DpkgLog()

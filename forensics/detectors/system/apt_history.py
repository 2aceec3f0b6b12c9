"""Packages that were installed and removed by APT: `/var/log/apt/history.log`, a block for each run.

| line                                  | content                                                      |
|---------------------------------------|--------------------------------------------------------------|
| `Start-Date:`, `End-Date:`            | `YYYY-MM-DD  hh:mm:ss`, local time                           |
| `Commandline:`                        | what was typed, or the program that asked                     |
| `Requested-By:`                       | user and number, where `sudo` or a desktop asked               |
| `Install:`, `Upgrade:`, `Downgrade:`, `Reinstall:`, `Remove:`, `Purge:` | `name:architecture (version)`, … |

Not recorded: the time zone; packages put in by `dpkg` alone (see `system/dpkg_log`). Source: APT, apt-pkg/deb/dpkgpm.cc.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.system._programs import program_of
from forensics.detectors.system._told import ZONE_UNKNOWN, local_events
from forensics.model import ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

LARGEST = 128 << 10
MOST = 500  # packages of one kind that are listed
_LINE = re.compile(rb"([A-Z][A-Za-z-]{2,20}): {1,2}([^\n\0]{1,65536})(?:\n|$)")
_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)  (\d\d:\d\d:\d\d)$")
_PACKAGE = re.compile(r"([a-z0-9][a-z0-9+.-]{1,80})(?::([a-z0-9-]{1,20}))? \(([^()]{1,200})\)")
_BY = re.compile(r"(.{1,64}) \((\d{1,10})\)$")
_DONE = {
    "Install": "packages installed",
    "Reinstall": "packages installed",
    "Upgrade": "packages upgraded",
    "Downgrade": "packages upgraded",
    "Remove": "packages removed",
    "Purge": "packages removed",
}
_TEXT = (
    b"Start-Date: 2024-02-29  12:00:01\nCommandline: apt install electrum tor\nRequested-By: v (1000)\n"
    b"Install: electrum:all (4.5.5-1), tor:amd64 (0.4.8.10-1), tor-geoipdb:all (0.4.8.10-1, automatic)\n"
    b"End-Date: 2024-02-29  12:00:09\n"
)


class AptHistory:
    """One finding for each run."""

    kind: ClassVar[str] = "system/apt_history"
    title: ClassVar[str] = "Packages changed by APT"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"Start-Date: [0-9]{4}-[0-9]{2}-[0-9]{2}  [0-9]{2}:[0-9]{2}:[0-9]{2}\n", at=0, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = ("APT, apt-pkg/deb/dpkgpm.cc", "apt(8)")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a run", _TEXT, ("apt install electrum tor",), "by hand, in the form of APT"),
        Specimen("without a command", re.sub(rb"Comm[^\n]+\n", b"", _TEXT), ("electrum",), "by hand"),
        Specimen("cut within its first line", _TEXT[:20], None, "by hand, cut"),
        Specimen("a day that is none", _TEXT.replace(b"02-29", b"02-30"), None, "by hand"),
        Specimen("look-alike: a date alone", b"Start-Date: 2024-02-29  12:00:01\nof a course", None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The run whose block starts at `at`."""
        data = layer.read(at, LARGEST)
        end, told, spans = 0, dict[str, str](), dict[str, ByteRun]()
        while match := _LINE.match(data, end):
            name = match[1].decode()
            if name in told:
                break
            told[name] = match[2].decode("utf-8", "replace")
            spans[name] = ByteRun(at + match.start(2), len(match[2]))
            end = match.end()
        done = [name for name in _DONE if name in told]
        stamp = _STAMP.match(told.get("Start-Date", ""))
        if stamp is None or not done:
            return
        started = f"{stamp[1]} {stamp[2]}"
        events = [each for name in done for each in local_events(_DONE[name], started)]
        if not events:
            return
        fields = {"started": Field(started, spans["Start-Date"]), "zone": Field("unknown")}
        links: dict[Link, None] = {}
        programs: dict[str, str] = {}
        first = ""
        for name in done:
            packages = [match.groups() for match in _PACKAGE.finditer(told[name])][: MOST + 1]
            for package, _, _ in packages:
                first = first or package
                if known := program_of(package):
                    programs[known.name] = known.group
                    links[Link("PROGRAM", "program", known.name)] = None
            shown = tuple(f"{package} ({version})" for package, _, version in packages[:MOST])
            fields[name.lower()] = Field(shown, spans[name])
        if not first:
            return
        if programs:
            fields["program"] = Field(tuple(programs))
            fields["program_class"] = Field(tuple(dict.fromkeys(programs.values())))
        if by := _BY.match(told.get("Requested-By", "")):
            fields |= {"requested_by": Field(by[1], spans["Requested-By"]), "user_id": Field(int(by[2]))}
            links[Link("BY_ACCOUNT", "account", by[1].lower())] = None
        if "Error" in told:
            fields["error"] = Field(told["Error"][:200], spans["Error"])
        whole = "End-Date" in told
        named = layer.locator.step.endswith("/apt/history.log")
        yield finding(
            self,
            layer,
            at,
            end,
            grade=Grade.C3 if named and whole else Grade.C2 if whole else Grade.C1,
            value=told.get("Commandline", first)[:1_024],
            checks=(
                Check("lines in form", Outcome.PASS if whole else Outcome.FAIL, 60),
                Check("name of the file", Outcome.PASS if named else Outcome.NOT_APPLICABLE, 20),
            ),
            fields=fields,
            events=tuple(dict.fromkeys(events)),
            links=tuple(links),
            caveats=(ZONE_UNKNOWN,) if whole else (ZONE_UNKNOWN, "The block does not come to its end."),
            sensitivity=Sensitivity.PERSONAL,
        )


DETECTOR: Detector = AptHistory()

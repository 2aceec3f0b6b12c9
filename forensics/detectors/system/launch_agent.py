"""Programs that a Mac starts by itself: `Library/LaunchAgents/*.plist`, `Library/LaunchDaemons/*.plist`.

| key                                   | content                                                     |
|---------------------------------------|-------------------------------------------------------------|
| `Label`                               | the name of the job                                         |
| `Program`, `ProgramArguments`         | what is started, and with which words                       |
| `RunAtLoad`, `KeepAlive`, `StartInterval`, `StartCalendarInterval` | when                           |
| `UserName`, `EnvironmentVariables`    | as whom, and in which surroundings                          |

Agents start with a login, daemons with the machine. Those under `/System` belong to macOS and are not findings.
Not recorded: whether the job ran. Source: launchd.plist(5).
"""

from __future__ import annotations

import plistlib
import re
from collections.abc import Iterator, Mapping
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.system._plist import read_plist, words
from forensics.detectors.system._told import owner, path_fields, path_links
from forensics.model import Check, Field, Finding, Grade, Layer, Outcome, Sensitivity

_PATH = re.compile(r"/Library/Launch(Agents|Daemons)/[^/]+\.plist$", re.IGNORECASE)
_OF_MACOS = re.compile(r"(?:^|:)/?System/Library/", re.IGNORECASE)
_MOST = 50  # arguments
_PLIST = {
    "Label": "org.torproject.tor",
    "ProgramArguments": ["/opt/homebrew/bin/tor", "-f", "/opt/torrc"],
    "RunAtLoad": True,
}
_XML, _BINARY = plistlib.dumps(_PLIST), plistlib.dumps(_PLIST, fmt=plistlib.FMT_BINARY)


class LaunchAgent:
    """One finding for each job."""

    kind: ClassVar[str] = "system/launch_agent"
    title: ClassVar[str] = "Program that a Mac starts by itself"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(name="*/library/launchagents/*.plist"),
        Trigger(name="*/library/launchdaemons/*.plist"),
    )
    references: ClassVar[tuple[str, ...]] = ("launchd.plist(5)",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("in XML", _XML, ("org.torproject.tor",), "plistlib"),
        Specimen("binary", _BINARY, ("org.torproject.tor",), "plistlib"),
        Specimen("nothing to start", plistlib.dumps({"Label": "org.torproject.tor"}), None, "plistlib"),
        Specimen("truncated", _BINARY[:60], None, "plistlib, cut"),
        Specimen("look-alike: a list of words", plistlib.dumps(["Label", "Program"]), None, "plistlib"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The list that the layer is."""
        if at or _OF_MACOS.search(layer.locator.step):
            return
        told = read_plist(layer)
        label, arguments = words(told, "Label"), _arguments(told)
        program = words(told, "Program") or (arguments[0] if arguments else "")
        if not label or not program:
            return
        path = _PATH.search(layer.locator.step)
        fields, links = owner(layer.locator.step)
        fields |= {"what": Field("program that starts by itself"), "started": Field(program), **path_fields(program)}
        if arguments:
            fields["arguments"] = Field(tuple(arguments))
        for name, field in (("RunAtLoad", "at_start"), ("KeepAlive", "kept_alive")):
            if isinstance(told.get(name), bool):
                fields[field] = Field(bool(told[name]))
        if user := words(told, "UserName", 64):
            fields["user"] = Field(user)
        yield finding(
            self,
            layer,
            0,
            layer.size,
            grade=Grade.C3 if path else Grade.C2,
            value=label,
            checks=(
                Check("property list with a label and a program", Outcome.PASS, 40),
                Check("name of the file", Outcome.PASS if path else Outcome.NOT_APPLICABLE, 20),
            ),
            fields=fields,
            links=(*links, *path_links("STARTS", program)),
            sensitivity=Sensitivity.PERSONAL,
        )


def _arguments(told: Mapping[str, object]) -> list[str]:
    stored = told.get("ProgramArguments")
    listed = stored[:_MOST] if isinstance(stored, list) else []
    return [each[:1_024] for each in listed if isinstance(each, str) and each.isprintable()]


DETECTOR: Detector = LaunchAgent()

"""Programs of interest that lie on a Mac: `<name>.app/Contents/Info.plist`.

| key                                          | content                                              |
|----------------------------------------------|------------------------------------------------------|
| `CFBundleIdentifier`                         | name of the program, backwards as a domain            |
| `CFBundleName`, `CFBundleDisplayName`        | its name                                             |
| `CFBundleExecutable`                         | name of the file that is started                      |
| `CFBundleShortVersionString`                 | its version                                          |

Programs that no table names are not findings. Not recorded: when it came, and whether it was started.
Source: Apple, Information Property List.
"""

from __future__ import annotations

import plistlib
import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.system._plist import read_plist, words
from forensics.detectors.system._programs import program_of
from forensics.detectors.system._told import owner
from forensics.model import Check, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

_PATH = re.compile(r"/([^/]+\.app)/contents/info\.plist$", re.IGNORECASE)
_NAMES = ("CFBundleDisplayName", "CFBundleName", "CFBundleExecutable")
_PLIST = {
    "CFBundleIdentifier": "org.electrum.electrum",
    "CFBundleName": "Electrum",
    "CFBundleExecutable": "run_electrum",
    "CFBundleShortVersionString": "4.5.5",
}
_XML, _BINARY = plistlib.dumps(_PLIST), plistlib.dumps(_PLIST, fmt=plistlib.FMT_BINARY)
_OTHER = plistlib.dumps({**_PLIST, "CFBundleName": "Notes", "CFBundleExecutable": "Notes"})


class AppBundle:
    """One finding for each program."""

    kind: ClassVar[str] = "system/app_bundle"
    title: ClassVar[str] = "Program on a Mac"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(name="*.app/contents/info.plist"),)
    references: ClassVar[tuple[str, ...]] = ("Apple, Information Property List",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("in XML", _XML, ("Electrum",), "plistlib"),
        Specimen("binary", _BINARY, ("Electrum",), "plistlib"),
        Specimen("another program", _OTHER, None, "plistlib"),
        Specimen("truncated", _BINARY[:60], None, "plistlib, cut"),
        Specimen("look-alike: a list of an entity", _XML.replace(b"<plist", b"<!ENTITY a 'b'><plist"), None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The list that the layer is."""
        told = read_plist(layer) if at == 0 else {}
        identifier = words(told, "CFBundleIdentifier")
        path = _PATH.search(layer.locator.step)
        names = [each for name in _NAMES if (each := words(told, name))]
        known = next(filter(None, map(program_of, [*names, *([path[1]] if path else [])])), None)
        if known is None or not identifier:
            return
        fields, links = owner(layer.locator.step)
        fields |= {
            "what": Field("program present"),
            "identifier": Field(identifier),
            "program": Field(known.name),
            "program_class": Field(known.group),
        }
        if version := words(told, "CFBundleShortVersionString", 100):
            fields["program_version"] = Field(version)
        yield finding(
            self,
            layer,
            0,
            layer.size,
            grade=Grade.C3 if path else Grade.C2,
            value=(names or [known.name])[0],
            checks=(
                Check("property list with an identifier", Outcome.PASS, 40),
                Check("name of the file", Outcome.PASS if path else Outcome.NOT_APPLICABLE, 20),
            ),
            fields=fields,
            links=(*links, Link("PROGRAM", "program", known.name)),
            sensitivity=Sensitivity.PERSONAL,
        )


DETECTOR: Detector = AppBundle()

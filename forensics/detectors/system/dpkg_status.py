"""Programs of interest that `dpkg` holds installed, or had: `/var/lib/dpkg/status`, a paragraph for each package.

| line               | content                                                                  |
|--------------------|--------------------------------------------------------------------------|
| `Package:`         | its name, the first line                                                 |
| `Status:`          | what was wanted, errors, state: `install ok installed`, `deinstall ok config-files` |
| `Version:`         | its version                                                              |
| `Description:`     | one line                                                                 |

Packages that no table names are not findings. Not recorded: when it was installed (see `system/dpkg_log`).
Source: dpkg, deb822(5), dpkg-query(1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.system._programs import program_of
from forensics.detectors.system._told import is_text
from forensics.model import ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

_REACH = 16 << 10
_HEAD = re.compile(rb"Package: ([a-z0-9][a-z0-9+.-]{1,80})\n")
_STATUS = re.compile(
    rb"(install|hold|deinstall|purge|unknown) (ok|reinstreq) (not-installed|config-files|half-installed|unpacked|"
    rb"half-configured|triggers-awaited|triggers-pending|installed)"
)
_LINE = re.compile(rb"(?m)^(Status|Version|Description|Architecture): ([^\n]{1,500})$")
_TEXT = (
    b"Package: electrum\nStatus: install ok installed\nPriority: optional\nArchitecture: all\n"
    b"Version: 4.0.9-1\nDescription: Easy to use Bitcoin client\n\n"
)


class DpkgStatus:
    """One finding for each package."""

    kind: ClassVar[str] = "system/dpkg_status"
    title: ClassVar[str] = "Program installed (dpkg)"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"Package: [a-z0-9+.-]{2,80}\nStatus: ", wide=False),)
    references: ClassVar[tuple[str, ...]] = ("dpkg-query(1)", "deb822(5)")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("installed", _TEXT, ("electrum",), "by hand, in the form of dpkg"),
        Specimen("another program", _TEXT.replace(b"electrum", b"libelect"), None, "by hand"),
        Specimen("truncated", _TEXT[:30], None, "by hand, cut"),
        Specimen("a state that is none", _TEXT.replace(b"ok inst", b"ok unst"), None, "by hand"),
        Specimen("look-alike: of an archive's index", _TEXT.replace(b"Status: inst", b"Source: inst"), None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The paragraph whose second line's name ends at `at`."""
        base = max(0, at - 120)
        start = layer.read(base, at - base).rfind(b"Package: ") + base
        data = layer.read(start, _REACH) if start >= base else b""
        head = _HEAD.match(data)
        known = program_of(head[1].decode()) if head else None
        if head is None or known is None:
            return
        end = data.find(b"\n\n")
        whole = end >= 0
        paragraph = data[: end + 1 if whole else len(data)]
        told = {match[1].decode(): match for match in _LINE.finditer(paragraph)}
        status = _STATUS.fullmatch(told["Status"][2]) if "Status" in told else None
        if status is None:
            return
        fields = {
            "what": Field("program installed" if status[3] == b"installed" else "program was installed"),
            "state": Field(status[3].decode(), _place(start, told["Status"])),
            "program": Field(known.name),
            "program_class": Field(known.group),
        }
        for name, field in (("Version", "program_version"), ("Description", "description")):
            words = told[name][2].decode("utf-8", "replace") if name in told else ""
            if is_text(words):
                fields[field] = Field(words, _place(start, told[name]))
        named = "/dpkg/status" in layer.locator.step
        yield finding(
            self,
            layer,
            start,
            len(paragraph),
            grade=Grade.C3 if named else Grade.C2,
            value=head[1].decode(),
            checks=(
                Check("paragraph in form", Outcome.PASS, 40),
                Check("name of the file", Outcome.PASS if named else Outcome.NOT_APPLICABLE, 20),
            ),
            fields=fields,
            links=(Link("PROGRAM", "program", known.name),),
            sensitivity=Sensitivity.PERSONAL,
        )


def _place(start: int, match: re.Match[bytes]) -> ByteRun:
    return ByteRun(start + match.start(2), match.end(2) - match.start(2))


DETECTOR: Detector = DpkgStatus()

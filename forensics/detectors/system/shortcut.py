"""Windows shortcuts (MS-SHLLINK): what was opened, on which volume of which machine.

| offset | length | content                                                                     |
|--------|--------|-----------------------------------------------------------------------------|
| 0      | 76     | class, flags, attributes, three times of the target (FILETIME, UTC), its size |
| 76     | …      | shell items; the place: drive type, volume serial, label, path or share      |
| …      | …      | name, relative path, folder, arguments, icon                                 |
| …      | 96     | block A0000003: machine's name, identifiers (UUID) of volume and file         |
| …      | 788    | block A0000001: path with environment variables                              |

Windows writes one into `Recent` when a file is opened: the times of the shortcut's own entry are those of the first
and last opening. An identifier of version 1 holds when it was made and the address of a network card.

Not recorded: a checksum; whether the target still exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors import _shell_link
from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.system._links import caveats_of, events_of, fields_of, links_of, target_of
from forensics.detectors.system._specimens import ITEMS_LINK, PLACE_LINK
from forensics.detectors.system._told import owner
from forensics.model import Absent, Check, Field, Finding, Grade, Layer, Outcome, Sensitivity

_LISTS = ("destinations-ms",)  # jump lists are read as one


class Shortcut:
    """One shortcut, whole or carved."""

    kind: ClassVar[str] = "system/shortcut"
    title: ClassVar[str] = "Windows shortcut"
    version: ClassVar[int] = 2
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(_shell_link.PATTERN, at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = (
        "Microsoft, [MS-SHLLINK]: Shell Link (.LNK) Binary File Format",
        "libyal, libfwsi: Windows Shell Item format specification",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a removable volume", PLACE_LINK, ("E:\\wallets\\electrum.dat",), "by hand, after MS-SHLLINK"),
        Specimen("shell items alone", ITEMS_LINK, ("E:\\münzen.txt",), "by hand, after libfwsi"),
        Specimen("truncated", PLACE_LINK[:70], None, "by hand, cut"),
        Specimen("octets that are kept free", PLACE_LINK[:70] + b"\1" + PLACE_LINK[71:], None, "by hand"),
        Specimen("look-alike: a table of magics", _shell_link.MAGIC + bytes(100), None, "file 5.44, magic.mgc"),
        Specimen("look-alike: magic alone", _shell_link.MAGIC + b"\xff" * 80, None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The shortcut that starts at `at`."""
        step = layer.locator.step
        if at and step.lower().endswith(_LISTS):
            return
        link = _shell_link.read_link(layer, at)
        if link is None or link.length < 76:
            return
        target = target_of(link)
        whole, named = not link.broken, at == 0 and step.lower().endswith(".lnk")
        if not whole and not target:
            return
        fields, links = owner(step) if named else ({}, [])
        fields["complete"] = Field(whole)
        yield finding(
            self,
            layer,
            at,
            min(link.length, layer.size - at),
            grade=Grade.C1 if not whole else Grade.C3 if named else Grade.C2,
            value=target or Absent.NONE_STORED,
            checks=(
                Check("structure", Outcome.PASS if whole else Outcome.FAIL, 100),
                Check("name of the file", Outcome.PASS if named else Outcome.NOT_APPLICABLE, 20),
            ),
            fields=fields | fields_of(link, at),
            events=tuple(events_of(link)),
            links=(*links, *links_of(link)),
            caveats=(*caveats_of(link), *(() if whole else (f"Not whole: {link.broken} where its end should be.",))),
            sensitivity=Sensitivity.PERSONAL,
        )


DETECTOR: Detector = Shortcut()

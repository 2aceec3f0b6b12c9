"""Hives of the Windows registry: devices, programs, documents, folders, the time zone.

| hive         | what is read                                                                          |
|--------------|---------------------------------------------------------------------------------------|
| SYSTEM       | USBSTOR, USB (first, last connection, removal), MountedDevices, time zone, name, BAM, AppCompatCache |
| SOFTWARE     | Uninstall, Run, RunOnce, version of Windows                                           |
| NTUSER.DAT   | UserAssist, RecentDocs, TypedPaths, TypedURLs, RunMRU, WordWheelQuery, dialogues, BagMRU, Run |
| UsrClass.dat | BagMRU                                                                                |
| Amcache.hve  | files of programs with SHA-1, programs, devices                                       |

A key has one time, of its last change (FILETIME, UTC): of a list in the order of use it is that of its first value.
Read by libregf; the bytes of a finding are the cell of its value, or of its key.

Not recorded: when older values of a list were used. Changes in the hive's logs and deleted cells are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import pyregf

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.system import _hives
from forensics.detectors.system._hive import ERRORS, Bytes, Key, ours
from forensics.detectors.system._inventory import of_inventory
from forensics.detectors.system._machine import of_machine, of_software
from forensics.detectors.system._user import of_user
from forensics.model import Absent, Check, Field, Finding, Grade, Layer, Outcome, Sensitivity

MOST = 50_000  # findings of one hive
_NAME = re.compile(r"[/\\](?:system|software|ntuser(?:\.man)?\.dat|usrclass\.dat|default|amcache\.hve)$", re.IGNORECASE)
_SYSTEM = _hives.hive(
    _hives.at_path(
        {
            "Select": _hives.Key({"Current": _hives.number(1)}),
            "ControlSet001\\Enum\\USB\\VID_2C97&PID_0001\\0001": _hives.Key({"DeviceDesc": _hives.text("@x;Nano")}),
        }
    )
)
_USER = _hives.hive(
    _hives.at_path(
        {
            "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\TypedPaths": _hives.Key(
                {"url1": _hives.text("E:\\wallets")}
            )
        }
    )
)


class Registry:
    """One finding for each fact of a hive."""

    kind: ClassVar[str] = "system/registry"
    title: ClassVar[str] = "Entry of the Windows registry"
    version: ClassVar[int] = 2
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"regf", at=0, anchored=True, wide=False),)
    references: ClassVar[tuple[str, ...]] = (
        "libyal, libregf: Windows NT Registry File (REGF) format",
        "libyal, winreg-kb",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a device", _SYSTEM, ("2C97:0001 0001",), "by hand, after libregf"),
        Specimen("a path", _USER, ("E:\\wallets",), "by hand, after libregf"),
        Specimen("nothing that is read", _hives.hive(_hives.at_path({"a": _hives.Key()})), None, "by hand"),
        Specimen("truncated", _USER[:600], None, "by hand, cut"),
        Specimen("look-alike: the magic alone", b"regf is a word" + bytes(600), None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The hive that the layer is."""
        head = layer.read(0, 48)
        if at != 0 or len(head) < 48 or head[20:24] != b"\1\0\0\0" or layer.size < 8_192:
            return
        named = _NAME.search(layer.locator.step) is not None
        dirty = head[4:8] != head[8:12]
        opened = pyregf.file()
        count = 0
        try:
            opened.open_file_object(Bytes(layer))
            stored = opened.get_root_key()
            if stored is None:
                return
            root = Key(stored, "")
            for facts in (of_machine, of_software, of_user, of_inventory):
                for fact in facts(root):
                    found = fact.told(self, layer, named, dirty)
                    if found is not None:
                        count += 1
                        yield found
                    if count >= MOST:
                        return
        except ERRORS as error:
            ours(error)
            if named or count:
                yield self._broken(layer, named, str(error))

    def _broken(self, layer: Layer, named: bool, reason: str) -> Finding:
        """That a hive could not be read to its end."""
        return finding(
            self,
            layer,
            0,
            min(4_096, layer.size),
            grade=Grade.C1,
            value=Absent.NOT_PARSED,
            checks=(Check("name of the file", Outcome.PASS if named else Outcome.FAIL, 20),),
            fields={"what": Field("hive")},
            caveats=(f"The hive cannot be read to its end: {reason[:200]}",),
            sensitivity=Sensitivity.PERSONAL,
        )


DETECTOR: Detector = Registry()

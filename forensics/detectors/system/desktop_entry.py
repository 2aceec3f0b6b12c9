"""Programs of interest in the menu of a Linux desktop, or that it starts with a login: `*.desktop`.

| line                     | content                                                            |
|--------------------------|--------------------------------------------------------------------|
| `[Desktop Entry]`        | begins the group                                                   |
| `Name=`, `Exec=`, `TryExec=` | its name; the command line                                     |
| `Hidden=`, `X-GNOME-Autostart-enabled=` | switched off                                        |

In `autostart` they start with a login. Entries of programs that no table names are findings only in a user's own.
Not recorded: when it came, and whether it was started. Source: freedesktop.org, Desktop Entry Specification 1.5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.system._programs import program_of
from forensics.detectors.system._told import is_text, owner, path_links
from forensics.model import ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

LARGEST = 64 << 10
_HEAD = b"[Desktop Entry]"
_LINE = re.compile(
    rb"(?m)^(Name|Exec|Hidden|Type|X-GNOME-Autostart-enabled)[ \t]{0,8}=[ \t]{0,8}([^\r\n\0]{1,1000})\r?$"
)
_FILE = re.compile(r"/([^/]+)\.desktop$")
_BEFORE = frozenset(("env", "sh", "bash", "-c", "sudo", "pkexec", "flatpak", "run", "snap", "torsocks", "firejail"))
_TEXT = b"[Desktop Entry]\nType=Application\nName=Wallet\nExec=env A=b /opt/bin/electrum %u\nIcon=electrum\n"


class DesktopEntry:
    """One finding for each entry."""

    kind: ClassVar[str] = "system/desktop_entry"
    title: ClassVar[str] = "Program in the menu of a Linux desktop"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\[Desktop Entry\]", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("freedesktop.org, Desktop Entry Specification 1.5",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a wallet", _TEXT, ("Wallet",), "by hand, after the specification"),
        Specimen("another program", _TEXT.replace(b"electrum", b"gedit"), None, "by hand"),
        Specimen("without a command", _TEXT.replace(b"Exec=", b"Exes="), None, "by hand"),
        Specimen("truncated", _TEXT[:30], None, "by hand, cut"),
        Specimen("look-alike: the heading in a text", b"[Desktop Entry] is the first line: electrum", None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The entry that starts at `at`."""
        data = layer.read(at, LARGEST)
        if data[len(_HEAD) : len(_HEAD) + 1] not in (b"\n", b"\r"):
            return
        group = re.search(rb"\n\[|\0", data)
        data = data[: group.start() if group else len(data)]
        told: dict[str, tuple[str, ByteRun]] = {}
        end = len(_HEAD)
        for match in _LINE.finditer(data):
            words = match[2].decode("utf-8", "replace")
            told.setdefault(match[1].decode(), (words, ByteRun(at + match.start(2), len(match[2]))))
            end = match.end()
        if "Exec" not in told or "Name" not in told or not all(is_text(words) for words, _ in told.values()):
            return
        step = layer.locator.step if at == 0 else ""
        file = _FILE.search(step)
        starts = "/autostart/" in step.lower()
        command = told["Exec"][0]
        known = next(filter(None, map(program_of, [*_programs(command), *([file[1]] if file else [])])), None)
        if known is None and "/.config/autostart/" not in step.lower():
            return
        fields, links = owner(step)
        fields |= {
            "what": Field("program that starts by itself" if starts else "program in the menu"),
            "command": Field(*told["Exec"]),
        }
        off = told.get("Hidden", ("",))[0] == "true" or told.get("X-GNOME-Autostart-enabled", ("",))[0] == "false"
        if off:
            fields["switched_off"] = Field(True)
        if known:
            fields |= {"program": Field(known.name), "program_class": Field(known.group)}
            links.append(Link("PROGRAM", "program", known.name))
        if starts:
            links += [each for each in path_links("STARTS", command.split()[0]) if each.target_kind == "path"]
        yield finding(
            self,
            layer,
            at,
            end,
            grade=Grade.C3 if file else Grade.C2,
            value=told["Name"][0],
            checks=(
                Check("group and its lines", Outcome.PASS, 60),
                Check("name of the file", Outcome.PASS if file else Outcome.NOT_APPLICABLE, 20),
            ),
            fields=fields,
            links=tuple(links),
            sensitivity=Sensitivity.PERSONAL,
        )


def _programs(command: str) -> Iterator[str]:
    """The words of a command line that may be its program: up to the first that is not one that starts another."""
    for word in command.split()[:12]:
        name = word.strip("\"'")
        yield name
        if name.rpartition("/")[2] not in _BEFORE and "=" not in name and not name.startswith("-"):
            return


DETECTOR: Detector = DesktopEntry()

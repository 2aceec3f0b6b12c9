"""Histories of command lines: what was typed at a shell, and when where the shell keeps times.

| shell      | file                       | form                                                            |
|------------|----------------------------|-----------------------------------------------------------------|
| bash       | `.bash_history`            | a command a line; `#<seconds since 1970>` before it, where so set |
| zsh        | `.zsh_history`             | `: <seconds>:<duration>;<command>`; octet 83 hides the next (XOR 20) |
| fish       | `fish_history`             | `- cmd: <command>`, `  when: <seconds>`                         |
| PowerShell | `ConsoleHost_history.txt`  | a command a line, no times; a grave accent continues             |
| others     | `.python_history`, `.mysql_history`, `.psql_history`, `.sh_history` | a line each            |

Times are UTC by the machine's clock. Bash and zsh write when a shell ends: what a killed shell ran is not there.

Not recorded: the folder, the outcome, and in plain histories the time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.chat._log import Line, line_start, lines
from forensics.detectors.chat._stamped import first_line
from forensics.detectors.system._programs import program_of
from forensics.detectors.system._told import owner, shown, unix, unix_events
from forensics.model import ByteRun, Check, Event, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity, Value

MOST_COMMANDS = 20_000
MOST_EVENTS = 2_000
LONGEST = 4_096
REACH = 16 << 10
_NAMES = {
    "bash_history": "bash",
    "zsh_history": "zsh",
    "fish_history": "fish",
    "consolehost_history.txt": "PowerShell",
    "python_history": "Python",
    "mysql_history": "MySQL",
    "mariadb_history": "MySQL",
    "psql_history": "PostgreSQL",
    "sqlite_history": "SQLite",
    "sh_history": "sh",
}
_STAMP = re.compile(rb"#(1\d{9})\r?$")
_EXTENDED = re.compile(rb": (1\d{9}):(\d{1,9});(.*)", re.DOTALL)
_EITHER = re.compile(rb"(?:#1\d{9}\s|: 1\d{9}:\d{1,9};)")
_FISH = re.compile(rb"- cmd: (.*)", re.DOTALL)
_WHEN = re.compile(rb"  when: (\d{9,10})\s*$")
_SPLIT = re.compile(r"\|\||&&|[|;&]")
_BEFORE = frozenset(("sudo", "doas", "nohup", "time", "exec", "torsocks", "torify", "proxychains", "proxychains4"))
_BASH = b"#1709164800\ngpg --export-secret-keys\n#1709164860\nshred -u wallet.dat\n#1709164900\nls\n"
_ZSH = b": 1709164800:0;monero-wallet-cli --stagenet\n: 1709164860:5;echo a\\\nb\n: 1709164900:0;ls\n"
_FISH_TEXT = b"- cmd: ssh root@kiln.invalid\n  when: 1709164800\n  paths:\n    - a\n- cmd: ls\n  when: 1709164860\n"


@dataclass(slots=True)
class Command:
    """A command, when it was entered (seconds since 1970; 0 unknown) and where it stands."""

    text: str
    seconds: int
    offset: int
    end: int


class ShellHistory:
    """One finding for each history."""

    kind: ClassVar[str] = "system/shell_history"
    title: ClassVar[str] = "History of a command line"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        *(Trigger(name=f"*{name}") for name in _NAMES),
        Trigger(rb"#1[0-9]{9}\n", wide=False),
        Trigger(rb": 1[0-9]{9}:[0-9]{1,6};", wide=False),
    )
    references: ClassVar[tuple[str, ...]] = (
        "GNU Bash manual, 9.1 (HISTTIMEFORMAT)",
        "zsh manual, 16.2.4 (EXTENDED_HISTORY); Src/hist.c, Src/utils.c (metafy)",
        "fish-shell, src/history.cpp",
        "Microsoft, PSReadLine: HistorySavePath",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("bash with times", _BASH, ("bash",), "by hand, in the form of bash"),
        Specimen("zsh, extended", _ZSH, ("zsh",), "by hand, in the form of zsh"),
        Specimen("fish: it is read by its name only", _FISH_TEXT, None, "by hand, in the form of fish"),
        Specimen("cut within its first time", _BASH[:9], None, "by hand, cut"),
        Specimen("look-alike: one colour of a style sheet", b"a { color: #1709164800\n}", None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The history that the layer is by its name, or whose first stamped line is the one around `at`."""
        shell = next((shell for name, shell in _NAMES.items() if layer.locator.step.lower().endswith(name)), "")
        start: int | None = 0
        if not shell:
            start = first_line(layer, max(0, line_start(layer, at - 1)), _EITHER) if at else None
        elif at:
            return
        if start is None:
            return
        commands, more = _read(layer, start, shell)
        stamped = [each for each in commands if each.seconds]
        if not shell:
            if len(stamped) < 2:
                return
            shell = "bash" if layer.read(start, 1) == b"#" else "zsh"
            named = False
        else:
            named = True
        if commands:
            yield self._found(layer, shell, named, commands, stamped, more)

    def _found(
        self, layer: Layer, shell: str, named: bool, commands: list[Command], stamped: list[Command], more: int
    ) -> Finding:
        start, end = min(each.offset for each in commands), max(each.end for each in commands)
        fields, links = owner(layer.locator.step) if named else ({}, [])
        programs = dict.fromkeys(each for command in commands for each in _programs(command.text))
        fields |= {
            "shell": Field(shell),
            "commands": Field(tuple(_mapping(each) for each in commands)),
            "command_count": Field(len(commands) + more),
        }
        if programs:
            fields["programs"] = Field(tuple(programs))
            links += [Link("PROGRAM", "program", each) for each in programs]
        if stamped:
            for name, one in (("first", stamped[0]), ("last", stamped[-1])):
                if when := unix(one.seconds):
                    fields[name] = Field(shown(when), ByteRun(one.offset, one.end - one.offset))
        caveats = []
        if len(stamped) < len(commands):
            caveats.append(f"{len(commands) - len(stamped):,} commands have no time.")
        if more:
            caveats.append(f"Only the first {MOST_COMMANDS:,} commands are listed; {more:,} more follow.")
        dated = stamped if len(stamped) <= MOST_EVENTS else [*stamped[: MOST_EVENTS - 1], stamped[-1]]
        events: list[Event] = []
        for each in dated:
            events += unix_events("command entered", each.seconds)
        return finding(
            self,
            layer,
            start,
            end - start,
            grade=Grade.C3 if named else Grade.C2 if len(stamped) > 2 else Grade.C1,
            value=shell,
            checks=(
                Check("lines in form", Outcome.PASS if stamped else Outcome.NOT_APPLICABLE, min(60, 20 * len(stamped))),
                Check("name of the file", Outcome.PASS if named else Outcome.NOT_APPLICABLE, 30),
            ),
            fields=fields,
            events=tuple(events),
            links=tuple(links),
            caveats=tuple(caveats),
            sensitivity=Sensitivity.PERSONAL,
        )


def _mapping(command: Command) -> dict[str, Value]:
    when = unix(command.seconds) if command.seconds else None
    told: dict[str, Value] = {"command": command.text[:LONGEST]}
    if when:
        told["time"] = shown(when)
    return told | {"span_offset": command.offset, "span_length": command.end - command.offset}


def _programs(text: str) -> Iterator[str]:
    """Programs of interest that a command line starts."""
    for part in _SPLIT.split(text[:LONGEST]):
        for word in part.split()[:4]:
            if known := program_of(word.strip("'\"")):
                yield known.name
            if word not in _BEFORE and "=" not in word and not word.startswith("-"):
                break


def _read(layer: Layer, start: int, shell: str) -> tuple[list[Command], int]:
    """The commands from `start`, up to the bound, and how many more there are."""
    found: list[Command] = []
    more = 0
    pending: tuple[int, int] | None = None  # seconds, offset of the line that said them
    stamped = start
    open_end = False  # the line before goes on
    for line in lines(layer, start):
        end = line.offset + len(line.data)
        if not shell and line.offset - stamped > REACH:
            break
        stamp, extended, fish = _STAMP.match(line.data), _EXTENDED.match(line.data), _FISH.match(line.data)
        if stamp and shell in ("bash", "sh", ""):
            pending, stamped, open_end = (int(stamp[1]), line.offset), line.offset, False
            continue
        if fish and shell == "fish":
            new = Command(_text(fish[1]), 0, line.offset, end)
        elif shell == "fish":
            when = _WHEN.match(line.data)
            if when and found:
                found[-1].seconds, found[-1].end = int(when[1]), end
            continue
        elif extended and shell in ("zsh", ""):
            stamped = line.offset
            new = Command(_text(_unhidden(extended[3])), int(extended[1]), line.offset, end)
        elif pending is not None:
            new = Command(_text(line.data), pending[0], pending[1], end)
            pending = None
        elif found and (open_end or (found[-1].seconds and shell in ("bash", ""))):
            if len(found[-1].text) < LONGEST:
                found[-1].text = f"{found[-1].text}\n{_text(_unhidden(line.data) if shell == 'zsh' else line.data)}"
            if line.data.strip():
                found[-1].end = end
            open_end = _goes_on(line, shell)
            continue
        elif shell and line.data.strip():
            new = Command(_text(line.data.replace(b"\\040", b" ")), 0, line.offset, end)
        else:
            continue
        open_end = _goes_on(line, shell)
        if len(found) < MOST_COMMANDS:
            found.append(new)
        else:
            more += 1
    for each in found:
        each.text = each.text.strip()
    return [each for each in found if each.text], more


def _goes_on(line: Line, shell: str) -> bool:
    return line.data.endswith(b"`" if shell == "PowerShell" else b"\\") and shell in ("zsh", "PowerShell", "")


def _unhidden(data: bytes) -> bytes:
    """What zsh wrote without its mark: octet 83, then the octet XOR 20."""
    return re.sub(rb"\x83(.)", lambda match: bytes((match[1][0] ^ 0x20,)), data, flags=re.DOTALL)


def _text(data: bytes) -> str:
    return Line(0, data).text


DETECTOR: Detector = ShellHistory()

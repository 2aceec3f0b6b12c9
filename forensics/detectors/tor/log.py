"""The log of Tor: one finding for each time that the program opened it.

| part       | content                                                                                |
|------------|----------------------------------------------------------------------------------------|
| `Mon DD HH:MM:SS.mmm` | wall time of the computer; the year and the zone are not stored             |
| `[level]`  | debug, info, notice, warn, err                                                         |
| text       | `Tor 0.4.8.10 opening new log file.`, `Bootstrapped 100% (done): Done`, …              |

Not recorded: which sites were visited; client addresses and onion names are scrubbed as `[scrubbed]` unless
the operator asked for more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.tor._lines import Line, forwards, start_of_line
from forensics.model import ByteRun, Field, Finding, Grade, Layer

_STAMP = re.compile(r"([A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d\.\d{3}) \[(debug|info|notice|warn|err)\] (.*)", re.DOTALL)
_OPENED = re.compile(r"Tor ([0-9]\S{2,40}(?: \([^)]{1,60}\))?) opening (?:new )?log file")
_RUNNING = re.compile(r"Tor \S+ (?:\([^)]*\) )?running on (.+?) with (.{1,400})")
_CONFIG = re.compile(r'Read configuration file "(.{1,400})"')
_BOOT = re.compile(r"Bootstrapped (\d{1,3})%")
_MOST_LINES = 50_000
_MOST_STRANGE = 5

NO_YEAR = "times of this log have no year and no zone"

_SESSION = (
    b"Nov 24 03:24:56.000 [notice] Tor 0.4.8.10 opening new log file.\n"
    b"Nov 24 03:24:56.639 [notice] Tor 0.4.8.10 running on Linux with Libevent 2.1.12-stable and OpenSSL 3.0.11.\n"
    b'Nov 24 03:24:56.640 [notice] Read configuration file "/etc/tor/torrc".\n'
    b"Nov 24 03:24:57.000 [notice] Bootstrapped 100% (done): Done\n"
)


class TorLog:
    """One run of the program, from the line that opens the log to the next such line."""

    kind: ClassVar[str] = "tor/log"
    title: ClassVar[str] = "Log of Tor"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\[notice\] Tor [0-9][^\r\n]{3,60} opening (?:new )?log file"),
    )
    references: ClassVar[tuple[str, ...]] = ("Tor src/lib/log/log.c",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a session", _SESSION, ("Tor 0.4.8.10",), "made by hand"),
        Specimen(
            "two sessions",
            _SESSION + _SESSION.replace(b"8.10", b"8.11"),
            ("Tor 0.4.8.10", "Tor 0.4.8.11"),
            "made by hand",
        ),
        Specimen("truncated", _SESSION[:50], None, "made by hand"),
        Specimen("look-alike: no time", b"[notice] Tor 0.4.8.10 opening new log file.", None, "made by hand"),
        Specimen("look-alike: program text", b'"[notice] Tor %s opening %slog file.\\n"', None, "Tor"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The session whose first line is in front of `at`."""
        lines = forwards(layer, start_of_line(layer, at))
        first = next(lines, None)
        opening = _STAMP.fullmatch(first.text) if first else None
        opened = _OPENED.match(opening[3]) if opening else None
        if first is None or opening is None or opened is None:
            return
        last, stamp, strange, counts, boot = first, opening[1], 0, {"warn": 0, "err": 0}, -1
        fields = {"version": Field(opened[1], first.span), "opened": Field(opening[1], ByteRun(first.offset, 19))}
        count = 1
        for line in lines:
            match = _STAMP.fullmatch(line.text)
            if match is None:
                strange += 1
                if strange > _MOST_STRANGE:
                    break
                continue
            if _OPENED.match(match[3]) or count >= _MOST_LINES:
                break
            strange, count, last, stamp = 0, count + 1, line, match[1]
            if match[2] in counts:
                counts[match[2]] += 1
            if found := _BOOT.match(match[3]):
                boot = max(boot, min(100, int(found[1])))
            _note(fields, line, match[3])
        fields["last_line"] = Field(stamp, ByteRun(last.offset, 19))
        fields["lines"] = Field(count)
        fields["warnings"] = Field(counts["warn"] + counts["err"])
        if boot >= 0:
            fields["bootstrapped_percent"] = Field(boot)
        yield finding(
            self,
            layer,
            first.offset,
            last.span.end - first.offset,
            grade=Grade.C3 if count >= 3 else Grade.C2,
            value=f"Tor {opened[1]}",
            checks=(passed("opening line", 60), passed("lines in form", min(60, 20 * count))),
            fields=fields,
            caveats=(NO_YEAR,),
        )


def _note(fields: dict[str, Field], line: Line, text: str) -> None:
    """Keep what a line says of the computer."""
    if "system" not in fields and (running := _RUNNING.match(text)):
        fields["system"] = Field(running[1], line.span)
    elif "configuration" not in fields and (read := _CONFIG.match(text)):
        fields["configuration"] = Field(read[1], line.span)


DETECTOR: Detector = TorLog()

"""Print jobs of CUPS (Linux, macOS): control files `/var/spool/cups/c<number>`, attributes as the Internet Printing
Protocol sends them.

| offset | length | content                                                                    |
|--------|--------|----------------------------------------------------------------------------|
| 0      | 8      | version, 2; operation, 2; number of the request, 4 (big-endian)            |
| 8      | …      | groups: 01 of the operation, 02 of the job, 04 of the printer, 03 the end  |
|        |        | in a group, each value: type, 1; u16 length, name; u16 length, value; an empty name adds a value |

Types: 21 number, 23 one of a list, 22 yes or no, 41 to 49 text. Times are seconds since 1970, UTC. The document is
`d<number>-001` beside it until it is printed; control files stay (`PreserveJobHistory`).

Not recorded: what was printed, except its name. Source: RFC 8010; CUPS, scheduler/job.c.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.system._told import is_text, shown, unix, unix_events
from forensics.model import Absent, ByteRun, Check, Event, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

LARGEST = 256 << 10
MOST = 2_000  # values
LONGEST = 1_024
_NAME = re.compile(r"/cups/(?:[^/]+/)?c(\d{5,})$")
_GROUPS = frozenset((1, 2, 4, 5))
_END, _NUMBER, _CHOICE = 3, 0x21, 0x23
_TEXTS = {
    "job-originating-user-name": "user",
    "job-originating-host-name": "host",
    "printer-uri": "printer",
    "job-printer-uri": "printer",
    "document-format": "media_type",
    "document-name": "document",
    "com.apple.print.JobInfo.PMJobOwner": "user",
    "com.apple.print.JobInfo.PMApplicationName": "program_used",
}
_TIMES = {
    "time-at-creation": "print job created",
    "time-at-processing": "print job begun",
    "time-at-completed": "print job ended",
}
_COUNTS = {"job-id": "job", "copies": "copies", "job-media-sheets-completed": "sheets", "job-k-octets": "kibibytes"}
_STATES = {3: "waiting", 4: "held", 5: "printing", 6: "stopped", 7: "cancelled", 8: "aborted", 9: "completed"}


def _value(kind: int, name: str, data: bytes) -> bytes:
    stored = name.encode()
    return bytes((kind,)) + len(stored).to_bytes(2) + stored + len(data).to_bytes(2) + data


_HEAD = b"\2\0\0\5\0\0\0\1\1" + _value(0x47, "attributes-charset", b"utf-8")
_JOB = (
    b"\2"
    + _value(0x42, "job-name", b"label.pdf")
    + _value(0x42, "job-originating-user-name", b"v")
    + _value(0x21, "time-at-creation", (1_709_164_800).to_bytes(4))
    + b"\3"
)


@dataclass(slots=True)
class _Attributes:
    """What the control file says: texts and numbers by name with their places, and where it ends."""

    texts: dict[str, tuple[str, ByteRun]] = field(default_factory=dict)
    numbers: dict[str, tuple[int, ByteRun]] = field(default_factory=dict)
    end: int = 0
    whole: bool = False


class PrintJob:
    """One finding for each job."""

    kind: ClassVar[str] = "system/print_job"
    title: ClassVar[str] = "Print job (CUPS)"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"[\x01\x02].\x00.{5}\x01\x47\x00\x12attributes-charset\x00", at=0, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = ("RFC 8010 (IPP/1.1: Encoding and Transport)", "CUPS, scheduler/job.c")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a job", _HEAD + _JOB, ("label.pdf",), "by hand, after RFC 8010"),
        Specimen("without its end", _HEAD + _JOB[:-1], ("label.pdf",), "by hand, cut"),
        Specimen("truncated", _HEAD + _JOB[:12], None, "by hand, cut"),
        Specimen("a question to a printer", _HEAD + b"\3", None, "by hand"),
        Specimen("look-alike: the first name", b"\2\0\0\5\0\0\0\1\1G\0\x12attributes-charset\0\0", None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The control file that starts at `at`."""
        told = _read(layer.read(at, LARGEST), at)
        job, user = told.texts.get("job-name"), told.texts.get("job-originating-user-name")
        if not (job or user) or not told.numbers.keys() & _TIMES.keys():
            return
        fields: dict[str, Field] = {}
        for name, words in told.texts.items():
            if name in _TEXTS:
                fields.setdefault(_TEXTS[name], Field(*words))
        for name, number in told.numbers.items():
            if name in _COUNTS:
                fields[_COUNTS[name]] = Field(*number)
            elif name == "job-state" and number[0] in _STATES:
                fields["state"] = Field(_STATES[number[0]], number[1])
        events: list[Event] = []
        for name, meaning in _TIMES.items():
            stored, place = told.numbers.get(name, (0, None))
            if when := unix(stored):
                fields[meaning.removeprefix("print job ")] = Field(shown(when), place)
                events += unix_events(meaning, stored)
        if not events:
            return
        links = [Link("BY_ACCOUNT", "account", user[0].lower())] if user else []
        if "printer" in fields:
            links.append(Link("PRINTED_ON", "printer", str(fields["printer"].value)))
        named = at == 0 and _NAME.search(layer.locator.step) is not None
        yield finding(
            self,
            layer,
            at,
            told.end - at,
            grade=(Grade.C3 if named else Grade.C2) if told.whole else Grade.C1,
            value=job[0] if job else Absent.NONE_STORED,
            checks=(
                Check("attributes in form", Outcome.PASS if told.whole else Outcome.FAIL, 60),
                Check("name of the file", Outcome.PASS if named else Outcome.NOT_APPLICABLE, 20),
            ),
            fields=fields,
            events=tuple(events),
            links=tuple(links),
            caveats=() if told.whole else ("The attributes do not come to their end.",),
            sensitivity=Sensitivity.PERSONAL,
        )


def _read(data: bytes, start: int) -> _Attributes:
    """The attributes; the first value of each name."""
    told = _Attributes()
    at = 8
    for _ in range(MOST):
        kind = data[at : at + 1]
        if not kind:
            break
        if kind[0] == _END:
            at += 1
            told.whole = True
            break
        if kind[0] in _GROUPS:
            at += 1
            continue
        long = int.from_bytes(data[at + 1 : at + 3])
        behind = at + 3 + long
        size = int.from_bytes(data[behind : behind + 2])
        if kind[0] < 0x10 or long > LONGEST or behind + 2 + size > len(data):
            break
        name = data[at + 3 : behind].decode("ascii", "replace")
        stored, place = data[behind + 2 : behind + 2 + size], ByteRun(start + behind + 2, size)
        if name and kind[0] in (_NUMBER, _CHOICE) and size == 4:
            told.numbers.setdefault(name, (int.from_bytes(stored, signed=True), place))
        elif name and 0x41 <= kind[0] <= 0x49 and is_text(words := stored[:LONGEST].decode("utf-8", "replace")):
            told.texts.setdefault(name, (words, place))
        at = behind + 2 + size
    told.end = start + at
    return told


DETECTOR: Detector = PrintJob()

"""The consensus of the Tor network, as a client keeps it: `cached-microdesc-consensus`, `cached-consensus`.

| line                                   | content                                                         |
|----------------------------------------|-----------------------------------------------------------------|
| `network-status-version 3` flavour     | first line; `microdesc` for clients, none for relays            |
| `vote-status consensus`                | a vote is a directory authority's and not told                  |
| `valid-after`, `fresh-until`, `valid-until` | times of the network in UTC, whole hours                   |
| `dir-source`, `r`, `s`, …              | authorities and relays: the network's, not this computer's      |

A client fetches a new one while it runs, so `valid-after` is when Tor last ran here, by the clock of the
network and not of the computer: not before that hour, and seldom more than three hours after.

Not recorded: the moment of fetching (the file's own times tell), what Tor was used for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.tor._lines import forwards
from forensics.detectors.tor._near import named
from forensics.model import Clock, Event, Field, Finding, Grade, Layer

_HEAD = 16 << 10
_FIRST = re.compile(r"network-status-version 3(?: ([a-z]{3,20}))?")
_TIMES = {"valid-after": "valid_after", "fresh-until": "fresh_until", "valid-until": "valid_until"}

OTHERS = "relays and authorities in it are the network's; none was necessarily used"

_WHOLE = (
    b"network-status-version 3 microdesc\nvote-status consensus\nconsensus-method 33\nvalid-after 2024-03-01 13:00:00\n"
    b"fresh-until 2024-03-01 14:00:00\nvalid-until 2024-03-01 16:00:00\nvoting-delay 300 300\n"
    b"known-flags Authority Exit Fast\n"
)


class Consensus:
    """The head of one consensus."""

    kind: ClassVar[str] = "tor/consensus"
    title: ClassVar[str] = "Consensus of the Tor network"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"network-status-version 3", at=0),)
    references: ClassVar[tuple[str, ...]] = ("Tor dir-spec, section 3.4 (consensus format)",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("microdescriptors", _WHOLE, ("2024-03-01 13:00:00",), "made by hand by dir-spec"),
        Specimen("no flavour", _WHOLE.replace(b" microdesc", b""), ("2024-03-01 13:00:00",), "made by hand"),
        Specimen("truncated", _WHOLE[:90], None, "made by hand"),
        Specimen("look-alike: a vote", _WHOLE.replace(b"s consensus", b"s vote"), None, "dir-spec"),
        Specimen("look-alike: no such date", _WHOLE.replace(b"03-01 13", b"13-01 13"), None, "made by hand"),
        Specimen("look-alike: program text", b'"network-status-version 3%s%s\\n"', None, "Tor"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The consensus that starts at `at`."""
        lines = forwards(layer, at, _HEAD)
        line = next(lines, None)
        first = _FIRST.fullmatch(line.text) if line else None
        if line is None or first is None:
            return
        fields = {"flavour": Field(first[1] or "full", line.span)}
        last, status = line, ""
        for line in lines:
            name, _, value = line.text.partition(" ")
            if name in ("dir-source", "r") or not value:
                break
            if name == "vote-status":
                status = value
            elif name in _TIMES:
                fields[_TIMES[name]] = Field(value[:40], line.span)
            last = line
        stored = str(fields["valid_after"].value) if "valid_after" in fields else ""
        when = _moment(stored)
        if status != "consensus" or when is None:
            return
        hour = timedelta(hours=1)
        yield finding(
            self,
            layer,
            at,
            last.span.end - at,
            grade=Grade.C3 if named(layer, "consensus") else Grade.C2,
            value=stored,
            checks=(passed("first line and status", 60), passed("time in range", 10)),
            fields=fields,
            events=(Event(when, hour, "consensus of the Tor network valid from", stored, Clock.SERVER),),
            caveats=(OTHERS,),
        )


def _moment(text: str) -> datetime | None:
    """A time of the consensus, between the start of its version 3 and 2100."""
    try:
        when = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return when if 2007 <= when.year < 2100 else None


DETECTOR: Detector = Consensus()

"""Pages that CUPS printed: `/var/log/cups/page_log`, a line for each job, in older ones for each page.

| part                                   | content                                                          |
|----------------------------------------|------------------------------------------------------------------|
| 1 to 3                                 | printer, user, job; in some versions printer, job, user          |
| `[29/Feb/2024:12:00:00 +0100]`         | time with its zone                                               |
| 5, 6                                   | page or `total`, copies or pages                                 |
| 7, 8, then the name                    | account that pays, host, name of the document, paper, sides       |

What a line holds is set by `PageLogFormat`; this is the default. Without it CUPS writes none.
Not recorded: what was printed, except its name. Source: cupsd-logs(5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.chat._log import line_start
from forensics.detectors.system._told import is_text, shown
from forensics.model import Check, Clock, Event, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

_LINE = re.compile(
    rb"(\S{1,127}) (\S{1,255}) (\S{1,255}) \[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] (total|\d{1,6}) (\d{1,6}) "
    rb"(\S{1,255}) (\S{1,255})(?: ([^\n\0]{1,1000}?)(?: (\S{1,100}) (\S{1,40}))?)?(?:\r?\n|$)"
)
_TEXT = b"DYMO v 7 [29/Feb/2024:12:00:00 +0100] total 40 - localhost label list.pdf media-1 one-sided\n"


class PageLog:
    """One finding for each line."""

    kind: ClassVar[str] = "system/page_log"
    title: ClassVar[str] = "Pages printed (CUPS)"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(
            rb" \[[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9:]{8} [+-][0-9]{4}\] (?:total [0-9]|[0-9]{1,5} [0-9]{1,5} [^ ])",
            wide=False,
        ),
    )
    references: ClassVar[tuple[str, ...]] = ("cupsd-logs(5)",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a job", _TEXT, ("label list.pdf",), "by hand, after cupsd-logs(5)"),
        Specimen("a page, without a name", _TEXT[:38] + b"1 1 - localhost\n", ("DYMO",), "by hand"),
        Specimen("truncated", _TEXT[:40], None, "by hand, cut"),
        Specimen("a day that is none", _TEXT.replace(b"29/Feb", b"30/Feb"), None, "by hand"),
        Specimen(
            "look-alike: of a web server",
            b'- - v [29/Feb/2024:12:00:00 +0100] "GET / HTTP/1.1" 200 17',
            None,
            "by hand",
        ),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The line around `at`."""
        start = line_start(layer, at)
        match = _LINE.match(layer.read(start, 3_000))
        if match is None or not start + match.start(4) < at <= start + match.end():
            return
        stored = match[4].decode()
        try:
            when = datetime.strptime(stored, "%d/%b/%Y:%H:%M:%S %z").astimezone(UTC)
        except (ValueError, OverflowError):
            return
        words = [(each or b"").decode("utf-8", "replace") for each in match.groups()]
        printer, second, third = words[:3]
        user, job = (third, second) if second.isdigit() and not third.isdigit() else (second, third)
        document = words[8] if words[8] not in ("", "-") else ""
        if not job.isdigit() or not 1995 <= when.year < 2100 or not all(map(is_text, (printer, user, document or "-"))):
            return
        fields = {
            "printer": Field(printer),
            "user": Field(user),
            "job": Field(int(job[:18])),
            "time": Field(shown(when)),
            "host": Field(words[7]),
        }
        fields["pages" if words[4] == "total" else "copies"] = Field(int(words[5]))
        if words[4] != "total":
            fields["page"] = Field(int(words[4]))
        named = "/page_log" in layer.locator.step
        yield finding(
            self,
            layer,
            start,
            match.end(),
            grade=Grade.C3 if named else Grade.C1,
            value=document or printer,
            checks=(
                Check("line in form", Outcome.PASS, 20),
                Check("name of the file", Outcome.PASS if named else Outcome.NOT_APPLICABLE, 20),
            ),
            fields=fields,
            events=(Event(when, timedelta(seconds=1), "pages printed", stored, Clock.DEVICE),),
            links=(Link("BY_ACCOUNT", "account", user.lower()), Link("PRINTED_ON", "printer", printer)),
            sensitivity=Sensitivity.PERSONAL,
        )


DETECTOR: Detector = PageLog()

"""Pages of shops and marketplaces, saved or cached, in their HTML: the kind of page, its labels, its offers.

| part   | content                                                                                          |
|--------|--------------------------------------------------------------------------------------------------|
| head   | `<html`, before it a declaration and the comment of the program that saved it                      |
| body   | labels with values; blocks of one form, each an offer; feedback rows; OpenPGP blocks; onion names   |
| end    | `</html>`, a zero byte, or the end of the bytes                                                    |

No market is known by name and no template is used: the labels are a neutral dictionary in many languages, the rest is
structure. The grade says how many independent signs stand together: C1 labels, C2 four signs with one that a common
shop does not show (escrow, coins, OpenPGP, onion names), C3 also the page's own word that an onion service served it.
An ordinary web shop is a page of a trade too; nothing here says what is sold or that it is forbidden.

Not recorded: who looked at the page, when (but for the time that some programs write when they save), and whether
what it says is true. A page whose beginning is overwritten is not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.market import _labels
from forensics.detectors.market._judge import Shown, graded, shown
from forensics.detectors.market._specimens import PAGES
from forensics.detectors.market._told import checks, events, fields, links, value
from forensics.model import Finding, Layer, Sensitivity
from forensics.primitives import markup

LARGEST = 4 << 20
AROUND = 64 << 10
HEAD = 2_400
CAVEATS = (
    "What the page says is its author's word; the page does not say who read it.",
    "An ordinary web shop has pages of this form too.",
)
_START = re.compile(
    rb"(?is)(?:<!doctype[^>]{0,300}>\s{0,100}|<!--.{0,2000}?-->\s{0,100}|<\?xml[^>]{0,200}>\s{0,100}){1,6}\Z"
)


class MarketPage:
    """Reads one page from the start of its root element."""

    kind: ClassVar[str] = "market/page"
    title: ClassVar[str] = "Page of a shop or marketplace"
    version: ClassVar[int] = 2
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"(?i)<html[\s>]", at=0),)
    references: ClassVar[tuple[str, ...]] = (
        "HTML Living Standard, 13.2 Parsing HTML documents",
        "Christin, Travelling the Silk Road (2013); Soska and Christin (2015): what the pages of marketplaces hold",
        "Tor rend-spec-v3 (onion names)",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = PAGES

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The page whose root element begins at `at`, if it is one of a trade."""
        data = layer.read(at, LARGEST)
        cut = data.find(b"\0")
        if cut >= 0:
            data = data[:cut]
        end = re.search(rb"(?i)</html\s{0,5}>", data)
        if end:
            data = data[: end.end()]
        if b'=3D"' in data and data.count(b"=\n") + data.count(b"=\r\n") > 1:
            return  # quoted-printable: its decoder gives the page as it was
        if not _labels.promising(data) or _within(layer, at):
            return
        before = layer.read(max(0, at - HEAD), min(at, HEAD))
        opened = _START.search(before[before.rfind(b"\0") + 1 :])
        start = at - (opened.end() - opened.start()) if opened else at
        page = markup.read((opened[0] if opened else b"") + data)
        seen = shown(page)
        grade = graded(seen)
        if grade is None:
            return
        yield finding(
            self,
            layer,
            start,
            page.end,
            grade=grade,
            value=value(seen),
            checks=checks(seen),
            fields=fields(seen, start),
            events=events(seen),
            links=links(seen),
            caveats=(*CAVEATS, *_limits(seen, page, end is None)),
            sensitivity=Sensitivity.PERSONAL,
        )


def _within(layer: Layer, at: int) -> bool:
    """Whether the place is inside a page that began before: text of a script, a second root element."""
    before = layer.read(max(0, at - AROUND), min(at, AROUND)).lower()
    opened = max(before.rfind(b"<html>"), before.rfind(b"<html "))
    return opened >= 0 and before.find(b"</html", opened) < 0 and before.find(b"\0", opened) < 0


def _limits(seen: Shown, page: markup.Page, endless: bool) -> Iterator[str]:
    if endless:
        yield "The end tag of the page is missing: it may be cut."
    for each in sorted(page.faults):
        yield f"The page has {each}."
    if seen.origin.address and seen.origin.says == "comment of the browser" and not seen.origin.proven:
        yield "The length in the comment of the browser that saved the page does not fit the address."


DETECTOR: Detector = MarketPage()

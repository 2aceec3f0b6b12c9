"""Whence a page says it was saved, strongest first, and the onion names in it.

| where | content |
|-------|---------|
| `<!-- saved from url=(NNNN)http… -->` | written by browsers; NNNN is the length of the address, which proves it |
| `Page saved with SingleFile url: … saved date: …` | a comment of that extension |
| `Mirrored from … by HTTrack` | a comment of that program |
| `base`, `link rel=canonical`, `og:url` | written by the site itself |
| links with a host | three or more to one onion name |
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from forensics.detectors.market import _values
from forensics.primitives.markup import Page

MOST_ONIONS = 100
ENOUGH = 3  # links to one host
_SAVED = re.compile(r"\s{0,20}saved from url=\((\d{4})\)(\S{1,1900})\s{0,20}")
_SINGLE = re.compile(
    r"(?i)saved with SingleFile\s{1,50}url:\s{0,20}(\S{1,1900})(?:\s{1,50}saved date:\s{0,20}([^\r\n]{1,80}))?"
)
_MIRRORED = re.compile(r"Mirrored from (\S{1,1900}) by HTTrack[^,\r\n]{0,80},\s{0,5}([^\r\n]{1,60}?)\s{0,5}(?:--|\Z)")
_HOST = re.compile(r"(?i)(?:https?:)?//([a-z0-9.-]{1,255})")


@dataclass(slots=True)
class Origin:
    """The address that a page was saved from and what says so; onion names with the place where each first stands."""

    address: str = ""
    says: str = ""
    at: tuple[int, int] = (0, 0)
    saved: str = ""
    proven: bool = False
    onions: dict[str, tuple[int, int]] = field(default_factory=dict)
    served: str = ""  # the onion name in the address that the page was saved from
    linked: str = ""  # the one that most of its links with a host lead to: its own, or that of a mirror or a friend

    @property
    def host(self) -> str:
        """The host of the address, in lower case."""
        match = _HOST.match(self.address) or _HOST.match("//" + self.address)
        return match[1].lower() if match else ""


def origin(page: Page) -> Origin:
    """What the comments, the head and the links of a page say."""
    found = Origin()
    for start, end, text in page.comments:
        if match := _SAVED.fullmatch(text):
            proven = len(match[2]) == int(match[1])
            _take(found, match[2], "comment of the browser", (start, end), proven=proven)
        elif match := _SINGLE.search(text):
            _take(found, match[1], "comment of SingleFile", (start, end), saved=(match[2] or "").strip())
        elif match := _MIRRORED.search(text):
            _take(found, match[1], "comment of HTTrack", (start, end), saved=match[2])
    hosts: Counter[str] = Counter()
    for node in page.nodes:
        given = node.attributes
        if not given:
            continue
        where = (node.start, min(node.end, node.start + 2_000))
        href = given.get("href") or given.get("src") or given.get("action") or ""
        if node.tag == "base" or (node.tag == "link" and given.get("rel", "").lower() == "canonical"):
            _take(found, href, node.tag if node.tag == "base" else "canonical link", where)
        elif node.tag == "meta" and given.get("property", "").lower() == "og:url":
            _take(found, given.get("content", ""), "og:url", where)
        if ".onion" not in href:
            continue
        for name, _, _ in _values.onions(href):
            hosts[name] += 1
            _note(found, name, where)
    for piece in page.pieces:
        if ".onion" in piece.text:
            for name, start, end in _values.onions(piece.text):
                _note(found, name, page.place(piece, start, end))
    for name, _, _ in _values.onions(found.address):
        found.served = name
        _note(found, name, found.at)
    if hosts:
        name, count = hosts.most_common(1)[0]
        found.linked = name if count >= ENOUGH else ""
    return found


def _take(
    found: Origin, address: str, says: str, at: tuple[int, int], *, saved: str = "", proven: bool = False
) -> None:
    if address and not found.address and "." in address:
        found.address, found.says, found.at = address[:1_900], says, at
        found.saved, found.proven = saved, proven


def _note(found: Origin, name: str, at: tuple[int, int]) -> None:
    if len(found.onions) < MOST_ONIONS:
        found.onions.setdefault(name, at)

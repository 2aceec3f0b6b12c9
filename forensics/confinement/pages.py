"""Saved pages of the evidence for people: their texts in order, read in a worker; only plain text leaves it.

Nothing is drawn, loaded or run. A text says which part of the page it is, where its links lead and where its bytes
stand; what the page hides from its reader is there too, and marked.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from forensics.primitives.markup import Node, Page, Piece, read
from forensics.sweep.wire import clean

LARGEST = 4 << 20  # bytes of a page
MOST = 2_000  # texts told
_LONGEST = 4_000  # characters of one
_LINKS = 8
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])", re.IGNORECASE)
_ROW = frozenset(("tr",))
_LISTED = frozenset(("li", "dt", "dd"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_FIELDS = frozenset(("input", "textarea", "select"))
_LINKED = frozenset(("a",))


def look(data: bytes) -> dict[str, Any]:
    """Title and texts of a page, each with kind (heading, item, row, text, picture, field), links and byte range."""
    page = read(data[:LARGEST])
    texts = sorted([*_texts(page), *_things(page)], key=lambda each: (each["start"], each["end"]))
    cut = len(data) > LARGEST or len(texts) > MOST or bool(page.faults)
    return {
        "charset": page.charset,
        "texts": texts[:MOST],
        "hidden": sum(each["hidden"] for each in texts),
        "comments": [
            {"text": clean(text.strip())[:_LONGEST], "start": start, "end": end}
            for start, end, text in page.comments[:100]
            if text.strip()
        ],
        "cut": cut,
        "scripts": sum(node.tag == "script" for node in page.nodes),
        "asked": _asked(page),
    }


def _texts(page: Page) -> Iterator[dict[str, Any]]:
    """The texts of a line of the page, or of a row of a table, in one."""

    def line(piece: Piece) -> tuple[str, int]:
        row = page.inside(piece.node, _ROW)
        return ("row", row.number) if row is not None else ("block", piece.block)

    shown = (piece for piece in page.pieces if page.inside(piece.node, frozenset(("head",))) is None)
    for (holder, _), group in itertools.groupby(shown, line):
        pieces = list(group)
        if holder == "row":
            cells = [list(cell) for _, cell in itertools.groupby(pieces, lambda each: each.block)]
            text = " | ".join(" ".join(piece.text for piece in cell) for cell in cells)
        else:
            text = " ".join(piece.text for piece in pieces)
        yield {
            "kind": "row" if holder == "row" else _kind(page, pieces[0]),
            "text": clean(" ".join(text.split()))[:_LONGEST],
            "links": list(dict.fromkeys(_links(page, pieces)))[:_LINKS],
            "hidden": all(_hidden(page, piece.node) for piece in pieces),
            "start": pieces[0].start,
            "end": pieces[-1].end,
        }


def _kind(page: Page, piece: Piece) -> str:
    if page.inside(piece.node, _HEADINGS):
        return "heading"
    return "item" if page.inside(piece.node, _LISTED) else "text"


def _links(page: Page, pieces: list[Piece]) -> Iterator[str]:
    for piece in pieces:
        link = page.inside(piece.node, _LINKED)
        target = link.attributes.get("href", "") if link else ""
        if target and not target.startswith("#"):
            yield clean(target)[:_LONGEST]


def _things(page: Page) -> Iterator[dict[str, Any]]:
    """Pictures and fields of forms, which have no text of their own."""
    for node in page.nodes:
        if node.tag == "img":
            kind, words = "picture", node.attributes.get("alt", "")
            links = [node.attributes.get("src", "")]
        elif node.tag in _FIELDS and node.attributes.get("value"):
            kind, links = "field", []
            words = f"{node.attributes.get('name', '')} = {node.attributes['value']}"
        else:
            continue
        yield {
            "kind": kind,
            "text": clean(words)[:_LONGEST],
            "links": [_short(each) for each in links if each],
            "hidden": node.attributes.get("type", "").lower() == "hidden" or _hidden(page, node.number),
            "start": node.start,
            "end": _tag_end(node),
        }


def _tag_end(node: Node) -> int:
    return max(node.start + 1, node.end)


def _short(target: str) -> str:
    """The target of a picture; one that carries its bytes itself is only named."""
    head, comma, data = target.partition(",")
    if head.startswith("data:") and comma:
        return clean(f"{head[:60]}, {len(data):,} characters within the page")
    return clean(target)[:_LONGEST]


def _hidden(page: Page, number: int) -> bool:
    return any(
        "hidden" in node.attributes or _HIDDEN.search(node.attributes.get("style", ""))
        for node in page.ancestors(number)
    )


def _asked(page: Page) -> list[str]:
    """The hosts that the page would have asked when it was drawn: pictures, scripts, frames, styles."""
    hosts = []
    for node in page.nodes:
        target = node.attributes.get("src") or (node.attributes.get("href") if node.tag == "link" else "") or ""
        match = re.match(r"(?:https?:)?//([^/?#\s]{1,255})", target)
        if match:
            hosts.append(clean(match[1].lower()))
    return sorted(set(hosts))[:200]

"""The part of Markdown that the manual is written in: headings, paragraphs, lists, code, tables, links, bold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

INLINE = re.compile(r"`(?P<code>[^`]+)`|\*\*(?P<bold>[^*]+)\*\*|\[(?P<link>[^\]]+)\]\((?P<to>[^)\s]+)\)")
ITEM = re.compile(r"(?:[-*]|\d+\.) +(.*)")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line: plain, code or bold; `to` is the page of a link."""

    text: str
    style: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading ("1" to "3"), "text", "item", "step" (of a numbered list), "code" or "table" (cells in `rows`)."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def spans(text: str) -> Iterator[Span]:
    """The pieces of a line."""
    at = 0
    for match in INLINE.finditer(text):
        if match.start() > at:
            yield Span(text[at : match.start()])
        if match["code"]:
            yield Span(match["code"], "code")
        elif match["bold"]:
            yield Span(match["bold"], "bold")
        else:
            yield Span(match["link"], to=match["to"])
        at = match.end()
    if at < len(text):
        yield Span(text[at:])


def plain(text: str) -> str:
    """A line without its marks."""
    return "".join(each.text for each in spans(text))


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a page."""
    kind, held = "", list[str]()

    def ended() -> Iterator[Block]:
        if kind == "table":
            yield Block("table", rows=tuple(_cells(line) for line in held if set(line) - set("|-: ")))
        elif held:
            yield Block(kind, ("\n" if kind == "code" else " ").join(held))
        held.clear()

    for line in text.splitlines():
        bare = line.strip()
        new = _kind(line, kind)
        if new == "fence":
            yield from ended()
            kind = "" if kind == "code" else "code"
        elif kind == "code":
            held.append(line)
        elif new in ("1", "2", "3"):
            yield from ended()
            yield Block(new, bare.lstrip("# "))
            kind = ""
        else:
            if new != kind or (new in ("item", "step") and ITEM.match(bare)):
                yield from ended()
            kind = new
            if bare:
                match = ITEM.match(bare) if new in ("item", "step") else None
                held.append(match[1] if match else bare)
    yield from ended()


def _kind(line: str, before: str) -> str:
    bare = line.strip()
    if bare.startswith("```"):
        return "fence"
    if bare.startswith("#") and bare.lstrip("#").startswith(" "):
        return str(min(3, len(bare) - len(bare.lstrip("#"))))
    if bare.startswith("|"):
        return "table"
    if ITEM.match(bare):
        return "step" if bare[0].isdigit() else "item"
    if not bare:
        return ""
    return before if before in ("item", "step") and line.startswith(" ") else "text"


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip().strip("|").split("|"))

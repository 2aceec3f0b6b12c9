"""Search in the manual: every word must be there; titles and headings count more than text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from forensics.manual.pages import INDEX, Page, Section, pages

WORD = re.compile(r"[^\W_]+")
TITLE, HEADING, PLAIN, ENOUGH = 40, 12, 1, 8  # weights; more mentions in the text than ENOUGH add nothing
ROOM = 140  # characters of an excerpt


@dataclass(frozen=True, slots=True)
class Hit:
    """A section that has all words, how well it fits, and an excerpt."""

    page: Page
    section: Section
    rank: int
    excerpt: str


def folded(text: str) -> str:
    """Lower case without accents, of the same length where characters are composed."""
    return "".join(unicodedata.normalize("NFD", char)[0] for char in text).casefold()


def words_of(query: str) -> list[str]:
    """The words of a query, folded."""
    return WORD.findall(folded(query))


def search(query: str) -> list[Hit]:
    """The sections that have every word of the query (or a longer one that begins with it), best first."""
    wanted = words_of(query)
    if not wanted:
        return []
    listed = (page for page in pages().values() if page.key != INDEX)
    hits = (_judge(page, section, wanted) for page in listed for section in page.sections)
    return sorted((hit for hit in hits if hit is not None), key=lambda hit: -hit.rank)


def _judge(page: Page, section: Section, wanted: Sequence[str]) -> Hit | None:
    parts = [WORD.findall(folded(text)) for text in (page.title, section.heading, section.text)]
    rank = 0
    own = False
    for word in wanted:
        title, heading, body = (sum(each.startswith(word) for each in part) for part in parts)
        if not title + heading + body:
            return None
        own = own or bool(heading + body)
        rank += TITLE * bool(title) + HEADING * bool(heading) + PLAIN * min(body, ENOUGH)
    if not own:
        return None  # only the title has the words: its own section is listed
    return Hit(page, section, rank, _excerpt(section.text, wanted))


def _excerpt(text: str, wanted: Sequence[str]) -> str:
    """The text about the first of the words, from the start of its sentence where that is near."""
    flat = " · ".join(text.split("\n"))
    low = folded(flat)
    first = min((match.start() for word in wanted if (match := re.search(rf"\b{word}", low))), default=0)
    start = max(flat.rfind(end, 0, first) + 2 for end in (". ", ": ", "· ")) if first else 0
    lead = ""
    if first - start > ROOM // 2 or start == 1:
        start = flat.find(" ", max(0, first - ROOM // 2)) + 1 if first > ROOM // 2 else 0
        lead = "… " if start else ""
    piece = flat[start : start + ROOM]
    return lead + (f"{piece.rpartition(' ')[0]} …" if start + ROOM < len(flat) else piece)

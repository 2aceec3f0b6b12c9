"""The pages of the manual, read from the package once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType

from forensics.manual.markdown import Block, blocks, plain, spans
from resources import languages

INDEX = "index"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the words under it, without marks."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `group` is the heading that the index lists it under, `text` its Markdown."""

    key: str
    title: str
    group: str
    text: str

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What the page is made of."""
        return tuple(blocks(self.text))

    @property
    def sections(self) -> tuple[Section, ...]:
        """The page in parts, each with its heading; the first stands under the title."""
        made: list[tuple[str, list[str]]] = []
        for block in self.blocks:
            if block.kind in ("1", "2", "3"):
                made.append((plain(block.text), []))
            else:
                lines = (" \u2013 ".join(row) for row in block.rows) if block.rows else (block.text,)
                made[-1][1].extend(line if block.kind == "code" else plain(line) for line in lines)
        return tuple(Section(heading, "\n".join(lines)) for heading, lines in made)


def links(block: Block) -> list[str]:
    """The pages that a block leads to."""
    texts = [cell for row in block.rows for cell in row] if block.rows else [block.text]
    return [] if block.kind == "code" else [span.to for text in texts for span in spans(text) if span.to]


def pages(language: str = "") -> MappingProxyType[str, Page]:
    """All pages by key, the index first, then in the order of the index; in the language of the window by default."""
    return _pages(language or languages.chosen())


@lru_cache(maxsize=len(languages.LANGUAGES))
def _pages(language: str) -> MappingProxyType[str, Page]:
    index = _read(INDEX, language)
    found, group = {INDEX: Page(INDEX, _title(index), "", index)}, ""
    for block in blocks(index):
        if block.kind == "2":
            group = block.text
        for key in links(block):
            if key not in found:
                text = _read(key, language)
                found[key] = Page(key, _title(text), group, text)
    return MappingProxyType(found)


def _read(key: str, language: str) -> str:
    manual = resources.files("resources").joinpath("manual")
    page = manual.joinpath(language, f"{key}.md") if language in languages.LANGUAGES else manual
    return (page if page.is_file() else manual.joinpath(f"{key}.md")).read_text(encoding="utf-8")


def _title(text: str) -> str:
    return text.partition("\n")[0].removeprefix("# ").strip()

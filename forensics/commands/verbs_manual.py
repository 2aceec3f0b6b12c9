"""`manual`: the pages that the window's help shows, on the terminal."""

from __future__ import annotations

import argparse
import os
import textwrap

from forensics.commands.output import DONE, FAILED, emit, say, table
from forensics.errors import UsageError
from forensics.manual import INDEX, pages, search
from forensics.manual.markdown import Block, plain, spans
from resources import languages

WIDTH = 100


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb."""
    verb = verbs.add_parser("manual", help="the manual: a page, or where words stand in it")
    verb.add_argument("page", nargs="?", default=INDEX, metavar="PAGE", help="a page by its name; the contents without")
    verb.add_argument("--search", metavar="WORDS", help="the places that have all of these words")
    verb.add_argument("--json", action="store_true")
    verb.set_defaults(run=_manual)


def _manual(options: argparse.Namespace) -> int:
    languages.choose(os.environ.get("IMPOUND_LANGUAGE", ""))
    if options.search is not None:
        return _search(options.search, as_json=options.json)
    page = pages().get(options.page)
    if page is None:
        raise UsageError(f"the manual has no page {options.page!r}; it has {', '.join(pages())}")
    if options.json:
        emit({"page": page.key, "title": page.title, "text": page.text})
    else:
        for block in page.blocks:
            _print(block)
    return DONE


def _search(words: str, *, as_json: bool) -> int:
    hits = search(words)
    for hit in hits:
        if as_json:
            emit(
                {"page": hit.page.key, "title": hit.page.title, "section": hit.section.heading, "excerpt": hit.excerpt}
            )
        else:
            say(f"{hit.page.key}: {hit.section.heading}")
            say(f"    {hit.excerpt}")
    if not hits and not as_json:
        say("Nothing in the manual has all of these words.")
    return DONE if hits else FAILED


def _print(block: Block) -> None:
    if block.kind in ("1", "2", "3"):
        if block.kind != "1":
            say("")
        say(plain(block.text))
    elif block.kind == "table":
        head, *rows = [[_words(cell) for cell in row] for row in block.rows]
        table([dict(zip(head, row, strict=True)) for row in rows], tuple(head))
    elif block.kind == "code":
        for line in block.text.split("\n"):
            say(f"    {line}")
    else:
        lead = "- " if block.kind in ("item", "step") else ""
        for line in textwrap.wrap(
            _words(block.text), WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead), break_on_hyphens=False
        ):
            say(line)


def _words(text: str) -> str:
    """A line as a terminal shows it: a link has the name of its page behind it."""
    return "".join(f"{each.text} [{each.to}]" if each.to else each.text for each in spans(text))

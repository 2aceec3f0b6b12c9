from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from importlib import resources

import pytest

from forensics.commands.main import main, parser
from forensics.manual import INDEX, pages, search
from forensics.manual.markdown import Block, Span, blocks, spans
from forensics.manual.pages import links

COMMAND = re.compile(r"`(impound [^`]+)`|^(impound .+)$", re.MULTILINE)


def test_blocks() -> None:
    text = "# T\n\nOne\ntwo.\n\n- a\n  b\n- c\n1. d\n\n```\n# x\n\ny\n```\n| h | i |\n|---|---|\n| 1 | `a` |\n## S\nend"
    assert list(blocks(text)) == [
        Block("1", "T"),
        Block("text", "One two."),
        Block("item", "a b"),
        Block("item", "c"),
        Block("step", "d"),
        Block("code", "# x\n\ny"),
        Block("table", rows=(("h", "i"), ("1", "`a`"))),
        Block("2", "S"),
        Block("text", "end"),
    ]


def test_spans() -> None:
    assert list(spans("a `b*c` **d** [e](f), *g*")) == [
        Span("a "), Span("b*c", "code"), Span(" "), Span("d", "bold"), Span(" "), Span("e", to="f"), Span(", *g*"),
    ]  # fmt: skip


def test_every_page_of_the_package_is_in_the_index() -> None:
    folder = resources.files("resources").joinpath("manual")
    files = {each.name.removesuffix(".md") for each in folder.iterdir() if each.is_file()}
    assert set(pages()) == files
    assert all(page.group for page in pages().values() if page.key != INDEX)


@pytest.mark.parametrize("key", list(pages()))
def test_a_page_is_whole(key: str) -> None:
    page = pages()[key]
    kinds = [block.kind for block in page.blocks]
    assert kinds[0] == "1"
    assert kinds.count("1") == 1
    for block in page.blocks:
        for target in links(block):
            assert target in pages(), f"{key} leads to {target}"
        if block.kind == "table":
            assert len({len(row) for row in block.rows}) == 1, block.rows[0]
        if block.kind not in ("code", "table"):
            said = "".join(span.text for span in spans(block.text) if span.style != "code")
            assert not set("`|[]#") & set(said), said  # nothing of the marks is left over


def commands() -> Iterator[tuple[str, str]]:
    for page in pages().values():
        for match in COMMAND.finditer(page.text):
            yield page.key, match[1] or match[2]


def verbs(under: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    action = next((each for each in under._actions if isinstance(each, argparse._SubParsersAction)), None)
    return dict(action.choices) if action is not None else {}


def test_no_page_names_a_verb_or_an_option_that_is_not_there() -> None:
    named = list(commands())
    assert len(named) > 30
    for key, text in named:
        words = text.partition("#")[0].split()[1:]
        at = parser()
        while words and words[0] in verbs(at):
            at = verbs(at)[words.pop(0)]
        assert at.prog != "impound" or not words or words[0] in ("VERB", "--help"), f"{key}: {text}"
        if verbs(at) and at.prog != "impound":
            assert not words, f"{key}: {text}"
        options = {option for action in at._actions for option in action.option_strings}
        for word in words:
            if word.startswith("-"):
                assert word in options, f"{key}: {text}: {word}"


def test_options_named_alone_belong_to_a_verb() -> None:
    def options(at: argparse.ArgumentParser) -> set[str]:
        own = {option for action in at._actions for option in action.option_strings}
        return own.union(*(options(each) for each in verbs(at).values()))

    known = options(parser())
    for page in pages().values():
        for option in re.findall(r"--[a-z][a-z-]+", page.text):
            assert option in known, f"{page.key}: {option}"


def test_search_finds_the_page_that_is_about_it() -> None:
    for words, key in (
        ("recovery key", "encrypted"), ("grade C2", "grades"), ("tag", "findings"), ("slack", "evidence"),
        ("blurred", "gallery"), ("disk full", "troubles"), ("witness", "levels"), ("seed phrase", "secrets"),
    ):  # fmt: skip
        assert key in [hit.page.key for hit in search(words)][:4], words
    assert search("caveat")[0].page.key == "caveats"
    assert search("") == search("  ,") == []
    assert search("xylophone") == []
    assert search("CAVÉAT")[0].page.key == "caveats"


def test_every_hit_has_all_words() -> None:
    for hit in search("key case"):
        text = f"{hit.page.title} {hit.section.heading} {hit.section.text}".lower()
        assert re.search(r"\bkey", text)
        assert re.search(r"\bcase", text)
        assert len(hit.excerpt) < 160


def test_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["manual"]) == 0
    assert "Grades C0 to C4 [grades]" in capsys.readouterr().out
    assert main(["manual", "grades"]) == 0
    assert "resembles" in capsys.readouterr().out
    assert main(["manual", "--search", "recovery key"]) == 0
    assert "encrypted: Volumes" in capsys.readouterr().out
    assert main(["manual", "--search", "recovery key", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[0])["page"] == "encrypted"
    assert main(["manual", "--search", "xylophone"]) == 1
    assert main(["manual", "../tokens"]) == 2
    assert "it has index, first-minutes" in capsys.readouterr().err

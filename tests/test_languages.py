"""The window's texts in every language: none is missing, each has its parts, and what is compiled is what is written."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from forensics.manual import pages
from forensics.manual.pages import links
from resources import languages

ROOT = Path(__file__).resolve().parents[1]
CODES = [code for code in languages.LANGUAGES if code != "en"]


def kept(code: str) -> Catalog:
    with (ROOT / "resources/languages" / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


def edges(text: str) -> tuple[str, str]:
    """Blanks and line ends before and after, by which a text joins others."""
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def parts(text: str) -> set[tuple[str, str]]:
    """The parts that a text names, with the form of each."""
    return {(name, form or "") for _, name, form, _ in Formatter().parse(text) if name is not None}


def forms(message: Message) -> list[tuple[str, str]]:
    """Each translation of a message, beside the English that it stands for."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return list(zip(message.id, message.string or (), strict=True))


@pytest.fixture
def english() -> Iterator[None]:
    yield
    languages.choose("en")


def test_catalogues_are_current() -> None:
    run = subprocess.run(
        [sys.executable, "installer/languages.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("code", CODES)
def test_every_text_is_translated(code: str) -> None:
    empty = [message.id for message in kept(code) if message.id and not all(said for _, said in forms(message))]
    doubtful = [message.id for message in kept(code) if message.id and message.fuzzy]
    assert not empty
    assert not doubtful


@pytest.mark.parametrize("code", CODES)
def test_translations_have_the_parts_and_edges_of_the_english(code: str) -> None:
    wrong = []
    for message in kept(code):
        if message.id:
            for english_text, said in forms(message):
                if parts(english_text) != parts(said) or edges(english_text) != edges(said):
                    wrong.append((english_text, said))
    assert not wrong


@pytest.mark.parametrize("code", CODES)
def test_a_language_is_taken_with_its_numbers(code: str, english: None) -> None:
    assert languages.choose(f"{code}_XX.UTF-8") == code
    assert languages.tr("No network is used. Nothing leaves this computer.") != (
        "No network is used. Nothing leaves this computer."
    )
    assert languages.tr_count(1234567, "finding", "findings").startswith(
        {"fr": "1\u202f234\u202f567 "}.get(code, "1.234.567 ")
    )


@pytest.mark.parametrize("code", CODES)
def test_the_manual_says_the_same(code: str) -> None:
    """Each page has the blocks, links and commands of the English one, in its own words."""
    theirs = pages(code)
    for key, page in pages("en").items():
        assert [block.kind for block in theirs[key].blocks] == [block.kind for block in page.blocks], key
        for mine, other in zip(page.blocks, theirs[key].blocks, strict=True):
            assert links(other) == links(mine), (key, mine.text)
            assert other.kind != "code" or other.text == mine.text
            assert [len(row) for row in other.rows] == [len(row) for row in mine.rows]
        assert theirs[key].text != page.text, key


def test_evidence_is_no_template(english: None) -> None:
    languages.choose("de")
    assert "{x.__class__}" in languages.tr("{title} - Manual", title="{x.__class__}")


def test_a_language_without_a_catalogue_is_english(english: None) -> None:
    assert languages.choose("fi_FI") == "en"
    assert languages.tr("Evidence") == "Evidence"


def test_the_window_speaks(tmp_path: Path) -> None:
    """Welcome and menus of a real window, in a language whose every text is bracketed and longer, right to left."""
    run = subprocess.run(
        [sys.executable, "-P", Path(__file__).with_name("bracketed_window.py"), tmp_path],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert not run.stdout

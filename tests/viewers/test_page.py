"""The viewer of saved pages: plain text alone, marks for what is hidden, the way to the bytes."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtTest import QTest

from app.main import application_of
from forensics.confinement.pages import look as read
from viewers.base import ByteSource, Subject, Told
from viewers.look import Look
from viewers.page import NOTICE, PageViewer

SUBJECT = Subject("index.html", "E1", entry=7, size=4096, path="/index.html")
HOSTILE = (
    b'<h1>Shop</h1><p hidden>not to be seen</p><img src="file:///etc/passwd" alt="<b>x</b>"><p>&lt;img src="file:///etc/'
    b'hostname"&gt; and <a href="http://example.invalid/">a link</a></p><script>document.title=1</script><!-- note -->'
)


@pytest.fixture(scope="module")
def look() -> Look:
    application_of(["test"])
    return Look()


@pytest.fixture
def viewer(look: Look) -> Iterator[PageViewer]:
    made = PageViewer(look)
    made.resize(800, 500)
    made.show()
    yield made
    made.close()


def _source(told: dict[str, Any] | None, trouble: str = "") -> ByteSource:
    def ask(done: Told) -> None:
        done(told, trouble)

    return ByteSource(size=4096, ask_page=ask)


def test_bids() -> None:
    assert PageViewer.priority(SUBJECT) > 0
    assert PageViewer.priority(Subject("x", "E1", kind="market/page", finding=3)) > 0
    assert PageViewer.priority(Subject("x", "E1", entry=7, path="/a.txt")) < 0


class Spy(QTextDocument):
    """A document that tells what it is asked to load."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.loads: list[str] = []

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        self.loads.append(name if isinstance(name, str) else name.toString())
        return None


def test_nothing_is_loaded_and_markup_stays_text(viewer: PageViewer) -> None:
    spy = Spy(viewer.text)
    viewer.text.setDocument(spy)
    viewer.show_finding(SUBJECT, _source({**read(HOSTILE), "at": 0}))
    viewer.grab()
    assert spy.loads == []
    text = viewer.text.toPlainText()
    assert "[picture: <b>x</b>]" in text
    assert '<img src="file:///etc/hostname"> and a link  → http://example.invalid/' in text
    assert "hidden on the page: not to be seen" in text
    assert "comment in the source: note" in text
    assert "document.title" not in text
    assert NOTICE in viewer.note.text()
    assert "1 text the page hides" in viewer.note.text()


def test_the_spy_would_see_a_load(viewer: PageViewer) -> None:
    """The control: markup given to Qt as markup asks for its picture."""
    spy = Spy(viewer.text)
    viewer.text.setDocument(spy)
    viewer.text.setHtml('<img src="file:///nowhere/picture.png">')
    viewer.grab()
    assert set(spy.loads) == {"file:///nowhere/picture.png"}


def test_characters_that_mislead_are_written_out(viewer: PageViewer) -> None:
    viewer.show_finding(SUBJECT, _source({**read("<p>abc\u202egnp.exe\x1b[2J</p>".encode()), "at": 0}))
    assert not set(viewer.text.toPlainText()) & set("\u202e\x1b")


def test_enter_shows_the_bytes_of_a_text(viewer: PageViewer) -> None:
    told = {**read(HOSTILE), "at": 100}
    viewer.show_finding(SUBJECT, _source(told))
    spans: list[tuple[int, int]] = []
    viewer.span_wanted.connect(lambda offset, length: spans.append((offset, length)))
    viewer.text.moveCursor(QTextCursor.MoveOperation.Start)
    QTest.keyClick(viewer.text, Qt.Key.Key_Return)
    assert spans == [(100 + HOSTILE.index(b"Shop"), 4)]


def test_what_cannot_be_read_is_said(viewer: PageViewer) -> None:
    viewer.show_finding(SUBJECT, _source(None, "the reader stopped."))
    assert "the reader stopped. Its bytes and its text can." in viewer.empty.text.text()
    viewer.show_finding(SUBJECT, _source({**read(b"<p></p>"), "at": 0}))
    assert "no text of its own" in viewer.empty.text.text()
    viewer.show_finding(SUBJECT, ByteSource())
    assert "no page reader" in viewer.empty.text.text()

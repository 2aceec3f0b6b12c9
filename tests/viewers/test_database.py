"""The viewer of databases: which rows it shows in which words, how it pages, what it says when there is nothing."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.main import application_of
from tests.app.fake_session import database
from viewers.base import ByteSource, Subject, Told
from viewers.database import DatabaseViewer
from viewers.look import Look

SUBJECT = Subject("places.sqlite", "E1", entry=7, size=4096, path="/places.sqlite")


@pytest.fixture(scope="module")
def look() -> Look:
    application_of(["test"])
    return Look()


class Shop:
    """Answers as a session does, and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str | None, int]] = []
        self.trouble = ""
        self.more = 0

    def __call__(self, table: str | None, first: int, done: Told) -> None:
        self.asked.append((table, first))
        told: dict[str, Any] = database({"table": table, "first": first})
        if self.more:
            told["states"]["live"] = self.more
        done(None if self.trouble else told, self.trouble)


@pytest.fixture
def shown(look: Look) -> Iterator[tuple[DatabaseViewer, Shop]]:
    viewer, shop = DatabaseViewer(look), Shop()
    viewer.resize(900, 400)
    viewer.show()
    viewer.show_finding(SUBJECT, ByteSource(size=4096, ask_table=shop))
    yield viewer, shop
    viewer.close()


def _texts(viewer: DatabaseViewer, row: int) -> list[str]:
    items = (viewer.rows.item(row, column) for column in range(viewer.rows.columnCount()))
    return ["" if item is None else item.text() for item in items]


def test_bids_for_files_named_like_databases() -> None:
    assert DatabaseViewer.priority(SUBJECT) > 0
    assert DatabaseViewer.priority(Subject("x", "E1", entry=7, path="/a.txt")) < 0
    assert DatabaseViewer.priority(Subject("x", "E1", path="/a.db")) < 0


def test_states_are_in_words_and_doubts_are_said(shown: tuple[DatabaseViewer, Shop]) -> None:
    viewer, _ = shown
    assert _texts(viewer, 0) == ["current", "1", "1", "heron", "NULL"]
    assert _texts(viewer, 1)[0] == "current, in the log"
    assert _texts(viewer, 2)[:2] == ["deleted, recovered, not whole, its table is inferred", ""]
    assert "1 current, 1 current, in the log, 1 deleted, recovered" in viewer.note.text()
    assert "write-ahead log" in viewer.note.text()


def test_another_table_and_the_next_rows(shown: tuple[DatabaseViewer, Shop]) -> None:
    viewer, shop = shown
    viewer.tables.setCurrentIndex(1)
    viewer.tables.activated.emit(1)
    assert shop.asked[-1] == ("empty", 0)
    assert viewer.empty.isVisible()
    assert "This table has none" in viewer.empty.text.text()
    shop.more = 500
    viewer.tables.activated.emit(0)
    QTest.keyClick(viewer, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert shop.asked[-1] == ("orders", 200)
    QTest.keyClick(viewer, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    assert shop.asked[-1] == ("orders", 0)


def test_enter_shows_the_bytes_of_a_row(shown: tuple[DatabaseViewer, Shop]) -> None:
    viewer, _ = shown
    spans: list[tuple[int, int]] = []
    viewer.span_wanted.connect(lambda offset, length: spans.append((offset, length)))
    viewer.rows.cellActivated.emit(0, 0)
    viewer.rows.cellActivated.emit(1, 0)
    assert spans == [(32, 20)]
    assert "in the write-ahead log" in viewer.note.text()


def test_what_is_no_database_leaves_the_raw_views(shown: tuple[DatabaseViewer, Shop]) -> None:
    viewer, shop = shown
    shop.trouble = "this is not an SQLite database."
    viewer.show_finding(SUBJECT, ByteSource(ask_table=shop))
    assert "not an SQLite database" in viewer.empty.text.text()
    assert "Its bytes and its text can" in viewer.empty.text.text()
    viewer.show_finding(SUBJECT, ByteSource())
    assert "no database reader" in viewer.empty.text.text()

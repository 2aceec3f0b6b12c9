from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QPushButton

from app.main_window import MainWindow
from app.manual.window import ManualWindow
from app.rail import PLACES
from forensics.manual import INDEX, pages
from tests.app.conftest import settle
from tests.app.test_access import nameless
from tests.app.tree import walk
from viewers.look import Look

Open = Callable[..., MainWindow]


@pytest.fixture
def manual(look: Look) -> Iterator[ManualWindow]:
    made = ManualWindow(look, None)
    made.show_page(INDEX)
    made.show()
    QTest.qWaitForWindowExposed(made)
    yield made
    made.close()
    made.deleteLater()


def shortcuts(window: MainWindow) -> Iterator[tuple[str, str, str]]:
    def under(menu: QMenu, path: str) -> Iterator[tuple[str, str, str]]:
        for action in menu.actions():
            inner = action.menu()
            if isinstance(inner, QMenu):
                yield from under(inner, path)
            elif not action.shortcut().isEmpty():
                yield action.shortcut().toString(), path, action.text()

    for action in window.menuBar().actions():
        menu = action.menu()
        assert isinstance(menu, QMenu)
        yield from under(menu, menu.title())


def test_the_page_of_keys_is_what_the_menus_have(open_window: Open) -> None:
    section = pages()["keys"].text.partition("## In the menus")[2].partition("\n## ")[0]
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in re.findall(r"^\|.*$", section, re.M)]
    assert rows[2:] == list(shortcuts(open_window(None)))


@pytest.mark.parametrize("place", [place.key for place in PLACES])
def test_f1_opens_the_page_of_the_place(open_window: Open, case_of_all: Path, place: str) -> None:
    window = open_window(case_of_all)
    window.show_place(place)
    settle(window)
    help_ = next(each for each in window.findChildren(QAction) if each.shortcut().toString() == "F1")
    help_.trigger()
    assert window.manual is not None
    assert window.manual.isVisible()
    assert window.manual.key == place
    assert pages()[place].title == next(each.name for each in PLACES if each.key == place)


def test_the_question_mark_opens_it_too(open_window: Open, case_of_all: Path) -> None:
    window = open_window(case_of_all)
    window.show_place("timeline")
    mark = next(each for each in window.strip.findChildren(QPushButton) if each.text() == "?")
    mark.click()
    assert window.manual is not None
    assert window.manual.key == "timeline"


def test_the_first_page_leads_to_the_first_minutes(open_window: Open) -> None:
    window = open_window(None)
    window.actions_.help()
    assert window.manual is not None
    assert window.manual.key == "first-minutes"


def test_a_link_leads_to_its_page_and_back_leads_back(manual: ManualWindow) -> None:
    manual.show_page("grades")
    manual.show_page("jobs")
    manual.view.setFocus()
    QTest.keyClick(manual.view, Qt.Key.Key_Tab)
    QTest.keyClick(manual.view, Qt.Key.Key_Return)
    assert manual.key == "evidence"
    for key in ("jobs", "grades", INDEX):
        manual.back.click()
        assert manual.key == key
    assert not manual.back.isEnabled()


def test_search_marks_the_words_and_goes_to_their_section(manual: ManualWindow) -> None:
    QTest.keyClicks(manual.field, "recovery key")
    QTest.keyClick(manual.field, Qt.Key.Key_Return)
    assert manual.list.hasFocus()
    assert manual.key == "encrypted"
    marked = {word.lower() for word in manual.view.marked()}
    assert {"recovery", "key"} <= marked
    manual.field.setText("xylophone")
    assert manual.list.count() == 0
    assert manual.note.text() == "Nothing in the manual has all of these words."
    manual.field.clear()
    assert manual.list.count() > len(pages())
    assert manual.view.marked() == []


def test_every_page_can_be_shown_and_loads_nothing(manual: ManualWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(type(manual.view), "loadResource", lambda _self, _kind, name: asked.append(name))
    for page in pages().values():
        manual.show_page(page.key)
        text = manual.view.toPlainText()
        assert text.startswith(page.title)
        assert page.sections[-1].heading in text
    assert asked == []


def test_it_has_names_fits_a_small_screen_and_follows_the_theme(manual: ManualWindow, look: Look) -> None:
    assert nameless(walk(manual)) == []
    assert manual.minimumSizeHint().height() <= 700
    assert manual.width() <= 1366
    assert manual.height() <= 700
    manual.show_page("keys")
    light = manual.view.toHtml()
    look.set_theme("contrast")
    assert manual.view.toHtml() != light
    assert look.colour("accent").name() in manual.view.toHtml() or "href" not in manual.view.toHtml()
    look.set_theme("light")

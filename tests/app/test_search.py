from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from app.main_window import MainWindow
from app.places.custody import CustodyPlace
from app.places.search import SearchPlace
from tests.app.conftest import settle

Open = Callable[..., MainWindow]


def search(window: MainWindow, text: str) -> SearchPlace:
    window.show_place("search")
    place = window.place("search")
    assert isinstance(place, SearchPlace)
    place.edit.setText(text)
    QTest.keyClick(place.edit, Qt.Key.Key_Return)
    assert settle(window, 20)
    return place


def test_findings_and_names_are_found(open_window: Open, case_of_all: Path) -> None:
    window = open_window(case_of_all)
    place = search(window, "FILE12")
    assert [place.findings.ids[at] for at in range(len(place.findings.ids))] == [12]
    assert len(place.entries.ids) == 1
    assert place._counts[0].text() == "1 finding holds it"
    place = search(window, "harbour@example")  # in a field
    assert len(place.findings.ids) == 6
    assert place._counts[1].text() == "No entry holds it"


def test_signs_of_sql_are_plain_signs(open_window: Open, case_of_all: Path) -> None:
    window = open_window(case_of_all)
    assert len(search(window, "value0000_2").findings.ids) == 0
    assert len(search(window, "50%' or 1=1 --").findings.ids) == 0
    assert len(search(window, "value000002").findings.ids) == 1


def test_too_short_is_said(open_window: Open, case_of_all: Path) -> None:
    place = search(open_window(case_of_all), "a")
    assert not place._empty.isHidden()
    assert "at least 2" in place._empty.text.text()


def test_enter_opens_the_finding(open_window: Open, case_of_all: Path) -> None:
    window = open_window(case_of_all)
    place = search(window, "value000002")
    QTest.keyClick(place.found, Qt.Key.Key_Return)
    settle(window, 20)
    assert window.current_place() is window.place("findings")


def test_the_record_is_listed_and_older_entries_come(open_window: Open, case: Path) -> None:
    window = open_window(case)
    window.show_place("custody")
    settle(window, 20)
    place = window.place("custody")
    assert isinstance(place, CustodyPlace)
    assert [row["seq"] for row in place._entries] == [11, 10, 9, 8, 7]
    older = next(one for one in place.findChildren(QPushButton) if one.text() == "Show older entries")
    older.click()
    settle(window, 20)
    assert [row["seq"] for row in place._entries] == list(range(11, 1, -1))

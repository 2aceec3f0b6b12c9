"""The graph: what it draws, how it is walked by keys, what an inspector says of a link, what is written."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from app.main_window import MainWindow
from app.places.graph import GraphPlace, hex_rows
from app.settings import Settings
from tests.app.conftest import FAKE, settle
from viewers.look import Look


@pytest.fixture
def window(look: Look, case_of_all: Path) -> Iterator[MainWindow]:
    made = MainWindow(look, Settings(remember=False), FAKE)
    made.resize(1366, 768)
    made.show()
    assert made.open_case(case_of_all)
    made.show_place("graph")
    assert settle(made)
    yield made
    made.close()


@pytest.fixture
def place(window: MainWindow) -> GraphPlace:
    found = window.place("graph")
    assert isinstance(found, GraphPlace)
    return found


def words(place: GraphPlace) -> str:
    """All that the inspector says."""
    return "\n".join(each.text() for each in place.inspector.findChildren(QLabel))


def test_entities_and_links_are_drawn_and_said(place: GraphPlace) -> None:
    view = place.view
    assert [each.title for each in view.nodes] == ["BIP-39 seed phrase 001122", "bc1qinvented", "RR473124829US"]
    assert [(each.words, each.fact) for each in view.lines] == [("derives", True), ("asks payment to", False)]
    assert view.centre == 0
    told = [(part.name, part.value) for part in view.accessible_parts()]
    assert ("BIP-39 seed phrase 001122: derives: bc1qinvented", "shown by bytes, grade C4") in told
    assert ("bc1qinvented: asks payment to: RR473124829US", "inferred, grade C2") in told
    assert all(view.rect().contains(view.box(number).toRect()) for number in range(3))


def test_keys_lead_from_one_to_the_next_and_through_links(window: MainWindow, place: GraphPlace) -> None:
    view = place.view
    place.focus_first()
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.node == 1
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.node == 2
    assert "No finding of its own" in words(place)
    QTest.keyClick(view, Qt.Key.Key_Up)
    QTest.keyClick(view, Qt.Key.Key_L)
    assert view.line == 0
    settle(window)
    said = words(place)
    assert "Fact: bytes show it" in said
    assert "Derivation path 0/0" in said
    assert "masked, they hold a secret" in said
    assert hex_rows(bytes(range(40))).splitlines()[0] in said
    assert "does not say who holds" in said


def test_a_click_chooses_and_a_drag_moves(place: GraphPlace) -> None:
    view = place.view
    middle = view.box(1).center().toPoint()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle)
    assert view.node == 1
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(view, middle + QPointF(60, 30).toPoint())
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=middle + QPointF(60, 30).toPoint())
    assert (view.box(1).center() - middle).manhattanLength() == pytest.approx(90, abs=3)
    one, other = view.box(1).center(), view.box(2).center()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=((one + other) / 2).toPoint())
    assert view.line == 1
    assert "The other end is stated here" in words(place)


def test_the_grade_filters_and_none_left_is_said(window: MainWindow, place: GraphPlace) -> None:
    place.grades.setCurrentIndex(3)
    place.reload()
    assert settle(window)
    assert len(place.view.lines) == 1
    none: dict[str, object] = {
        "centre": None,
        "entities": [],
        "links": [],
        "all_entities": 0,
        "all_links": 0,
        "suggested": [],
    }
    place._take(True, {**none, "of_any_grade": 0})
    assert place.empty.text.text() == "No finding of this case names another."
    place._take(True, {**none, "of_any_grade": 5})
    assert place.empty.isVisible()
    assert "Choose a lower grade" in place.empty.text.text()
    place._take(False, "the record is locked")
    assert "the record is locked" in place.empty.text.text()


def test_picture_and_data_are_written(place: GraphPlace, tmp_path: Path) -> None:
    place.save(tmp_path / "graph.png", "png")
    picture = QImage(str(tmp_path / "graph.png"))
    assert picture.width() > 500
    assert picture.pixelColor(5, 5) == place.look.colour("window")
    place.save(tmp_path / "graph.csv", "csv")
    rows = list(csv.reader((tmp_path / "graph.csv").read_text(encoding="utf-8").splitlines()))
    assert rows[1] == ["BIP-39 seed phrase 001122", "derives", "bc1qinvented", "C4 verified", "bytes"]
    place.save(tmp_path / "no" / "graph.json", "csv")
    assert '"rule": "DERIVES"' in (tmp_path / "no" / "graph.json").read_text()


def test_the_table_says_the_same(window: MainWindow, place: GraphPlace) -> None:
    place._toggle()
    assert place.table.isVisible()
    assert place.table.rowCount() == len(place.view.lines)
    place.table.setCurrentCell(1, 0)
    settle(window)
    assert place.view.line == 1


def test_a_finding_is_shown_in_the_graph(window: MainWindow, place: GraphPlace) -> None:
    window.show_finding(2)
    assert settle(window)
    window.actions_.show_in_graph()
    assert settle(window)
    assert window.current_place() is place
    assert place.asked["centre"] == "F2"

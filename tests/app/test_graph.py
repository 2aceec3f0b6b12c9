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
from app.places.graph import GraphPlace
from app.places.graph_inspector import hex_rows
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
        "outside": 0,
        "undated": 0,
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
    times = "2025-11-05 21:07:33 to 2025-11-06 21:07:33"
    assert rows[1] == ["BIP-39 seed phrase 001122", "derives", "bc1qinvented", "C4 verified", "bytes", times]
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


def test_handles_choose_a_stretch_and_what_is_hidden_is_said(window: MainWindow, place: GraphPlace) -> None:
    times = place.times
    assert times.undated.text() == "without a time: 1"
    assert times.note.text() == "2 of 2 links pass, 1 by a time. None is hidden by its time."
    assert not times.all.isEnabled()
    times.bar.earliest.setFocus()
    QTest.keyClick(times.bar.earliest, Qt.Key.Key_End)
    assert times.bar.earliest.accessible_value() == "2025-11-08 21:07 UTC"
    QTest.keyClick(times.bar.earliest, Qt.Key.Key_Left)
    assert place.busy
    assert settle(window)
    assert place.asked["first"] == 1_762_290_453_000_000 + 3 * 86_400_000_000
    assert place.asked["last"] is None
    assert [each.words for each in place.view.lines] == ["asks payment to"]
    assert times.note.text() == "1 of 2 links pass, 0 by a time. Hidden: 1 link outside these times."
    times.undated.click()
    assert settle(window)
    assert "All times shows the others" in place.empty.text.text()
    assert "1 link outside these times, 1 link without a time" in times.note.text()
    QTest.mouseClick(times.all, Qt.MouseButton.LeftButton)
    assert settle(window)
    assert len(place.view.lines) == 2


def test_a_handle_stops_at_the_other_and_is_dragged(window: MainWindow, place: GraphPlace) -> None:
    bar = place.times.bar
    bar.show_all()
    QTest.keyClick(bar.latest, Qt.Key.Key_Home)
    assert (bar.latest.at, bar.earliest.at) == (0, 0)
    grip = bar.latest.geometry().center()
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=grip)
    assert bar.latest.at == 0
    QTest.mouseMove(bar, QPointF(bar.width(), 5).toPoint())
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=grip)
    assert bar.chosen == (None, None)
    assert settle(window)


def test_the_inspector_says_the_times_of_a_link(window: MainWindow, place: GraphPlace) -> None:
    place.times.show_all()
    assert settle(window)
    place.view.choose(line=0)
    assert "Times: 2025-11-05 21:07:33 to 2025-11-06 21:07:33 UTC" in words(place)
    place.view.choose(line=1)
    assert "Times: none stored" in words(place)

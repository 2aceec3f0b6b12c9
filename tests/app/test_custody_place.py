"""Custody in the window: lanes, gaps, claimed and proven times, flags, by eye, by key and by screen reader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from app.main_window import MainWindow
from app.places.custody import CustodyPlace
from tests.app.conftest import settle
from tests.app.fake_session import custody
from viewers.custody_lanes import CustodyLanes
from viewers.holding import Gap, holding_of, length_text
from viewers.look import Look

Open = Callable[..., MainWindow]
STORY, WAITING = custody()["exhibits"]


@pytest.fixture
def place(open_window: Open, case: Path) -> CustodyPlace:
    window = open_window(case)
    window.show_place("custody")
    assert settle(window)
    found = window.place("custody")
    assert isinstance(found, CustodyPlace)
    return found


def words(place: CustodyPlace) -> str:
    """All that is said of what is chosen."""
    QApplication.processEvents()
    return "\n".join(each.text() for each in place.story.facts.findChildren(QLabel) if not each.isHidden())


def test_holders_gaps_and_joins_are_laid_out() -> None:
    found = holding_of(STORY)
    assert found.lanes == ["Seizing officer", "Evidence store", "Lab reception", "Examiner"]
    assert [(one.lane, one.end is None) for one in found.held] == [(0, False), (1, False), (2, False), (3, True)]
    assert [(gap.length, gap.by_hand) for gap in found.gaps] == [
        ("2 min 30 s", True), ("17 h 22 min 21 s", False), ("2 min 48 s", True),
    ]  # fmt: skip
    assert [gap.words for gap in found.red] == ["No record for 17 h 22 min 21 s"]
    assert [mark.entry for mark in found.marks if not mark.claimed] == [4, 5]
    assert [mark.lane for mark in found.marks if mark.work] == [3, 3]


def test_what_is_released_and_not_accepted_has_an_open_gap() -> None:
    found = holding_of(WAITING)
    assert [(gap.end, gap.words) for gap in found.gaps] == [(None, "No record since: not accepted yet")]
    assert [one.end is None for one in found.held] == [False]


def test_two_seizures_move_it_and_a_slow_or_lonely_acceptance_is_a_gap() -> None:
    def at(entry: int, minute: int, kind: str, **more: object) -> dict[str, object]:
        return {"entry": entry, "time": f"2026-01-01T00:{minute:02d}:00Z", "kind": kind, "flags": [], **more}

    taken = holding_of({"events": [at(0, 0, "seize", to="A"), at(1, 5, "seize", to="B"), at(2, 6, "destroy")]})
    assert [(one.lane, one.end is None) for one in taken.held] == [(0, False), (1, False)]
    assert taken.gaps == []
    for minute, more, by_hand in ((4, {"vkey": "k"}, True), (4, {}, False), (9, {"vkey": "k"}, False)):
        events = [at(0, 0, "seize", to="A"), at(1, 1, "release"), at(2, minute, "accept", to="B", **more)]
        assert [gap.by_hand for gap in holding_of({"events": events}).gaps] == [by_hand]
    broken = holding_of({"events": [{**at(0, 0, "seize", to="A"), "time": "yesterday"}, at(1, 1, "seize", to="A")]})
    assert [mark.entry for mark in broken.marks] == [1]
    assert length_text(180_061) == "2 days 2 h 01 min"


def test_the_place_opens_at_the_gap_and_says_what_helps(place: CustodyPlace) -> None:
    assert place.exhibits.number == "E1"
    listed = [place.exhibits.item(row).toolTip() for row in range(place.exhibits.count())]
    assert listed[0].startswith("The whole record")
    assert listed[1] == "E1  Laptop, black, Held by Examiner, room 4, seal 004431., 1 gap, 1 flag"
    assert listed[2] == "E2, Released for B, not accepted yet: with nobody., 1 gap"
    said = words(place)
    assert "A gap in the record" in said
    assert "17 h 22 min 21 s" in said
    assert "Nothing in the record says where it was" in said
    assert "does not fill the gap" in said
    assert "2 time-stamps verified" in place.story.times_note.text()
    assert place.story.grid._rows[0][:3] == ("12", "2025-11-09 03:02:10", "scan.end")
    assert ("8", "one key only") in [(row[0], row[4]) for row in place.story.grid._rows]


def test_keys_lead_through_the_events(place: CustodyPlace) -> None:
    lanes = place.story.lanes
    lanes.setFocus()
    for _ in range(20):
        QTest.keyClick(lanes, Qt.Key.Key_Left)
    assert "Seized" in words(place)
    assert "No verified time-stamp bounds it" in words(place)
    QTest.keyClick(lanes, Qt.Key.Key_Right)
    assert "2025-11-06 09:30:00 UTC, by a time-stamp" in words(place)
    for _ in range(20):
        QTest.keyClick(lanes, Qt.Key.Key_Right)
    assert "Examined" in words(place)
    wide = lanes.end - lanes.start
    QTest.keyClick(lanes, Qt.Key.Key_Plus)
    assert lanes.end - lanes.start < wide
    QTest.keyClick(lanes, Qt.Key.Key_0)
    assert lanes.end - lanes.start == wide


def test_a_click_chooses_the_ring_before_the_gap(place: CustodyPlace) -> None:
    lanes = place.story.lanes
    flagged = next(each for each in lanes.holding.marks if each.flags)
    QTest.mouseClick(lanes, Qt.MouseButton.LeftButton, pos=lanes.rect_of(flagged).center().toPoint())
    assert "Does not fit: only one person signed" in words(place)
    gap = lanes.holding.red[0]
    QTest.mouseClick(lanes, Qt.MouseButton.LeftButton, pos=lanes.rect_of(gap).center().toPoint())
    assert isinstance(lanes.things[lanes.current], Gap)


def test_the_lanes_are_said(place: CustodyPlace) -> None:
    parts = {part.name: part.value for part in place.story.lanes.accessible_parts()}
    assert parts["Gap: No record for 17 h 22 min 21 s"] == "2025-11-07 16:10:44 UTC to 2025-11-08 09:33:05 UTC"
    assert "proven not after 2025-11-06 13:00:00 UTC" in parts["Evidence store: accepted, shelf 12, entry 5"]
    assert "does not fit: only one person signed" in parts["Lab reception: accepted, seal 004417, entry 8"]
    assert place.story.lanes.accessible_value() == "4 holders, 9 events, 1 gap"


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
@pytest.mark.parametrize("width", [690, 1200])
def test_a_gap_is_red_through_all_lanes(look: Look, theme: str, width: int) -> None:
    look.set_theme(theme)
    lanes = CustodyLanes(look)
    lanes.show_holding(holding_of(STORY))
    lanes.resize(width, lanes.height())
    image = lanes.grab().toImage()
    edge = round(lanes.rect_of(lanes.holding.red[0]).left())
    red = look.colour("danger")
    for lane in range(4):
        y = round(lanes._y(lane) - lanes._row() * 0.45)
        assert image.pixelColor(edge + 1, y) == red
    lanes.deleteLater()
    look.set_theme("light")


def test_the_whole_record_is_one_step_away(place: CustodyPlace) -> None:
    QTest.keyClick(place.exhibits, Qt.Key.Key_Up)
    assert place._pages.currentWidget() is place._sheet
    place.exhibits.select("E2")
    assert place.story.where.text() == "Released for B, not accepted yet: with nobody."
    assert "Nobody has accepted it since" in words(place)


def test_a_certificate_that_is_none_is_said(place: CustodyPlace) -> None:
    place._told(False, "no certificate can be read from x.pem")
    assert "no certificate can be read" in place.story.times_note.text()
    assert place._authorities == []

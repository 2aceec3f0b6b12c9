from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest

from app.main_window import MainWindow
from app.places.timeline import TimelinePlace
from tests.app.conftest import settle


@pytest.fixture
def place(open_window: Callable[..., MainWindow], case: Path) -> TimelinePlace:
    window = open_window(case)
    window.show_place("timeline")
    assert settle(window)
    found = window.place("timeline")
    assert isinstance(found, TimelinePlace)
    return found


def window_of(place: TimelinePlace) -> MainWindow:
    found = place.window()
    assert isinstance(found, MainWindow)
    return found


def test_the_table_is_the_lanes_in_rows(place: TimelinePlace) -> None:
    place._turn()
    assert settle(window_of(place))
    assert place.loaded is not None
    assert place.table.rowCount() == len(place.loaded.passing) > 3
    times = [item.text() for row in range(place.table.rowCount()) if (item := place.table.item(row, 0))]
    assert times == sorted(times)
    place.table.setCurrentCell(1, 0)
    assert settle(window_of(place))
    when = int(place.loaded.passing.when[1])
    place.show_window(when, when + 60_000_000)
    assert settle(window_of(place))
    assert place.table.rowCount() == place.loaded.passing.between(when, when + 60_000_000).stop - 1
    place._turn()
    assert not place.table.isVisible()


def test_every_event_of_the_window_is_saved(place: TimelinePlace, tmp_path: Path) -> None:
    path = tmp_path / "out" / "timeline.csv"
    place.save(path, "csv")
    assert settle(window_of(place))
    rows = list(csv.reader(io.StringIO(path.read_text())))
    assert place.loaded is not None
    assert len(rows) == len(place.loaded.passing) + 1
    assert all(len(row) == len(rows[0]) for row in rows)
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "@")]


def test_paper_says_what_is_drawn_and_what_is_not(place: TimelinePlace, tmp_path: Path) -> None:
    path = tmp_path / "timeline.pdf"
    place.filter.set_filter("grade >= C2")
    assert settle(window_of(place))
    place.save(path, "pdf")
    assert settle(window_of(place))
    document = pypdfium2.PdfDocument(path)
    page = document[0]
    text = page.get_textpage().get_text_bounded()
    first, rest = (label.text() for label in (place.line.first, place.line.rest))
    flat = " ".join(text.split())
    assert first in flat
    assert rest.split("…")[0][:20] in flat
    assert "grade >= C2" in flat
    assert "Timeline: " in flat
    page.close()
    document.close()


def test_a_file_that_cannot_be_written_is_said(place: TimelinePlace, tmp_path: Path) -> None:
    told: list[str] = []
    place.session.announced.connect(told.append)
    (tmp_path / "full").mkdir()
    place.save(tmp_path / "full", "csv")
    assert settle(window_of(place))
    assert "could not be written" in told[-1]

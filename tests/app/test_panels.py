from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QMenu

from app.main_window import MainWindow
from app.places.findings import FindingsPlace
from app.settings import LAYOUT_EVIDENCE, LAYOUT_FINDINGS, Settings
from tests.app.conftest import FAKE, settle
from viewers.look import Look

Area = Qt.DockWidgetArea


class Opener:
    """Windows one after another over the same settings."""

    def __init__(self, look: Look, case: Path) -> None:
        self.settings = Settings(remember=False)
        self._look, self._case = look, case
        self.window: MainWindow | None = None

    def open(self) -> FindingsPlace:
        self.close()
        self.window = MainWindow(self._look, self.settings, FAKE)
        self.window.resize(1600, 900)
        self.window.show()
        assert self.window.open_case(self._case)
        assert settle(self.window)
        place = self.window.place("findings")
        assert isinstance(place, FindingsPlace)
        return place

    def close(self) -> None:
        if self.window is not None:
            self.window.close()
            self.window.deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            self.window = None


@pytest.fixture
def opener(look: Look, case_of_all: Path) -> Iterator[Opener]:
    made = Opener(look, case_of_all)
    yield made
    made.close()


def test_a_moved_panel_stands_there_again(opener: Opener) -> None:
    frame = opener.open().frame
    assert frame.dockWidgetArea(frame.panels["tree"]) == Area.LeftDockWidgetArea
    assert opener.settings.get(LAYOUT_FINDINGS) == ""  # nothing was moved, nothing is kept
    frame.move_panel("tree", Area.RightDockWidgetArea)
    frame.show_panel("inspector", on=False)
    frame = opener.open().frame
    assert frame.dockWidgetArea(frame.panels["tree"]) == Area.RightDockWidgetArea
    assert frame.panels["inspector"].isHidden()
    assert opener.settings.get(LAYOUT_EVIDENCE) == ""  # the other place has its own


def test_a_width_that_was_dragged_is_kept_when_the_window_is_resized(opener: Opener) -> None:
    place = opener.open()
    frame = place.frame
    assert opener.window is not None
    frame.resizeDocks([frame.panels["tree"]], [420], Qt.Orientation.Horizontal)
    frame._changed()
    opener.window.resize(1700, 900)
    settle(opener.window)
    assert frame.panels["tree"].width() == 420
    frame = opener.open().frame
    assert frame.panels["tree"].width() == 420


def test_the_layout_is_reset(opener: Opener) -> None:
    place = opener.open()
    frame = place.frame
    sizes = {key: dock.size() for key, dock in frame.panels.items()}
    frame.move_panel("tree", Area.RightDockWidgetArea)
    frame.move_panel("viewers", Area.TopDockWidgetArea)
    frame.panels["inspector"].setFloating(True)
    assert opener.window is not None
    opener.window.actions_.reset_layout()
    settle(opener.window)
    assert not frame.panels["inspector"].isFloating()
    assert {key: dock.size() for key, dock in frame.panels.items()} == sizes
    assert opener.settings.get(LAYOUT_FINDINGS) == ""


def test_filling_is_not_a_layout(opener: Opener) -> None:
    place = opener.open()
    place.fill()
    assert place.frame.panels["tree"].isHidden()
    assert place.middle.isHidden()
    place.fill()
    assert not place.frame.panels["tree"].isHidden()
    assert opener.settings.get(LAYOUT_FINDINGS) == ""


def test_every_panel_can_be_moved_from_the_menu(opener: Opener) -> None:
    place = opener.open()
    menu = QMenu()
    place.frame.fill_menu(menu)
    names = [action.text() for action in menu.actions()]
    assert names == ["Evidence tree", "Viewers", "About the selection"]
    inner = menu.actions()[0].menu()
    assert isinstance(inner, QMenu)
    next(action for action in inner.actions() if action.text() == "Bottom side").trigger()
    assert place.frame.dockWidgetArea(place.frame.panels["tree"]) == Area.BottomDockWidgetArea
    menu.deleteLater()


def test_a_broken_saved_layout_is_the_first_layout(opener: Opener) -> None:
    opener.settings.put(LAYOUT_FINDINGS, "AAAA")
    frame = opener.open().frame
    assert not frame.own
    assert frame.dockWidgetArea(frame.panels["tree"]) == Area.LeftDockWidgetArea

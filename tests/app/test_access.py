from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QAccessible

from app.dialogs.add_image import AddImageDialog
from app.dialogs.new_case import NewCaseDialog
from app.dialogs.prove import ProveDialog
from app.main_window import MainWindow
from app.places.findings import FindingsPlace
from app.places.gallery import GalleryPlace
from app.places.timeline import TimelinePlace
from app.rail import PLACES
from tests.app.conftest import FAKE, settle
from tests.app.tree import Role, Seen, walk
from viewers import access
from viewers.look import Look

Open = Callable[..., MainWindow]
CONTROLS = {
    Role.Button, Role.CheckBox, Role.RadioButton, Role.ComboBox, Role.EditableText, Role.List, Role.ListItem, Role.Table,
    Role.Tree, Role.TreeItem, Role.Cell, Role.Slider, Role.ProgressBar, Role.PageTab, Role.PageTabList, Role.MenuItem,
    Role.SpinBox, Role.Link, Role.ColumnHeader, Role.ButtonMenu, Role.ButtonDropDown,
}  # fmt: skip
OF_QT = ("QScrollBar", "QHeaderView")  # a scroll bar acts on what is named; the header's cells are looked at


def nameless(seen: list[Seen]) -> list[str]:
    found = []
    for one in seen:
        own = one.path.rpartition(" > ")[2]
        if own in OF_QT or own.startswith("qt_"):
            continue
        plain_cell = one.role in (Role.Cell, Role.ColumnHeader)  # a cell may be empty: nothing is stored there
        if (one.role in CONTROLS or one.focusable) and not one.name and not plain_cell:
            found.append(f"{one.role.name}: {one.path}")
    return found


@pytest.mark.parametrize("place", [place.key for place in PLACES])
def test_nothing_in_a_place_is_without_a_name(open_window: Open, case_of_all: Path, place: str) -> None:
    window = open_window(case_of_all)
    window.show_place(place)
    settle(window)
    window.grab()
    seen = walk(window)
    assert len(seen) > 30
    assert nameless(seen) == []


def test_nothing_in_a_viewer_is_without_a_name(open_window: Open, case_of_all: Path) -> None:
    window = open_window(case_of_all)
    shown = set()
    for number in (2, 11, 3, 12, 6, 5):
        window.show_finding(number)
        settle(window)
        place = window.place("findings")
        assert isinstance(place, FindingsPlace)
        for at in range(place.deck.tabs.count()):
            place.deck.tabs.setCurrentIndex(at)
            settle(window)
            shown.add(place.deck.tabs.tabText(at))
            assert nameless(walk(place)) == []
    assert {"Hex", "Text", "Fields", "Wallet", "Certificate", "Conversation"} <= shown


def test_nothing_in_a_dialog_is_without_a_name(open_window: Open, case: Path, look: Look) -> None:
    window = open_window(case)
    assert window.session is not None
    for dialog in (
        NewCaseDialog(look, window, FAKE),
        AddImageDialog(look, window.session, window),
        ProveDialog(look, window.session, "F1", window),
    ):
        dialog.show()
        settle(window)
        assert nameless(walk(dialog)) == []
        dialog.close()


def test_the_welcome_page_has_names(open_window: Open) -> None:
    assert nameless(walk(open_window(None))) == []


def test_a_walk_finds_what_has_no_name(open_window: Open, case_of_all: Path) -> None:
    window = open_window(case_of_all)
    window.strip._views[0].setAccessibleName("")
    window.strip._views[0].setToolTip("")
    assert any("CellView" in words for words in nameless(walk(window)))


def test_the_lanes_say_what_they_draw(open_window: Open, case_of_all: Path) -> None:
    window = open_window(case_of_all)
    window.show_place("timeline")
    settle(window)
    place = window.place("timeline")
    assert isinstance(place, TimelinePlace)
    place.lanes.grab()
    names = [one.name for one in walk(place.lanes)]
    assert "Wallets, 4 of 4 in view" in names
    assert sum(1 for name in names if name.startswith("Wallets: 20")) == 4
    drawn = [one for one in place.lanes.accessible_parts() if not one.value]
    assert len(drawn) == len(place.lanes.drawn)
    assert all(place.lanes.rect().contains(one.rect.center().toPoint()) for one in drawn)
    value = QAccessible.queryAccessibleInterface(place.brush).text(QAccessible.Text.Value)
    assert value.startswith("20")
    assert value.endswith(" UTC")


def test_bytes_are_read_out_and_masked_ones_are_not(open_window: Open, case_of_all: Path) -> None:
    window = open_window(case_of_all)
    window.show_finding(1)  # a wallet with a seed
    settle(window)
    place = window.place("findings")
    assert isinstance(place, FindingsPlace)
    place.deck.select("Hex")
    settle(window)
    rows = [one for one in walk(place.deck) if one.name.startswith("0x")]
    assert rows[0].value.startswith("7B 22 61 64")
    said = " ".join(one.value for one in rows)
    assert "masked" in said
    assert "one two" not in said
    assert "6F 6E 65 20 74 77 6F" not in said


def test_a_tile_says_its_state(open_window: Open, case_of_all: Path) -> None:
    window = open_window(case_of_all)
    window.show_place("gallery")
    settle(window)
    place = window.place("gallery")
    assert isinstance(place, GalleryPlace)
    window.grab()
    settle(window)
    assert "IMG_0001.jpg, blurred, 96 bytes" in [one.name for one in walk(place.view)]


def test_parts_go_with_their_widget(open_window: Open, case: Path) -> None:
    for _ in range(4):
        window = open_window(case)
        window.show_finding(2)
        settle(window)
        walk(window)
        window.close_case()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    access._register.sweep()
    assert len(access._register._held) < 200
    assert all(one.alive for one in access._register._held)

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit, QMenu, QPushButton, QWidget

from app.dialogs.add_image import AddImageDialog
from app.dialogs.new_case import NewCaseDialog
from app.main_window import MainWindow
from app.places.custody import CustodyPlace
from app.places.findings import FindingsPlace
from app.rail import PLACES
from app.settings import Settings
from tests.app.conftest import settle
from tests.app.typist import ALT, CONTROL, Step, Typist, focused
from viewers.look import Look

Open = Callable[..., MainWindow]
Key = Qt.Key
ADDRESS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"  # of block 0, public


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A small ext4 disk that somebody else's tool made."""
    if shutil.which("mkfs.ext4") is None:
        pytest.fail("mkfs.ext4 is needed to make the disk of this test")
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "note.txt").write_text(f"send it to {ADDRESS} and write to heron@example.org\n")
    (tree / "other.txt").write_text("the other one: 12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S\n")
    path = tmp_path / "stick.raw"
    with path.open("wb") as file:
        file.truncate(4 << 20)
    subprocess.run(
        ["mkfs.ext4", "-q", "-F", "-d", str(tree), "-O", "^has_journal", str(path)], check=True, capture_output=True
    )
    return path


@pytest.fixture
def real(look: Look) -> Iterator[MainWindow]:
    """The window with the program's own other half."""
    window = MainWindow(look, Settings(remember=False))
    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    yield window
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def tab_to(name: str) -> Iterator[Step]:
    """Tab until the control with this name has the keyboard."""
    seen = []
    for _ in range(60):
        widget = focused()
        if widget.accessibleName() == name:
            return
        seen.append(widget.accessibleName() or type(widget).__name__)
        yield Key.Key_Tab
    raise AssertionError(f"Tab does not reach {name!r}; it went through {seen}")


def menu(*names: str) -> Iterator[Step]:
    """F10 opens the first; then arrows and Enter along the names of the menus."""
    yield Key.Key_F10
    for _ in range(12):
        opened = focused()
        assert isinstance(opened, QMenu)
        if opened.title() == names[0]:
            break
        yield Key.Key_Right
    for name in names[1:]:
        seen = []
        for _ in range(20):
            popup = focused()
            assert isinstance(popup, QMenu)
            action = popup.activeAction()
            if action is not None and action.text() == name:
                break
            seen.append(action.text() if action is not None else "")
            yield Key.Key_Down
        else:
            raise AssertionError(f"the menu has no {name!r}; it has {seen}")
        yield Key.Key_Return


def dialog(kind: type[QDialog]) -> Callable[[], bool]:
    return lambda: isinstance(QApplication.activeModalWidget(), kind)


def test_from_nothing_to_a_tagged_finding_and_a_report(real: MainWindow, image: Path, tmp_path: Path) -> None:
    window = real
    report = tmp_path / "report.html"

    def findings() -> FindingsPlace:
        place = window.place("findings")
        assert isinstance(place, FindingsPlace)
        return place

    def quiet() -> bool:
        return not window.loading

    def script() -> Iterator[Step]:
        # a case
        yield from tab_to("New case")
        yield Key.Key_Return
        yield dialog(NewCaseDialog)
        yield from tab_to("Case number")
        yield "2026-77"
        yield from tab_to("Examiner")
        yield "K. Board"
        yield from tab_to("Folder in which the case folder is made")
        yield (Key.Key_A, CONTROL)
        yield str(tmp_path)
        yield Key.Key_Return
        yield lambda: window.session is not None and window.session.running and quiet()
        # an image
        yield (Key.Key_I, CONTROL)
        yield dialog(AddImageDialog)
        yield str(image)
        yield Key.Key_Return
        yield from tab_to("Exhibit number")
        yield "E7"
        yield Key.Key_Return
        adding = QApplication.activeModalWidget()
        assert isinstance(adding, AddImageDialog)
        yield adding._next.isEnabled
        assert adding._grid.hasFocus() or adding._next.hasFocus()
        yield from tab_to("Next")
        yield Key.Key_Return
        yield from tab_to("Examine now")
        yield Key.Key_Return
        # the examination
        session = window.session
        assert session is not None
        yield lambda: session.jobs.current is not None and session.jobs.current.name == "examine"
        assert window.current_place() is window.place("jobs")
        yield lambda: not session.jobs.active and quiet()
        assert session.jobs.current is not None
        assert session.jobs.current.state == "ended"
        # a finding
        yield (Key.Key_3, ALT)
        yield quiet
        assert findings().table.hasFocus()
        yield (Key.Key_F, CONTROL)
        yield f"value = {ADDRESS}"
        yield Key.Key_Return
        yield quiet
        yield from tab_to("Findings")
        assert len(findings().model.ids) == 1
        yield lambda: findings().deck.subject is not None
        yield Key.Key_1
        yield lambda: quiet() and bool(getattr(findings().deck.subject, "tags", ()))
        # its bytes
        yield (Key.Key_Tab, CONTROL)
        yield quiet
        # the report
        yield from menu("Case", "Write a report")
        yield dialog(QFileDialog)
        chooser = QApplication.activeModalWidget()
        assert chooser is not None
        edit = chooser.findChild(QLineEdit)
        assert edit is focused()
        yield (Key.Key_A, CONTROL)
        yield str(report)
        yield Key.Key_Return
        yield lambda: report.is_file() and quiet()
        # the record
        yield from menu("Custody", "Check the record now")
        yield lambda: quiet() and isinstance(window.current_place(), CustodyPlace)

    Typist(script(), longest=150).run()
    subject = findings().deck.subject
    assert subject is not None
    assert subject.value == ADDRESS
    assert subject.tags == ("relevant",)
    assert ADDRESS in report.read_text()
    custody = window.place("custody")
    assert isinstance(custody, CustodyPlace)
    assert custody._verdict is not None
    ok, said = custody._verdict
    assert ok
    assert said["faults"] == []
    window.close_case()
    shown = subprocess.run(
        [sys.executable, "-m", "forensics.commands.main", "ledger", "verify", str(tmp_path / "case-2026-77"), "--json"],
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    assert json.loads(shown.stdout)["faults"] == []


def reachable(root: QWidget) -> list[QWidget]:
    """The controls that Tab must come to."""
    found = []
    for widget in root.findChildren(QWidget):
        own = type(widget).__name__
        tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if tab and widget.isVisible() and widget.isEnabled() and not widget.focusProxy() and own != "QTabBar":
            found.append(widget)
    return found


@pytest.mark.parametrize("place", [place.key for place in PLACES])
def test_tab_goes_through_everything_and_comes_back(open_window: Open, case_of_all: Path, place: str) -> None:
    window = open_window(case_of_all)
    window.activateWindow()
    window.show_place(place)
    settle(window)
    start = focused()
    seen: list[QWidget] = [start]
    for _ in range(200):
        QTest.keyClick(focused(), Key.Key_Tab)
        if focused() is start:
            break
        seen.append(focused())
    else:
        raise AssertionError(f"Tab does not come back; it ends at {seen[-3:]}")
    missed = [f"{type(w).__name__} {w.accessibleName()}" for w in reachable(window) if w not in seen]
    assert missed == []
    QTest.keyClick(focused(), Key.Key_Backtab)
    assert focused() is seen[-1]


@pytest.mark.parametrize("place", [place.key for place in PLACES])
def test_the_focus_is_always_seen(open_window: Open, case_of_all: Path, place: str) -> None:
    window = open_window(case_of_all)
    window.activateWindow()
    window.show_place(place)
    settle(window)
    unseen: list[str] = []
    first: QWidget | None = None
    while focused() is not first:
        first = first or focused()
        widget = focused()
        settle(window, 5)
        held = window.grab().toImage()
        widget.clearFocus()
        settle(window, 5)
        left = window.grab().toImage()
        widget.setFocus(Qt.FocusReason.OtherFocusReason)
        around = widget.rect().translated(widget.mapTo(window, widget.rect().topLeft())).adjusted(-3, -3, 3, 3)
        if held.copy(around) == left.copy(around):
            unseen.append(f"{type(widget).__name__} {widget.accessibleName()}")
        QTest.keyClick(widget, Key.Key_Tab)
    assert unseen == []


def test_enter_presses_what_has_the_focus(open_window: Open, case_of_all: Path) -> None:
    window = open_window(case_of_all)
    window.activateWindow()
    pressed = []
    view = window.strip._views[0]
    view.setFocus()
    view.clicked.connect(lambda: pressed.append("cell"))
    QTest.keyClick(view, Key.Key_Return)
    card = QApplication.activePopupWidget()
    assert card is not None
    assert card.findChild(QPushButton) is not None
    QTest.keyClick(card, Key.Key_Escape)
    item = window.rail.items["timeline"]
    item.setFocus()
    QTest.keyClick(item, Key.Key_Return)
    assert window.current_place() is window.place("timeline")
    assert pressed == ["cell"]


def test_f6_goes_through_the_regions(open_window: Open, case_of_all: Path) -> None:
    window = open_window(case_of_all)
    window.activateWindow()
    place = window.place("findings")
    assert isinstance(place, FindingsPlace)
    settle(window)
    names = []
    for _ in range(7):
        QTest.keyClick(focused(), Key.Key_F6)
        region = next(one for one in window.regions() if one is focused() or one.isAncestorOf(focused()))
        names.append(type(region).__name__)
    assert names == ["ViewerDeck", "Inspector", "StatusLine", "TrustStrip", "Rail", "TreeView", "RowTable"]

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication

from app import troubles
from app.dialogs.both_lines import BothLinesDialog
from app.main_window import MainWindow
from app.settings import Settings
from forensics.commands.opening import writing
from tests.app.conftest import settle
from viewers.look import Look

PROGRAM = [sys.executable, "-m", "forensics.commands.main"]


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A real case with one small raw image."""
    image = tmp_path / "stick.raw"
    image.write_bytes(b"write to heron@example.org\n".ljust(8192, b"\0"))
    folder = tmp_path / "case"
    for args in (["case", "new", str(folder), "--number", "7", "--examiner", "T"], ["add", str(folder), str(image)]):
        subprocess.run([*PROGRAM, *args], check=True, capture_output=True)
    return folder


@pytest.fixture
def opened(look: Look) -> Iterator[Callable[[Path], MainWindow]]:
    windows: list[MainWindow] = []

    def make(folder: Path) -> MainWindow:
        window = MainWindow(look, Settings(remember=False))
        windows.append(window)
        window.resize(1366, 768)
        window.show()
        assert window.open_case(folder)
        assert settle(window, 40)
        return window

    yield make
    for window in windows:
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def said(window: MainWindow) -> str:
    return window.banner.accessibleName() if not window.banner.isHidden() else ""


def test_nothing_is_wrong(opened: Callable[[Path], MainWindow], made: Path) -> None:
    window = opened(made)
    assert window.session is not None
    assert window.session.wrong is None
    assert said(window) == ""


def test_a_missing_image_and_its_return(opened: Callable[[Path], MainWindow], made: Path) -> None:
    image = made.parent / "stick.raw"
    image.rename(made.parent / "elsewhere.raw")
    window = opened(made)
    assert "The image of E1 cannot be read" in said(window)
    assert str(image) in said(window)
    (made.parent / "elsewhere.raw").rename(image)
    window.banner.action.click()
    settle(window, 20)
    assert said(window) == ""


def test_a_locked_case_is_read_and_opens_when_the_lock_goes(opened: Callable[[Path], MainWindow], made: Path) -> None:
    with writing(made):
        window = opened(made)
        assert window.session is not None
        assert window.session.wrong is not None
        assert window.session.wrong.key == troubles.LOCKED
        assert "nothing can be written" in said(window)
        assert [one.number for one in window.tree.facts.exhibits] == ["E1"]
    window.banner.action.click()
    settle(window, 40)
    assert said(window) == ""
    assert window.session.running


def both_lines_are_shown(window: MainWindow) -> None:
    assert window.banner.action.text() == "Show both lines"
    window.banner.action.click()
    settle(window, 20)
    (dialog,) = (each for each in window.findChildren(BothLinesDialog) if each.isVisible())
    assert dialog.found is not None
    assert [each.seq for each in dialog.found.lines] == [0, 1]
    assert dialog.subheading.text().startswith("Entry 1 is not as it was signed")
    dialog.copy.click()
    assert dialog.found.lines[1].note in QApplication.clipboard().text()
    dialog.close()


def test_a_broken_record(opened: Callable[[Path], MainWindow], made: Path) -> None:
    with closing(sqlite3.connect(made / "ledger.db")) as connection, connection:
        for (name,) in connection.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            connection.execute(f"drop trigger {name}")
        connection.execute("update entry set note = cast(note || x'20' as blob) where seq = 1")
    window = opened(made)
    assert window.session is not None
    assert window.session.wrong is not None
    assert window.session.wrong.key == troubles.LEDGER
    assert window.banner.other.text() == "Make a copy for review"
    both_lines_are_shown(window)
    (made.parent / "out").mkdir()
    window.actions_.copy_record(made.parent / "out")
    copied = made.parent / "out" / f"{made.name}-record"
    assert (copied / "ledger.db").read_bytes() == (made / "ledger.db").read_bytes()
    assert not list(copied.rglob("*.key"))
    assert window.session.wrong.grave
    assert "does not hold" in said(window)


def test_the_reader_dies_and_is_started_again(opened: Callable[[Path], MainWindow], made: Path) -> None:
    window = opened(made)
    session = window.session
    assert session is not None
    session._process.kill()
    session._process.waitForFinished(5000)
    settle(window, 5)
    assert session.wrong is not None
    assert session.wrong.key == troubles.DIED
    assert "has stopped" in said(window)
    window.banner.action.click()
    settle(window, 40)
    assert session.running
    assert said(window) == ""


@pytest.mark.parametrize(("version", "title"), [("99", "made by another version"), (None, "has lost its database")])
def test_a_case_that_is_not_opened(look: Look, made: Path, version: str | None, title: str) -> None:
    if version is None:
        (made / "case.db").unlink()
    else:
        with closing(sqlite3.connect(made / "case.db")) as connection, connection:
            connection.execute("update meta set value = ? where key = 'schema'", (version,))
    window = MainWindow(look, Settings(remember=False))
    titles = []

    def close() -> None:
        dialog = QApplication.activeModalWidget()
        assert dialog is not None
        titles.append(dialog.windowTitle())
        dialog.close()

    QTimer.singleShot(200, close)
    assert not window.open_case(made)
    assert title in titles[0]
    window.close()
    window.deleteLater()


def test_an_entry_of_the_record_is_listed(opened: Callable[[Path], MainWindow], made: Path) -> None:
    window = opened(made)
    assert window.session is not None
    got: list[tuple[bool, Any]] = []
    window.session.call("entries", {"count": 2}, lambda ok, result: got.append((ok, result)))
    settle(window, 10)
    ((ok, result),) = got
    assert ok
    assert len(result["rows"]) == 2
    assert result["rows"][0]["seq"] == result["total"] - 1


def test_a_moved_image_is_compared_and_read_again(opened: Callable[[Path], MainWindow], made: Path) -> None:
    elsewhere = made.parent / "elsewhere.raw"
    (made.parent / "stick.raw").rename(elsewhere)
    other = made.parent / "other.raw"
    other.write_bytes(b"x".ljust(8192, b"\0"))
    window = opened(made)
    assert window.banner.other.isVisible()
    wanted: list[str] = []
    window.banner.other_wanted.disconnect()
    window.banner.other_wanted.connect(lambda _key, about: wanted.append(about))
    window.banner.other.click()
    assert wanted == ["E1"]
    window.actions_.relocate_to("E1", str(other))
    settle(window, 20)
    assert "The image of E1 cannot be read" in said(window)
    window.actions_.relocate_to("E1", str(elsewhere))
    settle(window, 20)
    assert said(window) == ""

"""The steps for court: written in the window, entered in the record, shown full screen, checked against the image."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.courtroom.check_page import Outcome
from app.courtroom.screen import Courtroom
from app.courtroom.told import Scene, Shown
from app.main_window import MainWindow
from app.places.present import PresentPlace
from forensics.commands.main import main
from tests.app import made_disk
from tests.app.conftest import settle

ADDRESS = made_disk.ADDRESSES[0]


FILES = {"one.txt": f"pay {ADDRESS}\n", "two.txt": f"to {ADDRESS} now\n"}


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return made_disk.examined(tmp_path, FILES)


@pytest.fixture
def window(real_window: Callable[[Path], MainWindow], case: Path) -> MainWindow:
    return real_window(case)


def findings_of(case: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    main(["findings", str(case), "--json"])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [row["id"] for row in rows if row.get("value") == ADDRESS]


def place_of(window: MainWindow) -> PresentPlace:
    window.show_place("present")
    place = window.place("present")
    assert isinstance(place, PresentPlace)
    assert settle(window)
    return place


def wait(window: MainWindow, screen: Courtroom) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and not screen.outcome.done:
        QApplication.processEvents()
        time.sleep(0.01)
    assert screen.outcome.done
    assert settle(window)


def said(screen: Courtroom) -> str:
    return "\n".join(part.name for part in screen.accessible_parts())


def test_from_the_first_word_to_the_check(window: MainWindow, case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = findings_of(case, capsys)
    place = place_of(window)
    window.show_finding(int(one[1:]))
    assert settle(window)
    window.record.add_step()
    QTest.keyClicks(place.texts["sentence"], "The address in the first note is that in the second.")
    place.texts["findings"].clear()
    QTest.keyClicks(place.texts["findings"], f"{one} {two}")
    assert settle(window)
    assert "not entered" in place.note.text()
    assert not place.start.isEnabled()
    assert f"{one}: Bitcoin address, /one.txt" in place.about.text()
    place.enter.click()
    assert settle(window)
    assert place.start.isEnabled()
    window.record.present()
    assert settle(window)
    screen = place.screen_
    assert screen is not None
    screen.resize(1280, 720)
    assert f"{len(ADDRESS)} of {len(ADDRESS)} equal" in said(screen)
    assert "who used the computer" in said(screen)
    QTest.keyClick(screen, Qt.Key.Key_V)
    wait(window, screen)
    assert screen.outcome.verdict() == (
        "These bytes are the bytes that were recorded.", "Level L1 is reached. L2, L3, L4 are not."
    )  # fmt: skip
    assert [row.state for row in screen.outcome.rows()] == ["ok", "ok", "missing", "missing", "missing"]
    assert not screen.grab().isNull()
    QTest.keyClick(screen, Qt.Key.Key_D)
    digests = screen.lines()
    assert sum("SHA-256 read now" in line for line in digests) == 2
    QTest.keyClick(screen, Qt.Key.Key_Escape)
    QTest.keyClick(screen, Qt.Key.Key_Escape)
    assert screen.page == "step"
    QTest.keyClick(screen, Qt.Key.Key_B)
    assert screen.accessible_parts() == []
    QTest.keyClick(screen, Qt.Key.Key_B)
    QTest.keyClick(screen, Qt.Key.Key_Escape)
    assert place.screen_ is None
    assert main(["present", "check", str(case)]) == 0


def test_changed_evidence_is_said_large(window: MainWindow, case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, _ = findings_of(case, capsys)
    place = place_of(window)
    place.add_finding(int(one[1:]))
    QTest.keyClicks(place.texts["sentence"], "The address lies here.")
    place.enter.click()
    assert settle(window)
    image = made_disk.image_of(FILES)
    data = image.read_bytes()
    image.write_bytes(data.replace(ADDRESS.encode(), b"XXXX" + ADDRESS.encode()[4:]))
    try:
        place.present()
        assert settle(window)
        screen = place.screen_
        assert screen is not None
        QTest.keyClick(screen, Qt.Key.Key_V)
        wait(window, screen)
    finally:
        image.write_bytes(data)
    assert screen.outcome.verdict()[0] == "Something does not fit."
    assert screen.outcome.rows()[0].state == "bad"
    assert not screen.grab().isNull()
    screen.close()


def test_a_step_that_lacks_something_is_not_entered(window: MainWindow) -> None:
    place = place_of(window)
    place.add_finding(999_999)
    QTest.keyClicks(place.texts["sentence"], "A sentence.")
    place.enter.click()
    assert settle(window)
    assert "no finding F999999" in place.note.text()
    place.remove.click()
    assert place.steps == []
    place.add.click()
    place.enter.click()
    assert settle(window)
    assert "step 1: a step needs a sentence" in place.note.text()


def shown(value: str, *, hidden: bool = False) -> Shown:
    return Shown(1, "Address", "/a", value, "", hidden, (), len(value))


@pytest.mark.parametrize(
    ("values", "equal"),
    [(("abc", "abc"), (3, 3)), (("abc", "abd"), (2, 3)), (("abc", "ab"), None), (("abc",), None)],
)
def test_what_is_compared(values: tuple[str, ...], equal: tuple[int, int] | None) -> None:
    assert Scene({}, tuple(map(shown, values))).equal == equal


def test_what_is_masked_is_not_compared() -> None:
    assert Scene({}, (shown("abc"), shown("abc", hidden=True))).equal is None


def test_a_broken_record_is_the_first_thing_said() -> None:
    outcome = Outcome(
        read=[{"finding": "F1", "equal": True}],
        record={"level": "none", "entries": 3, "faults": [{"where": "entry 2", "text": "its signature is wrong"}]},
    )
    title, note = outcome.verdict()
    assert title == "Something does not fit."
    assert "its signature is wrong" in note


def test_the_screen_closes_with_the_window(window: MainWindow, case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, _ = findings_of(case, capsys)
    place = place_of(window)
    place.add_finding(int(one[1:]))
    QTest.keyClicks(place.texts["sentence"], "The address lies here.")
    place.enter.click()
    assert settle(window)
    place.present()
    assert settle(window)
    screen = place.screen_
    assert screen is not None
    assert screen.isVisible()
    window.close()
    assert place.screen_ is None

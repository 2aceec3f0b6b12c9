"""What is outside the authority is opened in the window for a reason that stands in the record first."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtWidgets import QApplication
from sqlalchemy import select

from app.dialogs.outside import OutsideDialog
from app.main_window import MainWindow
from app.places.bench import Bench
from forensics.case import schema
from forensics.case.store import Case
from forensics.commands.main import main
from forensics.custody.store import LedgerReader
from tests.app import made_disk
from tests.app.conftest import settle

DOCUMENT = '[paths]\nexclude = ["/diary.txt"]\n'
HEAD = 'id = "S-1"\nauthority = "GW 214/26"\nissued_by = "Judge A. Example"\n'


@pytest.fixture
def case(tmp_path: Path) -> Path:
    scope = tmp_path / "scope.toml"
    scope.write_text(HEAD + DOCUMENT)

    def limited(made: Path) -> None:
        assert main(["scope", "set", str(made), str(scope)]) == 0

    return made_disk.examined(tmp_path, {"diary.txt": "quincunx marmalade\n" * 99, "pay.txt": "pay\n"}, limited)


@pytest.fixture
def window(real_window: Callable[[Path], MainWindow], case: Path) -> MainWindow:
    return real_window(case)


def overrides(case: Path) -> list[object]:
    with LedgerReader.open(case) as reader:
        return [entry.body for entry in reader.entries() if entry.type == "scope.override"]


def wait_for(place: Bench, path: str) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end and (place.deck.subject is None or place.deck.subject.path != path):
        QApplication.processEvents()
    assert place.deck.subject is not None
    assert place.deck.subject.path == path


def bytes_shown(window: MainWindow, place: Bench) -> bytes:
    """What the viewers get of the entry that is shown."""
    got: list[tuple[bytes | None, str]] = []
    source = place.deck._source
    assert source.ask is not None
    source.ask(0, 64, lambda data, words: got.append((data, words)))
    end = time.monotonic() + 20
    while not got and time.monotonic() < end:
        QApplication.processEvents()
    return got[0][0] or b""


def test_a_reason_is_entered_before_it_is_opened(
    window: MainWindow, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Case.read(case) as opened:
        row = opened.one(select(schema.entry.c.id).where(schema.entry.c.path == "/diary.txt"))
        assert row is not None
    number = int(row["id"])
    window.show_place("evidence")
    place = window.current_place()
    assert isinstance(place, Bench)
    assert settle(window, 30)
    place.show_number("entry", number)
    wait_for(place, "/diary.txt")
    assert bytes_shown(window, place) == b""
    assert overrides(case) == []

    def given(dialog: OutsideDialog) -> bool:
        assert not dialog.open_.isEnabled()
        dialog.reason.setText("danger to life")
        assert dialog.open_.isEnabled()
        return True

    monkeypatch.setattr(OutsideDialog, "exec", given)
    window.record.open_outside()
    assert settle(window, 30)
    assert bytes_shown(window, place).startswith(b"quincunx")
    (body,) = overrides(case)
    assert isinstance(body, dict)
    assert body["reason"] == "danger to life"
    place.show_number("entry", number)
    assert window.session is not None
    assert window.session.outside_reason == ""

"""A secret shown in the window: a reason, sixty seconds, by rule two people; and nowhere else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from app.dialogs.reveal import RevealDialog
from app.main_window import MainWindow
from app.settings import Settings
from forensics.commands.main import main
from forensics.custody.store import LedgerReader
from tests.app import made_disk
from tests.app.conftest import settle
from viewers.look import Look

PHRASE = "scheme spot photo card baby mountain device kick cradle pact join borrow"  # published vector of BIP-39


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return made_disk.examined(tmp_path, {"seed.txt": f"{PHRASE}\n"})


@pytest.fixture
def window(real_window: Callable[[Path], MainWindow], case: Path) -> MainWindow:
    return real_window(case)


def opened(window: MainWindow) -> RevealDialog:
    window.show_filter("kind = seed/bip39")
    assert settle(window, 30)
    window.show_finding(1)
    assert settle(window, 30)
    window.record.reveal()
    assert settle(window, 30)
    (dialog,) = (each for each in window.findChildren(RevealDialog) if each.isVisible())
    return dialog


def words_of(dialog: RevealDialog) -> list[str]:
    items = (dialog._words.itemAt(at) for at in range(dialog._words.count()))
    return [each.accessibleName() for item in items if item is not None and (each := item.widget()) is not None]


def bodies(case: Path) -> list[object]:
    with LedgerReader.open(case) as reader:
        return [entry.body for entry in reader.entries() if entry.type == "secret.reveal"]


def test_a_reason_sixty_seconds_and_an_entry(window: MainWindow, case: Path) -> None:
    dialog = opened(window)
    assert set(words_of(dialog)) == {"masked"}
    assert not dialog.show_.isEnabled()
    dialog.reason.setText("order 22/26")
    dialog.show_.click()
    assert settle(window, 30)
    assert dialog.shown == PHRASE
    assert words_of(dialog) == PHRASE.split()
    (body,) = bodies(case)
    assert isinstance(body, dict)
    assert (body["finding"], body["reason"], body["name"]) == ("F1", "order 22/26", "value")
    dialog.left = 1
    dialog._tick()
    assert dialog.shown == ""
    assert set(words_of(dialog)) == {"masked"}
    dialog.close()
    for file in case.rglob("*"):
        if file.is_file():
            assert PHRASE.encode() not in file.read_bytes(), file


def test_a_closed_dialog_holds_nothing(window: MainWindow) -> None:
    dialog = opened(window)
    dialog.reason.setText("order 22/26")
    dialog.show_.click()
    assert settle(window, 30)
    assert dialog.shown
    dialog.close()
    assert dialog.shown == ""


def test_by_rule_a_second_person_signs(look: Look, case: Path, tmp_path: Path) -> None:
    assert main(["reveal", str(case), "--rule", "two-people", "--reason", "policy 3"]) == 0
    assert main(["witness", "key", "lab.example/second", str(tmp_path / "second.key")]) == 0
    window = MainWindow(look, Settings(remember=False))
    window.show()
    assert window.open_case(case)
    assert settle(window, 30)
    dialog = opened(window)
    dialog.reason.setText("order 22/26")
    assert dialog.key.isVisible()
    assert not dialog.show_.isEnabled()
    dialog.key.setText(str(tmp_path / "none.key"))
    dialog.show_.click()
    assert settle(window, 30)
    assert dialog.note.text().startswith("It was not shown")
    assert bodies(case) == []
    dialog.key.setText(str(tmp_path / "second.key"))
    dialog.show_.click()
    assert settle(window, 30)
    assert dialog.shown == PHRASE
    (body,) = bodies(case)
    assert isinstance(body, dict)
    assert "lab.example/second" in body["vkey"]
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert main(["ledger", "verify", str(case)]) == 0

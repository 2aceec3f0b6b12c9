"""A case locked and opened again in the window, by the real verbs; passphrases in no argument and in no file."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from app.dialogs.at_rest import LockCaseDialog, UnlockCaseDialog
from app.main_window import MainWindow
from app.session import PROGRAM
from forensics.case.rest import people
from forensics.commands.main import main
from forensics.custody.lock import is_at_rest
from forensics.custody.store import LedgerReader
from tests.app import made_disk
from tests.app.conftest import settle

HERS, HIS = "wíllow heron 7741", "-second lantern 18"  # not ASCII; begins like an option
WRONG = (
    "This passphrase opens the case for none of its people, or their list was changed. The case is locked as before."
)
TELLING = """import os, sys
with open({log!r}, "a") as file:
    print(sys.argv[1:], file=file)
os.execv({program!r}, [*{rest!r}, *sys.argv[1:]])
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "arguments"


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("IMPOUND_CASE_PASSPHRASE", raising=False)
    made = made_disk.examined(tmp_path)
    monkeypatch.setenv("IMPOUND_CASE_PASSPHRASE", HERS)
    assert main(["case", "people", str(made), "--add", "A. Person"]) == 0
    monkeypatch.delenv("IMPOUND_CASE_PASSPHRASE")
    return made


@pytest.fixture
def window(real_window: Callable[[Path], MainWindow], case: Path, log: Path, tmp_path: Path) -> MainWindow:
    """The real window; the arguments of each child are written down before it becomes the real one."""
    telling = tmp_path / "telling.py"
    telling.write_text(TELLING.format(log=str(log), program=sys.executable, rest=list(PROGRAM)))
    made = real_window(case)
    made.program = [sys.executable, str(telling)]
    return made


def waited(done: Callable[[], bool], longest: float = 120) -> bool:
    end = time.monotonic() + longest
    while not done() and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.01)
    return done()


def locking(window: MainWindow) -> LockCaseDialog:
    window.actions_.lock_case()
    (dialog,) = (each for each in window.findChildren(LockCaseDialog) if each.isVisible())
    return dialog


def locked(window: MainWindow) -> None:
    dialog = locking(window)
    dialog.lock.click()
    assert waited(lambda: dialog.child is None)
    dialog.way_out.click()


def opening(window: MainWindow, case: Path) -> UnlockCaseDialog:
    assert not window.open_case(case)
    (dialog,) = (each for each in window.findChildren(UnlockCaseDialog) if each.isVisible())
    return dialog


def entries(case: Path) -> list[tuple[str, object]]:
    with LedgerReader.open(case) as reader:
        return [(entry.type, entry.body) for entry in reader.entries() if entry.type.startswith("case.")]


def test_a_case_is_locked_for_its_people_and_opened_by_one(window: MainWindow, case: Path, log: Path) -> None:
    before = {each.name for each in case.iterdir()}
    dialog = locking(window)
    assert dialog.names.text() == "A. Person"
    dialog.name.setText("B. Person")
    dialog.passphrase.setText(HIS)
    dialog.again.setText("another")
    assert not dialog.lock.isEnabled()  # what is typed is not lost by locking
    dialog.add.click()
    assert dialog.note.text() == "The two passphrases are not the same."
    dialog.again.setText(HIS)
    QTest.keyClick(dialog.again, Qt.Key.Key_Return)  # adds, and does not lock
    assert dialog.names.text() == "A. Person, B. Person"
    assert window.session is not None
    assert dialog.passphrase.text() == dialog.again.text() == ""
    dialog.lock.click()
    assert window.session is None  # closed before the verb runs
    dialog.reject()
    assert dialog.isVisible()  # half of it would be done
    assert waited(lambda: dialog.child is None)
    assert dialog.note.text().startswith("The case is locked:")
    assert "for A. Person, B. Person" in dialog.note.text()
    assert {each.name for each in case.iterdir()} == {"case.locked", "lock"}
    dialog.way_out.click()

    asked = opening(window, case)
    assert asked.names.text() == "A. Person, B. Person"
    assert not asked.unlock.isEnabled()
    asked.passphrase.setText(HIS)
    asked.unlock.click()
    assert asked.passphrase.text() == ""
    assert waited(lambda: window.session is not None)
    assert settle(window, 30)
    assert before <= {each.name for each in case.iterdir()}
    assert entries(case)[-3:] == [
        ("case.people", {"added": "B. Person", "people": ["A. Person", "B. Person"]}),
        ("case.lock", {"format": "impound/locked-case/v1", "people": ["A. Person", "B. Person"]}),
        ("case.unlock", {"person": "B. Person"}),
    ]
    window.close_case()
    told = log.read_text()
    assert all(f"'{verb}'" in told for verb in ("people", "lock", "unlock"))
    for secret in (HERS, HIS):
        assert secret not in told
        for file in case.rglob("*"):
            assert not file.is_file() or secret.encode() not in file.read_bytes(), file


def test_a_wrong_passphrase_is_said_and_changes_nothing(window: MainWindow, case: Path, tmp_path: Path) -> None:
    locked(window)
    kept = (case / "case.locked").read_bytes()
    dialog = opening(window, case)
    assert dialog.passphrase.echoMode() == QLineEdit.EchoMode.Password
    dialog.passphrase.setText("no lantern")
    dialog.unlock.click()
    assert waited(lambda: dialog.child is None)
    assert dialog.note.text() == WRONG
    assert (case / "case.locked").read_bytes() == kept
    assert {each.name for each in case.iterdir()} == {"case.locked", "lock"}
    assert window.session is None
    file = tmp_path / "passphrase"
    dialog.file.setText(str(file))
    dialog.unlock.click()
    assert waited(lambda: dialog.child is None)
    assert "passphrase" in dialog.note.text()  # its name: there is no such file
    assert dialog.note.text().endswith("The case is locked as before.")
    file.write_text(f"{HERS}\nsecond line\n")
    dialog.unlock.click()
    assert waited(lambda: window.session is not None)
    assert settle(window, 30)
    assert entries(case)[-1] == ("case.unlock", {"person": "A. Person"})


def test_a_case_without_people_cannot_be_locked(window: MainWindow, case: Path) -> None:
    people.write(case, [])
    dialog = locking(window)
    assert dialog.names.text().startswith("Nobody yet.")
    assert not dialog.lock.isEnabled()
    dialog.way_out.click()
    assert window.session is not None


def test_a_locking_that_fails_leaves_the_case_and_offers_it(window: MainWindow, case: Path) -> None:
    dialog = locking(window)
    (case / "pointer").symlink_to("elsewhere")  # a link cannot be locked
    dialog.lock.click()
    assert waited(lambda: dialog.child is None)
    assert dialog.note.text().startswith("The case was not locked: ")
    assert not is_at_rest(case)
    dialog.lock.click()
    assert window.session is not None
    assert settle(window, 30)


def test_nothing_is_locked_while_a_job_runs(window: MainWindow) -> None:
    assert window.session is not None
    window.session.jobs.begin("examine", "E1")
    window.actions_.lock_case()
    assert not [each for each in window.findChildren(LockCaseDialog) if each.isVisible()]
    window.session.jobs.take({"event": "job", "job": "examine", "state": "failed", "detail": "stopped"})


def test_a_list_of_people_that_is_damaged_is_said(window: MainWindow, case: Path) -> None:
    (case / people.FILE).write_bytes(b"{}\n")
    window.actions_.lock_case()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not window.findChildren(LockCaseDialog)
    window.close_case()
    (case / "case.locked").write_bytes(b"")
    dialog = opening(window, case)
    assert dialog.windowTitle() == "This case is locked"
    assert "no locked case" in dialog.note.text()
    assert not dialog.passphrase.isEnabled()
    dialog.way_out.click()

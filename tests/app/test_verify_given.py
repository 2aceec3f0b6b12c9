"""Verify from the first page: a case folder, a ledger, a bundle; read-only; levels, faults and needs in sentences."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from app.dialogs.verify import VerifyDialog, kind_of
from app.main_window import MainWindow
from app.settings import Settings
from app.welcome import TileButton
from forensics.commands.main import main
from tests.app.made_record import make_record
from viewers.look import Look


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    return make_record(tmp_path_factory.mktemp("record"))


@pytest.fixture
def dialog(look: Look) -> Iterator[VerifyDialog]:
    """From the tile of the first page."""
    window = MainWindow(look, Settings(remember=False))
    window.resize(1366, 768)
    window.show()
    tile = next(one for one in window.findChildren(TileButton) if one.property("key") == "verify")
    tile.click()
    found = window.findChild(VerifyDialog)
    assert isinstance(found, VerifyDialog)
    yield found
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def checked(dialog: VerifyDialog, path: Path, **given: Path) -> str:
    """All that the dialog says once the check has ended."""
    dialog.path.setText(str(path))
    for option, file in given.items():
        dialog.given[f"--{option}"].setText(str(file))
    assert dialog.start.isEnabled(), dialog.note.text()
    QTest.keyClick(dialog.path, Qt.Key.Key_Return)
    assert dialog.running
    assert "so far" in dialog.note.text()
    end = time.monotonic() + 60
    while dialog.running and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.01)
    QApplication.processEvents()
    return "\n".join(each.text() for each in dialog.findChildren(QLabel) if not each.isHidden())


def digests(folder: Path) -> dict[str, str]:
    return {str(each): hashlib.sha256(each.read_bytes()).hexdigest() for each in folder.rglob("*") if each.is_file()}


def test_a_case_is_verified_and_nothing_of_it_changes(dialog: VerifyDialog, record: tuple[Path, str]) -> None:
    case, _ = record
    before = digests(case)
    said = checked(dialog, case)
    assert dialog.said["faults"] == []
    assert "Level L1" in said
    assert "10 items were compared" in said
    assert "could still rewrite the last" in said
    assert "L2 needs a policy file" in said
    assert "L4 needs" in said
    assert digests(case) == before
    assert dialog.boxes.accessible_value() == "level L1"
    assert [part.value for part in dialog.boxes.accessible_parts()] == ["reached"] * 2 + ["not reached"] * 3


def test_with_the_keys_that_one_knows_and_a_kept_checkpoint(
    dialog: VerifyDialog, record: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case, _ = record
    shutil.copyfile(case / "keys" / "policy", tmp_path / "policy")
    said = checked(dialog, case / "ledger.db", policy=tmp_path / "policy")
    assert "Level L2" in said
    assert "L2 needs" not in said
    copy = tmp_path / "copy"
    shutil.copytree(case, copy)
    capsys.readouterr()
    assert main(["ledger", "checkpoint", str(copy)]) == 0
    (tmp_path / "kept").write_text(capsys.readouterr().out)
    said = checked(dialog, copy, anchor=tmp_path / "kept")
    assert "Level L3" in said
    assert "Anchors from outside fix the first" in said


def test_each_fault_is_a_sentence(dialog: VerifyDialog, record: tuple[Path, str], tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    shutil.copyfile(record[0] / "ledger.db", copy)
    with closing(sqlite3.connect(copy)) as connection, connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute(
            "UPDATE body SET line = CAST(replace(CAST(line AS TEXT), 'J. Doe', 'X. Doe') AS BLOB) WHERE seq = 0"
        )
    said = checked(dialog, copy)
    assert dialog.verdict.text().startswith("No level is reached, ")
    assert "What does not hold" in said
    assert "entry 0: " in said


def test_a_bundle_and_its_withheld_items(dialog: VerifyDialog, record: tuple[Path, str], tmp_path: Path) -> None:
    case, scan = record
    copy, bundle = tmp_path / "case", tmp_path / "given.zip"
    shutil.copytree(case, copy)
    wanted = ["--item", f"{scan}:3", "--withhold", "name", "--reason", "D-2"]
    assert (
        main(["bundle", "build", str(copy), str(bundle), *wanted, "--recipient", "Defence", "--purpose", "trial"]) == 0
    )
    said = checked(dialog, bundle)
    assert "Level L1" in said
    assert "Of 10 items 0 shown whole, 1 in part, 9 withheld." in said
    assert "Made for Defence: trial." in said
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    bundle.write_bytes(data)
    checked(dialog, bundle)
    assert dialog.said["faults"] or "could not be verified" in dialog.note.text()


def test_what_is_none_of_the_three_is_said(dialog: VerifyDialog, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("words")
    for path in (tmp_path, tmp_path / "a.txt", tmp_path / "none"):
        dialog.path.setText(str(path))
        assert kind_of(path) == ""
        assert "no case folder, no ledger and no bundle" in dialog.note.text()
        assert not dialog.start.isEnabled()


def test_a_policy_that_cannot_be_read_is_said(dialog: VerifyDialog, record: tuple[Path, str], tmp_path: Path) -> None:
    (tmp_path / "policy").write_text("nonsense here\n")
    said = checked(dialog, record[0], policy=tmp_path / "policy")
    assert "It could not be verified." in said
    assert dialog.said == {}

"""Watch-lists and hash sets in the window: added from a file, counted, their hits opened; the record is the command's."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.dialogs.add_list import AddListDialog
from app.main_window import MainWindow
from app.places.evidence import EvidencePlace
from app.places.findings import FindingsPlace
from app.places.search import SearchPlace
from forensics.commands.main import main
from forensics.custody.store import LedgerReader
from tests.app import made_disk
from tests.app.conftest import settle

FILES = {"note.txt": "the lantern, and a Lantern once more\n", "quiet.txt": "nothing here\n"}
NAME = 'shed "north"'


def with_terms(case: Path) -> None:
    for number, (name, terms) in enumerate(((NAME, "lantern\tlight\n"), ("other", "beaver\nheron\n"))):
        listed = case.parent / f"terms{number}.tsv"
        listed.write_text(terms)
        assert main(["watchlist", "add", str(case), str(listed), "--name", name]) == 0


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return made_disk.examined(tmp_path, FILES, with_terms)


@pytest.fixture
def window(real_window: Callable[[Path], MainWindow], case: Path) -> MainWindow:
    return real_window(case)


def lists(window: MainWindow) -> SearchPlace:
    window.show_place("search")
    place = window.place("search")
    assert isinstance(place, SearchPlace)
    place.pages.setCurrentIndex(1)
    assert settle(window, 20)
    return place


def add(window: MainWindow, place: SearchPlace, path: Path, kind: str) -> AddListDialog:
    place.lists.add.click()
    (dialog,) = (each for each in window.findChildren(AddListDialog) if each.isVisible())
    dialog.file.setText(str(path))
    dialog.kind.setCurrentIndex(dialog.kind.findData(kind))
    dialog.add.click()
    assert settle(window, 30)
    return dialog


def bodies(case: Path, kind: str) -> list[object]:
    with LedgerReader.open(case) as reader:
        return [entry.body for entry in reader.entries() if entry.type == kind]


def test_a_list_is_counted_and_opens_its_findings(window: MainWindow) -> None:
    place = lists(window)
    told = [(row["name"], row["terms"], row["findings"]) for row in place.lists.watch]
    assert told == [(NAME, 1, 2), ("other", 2, 0)]
    place.lists.grid.setFocus()
    QTest.keyClick(place.lists.grid, Qt.Key.Key_Down)
    QTest.keyClick(place.lists.grid, Qt.Key.Key_Return)
    assert settle(window, 20)
    findings = window.current_place()
    assert isinstance(findings, FindingsPlace)
    assert len(findings.model.ids) == 2


def test_the_counts_are_those_of_the_command(
    window: MainWindow, case: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = lists(window)
    capsys.readouterr()
    assert main(["watchlist", "list", str(case), "--json"]) == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == place.lists.watch


def test_terms_are_added_and_entered_as_the_command_does(window: MainWindow, case: Path, tmp_path: Path) -> None:
    place = lists(window)
    path = tmp_path / "fresh.tsv"
    path.write_text("каштан\nab\n")
    dialog = add(window, place, path, "watch")
    assert "1 term. Too short, left out: 1 line." in dialog.note.text()
    assert [row["name"] for row in place.lists.watch] == [NAME, "other", "fresh.tsv"]
    assert bodies(case, "watchlist.add")[-1] == {
        "number": 3,
        "name": "fresh.tsv",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "terms": 1,
        "diacritics": True,
        "transliterate": False,
    }
    dialog.file.setText(str(path))
    dialog.add.click()
    assert settle(window, 30)
    assert dialog.note.text().startswith("It was not added:")
    dialog.close()


def test_a_hash_set_opens_its_entries(window: MainWindow, case: Path, tmp_path: Path) -> None:
    place = lists(window)
    path = tmp_path / "known.txt"
    path.write_text(f"{hashlib.sha256(FILES['quiet.txt'].encode()).hexdigest()}  quiet.txt\n")
    add(window, place, path, "known").close()
    assert [(row["purpose"], row["count"], row["entries"]) for row in place.lists.sets] == [("known", 1, 1)]
    assert len(bodies(case, "hashset.add")) == len(bodies(case, "hashset.match")) == 1
    place.lists.grid.activated.emit(2)
    assert settle(window, 20)
    evidence = window.current_place()
    assert isinstance(evidence, EvidencePlace)
    assert [line.name for line in map(evidence.model.line, range(len(evidence.model.ids))) if line] == ["quiet.txt"]


def test_no_list_is_said(real_window: Callable[[Path], MainWindow], tmp_path: Path) -> None:
    made = tmp_path / "empty"
    assert main(["case", "new", str(made), "--number", "1", "--examiner", "Ada Vale"]) == 0
    place = lists(real_window(made))
    assert place.lists._stack.currentWidget() is place.lists._empty

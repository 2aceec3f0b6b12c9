"""Prove this: the ladder of a finding and of an entry, recomputed, and the proofs that it saves."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest

from app.dialogs.prove import ProveDialog
from app.main_window import MainWindow
from forensics.custody.store import LedgerReader
from resources import verify as plain
from tests.app import made_disk
from tests.app.conftest import settle
from viewers.look import Look


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return made_disk.examined(tmp_path)


@pytest.fixture
def window(real_window: Callable[[Path], MainWindow], case: Path) -> MainWindow:
    return real_window(case)


def test_a_finding(window: MainWindow, look: Look, case: Path, tmp_path: Path) -> None:
    assert window.session is not None
    dialog = ProveDialog(look, window.session, "F1", window)
    assert settle(window, 30)
    titles = [each["title"] for each in dialog.rungs]
    assert titles[:4] == ["Claim", "Fields", "Locus", "Events"]
    assert titles[5:] == ["Root of the scan", f"Entry {titles[6].split()[1]}", "Signed head"]
    *groups, item = dialog.rungs[:5]
    scan = item["note"].split()[2].rstrip(",")
    text = f"impound/finding/v1\nscan {scan}\nindex {item['title'].split()[1]}\n" + "".join(
        f"{each['title'].lower()} sha256:{each['digest']}\n" for each in groups
    )
    assert hashlib.sha256(b"\0" + text.encode()).hexdigest() == item["digest"]
    with LedgerReader.open(case) as reader:
        note, _ = reader.raw_entry(int(titles[6].split()[1]))
        last = reader.last_checkpoint()
    assert hashlib.sha256(b"\0" + note).hexdigest() == dialog.rungs[6]["digest"]
    assert last is not None
    _, _, root = plain.parse_checkpoint(plain.parse_note(last[1]).text)
    assert root.hex() == dialog.rungs[7]["digest"]
    assert "sha256sum" in dialog.text.toPlainText()
    dialog.write(tmp_path / "F1.impound")
    assert settle(window, 30)
    told = plain.verify_bundle(tmp_path / "F1.impound")
    assert (told["level"], told["faults"]) == ("L1", [])
    dialog.close()


def test_an_entry(window: MainWindow, look: Look, tmp_path: Path) -> None:
    assert window.session is not None
    dialog = ProveDialog(look, window.session, "1", window)
    assert settle(window, 30)
    assert [each["title"] for each in dialog.rungs] == ["Entry 1", "Signed head"]
    assert not dialog.text.isVisibleTo(dialog)
    dialog.write(tmp_path / "1.tlog-proof")
    assert settle(window, 30)
    assert (tmp_path / "1.tlog-proof").read_text().startswith("c2sp.org/tlog-proof@v1\nindex 1\n")
    dialog.write(tmp_path / "1.tlog-proof")
    assert settle(window, 30)
    assert "is not replaced" in dialog._note.text()
    dialog.close()


def test_an_entry_of_the_evidence(window: MainWindow, look: Look, tmp_path: Path) -> None:
    assert window.session is not None
    dialog = ProveDialog(look, window.session, "entry:3", window)
    assert settle(window, 30)
    assert [each["title"] for each in dialog.rungs][:4] == ["Content", "Name", "Locus", "Meta"]
    dialog.write(tmp_path / "3.impound")
    assert settle(window, 30)
    told = plain.verify_bundle(tmp_path / "3.impound")
    assert (told["faults"], told["counts"]["disclosed"]) == ([], 1)
    dialog.close()

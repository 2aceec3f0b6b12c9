"""The label and the auditor's file, made in the window with its real child, and the second read back in the window."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pypdfium2
import pytest
import zxingcpp
from PySide6.QtWidgets import QApplication

from app.dialogs.paper import AUDIT, Paper, PaperDialog
from app.dialogs.verify import VerifyDialog
from app.main_window import MainWindow
from forensics.custody.store import LedgerReader
from tests.app import made_disk
from tests.app.conftest import settle
from viewers.look import Look
from viewers.sheet import Grid


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_disk.examined(tmp_path_factory.mktemp("papers"))


@pytest.fixture
def window(real_window: Callable[[Path], MainWindow], case: Path) -> MainWindow:
    return real_window(case)


def made(window: MainWindow, paper: Paper | None, path: Path) -> PaperDialog:
    window.record.paper(paper) if paper else window.record.print_label("E1")
    (dialog,) = (each for each in window.findChildren(PaperDialog) if each.isVisible())
    assert not dialog.make.isEnabled()
    dialog.who.setText("property room")
    dialog.path.setText(str(path))
    dialog.make.click()
    assert settle(window, 30)
    return dialog


def test_a_label_is_a_page_that_a_reader_reads(window: MainWindow, case: Path, tmp_path: Path) -> None:
    dialog = made(window, None, tmp_path / "label.pdf")
    picture = pypdfium2.PdfDocument(tmp_path / "label.pdf")[0].render(scale=6).to_pil()
    (code,) = zxingcpp.read_barcodes(picture)
    with LedgerReader.open(case) as reader:
        (anchor,) = reader.anchors()
        assert (anchor.kind, anchor.held_by) == ("label", "property room")
        assert code.text.encode() == anchor.data
    assert "Read its check value" in dialog.note.text()
    dialog.close()
    again = made(window, None, tmp_path / "label.pdf")
    assert "is there already and is not replaced" in again.note.text()
    again.close()


def test_the_auditors_file_is_read_back_without_any_content(window: MainWindow, look: Look, tmp_path: Path) -> None:
    file = tmp_path / "audit.impound"
    dialog = made(window, AUDIT, file)
    assert "no content of evidence" in dialog.note.text()
    dialog.close()
    check = VerifyDialog(look, window)
    check.path.setText(str(file))
    check.verify()
    end = time.monotonic() + 60
    while time.monotonic() < end and not check.said:
        QApplication.processEvents()
        time.sleep(0.01)
    assert check.said["audit"]["told"] is True
    shown = [part.name + part.value for grid in check.findChildren(Grid) for part in grid.accessible_parts()]
    assert any("scan.begin" in each for each in shown)
    assert any("scope.override" in each for each in shown)
    assert not any("note0" in each or made_disk.ADDRESSES[0] in each for each in shown)
    check.close()

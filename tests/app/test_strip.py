"""What the trust strip says of the fences around the processes that read evidence."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication

from app.main_window import MainWindow
from app.strip import CellView, Popover, cells
from forensics.confinement.probe import fences
from tests.figures import ROOT


def readers(layers: list[str], missing: list[str]) -> tuple[str, str, str, str]:
    found = [each for each in cells({"fences": {"layers": layers, "missing": missing}}) if "eaders" in each.sentence]
    (cell,) = found
    return cell.state, cell.sentence, cell.fact, cell.meaning


def test_what_holds_and_what_is_missing_is_said() -> None:
    whole = ["rlimits", "namespaces", "privileges", "landlock 7", "seccomp"]
    assert readers(whole, [])[:3] == ("good", "Readers shut in", "")
    assert "no way to files" in readers(whole, [])[3]
    state, sentence, fact, meaning = readers(whole[2:], ["rlimits", "namespaces (Operation not permitted)"])
    assert (state, sentence, fact) == ("look", "Readers partly shut in", "2 of 5 missing")
    assert "a network of their own, with nothing in it (Operation not permitted)" in meaning
    assert readers([], ["no confinement is known for plan9"])[:2] == ("look", "Readers not shut in")
    assert "plan9" in readers([], ["no confinement is known for plan9"])[3]


@pytest.mark.skipif(sys.platform != "linux", reason="the layers of Linux")
def test_the_fences_of_this_computer_are_found() -> None:
    found = fences()
    assert "seccomp" in found.layers
    assert all("found out" not in each for each in found.missing)


@pytest.mark.skipif(sys.platform != "linux", reason="a system without namespaces is made of one that has them")
def test_a_layer_that_the_system_refuses_is_missing() -> None:
    code = "from forensics.confinement.probe import fences; print(*fences().missing)"
    without = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$0" -c "$1"'
    done = subprocess.run(
        ["unshare", "-U", "-r", "sh", "-c", without, sys.executable, code],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stdout.startswith("namespaces (")


def test_the_card_of_every_cell_is_within_the_window(open_window: Callable[..., MainWindow], case_of_all: Path) -> None:
    window = open_window(case_of_all)
    views = [each for each in window.strip.findChildren(CellView) if each.isVisible()]
    assert len(views) == 6
    inside = QRect(window.mapToGlobal(QPoint(0, 0)), window.size())
    for view in views:
        view.click()
        card = next(each for each in QApplication.topLevelWidgets() if isinstance(each, Popover) and each.isVisible())
        assert inside.left() <= card.x()
        assert card.x() + card.width() <= inside.right()
        card.close()
        QApplication.processEvents()

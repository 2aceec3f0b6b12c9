"""A wallet opened in the window with a list of passwords; what it gave is in the vault, the graph and the record."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest

from app.dialogs.open_wallet import OpenWalletDialog
from app.main_window import MainWindow
from forensics.custody.store import LedgerReader
from forensics.detectors.wallet._specimens import WEB3_PBKDF2
from tests.app import made_disk
from tests.app.conftest import settle

PASSWORD = "testpassword"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return made_disk.examined(tmp_path, {"keystore.json": WEB3_PBKDF2.decode()})


@pytest.fixture
def window(real_window: Callable[[Path], MainWindow], case: Path) -> MainWindow:
    return real_window(case)


def opened(window: MainWindow) -> OpenWalletDialog:
    window.show_filter("kind = wallet/ethereum_keystore")
    assert settle(window, 30)
    window.show_finding(1)
    assert settle(window, 30)
    window.record.open_wallet()
    (dialog,) = (each for each in window.findChildren(OpenWalletDialog) if each.isVisible())
    return dialog


def bodies(case: Path) -> list[dict[str, object]]:
    with LedgerReader.open(case) as reader:
        told = [entry.body for entry in reader.entries() if entry.type == "wallet.open"]
    return [each for each in told if isinstance(each, dict)]


def test_a_list_of_passwords_and_what_it_gave(window: MainWindow, case: Path, tmp_path: Path) -> None:
    listed = tmp_path / "list"
    listed.write_text("first\n\nsecond\n")
    dialog = opened(window)
    dialog.list.setText(str(listed))
    dialog.open_.click()
    assert settle(window, 60)
    assert dialog.note.text().startswith("Not opened with 2 passwords")
    listed.write_text(f"first\n{PASSWORD}\nnever tried\n")
    dialog.open_.click()
    assert settle(window, 60)
    assert dialog.note.text().startswith("Opened, proven by")
    assert "1 address of it" in dialog.note.text()
    assert [each["opened"] for each in bodies(case)] == [False, True]
    assert bodies(case)[0]["tried"] == 2
    for file in case.rglob("*"):
        if file.is_file():
            assert PASSWORD.encode() not in file.read_bytes()
    dialog.close()


def test_one_that_is_typed_is_not_kept(window: MainWindow) -> None:
    dialog = opened(window)
    dialog.secret.setText(PASSWORD)
    dialog.open_.click()
    assert dialog.secret.text() == ""
    assert settle(window, 60)
    assert dialog.told["opened"]
    dialog.close()


def test_a_list_that_is_none_is_said(window: MainWindow, tmp_path: Path) -> None:
    dialog = opened(window)
    dialog.list.setText(str(tmp_path / "nothing"))
    dialog.open_.click()
    assert settle(window, 30)
    assert "no file of a list of passwords" in dialog.note.text()
    dialog.close()

"""The disclosure desk in the real window with its real child: live counts equal what the bundle then says of itself."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from app.dialogs.disclosure import DisclosureDialog
from app.main_window import MainWindow
from app.places.findings import FindingsPlace
from forensics.custody.verify import verify
from resources import verify as plain
from tests.app import made_disk
from tests.app.conftest import settle


@pytest.fixture(scope="module")
def examined(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_disk.examined(tmp_path_factory.mktemp("disclosure"))


@pytest.fixture
def window(real_window: Callable[[Path], MainWindow], examined: Path) -> MainWindow:
    return real_window(examined)


def opened(window: MainWindow, *, check: int = 0) -> DisclosureDialog:
    place = window.place("findings")
    assert isinstance(place, FindingsPlace)
    for number in place.model.ids[:check]:
        place.model.toggle(number)
    window.record.disclose()
    found = window.findChild(DisclosureDialog)
    assert isinstance(found, DisclosureDialog)
    counted(window, found)
    return found


def counted(window: MainWindow, dialog: DisclosureDialog) -> None:
    end = time.monotonic() + 30
    while not dialog.counts and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.01)
    assert settle(window, 30)


def numbers(dialog: DisclosureDialog) -> list[int]:
    return [int(dialog.numbers[key].text().replace(",", "")) for key in ("disclosed", "partly", "withheld")]


def test_counts_live_then_builds_what_was_counted(window: MainWindow, examined: Path, tmp_path: Path) -> None:
    dialog = opened(window, check=1)
    assert dialog.from_checked.isChecked()
    assert dialog.from_checked.text() == "The 1 checked finding"
    shown, partly, withheld = numbers(dialog)
    assert (shown, partly) == (2, 0)  # the finding, and the file that it lies in
    assert withheld > 0
    assert "Still needed: the recipient, the purpose." in dialog.note.text()
    dialog.groups["name"].setChecked(True)
    assert not dialog.counts
    counted(window, dialog)
    assert numbers(dialog) == [0, 2, withheld]
    assert "a reason for what is withheld" in dialog.note.text()
    assert not dialog.make.isEnabled()
    parts = [each for scan in dialog.counts["scans"] for each in scan["items_in_part"]]
    assert sorted(tuple(each["withheld"]) for each in parts) == [("locus",), ("name",)]
    dialog.reason.setCurrentText("D-2")
    dialog.recipient.setText("Defence")
    dialog.purpose.setText("trial")
    out = tmp_path / "given.impound"
    dialog.path.setText(str(out))
    counted(window, dialog)
    assert dialog.make.isEnabled()
    dialog.make.click()
    assert settle(window, 60)
    told = plain.verify_bundle(out)
    assert told["faults"] == []
    assert [told["counts"][key] for key in ("disclosed", "partly", "withheld")] == numbers(dialog)
    assert told["recipient"] == "Defence"
    said = dialog.note.text()
    assert str(out) in said
    assert f"ledger entry {told['export']}" in said
    assert hashlib.sha256(out.read_bytes()).hexdigest() in said
    assert b"note0.txt" not in b"".join(plain.bundle_files(out).values())
    assert not dialog.make.isEnabled()
    window.close_case()
    assert verify(examined).faults == []


def test_all_findings_of_the_case_and_those_of_a_filter(window: MainWindow) -> None:
    dialog = opened(window)
    assert dialog.from_listed.text() == "All findings of the case"
    assert not dialog.from_checked.isEnabled()
    everything = numbers(dialog)[0]
    dialog.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    window.show_filter(f'value = "{made_disk.ADDRESSES[0]}"')
    assert settle(window, 30)
    dialog = opened(window)
    assert dialog.from_listed.text().startswith("The 1 finding of the filter value")
    assert 0 < numbers(dialog)[0] < everything


def test_a_file_that_is_there_stops_it_before_it_is_entered(window: MainWindow, tmp_path: Path) -> None:
    dialog = opened(window)
    (tmp_path / "there").write_text("another")
    dialog.recipient.setText("Defence")
    dialog.purpose.setText("trial")
    dialog.path.setText(str(tmp_path / "there"))
    dialog.make.click()
    assert settle(window, 30)
    assert "No bundle was made" in dialog.note.text()
    assert "is not replaced" in dialog.note.text()
    assert (tmp_path / "there").read_text() == "another"
    assert dialog.make.isEnabled()


def test_everything_on_the_desk_has_a_name(window: MainWindow) -> None:
    dialog = opened(window)
    for widget in (
        *dialog.groups.values(),
        dialog.reason,
        dialog.recipient,
        dialog.purpose,
        dialog.path,
        dialog.schedule,
    ):
        assert widget.accessibleName()

"""The hand-over in the real window with its real child: two signatures, the receipt, a wrong passphrase, what does not fit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from app.dialogs.hand_over import RECEIPT, SIGN, HandOverDialog
from app.main_window import MainWindow
from app.places.custody import CustodyPlace
from app.settings import Settings
from forensics.commands.main import main
from forensics.custody import keys
from forensics.custody.store import LedgerReader
from forensics.custody.verify import verify
from tests.app.conftest import settle
from tests.app.made_record import make_record
from viewers.look import Look

SECRET = "correct horse"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    made, _ = make_record(tmp_path)
    keys.create(tmp_path / "roe.key", "lab.example/custodian/roe", SECRET, post_quantum=False)
    return made


@pytest.fixture
def window(look: Look, case: Path) -> Iterator[MainWindow]:
    made = MainWindow(look, Settings(remember=False))
    made.resize(1366, 768)
    made.show()
    yield made
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def opened(window: MainWindow, case: Path, exhibit: str = "E1") -> HandOverDialog:
    assert window.open_case(case)
    window.show_place("custody")
    assert settle(window, 30)
    place = window.place("custody")
    assert isinstance(place, CustodyPlace)
    assert place.exhibits.select(exhibit)
    place.story.hand_over.click()
    found = window.findChild(HandOverDialog)
    assert isinstance(found, HandOverDialog)
    return found


def fill(dialog: HandOverDialog, **texts: str) -> None:
    for name, text in texts.items():
        dialog.fields[name].setText(text)


def words(dialog: HandOverDialog) -> str:
    QApplication.processEvents()
    return "\n".join(each.text() for each in dialog.findChildren(QLabel) if each.isVisible())


def story(case: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    capsys.readouterr()
    assert main(["custody", "timeline", str(case), "--json"]) == 0
    return dict(json.loads(capsys.readouterr().out.splitlines()[0]))


def test_two_people_sign_and_the_receipt_is_shown_and_saved(
    window: MainWindow, case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["custody", "seize", str(case), "--exhibit", "E1", "--to", "J. Doe", "--seal-after", "S1"]) == 0
    dialog = opened(window, case)
    assert dialog.fields["from"].text() == "J. Doe"
    assert dialog.fields["seal_before"].text() == "S1"
    assert not dialog.next.isEnabled()
    assert "Still needed: To whom." in words(dialog)
    fill(dialog, to="R. Roe", place="room 4", purpose="analysis")
    QTest.keyClick(dialog.fields["to"], Qt.Key.Key_Return)
    fill(dialog, seal_after="S2", condition="whole")
    QTest.keyClick(dialog.fields["seal_after"], Qt.Key.Key_Return)
    assert dialog.pages.currentIndex() == SIGN
    assert settle(window, 30)
    assert "does not fit" not in words(dialog)
    assert not dialog.sign_accept.isEnabled()
    dialog.sign_release.click()
    assert settle(window, 30)
    assert dialog.giver.state.text() == "Signed"
    dialog.key.setText(str(tmp_path / "roe.key"))
    dialog.receipt.setText(str(tmp_path / "receipt"))

    dialog.secret.setText("wrong")
    dialog.sign_accept.click()
    assert dialog.secret.text() == ""
    assert settle(window, 30)
    assert "The acceptance was not entered: the passphrase does not open roe.key" in words(dialog)
    assert not (tmp_path / "receipt").exists()

    dialog.secret.setText(SECRET)
    dialog.sign_accept.click()
    assert settle(window, 30)
    assert dialog.pages.currentIndex() == RECEIPT
    text = (tmp_path / "receipt").read_text()
    assert dialog.text.toPlainText() == text.rstrip("\n") or dialog.text.toPlainText() == text
    assert "c2sp.org/tlog-proof@v1" in text
    assert len(dialog.qr._rows) > 20
    assert len(dialog.fingerprint.text().split()) == 6
    entry = dialog.acceptance
    assert entry is not None
    with LedgerReader.open(case) as reader:
        note, _ = reader.raw_entry(entry["ledger_entry"])
    assert text.encode().startswith(note)
    QTest.keyClick(dialog.next, Qt.Key.Key_Return)
    assert settle(window, 30)
    place = window.place("custody")
    assert isinstance(place, CustodyPlace)
    assert place.story.where.text() == "Held by R. Roe, room 4, seal S2."
    window.close_case()
    told = story(case, capsys)
    assert (told["state"], told["custodian"], told["seal"], told["flags"]) == ("held", "R. Roe", "S2", [])
    assert verify(case).faults == []


def test_what_does_not_fit_is_said_before_it_is_signed(
    window: MainWindow, case: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dialog = opened(window, case)
    fill(dialog, to="R. Roe", **{"from": "J. Doe"})
    dialog.next.click()
    dialog.next.click()
    assert settle(window, 30)
    assert "This does not fit the record: release does not follow on not seized." in words(dialog)
    dialog.sign_release.click()
    assert settle(window, 30)
    dialog.cancel.click()
    assert settle(window, 30)
    again = opened_again(window)
    assert again.fields["to"].text() == "R. Roe"
    again.next.click()
    again.next.click()
    assert settle(window, 30)
    assert again.giver.state.text() == "Signed"  # by the entry that waits, not once more
    assert not again.sign_release.isEnabled()
    again.close()
    window.close_case()
    told = story(case, capsys)
    assert told["state"] == "released"
    assert [each["kind"] for each in told["events"]] == ["release"]  # type: ignore[attr-defined]
    assert told["flags"] == [f"entry {told['events'][0]['entry']}: release does not follow on not seized"]  # type: ignore[index]


def opened_again(window: MainWindow) -> HandOverDialog:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    place = window.place("custody")
    assert isinstance(place, CustodyPlace)
    place.story.hand_over.click()
    found = window.findChild(HandOverDialog)
    assert isinstance(found, HandOverDialog)
    return found


@pytest.mark.parametrize("which", ["no key", "own key", "receipt there"])
def test_what_stops_the_acceptance_is_said_and_nothing_is_entered(
    window: MainWindow, case: Path, tmp_path: Path, which: str
) -> None:
    assert main(["custody", "seize", str(case), "--exhibit", "E1", "--to", "J. Doe"]) == 0
    assert main(["custody", "release", str(case), "--exhibit", "E1", "--to", "R. Roe"]) == 0
    dialog = opened(window, case)
    dialog.next.click()
    dialog.next.click()
    key = {"no key": tmp_path / "none", "own key": case / "keys" / "examiner.key"}.get(which, tmp_path / "roe.key")
    (tmp_path / "there").write_text("another")
    dialog.key.setText(str(key))
    dialog.receipt.setText(str(tmp_path / ("there" if which == "receipt there" else "receipt")))
    dialog.secret.setText(SECRET if which == "receipt there" else "")
    dialog.sign_accept.click()
    assert settle(window, 30)
    said = {"no key": "none cannot be read", "own key": "another person's", "receipt there": "is not replaced"}[which]
    assert "The acceptance was not entered: " in words(dialog)
    assert said in dialog.problem.text()
    assert dialog.acceptance is None
    assert (tmp_path / "there").read_text() == "another"


def test_everything_in_it_has_a_name(window: MainWindow, case: Path) -> None:
    dialog = opened(window, case)
    for widget in (*dialog.fields.values(), dialog.key, dialog.secret, dialog.receipt, dialog.text):
        assert widget.accessibleName()

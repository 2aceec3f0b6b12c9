"""What the menus Custody and Present do: the record, its papers, secrets, what is outside, and the court."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.dialogs.disclosure import DisclosureDialog
from app.dialogs.hand_over import HandOverDialog
from app.dialogs.open_wallet import OpenWalletDialog
from app.dialogs.outside import OutsideDialog
from app.dialogs.paper import LABEL, Paper, PaperDialog
from app.dialogs.prove import ProveDialog
from app.dialogs.reveal import RevealDialog
from app.dialogs.verify import VerifyDialog
from app.places.bench import Bench
from app.places.custody import CustodyPlace
from app.places.findings import FindingsPlace
from app.places.present import PresentPlace
from resources.languages import tr
from viewers.base import Subject

if TYPE_CHECKING:
    from app.main_window import MainWindow


class RecordActions:
    """Bound to one window, as `Actions`."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    @property
    def _subject(self) -> Subject | None:
        """The finding or entry that is shown."""
        place = self._window.current_place()
        return place.deck.subject if isinstance(place, Bench) else None

    # -- the record

    def verify(self) -> None:
        """Check the whole record."""
        if self._window.session is not None:
            self._window.say(tr("The record is being checked."))
            self._window.session.call("verify", {}, self._verified)
            self._window.show_place("custody")

    def _verified(self, ok: bool, result: Any) -> None:
        self._window.take_verdict(ok, result)

    def verify_given(self) -> None:
        """Verify a case folder, a ledger or a bundle without opening it."""
        VerifyDialog(self._window.look, self._window, self._window.program).open()

    def prove(self) -> None:
        """Show what proves the finding or the entry that is shown."""
        subject = self._subject
        if subject is not None and subject.finding is not None:
            self.prove_finding(subject.finding)
        elif subject is not None and subject.entry is not None:
            self._prove(f"entry:{subject.entry}")

    def prove_finding(self, number: int) -> None:
        """Show what proves a finding, and how others rebuild its bytes."""
        self._prove(f"F{number}")

    def prove_entry(self, number: int) -> None:
        """Show what proves an entry of the record."""
        self._prove(str(number))

    def _prove(self, what: str) -> None:
        if self._window.session is not None:
            ProveDialog(self._window.look, self._window.session, what, self._window).exec()

    # -- what leaves the workstation

    def hand_over(self, exhibit: str = "") -> None:
        """Hand an exhibit over to somebody, with two signatures."""
        window = self._window
        if window.session is None:
            return
        window.show_place("custody")
        place = window.place("custody")
        if isinstance(place, CustodyPlace):
            number = exhibit or place.exhibits.number
            HandOverDialog(window.look, window.session, number, place.story_of(number), window).open()

    def disclose(self) -> None:
        """Make a bundle of findings for others."""
        window = self._window
        place = window.place("findings") if window.session is not None else None
        if window.session is not None and isinstance(place, FindingsPlace):
            if not place.model.complete:
                window.say(tr("The list is still being read. Try again in a moment."))
                return
            checked, listed = sorted(place.model.checked), list(place.model.ids)
            DisclosureDialog(window.look, window.session, checked, listed, place.bar.field.text, window).open()

    def paper(self, paper: Paper, exhibit: str = "") -> None:
        """Make a paper that leaves the workstation."""
        window = self._window
        if window.session is not None:
            PaperDialog(window.look, window.session, paper, exhibit, window).open()

    def print_label(self, exhibit: str = "") -> None:
        """Print the label of an exhibit, the chosen one by default."""
        place = self._window.place("custody") if self._window.session is not None else None
        chosen = place.exhibits.number if isinstance(place, CustodyPlace) else ""
        self.paper(LABEL, exhibit or chosen)

    # -- what is shown for a reason only

    def open_outside(self) -> None:
        """Open what is shown though it is outside the authority, for a reason that is entered."""
        subject, place = self._subject, self._window.current_place()
        if subject is not None and isinstance(place, Bench):
            dialog = OutsideDialog(self._window.look, subject.title, self._window)
            if dialog.exec():
                place.show_again(dialog.reason.text().strip())

    def open_wallet(self) -> None:
        """Open the wallet or store that is shown with what the examiner has."""
        self._about_finding(OpenWalletDialog)

    def reveal(self) -> None:
        """Show a secret of the finding that is shown, for a reason."""
        self._about_finding(RevealDialog)

    def _about_finding(self, dialog: type[OpenWalletDialog | RevealDialog]) -> None:
        subject, window = self._subject, self._window
        if subject is not None and subject.finding is not None and window.session is not None:
            dialog(window.look, window.session, subject.finding, subject.title, window).open()

    # -- court

    def add_step(self) -> None:
        """Begin a step for court about the finding that is shown."""
        subject = self._subject
        if subject is not None and subject.finding is not None:
            self._steps().add_finding(subject.finding)

    def present(self) -> None:
        """Show the steps full screen; where they cannot be, their place says why."""
        self._steps().present()

    def _steps(self) -> PresentPlace:
        self._window.show_place("present")
        place = self._window.place("present")
        assert isinstance(place, PresentPlace)
        return place

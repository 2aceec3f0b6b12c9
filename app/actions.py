"""What the menus do. One object beside the window, so that the window stays a frame."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QProcess, Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMenu, QPlainTextEdit, QWidget

from app import reading
from app.dialogs.add_image import AddImageDialog
from app.dialogs.at_rest import LockCaseDialog, UnlockCaseDialog
from app.dialogs.base import Frame
from app.dialogs.both_lines import BothLinesDialog
from app.dialogs.new_case import NewCaseDialog
from app.dialogs.volume_key import VolumeKeyDialog
from app.docks.deck import ViewerDeck
from app.manual.window import ManualWindow
from app.models.tree import Node
from app.places.bench import Bench
from app.places.evidence import EvidencePlace
from app.places.findings import FindingsPlace
from app.places.gallery import GalleryPlace
from app.places.gallery_tiles import picture_of
from app.places.graph import GraphPlace
from app.session import Session, environment
from app.settings import LANGUAGE
from app.troubles import LEDGER
from forensics.custody.lock import is_at_rest
from forensics.custody.review_copy import copy_for_review
from forensics.errors import CaseError, UsageError
from resources import languages
from resources.languages import tr
from viewers.parts import Button, label

if TYPE_CHECKING:
    from app.main_window import MainWindow

REPORTS = {"HTML report (*.html)": "html", "CSV table (*.csv)": "csv", "JSON lines (*.jsonl)": "jsonl"}


def _around(widget: QWidget) -> Iterator[QWidget]:
    """The widgets that a widget stands in, from the inside."""
    at = widget.parentWidget()
    while at is not None:
        yield at
        at = at.parentWidget()


def _first_stop(region: QWidget) -> QWidget | None:
    """What gets the keyboard when a region is gone to; `None` where nothing can."""
    if not region.isVisible():
        return None
    for widget in (region, *region.findChildren(QWidget)):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.isEnabled():
            return widget
    return None


class Actions:
    """Bound to one window."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._process: QProcess | None = None

    # -- case

    def new_case(self) -> None:
        """Make a case and open it."""
        dialog = NewCaseDialog(self._window.look, self._window, self._window.program)
        if dialog.exec() and dialog.folder is not None:
            self._window.open_case(dialog.folder)
            self._window.show_place("evidence")

    def open_case(self) -> None:
        """Open a case folder."""
        options = QFileDialog.Option.DontUseNativeDialog | QFileDialog.Option.ShowDirsOnly
        chosen = QFileDialog.getExistingDirectory(self._window, tr("Open a case folder"), str(Path.home()), options)
        if chosen:
            self._window.open_case(Path(chosen))

    def refuse(self, folder: Path, reason: str) -> None:
        """Say why a folder is not opened; one action where there is one. A locked case is opened with a passphrase."""
        if is_at_rest(folder):
            self.unlock_case(folder)
            return
        record = (folder / "ledger.db").is_file()
        if "its format is version" in reason:
            title = tr("This case was made by another version of Impound")
        else:
            title = tr("This case has lost its database") if record else tr("This folder is not a case")
        what = reason.partition("; `impound")[0]
        text = tr("{what}. Nothing was opened or changed. ", what=what)
        text += (
            tr("The record is there; the database can be made again from it, beside the old one.")
            if record
            else tr("Choose the folder that was made with the case.")
        )
        dialog = Frame(self._window.look, self._window, title, text, 600)
        dialog.quiet(tr("Close"))
        words = tr("Make the database again") if record else tr("Choose another folder")
        act = Button(self._window.look, words, "", "primary", dialog.accept)
        act.setDefault(True)
        dialog.footer.addWidget(act)
        if not dialog.exec():
            return
        if record:
            self._run(["case", "rebuild", str(folder)], tr("The database is being made again from the record."), folder)
        else:
            self.open_case()

    def unlock_case(self, folder: Path) -> None:
        """Ask for the passphrase of a case that is encrypted at rest, then open it."""
        dialog = UnlockCaseDialog(self._window.look, self._window, folder, self._window.program)
        dialog.accepted.connect(partial(self._window.open_case, folder))
        dialog.open()

    def lock_case(self) -> None:
        """Say who will be able to open the case, close it, and encrypt its folder."""
        window, session = self._window, self._window.session
        if session is None or self._busy(session):
            return
        try:
            dialog = LockCaseDialog(window.look, window, session.case, window.program, window.close_case)
        except CaseError as error:  # the list of its people is damaged
            window.say(str(error))
            return
        dialog.accepted.connect(partial(window.open_case, session.case))
        dialog.open()

    def mend(self, key: str) -> None:
        """The one action of a trouble."""
        session = self._window.session
        if session is None:
            return
        if key == LEDGER:
            BothLinesDialog(self._window.look, session, self.check_record, self._window).open()
        else:
            session.again()

    def check_record(self) -> None:
        """Check the whole record, by the session's child or, where that stopped at it, by a program of its own."""
        session = self._window.session
        if session is not None and not session.running:
            self._run(["ledger", "verify", str(session.case)], tr("The record is being checked."), None)
        else:
            self._window.record.verify()

    def other_way(self, key: str, exhibit: str) -> None:
        """The second action of a trouble."""
        if key != LEDGER:
            self.relocate(exhibit)
            return
        parent = QFileDialog.getExistingDirectory(
            self._window, tr("Copy the record into a new folder in"), str(Path.home()),
            QFileDialog.Option.DontUseNativeDialog | QFileDialog.Option.ShowDirsOnly,
        )  # fmt: skip
        if parent:
            self.copy_record(Path(parent))

    def copy_record(self, parent: Path) -> None:
        """Copy the record and its public keys into a new folder in `parent`; private keys stay where they are."""
        session = self._window.session
        if session is None:
            return
        target = parent / f"{session.case.name}-record"
        try:
            names = copy_for_review(session.case, target)
        except (UsageError, OSError) as error:
            self._window.say(tr("The record was not copied: {error}", error=error))
            return
        self._window.say(
            tr(
                "{names} are in {target}, with their digests. No private key is among them.",
                names=", ".join(names),
                target=target,
            )
        )

    def demo(self) -> None:
        """Make the demonstration case through the command, then open it."""
        parent = QFileDialog.getExistingDirectory(
            self._window, tr("Make the demonstration case in"), str(Path.home()),
            QFileDialog.Option.DontUseNativeDialog | QFileDialog.Option.ShowDirsOnly,
        )  # fmt: skip
        if parent:
            folder = Path(parent) / "impound-demonstration"
            self._run(["demo", "--case", str(folder)], tr("The demonstration disk is being made and examined."), folder)

    def validate(self) -> None:
        """Run the known-answer tests."""
        self._run(["validate"], tr("The known-answer tests are running."), None)

    def _run(self, args: list[str], words: str, folder: Path | None) -> None:
        window = self._window
        dialog = Frame(
            window.look,
            window,
            words.split(" is ", maxsplit=1)[0].split(" are ", maxsplit=1)[0],
            words,
            720,
        )
        text = QPlainTextEdit()
        text.setReadOnly(True)
        text.setFont(window.look.font("digest"))
        text.setAccessibleName(tr("What the program says"))
        text.setProperty("edit", True)
        text.setMinimumHeight(window.look.px(260))
        dialog.column.addWidget(text)
        dialog.quiet(tr("Close"))
        opening = Button(window.look, tr("Open the case"), "", "primary", dialog.accept)
        opening.setVisible(folder is not None)
        opening.setEnabled(False)
        dialog.footer.addWidget(opening)
        process = QProcess(dialog)
        process.setProcessEnvironment(environment())
        process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        process.readyRead.connect(
            lambda: text.appendPlainText(bytes(process.readAll().data()).decode("utf-8", "replace").rstrip())
        )

        def ended(code: int) -> None:
            text.appendPlainText(tr("Ended with code {code}.", code=code))
            opening.setEnabled(code in (0, 3))

        process.finished.connect(ended)
        process.errorOccurred.connect(lambda _error: text.appendPlainText(tr("The program could not be started.")))
        process.start(window.program[0], [*window.program[1:], *args])
        accepted = dialog.exec()
        if process.state() != QProcess.ProcessState.NotRunning:
            process.terminate()
            process.waitForFinished(3000)
        if accepted and folder is not None:
            window.open_case(folder)

    def report(self) -> None:
        """Write a report and enter it in the record."""
        session = self._window.session
        if session is None:
            return
        path, form = QFileDialog.getSaveFileName(
            self._window, tr("Write a report"), str(Path.home() / "report.html"), ";;".join(REPORTS),
            options=QFileDialog.Option.DontUseNativeDialog,
        )  # fmt: skip
        if path:
            session.call("report", {"format": REPORTS.get(form, "html"), "path": path}, self._reported)

    def _reported(self, ok: bool, result: Any) -> None:
        if ok and isinstance(result, dict):
            self._window.say(
                tr(
                    "Written: {file}, ledger entry {ledger_entry}.",
                    file=result.get("file", ""),
                    ledger_entry=result.get("ledger_entry", ""),
                )
            )
        else:
            self._window.say(tr("The report was not written: {result}", result=result))

    # -- evidence

    def add_image(self) -> None:
        """Add an image, see its digests, perhaps examine it."""
        session = self._window.session
        if session is None or self._busy(session):
            return
        dialog = AddImageDialog(self._window.look, session, self._window)
        dialog.exec()
        self._window.reload()
        if dialog.examine and dialog.exhibit:
            self.examine(dialog.exhibit)

    def _busy(self, session: Session) -> bool:
        """Whether a job runs; if so it is shown."""
        if session.jobs.active:
            self._window.say(
                tr(
                    "{title} runs; one at a time.",
                    title=session.jobs.current.title if session.jobs.current else tr("A job"),
                )
            )
            self._window.show_place("jobs")
        return session.jobs.active

    def examine(self, exhibit: str = "") -> None:
        """Start the examination of an exhibit, the first one where none is named."""
        session = self._window.session
        if session is None:
            return
        if self._busy(session):
            return
        facts = self._window.tree.facts.exhibits
        waiting = [one.number for one in facts if one.state != "ended"] or [one.number for one in facts]
        number = exhibit or (waiting[0] if waiting else "")
        if not number:
            self._window.show_place("evidence")
            self._window.say(tr("There is no image yet. Add one first."))
            return
        session.jobs.begin("examine", number)
        session.call("examine", {"exhibit": number, "workers": 2}, self._examined)
        self._window.show_place("jobs")

    def _examined(self, ok: bool, result: Any) -> None:
        session = self._window.session
        if not ok and session is not None:
            session.jobs.take({"event": "job", "job": "examine", "state": "failed", "detail": str(result)})

    def unlock(self, node: Node) -> None:
        """Ask for the key of a locked volume; then offer to examine it."""
        session = self._window.session
        exhibit = next((one for one in self._window.tree.facts.exhibits if one.number == node.exhibit), None)
        if session is None or exhibit is None:
            return
        if self._busy(session):
            return
        paths = [str(each.get("path", "")) for each in exhibit.segments]
        dialog = VolumeKeyDialog(self._window.look, session, node.exhibit, node.volume, paths, self._window)
        if dialog.exec() and dialog.exhibit:
            self._window.reload()
            self.examine(dialog.exhibit)

    def relocate(self, exhibit: str) -> None:
        """Ask where the image of an exhibit is now; its files are compared with those that were registered."""
        session = self._window.session
        if session is None:
            return
        chosen, _ = QFileDialog.getOpenFileName(
            self._window, tr("Where is the image of {exhibit} now? Its first file", exhibit=exhibit), str(Path.home()),
            options=QFileDialog.Option.DontUseNativeDialog | QFileDialog.Option.DontUseCustomDirectoryIcons,
        )  # fmt: skip
        if chosen:
            self.relocate_to(exhibit, chosen)

    def relocate_to(self, exhibit: str, path: str) -> None:
        """Compare a file with the one that was registered, and read it from there."""
        session = self._window.session
        if session is None:
            return

        def reply(ok: bool, result: Any) -> None:
            if ok and isinstance(result, dict):
                self._window.say(
                    tr(
                        "{exhibit} is read from {path} now; it is the same. Ledger entry {ledger_entry}.",
                        exhibit=exhibit,
                        path=result.get("path", ""),
                        ledger_entry=result.get("ledger_entry", ""),
                    )
                )
                session.again()
                self._window.reload()
            else:
                self._window.say(tr("Nothing was changed. {result}", result=result))

        self._window.say(
            tr("The files of {exhibit} are being compared with those that were registered.", exhibit=exhibit)
        )
        session.call("relocate", {"exhibit": exhibit, "path": path}, reply)

    def cancel(self) -> None:
        """Stop the job; what was found is kept."""
        if self._window.session is not None:
            self._window.session.call("cancel", {})
            self._window.say(tr("Stopping after the pieces that are under way."))

    def accounting(self) -> None:
        """What was searched of an exhibit, and what could not be."""
        self._window.show_place("evidence")
        place = self._window.place("evidence")
        if isinstance(place, EvidencePlace):
            place.show_accounting()

    def show_set(self, number: int, name: str) -> None:
        """The entries that a hash set knows."""
        self._window.show_place("evidence")
        place = self._window.place("evidence")
        if isinstance(place, EvidencePlace):
            place.show_set(number, name)

    # -- edit

    def _findings(self) -> FindingsPlace | None:
        place = self._window.current_place()
        return place if isinstance(place, FindingsPlace) else None

    def copy_cell(self) -> None:
        """Copy the cell of the findings."""
        if (place := self._findings()) is not None:
            place.table.copy_cell()

    def copy_place(self) -> None:
        """Copy path and offset of the finding."""
        if (place := self._findings()) is not None:
            place.table.copy_place()

    def copy_csv(self) -> None:
        """Copy the rows as CSV."""
        if (place := self._findings()) is not None:
            place.copy_csv()

    def tag(self, digit: int) -> None:
        """Put a tag on the finding."""
        if (place := self._findings()) is not None:
            place.tag_current(digit)

    # -- view

    def open_menus(self) -> None:
        """Give the menu bar the keys."""
        bar = self._window.menuBar()
        first = next((action for action in bar.actions() if action.isVisible() and action.isEnabled()), None)
        if first is not None:
            bar.setFocus(Qt.FocusReason.MenuBarFocusReason)
            bar.setActiveAction(first)

    def _deck(self) -> ViewerDeck | None:
        place = self._window.current_place()
        return place.deck if isinstance(place, Bench) else None

    def fill(self) -> None:
        """Let the viewer fill the window, or put everything back."""
        place = self._window.current_place()
        if isinstance(place, Bench):
            place.fill()

    def step_tab(self, by: int) -> None:
        """Next or previous viewer tab."""
        if (deck := self._deck()) is not None:
            deck.step(by)

    def step_region(self, by: int) -> None:
        """Move the keyboard between strip, rail, list, viewer and status."""
        stops = [(region, _first_stop(region)) for region in self._window.regions()]
        stops = [(region, stop) for region, stop in stops if stop is not None]
        now = self._window.focusWidget()
        current = next(
            (at for at, (region, _) in enumerate(stops) if now is not None and region in (now, *_around(now))), -1
        )
        target = stops[(current + by) % len(stops)][1] if stops else None
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)

    def select_viewer(self, title: str) -> None:
        """Go to a viewer tab by its name."""
        if (deck := self._deck()) is not None:
            deck.select(title)

    def show_value(self, value: str) -> None:
        """Open the first finding with a value."""
        session = self._window.session
        if session is not None:
            session.reader.submit(lambda connection: reading.find_value(connection, value), self._found)

    def _found(self, number: int | None) -> None:
        if number is None:
            self._window.say(tr("This value is not a finding of this case."))
        else:
            self._window.show_finding(number)

    def fill_panels(self, menu: QMenu) -> None:
        """Show, float and move the panels of the place that is shown."""
        for action in menu.actions():
            inner = action.menu()
            if isinstance(inner, QMenu):
                inner.deleteLater()
        menu.clear()
        place = self._window.current_place()
        if isinstance(place, Bench):
            place.frame.fill_menu(menu)
        else:
            menu.addAction(tr("This place has no panels")).setEnabled(False)

    def reset_layout(self) -> None:
        """Give every part its first size."""
        place = self._window.current_place()
        if isinstance(place, Bench):
            if place.filled:
                place.fill()
            place.frame.reset()

    # -- find

    def filter(self) -> None:
        """Put the keyboard into the filter."""
        self._window.show_place("findings")
        if (place := self._findings()) is not None:
            place.bar.field.edit.setFocus()
            place.bar.field.edit.selectAll()

    def set_language(self, code: str) -> None:
        """Remember a language for the next start: titles are made when the window begins."""
        self._window.settings.put(LANGUAGE, code)
        name = languages.LANGUAGES[code]
        self._window.say(tr("{language} is used from the next start of Impound on.", language=name))

    def go_to_offset(self) -> None:
        """Ask for an offset of the bytes that are shown."""
        deck = self._deck()
        if deck is None or deck.subject is None:
            self._window.say(tr("Choose a finding or an entry first."))
            return
        dialog = Frame(
            self._window.look,
            self._window,
            tr("Go to offset"),
            tr("An offset in the bytes of {title}. 0x makes it hexadecimal.", title=deck.subject.title),
            420,
        )
        edit: QLineEdit = dialog.line(tr("Offset in these bytes"))
        dialog.quiet(tr("Cancel"))
        go = Button(self._window.look, tr("Go there"), "", "primary", dialog.accept)
        go.setDefault(True)
        dialog.footer.addWidget(go)
        edit.setFocus()
        if dialog.exec():
            try:
                offset = int(edit.text().strip().replace(",", ""), 0)
            except ValueError:
                self._window.say(tr('"{edit}" is not an offset.', edit=edit.text()[:40]))
                return
            deck.show_span(max(0, offset), 1)

    def show_in_graph(self) -> None:
        """What the chosen finding is linked with."""
        deck = self._deck()
        number = deck.subject.finding if deck is not None and deck.subject is not None else None
        self._window.show_place("graph")
        graph = self._window.place("graph")
        if number is not None and isinstance(graph, GraphPlace):
            graph.centre_on(f"F{number}")

    def show_alike(self) -> None:
        """The pictures that look like the chosen one."""
        deck = self._deck()
        subject = deck.subject if deck is not None else None
        self._window.show_place("gallery")
        gallery = self._window.place("gallery")
        if isinstance(gallery, GalleryPlace):
            gallery.show_alike(picture_of(subject) if subject is not None else None)

    # -- help

    def help(self, key: str = "") -> None:
        """Open the manual at a page; without one, at that of the place that is shown."""
        window = self._window
        if window.manual is None:
            window.manual = ManualWindow(window.look, window)
        window.manual.show_page(key or window.place_key or "first-minutes")
        window.manual.show()
        window.manual.activateWindow()

    def about(self) -> None:
        """Version and licences."""
        look = self._window.look
        dialog = Frame(look, self._window, "Impound", tr("Offline forensic workstation. Apache-2.0."), 560)
        words = tr(
            "Fonts: IBM Plex, SIL Open Font Licence 1.1. Qt for Python, LGPL 3. No network is used. Nothing leaves this computer."
        )
        dialog.column.addWidget(label(look, words, "body", wrap=True))
        dialog.quiet(tr("Close"))
        dialog.exec()

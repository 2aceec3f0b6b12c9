"""The frame: menus, trust strip, rail, places, status line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app import menus, reading, theme
from app.actions import Actions
from app.focus import FocusRing
from app.manual.window import ManualWindow
from app.models.tree import TreeModel
from app.places import catalogue
from app.places.base import PlaceWidget
from app.places.bench import Bench
from app.places.custody import CustodyPlace
from app.places.findings import FindingsPlace
from app.places.present import PresentPlace
from app.rail import PLACES, Rail
from app.record_actions import RecordActions
from app.session import PROGRAM, Session
from app.settings import RECENT, THEME, Settings
from app.status_line import StatusLine
from app.strip import Banner, TrustStrip, cells
from app.welcome import Welcome
from forensics.case.store import Case
from forensics.errors import CaseError
from resources.languages import tr
from viewers.look import Look

VERSION = "0.1.0"


class MainWindow(QMainWindow):
    """One window on one case, or the welcome page."""

    def __init__(self, look: Look, settings: Settings, program: Sequence[str] = PROGRAM) -> None:
        super().__init__()
        self.look = look
        self.settings = settings
        self.program = list(program)
        self.session: Session | None = None
        self._was_running = True
        self.tree: TreeModel = None  # type: ignore[assignment]  # set with the case
        self.manual: ManualWindow | None = None
        self.place_key = ""  # of the place that is shown
        self.actions_ = Actions(self)
        self.record = RecordActions(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            FocusRing(look, application, self)
        self.setWindowTitle("Impound")
        if QApplication.platformName() != "offscreen":  # which says that it cannot
            self.setMinimumSize(960, 600)
        self.menuBar().setFont(look.font("dense"))
        self._pages = QStackedWidget()
        self.setCentralWidget(self._pages)
        self._places: dict[str, PlaceWidget] = {}
        self._case_actions = menus.build(self)
        self._show_welcome()

    # -- case

    def _show_welcome(self) -> None:
        welcome = Welcome(self.look, self.settings, VERSION)
        welcome.chosen.connect(self._welcome_chosen)
        welcome.case_chosen.connect(lambda path: self.open_case(Path(path)))
        self._swap(welcome)
        menus.enable(self.menuBar(), self._case_actions, on=False)

    def _welcome_chosen(self, key: str) -> None:
        {
            "new": self.actions_.new_case,
            "open": self.actions_.open_case,
            "verify": self.record.verify_given,
            "demo": self.actions_.demo,
            "validate": self.actions_.validate,
        }[key]()

    def _swap(self, page: QWidget) -> None:
        while self._pages.count():
            old = self._pages.widget(0)
            if old is not None:
                self._pages.removeWidget(old)
                old.deleteLater()
        self._pages.addWidget(page)

    def open_case(self, folder: Path) -> bool:
        """Open a case folder; whether it was one."""
        try:
            Case.read(folder).close()
        except CaseError as error:
            self.actions_.refuse(folder, str(error))
            return False
        self.close_case(welcome=False)
        session = Session(folder, self.program)
        self.session = session
        self.tree = TreeModel(session.reader)
        self._swap(self._frame(session))
        menus.enable(self.menuBar(), self._case_actions, on=True)
        session.status_changed.connect(lambda _status: self._status())
        session.status_changed.connect(lambda status: self.line.set_scope(status.get("scope") or {}))
        session.state_changed.connect(self._status)
        session.announced.connect(self.say)
        session.case_changed.connect(self.reload)
        session.jobs.changed.connect(self._jobs)
        session.reader.trouble.connect(lambda words: self.say(tr("The case could not be read: {words}", words=words)))
        session.start()
        self._status()
        session.reader.submit(reading.case_words, self._named)
        recent = [
            str(folder.resolve()),
            *(line for line in self.settings.lines(RECENT) if line != str(folder.resolve())),
        ]
        self.settings.put(RECENT, "\n".join(recent[:8]))
        self.reload()
        self.show_place("findings")
        return True

    def close_case(self, *, welcome: bool = True) -> None:
        """Close the case; a running job is stopped and keeps what it found."""
        session, self.session = self.session, None
        present = self._places.get("present")
        if isinstance(present, PresentPlace) and present.screen_ is not None:
            present.screen_.close()
        self._places.clear()
        self.place_key = ""
        if session is not None:
            session.close()
            session.deleteLater()
        if welcome:
            self._show_welcome()
            self.setWindowTitle("Impound")

    def _frame(self, session: Session) -> QWidget:
        page = QWidget()
        page.setProperty("ground", "window")
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.strip = TrustStrip(self.look)
        self.strip.on_verify = self.record.verify
        self.strip.help_wanted.connect(self.actions_.help)
        column.addWidget(self.strip)
        self.banner = Banner(self.look)
        self.banner.action_wanted.connect(self.actions_.mend)
        self.banner.other_wanted.connect(self.actions_.other_way)
        column.addWidget(self.banner)
        row = QHBoxLayout()
        row.setSpacing(0)
        self.rail = Rail(self.look)
        self.rail.chosen.connect(self.show_place)
        row.addWidget(self.rail)
        self._stack = QStackedWidget()
        row.addWidget(self._stack, 1)
        column.addLayout(row, 1)
        self.line = StatusLine(self.look, session.jobs)
        self.line.cancel_wanted.connect(self.actions_.cancel)
        self.line.jobs_wanted.connect(lambda: self.show_place("jobs"))
        column.addWidget(self.line)
        return page

    # -- places

    def place(self, key: str) -> PlaceWidget:
        """A place, made when it is first wanted."""
        if key not in self._places:
            assert self.session is not None
            made = catalogue.make(key, self)
            self._places[key] = made
            self._stack.addWidget(made)
            made.selection_said.connect(lambda text, made=made: self._selected(made, text))
            made.filter_wanted.connect(self.show_filter)
            made.finding_wanted.connect(self.show_finding)
            made.place_wanted.connect(self.show_place)
            if isinstance(made, Bench):
                made.prove_wanted.connect(self.record.prove_finding)
                made.key_wanted.connect(self.actions_.unlock)
                made.value_wanted.connect(self.actions_.show_value)
            made.reload()
        return self._places[key]

    def show_place(self, key: str) -> None:
        """Go to a place."""
        if self.session is None:
            return
        place = self.place(key)
        self._stack.setCurrentWidget(place)
        self.place_key = key
        self.rail.set_current(key)
        self.line.set_selection("")
        place.focus_first()
        name = next(one.name for one in PLACES if one.key == key)
        self.setWindowTitle(tr("{name} - Impound", name=name))

    def current_place(self) -> PlaceWidget | None:
        """The place that is shown."""
        if self.session is None:
            return None
        widget = self._stack.currentWidget()
        return widget if isinstance(widget, PlaceWidget) else None

    def show_filter(self, text: str) -> None:
        """Open the findings with a filter."""
        self.show_place("findings")
        place = self.place("findings")
        if isinstance(place, FindingsPlace):
            place.set_filter(text)

    def show_finding(self, number: int, *, best_viewer: bool = False) -> None:
        """Open the findings at one of them."""
        self.show_place("findings")
        place = self.place("findings")
        if isinstance(place, FindingsPlace):
            place.select_finding(number, best_viewer=best_viewer)

    def regions(self) -> list[QWidget]:
        """The parts that F6 goes through."""
        place = self.current_place()
        inner: list[QWidget] = [place] if place is not None else []
        if isinstance(place, Bench):
            inner = (
                [place.tree.view, place.table, place.deck, place.inspector]
                if isinstance(place, FindingsPlace)
                else [place.tree.view, place.middle, place.deck, place.inspector]
            )
        return [self.strip, self.rail, *inner, self.line]

    # -- news

    @property
    def loading(self) -> bool:
        """Whether anything is still being read."""
        if self.session is None:
            return False
        place = self.current_place()
        return self.session.waiting > 0 or (place is not None and place.busy)

    def reload(self) -> None:
        """Read everything again."""
        if self.session is not None:
            self.tree.load()
            for place in self._places.values():
                place.reload()

    def say(self, text: str) -> None:
        """A short sentence in the status line."""
        if self.session is not None:
            self.line.say(text)

    def take_verdict(self, ok: bool, result: Any) -> None:
        """Show what a check of the record said."""
        place = self.place("custody")
        if isinstance(place, CustodyPlace):
            place.show_verdict(ok, result)
        self.say(
            tr("The record was checked.") if ok else tr("The record could not be checked: {result}", result=result)
        )

    def set_theme(self, name: str) -> None:
        """Take another theme."""
        self.settings.put(THEME, name)
        self.look.set_theme(name)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply(application, self.look)

    def _selected(self, place: PlaceWidget, text: str) -> None:
        if place is self.current_place():
            self.line.set_selection(text)

    def _named(self, words: dict[str, str]) -> None:
        self.strip.set_case(words.get("number", ""), words.get("title", ""))

    def _status(self) -> None:
        if self.session is not None:
            found = cells(self.session.status, self.session.trouble)
            self.strip.set_cells(found)
            self.banner.show_state(found, self.session.wrong)
            running = self.session.running
            if running and not self._was_running:
                place = self.current_place()
                if isinstance(place, Bench):
                    place.show_again()
            self._was_running = running

    def _jobs(self) -> None:
        if self.session is not None:
            active = self.session.jobs.active
            if not active and self.rail.items["jobs"].badge:
                self.say("")  # what was said of the job is over
            self.rail.items["jobs"].set_badge("1" if active else "")

    # -- Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts a filled viewer back."""
        place = self.current_place()
        if event.key() == Qt.Key.Key_Escape and isinstance(place, Bench) and place.filled:
            place.fill()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let the child finish."""
        self.settings.put_geometry(self.saveGeometry())
        if self.manual is not None:
            self.manual.close()
        self.close_case(welcome=False)
        event.accept()

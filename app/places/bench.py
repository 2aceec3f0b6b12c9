"""The bench: tree at the left, a list above, viewers and inspector below. Findings and Evidence share it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import reading
from app.docks.deck import ViewerDeck
from app.docks.frame import Area, DockFrame
from app.docks.inspector import Inspector
from app.docks.tree import TreePanel
from app.models.tree import TreeModel
from app.places.base import PlaceWidget
from app.session import Session
from app.settings import Setting, Settings
from app.sources import prepare
from resources.languages import tr
from viewers.base import ByteSource, Subject
from viewers.look import Look

DWELL_MS = 1000
PAUSE_MS = 60


class Bench(PlaceWidget):
    """Common layout of the two working places."""

    prove_wanted = Signal(int)
    value_wanted = Signal(str)
    key_wanted = Signal(object)  # Node of a locked volume

    def __init__(self, look: Look, session: Session, settings: Settings, tree: TreeModel, setting: Setting) -> None:
        super().__init__()
        self.look = look
        self.session = session
        self.settings = settings
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self.frame = DockFrame(look, settings, setting, self._arrange)
        outer.addWidget(self.frame)
        self.middle = QWidget()
        self.upper = QVBoxLayout(self.middle)
        self.upper.setContentsMargins(0, 0, 0, 0)
        self.upper.setSpacing(0)
        self.frame.setCentralWidget(self.middle)
        self.tree = TreePanel(look, tree)
        self.deck = ViewerDeck(look, settings)
        self.inspector = Inspector(look)
        add = self.frame.add_panel
        add("tree", tr("Evidence tree"), self.tree, self.tree.head, Area.LeftDockWidgetArea)
        add("viewers", tr("Viewers"), self.deck, self.deck.head, Area.BottomDockWidgetArea)
        add("inspector", tr("About the selection"), self.inspector, self.inspector.head, Area.BottomDockWidgetArea)
        self.tree.locked_opened.connect(self.key_wanted)
        self.deck.fill_wanted.connect(self.fill)
        self.deck.prove_wanted.connect(self._prove)
        self.deck.value_wanted.connect(self.value_wanted)
        self.deck.number_wanted.connect(self.finding_wanted)
        self.inspector.finding_wanted.connect(self.finding_wanted)
        self.inspector.field_picked.connect(self.deck.show_field)
        self.filled = False
        self._had_tree = True
        self._viewing = True
        self._put_away: dict[str, bool] = {}
        self._wanted: tuple[str, int] | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._read)
        self._dwell = QTimer(self)
        self._dwell.setSingleShot(True)
        self._dwell.timeout.connect(self._viewed)
        self._inspect(None)

    def add_list(self, widget: QWidget) -> None:
        """Put the list in the middle."""
        self.upper.addWidget(widget, 1)

    def _arrange(self) -> None:
        """The first places and sizes of the panels."""
        px, frame = self.look.px, self.frame
        tree, deck, side = (frame.panels[key] for key in ("tree", "viewers", "inspector"))
        for dock, area in ((tree, Area.LeftDockWidgetArea), (deck, Area.BottomDockWidgetArea)):
            if dock.isFloating():
                dock.setFloating(False)
            if frame.dockWidgetArea(dock) != area:
                frame.addDockWidget(area, dock)
        wide = self.width() >= px(1500)
        left = px(300 if wide else 252)
        # a large font on a small screen: the inspector stands under the view
        stacked = self.width() - left < px(860)
        split = Qt.Orientation.Vertical if stacked else Qt.Orientation.Horizontal
        side.setFloating(False)
        frame.splitDockWidget(deck, side, split)
        if not self.filled:
            for dock in (tree, deck, side) if self._viewing else (tree,):
                dock.show()
        self._put_away = dict.fromkeys(("viewers", "inspector"), False)
        height = max(1, self.height() - px(44))
        upper = int(height * (0.43 if height > px(700) else 0.33))
        lower = height - upper
        frame.resizeDocks([tree], [left], Qt.Orientation.Horizontal)
        if stacked:
            frame.resizeDocks([deck, side], [lower - px(150), px(150)], Qt.Orientation.Vertical)
        else:
            own = px(400 if wide else 320)
            frame.resizeDocks([deck], [lower], Qt.Orientation.Vertical)
            room = self.width() - (0 if self.filled else left) - own
            frame.resizeDocks([deck, side], [max(1, room), own], Qt.Orientation.Horizontal)

    def show_viewers(self, *, on: bool) -> None:
        """Viewers and inspector stand under a list, and are put away under a page; the user's choice is kept."""
        if on == self._viewing:
            return
        self._viewing = on
        for key in ("viewers", "inspector"):
            dock = self.frame.panels[key]
            if not on:
                self._put_away[key] = dock.isHidden()
            self.frame.quietly(lambda dock=dock, key=key: dock.setVisible(on and not self._put_away[key]))  # type: ignore[misc]

    def fill(self) -> None:
        """Let the viewer fill the window, or put everything back."""
        self.filled = not self.filled
        tree = self.frame.panels["tree"]
        if self.filled:
            self._had_tree = not tree.isHidden()
        self.frame.quietly(lambda: tree.setVisible(not self.filled and self._had_tree))
        self.middle.setVisible(not self.filled)

    def show_again(self, outside_reason: str = "") -> None:
        """Read what is shown once more: its reader is there again, or there is a reason to open it."""
        self.session.outside_reason = outside_reason
        if self._wanted is not None:
            self._read()

    def show_number(self, what: str, number: int) -> None:
        """Show a finding or an entry, after a short pause for fast movement."""
        self._wanted = (what, number) if number >= 0 else None
        self.session.outside_reason = ""
        self._dwell.stop()
        if number < 0:
            self._pause.stop()
            self.deck.clear()
            self._inspect(None)
        else:
            self._pause.start(PAUSE_MS)

    @property
    def busy(self) -> bool:
        """Whether a selection waits to be read."""
        return self._pause.isActive()

    def _read(self) -> None:
        wanted = self._wanted
        if wanted is None:
            return
        what, number = wanted
        work = reading.subject_of_finding if what == "finding" else reading.subject_of_entry

        def take(subject: Subject | None) -> None:
            if subject is not None and self._wanted == wanted:
                self.show_subject(subject)

        self.session.reader.submit(lambda connection: work(connection, number), take)

    def show_subject(self, subject: Subject) -> None:
        """Show what was read."""
        wanted = self._wanted

        def take(source: ByteSource) -> None:
            if self._wanted == wanted:
                self.deck.show_subject(subject, source)

        prepare(self.session, subject, take)
        self._inspect(subject)
        if subject.finding is not None:
            self._dwell.start(DWELL_MS)

    def _inspect(self, subject: Subject | None) -> None:
        if subject is not None:
            self.inspector.show_subject(subject)
        else:
            self.inspector.clear()

    def _viewed(self) -> None:
        subject = self.deck.subject
        if subject is not None and subject.finding is not None and self.isVisible():
            self.session.call("view", {"finding": subject.finding})

    def _prove(self) -> None:
        subject = self.deck.subject
        if subject is not None and subject.finding is not None:
            self.prove_wanted.emit(subject.finding)

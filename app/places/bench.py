"""The bench: tree at the left, a list above, viewers and inspector below. Findings and Evidence share it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from app import reading
from app.docks.deck import ViewerDeck
from app.docks.inspector import Inspector
from app.docks.tree import TreePanel
from app.models.tree import TreeModel
from app.places.base import PlaceWidget
from app.session import Session
from app.settings import Settings
from app.sources import source_of
from viewers.base import Subject
from viewers.look import Look
from viewers.parts import Hairline

DWELL_MS = 1000
PAUSE_MS = 60


class Bench(PlaceWidget):
    """Common layout of the two working places."""

    prove_wanted = Signal(int)
    value_wanted = Signal(str)

    def __init__(self, look: Look, session: Session, settings: Settings, tree: TreeModel) -> None:
        super().__init__()
        self.look = look
        self.session = session
        self.settings = settings
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.across = QSplitter(Qt.Orientation.Horizontal)
        self.across.setHandleWidth(1)
        self.across.setChildrenCollapsible(False)
        self.tree = TreePanel(look, tree)
        self.across.addWidget(self.tree)
        right = QWidget()
        self.upper = QVBoxLayout(right)
        self.upper.setContentsMargins(0, 0, 0, 0)
        self.upper.setSpacing(0)
        self.down = QSplitter(Qt.Orientation.Vertical)
        self.down.setHandleWidth(1)
        self.down.setChildrenCollapsible(False)
        self.upper.addWidget(self.down, 1)
        self.across.addWidget(right)
        row.addWidget(self.across)
        self.deck = ViewerDeck(look, settings)
        self.inspector = Inspector(look)
        self._line = Hairline(look, down=True)
        self.deck.body.addWidget(self._line)
        self.deck.body.addWidget(self.inspector)
        self.deck.fill_wanted.connect(self.fill)
        self.deck.prove_wanted.connect(self._prove)
        self.deck.value_wanted.connect(self.value_wanted)
        self.inspector.field_picked.connect(self.deck.show_field)
        self.filled = False
        self._wanted: tuple[str, int] | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._read)
        self._dwell = QTimer(self)
        self._dwell.setSingleShot(True)
        self._dwell.timeout.connect(self._viewed)
        self._inspect(None)

    def add_list(self, widget: QWidget) -> None:
        """Put the list above the viewers."""
        self.down.addWidget(widget)
        self.down.addWidget(self.deck)
        self.arrange()

    def arrange(self) -> None:
        """Give every part its first size."""
        wide = self.width() >= self.look.px(1500)
        tree = self.look.px(300 if wide else 252)
        self.across.setSizes([tree, max(1, self.width() - tree)])
        height = max(1, self.height() - self.look.px(44))
        upper = int(height * (0.43 if height > self.look.px(700) else 0.33))
        self.down.setSizes([upper, height - upper])
        room = self.width() - (0 if self.filled else tree)
        below = room < self.look.px(860)  # a large font on a small screen: the inspector stands under the view
        if below:
            self.deck.body.setDirection(QBoxLayout.Direction.TopToBottom)
            self.inspector.setMinimumWidth(0)
            self.inspector.setMaximumWidth(16_777_215)
            self.inspector.setFixedHeight(self.look.px(150))
        else:
            self.deck.body.setDirection(QBoxLayout.Direction.LeftToRight)
            self.inspector.setMinimumHeight(0)
            self.inspector.setMaximumHeight(16_777_215)
            self.inspector.setFixedWidth(self.look.px(400 if wide else 320))
        self._line.setVisible(not below and self.inspector.isVisibleTo(self))

    def resizeEvent(self, event: object) -> None:
        """Fit the panels to a new width."""
        self.arrange()

    def fill(self) -> None:
        """Let the viewer fill the window, or put everything back."""
        self.filled = not self.filled
        self.tree.setVisible(not self.filled)
        for at in range(self.down.count()):
            widget = self.down.widget(at)
            if widget is not None and widget is not self.deck:
                widget.setVisible(not self.filled)

    def show_number(self, what: str, number: int) -> None:
        """Show a finding or an entry, after a short pause for fast movement."""
        self._wanted = (what, number) if number >= 0 else None
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
        self.deck.show_subject(subject, source_of(self.session, subject))
        self._inspect(subject)
        if subject.finding is not None:
            self._dwell.start(DWELL_MS)

    def _inspect(self, subject: Subject | None) -> None:
        self.inspector.setVisible(subject is not None)
        self._line.setVisible(subject is not None)
        if subject is not None:
            self.inspector.show_subject(subject)

    def _viewed(self) -> None:
        subject = self.deck.subject
        if subject is not None and subject.finding is not None and self.isVisible():
            self.session.call("view", {"finding": subject.finding})

    def _prove(self) -> None:
        subject = self.deck.subject
        if subject is not None and subject.finding is not None:
            self.prove_wanted.emit(subject.finding)

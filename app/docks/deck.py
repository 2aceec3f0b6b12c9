"""The viewer tabs: viewers bid for the selection, and the tab is kept when the row changes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from app.docks.frame import Heading
from app.settings import VIEWER, Settings
from resources.languages import tr
from viewers import draw, kinds
from viewers.archive import ArchiveViewer
from viewers.base import ByteSource, Subject, Viewer, best
from viewers.chat import ChatViewer
from viewers.database import DatabaseViewer
from viewers.fields import FieldsViewer
from viewers.hexdump import HexViewer
from viewers.image import ImageViewer
from viewers.look import Look
from viewers.mail import MailViewer
from viewers.market import MarketViewer
from viewers.openpgp import OpenPgpViewer
from viewers.page import PageViewer
from viewers.parts import Button, EmptyState, Hairline, label
from viewers.text import TextViewer
from viewers.tips import tip
from viewers.wallet import WalletViewer

VIEWERS: tuple[type[Viewer], ...] = (
    HexViewer,
    TextViewer,
    FieldsViewer,
    WalletViewer,
    OpenPgpViewer,
    MailViewer,
    ChatViewer,
    MarketViewer,
    PageViewer,
    DatabaseViewer,
    ArchiveViewer,
    ImageViewer,
)

ENCODED, DECODED = tr("Show encoded bytes"), tr("Show decoded bytes")


class ViewerDeck(QWidget):
    """Tabs over a stack of viewers."""

    prove_wanted = Signal()
    fill_wanted = Signal()
    field_shown = Signal(str)
    value_wanted = Signal(str)
    number_wanted = Signal(int)

    def __init__(self, look: Look, settings: Settings) -> None:
        super().__init__()
        self.look = look
        self._settings = settings
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        bar = QHBoxLayout()
        bar.setContentsMargins(look.px(4), 0, look.px(12), 0)
        bar.setSpacing(look.px(12))
        self.tabs = QTabBar()
        self.tabs.setFont(look.font("body", 500))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setAccessibleName(tr("Viewers"))
        self.tabs.setToolTip(tr("Double-click a tab to fill the window. Esc goes back."))
        self.tabs.currentChanged.connect(self._tab)
        self.tabs.tabBarClicked.connect(self._clicked)
        self.tabs.tabBarDoubleClicked.connect(lambda _index: self.fill_wanted.emit())
        bar.addWidget(self.tabs)
        bar.addStretch(1)
        self._path = label(look, "", "digest", "text2")
        bar.addWidget(self._path)
        self.prove = Button(look, tr("Prove this"), "custody", "quiet", self.prove_wanted.emit)
        bar.addWidget(self.prove)
        head = Heading(look, "tab_bar", "raised")
        head.setLayout(bar)
        self.head = head  # stands over the panel, as its heading
        outer.addWidget(Hairline(look))
        self.within = QWidget()
        line = QHBoxLayout(self.within)
        line.setContentsMargins(look.px(16), 0, look.px(12), 0)
        line.setSpacing(look.px(12))
        self._inside = label(look, "", "dense", "text2", wrap=True)
        line.addWidget(self._inside, 1)
        self.turn = Button(look, ENCODED, "bytes", "quiet", self.turn_source)
        line.addWidget(self.turn)
        self.within.setMinimumHeight(look.px(34))
        outer.addWidget(self.within)
        words = tr("These bytes are encrypted; what was opened with a key stands in Fields.")
        self.cipher = label(look, words, "dense", "text2", wrap=True)
        self.cipher.setContentsMargins(look.px(16), look.px(8), look.px(12), look.px(8))
        outer.addWidget(self.cipher)
        self._stack = QStackedWidget()
        outer.addWidget(self._stack, 1)
        self._viewers: dict[str, Viewer] = {}
        self._shown: set[str] = set()
        self._subject: Subject | None = None
        self._source = ByteSource()
        self._decoded: ByteSource | None = None
        self._updating = False
        self.fresh = True
        self._empty = EmptyState(
            look, "bytes", tr("Nothing is selected"), tr("Choose a row above. Its bytes, text and fields appear here.")
        )
        self._stack.addWidget(self._empty)
        self.clear()

    @property
    def subject(self) -> Subject | None:
        """What is shown."""
        return self._subject

    def clear(self) -> None:
        """Show nothing."""
        self._subject = None
        self._stack.setCurrentWidget(self._empty)
        self.tabs.setVisible(False)
        self.within.setVisible(False)
        self.cipher.setVisible(False)
        self.prove.setVisible(False)
        self._path.setText("")

    def show_subject(self, subject: Subject, source: ByteSource) -> None:
        """Let the viewers bid, keep the tab where its viewer can still show the subject."""
        self._subject, self._source = subject, source
        self._decoded = source if source.other is not None else None
        self._shown.clear()
        self.tabs.setVisible(True)
        self._say_inside()
        able = [viewer for viewer in VIEWERS if viewer.priority(subject) >= 0]
        bids = best(able, subject)
        kept = self._settings.get(VIEWER)
        wanted = kept if any(viewer.title == kept for viewer in able) and not self.fresh else bids[0].title
        self._updating = True
        while self.tabs.count():
            self.tabs.removeTab(0)
        for viewer in able:
            self.tabs.setTabData(self.tabs.addTab(tr(viewer.title)), viewer.title)
        self._updating = False
        index = next(at for at, viewer in enumerate(able) if viewer.title == wanted)
        self.tabs.setCurrentIndex(index)
        self._tab(index)
        self.prove.setVisible(subject.finding is not None)
        self._fit_path()

    def _say_inside(self) -> None:
        """One line above the viewers of what lies in a decoded stream."""
        subject = self._subject
        self.within.setVisible(subject is not None and bool(subject.inside))
        if subject is None or not subject.inside:
            return
        words = subject.inside[:1].upper() + subject.inside[1:]
        if self._source.trouble:
            words = f"{words}. {self._source.trouble}"
        elif self._source is not self._decoded:
            words = tr("{words}: as it is encoded on the image", words=words)
        self._inside.setText(words)
        self.turn.setVisible(self._decoded is not None)
        self.turn.setText(ENCODED if self._source is self._decoded else DECODED)

    def turn_source(self) -> None:
        """Change between the decoded stream and its encoded bytes on the image."""
        decoded = self._decoded
        if self._subject is None or decoded is None or decoded.other is None:
            return
        self._source = decoded.other if self._source is decoded else decoded
        self._shown.clear()
        self._say_inside()
        self._tab(self.tabs.currentIndex())

    def keep_tab(self) -> None:
        """From now on the tab of the settings is kept."""
        self.fresh = False

    def show_field(self, name: str) -> None:
        """Show the bytes of a field."""
        current = self._stack.currentWidget()
        if not isinstance(current, HexViewer):
            row = next((row for row in self._subject.fields if row.name == name), None) if self._subject else None
            if row is None or row.span is None:
                return
            self.select("Hex")
            current = self._stack.currentWidget()
        if isinstance(current, HexViewer):
            current.highlight(name)

    def show_span(self, offset: int, length: int) -> None:
        """Show a range of the source in bytes."""
        self.select("Hex")
        current = self._stack.currentWidget()
        if isinstance(current, HexViewer):
            current.go(offset, length)

    def select(self, title: str) -> None:
        """Go to a tab by its name."""
        for index in range(self.tabs.count()):
            if self.tabs.tabData(index) == title:
                self.tabs.setCurrentIndex(index)

    def step(self, by: int) -> None:
        """Go to the next or previous tab."""
        if self.tabs.count():
            self.tabs.setCurrentIndex((self.tabs.currentIndex() + by) % self.tabs.count())

    def _clicked(self, index: int) -> None:
        if index >= 0:
            self._settings.put(VIEWER, self.tabs.tabData(index))

    def _tab(self, index: int) -> None:
        if self._updating or index < 0 or self._subject is None:
            return
        title = self.tabs.tabData(index)
        viewer = self._viewers.get(title)
        if viewer is None:
            made = next(one for one in VIEWERS if one.title == title)
            viewer = self._viewers[title] = made(self.look)
            viewer.span_wanted.connect(self.show_span)
            viewer.field_wanted.connect(self.show_field)
            viewer.finding_wanted.connect(self.value_wanted)
            viewer.number_wanted.connect(self.number_wanted)
            self._stack.addWidget(viewer)
        self._stack.setCurrentWidget(viewer)
        self.cipher.setVisible(self._subject.opened and isinstance(viewer, HexViewer | TextViewer))
        if title not in self._shown:
            self._shown.add(title)
            viewer.show_finding(self._subject, self._source)

    def _fit_path(self) -> None:
        if self._subject is None:
            return
        text = self._subject.path or f"{self._subject.exhibit}, {kinds.allocation_name(self._subject.allocation)}"
        room = self.width() - self.tabs.sizeHint().width() - self.look.px(190)
        self._path.setText(
            draw.elided(text, max(0, min(room, self.look.px(560))), self.look.font("digest"), middle=True)
        )
        self._path.setToolTip(tip(text))

    def resizeEvent(self, event: object) -> None:
        """Cut the path to the room that is left."""
        self._fit_path()

"""The first page: what can be done without a case, and the cases opened last."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.settings import RECENT, Settings
from resources.languages import tr
from viewers import draw
from viewers.look import Look
from viewers.parts import Button, Hairline, IconView, PressButton, label
from viewers.tips import tip

TILES = (
    ("new", "plus", tr("New case"), tr("Name it, set the authority, add the first exhibit.")),
    ("open", "open", tr("Open a case"), tr("Continue where you stopped.")),
    (
        "verify",
        "custody",
        tr("Verify what you were given"),
        tr("A case, a bundle, an auditor's file. No case is opened, nothing is written."),
    ),
    ("demo", "demo", tr("Demonstration case"), tr("A made-up shop with known answers. A few minutes.")),
    ("validate", "flask", tr("Validate this installation"), tr("Run the known-answer tests and read the result.")),
)


class TileButton(PressButton):
    """A large button with an icon, a name and a sentence."""

    def __init__(self, look: Look, icon: str, name: str, text: str) -> None:
        super().__init__()
        self._look = look
        self._icon_name = icon
        self._name = name
        self._text = text
        self.setAccessibleName(name)
        self.setProperty("own_focus", True)
        self.setAccessibleDescription(text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(look.px(110))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """A card."""
        return QSize(self._look.px(420), self._look.px(110))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card."""
        look = self._look
        painter = QPainter(self)
        box = QRectF(self.rect())
        focus = self.hasFocus()
        draw.rounded(
            painter,
            box,
            look.px(8),
            look.colour("hover" if self.underMouse() else "surface"),
            look.colour("focus" if focus else "line"),
            2 if focus else 1,
        )
        side = look.px(48)
        x = look.px(20)
        y = (self.height() - side) / 2
        draw.rounded(painter, QRectF(x, y, side, side), look.px(6), look.colour("accentsoft"))
        size = look.px(22)
        look.paint_icon(
            painter, self._icon_name, x + (side - size) / 2, y + (side - size) / 2, size, look.colour("accent")
        )
        left = x + side + look.px(16)
        room = self.width() - left - look.px(16)
        flags = int(Qt.TextFlag.TextWordWrap)
        text_box = look.metrics("body").boundingRect(0, 0, int(room), 500, flags, self._text)
        height = look.px(22) + text_box.height()
        top = (self.height() - height) / 2
        painter.setFont(look.font("item_title"))
        painter.setPen(look.colour("text"))
        painter.drawText(QRectF(left, top, room, look.px(20)), int(Qt.AlignmentFlag.AlignVCenter), self._name)
        painter.setFont(look.font("body"))
        painter.setPen(look.colour("text2"))
        painter.drawText(QRectF(left, top + look.px(22), room, text_box.height() + 4), flags, self._text)


class MarkView(QWidget):
    """The mark of the program, large."""

    def __init__(self, look: Look, side: int) -> None:
        super().__init__()
        self._look = look
        self.setFixedSize(look.px(side), look.px(side))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        draw.mark(QPainter(self), self._look, 0, 0, self.width())


class Welcome(QWidget):
    """Tiles at the left, recent cases at the right."""

    chosen = Signal(str)
    case_chosen = Signal(str)

    def __init__(self, look: Look, settings: Settings, version: str) -> None:
        super().__init__()
        self.look = look
        self._settings = settings
        self.setProperty("ground", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        middle = QHBoxLayout()
        middle.setContentsMargins(look.px(48), look.px(24), look.px(48), look.px(24))
        middle.setSpacing(look.px(80))
        middle.addStretch(1)
        left = QVBoxLayout()
        head = QHBoxLayout()
        head.setSpacing(look.px(20))
        head.addWidget(MarkView(look, 64))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(look, "Impound", "product"))
        words.addWidget(
            label(
                look,
                tr("Examine seized online marketplaces. Every finding leads back to its bytes."),
                "item_title",
                "text2",
                weight=400,
            )
        )
        head.addLayout(words, 1)
        left.addLayout(head)
        left.addSpacing(look.px(30))
        grid = QGridLayout()
        grid.setSpacing(look.px(16))
        for at, (key, icon, name, text) in enumerate(TILES):
            tile = TileButton(look, icon, name, text)
            tile.setProperty("key", key)
            tile.clicked.connect(self._tile)
            tile.setMinimumWidth(look.px(300))
            grid.addWidget(tile, at // 2, at % 2)
        left.addLayout(grid)
        for column, share in ((left, 5), (self._recent(), 2)):
            holder = QWidget()
            holder.setLayout(column)
            column.setContentsMargins(0, 0, 0, 0)
            holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
            middle.addWidget(holder, share, Qt.AlignmentFlag.AlignVCenter)
        middle.addStretch(1)
        outer.addLayout(middle, 1)
        outer.addWidget(Hairline(look))
        foot = QWidget()
        foot.setProperty("ground", "bar")
        foot.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        foot.setFixedHeight(look.px(46))
        row = QHBoxLayout(foot)
        row.setContentsMargins(look.px(32), 0, look.px(32), 0)
        row.addWidget(IconView(look, "okc", 16, "ok"))
        row.addWidget(label(look, tr("No network is used. Nothing leaves this computer."), "body", weight=600))
        row.addStretch(1)
        row.addWidget(label(look, tr("Impound {version}", version=version), "dense", "text2"))
        outer.addWidget(foot)

    def _recent(self) -> QVBoxLayout:
        look = self.look
        right = QVBoxLayout()
        right.addWidget(label(look, tr("Recent cases"), "body", weight=600))
        right.addSpacing(look.px(6))
        cases = [path for path in self._settings.lines(RECENT) if (Path(path) / "case.db").exists()][:5]
        for path in cases:
            button = Button(look, Path(path).name, "evidence", "quiet")
            button.setProperty("case", path)
            button.setAccessibleName(tr("Open {path}", path=path))
            button.clicked.connect(self._case)
            right.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            text = label(look, draw.elided(path, look.px(320), look.font("dense"), middle=True), "dense", "text2")
            text.setToolTip(tip(path))
            text.setContentsMargins(look.px(10), 0, 0, 0)
            right.addWidget(text)
            right.addWidget(Hairline(look))
        if not cases:
            right.addWidget(
                label(
                    look,
                    tr("None on this computer yet. Cases that you open are listed here."),
                    "body",
                    "text2",
                    wrap=True,
                )
            )
        return right

    def _tile(self) -> None:
        tile = self.sender()
        if isinstance(tile, TileButton):
            self.chosen.emit(str(tile.property("key")))

    def _case(self) -> None:
        button = self.sender()
        if isinstance(button, Button):
            self.case_chosen.emit(str(button.property("case")))

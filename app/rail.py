"""The rail: ten places."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QLayout, QVBoxLayout, QWidget

from resources.languages import tr
from viewers import draw
from viewers.look import Look
from viewers.parts import PressButton


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the rail."""

    key: str
    name: str


PLACES = (
    Place("overview", tr("Overview")),
    Place("evidence", tr("Evidence")),
    Place("findings", tr("Findings")),
    Place("search", tr("Search")),
    Place("timeline", tr("Timeline")),
    Place("graph", tr("Graph")),
    Place("gallery", tr("Gallery")),
    Place("custody", tr("Custody")),
    Place("present", tr("Present")),
    Place("jobs", tr("Jobs")),
)


class RailItem(PressButton):
    """An icon over a word, with a bar when it is the current place."""

    def __init__(self, look: Look, place: Place) -> None:
        super().__init__()
        self._look = look
        self._place = place
        self.badge = ""
        self.setCheckable(True)
        self.setAccessibleName(place.name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_badge(self, text: str) -> None:
        """A small count at the icon."""
        self.badge = text
        self.setAccessibleDescription(tr("{number} running", number=text) if text else "")
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show the hover fill."""
        self.update()

    def leaveEvent(self, event: object) -> None:
        """Take the hover fill away."""
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the item."""
        look = self._look
        painter = QPainter(self)
        width, height = self.width(), self.height()
        current = self.isChecked()
        box = QRectF(look.px(6), look.px(2), width - look.px(12), height - look.px(4))
        if current:
            draw.rounded(painter, box, look.px(6), look.colour("accentsoft"))
            painter.fillRect(0, look.px(10), look.px(3), height - look.px(20), look.colour("accent"))
        elif self.underMouse():
            draw.rounded(painter, box, look.px(6), look.colour("hover"))
        ink = look.colour("accent" if current else "text2")
        size = look.px(20)
        short = look.scale >= 1.5 or height < look.px(44)
        line = look.metrics("note").height()
        top = (height - size - (0 if short else line + look.px(3))) / 2
        look.paint_icon(painter, self._place.key, (width - size) / 2, top, size, ink)
        if not short:
            painter.setFont(look.font("note", 600 if current else 500))
            painter.setPen(ink)
            painter.drawText(
                QRectF(0, top + size + look.px(3), width, line), int(Qt.AlignmentFlag.AlignHCenter), self._place.name
            )
        if self.badge:
            bw = max(look.px(16), look.metrics("note", 600).horizontalAdvance(self.badge) + look.px(9))
            badge = QRectF(width / 2 + look.px(6), top - look.px(4), bw, look.px(14))
            draw.rounded(painter, badge, look.px(7), look.colour("accent"))
            painter.setFont(look.font("note", 600))
            painter.setPen(look.colour("onaccent"))
            painter.drawText(badge, int(Qt.AlignmentFlag.AlignCenter), self.badge)


class Rail(QWidget):
    """The ten places, one current."""

    chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setFixedWidth(look.size("rail_w"))
        self.setAccessibleName(tr("Places"))
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, look.px(6), 0, 0)
        self._layout.setSpacing(0)
        self._layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setMinimumHeight(look.px(240))
        self._group = QButtonGroup(self)
        self.items: dict[str, RailItem] = {}
        for place in PLACES:
            item = RailItem(look, place)
            item.setProperty("place", place.key)
            item.clicked.connect(self._clicked)
            self._group.addButton(item)
            self._layout.addWidget(item)
            self.items[place.key] = item
        self._layout.addStretch(1)
        self._fit()
        look.changed.connect(self.update)

    def set_current(self, key: str) -> None:
        """Mark the place that is shown."""
        self.items[key].setChecked(True)

    def _clicked(self) -> None:
        item = self.sender()
        if isinstance(item, RailItem):
            self.chosen.emit(str(item.property("place")))

    def _fit(self) -> None:
        tall = self.height() >= self._look.px(620)
        wanted = self._look.size("rail_item" if tall else "rail_item_short")
        room = max(self._look.px(24), (self.height() - self._look.px(8)) // len(self.items))
        for item in self.items.values():
            item.setFixedHeight(min(wanted, room))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lower items on a low window."""
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down move along the rail."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        keys = list(self.items)
        focused = next((key for key, item in self.items.items() if item.hasFocus()), keys[0])
        self.items[keys[(keys.index(focused) + step) % len(keys)]].setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("window"))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), self._look.colour("line"))

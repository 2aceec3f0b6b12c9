"""Check boxes and radio buttons in the colours of the look: the borders of the style's own are too faint in the dark."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QRadioButton

from viewers import draw
from viewers.look import Look

SIDE = 16


def _words(button: QAbstractButton, look: Look, painter: QPainter) -> QRectF:
    """Paint the words; where the sign goes."""
    side = look.px(SIDE)
    box = QRectF(1, (button.height() - side) / 2, side, side)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(button.font())
    painter.setPen(look.colour("text" if button.isEnabled() else "text3"))
    left = box.right() + look.px(8)
    room = int(button.width() - left)
    text = draw.elided(button.text(), room, button.font())
    painter.drawText(QRectF(left, 0, room, button.height()), int(Qt.AlignmentFlag.AlignVCenter), text)
    return box


def _room(button: QAbstractButton, look: Look) -> QSize:
    """What sign and words need."""
    words = button.fontMetrics().horizontalAdvance(button.text())
    return QSize(look.px(SIDE) + look.px(8) + words + look.px(6), look.px(24))


class Tick(QCheckBox):
    """A check box."""

    def __init__(self, look: Look, text: str) -> None:
        super().__init__(text)
        self._look = look
        self.setFont(look.font("body"))
        self.setAccessibleName(text)
        self.setFixedHeight(look.px(24))

    def sizeHint(self) -> QSize:
        """Sign and words."""
        return _room(self, self._look)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint box, tick and words."""
        look, painter = self._look, QPainter(self)
        box = _words(self, look, painter)
        if not self.isChecked():
            draw.rounded(painter, box, 3, look.colour("surface"), look.colour("line2"))
            return
        draw.rounded(painter, box, 3, look.colour("accent"))
        painter.setPen(QPen(look.colour("onaccent"), 2))
        side, at = box.width(), box.topLeft()
        corners = ((0.24, 0.52), (0.43, 0.71), (0.77, 0.31))
        painter.drawPolyline(QPolygonF([at + QPointF(side * x, side * y) for x, y in corners]))


class Choice(QRadioButton):
    """A radio button."""

    def __init__(self, look: Look, text: str) -> None:
        super().__init__(text)
        self._look = look
        self.setFont(look.font("body"))
        self.setAccessibleName(text)
        self.setFixedHeight(look.px(24))

    def sizeHint(self) -> QSize:
        """Sign and words."""
        return _room(self, self._look)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ring, dot and words."""
        look, painter = self._look, QPainter(self)
        box = _words(self, look, painter)
        chosen = self.isChecked()
        ring = look.colour("accent" if chosen else "line2" if self.isEnabled() else "line")
        draw.rounded(painter, box, box.width() / 2, look.colour("surface"), ring, 1.6 if chosen else 1.0)
        if chosen:
            inset = box.width() * 0.28
            inner = box.adjusted(inset, inset, -inset, -inset)
            draw.rounded(painter, inner, inner.width() / 2, look.colour("accent"))

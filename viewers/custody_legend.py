"""What the signs of the custody lanes mean."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from resources.languages import tr
from viewers import draw
from viewers.custody_lanes import DASHES
from viewers.look import Look
from viewers.parts import Flow, blend

SIGNS = (
    ("held", "held"),
    ("claimed", tr("signed event, its time only claimed")),
    ("proven", tr("time proven by time-stamps, between the brackets")),
    ("work", tr("imaged, checked, examined")),
    ("hand", tr("hand to hand, both signed")),
    ("gap", tr("no record")),
    ("flag", tr("does not fit")),
)


class LegendSign(QWidget):
    """One sign and its words."""

    def __init__(self, look: Look, sign: str, words: str) -> None:
        super().__init__()
        self._look, self._sign, self._words = look, sign, words
        self.setAccessibleName(words)
        self.setFixedSize(self.sizeHint())
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Sign, words, room."""
        wide = self._look.metrics("dense").horizontalAdvance(self._words)
        return QSize(wide + self._look.px(46), self._look.px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        look, sign = self._look, self._sign
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(look.px(2), look.px(5), look.px(24), look.px(14))
        centre = box.center()
        if sign == "held":
            draw.rounded(painter, box, look.px(3), blend(look, "accent", 0.2), look.colour("accent"), 1.2)
        elif sign == "gap":
            draw.hatch(painter, box, look.colour("danger"), blend(look, "danger", 0.1), 6)
            painter.setPen(QPen(look.colour("danger"), 1))
            painter.drawRect(box)
        elif sign == "hand":
            painter.fillRect(QRectF(centre.x() - 1, box.top() - 3, 2, box.height() + 6), look.colour("text"))
        elif sign == "flag":
            side = look.px(16)
            look.paint_icon(painter, "warn", centre.x() - side / 2, centre.y() - side / 2, side, look.colour("danger"))
        else:
            self._ring(painter, centre)
        painter.setPen(look.colour("text2"))
        painter.setFont(look.font("dense"))
        painter.drawText(
            QRectF(look.px(32), 0, self.width(), self.height()), int(Qt.AlignmentFlag.AlignVCenter), self._words
        )

    def _ring(self, painter: QPainter, centre: QPointF) -> None:
        look, radius = self._look, self._look.px(5)
        pen = QPen(look.colour("text"), 1.8)
        if self._sign == "claimed":
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern(DASHES)
        painter.setPen(pen)
        painter.drawEllipse(centre, radius, radius)
        if self._sign == "work":
            painter.setBrush(look.colour("text"))
            painter.drawEllipse(centre, radius * 0.35, radius * 0.35)
        if self._sign == "proven":
            high, away = look.px(16), look.px(9)
            for side, opens in ((-away, True), (away, False)):
                top = centre.y() - high / 2
                draw.bracket(painter, centre.x() + side, top, high, opens=opens, colour=look.colour("ok"))


def legend(look: Look) -> QWidget:
    """All signs in rows that wrap."""
    made = QWidget()
    flow = Flow(look.px(10))
    for sign, words in SIGNS:
        flow.addWidget(LegendSign(look, sign, words))
    made.setLayout(flow)
    return made

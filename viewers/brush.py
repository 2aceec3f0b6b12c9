"""The whole of time as one small chart, with the window that the lanes show."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QAccessible, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from forensics.timeline.columns import Columns
from resources.languages import tr
from viewers import draw
from viewers.axis import LEAST_US, axis
from viewers.look import Look
from viewers.words import moment, time_text


class Brush(QWidget):
    """All events in grey, the window in accent with two grips."""

    window_changed = Signal(object, object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self._columns: Columns | None = None
        self._bars = np.zeros(0, dtype=np.int64)
        self._start = self._end = 0
        self._drag = ""
        self._from = 0.0
        self.setFixedHeight(look.size("brush"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("All events, and the window in them"))
        self.setMouseTracking(True)
        look.changed.connect(self.update)

    def show_columns(self, columns: Columns) -> None:
        """Show these events."""
        self._columns = columns
        self._bars = np.zeros(0, dtype=np.int64)
        self.update()

    def show_window(self, start: int, end: int) -> None:
        """Mark the window."""
        self._start, self._end = start, end
        self.update()

    accessible_role = QAccessible.Role.Slider

    def accessible_value(self) -> str:
        """The window in words."""
        return tr("{start} to {end} UTC", start=time_text(self._start), end=time_text(self._end))

    def _range(self) -> tuple[int, int]:
        if self._columns is None or not len(self._columns):
            return 0, 1
        pad = max(LEAST_US, (self._columns.last - self._columns.first) // 60)
        return self._columns.first - pad, self._columns.last + pad

    def _area(self) -> QRectF:
        look = self.look
        return QRectF(look.px(16), look.px(24), self.width() - look.px(32), self.height() - look.px(46))

    def _x(self, us: int) -> float:
        low, high = self._range()
        area = self._area()
        return area.left() + area.width() * (us - low) / (high - low)

    def _us(self, x: float) -> int:
        low, high = self._range()
        area = self._area()
        return low + round((high - low) * (x - area.left()) / max(1.0, area.width()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint bars, axis and window."""
        look = self.look
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.colour("surface"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, look.colour("line"))
        area = self._area()
        painter.setFont(look.font("dense"))
        painter.setPen(look.colour("text2"))
        columns = self._columns
        if columns is None or not len(columns):
            painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), tr("No event carries a time."))
            return
        low, high = self._range()
        first, last = moment(columns.first), moment(columns.last)
        span = tr("{first:%Y-%m-%d} to {last:%Y-%m-%d}", first=first, last=last) if first and last else ""
        text = tr(
            "{columns:,} events, {span}. Drag the window or its ends, or use the wheel.",
            columns=len(columns),
            span=span,
        )
        painter.drawText(
            QRectF(area.left(), look.px(4), area.width(), look.px(18)), int(Qt.AlignmentFlag.AlignVCenter), text
        )
        count = max(1, int(area.width() // 4))
        if len(self._bars) != count:
            self._bars = columns.bins(low, high, count).sum(axis=0)
        bars = self._bars
        peak = max(1, int(bars.max()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("line2"))
        for at in np.nonzero(bars)[0]:
            height = max(2.0, area.height() * float(np.sqrt(bars[at] / peak)))
            painter.drawRect(
                QRectF(area.left() + float(at) * area.width() / count, area.bottom() - height, 2.4, height)
            )
        painter.fillRect(QRectF(area.left(), area.bottom(), area.width(), 1), look.colour("line2"))
        painter.setFont(look.font("note"))
        painter.setPen(look.colour("text2"))
        for tick in axis(low, high, area.left(), area.width(), 130):
            words = f"{tick.upper} {tick.lower}".strip() if tick.upper != tick.lower else tick.lower
            if tick.x + look.metrics("note").horizontalAdvance(words) < area.right():
                painter.drawText(QPointF(tick.x + 2, self.height() - look.px(7)), words)
        left, right = self._x(self._start), self._x(self._end)
        box = QRectF(max(area.left() - 3, left), area.top() - 2, 0, area.height() + 4)
        box.setRight(max(box.left() + 6, min(area.right() + 3, right)))
        fill = look.colour("accent")
        fill.setAlphaF(0.14)
        draw.rounded(painter, box, 3, fill, look.colour("accent"), 2)
        for x in (box.left(), box.right()):
            grip = QRectF(x - look.px(3), box.center().y() - look.px(8), look.px(6), look.px(16))
            draw.rounded(painter, grip, 2, look.colour("accent"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take an end, the window, or jump."""
        x = event.position().x()
        left, right = self._x(self._start), self._x(self._end)
        near = self.look.px(7)
        if abs(x - left) <= near:
            self._drag = "left"
        elif abs(x - right) <= near:
            self._drag = "right"
        else:
            self._drag = "move"
            if not left < x < right:
                half = (self._end - self._start) // 2
                middle = self._us(x)
                self.window_changed.emit(middle - half, middle + half)
        self._from = x

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag."""
        if not event.buttons() & Qt.MouseButton.LeftButton or not self._drag:
            return
        x = event.position().x()
        at = self._us(x)
        if self._drag == "left":
            self.window_changed.emit(min(at, self._end - LEAST_US), self._end)
        elif self._drag == "right":
            self.window_changed.emit(self._start, max(at, self._start + LEAST_US))
        else:
            by = at - self._us(self._from)
            self._from = x
            self.window_changed.emit(self._start + by, self._end + by)

"""A stretch of time chosen by two handles; they stand only at times that there are."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QAccessible, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from resources.languages import tr
from viewers import draw
from viewers.look import Look
from viewers.words import time_text

PAGE = 10  # parts of the whole that Page Up and Page Down go by
MINUTE_US = 60_000_000


class Handle(QWidget):
    """One end of the stretch."""

    moved = Signal(int)  # to this stop
    accessible_role = QAccessible.Role.Slider

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self.words = ""
        self.at = self.count = 0
        self.resize(look.px(14), look.px(24))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self.setProperty("own_focus", True)
        self.setCursor(Qt.CursorShape.SizeHorCursor)

    def accessible_value(self) -> str:
        """Its time."""
        return self.words

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go to the next time, Page Up and Page Down further, Home and End to the first and the last."""
        far = max(1, self.count // PAGE)
        by = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1,
            Qt.Key.Key_PageDown: -far, Qt.Key.Key_PageUp: far, Qt.Key.Key_Home: -self.count, Qt.Key.Key_End: self.count,
        }.get(Qt.Key(event.key()))  # fmt: skip
        if by is None:
            super().keyPressEvent(event)
        else:
            self.moved.emit(self.at + by)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        edge = look.colour("focus" if self.hasFocus() else "surface")
        draw.rounded(painter, box, look.px(4), look.colour("accent"), edge, 2)


class StretchBar(QWidget):
    """The track, the chosen part of it, and the handles."""

    changed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._stops: Sequence[int] = ()
        self._low = self._high = 0
        self._drag: Handle | None = None
        self._held = 0.0  # from the place of a handle to where it was taken
        self.setFixedHeight(look.px(28))
        self.setMinimumWidth(look.px(140))
        self.setAccessibleName(tr("Stretch of time"))
        self.earliest, self.latest = Handle(look, tr("Earliest time")), Handle(look, tr("Latest time"))
        for handle in (self.earliest, self.latest):
            handle.setParent(self)
        self.earliest.moved.connect(lambda to: self._move(to, self._high, self.earliest))
        self.latest.moved.connect(lambda to: self._move(self._low, to, self.latest))
        look.changed.connect(self.update)

    @property
    def chosen(self) -> tuple[int | None, int | None]:
        """The first and the last moment that are wanted; None at an end that cuts nothing off."""
        last = len(self._stops) - 1
        first = self._stops[self._low] if self._low > 0 else None
        return first, self._stops[self._high] if self._high < last else None

    @property
    def ends(self) -> tuple[int, int]:
        """The times that the handles stand at; there must be one."""
        return self._stops[self._low], self._stops[self._high]

    def show_stops(self, stops: Sequence[int]) -> None:
        """Take other times; a chosen end stays where it was, or goes to the next time within."""
        first, last = self.chosen
        self._stops = stops
        most = max(0, len(stops) - 1)
        self._low = 0 if first is None else min(most, bisect_left(stops, first))
        self._high = most if last is None else max(self._low, bisect_right(stops, last) - 1)
        self._place()

    def show_all(self) -> None:
        """Choose everything."""
        self._move(0, len(self._stops) - 1, None)

    def _move(self, low: int, high: int, by: Handle | None) -> None:
        most = max(0, len(self._stops) - 1)
        low, high = max(0, min(low, most)), max(0, min(high, most))
        if low > high:  # a handle stops at the other
            low, high = (high, high) if by is self.earliest else (low, low)
        if (low, high) != (self._low, self._high):
            self._low, self._high = low, high
            self._place()
            self.changed.emit()

    def _track(self) -> QRectF:
        half = self.earliest.width()
        return QRectF(half, self.height() / 2 - 2, max(1, self.width() - 2 * half), 4)

    def _place(self) -> None:
        track, steps = self._track(), max(1, len(self._stops) - 1)
        for handle, at, side in ((self.earliest, self._low, -1.0), (self.latest, self._high, 0.0)):
            x = track.left() + track.width() * at / steps
            handle.move(round(x + side * handle.width()), (self.height() - handle.height()) // 2)
            handle.at, handle.count = at, len(self._stops)
            handle.words = f"{time_text(self._stops[at], MINUTE_US)} UTC" if self._stops else ""
            handle.setEnabled(len(self._stops) > 1)
            handle.update()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The handles keep their times."""
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the track, and the chosen part of it."""
        look, track = self._look, self._track()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw.rounded(painter, track, 2, look.colour("line2"))
        if self._stops:
            track.setLeft(self.earliest.geometry().center().x())
            track.setRight(self.latest.geometry().center().x())
            draw.rounded(painter, track, 2, look.colour("accent"))

    def _stop_under(self, x: float) -> int:
        track = self._track()
        return round((x - track.left()) / track.width() * (len(self._stops) - 1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the nearer handle, and bring it here."""
        if event.button() != Qt.MouseButton.LeftButton or len(self._stops) < 2:
            return
        x = event.position().x()
        left, right = self.earliest.geometry(), self.latest.geometry()
        near = abs(x - left.center().x()) < abs(x - right.center().x())
        self._drag = self.earliest if near else self.latest
        taken = self._drag.geometry()
        place = left.right() + 1 if near else right.left()
        self._held = x - place if taken.left() <= x <= taken.right() else 0.0
        self._drag.setFocus()
        self._drag.moved.emit(self._stop_under(x - self._held))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it."""
        if self._drag is not None:
            self._drag.moved.emit(self._stop_under(event.position().x() - self._held))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._drag = None

"""The focus ring: one frame of two pixels around whatever has the keyboard, in the window and in dialogs."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QLineEdit, QWidget

from viewers.look import Look

WIDTH = 2
MOVES = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Hide, QEvent.Type.Show)


class Ring(QWidget):
    """The frame; it takes no mouse and covers nothing but its own line."""

    def __init__(self, look: Look, window: QWidget) -> None:
        super().__init__(window)
        self._look = look
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill; the mask leaves the frame."""
        QPainter(self).fillRect(self.rect(), self._look.colour("focus"))

    def put(self, rect: QRect) -> None:
        """Stand around a part of the window."""
        self.setGeometry(rect)
        own = self.rect()
        self.setMask(QRegion(own).subtracted(QRegion(own.adjusted(WIDTH, WIDTH, -WIDTH, -WIDTH))))
        self.raise_()
        self.show()


class FocusRing(QObject):
    """Follows the keyboard. Fields and buttons have a border of their own that says it."""

    def __init__(self, look: Look, application: QApplication, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look
        self._watched: list[QWidget] = []
        self._ring: Ring | None = None
        application.focusChanged.connect(self._changed)

    def _changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        for widget in self._watched:
            widget.removeEventFilter(self)
        self._watched = []
        if self._ring is not None:
            self._ring.hide()
            self._ring = None
        if now is None or isinstance(now, QLineEdit) or now.property("own_focus") or now.property("look"):
            return
        window = now.window()
        self._ring = window.findChild(Ring, options=Qt.FindChildOption.FindDirectChildrenOnly) or Ring(
            self._look, window
        )
        self._ring.destroyed.connect(self._lost)
        at: QWidget | None = now
        while at is not None:
            at.installEventFilter(self)
            at.destroyed.connect(self._gone)
            self._watched.append(at)
            at = at.parentWidget() if at is not window else None
        self._put()

    def _lost(self) -> None:
        self._ring = None

    def _gone(self) -> None:
        self._watched = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What has the keyboard, or something around it, has moved."""
        if event.type() in MOVES:
            self._put()
        return False

    def _put(self) -> None:
        ring, now = self._ring, self._watched[0] if self._watched else None
        if ring is None or now is None:
            return
        if not now.isVisible():
            ring.hide()
            return
        window = now.window()
        rect = QRect(now.mapTo(window, QPoint(0, 0)), now.size())
        if not isinstance(now, QAbstractScrollArea):
            rect = rect.adjusted(-WIDTH, -WIDTH, WIDTH, WIDTH)
        around = now.parentWidget()
        while around is not None and around is not window:
            if isinstance(around, QAbstractScrollArea):  # what is scrolled out of sight has no frame
                view = around.viewport()
                rect = rect.intersected(QRect(view.mapTo(window, QPoint(0, 0)), view.size()))
            around = around.parentWidget()
        rect = rect.intersected(window.rect())
        if rect.isEmpty():
            ring.hide()
        else:
            ring.put(rect)

"""What is painted by hand or made of values reads from left to right, also where the window reads from right to left.

Offsets, digests, paths, times and lanes keep their order in every language; frames, menus, labels and fields turn.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

ROOMS = ("app.", "viewers.")


def painted(widget: QObject) -> bool:
    """Whether a widget of this program paints itself or lists values, and holds no other widgets."""
    if isinstance(widget, QAbstractItemView):
        return True
    own = [kind for kind in type(widget).__mro__ if kind.__module__.startswith(ROOMS)]
    return any("paintEvent" in vars(kind) for kind in own) and not widget.findChildren(QWidget)


class _Turner(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Turn a window, and not what is painted in it, before it is shown for the first time."""
        if event.type() == QEvent.Type.Polish and isinstance(watched, QWidget):
            if watched.isWindow():
                watched.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
            elif painted(watched):
                watched.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        return False


def install(application: QApplication) -> None:
    """Turn every window to come. The application keeps its direction, since painters take theirs from it."""
    application.installEventFilter(_Turner(application))

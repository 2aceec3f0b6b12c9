"""The frame of a working place: a list in the middle, panels around it that can be moved, and come back as left."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QWidget

from app.settings import Setting, Settings
from resources.languages import tr
from viewers.look import Look

Area = Qt.DockWidgetArea
SIDES = (
    (tr("Left"), Area.LeftDockWidgetArea),
    (tr("Right"), Area.RightDockWidgetArea),
    (tr("Top"), Area.TopDockWidgetArea),
    (tr("Bottom"), Area.BottomDockWidgetArea),
)
VERSION = 1  # of the saved layouts


class Heading(QWidget):
    """The heading of a panel; Qt asks its hint for the height."""

    def __init__(self, look: Look, size: str, ground: str) -> None:
        super().__init__()
        self._tall = look.size(size)
        self.setFixedHeight(self._tall)
        self.setProperty("ground", ground)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def sizeHint(self) -> QSize:
        """As high as it is."""
        return QSize(super().sizeHint().width(), self._tall)


class DockFrame(QMainWindow):
    """Panels by key. Until the user moves one, `default` gives them their places and sizes."""

    moved = Signal()

    def __init__(self, look: Look, settings: Settings, setting: Setting, default: Callable[[], None]) -> None:
        super().__init__()
        self.look = look
        self._settings = settings
        self._setting = setting
        self._default = default
        self._quiet = True  # moves are the program's own
        self._shown = False
        self.own = False  # the user has a layout
        self.panels: dict[str, QDockWidget] = {}
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setDockNestingEnabled(True)
        self.setAnimated(False)
        self.setCorner(Qt.Corner.BottomLeftCorner, Area.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.TopLeftCorner, Area.LeftDockWidgetArea)

    def add_panel(self, key: str, title: str, widget: QWidget, head: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        """A panel whose own heading is what it is dragged by."""
        dock = QDockWidget(title)
        dock.setObjectName(key)
        dock.setAccessibleName(title)
        dock.setTitleBarWidget(head)
        dock.setWidget(widget)
        head.setToolTip(head.toolTip() or tr("Drag to move this panel. View > Panels has the same by keys."))
        self.addDockWidget(area, dock)
        dock.dockLocationChanged.connect(self._changed)
        dock.topLevelChanged.connect(self._changed)
        dock.installEventFilter(self)
        self.panels[key] = dock
        return dock

    # -- by keys

    def fill_menu(self, menu: QMenu) -> None:
        """Show, float and move each panel."""
        for key, dock in self.panels.items():
            inner = menu.addMenu(dock.windowTitle())
            shown = inner.addAction(tr("Shown"))
            shown.setCheckable(True)
            shown.setChecked(not dock.isHidden())
            shown.triggered.connect(lambda on, key=key: self.show_panel(key, on=on))
            alone = inner.addAction(tr("In a window of its own"))
            alone.setCheckable(True)
            alone.setChecked(dock.isFloating())
            alone.triggered.connect(lambda on, dock=dock: dock.setFloating(on))
            inner.addSeparator()
            for name, area in SIDES:
                action = inner.addAction(tr("{name} side", name=name))
                action.triggered.connect(lambda _on=False, key=key, area=area: self.move_panel(key, area))

    def createPopupMenu(self) -> QMenu:
        """The same menu at the heading of a panel."""
        made = QMenu(tr("Panels"), self)
        made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill_menu(made)
        return made

    def show_panel(self, key: str, *, on: bool) -> None:
        """Show a panel or put it away."""
        self.panels[key].setVisible(on)
        self._changed()

    def move_panel(self, key: str, area: Qt.DockWidgetArea) -> None:
        """Put a panel at a side."""
        dock = self.panels[key]
        dock.setFloating(False)
        self.addDockWidget(area, dock)
        dock.show()
        self._changed()

    # -- remembering

    def reset(self) -> None:
        """Give every panel its first place and size."""
        self.own = False
        self._settings.put(self._setting, "")
        self._arrange()

    def keep(self) -> None:
        """Remember the layout where the user made one."""
        if self.own and self._shown:
            self._settings.put(self._setting, bytes(self.saveState(VERSION).toBase64().data()).decode())

    def _changed(self) -> None:
        if not self._quiet:
            self.own = True
            self.keep()
            self.moved.emit()

    def _arrange(self) -> None:
        before, self._quiet = self._quiet, True
        self._default()
        self._quiet = before

    def quietly(self, work: Callable[[], None]) -> None:
        """Do something to the panels that the user has not asked to keep."""
        before, self._quiet = self._quiet, True
        work()
        self._quiet = before

    # -- Qt

    def showEvent(self, event: QShowEvent) -> None:
        """The first time: the layout that was left, or the first one."""
        super().showEvent(event)
        if self._shown:
            return
        self._shown = True
        self._arrange()
        saved = self._settings.get(self._setting)
        if saved:
            self.own = self.restoreState(QByteArray.fromBase64(saved.encode()), VERSION)
        self._quiet = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the first layout to a new width; the user's own is left to Qt."""
        super().resizeEvent(event)
        if self._shown and not self.own and not self._quiet:
            self._arrange()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A line between two panels was let go of."""
        super().mouseReleaseEvent(event)
        self._changed()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A panel in a window of its own was closed by its window."""
        if event.type() == QEvent.Type.Close and isinstance(watched, QDockWidget):
            self._changed()
        return super().eventFilter(watched, event)

"""Somebody with a keyboard and no pointer: keys go to whatever has the focus, dialogs included."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

Wait = Callable[[], bool]
Step = str | Qt.Key | tuple[Qt.Key, Qt.KeyboardModifier] | Wait
CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


def focused() -> QWidget:
    """What would get the next key."""
    found = QApplication.activePopupWidget() or QApplication.focusWidget() or QApplication.activeWindow()
    assert found is not None, "nothing has the keyboard"
    return found


def _window_manager() -> None:
    """After a dialog the window under it is active again; the offscreen platform has nobody who does that."""
    modal = QApplication.activeModalWidget()
    for window in [modal] if modal is not None else QApplication.topLevelWidgets():
        if window is not None and window.isVisible() and window.isWindow():
            window.activateWindow()
            return


class Typist:
    """Does the steps of a script: a text or a key is typed, a condition is waited for."""

    def __init__(self, script: Iterator[Step], longest: float = 60) -> None:
        self._script = script
        self._end = time.monotonic() + longest
        self._wait: Wait | None = None
        self.error: BaseException | None = None
        self.done = False

    def run(self) -> None:
        """Type until the script has ended; what went wrong is raised here."""
        self._soon()
        while not self.done and self.error is None:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            time.sleep(0.002)
        if self.error is not None:
            raise self.error

    def _soon(self) -> None:
        QTimer.singleShot(5, self._step)

    def _step(self) -> None:
        try:
            self._next()
        except BaseException as error:  # noqa: BLE001 - raised again in `run`
            self.error = error
            for widget in QApplication.topLevelWidgets():
                if widget.isModal() or widget is QApplication.activePopupWidget():
                    widget.close()

    def _next(self) -> None:
        if QApplication.activeWindow() is None and QApplication.activePopupWidget() is None:
            _window_manager()
            self._soon()
            return
        if self._wait is not None:
            if not self._wait():
                assert time.monotonic() < self._end, f"waited too long; the keyboard is at {focused()}"
                self._soon()
                return
            self._wait = None
        try:
            step = next(self._script)
        except StopIteration:
            self.done = True
            return
        self._soon()  # before the key: a dialog keeps this call until it closes
        if isinstance(step, str):
            QTest.keyClicks(focused(), step)
        elif isinstance(step, Qt.Key):
            QTest.keyClick(focused(), step)
        elif isinstance(step, tuple):
            QTest.keyClick(focused(), step[0], step[1])
        else:
            self._wait = step

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from app import main as start
from app import theme
from app.main import application_of
from app.main_window import MainWindow
from app.settings import Settings
from tests.app.made_case import make_case
from viewers.look import Look


def settle(window: MainWindow, longest: float = 20) -> bool:
    """Wait until nothing is loading."""
    return start.settle(window, longest, 0.08)


FAKE = [sys.executable, str(Path(__file__).with_name("fake_session.py"))]


@pytest.fixture(autouse=True)
def no_window_is_left() -> Iterator[None]:
    """A window that a test leaves open takes the keys of the next one."""
    yield
    left = [each for each in QApplication.topLevelWidgets() if each.isVisible()]
    for each in left:
        each.close()
    assert not left


@pytest.fixture(scope="session")
def look() -> Look:
    application = application_of(["test"])
    made = Look()
    theme.apply(application, made)
    return made


@pytest.fixture(scope="session")
def case_of_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_case(tmp_path_factory.mktemp("case") / "c")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return make_case(tmp_path / "c")


@pytest.fixture
def open_window(look: Look) -> Iterator[Callable[..., MainWindow]]:
    windows: list[MainWindow] = []

    def make(folder: Path | None, size: tuple[int, int] = (1366, 768)) -> MainWindow:
        window = MainWindow(look, Settings(remember=False), FAKE)
        windows.append(window)
        window.resize(*size)
        window.show()
        if folder is not None:
            assert window.open_case(folder)
            assert settle(window, 30)
        return window

    yield make
    for window in windows:
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    look.set_theme("light")


@pytest.fixture
def real_window(look: Look) -> Iterator[Callable[[Path], MainWindow]]:
    """Opens a case in the real window with its real child; closed at the end."""
    windows: list[MainWindow] = []

    def show(folder: Path) -> MainWindow:
        window = MainWindow(look, Settings(remember=False))
        windows.append(window)
        window.resize(1366, 768)
        window.show()
        assert window.open_case(folder)
        assert settle(window, 30)
        return window

    yield show
    for window in windows:
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

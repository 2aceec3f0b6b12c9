"""Start: arguments, look, session, window; or a picture of the window."""

from __future__ import annotations

import argparse
import multiprocessing
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QEventLoop,
    QLibraryInfo,
    QLocale,
    QMessageLogContext,
    Qt,
    QTimer,
    QtMsgType,
    QTranslator,
    qInstallMessageHandler,
)
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app import mirrored, theme
from app.main_window import VERSION, MainWindow
from app.rail import PLACES
from app.session import PROGRAM
from app.settings import SCALE, THEME, Settings
from forensics.custody.lock import is_at_rest
from resources import languages
from viewers import access
from viewers.look import THEMES, Look

QUIET_S = 0.2
LONGEST_S = 90.0


def arguments() -> argparse.ArgumentParser:
    """The options of the window."""
    parser = argparse.ArgumentParser(prog="impound-gui", description="The window of Impound.")
    parser.add_argument("case", nargs="?", type=Path, metavar="CASE", help="a case folder")
    parser.add_argument("--place", choices=[place.key for place in PLACES], help="where to start")
    parser.add_argument("--finding", metavar="F17", help="a finding to show")
    parser.add_argument("--viewer", metavar="NAME", help="the viewer tab to show, such as Hex")
    parser.add_argument("--filter", metavar="RULES", help="a filter for the findings")
    parser.add_argument("--theme", choices=list(THEMES))
    parser.add_argument("--scale", type=float, metavar="1.25", help="font scale, 0.9 to 2.0")
    parser.add_argument("--size", metavar="1920x1080", help="size of the window")
    parser.add_argument("--screenshot", type=Path, metavar="FILE.png", help="write a picture and end")
    parser.add_argument("--version", action="version", version=f"impound-gui {VERSION}")
    return parser


def application_of(argv: Sequence[str]) -> QApplication:
    """The one application of this process."""
    qInstallMessageHandler(quiet_handler)
    access.install()
    found = QApplication.instance()
    if isinstance(found, QApplication):
        return found
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    made = QApplication([*argv[:1]])
    made.setApplicationName("Impound")
    made.setApplicationDisplayName("Impound")
    made.setApplicationVersion(VERSION)
    speak(made)
    return made


def speak(application: QApplication) -> None:
    """Qt's own words, such as those of its file dialogs, and the direction of reading, in the chosen language."""
    locale = QLocale(languages.chosen())
    words = QTranslator(application)
    if words.load(locale, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(words)
    if locale.textDirection() == Qt.LayoutDirection.RightToLeft:
        mirrored.install(application)


def quiet_handler(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Qt's messages go to standard error, but for one that the offscreen platform repeats."""
    if "propagateSizeHints" not in text:
        print(f"impound-gui: {text}", file=sys.stderr)


def settle(window: MainWindow, longest: float = LONGEST_S, quiet_s: float = QUIET_S) -> bool:
    """Let events run until nothing has been loading for a moment; whether that came in time."""
    end = time.monotonic() + longest
    quiet = time.monotonic()
    while time.monotonic() < end:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        time.sleep(0.004)
        if window.loading:
            quiet = time.monotonic()
        elif time.monotonic() - quiet >= quiet_s:
            return True
    return False


def picture(window: MainWindow, path: Path) -> bool:
    """Write a picture of the window once nothing is loading."""
    settle(window)
    return window.grab().save(str(path), "PNG")


def main(argv: Sequence[str] | None = None, program: Sequence[str] = PROGRAM) -> int:
    """Open the window; with --screenshot write a picture and end."""
    multiprocessing.freeze_support()
    parser = arguments()
    options = parser.parse_args(argv)
    size = re.fullmatch(r"(\d{3,5})x(\d{3,5})", options.size or "")
    if options.size and size is None:
        parser.error("--size reads like 1920x1080")
    finding = re.fullmatch(r"[Ff]?(\d{1,18})", options.finding or "")
    if options.finding and finding is None:
        parser.error("--finding reads like F17")
    asks = options.case is not None and is_at_rest(options.case) and options.screenshot is None
    if options.case is not None and not asks and not (options.case / "case.db").is_file():
        print(f"impound-gui: {options.case}: this folder is not a case: it has no case.db", file=sys.stderr)
        return 2
    application = application_of(sys.argv)
    settings = Settings(remember=options.screenshot is None)
    scale = min(2.0, max(0.9, options.scale or float(settings.get(SCALE))))
    look = Look(options.theme or settings.get(THEME), scale)
    theme.apply(application, look)
    window = MainWindow(look, settings, program)
    if size is not None:
        window.resize(int(size[1]), int(size[2]))
    elif options.screenshot is not None or not window.restoreGeometry(settings.geometry()):
        window.resize(1366, 768)
    window.show()
    if options.case is not None and window.open_case(options.case):
        window.show_place(options.place or ("findings" if finding else "overview"))
        if options.filter:
            window.show_filter(options.filter)
        if finding is not None:
            settle(window)
            window.show_finding(int(finding[1]), best_viewer=options.viewer is None)
        if options.viewer:
            settle(window)
            window.actions_.select_viewer(options.viewer)
    if options.screenshot is not None:
        written = picture(window, options.screenshot)
        window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return 0 if written else 4
    timer = QTimer()  # lets Python see Ctrl+C
    timer.start(500)
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())

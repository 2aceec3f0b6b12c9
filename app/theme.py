"""The palette and the one style sheet, both made from the tokens."""

from __future__ import annotations

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from viewers.look import Look

TONES = ("text", "text2", "text3", "accent", "ok", "warn", "danger", "secret", "onaccent")


def palette(look: Look) -> QPalette:
    """The palette of a theme; the system's own colour scheme is not asked."""
    made = QPalette()
    role = QPalette.ColorRole
    pairs = {
        role.Window: "window",
        role.WindowText: "text",
        role.Base: "surface",
        role.AlternateBase: "raised",
        role.ToolTipBase: "raised",
        role.ToolTipText: "text",
        role.Text: "text",
        role.Button: "surface",
        role.ButtonText: "text",
        role.BrightText: "danger",
        role.Highlight: "select",
        role.HighlightedText: "text",
        role.Link: "accent",
        role.PlaceholderText: "text3",
        role.Mid: "line",
        role.Dark: "line2",
        role.Accent: "accent",
    }
    for name, token in pairs.items():
        made.setColor(name, look.colour(token))
    for name in (role.Text, role.ButtonText, role.WindowText):
        made.setColor(QPalette.ColorGroup.Disabled, name, look.colour("text3"))
    return made


def sheet(look: Look) -> str:
    """The style sheet: standard controls only, the rest is painted."""

    def c(token: str) -> str:
        return look.colour(token).name()

    px = look.px
    soft_border = f"1px solid {c('line2')}" if look.theme == "contrast" else "none"
    tones = "\n".join(f'*[tone="{tone}"] {{ color: {c(tone)}; }}' for tone in TONES)
    return f"""
QMainWindow, QDialog {{ background: {c("window")}; }}
{tones}
*[ground="surface"] {{ background: {c("surface")}; }}
*[ground="window"] {{ background: {c("window")}; }}
*[ground="raised"] {{ background: {c("raised")}; }}
*[ground="bar"] {{ background: {c("bar")}; }}
*[ground="warnsoft"] {{ background: {c("warnsoft")}; border: {soft_border}; }}
*[ground="accentsoft"] {{ background: {c("accentsoft")}; border: {soft_border}; border-radius: {px(8)}px; }}
*[ground="dangersoft"] {{ background: {c("dangersoft")}; border: {soft_border}; }}
QFrame[card="true"] {{ background: {c("surface")}; border: 1px solid {c("line")}; border-radius: {px(8)}px; }}
QFrame[box="true"] {{ background: {c("raised")}; border: 1px solid {c("line")}; border-radius: {px(6)}px; }}
QFrame[box="warn"] {{ background: {c("warnsoft")}; border: 1px solid {c("warn")}; border-radius: {px(6)}px; }}
QFrame[box="danger"] {{ background: {c("dangersoft")}; border: 1px solid {c("danger")}; border-radius: {px(6)}px; }}
QFrame[box="ok"] {{ background: {c("oksoft")}; border: 1px solid {c("ok")}; border-radius: {px(6)}px; }}
QLabel[step="true"] {{ background: {c("raised")}; border: 1px solid {c("line")}; border-radius: {px(4)}px;
  padding: 0 {px(7)}px; color: {c("text")}; }}
QLabel[chip="warn"] {{ background: {c("warnsoft")}; color: {c("warn")}; border: {soft_border};
  border-radius: {px(4)}px; padding: 0 {px(8)}px; }}
QMenuBar {{ background: {c("bar")}; color: {c("text")}; border: none; padding: 0 {px(14)}px; }}
QMenuBar::item {{ background: transparent; padding: {px(5)}px {px(10)}px; border-radius: {px(4)}px; }}
QMenuBar::item:selected {{ background: {c("hover")}; }}
QMenu {{ background: {c("surface")}; color: {c("text")}; border: 1px solid {c("line2")}; padding: {px(4)}px; }}
QMenu::item {{ padding: {px(5)}px {px(28)}px {px(5)}px {px(14)}px; border-radius: {px(4)}px; }}
QMenu::item:selected {{ background: {c("select")}; }}
QMenu::item:disabled {{ color: {c("text3")}; }}
QMenu::separator {{ height: 1px; background: {c("line")}; margin: {px(4)}px {px(8)}px; }}
QPushButton[look] {{ border-radius: {px(4)}px; padding: 0 {px(14)}px; min-height: {px(30)}px; }}
QPushButton[look="primary"] {{ background: {c("accent")}; color: {c("onaccent")}; border: 1px solid {c("accent")}; }}
QPushButton[look="normal"] {{ background: {c("surface")}; color: {c("text")}; border: 1px solid {c("line2")}; }}
QPushButton[look="normal"]:hover {{ background: {c("hover")}; }}
QPushButton[look="danger"] {{ background: {c("surface")}; color: {c("danger")}; border: 1px solid {c("danger")}; }}
QPushButton[look="quiet"] {{ background: transparent; color: {c("accent")}; border: 1px solid transparent;
  padding: 0 {px(8)}px; min-height: {px(24)}px; }}
QPushButton[look="quiet"]:hover {{ background: {c("hover")}; }}
QPushButton[look="segment"] {{ background: transparent; color: {c("accent")}; border: none; padding: 0 {px(12)}px;
  min-height: {px(26)}px; }}
QPushButton[look="segment"]:checked {{ background: {c("accent")}; color: {c("onaccent")}; }}
QPushButton[look="normal"]:focus, QPushButton[look="quiet"]:focus {{ border: 2px solid {c("focus")}; }}
QPushButton[look="primary"]:focus {{ border: 2px solid {c("text")}; }}
QPushButton[look="segment"]:focus {{ border: 2px solid {c("focus")}; }}
QPushButton[look]:disabled {{ background: {c("sunken")}; color: {c("text2")}; border: 1px solid {c("line")}; }}
QLineEdit, QPlainTextEdit[edit="true"], QSpinBox {{ background: {c("surface")}; color: {c("text")};
  border: 1px solid {c("line2")}; border-radius: {px(4)}px; padding: 0 {px(8)}px; min-height: {px(28)}px;
  selection-background-color: {c("select")}; selection-color: {c("text")}; }}
QLineEdit[wrong="true"] {{ border: 2px solid {c("danger")}; background: {c("dangersoft")}; }}
QLineEdit:focus, QSpinBox:focus {{ border: 2px solid {c("focus")}; }}
QLineEdit[wrong="true"]:focus {{ border: 2px solid {c("danger")}; }}
QAbstractScrollArea {{ background: {c("surface")}; color: {c("text")}; border: none; }}
QScrollArea[ground="window"], QScrollArea[ground="window"] > QWidget > QWidget {{ background: {c("window")}; }}
QTableView, QTreeView, QListView {{ background: {c("surface")}; alternate-background-color: {c("raised")};
  selection-background-color: {c("select")}; selection-color: {c("text")}; border: none; outline: none;
  gridline-color: {c("grid")}; }}
QHeaderView {{ background: {c("raised")}; border: none; }}
QHeaderView::section {{ background: {c("raised")}; color: {c("text2")}; border: none;
  border-right: 1px solid {c("line")}; border-bottom: 1px solid {c("line")}; padding: 0 {px(8)}px; }}
QTabBar {{ background: {c("raised")}; border: none; }}
QTabBar::tab {{ background: transparent; color: {c("text2")}; border: none; padding: 0 {px(14)}px;
  min-height: {px(32)}px; border-bottom: 2px solid transparent; }}
QTabBar::tab:selected {{ color: {c("text")}; background: {c("surface")}; border-bottom: 2px solid {c("accent")}; }}
QTabBar::tab:hover {{ color: {c("text")}; }}
QMainWindow::separator {{ background: {c("line")}; width: {px(3)}px; height: {px(3)}px; }}
QMainWindow::separator:hover {{ background: {c("accent")}; }}
QSplitter::handle {{ background: {c("line")}; }}
QSplitter::handle:horizontal {{ width: 1px; }}
QSplitter::handle:vertical {{ height: 1px; }}
QScrollBar:vertical {{ background: transparent; width: {px(12)}px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: {px(12)}px; margin: 0; }}
QScrollBar::handle {{ background: {c("line2")}; border-radius: {px(3)}px; }}
QScrollBar::handle:vertical {{ min-height: {px(28)}px; margin: 2px {px(3)}px; }}
QScrollBar::handle:horizontal {{ min-width: {px(28)}px; margin: {px(3)}px 2px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QToolTip {{ background: {c("raised")}; color: {c("text")}; border: 1px solid {c("line2")}; padding: {px(4)}px; }}
QPlainTextEdit {{ selection-background-color: {c("select")}; selection-color: {c("text")}; }}
"""


def apply(application: QApplication, look: Look) -> None:
    """Give the application the look."""
    application.setStyle("Fusion")
    application.setFont(look.font("body"))
    application.setPalette(palette(look))
    application.setStyleSheet(sheet(look))

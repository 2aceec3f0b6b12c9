"""An SQLite database: its tables, current rows, and those that were superseded or deleted, each with its bytes."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
)

from forensics.visible import visible
from resources.languages import tr, tr_noop
from viewers.base import ByteSource, Subject, Viewer
from viewers.look import Look
from viewers.parts import Button, EmptyState, label
from viewers.tips import tip

SUFFIXES = (".sqlite", ".sqlite3", ".db", ".db3", ".sqlitedb")
STATES = {
    "live": ("current", "text"),
    "wal": (tr("current, in the log"), "text"),
    "stale": ("superseded", "warn"),
    "deleted": (tr("deleted, recovered"), "danger"),
}
WIDEST = 260


class DatabaseViewer(Viewer):
    """Rows as text; the database is never opened by SQLite."""

    title: ClassVar[str] = tr_noop("Tables")

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._source = ByteSource()
        self._asked = 0
        self._told: dict[str, Any] = {}
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        bar = QHBoxLayout()
        bar.setContentsMargins(look.px(16), look.px(6), look.px(12), look.px(6))
        bar.setSpacing(look.px(10))
        self.tables = QComboBox()
        self.tables.setAccessibleName(tr("Table"))
        self.tables.view().setAccessibleName(tr("Tables"))
        self.tables.setMinimumWidth(look.px(180))
        self.tables.activated.connect(lambda at: self._ask(self.tables.itemData(at), 0))
        bar.addWidget(self.tables)
        self.note = label(look, "", "dense", "text2", wrap=True)
        bar.addWidget(self.note, 1)
        self._before = Button(look, tr("Earlier rows"), "left", "quiet", lambda: self._turn(-1))
        self._behind = Button(look, tr("Later rows"), "right", "quiet", lambda: self._turn(1))
        bar.addWidget(self._before)
        bar.addWidget(self._behind)
        outer.addLayout(bar)
        self._stack = QStackedWidget()
        self.rows = QTableWidget()
        self.rows.setAccessibleName(tr("Rows"))
        self.rows.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.rows.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.rows.setWordWrap(False)
        self.rows.verticalHeader().hide()
        self.rows.cellActivated.connect(self._open)
        self._stack.addWidget(self.rows)
        self.empty = EmptyState(look, "db", tr("Reading the database"), "")
        self._stack.addWidget(self.empty)
        outer.addWidget(self._stack, 1)

    @classmethod
    def priority(cls, subject: Subject) -> float:
        """For files with the name of a database; whether they are one, the reader says."""
        if subject.entry is None or subject.inside:
            return -1.0
        if subject.kind == "file/sqlite":
            return 0.8
        if not subject.path.lower().endswith(SUFFIXES):
            return -1.0
        return 0.2 if subject.kind else 0.6

    def show_finding(self, subject: Subject, source: ByteSource) -> None:
        """Ask for the first table."""
        self._source = source
        self._ask(None, 0)

    def _turn(self, by: int) -> None:
        if self._told:
            self._ask(self._told["table"] or None, max(0, self._told["first"] + by * self._told["most"]))

    def _ask(self, table: str | None, first: int) -> None:
        self._asked += 1
        asked = self._asked
        self.empty.say(
            tr("Reading the database"), tr("Current rows first, then those that were superseded or deleted.")
        )
        self._stack.setCurrentWidget(self.empty)
        for button in (self._before, self._behind):
            button.setVisible(False)

        def done(told: dict[str, Any] | None, trouble: str) -> None:
            if asked != self._asked:
                return
            if told is None:
                self.empty.say(
                    tr("The database cannot be shown"), tr("{trouble} Its bytes and its text can.", trouble=trouble)
                )
                self.note.setText("")
                return
            self._show(told)

        self._source.table(table, first, done)

    def _show(self, told: dict[str, Any]) -> None:
        self._told = told
        self.tables.clear()
        for each in told["tables"]:
            self.tables.addItem(visible(each["name"]), each["name"])
        self.tables.setCurrentIndex(max(0, self.tables.findData(told["table"])))
        counts = [f"{count:,} {STATES[state][0]}" for state, count in told["states"].items()]
        parts = [
            ", ".join(counts) or tr("no rows"),
            tr("with its write-ahead log") if told["log"] else "",
            *told["faults"],
        ]
        self.note.setText("; ".join(each for each in parts if each))
        total = sum(told["states"].values())
        self._before.setVisible(told["first"] > 0)
        self._behind.setVisible(told["first"] + len(told["rows"]) < total)
        if not told["rows"]:
            self.empty.say(tr("No rows"), tr("This table has none, and none that were deleted could be recovered."))
            self._stack.setCurrentWidget(self.empty)
            return
        self._fill(told)
        self._stack.setCurrentWidget(self.rows)

    def _fill(self, told: dict[str, Any]) -> None:
        look, table = self.look, self.rows
        columns = [tr("State"), tr("Row"), *map(visible, told["columns"])]
        table.clear()
        table.setColumnCount(len(columns))
        table.setHorizontalHeaderLabels(columns)
        table.setRowCount(len(told["rows"]))
        null = QFont(look.font("dense"))
        null.setItalic(True)
        for at, row in enumerate(told["rows"]):
            words, tone = STATES[row["state"]]
            doubts = [] if row["whole"] else [tr("not whole")]
            doubts += [] if row["sure"] else [tr("its table is inferred")]
            texts = [", ".join([words, *doubts]), "" if row["rowid"] is None else str(row["rowid"]), *row["values"]]
            for column, text in enumerate(texts[: len(columns)]):
                item = QTableWidgetItem("NULL" if text is None else visible(text))
                item.setToolTip(tip(item.text()))
                if text is None:
                    item.setFont(null)
                    item.setForeground(look.colour("text3"))
                elif column == 0:
                    item.setForeground(look.colour(tone))
                table.setItem(at, column, item)
        table.resizeColumnsToContents()
        for column in range(len(columns)):
            table.setColumnWidth(column, min(table.columnWidth(column), look.px(WIDEST)))

    def _open(self, at: int, _column: int) -> None:
        """Enter or a double click shows the bytes of a row, where they are in this file."""
        row = self._told["rows"][at]
        if row["log"]:
            self.note.setText(tr("The bytes of this row are in the write-ahead log beside this file."))
        else:
            self.span_wanted.emit(*row["span"])

    def keyPressEvent(self, event: Any) -> None:
        """Page through the table."""
        if event.key() == Qt.Key.Key_PageDown and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._turn(1)
        elif event.key() == Qt.Key.Key_PageUp and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._turn(-1)
        else:
            super().keyPressEvent(event)

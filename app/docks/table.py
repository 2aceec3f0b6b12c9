"""A table view over a windowed model: fixed rows, own keys, no Select All."""

from __future__ import annotations

import math

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView

from app.delegates import RowDelegate
from app.models.windowed import LINE_ROLE, WindowedModel
from resources.languages import tr
from viewers.look import Look

NARROW = {"what": 325, "where": 126, "grade": 64, "allocation": 116, "time": 150, "care": 84, "kind": 126, "tags": 70}


class RowTable(QTableView):
    """Rows that can be chosen, checked, tagged and copied."""

    current_changed = Signal(int)  # a row number, -1 for none
    tag_key = Signal(int)
    opened = Signal(int)
    columns_changed = Signal(str)

    def __init__(self, look: Look, model: WindowedModel, delegate: RowDelegate, name: str) -> None:
        super().__init__()
        self.look = look
        self.rows = model
        self._delegate = delegate
        self._hidden: set[str] = set()
        self._unused: set[str] = set()
        self.setModel(model)
        self.setItemDelegate(delegate)
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(look.size("row_table"))
        self.verticalHeader().setMinimumSectionSize(look.size("row_table"))
        header = self.horizontalHeader()
        header.setFixedHeight(look.size("header"))
        header.setFont(look.font("dense", 500))
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(False)
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(look.px(30))
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(lambda _point: self.choose_columns())
        header.sectionClicked.connect(self._sort)
        delegate.toggled.connect(model.toggle)
        model.before_reset = self._before_reset
        model.began.connect(self._began)
        model.loaded.connect(self._loaded)
        self.selectionModel().currentRowChanged.connect(self._current)
        self.doubleClicked.connect(self._open)
        self._keep = -1
        self._narrow = False
        look.changed.connect(self.viewport().update)

    # -- rows

    def current_number(self) -> int:
        """The number of the chosen row, -1 for none."""
        row = self.currentIndex().row()
        return self.rows.ids[row] if 0 <= row < len(self.rows.ids) else -1

    def choose(self, number: int) -> bool:
        """Choose a row by its number; whether it is in the list."""
        row = self.rows.row_of(number)
        if row < 0:
            self._keep = number
            return False
        self.selectRow(row)
        self.scrollTo(self.rows.index(row, 1), QAbstractItemView.ScrollHint.EnsureVisible)
        return True

    def _before_reset(self) -> None:
        self._keep = self.current_number() if self.current_number() >= 0 else self._keep
        self.scrollToTop()

    def _began(self) -> None:
        if self._keep >= 0:
            wanted, self._keep = self._keep, -1
            self.choose(wanted)  # or waits for the rest
        elif self.rows.ids:
            self.selectRow(0)

    def _loaded(self, count: int) -> None:
        wanted, self._keep = self._keep, -1
        if wanted >= 0 and self.choose(wanted):
            return
        self._keep = -1
        if count and not self.currentIndex().isValid():
            self.selectRow(0)
        elif not count:
            self.current_changed.emit(-1)

    def _current(self, index: QModelIndex, _before: QModelIndex) -> None:
        if index.isValid() and index.row() < len(self.rows.ids):
            self.current_changed.emit(self.rows.ids[index.row()])

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(self.rows.ids[index.row()])

    def _sort(self, section: int) -> None:
        again = section == self.rows.sorted_by and not self.rows.descending
        self.rows.sort(section, Qt.SortOrder.DescendingOrder if again else Qt.SortOrder.AscendingOrder)

    # -- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space checks, digits tag, Ctrl+C copies the cell, Ctrl+Shift+C path and offset."""
        key = Qt.Key(event.key())
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key == Qt.Key.Key_Space and self.current_number() >= 0:
            self.rows.toggle(self.current_number())
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_9 and not event.modifiers():
            self.tag_key.emit(int(key) - int(Qt.Key.Key_0))
        elif key == Qt.Key.Key_C and control:
            self.copy_place() if shift else self.copy_cell()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        elif key == Qt.Key.Key_A and control:
            if self.rows.columns[0].key == "check":
                self.rows.check_all(on=True)
        else:
            super().keyPressEvent(event)

    def copy_cell(self) -> None:
        """Put the text of the cell on the clipboard."""
        index = self.currentIndex()
        if index.isValid():
            column = index.column() or 2
            text = self.rows.data(self.rows.index(index.row(), column))
            QGuiApplication.clipboard().setText(str(text or ""))

    def copy_place(self) -> None:
        """Put path and offset of the row on the clipboard."""
        line = self.rows.data(self.currentIndex(), LINE_ROLE)
        if line is None:
            return
        offset = getattr(line, "image_offset", None)
        place = getattr(line, "path", "") or getattr(line, "where", "")
        tail = tr(", image offset 0x{offset:X}", offset=offset) if offset is not None else ""
        QGuiApplication.clipboard().setText(f"{getattr(line, 'exhibit', '')} {place}{tail}".strip())

    def copy_csv(self) -> int:
        """Copy the checked rows that are loaded, or those on the screen, as CSV; how many."""
        rows = [at for at, number in enumerate(self.rows.ids[:100_000]) if number in self.rows.checked]
        if not rows:
            first = self.rowAt(0)
            last = self.rowAt(self.viewport().height() - 1)
            rows = list(range(max(0, first), (last if last >= 0 else len(self.rows.ids) - 1) + 1))
        shown = [column for column in range(len(self.rows.columns)) if self.rows.columns[column].heading]
        lines = [",".join(_cell(self.rows.columns[column].heading) for column in shown)]
        for row in rows:
            lines.append(",".join(_cell(str(self.rows.data(self.rows.index(row, column)) or "")) for column in shown))
        QGuiApplication.clipboard().setText("\n".join(lines) + "\n")
        return len(rows)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The same actions as by keys."""
        menu = QMenu(self)
        menu.addAction(tr("Copy cell"), QKeySequence("Ctrl+C"), self.copy_cell)
        menu.addAction(tr("Copy path and offset"), QKeySequence("Ctrl+Shift+C"), self.copy_place)
        if self.rows.columns[0].key == "check":
            menu.addSeparator()
            menu.addAction(tr("Check or uncheck the row"), QKeySequence("Space"), self._toggle_current)
            menu.addAction(tr("Check all in the result"), lambda: self.rows.check_all(on=True))
            menu.addAction(tr("Uncheck all in the result"), lambda: self.rows.check_all(on=False))
        menu.exec(event.globalPos())

    def _toggle_current(self) -> None:
        if self.current_number() >= 0:
            self.rows.toggle(self.current_number())

    # -- columns

    def choose_columns(self) -> None:
        """A menu of the columns."""
        menu = QMenu(self)
        for at, column in enumerate(self.rows.columns):
            if column.heading and at > 1:
                action = QAction(column.heading, menu)
                action.setCheckable(True)
                action.setChecked(column.key not in self._hidden)
                action.setData(column.key)
                menu.addAction(action)
        chosen = menu.exec(self.mapToGlobal(self.horizontalHeader().rect().bottomLeft()))
        if chosen is not None:
            self._hidden ^= {str(chosen.data())}
            self.columns_changed.emit("\n".join(sorted(self._hidden)))
            self.fit()

    def hide_columns(self, keys: list[str]) -> None:
        """Switch columns off."""
        self._hidden = set(keys)
        self.fit()

    def set_unused(self, key: str, *, unused: bool) -> None:
        """Leave a column out while nothing stands in it."""
        before = set(self._unused)
        self._unused = self._unused | {key} if unused else self._unused - {key}
        if self._unused != before:
            self.fit()

    def fit(self) -> None:
        """Give the columns their widths; the widest takes what is left."""
        look = self.look
        room = self.viewport().width()
        narrow = room < look.px(1250)
        widths = {}
        for at, column in enumerate(self.rows.columns):
            off = column.key in self._hidden | self._unused or (narrow and column.key in ("how", "address", "created"))
            self.setColumnHidden(at, off)
            if not off:
                base = NARROW.get(column.key, column.width) if narrow else column.width
                widths[at] = look.px(base)
        spare = room - sum(widths.values())
        grow = [at for at in widths if self.rows.columns[at].key in ("what", "where", "name", "sha256")]
        for at in grow:
            share = {"what": 0.55, "where": 0.45, "name": 0.6, "sha256": 0.4}[self.rows.columns[at].key]
            widths[at] = max(look.px(80), widths[at] + math.floor(spare * share))
        for at, width in widths.items():
            self.setColumnWidth(at, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns again."""
        super().resizeEvent(event)
        self.fit()


def _cell(text: str) -> str:
    """A CSV cell; a leading formula sign is disarmed."""
    if text[:1] in ("=", "+", "-", "@", "\t"):
        text = "'" + text
    return '"' + text.replace('"', '""') + '"'

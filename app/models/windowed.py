"""A table over SQL of any length: all row numbers in order, and the rows themselves in kept blocks.

The first rows are asked for alone, so that an index gives them at once; the numbers of the rest follow.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from sqlalchemy import ColumnElement, Connection

from app.reader import Reader, Ticket
from viewers.tips import tip

BLOCK = 64  # a screen or two: what a jump has to read
KEPT = 128
PAGE = 8 * BLOCK  # rows that stand there before the rest has been sorted
Index = QModelIndex | QPersistentModelIndex
LINE_ROLE = int(Qt.ItemDataRole.UserRole)
ROOT = QModelIndex()
FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, how it sorts, its text, and its width."""

    key: str
    heading: str
    order: tuple[ColumnElement[Any], ...] = ()
    text: Callable[[Any], str] = str
    width: int = 100
    right: bool = False
    mono: bool = False
    gaps: bool = False  # some rows have nothing to sort by: they come last


class WindowedModel(QAbstractTableModel):
    """Row numbers in sort order and an LRU of blocks; both are read in a worker thread."""

    began = Signal()  # the first rows stand there, more may follow
    loaded = Signal(int)  # how many rows
    failed = Signal(str)
    checks_changed = Signal(int)
    arrived = Signal()

    def __init__(
        self,
        reader: Reader,
        columns: Sequence[Column],
        ids: Callable[[Connection, ColumnElement[bool] | None, Sequence[ColumnElement[Any]], int | None], array[int]],
        lines: Callable[[Connection, Sequence[int]], Mapping[int, Any]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._reader = reader
        self.columns = list(columns)
        self._read_ids = ids
        self._read_lines = lines
        self.ids: array[int] = array("q")
        self._blocks: OrderedDict[int, list[Any]] = OrderedDict()
        self._asked: dict[int, Ticket] = {}
        self._generation = 0
        self._ticket: Ticket | None = None
        self._rest: Ticket | None = None
        self._check_rest: bool | None = None
        self.where: ColumnElement[bool] | None = None
        self.sorted_by = -1
        self.descending = False
        self.checked: set[int] = set()
        self.before_reset: Callable[[], None] | None = None

    # -- what is shown

    def load(self, where: ColumnElement[bool] | None) -> None:
        """Show the rows that pass a condition."""
        self.where = where
        self._reload()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort in the worker; the old order stays on the screen until then."""
        if not (0 <= column < len(self.columns) and self.columns[column].order):
            return
        descending = order == Qt.SortOrder.DescendingOrder
        if (column, descending) != (self.sorted_by, self.descending):
            self.sorted_by, self.descending = column, descending
            self._reload()

    def refresh_rows(self) -> None:
        """Read the rows on the screen again, as after a tag; the order stays."""
        self._forget()
        if self.ids:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.ids) - 1, len(self.columns) - 1))

    @property
    def loading(self) -> bool:
        """Whether the first of the rows that were asked for last are still to come."""
        return self._ticket is not None

    @property
    def complete(self) -> bool:
        """Whether the numbers of all rows are there."""
        return self._ticket is None and self._rest is None

    def _reload(self) -> None:
        for ticket in (self._ticket, self._rest):
            if ticket is not None:
                ticket.cancel()
        self._rest, self._check_rest = None, None
        where, order = self.where, self._order()

        def read(most: int | None, take: Callable[[array[int]], None]) -> Ticket:
            return self._reader.submit(
                lambda connection: self._read_ids(connection, where, order, most), take, self._not_read, long=True
            )

        def take_first(ids: array[int]) -> None:
            self._ticket = None
            if len(ids) >= PAGE:
                self._rest = read(None, self._take_rest)
            self._reset(ids)
            self.began.emit()
            if self._rest is None:
                self._completed()

        self._ticket = read(PAGE, take_first)

    def _not_read(self, words: str) -> None:
        self._ticket = self._rest = None
        self.failed.emit(words)

    def _order(self) -> list[ColumnElement[Any]]:
        if self.sorted_by < 0:
            return []
        parts = self.columns[self.sorted_by].order
        if self.columns[self.sorted_by].gaps:
            return [part.desc().nulls_first() if self.descending else part.asc().nulls_last() for part in parts]
        return [part.desc() for part in parts] if self.descending else list(parts)

    def _reset(self, ids: array[int]) -> None:
        if self.before_reset is not None:
            self.before_reset()
        self.beginResetModel()
        self.ids = ids
        self._forget()
        self.endResetModel()

    def _take_rest(self, ids: array[int]) -> None:
        self._rest = None
        if ids[: len(self.ids)] == self.ids:
            if len(ids) > len(self.ids):
                self.beginInsertRows(ROOT, len(self.ids), len(ids) - 1)
                self.ids = ids
                self.endInsertRows()
        else:  # the case has changed in between
            self._reset(ids)
        self._completed()

    def _completed(self) -> None:
        if self._check_rest is not None:
            self.check_all(on=self._check_rest)
        self.loaded.emit(len(self.ids))

    def _forget(self) -> None:
        self._generation += 1
        self._blocks.clear()
        for ticket in self._asked.values():
            ticket.cancel()
        self._asked.clear()

    # -- rows

    def line(self, row: int) -> Any:
        """The row at a place, or `None` while it is being read."""
        number, inside = divmod(row, BLOCK)
        block = self._blocks.get(number)
        if block is None:
            self._ask(number)
            return None
        self._blocks.move_to_end(number)
        return block[inside] if inside < len(block) else None

    def row_of(self, number: int) -> int:
        """The place of a row number, -1 where it is hidden."""
        if not self.ids:
            return -1
        found = np.frombuffer(self.ids, dtype=self.ids.typecode) == number
        row = int(found.argmax())
        return row if found[row] else -1

    def _ask(self, number: int) -> None:
        if number in self._asked or number * BLOCK >= len(self.ids):
            return
        wanted = self.ids[number * BLOCK : (number + 1) * BLOCK].tolist()
        generation = self._generation
        self._asked[number] = self._reader.submit(
            lambda connection: self._read_lines(connection, wanted),
            lambda lines: self._take_lines(generation, number, wanted, lines),
            lambda words: self._lost(number, words),
        )
        if len(self._asked) > 24:  # rows that were scrolled past are not needed any more
            oldest = next(iter(self._asked))
            self._asked.pop(oldest).cancel()

    def _take_lines(self, generation: int, number: int, wanted: Sequence[int], lines: Mapping[int, Any]) -> None:
        if generation != self._generation:
            return
        self._asked.pop(number, None)
        self._blocks[number] = [lines.get(one) for one in wanted]
        while len(self._blocks) > KEPT:
            self._blocks.popitem(last=False)
        first = number * BLOCK
        last = min(len(self.ids), first + BLOCK) - 1
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))
        self.arrived.emit()

    def _lost(self, number: int, words: str) -> None:
        self._asked.pop(number, None)
        self.failed.emit(words)

    # -- checks, apart from the selection

    def toggle(self, number: int) -> None:
        """Check or uncheck one row."""
        self.checked ^= {number}
        row = self.row_of(number)
        if row >= 0:
            self.dataChanged.emit(self.index(row, 0), self.index(row, 0))
        self.checks_changed.emit(len(self.checked))

    def check_all(self, *, on: bool) -> None:
        """Check every row of the result, or none; of a result that is not complete, as soon as it is."""
        self._check_rest = None if self.complete else on
        if on:
            self.checked.update(self.ids)
        else:
            self.checked.difference_update(self.ids)
        if self.ids:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.ids) - 1, 0))
        self.checks_changed.emit(len(self.checked))

    # -- what Qt asks

    def rowCount(self, parent: Index = ROOT) -> int:
        """How many rows pass."""
        return 0 if parent.isValid() else len(self.ids)

    def columnCount(self, parent: Index = ROOT) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell, its row object, or its check."""
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        if role == LINE_ROLE:
            return self.line(index.row())
        if role == Qt.ItemDataRole.CheckStateRole and column.key == "check":
            on = self.ids[index.row()] in self.checked
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            line = self.line(index.row())
            if line is None:
                return None if role == Qt.ItemDataRole.ToolTipRole else "…"
            if column.key == "check":
                return "" if role == Qt.ItemDataRole.DisplayRole else f"F{line.id}"
            text = column.text(line)
            return tip(text) if role == Qt.ItemDataRole.ToolTipRole else text
        if role == Qt.ItemDataRole.TextAlignmentRole and column.right:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The headings."""
        if orientation == Qt.Orientation.Horizontal and 0 <= section < len(self.columns):
            if role == Qt.ItemDataRole.DisplayRole:
                heading = self.columns[section].heading
                sign = ("  ↓" if self.descending else "  ↑") if section == self.sorted_by else ""
                return heading + sign
            if role == Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if self.columns[section].right else Qt.AlignmentFlag.AlignLeft
                return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows can be chosen; the first cell can be checked."""
        return FLAGS

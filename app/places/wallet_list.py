"""All coins first, then the wallets of a case, each with its coin and where its keys are."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from resources.languages import tr
from viewers import draw
from viewers.look import Look

ROW = 56
ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Listed:
    """One row: kind for its tile, title, note, and a word at the right with the tone of its colour."""

    kind: str
    title: str
    note: str
    word: str
    tone: str = "text2"


class _Rows(QStyledItemDelegate):
    """Tile, title, word; below them the note."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """All of one height."""
        return QSize(50, self._look.px(ROW))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a row."""
        look, listed = self._look, index.data(ROLE)
        box = QRectF(option.rect)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, look.colour("select"))
            painter.fillRect(QRectF(box.left(), box.top(), look.px(3), box.height()), look.colour("accent"))
        painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 1), look.colour("grid"))
        draw.kind_tile(painter, look, box.left() + look.px(14), box.top() + look.px(9), look.px(20), listed.kind)
        left, right = box.left() + look.px(44), box.right() - look.px(12)
        line = QRectF(left, box.top() + look.px(8), right - left, look.px(20))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(look.font("dense", 600))
        painter.setPen(look.colour(listed.tone))
        painter.drawText(line, int(middle | Qt.AlignmentFlag.AlignRight), listed.word)
        room = line.width() - look.metrics("dense", 600).horizontalAdvance(listed.word) - look.px(8)
        painter.setPen(look.colour("text"))
        painter.setFont(look.font("body", 600))
        painter.drawText(line, int(middle), draw.elided(listed.title, int(room), look.font("body", 600)))
        painter.setPen(look.colour("text2"))
        painter.setFont(look.font("dense"))
        note = draw.elided(listed.note, int(line.width()), look.font("dense"), middle=True)
        painter.drawText(line.translated(0, look.px(21)), int(middle), note)
        painter.restore()


class WalletList(QListWidget):
    """The rows; `chosen` says which, 0 for all coins."""

    chosen = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setAccessibleName(tr("Wallets of the case"))
        self._rows = _Rows(look)
        self.setItemDelegate(self._rows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.currentRowChanged.connect(lambda row: self.chosen.emit(row) if row >= 0 else None)
        look.changed.connect(self.viewport().update)

    def show_listed(self, rows: list[Listed]) -> None:
        """Show these rows, and the one that was chosen where there still is one."""
        kept = max(0, min(self.currentRow(), len(rows) - 1))
        self.blockSignals(True)
        self.clear()
        for row in rows:
            item = QListWidgetItem()
            item.setData(ROLE, row)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{row.title}, {row.word}, {row.note}")
            self.addItem(item)
        self.blockSignals(False)
        if rows:
            self.setCurrentRow(kept)

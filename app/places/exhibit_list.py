"""The exhibits of the record, each with the gaps and flags that it has."""

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
from viewers.tips import tip

ROW, TROUBLED = 56, 82
ROLE = Qt.ItemDataRole.UserRole
WHOLE = ""  # the number of the first row


@dataclass(frozen=True, slots=True)
class Listed:
    """One row: an exhibit, or the whole record."""

    number: str
    title: str
    note: str
    trouble: str = ""  # "1 gap"


class _Rows(QStyledItemDelegate):
    """Icon, name, note, and what is wrong."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Higher where something is wrong."""
        return QSize(50, self._look.px(TROUBLED if index.data(ROLE).trouble else ROW))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a row."""
        look, listed = self._look, index.data(ROLE)
        box = QRectF(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen:
            painter.fillRect(box, look.colour("select"))
            painter.fillRect(QRectF(box.left(), box.top(), look.px(3), box.height()), look.colour("accent"))
        painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 1), look.colour("grid"))
        side = look.px(18)
        icon = "chain" if listed.number == WHOLE else "evidence"
        look.paint_icon(painter, icon, box.left() + look.px(14), box.top() + look.px(12), side, look.colour("text2"))
        left, middle = box.left() + look.px(44), int(Qt.AlignmentFlag.AlignVCenter)
        right = box.right() - look.px(10)
        if listed.trouble:
            self._trouble(painter, listed.trouble, left, box.top() + look.px(53))
        for text, role, weight, top in ((listed.title, "body", 600, 8), (listed.note, "dense", 0, 29)):
            font = look.font(role, weight)
            painter.setFont(font)
            painter.setPen(look.colour("text" if weight else "text2"))
            room = int(right - left)
            line = QRectF(left, box.top() + look.px(top), room, look.px(20))
            painter.drawText(line, middle, draw.elided(text, room, font))
        painter.restore()

    def _trouble(self, painter: QPainter, words: str, left: float, top: float) -> None:
        look, size = self._look, self._look.px(13)
        wide = look.metrics("note", 600).horizontalAdvance(words) + size + look.px(20)
        chip = QRectF(left, top, wide, look.px(20))
        draw.rounded(painter, chip, look.px(4), look.colour("dangersoft"))
        ink = look.colour("danger")
        look.paint_icon(painter, "stop", chip.left() + look.px(7), chip.top() + (chip.height() - size) / 2, size, ink)
        painter.setPen(ink)
        painter.setFont(look.font("note", 600))
        painter.drawText(chip.adjusted(size + look.px(12), 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), words)


class ExhibitList(QListWidget):
    """The whole record first, then the exhibits."""

    chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setAccessibleName(tr("Exhibits of the record"))
        self.setItemDelegate(_Rows(look))
        self._delegate = self.itemDelegate()
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.currentItemChanged.connect(self._changed)
        look.changed.connect(self.viewport().update)

    def show_listed(self, rows: list[Listed]) -> None:
        """Show these rows and keep the one that was chosen."""
        kept = self.number
        self.blockSignals(True)
        self.clear()
        for row in rows:
            item = QListWidgetItem()
            item.setData(ROLE, row)
            said = ", ".join(part for part in (row.title, row.note, row.trouble) if part)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, said)
            item.setToolTip(tip(said))
            self.addItem(item)
        self.blockSignals(False)
        if not self.select(kept):
            self.setCurrentRow(0)

    @property
    def number(self) -> str:
        """The chosen exhibit; empty for the whole record."""
        item = self.currentItem()
        return str(item.data(ROLE).number) if item is not None else WHOLE

    def select(self, number: str) -> bool:
        """Choose an exhibit; whether it is there."""
        for row in range(self.count()):
            if self.item(row).data(ROLE).number == number:
                self.setCurrentRow(row)
                return True
        return False

    def _changed(self) -> None:
        self.chosen.emit(self.number)

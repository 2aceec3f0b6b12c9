"""Paints the rows of the findings and entries tables."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.models.windowed import LINE_ROLE, WindowedModel
from app.reading import EntryLine, FindingLine
from viewers import draw
from viewers.look import Look
from viewers.words import NONE_STORED

Index = QModelIndex | QPersistentModelIndex
LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


def check_box(painter: QPainter, look: Look, rect: QRectF, *, on: bool) -> None:
    """A check box, 15 px."""
    side = look.px(15)
    box = QRectF(rect.center().x() - side / 2, rect.center().y() - side / 2, side, side)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if on:
        draw.rounded(painter, box, 3, look.colour("accent"))
        painter.setPen(QPen(look.colour("onaccent"), 2))
        s = side
        painter.drawPolyline(
            QPolygonF(
                [
                    QPointF(box.left() + s * 0.24, box.top() + s * 0.52),
                    QPointF(box.left() + s * 0.43, box.top() + s * 0.71),
                    QPointF(box.left() + s * 0.77, box.top() + s * 0.31),
                ]
            )
        )
    else:
        draw.rounded(painter, box, 3, look.colour("surface"), look.colour("line2"))
    painter.restore()


class RowDelegate(QStyledItemDelegate):
    """Common ground of all painted rows: selection, bar, grid line."""

    toggled = Signal(int)

    def __init__(self, look: Look, row_height: int) -> None:
        super().__init__()
        self.look = look
        self._height = row_height

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are equally high."""
        return QSize(50, self._height)

    def ground(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> bool:
        """Fill the row; whether it is selected."""
        look = self.look
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        rect: QRect = option.rect
        if selected:
            painter.fillRect(rect, look.colour("select"))
        elif index.row() % 2:
            painter.fillRect(rect, look.colour("raised"))
        else:
            painter.fillRect(rect, look.colour("surface"))
        if selected and index.column() == 0:
            painter.fillRect(QRect(rect.left(), rect.top(), look.px(3), rect.height()), look.colour("accent"))
        return selected

    def text(
        self, painter: QPainter, rect: QRectF, text: str, role: str, tone: str, *, weight: int = 0,
        middle: bool = False, right: bool = False,
    ) -> None:  # fmt: skip
        """One line of text, elided."""
        font = self.look.font(role, weight)
        painter.setFont(font)
        painter.setPen(self.look.colour(tone))
        cut = draw.elided(text, int(rect.width()), font, middle=middle)
        painter.drawText(rect, int(RIGHT if right else LEFT), cut)


class FindingsDelegate(RowDelegate):
    """Rows of findings: tile, value, place, grade, allocation, care."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        look = self.look
        selected = self.ground(painter, option, index)
        model = index.model()
        if not isinstance(model, WindowedModel):
            return
        key = model.columns[index.column()].key
        cell = QRectF(option.rect)
        rect = cell.adjusted(look.px(8), 0, -look.px(6), 0)
        if key == "check":
            on = model.data(index, int(Qt.ItemDataRole.CheckStateRole)) == Qt.CheckState.Checked
            check_box(painter, look, cell, on=on)
            return
        line = model.data(index, LINE_ROLE)
        if not isinstance(line, FindingLine):
            self.text(painter, rect, "…", "dense", "text2")
            return
        self._cell(painter, rect, key, line, model.columns[index.column()].text(line), selected)

    def _cell(self, painter: QPainter, rect: QRectF, key: str, line: FindingLine, text: str, selected: bool) -> None:
        look = self.look
        quiet = "text2" if selected else "text3"
        if key == "kind":
            side = look.px(18)
            draw.kind_tile(painter, look, rect.left(), rect.center().y() - side / 2, side, line.kind, look.px(13))
            self.text(painter, rect.adjusted(look.px(24), 0, 0, 0), text, "dense", "text")
        elif key == "what":
            role = "digest" if line.mono else "dense"
            self.text(painter, rect, text, role, "text", weight=500 if selected else 0, middle=line.mono)
        elif key == "where":
            self.text(painter, rect, text, "dense", "text2", middle=True)
        elif key == "grade":
            word = rect.width() >= draw.grade_width(look, True, line.grade) - 2
            draw.grade_chip(painter, look, rect, line.grade, word=word, on_select=selected)
        elif key == "allocation":
            side = look.px(10)
            draw.allocation_glyph(painter, look, rect.left(), rect.center().y() - side / 2, line.allocation)
            self.text(painter, rect.adjusted(look.px(17), 0, 0, 0), text, "dense", "text2")
        elif key == "time":
            tone = quiet if line.time == NONE_STORED else "text"
            self.text(painter, rect, text, "dense", tone)
        elif key == "care":
            if line.care:
                height = look.px(18)
                draw.care_chip(
                    painter, look, rect.left() - look.px(3), rect.center().y() - height / 2 + 0.5, height, line.care
                )
        elif key == "tags":
            self._tags(painter, rect, line.tags)
        else:
            self.text(painter, rect, text, "dense", "text2")

    def _tags(self, painter: QPainter, rect: QRectF, tags: tuple[str, ...]) -> None:
        look = self.look
        x = rect.left() - look.px(3)
        height = look.px(18)
        for name in tags:
            width = draw.chip_width(look, name)
            if x + width > rect.right() + look.px(6):
                break
            box = QRectF(x, rect.center().y() - height / 2 + 0.5, width, height)
            draw.rounded(painter, box, look.px(4), look.colour("accentsoft"))
            painter.setPen(look.colour("accent"))
            painter.setFont(look.font("note"))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), name)
            x += width + look.px(4)

    def editorEvent(self, event: QEvent, model: object, option: QStyleOptionViewItem, index: Index) -> bool:
        """A click on the box checks the row and leaves the selection alone."""
        if (
            isinstance(event, QMouseEvent)
            and event.type() == QEvent.Type.MouseButtonRelease
            and isinstance(model, WindowedModel)
            and model.columns[index.column()].key == "check"
        ):
            self.toggled.emit(model.ids[index.row()])
            return True
        return False


class EntriesDelegate(RowDelegate):
    """Rows of entries."""

    ICONS: ClassVar[dict[str, str]] = {"directory": "folder", "virtual": "chip", "link": "arrow"}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        look = self.look
        self.ground(painter, option, index)
        model = index.model()
        if not isinstance(model, WindowedModel):
            return
        column = model.columns[index.column()]
        rect = QRectF(option.rect).adjusted(look.px(8), 0, -look.px(8), 0)
        line = model.data(index, LINE_ROLE)
        if not isinstance(line, EntryLine):
            self.text(painter, rect, "…", "dense", "text2")
            return
        if column.key == "name":
            icon = self.ICONS.get(line.kind, "file")
            size = look.px(16)
            look.paint_icon(painter, icon, rect.left(), rect.center().y() - size / 2, size, look.colour("text2"))
            self.text(painter, rect.adjusted(look.px(24), 0, 0, 0), line.name, "dense", "text", middle=True)
        elif column.key == "allocation":
            side = look.px(10)
            draw.allocation_glyph(painter, look, rect.left(), rect.center().y() - side / 2, line.allocation)
            self.text(painter, rect.adjusted(look.px(17), 0, 0, 0), column.text(line), "dense", "text2")
        else:
            role = "digest" if column.mono else "dense"
            tone = "text" if column.key in ("size", "modified", "findings") else "text2"
            self.text(painter, rect, column.text(line), role, tone, middle=column.mono, right=column.right)


class ListDelegate(RowDelegate):
    """Rows of plain text tables, such as what could not be searched."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        self.ground(painter, option, index)
        rect = QRectF(option.rect).adjusted(self.look.px(8), 0, -self.look.px(8), 0)
        text = str(index.data() or "")
        align = index.data(int(Qt.ItemDataRole.TextAlignmentRole))
        right = align is not None and bool(Qt.AlignmentFlag(align) & Qt.AlignmentFlag.AlignRight)
        self.text(painter, rect, text, "dense", "text" if index.column() == 0 else "text2", right=right)

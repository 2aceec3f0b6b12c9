"""Bytes as they stand: offsets of the image, runs, fields, and masked places."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from typing import ClassVar

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QHBoxLayout, QVBoxLayout

from resources.languages import tr, tr_noop
from viewers import access, draw
from viewers.base import ByteSource, Subject, Viewer
from viewers.byte_values import DataInspector, RunBar
from viewers.look import Look
from viewers.marks import Mark, marks_of
from viewers.parts import Hairline

BLOCK = 4096
KEPT = 256
WIDE = 16
MAX_BAR = 1 << 30
MOST_OFFSET = 1 << 64
HEX = [f"{value:02X}" for value in range(256)]
TEXT = "".join(chr(value) if 32 <= value < 127 else "·" for value in range(256))


def merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges in order, those that touch or overlap made into one."""
    made: list[tuple[int, int]] = []
    for low, high in ranges:
        if made and low <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], high))
        elif high > low:
            made.append((low, high))
    return made


class HexView(QAbstractScrollArea):
    """Rows of sixteen bytes."""

    cursor_moved = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Bytes"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._source = ByteSource()
        self._marks: list[Mark] = []
        self._masks: list[tuple[int, int]] = []  # apart from each other, in order
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._failed: dict[int, str] = {}
        self._asked: set[int] = set()
        self._generation = 0
        self.place = 0
        self._anchor = 0
        self._current = ""
        self._digits = 8
        self._measure()
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)

    def _measure(self) -> None:
        metrics = QFontMetricsF(self.look.font("bytes"))
        self._cw = metrics.horizontalAdvance("0")
        self._row = self.look.size("hex_row")
        self._head = self.look.px(26)
        self._left = self.look.px(16)

    # -- what is shown

    def set_source(self, source: ByteSource, marks: list[Mark], start: int) -> None:
        """Show a source from a byte on."""
        self._source, self._marks = source, marks
        self._masks = merged(sorted((mark.offset, mark.end) for mark in marks if mark.masked))
        self._generation += 1
        self._blocks.clear()
        self._failed.clear()
        self._asked.clear()
        self._current = ""
        self._measure_offsets()
        self._fit()
        self.go(start)

    def go(self, offset: int, length: int = 1) -> None:
        """Put the cursor on a byte and bring it into sight."""
        self.place = max(0, min(offset, max(0, self._source.size - 1)))
        self._anchor = max(self.place, min(self.place + length - 1, self._source.size - 1))
        row = self.place // WIDE
        first, shown = self._first_row(), self._rows_shown()
        if not first <= row < first + max(1, shown - 1):
            self.verticalScrollBar().setValue((row - min(4, shown // 3)) // self._scale)
        self.cursor_moved.emit(self.place)
        self.viewport().update()

    def highlight(self, name: str) -> None:
        """Draw the marks of one field stronger."""
        self._current = name
        mark = next((mark for mark in self._marks if mark.name == name and name), None)
        if mark is not None:
            self.go(mark.offset, 1)
        self.viewport().update()

    def byte(self, offset: int) -> int | None:
        """A byte that has been read and is not masked."""
        block = self._blocks.get(offset // BLOCK)
        inside = offset % BLOCK
        if block is None or inside >= len(block) or self._masked(offset):
            return None
        return block[inside]

    def data_at(self, offset: int, length: int) -> bytes:
        """Bytes from an offset up to the first that is masked or not read yet."""
        out = bytearray()
        for at in range(offset, offset + length):
            value = self.byte(at)
            if value is None:
                break
            out.append(value)
        return bytes(out)

    def _masked(self, offset: int) -> bool:
        at = bisect_right(self._masks, (offset, MOST_OFFSET)) - 1
        return at >= 0 and offset < self._masks[at][1]

    # -- geometry

    @property
    def _scale(self) -> int:
        return max(1, -(-self._total_rows() // MAX_BAR))

    def _total_rows(self) -> int:
        return -(-self._source.size // WIDE)

    def _rows_shown(self) -> int:
        return max(1, (self.viewport().height() - self._head) // self._row)

    def _first_row(self) -> int:
        return self.verticalScrollBar().value() * self._scale

    def _measure_offsets(self) -> None:
        highest = self._source.size
        if self._source.runs:
            highest = max(start + length for start, length in self._source.runs)
        self._digits = max(8, len(f"{highest:X}"))

    def _hex_x(self) -> float:
        return self._left + (self._digits + 2) * self._cw + self.look.px(22)

    def _text_x(self) -> float:
        return self._hex_x() + (WIDE * 3 + 1) * self._cw + self.look.px(16)

    def needed_width(self) -> int:
        """The width that shows all three columns."""
        return int(self._text_x() + WIDE * self._cw + self.look.px(26))

    def _byte_x(self, column: int) -> float:
        return self._hex_x() + (column * 3 + (1 if column >= 8 else 0)) * self._cw

    def _fit(self) -> None:
        rows, shown = self._total_rows(), self._rows_shown()
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, rows - shown) // self._scale)
        bar.setPageStep(max(1, shown))
        bar.setSingleStep(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer rows."""
        self._fit()

    # -- reading

    def _need(self, first: int, behind: int) -> None:
        for block in range(first // BLOCK, -(-behind // BLOCK)):
            if block in self._blocks or block in self._asked or block in self._failed:
                continue
            self._asked.add(block)
            length = min(BLOCK, self._source.size - block * BLOCK)
            generation = self._generation

            def done(data: bytes | None, words: str, block: int = block, generation: int = generation) -> None:
                if generation != self._generation:
                    return
                self._asked.discard(block)
                if data is None:
                    self._failed[block] = words
                else:
                    self._blocks[block] = data
                    while len(self._blocks) > KEPT:
                        self._blocks.popitem(last=False)
                self.viewport().update()
                self.cursor_moved.emit(self.place)

            self._source.request(block * BLOCK, length, done)

    # -- for those who do not see it

    accessible_role = QAccessible.Role.List

    def accessible_value(self) -> str:
        """Where the cursor stands, and the byte there."""
        value = self.byte(self.place)
        said = f"{value:02X}" if value is not None else (tr("masked") if self._masked(self.place) else tr("not read"))
        return tr("offset {place:,}, byte {said}", place=self.place, said=said)

    def accessible_parts(self) -> list[access.Part]:
        """The rows in sight: offset, bytes and text; masked bytes are said to be masked."""
        first = self._first_row()
        found = []
        for number in range(max(0, min(self._rows_shown(), self._total_rows() - first))):
            start = (first + number) * WIDE
            place = self._source.image_offset(start) if self._source.runs else start
            values = [self.byte(at) for at in range(start, min(start + WIDE, self._source.size))]
            name = f"0x{place:X}" if place is not None else tr("offset {start:,}, not on the image", start=start)
            text = "".join("·" if value is None else TEXT[value] for value in values)
            hidden = sum(1 for at in range(start, start + len(values)) if self._masked(at))
            said = " ".join("··" if value is None else HEX[value] for value in values)
            if hidden:
                said += tr(", {hidden} masked", hidden=hidden)
            rect = QRectF(0, self._head + number * self._row, self.viewport().width(), self._row)
            found.append(
                access.Part(
                    name,
                    rect,
                    tr("{said}; text {text}", said=said, text=text),
                    chosen=start <= self.place < start + WIDE,
                )
            )
        return found

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Marks first, then whole rows, then masks."""
        look = self.look
        painter = QPainter(self.viewport())
        width, height = self.viewport().width(), self.viewport().height()
        painter.fillRect(0, 0, width, height, look.colour("surface"))
        self._paint_head(painter, width)
        first = self._first_row()
        count = min(self._rows_shown() + 1, self._total_rows() - first)
        if self._source.size == 0:
            painter.setFont(look.font("body"))
            painter.setPen(look.colour("text2"))
            painter.drawText(
                self._left, self._head + look.px(28), self._source.note or tr("There are no bytes here: the size is 0.")
            )
            return
        start = first * WIDE
        behind = min(self._source.size, (first + count) * WIDE)
        self._need(start, behind)
        painter.setClipRect(0, self._head, width, height - self._head)
        self._paint_runs(painter, first, count)
        marks = [mark for mark in self._marks if mark.offset < behind and mark.end > start]
        if start // BLOCK in self._failed:
            marks = []  # there the reason stands instead of the bytes
        for mark in marks:
            if not mark.masked:
                self._paint_span(
                    painter,
                    mark.offset,
                    mark.end,
                    first,
                    count,
                    mark.token,
                    mark.name == self._current and bool(mark.name),
                )
        low, high = sorted((self.place, self._anchor))
        if start // BLOCK not in self._failed:
            self._paint_cursor(painter, low, high + 1, first, count)
        for number in range(count):
            self._paint_row(painter, first + number, self._head + number * self._row)
        for mark in marks:
            if mark.masked:
                self._paint_mask(painter, mark.offset, mark.end, first, count)

    def _paint_head(self, painter: QPainter, width: int) -> None:
        look = self.look
        painter.fillRect(0, 0, width, self._head, look.colour("surface"))
        painter.fillRect(0, self._head - 1, width, 1, look.colour("line"))
        painter.setPen(look.colour("text2"))
        painter.setFont(look.font("note"))
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRectF(self._left, 0, self._hex_x(), self._head), middle, self._source.label)
        painter.drawText(QRectF(self._text_x(), 0, 200, self._head), middle, "text")
        painter.setFont(look.font("bytes"))
        painter.setPen(look.colour("text3"))
        for column in range(WIDE):
            box = QRectF(self._byte_x(column), 0, 2 * self._cw, self._head)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), f"{column:X}")

    def _paint_runs(self, painter: QPainter, first: int, count: int) -> None:
        if not self._source.runs or not self._marks:
            return
        colours = (self.look.kind("wallet"), self.look.colour("line2"))
        for number in range(count):
            run = self._source.run_of((first + number) * WIDE)
            if run is not None:
                y = self._head + number * self._row
                painter.fillRect(0, y, self.look.px(4), self._row, colours[run % 2])

    def _paint_row(self, painter: QPainter, row: int, y: int) -> None:
        look = self.look
        start = row * WIDE
        block = self._blocks.get(start // BLOCK)
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(look.font("bytes"))
        place = self._source.image_offset(start) if self._source.runs else start
        painter.setPen(look.colour("text3"))
        offset = f"0x{place:0{self._digits}X}" if place is not None else tr("not on image")[: self._digits + 2]
        painter.drawText(QRectF(self._left, y, self._hex_x(), self._row), middle, offset)
        if block is None:
            failed = self._failed.get(start // BLOCK)
            if failed and (start % BLOCK == 0 or y == self._head):
                self._paint_failure(painter, failed, y)
            elif not failed:
                painter.setFont(look.font("dense"))
                painter.drawText(QRectF(self._hex_x(), y, 4000, self._row), middle, "…")
            return
        inside = start % BLOCK
        data = block[inside : inside + WIDE]
        hidden = [self._masked(start + at) for at in range(len(data))]
        numbers = ["  " if out else HEX[value] for value, out in zip(data, hidden, strict=True)]
        left = " ".join(numbers[:8])
        right = " ".join(numbers[8:])
        painter.setPen(look.colour("text"))
        painter.drawText(QRectF(self._hex_x(), y, 4000, self._row), middle, left)
        painter.drawText(QRectF(self._byte_x(8), y, 4000, self._row), middle, right)
        painter.drawText(
            QRectF(self._text_x(), y, 4000, self._row),
            middle,
            "".join(" " if out else TEXT[value] for value, out in zip(data, hidden, strict=True)),
        )

    def _paint_failure(self, painter: QPainter, words: str, y: int) -> None:
        look = self.look
        room = self.viewport().width() - self._hex_x() - look.px(16)
        box = QRectF(self._hex_x(), y + look.px(4), max(look.px(160), room), look.px(70))
        painter.setFont(look.font("dense"))
        painter.setPen(look.colour("danger"))
        flags = int(Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere)
        painter.drawText(box, flags, tr("These bytes could not be read. {words}", words=words))

    def _spans(self, start: int, behind: int, first: int, count: int) -> list[tuple[QRectF, QRectF]]:
        boxes = []
        for row in range(max(first, start // WIDE), min(first + count, -(-behind // WIDE))):
            low = max(start, row * WIDE) - row * WIDE
            high = min(behind, (row + 1) * WIDE) - row * WIDE
            y = self._head + (row - first) * self._row
            pad = self._cw * 0.35
            hexes = QRectF(
                self._byte_x(low) - pad,
                y + 1,
                self._byte_x(high - 1) + 2 * self._cw - self._byte_x(low) + 2 * pad,
                self._row - 2,
            )
            text = QRectF(self._text_x() + low * self._cw - 1, y + 1, (high - low) * self._cw + 2, self._row - 2)
            boxes.append((hexes, text))
        return boxes

    def _paint_span(
        self, painter: QPainter, start: int, behind: int, first: int, count: int, token: str, strong: bool
    ) -> None:
        border = self.look.colour("accent") if strong or self.look.theme == "contrast" else None
        for boxes in self._spans(start, behind, first, count):
            for box in boxes:
                draw.rounded(painter, box, 3, self.look.colour(token), border)

    def _paint_cursor(self, painter: QPainter, start: int, behind: int, first: int, count: int) -> None:
        for boxes in self._spans(start, behind, first, count):
            for box in boxes:
                draw.rounded(painter, box, 3, None, self.look.colour("accent"), 1.5 if self.hasFocus() else 1.0)

    def _paint_mask(self, painter: QPainter, start: int, behind: int, first: int, count: int) -> None:
        for boxes in self._spans(start, min(behind, self._source.size), first, count):
            for box in boxes:
                inner = box.adjusted(0, 2, 0, -2)
                draw.hatch(painter, inner, self.look.colour("secret"), self.look.colour("secretsoft"))

    # -- hands

    def _offset_at(self, point: QPoint) -> int | None:
        row = self._first_row() + max(0, point.y() - self._head) // self._row
        x = point.x()
        if x >= self._text_x() - self._cw:
            column = int((x - self._text_x()) / self._cw)
        else:
            column = next((c for c in range(WIDE - 1, -1, -1) if x >= self._byte_x(c) - self._cw / 2), 0)
        offset = row * WIDE + max(0, min(WIDE - 1, column))
        return offset if offset < self._source.size else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the cursor on the byte."""
        offset = self._offset_at(event.position().toPoint())
        if offset is not None:
            if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._anchor = offset
            self.place = offset
            self.cursor_moved.emit(offset)
            self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Extend the choice."""
        offset = self._offset_at(event.position().toPoint())
        if offset is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self.place = offset
            self.cursor_moved.emit(offset)
            self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by byte, row and page; Ctrl+C copies what is not masked."""
        page = self._rows_shown() * WIDE
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -WIDE,
            Qt.Key.Key_Down: WIDE,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
        }
        key = Qt.Key(event.key())
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and key == Qt.Key.Key_C:
            self.copy()
            return
        if key == Qt.Key.Key_Home:
            target = 0 if event.modifiers() & Qt.KeyboardModifier.ControlModifier else self.place // WIDE * WIDE
        elif key == Qt.Key.Key_End:
            last = self._source.size - 1
            control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            target = last if control else min(last, self.place // WIDE * WIDE + WIDE - 1)
        elif key in steps:
            target = self.place + steps[key]
        else:
            super().keyPressEvent(event)
            return
        anchor = self._anchor
        self.go(max(0, target))
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._anchor = anchor
            self.viewport().update()

    def copy(self) -> None:
        """Put the chosen bytes on the clipboard; masked ones as ··."""
        low, high = sorted((self.place, self._anchor))
        high = min(high, low + 65_535)
        values = [self.byte(at) for at in range(low, high + 1)]
        QGuiApplication.clipboard().setText(" ".join("··" if value is None else HEX[value] for value in values))


class HexViewer(Viewer):
    """The bytes of a subject, its fields marked, with data inspector and run bar."""

    title: ClassVar[str] = tr_noop("Hex")

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        row = self._row_layout = QHBoxLayout()
        row.setSpacing(0)
        self.view = HexView(look)
        self.inspector = DataInspector(look)
        self._line = Hairline(look, down=True)
        row.addWidget(self.view, 0)
        row.addWidget(self._line)
        row.addWidget(self.inspector, 1)
        outer.addLayout(row, 1)
        self.runs = RunBar(look)
        outer.addWidget(self.runs)
        self._source = ByteSource()
        self.view.cursor_moved.connect(self._moved)
        look.changed.connect(self.view.viewport().update)

    @classmethod
    def priority(cls, subject: Subject) -> float:
        """It shows anything that has bytes."""
        return 0.3 if subject.size or subject.runs else 0.0

    def show_finding(self, subject: Subject, source: ByteSource) -> None:
        """Show the bytes from a little before the finding."""
        self._source = source
        marks = marks_of(subject, source)
        place = source.place(subject.span) if subject.kind else None
        first = min((mark.offset for mark in marks), default=place[0] if place else 0)
        self.view.set_source(source, marks, first)
        self.runs.show_runs(source, subject.image_size)
        self._fit()

    def go(self, offset: int, length: int = 1) -> None:
        """Bring a byte into sight."""
        self.view.go(offset, length)

    def highlight(self, name: str) -> None:
        """Bring a field into sight."""
        self.view.highlight(name)

    def _moved(self) -> None:
        if self.inspector.isVisible():
            self.inspector.show_at(self.view.place, self.view.data_at(self.view.place, 8), self._source)

    def _fit(self) -> None:
        needed = self.view.needed_width()
        room = self.width() - needed >= self.look.px(240)
        self.inspector.setVisible(room)
        self._line.setVisible(room)
        if room:
            self.view.setFixedWidth(needed)
        else:
            self.view.setMinimumWidth(0)
            self.view.setMaximumWidth(16_777_215)
        self._row_layout.setStretch(0, 0 if room else 1)
        self._moved()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The data inspector stands where there is room."""
        self._fit()

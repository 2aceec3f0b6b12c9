"""A page of a viewer: a column that scrolls, with titles, facts, cards and small tables."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from resources.languages import tr
from viewers import access, draw
from viewers.look import Look
from viewers.parts import Card, IconView, KindTile, clear, label

SIGNS = {
    tr("equal"): ("okc", "ok"),
    "pass": ("okc", "ok"),
    tr("differs"): ("stop", "danger"),
    "fail": ("stop", "danger"),
    tr("new, recorded"): ("plus", "text2"),
    tr("both keys"): ("okc", "ok"),
    tr("one key only"): ("warn", "warn"),
}


class Grid(QWidget):
    """A painted table without frames: one header line, rows of 30, the first column in medium weight."""

    activated = Signal(int)

    def __init__(self, look: Look, headings: Sequence[str], shares: Sequence[int], mono: Sequence[int] = ()) -> None:
        super().__init__()
        self._look = look
        self._headings = list(headings)
        self._shares = list(shares)
        self._mono = set(mono)
        self._rows: list[tuple[str, ...]] = []
        self._row = look.size("row_list")
        self._current = -1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(", ".join(heading for heading in headings if heading) or tr("Table"))
        look.changed.connect(self.update)

    def show_rows(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Show these rows."""
        self._rows = list(rows)
        self._current = -1
        self.setFixedHeight(self._look.size("header") + len(self._rows) * self._row + 1)
        self.setAccessibleDescription("; ".join(", ".join(row) for row in self._rows[:5]))
        self.update()

    def accessible_parts(self) -> list[access.Part]:
        """Each row: its first cell, then the others with their headings."""
        found = []
        for number, row in enumerate(self._rows):
            rest = ", ".join(
                f"{heading} {text}".strip() for heading, text in zip(self._headings[1:], row[1:], strict=True) if text
            )
            rect = QRectF(0, self._look.size("header") + number * self._row, self.width(), self._row)
            found.append(access.Part(row[0] or rest or "row", rect, rest, chosen=number == self._current))
        return found

    def sizeHint(self) -> QSize:
        """All rows."""
        return QSize(200, self.height())

    def _columns(self) -> list[tuple[float, float]]:
        total = sum(self._shares)
        left, found = 0.0, []
        for share in self._shares:
            width = self.width() * share / total
            found.append((left, width))
            left += width
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint header and rows."""
        look = self._look
        painter = QPainter(self)
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        head = look.size("header")
        painter.fillRect(0, 0, self.width(), head, look.colour("raised"))
        columns = self._columns()
        painter.setFont(look.font("dense", 500))
        painter.setPen(look.colour("text2"))
        for (left, width), heading in zip(columns, self._headings, strict=True):
            painter.drawText(QRectF(left + look.px(8), 0, width, head), middle, heading)
        for number, row in enumerate(self._rows):
            top = head + number * self._row
            if number == self._current:
                painter.fillRect(0, top, self.width(), self._row, look.colour("select"))
                painter.fillRect(0, top, look.px(3), self._row, look.colour("accent"))
            painter.fillRect(0, top + self._row - 1, self.width(), 1, look.colour("grid"))
            for at, ((left, width), text) in enumerate(zip(columns, row, strict=True)):
                mono = at in self._mono
                sign = SIGNS.get(text) or SIGNS.get(text.partition(" in ")[0])
                if sign is not None:
                    icon, token = sign
                    size = look.px(16)
                    look.paint_icon(
                        painter, icon, left + look.px(8), top + (self._row - size) / 2, size, look.colour(token)
                    )
                    painter.setFont(look.font("dense", 500))
                    painter.setPen(look.colour(token))
                    box = QRectF(left + look.px(30), top, width, self._row)
                    painter.drawText(box, middle, text)
                    continue
                font = look.font("digest") if mono else look.font("dense", 500 if at == 0 else 0)
                painter.setFont(font)
                painter.setPen(look.colour("text" if at == 0 or mono else "text2"))
                cut = draw.elided(text, int(width - look.px(16)), font, middle=mono)
                painter.drawText(QRectF(left + look.px(8), top, width, self._row), middle, cut)

    def _go(self, number: int) -> None:
        if 0 <= number < len(self._rows):
            self._current = number
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a row."""
        self._go(int(event.position().y() - self._look.size("header")) // self._row)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open a row."""
        if self._current >= 0:
            self.activated.emit(self._current)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up, down, Enter."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Down:
            self._go(min(len(self._rows) - 1, self._current + 1))
        elif key == Qt.Key.Key_Up:
            self._go(max(0, self._current - 1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current >= 0:
            self.activated.emit(self._current)
        else:
            super().keyPressEvent(event)


class Sheet(QScrollArea):
    """The scrolling column."""

    def __init__(self, look: Look, name: str, ground: str = "surface") -> None:
        super().__init__()
        self.look = look
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(name)
        body = QWidget()
        body.setProperty("ground", ground)
        self.column = QVBoxLayout(body)
        self.column.setContentsMargins(look.px(24), look.px(16), look.px(24), look.px(20))
        self.column.setSpacing(look.px(8))
        self.setWidget(body)

    def reset(self) -> None:
        """Take everything out."""
        clear(self.column)
        self.verticalScrollBar().setValue(0)

    def title(self, text: str, note: str = "") -> None:
        """A section title with a quiet note beside it."""
        row = QHBoxLayout()
        row.setSpacing(self.look.px(10))
        row.addWidget(label(self.look, text, "body", weight=600))
        row.addWidget(label(self.look, note, "dense", "text2"), 1)
        self.column.addSpacing(self.look.px(8))
        self.column.addLayout(row)

    def facts(self, items: Sequence[tuple[str, str, str, str]]) -> None:
        """A row of small cards: icon or kind, note, words, tone."""
        row = QHBoxLayout()
        row.setSpacing(self.look.px(12))
        for icon, note, words, tone in items:
            card = Card(self.look)
            inner = QHBoxLayout()
            inner.setSpacing(self.look.px(10))
            if icon.startswith("kind:"):
                inner.addWidget(KindTile(self.look, icon[5:], 22), 0, Qt.AlignmentFlag.AlignTop)
            else:
                inner.addWidget(
                    IconView(self.look, icon, 18, "text2" if tone == "text" else tone, box=22),
                    0,
                    Qt.AlignmentFlag.AlignTop,
                )
            column = QVBoxLayout()
            column.setSpacing(self.look.px(3))
            column.addWidget(label(self.look, note, "dense", "text2"))
            column.addWidget(label(self.look, words, "body", tone, weight=500, wrap=True))
            column.addStretch(1)
            inner.addLayout(column, 1)
            card.content.addLayout(inner)
            row.addWidget(card, 1)
        self.column.addLayout(row)

    def limits(self, title: str, lines: Sequence[str]) -> None:
        """The box that says what this does not show."""
        box = QFrame()
        box.setProperty("box", True)
        row = QHBoxLayout(box)
        row.setContentsMargins(self.look.px(14), self.look.px(10), self.look.px(14), self.look.px(12))
        row.setSpacing(self.look.px(12))
        row.addWidget(IconView(self.look, "note", 18, "text2"), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(self.look.px(3))
        words.addWidget(label(self.look, title, "dense", weight=600))
        for line in lines:
            words.addWidget(label(self.look, line, "dense", "text2", wrap=True))
        row.addLayout(words, 1)
        self.column.addSpacing(self.look.px(8))
        self.column.addWidget(box)

    def finish(self) -> None:
        """Push everything to the top."""
        self.column.addStretch(1)

"""The painted parts of the overview: numbers with their grades, lines that open their list, and the small bar."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from resources.languages import tr
from viewers import access, draw, kinds
from viewers.look import Look
from viewers.parts import PressButton, blend
from viewers.words import plural


class Number(PressButton):
    """A tile, a count, its grades as a bar."""

    def __init__(self, look: Look, tile: str) -> None:
        super().__init__()
        self._look = look
        self.tile = tile
        self.kinds: list[str] = []
        self._grades: dict[int, int] = {}
        self.setProperty("own_focus", True)
        self.setFixedHeight(look.px(84))
        self.setMinimumWidth(look.px(96))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_counts(self, names: list[str], grades: dict[int, int]) -> None:
        """Show a count by grade."""
        self.kinds, self._grades = names, grades
        total = sum(grades.values())
        parts = ", ".join(f"{count:,} C{grade}" for grade, count in sorted(grades.items()))
        self.setAccessibleName(f"{total:,} {kinds.PLURALS[self.tile]}")
        self.setAccessibleDescription(parts)
        self.setToolTip(f"{total:,} {kinds.PLURALS[self.tile]}" + (f": {parts}" if parts else ""))
        self.setEnabled(total > 0)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint tile, number, word and bar."""
        look = self._look
        painter = QPainter(self)
        total = sum(self._grades.values())
        if self.underMouse() and total:
            draw.rounded(painter, QRectF(self.rect()).adjusted(0, 2, -4, 0), look.px(6), look.colour("hover"))
        if self.hasFocus():
            draw.rounded(painter, QRectF(self.rect()).adjusted(0, 2, -4, 0), look.px(6), None, look.colour("focus"), 2)
        left = look.px(8)
        draw.kind_tile(painter, look, left, look.px(10), look.px(24), self.tile)
        painter.setFont(look.font("number"))
        painter.setPen(look.colour("text" if total else "text3"))
        painter.drawText(
            QRectF(left + look.px(32), look.px(6), self.width(), look.px(32)),
            int(Qt.AlignmentFlag.AlignVCenter),
            f"{total:,}",
        )
        painter.setFont(look.font("dense"))
        painter.setPen(look.colour("text2"))
        painter.drawText(
            QRectF(left, look.px(42), self.width(), look.px(18)),
            int(Qt.AlignmentFlag.AlignVCenter),
            draw.elided(kinds.PLURALS[self.tile], self.width() - look.px(20), look.font("dense")),
        )
        bar = QRectF(left, look.px(68), self.width() - look.px(28), look.px(6))
        if not total:
            painter.fillRect(bar, look.colour("sunken"))
            return
        x = bar.left()
        for grade in range(5):
            share = self._grades.get(grade, 0) / total
            if share:
                width = max(2.0, bar.width() * share)
                painter.fillRect(
                    QRectF(x, bar.top(), max(1.5, min(width, bar.right() - x) - 1), bar.height()),
                    grade_colour(look, grade),
                )
                x += bar.width() * share


def grade_colour(look: Look, grade: int) -> Any:
    """Pale C0 to dark C3, green C4."""
    if grade >= 4:
        return look.colour("ok")
    return blend(look, "text2", (0.18, 0.32, 0.58, 0.9)[grade])


class Line(PressButton):
    """A line of a card: tile, words, note, count. It opens its list."""

    def __init__(self, look: Look, kind: str, words: str, note: str, count: int, filter_text: str) -> None:
        super().__init__()
        self._look = look
        self._parts = (kind, words, note, count)
        self.filter_text = filter_text
        self.setProperty("own_focus", True)
        self.setFixedHeight(look.px(30))
        self.setAccessibleName(f"{words}, {count:,}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line."""
        look = self._look
        kind, words, note, count = self._parts
        painter = QPainter(self)
        if self.underMouse() or self.hasFocus():
            draw.rounded(
                painter,
                QRectF(self.rect()),
                look.px(4),
                look.colour("hover"),
                look.colour("focus") if self.hasFocus() else None,
                2,
            )
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        side = look.px(20)
        draw.kind_tile(painter, look, look.px(4), (self.height() - side) / 2, side, kind)
        number = f"{count:,}"
        width = look.metrics("body", 600).horizontalAdvance(number)
        left, right = look.px(34), self.width() - look.px(6)
        painter.setFont(look.font("body", 600))
        painter.setPen(look.colour("text"))
        painter.drawText(
            QRectF(0, 0, right, self.height()), int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), number
        )
        room = right - width - look.px(12) - left
        painter.setFont(look.font("body"))
        text = draw.elided(words, room, look.font("body"), middle=" " not in words)
        painter.drawText(QRectF(left, 0, room, self.height()), middle, text)
        used = look.metrics("body").horizontalAdvance(text) + look.px(10)
        if note and look.metrics("dense").horizontalAdvance(note) <= room - used:
            painter.setFont(look.font("dense"))
            painter.setPen(look.colour("text2"))
            painter.drawText(QRectF(left + used, 0, room, self.height()), middle, note)


PARTS = {"held": tr("entries and metadata"), "loose": tr("unallocated, slack and gaps"), "lost": tr("not searched")}


class Searched(QWidget):
    """The accounting bar: searched, and could not be searched."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._parts: list[tuple[str, int]] = []
        self.setFixedHeight(look.px(22))
        self.setAccessibleName(tr("What was searched"))

    def show_parts(self, parts: list[tuple[str, int]]) -> None:
        """Show the parts named in `PARTS`."""
        self._parts = parts
        self.update()

    def accessible_parts(self) -> list[access.Part]:
        """The segments and their sizes."""
        return [
            access.Part(PARTS[name], QRectF(self.rect()), plural(size, "byte", "bytes"))
            for name, size in self._parts
            if size
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint solid, pale and hatched segments."""
        look = self._look
        painter = QPainter(self)
        total = sum(size for _, size in self._parts)
        x = 0.0
        for name, size in self._parts:
            if not size or not total:
                continue
            width = max(4.0, self.width() * size / total)
            box = QRectF(x, 0, min(width, self.width() - x) - 2, self.height())
            if name == "lost":
                draw.hatch(painter, box, look.colour("warn"), look.colour("warnsoft"))
                draw.rounded(painter, box, 2, None, look.colour("warn"))
            else:
                draw.rounded(painter, box, 2, look.colour("accent") if name == "held" else blend(look, "accent", 0.55))
            x += width

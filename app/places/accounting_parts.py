"""The painted parts of the account of an exhibit: the bar, a row of the table, the map of the disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from forensics.case.accounting import ENTRIES, Part
from resources.languages import tr
from viewers import access, draw
from viewers.look import Look
from viewers.parts import PressButton, blend
from viewers.words import plural, size_text

MIDDLE = int(Qt.AlignmentFlag.AlignVCenter)
RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
SHADES = {ENTRIES: 1.0, "unallocated": 0.62, "slack": 0.48, "gap": 0.36, "metadata": 0.8, "unknown": 0.26}
NAMES = {
    ENTRIES: tr("Entries"), "unallocated": tr("Unallocated space"), "slack": tr("Slack"), "gap": tr("Gaps"),
    "metadata": tr("Metadata of file systems"), "unknown": tr("Content not known"),
}  # fmt: skip
LEAST = 4  # pixels of a part in the bar
EDGES = (0.0, 0.19, 0.40, 0.68, 0.84, 0.92, 1.0)  # of the columns
HEADINGS = ("", tr("Part"), tr("Why"), tr("Bytes"), "", tr("Share"))


@dataclass(frozen=True, slots=True)
class Told:
    """A part in words, and as it is drawn."""

    part: Part
    name: str
    why: str

    @property
    def lost(self) -> bool:
        """Whether it could not be searched."""
        return self.part.kind == "lost"

    @property
    def grave(self) -> bool:
        """Whether the medium is to blame, and no key would help."""
        return self.part.reason == "unreadable"


def fill(painter: QPainter, look: Look, box: QRectF, told: Told, radius: float = 2) -> None:
    """Solid and pale for what was searched, hatched for what was not."""
    if told.lost:
        tone = "danger" if told.grave else "warn"
        draw.hatch(painter, box, look.colour(tone), look.colour(f"{tone}soft"))
        draw.rounded(painter, box, radius, None, look.colour(tone))
    else:
        draw.rounded(painter, box, radius, shade(look, told.part.kind))


def shade(look: Look, kind: str) -> QColor:
    """The colour of a part that was searched."""
    return blend(look, "accent", SHADES[kind])


class AccountBar(QWidget):
    """All parts side by side, the sums of both kinds above, an axis of sizes below."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._parts: list[Told] = []
        self.setFixedHeight(look.px(104))
        self.setAccessibleName(tr("What was searched, and what could not be"))

    def show_parts(self, parts: Sequence[Told]) -> None:
        """Show these parts in their order."""
        self._parts = [each for each in parts if each.part.size]
        self.update()

    @property
    def widened(self) -> bool:
        """Whether a part is drawn wider than it is."""
        size = sum(each.part.size for each in self._parts)
        return any(self.width() * each.part.size < LEAST * size for each in self._parts)

    def accessible_parts(self) -> list[access.Part]:
        """Each part and its size."""
        return [
            access.Part(each.name, box, plural(each.part.size, "byte", "bytes"))
            for each, box in zip(self._parts, self._boxes(), strict=True)
        ]

    def _boxes(self) -> list[QRectF]:
        size = sum(each.part.size for each in self._parts)
        wide = [max(float(LEAST), self.width() * each.part.size / size) for each in self._parts]
        spare = sum(wide) - self.width()
        widest = max(range(len(wide)), key=wide.__getitem__, default=0)
        found, x = [], 0.0
        for number, width in enumerate(wide):
            real = width - spare if number == widest else width
            found.append(QRectF(x, self._look.px(32), max(1.0, real - 1), self._look.px(42)))
            x += real
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint sums with brackets, segments, axis."""
        look, painter = self._look, QPainter(self)
        boxes = self._boxes()
        for each, box in zip(self._parts, boxes, strict=True):
            fill(painter, look, box, each, look.px(3))
        size = sum(each.part.size for each in self._parts)
        for lost, words, tone in ((False, tr("Searched"), "text"), (True, tr("Could not be searched"), "warn")):
            inside = [number for number, each in enumerate(self._parts) if each.lost == lost]
            if inside:
                total = sum(self._parts[number].part.size for number in inside)
                text = f"{words} {size_text(total)}, {share_text(total, size)}"
                left, right = boxes[inside[0]].left(), boxes[inside[-1]].right()
                self._bracket(painter, left, right, text, tone)
        self._axis(painter, size)

    def _bracket(self, painter: QPainter, left: float, right: float, text: str, tone: str) -> None:
        look = self._look
        painter.setPen(look.colour("line2" if tone == "text" else tone))
        top, foot = look.px(24), look.px(29)
        painter.drawLine(int(left), top, int(right), top)
        for x in (left, right):
            painter.drawLine(int(x), top, int(x), foot)
        painter.setFont(look.font("body", 600))
        painter.setPen(look.colour(tone))
        wide = look.metrics("body", 600).horizontalAdvance(text)
        painter.drawText(QRectF(max(0.0, min(left, self.width() - wide)), 0, wide + 2, look.px(20)), MIDDLE, text)

    def _axis(self, painter: QPainter, size: int) -> None:
        look = self._look
        top = look.px(80)
        painter.setPen(look.colour("line2"))
        painter.drawLine(0, top, self.width(), top)
        painter.setFont(look.font("note"))
        step = axis_step(size, max(1, self.width() // look.px(140)))
        for at in range(0, size, step) if step else ():
            x = int(self.width() * at / size)
            words = size_text(at) if at else "0"
            painter.setPen(look.colour("line2"))
            painter.drawLine(x, top, x, top + look.px(4))
            painter.setPen(look.colour("text2"))
            if x + look.metrics("note").horizontalAdvance(words) <= self.width():
                painter.drawText(QRectF(x, top + look.px(5), look.px(120), look.px(16)), MIDDLE, words)


def axis_step(size: int, most: int) -> int:
    """A round number of bytes, so that at most `most` of them lie in `size`."""
    step = 1
    while size > step * most:
        step *= 2
    return step if size else 0


def share_text(size: int, whole: int) -> str:
    """A share in percent, never 0 or 100 where it is not."""
    share = 100 * size / whole if whole else 0.0
    if 0 < share < 0.05:
        return "under 0.1 %"
    return "over 99.9 %" if share >= 99.95 and size < whole else f"{share:.1f} %"


class PartRow(PressButton):
    """A part in one line: sign, state, name, why, bytes, share. It opens its list."""

    def __init__(self, look: Look, told: Told, whole: int) -> None:
        super().__init__()
        self._look, self.told, self._whole = look, told, whole
        self.setProperty("own_focus", True)
        self.setFixedHeight(look.px(36))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(
            tr("{state}: {name}, {size:,} bytes", state=self.state, name=told.name, size=told.part.size)
        )
        self.setAccessibleDescription(told.why)

    @property
    def state(self) -> str:
        """Searched or not, in words."""
        return tr("Could not be searched") if self.told.lost else tr("Searched")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line."""
        look, told = self._look, self.told
        painter = QPainter(self)
        if self.underMouse() or self.hasFocus():
            edge = look.colour("focus") if self.hasFocus() else None
            draw.rounded(painter, QRectF(self.rect()), look.px(4), look.colour("hover"), edge, 2)
        side = look.px(14)
        fill(painter, look, QRectF(look.px(16), (self.height() - side) / 2, side, side), told)
        tone = ("danger" if told.grave else "warn") if told.lost else "text"
        size = told.part.size
        cells = (
            (self.state, "dense", 600 if told.lost else 0, tone),
            (told.name, "dense", 600, "text"),
            (told.why, "dense", 0, "text2"),
            (f"{size:,}", "digest", 0, "text"),
            (size_text(size), "dense", 0, "text2"),
            (share_text(size, self._whole), "dense", 0, "text"),
        )
        paint_cells(painter, look, self, cells)


def paint_cells(painter: QPainter, look: Look, widget: QWidget, cells: Sequence[tuple[str, str, int, str]]) -> None:
    """Cells of the table: words, role, weight, tone; the last three end at the right of their column."""
    for at, (words, role, weight, tone) in enumerate(cells):
        left = widget.width() * EDGES[at] + look.px(38 if at == 0 else 8)
        room = widget.width() * EDGES[at + 1] - left - look.px(16 if at == len(cells) - 1 else 8)
        font = look.font(role, weight)
        painter.setFont(font)
        painter.setPen(look.colour(tone))
        box = QRectF(left, 0, room, widget.height())
        painter.drawText(box, RIGHT if at > 2 else MIDDLE, draw.elided(words, int(room), font))


class HeadRow(QWidget):
    """The headings of the columns."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setFixedHeight(look.size("header"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint them."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("raised"))
        paint_cells(painter, self._look, self, [(words, "dense", 500, "text2") for words in HEADINGS])


class TotalRow(QWidget):
    """The sum of the rows beside the size of the image."""

    def __init__(self, look: Look, total: int, size: int) -> None:
        super().__init__()
        self._look, self._total, self._size = look, total, size
        self.setFixedHeight(look.px(40))
        self.setAccessibleName(tr("Sums to {total:,} bytes, {verdict}", total=total, verdict=self.verdict))

    @property
    def verdict(self) -> str:
        """What the comparison says."""
        return (
            tr("equal to the size of the image")
            if self._total == self._size
            else tr("the image has {size:,} bytes", size=self._size)
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line under a strong rule."""
        look, equal = self._look, self._total == self._size
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), 2, look.colour("line2"))
        tone = "ok" if equal else "danger"
        left = self.width() * EDGES[1] + look.px(8)
        icon = look.px(16)
        top = (self.height() - icon) / 2
        look.paint_icon(painter, "okc" if equal else "stop", left, top, icon, look.colour(tone))
        painter.setFont(look.font("dense", 500))
        painter.setPen(look.colour(tone))
        painter.drawText(QRectF(left + look.px(24), 0, self.width(), self.height()), MIDDLE, self.verdict)
        cells = (
            (tr("Sums to the image"), "dense", 600, "text"), ("", "dense", 0, "text"), ("", "dense", 0, "text"),
            (f"{self._total:,}", "digest", 600, "text"), (size_text(self._total), "dense", 600, "text"),
            (share_text(self._total, self._size), "dense", 600, "text"),
        )  # fmt: skip
        paint_cells(painter, look, self, cells)

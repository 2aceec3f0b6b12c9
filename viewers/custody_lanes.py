"""Swim lanes of custody: one lane for each holder, rings for signed events, red hatching through all lanes for gaps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from forensics.visible import visible
from resources.languages import tr
from viewers import access, draw
from viewers.axis import LEAST_US, axis
from viewers.holding import Gap, Holding, Mark
from viewers.look import Look
from viewers.parts import blend
from viewers.words import plural, time_text

MIDDLE = int(Qt.AlignmentFlag.AlignVCenter)
RING = 6  # radius
DASHES = (1.5, 1.1)


class CustodyLanes(QWidget):
    """The lanes with their names and the axis. Left and Right go through what is drawn, + and - enlarge, 0 shows all."""

    chosen = Signal(object)  # a Mark or a Gap

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.holding = Holding()
        self.start = self.end = 0
        self.current = -1  # in `things`
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("own_focus", True)
        self.setAccessibleName(tr("Who held it, lane by lane"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def show_holding(self, holding: Holding) -> None:
        """Show an exhibit, all of its time."""
        self.holding = holding
        self.current = -1
        self.setFixedHeight(self._head() + max(1, len(holding.lanes)) * self._row() + 1)
        self.show_all()

    def show_all(self) -> None:
        """Show from the first event to the last, with room at both ends."""
        times = [mark.when for mark in self.holding.marks] or [0]
        room = max((max(times) - min(times)) // 14, LEAST_US)
        self.start, self.end = min(times) - room, max(times) + room * 2
        self.update()

    @property
    def things(self) -> Sequence[Mark | Gap]:
        """All that can be chosen, in order of time."""
        return sorted([*self.holding.marks, *self.holding.gaps], key=_order)

    def sizeHint(self) -> QSize:
        """As high as its lanes."""
        return QSize(self.look.px(600), self.height())

    # -- geometry

    def _head(self) -> int:
        return self.look.px(48)

    def _row(self) -> int:
        return self.look.px(64 if len(self.holding.lanes) <= 5 else 46)

    def gutter(self) -> int:
        """Width of the names at the left."""
        return self.look.px(170 if self.width() >= self.look.px(900) else 132)

    def _x(self, us: float) -> float:
        return self.gutter() + (self.width() - self.gutter()) * (us - self.start) / max(1, self.end - self.start)

    def _y(self, lane: int) -> float:
        return self._head() + (lane + 0.5) * self._row()

    def rect_of(self, thing: Mark | Gap) -> QRectF:
        """Where it is drawn."""
        if isinstance(thing, Mark):
            side = self.look.px(RING) + 3
            return QRectF(self._x(thing.when) - side, self._y(thing.lane) - side, 2 * side, 2 * side)
        left = round(self._x(thing.start))
        right = self.width() if thing.end is None else round(self._x(thing.end))
        return QRectF(left, self._head(), max(3.0, right - left), self.height() - self._head())

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        look, holding = self.look, self.holding
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.colour("surface"))
        self._paint_axis(painter)
        for lane, name in enumerate(holding.lanes):
            top = self._head() + lane * self._row()
            painter.fillRect(QRectF(0, top + self._row() - 1, self.width(), 1), look.colour("line"))
            painter.setFont(look.font("body", 500))
            painter.setPen(look.colour("text"))
            room = self.gutter() - look.px(28)
            cut = draw.elided(visible(name), room, painter.font())
            painter.drawText(QRectF(look.px(16), top, room, self._row()), MIDDLE, cut)
        painter.save()
        painter.setClipRect(QRectF(self.gutter() + 1, 0, self.width(), self.height()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for held in holding.held:
            self._paint_held(painter, self._x(held.start), held.end, held.lane)
        for gap in holding.gaps:
            self._paint_gap(painter, gap)
        for mark in holding.marks:
            self._paint_bracket(painter, mark)
        for mark in holding.marks:
            self._paint_mark(painter, mark)
        self._paint_words(painter)
        for gap in holding.red:
            self._paint_length(painter, gap)
        if 0 <= self.current < len(self.things):
            box = self.rect_of(self.things[self.current]).adjusted(-3, -3, 3, 3)
            draw.rounded(painter, box, look.px(4), None, look.colour("focus"), 2)
        painter.restore()
        painter.fillRect(self.gutter(), 0, 1, self.height(), look.colour("line2"))
        if self.hasFocus():
            draw.rounded(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), 2, None, look.colour("focus"), 2)

    def _paint_axis(self, painter: QPainter) -> None:
        look, head = self.look, self._head()
        painter.fillRect(0, 0, self.width(), head, look.colour("raised"))
        painter.setFont(look.font("dense", 600))
        painter.setPen(look.colour("text2"))
        painter.drawText(QRectF(look.px(16), head / 2, self.gutter(), head / 2), MIDDLE, tr("Who held it, UTC"))
        last = -1000.0
        for tick in axis(self.start, self.end, self.gutter(), self.width() - self.gutter(), look.px(86)):
            strong = look.colour("line2" if tick.strong else "grid")
            painter.fillRect(QRectF(tick.x, 0 if tick.strong else head, 1, self.height()), strong)
            if tick.upper and tick.x > last:
                painter.setFont(look.font("dense", 600))
                painter.setPen(look.colour("text"))
                painter.drawText(QRectF(tick.x + 5, 0, 300, head / 2), MIDDLE, tick.upper)
                last = tick.x + painter.fontMetrics().horizontalAdvance(tick.upper) + 12
            painter.setFont(look.font("dense"))
            painter.setPen(look.colour("text2"))
            painter.drawText(QRectF(tick.x + 5, head / 2, 200, head / 2), MIDDLE, tick.lower)
        painter.fillRect(0, head - 1, self.width(), 1, look.colour("line"))

    def _paint_held(self, painter: QPainter, left: float, end: int | None, lane: int) -> None:
        look = self.look
        right = self.width() + 20 if end is None else self._x(end)
        high = look.px(26)
        box = QRectF(left, self._y(lane) - high / 2, max(3.0, right - left), high)
        draw.rounded(painter, box, look.px(4), blend(look, "accent", 0.2), look.colour("accent"), 1.3)

    def _paint_gap(self, painter: QPainter, gap: Gap) -> None:
        look, box = self.look, self.rect_of(gap)
        if gap.by_hand:
            assert gap.accepted is not None
            one, other = sorted((self._y(gap.released.lane), self._y(gap.accepted.lane)))
            painter.fillRect(QRectF(box.center().x() - 1, one, 2, other - one), look.colour("text"))
            return
        red = look.colour("danger")
        draw.hatch(painter, box, red, blend(look, "danger", 0.1), 7, 1.0)
        edges = (box.left(),) if gap.end is None else (box.left(), box.right() - 2)
        for x in edges:
            painter.fillRect(QRectF(x, box.top(), 2, box.height()), red)

    def _paint_length(self, painter: QPainter, gap: Gap) -> None:
        look, box = self.look, self.rect_of(gap)
        painter.setFont(look.font("body", 600))
        icon = look.px(16)
        wide = painter.fontMetrics().horizontalAdvance(gap.words) + icon + look.px(34)
        left = box.center().x() - wide / 2
        left = min(max(left, self.gutter() + look.px(6)), self.width() - wide - look.px(6))
        sign = QRectF(left, self._free(gap) - look.px(15), wide, look.px(30))
        draw.rounded(painter, sign, look.px(4), look.colour("danger"))
        ink = look.colour("surface")
        y = sign.center().y() - icon / 2
        look.paint_icon(painter, "stop", sign.left() + look.px(12), y, icon, ink)
        painter.setPen(ink)
        painter.drawText(sign.adjusted(icon + look.px(20), 0, 0, 0), MIDDLE, gap.words)

    def _free(self, gap: Gap) -> float:
        """A height for the sign of a gap: the lane that is farthest from its two ends, else between them."""
        taken = {gap.released.lane} | ({gap.accepted.lane} if gap.accepted is not None else set())
        lanes = range(max(1, len(self.holding.lanes)))
        best = max(lanes, key=lambda lane: (min(abs(lane - each) for each in taken), -lane))
        if best in taken:
            return self._head() + (self.height() - self._head()) / 2
        return self._y(best)

    def _bracket(self, mark: Mark) -> tuple[float, float | None, float | None]:
        """The place of an event, and those of its two brackets, which keep clear of the ring."""
        before, after = (None, None) if mark.work else mark.proven
        x, least = self._x(mark.when), self.look.px(RING) + self.look.px(4)
        opens = None if before is None else min(self._x(before), x - least)
        return x, opens, None if after is None else max(self._x(after), x + least)

    def _paint_bracket(self, painter: QPainter, mark: Mark) -> None:
        high = self.look.px(38)
        top = self._y(mark.lane) - high / 2
        for edge, opens in zip(self._bracket(mark)[1:], (True, False), strict=True):
            if edge is not None:
                draw.bracket(painter, edge, top, high, opens=opens, colour=self.look.colour("ok"))

    def _paint_mark(self, painter: QPainter, mark: Mark) -> None:
        look = self.look
        centre = QPointF(self._x(mark.when), self._y(mark.lane))
        ink: QColor = look.colour("danger" if mark.flags else "text")
        pen = QPen(ink, look.px(2))
        if mark.claimed:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern(DASHES)
        painter.setPen(pen)
        painter.setBrush(look.colour("surface"))
        radius = look.px(RING)
        painter.drawEllipse(centre, radius, radius)
        if mark.work:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            painter.drawEllipse(centre, radius * 0.45, radius * 0.45)
        if mark.flags:
            size = look.px(16)
            look.paint_icon(painter, "warn", centre.x() - size / 2, centre.y() - radius - size - 2, size, ink)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_words(self, painter: QPainter) -> None:
        """Beside each ring, where the next one leaves room."""
        look = self.look
        font = look.font("dense")
        painter.setFont(font)
        painter.setPen(look.colour("text"))
        for lane in range(len(self.holding.lanes)):
            marks = sorted((mark for mark in self.holding.marks if mark.lane == lane), key=lambda each: each.when)
            edges = [self._x(mark.when) for mark in marks] + [float(self.width())]
            red = [self.rect_of(gap) for gap in self.holding.red]
            for mark, (x, following) in zip(marks, pairwise(edges), strict=True):
                left = max(x + look.px(RING), *(edge for edge in self._bracket(mark) if edge is not None)) + look.px(8)
                stop = min([following, *(box.left() for box in red if box.right() > left)])
                room = int(stop - left - look.px(RING) - look.px(4))
                if room >= look.px(56):
                    text = draw.elided(visible(mark.words), room, font)
                    painter.drawText(QRectF(left, self._y(lane) - look.px(12), room, look.px(24)), MIDDLE, text)

    # -- hands

    def choose(self, number: int) -> None:
        """Choose what is drawn, by its place in `things`."""
        if 0 <= number < len(self.things):
            self.current = number
            self.update()
            self.chosen.emit(self.things[number])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a ring, or the gap that is under the pointer."""
        under = [n for n, each in enumerate(self.things) if self.rect_of(each).contains(event.position())]
        rings = [n for n in under if isinstance(self.things[n], Mark)]
        if under:
            self.choose((rings or under)[0])

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl and wheel enlarge; without Ctrl the page scrolls."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            share = (event.position().x() - self.gutter()) / max(1, self.width() - self.gutter())
            self._zoom(0.8 if event.angleDelta().y() > 0 else 1.25, self.start + int((self.end - self.start) * share))
            event.accept()
        else:
            event.ignore()

    def _zoom(self, factor: float, about: int) -> None:
        long = self.end - self.start
        wide = max(LEAST_US, min(int(long * factor), 400 * 366 * 86_400_000_000))
        self.start = about - int(wide * (about - self.start) / max(1, long))
        self.end = self.start + wide
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go through what is drawn; enlarge about it."""
        key = Qt.Key(event.key())
        chosen = self.things[self.current] if 0 <= self.current < len(self.things) else None
        about = (self.start + self.end) // 2 if chosen is None else _order(chosen)[0]
        if key == Qt.Key.Key_Right:
            self.choose(min(len(self.things) - 1, self.current + 1))
        elif key == Qt.Key.Key_Left:
            self.choose(max(0, self.current - 1))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom(0.6, about)
        elif key == Qt.Key.Key_Minus:
            self._zoom(1.6, about)
        elif key == Qt.Key.Key_0:
            self.show_all()
        else:
            super().keyPressEvent(event)

    # -- for those who do not see it

    accessible_role = QAccessible.Role.List

    def accessible_value(self) -> str:
        """How much is drawn."""
        count = plural(len(self.holding.red), "gap", "gaps")
        return f"{plural(len(self.holding.lanes), 'holder', 'holders')}, {plural(len(self.holding.marks), 'event', 'events')}, {count}"

    def accessible_parts(self) -> list[access.Part]:
        """Rings and gaps in order of time."""
        found = []
        for number, each in enumerate(self.things):
            box, chosen = self.rect_of(each), number == self.current
            if isinstance(each, Gap):
                end = tr("now") if each.end is None else f"{time_text(each.end)} UTC"
                value = tr("{start} UTC to {end}", start=time_text(each.start), end=end)
                name = each.words if each.by_hand else tr("Gap: {words}", words=each.words)
                found.append(access.Part(name, box, value, chosen=chosen))
                continue
            holder = self.holding.lanes[each.lane]
            value = "; ".join((time_words(each), *(tr("does not fit: {flag}", flag=flag) for flag in each.flags)))
            found.append(
                access.Part(
                    tr("{holder}: {words}, entry {entry}", holder=holder, words=each.words, entry=each.entry),
                    box,
                    value,
                    chosen=chosen,
                )
            )
        return found


def time_words(mark: Mark) -> str:
    """The claimed time of an event, and what time-stamps prove of it."""
    before, after = mark.proven
    words = tr("{when} UTC, claimed", when=time_text(mark.when))
    if before is not None:
        words += tr("; proven not before {before} UTC", before=time_text(before))
    if after is not None:
        words += tr("; proven not after {after} UTC", after=time_text(after))
    return words


def _order(thing: Mark | Gap) -> tuple[int, int]:
    return (thing.when, 0) if isinstance(thing, Mark) else (thing.start, 1)

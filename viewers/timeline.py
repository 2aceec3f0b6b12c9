"""Swim lanes over any number of events: ticks, precision bars, and histograms where they are too many."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QAccessible, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from forensics.timeline.columns import Columns, Numbers
from resources.languages import tr
from viewers import access, draw, kinds
from viewers.axis import LEAST_US, Tick, axis
from viewers.look import Look
from viewers.words import time_text

DENSE = 2000  # above this many events in a lane and window it becomes a histogram


@dataclass(slots=True)
class Drawn:
    """One sign of a lane: one event, or several that stand closer than 6 px."""

    lane: int
    rect: QRectF
    index: int
    count: int


class Lanes(QWidget):
    """The lanes with their gutter and axis."""

    window_changed = Signal(object, object)
    event_chosen = Signal(int)  # row number of the event
    labels_wanted = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.columns: Columns | None = None
        self.everything: Columns | None = None
        self.labels: dict[int, str] = {}
        self.start = self.end = 0
        self.current = -1
        self.scrolled = 0
        self.drawn: list[Drawn] = []
        self.binned: set[int] = set()
        self._pan: float | None = None
        self._pan_window = (0, 0)
        self._moved = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Timeline lanes"))
        self.setProperty("own_focus", True)
        self.setMinimumHeight(look.px(200))
        look.changed.connect(self.update)

    def show_columns(self, passing: Columns, everything: Columns) -> None:
        """Show the events that pass, beside those that do not."""
        self.columns, self.everything = passing, everything
        self.current = -1
        lanes = len(self.shown_lanes())
        self.setMinimumHeight(max(self.look.px(200), self._head() + lanes * self.look.size("lane_min")))
        self.update()

    def show_window(self, start: int, end: int) -> None:
        """Show another stretch of time."""
        self.start, self.end = start, end
        self.update()

    def scroll_to(self, value: int) -> None:
        """The pane was scrolled: the axis stays in sight."""
        self.scrolled = value
        self.update()

    # -- geometry

    def gutter(self) -> int:
        """The width of the names at the left."""
        return self.look.px(288 if self.width() >= self.look.px(1100) else 226)

    def _head(self) -> int:
        return self.look.px(48)

    def _x(self, us: float) -> float:
        width = self.width() - self.gutter() - self.look.px(8)
        return self.gutter() + width * (us - self.start) / max(1, self.end - self.start)

    def _xs(self, us: Numbers) -> NDArray[np.floating[Any]]:
        width = self.width() - self.gutter() - self.look.px(8)
        return self.gutter() + (us - self.start) * (width / max(1, self.end - self.start))

    def _us(self, x: float) -> int:
        width = self.width() - self.gutter() - self.look.px(8)
        return self.start + round((self.end - self.start) * (x - self.gutter()) / max(1, width))

    def shown_lanes(self) -> list[int]:
        """The lanes that have events at all. All of them are drawn; the pane scrolls where there is no room."""
        if self.columns is None:
            return []
        totals = self.columns.counts()
        return [lane for lane in range(len(self.columns.lanes)) if totals[lane]]

    # -- for those who do not see it

    accessible_role = QAccessible.Role.List

    def accessible_value(self) -> str:
        """The stretch of time that is shown."""
        return tr("{start} to {end} UTC", start=time_text(self.start), end=time_text(self.end))

    def accessible_parts(self) -> list[access.Part]:
        """The lanes with their counts, then the signs that are drawn."""
        columns = self.columns
        if columns is None:
            return []
        inside, totals = columns.counts(columns.between(self.start, self.end)), columns.counts()
        lanes = self.shown_lanes()
        height = min(self.look.px(98), (self.height() - self._head()) / max(1, len(lanes)))
        found = []
        for row, lane in enumerate(lanes):
            shape = tr("columns") if lane in self.binned else tr("single events")
            rect = QRectF(0, self._head() + row * height, self.gutter(), height)
            name = tr(
                "{lanes}, {inside:,} of {totals:,} in view",
                lanes=lane_name(columns.lanes[lane]),
                inside=inside[lane],
                totals=totals[lane],
            )
            found.append(access.Part(name, rect, tr("drawn as {shape}", shape=shape)))
        for one in self.drawn[: access.MOST]:
            when = time_text(int(columns.when[one.index]), int(columns.precision[one.index]))
            label = self.labels.get(int(columns.number[one.index]), "event")
            more = tr(" and {count:,} more", count=one.count - 1) if one.count > 1 else ""
            name = tr(
                "{lanes}: {when} UTC, {label}{more}",
                lanes=lane_name(columns.lanes[one.lane]),
                when=when,
                label=label,
                more=more,
            )
            found.append(access.Part(name, one.rect, chosen=one.index == self.current))
        return found

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint gutter, axis, lanes and signs, and the focus."""
        painter = QPainter(self)
        self.paint_on(painter)
        if self.hasFocus():
            seen = QRectF(0, self.scrolled, self.width(), self.visibleRegion().boundingRect().height())
            draw.rounded(painter, seen.adjusted(1, 1, -1, -1), 2, None, self.look.colour("focus"), 2)

    def twin(self, look: Look, width: int, height: int) -> Lanes:
        """The same events in the same stretch of time in another look and size, for paper."""
        other = Lanes(look)
        if self.columns is not None and self.everything is not None:
            other.show_columns(self.columns, self.everything)
        other.labels.update(self.labels)
        other.show_window(self.start, self.end)
        other.resize(width, max(height, other.minimumHeight()))
        return other

    def paint_on(self, painter: QPainter) -> None:
        """Paint gutter, axis, lanes and signs."""
        look = self.look
        painter.fillRect(self.rect(), look.colour("surface"))
        head, gutter = self._head(), self.gutter()
        columns = self.columns
        self.drawn = []
        self.binned = set()
        ticks = axis(self.start, self.end, gutter, self.width() - gutter - look.px(8))
        for tick in ticks:
            strength = look.colour("line2" if tick.strong else "grid")
            painter.fillRect(QRectF(tick.x, head, 1, self.height()), strength)
        lanes = self.shown_lanes()
        if columns is not None and lanes:
            height = min(look.px(98), (self.height() - head) / len(lanes))
            part = columns.between(self.start, self.end)
            inside, totals = columns.counts(part), columns.counts()
            self.binned = {lane for lane in lanes if inside[lane] > DENSE}
            bars = self._bars(columns) if self.binned else None
            for row, lane in enumerate(lanes):
                top = head + row * height
                self._paint_gutter(painter, lane, top, height, inside[lane], totals[lane])
                painter.fillRect(QRectF(0, top + height - 1, self.width(), 1), look.colour("line"))
                painter.save()
                painter.setClipRect(QRectF(gutter, top, self.width() - gutter, height))
                if bars is not None and lane in self.binned:
                    self._paint_bins(painter, lane, bars[lane], top, height)
                else:
                    self._paint_events(painter, lane, part, top, height)
                painter.restore()
        painter.fillRect(gutter, 0, 1, self.height(), look.colour("line2"))
        painter.save()
        painter.translate(0, self.scrolled)
        self._paint_axis(painter, ticks)
        painter.restore()

    def _paint_axis(self, painter: QPainter, ticks: list[Tick]) -> None:
        look = self.look
        head, gutter = self._head(), self.gutter()
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.fillRect(0, 0, self.width(), head, look.colour("raised"))
        painter.setFont(look.font("dense", 600))
        painter.setPen(look.colour("text2"))
        half = head / 2
        painter.drawText(QRectF(look.px(16), half, gutter, half), middle, tr("Lane"))
        painter.setFont(look.font("note"))
        painter.drawText(
            QRectF(0, half, gutter - look.px(14), half),
            int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight),
            tr("in view, of all"),
        )
        last = -1000.0
        for tick in ticks:
            if tick.strong:
                painter.fillRect(QRectF(tick.x, 0, 1, head), look.colour("line2"))
            wide = look.metrics("dense", 600).horizontalAdvance(tick.upper) + 12
            crowded = tick is ticks[0] and any(other.upper and other.x < tick.x + wide for other in ticks[1:])
            if tick.upper and tick.x > last and not crowded:
                painter.setFont(look.font("dense", 600))
                painter.setPen(look.colour("text"))
                painter.drawText(QRectF(tick.x + 5, 0, 300, half), middle, tick.upper)
                last = tick.x + wide
            painter.setFont(look.font("dense"))
            painter.setPen(look.colour("text2"))
            painter.drawText(QRectF(tick.x + 5, half, 200, half), middle, tick.lower)
        painter.fillRect(0, head - 1, self.width(), 1, look.colour("line"))
        painter.fillRect(gutter, 0, 1, head, look.colour("line2"))

    def _paint_gutter(self, painter: QPainter, lane: int, top: float, height: float, inside: int, total: int) -> None:
        look = self.look
        assert self.columns is not None
        name = self.columns.lanes[lane]
        painter.fillRect(QRectF(0, top, self.gutter(), height), look.colour("surface"))
        side = look.px(20)
        y = top + height / 2
        draw.kind_tile(painter, look, look.px(16), y - side / 2, side, name)
        painter.setFont(look.font("body", 500))
        painter.setPen(look.colour("text"))
        words = lane_name(name)
        counted = tr("{inside:,} of {total:,}", inside=inside, total=total)
        room = self.gutter() - look.px(46 + 22) - look.metrics("dense").horizontalAdvance(counted)
        words = draw.elided(words, room, look.font("body", 500))
        painter.drawText(QRectF(look.px(46), top, self.gutter(), height), int(Qt.AlignmentFlag.AlignVCenter), words)
        painter.setFont(look.font("dense"))
        painter.setPen(look.colour("text2"))
        painter.drawText(
            QRectF(0, top, self.gutter() - look.px(14), height),
            int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight),
            counted,
        )

    def _bars(self, columns: Columns) -> Numbers:
        """The heights of the histograms of all lanes."""
        return columns.bins(self.start, self.end, max(1, (self.width() - self.gutter() - self.look.px(8)) // 4))

    def _paint_bins(self, painter: QPainter, lane: int, bars: Numbers, top: float, height: float) -> None:
        assert self.columns is not None
        left, width = self.gutter(), self.width() - self.gutter() - self.look.px(8)
        count = len(bars)
        peak = max(1, int(bars.max()))
        colour = self.look.kind(kinds.tile(self.columns.lanes[lane]))
        if self.look.is_dark:
            colour.setAlphaF(0.7)
        base, room = top + height - self.look.px(8), height - self.look.px(18)
        for at in np.nonzero(bars)[0]:
            high = max(2.0, room * bars[at] / peak)
            painter.fillRect(
                QRectF(left + float(at) * width / count, base - high, max(1.5, width / count - 1), high), colour
            )

    def _paint_events(self, painter: QPainter, lane: int, part: slice, top: float, height: float) -> None:
        look, columns = self.look, self.columns
        assert columns is not None
        indices = columns.of_lane(lane, part)
        colour = look.kind(kinds.tile(columns.lanes[lane]))
        y = top + height * 0.36
        xs = self._xs(columns.when[indices])
        wides = self._xs(columns.when[indices] + columns.precision[indices]) - xs
        joined = (wides < look.px(8)) & (np.diff(xs, prepend=-1e9) < look.px(6))
        bounds = [*np.flatnonzero(~joined).tolist(), len(indices)]
        groups = [indices[low:high].tolist() for low, high in pairwise(bounds)]
        free = float(self.gutter())
        for at, group in enumerate(groups):
            first = group[0]
            x = self._x(int(columns.when[first]))
            wide = self._x(int(columns.when[first]) + int(columns.precision[first])) - x
            if wide >= look.px(8):
                rect = QRectF(x, y - look.px(4), wide, look.px(8))
                fill = type(colour)(colour)
                fill.setAlphaF(0.3)
                draw.rounded(painter, rect, 2, fill, colour)
            else:
                rect = QRectF(x, y - look.px(8), look.px(4), look.px(16))
                draw.rounded(painter, rect, 1.5, colour)
            if self.current in group:
                draw.rounded(painter, rect.adjusted(-4, -4, 4, 4), 4, None, look.colour("focus"), 2)
            self.drawn.append(Drawn(lane, rect, self.current if self.current in group else first, len(group)))
            following = self._x(int(columns.when[groups[at + 1][0]])) if at + 1 < len(groups) else float(self.width())
            free = self._paint_label(painter, group, x, y, free, following, height)

    def _paint_label(
        self, painter: QPainter, group: list[int], x: float, y: float, free: float, following: float, height: float
    ) -> float:
        look = self.look
        assert self.columns is not None
        words = self.labels.get(int(self.columns.number[group[0]]), "")
        if not words or height < look.px(52):
            return free
        room = following - x - look.px(12)
        font = look.font("dense")
        selected = self.current in group
        tail = tr(" and {group:,} more", group=len(group) - 1) if len(group) > 1 else ""
        if tail and look.metrics("dense").horizontalAdvance(words + tail) <= room:
            words += tail
        width = look.metrics("dense").horizontalAdvance(words)
        if selected:
            room = max(room, look.px(220))
        if x < free or room < min(width, look.px(90)):
            return free
        text = draw.elided(words, int(room), font)
        width = look.metrics("dense").horizontalAdvance(text)
        left = min(x, self.width() - width - look.px(12))
        box = QRectF(left - 2, y + look.px(12), width + look.px(10), look.px(18))
        if selected:
            draw.rounded(painter, box.adjusted(-4, -1, 4, 3), 3, look.colour("accent"))
        else:
            painter.fillRect(box, look.colour("surface"))
        painter.setFont(font)
        painter.setPen(look.colour("onaccent" if selected else "text2"))
        painter.drawText(box.adjusted(2, 0, 20, 0), int(Qt.AlignmentFlag.AlignVCenter), text)
        return box.right() + look.px(8)

    def drawn_count(self) -> int:
        """How many events stand on the screen as signs or in bars of the shown lanes."""
        signs = sum(one.count for one in self.drawn)
        if self.columns is None:
            return signs
        bars = self.columns.bins(self.start, self.end, max(1, (self.width() - self.gutter()) // 4))
        return signs + int(sum(int(bars[lane].sum()) for lane in self.binned))

    def visible_numbers(self) -> list[int]:
        """The row numbers of the events that could carry a label."""
        if self.columns is None:
            return []
        return [int(self.columns.number[one.index]) for one in self.drawn][:400]

    # -- hands

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer; with Shift move."""
        delta = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.move_by(-delta / 960)
        else:
            self.zoom(0.8 if delta > 0 else 1.25, self._us(event.position().x()))
        event.accept()

    def zoom(self, factor: float, about: int | None = None) -> None:
        """Zoom in or out."""
        middle = about if about is not None else (self.start + self.end) // 2
        start = middle - round((middle - self.start) * factor)
        end = middle + round((self.end - middle) * factor)
        if end - start >= LEAST_US or factor > 1:
            self.window_changed.emit(start, end)

    def move_by(self, share: float) -> None:
        """Move by a share of the window."""
        by = round((self.end - self.start) * share)
        self.window_changed.emit(self.start + by, self.end + by)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to drag, or choose a sign."""
        self._pan = event.position().x()
        self._pan_window = (self.start, self.end)
        self._moved = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the time."""
        if self._pan is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        if abs(event.position().x() - self._pan) > 4:
            self._moved = True
            start, end = self._pan_window
            width = max(1, self.width() - self.gutter())
            by = round((end - start) * (self._pan - event.position().x()) / width)
            self.window_changed.emit(start + by, end + by)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the sign that was clicked."""
        self._pan = None
        if self._moved:
            return
        point = event.position()
        for one in self.drawn:
            if one.rect.adjusted(-6, -8, 6, 22).contains(point):
                self.choose(one.index)
                return

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Zoom in twice."""
        self.zoom(0.5, self._us(event.position().x()))

    def choose(self, index: int) -> None:
        """Choose an event by its place in the columns."""
        if self.columns is None or not 0 <= index < len(self.columns):
            return
        self.current = index
        when = int(self.columns.when[index])
        if not self.start <= when < self.end:
            half = (self.end - self.start) // 2
            self.window_changed.emit(when - half, when + half)
        self.update()
        self.event_chosen.emit(int(self.columns.number[index]))

    def step(self, by: int) -> None:
        """Choose the next or previous event in time."""
        if self.columns is None or not len(self.columns):
            return
        if self.current < 0:
            part = self.columns.between(self.start, self.end)
            self.choose(part.start if part.start < part.stop else 0)
        else:
            self.choose(max(0, min(len(self.columns) - 1, self.current + by)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left, Right, +, -, 0, N, Shift+N."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Left:
            self.move_by(-0.2)
        elif key == Qt.Key.Key_Right:
            self.move_by(0.2)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(0.7)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / 0.7)
        elif key == Qt.Key.Key_0:
            self.all()
        elif key == Qt.Key.Key_N:
            self.step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        else:
            super().keyPressEvent(event)

    def all(self) -> None:
        """Show everything that passes."""
        if self.columns is not None and len(self.columns):
            pad = max(LEAST_US, (self.columns.last - self.columns.first) // 50)
            self.window_changed.emit(self.columns.first - pad, self.columns.last + pad)


def lane_name(lane: str) -> str:
    """A lane as people say it."""
    words = {
        "file system": tr("File system"), "openpgp": tr("OpenPGP"), "pgp": tr("OpenPGP"), "chat": tr("Conversations"), "media": tr("Photos"),
        "wallet": tr("Wallets"), "address": tr("Addresses"), "key": tr("Keys"), "onion": tr("Onion names"), "parcel": tr("Parcels"),
        "market": tr("Market pages"), "contact": tr("Contacts"), "seed": tr("Seed phrases"), "mail": tr("Mail"),
    }  # fmt: skip
    return words.get(lane, lane[:1].upper() + lane[1:])

"""The events of the whole case as columns by kind."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from forensics.timeline.columns import Columns
from resources.languages import tr
from viewers import access, kinds
from viewers.axis import axis
from viewers.look import Look
from viewers.words import plural, time_text

TILE_ORDER = ("wallet", "address", "key", "chat", "market", "parcel", "onion", "media", "person", "system")


class When(QWidget):
    """All events in columns by kind."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._columns: Columns | None = None
        self.setMinimumHeight(look.px(150))
        self.setAccessibleName(tr("Events over time"))

    def show_columns(self, columns: Columns) -> None:
        """Show these events."""
        self._columns = columns
        self.update()

    def accessible_parts(self) -> list[access.Part]:
        """How many events of each kind, first and last."""
        columns = self._columns
        if columns is None or not len(columns):
            return [access.Part(tr("No finding carries a time yet"), QRectF(self.rect()))]
        span = tr("{first} to {last} UTC", first=time_text(columns.first), last=time_text(columns.last))
        counted: dict[str, int] = {}
        for name, count in zip(columns.lanes, columns.counts(), strict=True):
            counted[kinds.tile(name)] = counted.get(kinds.tile(name), 0) + count
        found = [access.Part(plural(len(columns), "event", "events"), QRectF(self.rect()), span)]
        return found + [
            access.Part(f"{kinds.PLURALS[tile]}, {count:,}", QRectF(self.rect()))
            for tile, count in counted.items()
            if count
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint stacked columns, legend and axis."""
        look = self._look
        painter = QPainter(self)
        columns = self._columns
        if columns is None or not len(columns):
            painter.setFont(look.font("body"))
            painter.setPen(look.colour("text2"))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), tr("No finding carries a time yet."))
            return
        totals = columns.counts()
        tiles: dict[str, int] = {}
        for lane, name in enumerate(columns.lanes):
            tiles[kinds.tile(name)] = tiles.get(kinds.tile(name), 0) + totals[lane]
        x = 0
        painter.setFont(look.font("dense"))
        for name in TILE_ORDER:
            if tiles.get(name):
                painter.fillRect(QRectF(x, look.px(5), look.px(10), look.px(10)), look.kind(name))
                painter.setPen(look.colour("text2"))
                words = kinds.PLURALS[name]
                painter.drawText(
                    QRectF(x + look.px(16), 0, 200, look.px(20)), int(Qt.AlignmentFlag.AlignVCenter), words
                )
                x += look.px(34) + look.metrics("dense").horizontalAdvance(words)
        pad = max(60_000_000, (columns.last - columns.first) // 80)
        start, end = columns.first - pad, columns.last + pad
        area = QRectF(0, look.px(26), self.width(), self.height() - look.px(48))
        count = max(1, self.width() // 5)
        bars = columns.bins(start, end, count)
        peak = max(1, int(bars.sum(axis=0).max()))
        stacked = np.zeros(count)
        order = sorted(range(len(columns.lanes)), key=lambda lane: TILE_ORDER.index(kinds.tile(columns.lanes[lane])))
        scale = area.height() / float(np.sqrt(peak))
        sums = bars.sum(axis=0)
        for lane in order:
            colour = look.kind(kinds.tile(columns.lanes[lane]))
            if look.is_dark:
                colour.setAlphaF(0.75)
            for at in np.nonzero(bars[lane])[0]:
                whole = float(np.sqrt(sums[at])) * scale
                height = max(1.5, whole * bars[lane][at] / sums[at])
                painter.fillRect(
                    QRectF(float(at) * area.width() / count, area.bottom() - stacked[at] - height, 3.4, height), colour
                )
                stacked[at] += height
        painter.fillRect(QRectF(0, area.bottom(), area.width(), 1), look.colour("line2"))
        painter.setFont(look.font("note"))
        painter.setPen(look.colour("text2"))
        for tick in axis(start, end, 0, area.width(), 120):
            words = f"{tick.upper} {tick.lower}".strip() if tick.upper != tick.lower else tick.lower
            if tick.x + look.metrics("note").horizontalAdvance(words) < area.right():
                painter.drawText(
                    QRectF(tick.x, area.bottom() + 3, 300, look.px(18)), int(Qt.AlignmentFlag.AlignVCenter), words
                )

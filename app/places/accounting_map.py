"""The map of an exhibit: its image in cells, in the order of the disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.places.accounting_parts import Told, axis_step, fill
from forensics.case.accounting import Part
from resources.languages import tr
from viewers import access
from viewers.look import Look

CELLS = 736


@dataclass(frozen=True, slots=True)
class Cells:
    """The map: for each cell of `bytes` bytes the number of the part that is drawn, and whether a part was lost."""

    bytes: int
    shown: tuple[int, ...]


def cells_of(parts: Sequence[Part], size: int, most: int = CELLS) -> Cells:
    """The image in cells of a round size: what most of a cell is, or what could not be searched in it."""
    each = axis_step(size, most) or 1
    edges = np.minimum(np.arange(0, size + each, each, dtype=np.int64), size)
    if not size:
        return Cells(each, ())
    held = np.zeros((len(parts), len(edges) - 1), np.int64)
    for number, part in enumerate(parts):
        if part.runs:
            starts = np.array([run.offset for run in part.runs], np.int64)
            lengths = np.array([run.length for run in part.runs], np.int64)
            before = np.concatenate(([0], np.cumsum(lengths)))
            at = np.searchsorted(starts, edges, "right")
            last = np.maximum(at - 1, 0)
            inside = np.clip(edges - starts[last], 0, lengths[last])
            upto = np.where(at > 0, before[last] + inside, 0)
            held[number] = np.diff(upto)
    weight = held.astype(np.float64)
    for number, part in enumerate(parts):
        if part.kind == "lost":
            weight[number] *= 4.0 * each  # more than any other part can have
    return Cells(each, tuple(int(number) for number in weight.argmax(axis=0)))


class AccountMap(QWidget):
    """The cells in the order of the disk."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._parts: list[Told] = []
        self._cells = Cells(1, ())
        self.setAccessibleName(tr("Where on the disk"))

    def show_cells(self, parts: Sequence[Told], cells: Cells) -> None:
        """Show a map."""
        self._parts, self._cells = list(parts), cells
        self._fit()
        self.update()

    def accessible_parts(self) -> list[access.Part]:
        """How many cells of each part."""
        shown = self._cells.shown
        counted = ((told.name, shown.count(number)) for number, told in enumerate(self._parts))
        return [
            access.Part(tr("{name}, {count:,} cells", name=name, count=count), QRectF(self.rect()))
            for name, count in counted
            if count
        ]

    def _columns(self) -> int:
        return max(1, self.width() // self._look.px(14))

    def _fit(self) -> None:
        rows = -(-len(self._cells.shown) // self._columns())
        self.setFixedHeight(max(1, rows) * self._look.px(14))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As high as its rows."""
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells."""
        painter, step, across = QPainter(self), self._look.px(14), self._columns()
        for number, part in enumerate(self._cells.shown):
            row, column = divmod(number, across)
            fill(painter, self._look, QRectF(column * step, row * step, step - 2, step - 2), self._parts[part])

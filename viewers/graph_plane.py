"""Where the entities and links of a graph stand: the plane, its scale, and what is under a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform
from PySide6.QtWidgets import QWidget

from viewers.look import Look

WIDTH, HEIGHT = 212, 48
NEAREST, FURTHEST = 2.0, 0.08
READABLE = 0.45  # below this scale boxes are drawn without words
NEAR = 8.0  # pixels from a line that still hit it
FACT = 3  # grade from which a link that was met is drawn solid


@dataclass(frozen=True, slots=True)
class Node:
    """An entity: what it is called, one fact, and its place."""

    name: str
    kind: str
    title: str
    fact: str
    grade: int
    findings: tuple[str, ...]
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """A link between two nodes, by their numbers; `words` is its rule."""

    source: int
    target: int
    words: str
    grade: int
    met: bool
    told: dict[str, Any]

    @property
    def fact(self) -> bool:
        """Whether bytes show it."""
        return self.met and self.grade >= FACT


class GraphPlane(QWidget):
    """Entities and links on a plane that is moved and enlarged."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.nodes: list[Node] = []
        self.lines: list[Line] = []
        self.centre = -1
        self.scale = 1.0
        self.origin = QPointF()  # where (0, 0) of the plane is in the widget
        self.moved: dict[str, QPointF] = {}  # boxes that were moved by hand
        self._fitted = False

    def _at(self, number: int) -> QPointF:
        node = self.nodes[number]
        return self.moved.get(node.name, QPointF(node.x, node.y))

    def _bounds(self) -> QRectF:
        area = QRectF()
        for number in range(len(self.nodes)):
            at = self._at(number)
            area = area.united(QRectF(at.x() - WIDTH / 2, at.y() - HEIGHT / 2, WIDTH, HEIGHT))
        return area.adjusted(-30, -30, 30, 30)

    def fit(self) -> None:
        """All of it into the window, or as near as can be read about the centre."""
        area = self._bounds()
        self._fitted = True
        self.scale = min(1.0, self.width() / max(1.0, area.width()), self.height() / max(1.0, area.height()))
        self.scale = max(self.scale, FURTHEST) * self.look.scale
        middle = area.center()
        if self.scale < READABLE and self.centre >= 0:
            self.scale, middle = READABLE * 1.25, self._at(self.centre)
        self._centre_on(middle)
        self.update()

    def _centre_on(self, point: QPointF) -> None:
        self.origin = QPointF(self.width() / 2, self.height() / 2) - point * self.scale

    def _transform(self) -> QTransform:
        return QTransform(self.scale, 0, 0, self.scale, self.origin.x(), self.origin.y())

    def box(self, number: int) -> QRectF:
        """The box of a node in the widget."""
        at = self._at(number)
        return self._transform().mapRect(QRectF(at.x() - WIDTH / 2, at.y() - HEIGHT / 2, WIDTH, HEIGHT))

    def _ends(self, line: Line) -> tuple[QPointF, QPointF]:
        transform = self._transform()
        return transform.map(self._at(line.source)), transform.map(self._at(line.target))

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        """Enlarge or make small, the point `about` staying where it is."""
        point = about or QPointF(self.width() / 2, self.height() / 2)
        scale = min(NEAREST * self.look.scale, max(FURTHEST, self.scale * factor))
        self.origin = point - (point - self.origin) * (scale / self.scale)
        self.scale = scale
        self.update()

    def under(self, point: QPointF) -> tuple[int, int]:
        """The node and the line at a point of the widget, -1 where there is none."""
        for number in reversed(range(len(self.nodes))):
            if self.box(number).contains(point):
                return number, -1
        best, nearest = -1, NEAR
        for number, line in enumerate(self.lines):
            distance = _distance(point, *self._ends(line))
            if distance < nearest:
                best, nearest = number, distance
        return -1, best


def _distance(point: QPointF, one: QPointF, other: QPointF) -> float:
    along = other - one
    length = along.x() ** 2 + along.y() ** 2
    if length < 1:
        return float("inf")
    part = QPointF.dotProduct(point - one, along) / length
    if not 0 <= part <= 1:
        return float("inf")
    off = point - (one + along * part)
    return float((off.x() ** 2 + off.y() ** 2) ** 0.5)

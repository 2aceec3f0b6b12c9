"""Positions on coarse outlines of land, drawn without a network: longitude to the right, latitude up, equally spaced."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from resources.languages import tr
from viewers import access, draw
from viewers.look import Look

WORLD = 360
UNIT = 100  # of the outlines, in a degree
MOST_ENLARGED = 400.0  # pixels of a degree: there an outline is off by more than a thumb
LEAST_SHOWN = 8.0  # degrees that a fit shows at least, for outlines are coarse
STEPS = (30, 10, 5, 1, 0.5, 0.1)  # degrees between lines
NAMED = {
    0.0: tr("Equator"),
    23.4364: tr("Tropic of Cancer"),
    -23.4364: tr("Tropic of Capricorn"),
    66.5636: tr("Arctic Circle"),
    -66.5636: tr("Antarctic Circle"),
}
NEAR = 10  # pixels from a mark that still hit it


@dataclass(frozen=True, slots=True)
class Position:
    """A place on the map in degrees, north and east positive, and what stands there."""

    latitude: float
    longitude: float
    title: str
    fact: str
    number: int

    @property
    def words(self) -> str:
        """In degrees, with the hemispheres."""
        north, east = "N" if self.latitude >= 0 else "S", "E" if self.longitude >= 0 else "W"
        return f"{abs(self.latitude):.5f}° {north}, {abs(self.longitude):.5f}° {east}"


@cache
def outlines() -> QPainterPath:
    """Land as closed rings: x is the longitude, y the latitude with south positive, in degrees.

    A ring over the 180th meridian is there twice, to be clipped at either edge of the map.
    """
    text = resources.files("resources").joinpath("outlines/land.json").read_text(encoding="utf-8")
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    for ring in json.loads(text)["rings"]:
        points = _joined([(x / UNIT, -y / UNIT) for x, y in zip(ring[::2], ring[1::2], strict=True)])
        low, high = min(x for x, _ in points), max(x for x, _ in points)
        for by in (0, *((-WORLD,) if high > WORLD / 2 else ()), *((WORLD,) if low < -WORLD / 2 else ())):
            path.addPolygon(QPolygonF([QPointF(x + by, y) for x, y in points]))
            path.closeSubpath()
    return path


def _joined(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """A ring without its jumps from one edge of the map to the other; one about a pole stays as it is."""
    joined, by = [points[0]], 0
    for (before, _), (x, y) in itertools.pairwise(points):
        by += WORLD * ((before - x > WORLD / 2) - (x - before > WORLD / 2))
        joined.append((x + by, y))
    return points if by else joined


class MapView(QWidget):
    """The map with its marks."""

    chosen = Signal(int)  # a position, by its place in the list
    opened = Signal(int)

    accessible_role = QAccessible.Role.List

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.positions: list[Position] = []
        self.at = -1
        self.scale = 1.0  # pixels of a degree
        self.middle = QPointF(0, 0)
        self._grabbed: QPointF | None = None
        self._fitted = True
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Map"))
        self.setProperty("own_focus", True)
        self.setMinimumSize(look.px(280), look.px(200))
        look.changed.connect(self.update)

    def show_positions(self, positions: Sequence[Position]) -> None:
        """Show these."""
        self.positions = list(positions)
        self.at = -1
        self.fit()

    def choose(self, at: int) -> None:
        """Choose a position and bring it into sight."""
        self.at = at
        if 0 <= at < len(self.positions):
            if not QRectF(self.rect()).contains(self.mark(at)):
                self.middle = self._degrees(at)
            self.chosen.emit(at)
        self.update()

    # -- geometry

    def _degrees(self, at: int) -> QPointF:
        return QPointF(self.positions[at].longitude, -self.positions[at].latitude)

    def _transform(self) -> QTransform:
        made = QTransform.fromTranslate(self.width() / 2, self.height() / 2)
        return made.scale(self.scale, self.scale).translate(-self.middle.x(), -self.middle.y())

    def mark(self, at: int) -> QPointF:
        """Where a position is in the widget."""
        return self._transform().map(self._degrees(at))

    def fit(self) -> None:
        """All positions into the window, or the world where there is none."""
        area = QPolygonF([self._degrees(at) for at in range(len(self.positions))]).boundingRect()
        if self.positions:
            pad = max(LEAST_SHOWN, area.width(), area.height()) / 2
            area.adjust(-pad, -pad, pad, pad)
        else:
            area = QRectF(-180, -90, 360, 180)
        self._show(area)
        self._fitted = True

    def show_world(self) -> None:
        """All of it."""
        self._show(QRectF(-180, -90, 360, 180))

    def _show(self, area: QRectF) -> None:
        self.middle = area.center()
        self.scale = min(self.width() / area.width(), self.height() / area.height(), MOST_ENLARGED)
        self._fitted = False
        self.update()

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        """Enlarge or make small, the place under `about` staying where it is."""
        point = about or QPointF(self.width() / 2, self.height() / 2)
        before = self._transform().inverted()[0].map(point)
        self.scale = min(MOST_ENLARGED, max(self.width() / 540, self.scale * factor))
        self.middle += before - self._transform().inverted()[0].map(point)
        self._fitted = False
        self.update()

    def _move(self, across: float, down: float) -> None:
        self.middle += QPointF(across, down) / self.scale
        self._fitted = False
        self.update()

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint land, lines and marks."""
        look = self.look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), look.colour("sunken"))
        transform = self._transform()
        world = transform.mapRect(QRectF(-180, -90, 360, 180))
        painter.fillRect(world, look.colour("window"))
        painter.save()
        painter.setClipRect(world)
        painter.setTransform(transform)
        pen = QPen(look.colour("text3"), 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(look.colour("surface"))
        painter.drawPath(outlines())
        painter.restore()
        self._paint_lines(painter, transform, world)
        for at in range(len(self.positions)):
            if at != self.at:
                self._paint_mark(painter, at)
        if 0 <= self.at < len(self.positions):
            self._paint_mark(painter, self.at)
        if self.hasFocus():
            draw.rounded(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), 0, None, look.colour("focus"), 2)

    def _paint_lines(self, painter: QPainter, transform: QTransform, world: QRectF) -> None:
        look = self.look
        step = next((each for each in STEPS[::-1] if each * self.scale >= look.px(70)), STEPS[0])
        low = transform.inverted()[0].map(QPointF(0, 0))
        high = transform.inverted()[0].map(QPointF(self.width(), self.height()))
        painter.setFont(look.font("note"))
        sight = QRectF(self.rect()).intersected(world)
        for number in range(int(max(-180, low.x()) // step), int(min(180, high.x()) // step) + 1):
            degrees = number * step
            x = transform.map(QPointF(degrees, 0)).x()
            if sight.left() <= x <= sight.right():
                self._line(painter, QPointF(x, sight.top()), QPointF(x, sight.bottom()))
                side = "" if abs(degrees) in (0, 180) else " E" if degrees > 0 else " W"
                painter.drawText(QPointF(x + 3, sight.bottom() - look.px(5)), f"{abs(degrees):g}°{side}")
        lines = {
            -number * step: "" for number in range(int(max(-90, low.y()) // step), int(min(90, high.y()) // step) + 1)
        }
        for latitude, name in {**lines, **NAMED}.items():
            y = transform.map(QPointF(0, -latitude)).y()
            if not sight.top() + look.px(16) <= y <= sight.bottom() - look.px(20):
                continue  # there stand the degrees of the meridians
            self._line(painter, QPointF(sight.left(), y), QPointF(sight.right(), y), named=bool(name))
            side = " N" if latitude > 0 else " S"
            words = name or (f"{abs(latitude):g}°{side}" if latitude else "")
            right = name and latitude  # apart from the degrees, which stand at the left
            x = sight.right() - look.metrics("note").horizontalAdvance(words) - 6 if right else sight.left() + 4
            painter.drawText(QPointF(x, y - 3), words)

    def _line(self, painter: QPainter, one: QPointF, other: QPointF, *, named: bool = False) -> None:
        style = Qt.PenStyle.DashLine if named else Qt.PenStyle.SolidLine
        painter.setPen(QPen(self.look.colour("line"), 1, style))
        painter.drawLine(one, other)
        painter.setPen(self.look.colour("text2"))

    def _paint_mark(self, painter: QPainter, at: int) -> None:
        look, here, chosen = self.look, self.mark(at), at == self.at
        radius = look.px(8 if chosen else 6)
        painter.setPen(QPen(look.colour("surface"), 2))
        painter.setBrush(look.colour("focus" if chosen else "accent"))
        painter.drawEllipse(here, radius, radius)
        if chosen:
            text = self.positions[at].title
            painter.setFont(look.font("dense", 600))
            width = look.metrics("dense", 600).horizontalAdvance(text) + look.px(14)
            left = here.x() + radius + 4 if here.x() + radius + width < self.width() else here.x() - radius - 4 - width
            box = QRectF(left, here.y() - look.px(11), width, look.px(22))
            draw.rounded(painter, box, look.px(3), look.colour("surface"), look.colour("focus"))
            painter.setPen(look.colour("text"))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)

    # -- hands

    def _under(self, point: QPointF) -> int:
        near = [((self.mark(at) - point).manhattanLength(), at) for at in range(len(self.positions))]
        distance, at = min(near, default=(NEAR + 1.0, -1))
        return at if distance <= self.look.px(NEAR) else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a mark, or take hold of the map."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._grabbed = event.position()
            if (at := self._under(event.position())) >= 0:
                self.choose(at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the map."""
        if self._grabbed is not None:
            by = self._grabbed - event.position()
            self._grabbed = event.position()
            self._move(by.x(), by.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._grabbed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open what stands there."""
        if (at := self._under(event.position())) >= 0:
            self.opened.emit(at)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Enlarge or make small about the pointer."""
        self.zoom(1.0015 ** event.angleDelta().y(), event.position())
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What fitted still fits."""
        if self._fitted:
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the map, plus and minus enlarge, F fits, 0 is the world, N and P go through the positions."""
        far = self.look.px(60)
        moves = {
            Qt.Key.Key_Left: (-far, 0), Qt.Key.Key_Right: (far, 0), Qt.Key.Key_Up: (0, -far), Qt.Key.Key_Down: (0, far),
        }  # fmt: skip
        key = Qt.Key(event.key())
        if key in moves:
            self._move(*moves[key])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(1.4)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / 1.4)
        elif key == Qt.Key.Key_F:
            self.fit()
        elif key == Qt.Key.Key_0:
            self.show_world()
        elif key in (Qt.Key.Key_N, Qt.Key.Key_P) and self.positions:
            self.choose((self.at + (1 if key == Qt.Key.Key_N else -1)) % len(self.positions))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.at >= 0:
            self.opened.emit(self.at)
        else:
            super().keyPressEvent(event)

    # -- for those who do not see it

    def accessible_value(self) -> str:
        """How many positions there are."""
        return f"{len(self.positions):,} positions"

    def accessible_parts(self) -> list[access.Part]:
        """The marks."""
        size = QPointF(NEAR, NEAR)
        return [
            access.Part(
                f"{each.title}, {each.fact}", QRectF(self.mark(at) - size, self.mark(at) + size), each.words,
                chosen=at == self.at,
            )
            for at, each in enumerate(self.positions)
        ]  # fmt: skip

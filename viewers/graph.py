"""The graph: boxes of entities with their links, moved and enlarged by hand, walked with the keys.

A solid line is what bytes show, a broken one what a rule suggests or states of something that was not found.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)

from resources.languages import tr
from viewers import access, draw, kinds
from viewers.graph_plane import HEIGHT, READABLE, WIDTH, GraphPlane, Line, Node
from viewers.look import Look

LARGEST_PICTURE = 8192  # pixels of an exported picture, either way


class GraphView(GraphPlane):
    """The picture."""

    node_chosen = Signal(int)
    line_chosen = Signal(int)
    opened = Signal(int)  # a node, by Enter or a double click

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.node = self.line = -1
        self._grabbed: QPointF | None = None
        self._dragging = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(False)
        self.setAccessibleName(tr("Graph"))
        self.setProperty("own_focus", True)
        self.setMinimumSize(look.px(320), look.px(240))
        look.changed.connect(self.update)

    def show_graph(self, nodes: Sequence[Node], lines: Sequence[Line], centre: int) -> None:
        """Show these; what was chosen stays chosen if it is there."""
        kept = self.nodes[self.node].name if 0 <= self.node < len(self.nodes) else ""
        self.nodes, self.lines, self.centre = list(nodes), list(lines), centre
        self.line = -1
        self.node = next((number for number, each in enumerate(self.nodes) if each.name == kept), centre)
        self.fit()

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is in sight."""
        painter = QPainter(self)
        self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        look = self.look
        painter.fillRect(self.rect(), look.colour("window"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        sight = QRectF(self.rect())
        labels = []
        for number, line in enumerate(self.lines):
            if line.source == line.target:
                continue
            one, other = self._ends(line)
            if not sight.intersects(QRectF(one, other).normalized().adjusted(-2, -2, 2, 2)):
                continue
            chosen = number == self.line
            painter.setPen(self._pen(line, chosen=chosen))
            painter.drawLine(one, other)
            if chosen or (self.scale >= READABLE and self.node in (-1, self.centre, line.source, line.target)):
                labels.append((number, (one + other) / 2))
        for number in range(len(self.nodes)):
            box = self.box(number)
            if sight.intersects(box):
                self._paint_node(painter, number, box)
        taken: list[QRectF] = [self.box(number) for number in range(len(self.nodes))]
        for number, middle in sorted(labels, key=lambda each: each[0] != self.line):
            self._paint_label(painter, number, middle, taken)
        if self.hasFocus():
            draw.rounded(painter, sight.adjusted(1, 1, -1, -1), 0, None, look.colour("focus"), 2)

    def _pen(self, line: Line, *, chosen: bool) -> QPen:
        colour = self.look.colour("focus" if chosen else "text2" if line.fact else "text3")
        pen = QPen(colour, 2.5 if chosen else 1.2)
        if not line.fact:
            pen.setDashPattern([5, 4])
        return pen

    def _paint_node(self, painter: QPainter, number: int, box: QRectF) -> None:
        look, node = self.look, self.nodes[number]
        colour = look.kind(kinds.tile(node.kind))
        chosen = number == self.node
        border = look.colour("focus") if chosen else colour
        style = Qt.PenStyle.SolidLine if node.findings else Qt.PenStyle.DashLine
        radius = 6 * self.scale
        draw.rounded(painter, box, radius, look.colour("surface"), border, 2.5 if chosen else 1.4, style)
        if self.scale < READABLE:
            return
        painter.save()
        painter.translate(box.topLeft())
        factor = self.scale / look.scale
        painter.scale(factor, factor)
        width, height = look.px(WIDTH), look.px(HEIGHT)
        tile = look.px(24)
        draw.kind_tile(painter, look, look.px(11), (height - tile) / 2, tile, node.kind)
        left = look.px(43)
        room = width - left - look.px(8)
        for text, role, weight, tone, top in (
            (node.title, "dense", 600, "text", look.px(6)),
            (node.fact, "note", 0, "text2", look.px(25)),
        ):
            font = look.font(role, weight)
            painter.setFont(font)
            painter.setPen(look.colour(tone))
            painter.drawText(
                QRectF(left, top, room, look.px(18)),
                int(Qt.AlignmentFlag.AlignVCenter),
                draw.elided(text, int(room), font, middle=True),
            )
        painter.restore()

    def _paint_label(self, painter: QPainter, number: int, middle: QPointF, taken: list[QRectF]) -> None:
        look, line = self.look, self.lines[number]
        chosen = number == self.line
        font = look.font("note", 600 if chosen else 0)
        painter.setFont(font)
        text = line.words if line.fact else f"≈ {line.words}"
        width = painter.fontMetrics().horizontalAdvance(text) + look.px(14)
        box = QRectF(middle.x() - width / 2, middle.y() - look.px(9), width, look.px(18))
        if not chosen and any(each.intersects(box) for each in taken):
            return
        taken.append(box)
        fill = look.colour("accent") if chosen else look.colour("surface")
        border: QColor = look.colour("focus" if chosen else "line")
        style = Qt.PenStyle.SolidLine if line.fact else Qt.PenStyle.DashLine
        draw.rounded(painter, box, look.px(3), fill, border, 1, style)
        painter.setPen(look.colour("onaccent") if chosen else look.colour("text"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)

    def picture(self) -> QImage:
        """All of it, as large as it is read at, within `LARGEST_PICTURE`."""
        area = self._bounds()
        scale = min(1.0, LARGEST_PICTURE / max(1.0, area.width()), LARGEST_PICTURE / max(1.0, area.height()))
        other = GraphView(self.look)
        other.resize(max(1, round(area.width() * scale)), max(1, round(area.height() * scale)))
        other.nodes, other.lines, other.moved, other.line = self.nodes, self.lines, self.moved, self.line
        other.scale = scale
        other._centre_on(area.center())
        image = QImage(other.size(), QImage.Format.Format_RGB32)
        painter = QPainter(image)
        other._paint(painter)
        painter.end()
        other.deleteLater()
        return image

    # -- hands

    def choose(self, node: int = -1, line: int = -1) -> None:
        """Choose a node or a line."""
        self.node, self.line = node, line
        self.update()
        if node >= 0:
            self.node_chosen.emit(node)
        elif line >= 0:
            self.line_chosen.emit(line)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is under the pointer, or take hold of the plane."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        node, line = self.under(event.position())
        if node >= 0 or line >= 0:
            self.choose(node, line)
        self._dragging = node
        self._grabbed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move a box, or the plane."""
        if self._grabbed is None:
            return
        by = event.position() - self._grabbed
        self._grabbed = event.position()
        if self._dragging >= 0:
            name = self.nodes[self._dragging].name
            self.moved[name] = self._at(self._dragging) + by / self.scale
        else:
            self.origin += by
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._grabbed = None
        self._dragging = -1

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Make a node the centre."""
        node, _ = self.under(event.position())
        if node >= 0:
            self.opened.emit(node)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Enlarge or make small about the pointer."""
        self.zoom(1.0015 ** event.angleDelta().y(), event.position())
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What fitted still fits."""
        if self._fitted:
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go to the next node that way, L to the next link of the node, plus and minus enlarge, F fits."""
        ways = {
            Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
        }  # fmt: skip
        key = Qt.Key(event.key())
        if key in ways:
            self._step(*ways[key])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(1.25)
        elif key == Qt.Key.Key_Minus:
            self.zoom(0.8)
        elif key == Qt.Key.Key_F:
            self.fit()
        elif key == Qt.Key.Key_L and self.lines:
            self._next_line()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.node >= 0:
            self.opened.emit(self.node)
        else:
            super().keyPressEvent(event)

    def _step(self, across: int, down: int) -> None:
        if not self.nodes:
            return
        if self.node < 0:
            self.choose(max(0, self.centre))
            return
        here = self._at(self.node)

        def cost(number: int) -> float:
            by = self._at(number) - here
            along = by.x() * across + by.y() * down
            aside = abs(by.x() * down) + abs(by.y() * across)
            return along + 2 * aside if along > 1 else float("inf")

        best = min(range(len(self.nodes)), key=cost)
        if cost(best) < float("inf"):
            self.choose(best)
            if not QRectF(self.rect()).contains(self.box(best)):
                self._centre_on(self._at(best))

    def _next_line(self) -> None:
        own = [n for n, each in enumerate(self.lines) if self.node < 0 or self.node in (each.source, each.target)]
        if not own:
            return
        behind = [number for number in own if number > self.line]
        self.line = (behind or own)[0]
        self.update()
        self.line_chosen.emit(self.line)

    # -- for those who do not see it

    accessible_role = QAccessible.Role.List

    def accessible_value(self) -> str:
        """How much is drawn."""
        return tr("{nodes:,} entities, {lines:,} links", nodes=len(self.nodes), lines=len(self.lines))

    def accessible_parts(self) -> list[access.Part]:
        """The boxes, then the links."""
        found = [
            access.Part(
                f"{each.title}, {each.fact}",
                self.box(number),
                tr("grade C{grade}", grade=each.grade),
                chosen=number == self.node,
            )
            for number, each in enumerate(self.nodes)
        ]
        for number, line in enumerate(self.lines):
            one, other = self._ends(line)
            words = tr("shown by bytes") if line.fact else tr("inferred")
            name = f"{self.nodes[line.source].title}: {line.words}: {self.nodes[line.target].title}"
            middle = (one + other) / 2
            rect = QRectF(middle.x() - 5, middle.y() - 5, 10, 10)
            found.append(
                access.Part(
                    name, rect, tr("{words}, grade C{grade}", words=words, grade=line.grade), chosen=number == self.line
                )
            )
        return found

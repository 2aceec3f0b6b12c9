"""The canvas of the courtroom: 1920 by 1080 units, one factor, its own two palettes and large type."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from viewers import draw
from viewers.look import WEIGHTS, Look, tokens

WIDTH, HEIGHT, MARGIN = 1920.0, 1080.0, 96.0
INNER = WIDTH - 2 * MARGIN
LEAST = 24.0  # no smaller text for those who watch
MIDDLE = Qt.AlignmentFlag.AlignVCenter
TOP = Qt.AlignmentFlag.AlignTop
RIGHT = Qt.AlignmentFlag.AlignRight
CENTRE = Qt.AlignmentFlag.AlignHCenter
LINES = {"solid": Qt.PenStyle.SolidLine, "dash": Qt.PenStyle.DashLine, "dot": Qt.PenStyle.DotLine}


@lru_cache(maxsize=64)
def font(role: str, size: float = 0, weight: int = 0) -> QFont:
    """The font of a courtroom role (sentence, bytes, row, label, text, small), in units of the canvas."""
    own = tokens()["courtroom"]["type"][role]
    made = QFont([tokens()["font"][own.get("family", "ui")], *tokens()["font"]["fallback"]])
    made.setPixelSize(round(size or own["px"]))
    made.setWeight(WEIGHTS[weight or int(own.get("weight", 400))])
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


def scale_of(width: float, height: float) -> tuple[float, float, float]:
    """The factor, and where the canvas begins, in a window of this size."""
    factor = min(width / WIDTH, height / HEIGHT)
    return factor, (width - WIDTH * factor) / 2, (height - HEIGHT * factor) / 2


class Stage:
    """A painter on the canvas."""

    def __init__(self, painter: QPainter, look: Look, *, bright: bool) -> None:
        self.painter = painter
        self._look = look
        self._colours = tokens()["courtroom"]["light" if bright else "dark"]

    def colour(self, name: str) -> QColor:
        """A colour of the courtroom palette."""
        return QColor(self._colours[name])

    def text(
        self,
        words: str,
        box: QRectF,
        role: str = "text",
        tone: str = "fg",
        *,
        size: float = 0,
        weight: int = 0,
        align: Qt.AlignmentFlag = MIDDLE,
        wrap: bool = False,
        middle: bool = False,
    ) -> None:
        """Text in a box: cut to one line, or wrapped; `middle` cuts in the middle."""
        chosen = font(role, size, weight)
        self.painter.setFont(chosen)
        self.painter.setPen(self.colour(tone))
        flags = int(align) | (int(Qt.TextFlag.TextWordWrap) if wrap else 0)
        shown = words if wrap else draw.elided(words, int(box.width()), chosen, middle=middle)
        self.painter.drawText(box, flags, shown)

    def card(self, box: QRectF, fill: str = "card", line: str = "line", style: str = "solid", width: float = 2) -> None:
        """A rounded card."""
        draw.rounded(self.painter, box, 10, self.colour(fill), self.colour(line), width, LINES[style])

    def icon(self, name: str, x: float, y: float, size: int, tone: str) -> None:
        """An icon of the look, drawn large."""
        self.painter.save()
        self.painter.translate(x, y)
        factor = max(1.0, self.painter.worldTransform().m11())
        self.painter.scale(1 / factor, 1 / factor)
        self._look.paint_icon(self.painter, name, 0, 0, round(size * factor), self.colour(tone))
        self.painter.restore()

    def rule(self, y: float) -> None:
        """A line across."""
        self.painter.setPen(QPen(self.colour("line"), 2))
        self.painter.drawLine(QPointF(MARGIN, y), QPointF(WIDTH - MARGIN, y))


def wide(words: str, role: str, size: float = 0, weight: int = 0) -> float:
    """How wide a line of text is, in units."""
    return float(QFontMetricsF(font(role, size, weight)).horizontalAdvance(words))


def tall(words: str, width: float, role: str, size: float = 0) -> float:
    """How high a text is, wrapped to a width."""
    room = QRectF(0, 0, width, HEIGHT)
    return float(QFontMetricsF(font(role, size)).boundingRect(room, int(Qt.TextFlag.TextWordWrap), words).height())

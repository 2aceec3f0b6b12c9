"""Painted signs: hatching, tiles, grades, allocation, chips. The same on every page."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPen

from viewers import kinds
from viewers.look import Look

BLOCK_WIDTH, BLOCK_HEIGHT, BLOCK_GAP = 4, 10, 1


@lru_cache(maxsize=20_000)
def _elided(text: str, width: int, middle: bool, font_key: str) -> str:
    font = QFont()
    font.fromString(font_key)
    mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
    return QFontMetrics(font).elidedText(text, mode, width)


def elided(text: str, width: int, font: QFont, *, middle: bool = False) -> str:
    """The text cut to a width: in the middle for addresses and paths, at the end for sentences."""
    return _elided(text, max(0, width), middle, font.toString())


def hatch(
    painter: QPainter, rect: QRectF, line: QColor, fill: QColor | None = None, step: int = 5, width: float = 1.0
) -> None:
    """Hatching: not readable by you now."""
    painter.save()
    painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
    if fill is not None:
        painter.fillRect(rect, fill)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(line, width))
    height = rect.height()
    at = rect.left() - height - (rect.left() - height) % step
    while at < rect.right():
        painter.drawLine(QPointF(at, rect.bottom()), QPointF(at + height, rect.top()))
        at += step
    painter.restore()


def rounded(
    painter: QPainter,
    rect: QRectF,
    radius: float,
    fill: QColor | None,
    border: QColor | None = None,
    width: float = 1.0,
    style: Qt.PenStyle = Qt.PenStyle.SolidLine,
) -> None:
    """A rounded rectangle with its border inside."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if border is None:
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        painter.setPen(QPen(border, width, style))
        half = width / 2
        rect = rect.adjusted(half, half, -half, -half)
    painter.setBrush(QBrush(fill) if fill is not None else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect, radius, radius)
    painter.restore()


def kind_tile(painter: QPainter, look: Look, x: float, y: float, size: int, kind: str, glyph_size: int = 0) -> None:
    """The tile of a kind with its glyph; `size` is in real pixels."""
    name = kinds.tile(kind)
    rounded(painter, QRectF(x, y, size, size), look.px(4), look.tile(name))
    inner = glyph_size or round(size * 0.72)
    inset = (size - inner) / 2
    look.paint_icon(painter, kinds.glyph(kind) or look.kind_glyph(name), x + inset, y + inset, inner, look.kind(name))


def grade_width(look: Look, word: bool, grade: int) -> int:
    """How wide a grade is when painted."""
    width = look.px(4 * BLOCK_WIDTH + 3 * BLOCK_GAP + 6) + look.metrics("dense", 600).horizontalAdvance("C4")
    if word:
        width += look.px(6) + look.metrics("dense").horizontalAdvance(kinds.grade_word(grade))
    return width


def grade_chip(
    painter: QPainter, look: Look, rect: QRectF, grade: int, *, word: bool = True, on_select: bool = False
) -> None:
    """Four blocks, the code, and the word where it fits."""
    quiet = look.colour("text2" if on_select else "text3")
    colour = look.colour("ok") if grade == 4 else (look.colour("text") if grade >= 2 else quiet)
    x = rect.left()
    top = rect.center().y() - look.px(BLOCK_HEIGHT) / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for block in range(4):
        box = QRectF(x, top, look.px(BLOCK_WIDTH), look.px(BLOCK_HEIGHT))
        if block < grade:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRoundedRect(box, 1, 1)
        else:
            painter.setPen(QPen(look.colour("line2"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 1, 1)
        x += look.px(BLOCK_WIDTH + BLOCK_GAP)
    painter.restore()
    x += look.px(5)
    painter.setPen(colour)
    painter.setFont(look.font("dense", 600))
    code = f"C{grade}"
    painter.drawText(QRectF(x, rect.top(), 200, rect.height()), Qt.AlignmentFlag.AlignVCenter, code)
    if word:
        x += look.metrics("dense", 600).horizontalAdvance(code) + look.px(6)
        text = kinds.grade_word(grade)
        if x + look.metrics("dense").horizontalAdvance(text) <= rect.right() + 1:
            painter.setPen(look.colour("ok") if grade == 4 else look.colour("text2"))
            painter.setFont(look.font("dense"))
            painter.drawText(QRectF(x, rect.top(), 400, rect.height()), Qt.AlignmentFlag.AlignVCenter, text)


def allocation_glyph(painter: QPainter, look: Look, x: float, y: float, word: str) -> None:
    """The 10 px sign of an allocation state."""
    side = look.px(10)
    box = QRectF(x, y, side, side)
    ink = look.colour("text2")
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    inner = box.adjusted(0.5, 0.5, -0.5, -0.5)
    if word == "allocated":
        painter.fillRect(box, ink)
    elif word == "name deleted":
        painter.setPen(QPen(ink, 1.2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(inner, 2, 2)
    elif word in ("unallocated", "gap"):
        painter.restore()
        hatch(painter, box, ink, None, 4, 1.1)
        painter.save()
        painter.setPen(QPen(ink, 1))
        painter.drawRect(inner)
    elif word == "slack":
        painter.setPen(QPen(ink, 1))
        painter.drawRect(inner)
        painter.fillRect(QRectF(box.center().x(), box.top(), side / 2, side), ink)
    else:
        painter.setPen(QPen(ink, 1))
        painter.drawRect(inner)
        third = side * 0.28
        painter.fillRect(box.adjusted(third, third, -third, -third), ink)
    painter.restore()


def chip_width(look: Look, text: str, icon: str = "") -> int:
    """How wide a chip is."""
    return look.px(16 if not icon else 14) + look.metrics("note").horizontalAdvance(text) + (look.px(18) if icon else 0)


def care_chip(painter: QPainter, look: Look, x: float, y: float, height: int, care: str) -> int:
    """The chip that says how a finding must be handled; its width."""
    icon = kinds.CARE_ICONS.get(care, "")
    width = chip_width(look, kinds.care_name(care), icon)
    rect = QRectF(x, y, width, height)
    if care == "secret":
        border = look.colour("secret") if look.theme == "contrast" else None
        rounded(painter, rect, look.px(4), look.colour("secretsoft"), border)
        ink = look.colour("secret")
    else:
        rounded(painter, rect, look.px(4), look.colour("surface"), look.colour("line2"))
        ink = look.colour("text2")
    left = x + look.px(8 if not icon else 7)
    if icon:
        size = look.px(12)
        look.paint_icon(painter, icon, left, y + (height - size) / 2, size, ink)
        left += look.px(17)
    painter.setPen(ink)
    painter.setFont(look.font("note"))
    painter.drawText(QRectF(left, y, width, height), Qt.AlignmentFlag.AlignVCenter, kinds.care_name(care))
    return width


def bracket(painter: QPainter, x: float, top: float, height: float, opens: bool, colour: QColor) -> None:
    """A square bracket: the end of a proven interval."""
    arm = 4 if opens else -4
    path = QPainterPath(QPointF(x + arm, top))
    path.lineTo(x, top)
    path.lineTo(x, top + height)
    path.lineTo(x + arm, top + height)
    painter.save()
    painter.setPen(QPen(colour, 2))
    painter.drawPath(path)
    painter.restore()


def mark(painter: QPainter, look: Look, x: float, y: float, size: int) -> None:
    """The mark of the program: an I in a rounded square."""
    fill = look.colour("accent")
    ink = look.colour("onaccent")
    rounded(painter, QRectF(x, y, size, size), size * 0.18, fill)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(ink, max(1.5, size * 0.085), Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    left, right = x + size * 0.25, x + size * 0.75
    top, bottom = y + size * 0.27, y + size * 0.73
    painter.drawLine(QPointF(left, top), QPointF(right, top))
    painter.drawLine(QPointF(left, bottom), QPointF(right, bottom))
    painter.drawLine(QPointF(x + size / 2, top), QPointF(x + size / 2, bottom))
    painter.restore()

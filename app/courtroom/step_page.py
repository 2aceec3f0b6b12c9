"""One step as a court sees it: kind of statement, the sentence, the exhibit, what it does not show, where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPen, QPolygonF

from app.courtroom.stage import CENTRE, INNER, LEAST, MARGIN, MIDDLE, RIGHT, TOP, WIDTH, Stage, tall, wide
from app.courtroom.told import Scene, Shown, step_word
from forensics.custody.presentation import KINDS
from resources.languages import tr
from viewers import draw

ICONS = {"fact": "check", "inference": "graph", "disputed": "scale"}
TONES = {"fact": "ok", "inference": "warn", "disputed": "bad"}
STYLES = {"fact": "solid", "inference": "dash", "disputed": "dot"}
KEYS = tr("Left and Right: step    P: where it comes from    V: check now    B: blank the screen    Esc: leave")
RIBBON = 934.0
BYTES, SMALLEST = 62.0, 30.0  # size of a value, in units


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the presentation a step stands."""

    at: int
    of: int
    case: str


def paint(stage: Stage, scene: Scene, place: Place, checked: Mapping[int, Any], when: str) -> None:
    """Paint the step; `checked` holds what was read again, by finding, and `when` that was."""
    _head(stage, scene, place)
    kind = str(scene.step["kind"])
    y = 104.0
    word, note = step_word(kind), tr(KINDS[kind])
    width = wide(word, "label") + 84
    tone = TONES[kind]
    box = QRectF(MARGIN, y, width, 56)
    stage.card(box, "okb" if kind == "fact" else "card", tone, STYLES[kind], 3)
    stage.icon(ICONS[kind], MARGIN + 18, y + 16, 24, tone)
    stage.text(word, box.adjusted(56, 0, 0, 0), "label", tone)
    stage.text(note, QRectF(box.right() + 22, y, 900, 56), "small", "fg2")
    y += 82
    sentence = str(scene.step["sentence"])
    high = min(190.0, tall(sentence, INNER, "sentence"))
    stage.text(sentence, QRectF(MARGIN, y, INNER, high + 8), "sentence", wrap=True)
    y += high + 24
    notes = [(name, str(scene.step.get(name) or "")) for name in ("reason", "answer") if scene.step.get(name)]
    low = RIBBON - 44 - 62 - (196 if notes else 0)
    _exhibits(stage, scene, y, low)
    if notes:
        _notes(stage, notes, low + 14)
    stage.icon("note", MARGIN + 4, RIBBON - 96, 24, "warn")
    stage.text(
        str(scene.step["not_shown"]), QRectF(MARGIN + 44, RIBBON - 110, INNER - 44, 52), "text", "fg", weight=500
    )
    _ribbon(stage, scene, checked, when)
    stage.text(KEYS, QRectF(MARGIN, 1034, INNER, 32), "presenter_keys", "fg2")


def _head(stage: Stage, scene: Scene, place: Place) -> None:
    said = tr("Step {at} of {of}", at=place.at + 1, of=place.of)
    stage.text(said, QRectF(MARGIN, 40, 400, 36), "small", weight=600)
    x = MARGIN + wide(said, "small", weight=600) + 40
    for number in range(min(place.of, 40)):
        tone = "ac" if number == place.at else "fg2" if number < place.at else "line"
        draw.rounded(stage.painter, QRectF(x + number * 36, 55, 26, 7), 3, stage.colour(tone))
    named = tr("Case {case}", case=place.case) + (
        tr(", exhibit {exhibit}", exhibit=scene.exhibit) if scene.exhibit else ""
    )
    stage.text(named, QRectF(WIDTH - MARGIN - 700, 40, 700, 36), "small", "fg2", align=MIDDLE | RIGHT)


def _exhibits(stage: Stage, scene: Scene, top: float, low: float) -> None:
    if not scene.shown:
        stage.card(QRectF(MARGIN, top, INNER, 120), line="bad", style="dot")
        words = tr("The findings of this step are not in the case as it is now.")
        stage.text(words, QRectF(MARGIN + 30, top, INNER - 60, 120), "text", "bad")
        return
    count = len(scene.shown)
    between = 46.0 if count == 2 else 0.0
    high = min(178.0 if count == 2 else 260.0, (low - top - between) / count)
    boxes = [QRectF(MARGIN, top + at * (high + between), INNER, high) for at in range(count)]
    marks = [_exhibit(stage, shown, box) for shown, box in zip(scene.shown, boxes, strict=True)]
    if count == 2:
        _compared(stage, scene, boxes, marks)


def _exhibit(stage: Stage, shown: Shown, box: QRectF) -> tuple[QRectF, float] | None:
    """Paint one finding; the box of its value and the width of a character where it stands on one line."""
    stage.card(box)
    stage.text(shown.title, QRectF(box.left() + 30, box.top() + 14, box.width() / 2, 48), "label")
    place = QRectF(box.left() + box.width() / 2, box.top() + 14, box.width() / 2 - 30, 48)
    stage.text(shown.place, place, "small", "fg2", align=MIDDLE | RIGHT, middle=True)
    inner = QRectF(box.left() + 30, box.top() + 70, box.width() - 60, box.height() - 88)
    if shown.hidden:
        draw.hatch(stage.painter, inner, stage.colour("line"), stage.colour("bg"), 12, 2)
        stage.text(
            tr("{value}    masked: shown only after a recorded reveal", value=shown.value),
            inner,
            "text",
            align=MIDDLE | CENTRE,
        )
        return None
    one = wide("0", "bytes", BYTES) / BYTES  # width of a character for each unit of size
    size = min(BYTES, (inner.width() - 32) / max(1, len(shown.value)) / one)
    if size < SMALLEST:
        lines, size = _lines(shown.value, inner, one)
        draw.rounded(stage.painter, inner, 8, stage.colour("hl"))
        step = inner.height() / max(1, len(lines))
        for at, line in enumerate(lines):
            row = QRectF(inner.left() + 16, inner.top() + at * step, inner.width() - 32, step)
            stage.text(line, row, "bytes", size=size)
        return None
    width = one * size * len(shown.value)
    high = min(inner.height(), size * 1.32)
    mark = QRectF(inner.center().x() - width / 2 - 16, inner.center().y() - high / 2, width + 32, high)
    draw.rounded(stage.painter, mark, 8, stage.colour("hl"))
    stage.text(shown.value, mark, "bytes", size=size, align=MIDDLE | CENTRE)
    return mark, one * size


def _lines(value: str, inner: QRectF, one: float) -> tuple[list[str], float]:
    """A long value in as few lines as can be read; what does not fit ends in an ellipsis."""
    for size in (44.0, 36.0, SMALLEST, LEAST):
        fits, most = int((inner.width() - 32) / (one * size)), max(1, int(inner.height() / (size * 1.25)))
        lines = [value[at : at + fits] for at in range(0, len(value), fits)]
        if len(lines) <= most:
            return lines, size
    lines = lines[:most]
    return [*lines[:-1], lines[-1][:-2] + " …"], LEAST


def _compared(stage: Stage, scene: Scene, boxes: list[QRectF], marks: list[tuple[QRectF, float] | None]) -> None:
    """One line for each character that is equal, and their count."""
    equal = scene.equal
    gap = QRectF(0, boxes[0].bottom(), WIDTH, boxes[1].top() - boxes[0].bottom())
    first, second = marks
    if equal is None:
        return
    if first is not None and second is not None:
        one, other = (each.value for each in scene.shown)
        stage.painter.setPen(QPen(stage.colour("ac"), 2))
        for at in range(len(one)):
            if one[at] == other[at]:
                x = first[0].left() + 16 + (at + 0.5) * first[1]
                stage.painter.drawLine(QPointF(x, first[0].bottom()), QPointF(x, gap.bottom()))
    words = tr("{equal} of {total} equal", equal=equal[0], total=equal[1])
    width = wide(words, "label") + 60
    box = QRectF(WIDTH / 2 - width / 2, gap.center().y() - 22, width, 44)
    draw.rounded(stage.painter, box, 8, stage.colour("ac" if equal[0] == equal[1] else "bad"))
    stage.text(words, box, "label", "bg", align=MIDDLE | CENTRE)


def _notes(stage: Stage, notes: list[tuple[str, str]], top: float) -> None:
    """Why it is inferred and what the other side says, of equal size."""
    titles = {
        "reason": (tr("Why it is inferred"), "graph", "warn", "dash"),
        "answer": (tr("The other side says"), "scale", "bad", "dot"),
    }
    width = (INNER - 32) / 2
    for at, (name, words) in enumerate(notes):
        title, icon, tone, style = titles[name]
        box = QRectF(MARGIN + at * (width + 32), top, width, 172)
        stage.card(box, line=tone, style=style, width=3)
        stage.icon(icon, box.left() + 26, box.top() + 22, 28, tone)
        stage.text(title, QRectF(box.left() + 72, box.top() + 12, width - 100, 48), "label")
        size = next((size for size in (28, 26) if tall(words, width - 56, "text", size) < 100), LEAST)
        stage.text(
            words, QRectF(box.left() + 28, box.top() + 62, width - 56, 104), "text", size=size, align=TOP, wrap=True
        )


def _ribbon(stage: Stage, scene: Scene, checked: Mapping[int, Any], when: str) -> None:
    stage.rule(RIBBON - 48)
    stage.text(tr("From the exhibit to this screen"), QRectF(MARGIN, RIBBON - 40, 800, 32), "small", "fg2", weight=600)
    stage.text(
        tr("Press P to open it"),
        QRectF(WIDTH - MARGIN - 500, RIBBON - 40, 500, 32),
        "small",
        "fg2",
        align=MIDDLE | RIGHT,
    )
    read = [checked[each.number] for each in scene.shown if each.number in checked]
    good = bool(read) and len(read) == len(scene.shown) and all(each["equal"] for each in read)
    last = (
        (tr("Not checked yet"), tr("press V"))
        if not read
        else (tr("Bytes equal"), when)
        if good
        else (tr("Bytes differ"), when)
    )
    parts = [*scene.ribbon, last]
    width = INNER / len(parts)
    for at, (title, note) in enumerate(parts):
        x, y, tip = MARGIN + at * width, RIBBON, 20.0
        ends = at == len(parts) - 1
        tone = "fg" if not (ends and read) else "ok" if good else "bad"
        points = [(x, y), (x + width - tip - 6, y), (x + width - 6, y + 42), (x + width - tip - 6, y + 84), (x, y + 84)]
        if at:
            points.append((x + tip, y + 42))
        stage.painter.setPen(QPen(stage.colour(tone if ends and read else "line"), 2))
        stage.painter.setBrush(stage.colour("okb" if ends and good else "card"))
        stage.painter.drawPolygon(QPolygonF([QPointF(*each) for each in points]))
        inner = QRectF(x + 30, y + 6, width - 66, 38)
        stage.text(title, inner, "small", tone, weight=600)
        stage.text(note, inner.translated(0, 34), "small", tone if ends and read else "fg2", middle=True)

"""Fields with their bytes: the list that the inspector and the Fields tab share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from resources.languages import tr, tr_noop
from viewers import access, draw
from viewers.base import ByteSource, FieldRow, Subject, Viewer, value_text
from viewers.look import Look
from viewers.marks import tokens_of
from viewers.parts import Hairline, clear, label
from viewers.tips import tip
from viewers.words import ZONE_UNKNOWN, plural, time_text


class FieldList(QWidget):
    """Name, value, half-open byte range. Moving to a row shows its bytes."""

    picked = Signal(str)

    def __init__(self, look: Look, name_width: int = 84) -> None:
        super().__init__()
        self._look = look
        self._rows: Sequence[FieldRow] = ()
        self._tokens: dict[str, str] = {}
        self._current = -1
        self._name_width = look.px(name_width)
        self._least = self._name_width
        self._row = look.px(24)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Fields"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def show_rows(self, rows: Sequence[FieldRow], tokens: dict[str, str]) -> None:
        """Show these fields."""
        self._rows = rows
        self._tokens = tokens
        self._current = -1
        metrics = self._look.metrics("dense")
        widest = max((metrics.horizontalAdvance(row.title) for row in rows), default=0)
        self._name_width = max(self._least, min(self._look.px(150), widest + self._look.px(14)))
        self.setFixedHeight(max(1, len(rows) * self._row))
        first = ", ".join(f"{row.title} {row.text}" for row in rows[:3])
        self.setAccessibleDescription(f"{plural(len(rows), 'field', 'fields')}: {first}" if rows else tr("no fields"))
        self.update()

    def accessible_parts(self) -> list[access.Part]:
        """Each field with its value as it is shown, and its bytes."""
        found = []
        for number, row in enumerate(self._rows):
            span = (
                tr(", bytes {start:,} to {end:,}", start=row.span[0], end=row.span[0] + row.span[1]) if row.span else ""
            )
            value = f"{row.text[:500] or tr('none stored')}{tr(', masked') if row.masked else ''}{span}"
            rect = QRectF(0, number * self._row, self.width(), self._row)
            found.append(access.Part(row.title or tr("value"), rect, value, chosen=number == self._current))
        return found

    def sizeHint(self) -> QSize:
        """All rows."""
        return QSize(self._look.px(240), len(self._rows) * self._row)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows."""
        look = self._look
        painter = QPainter(self)
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        for number, row in enumerate(self._rows):
            rect = QRectF(0, number * self._row, self.width(), self._row)
            token = self._tokens.get(row.name)
            if token and not row.masked:
                draw.rounded(painter, rect.adjusted(0, 1, 0, -1), look.px(3), look.colour(token))
            if number == self._current:
                width = 2.0 if self.hasFocus() else 1.0
                draw.rounded(painter, rect.adjusted(0, 1, 0, -1), look.px(3), None, look.colour("focus"), width)
            inner = rect.adjusted(look.px(6), 0, -look.px(6), 0)
            span = tr("{start:,} to {end:,}", start=row.span[0], end=row.span[0] + row.span[1]) if row.span else ""
            span_width = look.metrics("digest").horizontalAdvance(span)
            if span:
                wanted = look.metrics("digest").horizontalAdvance(row.text)
                room = inner.width() - self._name_width
                beside = room - span_width - look.px(10)
                if wanted > beside and (beside < look.px(74) or wanted <= room):
                    span, span_width = "", 0  # a side note that does not fit is dropped whole
            painter.setPen(look.colour("text2"))
            painter.setFont(look.font("dense"))
            name = draw.elided(row.title, self._name_width - look.px(4), look.font("dense"))
            painter.drawText(inner, middle, name)
            painter.setFont(look.font("digest"))
            if span:
                painter.drawText(inner, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), span)
            value = QRectF(inner.left() + self._name_width, inner.top(), 0, inner.height())
            value.setRight(inner.right() - (span_width + look.px(10) if span else 0))
            self._value(painter, value, row)

    def _value(self, painter: QPainter, rect: QRectF, row: FieldRow) -> None:
        look = self._look
        text = row.text or tr("none stored")
        font = look.font("digest")
        if row.masked:
            painter.setPen(look.colour("secret"))
            size = look.px(13)
            width = look.metrics("digest").horizontalAdvance(text)
            if width + size + look.px(6) <= rect.width():
                look.paint_icon(
                    painter,
                    "lock",
                    rect.left() + width + look.px(6),
                    rect.center().y() - size / 2,
                    size,
                    look.colour("secret"),
                )
        elif row.absent or not row.text:
            painter.setPen(look.colour("text3" if row.name not in self._tokens else "text2"))
            font = look.font("dense")
        else:
            painter.setPen(look.colour("text"))
            if row.span is None and " " in text:
                font = look.font("dense")  # words, not bytes
        painter.setFont(font)
        one_line = " ".join(text.split())
        middle = " " not in one_line or row.name == "locator"
        painter.drawText(
            rect, int(Qt.AlignmentFlag.AlignVCenter), draw.elided(one_line, int(rect.width()), font, middle=middle)
        )

    def _pick(self, number: int) -> None:
        if 0 <= number < len(self._rows):
            self._current = number
            self.update()
            self.picked.emit(self._rows[number].name)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick a row."""
        self._pick(int(event.position().y()) // self._row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up, down, and Ctrl+C for the value."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Down:
            self._pick(min(len(self._rows) - 1, self._current + 1))
        elif key == Qt.Key.Key_Up:
            self._pick(max(0, self._current - 1))
        elif (
            key == Qt.Key.Key_C
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
            and 0 <= self._current < len(self._rows)
        ):
            QGuiApplication.clipboard().setText(self._rows[self._current].text)
        else:
            super().keyPressEvent(event)

    def event(self, event: Any) -> bool:
        """The whole value as a tool tip."""
        if isinstance(event, QHelpEvent):
            number = event.pos().y() // self._row
            if 0 <= number < len(self._rows):
                row = self._rows[number]
                span = (
                    tr("\nbytes {start:,} to {end:,}", start=row.span[0], end=row.span[0] + row.span[1])
                    if row.span
                    else ""
                )
                QToolTip.showText(event.globalPos(), tip(row.text[:2000] + span), self)
            return True
        return bool(super().event(event))


class FieldsViewer(Viewer):
    """Everything that is stored about a subject: fields, checks, times, links, runs, digest."""

    title: ClassVar[str] = tr_noop("Fields")

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setAccessibleName(tr("Fields"))
        body = QWidget()
        body.setProperty("ground", "surface")
        self._layout = QVBoxLayout(body)
        self._layout.setContentsMargins(look.px(16), look.px(12), look.px(16), look.px(16))
        self._layout.setSpacing(look.px(4))
        self._scroll.setWidget(body)
        outer.addWidget(self._scroll)

    @classmethod
    def priority(cls, subject: Subject) -> float:
        """It shows anything, and best what has no bytes."""
        return 0.5 if not subject.kind and subject.size == 0 and not subject.runs else 0.1

    def show_finding(self, subject: Subject, source: ByteSource) -> None:
        """Build the sections."""
        clear(self._layout)
        look = self.look
        if subject.fields:
            note = tr("bytes in the entry") if subject.entry is not None else tr("bytes in the layer")
            note = tr("bytes in the decoded stream") if subject.inside else note
            self._section(
                tr("Fields") if subject.kind else tr("In the file system's own books"), note if subject.kind else ""
            )
            listed = FieldList(look, 150)
            listed.show_rows(subject.fields, tokens_of(subject))
            listed.picked.connect(self.field_wanted)
            self._layout.addWidget(listed)
        if subject.checks:
            self._section(tr("Checks"), tr("strength is how unlikely a false pass is: 2 to the power of the bits"))
            rows = [
                FieldRow(
                    str(check.get("name", "")),
                    tr("{outcome}, {bits} bits", outcome=check.get("outcome", ""), bits=check.get("bits", 0)),
                )
                for check in subject.checks
            ]
            self._plain(rows)
        if subject.events:
            self._section(tr("Times"))
            self._plain([FieldRow(str(event.get("meaning", "time")), _event_text(event)) for event in subject.events])
        if subject.links:
            self._section(tr("Links"), tr("each states its rule"))
            self._plain(
                [
                    FieldRow(str(link.get("target_kind", "")), f"{link.get('target', '')}  ({link.get('rule', '')})")
                    for link in subject.links
                ]
            )
        self._section(tr("Place"))
        rows = [FieldRow(tr("locator"), subject.locator)] if subject.locator else []
        rows += [
            FieldRow(tr("run {number}", number=number), f"0x{start:X} + {length:,}")
            for number, (start, length) in enumerate(subject.runs[:200], 1)
        ]
        if len(subject.runs) > 200:
            rows.append(FieldRow(tr("more runs"), len(subject.runs) - 200))
        if subject.sha256:
            rows.append(FieldRow("SHA-256", subject.sha256))
        if rows:
            self._plain(rows)
        else:
            words = tr("It has no bytes of its own on the image.")
            self._layout.addWidget(label(look, words, "dense", "text2"))
        self._layout.addStretch(1)
        self._scroll.verticalScrollBar().setValue(0)

    def _section(self, title: str, note: str = "") -> None:
        look = self.look
        if self._layout.count():
            self._layout.addSpacing(look.px(6))
            self._layout.addWidget(Hairline(look))
            self._layout.addSpacing(look.px(4))
        row = QHBoxLayout()
        row.addWidget(label(look, title, "dense", weight=600))
        row.addStretch(1)
        row.addWidget(label(look, note, "note", "text2"))
        self._layout.addLayout(row)

    def _plain(self, rows: list[FieldRow]) -> None:
        listed = FieldList(self.look, 150)
        listed.show_rows(rows, {})
        self._layout.addWidget(listed)


def _event_text(event: dict[str, Any]) -> str:
    us = event.get("when_us")
    when = (
        time_text(us, int(event.get("precision_us") or 0))
        if isinstance(us, int)
        else value_text(event.get("when") or "")
    )
    stored = value_text(event.get("as_stored") or "")
    clock = value_text(event.get("clock") or "")
    zone = value_text(event.get("zone") or "")
    parts = [when.replace("T", " ").removesuffix("Z")]
    if stored:
        parts.append(tr("stored as {stored}", stored=stored))
    if clock:
        parts.append(tr("{clock} clock", clock=clock))
    parts.append(ZONE_UNKNOWN if zone == "unknown" else "UTC")
    return ", ".join(parts)

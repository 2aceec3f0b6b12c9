"""A conversation in one column, with its source rows, its gaps and what was recovered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QVBoxLayout

from resources.languages import tr, tr_noop
from viewers import access, draw, kinds
from viewers.base import ByteSource, Subject, Viewer, value_text
from viewers.look import Look
from viewers.openpgp import as_list
from viewers.words import ZONE_UNKNOWN, moment, plural

SOURCE_WIDTH = 210
LARGEST = 20_000


@dataclass(slots=True)
class Message:
    """One message, or a note between messages."""

    sender: str
    text: str
    time: str
    day: str
    own: bool
    source: str
    recovered: bool
    span: tuple[int, int] | None
    row: int | None
    note: str = ""
    top: int = 0
    height: int = 0
    width: int = 0


def _time(value: Any, zone: str) -> tuple[str, str]:
    """Day and time of a message; `zone` is what is said behind the day."""
    when: datetime | None = None
    if isinstance(value, int) and not isinstance(value, bool):
        when = moment(value)
    elif isinstance(value, str):
        try:
            when = datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            return "", value
        zone = ZONE_UNKNOWN if when.tzinfo is None else zone
        when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    if when is None:
        return "", tr("no time stored")
    return f"{when:%a} {when.day} {when:%B %Y}, {zone}", f"{when:%H:%M:%S}"


def messages_of(subject: Subject) -> list[Message]:
    """The messages of a conversation, or the one message that the finding is."""
    own = {value_text(item) for item in as_list(subject.field("owner", "account", "own_id", "self"))}
    raw = [item for item in as_list(subject.field("messages")) if isinstance(item, dict)]
    if not raw:
        body = subject.field("text", "body", "message")
        if body is not None:
            raw = [
                {
                    "sender": subject.field("sender", "from", "author"),
                    "text": body,
                    "time": subject.field("time", "sent", "sent_at", "date") or subject.first_us,
                }
            ]
    zone = ZONE_UNKNOWN if subject.field("zone") == "unknown" else "UTC"
    found: list[Message] = []
    last_row: int | None = None
    for item in raw[:LARGEST]:
        sender = value_text(item.get("sender") or item.get("from") or tr("sender not stored"))
        direction = str(item.get("direction") or item.get("type") or "")
        is_own = (
            sender in own
            or direction in ("outgoing", "out", "sent")
            or item.get("outgoing") is True
            or item.get("own") is True
        )
        day, time = _time(item.get("time", item.get("when_us", item.get("when"))), zone)
        row = item.get("row", item.get("rowid"))
        row = row if isinstance(row, int) else None
        if row is not None and last_row is not None and row - last_row > 1:
            missing = (
                tr("Row {last_row} is missing.", last_row=last_row + 1)
                if row - last_row == 2
                else tr("Rows {last_row} to {row} are missing.", last_row=last_row + 1, row=row - 1)
            )
            words = tr(
                "{missing} The row numbers jump from {last_row} to {row}.", missing=missing, last_row=last_row, row=row
            )
            found.append(Message("", "", "", day, False, "", False, None, None, words))
        last_row = row if row is not None else last_row
        span = item.get("span")
        if span is None and isinstance(item.get("span_offset"), int):
            span = (item["span_offset"], item.get("span_length") or 0)
        parts = [tr("row {row}", row=row) if row is not None else "", str(item.get("source") or "")]
        found.append(
            Message(
                sender,
                value_text(
                    item.get("text") if item.get("text") is not None else item.get("body") or tr("no text stored")
                ),
                time,
                day,
                is_own,
                ", ".join(part for part in parts if part),
                bool(item.get("recovered") or item.get("deleted")),
                (int(span[0]), int(span[1])) if isinstance(span, list | tuple) and len(span) == 2 else None,
                row,
            )
        )
    return found


class Conversation(QAbstractScrollArea):
    """The painted column of messages."""

    picked = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Conversation"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.messages: list[Message] = []
        self.current = -1
        self._total = 0
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)
        look.changed.connect(self.viewport().update)

    def show_messages(self, messages: list[Message]) -> None:
        """Show a conversation from its start."""
        self.messages = messages
        self.current = -1
        first = next((message for message in messages if not message.note), None)
        self.setAccessibleDescription(
            tr(
                "{messages}; first: {sender}, {text}",
                messages=plural(len(messages), "message", "messages"),
                sender=first.sender,
                text=first.text[:80],
            )
            if first
            else tr("no messages")
        )
        self._place()
        self.verticalScrollBar().setValue(0)

    def accessible_parts(self) -> list[access.Part]:
        """The messages from the first in sight on."""
        shift = self.verticalScrollBar().value()
        found = []
        for number, message in enumerate(self.messages):
            if message.top + message.height < shift:
                continue
            rect = QRectF(0, message.top - shift, self.viewport().width(), message.height)
            if message.note:
                found.append(access.Part(message.note, rect))
            else:
                kept = tr(", recovered, row no longer listed") if message.recovered else ""
                name = f"{message.sender}, {message.day} {message.time}{kept}: {message.text[:500]}"
                found.append(access.Part(name, rect, message.source, chosen=number == self.current))
            if len(found) >= access.MOST:
                break
        return found

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap again."""
        self._place()

    def _text_width(self) -> int:
        return self.viewport().width() - self.look.px(SOURCE_WIDTH)

    def _place(self) -> None:
        look = self.look
        room = min(look.px(560), max(look.px(160), int(self._text_width() * 0.72)))
        metrics = QFontMetrics(look.font("body"))
        y, day = look.px(16), ""
        for message in self.messages:
            if message.day and message.day != day:
                day = message.day
                y += look.px(32)
            if message.note:
                message.height = look.px(34)
            else:
                box = metrics.boundingRect(
                    QRect(0, 0, room, 100_000),
                    int(Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere),
                    message.text,
                )
                head = (
                    look.metrics("dense", 600).horizontalAdvance(message.sender)
                    + look.metrics("dense").horizontalAdvance(message.time)
                    + look.px(40)
                )
                message.width = min(room, max(box.width() + 4, head)) + look.px(28)
                message.height = box.height() + look.px(40) + (look.px(26) if message.recovered else 0)
            message.top = y
            y += message.height + look.px(14)
        self._total = y
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, y - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(look.px(40))
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is in sight."""
        look = self.look
        painter = QPainter(self.viewport())
        width, height = self.viewport().width(), self.viewport().height()
        edge = self._text_width()
        painter.fillRect(0, 0, width, height, look.colour("raised"))
        painter.fillRect(edge, 0, width - edge, height, look.colour("surface"))
        painter.fillRect(edge, 0, 1, height, look.colour("line"))
        shift = self.verticalScrollBar().value()
        day = ""
        for number, message in enumerate(self.messages):
            y = message.top - shift
            if message.day and message.day != day:
                day = message.day
                if -look.px(40) < y - look.px(32) < height:
                    painter.setFont(look.font("dense", 500))
                    painter.setPen(look.colour("text2"))
                    painter.drawText(
                        QRectF(0, y - look.px(30), edge, look.px(20)), int(Qt.AlignmentFlag.AlignCenter), day
                    )
            if y + message.height < 0 or y > height:
                continue
            if message.note:
                self._gap(painter, message, y, edge)
            else:
                self._message(painter, message, y, edge, number == self.current)

    def _gap(self, painter: QPainter, message: Message, y: int, edge: int) -> None:
        look = self.look
        strip = QRectF(look.px(24), y, edge - look.px(48), message.height)
        draw.hatch(painter, strip, look.colour("line2"), None, 7)
        font = look.metrics("dense", 600)
        box = QRectF(0, 0, font.horizontalAdvance(message.note) + look.px(44), look.px(24))
        box.moveCenter(strip.center())
        draw.rounded(painter, box, look.px(4), look.colour("surface"), look.colour("line2"))
        size = look.px(14)
        look.paint_icon(
            painter, "gap", box.left() + look.px(9), box.center().y() - size / 2, size, look.colour("text2")
        )
        painter.setFont(look.font("dense", 600))
        painter.setPen(look.colour("text"))
        painter.drawText(box.adjusted(look.px(30), 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), message.note)

    def _message(self, painter: QPainter, message: Message, y: int, edge: int, current: bool) -> None:
        look = self.look
        left = edge - look.px(24) - message.width if message.own else look.px(24)
        box = QRectF(left, y, message.width, message.height)
        kind = look.kind("chat")
        if message.recovered:
            draw.rounded(painter, box, look.px(8), look.colour("surface"), kind, 1.6, Qt.PenStyle.DashLine)
        else:
            draw.rounded(
                painter, box, look.px(8), look.colour("accentsoft" if message.own else "surface"), look.colour("line")
            )
        if current:
            draw.rounded(painter, box.adjusted(-3, -3, 3, 3), look.px(10), None, look.colour("focus"), 2)
        inner = box.adjusted(look.px(14), look.px(8), -look.px(14), 0)
        if message.recovered:
            chip = QRectF(
                inner.left(),
                inner.top(),
                look.metrics("note").horizontalAdvance(tr("recovered, row no longer listed")) + look.px(30),
                look.px(18),
            )
            draw.rounded(painter, chip, look.px(4), look.tile("chat"))
            size = look.px(12)
            look.paint_icon(
                painter, "refresh", chip.left() + look.px(6), chip.center().y() - size / 2, size, look.colour("text")
            )
            painter.setFont(look.font("note"))
            painter.setPen(look.colour("text"))
            painter.drawText(
                chip.adjusted(look.px(22), 0, 0, 0),
                int(Qt.AlignmentFlag.AlignVCenter),
                tr("recovered, row no longer listed"),
            )
            inner.setTop(inner.top() + look.px(26))
        line = QRectF(inner.left(), inner.top(), inner.width(), look.px(18))
        painter.setFont(look.font("dense", 600))
        painter.setPen(look.colour("text2"))
        painter.drawText(
            line,
            int(Qt.AlignmentFlag.AlignVCenter),
            draw.elided(message.sender, int(line.width() - look.px(70)), look.font("dense", 600)),
        )
        painter.setFont(look.font("dense"))
        painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), message.time)
        painter.setFont(look.font("body"))
        painter.setPen(look.colour("text"))
        body = QRectF(inner.left(), inner.top() + look.px(20), inner.width() + 2, message.height)
        painter.drawText(body, int(Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere), message.text)
        lines = [message.source or tr("in the conversation")]
        if message.span:
            lines.append(tr("bytes {start:,} to {end:,}", start=message.span[0], end=message.span[0] + message.span[1]))
        top = y + look.px(8)
        for at, text in enumerate(lines):
            role = "dense" if at == 0 else "digest"
            painter.setFont(look.font(role))
            painter.setPen(look.colour("text2"))
            room = look.px(SOURCE_WIDTH) - look.px(28)
            painter.drawText(
                QRectF(edge + look.px(16), top, room, look.px(18)),
                int(Qt.AlignmentFlag.AlignVCenter),
                draw.elided(text, room, look.font(role)),
            )
            top += look.px(18)

    def _go(self, number: int) -> None:
        if not 0 <= number < len(self.messages):
            return
        self.current = number
        message = self.messages[number]
        bar = self.verticalScrollBar()
        if message.top < bar.value():
            bar.setValue(message.top - self.look.px(40))
        elif message.top + message.height > bar.value() + self.viewport().height():
            bar.setValue(message.top + message.height - self.viewport().height() + self.look.px(20))
        self.viewport().update()
        self.picked.emit(number)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a message."""
        y = event.position().y() + self.verticalScrollBar().value()
        self._go(next((at for at, m in enumerate(self.messages) if m.top <= y < m.top + m.height), -1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up, down, and Ctrl+C with its source."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Down:
            self._go(min(len(self.messages) - 1, self.current + 1))
        elif key == Qt.Key.Key_Up:
            self._go(max(0, self.current - 1))
        elif key == Qt.Key.Key_C and event.modifiers() & Qt.KeyboardModifier.ControlModifier and self.current >= 0:
            message = self.messages[self.current]
            QGuiApplication.clipboard().setText(
                f"{message.day} {message.time}\t{message.sender}\t{message.text}\t{message.source}"
            )
        else:
            super().keyPressEvent(event)


class ChatViewer(Viewer):
    """A conversation as people read it."""

    title: ClassVar[str] = tr_noop("Conversation")

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self.conversation = Conversation(look)
        outer.addWidget(self.conversation)

    @classmethod
    def priority(cls, subject: Subject) -> float:
        """Made for findings with messages."""
        if not subject.kind:
            return -1.0
        if as_list(subject.field("messages")):
            return 1.0
        is_chat = kinds.tile(subject.kind) == "chat"
        return 0.8 if is_chat and subject.field("text", "body", "message") is not None else -1.0

    def show_finding(self, subject: Subject, source: ByteSource) -> None:
        """Show the conversation."""
        self.conversation.show_messages(messages_of(subject))

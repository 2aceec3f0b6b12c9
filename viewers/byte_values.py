"""The selected byte read in several ways, and where the bytes lie on the image."""

from __future__ import annotations

import struct

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from resources.languages import tr
from viewers import access, draw
from viewers.base import ByteSource
from viewers.look import Look
from viewers.words import plural, time_text


class DataInspector(QWidget):
    """The selected byte read in several ways."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._groups: list[list[tuple[str, str]]] = []
        self.setMinimumWidth(look.px(240))
        self.setAccessibleName(tr("Data inspector, at the selected byte"))

    def show_at(self, at: int, data: bytes, source: ByteSource) -> None:
        """Read the bytes at the cursor."""
        place = source.image_offset(at)
        offsets = [(tr("image offset"), f"0x{place:X}" if place is not None else tr("not on the image"))]
        if place is not None and source.volume_offset is not None:
            offsets.append((tr("volume offset"), f"0x{place - source.volume_offset:X}"))
        offsets.append((tr("offset in these bytes"), f"{at:,}"))
        self._groups = [offsets, _numbers(data), _times(data), _letters(data)]
        run = source.run_of(at)
        if run is not None:
            self._groups.append(
                [
                    (
                        tr("run"),
                        tr(
                            "{run} of {runs}, {bytes:,} bytes",
                            run=run + 1,
                            runs=len(source.runs),
                            bytes=source.runs[run][1],
                        ),
                    )
                ]
            )
        self.update()

    def accessible_parts(self) -> list[access.Part]:
        """Each reading."""
        rows = [row for group in self._groups for row in group]
        return [access.Part(name, QRectF(self.rect()), value) for name, value in rows]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint names at the left, values at the right."""
        look = self._look
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.colour("surface"))
        head = look.px(26)
        left, right = look.px(14), self.width() - look.px(18)
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(look.font("note"))
        painter.setPen(look.colour("text2"))
        painter.drawText(QRectF(left, 0, right, head), middle, tr("data inspector, at the selected byte"))
        painter.fillRect(0, head - 1, self.width(), 1, look.colour("line"))
        y = head + look.px(8)
        for group in self._groups:
            for name, value in group:
                rect = QRectF(left, y, right - left, look.px(22))
                painter.setFont(look.font("dense"))
                painter.setPen(look.colour("text2"))
                painter.drawText(rect, middle, name)
                painter.setFont(look.font("digest"))
                painter.setPen(look.colour("text3" if value in (tr("out of range"), "–") else "text"))
                painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), value)
                y += look.px(22)
            y += look.px(5)
            painter.fillRect(QRectF(left, y, right - left, 1), look.colour("grid"))
            y += look.px(6)


def _numbers(data: bytes) -> list[tuple[str, str]]:
    rows = []
    for name, size, form in (
        ("u8", 1, "<B"),
        ("u16 little", 2, "<H"),
        ("u32 little", 4, "<I"),
        ("u64 little", 8, "<Q"),
    ):
        rows.append((name, f"{struct.unpack(form, data[:size])[0]:,}" if len(data) >= size else "–"))
    rows.append(("u32 big", f"{struct.unpack('>I', data[:4])[0]:,}" if len(data) >= 4 else "–"))
    return rows


def _times(data: bytes) -> list[tuple[str, str]]:
    def text(us: int | None) -> str:
        if us is None:
            return "–"
        value = time_text(us)
        return f"{value} UTC" if value[:1].isdigit() and "1980" <= value[:4] <= "2100" else tr("out of range")

    u32 = struct.unpack("<I", data[:4])[0] if len(data) >= 4 else None
    u64 = struct.unpack("<Q", data[:8])[0] if len(data) >= 8 else None
    return [
        ("Unix seconds", text(None if u32 is None else u32 * 1_000_000)),
        ("FILETIME", text(None if u64 is None else u64 // 10 - 11_644_473_600_000_000)),
        ("WebKit", text(None if u64 is None else u64 - 11_644_473_600_000_000)),
    ]


def _letters(data: bytes) -> list[tuple[str, str]]:
    rows = []
    text = data.decode("utf-8", "ignore")[:1] if data else ""
    rows.append(("UTF-8", text if text.isprintable() and text else "–"))
    rows.append(("UTF-16 little", f"U+{struct.unpack('<H', data[:2])[0]:04X}" if len(data) >= 2 else "–"))
    return rows


class RunBar(QWidget):
    """The whole image as a line, and where the runs lie on it."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._runs: tuple[tuple[int, int], ...] = ()
        self._size = 0
        self._note = ""
        self.setFixedHeight(look.px(44))
        self.setAccessibleName(tr("Runs on the image"))

    def show_runs(self, source: ByteSource, image_size: int) -> None:
        """Show where a source lies."""
        self._runs = tuple(run for run in source.runs if run[0] >= 0)
        self._size = image_size
        self._note = source.note
        self.update()

    def accessible_parts(self) -> list[access.Part]:
        """Each run, half-open."""
        return [
            access.Part(
                tr("run {number}", number=number),
                QRectF(self.rect()),
                tr("0x{start:X} to 0x{end:X}, {length:,} bytes", start=start, end=start + length, length=length),
            )
            for number, (start, length) in enumerate(self._runs[: access.MOST], 1)
        ] or [access.Part(self._note or tr("No place of its own on the image"), QRectF(self.rect()))]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint count, line and places."""
        look = self._look
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.colour("surface"))
        painter.fillRect(0, 0, self.width(), 1, look.colour("line"))
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        left = look.px(16)
        painter.setPen(look.colour("text"))
        painter.setFont(look.font("dense", 600))
        count = len(self._runs)
        title = (
            tr("{runs} on the image", runs=plural(count, "run", "runs"))
            if count
            else (self._note or tr("No place of its own on the image"))
        )
        if not count:
            title = draw.elided(title, self.width() - 2 * left, look.font("dense", 600))
        painter.drawText(QRectF(left, 0, self.width(), self.height()), middle, title)
        if not count or self._size <= 0:
            return
        x = left + look.metrics("dense", 600).horizontalAdvance(title) + look.px(14)
        lines = [f"0x{start:X} + {length:,}" for start, length in self._runs[:2]]
        if count > 2:
            lines[1] = tr("{lines}  and {count:,} more", lines=lines[1], count=count - 2)
        font = look.metrics("digest")
        text_width = max(font.horizontalAdvance(line) for line in lines)
        bar = QRectF(x, self.height() / 2 - look.px(4), self.width() - x - text_width - look.px(34), look.px(8))
        painter.setFont(look.font("digest"))
        painter.setPen(look.colour("text2"))
        line_height = look.px(18)
        top = (self.height() - line_height * len(lines)) / 2
        for number, line in enumerate(lines):
            rect = QRectF(
                self.width() - text_width - look.px(16), top + number * line_height, text_width + 4, line_height
            )
            painter.drawText(rect, middle, line)
        if bar.width() < look.px(60):
            return
        draw.rounded(painter, bar, 2, look.colour("sunken"))
        for start, length in self._runs[:4000]:
            at = bar.left() + bar.width() * min(1.0, start / self._size)
            wide = max(look.px(4), bar.width() * length / self._size)
            mark = QRectF(min(at, bar.right() - wide), bar.top() - look.px(4), wide, bar.height() + look.px(8))
            painter.fillRect(mark, look.kind("wallet"))

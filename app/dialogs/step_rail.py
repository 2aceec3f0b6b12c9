"""What every wizard is made of: the rail that says where we are, its pages, its footer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from resources.languages import tr
from viewers import access, draw
from viewers.look import Look
from viewers.parts import Hairline


class StepRail(QWidget):
    """Numbered rings; a tick when done."""

    def __init__(self, look: Look, steps: Sequence[str]) -> None:
        super().__init__()
        self._look = look
        self._steps = steps
        self._current = 0
        self._notes = [""] * len(steps)
        self.setFixedWidth(look.size("wizard_rail"))
        self.setAccessibleName(tr("Steps"))

    def show_step(self, current: int, notes: list[str]) -> None:
        """Mark where we are."""
        self._current, self._notes = current, notes
        self.setAccessibleDescription(
            tr(
                "Step {number} of {steps}: {name}",
                number=current + 1,
                steps=len(self._steps),
                name=self._steps[current],
            )
        )
        self.update()

    def accessible_parts(self) -> list[access.Part]:
        """The steps and how far they are."""
        states = [
            "done" if at < self._current else "now" if at == self._current else "later"
            for at in range(len(self._steps))
        ]
        return [
            access.Part(
                tr("Step {at}: {name}", at=at + 1, name=name),
                QRectF(self.rect()),
                f"{states[at]} {self._notes[at]}".strip(),
            )
            for at, name in enumerate(self._steps)
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint rings, names and notes."""
        look = self._look
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.colour("raised"))
        side, pitch, left, top = look.px(28), look.px(62), look.px(24), look.px(28)
        for at, name in enumerate(self._steps):
            y = top + at * pitch
            reached = at <= self._current
            if at + 1 < len(self._steps):
                colour = look.colour("accent" if at < self._current else "line")
                painter.fillRect(QRectF(left + side / 2 - 1, y + side + 3, 2, pitch - side - 6), colour)
            ring = QRectF(left, y, side, side)
            draw.rounded(
                painter,
                ring,
                side / 2,
                look.colour("accent" if reached else "surface"),
                None if reached else look.colour("line2"),
                1.5,
            )
            if at < self._current:
                size = look.px(16)
                look.paint_icon(
                    painter, "check", left + (side - size) / 2, y + (side - size) / 2, size, look.colour("onaccent")
                )
            else:
                painter.setFont(look.font("body", 600))
                painter.setPen(look.colour("onaccent" if reached else "text2"))
                painter.drawText(ring, int(Qt.AlignmentFlag.AlignCenter), str(at + 1))
            x = left + side + look.px(14)
            note = self._notes[at]
            painter.setFont(look.font("body", 500))
            painter.setPen(look.colour("text" if reached else "text2"))
            height = look.px(18)
            name_top = y + (side - height) / 2 - (look.px(8) if note else 0)
            painter.drawText(QRectF(x, name_top, self.width() - x, height), int(Qt.AlignmentFlag.AlignVCenter), name)
            if note:
                painter.setFont(look.font("dense"))
                painter.setPen(look.colour("text2"))
                cut = draw.elided(note, int(self.width() - x - look.px(10)), look.font("dense"), middle=True)
                painter.drawText(
                    QRectF(x, name_top + height, self.width() - x, height), int(Qt.AlignmentFlag.AlignVCenter), cut
                )


def lay_out(
    dialog: QDialog, look: Look, steps: Sequence[str], quiet: QPushButton, others: Sequence[QPushButton]
) -> tuple[StepRail, QStackedWidget]:
    """The rail, the pages beside it, and a footer: the quiet button at its left, the others at its right."""
    dialog.setProperty("ground", "surface")
    dialog.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    outer = QVBoxLayout(dialog)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.setSpacing(0)
    row = QHBoxLayout()
    row.setSpacing(0)
    rail, pages = StepRail(look, steps), QStackedWidget()
    row.addWidget(rail)
    row.addWidget(Hairline(look, down=True))
    row.addWidget(pages, 1)
    outer.addLayout(row, 1)
    outer.addWidget(Hairline(look))
    foot = QWidget()
    foot.setProperty("ground", "raised")
    foot.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    foot.setFixedHeight(look.size("dialog_footer"))
    line = QHBoxLayout(foot)
    line.setContentsMargins(look.px(24), 0, look.px(24), 0)
    line.addWidget(quiet)
    line.addStretch(1)
    for button in others:
        line.addWidget(button)
    outer.addWidget(foot)
    return rail, pages

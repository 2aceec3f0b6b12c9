"""The status line: the job that runs at the left, the selection and the zone at the right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from app.jobs import Jobs
from forensics.visible import visible
from resources.languages import tr
from viewers.look import Look
from viewers.parts import Bar, Hairline, IconView, label, set_tone
from viewers.words import left_text, plural


class StatusLine(QWidget):
    """One line at the foot of the window."""

    cancel_wanted = Signal()
    jobs_wanted = Signal()

    def __init__(self, look: Look, jobs: Jobs) -> None:
        super().__init__()
        self._look = look
        self._jobs = jobs
        self.setAccessibleName(tr("Status"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(look.size("status"))
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(16), 0, look.px(14), 0)
        row.setSpacing(look.px(9))
        self._icon = IconView(look, "jobs", 16, "accent")
        self._title = label(look, "", "dense", weight=600)
        self._bar = Bar(look)
        self._bar.setFixedWidth(look.px(120))
        self._percent = label(look, "", "dense", weight=600)
        self._note = label(look, "", "dense", "text2")
        self._stop = QToolButton()
        self._stop.setIcon(look.icon("x", "text2"))
        self._stop.setAutoRaise(True)
        self._stop.setToolTip(tr("Stop and keep what was found"))
        self._stop.setAccessibleName(tr("Stop and keep what was found"))
        self._stop.setFixedSize(look.px(24), look.px(24))
        self._stop.clicked.connect(self.cancel_wanted)
        self._warn_icon = IconView(look, "warn", 16, "warn")
        self._warn = label(look, "", "dense", "warn", weight=500)
        for widget in (
            self._icon,
            self._title,
            self._bar,
            self._percent,
            self._note,
            self._stop,
            self._warn_icon,
            self._warn,
        ):
            row.addWidget(widget)
        row.addStretch(1)
        self._message = label(look, "", "dense", "text2")
        row.addWidget(self._message)
        self._selection = label(look, "", "dense", "text2")
        self._scope = label(look, "", "dense", weight=600)
        self._scope.hide()
        line = Hairline(look, down=True)
        line.setFixedHeight(look.px(14))
        self._line = line
        for right in (self._selection, self._scope, line, label(look, tr("Times shown in UTC"), "dense", weight=600)):
            row.addWidget(right)
        jobs.changed.connect(self.refresh)
        look.changed.connect(self._restyle)
        self.refresh()
        self.set_selection("")

    def _restyle(self) -> None:
        self._stop.setIcon(self._look.icon("x", "text2"))
        self.update()

    def set_selection(self, text: str) -> None:
        """What is selected and checked."""
        self._selection.setText(text)
        self._line.setVisible(bool(text))

    def set_scope(self, told: Mapping[str, Any]) -> None:
        """The authority of the case, its last day, and how often something outside it was opened; empty for none."""
        self._scope.setVisible(bool(told))
        if not told:
            return
        until = str(told["scope"]["valid_to"] or "")[:10]
        opened = int(told["overrides"])
        outside = sum(told["findings_outside"].values())
        words = [
            tr("Authority {id}", id=visible(told["id"])),
            tr("until {until}", until=until) if until else tr("without an end"),
        ]
        words += [plural(outside, "finding outside", "findings outside")] if outside else []
        words += [tr("opened outside {times}", times=plural(opened, "time", "times"))] if opened else []
        self._scope.setText(", ".join(words))
        set_tone(self._scope, "warn" if opened else "text")

    def say(self, text: str) -> None:
        """A short sentence about what just happened."""
        self._message.setText(text)
        if text and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def refresh(self) -> None:
        """Show the job as it is now."""
        job = self._jobs.current
        active = job is not None and job.active
        for widget in (self._bar, self._percent, self._stop):
            widget.setVisible(active)
        if job is None:
            self._title.setText(tr("No job runs"))
            self._note.setText("")
            set_tone(self._title, "text2")
        else:
            set_tone(self._title, "danger" if job.state == "failed" else "text")
            words = {"ended": "", "cancelled": tr("what was found is kept"), "failed": tr("failed")}
            self._title.setText(job.title if active else job.past_title)
            if active:
                stage = job.now
                self._bar.set_share(job.share)
                self._percent.setText(f"{int(job.share * 100)}%")
                parts = [
                    tr("{done:,} of {total:,}", done=stage.done, total=stage.total) if stage.total else tr("starting")
                ]
                if stage.label and self.width() >= self._look.px(1500):
                    parts.append(tr("now: {label}", label=stage.label))
                parts.append(left_text(stage.left))
                self._note.setText("  ·  ".join(parts))
            else:
                self._note.setText(
                    words.get(job.state, job.state)
                    + (f". {job.detail}" if job.detail and job.state == "failed" else "")
                )
        held = len(job.quarantined) if job is not None else 0
        self._warn.setText(tr("{items} quarantined", items=plural(held, "item", "items")) if held else "")
        self._warn.setVisible(bool(held))
        self._warn_icon.setVisible(bool(held))

    accessible_role = QAccessible.Role.Button

    def accessible_value(self) -> str:
        """What it says now."""
        said = (self._title, self._percent, self._note, self._warn, self._message, self._selection, self._scope)
        return ", ".join(one.text() for one in said if one.text() and not one.isHidden())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the jobs."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.jobs_wanted.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: object) -> None:
        """A click opens the jobs."""
        self.jobs_wanted.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("bar"))
        painter.fillRect(0, 0, self.width(), 1, self._look.colour("line"))

"""The time slider of the graph: links of a stretch, those without a time, and how many are hidden by it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from resources.languages import tr
from viewers.look import Look
from viewers.parts import Button, label
from viewers.stretch import MINUTE_US, StretchBar
from viewers.ticks import Tick
from viewers.words import plural, time_text

PAUSE_MS = 150  # after the last move of a handle
HINT = tr(
    "A link has the times of the findings that show it. The handles go from one of these times to the next: "
    "their distance is not a length of time."
)


class GraphTimes(QWidget):
    """One line with the slider, one that says what it hides."""

    changed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(look.px(16), look.px(4), look.px(16), look.px(6))
        outer.setSpacing(look.px(2))
        self._slider = QWidget()
        row = QHBoxLayout(self._slider)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.px(12))
        row.addWidget(label(look, tr("Times of links"), "dense", weight=600))
        self.bar = StretchBar(look)
        self.bar.setToolTip(HINT)
        row.addWidget(self.bar, 1)
        self.said = label(look, "", "dense")
        row.addWidget(self.said)
        self.undated = Tick(look, tr("without a time: 0"))
        self.undated.setChecked(True)
        row.addWidget(self.undated)
        self.all = Button(look, tr("All times"), "", "quiet", self.show_all)
        row.addWidget(self.all)
        outer.addWidget(self._slider)
        self.note = label(look, "", "note", "text2")
        outer.addWidget(self.note)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self.changed)
        self.bar.changed.connect(self._moved)
        self.undated.toggled.connect(lambda _: self.changed.emit())
        self.take({})

    @property
    def busy(self) -> bool:
        """Whether a handle was moved just now."""
        return self._timer.isActive()

    @property
    def asked(self) -> dict[str, Any]:
        """What is wanted of the session."""
        first, last = self.bar.chosen
        return {"first": first, "last": last, "undated": self.undated.isChecked()}

    @property
    def hides(self) -> bool:
        """Whether a link may be hidden by it."""
        return self.bar.chosen != (None, None) or not self.undated.isChecked()

    def show_all(self) -> None:
        """Hide nothing."""
        self.undated.setChecked(True)
        self.bar.show_all()

    def take(self, told: dict[str, Any]) -> None:
        """What the session says of the times of the links, and how many the stretch hides."""
        stops = told.get("stops", ())
        within, outside, undated = (int(told.get(name, 0)) for name in ("within", "outside", "undated"))
        self.bar.show_stops(stops)
        self._slider.setVisible(bool(stops))
        self.undated.setText(tr("without a time: {undated:,}", undated=undated))
        self.undated.setAccessibleName(tr("Links without a time: {undated:,}", undated=undated))
        self._say_ends()
        if not stops:
            self.note.setText(tr("No link has a time: the findings that show them store none.") if undated else "")
            return
        gone = 0 if self.undated.isChecked() else undated
        hidden = [tr("{links} outside these times", links=plural(outside, "link", "links"))] if outside else []
        hidden += [tr("{links} without a time", links=plural(gone, "link", "links"))] if gone else []
        shown, of_all = within + undated - gone, within + outside + undated
        words = tr(
            "{shown:,} of {links} pass, {within:,} by a time. ",
            shown=shown,
            links=plural(of_all, "link", "links"),
            within=within,
        )
        self.note.setText(
            words + (tr("Hidden: {hidden}.", hidden=", ".join(hidden)) if hidden else tr("None is hidden by its time."))
        )

    def _moved(self) -> None:
        self._say_ends()
        self._timer.start()

    def _say_ends(self) -> None:
        self.all.setEnabled(self.hides)
        if self._slider.isVisibleTo(self):
            first, last = (time_text(each, MINUTE_US) for each in self.bar.ends)
            self.said.setText(tr("{first} to {last} UTC", first=first, last=last))

"""The map of the gallery: pictures whose own fields state a position, drawn and listed."""

from __future__ import annotations

import json
import math
from pathlib import PurePosixPath

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget
from sqlalchemy import Connection, select

from app.reading import F
from forensics.visible import visible
from resources.languages import tr
from viewers import kinds
from viewers.look import Look
from viewers.map import MapView, Position
from viewers.parts import EmptyState, Hairline, label
from viewers.tips import tip
from viewers.words import plural, time_text

MOST = 5_000
CAVEAT = tr(
    "A position is what the picture's fields state. It can be edited, and a device can be wrong by kilometres indoors. "
    "The coasts are coarse outlines without borders; nothing was asked of a network."
)


def positions(connection: Connection) -> tuple[list[Position], int]:
    """The positions that findings of pictures state, and how many such findings state none."""
    media = [kind for (kind,) in connection.execute(select(F.kind).distinct()) if kinds.tile(kind) == "media"]
    found: list[Position] = []
    without = 0
    rows = connection.execute(
        select(F.id, F.path, F.locator, F.first_us, F.fields_json).where(F.kind.in_(media)).order_by(F.id)
    )
    for row in rows:
        fields = json.loads(row.fields_json)
        latitude, longitude = (_degrees(fields, name, most) for name, most in (("latitude", 90), ("longitude", 180)))
        if latitude is None or longitude is None or len(found) >= MOST:
            without += 1
            continue
        title = visible(PurePosixPath(row.path or row.locator).name) or f"F{row.id}"
        when = (
            tr("no time stored")
            if row.first_us is None
            else tr("{first_us} as stored", first_us=time_text(row.first_us))
        )
        found.append(Position(latitude, longitude, title, when, row.id))
    return found, without


def _degrees(fields: dict[str, dict[str, object]], name: str, most: float) -> float | None:
    """A coordinate; None where a reason stands in its place."""
    try:
        value = float(str(fields[name]["value"]))
    except (KeyError, ValueError):
        return None
    return value if math.isfinite(value) and abs(value) <= most else None


class GalleryMap(QWidget):
    """Map and list; what is chosen in one is chosen in the other."""

    finding_wanted = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.view = MapView(look)
        self.view.setToolTip(tr("Drag, wheel, + and −. N and P go through the positions, F fits them, 0 is the world."))
        self.empty = EmptyState(
            look, "map", tr("No positions"), tr("No picture of this case states where it was taken.")
        )
        row.addWidget(self.view, 1)
        row.addWidget(self.empty, 1)
        row.addWidget(Hairline(look, down=True))
        side = QWidget()
        side.setFixedWidth(look.px(320))
        column = QVBoxLayout(side)
        column.setContentsMargins(look.px(16), look.px(12), look.px(12), look.px(12))
        self._count = label(look, "", "dense", weight=600, wrap=True)
        column.addWidget(self._count)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Positions"))
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        column.addWidget(self.list, 1)
        column.addWidget(label(look, CAVEAT, "note", "text2", wrap=True))
        row.addWidget(side)
        self.list.currentRowChanged.connect(self._listed)
        self.list.itemActivated.connect(lambda item: self._open(self.list.row(item)))
        self.view.chosen.connect(self.list.setCurrentRow)
        self.view.opened.connect(self._open)

    def take(self, found: tuple[list[Position], int]) -> None:
        """Show these positions."""
        shown, without = found
        self.list.clear()
        for each in shown:
            item = QListWidgetItem(f"{each.title}\n{each.words}\n{each.fact}")
            item.setToolTip(tip(f"F{each.number}: {each.title}"))
            self.list.addItem(item)
        self.view.show_positions(shown)
        self.view.setVisible(bool(shown))
        self.empty.setVisible(not shown)
        rest = (
            tr(", {picture_findings} without", picture_findings=plural(without, "picture finding", "picture findings"))
            if without
            else ""
        )
        self._count.setText(f"{plural(len(shown), 'position', 'positions')}{rest}")

    def _listed(self, at: int) -> None:
        if at >= 0 and at != self.view.at:
            self.view.choose(at)

    def _open(self, at: int) -> None:
        self.finding_wanted.emit(self.view.positions[at].number)

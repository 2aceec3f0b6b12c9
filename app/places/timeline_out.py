"""What stands in the window of the timeline, as a table, as CSV and on paper."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMarginsF, QRectF, QSaveFile, Qt, Signal
from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem
from sqlalchemy import Connection, select

from app.reading import F
from app.titles import kind_title
from forensics.case import schema
from forensics.reports.tables import cell
from forensics.timeline.columns import Columns
from forensics.visible import visible
from resources.languages import tr
from viewers.look import Look
from viewers.timeline import Lanes, lane_name
from viewers.words import precision_text, time_text

V = schema.event.c
HEADINGS = (
    tr("Time, UTC"),
    tr("Precision"),
    tr("Lane"),
    tr("What"),
    tr("Of"),
    tr("Finding"),
    tr("Grade"),
    tr("Exhibit"),
    tr("Path"),
    tr("Clock"),
    tr("As stored"),
)
SHOWN = 2_000
TOGETHER = 500  # of SQLite's variables
DPI = 300
WIDTH, HEIGHT, HEAD = 1500, 900, 108  # of the lanes on a sheet, and of the lines above them, in pixels at 100 %


def rows_of(connection: Connection, numbers: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """The events of these row numbers, in their order, as people read them; secrets stay masked."""
    columns = (
        V.id, V.when_us, V.precision_us, V.lane, V.meaning, V.finding, V.exhibit, V.path, V.clock, V.as_stored,
        F.kind, F.summary, F.grade,
    )  # fmt: skip
    query = select(*columns).select_from(schema.event.outerjoin(schema.finding, V.finding == F.id))
    for start in range(0, len(numbers), TOGETHER):
        some = numbers[start : start + TOGETHER]
        told = {row.id: row for row in connection.execute(query.where(V.id.in_(some)))}
        for number in some:
            row = told.get(number)
            if row is not None:
                yield (
                    time_text(row.when_us, row.precision_us),
                    precision_text(row.precision_us),
                    lane_name(row.lane),
                    row.meaning,
                    visible(f"{kind_title(row.kind)}: {row.summary}" if row.kind else ""),
                    f"F{row.finding}" if row.finding is not None else "",
                    f"C{row.grade}" if row.grade is not None else "",
                    row.exhibit,
                    visible(row.path or ""),
                    row.clock,
                    visible(row.as_stored),
                )


def csv_of(connection: Connection, numbers: Sequence[int]) -> bytes:
    """All of them as CSV; cells that a spreadsheet would take for a formula do not take effect."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    writer.writerows([cell(each) for each in row] for row in rows_of(connection, numbers))
    return text.getvalue().encode()


def write(path: Path, data: bytes) -> str:
    """Write a file whole or not at all; what is said of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = QSaveFile(str(path))
    if file.open(QSaveFile.OpenModeFlag.WriteOnly) and file.write(data) == len(data) and file.commit():
        return tr("{path} was written.", path=path)
    return tr("{path} could not be written: {reason}", path=path, reason=file.errorString())


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a printed timeline states besides its lanes."""

    case: str
    filter: str
    sentences: tuple[str, str]


def paper(path: Path, lanes: Lanes, sheet: Sheet) -> str:
    """The lanes as they stand, in the light palette, on one sheet A4 across; what is said of it.

    It names the case, the window, the filter and what is not drawn.
    """
    other = lanes.twin(Look("light", 1.0), WIDTH, HEIGHT)
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = QPdfWriter(str(path))
    writer.setTitle(sheet.case)
    writer.setResolution(DPI)
    margins = QMarginsF(14, 14, 14, 14)
    writer.setPageLayout(QPageLayout(QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Landscape, margins))
    painter = QPainter()
    if not painter.begin(writer):
        return tr("{path} could not be written: {reason}", path=path, reason=tr("the file cannot be opened"))
    scale = writer.width() / WIDTH
    painter.scale(scale, scale)
    _heading(painter, other, sheet)
    fit = min(1.0, (writer.height() / scale - HEAD) / other.height())
    painter.translate(0, HEAD)
    painter.scale(fit, fit)
    other.paint_on(painter)
    painter.end()
    other.deleteLater()
    return tr("{path} was written.", path=path)


def _heading(painter: QPainter, lanes: Lanes, sheet: Sheet) -> None:
    look = lanes.look
    first, rest = sheet.sentences
    window = tr("{start} to {end}, UTC", start=time_text(lanes.start), end=time_text(lanes.end))
    lines = (
        tr("Timeline: {case}", case=sheet.case),
        f"{window}. {first} {rest}",
        tr("Filter: {filter}", filter=sheet.filter) if sheet.filter else tr("No filter."),
        tr("Each time is what the named source states; its clock was not checked by drawing it."),
    )
    painter.setPen(look.colour("text"))
    for at, words in enumerate(lines):
        painter.setFont(look.font("body" if at else "panel_title"))
        painter.drawText(QRectF(0, 24 * at, WIDTH, 24), int(Qt.AlignmentFlag.AlignVCenter), words)


class EventTable(QTableWidget):
    """The events of the window as rows: the twin of the lanes for whoever reads rather than looks."""

    event_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Events as a table"))
        self.setColumnCount(len(HEADINGS))
        self.setHorizontalHeaderLabels(HEADINGS)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(4, QHeaderView.ResizeMode.Stretch)
        self._numbers: list[int] = []
        self.currentCellChanged.connect(self._chosen)

    def show_rows(self, numbers: Sequence[int], rows: Sequence[tuple[Any, ...]]) -> None:
        """Show these events."""
        self._numbers = []
        self.setRowCount(len(rows))
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                self.setItem(at, column, QTableWidgetItem(str(value)))
        self._numbers = list(numbers)

    def _chosen(self, row: int, *_: int) -> None:
        if 0 <= row < len(self._numbers):
            self.event_chosen.emit(self._numbers[row])


def numbers_in(columns: Columns, start: int, end: int, most: int | None = None) -> list[int]:
    """The row numbers of the events of a window, in order of time."""
    part = columns.between(start, end)
    stop = part.stop if most is None else min(part.stop, part.start + most)
    return [int(number) for number in columns.number[part.start : stop]]

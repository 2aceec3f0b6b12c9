"""Timeline: lanes by kind, a brush over everything, the honesty line, and the chosen event."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from sqlalchemy import ColumnElement, Connection, func, select

from app.docks.filter_bar import FilterField
from app.places.base import PlaceWidget, view_bar
from app.places.timeline_out import SHOWN, EventTable, Sheet, csv_of, numbers_in, paper, rows_of, write
from app.reader import Ticket
from app.reading import F, case_words
from app.session import Session
from app.titles import kind_title
from forensics.case import schema
from forensics.case.events import event_columns, events_of
from forensics.timeline.columns import Columns, honesty
from forensics.visible import visible
from resources.languages import tr
from viewers import draw
from viewers.base import FieldRow
from viewers.brush import Brush
from viewers.fields import FieldList
from viewers.look import Look
from viewers.parts import Button, EmptyState, Hairline, IconView, KindTile, clear, label
from viewers.timeline import Lanes
from viewers.tips import tip
from viewers.words import precision_text, time_text

V = schema.event.c
DAY = 86_400_000_000
SPANS = (
    (tr("All"), 0),
    (tr("1 year"), 365 * DAY),
    (tr("1 month"), 30 * DAY),
    (tr("1 week"), 7 * DAY),
    (tr("1 day"), DAY),
    (tr("1 hour"), DAY // 24),
)
ORDER = ("onion", "market", "chat", "wallet", "address", "seed", "parcel", "media", "key", "openpgp", "contact")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the timeline reads."""

    everything: Columns
    passing: Columns
    undated: int


def load_events(connection: Connection, where: ColumnElement[bool] | None, everything: Columns | None = None) -> Loaded:
    """All events, unless they are known, and those whose finding passes the filter. Without one entries count too."""
    if everything is None:
        everything = event_columns(connection, ORDER)
    undated = int(
        connection.execute(select(func.count()).select_from(schema.finding).where(F.first_us.is_(None))).scalar() or 0
    )
    if where is None:
        return Loaded(everything, everything, undated)
    passing = everything.chosen(np.isin(everything.number, events_of(connection, where)))
    passing.marks  # noqa: B018 - counted in this thread
    return Loaded(everything, passing, undated)


def load_labels(connection: Connection, numbers: list[int]) -> dict[int, str]:
    """A few words for each of these events."""
    found: dict[int, str] = {}
    query = (
        select(V.id, V.meaning, V.path, F.summary)
        .select_from(schema.event.outerjoin(schema.finding, V.finding == F.id))
        .where(V.id.in_(numbers))
    )
    for number, meaning, path, summary in connection.execute(query):
        name = visible(summary or (path or "").rpartition("/")[2])
        short = name if len(name) <= 24 else f"{name[:8]}…{name[-4:]}"
        found[number] = f"{meaning}: {short}" if short else meaning
    return found


def load_event(connection: Connection, number: int) -> dict[str, Any] | None:
    """One event with what asserts it."""
    row = connection.execute(select(schema.event).where(V.id == number)).one_or_none()
    if row is None:
        return None
    made = dict(row._mapping)
    made["kind"], made["summary"], made["offset"], made["caveats"], made["entry_path"] = (
        "",
        "",
        None,
        "",
        visible(row.path or ""),
    )
    if row.finding is not None:
        finding = connection.execute(
            select(F.kind, F.summary, F.image_offset, F.detector, F.span_length, F.grade).where(F.id == row.finding)
        ).one_or_none()
        if finding is not None:
            made["kind"], made["summary"], made["offset"] = finding.kind, finding.summary, finding.image_offset
            made["length"], made["detector"], made["grade"] = finding.span_length, finding.detector, finding.grade
    return made


class HonestyLine(QWidget):
    """The numbers of what is drawn and what is hidden."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("ground", "warnsoft")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(look.px(36))
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(16), 0, look.px(16), 0)
        row.setSpacing(look.px(10))
        row.addWidget(IconView(look, "eye", 16, "warn"))
        self.first = label(look, "", "body", weight=600)
        self.rest = label(look, "", "body")
        self.range = label(look, "", "body", weight=600)
        row.addWidget(self.first)
        row.addWidget(self.rest)
        row.addStretch(1)
        row.addWidget(self.range)


class EventPanel(QWidget):
    """The chosen event: what it claims, and how it is stored."""

    bytes_wanted = Signal(int)
    prove_wanted = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setAccessibleName(tr("The chosen event"))
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        body.setProperty("ground", "surface")
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(look.px(16), look.px(14), look.px(14), look.px(12))
        self._column.setSpacing(look.px(5))
        scroll.setWidget(body)
        outer.addWidget(scroll, 1)
        row = QHBoxLayout()
        row.setContentsMargins(look.px(16), look.px(8), look.px(14), look.px(12))
        row.setSpacing(look.px(8))
        self._bytes = Button(look, tr("Show bytes"), "bytes", "primary", self._show_bytes)
        self._prove = Button(look, tr("Prove this"), "custody", "normal", self._show_proof)
        row.addWidget(self._bytes)
        row.addWidget(self._prove)
        row.addStretch(1)
        outer.addLayout(row)
        self._finding = -1
        self.show_event(None)

    def _show_bytes(self) -> None:
        self.bytes_wanted.emit(self._finding)

    def _show_proof(self) -> None:
        self.prove_wanted.emit(self._finding)

    def show_event(self, event: dict[str, Any] | None) -> None:
        """Show an event, or how to choose one."""
        look = self.look
        clear(self._column)
        self._finding = int(event["finding"]) if event is not None and event["finding"] is not None else -1
        self._bytes.setVisible(self._finding >= 0)
        self._prove.setVisible(self._finding >= 0)
        if event is None:
            hint = tr("Click a sign, or press N for the next event. Its source and its bytes appear here.")
            self._column.addWidget(EmptyState(look, "timeline", tr("No event is chosen"), hint))
            return
        head = QHBoxLayout()
        head.setSpacing(look.px(10))
        head.addWidget(KindTile(look, event["kind"] or event["lane"], 28), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        title = event["meaning"][:1].upper() + event["meaning"][1:]
        words.addWidget(label(look, title, "item_title", wrap=True))
        note = (
            f"F{self._finding}, {kind_title(event['kind'])}"
            if self._finding >= 0
            else tr("from the file system's own books")
        )
        words.addWidget(label(look, note, "dense", "text2", wrap=True))
        head.addLayout(words, 1)
        self._column.addLayout(head)
        said = event["summary"] or event["entry_path"]
        if said:
            cut = draw.elided(said, look.px(700), look.font("quote"), middle=True)
            self._column.addWidget(label(look, cut, "quote", wrap=True))
        self._column.addWidget(Hairline(look))
        zone = event["zone"]
        self._column.addWidget(label(look, tr("What is claimed"), "dense", weight=600))
        tail = "UTC" if zone != "unknown" else tr("(zone not stored)")
        when = f"{time_text(event['when_us'], event['precision_us'] or 1)} {tail}"
        self._column.addWidget(label(look, when, "item_title"))
        sentence = (
            tr("The wall time as stored; its zone was not stored.")
            if zone == "unknown"
            else tr("Stored by the {clock} clock.", clock=event["clock"])
        )
        self._column.addWidget(
            label(look, tr("{sentence} Nothing else here proves it.", sentence=sentence), "dense", "text2", wrap=True)
        )
        self._column.addWidget(Hairline(look))
        rows = [
            FieldRow(tr("as stored"), event["as_stored"]),
            FieldRow(tr("precision"), precision_text(int(event["precision_us"]))),
            FieldRow(tr("clock"), event["clock"]),
            FieldRow(tr("zone"), tr("none stored") if zone == "unknown" else zone.upper() if zone == "utc" else zone),
            FieldRow(tr("exhibit"), event["exhibit"]),
        ]
        if event["entry_path"]:
            rows.append(FieldRow(tr("path"), event["entry_path"]))
        if event["offset"] is not None:
            rows.append(FieldRow(tr("image offset"), f"0x{event['offset']:X} + {event.get('length', 0):,}"))
        listed = FieldList(look)
        listed.show_rows(rows, {})
        self._column.addWidget(listed)
        self._column.addStretch(1)


class TimelinePlace(PlaceWidget):
    """The page."""

    prove_wanted = Signal(int)

    def __init__(self, look: Look, session: Session) -> None:
        super().__init__()
        self.look = look
        self.session = session
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self._bar())
        left.addWidget(Hairline(look))
        self.brush = Brush(look)
        left.addWidget(self.brush)
        self.line = HonestyLine(look)
        left.addWidget(self.line)
        self.lanes = Lanes(look)
        pane = QScrollArea()
        pane.setWidgetResizable(True)
        pane.setFrameShape(QFrame.Shape.NoFrame)
        pane.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        pane.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        pane.setWidget(self.lanes)
        pane.verticalScrollBar().valueChanged.connect(self.lanes.scroll_to)
        self.table = EventTable()
        self.table.event_chosen.connect(self._chosen)
        self._stack = QStackedWidget()
        self._stack.addWidget(pane)
        self._stack.addWidget(self.table)
        left.addWidget(self._stack, 1)
        left.addWidget(Hairline(look))
        left.addWidget(self._legend())
        row.addLayout(left, 1)
        row.addWidget(Hairline(look, down=True))
        self.panel = EventPanel(look)
        row.addWidget(self.panel)
        self.loaded: Loaded | None = None
        self._where: ColumnElement[bool] | None = None
        self._rules = ""
        self._ticket: Ticket | None = None
        self._labels = QTimer(self)
        self._labels.setSingleShot(True)
        self._labels.timeout.connect(self._ask_labels)
        for source in (self.brush, self.lanes):
            source.window_changed.connect(self.show_window)
        self.lanes.event_chosen.connect(self._chosen)
        self.panel.bytes_wanted.connect(self.finding_wanted)
        self.panel.prove_wanted.connect(self.prove_wanted)

    def _bar(self) -> QWidget:
        look = self.look
        bar, row = view_bar(look, tr("Timeline"), 6)
        row.addSpacing(look.px(10))
        self.filter = FilterField(look, tr("Filter, for example: grade >= C2"))
        self.filter.setMinimumWidth(look.px(260))
        self.filter.accepted.connect(self._filter)
        self.filter.wrong.connect(self._wrong)
        row.addWidget(self.filter, 1)
        self._error = label(look, "", "dense", "danger", weight=500)
        row.addWidget(self._error)
        row.addSpacing(look.px(10))
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._spans: list[QPushButton] = []
        for name, span in SPANS:
            button = QPushButton(name)
            button.setProperty("look", "segment")
            button.setFont(look.font("body", 500))
            button.setCheckable(True)
            button.setAccessibleName(tr("Show {name}", name=name.lower()))
            button.setProperty("span", str(span))
            button.clicked.connect(self._span)
            self._group.addButton(button)
            self._spans.append(button)
            row.addWidget(button)
        row.addStretch(1)
        return bar

    def _legend(self) -> QWidget:
        look = self.look
        bar = QWidget()
        bar.setFixedHeight(look.px(32))
        row = QHBoxLayout(bar)
        row.setContentsMargins(look.px(16), 0, look.px(16), 0)
        row.setSpacing(look.px(22))
        for words in (
            tr("tick = exact to its stored unit"),
            tr("bar = precision that was stored"),
            tr("columns = more than {count:,} events in the lane", count=2000),
        ):
            row.addWidget(label(look, words, "dense", "text2"))
        row.addStretch(1)
        self._as_table = Button(look, tr("Show as table"), "findings", "quiet", self._turn)
        row.addWidget(self._as_table)
        row.addWidget(Button(look, tr("Print"), "file", "quiet", lambda: self._save("pdf")))
        row.addWidget(Button(look, tr("Save data"), "file", "quiet", lambda: self._save("csv")))
        return bar

    # -- as a table, on paper, as data

    def _turn(self) -> None:
        tabled = self._stack.currentWidget() is not self.table
        self._stack.setCurrentIndex(1 if tabled else 0)
        self._as_table.setText(tr("Show as lanes") if tabled else tr("Show as table"))
        self._ask_rows()

    def _ask_rows(self) -> None:
        if self.loaded is None or self._stack.currentWidget() is not self.table:
            return
        numbers = numbers_in(self.loaded.passing, self.lanes.start, self.lanes.end, SHOWN)
        self.session.reader.submit(
            lambda connection: list(rows_of(connection, numbers)), lambda rows: self.table.show_rows(numbers, rows)
        )

    def _save(self, kind: str) -> None:
        start = str(self.session.case / "exports" / f"timeline.{kind}")
        chosen, _ = QFileDialog.getSaveFileName(self, tr("Save the timeline"), start)
        if chosen:
            self.save(Path(chosen), kind)

    def save(self, path: Path, kind: str) -> None:
        """Write the window of the timeline: on paper (`pdf`), or every event in it (`csv`)."""
        if self.loaded is None:
            return
        if kind == "csv":
            numbers = numbers_in(self.loaded.passing, self.lanes.start, self.lanes.end)
            self.session.reader.submit(
                lambda connection: csv_of(connection, numbers),
                lambda data: self.session.announced.emit(write(path, data)),
                long=True,
            )
            return
        loaded, lanes = self.loaded, self.lanes
        told = honesty(loaded.passing, loaded.everything, lanes.start, lanes.end, loaded.undated)

        def named(words: dict[str, str]) -> None:
            case = " ".join(part for part in (words.get("number", ""), words.get("title", "")) if part)
            said = paper(path, lanes, Sheet(visible(case), self._rules, told.sentences()))
            self.session.announced.emit(said)

        self.session.reader.submit(case_words, named)

    # -- data

    @property
    def busy(self) -> bool:
        """Whether labels are still to come."""
        return self._labels.isActive()

    def focus_first(self) -> None:
        """The lanes have the keys."""
        self.lanes.setFocus()

    def reload(self) -> None:
        """Read the events."""
        self._read(None)

    def _read(self, everything: Columns | None) -> None:
        where = self._where
        if self._ticket is not None:
            self._ticket.cancel()
        self._ticket = self.session.reader.submit(
            lambda connection: load_events(connection, where, everything), self._take, long=True
        )

    def _filter(self, condition: ColumnElement[bool] | None, text: str) -> None:
        self._where, self._rules = condition, text
        self._read(self.loaded.everything if self.loaded is not None else None)

    def _wrong(self, words: str) -> None:
        cut = draw.elided(words, self.look.px(420), self.look.font("dense", 500))
        self._error.setText(cut)
        self._error.setToolTip(tip(words))

    def _take(self, loaded: Loaded) -> None:
        first = self.loaded is None or not len(self.loaded.everything)
        self.loaded = loaded
        self.brush.show_columns(loaded.everything)
        self.lanes.show_columns(loaded.passing, loaded.everything)
        if first and len(loaded.everything):
            self._first_window(loaded.everything)
        else:
            self.show_window(self.lanes.start, self.lanes.end)

    def _first_window(self, columns: Columns) -> None:
        pad = max(3_600_000_000, (columns.last - columns.first) // 50)
        self.show_window(columns.first - pad, columns.last + pad)

    # -- window

    def show_window(self, start: int, end: int) -> None:
        """Show a stretch of time; the numbers follow."""
        low, high = -62_135_596_800_000_000, 253_370_764_800_000_000
        end = max(start + 60_000_000, end)
        start, end = max(low, start), min(high, end)
        self.lanes.show_window(start, end)
        self.brush.show_window(start, end)
        if self.loaded is None:
            return
        told = honesty(self.loaded.passing, self.loaded.everything, start, end, self.loaded.undated)
        first, rest = told.sentences()
        self.line.first.setText(first)
        room = self.line.width() - self.look.px(560)
        self.line.rest.setText(draw.elided(rest, max(self.look.px(200), room), self.look.font("body")))
        self.line.rest.setToolTip(tip(rest))
        unit = 60_000_000 if end - start < 7 * DAY else DAY
        self.line.range.setText(tr("{start} to {end}, UTC", start=time_text(start, unit), end=time_text(end, unit)))
        for button in self._spans:
            span = int(button.property("span"))
            button.setChecked(span == end - start or (span == 0 and told.drawn == told.passing and told.passing > 0))
        self._labels.start(120)
        self._ask_rows()

    def _span(self) -> None:
        button = self.sender()
        if not isinstance(button, QPushButton):
            return
        span = int(button.property("span"))
        if span == 0:
            self.lanes.all()
            return
        middle = (self.lanes.start + self.lanes.end) // 2
        columns = self.lanes.columns
        if columns is not None and self.lanes.current >= 0:
            middle = int(columns.when[self.lanes.current])
        elif columns is not None and len(columns):
            part = columns.between(self.lanes.start, self.lanes.end)
            if part.stop > part.start:
                middle = int(columns.when[(part.start + part.stop) // 2])
        self.show_window(middle - span // 2, middle - span // 2 + span)

    def _ask_labels(self) -> None:
        numbers = [number for number in self.lanes.visible_numbers() if number not in self.lanes.labels]
        if numbers:
            self.session.reader.submit(lambda connection: load_labels(connection, numbers), self._labelled)

    def _labelled(self, labels: dict[int, str]) -> None:
        if len(self.lanes.labels) > 20_000:
            self.lanes.labels.clear()
        self.lanes.labels.update(labels)
        self.lanes.update()

    def _chosen(self, number: int) -> None:
        self.session.reader.submit(lambda connection: load_event(connection, number), self.panel.show_event)
        self.selection_said.emit(tr("1 event selected"))

    def resizeEvent(self, event: object) -> None:
        """A narrower panel on a narrow window."""
        self.panel.setFixedWidth(self.look.px(400 if self.width() >= self.look.px(1500) else 300))

"""Overview: the case on one page. Every number opens its list."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)
from sqlalchemy import Connection, select

from app import reading
from app.places.assets import AssetsPage
from app.places.base import PlaceWidget
from app.reading import Totals
from app.session import Session
from app.titles import kind_title
from forensics.case import schema
from forensics.timeline.columns import Columns, gather
from viewers import access, draw, kinds
from viewers.axis import axis
from viewers.look import Look
from viewers.parts import Button, Card, EmptyState, Hairline, PressButton, blend, clear, label
from viewers.tips import tip
from viewers.words import plural, size_text, time_text

TILE_ORDER = ("wallet", "address", "key", "chat", "market", "parcel", "onion", "media", "person", "system")
CARDS = (
    ("Money", "wallets, seeds and addresses", ("wallet", "address")),
    ("Keys and conversations", "", ("key", "chat")),
    ("Market and onion names", "", ("market", "onion", "parcel")),
    ("People and traces", "", ("person", "media", "system")),
)


class Number(PressButton):
    """A tile, a count, its grades as a bar."""

    def __init__(self, look: Look, tile: str) -> None:
        super().__init__()
        self._look = look
        self.tile = tile
        self.kinds: list[str] = []
        self._grades: dict[int, int] = {}
        self.setProperty("own_focus", True)
        self.setFixedHeight(look.px(84))
        self.setMinimumWidth(look.px(96))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_counts(self, names: list[str], grades: dict[int, int]) -> None:
        """Show a count by grade."""
        self.kinds, self._grades = names, grades
        total = sum(grades.values())
        parts = ", ".join(f"{count:,} C{grade}" for grade, count in sorted(grades.items()))
        self.setAccessibleName(f"{total:,} {kinds.PLURALS[self.tile]}")
        self.setAccessibleDescription(parts)
        self.setToolTip(f"{total:,} {kinds.PLURALS[self.tile]}" + (f": {parts}" if parts else ""))
        self.setEnabled(total > 0)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint tile, number, word and bar."""
        look = self._look
        painter = QPainter(self)
        total = sum(self._grades.values())
        if self.underMouse() and total:
            draw.rounded(painter, QRectF(self.rect()).adjusted(0, 2, -4, 0), look.px(6), look.colour("hover"))
        if self.hasFocus():
            draw.rounded(painter, QRectF(self.rect()).adjusted(0, 2, -4, 0), look.px(6), None, look.colour("focus"), 2)
        left = look.px(8)
        draw.kind_tile(painter, look, left, look.px(10), look.px(24), self.tile)
        painter.setFont(look.font("number"))
        painter.setPen(look.colour("text" if total else "text3"))
        painter.drawText(
            QRectF(left + look.px(32), look.px(6), self.width(), look.px(32)),
            int(Qt.AlignmentFlag.AlignVCenter),
            f"{total:,}",
        )
        painter.setFont(look.font("dense"))
        painter.setPen(look.colour("text2"))
        painter.drawText(
            QRectF(left, look.px(42), self.width(), look.px(18)),
            int(Qt.AlignmentFlag.AlignVCenter),
            kinds.PLURALS[self.tile],
        )
        bar = QRectF(left, look.px(68), self.width() - look.px(28), look.px(6))
        if not total:
            painter.fillRect(bar, look.colour("sunken"))
            return
        x = bar.left()
        for grade in range(5):
            share = self._grades.get(grade, 0) / total
            if share:
                width = max(2.0, bar.width() * share)
                painter.fillRect(
                    QRectF(x, bar.top(), max(1.5, min(width, bar.right() - x) - 1), bar.height()),
                    grade_colour(look, grade),
                )
                x += bar.width() * share


def grade_colour(look: Look, grade: int) -> Any:
    """Pale C0 to dark C3, green C4."""
    if grade >= 4:
        return look.colour("ok")
    return blend(look, "text2", (0.18, 0.32, 0.58, 0.9)[grade])


class Line(PressButton):
    """A line of a card: tile, words, note, count. It opens its list."""

    def __init__(self, look: Look, kind: str, words: str, note: str, count: int, filter_text: str) -> None:
        super().__init__()
        self._look = look
        self._parts = (kind, words, note, count)
        self.filter_text = filter_text
        self.setProperty("own_focus", True)
        self.setFixedHeight(look.px(30))
        self.setAccessibleName(f"{words}, {count:,}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line."""
        look = self._look
        kind, words, note, count = self._parts
        painter = QPainter(self)
        if self.underMouse() or self.hasFocus():
            draw.rounded(
                painter,
                QRectF(self.rect()),
                look.px(4),
                look.colour("hover"),
                look.colour("focus") if self.hasFocus() else None,
                2,
            )
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        side = look.px(20)
        draw.kind_tile(painter, look, look.px(4), (self.height() - side) / 2, side, kind)
        number = f"{count:,}"
        width = look.metrics("body", 600).horizontalAdvance(number)
        left, right = look.px(34), self.width() - look.px(6)
        painter.setFont(look.font("body", 600))
        painter.setPen(look.colour("text"))
        painter.drawText(
            QRectF(0, 0, right, self.height()), int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), number
        )
        room = right - width - look.px(12) - left
        painter.setFont(look.font("body"))
        text = draw.elided(words, room, look.font("body"), middle=" " not in words)
        painter.drawText(QRectF(left, 0, room, self.height()), middle, text)
        used = look.metrics("body").horizontalAdvance(text) + look.px(10)
        if note and look.metrics("dense").horizontalAdvance(note) <= room - used:
            painter.setFont(look.font("dense"))
            painter.setPen(look.colour("text2"))
            painter.drawText(QRectF(left + used, 0, room, self.height()), middle, note)


class When(QWidget):
    """All events in columns by kind."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._columns: Columns | None = None
        self.setMinimumHeight(look.px(150))
        self.setAccessibleName("Events over time")

    def show_columns(self, columns: Columns) -> None:
        """Show these events."""
        self._columns = columns
        self.update()

    def accessible_parts(self) -> list[access.Part]:
        """How many events of each kind, first and last."""
        columns = self._columns
        if columns is None or not len(columns):
            return [access.Part("No finding carries a time yet", QRectF(self.rect()))]
        span = f"{time_text(columns.first)} to {time_text(columns.last)} UTC"
        counted: dict[str, int] = {}
        for name, count in zip(columns.lanes, columns.counts(), strict=True):
            counted[kinds.tile(name)] = counted.get(kinds.tile(name), 0) + count
        found = [access.Part(f"{len(columns):,} events", QRectF(self.rect()), span)]
        return found + [
            access.Part(f"{kinds.PLURALS[tile]}, {count:,}", QRectF(self.rect()))
            for tile, count in counted.items()
            if count
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint stacked columns, legend and axis."""
        look = self._look
        painter = QPainter(self)
        columns = self._columns
        if columns is None or not len(columns):
            painter.setFont(look.font("body"))
            painter.setPen(look.colour("text2"))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), "No finding carries a time yet.")
            return
        totals = columns.counts()
        tiles: dict[str, int] = {}
        for lane, name in enumerate(columns.lanes):
            tiles[kinds.tile(name)] = tiles.get(kinds.tile(name), 0) + totals[lane]
        x = 0
        painter.setFont(look.font("dense"))
        for name in TILE_ORDER:
            if tiles.get(name):
                painter.fillRect(QRectF(x, look.px(5), look.px(10), look.px(10)), look.kind(name))
                painter.setPen(look.colour("text2"))
                words = kinds.PLURALS[name]
                painter.drawText(
                    QRectF(x + look.px(16), 0, 200, look.px(20)), int(Qt.AlignmentFlag.AlignVCenter), words
                )
                x += look.px(34) + look.metrics("dense").horizontalAdvance(words)
        pad = max(60_000_000, (columns.last - columns.first) // 80)
        start, end = columns.first - pad, columns.last + pad
        area = QRectF(0, look.px(26), self.width(), self.height() - look.px(48))
        count = max(1, self.width() // 5)
        bars = columns.bins(start, end, count)
        peak = max(1, int(bars.sum(axis=0).max()))
        stacked = np.zeros(count)
        order = sorted(range(len(columns.lanes)), key=lambda lane: TILE_ORDER.index(kinds.tile(columns.lanes[lane])))
        scale = area.height() / float(np.sqrt(peak))
        sums = bars.sum(axis=0)
        for lane in order:
            colour = look.kind(kinds.tile(columns.lanes[lane]))
            if look.is_dark:
                colour.setAlphaF(0.75)
            for at in np.nonzero(bars[lane])[0]:
                whole = float(np.sqrt(sums[at])) * scale
                height = max(1.5, whole * bars[lane][at] / sums[at])
                painter.fillRect(
                    QRectF(float(at) * area.width() / count, area.bottom() - stacked[at] - height, 3.4, height), colour
                )
                stacked[at] += height
        painter.fillRect(QRectF(0, area.bottom(), area.width(), 1), look.colour("line2"))
        painter.setFont(look.font("note"))
        painter.setPen(look.colour("text2"))
        for tick in axis(start, end, 0, area.width(), 120):
            words = f"{tick.upper} {tick.lower}".strip() if tick.upper != tick.lower else tick.lower
            if tick.x + look.metrics("note").horizontalAdvance(words) < area.right():
                painter.drawText(
                    QRectF(tick.x, area.bottom() + 3, 300, look.px(18)), int(Qt.AlignmentFlag.AlignVCenter), words
                )


PARTS = {"held": "entries and metadata", "loose": "unallocated, slack and gaps", "lost": "not searched"}


class Searched(QWidget):
    """The accounting bar: searched, and could not be searched."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._parts: list[tuple[str, int]] = []
        self.setFixedHeight(look.px(22))
        self.setAccessibleName("What was searched")

    def show_parts(self, parts: list[tuple[str, int]]) -> None:
        """Show the parts named in `PARTS`."""
        self._parts = parts
        self.update()

    def accessible_parts(self) -> list[access.Part]:
        """The segments and their sizes."""
        return [access.Part(PARTS[name], QRectF(self.rect()), f"{size:,} bytes") for name, size in self._parts if size]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint solid, pale and hatched segments."""
        look = self._look
        painter = QPainter(self)
        total = sum(size for _, size in self._parts)
        x = 0.0
        for name, size in self._parts:
            if not size or not total:
                continue
            width = max(4.0, self.width() * size / total)
            box = QRectF(x, 0, min(width, self.width() - x) - 2, self.height())
            if name == "lost":
                draw.hatch(painter, box, look.colour("warn"), look.colour("warnsoft"))
                draw.rounded(painter, box, 2, None, look.colour("warn"))
            else:
                draw.rounded(painter, box, 2, look.colour("accent") if name == "held" else blend(look, "accent", 0.55))
            x += width


def load(connection: Connection) -> tuple[Totals, Columns, dict[str, list[tuple[str, str, int]]]]:
    """Counts, events and the values found most often."""
    found = reading.totals(connection)
    event = schema.event.c
    rows = connection.execute(
        select(event.when_us, event.precision_us, event.lane, event.id).where(event.finding.is_not(None))
    )
    columns = gather(rows)
    tops = {}
    for title, _, tiles in CARDS:
        names = [kind for kind in found.kinds if kinds.tile(kind) in tiles]
        tops[title] = reading.top_values(connection, names, 4) if names else []
    return found, columns, tops


class OverviewPlace(PlaceWidget):
    """The page."""

    print_wanted = Signal()

    def __init__(self, look: Look, session: Session) -> None:
        super().__init__()
        self.look = look
        self.session = session
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._scroll = QScrollArea()
        self._scroll.setProperty("ground", "window")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName("Overview")
        body = QWidget()
        body.setProperty("ground", "window")
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(look.px(24), look.px(20), look.px(24), look.px(20))
        self._column.setSpacing(look.px(16))
        self._scroll.setWidget(body)
        self.assets = AssetsPage(look, session)
        self.assets.finding_wanted.connect(self.finding_wanted)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._scroll)
        self._pages.addWidget(self.assets)
        outer.setSpacing(0)
        outer.addWidget(self._tab_bar())
        outer.addWidget(Hairline(look))
        outer.addWidget(self._pages, 1)
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(look, "Overview", "page_title"))
        self._note = label(look, "", "body", "text2", wrap=True)
        words.addWidget(self._note)
        head.addLayout(words, 1)
        head.addWidget(Button(look, "Open the findings", "findings", "normal", lambda: self.filter_wanted.emit("")))
        self._column.addLayout(head)
        self._numbers = Card(look)
        self._numbers.content.setContentsMargins(look.px(10), look.px(6), look.px(10), look.px(6))
        grid = QHBoxLayout()
        grid.setSpacing(0)
        self._tiles: dict[str, Number] = {}
        for tile in TILE_ORDER:
            number = Number(look, tile)
            number.clicked.connect(self._number)
            self._tiles[tile] = number
            grid.addWidget(number, 1)
        self._numbers.content.addLayout(grid)
        self._column.addWidget(self._numbers)
        self._cards = QGridLayout()
        self._cards.setSpacing(look.px(16))
        self._column.addLayout(self._cards, 1)
        self._lists: dict[str, Card] = {}
        for title, note, tiles in CARDS:
            button = Button(look, "Open list", "", "quiet")
            button.setAccessibleName(f"Open the list of {title.lower()}")
            button.setProperty("tiles", ",".join(tiles))
            button.clicked.connect(self._open_tiles)
            self._lists[title] = Card(look, title, note, button)
        self._lower = QHBoxLayout()
        self._lower.setSpacing(look.px(16))
        self._when_card = Card(
            look, "When", "", Button(look, "Open timeline", "", "quiet", lambda: self.place_wanted.emit("timeline"))
        )
        self._when = When(look)
        self._when_card.content.addWidget(self._when, 1)
        self._searched_card = Card(
            look,
            "What was searched",
            "",
            Button(look, "Open evidence", "", "quiet", lambda: self.place_wanted.emit("evidence")),
        )
        self._bar = Searched(look)
        self._searched_card.content.addWidget(self._bar)
        self._searched = QVBoxLayout()
        self._searched.setSpacing(look.px(5))
        self._searched_card.content.addLayout(self._searched)
        self._searched_card.content.addStretch(1)
        self._lower.addWidget(self._when_card, 3)
        self._lower.addWidget(self._searched_card, 1)
        self._column.addLayout(self._lower, 1)
        self._totals: Totals | None = None
        self._empty: EmptyState | None = None
        self._narrow: bool | None = None
        self._arrange()

    def _tab_bar(self) -> QTabBar:
        self.tabs = QTabBar()
        self.tabs.setFont(self.look.font("body", 500))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setFixedHeight(self.look.size("tab_bar"))
        self.tabs.setAccessibleName("Pages of the overview")
        for name in ("Case", "Assets"):
            self.tabs.addTab(name)
        self.tabs.currentChanged.connect(self._turn)
        return self.tabs

    def _turn(self, page: int) -> None:
        self._pages.setCurrentIndex(page)
        if page:
            self.assets.reload()

    @property
    def busy(self) -> bool:
        """Whether the page of assets is still being gathered."""
        return self.assets.busy

    def focus_first(self) -> None:
        """The first number has the keys, or the list of wallets."""
        if self.tabs.currentIndex():
            self.assets.wallets.setFocus()
        else:
            self._tiles["wallet"].setFocus()

    def reload(self) -> None:
        """Count again."""
        self.session.reader.submit(load, self._take, long=True)
        if self.tabs.currentIndex():
            self.assets.reload()

    def _arrange(self) -> None:
        narrow = self.width() < self.look.px(1400)
        if narrow == self._narrow:
            return
        self._narrow = narrow
        for at, card in enumerate(self._lists.values()):
            self._cards.addWidget(card, at // 2 if narrow else 0, at % 2 if narrow else at)
        self._searched_card.setMinimumWidth(self.look.px(300 if narrow else 380))

    def resizeEvent(self, event: object) -> None:
        """Two cards a row where it is narrow."""
        self._arrange()

    def _take(self, found: tuple[Totals, Columns, dict[str, list[tuple[str, str, int]]]]) -> None:
        totals, columns, tops = found
        self._totals = totals
        good = sum(count for grades in totals.kinds.values() for grade, count in grades.items() if grade >= 2)
        self._note.setText(
            f"{plural(totals.exhibits, 'evidence item')}, {plural(totals.entries, 'entry', 'entries')}, "
            f"{plural(totals.findings, 'finding')}, {good:,} of them C2 or better. "
            "Bars show grades, from pale C0 to green C4. Every number opens its list."
        )
        for tile, number in self._tiles.items():
            names = sorted(kind for kind in totals.kinds if kinds.tile(kind) == tile)
            grades: dict[int, int] = {}
            for kind in names:
                for grade, count in totals.kinds[kind].items():
                    grades[grade] = grades.get(grade, 0) + count
            number.show_counts(names, grades)
        for title, _, tiles in CARDS:
            self._fill(self._lists[title], totals, tiles, tops[title])
        self._when.show_columns(columns)
        self._when_card.set_note(f"{len(columns):,} dated events of findings, {totals.undated:,} findings have no time")
        self._account(totals)

    def _fill(self, card: Card, totals: Totals, tiles: tuple[str, ...], tops: list[tuple[str, str, int]]) -> None:
        clear(card.content)
        rows = sorted(
            ((sum(grades.values()), kind) for kind, grades in totals.kinds.items() if kinds.tile(kind) in tiles),
            reverse=True,
        )
        for count, kind in rows[:6]:
            secrets = " " if kinds.tile(kind) != "wallet" else ""
            line = Line(self.look, kind, kind_title(kind), secrets.strip(), count, f"kind = {kind}")
            line.clicked.connect(self._line)
            card.content.addWidget(line)
        if tops and len(rows) < 6:
            card.content.addWidget(label(self.look, "Found most often", "dense", "text2", weight=500))
            for kind, value, count in tops[: max(0, 7 - len(rows))]:
                quoted = value.replace("\\", "\\\\").replace('"', '\\"')
                line = Line(self.look, kind, value, "", count, f'value = "{quoted}"')
                line.clicked.connect(self._line)
                card.content.addWidget(line)
        if not rows:
            words = "None found." if totals.entries or totals.findings else "Nothing has been examined yet."
            card.content.addWidget(label(self.look, words, "body", "text2"))
        card.content.addStretch(1)

    def _account(self, totals: Totals) -> None:
        clear(self._searched)
        look = self.look
        account = totals.account
        parts = [("held", account.held), ("loose", account.loose), ("lost", account.lost)]
        self._bar.show_parts(parts)
        for name, size in parts:
            row = QHBoxLayout()
            colour = "warn" if name == "lost" and size else "text"
            row.addWidget(label(look, f"{size_text(size)} {PARTS[name]}", "dense", colour))
            row.addStretch(1)
            row.addWidget(label(look, f"{100 * size / max(1, account.size):.1f} %", "dense", "text2"))
            self._searched.addLayout(row)
        row = QHBoxLayout()
        row.addWidget(label(look, "Sums to the evidence", "dense", weight=600))
        row.addStretch(1)
        row.addWidget(label(look, f"{account.size:,} bytes", "dense", weight=600))
        self._searched.addLayout(row)
        if totals.unexamined:
            self._searched.addSpacing(look.px(4))
            self._searched.addWidget(label(look, "Why not", "dense", weight=600))
            for item in totals.unexamined[:4]:
                words = f"{item.place}: {item.reason}."
                cut = draw.elided(words, look.px(330), look.font("dense"))
                text = label(look, cut, "dense", "text2")
                text.setToolTip(tip(f"{words} {item.detail}"))
                self._searched.addWidget(text)

    def _number(self) -> None:
        number = self.sender()
        if isinstance(number, Number) and number.kinds:
            self._open_kinds(number.kinds)

    def _open_kinds(self, names: list[str]) -> None:
        families = sorted({kinds.family(name) for name in names})
        self.filter_wanted.emit(f"kind = {families[0]}" if len(families) == 1 else f"kind in ({', '.join(families)})")

    def _open_tiles(self) -> None:
        button = self.sender()
        if isinstance(button, Button) and self._totals is not None:
            tiles = str(button.property("tiles")).split(",")
            names = [kind for kind in self._totals.kinds if kinds.tile(kind) in tiles]
            if names:
                self._open_kinds(names)

    def _line(self) -> None:
        line = self.sender()
        if isinstance(line, Line):
            self.filter_wanted.emit(line.filter_text)

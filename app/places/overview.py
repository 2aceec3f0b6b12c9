"""Overview: the case on one page. Every number opens its list."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
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
from app.places.overview_parts import PARTS, Line, Number, Searched
from app.places.overview_when import TILE_ORDER, When
from app.reading import Totals
from app.session import Session
from app.titles import kind_title
from forensics.case import schema
from forensics.timeline.columns import Columns, gather
from resources.languages import tr
from viewers import draw, kinds
from viewers.look import Look
from viewers.parts import Button, Card, EmptyState, Hairline, clear, label
from viewers.tips import tip
from viewers.words import plural, size_text

CARDS = (
    (tr("Money"), tr("wallets, seeds and addresses"), ("wallet", "address")),
    (tr("Keys and conversations"), "", ("key", "chat")),
    (tr("Market and onion names"), "", ("market", "onion", "parcel")),
    (tr("People and traces"), "", ("person", "media", "system")),
)


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

    accounting_wanted = Signal()

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
        self._scroll.setAccessibleName(tr("Overview"))
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
        words.addWidget(label(look, tr("Overview"), "page_title"))
        self._note = label(look, "", "body", "text2", wrap=True)
        words.addWidget(self._note)
        head.addLayout(words, 1)
        head.addWidget(Button(look, tr("Open the findings"), "findings", "normal", lambda: self.filter_wanted.emit("")))
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
            button = Button(look, tr("Open list"), "", "quiet")
            button.setAccessibleName(tr("Open the list of {title}", title=title.lower()))
            button.setProperty("tiles", ",".join(tiles))
            button.clicked.connect(self._open_tiles)
            self._lists[title] = Card(look, title, note, button)
        self._lower = QHBoxLayout()
        self._lower.setSpacing(look.px(16))
        self._when_card = Card(
            look,
            tr("When"),
            "",
            Button(look, tr("Open timeline"), "", "quiet", lambda: self.place_wanted.emit("timeline")),
        )
        self._when = When(look)
        self._when_card.content.addWidget(self._when, 1)
        self._searched_card = Card(
            look,
            tr("What was searched"),
            "",
            Button(look, tr("Open the account"), "", "quiet", self.accounting_wanted.emit),
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
        self.tabs.setAccessibleName(tr("Pages of the overview"))
        for name in (tr("Case"), tr("Assets")):
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
            tr(
                "{evidence_items}, {entries}, {findings}, {good:,} of them C2 or better. Bars show grades, from "
                "pale C0 to green C4. Every number opens its list.",
                evidence_items=plural(totals.exhibits, "evidence item", "evidence items"),
                entries=plural(totals.entries, "entry", "entries"),
                findings=plural(totals.findings, "finding", "findings"),
                good=good,
            )
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
        self._when_card.set_note(
            tr(
                "{columns:,} dated events of findings, {undated:,} findings have no time",
                columns=len(columns),
                undated=totals.undated,
            )
        )
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
            card.content.addWidget(label(self.look, tr("Found most often"), "dense", "text2", weight=500))
            for kind, value, count in tops[: max(0, 7 - len(rows))]:
                quoted = value.replace("\\", "\\\\").replace('"', '\\"')
                line = Line(self.look, kind, value, "", count, f'value = "{quoted}"')
                line.clicked.connect(self._line)
                card.content.addWidget(line)
        if not rows:
            words = tr("None found.") if totals.entries or totals.findings else tr("Nothing has been examined yet.")
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
        row.addWidget(label(look, tr("Sums to the evidence"), "dense", weight=600))
        row.addStretch(1)
        row.addWidget(label(look, tr("{size:,} bytes", size=account.size), "dense", weight=600))
        self._searched.addLayout(row)
        if totals.unexamined:
            self._searched.addSpacing(look.px(4))
            self._searched.addWidget(label(look, tr("Why not"), "dense", weight=600))
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

"""The account of an exhibit: every byte of its image was searched, or stands here with the reason why not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout
from sqlalchemy import Connection, func, select

from app.places.accounting_map import AccountMap, Cells, cells_of
from app.places.accounting_parts import LEAST, NAMES, AccountBar, HeadRow, PartRow, Told, TotalRow
from app.reading import Exhibit
from app.session import Session
from forensics.case import schema
from forensics.case.accounting import ENTRIES, WAITING, Part, parts
from forensics.visible import visible
from resources.languages import tr
from viewers.look import Look
from viewers.parts import Button, Card, Hairline, IconView, label
from viewers.sheet import Sheet
from viewers.words import plural, size_text

WHY = {
    "encrypted": tr("locked, no key; searched as raw bytes"),
    "unknown file system": tr("not known; searched as raw bytes"),
    "damaged file system": tr("damaged; searched as raw bytes"),
    "unreadable": tr("the image does not give them up"),
    "quarantined": tr("given up after it failed twice"),
    "outside the authority": tr("may not be searched"),
    WAITING: tr("the examination has not ended"),
}
SAYS = (
    ("okc", "ok", tr("Found"), tr("Searched, and it is there. The finding opens its bytes.")),
    ("search", "text2", tr("Searched and absent"), tr("Searched in full and not there. This can be said only of what is marked "
     "searched, and only of the kinds that Impound knows.")),
    ("ban", "warn", tr("Could not be searched"), tr("Locked, unreadable, outside the authority or not examined yet. Nothing can be said about it.")),
)  # fmt: skip


def told_of(part: Part) -> Told:
    """A part in words."""
    if part.kind == ENTRIES:
        return Told(
            part, NAMES[ENTRIES], tr("{entries}, with the deleted ones", entries=plural(part.count, "entry", "entries"))
        )
    if part.kind != "lost":
        why = {"unknown": tr(", searched as raw bytes"), "gap": tr(", outside of every volume")}.get(part.kind, "")
        return Told(part, NAMES[part.kind], plural(part.count, "run", "runs") + why)
    name = visible(part.place) or {"unreadable": tr("Unreadable bytes")}.get(part.reason, part.reason.capitalize())
    places = f"{plural(part.count, 'place', 'places')}, " if part.count > 1 else ""
    return Told(part, name[:1].upper() + name[1:], places + WHY.get(part.reason, visible(part.reason)))


def load(connection: Connection, exhibit: str, size: int) -> tuple[list[Told], Cells, int]:
    """The parts, the map, and how many places were searched as raw bytes only."""
    found = parts(connection, exhibit)
    u = schema.unexamined.c
    query = select(func.count()).select_from(schema.unexamined).where(u.exhibit == exhibit, u.logical.is_(True))
    return [told_of(part) for part in found], cells_of(found, size), int(connection.execute(query).scalar_one())


class AccountingPage(Sheet):
    """Bar, table and map of one exhibit. A row opens what it counts."""

    part_wanted = Signal(str, str)  # kind of the part, and of a lost one its place
    key_wanted = Signal(int)  # number of a locked volume

    def __init__(self, look: Look, session: Session) -> None:
        super().__init__(look, tr("Account of the exhibit"), "window")
        self._session = session
        self._asked = ""
        self.bar: AccountBar | None = None
        self.rows: list[PartRow] = []

    def show_exhibit(self, exhibit: Exhibit, volumes: Sequence[Any]) -> None:
        """Ask for the account of an exhibit."""
        self._asked = exhibit.number

        def take(found: tuple[list[Told], Cells, int]) -> None:
            if self._asked == exhibit.number:
                self._show(exhibit, volumes, *found)

        self._session.reader.submit(lambda connection: load(connection, exhibit.number, exhibit.size), take, long=True)

    def _show(self, exhibit: Exhibit, volumes: Sequence[Any], told: list[Told], cells: Cells, raw: int) -> None:
        look = self.look
        self.reset()
        self.column.setSpacing(look.px(12))
        self._head(exhibit, volumes)
        self.bar = AccountBar(look)
        self.bar.show_parts(told)
        card = Card(look)
        card.content.addWidget(self.bar)
        self.column.addWidget(card)
        self._table(exhibit, told)
        if raw:
            words = (
                tr(
                    "{places} could not be read in its own format and was searched as raw bytes.",
                    places=plural(raw, "place", "places"),
                )
                if raw == 1
                else tr("{raw:,} places could not be read in their own format and were searched as raw bytes.", raw=raw)
            )
            row = QHBoxLayout()
            row.addWidget(label(look, words, "dense", "text2", wrap=True), 1)
            row.addWidget(Button(look, tr("Show them"), "", "quiet", lambda: self.part_wanted.emit("lost", "")))
            self.column.addLayout(row)
        says = QHBoxLayout()
        says.setSpacing(look.px(12))
        for icon, tone, title, text in SAYS:
            says.addWidget(self._saying(icon, tone, title, text), 1)
        self.column.addLayout(says)
        card = Card(
            look,
            tr("Where on the disk"),
            tr("each cell is {bytes}, in the order of the disk", bytes=size_text(cells.bytes)),
        )
        disk = AccountMap(look)
        disk.show_cells(told, cells)
        card.content.addWidget(disk)
        words = tr(
            "A cell with anything in it that could not be searched is hatched; others show what most of them is."
        )
        card.content.addWidget(label(look, words, "note", "text2", wrap=True))
        self.column.addWidget(card)
        self.finish()

    def _head(self, exhibit: Exhibit, volumes: Sequence[Any]) -> None:
        look = self.look
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(look, tr("What was searched, and what could not be"), "page_title", wrap=True))
        note = f"{visible(exhibit.image_name)}, {size_text(exhibit.size)}, {exhibit.size:,} bytes."
        words.addWidget(label(look, note, "body", "text2", wrap=True))
        head.addLayout(words, 1)
        for row in [row for row in volumes if row.state == "encrypted"][:2]:
            give = partial(self.key_wanted.emit, int(row.number))
            head.addWidget(Button(look, tr("Give a key for p{number}", number=row.number), "lock", "normal", give))
        self.column.addLayout(head)

    def _table(self, exhibit: Exhibit, told: list[Told]) -> None:
        look = self.look
        card = Card(look)
        card.content.setContentsMargins(1, 0, 1, 0)
        card.content.setSpacing(0)
        card.content.addWidget(HeadRow(look))
        self.rows = [PartRow(look, each, exhibit.size) for each in told]
        for row in self.rows:
            row.clicked.connect(self._pressed)
            card.content.addWidget(row)
            card.content.addWidget(Hairline(look, token="grid"))
        card.content.addWidget(TotalRow(look, sum(each.part.size for each in told), exhibit.size))
        self.column.addWidget(card)
        words = tr(
            "A part that would be narrower than {least} pixels is drawn {least} pixels wide. A row opens "
            "what it counts.",
            least=LEAST,
        )
        self.column.addWidget(label(look, words, "note", "text2", wrap=True))

    def _saying(self, icon: str, tone: str, title: str, text: str) -> Card:
        card = Card(self.look)
        row = QHBoxLayout()
        row.setSpacing(self.look.px(10))
        sign = IconView(self.look, icon, 18, tone)
        words = QVBoxLayout()
        words.setSpacing(self.look.px(3))
        words.addWidget(label(self.look, title, "body", weight=600))
        words.addWidget(label(self.look, text, "dense", "text2", wrap=True))
        words.addStretch(1)
        column = QVBoxLayout()
        column.addWidget(sign)
        column.addStretch(1)
        row.addLayout(column)
        row.addLayout(words, 1)
        card.content.addLayout(row)
        return card

    def _pressed(self) -> None:
        row = self.sender()
        if isinstance(row, PartRow):
            self.part_wanted.emit(row.told.part.kind, row.told.part.place)

"""A page of a trade: what it offers, who by, and the bytes of each offer."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtWidgets import QVBoxLayout

from resources.languages import tr, tr_noop
from viewers import kinds
from viewers.base import ByteSource, Subject, Viewer, value_text
from viewers.fields import FieldList
from viewers.look import Look
from viewers.marks import tokens_of
from viewers.openpgp import as_list
from viewers.parts import Cut, label
from viewers.sheet import Grid, Sheet
from viewers.words import plural

MOST_ROWS = 500
LISTS = ("listings", "feedback")  # shown as tables, not among the fields


class MarketViewer(Viewer):
    """The rows of a page, as text; the page itself is never drawn."""

    title: ClassVar[str] = tr_noop("Offers")

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._sheet = Sheet(look, tr("Offers"))
        outer.addWidget(self._sheet)

    @classmethod
    def priority(cls, subject: Subject) -> float:
        """Made for pages of shops and markets."""
        return 0.9 if subject.kind == "market/page" else -1.0

    def show_finding(self, subject: Subject, source: ByteSource) -> None:
        """Build the page."""
        sheet, look = self._sheet, self.look
        sheet.reset()
        name = subject.field("title") or subject.field("page_title") or kinds.tile(subject.kind)
        sheet.column.addWidget(Cut(look, value_text(name), "item_title"))
        sheet.column.addWidget(label(look, self._sentence(subject), "dense", "text2", wrap=True))
        offers = [each for each in as_list(subject.field("listings")) if isinstance(each, dict)]
        if offers:
            sheet.title(
                tr("Offers on the page"), plural(subject.field("listings_count") or len(offers), "offer", "offers")
            )
            grid = Grid(
                look, [tr("Title"), tr("Vendor"), tr("Price"), tr("Ships"), tr("Bytes")], [6, 3, 2, 3, 3], mono=(4,)
            )
            grid.show_rows([_row(each) for each in offers[:MOST_ROWS]])
            sheet.column.addWidget(grid)
        said = [value_text(each) for each in as_list(subject.field("feedback"))]
        if said:
            sheet.title(tr("Feedback"), plural(subject.field("feedback_count") or len(said), "entry", "entries"))
            grid = Grid(look, [tr("As written on the page")], [1])
            grid.show_rows([(each,) for each in said[:MOST_ROWS]])
            sheet.column.addWidget(grid)
        rest = [row for row in subject.fields if row.name not in LISTS]
        if rest:
            sheet.title(tr("Fields"))
            listed = FieldList(look, 150)
            listed.show_rows(rest, tokens_of(subject))
            listed.picked.connect(self.field_wanted)
            sheet.column.addWidget(listed)
        sheet.limits(
            tr("What this does not show"),
            [
                *subject.caveats,
                tr("It does not show that anything was bought or sold."),
            ],
        )
        sheet.finish()

    @staticmethod
    def _sentence(subject: Subject) -> str:
        kind = value_text(subject.field("page_kind") or tr("page"))
        if subject.field("served_by"):
            return tr("Kind of page: {kind}. It says that it was saved from an onion service.", kind=kind)
        if subject.field("links_mostly_to"):
            return tr(
                "Kind of page: {kind}. It does not say where it was saved from; its links lead mostly to one name.",
                kind=kind,
            )
        return tr("Kind of page: {kind}. It does not say where it was saved from.", kind=kind)


def _row(offer: dict[str, Any]) -> tuple[str, ...]:
    price = " ".join(value_text(offer[name]) for name in ("price", "currency") if offer.get(name))
    ships = " to ".join(value_text(offer[name]) for name in ("ships_from", "ships_to") if offer.get(name))
    start, length = offer.get("offset"), offer.get("length")
    place = (
        tr("{start:,} to {end:,}", start=start, end=start + length)
        if isinstance(start, int) and isinstance(length, int)
        else ""
    )
    return value_text(offer.get("title") or tr("no title")), value_text(offer.get("vendor") or ""), price, ships, place

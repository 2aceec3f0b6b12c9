"""Safari's `History.db` (macOS, iOS): visits, pages, and what was removed from the history.

| table              | tells                                                                                     |
|--------------------|-------------------------------------------------------------------------------------------|
| history_items      | addresses with the number of visits                                                       |
| history_visits     | page, time, title, whether it loaded, where a redirect came from; origin 1: another device |
| history_tombstones | times from which to which visits were removed, and of which address                       |

Times are seconds since 2001 with a fraction, by the device's clock. Visits are dropped after a year or as set.

Not recorded: private windows; bookmarks, downloads and open tabs, which are in property lists of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger
from forensics.detectors.browser._history import MOST_OTHERS, Table, told
from forensics.detectors.browser._places import program_of
from forensics.detectors.browser._specimens_safari import SAFARI
from forensics.detectors.browser._store import Store, number, open_store, place, text
from forensics.detectors.browser._told import Teller, Thing, host_of, is_address, links_of, moment, shown
from forensics.model import Absent, Clock, Event, Finding, Layer
from forensics.primitives.sqlite.rows import Row

_EPOCH = datetime(2001, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Safari:
    """Reads one database."""

    kind: ClassVar[str] = "browser/safari"
    title: ClassVar[str] = "History of Safari"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"SQLite format 3\x00", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("The schema that History.db itself holds; times as plaso reads them",)
    specimens: ClassVar[tuple[Specimen, ...]] = SAFARI

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """Rows of the database at `at`."""
        store = open_store(layer, at)
        if store is None or not store.has("history_items", "url", "visit_count"):
            return
        if not store.has("history_visits", "history_item", "visit_time"):
            return
        named, _ = program_of(layer.locator, at, ("History.db",))
        teller = Teller(self, store, named, "Safari")
        pages = _Pages(store)
        tables: tuple[Table, ...] = (
            (
                "history_visits",
                pages.visit,
                lambda row: (number(row, "history_item"), str(row.get("visit_time"))),
                "id",
            ),
            ("history_items", _page, lambda row: (text(row, "url"),), "id"),
        )
        if store.has("history_tombstones", "start_time", "end_time"):
            tables += (
                ("history_tombstones", _removed, lambda row: (str(row.get("start_time")), text(row, "url")), "id"),
            )
        yield from told(store, teller, tables, None)
        yield teller.whole()


class _Pages:
    """Addresses by their number."""

    def __init__(self, store: Store) -> None:
        self._urls: dict[int, Row] = {}
        for row in store.current("history_items"):
            if len(self._urls) < 50 * MOST_OTHERS:
                self._urls[number(row, "id")] = row

    def visit(self, row: Row) -> Thing:
        """One visit."""
        page = self._urls.get(number(row, "history_item"))
        url = text(page, "url") if page is not None else ""
        thing = Thing("visit", row, url or Absent.OVERWRITTEN, plausible=False, site=host_of(url))
        if page is not None:
            thing.put("url", url)
        thing.column("title", "title")
        when = _at(thing, "page visited", "visit_time")
        if when is not None:
            thing.put("time", shown(when), place(row, "visit_time"))
        if number(row, "redirect_source"):
            thing.put("from_visit", number(row, "redirect_source"), place(row, "redirect_source"))
        if number(row, "origin") == 1:
            thing.caveats.append("Synchronised from another device: the visit was not made with this one.")
        if row.get("load_successful") == 0:
            thing.caveats.append("The page did not load.")
        thing.plausible = when is not None and number(row, "history_item") > 0
        thing.links = list(links_of("VISITED", url))
        return thing


def _page(row: Row) -> Thing:
    url = text(row, "url")
    thing = Thing("page", row, url or Absent.NONE_STORED, plausible=is_address(url), site=host_of(url))
    thing.column("url", "url")
    thing.put("visit_count", number(row, "visit_count"), place(row, "visit_count"))
    thing.links = list(links_of("VISITED", url))
    return thing


def _removed(row: Row) -> Thing:
    url = text(row, "url")
    thing = Thing("visits removed", row, url or Absent.NONE_STORED, plausible=False, site=host_of(url))
    thing.column("url", "url")
    first = _at(thing, "removed from history: visits from here", "start_time")
    last = _at(thing, "removed from history: visits up to here", "end_time")
    thing.plausible = first is not None and last is not None and first <= last
    thing.caveats.append("What lies between the two times was removed; when it was removed is not recorded.")
    thing.links = list(links_of("VISITED", url))
    return thing


def _at(thing: Thing, meaning: str, column: str) -> datetime | None:
    """An event of seconds since 2001, a whole number or one with a fraction."""
    stored = thing.row.get(column)
    if not isinstance(stored, int | float) or not 0 < stored < 1 << 40:
        return None
    when = moment(round(stored * 1_000_000), _EPOCH)
    if when is not None:
        thing.events.append(Event(when, _MICROSECOND, meaning, str(stored), Clock.DEVICE))
    return when


DETECTOR: Detector = Safari()

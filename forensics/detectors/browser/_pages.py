"""Addresses of a history by the number that visits, bookmarks and downloads name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from forensics.detectors.browser._store import Place, Store, is_current, number, place, text
from forensics.detectors.browser._told import Thing, asked, host_of, is_address, links_of, moment, shown
from forensics.model import Absent
from forensics.primitives.sqlite.rows import Row

MOST = 2_000  # addresses that nothing refers to
MOST_SITES = 500


class Page(NamedTuple):
    """What a row of addresses says."""

    url: str
    title: str
    url_at: Place | None
    title_at: Place | None
    last: int  # the time of its last visit, as stored


class Pages:
    """The table of addresses; `last` is its column of the last visit, in microseconds since `epoch`."""

    def __init__(self, store: Store, table: str, last: str, epoch: datetime) -> None:
        """Read the current rows; `listing` takes up the others, which `use_lost` then reads."""
        self._store, self._table, self._last, self._epoch = store, table, last, epoch
        self._pages: dict[int, Page] = {}
        self._former: dict[int, list[Page]] = {}
        self._by_time: dict[int, Page] = {}
        self._onions: set[int] = set()
        self._visits: dict[int, tuple[int, int, int]] = {}  # page to number, first and last time as stored
        self._told: set[int] = set()
        self._joined: set[Page] = set()
        self.listing = store.listing(table, lambda row: (number(row, "id"), text(row, "url")), last, 0, self._keep)

    def _keep(self, row: Row) -> None:
        page = self._page(row)
        self._pages[number(row, "id")] = page
        if ".onion" in page.url and host_of(page.url).endswith(".onion"):
            self._onions.add(number(row, "id"))

    def _page(self, row: Row) -> Page:
        last = number(row, self._last)
        return Page(text(row, "url"), text(row, "title", 500), place(row, "url"), place(row, "title"), last)

    def use_lost(self) -> None:
        """Take up deleted and superseded rows by number, and by the time of their last visit."""
        for row in self.listing.lost:
            page = self._page(row)
            if is_address(page.url):
                self._former.setdefault(number(row, "id"), []).append(page)
                if page.last:
                    self._by_time.setdefault(page.last, page)

    def url_of(self, page: int) -> str:
        """The current address of a number, empty if there is none."""
        known = self._pages.get(page)
        return known.url if known else ""

    def is_onion(self, page: int) -> bool:
        """Whether a number's address is one of an onion service."""
        return page in self._onions

    def visited(self, page: int, stored: int) -> None:
        """Count a visit at a stored time."""
        count, first, last = self._visits.get(page, (0, stored, stored))
        self._visits[page] = count + 1, min(first, stored), max(last, stored)

    def by_site(self) -> tuple[dict[str, str | int], ...]:
        """All visits that were counted by site: onion services first, then by number; at most 500 sites."""
        sites: dict[str, tuple[int, int, int]] = {}
        for page, (count, first, last) in self._visits.items():
            site = host_of(self.url_of(page))
            known = sites.get(site, (0, first, last))
            sites[site] = known[0] + count, min(known[1], first), max(known[2], last)
        ordered = sorted(sites.items(), key=lambda each: (not each[0].endswith(".onion"), -each[1][0], each[0]))
        told: list[dict[str, str | int]] = []
        for site, (count, first, last) in ordered[:MOST_SITES]:
            row: dict[str, str | int] = {"site": site, "visits": count}
            for name, stored in (("first", first), ("last", last)):
                if when := moment(stored, self._epoch):
                    row[name] = shown(when)
            told.append(row)
        return tuple(told)

    def put(self, thing: Thing, page: int, when: int = 0) -> str:
        """Put the address of a number, or that was visited last at a stored time, into a thing; the address."""
        known = self._pages.get(page)
        former = self._former.get(page, []) if page else []
        if known is None and former:
            known = former[0]
            thing.caveats.append("The address is that of a deleted or superseded row with the page's number.")
        if known is None and when in self._by_time:
            known = self._by_time[when]
            thing.caveats.append("The address is that of a deleted row whose last visit has the same time.")
        if known is None:
            thing.caveats.append("No row has the page's number: its address is not known.")
            return ""
        others = {each.url for each in (*former, known)}
        if len(others) > 1 and not is_current(thing.row):
            thing.caveats.append(f"The page's number was given to {len(others)} addresses.")
        self._told.add(page)
        self._joined.add(known)
        thing.put("url", known.url, known.url_at)
        thing.put("title", known.title, known.title_at)
        thing.put("search", asked(known.url))
        thing.site = host_of(known.url)
        return known.url

    def rest(self, *, all_told: bool) -> Iterator[Thing]:
        """Addresses that nothing refers to; of current ones only if `all_told` says that all that refers was told."""
        present = {each.url for each in self._pages.values()}
        for row in self.listing.lost:
            page = self._page(row)
            if page.url not in present and page not in self._joined:
                present.add(page.url)
                yield self._address(row)
        if not all_told or not self._pages.keys() - self._told:
            return
        count = 0
        for row in self._store.current(self._table):
            if number(row, "id") not in self._told:
                count += 1
                if count > MOST:
                    self._store.caveats.append(f"More than {MOST:,} addresses that nothing refers to.")
                    return
                yield self._address(row)

    def _address(self, row: Row) -> Thing:
        url = text(row, "url")
        thing = Thing("address", row, url or Absent.OVERWRITTEN, is_address(url), host_of(url))
        thing.column("url", "url")
        thing.column("title", "title")
        thing.put("search", asked(url))
        thing.put("visit_count", number(row, "visit_count"), place(row, "visit_count"))
        thing.at("page last visited", self._last, self._epoch)
        thing.links = list(links_of("ADDRESS_OF", url))
        return thing

"""What the browsers' databases have in common: a history of visits to numbered pages, and tables of single rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from forensics.detectors.browser._pages import Pages
from forensics.detectors.browser._store import Key, Listing, Store, number, place
from forensics.detectors.browser._told import Teller, Thing, links_of, shown
from forensics.model import Absent, Finding
from forensics.primitives.sqlite.rows import Row

MOST_VISITS = 12_000
MOST_OTHERS = 2_000

# Name, what a row tells, what makes two versions of a row the same, the column whose highest values are the newest.
Table = tuple[str, Callable[[Row], Thing], Key, str]


class History:
    """Visits and the pages that they name by number; a browser adds what else refers to pages."""

    def __init__(
        self, store: Store, teller: Teller, *, pages: tuple[str, str], visits: tuple[str, str, str], epoch: datetime
    ) -> None:
        """Read the tables once.

        Args:
            pages: the table of addresses, and its column of the last visit.
            visits: the table of visits, and its columns of the page's number and of the time.
            epoch: from which times count microseconds.
        """
        table, self._page, self._time = visits
        self.store, self.teller, self._epoch = store, teller, epoch
        self.pages = Pages(store, *pages, epoch)
        self.visited: dict[int, int] = {}  # visit to page
        self.visits = store.listing(
            table,
            lambda row: (number(row, self._page), number(row, self._time)),
            self._time,
            MOST_VISITS,
            self._count,
            lambda row: self.pages.is_onion(number(row, self._page)),
        )
        self.listings: dict[str, Listing] = {pages[0]: self.pages.listing, table: self.visits}

    def _count(self, row: Row) -> None:
        page = number(row, self._page)
        self.visited[number(row, "id")] = page
        self.pages.visited(page, number(row, self._time))

    def findings(self) -> Iterator[Finding]:
        """Visits, what else a browser has, and addresses without any of these."""
        self.pages.use_lost()
        self.teller.leave_out("visit", self.visits)
        if self.visits.count > MOST_VISITS:
            self.teller.by_site = self.pages.by_site()
        yield from self.teller.tell(map(self._visit, self.visits.all()))
        yield from self.others()
        yield from self.teller.tell(self.pages.rest(all_told=self.visits.count <= MOST_VISITS))

    def others(self) -> Iterator[Finding]:
        """What else refers to pages."""
        raise NotImplementedError

    def visit(self, row: Row, thing: Thing) -> bool:
        """Add to `thing` what only this browser says of a visit; whether its kind is one of the browser's."""
        raise NotImplementedError

    def _visit(self, row: Row) -> Thing:
        thing = Thing("visit", row, Absent.OVERWRITTEN, plausible=False)
        url = self.pages.put(thing, number(row, self._page), number(row, self._time))
        thing.value = url or thing.value
        when = thing.at("page visited", self._time, self._epoch)
        if when is not None:
            thing.put("time", shown(when), place(row, self._time))
        known = self.visit(row, thing)
        thing.plausible = when is not None and number(row, self._page) > 0 and known
        before = number(row, "from_visit")
        if before > 0:
            thing.put("from_visit", before, place(row, "from_visit"))
            thing.put("from_url", self.pages.url_of(self.visited.get(before, 0)))
        thing.links = list(links_of("VISITED", url))
        return thing


def told(
    store: Store, teller: Teller, tables: Sequence[Table], history: Callable[[Store, Teller], History] | None
) -> Iterator[Finding]:
    """The findings of these tables and of the history, if there is one; each table is read once."""
    listings = {table: store.listing(table, key, order, MOST_OTHERS) for table, _, key, order in tables}
    read = history(store, teller) if history is not None else None
    if read is not None:
        listings |= read.listings
    store.find_lost(listings)
    if read is not None:
        yield from read.findings()
    for table, tell, _, _ in tables:
        teller.leave_out(table, listings[table])
        yield from teller.tell(map(tell, listings[table].all()))

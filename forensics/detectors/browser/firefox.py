"""Databases of Firefox, Tor Browser and other Mozilla programs: history, bookmarks, downloads, forms, cookies.

| file                | tables                                                                              |
|---------------------|-------------------------------------------------------------------------------------|
| places.sqlite       | moz_places (addresses), moz_historyvisits, moz_bookmarks, moz_annos, moz_inputhistory |
| downloads.sqlite    | moz_downloads (up to version 25)                                                    |
| formhistory.sqlite  | moz_formhistory                                                                     |
| cookies.sqlite      | moz_cookies                                                                         |

Times are microseconds since 1970 (PRTime); a cookie expires after seconds, in newer programs milliseconds. A visit
has a kind (`visit_type`) and the visit that led to it. What the program has not yet moved from `-wal` into its
database is read from there: the finding is then in that file.

Not recorded: pages of private windows, and in Tor Browser's normal mode any visit. Who sat at the machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import ClassVar, NamedTuple

from forensics.detectors.base import Detector, Specimen, Trigger
from forensics.detectors.browser._places import program_of
from forensics.detectors.browser._specimens import FIREFOX
from forensics.detectors.browser._store import Place, Store, is_current, number, open_store, place, text
from forensics.detectors.browser._told import (
    UNIX,
    Teller,
    Thing,
    asked,
    count_more,
    host_of,
    is_address,
    links_of,
    moment,
    names_in,
    shown,
)
from forensics.model import Absent, Finding, Layer, Link, Secret
from forensics.primitives.sqlite.rows import Row

MOST_VISITS = 20_000
MOST_OTHERS = 5_000
DEEPEST = 20
FILES = ("places.sqlite", "downloads.sqlite", "formhistory.sqlite", "cookies.sqlite")
TRANSITIONS = {
    1: "link",
    2: "typed",
    3: "bookmark",
    4: "embedded",
    5: "permanent redirect",
    6: "temporary redirect",
    7: "download",
    8: "link in a frame",
    9: "reload",
}
DOWNLOAD_STATES = {0: "downloading", 1: "complete", 2: "failed", 3: "cancelled", 4: "paused", 6: "blocked"}
_MILLISECONDS = 100_000_000_000  # as seconds this is in the year 5138
_TABLES = ("moz_places", "moz_historyvisits", "moz_bookmarks", "moz_formhistory", "moz_cookies", "moz_downloads")


class _Page(NamedTuple):
    """What a row of moz_places says."""

    url: str
    title: str
    url_at: Place | None
    title_at: Place | None
    last: int  # the time of its last visit


class Firefox:
    """Reads one database."""

    kind: ClassVar[str] = "browser/firefox"
    title: ClassVar[str] = "Firefox or Tor Browser: history, forms, cookies"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"SQLite format 3\x00", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = (
        "Mozilla: toolkit/components/places/nsPlacesTables.h, nsINavHistoryService.idl",
        "Mozilla: toolkit/components/satchel/FormHistory.sys.mjs, netwerk/cookie/CookiePersistentStorage.cpp",
        "https://sqlite.org/fileformat2.html",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = FIREFOX

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """Rows of the database at `at`."""
        store = open_store(layer, at)
        if store is None or not any(store.has(table, *columns) for table, columns in _NEEDED.items()):
            return
        named, program = program_of(layer.locator, at, FILES)
        teller = Teller(self, store, named, program)
        lost = store.lost(_TABLES)
        if store.has("moz_places", "url") and store.has("moz_historyvisits", "place_id", "visit_date"):
            yield from _History(store, teller, lost).findings()
        for table, told, newest in (
            ("moz_downloads", _download, "starttime"),
            ("moz_formhistory", _form_entry, "lastused"),
            ("moz_cookies", _cookie, "lastaccessed"),
        ):
            rows, count = store.newest(table, newest, MOST_OTHERS)
            count_more(teller, table, count, len(rows))
            yield from teller.tell(told(row) for row in (*rows, *lost[table]))
        yield teller.whole()


_NEEDED: dict[str, tuple[str, ...]] = {
    "moz_historyvisits": ("place_id", "visit_date", "visit_type"),
    "moz_formhistory": ("fieldname", "value"),
    "moz_cookies": ("host", "name", "value", "creationtime"),
    "moz_downloads": ("source", "target", "starttime"),
}


class _History:
    """places.sqlite."""

    def __init__(self, store: Store, teller: Teller, lost: dict[str, list[Row]]) -> None:
        self.store, self.teller, self.lost = store, teller, lost
        self.pages: dict[int, _Page] = {}
        self.visited: dict[int, int] = {}  # visit to page
        self.former: dict[int, list[_Page]] = {}  # pages that were deleted or superseded, by their number
        self.by_time: dict[int, _Page] = {}  # the former pages by the time of their last visit
        self.told: set[int] = set()
        self.joined: set[_Page] = set()

    def findings(self) -> Iterator[Finding]:
        """Visits, bookmarks, downloads, what was typed, and addresses without any of these."""
        for row in self.store.current("moz_places"):
            self.pages[number(row, "id")] = _page(row)
        for row in self.lost["moz_places"]:
            page = _page(row)
            self.former.setdefault(number(row, "id"), []).append(page)
            if page.last and is_address(page.url):
                self.by_time.setdefault(page.last, page)
        for row in self.store.current("moz_historyvisits"):
            self.visited[number(row, "id")] = number(row, "place_id")
        yield from self.teller.tell(self._visits())
        yield from self.teller.tell(self._bookmarks())
        yield from self.teller.tell(self._annotated())
        yield from self.teller.tell(self._typed())
        yield from self.teller.tell(self._addresses())

    def _page_of(self, thing: Thing, page: int, when: int = 0) -> str:
        """Put the page of a number, or that was visited last at a time, into a thing; its address."""
        known = self.pages.get(page)
        former = [each for each in self.former.get(page, ()) if is_address(each.url)]
        if known is None and former:
            known = former[0]
            thing.caveats.append("The address is that of a deleted or superseded row with the page's number.")
        if known is None and when in self.by_time:
            known = self.by_time[when]
            thing.caveats.append("The address is that of a deleted row whose last visit has the same time.")
        others = {each.url for each in (*former, known) if each}
        if len(others) > 1 and not is_current(thing.row):
            thing.caveats.append(f"The page's number was given to {len(others)} addresses.")
        if known is None:
            thing.caveats.append("No row has the page's number: its address is not known.")
            return ""
        self.told.add(page)
        self.joined.add(known)
        thing.put("url", known.url, known.url_at)
        thing.put("title", known.title, known.title_at)
        thing.put("search", asked(known.url))
        thing.site = host_of(known.url)
        return known.url

    def _visits(self) -> Iterator[Thing]:
        rows, count = self.store.newest("moz_historyvisits", "visit_date", MOST_VISITS)
        count_more(self.teller, "visit", count, len(rows))
        current = {(number(row, "place_id"), number(row, "visit_date")) for row in rows}
        for row in (*rows, *self.lost["moz_historyvisits"]):
            key = (number(row, "place_id"), number(row, "visit_date"))
            if not is_current(row) and key in current:
                continue  # the same visit before something else of it was changed
            thing = Thing("visit", row, Absent.OVERWRITTEN, plausible=False)
            url = self._page_of(thing, number(row, "place_id"), number(row, "visit_date"))
            if url:
                thing.value = url
            when = thing.at("page visited", "visit_date", UNIX)
            kind = number(row, "visit_type")
            thing.plausible = when is not None and number(row, "place_id") > 0 and kind in TRANSITIONS
            if when is not None:
                thing.put("time", shown(when), place(row, "visit_date"))
            thing.put("transition", TRANSITIONS.get(kind, str(kind)), place(row, "visit_type"))
            before = number(row, "from_visit")
            if before > 0:
                thing.put("from_visit", before, place(row, "from_visit"))
                source = self.pages.get(self.visited.get(before, 0))
                thing.put("from_url", source.url if source else "")
            thing.links = list(links_of("VISITED", url))
            yield thing

    def _bookmarks(self) -> Iterator[Thing]:
        folders: dict[int, tuple[int, str]] = {}
        for row in self.store.current("moz_bookmarks"):
            if number(row, "type") == 2 and len(folders) < MOST_OTHERS:
                folders[number(row, "id")] = (number(row, "parent"), text(row, "title", 255))
        rows, count = self.store.newest("moz_bookmarks", "dateadded", MOST_OTHERS)
        count_more(self.teller, "bookmark", count, len(rows))
        current = {(number(row, "id"), number(row, "fk")) for row in rows}
        for row in (*rows, *self.lost["moz_bookmarks"]):
            if number(row, "type") != 1 or number(row, "fk") <= 0:
                continue
            if not is_current(row) and (number(row, "id"), number(row, "fk")) in current:
                continue
            thing = Thing("bookmark", row, Absent.NONE_STORED, plausible=False)
            url = self._page_of(thing, number(row, "fk"))
            thing.value = url or thing.value
            thing.fields.pop("title", None)
            thing.column("title", "title")
            thing.put("folder", _path(folders, number(row, "parent")))
            added = thing.at("bookmark added", "dateAdded", UNIX)
            if row.get("lastModified") != row.get("dateAdded"):
                thing.at("bookmark changed", "lastModified", UNIX)
            thing.plausible = added is not None and bool(url)
            thing.links = list(links_of("BOOKMARKED", url))
            yield thing

    def _annotated(self) -> Iterator[Thing]:
        """Downloads, which are notes on pages since version 26."""
        names = {number(row, "id"): text(row, "name") for row in self.store.current("moz_anno_attributes")}
        notes: dict[int, dict[str, Row]] = {}
        for row in self.store.current("moz_annos"):
            name = names.get(number(row, "anno_attribute_id"), "")
            if name.startswith("downloads/") and len(notes) < MOST_OTHERS:
                notes.setdefault(number(row, "place_id"), {})[name] = row
        for page, each in sorted(notes.items()):
            target, about = each.get("downloads/destinationFileURI"), each.get("downloads/metaData")
            main = target or about
            if main is None:
                continue
            thing = Thing("download", main, Absent.NONE_STORED, plausible=False)
            url = self._page_of(thing, page)
            thing.value = url or thing.value
            if target is not None:
                thing.put("target", text(target, "content"), place(target, "content"))
            started = thing.at("download started", "dateAdded", UNIX)
            if about is not None:
                _metadata(thing, about)
            thing.plausible = started is not None and bool(url)
            thing.links = list(links_of("DOWNLOADED_FROM", url))
            yield thing

    def _typed(self) -> Iterator[Thing]:
        """What was typed into the address bar before a page was chosen."""
        for count, row in enumerate(self.store.current("moz_inputhistory")):
            if count >= MOST_OTHERS:
                self.teller.store.caveats.append(f"More than {MOST_OTHERS:,} inputs of the address bar.")
                return
            typed = text(row, "input")
            thing = Thing("typed address", row, typed or Absent.NONE_STORED, plausible=bool(typed))
            url = self._page_of(thing, number(row, "place_id"))
            thing.column("input", "input")
            thing.links = [*links_of("VISITED", url), *names_in(typed)]
            yield thing

    def _addresses(self) -> Iterator[Thing]:
        """Addresses that nothing above refers to."""
        count = 0
        for row in self.store.current("moz_places"):
            if number(row, "id") not in self.told and count < MOST_OTHERS:
                count += 1
                yield _address(row)
        present = {(page, each.url) for page, each in self.pages.items()}
        for row in self.lost["moz_places"]:
            key = (number(row, "id"), text(row, "url"))
            if key not in present and _page(row) not in self.joined:
                present.add(key)
                yield _address(row)


def _address(row: Row) -> Thing:
    url = text(row, "url")
    thing = Thing("address", row, url or Absent.OVERWRITTEN, is_address(url), host_of(url))
    thing.column("url", "url")
    thing.column("title", "title")
    thing.put("search", asked(url))
    thing.put("visit_count", number(row, "visit_count"), place(row, "visit_count"))
    thing.at("page last visited", "last_visit_date", UNIX)
    thing.links = list(links_of("ADDRESS_OF", url))
    return thing


def _page(row: Row) -> _Page:
    last = number(row, "last_visit_date")
    return _Page(text(row, "url"), text(row, "title", 500), place(row, "url"), place(row, "title"), last)


def _path(folders: dict[int, tuple[int, str]], number_: int) -> str:
    """The names of folders down to the one of a number."""
    names: list[str] = []
    while number_ in folders and len(names) < DEEPEST:
        number_, name = folders[number_]
        names.insert(0, name)
    return "/".join(names).lstrip("/")


def _metadata(thing: Thing, row: Row) -> None:
    """What `downloads/metaData` says: state, end, size."""
    try:
        stored = json.loads(text(row, "content", 10_000))
    except (ValueError, RecursionError):
        return
    if not isinstance(stored, dict):
        return
    where = place(row, "content")
    if isinstance(stored.get("state"), int):
        thing.put("download_state", DOWNLOAD_STATES.get(stored["state"], str(stored["state"])), where)
    if isinstance(stored.get("fileSize"), int):
        thing.put("size", stored["fileSize"], where)
    if isinstance(stored.get("endTime"), int) and (ended := moment(stored["endTime"], UNIX, 1_000)):
        thing.put("ended", shown(ended), where)


def _download(row: Row) -> Thing:
    """A row of downloads.sqlite."""
    url = text(row, "source")
    thing = Thing("download", row, url or Absent.NONE_STORED, plausible=False, site=host_of(url))
    for name, column in (("url", "source"), ("target", "target"), ("referrer", "referrer"), ("type", "mimeType")):
        thing.column(name, column)
    thing.put("download_state", DOWNLOAD_STATES.get(number(row, "state"), str(number(row, "state"))))
    thing.put("size", number(row, "maxBytes"), place(row, "maxBytes"))
    started = thing.at("download started", "startTime", UNIX)
    thing.at("download ended", "endTime", UNIX)
    thing.plausible = started is not None and is_address(url)
    thing.links = list(links_of("DOWNLOADED_FROM", url))
    return thing


def _form_entry(row: Row) -> Thing:
    """A row of formhistory.sqlite."""
    value = text(row, "value")
    thing = Thing("form entry", row, value or Absent.NONE_STORED, plausible=False)
    thing.column("field", "fieldname")
    thing.column("entry", "value")
    thing.put("times_used", number(row, "timesUsed"), place(row, "timesUsed"))
    first = thing.at("form entry first used", "firstUsed", UNIX)
    if row.get("lastUsed") != row.get("firstUsed"):
        thing.at("form entry last used", "lastUsed", UNIX)
    if text(row, "fieldname") == "searchbar-history":
        thing.put("search", value)
    thing.plausible = first is not None and bool(text(row, "fieldname")) and bool(value)
    thing.links = [*names_in(value), *([Link("ENTERED_IN_FORM", "account", value)] if _names(row) else [])]
    return thing


def _names(row: Row) -> bool:
    """Whether the field of a form asks for the name of an account."""
    return text(row, "fieldname").lower() in ("username", "user", "login", "account", "nick", "nickname", "handle")


def _cookie(row: Row) -> Thing:
    """A row of cookies.sqlite. The value is what opens a session."""
    host = text(row, "host").lstrip(".").lower()
    thing = Thing("cookie", row, host or Absent.NONE_STORED, plausible=False, site=host)
    thing.column("host", "host")
    thing.column("name", "name")
    thing.column("path", "path")
    if secret := text(row, "value"):
        thing.put("value", Secret(secret), place(row, "value"))
    thing.column("origin", "originAttributes")
    expiry = number(row, "expiry")
    expires = moment(expiry, UNIX, 1_000 if expiry > _MILLISECONDS else 1_000_000)
    if expires is not None:
        thing.put("expires", shown(expires), place(row, "expiry"))
    made = thing.at("cookie set", "creationTime", UNIX)
    thing.at("cookie last used", "lastAccessed", UNIX)
    thing.plausible = made is not None and bool(host) and " " not in host
    thing.links = list(links_of("COOKIE_OF", f"//{host}/"))
    return thing


DETECTOR: Detector = Firefox()

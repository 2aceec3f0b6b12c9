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
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger
from forensics.detectors.browser._history import MOST_OTHERS, History, Table, told
from forensics.detectors.browser._places import program_of
from forensics.detectors.browser._specimens import FIREFOX
from forensics.detectors.browser._store import Store, number, open_store, place, text
from forensics.detectors.browser._told import (
    UNIX,
    Teller,
    Thing,
    host_of,
    is_address,
    links_of,
    moment,
    names_in,
    shown,
)
from forensics.model import Absent, Finding, Layer, Link, Secret
from forensics.primitives.sqlite.rows import Row

MARK, FOLDER = 1, 2
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


class Firefox:
    """Reads one database."""

    kind: ClassVar[str] = "browser/firefox"
    title: ClassVar[str] = "Firefox or Tor Browser: history, forms, cookies"
    version: ClassVar[int] = 2
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
        visited = store.has("moz_places", "url") and store.has("moz_historyvisits", "place_id", "visit_date")
        yield from told(store, teller, _TABLES, _History if visited else None)
        yield teller.whole()


_NEEDED: dict[str, tuple[str, ...]] = {
    "moz_historyvisits": ("place_id", "visit_date", "visit_type"),
    "moz_formhistory": ("fieldname", "value"),
    "moz_cookies": ("host", "name", "value", "creationtime"),
    "moz_downloads": ("source", "target", "starttime"),
}


class _History(History):
    """places.sqlite."""

    def __init__(self, store: Store, teller: Teller) -> None:
        super().__init__(
            store,
            teller,
            pages=("moz_places", "last_visit_date"),
            visits=("moz_historyvisits", "place_id", "visit_date"),
            epoch=UNIX,
        )
        self.folders: dict[int, tuple[int, str]] = {}
        self.bookmarks = store.listing(
            "moz_bookmarks", lambda row: (number(row, "fk"), text(row, "title")), "dateadded", MOST_OTHERS, self._folder
        )
        self.listings["moz_bookmarks"] = self.bookmarks

    def _folder(self, row: Row) -> None:
        if number(row, "type") == FOLDER and len(self.folders) < MOST_OTHERS:
            self.folders[number(row, "id")] = (number(row, "parent"), text(row, "title", 255))

    def others(self) -> Iterator[Finding]:
        """Bookmarks, downloads, and what was typed."""
        self.teller.leave_out("bookmark", self.bookmarks)
        marks = (row for row in self.bookmarks.all() if number(row, "type") == MARK and number(row, "fk") > 0)
        yield from self.teller.tell(map(self._bookmark, marks))
        yield from self.teller.tell(self._annotated())
        yield from self.teller.tell(self._typed())

    def visit(self, row: Row, thing: Thing) -> bool:
        """Its kind."""
        kind = number(row, "visit_type")
        thing.put("transition", TRANSITIONS.get(kind, str(kind)), place(row, "visit_type"))
        return kind in TRANSITIONS

    def _bookmark(self, row: Row) -> Thing:
        thing = Thing("bookmark", row, Absent.NONE_STORED, plausible=False)
        url = self.pages.put(thing, number(row, "fk"))
        thing.value = url or thing.value
        thing.fields.pop("title", None)
        thing.fields.pop("title_stands_in", None)
        thing.column("title", "title")
        thing.put("folder", _path(self.folders, number(row, "parent")))
        added = thing.at("bookmark added", "dateAdded", UNIX)
        if row.get("lastModified") != row.get("dateAdded"):
            thing.at("bookmark changed", "lastModified", UNIX)
        thing.plausible = added is not None and bool(url)
        thing.links = list(links_of("BOOKMARKED", url))
        return thing

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
            url = self.pages.put(thing, page)
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
            url = self.pages.put(thing, number(row, "place_id"))
            thing.column("input", "input")
            thing.links = [*links_of("VISITED", url), *names_in(typed)]
            yield thing


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


_TABLES: tuple[Table, ...] = (
    ("moz_downloads", _download, lambda row: (text(row, "source"), number(row, "startTime")), "startTime"),
    (
        "moz_formhistory",
        _form_entry,
        lambda row: (text(row, "fieldname"), text(row, "value"), number(row, "lastUsed")),
        "lastUsed",
    ),
    (
        "moz_cookies",
        _cookie,
        lambda row: (text(row, "host"), text(row, "name"), text(row, "path"), number(row, "lastAccessed")),
        "lastAccessed",
    ),
)

DETECTOR: Detector = Firefox()

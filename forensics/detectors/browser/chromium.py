"""Databases of Chrome, Chromium, Edge, Brave, Opera and Vivaldi: history, downloads, forms, cookies, logins.

| file       | tables                                                                                 |
|------------|----------------------------------------------------------------------------------------|
| History    | urls, visits, visit_source, keyword_search_terms, downloads, downloads_url_chains       |
| Web Data   | autofill (entries of forms), address_type_tokens and its kind, credit_cards            |
| Cookies    | cookies                                                                                |
| Login Data | logins                                                                                 |

Times are microseconds since 1601; those of `autofill` and `credit_cards` are seconds since 1970. A visit has a
kind (`transition`: the low octet, and flags) and the visit that led to it. Values of cookies, passwords and card
numbers begin with "v10", "v11" or "v20", or are a blob of DPAPI: the key is elsewhere.

Not recorded: private windows, and visits older than 90 days. What was synchronised stems from another device; old
versions say so in `visit_source`, newer ones in `originator_cache_guid`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger
from forensics.detectors.browser._history import MOST_OTHERS, History, Table, told
from forensics.detectors.browser._places import program_of
from forensics.detectors.browser._specimens import CHROMIUM
from forensics.detectors.browser._store import Store, number, open_store, place, text
from forensics.detectors.browser._told import (
    UNIX,
    WEBKIT,
    Teller,
    Thing,
    host_of,
    is_address,
    links_of,
    moment,
    names_in,
    shown,
)
from forensics.model import Absent, Finding, Layer, Link, Secret, Sensitivity
from forensics.primitives.sqlite.rows import Row

MOST_CHAIN = 20
FILES = (
    "History",
    "Archived History",
    "Web Data",
    "Account Web Data",
    "Cookies",
    "Login Data",
    "Login Data For Account",
)
TRANSITIONS = (
    "link",
    "typed",
    "bookmark or suggestion",
    "frame loaded by a page",
    "frame chosen by the user",
    "chosen in the address bar",
    "start page",
    "form sent",
    "reload",
    "keyword search",
    "made of a keyword search",
)
FLAGS = (
    (0x00800000, "blocked"),
    (0x01000000, "back or forward"),
    (0x02000000, "from the address bar"),
    (0x04000000, "home page"),
    (0x08000000, "from an API"),
    (0x40000000, "redirect by the page"),
    (0x80000000, "redirect by the server"),
)
SOURCES = (
    "another device",
    "this browser",
    "an extension",
    "import from Firefox",
    "import from IE",
    "import from Safari",
)
DOWNLOAD_STATES = {0: "downloading", 1: "complete", 2: "cancelled", 3: "interrupted", 4: "interrupted"}
_SCHEMES = ((b"v10", "v10"), (b"v11", "v11"), (b"v20", "v20"), (b"\x01\0\0\0\xd0\x8c\x9d\xdf", "DPAPI"))
_NEEDED: dict[str, tuple[str, ...]] = {
    "visits": ("url", "visit_time", "from_visit", "transition"),
    "autofill": ("name", "value"),
    "credit_cards": ("name_on_card", "card_number_encrypted"),
    "cookies": ("creation_utc", "host_key", "name"),
    "logins": ("origin_url", "username_value", "password_value", "signon_realm"),
}
_TOKENS = {3: "given name", 5: "family name", 7: "name", 9: "e-mail", 14: "telephone", 33: "town", 34: "state",
           35: "postcode", 36: "country", 60: "company", 77: "street"}  # fmt: skip


class Chromium:
    """Reads one database."""

    kind: ClassVar[str] = "browser/chromium"
    title: ClassVar[str] = "Chromium browser: history, forms, cookies, logins"
    version: ClassVar[int] = 2
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"SQLite format 3\x00", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = (
        "Chromium: components/history/core/browser/{url,visit,download}_database.cc, ui/base/page_transition_types.h",
        "Chromium: components/autofill/core/browser/webdata, net/extras/sqlite/sqlite_persistent_cookie_store.cc",
        "Chromium: components/password_manager/core/browser/password_store/login_database.cc",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = CHROMIUM

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """Rows of the database at `at`."""
        store = open_store(layer, at)
        if store is None or not any(store.has(table, *columns) for table, columns in _NEEDED.items()):
            return
        if store.has("visits") and not store.has("urls", "url", "last_visit_time"):
            return
        named, program = program_of(layer.locator, at, FILES)
        teller = Teller(self, store, named, program)
        tables = [each for each in _TABLES if store.has(each[0], *_NEEDED[each[0]])]
        yield from told(store, teller, tables, _History if store.has("visits", "url", "visit_time") else None)
        yield from teller.tell(_addresses(store))
        yield teller.whole()


class _History(History):
    """The file History."""

    def __init__(self, store: Store, teller: Teller) -> None:
        super().__init__(
            store, teller, pages=("urls", "last_visit_time"), visits=("visits", "url", "visit_time"), epoch=WEBKIT
        )
        self.downloads = store.listing(
            "downloads", lambda row: (number(row, "id"), number(row, "start_time")), "start_time", MOST_OTHERS
        )
        self.listings["downloads"] = self.downloads
        self.sources = {number(row, "id"): number(row, "source") for row in store.current("visit_source")}
        self.chains: dict[int, list[tuple[int, str]]] = {}
        for row in store.current("downloads_url_chains"):
            chain = self.chains.setdefault(number(row, "id"), [])
            if len(chain) < MOST_CHAIN:
                chain.append((number(row, "chain_index"), text(row, "url")))

    def others(self) -> Iterator[Finding]:
        """Downloads and searches."""
        self.teller.leave_out("download", self.downloads)
        yield from self.teller.tell(map(self._download, self.downloads.all()))
        yield from self.teller.tell(self._searches())

    def visit(self, row: Row, thing: Thing) -> bool:
        """Its kind and flags, how long it was, and from where it stems."""
        kind = number(row, "transition") & 0xFFFFFFFF
        known = kind & 0xFF < len(TRANSITIONS)
        names = [TRANSITIONS[kind & 0xFF] if known else str(kind & 0xFF)]
        names += [name for flag, name in FLAGS if kind & flag]
        thing.put("transition", ", ".join(names), place(row, "transition"))
        thing.column("referrer", "external_referrer_url")
        if duration := number(row, "visit_duration"):
            thing.put("seconds", duration // 1_000_000, place(row, "visit_duration"))
        self._stems_from(thing)
        return known

    def _stems_from(self, thing: Thing) -> None:
        row = thing.row
        source = self.sources.get(number(row, "id"))
        other = text(row, "originator_cache_guid", 100)
        if other:
            thing.put("made_on_device", other, place(row, "originator_cache_guid"))
        if other or source == 0:
            thing.caveats.append("Synchronised from another device: the visit was not made with this one.")
        elif source is not None and source != 1:
            thing.put("source", SOURCES[source] if source < len(SOURCES) else str(source))

    def _download(self, row: Row) -> Thing:
        chain = sorted(self.chains.get(number(row, "id"), []))
        url = chain[-1][1] if chain else text(row, "url")
        thing = Thing("download", row, url or Absent.NONE_STORED, plausible=False, site=host_of(url))
        thing.put("url", url, None if chain else place(row, "url"))
        if len(chain) > 1:
            thing.put("by_way_of", tuple(each for _, each in chain[:-1]))
        for name in ("target_path", "full_path", "referrer", "tab_url", "mime_type", "etag"):
            thing.column({"full_path": "target_path"}.get(name, name), name)
        thing.put("size", number(row, "total_bytes"), place(row, "total_bytes"))
        thing.put("received", number(row, "received_bytes"), place(row, "received_bytes"))
        state = number(row, "state")
        thing.put("download_state", DOWNLOAD_STATES.get(state, str(state)), place(row, "state"))
        if number(row, "opened"):
            thing.put("opened", True, place(row, "opened"))
        epoch, unit = (WEBKIT, 1) if number(row, "start_time") > 10**14 else (UNIX, 1_000_000)
        started = thing.at("download started", "start_time", epoch, unit)
        thing.at("download ended", "end_time", epoch, unit)
        thing.at("download opened", "last_access_time", epoch, unit)
        thing.plausible = started is not None and (not url or is_address(url))
        thing.links = [*links_of("DOWNLOADED_FROM", url), *links_of("DOWNLOADED_ON_PAGE", text(row, "tab_url"))]
        return thing

    def _searches(self) -> Iterator[Thing]:
        """What was searched for in the address bar. The time is the last visit's of the page of results."""
        for count, row in enumerate(self.store.current("keyword_search_terms")):
            if count >= MOST_OTHERS:
                self.store.caveats.append(f"More than {MOST_OTHERS:,} searches.")
                return
            term = text(row, "term") or text(row, "lower_term") or text(row, "normalized_term")
            thing = Thing("search", row, term or Absent.NONE_STORED, plausible=bool(term))
            url = self.pages.put(thing, number(row, "url_id"))
            thing.put("search", term, place(row, "term"))
            thing.links = [*links_of("SEARCHED_WITH", url), *names_in(term)]
            yield thing


def _form_entry(row: Row) -> Thing:
    value = text(row, "value")
    thing = Thing("form entry", row, value or Absent.NONE_STORED, plausible=False)
    thing.column("field", "name")
    thing.column("entry", "value")
    thing.put("times_used", number(row, "count"), place(row, "count"))
    first = thing.at("form entry first used", "date_created", UNIX, 1_000_000)
    if row.get("date_last_used") != row.get("date_created"):
        thing.at("form entry last used", "date_last_used", UNIX, 1_000_000)
    thing.plausible = bool(value) and (first is not None or row.get("date_created") is None)
    account = text(row, "name").lower() in ("username", "user", "login", "account", "nick", "nickname", "handle")
    thing.links = [*names_in(value), *([Link("ENTERED_IN_FORM", "account", value)] if account else [])]
    return thing


def _card(row: Row) -> Thing:
    thing = Thing("payment card", row, Absent.ENCRYPTED, plausible=False, sensitivity=Sensitivity.SECRET)
    thing.column("name", "name_on_card")
    thing.put("expires", f"{number(row, 'expiration_month'):02}/{number(row, 'expiration_year')}")
    _sealed(thing, "number", "card_number_encrypted")
    changed = thing.at("card changed", "date_modified", UNIX, 1_000_000)
    thing.at("card last used", "use_date", UNIX, 1_000_000)
    thing.plausible = changed is not None
    return thing


def _addresses(store: Store) -> Iterator[Thing]:
    """Addresses of people: parts by kind, in the table of any version."""
    for table, parts in (
        ("addresses", "address_type_tokens"),
        ("local_addresses", "local_addresses_type_tokens"),
        ("contact_info", "contact_info_type_tokens"),
    ):
        if not store.has(table, "guid") or not store.has(parts, "guid", "type", "value"):
            continue
        tokens: dict[str, dict[str, str]] = {}
        for row in store.current(parts):
            if len(tokens) < MOST_OTHERS and (value := text(row, "value", 500)):
                kind = _TOKENS.get(number(row, "type"), str(number(row, "type")))
                tokens.setdefault(text(row, "guid", 100), {})[kind] = value
        for count, row in enumerate(store.current(table)):
            person = tokens.get(text(row, "guid", 100), {})
            if count >= MOST_OTHERS or not person:
                continue
            thing = Thing("postal address", row, person.get("name") or Absent.NONE_STORED, plausible=True)
            thing.put("parts", tuple({"part": part, "text": value} for part, value in list(person.items())[:100]))
            thing.at("address changed", "date_modified", UNIX, 1_000_000)
            thing.at("address last used", "use_date", UNIX, 1_000_000)
            thing.links = [link for value in person.values() for link in names_in(value)]
            yield thing


def _cookie(row: Row) -> Thing:
    host = text(row, "host_key").lstrip(".").lower()
    thing = Thing("cookie", row, host or Absent.NONE_STORED, plausible=False, site=host)
    for name, column in (("host", "host_key"), ("name", "name"), ("path", "path"), ("site", "top_frame_site_key")):
        thing.column(name, column)
    _sealed(thing, "value", "encrypted_value")
    if "value_encryption" not in thing.fields and (secret := text(row, "value")):
        thing.put("value", Secret(secret), place(row, "value"))
    expires = moment(number(row, "expires_utc"), WEBKIT)
    if expires is not None:
        thing.put("expires", shown(expires), place(row, "expires_utc"))
    made = thing.at("cookie set", "creation_utc", WEBKIT)
    thing.at("cookie last used", "last_access_utc", WEBKIT)
    thing.plausible = made is not None and bool(host) and " " not in host
    thing.links = list(links_of("COOKIE_OF", f"//{host}/"))
    return thing


def _login(row: Row) -> Thing:
    url = text(row, "origin_url") or text(row, "signon_realm")
    thing = Thing("saved login", row, Absent.NONE_STORED, plausible=False, site=host_of(url))
    thing.sensitivity = Sensitivity.SECRET
    stored = row.get("password_value")
    if _sealed(thing, "password", "password_value"):
        thing.value = Absent.ENCRYPTED
    elif stored:
        thing.value = Secret(text(row, "password_value"))
    elif number(row, "blacklisted_by_user"):
        thing.put("never_saved", True, place(row, "blacklisted_by_user"))
    for name, column in (("url", "origin_url"), ("user", "username_value"), ("form", "action_url")):
        thing.column(name, column)
    if number(row, "times_used"):
        thing.put("times_used", number(row, "times_used"), place(row, "times_used"))
    unit, epoch = (1, WEBKIT) if number(row, "date_created") > 10**14 else (1_000_000, UNIX)
    made = thing.at("login saved", "date_created", epoch, unit)
    thing.at("login last used", "date_last_used", WEBKIT)
    thing.at("password changed", "date_password_modified", WEBKIT)
    thing.plausible = made is not None and is_address(url)
    user = text(row, "username_value")
    thing.links = [*links_of("LOGIN_AT", url), *names_in(user)]
    if user and "@" not in user:
        thing.links.append(Link("ACCOUNT_OF", "account", user))
    return thing


def _sealed(thing: Thing, name: str, column: str) -> bool:
    """Say how a value is encrypted, if it is."""
    stored = thing.row.get(column)
    if not isinstance(stored, bytes):
        return False
    scheme = next((word for mark, word in _SCHEMES if stored.startswith(mark)), "")
    if scheme:
        thing.put(name, Absent.ENCRYPTED, place(thing.row, column))
        thing.put(f"{name}_encryption", scheme, place(thing.row, column))
        thing.put(f"{name}_length", len(stored))
    return bool(scheme)


_TABLES: tuple[Table, ...] = (
    (
        "autofill",
        _form_entry,
        lambda row: (text(row, "name"), text(row, "value"), number(row, "date_last_used")),
        "date_last_used",
    ),
    ("credit_cards", _card, lambda row: (text(row, "guid"), number(row, "date_modified")), "date_modified"),
    (
        "cookies",
        _cookie,
        lambda row: (text(row, "host_key"), text(row, "name"), text(row, "path"), number(row, "last_access_utc")),
        "last_access_utc",
    ),
    (
        "logins",
        _login,
        lambda row: (text(row, "origin_url"), text(row, "username_value"), number(row, "date_last_used")),
        "date_created",
    ),
)

DETECTOR: Detector = Chromium()

"""Findings of a browser's rows: one each, with its own octets, moments and links; and one of the whole database."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, unquote, urlsplit

from forensics.detectors.base import Detector, finding
from forensics.detectors.browser._store import Listing, Place, Store, is_current, place, text
from forensics.model import (
    Absent,
    Check,
    Clock,
    Event,
    Field,
    Finding,
    Grade,
    Link,
    Outcome,
    Secret,
    Sensitivity,
    Value,
)
from forensics.primitives import onion
from forensics.primitives.sqlite.rows import Row, State

MOST = 20_000  # findings of one database
MOST_SITES = 200
MOST_LINKS = 20
LONGEST = 2_048
UNIX = datetime(1970, 1, 1, tzinfo=UTC)
WEBKIT = datetime(1601, 1, 1, tzinfo=UTC)
_EARLIEST, _LATEST = datetime(1995, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,30}:")
_EMAIL = re.compile(
    r"(?<![\w.+-])([A-Za-z0-9][\w.+-]{0,63})@([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})(?![\w@-])"
)
_ONION = re.compile(r"(?<![a-z2-7])([a-z2-7]{56})\.onion\b")
_ASKED = frozenset(("q", "query", "p", "text", "wd", "search", "search_query", "keyword", "keywords"))
_LOST = {
    State.DELETED: "Not a row of its table any more: its octets stand in space that the database may use again.",
    State.BEFORE: "On a page as it was before a transaction, in the rollback journal: what the row was, or one deleted now.",
    State.STALE: "On a superseded version of a page: what the row was, or a row that is deleted now.",
}


def moment(stored: int, epoch: datetime, unit: int = 1) -> datetime | None:
    """The time of `stored` units of so many microseconds since `epoch`; None where it cannot be one of a browser."""
    try:
        when = epoch + timedelta(microseconds=stored * unit)
    except OverflowError:
        return None
    return when if _EARLIEST <= when < _LATEST else None


def shown(when: datetime) -> str:
    """A moment as text, in UTC."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def is_address(url: str) -> bool:
    """Whether text begins like the address of a page."""
    return _SCHEME.match(url) is not None


def host_of(url: str) -> str:
    """The host of an address, in lower case; empty where there is none."""
    try:
        return (urlsplit(url).hostname or "")[:253]
    except ValueError:
        return ""


def asked(url: str) -> str:
    """What was searched for, where the address says so."""
    try:
        query = parse_qsl(urlsplit(url).query, max_num_fields=100)
    except ValueError:
        return ""
    return next((value[:LONGEST] for name, value in query if name.lower() in _ASKED and value), "")


def links_of(rule: str, url: str) -> Iterator[Link]:
    """To the host of an address, as an onion name where it is one, and to mail addresses in it."""
    host = host_of(url)
    if host.endswith(".onion"):
        label = host.split(".")[-2]
        version = "v3" if onion.decode(label.encode("ascii", "replace")) else "v2" if len(label) == 16 else ""
        yield Link(rule, f"onion/{version}" if version else "host", f"{label}.onion" if version else host)
    elif host:
        yield Link(rule, "host", host)
    yield from names_in(unquote(url[:LONGEST]))


def names_in(words: str) -> Iterator[Link]:
    """To mail addresses and onion names that are written in a text."""
    for match in _EMAIL.finditer(words[:LONGEST]):
        yield Link("NAMES", "contact/email", f"{match[1]}@{match[2].lower()}")
    for match in _ONION.finditer(words[:LONGEST].lower()):
        if onion.decode(match[1].encode("ascii")) and host_of(words) != f"{match[1]}.onion":
            yield Link("NAMES", "onion/v3", f"{match[1]}.onion")


@dataclass(slots=True)
class Thing:
    """What one row tells. `plausible` says that its times and addresses are such."""

    what: str
    row: Row
    value: str | Secret | Absent
    plausible: bool
    site: str = ""
    fields: dict[str, Field] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    caveats: list[str] = field(default_factory=list)
    sensitivity: Sensitivity = Sensitivity.PERSONAL

    def put(self, name: str, value: Value, where: Place | None = None) -> None:
        """A field that is not empty; octets in the other file are named in a field of their own."""
        if value == "":
            return
        same = where is not None and where.log == self.row.log
        self.fields[name] = Field(value, where.run if where is not None and same else None)
        if where is not None and not same:
            self.fields[f"{name}_stands_in"] = Field(
                {
                    "file": "write-ahead log" if where.log else "database",
                    "offset": where.run.offset,
                    "length": where.run.length,
                }
            )

    def column(self, name: str, column: str) -> None:
        """A field of a column's text."""
        self.put(name, text(self.row, column), place(self.row, column))

    def at(self, meaning: str, column: str, epoch: datetime, unit: int = 1) -> datetime | None:
        """An event of a column's time, if it has one."""
        stored = self.row.get(column)
        when = moment(stored, epoch, unit) if isinstance(stored, int) and stored else None
        if when is not None:
            self.events.append(Event(when, timedelta(microseconds=unit), meaning, str(stored), Clock.DEVICE))
        return when


@dataclass(slots=True)
class Teller:
    """Makes findings of things, and counts them."""

    detector: Detector
    store: Store
    named: bool  # whether the file's name is one of the browser's own
    program: str
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    sites: Counter[str] = field(default_factory=Counter)
    left: int = MOST
    omitted: Counter[str] = field(default_factory=Counter)
    doubtful: int = 0
    by_site: tuple[dict[str, str | int], ...] = ()  # of all visits, where not each is a finding

    def tell(self, things: Iterator[Thing]) -> Iterator[Finding]:
        """A finding for each thing that can be one, up to the bound."""
        for thing in things:
            if not thing.plausible and not is_current(thing.row):
                self.doubtful += 1  # octets that only look like a row
                continue
            self.counts.setdefault(thing.what, Counter())[thing.row.state.value] += 1
            if thing.site:
                self.sites[thing.site] += 1
            if self.left <= 0:
                self.omitted[thing.what] += 1
                continue
            self.left -= 1
            yield self._finding(thing)

    def _finding(self, thing: Thing) -> Finding:
        row = thing.row
        sound = is_current(row) or (row.sure and row.whole)
        grade = Grade.C1
        if thing.plausible and sound:
            grade = Grade.C3 if self.named and is_current(row) else Grade.C2
        caveats = list(thing.caveats)
        if row.state in _LOST:
            caveats.append(_LOST[row.state])
        if not row.whole:
            caveats.append("A part of the row is overwritten or missing.")
        if not row.sure:
            caveats.append("Its table was inferred from the form of the row alone.")
        fields = {"what": Field(thing.what), "state": Field(row.state.value), **thing.fields}
        fields["table"] = Field(row.table)
        if row.rowid is not None:
            fields["row"] = Field(row.rowid)
        if self.program:
            fields["program"] = Field(self.program)
        return finding(
            self.detector,
            self.store.layer_of(row),
            row.span.offset,
            row.span.length,
            grade=grade,
            value=thing.value,
            checks=(
                Check("header and schema", Outcome.PASS, 60),
                Check("times and addresses", Outcome.PASS if thing.plausible else Outcome.FAIL, 20),
            ),
            fields=fields,
            events=tuple(thing.events),
            links=tuple(dict.fromkeys(thing.links))[:MOST_LINKS],
            caveats=tuple(caveats),
            sensitivity=thing.sensitivity,
        )

    def leave_out(self, what: str, listing: Listing) -> None:
        """Count the rows of a table that are not among the newest."""
        left = listing.count - len(listing.rows)
        if left > 0:
            self.omitted[what] += left
            self.counts.setdefault(what, Counter())["not listed"] += left

    def whole(self) -> Finding:
        """The finding of the database: what it holds, and what was left out."""
        database = self.store.database
        fields: dict[str, Field] = {
            "what": Field("database"),
            "rows": Field(
                tuple(
                    {"what": what, "state": state, "rows": count}
                    for what, counts in self.counts.items()
                    for state, count in counts.items()
                )
            ),
            "write_ahead_log": Field(database.wal is not None),
        }
        if self.sites:
            fields["sites"] = Field(
                tuple({"site": site, "rows": count} for site, count in self.sites.most_common(MOST_SITES))
            )
        if self.by_site:
            fields["visits_by_site"] = Field(self.by_site)
        if self.program:
            fields["program"] = Field(self.program)
        if database.faults:
            fields["faults"] = Field(tuple(sorted(database.faults)))
        caveats = list(self.store.caveats)
        for what, count in self.omitted.items():
            caveats.append(
                f"{what}: {count:,} older rows are counted and not listed; those of onion services are listed first."
            )
        if self.doubtful:
            caveats.append(f"{self.doubtful:,} remnants with the form of a row were left out: no time or address fits.")
        return finding(
            self.detector,
            self.store.layer,
            self.store.at,
            100,
            grade=Grade.C3 if self.named else Grade.C2,
            value=Absent.NONE_STORED,
            checks=(Check("header and schema", Outcome.PASS, 60),),
            fields=fields,
            caveats=tuple(caveats),
            sensitivity=Sensitivity.PERSONAL,
        )

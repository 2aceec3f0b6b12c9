"""Conversations out of SQLite databases by a description of each program's tables.

A `Store` names the tables that tell a program, how its messages are read (`Messages`) and its lists of people
(`People`). Of each conversation comes a finding with its messages, each with its sender, its time and whose clock
that is, its table and row, its octets, and whether the row is live, in the write-ahead log, superseded, in the rollback journal or deleted.
One more finding says what the store as a whole is: accounts, contacts, numbers of rows that are missing.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Specimen, Trigger, finding, log_beside, passed
from forensics.detectors.chat._log import shown_time
from forensics.detectors.chat._rows import Tables, Unit, View, has_zone, moment
from forensics.detectors.chat._stamped import OWN, bare
from forensics.model import (
    Absent,
    Check,
    Clock,
    Event,
    Field,
    Finding,
    Grade,
    Layer,
    Link,
    Outcome,
    Secret,
    Sensitivity,
    Value,
)
from forensics.primitives.sqlite.database import Database, open_database
from forensics.primitives.sqlite.rows import NOT_CURRENT, Row, State

MOST_MESSAGES = 20_000  # of a conversation
MOST_CONVERSATIONS = 2_000
MOST_TEXT = 96 << 20  # letters of all messages of a store
MOST_EVENTS = 2_000  # of a conversation
MOST_PEOPLE = 5_000
LONGEST_TEXT = 4_096
LONGEST_NAME = 256
MOST_MISSING = 200

Read = Callable[[View], str]
Needs = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Time:
    """A time of a message: what it means, the path to it, how it is written, whose clock it is."""

    path: str
    unit: Unit
    clock: Clock
    meaning: str = "message"


@dataclass(frozen=True, slots=True)
class Messages:
    """How a table's rows are messages. A `str` is a path (see `View.value`), a function is given the row.

    `own` gives whether the account's owner sent it; `peer` is the other side or the room, `name` what it is called.
    `times` starts with the one that messages are ordered by. `keep` leaves out rows that are none.
    """

    table: str
    text: str | Read
    peer: str | Read
    times: tuple[Time, ...]
    sender: str | Read = ""
    own: Callable[[View], bool | None] | None = None
    account: str | Read = ""
    name: str = ""
    extra: Mapping[str, str | Read] = field(default_factory=dict)
    keep: Callable[[View], bool] | None = None


@dataclass(frozen=True, slots=True)
class People:
    """How a table's rows are accounts (`own`) or contacts: the path to the address, and further ones by name."""

    table: str
    address: str
    extra: Mapping[str, str] = field(default_factory=dict)
    own: bool = False
    secret: frozenset[str] = frozenset({"password"})


@dataclass(slots=True)
class _Said:
    text: str
    sender: str
    when: datetime | None
    stored: str
    clock: Clock
    row: Row
    own: bool | None
    extra: dict[str, Value]
    events: list[Event]


class Store:
    """A program's database. A detector for each is made by setting these."""

    kind: ClassVar[str]
    title: ClassVar[str]
    version: ClassVar[int] = 2
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"SQLite format 3\x00", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]]
    specimens: ClassVar[tuple[Specimen, ...]]
    program: ClassVar[str]
    needs: ClassVar[Needs]  # tables and columns that tell it
    messages: ClassVar[tuple[Messages, ...]]
    people: ClassVar[tuple[People, ...]] = ()
    counted: ClassVar[bool] = True  # a number that is missing among a table's rows was one
    folders: ClassVar[tuple[str, ...]] = ()  # parts of the path, lower-case, that agree

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The conversations of a database that starts at `at`, and the store as a whole."""
        if layer.read(at, 16) != b"SQLite format 3\0":
            return
        opened = tables_at(layer, at)
        if opened is None:
            return
        tables, log = opened
        if not self.matches(tables):
            return
        reading = _Reading(self, layer, log, at, tables.database, tables)
        yield from reading.conversations()
        yield reading.whole()

    def matches(self, tables: Tables) -> bool:
        """Whether the tables are this program's."""
        return all(tables.has(name, columns) for name, columns in self.needs.items())

    def facts(self, tables: Tables) -> Mapping[str, Value]:
        """Further fields of the store as a whole."""
        return {}

    def account(self, path: str, tables: Tables) -> str:
        """The own account as the path or a table of settings says it; empty where they do not."""
        return ""


class _Last:
    """The database that was opened last: each description asks for the same one, most of them in vain."""

    def __init__(self) -> None:
        self._place: tuple[Layer, int] | None = None
        self._held: tuple[Tables, Layer | None] | None = None

    def get(self, layer: Layer, at: int) -> tuple[Tables, Layer | None] | None:
        """Tables of the database at `at`, and its write-ahead log; None where there is no database."""
        if self._place is None or self._place[0] is not layer or self._place[1] != at:
            log = log_beside(layer, at)
            database = open_database(layer, log, at)
            self._held = None if database is None else (Tables(database), log)
            self._place = layer, at
        return self._held


_LAST = _Last()


def tables_at(layer: Layer, at: int) -> tuple[Tables, Layer | None] | None:
    """Tables of the database at `at`, and its write-ahead log; None where there is no database."""
    return _LAST.get(layer, at)


class _Reading:
    """One database being read."""

    def __init__(
        self, store: Store, layer: Layer, log: Layer | None, at: int, database: Database, tables: Tables
    ) -> None:
        self.store, self.layer, self.log, self.at = store, layer, log, at
        self.database, self.tables = database, tables
        self.step = layer.locator.step
        self.agrees = any(each in self.step.lower() for each in store.folders)
        self.own_account = tables.owner = store.account(self.step, tables)
        self.counts = dict.fromkeys(State, 0)
        self.missing: list[Value] = []
        self.more = 0

    def conversations(self) -> Iterator[Finding]:
        """One finding for each account and other side."""
        found: dict[tuple[str, str], list[_Said]] = {}
        names: dict[tuple[str, str], str] = {}
        held = 0
        for each in self.store.messages:
            if not self.tables.has(each.table):
                continue
            numbers: set[int] = set()
            for row in self.tables.rows(each.table):
                if row.rowid is not None and row.state in (State.LIVE, State.WAL):
                    numbers.add(row.rowid)
                view = View(self.tables, row)
                if each.keep is not None and not each.keep(view):
                    continue
                account = _read(each.account, view) or self.own_account
                said = self._said(each, view, account)
                if said is None:
                    continue
                key = (account, _read(each.peer, view))
                held += len(said.text)
                if held > MOST_TEXT or (key not in found and len(found) >= MOST_CONVERSATIONS):
                    self.more += 1
                    continue
                self.counts[row.state] += 1
                found.setdefault(key, []).append(said)
                if each.name and key not in names and (name := view.text(each.name)):
                    names[key] = name
            if self.store.counted:
                self._gaps(each.table, numbers)
        for key, all_said in found.items():
            yield self._conversation(key[0], key[1], names.get(key, ""), all_said)

    def _said(self, spec: Messages, view: View, account: str) -> _Said | None:
        own = spec.own(view) if spec.own else None
        text = _read(spec.text, view)[:LONGEST_TEXT]
        when, stored, clock, events = None, "", spec.times[0].clock, []
        for number, time in enumerate(spec.times):
            value = view.value(time.path)
            moment_ = moment(value, time.unit)
            if number == 0 or (when is None and moment_ is not None):
                when, stored, clock = moment_, "" if value is None else str(value)[:40], time.clock
            if moment_ is not None:
                second = timedelta(seconds=1) if time.unit is Unit.SECONDS else timedelta(milliseconds=1)
                zone = "utc" if time.unit is not Unit.TEXT or has_zone(value) else "unknown"
                events.append(Event(moment_, second, time.meaning, str(value)[:40], time.clock, zone))
        current = view.row.state in (State.LIVE, State.WAL)
        if when is None and (not text or (not current and ">" not in spec.times[0].path)):
            return None  # nothing is said; or what was taken for a row need not be one
        sender = _read(spec.sender, view) or (account or OWN if own else _read(spec.peer, view) if own is False else "")
        extra: dict[str, Value] = {}
        for name, path in spec.extra.items():
            if told := _read(path, view):
                extra[name] = told[:LONGEST_NAME]
        return _Said(text, sender[:LONGEST_NAME], when, stored, clock, view.row, own, extra, events)

    def _gaps(self, table: str, numbers: set[int]) -> None:
        """Numbers of rows that are not there between the first and the last."""
        ordered = sorted(numbers)
        for one, other in itertools.pairwise(ordered):
            if other - one > 1 and len(self.missing) < MOST_MISSING:
                gap = str(one + 1) if other - one == 2 else f"{one + 1} to {other - 1}"
                self.missing.append(f"{table}: {gap}")

    def _conversation(self, account: str, peer: str, name: str, all_said: list[_Said]) -> Finding:
        all_said.sort(key=lambda each: (each.when is None, each.when or 0, each.row.rowid or 0))
        shown = all_said[:MOST_MESSAGES]
        where = self._layer(all_said)
        spans = [each.row.span for each in all_said if each.row.log == (where is self.log)]
        start = min(each.offset for each in spans)
        end = max(each.end for each in spans)
        states = dict.fromkeys(State, 0)
        for each in all_said:
            states[each.row.state] += 1
        senders = dict.fromkeys(each.sender for each in shown if each.sender)
        zones = {event.zone for each in shown for event in each.events}
        fields: dict[str, Field] = {
            "program": Field(self.store.program),
            "messages": Field(tuple(_mapping(each) for each in shown)),
            "message_count": Field(len(all_said)),
            "senders": Field(tuple(senders)[:500]),
            "zone": Field("unknown" if "unknown" in zones else "utc"),
        }
        for label, text in (("account", account), ("peer", peer), ("name", name)):
            if text:
                fields[label] = Field(text[:LONGEST_NAME])
        for state in (State.WAL, State.STALE, State.BEFORE, State.DELETED):
            if states[state]:
                fields[f"messages_{_WORDS[state]}"] = Field(states[state])
        dated = [each.when for each in shown if each.when]
        for label, moments in (("first", dated[:1]), ("last", dated[-1:])):
            for when in moments:
                fields[label] = Field(f"{when:%Y-%m-%dT%H:%M:%SZ}")
        events = [event for each in shown if each.row.state is not State.STALE for event in each.events]
        caveats = []
        if len(all_said) > len(shown):
            caveats.append(f"Only the first {MOST_MESSAGES:,} messages are listed; {len(all_said):,} are there.")
        if any(states[each] for each in NOT_CURRENT):
            caveats.append("Rows that are not current are read by their shape; values may be lost or of another row.")
        links = [Link("CONVERSATION_OF", "account", bare(account))] if account else []
        links += [Link("CONVERSATION_WITH", "account", bare(peer))] if peer else []
        return finding(
            self.store,
            where,
            start,
            end - start,
            grade=Grade.C3 if self.agrees else Grade.C2,
            value=bare(peer) or Absent.NONE_STORED,
            checks=(passed("tables and columns", 60), *self._checked()),
            fields=fields,
            events=tuple(events[:MOST_EVENTS]),
            links=tuple(links),
            caveats=tuple(caveats),
            sensitivity=Sensitivity.PERSONAL,
        )

    def _layer(self, all_said: list[_Said]) -> Layer:
        """The file that has rows of the conversation: the database, unless all are in the log."""
        if self.log is not None and all(each.row.log for each in all_said):
            return self.log
        return self.layer

    def _checked(self) -> Iterator[Check]:
        yield Check("path", Outcome.PASS if self.agrees else Outcome.NOT_APPLICABLE, 20)

    def whole(self) -> Finding:
        """The store: accounts, contacts, how many messages are in which state."""
        fields: dict[str, Field] = {
            "program": Field(self.store.program),
            "messages_in_all": Field(sum(self.counts.values())),
        }
        for state in State:
            fields[f"messages_{_WORDS[state]}"] = Field(self.counts[state])
        accounts, contacts, secret = self._people()
        if accounts:
            fields["accounts"] = Field(tuple(accounts))
        if contacts:
            fields["contacts"] = Field(tuple(contacts))
        fields.update((name, Field(value)) for name, value in self.store.facts(self.tables).items())
        if self.missing:
            fields["missing_rows"] = Field(tuple(self.missing))
        owner = self.own_account or next((str(each["address"]) for each in accounts if isinstance(each, dict)), "")
        caveats = [f"In the database: {each}." for each in sorted(self.database.faults)[:20]]
        caveats += [f"Not all is read: {each}." for each in sorted(self.tables.more)]
        if self.more:
            caveats.append(f"{self.more:,} messages are not told: the store is larger than what is held at once.")
        if not self.tables.carve:
            caveats.append("The database is too large to look for deleted rows here.")
        size = min(self.database.file_pages * self.database.header.page_size, self.layer.size - self.at)
        return finding(
            self.store,
            self.layer,
            self.at,
            size,
            grade=Grade.C3 if self.agrees else Grade.C2,
            value=bare(owner) or Absent.NONE_STORED,
            checks=(passed("tables and columns", 60), *self._checked()),
            fields=fields,
            links=(
                *((Link("ACCOUNT_OF", "account", bare(owner)),) if owner else ()),
                *(Link("CONTACT_OF", "account", bare(str(each["address"]))) for each in contacts[:500]),
            ),
            caveats=tuple(caveats),
            sensitivity=Sensitivity.SECRET if secret else Sensitivity.PERSONAL,
        )

    def _people(self) -> tuple[list[dict[str, Value]], list[dict[str, Value]], bool]:
        accounts: list[dict[str, Value]] = []
        contacts: list[dict[str, Value]] = []
        secret = False
        for each in self.store.people:
            for row in self.tables.rows(each.table):
                view = View(self.tables, row)
                address = view.text(each.address)[:LONGEST_NAME]
                listed = accounts if each.own else contacts
                if not address or len(listed) >= MOST_PEOPLE:
                    continue
                told: dict[str, Value] = {"address": address, "state": row.state.value}
                for name, path in each.extra.items():
                    if text := view.text(path)[:LONGEST_NAME]:
                        told[name] = Secret(text) if name in each.secret else text
                        secret = secret or name in each.secret
                told["span_offset"], told["span_length"] = row.span.offset, row.span.length
                listed.append(told)
        return accounts, contacts, secret


_WORDS = {
    State.LIVE: "live",
    State.WAL: "in_write_ahead_log",
    State.STALE: "superseded",
    State.BEFORE: "before_a_transaction",
    State.DELETED: "deleted",
}


def _mapping(said: _Said) -> Value:
    """A message as it stands in the field `messages`."""
    row = said.row
    where = ("rollback journal" if row.state is State.BEFORE else "write-ahead log") if row.log else ""
    source = f"{row.table}, row {row.rowid}" if row.rowid is not None else f"{row.table}, row number lost"
    zone = next((event.zone for event in said.events if event.when == said.when), "utc")
    told: dict[str, Value] = {
        "time": shown_time(said.when, said.stored, zone),
        "time_stored": said.stored,
        "clock": said.clock.value,
        "sender": said.sender,
        "text": said.text,
        "table": row.table,
        "row_number": row.rowid if row.rowid is not None else Absent.OVERWRITTEN,
        "source": f"{source}, {where}" if where else source,
        "state": row.state.value,
        "span_offset": row.span.offset,
        "span_length": row.span.length,
        **said.extra,
    }
    if said.own is not None:
        told["own"] = said.own
    if row.state in NOT_CURRENT:
        told["recovered"] = True
    if not row.whole:
        told["whole"] = False
    if row.log:
        told["span_in"] = where
    return told


def _read(how: str | Read, view: View) -> str:
    return (view.text(how) if how else "") if isinstance(how, str) else how(view)


def seconds(path: str, clock: Clock = Clock.SENDER, meaning: str = "message") -> Time:
    """Seconds since 1970."""
    return Time(path, Unit.SECONDS, clock, meaning)


def milliseconds(path: str, clock: Clock = Clock.SENDER, meaning: str = "message") -> Time:
    """Milliseconds since 1970."""
    return Time(path, Unit.MILLISECONDS, clock, meaning)


def is_(path: str, *values: object) -> Callable[[View], bool | None]:
    """Whether a value is one of these; None where there is none."""

    def told(view: View) -> bool | None:
        value = view.value(path)
        return None if value is None else value in values

    return told

"""Tables of a shop's database as a finding: roles, counts, some rows of each, secrets masked, times and links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from forensics.detectors.base import passed
from forensics.detectors.market import _roles, _values
from forensics.model import ByteRun, Check, Clock, Event, Field, Grade, Link, Secret, Value

SHOWN_ROWS = 200
LONGEST = 300
MOST_EVENTS = 1_000
MOST_LINKS = 500
PARTS = 7
CAVEATS = (
    "A shop that trades lawfully has tables of these forms too; the names of tables and columns are all that is known.",
    "Times have no zone where the database stores none: the server's, often UTC.",
)
_SECRET = re.compile(
    r"(?i)pass(?:wd|word|_hash|phrase)?$|password|secret|mnemonic|private_?key|priv_key|seed|(?:^|_)pin$|token|nsec|salt|hash$"
)
_NAME = ("username", "user_name", "name", "login", "handle", "nickname", "vendor_name", "seller_name")
_TIMES = (
    "created_at",
    "created",
    "date",
    "registered_at",
    "register_date",
    "time",
    "timestamp",
    "placed_at",
    "sent_at",
)
_SEEN = ("last_seen", "last_login", "last_active")
_MEANINGS = {
    "users": "account.created", "vendors": "account.created", "orders": "order.created", "messages": "message.sent",
    "feedback": "feedback.posted", "disputes": "order.disputed", "listings": "listing.created", "coins": "payment.recorded",
}  # fmt: skip
_KINDS = {"users": "users", "vendors": "vendors", "listings": "listings", "orders": "orders", "feedback": "feedback",
          "messages": "messages", "disputes": "disputes", "coins": "coin_records"}  # fmt: skip
_WALL = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?(?:\.\d{1,9})?)?\s{0,2}(Z|[+-]\d\d(?::?\d\d)?)?"
)


@dataclass(frozen=True, slots=True)
class Held:
    """A table that was read: some rows with their places (None where not contiguous), and how many there are."""

    name: str
    columns: tuple[str, ...]
    count: int
    rows: Sequence[tuple[Sequence[str | None], ByteRun | None]]
    span: ByteRun | None


def graded(parts: set[str], onions: bool) -> Grade | None:
    """C3 with an onion name in it, C2 from four parts, C1 from three; nothing without offers and orders or vendors."""
    if not parts & {"offers", "orders with a state"}:
        return None
    if len(parts) >= 4 and parts & {"escrow or disputes", "addresses of coins", "users with a key"}:
        return Grade.C3 if onions else Grade.C2
    return Grade.C1 if len(parts) >= 3 else None


def checks(parts: set[str]) -> tuple[Check, ...]:
    """One for each part."""
    return tuple(passed(each, 6) for each in sorted(parts))


class Told:
    """What the tables say."""

    def __init__(self, tables: Sequence[Held]) -> None:
        """Sort the tables by role."""
        self.tables = tables
        self.roles = {each.name: _roles.role(each.name, each.columns) for each in tables}
        self.parts = _roles.parts({each.name: each.columns for each in tables})
        self.onions: dict[str, None] = {}
        self.secret = False
        for _, text in self._texts():
            if ".onion" in text and len(self.onions) < 100:
                self.onions.update((name, None) for name, _, _ in _values.onions(text[:20_000]))

    def _texts(self) -> Iterator[tuple[str, str]]:
        for table in self.tables:
            for values, _ in table.rows:
                for column, value in zip(table.columns, values, strict=False):
                    if value:
                        yield column, value

    def fields(self) -> dict[str, Field]:
        """Counts by role, and rows of each role."""
        found: dict[str, Field] = {
            "tables_count": Field(len(self.tables)),
            "tables": Field({each.name[:64]: f"{each.count} rows" for each in self.tables[:300]}),
            "roles": Field({name[:64]: each for name, each in self.roles.items() if each}),
        }
        for role, name in _KINDS.items():
            members = [each for each in self.tables if self.roles[each.name] == role]
            if not members:
                continue
            main = max(members, key=lambda each: each.count)
            found[f"{name}_count"] = Field(sum(each.count for each in members if each is main))
            if main.rows:
                found[name] = Field(tuple(self._row(main, *each) for each in main.rows[:SHOWN_ROWS]), main.span)
        if self.onions:
            found["onions"] = Field(tuple(self.onions))
        return found

    def _row(self, table: Held, values: Sequence[str | None], span: ByteRun | None) -> Value:
        found: dict[str, Value] = {}
        for column, value in zip(
            table.columns or tuple(f"column_{n}" for n in range(len(values))), values, strict=False
        ):
            if not value:
                continue
            if _SECRET.search(column):
                self.secret = True
                found[column] = Secret(value[:LONGEST])
            else:
                found[column] = value[:LONGEST]
            if len(found) >= 40:
                break
        if span is not None:
            found["offset"], found["length"] = span.offset, span.length
        return found

    def events(self) -> tuple[Event, ...]:
        """Times that rows assert, by the server's clock."""
        found: list[Event] = []
        for table in self.tables:
            meaning = _MEANINGS.get(self.roles[table.name])
            place = next((table.columns.index(each) for each in _TIMES if each in table.columns), -1)
            seen = next((table.columns.index(each) for each in _SEEN if each in table.columns), -1)
            if meaning is None:
                continue
            for values, _ in table.rows[:SHOWN_ROWS]:
                for index, what in ((place, meaning), (seen, "account.last_seen")):
                    event = _event(values[index], what) if 0 <= index < len(values) else None
                    if event is not None and len(found) < MOST_EVENTS:
                        found.append(event)
        return tuple(found)

    def links(self) -> tuple[Link, ...]:
        """Accounts, addresses of coins and onion names in the rows."""
        found: dict[Link, None] = {}
        for table in self.tables:
            if self.roles[table.name] in ("users", "vendors"):
                index = next((table.columns.index(each) for each in _NAME if each in table.columns), -1)
                for values, _ in table.rows[:SHOWN_ROWS]:
                    if 0 <= index < len(values) and values[index]:
                        found.setdefault(Link("HAS_ACCOUNT", "account", str(values[index])[:100].lower()))
        for column, text in self._texts():
            if not _SECRET.search(column) and 26 <= len(text) <= 110 and _values.ADDRESS.fullmatch(text):
                found.setdefault(Link("NAMES", "address", text))
            if len(found) >= MOST_LINKS:
                break
        for name in self.onions:
            found.setdefault(Link("NAMES", "onion/v3" if len(name) == 62 else "onion/v2", name))
        return tuple(found)[:MOST_LINKS]


def _event(text: str | None, meaning: str) -> Event | None:
    if not text:
        return None
    match = _WALL.fullmatch(text)
    try:
        if match:
            year, month, day, hour, minute, second = (int(each or 0) for each in match.groups()[:6])
            when = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
            zone = "unknown"
            if match[7]:
                sign = -1 if match[7][0] == "-" else 1
                digits = re.sub(r"\D", "", match[7]).ljust(4, "0")
                when -= sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]))
                zone = "utc"
            precision = timedelta(seconds=1) if match[4] else timedelta(days=1)
            return Event(when, precision, meaning, text[:80], Clock.SERVER, zone)
        if text.isdigit() and len(text) in (10, 13) and text[0] in "12":
            seconds = int(text) // (1000 if len(text) == 13 else 1)
            return Event(datetime.fromtimestamp(seconds, UTC), timedelta(seconds=1), meaning, text, Clock.SERVER)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def value(tables: Mapping[str, str]) -> str:
    """The names of the tables that play roles, as one text."""
    return ", ".join(sorted(name for name, role in tables.items() if role))[:200]

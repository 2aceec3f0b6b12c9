"""What an order allows to be examined, as a document: read, checked, compared with the one before it.

The document is TOML or JSON of one form, described in `resources/docs/scope.md`. What it says of paths, kinds and
times is judged in `forensics.authority.verdict`.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time
from typing import Any, ClassVar

from forensics.errors import UsageError

LARGEST = 256 << 10  # octets of a document
MOST, LONGEST = 2_000, 1_000  # rules of one list, characters of one
_DAY_END = time(23, 59, 59, 999_999)


@dataclass(frozen=True, slots=True)
class Lists:
    """What is included and what is excluded; without `include` everything is that is not excluded."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Privilege:
    """What marks an entry or a finding as possibly privileged."""

    terms: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """An authority. Moments are aware and in UTC; both ends of a window belong to it; None leaves it open.

    `files` says whether the window of dates counts for files by their own times, `free_space` whether bytes that
    no file holds may be searched.
    """

    id: str
    authority: str
    issued_by: str
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    exhibits: tuple[str, ...] = ()
    paths: Lists = Lists()
    kinds: Lists = Lists()
    date_from: datetime | None = None
    date_to: datetime | None = None
    files: bool = True
    free_space: bool = True
    privilege: Privilege = Privilege()

    KEYS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "": ("id", "authority", "issued_by", "valid_from", "valid_to", "exhibits", "free_space"),
        "paths": ("include", "exclude"),
        "kinds": ("include", "exclude"),
        "dates": ("from", "to", "files"),
        "privilege": ("terms", "addresses", "domains"),
    }

    def stated(self) -> dict[str, Any]:
        """The document again, as the ledger holds it: every key, moments as text."""
        return {
            "id": self.id,
            "authority": self.authority,
            "issued_by": self.issued_by,
            "valid_from": _text(self.valid_from),
            "valid_to": _text(self.valid_to),
            "exhibits": list(self.exhibits),
            "free_space": self.free_space,
            "paths": {"include": list(self.paths.include), "exclude": list(self.paths.exclude)},
            "kinds": {"include": list(self.kinds.include), "exclude": list(self.kinds.exclude)},
            "dates": {"from": _text(self.date_from), "to": _text(self.date_to), "files": self.files},
            "privilege": {each.name: list(getattr(self.privilege, each.name)) for each in fields(Privilege)},
        }

    @property
    def sha256(self) -> str:
        """The digest of what it states."""
        text = json.dumps(self.stated(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def holds_at(self, moment: datetime) -> bool:
        """Whether it is valid then."""
        return (self.valid_from is None or self.valid_from <= moment) and (
            self.valid_to is None or moment <= self.valid_to
        )


def read_scope(name: str, data: bytes) -> Scope:
    """The document in `data`; `name` is the file's, for errors.

    Raises:
        UsageError: it is no such document; the reason names the key.
    """
    if len(data) > LARGEST:
        raise UsageError(f"{name}: more than {LARGEST:,} bytes are no scope")
    try:
        text = data.decode("utf-8-sig")
        told = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
        return scope_of(told)
    except (UnicodeDecodeError, json.JSONDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{name}: neither TOML nor JSON: {error}") from error
    except UsageError as error:
        raise UsageError(f"{name}: {error}") from error


def scope_of(told: Any) -> Scope:
    """The authority that a document states.

    Raises:
        UsageError: a key is unknown, missing, or its value is not what belongs there.
    """
    top = _table("", told)
    parts = {part: _table(part, top.pop(part, {})) for part in Scope.KEYS if part}
    dates, privilege = parts["dates"], parts["privilege"]
    made = Scope(
        id=_words(top, "id"),
        authority=_words(top, "authority"),
        issued_by=_words(top, "issued_by"),
        valid_from=_moment(top, "valid_from"),
        valid_to=_moment(top, "valid_to", ends=True),
        exhibits=_list(top, "exhibits"),
        free_space=_flag(top, "free_space"),
        paths=Lists(_list(parts["paths"], "include"), _list(parts["paths"], "exclude")),
        kinds=Lists(_list(parts["kinds"], "include"), _list(parts["kinds"], "exclude")),
        date_from=_moment(dates, "from"),
        date_to=_moment(dates, "to", ends=True),
        files=_flag(dates, "files"),
        privilege=Privilege(*(_list(privilege, each.name) for each in fields(Privilege))),
    )
    for first, last, what in (
        (made.valid_from, made.valid_to, "valid_to"),
        (made.date_from, made.date_to, "dates.to"),
    ):
        if first is not None and last is not None and last < first:
            raise UsageError(f"{what} lies before the beginning")
    return made


def widened(old: Scope, new: Scope) -> tuple[str, ...]:
    """The keys in which `new` may allow what `old` did not, by their form: rules are not weighed against each other."""
    wider = {
        "valid_from": _earlier(new.valid_from, old.valid_from),
        "valid_to": _later(new.valid_to, old.valid_to),
        "exhibits": _more(old.exhibits, new.exhibits),
        "free_space": new.free_space and not old.free_space,
        "paths.include": _more(old.paths.include, new.paths.include),
        "paths.exclude": not set(old.paths.exclude) <= set(new.paths.exclude),
        "kinds.include": _more(old.kinds.include, new.kinds.include),
        "kinds.exclude": not set(old.kinds.exclude) <= set(new.kinds.exclude),
        "dates.from": _earlier(new.date_from, old.date_from),
        "dates.to": _later(new.date_to, old.date_to),
        "dates.files": old.files and not new.files and (old.date_from, old.date_to) != (None, None),
    }
    for each in fields(Privilege):
        before, after = getattr(old.privilege, each.name), getattr(new.privilege, each.name)
        wider[f"privilege.{each.name}"] = not set(before) <= set(after)
    return tuple(key for key, is_wider in wider.items() if is_wider)


def _more(old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    return bool(old) and (not new or not set(new) <= set(old))


def _earlier(new: datetime | None, old: datetime | None) -> bool:
    return old is not None and (new is None or new < old)


def _later(new: datetime | None, old: datetime | None) -> bool:
    return old is not None and (new is None or new > old)


def _table(part: str, told: Any) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise UsageError(f"{part or 'the document'} is no table of keys")
    known = (*Scope.KEYS[part], *(Scope.KEYS if not part else ()))
    for key in told:
        if key not in known:
            raise UsageError(f"{part and part + '.'}{str(key)[:80]!r} is not a key of a scope")
    return dict(told)


def _words(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
        raise UsageError(f"{key} must be text of at most {LONGEST:,} characters")
    return value


def _list(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or len(value) > MOST:
        raise UsageError(f"{key} must be a list of at most {MOST:,} texts")
    for each in value:
        if not isinstance(each, str) or not each.strip() or len(each) > LONGEST:
            raise UsageError(f"{key}: every rule is text of at most {LONGEST:,} characters")
    return tuple(dict.fromkeys(value))


def _flag(table: Mapping[str, Any], key: str) -> bool:
    value = table.get(key, True)
    if not isinstance(value, bool):
        raise UsageError(f"{key} must be true or false")
    return value


def _moment(table: Mapping[str, Any], key: str, *, ends: bool = False) -> datetime | None:
    """A moment; a day alone is its beginning, or its end where it `ends` a window; without a zone it is in UTC."""
    value = table.get(key)
    if value is None:
        return None
    try:
        if isinstance(value, str):
            value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        if isinstance(value, datetime):
            return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        if isinstance(value, date):
            return datetime.combine(value, _DAY_END if ends else time(), UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{key}: {error}") from error
    raise UsageError(f"{key} must be a date such as 2026-01-10 or 2026-01-10T08:00:00Z")


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")

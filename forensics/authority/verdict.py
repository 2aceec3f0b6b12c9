"""Whether an entry or a finding lies inside an authority.

Rules on paths are globs without regard to case: `*` and `?` stay within a name, `**` does not. A rule that begins
with `/` counts from the root of a volume, any other from every folder, and what it says of a folder holds for all
that is in it. They are tried by RE2, whose time is linear in the length of the path.
"""

from __future__ import annotations

import enum
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import re2

from forensics.authority.scope import Lists, Privilege, Scope
from forensics.errors import UsageError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
ZONE_US = 14 * 3_600_000_000  # how far a time without a zone may be off
_MEMORY = 64 << 20  # octets that a set of rules may take while it is made and tried


class Standing(enum.StrEnum):
    """Where something stands to an authority."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNKNOWN = "cannot say"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A standing, and the rule that it comes from: a key of the document with its value where there is one."""

    standing: Standing
    rule: str = ""

    @property
    def outside(self) -> bool:
        """Whether it may not be examined or shown."""
        return self.standing is Standing.OUTSIDE


INSIDE = Verdict(Standing.INSIDE)
_NO_TIME = Verdict(Standing.UNKNOWN, "no time is known")
_NO_PATH = Verdict(Standing.UNKNOWN, "no path is known")


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in microseconds since 1970 UTC, how exact it is, and whether its zone is known."""

    when_us: int
    precision_us: int = 0
    zoned: bool = True


class Globs:
    """A list of rules; tells the first that holds for a text."""

    def __init__(self, rules: Sequence[str], *, paths: bool) -> None:
        """Rules on paths, or on kinds of findings, where `*` goes over a `/` as it does in `impound findings`.

        Raises:
            UsageError: together they need more memory than they may.
        """
        options = re2.Options()
        options.max_mem = _MEMORY
        options.log_errors = False
        made = [expression(rule) if paths else _kind_expression(rule) for rule in rules]
        try:
            self._each = [(rule, re2.compile(each, options)) for rule, each in zip(rules, made, strict=True)]
            self._any = re2.compile("|".join(f"(?:{each})" for each in made), options) if made else None
        except re2.error as error:
            raise UsageError(f"the rules are too large together: {error}") from error

    def first(self, text: str) -> str | None:
        """The first rule that holds for `text`, folded by the caller."""
        if self._any is None:
            return None
        compared = text.encode("utf-8", "replace").decode()  # halves of characters
        if self._any.fullmatch(compared) is None:
            return None
        return next(rule for rule, each in self._each if each.fullmatch(compared) is not None)


def folded(text: str) -> str:
    """As texts and rules are compared: without regard to case and to how accents are composed."""
    return unicodedata.normalize("NFC", text.casefold())


def expression(rule: str) -> str:
    """A rule on paths as an expression of RE2 for the whole of a folded path."""
    text = folded(rule).rstrip("/")
    start = "(?s)" if text.startswith("/") or not text else "(?s)(?:.*/)?"
    if text.endswith("/**"):  # all that is in a folder, but not the folder
        return f"{start}{_glob(text[:-3])}/.*"
    return f"{start}{_glob(text)}(?:/.*)?"


def _glob(text: str) -> str:
    parts = []
    at = 0
    while at < len(text):
        if text.startswith("**/", at):
            parts.append("(?:.*/)?")
            at += 3
        elif text.startswith("**", at):
            parts.append(".*")
            at += 2
        else:
            parts.append({"*": "[^/]*", "?": "[^/]"}.get(text[at]) or re2.escape(text[at]))
            at += 1
    return "".join(parts)


def _kind_expression(rule: str) -> str:
    text = folded(rule)
    made = "".join({"*": ".*", "?": "."}.get(each) or re2.escape(each) for each in text)
    return f"(?s){made}" if "/" in text or "*" in text else f"(?s){made}(?:/.*)?"  # a family alone: all its kinds


class Judge:
    """Tells of entries and findings how they stand to one authority."""

    def __init__(self, scope: Scope) -> None:
        """Compile its rules."""
        self.scope = scope
        self._paths = _Pair(scope.paths, paths=True)
        self._kinds = _Pair(scope.kinds, paths=False)
        self._marks = _marks(scope.privilege)
        self.window = (_microseconds(scope.date_from), _microseconds(scope.date_to))

    def exhibit(self, number: str) -> Verdict:
        """Of an exhibit as a whole."""
        if self.scope.exhibits and number not in self.scope.exhibits:
            return Verdict(Standing.OUTSIDE, "exhibits")
        return INSIDE

    def entry(self, exhibit: str, path: str, times: Iterable[Moment]) -> Verdict:
        """Of an entry by its exhibit, its path and its own times.

        All its times must lie on one side of the window for it to be outside: what existed throughout is inside.
        """
        for verdict in (self.exhibit(exhibit), self.path(path)):
            if verdict.outside:
                return verdict
        return self.dates(times) if self.scope.files else INSIDE

    def finding(
        self, exhibit: str, kind: str, path: str | None, inside: Sequence[str], events: Iterable[Moment]
    ) -> Verdict:
        """Of a finding by its kind, the path of its entry, the names of the streams within it, and its moments."""
        doubts = []
        for verdict in (self.exhibit(exhibit), self.kind(kind), self._place(path, inside), self.dates(events)):
            if verdict.outside:
                return verdict
            if verdict.standing is Standing.UNKNOWN:
                doubts.append(verdict)
        return doubts[0] if doubts else INSIDE

    @property
    def marks(self) -> bool:
        """Whether anything may be marked as privileged."""
        return self._marks is not None

    def privilege(self, *texts: str) -> str:
        """The first words in texts of a finding or entry that mark it as possibly privileged, or nothing.

        Terms and addresses stand alone there, a domain behind `@`, `.` or `/` or alone; without regard to case.
        """
        if self._marks is None:
            return ""
        found = self._marks.search(folded("\n".join(texts)).encode("utf-8", "replace").decode())
        return "" if found is None else str(found.group(1))

    def _place(self, path: str | None, inside: Sequence[str]) -> Verdict:
        if path is None:
            limited = self.scope.paths.include or self.scope.paths.exclude
            verdict = _NO_PATH if limited else INSIDE
        else:
            verdict = self.path(path)
        if not verdict.outside and inside:
            rule = self._paths.exclude.first(folded("/".join((path or "", *inside))))
            return verdict if rule is None else Verdict(Standing.OUTSIDE, f"paths.exclude {rule}")
        return verdict

    def path(self, path: str) -> Verdict:
        """Of a path alone."""
        return self._paths.verdict("paths", path)

    def kind(self, kind: str) -> Verdict:
        """Of a kind of finding."""
        return self._kinds.verdict("kinds", kind)

    def dates(self, moments: Iterable[Moment]) -> Verdict:
        """Of moments: outside where all lie before the window or all behind it; without one nobody can say."""
        first, last = self.window
        if first is None and last is None:
            return INSIDE
        lows, highs = [], []
        for moment in moments:
            slack = 0 if moment.zoned else ZONE_US
            lows.append(moment.when_us - slack)
            highs.append(moment.when_us + max(moment.precision_us, 0) + slack)
        if not lows:
            return _NO_TIME
        if first is not None and max(highs) < first:
            return Verdict(Standing.OUTSIDE, "dates.from")
        if last is not None and min(lows) > last:
            return Verdict(Standing.OUTSIDE, "dates.to")
        return INSIDE


def _marks(privilege: Privilege) -> Any:
    """One expression for all lists, or None without any."""
    words = (*privilege.terms, *privilege.addresses, *(each.lstrip("@.") for each in privilege.domains))
    if not words:
        return None
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    any_of = "|".join(re2.escape(folded(each)) for each in words)
    try:
        return re2.compile(rf"(?:^|[^\pL\pN])({any_of})(?:[^\pL\pN]|$)", options)
    except re2.error as error:
        raise UsageError(f"the privilege lists are too large together: {error}") from error


class _Pair:
    def __init__(self, lists: Lists, *, paths: bool) -> None:
        self._limited = bool(lists.include)
        self.include = Globs(lists.include, paths=paths)
        self.exclude = Globs(lists.exclude, paths=paths)

    def verdict(self, key: str, text: str) -> Verdict:
        compared = folded(text)
        rule = self.exclude.first(compared)
        if rule is not None:
            return Verdict(Standing.OUTSIDE, f"{key}.exclude {rule}")
        if self._limited and self.include.first(compared) is None:
            return Verdict(Standing.OUTSIDE, f"{key}.include")
        return INSIDE


def _microseconds(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - _EPOCH) // _MICROSECOND

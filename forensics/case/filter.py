"""The filter language of the findings list: `grade >= C2 and kind in (wallet, address)`.

    expression  = term { "or" term } ;      term = factor { "and" factor } ;
    factor      = "not" factor | "(" expression ")" | comparison | text ;
    comparison  = name ( "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" ) value
                | name [ "not" ] "in" "(" value { "," value } ")" ;

`~` means "contains". `*` and `?` in a value stand for any letters. A word or a quoted text alone is
looked for in the value, the summary and the path. `none` stands for "nothing stored".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, false, func, not_, or_, select

from forensics.case import schema
from forensics.errors import UsageError

MAX_LENGTH = 4000
MAX_DEPTH = 60
MAX_TERMS = 400
INT_MAX = (1 << 63) - 1
INT_MIN = -1 << 63
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FINDING = schema.finding.c
NAMES = (
    "allocation", "care", "detector", "entry", "exhibit", "grade", "id", "kind", "list", "locator", "offset",
    "path", "sha256", "size", "tag", "text", "time", "value", "volume",
)  # fmt: skip
SYNONYMS = {
    "where": "path",
    "what": "text",
    "summary": "text",
    "sensitivity": "care",
    "first": "time",
    "tags": "tag",
    "length": "size",
    "finding": "id",
}
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    r"""|(?P<sign><=|>=|!=|<>|==|=|<|>|~|\(|\)|,)"""
    r"""|(?P<word>[^\s"'(),=<>!~]+))"""
)
_UNITS = {"": 1, "b": 1, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40}
_MOMENT = re.compile(
    r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?Z?)?)?)?\Z", re.ASCII
)
_NUMBER = re.compile(r"(0x[0-9a-f]{1,16}|\d{1,19})([a-z]*)\Z", re.ASCII)

Condition = ColumnElement[bool]


class FilterError(UsageError):
    """A filter that cannot be understood: what is expected, and at which character (from 1)."""

    def __init__(self, words: str, at: int) -> None:
        """State what is expected, and where."""
        super().__init__(f"{words}, at character {at}.")
        self.at = at


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # word | text | sign | end
    text: str
    at: int


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while at < len(text) and text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            if text[start] in "\"'":
                raise FilterError("This quotation is never closed", start + 1)
            raise FilterError(f'"{text[start]}" has no meaning here', start + 1)
        kind = match.lastgroup or "word"
        word = match.group(kind)
        start = match.start(kind) + 1
        if kind == "text":
            word = re.sub(r"\\(.)", r"\1", word[1:-1], flags=re.DOTALL)
        found.append(_Token(kind, word, start))
        at = match.end()
    found.append(_Token("end", "", len(text) + 1))
    return found


def parse(text: str) -> Condition | None:
    """The condition that a filter means, `None` for an empty one.

    Raises:
        FilterError: the text is not a filter; the only error that is ever raised.
    """
    if len(text) > MAX_LENGTH:
        raise FilterError(f"A filter has {MAX_LENGTH:,} characters at most", MAX_LENGTH + 1)
    if "\x00" in text:
        raise FilterError("A zero character has no meaning here", text.index("\x00") + 1)
    for at, character in enumerate(text):
        if "\ud800" <= character <= "\udfff":
            raise FilterError("This character is only half of one", at + 1)
    if not text.strip():
        return None
    return _Parser(_tokens(text)).whole()


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._terms = 0

    @property
    def _now(self) -> _Token:
        return self._tokens[self._at]

    def _before(self) -> str:
        return self._tokens[self._at - 1].text if self._at else ""

    def _take(self) -> _Token:
        token = self._now
        if token.kind != "end":
            self._at += 1
        return token

    def _is_word(self, *words: str) -> bool:
        return self._now.kind == "word" and self._now.text.lower() in words

    def _is_sign(self, *signs: str) -> bool:
        return self._now.kind == "sign" and self._now.text in signs

    def whole(self) -> Condition:
        """Everything, to the end."""
        condition = self._either()
        if self._now.kind != "end":
            if self._is_sign(")"):
                raise FilterError('This ")" has no "(" before it', self._now.at)
            raise FilterError(f'After "{self._before()}" the word "and" or "or" is expected', self._now.at)
        return condition

    def _either(self) -> Condition:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FilterError("Too many brackets stand inside each other", self._now.at)
        parts = [self._both()]
        while self._is_word("or"):
            self._take()
            parts.append(self._both())
        self._depth -= 1
        return parts[0] if len(parts) == 1 else or_(*parts)

    def _both(self) -> Condition:
        parts = [self._one()]
        while self._is_word("and"):
            self._take()
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else and_(*parts)

    def _one(self) -> Condition:
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise FilterError(f"A filter has {MAX_TERMS} rules at most", self._now.at)
        refuse = False
        while self._is_word("not"):
            self._take()
            refuse = not refuse
        if self._is_sign("("):
            opening = self._take()
            condition = self._either()
            if not self._is_sign(")"):
                if self._now.kind == "end":
                    raise FilterError('This "(" is never closed', opening.at)
                raise FilterError(f'After "{self._before()}" a ")" is expected', self._now.at)
            self._take()
        else:
            condition = self._comparison()
        return not_(condition) if refuse else condition

    def _comparison(self) -> Condition:
        token = self._take()
        if token.kind == "end" or (token.kind == "word" and token.text.lower() in ("and", "or", "in")):
            before = f'After "{self._tokens[self._at - 2].text}" a' if self._at > 1 else "A"
            if token.kind == "end" and self._at > 0:
                before = f'After "{self._before()}" a'
            raise FilterError(f"{before} rule is expected", token.at)
        if token.kind == "sign":
            raise FilterError(f'Before "{token.text}" a name is expected', token.at)
        next_is_sign = self._is_sign("=", "==", "!=", "<>", "<", "<=", ">", ">=", "~")
        refuse = False
        if token.kind == "word" and self._is_word("not"):
            follows = self._tokens[min(self._at + 1, len(self._tokens) - 1)]
            if follows.kind == "word" and follows.text.lower() == "in":
                self._take()
                refuse = True
        if token.kind == "word" and self._is_word("in"):
            name = _name(token)
            self._take()
            condition = or_(false(), *(_rule(name, "=", value) for value in self._list()))
            return not_(condition) if refuse else condition
        if token.kind == "word" and next_is_sign:
            name = _name(token)
            sign = {"==": "=", "<>": "!="}.get(self._now.text, self._now.text)
            self._take()
            return _rule(name, sign, self._value())
        return _contains(token.text)

    def _value(self) -> _Token:
        token = self._take()
        if token.kind in ("end", "sign"):
            raise FilterError(
                f'After "{self._tokens[self._at - 1 - (token.kind == "sign")].text}" a value is expected',
                token.at,
            )
        return token

    def _list(self) -> Iterable[_Token]:
        if not self._is_sign("("):
            raise FilterError('After "in" a "(" is expected', self._now.at)
        self._take()
        values = [self._value()]
        while not self._is_sign(")"):
            if not self._is_sign(","):
                raise FilterError(f'After "{self._before()}" a comma or ")" is expected', self._now.at)
            self._take()
            values.append(self._value())
            if len(values) > MAX_TERMS:
                raise FilterError(f"A list has {MAX_TERMS} values at most", self._now.at)
        self._take()
        return values


def _name(token: _Token) -> str:
    name = token.text.lower()
    name = SYNONYMS.get(name, name)
    if name not in NAMES:
        raise FilterError(f'"{token.text}" is not a name that can be filtered. Names are {", ".join(NAMES)}', token.at)
    return name


def _contains(text: str) -> Condition:
    return or_(
        FINDING.summary.icontains(text, autoescape=True),
        func.coalesce(FINDING.value, "").icontains(text, autoescape=True),
        func.coalesce(FINDING.path, "").icontains(text, autoescape=True),
    )


def _pattern(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%").replace("?", "_")


def _compare(column: ColumnElement[int], sign: str, number: int) -> Condition:
    signs: dict[str, Callable[[], Condition]] = {
        "=": lambda: column == number,
        "!=": lambda: column != number,
        "<": lambda: column < number,
        "<=": lambda: column <= number,
        ">": lambda: column > number,
        ">=": lambda: column >= number,
    }
    return signs[sign]()


def _text_rule(column: ColumnElement[str], sign: str, token: _Token) -> Condition:
    if sign == "~":
        return func.coalesce(column, "").icontains(token.text, autoescape=True)
    if sign not in ("=", "!="):
        raise FilterError(f'"{sign}" needs a number or a time. Use =, != or ~ for text', token.at)
    if not token.text or (token.kind == "word" and token.text.lower() == "none"):
        equal: Condition = or_(column.is_(None), column == "")
    elif "*" in token.text or "?" in token.text:
        equal = func.coalesce(column, "").ilike(_pattern(token.text), escape="\\")
    else:
        equal = and_(column.is_not(None), column.collate(schema.ANY_CASE) == token.text)
    return equal if sign == "=" else not_(equal)


def _rule(name: str, sign: str, token: _Token) -> Condition:
    if name == "kind":
        return _kind_rule(sign, token)
    if name == "grade":
        return _grade_rule(sign, token)
    if name == "time":
        return _time_rule(sign, token)
    if name == "tag":
        return _tag_rule(sign, token)
    if name == "text":
        if sign == "!=":
            return not_(_contains(token.text))
        if sign not in ("=", "~"):
            raise FilterError(f'"{sign}" needs a number or a time. Use =, != or ~ for text', token.at)
        return _contains(token.text)
    numbers = {
        "id": FINDING.id,
        "volume": FINDING.volume,
        "offset": FINDING.image_offset,
        "size": FINDING.span_length,
        "entry": func.coalesce(FINDING.entry, -1),
    }
    if name in numbers:
        if sign == "~":
            raise FilterError('"~" is for text. Use =, !=, <, <=, > or >= here', token.at)
        return _compare(numbers[name], sign, _number(name, token))
    texts = {
        "allocation": FINDING.allocation,
        "care": FINDING.sensitivity,
        "detector": FINDING.detector,
        "exhibit": FINDING.exhibit,
        "list": case((FINDING.kind == "watch/term", func.json_extract(FINDING.fields_json, "$.list.value"))),
        "locator": FINDING.locator,
        "path": FINDING.path,
        "sha256": FINDING.sha256,
        "value": FINDING.value,
    }
    return _text_rule(texts[name], sign, token)


def _kind_rule(sign: str, token: _Token) -> Condition:
    if sign not in ("=", "!=") or set("*?") & set(token.text) or token.text.lower() == "none":
        return _text_rule(FINDING.kind, sign, token)
    lowered = token.text.lower()  # as all kinds are
    equal = FINDING.kind == lowered
    if "/" not in lowered:  # the kinds of a family stand between "family/" and "family0", the next character
        inside = or_(equal, FINDING.kind >= f"{lowered}/")
        equal = and_(FINDING.kind >= lowered, FINDING.kind < f"{lowered}0", inside)
    return equal if sign == "=" else not_(equal)


def _grade_rule(sign: str, token: _Token) -> Condition:
    match = re.fullmatch(r"[Cc]?([0-4])", token.text)
    if match is None or sign == "~":
        raise FilterError("A grade is C0, C1, C2, C3 or C4", token.at)
    return _compare(FINDING.grade, sign, int(match.group(1)))


def _number(name: str, token: _Token) -> int:
    text = token.text.lower().replace(",", "").replace("_", "")
    if name == "id" and text[:1] == "f":
        text = text[1:]
    match = _NUMBER.match(text)
    if match is None and name == "entry" and text == "none":
        return -1
    if match is None or match.group(2) not in _UNITS:
        raise FilterError(f'"{token.text}" is not a number', token.at)
    number = int(match.group(1), 16 if match.group(1).startswith("0x") else 10) * _UNITS[match.group(2)]
    if number > INT_MAX:
        raise FilterError("This number is larger than any disk", token.at)
    return number


def _time_rule(sign: str, token: _Token) -> Condition:
    column = FINDING.first_us
    if token.text.lower() == "none":
        if sign not in ("=", "!="):
            raise FilterError("Only = and != can be used with none", token.at)
        return column.is_(None) if sign == "=" else column.is_not(None)
    first, behind = _span(token)
    if sign == "=":
        return and_(column >= first, column < behind)
    if sign == "!=":
        return or_(column.is_(None), column < first, column >= behind)
    if sign == "~":
        raise FilterError('"~" is for text. Use =, <, <=, > or >= with a time', token.at)
    # both bounds are named, or SQLite takes the index of the order instead of the one of the time
    bounds = {"<": (INT_MIN, first - 1), "<=": (INT_MIN, behind - 1), ">": (behind, INT_MAX), ">=": (first, INT_MAX)}
    return column.between(*bounds[sign])


def _span(token: _Token) -> tuple[int, int]:
    match = _MOMENT.match(token.text)
    if match is None:
        raise FilterError("A time reads 2025-11-04 or 2025-11-04T21:07:33, in UTC", token.at)
    year, month, day, hour, minute, second = (None if part is None else int(part) for part in match.groups())
    try:
        first = datetime(year or 0, month or 1, day or 1, hour or 0, minute or 0, second or 0, tzinfo=UTC)
        if second is not None:
            behind = first + timedelta(seconds=1)
        elif minute is not None:
            behind = first + timedelta(minutes=1)
        elif day is not None:
            behind = first + timedelta(days=1)
        elif month is not None:
            behind = first.replace(year=first.year + month // 12, month=month % 12 + 1)
        else:
            behind = first.replace(year=first.year + 1)
    except (ValueError, OverflowError):
        raise FilterError("There is no such time in the calendar", token.at) from None
    unit = timedelta(microseconds=1)
    return (first - EPOCH) // unit, (behind - EPOCH) // unit


def _tag_rule(sign: str, token: _Token) -> Condition:
    tag = schema.tag.c
    if sign not in ("=", "!=", "~"):
        raise FilterError("Use =, != or ~ with a tag", token.at)
    ids = select(tag.finding)
    if not (token.kind == "word" and token.text.lower() == "none"):
        ids = ids.where(_text_rule(tag.name, "~" if sign == "~" else "=", token))
        held: Condition = FINDING.id.in_(ids)
    else:
        held = FINDING.id.not_in(ids)
    return not_(held) if sign == "!=" else held

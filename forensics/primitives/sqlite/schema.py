"""Tables as CREATE TABLE statements describe them (https://sqlite.org/lang_createtable.html, datatype3.html 3.1)."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass

from forensics.primitives.sqlite.record import Value

MOST_COLUMNS = 2_000
LONGEST_STATEMENT = 1 << 18

_TOKEN = re.compile(
    r"""\s+|--[^\n]*|/\*.*?(?:\*/|\Z)|"(?:[^"]|"")*"?|'(?:[^']|'')*'?|`(?:[^`]|``)*`?|\[[^\]]*\]?|[0-9]+\.[0-9]+|[\w$]+|.""",
    re.DOTALL,
)
_CONSTRAINTS = ("PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "CONSTRAINT")
_AFTER_TYPE = frozenset(
    [
        "CONSTRAINT",
        "PRIMARY",
        "NOT",
        "NULL",
        "UNIQUE",
        "CHECK",
        "DEFAULT",
        "COLLATE",
        "REFERENCES",
        "GENERATED",
        "AS",
        "ON",
        "DEFERRABLE",
    ]
)


class Affinity(enum.StrEnum):
    """What a column makes of its values."""

    INTEGER = "integer"
    TEXT = "text"
    BLOB = "blob"
    REAL = "real"
    NUMERIC = "numeric"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name as written, its affinity, its default; `stored` is False if it is computed when read."""

    name: str
    affinity: Affinity
    not_null: bool = False
    stored: bool = True
    default: Value = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the schema.

    Attributes:
        columns: as they are declared.
        order: numbers of the columns in the order in which records have them.
        alias: number of the column that is the rowid, or -1.
        dropped: the schema's row was found among the deleted ones.
    """

    name: str
    root: int
    sql: str
    columns: tuple[Column, ...]
    order: tuple[int, ...]
    alias: int = -1
    without_rowid: bool = False
    dropped: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(each.name for each in self.columns)


def schema_table() -> Table:
    """The table of the schema itself, at page 1."""
    text, integer = Affinity.TEXT, Affinity.INTEGER
    columns = tuple(
        Column(name, integer if name == "rootpage" else text)
        for name in ("type", "name", "tbl_name", "rootpage", "sql")
    )
    return Table("sqlite_schema", 1, "", columns, (0, 1, 2, 3, 4))


def parse_table(name: str, root: int, sql: str, *, dropped: bool = False) -> Table | None:
    """The table that a CREATE TABLE statement makes; None if the statement has no list of columns."""
    parts, tail = _parts(sql[:LONGEST_STATEMENT])
    if not parts:
        return None
    columns: list[Column] = []
    keys: list[str] = []
    alias = -1
    for tokens in parts[:MOST_COLUMNS]:
        words = [each.upper() for each in tokens]
        if words[0] in _CONSTRAINTS:
            if "PRIMARY" in words[:4]:
                keys = _key_columns(tokens)
            continue
        declared = []
        for word in tokens[1:]:
            if word.upper() in _AFTER_TYPE:
                break
            declared.append(word)
        kind = " ".join(declared).upper()
        rest = words[1 + len(declared) :]
        computed = "AS" in rest and "STORED" not in rest
        not_null = any(rest[at : at + 2] == ["NOT", "NULL"] for at in range(len(rest)))
        if "PRIMARY" in rest:
            keys = [_unquoted(tokens[0])]
            at = rest.index("PRIMARY")
            if kind == "INTEGER" and rest[at + 2 : at + 3] != ["DESC"]:
                alias = len(columns)
        affinity = _affinity(kind)
        default = _default(tokens[1 + len(declared) :], affinity)
        columns.append(Column(_unquoted(tokens[0]), affinity, not_null, not computed, default))
    without = re.search(r"\bWITHOUT\s+ROWID\b", tail, re.IGNORECASE) is not None
    lower = [each.name.lower() for each in columns]
    key = list(dict.fromkeys(lower.index(each.lower()) for each in keys if each.lower() in lower))
    if not without and alias < 0 and len(key) == 1 and _is_integer(parts, key[0], columns):
        alias = key[0]
    stored = [number for number, each in enumerate(columns) if each.stored]
    order = [*key, *(number for number in stored if number not in key)] if without else stored
    return Table(name, root, sql, tuple(columns), tuple(order), -1 if without else alias, without, dropped)


def _is_integer(parts: list[list[str]], number: int, columns: list[Column]) -> bool:
    """Whether a column that a table constraint makes the key is declared INTEGER, and nothing more or less."""
    wanted = columns[number].name
    for tokens in parts:
        if _unquoted(tokens[0]) == wanted:
            follows = tokens[2].upper() if len(tokens) > 2 else "NOT"
            return len(tokens) > 1 and tokens[1].upper() == "INTEGER" and follows in _AFTER_TYPE
    return False


def _parts(sql: str) -> tuple[list[list[str]], str]:
    """The tokens of each definition between the outer brackets, and the text behind them."""
    parts: list[list[str]] = []
    held: list[str] = []
    depth = 0
    for token, end in _tokens(sql):
        if token == "(":
            depth += 1
            if depth == 1:
                continue
        elif token == ")":
            depth -= 1
            if depth == 0:
                if held:
                    parts.append(held)
                return parts, sql[end:]
        if depth == 1 and token == ",":
            if held:
                parts.append(held)
            held = []
        elif depth:
            held.append(token)
    if held:
        parts.append(held)
    return parts, ""


def _tokens(sql: str) -> Iterator[tuple[str, int]]:
    for match in _TOKEN.finditer(sql):
        token = match[0]
        if not token.isspace() and not token.startswith(("--", "/*")):
            yield token, match.end()


def _key_columns(tokens: list[str]) -> list[str]:
    opened = tokens.index("(") if "(" in tokens else len(tokens)
    keys, fresh = [], True
    for token in tokens[opened + 1 :]:
        if token == ")":
            break
        if token == ",":
            fresh = True
        elif fresh:
            keys.append(_unquoted(token))
            fresh = False
    return keys


def _unquoted(token: str) -> str:
    if token[:1] in "\"'`" and len(token) > 1:
        quote = token[0]
        return token[1 : -1 if token.endswith(quote) else len(token)].replace(quote * 2, quote)
    return token.strip("[]") if token.startswith("[") else token


def _default(tokens: list[str], affinity: Affinity) -> Value:
    """The constant behind DEFAULT, as the column keeps it; None for NULL, an expression, or no default."""
    words = [each.upper() for each in tokens]
    if "DEFAULT" not in words:
        return None
    rest = tokens[words.index("DEFAULT") + 1 :]
    if rest[:1] == ["("]:
        rest = rest[1 : rest.index(")")] if ")" in rest else []
        if len(rest) > 2:
            return None
    sign = rest[0] if rest[:1] in (["-"], ["+"]) else ""
    word = "".join(rest[1:2] if sign else rest[:1])
    if word[:1] in "'\"" and word:
        text = _unquoted(word)
        return _number(text) if affinity not in (Affinity.TEXT, Affinity.BLOB) else text
    if word.upper() in ("TRUE", "FALSE"):
        return int(word.upper() == "TRUE")
    number = _number(sign.replace("+", "") + word)
    if isinstance(number, str):
        return None
    return str(number) if affinity is Affinity.TEXT else float(number) if affinity is Affinity.REAL else number


def _number(text: str) -> int | float | str:
    """A number as SQLite reads it, or the text."""
    if re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        return int(text)
    if re.fullmatch(r"[+-]?[0-9]{1,18}\.[0-9]{1,18}", text):
        return float(text)
    return text


def _affinity(kind: str) -> Affinity:
    if "INT" in kind:
        return Affinity.INTEGER
    if any(each in kind for each in ("CHAR", "CLOB", "TEXT")):
        return Affinity.TEXT
    if "BLOB" in kind or not kind:
        return Affinity.BLOB
    if any(each in kind for each in ("REAL", "FLOA", "DOUB")):
        return Affinity.REAL
    return Affinity.NUMERIC

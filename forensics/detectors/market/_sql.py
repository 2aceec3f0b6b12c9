r"""Text dumps of SQL databases: statements, rows and their places, without running any of it.

| form | content |
|------|---------|
| `CREATE TABLE name (columns …);` | names of columns |
| `INSERT INTO name (columns) VALUES (…),(…);` | rows; `'…'` with `\'` or `''`, `0x…`, `_binary '…'`, `NULL` |
| `COPY name (columns) FROM stdin;` | rows as lines, tabs between, `\N` is NULL, `\.` ends |

Facts: MySQL Reference Manual, "String Literals" and mysqldump; PostgreSQL documentation, "COPY, Text Format" and pg_dump.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_TABLES = 1_000
MOST_COLUMNS = 300
MOST_ROWS = 2_000_000
MOST_BROKEN = 200
KEPT_ROWS = 500
LONGEST_ROW = 1 << 20
_NAME = rb"(?:[`\"\[]?[\w$-]{1,64}[`\"\]]?\.)?[`\"\[]?([\w$-]{1,64})[`\"\]]?"
_STATEMENT = re.compile(
    rb"(?im)^[ \t]{0,8}(?:CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?" + _NAME + rb"\s{0,20}\("
    rb"|(?:INSERT|REPLACE)(?: IGNORE)? INTO " + _NAME + rb"\s{0,20}(?:\(([^()]{1,8000})\))?\s{0,20}VALUES?\s{0,20}"
    rb"|COPY " + _NAME + rb"\s{0,20}(?:\(([^()]{1,8000})\))? FROM stdin;\r?\n)"
)
_ESCAPED, _PLAIN = (
    rb"(?>[^'\\]+|\\.|'')*+",
    rb"(?>[^']+|'')*+",
)  # what stands between quotes: MySQL's, and standard SQL's


def _row(text: bytes) -> re.Pattern[bytes]:
    form = rb"\s{0,200}(\((?>[^'()]+|'T'|\((?>[^'()]+|'T')*+\))*+\))\s{0,200}([,;]?)"
    return re.compile(form.replace(b"T", text), re.DOTALL)


def _item(text: bytes) -> re.Pattern[bytes]:
    form = rb"\s*(?:(null)|(?:_binary |[ne](?='))?'(T)'|((?>[^,'()]+|'T'|\((?>[^()]*)\))*+))\s*(?:,|\Z)"
    return re.compile(form.replace(b"T", text), re.DOTALL | re.IGNORECASE)


_ROWS = {True: _row(_ESCAPED), False: _row(_PLAIN)}
_ITEMS = {True: _item(_ESCAPED), False: _item(_PLAIN)}
_ESCAPE = re.compile(rb"\\(.)|''", re.DOTALL)
_LETTERS = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"0": b"\0", b"Z": b"\x1a", b"b": b"\b"}
_COLUMN = re.compile(rb"\s*[`\"\[]?([\w$]{1,64})[`\"\]]?\s+[A-Za-z]")
_NOT_COLUMNS = frozenset((b"primary", b"unique", b"key", b"constraint", b"foreign", b"check", b"index", b"fulltext"))

Row = tuple[tuple[str | None, ...], int, int]  # values as text, and the byte range


@dataclass(slots=True)
class Table:
    """A table of a dump: columns in lower case, how many rows, the first of them, and where the first statement is."""

    name: str
    columns: tuple[str, ...] = ()
    count: int = 0
    rows: list[Row] = field(default_factory=list)
    start: int = 0
    end: int = 0


def tables(data: bytes, escapes: bool = True) -> dict[str, Table]:
    """The tables of a dump by lower-case name; `escapes` says that a backslash in a string is one, as in MySQL."""
    found: dict[str, Table] = {}
    at = total = broken = 0
    while total < MOST_ROWS and broken < MOST_BROKEN:
        match = _STATEMENT.search(data, at)
        if match is None:
            break
        created, inserted, named, copied, listed = match.groups()
        name = (created or inserted or copied or b"").decode("utf-8", "replace")
        if name.lower() not in found and len(found) >= MOST_TABLES:
            break
        table = found.setdefault(name.lower(), Table(name, start=match.start()))
        before = table.count
        if created:
            columns, at = _columns(data, match.end())
            table.columns = table.columns or columns
        elif inserted:
            if named:
                table.columns = _names(named)
            at = _inserted(data, match.end(), table, escapes)
        else:
            if listed:
                table.columns = _names(listed)
            at = _copied(data, match.end(), table)
        broken += at <= match.end() and not copied  # each may have read up to LONGEST_ROW
        at = max(at, match.end())
        table.end = at
        total += table.count - before
    return found


def _names(listed: bytes) -> tuple[str, ...]:
    parts = (each.strip(b' \t\r\n`"[]').lower() for each in listed.split(b",")[:MOST_COLUMNS])
    return tuple(each.decode("utf-8", "replace")[:64] for each in parts)


def _columns(data: bytes, at: int) -> tuple[tuple[str, ...], int]:
    """Names of the columns in the body of a table definition, and the offset behind it."""
    body = data[at : at + 65_536]
    names: list[str] = []
    depth, start = 0, 0
    for match in re.finditer(rb"[(),]|'(?>[^'\\]+|\\.|'')*+'", body):
        mark = match[0]
        depth += (mark == b"(") - (mark == b")")
        if depth < 0 or (mark == b"," and depth == 0):
            column = _COLUMN.match(body[start : match.start()])
            if column and column[1].lower() not in _NOT_COLUMNS and len(names) < MOST_COLUMNS:
                names.append(column[1].lower().decode("utf-8", "replace"))
            start = match.end()
        if depth < 0:
            return tuple(names), at + match.end()
    return tuple(names), at


def _inserted(data: bytes, at: int, table: Table, escapes: bool) -> int:
    while True:
        match = _ROWS[escapes].match(data, at, at + LONGEST_ROW)
        if match is None:
            return at
        table.count += 1
        if len(table.rows) < KEPT_ROWS:
            table.rows.append((tuple(_items(match[1][1:-1], escapes)), match.start(1), match.end(1)))
        at = match.end()
        if match[2] != b",":
            return at


def _items(row: bytes, escapes: bool) -> Iterator[str | None]:
    at = 0
    for _ in range(MOST_COLUMNS):
        match = _ITEMS[escapes].match(row, at)
        if match is None:
            return
        if match[1]:
            yield None
        elif match[2] is not None:
            yield _unescaped(match[2], escapes)
        else:
            yield (match[3] or b"").strip().decode("utf-8", "replace")
        if match.end() >= len(row) or match.end() == at:
            return
        at = match.end()


def _unescaped(text: bytes, escapes: bool) -> str:
    if not escapes:
        text = text.replace(b"''", b"'")
    elif b"\\" in text or b"''" in text:
        text = _ESCAPE.sub(lambda each: _LETTERS.get(each[1], each[1]) if each[1] else b"'", text)
    return text.decode("utf-8", "replace")


def _copied(data: bytes, at: int, table: Table) -> int:
    while at < len(data):
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        line = data[at:end].rstrip(b"\r")
        if line == b"\\.":
            return min(end + 1, len(data))
        if len(line) > LONGEST_ROW:
            return at
        table.count += 1
        if len(table.rows) < KEPT_ROWS:
            values = (None if each == b"\\N" else _copy_text(each) for each in line.split(b"\t")[:MOST_COLUMNS])
            table.rows.append((tuple(values), at, at + len(line)))
        at = min(end + 1, len(data))
    return min(at, len(data))


def _copy_text(text: bytes) -> str:
    if b"\\" in text:
        text = re.sub(rb"\\(.)", lambda each: _LETTERS.get(each[1], each[1]), text, flags=re.DOTALL)
    return text.decode("utf-8", "replace")

"""A SQLite database with its write-ahead log or its rollback journal, read from octets with bounds. See `rows` for what comes out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from forensics.errors import EvidenceError
from forensics.model import ByteRun
from forensics.primitives.sqlite.carve import LOST, Template, carve, free_space, template
from forensics.primitives.sqlite.journal import read_journal
from forensics.primitives.sqlite.pages import (
    HEADER,
    INDEX_INNER,
    INDEX_LEAF,
    LEAVES,
    TABLE_INNER,
    TABLE_LEAF,
    Cell,
    Header,
    cells,
    read_header,
)
from forensics.primitives.sqlite.record import LARGEST_HEADER, Value, types_of, value_of, width
from forensics.primitives.sqlite.rows import NOT_CURRENT, Row, State
from forensics.primitives.sqlite.schema import Affinity, Table, parse_table, schema_table
from forensics.primitives.sqlite.source import Bytes, Source
from forensics.primitives.sqlite.wal import Frame, FrameState, Wal, read_wal

MOST_PAGES = 1 << 20
MOST_TABLES = 1_000
MOST_ROWS = 1 << 24
DEEPEST = 40
LARGEST_PAYLOAD = 16 << 20
ALL = frozenset(State)
CURRENT = frozenset((State.LIVE, State.WAL))


@dataclass(frozen=True, slots=True)
class Page:
    """A version of a page: its octets, where they stand, and whether that is in the log."""

    number: int
    data: bytes
    offset: int
    log: bool


class Database:
    """A database that starts at `at` in its source. `faults` says what was met that should not be."""

    def __init__(self, source: Source, at: int, header: Header, log: Source, wal: Wal | None) -> None:
        """Take over what `open_database` read."""
        self.header = header
        self.wal = wal
        self.faults: set[str] = set()
        self._source, self._at, self._log = source, at, log
        self._frames = {} if wal is None else wal.current()
        frames = () if wal is None else reversed(wal.frames)  # what a journal has of earlier ones comes last
        self._before = {each.page: each for each in frames if each.state is FrameState.BEFORE}
        there = (source.size - at) // header.page_size
        self.file_pages = max(0, min(there, header.pages or there, MOST_PAGES))
        self.pages = min(wal.pages, MOST_PAGES) if wal is not None and wal.pages else self.file_pages
        self._tables: tuple[Table, ...] | None = None
        self._owners: dict[int, Table | None] | None = None

    # --- the schema

    def tables(self) -> tuple[Table, ...]:
        """Tables of the schema, at most 1,000; those with their rows elsewhere (virtual) are left out."""
        if self._tables is None:
            found: list[Table] = []
            for row in self._walk(schema_table()):
                root, sql = row["rootpage"], row["sql"]
                if row["type"] != "table" or not isinstance(root, int) or not isinstance(sql, str) or root < 2:
                    continue
                table = parse_table(str(row["name"]), root, sql)
                if table is None:
                    self.faults.add("a table whose statement cannot be read")
                elif len(found) < MOST_TABLES:
                    found.append(table)
            self._tables = tuple(found)
        return self._tables

    def table(self, name: str) -> Table | None:
        """The table of a name, whatever its case."""
        if name.lower() in ("sqlite_schema", "sqlite_master"):
            return schema_table()
        return next((each for each in self.tables() if each.name.lower() == name.lower()), None)

    # --- rows

    def rows(self, name: str, states: Collection[State] = CURRENT, most: int = MOST_ROWS) -> Iterator[Row]:
        """Rows of a table: current ones by rowid, or without rowid page by page; then others; at most `most`.

        Nothing if there is no such table. Of rows that are not current each is told once, and not if a current row
        has the same rowid and values.
        """
        table = self.table(name)
        for row in self._rows(table, states) if table else ():
            if most <= 0:
                self.faults.add("more rows than were asked for")
                return
            most -= 1
            yield row

    def lost_rows(self, states: Collection[State] = NOT_CURRENT, *, compare: bool = True) -> Iterator[Row]:
        """Rows that are not current of all tables, of the schema, of dropped tables, and of none that is known.

        With `compare=False` current rows are not read, and copies that they left behind are among the rows.
        """
        yield from self._rows(None, states) if compare else self._lost(states, set())

    def _rows(self, table: Table | None, states: Collection[State]) -> Iterator[Row]:
        lost = bool(NOT_CURRENT & set(states))
        seen: set[int] = set()
        for each in (table,) if table else (schema_table(), *self.tables()):
            if not lost and not CURRENT & set(states):
                return
            for row in self._walk(each):
                if lost:
                    seen.add(_identity(row, row.rowid))
                    seen.add(_identity(_without(row, each.alias), None))
                if row.state in states and (table is not None or row.state not in CURRENT):
                    yield row
        if not lost:
            return
        for row in self._lost(states, seen):
            if table is None or row.table == table.name:
                yield row

    def _walk(self, table: Table) -> Iterator[Row]:
        """Current rows of a table."""
        for page in self._tree(table):
            start = _start(page)
            listed = list(cells(page.data, start, self.header.usable))
            if len(listed) < int.from_bytes(page.data[start + 3 : start + 5], "big"):
                self.faults.add("a page that points at a cell where none can be")
            for cell in listed:
                row = self._row(page, cell, table, State.WAL if page.log else State.LIVE)
                if row is None:
                    self.faults.add("a row that cannot be read")
                else:
                    yield row

    def _tree(self, table: Table, *, base: bool = False, inner_too: bool = False) -> Iterator[Page]:
        """Pages of a table that hold rows, or all, in order; with `base` as the file has them without the log."""
        inner, leaf = (INDEX_INNER, INDEX_LEAF) if table.without_rowid else (TABLE_INNER, TABLE_LEAF)
        waiting = [(table.root, 0)]
        seen: set[int] = set()
        while waiting:
            number, depth = waiting.pop()
            if number in seen or depth > DEEPEST:
                self.faults.add("pages point at each other in a ring")
                continue
            seen.add(number)
            page = self._in_file(number) if base else self.page(number)
            if page is None:
                self.faults.add("a page that is not in the file")
                continue
            start = _start(page)
            kind = page.data[start]
            if kind == inner:
                children = _children(page.data, start, self.header.usable)
                waiting.extend((child, depth + 1) for child in reversed(children))
                if table.without_rowid or inner_too:
                    yield page
            elif kind == leaf:
                yield page
            else:
                self.faults.add("a page that is not one of a table")

    # --- pages

    def page(self, number: int) -> Page | None:
        """The current version of a page, from 1; None if it is not there."""
        frame = self._frames.get(number)
        if frame is not None:
            return self._in_log(frame)
        return self._in_file(number) if number <= self.pages else None

    def _in_file(self, number: int) -> Page | None:
        if not 1 <= number <= self.file_pages:
            return None
        offset = self._at + (number - 1) * self.header.page_size
        data = self._read(self._source, offset)
        return None if data is None else Page(number, data, offset, False)

    def _in_log(self, frame: Frame) -> Page | None:
        data = self._read(self._log, frame.offset)
        return None if data is None else Page(frame.page, data, frame.offset, True)

    def _read(self, source: Source, offset: int) -> bytes | None:
        try:
            data = source.read(offset, self.header.page_size)
        except EvidenceError:
            data = b""
        if len(data) < self.header.page_size:
            self.faults.add("a page that cannot be read")
            return None
        return data

    def free_pages(self) -> dict[int, int]:
        """Pages of the list of free pages: number to the octets at their start that the list itself uses."""
        free: dict[int, int] = {}
        first = self.page(1)
        header = read_header(first.data) if first else self.header
        trunk = (header or self.header).free_page
        while trunk and trunk not in free and len(free) < MOST_PAGES:
            page = self.page(trunk)
            if page is None:
                self.faults.add("the list of free pages breaks off")
                break
            count = int.from_bytes(page.data[4:8], "big")
            if count > self.header.usable // 4 - 2:
                self.faults.add("the list of free pages breaks off")
                break
            free[trunk] = 8 + 4 * count
            for at in range(8, 8 + 4 * count, 4):
                free.setdefault(int.from_bytes(page.data[at : at + 4], "big"), 0)
            trunk = int.from_bytes(page.data[:4], "big")
        return free

    def owners(self) -> dict[int, Table | None]:
        """The table of each page of a b-tree, None for an index; also as the file has them without the log."""
        if self._owners is None:
            self._owners = {}
            indexes = [
                replace(schema_table(), root=row["rootpage"], without_rowid=True)
                for row in self._walk(schema_table())
                if row["type"] == "index" and isinstance(row["rootpage"], int) and row["rootpage"] > 1
            ]
            for base in (False, True) if self._frames else (False,):
                for table in (schema_table(), *self.tables()):
                    for page in self._tree(table, base=base, inner_too=True):
                        self._owners.setdefault(page.number, table)
                for index in indexes[: 4 * MOST_TABLES]:
                    for page in self._tree(index, base=base, inner_too=True):
                        self._owners.setdefault(page.number, None)
        return self._owners

    # --- a row

    def _row(self, page: Page, cell: Cell, table: Table | None, state: State, *, sure: bool = True) -> Row | None:
        data = page.data
        end = cell.payload + cell.local
        parts = [(data[cell.payload : end], ByteRun(page.offset + cell.payload, cell.local), page.log)]
        whole = cell.local == cell.total
        if cell.link:
            whole = self._overflow(parts, cell.link, cell.total - cell.local, before=state is State.BEFORE)
        payload = b"".join(part for part, _, _ in parts)
        parsed = types_of(payload[: LARGEST_HEADER + 9], 0, cell.total)
        if parsed is None:
            return None
        return self._made(page, parts, payload, parsed[0], parsed[1], cell, table, state, whole, sure)

    def _overflow(
        self, parts: list[tuple[bytes, ByteRun, bool]], link: int, wanted: int, *, before: bool = False
    ) -> bool:
        """Add the parts of a chain, as they were `before` a transaction or now; whether it has all octets."""
        missing = max(0, wanted - LARGEST_PAYLOAD)
        wanted -= missing
        seen: set[int] = set()
        while wanted > 0:
            frame = self._before.get(link) if before else None
            page = None if link in seen else self._in_log(frame) if frame else self.page(link)
            if page is None:
                self.faults.add("an overflow chain that breaks off")
                return False
            seen.add(link)
            part = page.data[4 : min(self.header.usable, 4 + wanted)]
            parts.append((part, ByteRun(page.offset + 4, len(part)), page.log))
            wanted -= len(part)
            link = int.from_bytes(page.data[:4], "big")
        return not missing

    def _made(
        self,
        page: Page,
        parts: list[tuple[bytes, ByteRun, bool]],
        payload: bytes,
        position: int,
        kinds: Collection[int],
        cell: Cell,
        table: Table | None,
        state: State,
        whole: bool,
        sure: bool,
    ) -> Row:
        """The row of values that begin at `position` of a payload."""
        count = len(table.columns) if table else len(kinds)
        values: list[Value] = [None] * count
        if table and len(kinds) < len(table.order):  # columns that were added when the row was there
            for index in table.order[len(kinds) :]:
                values[index] = table.columns[index].default
        runs: list[tuple[ByteRun, ...]] = [()] * count
        for number, kind in enumerate(kinds):
            size = max(0, width(kind)) if kind != LOST else 0
            if table is None or number < len(table.order):
                index = table.order[number] if table else number
                stored = payload[position : position + size]
                value = None if kind == LOST else value_of(kind, stored, self.header.encoding)
                if table and isinstance(value, int) and table.columns[index].affinity is Affinity.REAL:
                    value = float(value)
                values[index] = value
                runs[index] = _runs(parts, position, position + size, page.log)
            whole = whole and kind != LOST
            position += size
        if table and table.alias >= 0 and values[table.alias] is None:
            values[table.alias] = cell.rowid
        span = ByteRun(page.offset + cell.start, cell.end - cell.start)
        name, columns = (table.name, table.names) if table else ("", ())
        return Row(name, cell.rowid, columns, tuple(values), tuple(runs), state, page.log, span, whole, sure)

    # --- what is not current

    def _lost(self, states: Collection[State], seen: set[int]) -> Iterator[Row]:
        """Rows that are not current and not among the `seen`."""
        owners = self.owners()
        free = self.free_pages()
        dropped: list[Table] = []
        others: list[Template] = []
        for page, state in self._versions():
            if page.number > 1 and not others:
                others = [each for each in map(template, (*self.tables(), *dropped)) if each]
            table = None
            if page.number not in free and page.number in owners:
                table = owners[page.number]
                if table is None:
                    continue  # an index
            mine = template(table) if table else None
            templates = [mine] if mine else [] if table else others
            for row in self._of_page(page, table, templates, others, state, states, free.get(page.number, -1)):
                if row.table == "sqlite_schema" and row["type"] == "table" and row.state is State.DELETED:
                    gone = parse_table(str(row["name"]), 0, str(row["sql"] or ""), dropped=True)
                    if gone and len(dropped) < MOST_TABLES and gone.name not in [each.name for each in self.tables()]:
                        dropped.append(gone)
                key = _identity(row, row.rowid)
                if key not in seen and row.state in states:
                    seen.add(key)
                    yield row

    def _versions(self) -> Iterator[tuple[Page, State]]:
        """All versions of all pages, page 1 first, and what their rows are that are not current ones."""
        for number in range(1, self.pages + 1):
            page = self.page(number)
            if page is not None:
                yield page, State.DELETED
        for number in range(1, self.file_pages + 1):
            if number in self._frames or number > self.pages:
                page = self._in_file(number)
                if page is not None:
                    yield page, State.STALE
        for frame in self.wal.frames if self.wal else ():
            if frame.state is not FrameState.CURRENT:
                page = self._in_log(frame)
                if page is not None:
                    yield page, State.BEFORE if frame.state is FrameState.BEFORE else State.STALE

    def _of_page(
        self,
        page: Page,
        table: Table | None,
        templates: list[Template],
        others: list[Template],
        state: State,
        states: Collection[State],
        used: int,
    ) -> Iterator[Row]:
        """Rows of a page that are not current: those of its cells, unless it is current, and of its free space."""
        start = _start(page)
        usable = self.header.usable
        kind = page.data[start]
        free = used >= 0
        if used > 0 or (kind not in LEAVES and free):
            spans, blocks = [(max(used, 0), usable)], list[tuple[int, int]]()
        elif kind in LEAVES or kind == TABLE_INNER:
            if state is not State.DELETED or table is None:
                for cell in cells(page.data, start, usable):
                    row = self._unowned(page, cell, table, others, state)
                    if row is not None:
                        yield row
            spans, blocks = free_space(page.data, start, usable)
        else:
            return
        if State.DELETED not in states and page.number != 1:
            return
        for carved, by in carve(page.data, spans, blocks, templates, usable, self.header.encoding):
            data = page.data[carved.start : carved.end]
            parts = [(data, ByteRun(page.offset + carved.start, len(data)), page.log)]
            whole = True
            position = carved.body - carved.start
            if carved.link:
                parts = [(data[:-4], ByteRun(page.offset + carved.start, len(data) - 4), page.log)]
                whole = self._overflow(parts, carved.link, carved.total - carved.local)
            payload = b"".join(part for part, _, _ in parts)
            cell = Cell(carved.start, carved.start, len(data), len(data), carved.rowid, 0)
            yield self._made(
                page, parts, payload, position, carved.kinds, cell, by.table, State.DELETED, whole, table is not None
            )

    def _unowned(self, page: Page, cell: Cell, table: Table | None, others: list[Template], state: State) -> Row | None:
        """The row of a cell of a page that is not current, or of no table: by its shape."""
        parsed = types_of(page.data[: self.header.usable], cell.payload, cell.total)
        if parsed is None:
            return None
        length, kinds = parsed

        def fits(each: Template, *, strict: bool) -> bool:
            return (
                len(kinds) <= each.columns
                and (len(kinds) == each.columns or not strict)
                and each.table.without_rowid == (cell.rowid is None)
                and each.plausible(kinds, page.data, cell.payload + length, self.header.encoding, strict=strict)
            )

        mine = template(table) if table else None
        if table is not None and (mine is None or fits(mine, strict=False)):
            return self._row(page, cell, table, state)
        fitting = [each.table for each in others if fits(each, strict=True)]
        if cell.rowid is None and not fitting:
            return None  # an entry of an index
        return self._row(page, cell, fitting[0] if fitting else None, state, sure=False)


def open_database(source: Source | None, log: Source | None = None, at: int = 0) -> Database | None:
    """The database at `at` of `source`, with its write-ahead log or journal; of the log alone if `source` is None.

    None where there is neither the header of a database nor one in the log's newest first page.
    """
    wal = read_wal(log) if log is not None else None
    header = read_header(source.read(at, HEADER)) if source is not None else None
    if wal is not None and log is not None:
        first = wal.current().get(1)
        newest = read_header(log.read(first.offset, HEADER)) if first else None
        header = newest if newest is not None else header
        if header is not None and header.page_size != wal.page_size:
            wal = None
            header = read_header(source.read(at, HEADER)) if source is not None else None
    if header is None:
        return None
    if wal is None and log is not None and source is not None:
        pages = header.pages or (source.size - at) // header.page_size
        wal = read_journal(log, header.page_size, min(2 * pages + 1_000, MOST_PAGES))
    return Database(source or Bytes(b""), at, header, log or Bytes(b""), wal)


def _start(page: Page) -> int:
    return HEADER if page.number == 1 else 0


def _children(page: bytes, start: int, usable: int) -> list[int]:
    """The pages that an inner page points at, in order."""
    count = int.from_bytes(page[start + 3 : start + 5], "big")
    table = start + 12
    if table + 2 * count > usable:
        return []
    found = []
    for index in range(table, table + 2 * count, 2):
        at = int.from_bytes(page[index : index + 2], "big")
        found.append(int.from_bytes(page[at : at + 4], "big"))
    return [*found, int.from_bytes(page[start + 8 : start + 12], "big")]


def _runs(parts: list[tuple[bytes, ByteRun, bool]], low: int, high: int, log: bool) -> tuple[ByteRun, ...]:
    """The runs of the payload octets [low, high) that are in the file of `log`."""
    found = []
    before = 0
    for _, run, of_log in parts:
        first, last = max(low - before, 0), min(high - before, run.length)
        if first < last and of_log == log:
            found.append(ByteRun(run.offset + first, last - first))
        before += run.length
    return tuple(found)


def _without(row: Row, alias: int) -> Row:
    """The row as it is read where its rowid is lost."""
    if alias < 0:
        return row
    return replace(row, values=(*row.values[:alias], None, *row.values[alias + 1 :]))


def _identity(row: Row, rowid: int | None) -> int:
    """A row's table, rowid and values, as one number."""
    return hash((row.table, rowid, tuple(map(repr, row.values))))

"""Reading a ledger: entries, scans, items, tiles, checkpoints.

Nothing here needs a key. Rows are fetched in short runs and no cursor stays open between them, because a
reader holding a lock would keep the writer from committing.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from forensics.custody import disclosure, item, merkle
from forensics.custody.entry import EntryText, time_text
from forensics.custody.note import Note, VerifierKey
from forensics.custody.schema import connect_for_reading
from forensics.errors import FormatError, LedgerError

LEDGER_ID = 1
"""The ``ledger_id`` in a file that holds one ledger, which a SQLite file always does."""

LEDGER_TREE = 0

_RUN = 256
_MAX_BUNDLE = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """One ledger entry with its body, which is None after a lawful deletion."""

    text: EntryText
    note: bytes
    body: object

    @property
    def seq(self) -> int:
        """Place in the ledger, from 0."""
        return self.text.seq

    @property
    def type(self) -> str:
        """What happened, such as ``acquire.end``."""
        return self.text.type

    @property
    def time(self) -> str:
        """Claimed UTC, ``2026-11-24T02:15:24.349059Z``."""
        return time_text(self.text.time_us)

    @property
    def actor(self) -> str:
        """Key name of who acted."""
        return self.text.actor

    @property
    def exhibit(self) -> str | None:
        """Exhibit concerned, if one is."""
        return self.text.exhibit


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan: its tree number, id, leaf kind, and how many items are committed."""

    tree: int
    id: str
    kind: str
    exhibit: str | None
    size: int
    state: str
    parser_set: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a scan: its index and the values of its groups, such as ``{"content": …, "name": …}``."""

    index: int
    groups: dict[str, object]


@dataclass(frozen=True, slots=True)
class Anchor:
    """Something that fixes the checkpoint at ``size`` outside this machine, as the ledger keeps a copy of it."""

    id: int
    size: int
    kind: str
    data: bytes
    held_by: str
    time_us: int


class LedgerReader:
    """A ledger opened for reading. Close it, or use it as a context manager."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Read through ``connection``, which stays the caller's to choose and this object's to close."""
        self._connection = connection

    @classmethod
    def open(cls, case_dir: Path) -> LedgerReader:
        """The ledger of a case folder, read-only; :class:`LedgerError` when there is none."""
        return cls(connect_for_reading(case_dir / "ledger.db"))

    def __enter__(self) -> LedgerReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """All rows of a query; SQLite's errors become :class:`LedgerError`."""
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise LedgerError(f"the ledger cannot be read: {error}") from error

    def value(self, key: str) -> str:
        """A line of the ``ledger`` table: ``origin``, ``format``, ``created``, ``vkeys``."""
        found = self.rows("SELECT v FROM ledger WHERE k = ?", key)
        if not found or not isinstance(found[0][0], bytes):
            raise LedgerError(f"the ledger does not name its {key}")
        return found[0][0].decode()

    @property
    def origin(self) -> str:
        """The ledger's name."""
        return self.value("origin")

    def verifiers(self) -> tuple[VerifierKey, ...]:
        """The keys the ledger names for itself: examiner, ledger Ed25519, ledger ML-DSA-44."""
        return tuple(VerifierKey.parse(line) for line in self.value("vkeys").split("\n"))

    def size(self) -> int:
        """Number of entries."""
        return integer(self.rows("SELECT count(*) FROM entry WHERE ledger_id = ?", LEDGER_ID)[0][0])

    def head(self) -> merkle.Head:
        """Size and root of the tree as the tiles have it."""
        size = self.size()
        return merkle.Head(size, merkle.range_root(0, size, self.tile_reader(LEDGER_TREE)))

    def entries(self, start: int = 0) -> Iterator[Entry]:
        """Entries from ``start`` on, in order, with their bodies."""
        query = (
            "SELECT e.seq, e.note, b.line FROM entry e LEFT JOIN body b USING(ledger_id, seq) "
            "WHERE ledger_id = ? AND seq >= ? ORDER BY seq LIMIT ?"
        )
        while found := self.rows(query, LEDGER_ID, start, _RUN):
            for _, note, line in found:
                yield _entry(_bytes(note), line)
            start = integer(found[-1][0]) + 1

    def last_of(self, type: str) -> Entry | None:
        """The last entry of a type, such as ``present.steps``."""
        query = "SELECT max(seq) FROM entry WHERE ledger_id = ? AND type = ?"
        seq = self.rows(query, LEDGER_ID, type)[0][0]
        return None if seq is None else next(self.entries(integer(seq)))

    def raw_entry(self, seq: int) -> tuple[bytes, bytes | None]:
        """Note and body line of one entry as stored."""
        query = (
            "SELECT e.note, b.line FROM entry e LEFT JOIN body b USING(ledger_id, seq) WHERE ledger_id = ? AND seq = ?"
        )
        found = self.rows(query, LEDGER_ID, seq)
        if not found:
            raise LedgerError(f"the ledger has no entry {seq}")
        return _bytes(found[0][0]), None if found[0][1] is None else _bytes(found[0][1])

    def scans(self) -> list[Scan]:
        """All scans, oldest first."""
        query = "SELECT tree, scan, kind, exhibit, n, state, parser_set FROM scan ORDER BY tree"
        return [
            Scan(integer(tree), str(name), str(kind), _label(exhibit), integer(size), str(state), str(parsers))
            for tree, name, kind, exhibit, size, state, parsers in self.rows(query)
        ]

    def scan(self, scan_id: str) -> Scan:
        """One scan by its id; :class:`LedgerError` when the ledger has no such scan."""
        for found in self.scans():
            if found.id == scan_id:
                return found
        raise LedgerError(f"the ledger has no scan {scan_id}")

    def items(self, scan_id: str, start: int = 0) -> Iterator[Item]:
        """The committed items of a scan from index ``start`` on, as they were when this was called."""
        scan = self.scan(scan_id)
        first, last = start // item.BUNDLE, -(-scan.size // item.BUNDLE)
        for number in range(first, last):
            lines = item.split_bundle(scan.kind, self.bundle(scan.tree, number))
            for index, parts in enumerate(lines, number * item.BUNDLE):
                if start <= index < scan.size:
                    yield Item(index, item.groups_of(scan.kind, parts))

    def bundle(self, tree: int, number: int) -> bytes:
        """The uncompressed lines of 256 items, or fewer in the last; :class:`LedgerError` when absent or
        damaged.
        """
        found = self.rows("SELECT z FROM ibundle WHERE tree = ? AND idx = ?", tree, number)
        if not found:
            raise LedgerError(f"the lines of items {number * item.BUNDLE} on are missing from tree {tree}")
        inflate = zlib.decompressobj()
        try:
            raw = inflate.decompress(_bytes(found[0][0]), _MAX_BUNDLE)
        except zlib.error as error:
            raise LedgerError(f"bundle {number} of tree {tree} is damaged: {error}") from error
        if not inflate.eof or inflate.unused_data:
            raise LedgerError(f"bundle {number} of tree {tree} is damaged")
        return raw

    def tile_reader(self, tree: int) -> merkle.TileReader:
        """A function from (level, index) to the bytes of a tile of ``tree``; empty when it is not there."""

        def read(level: int, index: int) -> bytes:
            found = self.rows("SELECT data FROM tile WHERE tree = ? AND level = ? AND idx = ?", tree, level, index)
            return _bytes(found[0][0]) if found else b""

        return read

    def checkpoints(self) -> Iterator[tuple[int, bytes]]:
        """Size and note of every checkpoint, smallest first."""
        for size, note in self.rows("SELECT size, note FROM checkpoint ORDER BY size"):
            yield integer(size), _bytes(note)

    def last_checkpoint(self) -> tuple[int, bytes] | None:
        """Size and note of the newest checkpoint."""
        found = self.rows("SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1")
        return (integer(found[0][0]), _bytes(found[0][1])) if found else None

    def checkpoint(self, size: int) -> bytes:
        """The note of the checkpoint at ``size``; :class:`LedgerError` when there is none."""
        found = self.rows("SELECT note FROM checkpoint WHERE size = ?", size)
        if not found:
            raise LedgerError(f"the ledger has no checkpoint at size {size}")
        return _bytes(found[0][0])

    def anchors(self) -> list[Anchor]:
        """All anchors kept, oldest first."""
        query = "SELECT id, size, kind, data, held_by, t_us FROM anchor ORDER BY id"
        return [
            Anchor(integer(number), integer(size), str(kind), _bytes(data), str(held_by), integer(time_us))
            for number, size, kind, data, held_by, time_us in self.rows(query)
        ]


def _entry(note: bytes, line: object) -> Entry:
    try:
        text = EntryText.parse(Note.parse(note).text)
        body = None if line is None else disclosure.parse(_bytes(line), "body").value
    except FormatError as error:
        raise LedgerError(f"an entry cannot be read: {error}") from error
    return Entry(text, note, body)


def _label(value: object) -> str | None:
    return None if value is None else str(value)


def integer(value: object) -> int:
    """A number out of the file, or :class:`LedgerError` when something else stands there."""
    if not isinstance(value, int):
        raise LedgerError(f"{value!r} stands where the ledger holds a number")
    return value


def _bytes(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise LedgerError(f"a {type(value).__name__} stands where the ledger holds bytes")
    return value

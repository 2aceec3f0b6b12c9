"""The tables of ``ledger.db`` and how the file is opened.

The triggers guard against accidents, not against an attacker, who can drop them; what an attacker changes is
found by verification.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forensics.custody.lock import is_at_rest, locked
from forensics.errors import LedgerError

APPLICATION_ID = 0x494D504C
"""``IMPL`` in the SQLite header (file format §1.3.18), so that file(1) and others can tell the file."""

VERSION = 1
"""``PRAGMA user_version``: the version of these tables."""

BUSY_SECONDS = 30.0

TABLES = """
CREATE TABLE ledger(k TEXT PRIMARY KEY, v BLOB NOT NULL) STRICT;
CREATE TABLE entry(
  ledger_id INTEGER NOT NULL, seq INTEGER NOT NULL, type TEXT NOT NULL, t_us INTEGER NOT NULL,
  actor TEXT NOT NULL, exhibit TEXT, note BLOB NOT NULL, PRIMARY KEY(ledger_id, seq)) STRICT;
CREATE TABLE body(
  ledger_id INTEGER NOT NULL, seq INTEGER NOT NULL, line BLOB, PRIMARY KEY(ledger_id, seq),
  FOREIGN KEY(ledger_id, seq) REFERENCES entry(ledger_id, seq)) STRICT;
CREATE TABLE tile(
  tree INTEGER NOT NULL, level INTEGER NOT NULL, idx INTEGER NOT NULL,
  data BLOB NOT NULL CHECK(length(data) BETWEEN 32 AND 8192 AND length(data) % 32 = 0),
  PRIMARY KEY(tree, level, idx)) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoint(size INTEGER PRIMARY KEY, t_us INTEGER NOT NULL, note BLOB NOT NULL) STRICT;
CREATE TABLE cosignature(
  size INTEGER NOT NULL REFERENCES checkpoint(size), key_name TEXT NOT NULL, key_id BLOB NOT NULL,
  line BLOB NOT NULL, PRIMARY KEY(size, key_name, key_id)) STRICT;
CREATE TABLE anchor(
  id INTEGER PRIMARY KEY, size INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK(kind IN ('rfc3161', 'witness', 'label', 'join', 'paper')),
  data BLOB NOT NULL, held_by TEXT NOT NULL, t_us INTEGER NOT NULL) STRICT;
CREATE TABLE scan(
  tree INTEGER PRIMARY KEY CHECK(tree > 0), scan TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
  exhibit TEXT, seed BLOB NOT NULL, n INTEGER NOT NULL,
  state TEXT NOT NULL CHECK(state IN ('open', 'closed', 'interrupted', 'superseded')),
  parser_set TEXT NOT NULL) STRICT;
CREATE TABLE ibundle(
  tree INTEGER NOT NULL REFERENCES scan(tree), idx INTEGER NOT NULL, z BLOB NOT NULL,
  PRIMARY KEY(tree, idx)) STRICT;

CREATE TRIGGER entry_keep BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
CREATE TRIGGER entry_stay BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
CREATE TRIGGER body_keep BEFORE UPDATE ON body WHEN NEW.line IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'a body can be expunged, not changed'); END;
CREATE TRIGGER body_stay BEFORE DELETE ON body BEGIN SELECT RAISE(ABORT, 'body rows are never deleted'); END;
CREATE TRIGGER tile_keep BEFORE UPDATE ON tile WHEN length(OLD.data) = 8192
  BEGIN SELECT RAISE(ABORT, 'a full tile is never changed'); END;
CREATE TRIGGER tile_stay BEFORE DELETE ON tile BEGIN SELECT RAISE(ABORT, 'tiles are never deleted'); END;
CREATE TRIGGER checkpoint_keep BEFORE UPDATE ON checkpoint
  BEGIN SELECT RAISE(ABORT, 'checkpoints are never changed'); END;
CREATE TRIGGER checkpoint_stay BEFORE DELETE ON checkpoint
  BEGIN SELECT RAISE(ABORT, 'checkpoints are never deleted'); END;
"""

_SETTINGS = """
PRAGMA trusted_schema = 0;
PRAGMA cell_size_check = 1;
PRAGMA mmap_size = 0;
PRAGMA foreign_keys = 1;
"""

_NETWORK = frozenset(("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "fuse.sshfs", "fuse.glusterfs"))


def connect_for_writing(path: Path) -> sqlite3.Connection:
    """Open ``ledger.db`` (creating the file) with a rollback journal and every flush SQLite knows.

    ``TRUNCATE`` rather than WAL, so that the file copied alone is complete; ``EXTRA`` also flushes the folder
    (SQLite pragma documentation). Transactions are begun explicitly. Raises :class:`LedgerError` on a network
    file system, where locks cannot be relied on.
    """
    refuse_network(path.parent)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    with _closed_on_error(connection):
        connection.executescript(_SETTINGS)
        connection.execute("PRAGMA fullfsync = 1")
        connection.execute("PRAGMA synchronous = EXTRA")
        (mode,) = connection.execute("PRAGMA journal_mode = TRUNCATE").fetchone()
        if mode != "truncate":
            raise LedgerError(f"the ledger keeps journal mode {mode}")
    return connection


@contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    """Let go of a file whose first look already fails."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


def connect_for_reading(path: Path) -> sqlite3.Connection:
    """Open ``ledger.db`` read-only; :class:`LedgerError` when it is not there or not a ledger."""
    if not path.is_file():
        if is_at_rest(path.parent):
            raise LedgerError(locked(path.parent))
        raise LedgerError(f"there is no ledger at {path}")
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS, isolation_level=None,
            check_same_thread=False,
        )  # fmt: skip
        with _closed_on_error(connection):
            connection.executescript(_SETTINGS)
            check_application(connection)
    except sqlite3.OperationalError as error:
        journal = path.with_name(path.name + "-journal")
        if journal.is_file() and journal.stat().st_size:
            raise LedgerError(
                "the last writer was cut off in a transaction; open the case for writing once to roll it back"
            ) from error
        raise LedgerError(f"the ledger cannot be opened: {error}") from error
    except sqlite3.Error as error:
        raise LedgerError(f"the ledger cannot be opened: {error}") from error
    return connection


def check_application(connection: sqlite3.Connection) -> None:
    """Raise :class:`LedgerError` unless the file says it is a ledger of a version known here."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID:
        raise LedgerError("this SQLite file is not a ledger")
    if version != VERSION:
        raise LedgerError(f"the ledger has tables of version {version}; this program knows {VERSION}")


def refuse_network(folder: Path) -> None:
    """Raise :class:`LedgerError` when ``folder`` is known to be on a network file system (Linux only)."""
    try:
        table = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape")
    except OSError:
        return
    place = folder.resolve()
    best, kind = -1, ""
    for row in table.splitlines():
        head, _, tail = row.partition(" - ")
        point = Path(head.split(" ")[4].replace(r"\040", " "))
        if place.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), tail.split(" ")[0]
    if kind in _NETWORK:
        raise LedgerError(f"the case folder is on a network file system ({kind}); keep the ledger on a local disk")

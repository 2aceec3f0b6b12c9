"""How the databases beside this file were made, by SQLCipher 4.12 itself.

    pip install sqlcipher3-binary       (outside the project, which does not need it)
    python make.py FOLDER

`signal.db` has a raw key, and a log with a message and a deletion that never reached it; `passphrase.db` has a
passphrase. Nobody of these people exists.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import sqlcipher3  # type: ignore[import-not-found,unused-ignore]

KEY = "5f" * 16 + "a7c3" * 8
WICK = "3f8a1c2e-5b6d-4e7f-8a90-b1c2d3e4f5a6"
TIME = 1714305600000
SIGNAL = """
CREATE TABLE conversations(id STRING PRIMARY KEY ASC, json TEXT, active_at INTEGER, type STRING, members TEXT,
  name TEXT, profileName TEXT, profileFamilyName TEXT, profileFullName TEXT, e164 TEXT, serviceId TEXT, groupId TEXT);
CREATE TABLE items(id STRING PRIMARY KEY ASC, json TEXT);
CREATE TABLE messages(rowid INTEGER PRIMARY KEY ASC, id STRING UNIQUE, json TEXT, sent_at INTEGER,
  conversationId STRING, received_at INTEGER, source STRING, type STRING, body TEXT, sourceServiceId STRING,
  received_at_ms INTEGER);
INSERT INTO items VALUES('number_id', '{"id":"number_id","value":"+491700000001.2"}');
INSERT INTO conversations(id, json, type, profileFullName, e164, serviceId)
  VALUES('c1', '{}', 'private', 'Wick', '+491700000002', '3f8a1c2e-5b6d-4e7f-8a90-b1c2d3e4f5a6');
"""
SAID = (
    ("incoming", "is it there?"),
    ("outgoing", "left today, pay to 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"),
    ("outgoing", "it is behind the shed, as always"),
    ("incoming", "good"),
)


def message(connection: sqlcipher3.Connection, number: int, kind: str, body: str) -> None:
    """One row of `messages`."""
    values = (number, f"m{number}", json.dumps({"body": body}), TIME + number * 60_000, "c1", number, None, kind, body)
    told = (*values, WICK if kind == "incoming" else None, TIME + number * 60_000 + 700)
    connection.execute(f"INSERT INTO messages VALUES({','.join('?' * len(told))})", told)


def make(path: Path, key: str, *, logged: bool) -> None:
    """One database, and its log as it stands while the program runs."""
    work = path.with_suffix(".work")
    connection = sqlcipher3.connect(str(work))
    for each in (f"key = {key}", "secure_delete = OFF", "journal_mode = WAL", "wal_autocheckpoint = 0"):
        connection.execute(f"PRAGMA {each}").fetchall()
    connection.executescript(SIGNAL)
    for number, (kind, body) in enumerate(SAID, 1):
        message(connection, number, kind, body)
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    if logged:
        message(connection, 5, "incoming", "only in the log so far")
        connection.execute("DELETE FROM messages WHERE rowid = 3")
        connection.commit()
        shutil.copy(f"{work}-wal", f"{path}-wal")
    shutil.copy(work, path)
    connection.close()
    work.unlink()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    make(folder / "signal.db", f"\"x'{KEY}'\"", logged=True)
    make(folder / "passphrase.db", "'first-word-1'", logged=False)

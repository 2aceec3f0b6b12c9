"""SQLCipher's own databases, which `sqlcipher/make.py` made, decrypted and read by SQLite and by the product."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from forensics.primitives.sqlite.database import ALL, open_database
from forensics.primitives.sqlite.rows import State
from forensics.primitives.sqlite.source import Bytes
from forensics.primitives.sqlite.sqlcipher import opening, plain_database, plain_log

FOLDER = Path(__file__).with_name("sqlcipher")
KEY = b"5f" * 16 + b"a7c3" * 8
DATABASE = (FOLDER / "signal.db").read_bytes()
LOG = (FOLDER / "signal.db-wal").read_bytes()


def test_a_raw_key_opens_every_page_and_the_log(tmp_path: Path) -> None:
    found = opening(Bytes(DATABASE), KEY)
    assert found is not None
    assert found.form.name == "SQLCipher 4"
    assert KEY.decode() not in repr(found)
    (tmp_path / "plain.db").write_bytes(plain_database(Bytes(DATABASE), found))
    (tmp_path / "plain.db-wal").write_bytes(plain_log(LOG, found))
    assert (found.bad, found.pages) == (0, len(DATABASE) // 4_096 + (len(LOG) - 32) // 4_120)
    with sqlite3.connect(tmp_path / "plain.db") as base:  # SQLite holds the log's new checksums, too
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        numbers = [number for (number,) in base.execute("SELECT rowid FROM messages")]
    base.close()
    assert numbers == [1, 2, 4, 5]


def test_deleted_and_logged_rows_are_told_apart() -> None:
    found = opening(Bytes(DATABASE), b"x'" + KEY + b"'")
    assert found is not None
    database = open_database(Bytes(plain_database(Bytes(DATABASE), found)), Bytes(plain_log(LOG, found)))
    assert database is not None
    states = {row.rowid: row.state for row in database.rows("messages", ALL)}
    assert states[5] is State.WAL
    assert states[3] in (State.STALE, State.DELETED)


def test_a_passphrase_opens_what_it_made() -> None:
    data = Bytes((FOLDER / "passphrase.db").read_bytes())
    found = opening(data, b"first-word-1")
    assert found is not None
    assert plain_database(data, found)[:16] == b"SQLite format 3\0"
    assert opening(data, b"another") is None


@pytest.mark.parametrize("key", [b"00" * 32, KEY[:-1] + b"4", b"", KEY[:63]])
def test_another_key_opens_nothing(key: bytes) -> None:
    assert opening(Bytes(DATABASE), key) is None


def test_a_damaged_page_reads_as_zeros_and_is_counted() -> None:
    data = bytearray(DATABASE)
    data[5_000] ^= 1
    found = opening(Bytes(bytes(data)), KEY)
    assert found is not None
    plain = plain_database(Bytes(bytes(data)), found)
    assert found.bad == 1
    assert plain[4_096:8_192] == bytes(4_096)
    assert plain[:4_096] == plain_database(Bytes(DATABASE), found)[:4_096]


@pytest.mark.parametrize("length", [0, 15, 4_095, 4_096, 5_000])
def test_what_is_cut_off_is_left_out(length: int) -> None:
    found = opening(Bytes(DATABASE[:length]), KEY)
    assert (found is not None) == (length >= 4_096)
    if found:
        assert len(plain_database(Bytes(DATABASE[:length]), found)) == 4_096
        assert len(plain_log(LOG[:length], found)) in (0, 32, 4_152)


def test_a_frame_whose_checksum_does_not_hold_stays_so() -> None:
    found = opening(Bytes(DATABASE), KEY)
    assert found is not None
    log = bytearray(LOG)
    log[100] ^= 1
    assert found.bad == 0
    database = open_database(Bytes(plain_database(Bytes(DATABASE), found)), Bytes(plain_log(bytes(log), found)))
    assert database is not None
    assert State.WAL not in {row.state for row in database.rows("messages", ALL)}

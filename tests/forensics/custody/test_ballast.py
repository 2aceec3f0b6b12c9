"""A full disk: the ballast is given up, the record is closed, and appending goes on once there is room."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import pytest

from forensics.custody import ballast
from forensics.custody.ballast import Ballast, is_full
from forensics.custody.client import LedgerClient
from forensics.custody.ledger import Draft, Ledger
from forensics.custody.store import LedgerReader
from forensics.custody.verify import verify
from forensics.custody.writer import Service
from forensics.errors import LedgerError, StorageFull

MIB = 1 << 20


@pytest.fixture(autouse=True)
def _with_ballast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ballast.VARIABLE, "2")


def test_it_is_made_where_there_is_room_and_gives_its_space_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Ballast(tmp_path)
    assert made.make()
    assert made.make()
    assert (tmp_path / ballast.NAME).stat().st_blocks * 512 >= 2 * MIB, "its blocks are taken, not only its size"
    assert made.drop() == 2 * MIB
    assert made.drop() == 0
    monkeypatch.setenv(ballast.VARIABLE, str(1 << 40))
    assert not made.make(), "it is not to fill the disk itself"
    monkeypatch.setenv(ballast.VARIABLE, "0")
    assert not made.make()
    assert not list(tmp_path.iterdir())


def test_what_is_a_full_disk() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("PRAGMA max_page_count = 2")
    with pytest.raises(sqlite3.OperationalError) as full:
        connection.executescript("CREATE TABLE a(x); CREATE TABLE b(x); CREATE TABLE c(x)")
    connection.close()
    assert is_full(full.value)
    error = LedgerError("nothing was entered")
    error.__cause__ = full.value
    assert is_full(error)
    assert is_full(OSError(errno.ENOSPC, "no space left on device"))
    assert not is_full(OSError(errno.EIO, "input/output error"))
    assert not is_full(StorageFull("said by the ledger, which has closed the record"))


def test_the_ledger_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite is told that the file may not grow, which it calls a full disk; giving up the ballast lets it."""
    case = tmp_path / "case"
    service = Service()
    created = service.answer({"op": "create", "case_dir": str(case), "number": "1", "examiner": "A B"})
    assert "error" not in created
    ledger = service._ledger
    assert ledger is not None
    scan = str(service.answer({"op": "open_scan", "exhibit": "E1", "parser_set": {}, "kind": "item"})["result"])
    connection = ledger._connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    given_up = ledger._ballast.drop

    def room_again() -> int:
        connection.execute("PRAGMA max_page_count = 1000000")
        return given_up()

    monkeypatch.setattr(ledger._ballast, "drop", room_again)
    items = [[{"n": n}, {"path": f"/{n}" * 40}, {"at": n}, {}] for n in range(5000)]
    reply = service.answer({"op": "append_items", "scan": scan, "items": items})
    refusal = reply["error"]
    assert isinstance(refusal, dict)
    assert refusal["kind"] == "StorageFull"
    assert "2 MiB of ballast were given up" in refusal["text"]
    assert not (case / ballast.NAME).exists()
    with LedgerReader.open(case) as reader:
        *_, stopped, full = reader.entries()
        assert (stopped.type, full.type) == ("scan.interrupted", "storage.full")
        assert full.body == {"what": "the ledger, append_items", "freed": 2 * MIB}
        assert reader.scan(scan).size == 0, "nothing of the batch was entered"
        assert reader.last_checkpoint() is not None
        assert reader.last_checkpoint()[0] == reader.size()  # type: ignore[index]
    assert service.answer({"op": "resume_scan", "scan": scan})["result"] == 0
    assert service.answer({"op": "append_items", "scan": scan, "items": items})["result"] == 5000
    service.close()
    assert not verify(case).faults
    with Ledger.open(case) as ledger, pytest.raises(LedgerError):
        ledger.append(Draft("storage.full", {}))
    assert (case / ballast.NAME).stat().st_size == 2 * MIB, "made again at the next start"


def test_a_client_has_the_record_closed(tmp_path: Path) -> None:
    with LedgerClient.create(tmp_path / "case", number="1", examiner="A B") as ledger:
        assert (tmp_path / "case" / ballast.NAME).exists()
        assert "2 MiB of ballast" in ledger.storage_full("the case database")
        assert "no ballast to give up" in ledger.storage_full("the case database")
        ledger.append("item.view", {"item": 1})
    assert not verify(tmp_path / "case").faults

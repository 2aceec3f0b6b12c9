"""The ledger: what it keeps, what it refuses, what it finds again after an interruption."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from forensics.custody import merkle
from forensics.custody.clock import Reading
from forensics.custody.entry import EntryText
from forensics.custody.ledger import Draft, Ledger
from forensics.custody.note import Checkpoint, Note
from forensics.custody.store import LedgerReader
from forensics.custody.verify import verify
from forensics.errors import CaseLocked, FormatError, LedgerError

Items = list[list[object]]
MakeItems = Callable[[int, int], Items]


class SetClock:
    """Clocks that show what they are told."""

    def __init__(self, *readings: Reading) -> None:
        self.now = readings[0]

    def __call__(self) -> Reading:
        return self.now


def fresh(path: Path, clock: Callable[[], Reading] | None = None) -> Ledger:
    more = {} if clock is None else {"clock": clock}
    return Ledger.create(path, number="1", examiner="A B", **more)  # type: ignore[arg-type]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with fresh(tmp_path / "case") as made:
        yield made


def types(ledger: Ledger | LedgerReader) -> list[str]:
    return [entry.type for entry in ledger.entries()]


def test_a_new_ledger(tmp_path: Path) -> None:
    with Ledger.create(
        tmp_path / "c", number="2026 0142", examiner="J. Doe", agency="LKA", title="T", authority="§ 94",
        domain="lab.example", name="ws07", product="Impound", version="0.1.0",
    ) as ledger:  # fmt: skip
        assert ledger.origin == "lab.example/2026-0142/ws07"
        (first,) = ledger.entries()
    assert (first.seq, first.type, first.actor) == (0, "case.open", "lab.example/examiner/j-doe")
    assert isinstance(first.body, dict)
    vkeys = first.body.pop("vkeys")
    assert first.body == {
        "number": "2026 0142", "title": "T", "examiner": "J. Doe", "agency": "LKA", "authority": "§ 94",
        "product": "Impound", "version": "0.1.0",
    }  # fmt: skip
    assert first.text.prev == merkle.EMPTY_ROOT
    policy = (tmp_path / "c" / "keys" / "policy").read_text()
    assert all(vkey in policy for vkey in vkeys)
    assert {path.name for path in (tmp_path / "c" / "keys").iterdir()} == {
        "examiner.key",
        "ledger.key",
        "policy",
    }
    with pytest.raises(LedgerError, match="already"):
        fresh(tmp_path / "c")


def test_the_file_is_set_up_as_designed(case: Path) -> None:
    assert (case / "ledger.db").read_bytes()[68:72] == b"IMPL"
    with Ledger.open(case) as ledger:
        ask = ledger._connection.execute
        found = {name: ask(f"PRAGMA {name}").fetchone()[0] for name in (
            "journal_mode", "synchronous", "fullfsync", "foreign_keys", "trusted_schema", "cell_size_check",
        )}  # fmt: skip
        strict = ask("SELECT name FROM pragma_table_list WHERE strict AND schema = 'main'").fetchall()
    assert found == {
        "journal_mode": "truncate", "synchronous": 3, "fullfsync": 1, "foreign_keys": 1, "trusted_schema": 0,
        "cell_size_check": 1,
    }  # fmt: skip
    assert {name for (name,) in strict} == {
        "ledger", "entry", "body", "tile", "checkpoint", "cosignature", "anchor", "scan", "ibundle",
    }  # fmt: skip


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE entry SET actor = 'x' WHERE seq = 1", "DELETE FROM entry WHERE seq = 1",
        "UPDATE body SET line = x'00' WHERE seq = 1", "DELETE FROM body", "DELETE FROM tile",
        "UPDATE tile SET data = zeroblob(8192) WHERE length(data) = 8192", "DELETE FROM checkpoint",
        "UPDATE checkpoint SET note = x'00'", "INSERT INTO tile VALUES(9, 0, 0, x'00')",
        "UPDATE entry SET note = 'text' WHERE seq = 1",
    ],
)  # fmt: skip
def test_triggers_and_strict_tables_stop_accidents(case: Path, sql: str) -> None:
    with closing(sqlite3.connect(case / "ledger.db")) as connection, connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(sql)
    connection.close()


def test_a_copy_of_the_file_alone_is_complete(ledger: Ledger, tmp_path: Path) -> None:
    ledger.append(Draft("item.view", {"item": 1}))
    copy = tmp_path / "copy.db"
    copy.write_bytes((tmp_path / "case" / "ledger.db").read_bytes())
    report = verify(copy)
    assert (report.level, report.entries, report.faults) == ("L1", 3, [])


def test_append_and_read_back(ledger: Ledger) -> None:
    made = ledger.append(Draft("custody.receive", {"from": "Wache 3", "n": [1, None]}, "E1"))
    again = next(ledger.entries(made.seq))
    assert again == made
    assert again.body == {"from": "Wache 3", "n": [1, None]}
    head = Checkpoint.parse(Note.parse(ledger.checkpoint()).text)
    assert (head.size, head.root) == (ledger.head().size, ledger.head().root)
    leaves = [merkle.leaf_hash(entry.note) for entry in ledger.entries()]
    assert head.root == merkle.root_of(leaves)
    assert ledger.checkpoint() == ledger.checkpoint()


@pytest.mark.parametrize(
    "draft",
    [
        Draft("item.view", {"x": 1.5}), Draft("item.view", {"x": "\ud800"}), Draft("View", {}),
        Draft("item.view", {}, "E 1"), Draft("item.view", {}, ""), Draft("item.view", {}, "-"),
        Draft("scan.batch", {}), Draft("clock.step", {}), Draft("case.open", {}),
    ],
)  # fmt: skip
def test_what_is_refused_leaves_no_trace(ledger: Ledger, draft: Draft) -> None:
    before = (ledger.head(), types(ledger))
    with pytest.raises((FormatError, LedgerError)):
        ledger.append_many([Draft("item.view", {"ok": 1}), draft])
    assert (ledger.head(), types(ledger)) == before
    ledger.append(Draft("item.view", {}))
    assert types(ledger) == ["case.open", "session.open", "item.view"]


def test_a_failing_disk_leaves_no_trace(case: Path, make_items: MakeItems) -> None:
    with Ledger.open(case) as ledger:
        scan = ledger.open_scan("E1", ["p"])
        ledger.append_items(scan, make_items(0, 100))
        before = (ledger.head(), ledger.scans(), types(ledger))
        ledger._connection.execute(
            "CREATE TEMP TRIGGER fail BEFORE INSERT ON ibundle BEGIN SELECT RAISE(ABORT, 'disk'); END"
        )
        with pytest.raises(LedgerError, match="nothing was entered"):
            ledger.append_items(scan, make_items(100, 700))
        assert (ledger.head(), ledger.scans(), types(ledger)) == before
        ledger._connection.execute("DROP TRIGGER fail")
        assert ledger.append_items(scan, make_items(100, 700)) == 700
        ledger.close_scan(scan)
        assert [item.groups["content"] for item in ledger.items(scan)] == [values[0] for values in make_items(0, 700)]
    assert verify(case).faults == []


def test_full_disk_is_an_error_and_nothing_more(case: Path) -> None:
    with Ledger.open(case) as ledger:
        ledger.append(Draft("note.add", {"text": "before"}))
        (pages,) = ledger._connection.execute("PRAGMA page_count").fetchone()
        ledger._connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(LedgerError, match="full"):
            ledger.append_many([Draft("note.add", {"text": "x" * 3000})] * 50)
        ledger._connection.execute("PRAGMA max_page_count = 1000000")
        ledger.append(Draft("note.add", {"text": "after"}))
    assert verify(case).faults == []


def test_one_writer(case: Path) -> None:
    with Ledger.open(case), pytest.raises(CaseLocked):
        Ledger.open(case)
    Ledger.open(case).close()


def test_wrong_keys_do_not_open(case: Path, tmp_path: Path) -> None:
    fresh(tmp_path / "other").close()
    (case / "keys" / "examiner.key").write_bytes((tmp_path / "other" / "keys" / "examiner.key").read_bytes())
    with pytest.raises(LedgerError, match="not this ledger's"):
        Ledger.open(case)


# ── sessions and clocks ───────────────────────────────────────────────────────────────────────────

NOON = 1_795_000_000_000_000


def test_sessions_are_granted_when_needed_and_end(tmp_path: Path) -> None:
    clock = SetClock(Reading(NOON, "00000001", 0))
    with fresh(tmp_path / "c", clock) as ledger:
        ledger.append(Draft("custody.seize", {}, "E1"))
        ledger.append(Draft("item.view", {}))
        ledger.append(Draft("item.view", {}))
        hours = 12 * 3600
        clock.now = Reading(NOON + hours * 1_000_000, "00000001", hours * 1_000_000_000)
        ledger.append(Draft("item.view", {}))
    with LedgerReader.open(tmp_path / "c") as reader:
        assert types(reader) == [
            "case.open", "custody.seize", "session.open", "item.view", "item.view", "session.open",
            "item.view", "session.close",
        ]  # fmt: skip
        names = [Note.parse(entry.note).signatures[0].name for entry in reader.entries()]
    person = "impound.invalid/examiner/a-b"
    assert names[0] == names[1] == names[2] == names[5] == names[7] == person
    assert names[3] == names[4] != names[6]
    assert all(name.startswith(f"{person}/session/") for name in (names[3], names[6]))
    assert verify(tmp_path / "c").faults == []


@pytest.mark.parametrize(
    ("wall", "boot", "steps"),
    [(1_000_000, 1_000_000, 0), (1_000_000, 2_900_000, 0), (1_000_000, 3_100_000, 1),
     (9_000_000, 1_000_000, 1), (-1, 1_000_000, 1)],
)  # fmt: skip
def test_clock_steps_are_entered(tmp_path: Path, wall: int, boot: int, steps: int) -> None:
    clock = SetClock(Reading(NOON, "00000001", 0))
    with fresh(tmp_path / "c", clock) as ledger:
        clock.now = Reading(NOON + wall, "00000001", boot * 1000)
        ledger.append(Draft("custody.seize", {}, "E1"))
        assert types(ledger) == ["case.open", *["clock.step"] * steps, "custody.seize"]
    assert verify(tmp_path / "c").faults == []


def test_another_run_of_the_machine_is_no_step_unless_time_goes_back(tmp_path: Path) -> None:
    clock = SetClock(Reading(NOON, "00000001", 10**15))
    with fresh(tmp_path / "c", clock) as ledger:
        clock.now = Reading(NOON + 10**9, "00000002", 0)
        ledger.append(Draft("custody.seize", {}, "E1"))
        clock.now = Reading(NOON, "00000003", 0)
        ledger.append(Draft("custody.store", {}, "E1"))
        assert types(ledger) == ["case.open", "custody.seize", "clock.step", "custody.store"]


# ── scans ─────────────────────────────────────────────────────────────────────────────────────────


def test_items_come_back_in_order(template: Path, make_items: MakeItems) -> None:
    with LedgerReader.open(template) as reader:
        scan, found = reader.scans()
        assert (scan.kind, scan.size, scan.state, scan.exhibit) == ("item", 603, "closed", "E1")
        assert (found.kind, found.size) == ("finding", 5)
        wanted = make_items(0, 603)
        got = list(reader.items(scan.id))
        assert [item.index for item in got] == list(range(603))
        assert [list(item.groups.values()) for item in got] == wanted
        assert [item.index for item in reader.items(scan.id, 511)] == list(range(511, 603))
        assert next(reader.items(found.id)).groups["claim"] == {
            "kind": "wallet/electrum", "detector": "wallet/electrum@3", "grade": "C3", "value": "1Boat0",
        }  # fmt: skip
        with pytest.raises(LedgerError):
            list(reader.items("0" * 16))


def test_an_interrupted_scan_is_entered_and_resumed(case: Path, make_items: MakeItems) -> None:
    ledger = Ledger.open(case)
    scan = ledger.open_scan("E1", ["p"])
    ledger.append_items(scan, make_items(0, 300))
    ledger.append(Draft("acquire.begin", {"method": "image"}, "E2"))
    ledger._drop()  # as if killed: nothing is closed in order

    with Ledger.open(case) as ledger:
        assert types(ledger)[-2:] == ["scan.interrupted", "acquire.abort"]
        entries = list(ledger.entries())
        assert {entry.actor for entry in entries[-2:]} == {ledger.origin}
        with pytest.raises(LedgerError, match="not open"):
            ledger.append_items(scan, make_items(300, 301))
        assert ledger.resume_scan(scan) == 300
        with pytest.raises(LedgerError):
            ledger.resume_scan(scan)
        assert ledger.append_items(scan, make_items(300, 520)) == 520
        ledger.interrupt_scan(scan, "asked to stop")
        assert ledger.resume_scan(scan) == 520
        ledger.close_scan(scan, {"items": 520})
        assert [list(item.groups.values()) for item in ledger.items(scan)] == make_items(0, 520)
        with pytest.raises(LedgerError):
            ledger.append_items(scan, make_items(520, 521))
    report = verify(case)
    assert report.faults == []
    assert report.items == 603 + 5 + 520


def test_an_empty_scan(case: Path) -> None:
    with Ledger.open(case) as ledger:
        scan = ledger.open_scan(None, [], "finding")
        assert ledger.append_items(scan, []) == 0
        ledger.close_scan(scan)
        with pytest.raises(LedgerError):
            ledger.open_scan("E1", [], "nonsense")
    assert verify(case).faults == []


def test_an_uncommitted_tail_is_never_seen(case: Path, make_items: MakeItems) -> None:
    with Ledger.open(case) as ledger, LedgerReader.open(case) as reader:
        scan = ledger.open_scan("E1", ["p"])
        ledger.append_items(scan, make_items(0, 10))
        seen: list[int] = []

        def stop(*_: object) -> None:
            seen.append(reader.scan(scan).size)
            raise ZeroDivisionError

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ledger, "_add", stop)  # everything but the entry has been written by then
            with pytest.raises(ZeroDivisionError):
                ledger.append_items(scan, make_items(10, 300))
        assert seen == [10]
        assert reader.scan(scan).size == 10
        assert ledger.append_items(scan, make_items(10, 20)) == 20
        ledger.close_scan(scan)
    assert verify(case).faults == []


# ── opening ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        (
            "UPDATE entry SET note = CAST(replace(CAST(note AS TEXT), 'E1', 'E2') AS BLOB) WHERE seq = 1",
            "does not",
        ),
        ("UPDATE tile SET data = zeroblob(length(data)) WHERE tree = 0", "does not"),
        ("DELETE FROM checkpoint", "no checkpoint"),
        ("DELETE FROM entry WHERE seq > 3", "signed a checkpoint at"),
        ("PRAGMA application_id = 1", "not a ledger"),
        ("PRAGMA user_version = 2", "version 2"),
    ],
)
def test_a_spoilt_ledger_does_not_open(case: Path, attack: sqlite3.Connection, sql: str, words: str) -> None:
    attack.execute("PRAGMA foreign_keys = 0")
    attack.execute(sql)
    with pytest.raises(LedgerError, match=words):
        Ledger.open(case)
    with pytest.raises(LedgerError, match=words):  # and the lock was let go
        Ledger.open(case)


def test_no_ledger_no_writer(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no ledger"):
        Ledger.open(tmp_path)
    with pytest.raises(LedgerError, match="no ledger"):
        LedgerReader.open(tmp_path)
    (tmp_path / "ledger.db").write_bytes(b"not a database, whatever it says " * 100)
    with pytest.raises(LedgerError):
        LedgerReader.open(tmp_path)


def test_entries_fit_the_published_form(template: Path) -> None:
    with LedgerReader.open(template) as reader:
        for entry in reader.entries():
            assert str(EntryText.parse(Note.parse(entry.note).text)).encode() == entry.note.split(b"\n\n")[0] + b"\n"

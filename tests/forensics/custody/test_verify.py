"""Attacks on a finished ledger, each put to both verifiers: the program's and the one in a single file."""

from __future__ import annotations

import base64
import json
import shutil
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from forensics.custody import disclosure, item, keys, merkle
from forensics.custody import ledger as ledger_module
from forensics.custody.clock import Reading
from forensics.custody.entry import EntryText, time_text
from forensics.custody.ledger import Draft, Ledger
from forensics.custody.note import COSIGNATURE, Ed25519Signer, Note, VerifierKey
from forensics.custody.policy import Policy
from forensics.custody.store import LedgerReader
from forensics.custody.verify import Report, verify
from forensics.errors import FormatError, LedgerError
from resources import verify as plain

VERIFY_PY = Path(plain.__file__)


def both(case: Path, policy: str | None = None, *anchors: bytes) -> Report:
    """The report of the program's verifier, after seeing that the single file finds the same."""
    report = verify(case, None if policy is None else Policy.parse(policy), anchors)
    other = plain.verify(case / "ledger.db", policy, anchors)
    mine = report.as_json()
    assert {key: other[key] for key in ("level", "entries", "anchors", "anchored", "witnessed")} == {
        key: mine[key] for key in ("level", "entries", "anchors", "anchored", "witnessed")
    }
    assert sorted((f["code"], f["where"]) for f in other["faults"]) == sorted(
        (fault.code, fault.where) for fault in report.faults
    )
    if not report.faults:
        assert other["items"] == report.items
    return report


def codes(report: Report) -> set[str]:
    return {fault.code for fault in report.faults}


def policy_of(case: Path) -> str:
    return (case / "keys" / "policy").read_text()


def test_an_honest_ledger(case: Path) -> None:
    report = both(case)
    assert (report.level, report.items, report.faults) == ("L1", 608, [])
    with LedgerReader.open(case) as reader:
        assert report.entries == reader.size() == 17
    report = both(case, policy_of(case), (case / "anchor.txt").read_bytes())
    assert (report.level, report.anchors, report.faults) == ("L3", 1, [])


# ── attacks without a key ─────────────────────────────────────────────────────────────────────────

Attack = Callable[[sqlite3.Connection], object]


def sql(*statements: str) -> Attack:
    def run(db: sqlite3.Connection) -> None:
        db.execute("PRAGMA foreign_keys = 0")
        for statement in statements:
            assert db.execute(statement).rowcount != 0

    return run


def edited(column: str, old: str, new: str) -> str:
    """An assignment that replaces text inside a blob."""
    return f"{column} = CAST(replace(CAST({column} AS TEXT), '{old}', '{new}') AS BLOB)"


def edit_note(old: str, new: str) -> Attack:
    return sql(f"UPDATE entry SET {edited('note', old, new)} WHERE seq = 1")


def swap(table: str, columns: str, key: str, one: int, two: int) -> Attack:
    def run(db: sqlite3.Connection) -> None:
        query = f"SELECT {columns} FROM {table} WHERE {key} = ?"
        first, second = (db.execute(query, (at,)).fetchone() for at in (one, two))
        assignments = ", ".join(f"{name} = ?" for name in columns.split(", "))
        for values, at in ((second, one), (first, two)):
            db.execute(f"UPDATE {table} SET {assignments} WHERE {key} = ?", (*values, at))

    return run


def delete_and_renumber(db: sqlite3.Connection) -> None:
    sql("DELETE FROM entry WHERE seq = 9", "DELETE FROM body WHERE seq = 9")(db)
    for seq in range(10, 17):
        db.execute("UPDATE entry SET seq = ? WHERE seq = ?", (seq - 1, seq))
        db.execute("UPDATE body SET seq = ? WHERE seq = ?", (seq - 1, seq))


def change_items(change: Callable[[list[bytes]], None]) -> Attack:
    """Change the lines of bundle 1 of the first scan."""

    def run(db: sqlite3.Connection) -> None:
        (packed,) = db.execute("SELECT z FROM ibundle WHERE tree = 1 AND idx = 1").fetchone()
        lines = zlib.decompress(packed).split(b"\n")
        change(lines)
        again = zlib.compress(b"\n".join(lines), 1)
        db.execute("UPDATE ibundle SET z = ? WHERE tree = 1 AND idx = 1", (again,))

    return run


def edit_line(lines: list[bytes]) -> None:
    assert b"Bild 256.jpg" in lines[1]
    lines[1] = lines[1].replace(b"Bild 256", b"Bild 999")


def swap_items(lines: list[bytes]) -> None:
    lines[0:4], lines[4:8] = lines[4:8], lines[0:4]


def relabel(lines: list[bytes]) -> None:
    lines[0], lines[1] = lines[1], lines[0]


def drop_item(lines: list[bytes]) -> None:
    del lines[0:4]


def change_item_and_its_tree(db: sqlite3.Connection) -> None:
    """Alter an item and recompute the whole scan tree: only the signed roots are left to tell."""
    change_items(edit_line)(db)
    (scan,) = db.execute("SELECT scan FROM scan WHERE tree = 1").fetchone()
    tree = merkle.Tree()
    for number in range(3):
        query = "SELECT z FROM ibundle WHERE tree = 1 AND idx = ?"
        raw = zlib.decompress(db.execute(query, (number,)).fetchone()[0])
        for index, lines in enumerate(item.split_bundle("item", raw), number * 256):
            text = item.leaf_text("item", scan, index, [disclosure.commitment(line) for line in lines])
            tree.extend([merkle.leaf_hash(text)])
    for (level, index), data in tree.take_tiles().items():
        query = "UPDATE tile SET data = ? WHERE tree = 1 AND level = ? AND idx = ?"
        assert db.execute(query, (data, level, index)).rowcount == 1


ATTACKS: dict[str, tuple[Attack, set[str]]] = {
    "edit body": (
        sql(f"UPDATE body SET {edited('line', 'Hafen', 'Hofen')} WHERE seq = 1"),
        {"body"},
    ),
    "remove body": (sql("UPDATE body SET line = NULL WHERE seq = 1"), {"body"}),
    "remove body row": (sql("DELETE FROM body WHERE seq = 1"), {"body"}),
    "edit exhibit of an entry": (
        edit_note("exhibit E1", "exhibit E2"), {"signature", "prev", "projection", "tile", "checkpoint"},
    ),
    "edit entry and column": (
        sql(f"UPDATE entry SET exhibit = 'E2', {edited('note', 'exhibit E1', 'exhibit E2')} WHERE seq = 1"),
        {"signature", "prev", "tile", "checkpoint"},
    ),
    "edit signature": (edit_note("=\n", "A=\n"), {"format", "prev", "tile", "checkpoint"}),
    "edit column only": (sql("UPDATE entry SET actor = 'x' WHERE seq = 1"), {"projection"}),
    "edit time column": (sql("UPDATE entry SET t_us = t_us - 1 WHERE seq = 1"), {"projection"}),
    "delete row": (
        sql("DELETE FROM entry WHERE seq = 9", "DELETE FROM body WHERE seq = 9"),
        {"sequence", "prev", "checkpoint"},
    ),
    "delete and renumber": (delete_and_renumber, {"sequence", "prev", "checkpoint"}),
    "reorder": (
        swap("entry", "note, type, t_us, actor, exhibit", "seq", 11, 12), {"sequence", "prev", "time"},
    ),
    "truncate": (
        sql("DELETE FROM entry WHERE seq > 11", "DELETE FROM body WHERE seq > 11"), {"checkpoint", "tile"},
    ),
    "edit item": (change_items(edit_line), {"item"}),
    "swap two items": (change_items(swap_items), {"item"}),
    "swap two groups": (change_items(relabel), {"item"}),
    "drop an item": (change_items(drop_item), {"item"}),
    "edit item and tree": (change_item_and_its_tree, {"item"}),
    "drop a bundle": (sql("DELETE FROM ibundle WHERE tree = 1 AND idx = 2"), {"item"}),
    "swap bundles": (swap("ibundle", "z", "tree = 1 AND idx", 0, 1), {"item"}),
    "spoil a bundle": (sql("UPDATE ibundle SET z = x'789c00' WHERE tree = 1 AND idx = 1"), {"item"}),
    "edit tile": (
        sql("UPDATE tile SET data = zeroblob(8192) WHERE tree = 1 AND level = 0 AND idx = 0"), {"tile"},
    ),
    "extra tile": (sql("INSERT INTO tile VALUES(0, 1, 0, zeroblob(32))"), {"tile"}),
    "extra tree": (sql("INSERT INTO tile VALUES(7, 0, 0, zeroblob(32))"), {"scan"}),
    "shorter scan": (sql("UPDATE scan SET n = 500 WHERE tree = 1"), {"scan"}),
    "closed scan opened": (sql("UPDATE scan SET state = 'open' WHERE tree = 1"), {"scan"}),
    "scan removed": (
        sql(*(f"DELETE FROM {table} WHERE tree = 2" for table in ("scan", "ibundle", "tile"))),
        {"scan"},
    ),
    "scan added": (
        sql("INSERT INTO scan VALUES(3, '00000000000000aa', 'item', 'E1', zeroblob(32), 0, 'closed', '[]')"),
        {"scan"},
    ),
    "other detectors": (sql("UPDATE scan SET parser_set = '{}' WHERE tree = 2"), {"scan"}),
    "drop checkpoints": (sql("DELETE FROM checkpoint"), {"checkpoint"}),
    "edit checkpoint": (
        sql(f"UPDATE checkpoint SET {edited('note', chr(10) + '1' + chr(10), chr(10) + '2' + chr(10))}"),
        {"checkpoint"},
    ),
    "move checkpoint": (sql("UPDATE checkpoint SET size = 3 WHERE size = 1"), {"checkpoint"}),
    "rename ledger": (
        sql("UPDATE ledger SET v = CAST('lab.example/x/y' AS BLOB) WHERE k = 'origin'"), {"keys", "format"},
    ),
    "drop keys": (sql("DELETE FROM ledger WHERE k = 'vkeys'"), {"file"}),
    "drop a table": (sql("DROP TABLE ibundle"), {"file"}),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_is_caught(case: Path, attack: sqlite3.Connection, name: str) -> None:
    run, expected = ATTACKS[name]
    run(attack)
    report = both(case)
    assert report.level == "none"
    assert expected <= codes(report)


def test_every_entry_edit_is_caught(template: Path, tmp_path: Path) -> None:
    """One character of each line of an entry in the middle, one at a time."""
    with LedgerReader.open(template) as reader:
        note = list(reader.entries())[9].note.decode()
    at = 0
    for line in note.split("\n"):
        if line:
            place = at + len(line) - 3
            changed = note[:place] + ("1" if note[place] != "1" else "2") + note[place + 1 :]
            copy = Path(shutil.copytree(template, tmp_path / f"c{at}"))
            with closing(sqlite3.connect(copy / "ledger.db")) as db, db:
                db.execute("DROP TRIGGER entry_keep")
                db.execute("UPDATE entry SET note = ? WHERE seq = 9", (changed.encode(),))
            db.close()
            assert both(copy).level == "none", line
        at += len(line) + 1


def test_flipped_bytes_of_the_file(template: Path, tmp_path: Path) -> None:
    """A flipped byte is found, or it stood in unused space: then nothing that can be read differs."""
    whole = (template / "ledger.db").read_bytes()
    with closing(sqlite3.connect(template / "ledger.db")) as db, db:
        dump = list(db.iterdump())
    db.close()
    found = 0
    for at in range(5, len(whole), len(whole) // 40):
        path = tmp_path / f"{at}.db"
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        report = verify(path)
        if report.level == "none":
            found += 1
            continue
        with closing(sqlite3.connect(path)) as db, db:
            assert list(db.iterdump()) == dump
        db.close()
    assert found >= 20


# ── attacks with the keys ─────────────────────────────────────────────────────────────────────────


def cut(case: Path, keep: int) -> None:
    """Cut the ledger back to ``keep`` entries and mend its tiles, as whoever can write the file might."""
    db = sqlite3.connect(case / "ledger.db")
    for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {name}")
    db.execute("DELETE FROM body WHERE seq >= ?", (keep,))
    db.execute("DELETE FROM entry WHERE seq >= ?", (keep,))
    db.execute("DELETE FROM checkpoint WHERE size > ?", (keep,))
    db.execute("DELETE FROM tile WHERE tree = 0")
    tree = merkle.Tree()
    tree.extend(merkle.leaf_hash(note) for (note,) in db.execute("SELECT note FROM entry ORDER BY seq"))
    for (level, index), data in tree.take_tiles().items():
        db.execute("INSERT INTO tile VALUES(0, ?, ?, ?)", (level, index, data))
    db.commit()
    db.close()


def test_truncated_and_signed_again_passes_without_an_anchor(case: Path) -> None:
    """The known limit: whoever holds the keys can rewrite what no anchor covers. An anchor shows it."""
    anchor = (case / "anchor.txt").read_bytes()
    cut(case, 12)  # the anchor was made at 13 entries
    with Ledger.open(case) as ledger:
        ledger.checkpoint()
    report = both(case, policy_of(case))
    assert (report.level, report.faults, report.entries) == ("L2", [], 12)
    report = both(case, None, anchor)
    assert report.level == "L1"
    assert [(fault.code, "missing" in fault.text) for fault in report.faults] == [("anchor", True)]


def test_rewritten_history_is_shown_by_the_anchor(case: Path) -> None:
    anchor = (case / "anchor.txt").read_bytes()
    cut(case, 12)
    with Ledger.open(case) as ledger:
        for number in range(4):
            ledger.append(Draft("item.view", {"item": 100 + number}, "E1"))
    assert both(case, policy_of(case)).level == "L2"
    report = both(case, policy_of(case), anchor)
    assert codes(report) == {"anchor"}
    assert "not the ones" in report.faults[0].text


def test_what_follows_the_last_anchor_can_be_rewritten_unseen(case: Path) -> None:
    anchor = (case / "anchor.txt").read_bytes()
    cut(case, 13)
    with Ledger.open(case) as ledger:
        ledger.append(Draft("item.view", {"item": 100}, "E1"))
    assert both(case, policy_of(case), anchor).faults == []


def test_another_ledger_under_new_keys(case: Path, tmp_path: Path) -> None:
    """Keys replaced and everything signed again: passes unless the keys are pinned, or an anchor is held."""
    forged = tmp_path / "forged"
    with Ledger.create(forged, number="2026-0142", examiner="J. Doe", agency="Lab", domain="lab.example") as ledger:
        ledger.append(Draft("custody.seize", {}, "E1"))
    assert both(forged).level == "L1"
    report = both(forged, policy_of(case))
    assert (report.level, codes(report)) == ("L1", {"policy"})
    assert len(report.faults) == 3
    assert codes(both(forged, None, (case / "anchor.txt").read_bytes())) == {"anchor"}


def test_an_anchor_with_the_label_signature_alone_is_enough(case: Path) -> None:
    note = Note.parse((case / "anchor.txt").read_bytes())
    label = bytes(Note(note.text, note.signatures[:1]))
    assert both(case, None, label).faults == []
    unsigned = bytes(Note(note.text, note.signatures[1:]))
    assert codes(both(case, None, unsigned)) == {"anchor"}
    assert codes(both(case, None, b"nonsense")) == {"anchor"}
    assert codes(both(case, None, label.replace(b"lab.example", b"lab.exomple"))) == {"anchor"}


def forge(
    case: Path,
    change: Callable[[EntryText], EntryText],
    signer: str = "examiner",
    body: dict[str, object] | None = None,
) -> None:
    """Append one entry, made by hand and signed with a key of the case, and a checkpoint over it."""
    ring = keys.load(case / "keys" / f"{signer}.key", None)
    with Ledger.open(case) as ledger, ledger._transaction():
        now, head, line = ledger._clock(), ledger.head(), disclosure.fresh_line("body", body or {})
        text = change(EntryText(
            ledger.origin, head.size, head.root, now.time_us, now.boot_id, now.boot_ns, "custody.store",
            ledger._examiner.verifier.name, "E1", disclosure.commitment(line),
        ))  # fmt: skip
        note = bytes(Note(str(text), (ring.ed25519.sign(str(text)),)))
        row = (1, text.seq, text.type, text.time_us, text.actor, text.exhibit, note)
        ledger._connection.execute("INSERT INTO entry VALUES(?,?,?,?,?,?,?)", row)
        ledger._connection.execute("INSERT INTO body VALUES(?,?,?)", (1, text.seq, line))
        ledger._tree.extend([merkle.leaf_hash(note)])
        ledger._sign_head()


def replaced(**values: object) -> Callable[[EntryText], EntryText]:
    return lambda text: replace(text, **values)  # type: ignore[arg-type]


def test_a_back_dated_entry_goes_backwards(case: Path) -> None:
    forge(case, replaced(time_us=1_700_000_000_000_000))
    assert codes(both(case)) == {"time"}


def test_an_entry_for_another_ledger_does_not_fit(case: Path) -> None:
    forge(case, replaced(ledger="lab.example/other/ledger"))
    assert codes(both(case)) == {"format"}


def test_an_entry_on_another_history_does_not_fit(case: Path) -> None:
    forge(case, replaced(prev=bytes(32)))
    assert codes(both(case)) == {"prev"}


def test_the_wrong_key_does_not_do(case: Path) -> None:
    forge(case, replaced(), signer="ledger")
    assert codes(both(case)) == {"signature"}


def test_the_examiner_cannot_sign_for_a_session(case: Path) -> None:
    forge(case, replaced(type="item.view"))
    assert codes(both(case)) == {"signature"}


def test_the_honest_forgery_passes(case: Path) -> None:
    """The tests above are worth something only if the same hand-made entry, unspoilt, verifies."""
    forge(case, replaced())
    assert both(case).faults == []


def test_another_actor_than_the_signer(case: Path) -> None:
    forge(case, replaced(actor="lab.example/examiner/somebody-else"))
    assert codes(both(case)) == {"signature"}


@pytest.mark.parametrize(
    ("kind", "name", "hours", "expected"),
    [
        ("session", "lab.example/examiner/j-doe/session/00000000", 12, set()),
        ("session", "lab.example/examiner/j-doe/session/00000000", 13, {"session"}),
        ("session", "lab.example/examiner/j-doe/session/00000000", 0, {"session"}),
        ("session", "lab.example/examiner/somebody/session/00000000", 12, {"session"}),
        ("mldsa", "lab.example/examiner/j-doe/session/00000000", 12, {"session"}),
    ],
)
def test_a_grant_is_for_a_session_of_the_examiner_and_twelve_hours(
    case: Path, kind: str, name: str, hours: int, expected: set[str]
) -> None:
    with LedgerReader.open(case) as reader:
        material = reader.verifiers()[2] if kind == "mldsa" else reader.verifiers()[0]
    key = VerifierKey(name, material.kind, material.public)
    noon = 4_000_000_000_000_000
    body: dict[str, object] = {"vkey": str(key), "not_after": time_text(noon + hours * 3_600_000_000)}
    forge(case, replaced(type="session.open", exhibit=None, time_us=noon), body=body)
    assert codes(both(case)) == expected


def test_a_close_of_a_session_that_is_not_open(case: Path) -> None:
    forge(case, replaced(type="session.close", exhibit=None), body={"vkey": "x"})
    assert codes(both(case)) == {"session"}


def test_a_second_case_open(case: Path) -> None:
    forge(case, replaced(type="case.open", exhibit=None))
    assert codes(both(case)) == {"sequence", "keys"}


def test_a_scan_that_changes_its_exhibit(case: Path) -> None:
    with Ledger.open(case) as ledger:
        scan = ledger.open_scan("E1", [])
        growth = ledger._growing[scan]
        growth.scan = replace(growth.scan, exhibit="E2")
        ledger.close_scan(scan)
    assert codes(both(case)) == {"scan"}


def test_a_scan_that_does_not_grow(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Ledger.open(case) as ledger:
        scan = ledger.open_scan("E1", [])
        ledger.append_items(scan, [[1, 2, 3, 4], [5, 6, 7, 8]])
        with monkeypatch.context() as patch:
            patch.setattr(Ledger, "_set_scan", lambda *_: None)
            honest = ledger_module._size_and_root
            patch.setattr(ledger_module, "_size_and_root", lambda growth: {**honest(growth), "size": 2})
            ledger.append_items(scan, [[1, 2, 3, 4]])
        ledger.close_scan(scan)
    assert {"scan", "item"} == codes(both(case))


def test_lines_under_another_label(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Committed and signed as they stand, but the first line is labelled as if it were another group."""

    def mislabelled(kind: str, scan: str, _: bytes, start: int, items: object) -> item.Batch:
        lines = [disclosure.fresh_line(label, 1) for label in ("name", "name", "locus", "meta")]
        text = item.leaf_text(kind, scan, start, [disclosure.commitment(line) for line in lines])
        return item.Batch([merkle.leaf_hash(text)], [b"".join(line + b"\n" for line in lines)])

    monkeypatch.setattr(item, "prepare", mislabelled)
    with Ledger.open(case) as ledger:
        scan = ledger.open_scan("E1", [])
        ledger.append_items(scan, [[1, 1, 1, 1]])
        ledger.close_scan(scan)
    assert codes(both(case)) == {"item"}


def test_a_case_opened_under_other_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Ledger._put

    def put(self: Ledger, draft: Draft, now: Reading, signer: Ed25519Signer) -> object:
        return honest(self, replace(draft, body={**draft.body, "vkeys": []}), now, signer)

    monkeypatch.setattr(Ledger, "_put", put)
    Ledger.create(tmp_path / "case", number="1", examiner="A").close()
    assert codes(both(tmp_path / "case")) == {"keys"}


@pytest.mark.parametrize("kept", [0, 1])
def test_a_checkpoint_needs_both_signatures(case: Path, attack: sqlite3.Connection, kept: int) -> None:
    (data,) = attack.execute("SELECT note FROM checkpoint WHERE size = 1").fetchone()
    note = Note.parse(data)
    other = replace(note.signatures[1 - kept], value=bytes(len(note.signatures[1 - kept].value)))
    for signatures in ((note.signatures[kept],), (note.signatures[kept], other)):
        attack.execute("UPDATE checkpoint SET note = ? WHERE size = 1", (bytes(Note(note.text, signatures)),))
        assert codes(both(case)) == {"checkpoint"}


@pytest.mark.parametrize("hours", [0, 13])
def test_a_session_outside_its_grant(tmp_path: Path, hours: int) -> None:
    now = 1_795_000_000_000_000
    reading = [Reading(now, "00000001", 0)]
    case = tmp_path / "case"
    with Ledger.create(case, number="1", examiner="A", clock=lambda: reading[0]) as ledger:
        ledger.append(Draft("item.view", {}))
        session = ledger._session
        reading[0] = Reading(now + hours * 3_600_000_000, "00000001", hours * 3_600_000_000_000)
        assert session is not None
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ledger, "_session_at", lambda _: session)
            ledger.append(Draft("item.view", {}))
    assert codes(both(case)) == ({"session"} if hours else set())


# ── the single file from a command line ───────────────────────────────────────────────────────────


def run(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", str(VERIFY_PY), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_command_line(case: Path, attack: sqlite3.Connection) -> None:
    done = run(case)
    assert done.returncode == 0
    assert done.stdout == "level L1, 17 entries, 608 items, 0 anchors over 0 entries, 0 faults\n"
    done = run(case / "ledger.db", "--json", "--policy", case / "keys" / "policy", "--anchor", case / "anchor.txt")
    assert done.returncode == 0
    assert json.loads(done.stdout) == {
        "level": "L3",
        "anchored": 13,
        "witnessed": 0,
        "entries": 17,
        "items": 608,
        "anchors": 1,
        "faults": [],
    }
    attack.execute("DELETE FROM body WHERE seq = 3")
    attack.close()
    done = run(case)
    assert done.returncode == 1
    assert "FAULT entry 3: its body is missing [body]" in done.stdout
    done = run(case, "--json")
    assert (done.returncode, json.loads(done.stdout)["level"]) == (1, "none")


def test_command_line_misuse(tmp_path: Path) -> None:
    assert run().returncode == 2
    assert run(tmp_path).returncode == 2
    assert run(tmp_path / "absent.db").returncode == 2
    assert run(tmp_path, "--policy", tmp_path / "absent").returncode == 2
    (tmp_path / "ledger.db").write_bytes(b"SQLite format 3\0" + bytes(4000))
    done = run(tmp_path, "--json")
    assert (done.returncode, json.loads(done.stdout)["faults"][0]["code"]) == (1, "file")
    assert verify(tmp_path).faults[0].code == "file"
    with pytest.raises(LedgerError):
        verify(tmp_path / "absent.db")


def test_the_single_file_needs_nothing_else(tmp_path: Path, case: Path) -> None:
    alone = tmp_path / "v" / "verify.py"
    alone.parent.mkdir()
    shutil.copyfile(VERIFY_PY, alone)
    listing = (
        f"import sys, runpy; sys.argv = ['v', {str(case)!r}]\n"
        f"try: runpy.run_path({str(alone)!r}, run_name='__main__')\n"
        "finally: print([m for m in sys.modules if m.partition('.')[0] in ('forensics', 'cryptography')])"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", listing], capture_output=True, text=True, check=False, cwd="/"
    )
    assert done.stdout.splitlines()[-1] == "[]"
    assert done.returncode == 0


def test_a_ledger_cut_off_in_a_transaction_is_read_without_touching_it(case: Path) -> None:
    """A hot journal: the writer died between writing pages and committing."""
    code = (
        "import os, sqlite3, sys\n"
        "db = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "db.executescript('PRAGMA journal_mode=TRUNCATE; PRAGMA cache_size=1; PRAGMA cache_spill=1; BEGIN')\n"
        "db.execute('CREATE TABLE x(a)')\n"
        "db.executemany('INSERT INTO x VALUES(?)', [('y' * 3000,)] * 200)\n"
        "db.execute('UPDATE checkpoint SET t_us = t_us WHERE 0')\n"
        "os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(case / "ledger.db")], check=True)
    files = {path: path.read_bytes() for path in (case / "ledger.db", case / "ledger.db-journal")}
    assert len(files[case / "ledger.db-journal"]) > 512
    report = both(case)
    assert (report.level, report.entries, report.faults) == ("L1", 17, [])
    assert {path: path.read_bytes() for path in files} == files
    with pytest.raises(LedgerError, match="cut off"):
        LedgerReader.open(case)
    Ledger.open(case).close()
    assert both(case).faults == []


def test_policy_files() -> None:
    key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    policy = Policy.parse(f"# c\n\n  log {key} https://x\nwitness w {key}\ngroup g 1 w\nexaminer\t{key}\nquorum g\n")
    assert (len(policy.logs), len(policy.examiners), policy.quorum) == (1, 1, "g")
    for bad in (
        "",
        f"log {key}\n",
        "quorum none\nquorum none\n",
        "nonsense\nquorum none\n",
        "log x\nquorum none\n",
    ):
        with pytest.raises(FormatError):
            Policy.parse(bad)


def test_a_quorum_is_not_silently_ignored(case: Path) -> None:
    witness = VerifierKey("w.example", COSIGNATURE, bytes(32))
    policy = policy_of(case).replace("quorum none", f"witness w {witness}\nquorum w")
    report = both(case, policy)
    assert (report.level, codes(report)) == ("L2", {"anchor"})


def test_roots_in_entries_are_base64_of_32_bytes(template: Path) -> None:
    with LedgerReader.open(template) as reader:
        bodies = [entry.body for entry in reader.entries() if entry.type == "scan.batch"]
    assert [body["size"] for body in bodies if isinstance(body, dict)] == [300, 301, 603, 5]
    assert all(len(base64.b64decode(body["root"])) == 32 for body in bodies if isinstance(body, dict))

"""The table of attacks: each kind at random places, and whether the ledger alone, an anchor, or nothing shows it.

The table in ``resources/docs/attacks.md`` must say what is found here. ``make torture`` tries each kind
1,000 times.
"""

from __future__ import annotations

import hashlib
import random
import re
import shutil
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from forensics.custody import disclosure, keys, merkle
from forensics.custody.clock import read_clock
from forensics.custody.ledger import Draft, Ledger
from forensics.custody.note import Ed25519Signer, Note
from forensics.custody.policy import Policy
from forensics.custody.store import LedgerReader
from forensics.custody.verify import Fault, verify
from resources import verify as plain
from tests.figures import trials

DOCUMENT = Path(plain.__file__).parent / "docs" / "attacks.md"

ALONE, ANCHOR, NEVER = "the ledger alone", "an earlier anchor", "not detectable"


@dataclass
class Target:
    """A copy of the ledger to attack, an earlier anchor of it, and a source of chance."""

    case: Path
    anchored: int
    chance: random.Random

    def sql(self, *statements: tuple[str, tuple[object, ...]]) -> None:
        with closing(sqlite3.connect(self.case / "ledger.db")) as db, db:
            db.execute("PRAGMA foreign_keys = 0")
            for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
                db.execute(f"DROP TRIGGER {name}")
            for statement, values in statements:
                db.execute(statement, values)
        db.close()

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        db = sqlite3.connect(self.case / "ledger.db")
        found = db.execute(query, values).fetchall()
        db.close()
        return found

    def size(self) -> int:
        return int(str(self.rows("SELECT count(*) FROM entry")[0][0]))

    def any(self, query: str) -> tuple[object, ...]:
        return self.chance.choice(self.rows(query))

    def cut(self, keep: int) -> None:
        """Cut the ledger back and mend its tiles, as whoever can write the file might."""
        tree = merkle.Tree()
        notes: Any = [note for (note,) in self.rows("SELECT note FROM entry WHERE seq < ? ORDER BY seq", keep)]
        tree.extend(merkle.leaf_hash(note) for note in notes)
        tiles = [("INSERT INTO tile VALUES(0, ?, ?, ?)", (*place, data)) for place, data in tree.take_tiles().items()]
        self.sql(
            ("DELETE FROM body WHERE seq >= ?", (keep,)), ("DELETE FROM entry WHERE seq >= ?", (keep,)),
            ("DELETE FROM checkpoint WHERE size > ?", (keep,)), ("DELETE FROM cosignature WHERE size > ?", (keep,)),
            ("DELETE FROM tile WHERE tree = 0", ()), *tiles,
        )  # fmt: skip


Attack = Callable[[Target], None]
ATTACKS: dict[str, tuple[str, Attack]] = {}


def attack(name: str, shown_by: str) -> Callable[[Attack], Attack]:
    def register(function: Attack) -> Attack:
        ATTACKS[name] = (shown_by, function)
        return function

    return register


def flipped(data: object, chance: random.Random) -> bytes:
    assert isinstance(data, bytes)
    changed = bytearray(data)
    changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def flip(table: str, column: str) -> Attack:
    def run(target: Target) -> None:
        rowid, data = target.any(f"SELECT rowid, {column} FROM {table}")
        target.sql((f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (flipped(data, target.chance), rowid)))

    return run


attack("A bit of a body changed", ALONE)(flip("body", "line"))
attack("A bit of an entry changed", ALONE)(flip("entry", "note"))
attack("A bit of a checkpoint changed", ALONE)(flip("checkpoint", "note"))
attack("A bit of a kept anchor changed", ALONE)(flip("anchor", "data"))


@attack("A bit of a tile changed", ALONE)
def _(target: Target) -> None:
    tree, level, idx, data = target.any("SELECT tree, level, idx, data FROM tile")
    bad = flipped(data, target.chance)
    target.sql(("UPDATE tile SET data = ? WHERE (tree, level, idx) = (?, ?, ?)", (bad, tree, level, idx)))


@attack("A tile removed", ALONE)
def _(target: Target) -> None:
    target.sql(
        ("DELETE FROM tile WHERE (tree, level, idx) = (?, ?, ?)", target.any("SELECT tree, level, idx FROM tile"))
    )


@attack("A column beside an entry changed", ALONE)
def _(target: Target) -> None:
    column = target.chance.choice(["type", "t_us", "actor", "exhibit"])
    value: object = 1 if column == "t_us" else "item.other"
    target.sql((f"UPDATE entry SET {column} = ? WHERE seq = ?", (value, target.chance.randrange(target.size()))))


@attack("An entry removed", ALONE)
def _(target: Target) -> None:
    seq = (target.chance.randrange(target.size()),)
    target.sql(("DELETE FROM body WHERE seq = ?", seq), ("DELETE FROM entry WHERE seq = ?", seq))


@attack("An entry removed and the rest renumbered", ALONE)
def _(target: Target) -> None:
    last = target.size() - 1
    seq = target.chance.randrange(last)
    target.sql(
        *((f"DELETE FROM {table} WHERE seq = ?", (seq,)) for table in ("body", "entry")),
        *((f"UPDATE {table} SET seq = ? WHERE seq = ?", (n - 1, n)) for n in range(seq + 1, last + 1) for table in ("entry", "body")),
    )  # fmt: skip


@attack("Two entries exchanged", ALONE)
def _(target: Target) -> None:
    first, second = target.chance.sample(range(target.size()), 2)
    moves = [(first, -1), (second, first), (-1, second)]
    target.sql(
        *((f"UPDATE {t} SET seq = ? WHERE seq = ?", (new, old)) for old, new in moves for t in ("entry", "body"))
    )


@attack("An entry repeated at the end", ALONE)
def _(target: Target) -> None:
    seq, size = target.chance.randrange(target.size()), target.size()
    target.sql(
        (
            "INSERT INTO entry SELECT ledger_id, ?, type, t_us, actor, exhibit, note FROM entry WHERE seq = ?",
            (size, seq),
        ),
        ("INSERT INTO body SELECT ledger_id, ?, line FROM body WHERE seq = ?", (size, seq)),
    )


@attack("A body replaced by another with its own salt", ALONE)
def _(target: Target) -> None:
    line = disclosure.fresh_line("body", {"place": "elsewhere"})
    target.sql(("UPDATE body SET line = ? WHERE seq = ?", (line, target.chance.randrange(target.size()))))


@attack("A body deleted", ALONE)
def _(target: Target) -> None:
    target.sql(("UPDATE body SET line = NULL WHERE seq = ?", (target.chance.randrange(target.size()),)))


@attack("A signature replaced by that of another key", ALONE)
def _(target: Target) -> None:
    seq, data = target.any("SELECT seq, note FROM entry")
    assert isinstance(data, bytes)
    note = Note.parse(data)
    forger = Ed25519Signer(note.signatures[0].name, Ed25519PrivateKey.generate())
    target.sql(("UPDATE entry SET note = ? WHERE seq = ?", (bytes(Note(note.text, (forger.sign(note.text),))), seq)))


@attack("The second signature of a hand-over taken off", ALONE)
def _(target: Target) -> None:
    seq, data = target.any("SELECT seq, note FROM entry WHERE type = 'custody.accept'")
    assert isinstance(data, bytes)
    note = Note.parse(data)
    target.sql(("UPDATE entry SET note = ? WHERE seq = ?", (bytes(Note(note.text, note.signatures[:1])), seq)))


def relined(target: Target, change: Callable[[list[bytes], random.Random], None]) -> None:
    tree, idx, z = target.any("SELECT tree, idx, z FROM ibundle")
    assert isinstance(z, bytes)
    lines = zlib.decompress(z).split(b"\n")[:-1]
    change(lines, target.chance)
    data = zlib.compress(b"".join(line + b"\n" for line in lines), 1)
    target.sql(("UPDATE ibundle SET z = ? WHERE (tree, idx) = (?, ?)", (data, tree, idx)))


@attack("A bit of an item's lines changed", ALONE)
def _(target: Target) -> None:
    def change(lines: list[bytes], chance: random.Random) -> None:
        at = chance.randrange(len(lines))
        lines[at] = flipped(lines[at], chance)

    relined(target, change)


@attack("Two items exchanged", ALONE)
def _(target: Target) -> None:
    def change(lines: list[bytes], chance: random.Random) -> None:
        first, second = chance.sample(range(len(lines) // 4), 2)
        a, b = slice(4 * first, 4 * first + 4), slice(4 * second, 4 * second + 4)
        lines[a], lines[b] = lines[b], lines[a]

    relined(target, change)


@attack("An item removed", ALONE)
def _(target: Target) -> None:
    def change(lines: list[bytes], chance: random.Random) -> None:
        first = chance.randrange(len(lines) // 4)
        del lines[4 * first : 4 * first + 4]

    relined(target, change)


@attack("An item deleted as if by order, without an order", ALONE)
def _(target: Target) -> None:
    def change(lines: list[bytes], chance: random.Random) -> None:
        first = 4 * chance.randrange(len(lines) // 4)
        lines[first : first + 4] = [
            b"sha256:" + hashlib.sha256(x).hexdigest().encode() for x in lines[first : first + 4]
        ]

    relined(target, change)


@attack("A scan removed with its items", ALONE)
def _(target: Target) -> None:
    (tree,) = target.any("SELECT tree FROM scan")
    target.sql(*((f"DELETE FROM {table} WHERE tree = ?", (tree,)) for table in ("tile", "ibundle", "scan")))


@attack("What the table says of a scan changed", ALONE)
def _(target: Target) -> None:
    column, value = target.chance.choice([("n", 1), ("exhibit", "E9"), ("kind", "x"), ("parser_set", "[]")])
    (tree,) = target.any("SELECT tree FROM scan")
    target.sql((f"UPDATE scan SET {column} = ? WHERE tree = ?", (value, tree)))


@attack("All checkpoints removed", ALONE)
def _(target: Target) -> None:
    target.sql(("DELETE FROM cosignature", ()), ("DELETE FROM checkpoint", ()))


@attack("A kept anchor removed", ALONE)
def _(target: Target) -> None:
    target.sql(("DELETE FROM anchor WHERE id = ?", target.any("SELECT id FROM anchor")))


@attack("The tail cut off, without the keys", ALONE)
def _(target: Target) -> None:
    keep = target.chance.randrange(1, target.size())
    tables = ("body", "entry")
    target.sql(*((f"DELETE FROM {table} WHERE seq >= ?", (keep,)) for table in tables))


@attack("Keys replaced in the file", ALONE)
def _(target: Target) -> None:
    other = target.case.parent / f"o{target.chance.randrange(1 << 60)}"
    with Ledger.create(other, number="2026-0142", examiner="J. Doe", domain="lab.example"):
        pass
    source = sqlite3.connect(other / "ledger.db")
    ((vkeys,),) = source.execute("SELECT v FROM ledger WHERE k = 'vkeys'").fetchall()
    source.close()
    target.sql(("UPDATE ledger SET v = ? WHERE k = 'vkeys'", (vkeys,)))


def dated(target: Target, after: Callable[[int], int]) -> None:
    """An entry of the holder of the keys, both clocks set to `after` the entry before, given how long ago that was."""
    with LedgerReader.open(target.case) as reader:
        last = next(reader.entries(reader.size() - 1)).text
    with Ledger.open(target.case) as ledger:
        now = read_clock()
        since = after(now.time_us - last.time_us)
        false = replace(now, time_us=last.time_us + since, boot_ns=max(0, last.boot_ns + since * 1000))
        with ledger._transaction():
            ledger._put(Draft("custody.seize", {}, "E1"), false, ledger._examiner)
            ledger._sign_head()


@attack("An entry dated before the one before it, by the holder of the keys", ALONE)
def _(target: Target) -> None:
    dated(target, lambda _since: -target.chance.randrange(1, 10**10))


@attack("An entry under a session that is over, by the holder of its key", ALONE)
def _(target: Target) -> None:
    with Ledger.open(target.case) as ledger:
        ledger.append(Draft("item.view", {"item": 1}, "E1"))
        session = ledger._session
        assert session is not None
        late = replace(read_clock(), time_us=session.ends_us + target.chance.randrange(10**10), boot_id="00000000")
        with ledger._transaction():
            ledger._put(Draft("item.view", {"item": 2}, "E1"), late, session.signer)
            ledger._sign_head()


# ── by somebody who holds the keys ─────────────────────────────────────────────────────────────────────────────


def cut_before_anchor(target: Target) -> None:
    """Cut back to a checkpoint before the anchor, with every trace of what came later."""
    keep = target.chance.choice([size for size in checkpoints(target) if size < target.anchored])
    target.cut(keep)
    kept = b"".join(bytes(str(line), "utf-8") for (line,) in target.rows("SELECT CAST(line AS TEXT) FROM body"))
    for tree, scan in target.rows("SELECT tree, scan FROM scan"):
        if str(scan).encode() not in kept:
            target.sql(*((f"DELETE FROM {table} WHERE tree = ?", (tree,)) for table in ("tile", "ibundle", "scan")))
    target.sql(("DELETE FROM anchor", ()))


@attack("The tail cut off before the anchor and signed again, with the keys", ANCHOR)
def _(target: Target) -> None:
    cut_before_anchor(target)
    with Ledger.open(target.case) as ledger:
        ledger.checkpoint()


@attack("History before the anchor written anew, with the keys", ANCHOR)
def _(target: Target) -> None:
    cut_before_anchor(target)
    with Ledger.open(target.case) as ledger:
        for _ in range(target.anchored + target.chance.randrange(5)):
            ledger.append(Draft("item.view", {"item": target.chance.randrange(1000)}, "E1"))


@attack("The whole file put back to a state before the anchor", ANCHOR)
def _(target: Target) -> None:
    shutil.copyfile(target.case / "early.db", target.case / "ledger.db")


@attack("Another ledger under new keys, put in its place", ANCHOR)
def _(target: Target) -> None:
    other = target.case.parent / f"o{target.chance.randrange(1 << 60)}"
    with Ledger.create(other, number="2026-0142", examiner="J. Doe", domain="lab.example") as ledger:
        for _ in range(target.chance.randrange(30)):
            ledger.append(Draft("custody.seize", {}, "E1"))
    shutil.copyfile(other / "ledger.db", target.case / "ledger.db")


@attack("What came after the anchor written anew, with the keys", NEVER)
def _(target: Target) -> None:
    target.cut(target.chance.choice([n for n in checkpoints(target) if n > target.anchored]))
    with Ledger.open(target.case) as ledger:
        for _ in range(target.chance.randrange(5)):
            ledger.append(Draft("item.view", {"item": target.chance.randrange(1000)}, "E1"))


@attack("The whole file put back to a state after the anchor", NEVER)
def _(target: Target) -> None:
    shutil.copyfile(target.case / "late.db", target.case / "ledger.db")


@attack("A false time after that of the entry before, by the holder of the keys", NEVER)
def _(target: Target) -> None:
    dated(target, lambda since: target.chance.randrange(1, since))


@attack("A false statement, signed when it was made", NEVER)
def _(target: Target) -> None:
    with Ledger.open(target.case) as ledger:
        ledger.append(Draft("custody.store", {"place": f"room {target.chance.randrange(99)}"}, "E1"))


def checkpoints(target: Target) -> list[int]:
    return [int(str(size)) for (size,) in target.rows("SELECT size FROM checkpoint")]


# ── the ledger that is attacked ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    case = tmp_path_factory.mktemp("victim") / "case"
    other = keys.create(case.parent / "roe.key", "lab.example/custodian/roe", None, post_quantum=False).ed25519
    with Ledger.create(case, number="2026-0142", examiner="J. Doe", domain="lab.example") as ledger:
        ledger.append(Draft("custody.seize", {"place": "Hafenstraße 3"}, "E1"))
        ledger.append(Draft("custody.release", {}, "E1"))
        ledger.append_countersigned(Draft("custody.accept", {}, "E1"), other)
        shutil.copyfile(case / "ledger.db", case / "early.db")
        for kind in ("item", "finding"):
            scan = ledger.open_scan("E1", {"parsers": ["fat@1"]}, kind)
            for start in (0, 7):
                ledger.append_items(scan, [[{"n": n, "group": g} for g in range(4)] for n in range(start, start + 7)])
            ledger.close_scan(scan)
        (case / "anchor").write_bytes(ledger.checkpoint())
        anchored = ledger.head().size
        ledger.add_anchor("paper", anchored, b"page 12 of the room's book", "evidence room", {})
        ledger.add_anchor("label", anchored, (case / "anchor").read_bytes(), "evidence room", {})
        for number in range(4):
            ledger.append(Draft("item.view", {"item": number}, "E1"))
            ledger.checkpoint()
            if number == 2:
                shutil.copyfile(case / "ledger.db", case / "late.db")
    return case, anchored


def check(case: Path) -> tuple[list[Fault], list[Fault]]:
    """Faults of the ledger alone, and those that the earlier anchor adds. No keys are pinned."""
    faults = verify(case, None, [(case / "anchor").read_bytes()]).faults
    outside = [fault for fault in faults if fault.where == "anchor 1"]
    return [fault for fault in faults if fault not in outside], faults


def test_the_victim_is_sound(victim: tuple[Path, int]) -> None:
    assert check(victim[0]) == ([], [])
    assert verify(victim[0]).faults == []
    assert len(ATTACKS) >= 30


@pytest.mark.figure
@pytest.mark.parametrize("name", list(ATTACKS))
def test_each_kind_at_random_places(name: str, victim: tuple[Path, int], tmp_path: Path) -> None:
    shown_by, run = ATTACKS[name]

    def attempt(numbers: range) -> Iterator[str]:
        for number in numbers:
            target = Target(tmp_path / f"{number}", victim[1], random.Random(f"{name} {number}"))
            shutil.copytree(victim[0], target.case)
            before = (target.case / "ledger.db").read_bytes()
            run(target)
            assert (target.case / "ledger.db").read_bytes() != before
            alone, anchored = check(target.case)
            if bool(alone) != (shown_by == ALONE) or bool(anchored) != (shown_by != NEVER):
                yield f"{number}: {alone}, {anchored}"
            if number < 2:
                stranger = plain.verify(target.case / "ledger.db", None, [(target.case / "anchor").read_bytes()])
                assert bool(stranger["faults"]) == (shown_by != NEVER), number
            shutil.rmtree(target.case)

    trials("attacks", attempt, part=name, together=10)


def test_pinned_keys_show_another_ledger(victim: tuple[Path, int], tmp_path: Path) -> None:
    """The one attack of the second group that a policy shows without any anchor."""
    target = Target(tmp_path / "case", victim[1], random.Random(1))
    shutil.copytree(victim[0], target.case)
    policy = Policy.parse((target.case / "keys" / "policy").read_text())
    assert verify(target.case, policy).faults == []
    ATTACKS["Another ledger under new keys, put in its place"][1](target)
    assert {fault.code for fault in verify(target.case, policy).faults} == {"policy"}


def test_the_document_says_the_same() -> None:
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", DOCUMENT.read_text("utf-8"), re.M)
    told = dict(row for row in rows if row[1] in (ALONE, ANCHOR, NEVER))
    assert told == {name: shown_by for name, (shown_by, _) in ATTACKS.items()}

"""Checking a whole ledger, without any key but the public ones.

Everything is recomputed: each entry's text, signature, place, ``prev`` and body; each tile; each checkpoint;
each item from its lines to the root that an entry signs. What does not hold is a :class:`Fault`; no faults
means that the ledger holds at the level reached:

* ``L1``: consistent, under the keys the ledger names for itself;
* ``L2``: the same, and these keys are the ones the verifier pinned in a :class:`Policy`, or the examiner's was certified
  by a root he pinned; and no key signed outside its certificate or after its revocation;
* ``L3``: the same, and an anchor from outside covers part of it: a checkpoint that the verifier kept, a
  time-stamp under an authority he pinned, or a cosignature of a witness he pinned;
* ``L4``: the same, and as many pinned witnesses as his quorum asks for signed one checkpoint.

``L1`` and ``L2`` do not say that the ledger is the one that existed earlier: whoever holds its keys can write
another. ``anchored`` says how many entries the anchors cover; what came later can still be rewritten.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from forensics.custody import disclosure, item, merkle, mj1, renewal, timestamp
from forensics.custody.certificate import Register
from forensics.custody.clock import STEP_LIMIT_US
from forensics.custody.entry import EntryText, time_microseconds, time_text
from forensics.custody.lock import is_at_rest, locked
from forensics.custody.note import ED25519, MLDSA44, Checkpoint, Note, VerifierKey
from forensics.custody.policy import Policy
from forensics.custody.roles import Role, accepted_roles, by_two
from forensics.custody.schema import connect_for_reading
from forensics.custody.session import LIFETIME_US
from forensics.custody.store import LEDGER_ID, LEDGER_TREE, Anchor, LedgerReader, integer
from forensics.custody.witness import parse_line
from forensics.errors import FormatError, LedgerError

NONE, L1, L2, L3, L4 = "none", "L1", "L2", "L3", "L4"

_RUN = 256
_ITEM_FAULTS = 20
"""Faulty items named one by one in each scan; the rest are counted."""

_OUTSIDE_THE_LEDGER = frozenset(("policy", "anchor", "certificate"))
"""Faults that do not touch the ledger's own consistency."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not hold: a code for programs, a place, and a sentence.

    Codes: ``file keys sequence format prev time projection body signature session tile checkpoint scan item
    certificate policy anchor``.
    """

    code: str
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"


@dataclass(frozen=True, slots=True)
class Stamp:
    """A verified moment: the first ``size`` entries existed at ``time_us``, and entry ``entered`` records it."""

    size: int
    time_us: int
    entered: int


@dataclass
class Report:
    """What was checked and what was found."""

    level: str = NONE
    entries: int = 0
    items: int = 0
    anchors: int = 0
    anchored: int = 0
    anchored_by: str = ""
    quorum_at: int = 0
    faults: list[Fault] = field(default_factory=list)
    notices: list[Fault] = field(default_factory=list)
    stamps: list[Stamp] = field(default_factory=list)

    def interval(self, seq: int) -> tuple[int | None, int | None]:
        """When entry ``seq`` was made, as far as verified time-stamps prove it: not before, not after (microseconds).

        Not before the latest stamp that an earlier entry records, not after the earliest stamp over a larger tree.
        """
        before = [stamp.time_us for stamp in self.stamps if stamp.entered < seq]
        after = [stamp.time_us for stamp in self.stamps if stamp.size > seq]
        return max(before, default=None), min(after, default=None)

    def as_json(self) -> dict[str, object]:
        """The report for ``--json``."""
        return {
            "level": self.level,
            "entries": self.entries,
            "items": self.items,
            "anchors": self.anchors,
            "anchored": self.anchored,
            "anchored_by": self.anchored_by,
            "since_anchor": self.entries - self.anchored,
            "witnessed": self.quorum_at,
            "times": [
                {"size": each.size, "time": time_text(each.time_us), "entry": each.entered} for each in self.stamps
            ],
            "notices": [{"code": f.code, "where": f.where, "text": f.text} for f in self.notices],
            "faults": [{"code": f.code, "where": f.where, "text": f.text} for f in self.faults],
        }


def verify(
    path: Path, policy: Policy | None = None, anchors: Sequence[bytes] = (), authorities: Sequence[bytes] = ()
) -> Report:
    """Check the ledger in ``path``, a case folder or a ``ledger.db``.

    ``policy`` holds the keys the verifier pinned; ``anchors`` are checkpoint notes kept from earlier;
    ``authorities`` are DER certificates of time-stamping authorities, besides those of the policy. Raises
    :class:`LedgerError` only when there is no such file.
    """
    file = path / "ledger.db" if path.is_dir() else path
    if not file.is_file():
        if is_at_rest(file.parent):
            raise LedgerError(locked(file.parent))
        raise LedgerError(f"there is no ledger at {path}")
    report = Report()
    try:
        with _readable(file) as reader:
            for fault in _Checker(reader, report, policy, anchors, authorities).faults():
                report.faults.append(fault)
    except (LedgerError, FormatError, sqlite3.Error) as error:
        report.faults.append(Fault("file", "ledger.db", str(error)))
    if all(fault.code in _OUTSIDE_THE_LEDGER for fault in report.faults):
        pinned = policy is not None and not any(fault.code in ("policy", "certificate") for fault in report.faults)
        report.level = L2 if pinned else L1
        sound = pinned and not report.faults
        if sound and report.anchored:
            report.level = L4 if report.quorum_at else L3
    return report


@contextmanager
def _readable(path: Path) -> Iterator[LedgerReader]:
    """Open a ledger read-only; one cut off in a transaction is copied and rolled back there."""
    journal = path.with_name(path.name + "-journal")
    try:
        reader = LedgerReader(connect_for_reading(path))
    except LedgerError:
        if not journal.is_file() or not journal.stat().st_size:
            raise
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / path.name
            shutil.copyfile(path, copy)
            shutil.copyfile(journal, copy.with_name(journal.name))
            with closing(sqlite3.connect(copy)) as rolled_back:
                rolled_back.execute("PRAGMA schema_version")
            with LedgerReader(connect_for_reading(copy)) as mended:
                yield mended
        return
    with reader:
        yield reader


@dataclass
class _ScanFacts:
    """What the entries say of one scan."""

    kind: str
    tree: int
    exhibit: str | None
    parser_set: object
    state: str = "open"
    size: int = 0
    root: bytes = merkle.EMPTY_ROOT
    committed: dict[int, bytes] = field(default_factory=dict)


class _Checker:
    """One run over a ledger."""

    def __init__(
        self,
        reader: LedgerReader,
        report: Report,
        policy: Policy | None,
        anchors: Sequence[bytes],
        authorities: Sequence[bytes],
    ) -> None:
        self.report = report
        self._reader = reader
        self._policy = policy
        self._anchors = anchors
        self._authorities = authorities
        self._tree = merkle.Tree()
        self._roots: list[bytes] = []
        self._last_us = 0
        self._session: tuple[VerifierKey, int, int] | None = None
        self._scans: dict[str, _ScanFacts] = {}
        self._times: list[int] = []
        self._expunged: set[tuple[str, int]] = set()
        self._anchor_entries: dict[str, tuple[int, dict[str, object]]] = {}
        self._renewals: list[tuple[int, dict[str, object]]] = []
        self._register = Register() if policy is None else Register(policy.roots, policy.revoked)

    def faults(self) -> Iterator[Fault]:
        """Everything that does not hold, in the order it is met."""
        for (text,) in self._reader.rows("PRAGMA integrity_check(20)"):
            if text != "ok":
                yield Fault("file", "ledger.db", str(text))
        self._origin = self._reader.origin
        keys = self._reader.verifiers()
        if [key.kind for key in keys] != [ED25519, ED25519, MLDSA44]:
            yield Fault("keys", "ledger.db", "the ledger does not name one examiner's key and its own two")
            return
        self._examiner, self._ledger, self._second = keys
        if {self._ledger.name, self._second.name} != {self._origin}:
            yield Fault("keys", "ledger.db", "the ledger's own keys bear another name")
        yield from self._entries()
        yield from self._tiles(LEDGER_TREE, "ledger", self._tree)
        yield from self._checkpoints()
        yield from self._all_scans()
        for seq, text in self._register.faults():
            yield Fault("certificate", f"entry {seq}", text)
        yield from self._check_policy(keys)
        yield from self._check_anchors()
        yield from self._check_kept_anchors()
        yield from self._check_renewals()
        self._check_intervals()

    # ── entries ────────────────────────────────────────────────────────────────────────────────────────────

    def _entries(self) -> Iterator[Fault]:
        query = (
            "SELECT e.seq, e.type, e.t_us, e.actor, e.exhibit, e.note, b.line, e.ledger_id FROM entry e "
            "LEFT JOIN body b USING(ledger_id, seq) WHERE e.seq >= ? ORDER BY e.seq LIMIT ?"
        )
        start, unbroken = 0, True
        while rows := self._reader.rows(query, start, _RUN):
            for row in rows:
                seq = integer(row[0])
                if seq != self.report.entries:
                    yield Fault("sequence", f"entry {seq}", f"it stands where {self.report.entries} should")
                if row[7] != LEDGER_ID:
                    yield Fault("sequence", f"entry {seq}", "it belongs to another ledger in the same file")
                root = self._tree.root()
                self._roots.append(root)
                note = row[5] if isinstance(row[5], bytes) else b""
                for fault in self._entry(seq, row, note, root):
                    if fault.code != "prev" or unbroken:
                        yield fault
                    unbroken = unbroken and fault.code != "prev"
                self._tree.extend([merkle.leaf_hash(note)])
                self.report.entries += 1
                start = seq + 1
        self._roots.append(self._tree.root())
        (count,) = self._reader.rows("SELECT count(*) FROM body")[0]
        if count != self.report.entries:
            yield Fault("body", "ledger.db", f"{self.report.entries} entries have {count} bodies")
        if not self.report.entries:
            yield Fault("sequence", "ledger.db", "there are no entries")

    def _entry(self, seq: int, row: tuple[object, ...], data: bytes, root: bytes) -> Iterator[Fault]:
        where = f"entry {seq}"
        try:
            note = Note.parse(data)
            text = EntryText.parse(note.text)
        except FormatError as error:
            yield Fault("format", where, str(error))
            return
        if text.seq != seq:
            yield Fault("sequence", where, f"it was signed as number {text.seq}")
        if text.ledger != self._origin:
            yield Fault("format", where, f"it was made for the ledger {text.ledger}")
        if text.prev != root:
            yield Fault("prev", where, "the history before it is not the one it was signed on")
        if row[1:5] != (text.type, text.time_us, text.actor, text.exhibit):
            yield Fault("projection", where, "the columns beside the note say something else than the note")
        if text.time_us < self._last_us and text.type != "clock.step":
            yield Fault("time", where, "its time is before that of the entry before it")
        self._last_us = text.time_us
        self._times.append(text.time_us)
        body = yield from self._body(where, text, row[6])
        yield from self._signature(where, text, note)
        if (text.type == "case.open") != (seq == 0):
            yield Fault("sequence", where, "a ledger begins with case.open, and has it once")
        if isinstance(body, dict):
            yield from self._meaning(where, text, note, body)

    def _body(self, where: str, text: EntryText, line: object) -> Generator[Fault, None, object]:
        """Check the body line; returns its value."""
        if not isinstance(line, bytes):
            yield Fault("body", where, "its body is missing")
            return None
        if disclosure.commitment(line) != text.body:
            yield Fault("body", where, "its body is not the one that was signed")
            return None
        try:
            return disclosure.parse(line, "body").value
        except FormatError as error:
            yield Fault("body", where, str(error))
            return None

    def _signature(self, where: str, text: EntryText, note: Note) -> Iterator[Fault]:
        for role in accepted_roles(text.type):
            key, actor = self._key(role)
            if key is not None and note.signed_by(key) and text.actor == actor:
                if role is Role.SESSION:
                    yield from self._session_time(where, text)
                if role is not Role.LEDGER:
                    self._register.signed(text.seq, self._examiner, text.time_us, examiner=True)
                return
        yield Fault("signature", where, f"it is not signed as {text.type} must be")

    def _key(self, role: Role) -> tuple[VerifierKey | None, str]:
        if role is Role.EXAMINER:
            return self._examiner, self._examiner.name
        if role is Role.LEDGER:
            return self._ledger, self._origin
        return (self._session[0] if self._session else None), self._examiner.name

    def _session_time(self, where: str, text: EntryText) -> Iterator[Fault]:
        if self._session is not None and not self._session[1] <= text.time_us < self._session[2]:
            yield Fault("session", where, "it was signed outside the time of its session")

    def _meaning(self, where: str, text: EntryText, note: Note, body: dict[str, object]) -> Iterator[Fault]:
        """Follow what the entry says of keys, sessions and scans."""
        if text.type == "case.open":
            named = [str(key) for key in (self._examiner, self._ledger, self._second)]
            if body.get("vkeys") != named:
                yield Fault("keys", where, "the case was opened under other keys than the ledger names")
        elif text.type == "session.open":
            yield from self._open_session(where, text, body)
        elif text.type == "session.close":
            if self._session is None or body.get("vkey") != str(self._session[0]):
                yield Fault("session", where, "it closes a session that is not open")
            self._session = None
        elif text.type.startswith("scan."):
            yield from self._scan_entry(where, text, body)
        elif by_two(text.type) and "vkey" in body:
            yield from self._second_signature(where, text, note, body)
        elif text.type.startswith("key."):
            reason = self._register.enter(text.type, text.seq, body)
            if reason:
                yield Fault("certificate", where, reason)
        elif text.type == "redact.expunge" and isinstance(body.get("index"), int):
            self._expunged.add((str(body.get("scan")), cast("int", body["index"])))
        elif text.type == renewal.TYPE:
            self._renewals.append((text.seq, body))
        elif text.type.startswith("anchor."):
            self._anchor_entries[str(body.get("sha256"))] = (text.seq, body)

    def _second_signature(self, where: str, text: EntryText, note: Note, body: dict[str, object]) -> Iterator[Fault]:
        """A custody event that names a second key must bear its signature, too."""
        try:
            key = VerifierKey.parse(str(body["vkey"]))
        except FormatError as error:
            yield Fault("signature", where, str(error))
            return
        if key.kind != ED25519 or key.public == self._examiner.public or not note.signed_by(key):
            yield Fault("signature", where, f"it is not signed by {key.name}, as it says")
        else:
            self._register.signed(text.seq, key, text.time_us, examiner=False)

    def _open_session(self, where: str, text: EntryText, body: dict[str, object]) -> Iterator[Fault]:
        try:
            key = VerifierKey.parse(str(body.get("vkey")))
            end = time_microseconds(str(body.get("not_after")))
        except FormatError as error:
            yield Fault("session", where, str(error))
            return
        if key.kind != ED25519 or not key.name.startswith(f"{self._examiner.name}/session/"):
            yield Fault("session", where, f"{key.name} is not a session of {self._examiner.name}")
        if not text.time_us < end <= text.time_us + LIFETIME_US:
            yield Fault("session", where, "it grants more than twelve hours, or none")
        self._session = (key, text.time_us, end)

    def _scan_entry(self, where: str, text: EntryText, body: dict[str, object]) -> Iterator[Fault]:
        name, action = str(body.get("scan")), text.type.partition(".")[2]
        scan = self._scans.get(name)
        if action == "begin":
            kind, tree = body.get("kind"), body.get("tree")
            if scan is not None or kind not in item.GROUPS or not isinstance(tree, int):
                yield Fault("scan", where, f"scan {name} cannot begin like this")
                return
            self._scans[name] = _ScanFacts(str(kind), tree, text.exhibit, body.get("parser_set"))
            return
        size, root = body.get("size"), _root(body.get("root"))
        if scan is None or not isinstance(size, int) or root is None:
            yield Fault("scan", where, f"scan {name} was not begun, or size and root are missing")
            return
        needed = "interrupted" if action == "resume" else "open"
        grows = size > scan.size if action == "batch" else (size, root) == (scan.size, scan.root)
        if scan.state != needed or not grows or text.exhibit != scan.exhibit:
            yield Fault("scan", where, f"scan {name} cannot go on like this")
        scan.size, scan.root = size, root
        scan.committed[size] = root
        scan.state = {"end": "closed", "interrupted": "interrupted"}.get(action, "open")

    # ── tiles and checkpoints ──────────────────────────────────────────────────────────────────────────────

    def _tiles(self, number: int, where: str, tree: merkle.Tree) -> Iterator[Fault]:
        """Compare all stored tiles of a tree with those it has by its leaves."""
        expected = tree.take_tiles()
        stored = 0
        for level, index in self._reader.rows("SELECT level, idx FROM tile WHERE tree = ?", number):
            stored += 1
            kept = self._reader.tile_reader(number)(integer(level), integer(index))
            wanted = expected.get((integer(level), integer(index)))
            if kept != wanted:
                yield Fault("tile", where, f"tile {level}/{index} is not what its leaves give")
        if stored != len(expected):
            yield Fault("tile", where, f"there are {stored} tiles, {len(expected)} are due")

    def _checkpoints(self) -> Iterator[Fault]:
        count = 0
        for size, data in self._reader.checkpoints():
            where = f"checkpoint {size}"
            count += 1
            try:
                note = Note.parse(data)
                head = Checkpoint.parse(note.text)
                signed = note.signed_by(self._ledger) and note.signed_by(self._second)
            except FormatError as error:
                yield Fault("checkpoint", where, str(error))
                continue
            if not signed:
                yield Fault("checkpoint", where, "it is not signed by both keys of the ledger")
            if head.size != size or head.origin != self._origin:
                yield Fault("checkpoint", where, "it is for another size or ledger")
            yield from self._compare("checkpoint", where, head)
        if not count:
            yield Fault("checkpoint", "ledger.db", "there is no checkpoint")

    def _compare(self, code: str, where: str, head: Checkpoint) -> Iterator[Fault]:
        if head.size > self.report.entries:
            missing = head.size - self.report.entries
            yield Fault(code, where, f"the ledger had {head.size} entries then; {missing} are missing now")
        elif self._roots[head.size] != head.root:
            yield Fault(code, where, f"the first {head.size} entries are not the ones it was signed over")

    # ── scans ──────────────────────────────────────────────────────────────────────────────────────────────

    def _all_scans(self) -> Iterator[Fault]:
        rows = {scan.id: scan for scan in self._reader.scans()}
        for name in sorted(rows.keys() ^ self._scans.keys()):
            yield Fault("scan", f"scan {name}", "it is in the entries or in the table, but not in both")
        trees = {LEDGER_TREE, *(scan.tree for scan in rows.values())}
        for table in ("tile", "ibundle"):
            for (tree,) in self._reader.rows(f"SELECT DISTINCT tree FROM {table}"):  # noqa: S608 - our own names
                if tree not in trees:
                    yield Fault("scan", f"tree {tree}", f"the table {table} holds a tree that no scan has")
        for name, facts in self._scans.items():
            row = rows.get(name)
            if row is None:
                continue
            where = f"scan {name}"
            told = (facts.kind, facts.tree, facts.exhibit, facts.size, mj1.dumps(facts.parser_set).decode())
            kept = (row.kind, row.tree, row.exhibit, row.size, row.parser_set)
            if told != kept or (row.state not in (facts.state, "superseded")):
                yield Fault("scan", where, "the table says something else of it than the entries")
            yield from self._items(where, name, facts)

    def _items(self, where: str, name: str, facts: _ScanFacts) -> Iterator[Fault]:
        """Recompute a scan from its lines: commitments, leaves, tiles, and the root at every signed size."""
        tree, bad = merkle.Tree(), 0
        leaves = self._reader.tile_reader(facts.tree)
        sizes = sorted(facts.committed)
        bundles = -(-facts.size // item.BUNDLE)
        (stored,) = self._reader.rows("SELECT count(*) FROM ibundle WHERE tree = ?", facts.tree)[0]
        if stored != bundles:
            yield Fault("item", where, f"there are {stored} bundles of lines, {bundles} are due")
        for number in range(bundles):
            first = number * item.BUNDLE
            due = min(item.BUNDLE, facts.size - first)
            try:
                lines = item.split_bundle(facts.kind, self._reader.bundle(facts.tree, number))
            except (FormatError, LedgerError) as error:
                yield Fault("item", where, str(error))
                return
            if len(lines) != due:
                yield Fault("item", where, f"bundle {number} holds {len(lines)} items, {due} are due")
                return
            tile = leaves(0, number)
            hashes = []
            for offset, parts in enumerate(lines):
                leaf = merkle.leaf_hash(_leaf(facts.kind, name, first + offset, parts))
                hashes.append(leaf)
                gone = any(map(item.is_expunged, parts))
                whole = all(map(item.is_expunged, parts)) and (name, first + offset) in self._expunged
                if leaf != tile[offset * 32 : offset * 32 + 32] or not (
                    whole if gone else _labelled(facts.kind, parts)
                ):
                    bad += 1
                    if bad <= _ITEM_FAULTS:
                        yield Fault("item", f"{where} item {first + offset}", "it is not the item committed")
            done = 0
            for size in [size for size in sizes if first < size <= first + due]:
                tree.extend(hashes[done : size - first])
                done = size - first
                if tree.root() != facts.committed[size]:
                    yield Fault("item", where, f"its first {size} items are not those signed for")
            tree.extend(hashes[done:])
            self.report.items += due
        if bad > _ITEM_FAULTS:
            yield Fault("item", where, f"{bad} items in all are not the ones committed")
        if 0 in facts.committed and facts.committed[0] != merkle.EMPTY_ROOT:
            yield Fault("item", where, "the root signed for no items is not that of an empty tree")
        yield from self._tiles(facts.tree, where, tree)

    # ── what is compared from outside ──────────────────────────────────────────────────────────────────────

    def _check_policy(self, keys: Sequence[VerifierKey]) -> Iterator[Fault]:
        if self._policy is None:
            return
        pinned = {"examiner": self._policy.examiners, "log": self._policy.logs}
        for key in keys:
            kind = "examiner" if key == self._examiner else "log"
            certified = key == self._examiner and self._register.names_examiner(key)
            if key not in pinned[kind] and not certified:
                yield Fault("policy", key.name, f"the policy does not pin this {kind} key {key.id.hex()}")

    def _check_anchors(self) -> Iterator[Fault]:
        """Compare checkpoints kept elsewhere; the Ed25519 line alone is enough, as on a printed label."""
        for number, data in enumerate(self._anchors, 1):
            where = f"anchor {number}"
            try:
                note = Note.parse(data)
                head = Checkpoint.parse(note.text)
            except FormatError as error:
                yield Fault("anchor", where, str(error))
                continue
            if head.origin != self._origin:
                yield Fault("anchor", where, f"it is of another ledger, {head.origin}")
                continue
            if not note.signed_by(self._ledger):
                yield Fault("anchor", where, "it is not signed by the key this ledger names for itself")
            self.report.anchors += 1
            broken = list(self._compare("anchor", where, head))
            yield from broken
            if not broken:
                self._anchored(head.size, "a checkpoint kept elsewhere")

    def _anchored(self, size: int, by: str) -> None:
        if size > self.report.anchored:
            self.report.anchored, self.report.anchored_by = size, by

    def _check_renewals(self) -> Iterator[Fault]:
        """Whether what was committed once more under a second hash is what the ledger holds."""
        for seq, body in self._renewals:
            if reason := renewal.fails(self._reader, seq, body):
                yield Fault("renew", f"entry {seq}", reason)

    def _check_kept_anchors(self) -> Iterator[Fault]:
        """Anchors whose copies lie in the ledger: each against its entry, its checkpoint, and pinned keys."""
        rows = self._reader.anchors()
        kept = {hashlib.sha256(row.data).hexdigest() for row in rows}
        for digest, (seq, _) in self._anchor_entries.items():
            if digest not in kept:
                yield Fault("anchor", f"entry {seq}", "it records an anchor that is not kept in the ledger")
        signed: dict[int, set[str]] = {}
        for row in rows:
            where = f"kept anchor {row.id}"
            seq, body = self._anchor_entries.get(hashlib.sha256(row.data).hexdigest(), (-1, {}))
            if seq < 0 or body.get("size") != row.size or body.get("kind") != row.kind:
                yield Fault("anchor", where, "no entry of the ledger records it as it is")
                continue
            try:
                note = self._reader.checkpoint(row.size)
                if row.kind == "rfc3161":
                    yield from self._time_stamp(where, row, seq, note)
                elif row.kind == "witness":
                    yield from self._cosignature(where, row, note, signed)
                elif row.kind == "label" and Note.parse(row.data).text != Note.parse(note).text:
                    yield Fault("anchor", where, "the label is of another head than the checkpoint")
            except (FormatError, LedgerError, UnicodeDecodeError) as error:
                yield Fault("anchor", where, str(error))
        full = [size for size, names in signed.items() if self._policy and self._policy.satisfied(names)]
        self.report.quorum_at = max(full, default=0)
        if self._policy is not None and self._policy.quorum != "none" and not full:
            yield Fault("anchor", "policy", "no checkpoint is signed by as many witnesses as the policy asks for")

    def _time_stamp(self, where: str, row: Anchor, seq: int, note: bytes) -> Iterator[Fault]:
        token = timestamp.read(row.data)
        if token.imprint != timestamp.imprint(note):
            yield Fault("anchor", where, "the time-stamp is not of the checkpoint it is kept for")
            return
        roots = (*self._authorities, *(self._policy.authorities if self._policy else ()))
        if not roots:
            return  # nobody's word: whoever writes the ledger could have made this authority
        reason = timestamp.check(row.data, note, roots)
        if reason:
            yield Fault("anchor", where, f"the time-stamp is not of an authority the policy pins: {reason}")
            return
        self.report.anchors += 1
        self.report.stamps.append(Stamp(row.size, token.time_us, seq))
        self._anchored(row.size, f"a time-stamp of {time_text(token.time_us)}")

    def _cosignature(self, where: str, row: Anchor, note: bytes, signed: dict[int, set[str]]) -> Iterator[Fault]:
        line = parse_line(row.data.decode())
        text = Note.parse(note).text
        for name, key in (self._policy.witnesses if self._policy else {}).items():
            if (line.name, line.id) != (key.name, key.id):
                continue
            if not key.verifies(text, line.value):
                yield Fault("anchor", where, f"the cosignature of {name} does not hold")
                return
            signed.setdefault(row.size, set()).add(name)
            self.report.anchors += 1
            self._anchored(row.size, f"the witness {name}")

    def _check_intervals(self) -> None:
        """Claimed times outside the time that stamps prove are noticed, not judged: a clock may be wrong."""
        for seq, claimed in enumerate(self._times):
            before, after = self.report.interval(seq)
            early = before is not None and claimed < before - STEP_LIMIT_US
            late = after is not None and claimed > after + STEP_LIMIT_US
            if early or late:
                proven = f"[{_moment(before)}, {_moment(after)}]"
                text = f"it claims {time_text(claimed)}, time-stamps prove {proven}"
                self.report.notices.append(Fault("interval", f"entry {seq}", text))


def _leaf(kind: str, name: str, index: int, lines: Sequence[bytes]) -> bytes:
    return item.leaf_text(kind, name, index, [item.commitment_of(line) for line in lines])


def _labelled(kind: str, lines: Sequence[bytes]) -> bool:
    """Whether each line carries its group's label behind a salt of 22 characters."""
    pairs = zip(lines, item.GROUPS[kind], strict=True)
    return all(
        line[:2] == b'["' and line[24:].startswith(f'","{group}",'.encode()) and line.endswith(b"]")
        for line, group in pairs
    )


def _moment(time_us: int | None) -> str:
    return "…" if time_us is None else time_text(time_us)


def _root(value: object) -> bytes | None:
    try:
        root = base64.b64decode(str(value), validate=True)
    except ValueError:
        return None
    return root if len(root) == 32 else None

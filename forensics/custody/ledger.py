"""The ledger of a case: append, and read back. There is no third verb.

:class:`Ledger` is the only writer of ``ledger.db`` and holds the keys; the program runs it in a process of
its own (:mod:`forensics.custody.writer`). What a call returns has been committed and flushed; what fails
leaves no trace.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from forensics.custody import disclosure, item, keys, merkle, mj1, names, salts
from forensics.custody.ballast import Ballast
from forensics.custody.clock import Reading, read_clock, stepped
from forensics.custody.entry import EntryText, check_exhibit, check_type, time_microseconds, time_text
from forensics.custody.lock import CaseLock
from forensics.custody.merkle import Head
from forensics.custody.note import Checkpoint, Note, Signer, VerifierKey
from forensics.custody.roles import Role, by_two, role_of, wants_checkpoint
from forensics.custody.schema import (
    APPLICATION_ID,
    TABLES,
    VERSION,
    check_application,
    connect_for_writing,
)
from forensics.custody.session import Session, new_session
from forensics.custody.store import LEDGER_ID, LEDGER_TREE, Entry, Item, LedgerReader, Scan
from forensics.custody.token import Access, TokenSigner, keep
from forensics.custody.token import load as load_examiner
from forensics.custody.witness import parse_line
from forensics.errors import FormatError, LedgerError

FORMAT = "impound/ledger/v1"
CHECKED_TAIL = 256
"""Entries compared with the tree each time a ledger is opened; the rest is :mod:`verify`'s work."""

ANCHORS = {"rfc3161": "tsa", "witness": "witness", "label": "label", "join": "join", "paper": "paper"}
"""Kinds of anchors, and the second word of the entries that record them."""

_RESERVED = frozenset(
    (*(f"anchor.{name}" for name in ANCHORS.values()), "redact.expunge", "export.bundle", "case.open", "session.open", "session.close", "key.revoke", "scan.begin", "scan.batch", "scan.resume", "scan.end",
     "scan.interrupted", "clock.step", "ledger.recover", "storage.full")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be entered: a type such as ``item.view``, a body of MJ1 values, the exhibit concerned."""

    type: str
    body: Mapping[str, object]
    exhibit: str | None = None


@dataclass
class _Growth:
    """A scan being written: its tree, and the lines of its last, incomplete bundle."""

    scan: Scan
    seed: bytes
    tree: merkle.Tree
    pending: list[bytes] = field(default_factory=list)

    def copy(self) -> _Growth:
        return _Growth(self.scan, self.seed, self.tree.copy(), list(self.pending))


class Ledger:
    """A ledger opened for writing. One at a time for each case; close it, or use it as a context manager."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        lock: CaseLock,
        examiner: Signer,
        ledger_keys: keys.KeyRing,
        clock: Callable[[], Reading],
        ballast: Ballast,
    ) -> None:
        """Use :meth:`create` or :meth:`open`."""
        self._connection = connection
        self._lock = lock
        self._examiner = examiner
        self._keys = ledger_keys
        self._clock = clock
        self._ballast = ballast
        self._reader = LedgerReader(connection)
        self._tree = merkle.Tree()
        self._last: Reading | None = None
        self._session: Session | None = None
        self._revoked = False
        self._growing: dict[str, _Growth] = {}
        self._origin = ledger_keys.ed25519.name

    @classmethod
    def create(
        cls,
        case_dir: Path,
        *,
        number: str,
        examiner: str,
        agency: str = "",
        title: str = "",
        authority: str = "",
        passphrase: str | None = None,
        domain: str = "impound.invalid",
        name: str = "ledger",
        product: str = "Impound",
        version: str = "",
        token: Access | None = None,
        clock: Callable[[], Reading] = read_clock,
    ) -> Ledger:
        """Make a case folder's keys and ledger, enter ``case.open`` and sign a checkpoint.

        With ``token`` the examiner's key is the one on that token; ``passphrase`` then protects the ledger's alone.
        Raises :class:`LedgerError` if the folder holds a ledger or keys already, :class:`CaseLocked` if
        another program is at work in it.
        """
        person_name = names.examiner(domain, examiner)
        held = TokenSigner(person_name, token) if token is not None else None  # before anything is made
        case_dir.mkdir(parents=True, exist_ok=True)
        path = case_dir / "ledger.db"
        lock = CaseLock(case_dir)
        try:
            if path.exists() and path.stat().st_size:
                raise LedgerError(f"there is a ledger in {case_dir.name} already")
            key_dir = case_dir / "keys"
            key_dir.mkdir(mode=0o700, exist_ok=True)
            file = key_dir / "examiner.key"
            if held is not None:
                keep(file, held)
            person: Signer = held or keys.create(file, person_name, passphrase, post_quantum=False).ed25519
            own = keys.create(key_dir / "ledger.key", names.origin(domain, number, name), passphrase, post_quantum=True)
            vkeys = [str(key) for key in (person.verifier, *own.verifiers)]
            keys.write_once(key_dir / "policy", _policy(vkeys), 0o644)
            connection = connect_for_writing(path)
        except BaseException:
            lock.release()
            if held is not None:
                held.close()
            raise
        ledger = cls(connection, lock, person, own, clock, Ballast(case_dir))
        body = {
            "number": number,
            "title": title,
            "examiner": examiner,
            "agency": agency,
            "authority": authority,
            "product": product,
            "version": version,
            "vkeys": vkeys,
        }
        try:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            with ledger._transaction():
                ledger._tables(vkeys)
                ledger._add(Draft("case.open", body))
                ledger._sign_head()
        except BaseException:
            ledger._drop()
            raise
        keys.sync_folder(case_dir)
        ledger._ballast.make()
        return ledger

    @classmethod
    def open(
        cls,
        case_dir: Path,
        passphrase: str | None = None,
        clock: Callable[[], Reading] = read_clock,
        token: Access | None = None,
    ) -> Ledger:
        """Open a case's ledger for writing, and recover it if the last writer was cut off.

        SQLite rolls a half-made transaction back; then the file's structure and the last entries are checked,
        and scans found open are entered as interrupted at their committed size. Raises :class:`CaseLocked`,
        or :class:`LedgerError` when the ledger or its keys do not hold.
        """
        path = case_dir / "ledger.db"
        if not path.is_file():
            raise LedgerError(f"there is no ledger in {case_dir.name}")
        lock = CaseLock(case_dir)
        try:
            person = load_examiner(case_dir / "keys" / "examiner.key", passphrase, token)
            own = keys.load(case_dir / "keys" / "ledger.key", passphrase)
            connection = connect_for_writing(path)
        except BaseException as error:
            lock.release()
            if isinstance(error, sqlite3.Error):
                raise LedgerError(f"the ledger cannot be opened: {error}") from error
            raise
        ledger = cls(connection, lock, person, own, clock, Ballast(case_dir))
        try:
            ledger._load((person.verifier, *own.verifiers))
            ledger._recover()
        except sqlite3.Error as error:
            ledger._drop()
            raise LedgerError(f"the ledger cannot be opened: {error}") from error
        except BaseException:
            ledger._drop()
            raise
        ledger._ballast.make()
        return ledger

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the session, if one was opened, sign a checkpoint, and let go of the file."""
        try:
            if self._session is not None:
                with self._transaction():
                    vkey = str(self._session.signer.verifier)
                    self._add(Draft("session.close", {"vkey": vkey}))
                    self._sign_head()
        finally:
            self._drop()

    # ── entries ────────────────────────────────────────────────────────────────────────────────────────────

    def append(self, draft: Draft) -> Entry:
        """Enter one thing; returns after it is committed. :class:`FormatError` for what cannot be written."""
        return self.append_many([draft])[0]

    def append_many(self, drafts: Sequence[Draft]) -> list[Entry]:
        """Enter several things in one transaction: all of them or none."""
        for draft in drafts:
            if draft.type in _RESERVED:
                raise LedgerError(f"{draft.type} is entered by the ledger itself")
        with self._transaction():
            entries = [self._add(draft) for draft in drafts]
            if any(wants_checkpoint(draft.type) for draft in drafts):
                self._sign_head()
        return entries

    def append_countersigned(self, draft: Draft, other: Signer) -> Entry:
        """Enter what two people sign, a custody event or a reveal; the body names the second one's key as ``vkey``."""
        if not by_two(draft.type):
            raise LedgerError(f"{draft.type} is not signed by two people")
        if other.verifier.public == self._examiner.verifier.public:
            raise LedgerError("the second signature must be another person's")
        body = {**draft.body, "vkey": str(other.verifier)}
        with self._transaction():
            entry = self._put(Draft(draft.type, body, draft.exhibit), self._now(), self._person(), other)
            self._sign_head()
        return entry

    def revoke(self, vkey: str, reason: str, since: str | None) -> Entry:
        """Enter that a key is void: after this entry, and for whatever is signed ``since`` that time, too.

        The examiner's own key can be revoked by itself: the session is closed, and nothing more can be signed.
        """
        key = VerifierKey.parse(vkey)
        if not reason.strip():
            raise LedgerError("a key is revoked for a reason that is named")
        body = {"vkey": str(key), "reason": reason}
        if since is not None:
            body["since"] = time_text(time_microseconds(since))
        own = key == self._examiner.verifier
        with self._transaction():
            if own and self._session is not None:
                self._add(Draft("session.close", {"vkey": str(self._session.signer.verifier)}))
                self._session = None
            entry = self._add(Draft("key.revoke", body))
            self._sign_head()
        self._revoked = self._revoked or own
        return entry

    def checkpoint(self) -> bytes:
        """Sign the present head with both ledger keys, unless it is signed already; returns the note."""
        with self._transaction():
            return self._sign_head()

    def storage_full(self, what: str) -> int:
        """The disk is full: give up the ballast, stop every scan, enter ``storage.full`` with what found no room.

        Returns the bytes that were given up. Appending goes on as soon as there is space.
        """
        freed = self._ballast.drop()
        with self._transaction():
            for growth in list(self._growing.values()):
                self._interrupt(growth, "the disk is full", Role.LEDGER)
            self._add(Draft("storage.full", {"what": what, "freed": freed}))
            self._sign_head()
            self._growing.clear()
        return freed

    def add_anchor(self, kind: str, size: int, data: bytes, held_by: str, facts: Mapping[str, object]) -> Entry:
        """Keep an anchor of the checkpoint at ``size`` and enter it, in one transaction.

        ``kind`` is ``rfc3161``, ``witness``, ``label``, ``join`` or ``paper``; ``facts`` go into the entry's body
        beside the digest of ``data``.
        """
        if self._connection.execute("SELECT 1 FROM checkpoint WHERE size = ?", (size,)).fetchone() is None:
            raise LedgerError(f"the ledger has no checkpoint at size {size}")
        body = {
            **facts,
            "kind": kind,
            "size": size,
            "held_by": held_by,
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        with self._transaction():
            entry = self._add(Draft(f"anchor.{ANCHORS[kind]}", body))
            self._connection.execute(
                "INSERT INTO anchor(size, kind, data, held_by, t_us) VALUES(?,?,?,?,?)",
                (size, kind, data, held_by, entry.text.time_us),
            )
            if kind == "witness":
                line = parse_line(data.decode())
                self._connection.execute(
                    "INSERT OR IGNORE INTO cosignature(size, key_name, key_id, line) VALUES(?,?,?,?)",
                    (size, line.name, line.id, data),
                )
        return entry

    def export_bundle(self, body: Mapping[str, object]) -> tuple[Entry, bytes]:
        """Enter ``export.bundle`` and sign a checkpoint over it."""
        with self._transaction():
            return self._add(Draft("export.bundle", body)), self._sign_head()

    def sign_manifest(self, text: str) -> bytes:
        """The manifest of a bundle of this ledger, signed by the examiner and by the ledger."""
        if not text.startswith(f"impound/manifest/v1\nledger {self._origin}\n") or not text.endswith("\n"):
            raise LedgerError("only manifests of this ledger's bundles are signed")
        return bytes(Note(text, (self._person().sign(text), self._keys.ed25519.sign(text))))

    def expunge(self, scan_id: str, index: int, order: str) -> Entry:
        """Delete the content of one item of a closed scan for good, by order of a court or the law.

        Its lines are replaced by their commitments and its salts can no longer be derived, so nobody can confirm a
        guess at what it held; leaf and proofs stay valid. The file is rewritten without the deleted bytes.
        """
        scan = self._reader.scan(scan_id)
        if scan.state not in ("closed", "superseded"):
            raise LedgerError(f"scan {scan_id} is {scan.state}; only an ended scan can lose an item")
        if not order.strip() or not 0 <= index < scan.size:
            raise LedgerError("an item is expunged under an order that is named, and must be in its scan")
        number, place = divmod(index, item.BUNDLE)
        parts = item.split_bundle(scan.kind, self._reader.bundle(scan.tree, number))
        if item.is_expunged(parts[place][0]):
            raise LedgerError(f"item {index} of scan {scan_id} was expunged already")
        commitments = [disclosure.commitment(line) for line in parts[place]]
        parts[place] = [f"sha256:{digest}".encode() for digest in commitments]
        (seed,) = self._connection.execute("SELECT seed FROM scan WHERE tree = ?", (scan.tree,)).fetchone()
        leaf = item.leaf_text(scan.kind, scan_id, index, commitments)
        body = {"scan": scan_id, "index": index, "order": order, "leaf": hashlib.sha256(b"\0" + leaf).hexdigest()}
        raw = b"".join(line + b"\n" for lines in parts for line in lines)
        self._connection.execute("PRAGMA secure_delete = ON")
        with self._transaction():
            entry = self._add(Draft("redact.expunge", body, scan.exhibit))
            self._connection.execute(
                "UPDATE ibundle SET z = ? WHERE tree = ? AND idx = ?", (zlib.compress(raw, 1), scan.tree, number)
            )
            self._connection.execute(
                "UPDATE scan SET seed = ? WHERE tree = ?", (salts.Punctured.load(seed).without(index).dump(), scan.tree)
            )
            self._sign_head()
        self._connection.execute("VACUUM")
        return entry

    def head(self) -> Head:
        """Size and root of the ledger."""
        return Head(self._tree.size, self._tree.root())

    # ── scans ──────────────────────────────────────────────────────────────────────────────────────────────

    def open_scan(self, exhibit: str | None, parser_set: object, kind: str = "item") -> str:
        """Begin a scan of ``exhibit`` whose leaves are of ``kind`` (``item`` or ``finding``); returns its id.

        ``parser_set`` is MJ1 that names the programs at work and their settings.
        """
        if kind not in item.GROUPS:
            raise LedgerError(f"there is no leaf kind {kind}")
        if exhibit is not None:
            check_exhibit(exhibit)
        parsers = mj1.dumps(parser_set).decode()
        scan_id, seed = secrets.token_hex(8), secrets.token_bytes(32)
        with self._transaction():
            (last,) = self._connection.execute("SELECT coalesce(max(tree), 0) FROM scan").fetchone()
            scan = Scan(last + 1, scan_id, kind, exhibit, 0, "open", parsers)
            self._connection.execute(
                "INSERT INTO scan(tree, scan, kind, exhibit, seed, n, state, parser_set) VALUES(?,?,?,?,?,?,?,?)",
                (scan.tree, scan_id, kind, exhibit, seed, 0, scan.state, parsers),
            )
            body = {"scan": scan_id, "kind": kind, "tree": scan.tree, "parser_set": parser_set}
            self._add(Draft("scan.begin", body, exhibit))
            self._growing[scan_id] = _Growth(scan, seed, merkle.Tree())
        return scan_id

    def append_items(self, scan_id: str, items: Sequence[Sequence[object]]) -> int:
        """Commit ``items`` to a scan in one transaction, with the new size and root in a ``scan.batch``
        entry.

        Each item is a sequence of its groups' values, in order. Returns the scan's size. Some 16 000 items at
        a time are written fastest.
        """
        growth = self._growth(scan_id)
        if not items:
            return growth.tree.size
        start = growth.tree.size
        batch = item.prepare(growth.scan.kind, scan_id, growth.seed, start, items)
        with self._transaction():
            growth.tree.extend(batch.leaves)
            self._write_bundles(growth, batch.lines)
            self._write_tiles(growth.scan.tree, growth.tree)
            self._set_scan(growth, "open")
            self._add(Draft("scan.batch", _size_and_root(growth), growth.scan.exhibit))
        return growth.tree.size

    def close_scan(self, scan_id: str, summary: Mapping[str, object] | None = None) -> Entry:
        """End a scan: its final size and root, and ``summary`` in the body of ``scan.end``; then a
        checkpoint.
        """
        growth = self._growth(scan_id)
        body = _size_and_root(growth)
        if summary is not None:
            body["summary"] = summary
        with self._transaction():
            self._set_scan(growth, "closed")
            entry = self._add(Draft("scan.end", body, growth.scan.exhibit))
            self._sign_head()
            del self._growing[scan_id]
        return entry

    def interrupt_scan(self, scan_id: str, reason: str) -> Entry:
        """Stop a scan at its committed size, to be resumed or left."""
        growth = self._growth(scan_id)
        with self._transaction():
            entry = self._interrupt(growth, reason, role_of("scan.interrupted"))
            self._sign_head()
            del self._growing[scan_id]
        return entry

    def resume_scan(self, scan_id: str) -> int:
        """Take up an interrupted scan again; returns its committed size, which is the index of the next
        item.
        """
        scan = self._reader.scan(scan_id)
        if scan.state != "interrupted":
            raise LedgerError(f"scan {scan_id} is {scan.state}, not interrupted")
        growth = self._load_growth(scan)
        with self._transaction():
            self._set_scan(growth, "open")
            self._add(Draft("scan.resume", _size_and_root(growth), scan.exhibit))
            self._growing[scan_id] = growth
        return growth.tree.size

    # ── reading back ───────────────────────────────────────────────────────────────────────────────────────

    def entries(self, start: int = 0) -> Iterator[Entry]:
        """Entries from ``start`` on, with bodies, to rebuild what is projected from them."""
        return self._reader.entries(start)

    def items(self, scan_id: str, start: int = 0) -> Iterator[Item]:
        """The committed items of a scan, from index ``start`` on."""
        return self._reader.items(scan_id, start)

    def scans(self) -> list[Scan]:
        """All scans, oldest first."""
        return self._reader.scans()

    @property
    def origin(self) -> str:
        """The ledger's name."""
        return self._origin

    # ── inside a transaction ───────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Run the block in one transaction; on any failure roll back the file and the memory alike."""
        before = (self._tree.copy(), self._last, self._session, dict(self._growing))
        grown = {scan_id: growth.copy() for scan_id, growth in self._growing.items()}
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._write_tiles(LEDGER_TREE, self._tree)
            self._connection.execute("COMMIT")
        except BaseException as error:
            self._roll_back()
            self._tree, self._last, self._session, self._growing = before
            for scan_id, growth in grown.items():
                live = self._growing[scan_id]
                live.scan, live.tree, live.pending = growth.scan, growth.tree, growth.pending
            if isinstance(error, sqlite3.Error):
                raise LedgerError(f"nothing was entered: {error}") from error
            raise

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _add(self, draft: Draft, role: Role | None = None) -> Entry:
        role = role_of(draft.type) if role is None else role
        check_type(draft.type)
        if draft.exhibit is not None:
            check_exhibit(draft.exhibit)
        now = self._now()
        if role is Role.SESSION:
            signer: Signer = self._session_at(now).signer
        else:
            signer = self._person() if role is Role.EXAMINER else self._keys.ed25519
        return self._put(draft, now, signer)

    def _person(self) -> Signer:
        if self._revoked:
            raise LedgerError("the examiner's key was revoked in this ledger: nothing more can be signed with it")
        return self._examiner

    def _now(self) -> Reading:
        """Read the clocks; when they disagree with the last entry's, enter that first."""
        now, last = self._clock(), self._last
        if last is not None and stepped(last, now):
            body = {
                "from": {"time": time_text(last.time_us), "boot": last.boot_id, "boot_ns": str(last.boot_ns)},
                "to": {"time": time_text(now.time_us), "boot": now.boot_id, "boot_ns": str(now.boot_ns)},
            }
            self._put(Draft("clock.step", body), now, self._keys.ed25519)
        return now

    def _session_at(self, now: Reading) -> Session:
        if self._session is None or not self._session.covers(now.time_us):
            session = new_session(self._examiner.verifier.name, now.time_us)
            self._put(Draft("session.open", session.grant()), now, self._person())
            self._session = session
        return self._session

    def _put(self, draft: Draft, now: Reading, signer: Signer, *others: Signer) -> Entry:
        """Write one entry, signed by ``signer`` and ``others``, onto the tree."""
        line = disclosure.fresh_line("body", draft.body)
        actor = self._origin if signer is self._keys.ed25519 else self._examiner.verifier.name
        text = EntryText(
            ledger=self._origin,
            seq=self._tree.size,
            prev=self._tree.root(),
            time_us=now.time_us,
            boot_id=now.boot_id,
            boot_ns=now.boot_ns,
            type=draft.type,
            actor=actor,
            exhibit=draft.exhibit,
            body=disclosure.commitment(line),
        )
        check_type(draft.type)
        if draft.exhibit is not None:
            check_exhibit(draft.exhibit)
        note = bytes(Note(str(text), tuple(each.sign(str(text)) for each in (signer, *others))))
        self._connection.execute(
            "INSERT INTO entry(ledger_id, seq, type, t_us, actor, exhibit, note) VALUES(?,?,?,?,?,?,?)",
            (LEDGER_ID, text.seq, text.type, text.time_us, actor, text.exhibit, note),
        )
        self._connection.execute("INSERT INTO body(ledger_id, seq, line) VALUES(?,?,?)", (LEDGER_ID, text.seq, line))
        self._tree.extend([merkle.leaf_hash(note)])
        self._last = now
        return Entry(text, note, dict(draft.body))

    def _sign_head(self) -> bytes:
        if self._keys.mldsa44 is None:
            raise LedgerError("ledger.key has no ML-DSA-44 key")
        size = self._tree.size
        found = self._connection.execute("SELECT note FROM checkpoint WHERE size = ?", (size,)).fetchone()
        if found is not None:
            return bytes(found[0])
        text = str(Checkpoint(self._origin, size, self._tree.root()))
        time_us = self._clock().time_us
        second = self._keys.mldsa44.sign_at(text, time_us // 1_000_000)
        note = bytes(Note(text, (self._keys.ed25519.sign(text), second)))
        self._connection.execute("INSERT INTO checkpoint(size, t_us, note) VALUES(?,?,?)", (size, time_us, note))
        return note

    def _write_tiles(self, tree_number: int, tree: merkle.Tree) -> None:
        rows = [(tree_number, level, index, data) for (level, index), data in tree.take_tiles().items()]
        self._connection.executemany(
            "INSERT INTO tile(tree, level, idx, data) VALUES(?,?,?,?) "
            "ON CONFLICT DO UPDATE SET data = excluded.data WHERE data IS NOT excluded.data",
            rows,
        )

    def _write_bundles(self, growth: _Growth, lines: list[bytes]) -> None:
        first = (growth.tree.size - len(lines)) // item.BUNDLE
        whole = growth.pending + lines
        parts = [whole[at : at + item.BUNDLE] for at in range(0, len(whole), item.BUNDLE)]
        rows = [(growth.scan.tree, first + n, zlib.compress(b"".join(part), 1)) for n, part in enumerate(parts)]
        self._connection.executemany(
            "INSERT INTO ibundle(tree, idx, z) VALUES(?,?,?) ON CONFLICT DO UPDATE SET z = excluded.z", rows
        )
        growth.pending = parts[-1] if len(parts[-1]) < item.BUNDLE else []

    def _set_scan(self, growth: _Growth, state: str) -> None:
        old = growth.scan
        growth.scan = Scan(old.tree, old.id, old.kind, old.exhibit, growth.tree.size, state, old.parser_set)
        self._connection.execute("UPDATE scan SET n = ?, state = ? WHERE tree = ?", (growth.tree.size, state, old.tree))

    def _interrupt(self, growth: _Growth, reason: str, role: Role) -> Entry:
        self._set_scan(growth, "interrupted")
        body = {**_size_and_root(growth), "reason": reason}
        return self._add(Draft("scan.interrupted", body, growth.scan.exhibit), role)

    def _growth(self, scan_id: str) -> _Growth:
        try:
            return self._growing[scan_id]
        except KeyError:
            raise LedgerError(f"scan {scan_id} is not open") from None

    # ── making, opening, recovering ────────────────────────────────────────────────────────────────────────

    def _tables(self, vkeys: list[str]) -> None:
        for statement in _statements(TABLES):
            self._connection.execute(statement)
        self._connection.execute(f"PRAGMA user_version = {VERSION}")
        facts = {
            "origin": self._origin,
            "format": FORMAT,
            "created": time_text(self._clock().time_us),
            "vkeys": "\n".join(vkeys),
        }
        rows = [(key, value.encode()) for key, value in facts.items()]
        self._connection.executemany("INSERT INTO ledger(k, v) VALUES(?,?)", rows)

    def _load(self, held: tuple[VerifierKey, ...]) -> None:
        """Check the file and take its state into memory."""
        check_application(self._connection)
        found = self._connection.execute("PRAGMA integrity_check(1)").fetchone()
        if found[0] != "ok":
            raise LedgerError(f"the ledger file is damaged: {found[0]}")
        if self._reader.verifiers() != held or self._reader.origin != self._origin:
            raise LedgerError("the keys in this case folder are not this ledger's")
        size = self._reader.size()
        tile = self._reader.tile_reader(LEDGER_TREE)
        try:
            self._tree = merkle.Tree.load(size, tile)
            for entry in self._reader.entries(max(0, size - CHECKED_TAIL)):
                _check_tail(entry, tile)
                self._last = Reading(entry.text.time_us, entry.text.boot_id, entry.text.boot_ns)
        except FormatError as error:
            raise LedgerError(f"the end of the ledger does not hold: {error}") from error
        own = str(self._examiner.verifier)
        revoked = "SELECT seq FROM entry WHERE ledger_id = ? AND type = 'key.revoke'"
        for (seq,) in self._connection.execute(revoked, (LEDGER_ID,)):
            body = next(self._reader.entries(seq)).body
            self._revoked = self._revoked or (isinstance(body, dict) and body.get("vkey") == own)
        last = self._reader.last_checkpoint()
        if last is None:
            raise LedgerError("the ledger has no checkpoint")
        self._check_checkpoint(*last)

    def _check_checkpoint(self, size: int, data: bytes) -> None:
        note = Note.parse(data)
        head = Checkpoint.parse(note.text)
        if head.size > self._tree.size:
            raise LedgerError(f"the ledger has {self._tree.size} entries, but signed a checkpoint at {head.size}")
        root = merkle.range_root(0, head.size, self._reader.tile_reader(LEDGER_TREE))
        signed = all(note.signed_by(key) for key in self._keys.verifiers)
        if head.size != size or head.root != root or head.origin != self._origin or not signed:
            raise LedgerError(f"the checkpoint at {size} does not fit the ledger")

    def _recover(self) -> None:
        """Enter what an interruption left open: scans, and acquisitions begun but not ended."""
        left = [scan for scan in self._reader.scans() if scan.state == "open"]
        begun = self._open_acquisitions()
        if not left and not begun:
            return
        with self._transaction():
            for scan in left:
                self._interrupt(self._load_growth(scan), "found open at start", Role.LEDGER)
            for seq, exhibit in begun:
                body = {"begin_seq": seq, "reason": "found without an end at start"}
                self._add(Draft("acquire.abort", body, exhibit), Role.LEDGER)
            self._sign_head()

    def _open_acquisitions(self) -> list[tuple[int, str | None]]:
        """Those of this program. What another imager does ends when somebody says so."""
        query = (
            "SELECT seq, type, exhibit FROM entry WHERE ledger_id = ? AND type IN "
            "('acquire.begin', 'acquire.end', 'acquire.abort') ORDER BY seq"
        )
        begun: dict[str | None, int] = {}
        for seq, kind, exhibit in self._connection.execute(query, (LEDGER_ID,)).fetchall():
            if kind == "acquire.begin":
                body = next(self._reader.entries(seq)).body
                if not (isinstance(body, dict) and body.get("elsewhere")):
                    begun[exhibit] = seq
            else:
                begun.pop(exhibit, None)
        return [(seq, exhibit) for exhibit, seq in begun.items()]

    def _load_growth(self, scan: Scan) -> _Growth:
        (seed,) = self._connection.execute("SELECT seed FROM scan WHERE tree = ?", (scan.tree,)).fetchone()
        tree = merkle.Tree.load(scan.size, self._reader.tile_reader(scan.tree))
        pending: list[bytes] = []
        number, rest = divmod(scan.size, item.BUNDLE)
        if rest:
            parts = item.split_bundle(scan.kind, self._reader.bundle(scan.tree, number))
            if len(parts) != rest:
                raise LedgerError(f"the last lines of scan {scan.id} do not fit its size")
            pending = [b"".join(line + b"\n" for line in lines) for lines in parts]
        return _Growth(scan, seed, tree, pending)

    def _drop(self) -> None:
        """Forget the keys and let go of file and lock."""
        self._session = None
        if isinstance(self._examiner, TokenSigner):
            self._examiner.close()
        self._connection.close()
        self._lock.release()


def _size_and_root(growth: _Growth) -> dict[str, object]:
    root = base64.b64encode(growth.tree.root()).decode()
    return {"scan": growth.scan.id, "size": growth.tree.size, "root": root}


def _check_tail(entry: Entry, tile: merkle.TileReader) -> None:
    level, at = divmod(entry.seq, merkle.TILE_WIDTH)
    kept = tile(0, level)[at * 32 : at * 32 + 32]
    if kept != merkle.leaf_hash(entry.note):
        raise FormatError(f"entry {entry.seq} is not the one in the tree")


def _statements(script: str) -> Iterator[str]:
    """The statements of an SQL script one by one: ``executescript`` would commit the transaction first."""
    held = ""
    for line in script.splitlines(keepends=True):
        held += line
        if sqlite3.complete_statement(held):
            yield held
            held = ""


def _policy(vkeys: list[str]) -> bytes:
    examiner, *own = vkeys
    lines = [
        "# The keys of this ledger, for whoever wants to pin them. This copy lies beside the ledger,",
        "# so it proves nothing by itself: compare it with one that reached you another way.",
        *(f"log {vkey}" for vkey in own),
        f"examiner {examiner}",
        "quorum none",
        "",
    ]
    return "\n".join(lines).encode()


__all__ = ["Draft", "Entry", "Head", "Item", "Ledger", "Scan"]

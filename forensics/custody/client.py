"""Talking to the ledger writer from the rest of the program.

::

    with LedgerClient.start(case_dir, passphrase=None) as ledger:
        ledger.append("item.view", {"item": 7}, exhibit="E1")
        scan = ledger.open_scan("E1", {"parsers": ["ntfs@1"]}, kind="item")
        ledger.append_items(scan, [[content, name, locus, meta], …])
        ledger.close_scan(scan)

What a call returns has been committed. Reading needs no writer: see
:class:`forensics.custody.store.LedgerReader`.
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, cast

from forensics.custody import frames
from forensics.custody.merkle import Head
from forensics.custody.token import Access
from forensics.errors import CaseLocked, FormatError, ImpoundError, LedgerError, StorageFull

FROZEN_FLAG = "--ledger-writer"
"""First argument with which a frozen program must run :func:`forensics.custody.writer.main` and nothing
else.
"""

_ERRORS: dict[str, type[ImpoundError]] = {
    "CaseLocked": CaseLocked,
    "FormatError": FormatError,
    "StorageFull": StorageFull,
    "LedgerError": LedgerError,
}


@dataclass(frozen=True, slots=True)
class AppendedEntry:
    """Where an entry went: its place in the ledger, and its claimed UTC as text."""

    seq: int
    time: str


class LedgerClient:
    """One ledger writer, and the calls it answers. Safe to use from several threads; calls take turns.

    Every call may raise :class:`LedgerError`, :class:`FormatError` for values outside MJ1, and, when the
    writer has ended, :class:`LedgerError` saying how.
    """

    def __init__(self) -> None:
        """Start a writer without a ledger; use :meth:`start` or :meth:`create`."""
        self._turn = threading.Lock()
        self._asked = 0
        self._process = subprocess.Popen(
            _command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self.origin = ""

    @classmethod
    def start(cls, case_dir: Path, passphrase: str | None = None, token: Access | None = None) -> LedgerClient:
        """Start a writer on the ledger of ``case_dir``, recovering what the last one left open.

        Raises :class:`CaseLocked` while another writer is at work there, and :class:`LedgerError` when the
        ledger or its keys do not hold or the passphrase is missing or wrong.
        """
        request: dict[str, object] = {"op": "open", "case_dir": str(case_dir.absolute()), "passphrase": passphrase}
        return cls()._begin({**request, "token": None if token is None else asdict(token)})

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
    ) -> LedgerClient:
        """Make the keys and the ledger of a new case, and start a writer on it.

        ``domain`` is the laboratory's name in the ledger's name ``<domain>/<number>/<name>``.
        """
        return cls()._begin({
            "op": "create",
            "case_dir": str(case_dir.absolute()),
            "number": number,
            "examiner": examiner,
            "agency": agency,
            "title": title,
            "authority": authority,
            "passphrase": passphrase,
            "domain": domain,
            "name": name,
            "product": product,
            "version": version,
            "token": None if token is None else asdict(token),
        })  # fmt: skip

    def __enter__(self) -> LedgerClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def append(self, type: str, body: Mapping[str, object], exhibit: str | None = None) -> AppendedEntry:
        """Enter one thing, such as ``item.view``."""
        return self.append_many([(type, body, exhibit)])[0]

    def append_many(self, drafts: Sequence[tuple[str, Mapping[str, object], str | None]]) -> list[AppendedEntry]:
        """Enter several (type, body, exhibit) in one transaction: all of them or none."""
        rows = [{"type": kind, "body": dict(body), "exhibit": exhibit} for kind, body, exhibit in drafts]
        found = cast("list[dict[str, object]]", self._ask({"op": "append", "drafts": rows}))
        return [_appended(row) for row in found]

    def append_countersigned(
        self, type: str, body: Mapping[str, object], exhibit: str, key: Path, passphrase: str | None
    ) -> AppendedEntry:
        """Enter a custody event that the owner of the key file ``key`` signs beside the examiner."""
        return _appended(self._ask({
            "op": "append_countersigned", "type": type, "body": dict(body), "exhibit": exhibit, "key": str(key),
            "passphrase": passphrase,
        }))  # fmt: skip

    def open_scan(self, exhibit: str | None, parser_set: object, kind: str = "item") -> str:
        """Begin a scan whose leaves are of ``kind`` (``item`` or ``finding``); returns its id."""
        request = {"op": "open_scan", "exhibit": exhibit, "parser_set": parser_set, "kind": kind}
        return str(self._ask(request))

    def append_items(self, scan_id: str, items: Sequence[Sequence[object]]) -> int:
        """Commit a batch of items, each a list of its groups' values in order; returns the scan's new size.

        One transaction and one ``scan.batch`` entry for each call, so some 16 000 at a time are best.
        """
        rows = [list(values) for values in items]
        try:
            return cast("int", self._ask({"op": "append_items", "scan": scan_id, "items": rows}, checked=False))
        except (UnicodeEncodeError, ValueError, TypeError) as error:
            raise FormatError(f"an item is outside MJ1: {error}") from error

    def close_scan(self, scan_id: str, summary: Mapping[str, object] | None = None) -> AppendedEntry:
        """End a scan; ``summary`` goes into the body of its ``scan.end``."""
        request: dict[str, object] = {"op": "close_scan", "scan": scan_id}
        if summary is not None:
            request["summary"] = dict(summary)
        return _appended(self._ask(request))

    def interrupt_scan(self, scan_id: str, reason: str) -> AppendedEntry:
        """Stop a scan at its committed size; it can be resumed."""
        return _appended(self._ask({"op": "interrupt_scan", "scan": scan_id, "reason": reason}))

    def resume_scan(self, scan_id: str) -> int:
        """Take up an interrupted scan; returns its committed size, the index of the next item."""
        return cast("int", self._ask({"op": "resume_scan", "scan": scan_id}))

    def checkpoint(self) -> str:
        """Sign the present head with both ledger keys; returns the note."""
        return str(self._ask({"op": "checkpoint"}))

    def storage_full(self, what: str) -> str:
        """Have the record closed because `what` found no room on the disk; returns the sentence on it.

        The ballast is given up, open scans are interrupted, ``storage.full`` and a checkpoint are entered. A full
        disk that the ledger itself meets is entered in the same way, and raised as :class:`StorageFull`.
        """
        return str(self._ask({"op": "storage_full", "what": what}))

    def add_anchor(self, kind: str, size: int, data: bytes, held_by: str, facts: Mapping[str, object]) -> AppendedEntry:
        """Keep an anchor of the checkpoint at ``size`` and enter it; see :meth:`Ledger.add_anchor`."""
        request: dict[str, object] = {"op": "add_anchor", "kind": kind, "size": size, "held_by": held_by}
        return _appended(self._ask({**request, "data": base64.b64encode(data).decode(), "facts": dict(facts)}))

    def export_bundle(self, body: Mapping[str, object]) -> tuple[int, str]:
        """Enter ``export.bundle`` and sign a checkpoint over it; returns its number and the checkpoint."""
        found = cast("dict[str, object]", self._ask({"op": "export_bundle", "body": dict(body)}))
        return cast("int", found["seq"]), str(found["checkpoint"])

    def sign_manifest(self, text: str) -> str:
        """The manifest of a bundle of this ledger, signed by the examiner and by the ledger."""
        return str(self._ask({"op": "sign_manifest", "text": text}))

    def expunge(self, scan_id: str, index: int, order: str) -> AppendedEntry:
        """Delete one item's content for good; see :meth:`Ledger.expunge`."""
        return _appended(self._ask({"op": "expunge", "scan": scan_id, "index": index, "order": order}))

    def revoke(self, vkey: str, reason: str, since: str | None = None) -> AppendedEntry:
        """Enter that a key is void; see :meth:`Ledger.revoke`."""
        return _appended(self._ask({"op": "revoke", "vkey": vkey, "reason": reason, "since": since}))

    def head(self) -> Head:
        """Size and root of the ledger."""
        found = cast("dict[str, object]", self._ask({"op": "head"}))
        return Head(cast("int", found["size"]), base64.b64decode(str(found["root"])))

    def close(self) -> None:
        """Have the session closed and a checkpoint signed, and end the writer. May be called again."""
        if self._pipes_closed():
            return
        try:
            if self._process.poll() is None:
                self._ask({"op": "close"})
        finally:
            self._end()

    @property
    def pid(self) -> int:
        """Process id of the writer."""
        return self._process.pid

    def _begin(self, request: dict[str, object]) -> LedgerClient:
        try:
            found = cast("dict[str, object]", self._ask(request))
        except BaseException:
            self._end()
            raise
        self.origin = str(found["origin"])
        return self

    def _ask(self, request: dict[str, object], *, checked: bool = True) -> object:
        with self._turn:
            if self._pipes_closed():
                raise LedgerError("the ledger writer was closed")
            self._asked += 1
            request["id"] = self._asked
            frame = frames.pack(request, checked=checked)
            try:
                stdin, stdout = self._pipes()
                stdin.write(frame)
                stdin.flush()
                reply = frames.read(stdout)
            except (OSError, FormatError) as error:
                raise self._ended() from error
            if reply is None:
                raise self._ended()
            if reply.get("id") != self._asked:
                raise LedgerError("the ledger writer answered another question")
        refusal = reply.get("error")
        if isinstance(refusal, dict):
            raise _ERRORS.get(str(refusal.get("kind")), LedgerError)(str(refusal.get("text")))
        return reply.get("result")

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process.stdin is None or self._process.stdout is None:
            raise LedgerError("the ledger writer has no pipes")
        return self._process.stdin, self._process.stdout

    def _pipes_closed(self) -> bool:
        return self._pipes()[0].closed

    def _ended(self) -> LedgerError:
        self._end()
        code = self._process.returncode
        how = f"was killed by signal {-code}" if code is not None and code < 0 else f"ended with status {code}"
        return LedgerError(
            f"the ledger writer {how}; what it acknowledged is safe, the last request may not have been entered"
        )

    def _end(self) -> None:
        """Close the pipes, which ends the writer, and wait for it."""
        for pipe in self._pipes():
            try:
                pipe.close()
            except OSError:
                continue
        self._process.wait()


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, FROZEN_FLAG]
    return [sys.executable, "-P", "-s", "-B", "-m", "forensics.custody.writer"]


def _environment() -> dict[str, str]:
    """The environment without anything that steers Python, but for the folder this package is in."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    kept["PYTHONPATH"] = str(Path(__file__).resolve().parents[2])
    return kept


def _appended(found: object) -> AppendedEntry:
    row = cast("dict[str, object]", found)
    return AppendedEntry(cast("int", row["seq"]), str(row["time"]))

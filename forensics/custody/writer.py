"""The ledger writer: the process that holds the keys and writes ``ledger.db``, and the only one.

Started by :class:`forensics.custody.client.LedgerClient`, it answers one request at a time on the pipes it
inherited as standard input and output, and ends when the first is closed. A request is
``{"id": n, "op": name, …}``; the answer carries the same id and either ``result`` or ``error``.
"""

from __future__ import annotations

import base64
import contextlib
import gc
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from forensics.custody import frames, keys
from forensics.custody.ballast import is_full, said
from forensics.custody.ledger import Draft, Ledger
from forensics.custody.token import Access
from forensics.errors import CaseLocked, FormatError, ImpoundError, LedgerError

Message = dict[str, object]

CREATE_TEXTS = ("number", "examiner", "agency", "title", "authority", "domain", "name", "product", "version")
"""The arguments of :meth:`Ledger.create` that are texts."""

_PR_SET_DUMPABLE = 4


class Service:
    """Requests in, answers out, over one ledger."""

    def __init__(self) -> None:
        """No ledger is open until ``open`` or ``create`` is asked for."""
        self._ledger: Ledger | None = None
        self._operations: dict[str, Callable[[Message], object]] = {
            "create": self._create,
            "open": self._open,
            "append": self._append,
            "open_scan": self._open_scan,
            "append_items": self._append_items,
            "close_scan": self._close_scan,
            "interrupt_scan": self._interrupt_scan,
            "resume_scan": self._resume_scan,
            "checkpoint": self._checkpoint,
            "storage_full": self._storage_full,
            "append_countersigned": self._append_countersigned,
            "add_anchor": self._add_anchor,
            "export_bundle": self._export_bundle,
            "sign_manifest": self._sign_manifest,
            "expunge": self._expunge,
            "revoke": self._revoke,
            "head": self._head,
            "close": self._close,
        }

    def answer(self, request: Message) -> Message:
        """Carry out one request; what goes wrong in it becomes an answer, too."""
        reply: Message = {"id": request.get("id")}
        try:
            operation = self._operations.get(_text(request, "op"))
            if operation is None:
                raise FormatError(f"the ledger writer knows no {request['op']}")
            reply["result"] = operation(request)
        except ImpoundError as error:
            kind = next((k.__name__ for k in (CaseLocked, FormatError) if isinstance(error, k)), "LedgerError")
            reply["error"] = self._fault(error, kind, str(error), request)
        except (sqlite3.Error, OSError) as error:
            reply["error"] = self._fault(error, "LedgerError", f"the ledger cannot be written: {error}", request)
        return reply

    def _fault(self, error: Exception, kind: str, text: str, request: Message) -> Message:
        """What is answered for an error; on a full disk the record is closed in good order first."""
        if not is_full(error):
            return {"kind": kind, "text": text}
        if self._ledger is None:
            return {"kind": "StorageFull", "text": "the disk of the case is full; nothing was entered"}
        try:
            freed = self._ledger.storage_full(f"the ledger, {request.get('op')}")
        except (ImpoundError, sqlite3.Error, OSError) as again:
            return {"kind": "StorageFull", "text": f"the disk of the case is full; that cannot be entered: {again}"}
        return {"kind": "StorageFull", "text": said(freed)}

    def close(self) -> None:
        """Close the ledger, if one is open."""
        if self._ledger is not None:
            ledger, self._ledger = self._ledger, None
            ledger.close()

    @property
    def _open_ledger(self) -> Ledger:
        if self._ledger is None:
            raise LedgerError("no ledger is open")
        return self._ledger

    def _create(self, request: Message) -> object:
        if self._ledger is not None:
            raise LedgerError("a ledger is open already")
        texts = {key: _text(request, key) for key in CREATE_TEXTS if key in request}
        passphrase = _optional_text(request, "passphrase")
        case_dir = Path(_text(request, "case_dir"))
        self._ledger = Ledger.create(case_dir, passphrase=passphrase, token=_access(request), **texts)  # type: ignore[arg-type]
        return {"origin": self._ledger.origin}

    def _open(self, request: Message) -> object:
        if self._ledger is not None:
            raise LedgerError("a ledger is open already")
        case_dir, passphrase = Path(_text(request, "case_dir")), _optional_text(request, "passphrase")
        self._ledger = Ledger.open(case_dir, passphrase, token=_access(request))
        return {"origin": self._ledger.origin}

    def _append(self, request: Message) -> object:
        drafts = [
            Draft(_text(row, "type"), _object(row, "body"), _optional_text(row, "exhibit"))
            for row in _rows(request, "drafts")
        ]
        return [{"seq": entry.seq, "time": entry.time} for entry in self._open_ledger.append_many(drafts)]

    def _open_scan(self, request: Message) -> object:
        exhibit = _optional_text(request, "exhibit")
        return self._open_ledger.open_scan(exhibit, request.get("parser_set"), _text(request, "kind"))

    def _append_items(self, request: Message) -> object:
        items = _list(request, "items")
        for values in items:
            if not isinstance(values, list):
                raise FormatError("an item is a list of its groups' values")
        return self._open_ledger.append_items(_text(request, "scan"), items)  # type: ignore[arg-type]

    def _close_scan(self, request: Message) -> object:
        summary = _object(request, "summary") if request.get("summary") is not None else None
        entry = self._open_ledger.close_scan(_text(request, "scan"), summary)
        return {"seq": entry.seq, "time": entry.time}

    def _interrupt_scan(self, request: Message) -> object:
        entry = self._open_ledger.interrupt_scan(_text(request, "scan"), _text(request, "reason"))
        return {"seq": entry.seq, "time": entry.time}

    def _resume_scan(self, request: Message) -> object:
        return self._open_ledger.resume_scan(_text(request, "scan"))

    def _checkpoint(self, _: Message) -> object:
        return self._open_ledger.checkpoint().decode()

    def _storage_full(self, request: Message) -> object:
        return said(self._open_ledger.storage_full(_text(request, "what")))

    def _append_countersigned(self, request: Message) -> object:
        other = keys.load(Path(_text(request, "key")), _optional_text(request, "passphrase")).ed25519
        draft = Draft(_text(request, "type"), _object(request, "body"), _optional_text(request, "exhibit"))
        entry = self._open_ledger.append_countersigned(draft, other)
        return {"seq": entry.seq, "time": entry.time}

    def _add_anchor(self, request: Message) -> object:
        data = base64.b64decode(_text(request, "data"), validate=True)
        entry = self._open_ledger.add_anchor(
            _text(request, "kind"),
            _integer(request, "size"),
            data,
            _text(request, "held_by"),
            _object(request, "facts"),
        )
        return {"seq": entry.seq, "time": entry.time}

    def _export_bundle(self, request: Message) -> object:
        entry, checkpoint = self._open_ledger.export_bundle(_object(request, "body"))
        return {"seq": entry.seq, "checkpoint": checkpoint.decode()}

    def _sign_manifest(self, request: Message) -> object:
        return self._open_ledger.sign_manifest(_text(request, "text")).decode()

    def _expunge(self, request: Message) -> object:
        entry = self._open_ledger.expunge(_text(request, "scan"), _integer(request, "index"), _text(request, "order"))
        return {"seq": entry.seq, "time": entry.time}

    def _revoke(self, request: Message) -> object:
        since = _optional_text(request, "since")
        entry = self._open_ledger.revoke(_text(request, "vkey"), _text(request, "reason"), since)
        return {"seq": entry.seq, "time": entry.time}

    def _head(self, _: Message) -> object:
        head = self._open_ledger.head()
        return {"size": head.size, "root": base64.b64encode(head.root).decode()}

    def _close(self, _: Message) -> object:
        self.close()
        return None


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until ``requests`` ends, then close the ledger."""
    service = Service()
    try:
        while (request := frames.read(requests)) is not None:
            answers.write(frames.pack(service.answer(request)))
            answers.flush()
    except (FormatError, BrokenPipeError):
        return  # the other side is gone or talks nonsense: close what is open and end
    finally:
        service.close()


def harden() -> None:
    """Keep the keys out of core files and debuggers, and an interrupt at the terminal from ending the writer.

    RLIMIT_CORE 0 and, on Linux, PR_SET_DUMPABLE 0 (prctl(2)), after which processes of the same user cannot
    attach.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on Windows

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def main() -> int:
    """Serve on standard input and output, which are moved away first so that no stray print can break a
    frame.
    """
    harden()
    gc.set_threshold(50_000, 20, 100)  # a batch of items is hundreds of thousands of objects without a circle
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    with requests, answers:
        serve(requests, answers)
    return 0


def _text(message: Message, key: str) -> str:
    value = message.get(key)
    if not isinstance(value, str):
        raise FormatError(f"{key} must be a text")
    return value


def _access(message: Message) -> Access | None:
    if message.get("token") is None:
        return None
    told = _object(message, "token")
    return Access(_text(told, "module"), _text(told, "pin"), _text(told, "token"), _text(told, "key"))


def _integer(message: Message, key: str) -> int:
    value = message.get(key)
    if not isinstance(value, int):
        raise FormatError(f"{key} must be a number")
    return value


def _optional_text(message: Message, key: str) -> str | None:
    return None if message.get(key) is None else _text(message, key)


def _object(message: Message, key: str) -> Message:
    value = message.get(key)
    if not isinstance(value, dict):
        raise FormatError(f"{key} must be an object")
    return value


def _list(message: Message, key: str) -> list[object]:
    value = message.get(key)
    if not isinstance(value, list):
        raise FormatError(f"{key} must be a list")
    return value


def _rows(message: Message, key: str) -> list[Message]:
    rows = _list(message, key)
    if not all(isinstance(row, dict) for row in rows):
        raise FormatError(f"{key} must be a list of objects")
    return rows  # type: ignore[return-value]


if __name__ == "__main__":
    raise SystemExit(main())

"""The window's other half: one process that holds the ledger and the workers, spoken to in JSON lines.

Request `{"id", "verb", "args"}`; reply `{"id", "ok", "result"|"error"}`; unasked `{"event": …}`.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import itertools
import json
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert

from forensics.case import schema
from forensics.case.evidence import check_unchanged
from forensics.case.facts import facts_of
from forensics.case.linked import assets_of, gathered_of
from forensics.case.store import Case
from forensics.commands import authority, presenting, reproduce
from forensics.commands.examination import Examination, Options
from forensics.commands.linking import Graph
from forensics.commands.open_wallet import held, open_finding, passwords
from forensics.commands.opening import writing
from forensics.commands.progress import Progress, as_json
from forensics.commands.reader import EvidenceReader
from forensics.commands.register import register
from forensics.commands.relocating import relocate
from forensics.commands.revealing import reveal, second_person, secrets_of
from forensics.commands.session_custody import CustodyVerbs
from forensics.commands.session_lists import ListVerbs
from forensics.commands.verbs_inspect import find
from forensics.confinement.probe import fences
from forensics.custody.client import LedgerClient
from forensics.custody.policy import Policy
from forensics.custody.store import LedgerReader
from forensics.custody.verify import Report as Verified
from forensics.custody.verify import verify
from forensics.errors import EvidenceError, ImpoundError, UsageError
from forensics.links.dates import Stretch
from forensics.reports.write import write

CUSTODY = (
    "entries", "entries_since_anchor", "minutes_since_anchor", "anchor", "anchor_due", "keys", "clock",
    "clock_offset_ms", "clock_uncertainty_ms", "clock_steps",
)  # fmt: skip

EXCLUSIVE = {
    "examine": "an examination is running",
    "add": "an image is being added",
    "relocate": "an image is being checked",
    "open_wallet": "a wallet or store is being opened",
    "watchlist_add": "a list is being added",
    "hashset_add": "a list is being added",
}


class Session:
    """Answers the window's requests on one case."""

    def __init__(self, case: Case, ledger: LedgerClient, reader: EvidenceReader) -> None:
        """Serve this case."""
        self._case, self._ledger, self._reader = case, ledger, reader
        self._out = threading.Lock()
        self._cancel = threading.Event()
        self._job = ""  # what runs beside the requests: examine, add or relocate
        self._threads: list[threading.Thread] = []
        self._checked: Verified | None = None
        self._fences: dict[str, list[str]] | None = None
        self._linking = threading.Lock()
        self._links: tuple[object, Graph] | None = None
        self._verbs: dict[str, Callable[[dict[str, Any]], Any]] = {
            "examine": self._examine, "cancel": self._stop,
            "tag": self._tag, "untag": self._untag, "view": self._view, "bytes": self._bytes,
            "image": self._image, "entry": self._entry, "stream": self._stream, "picture": self._picture,
            "reproduce": self._reproduce, "entries": self._entries,
        }  # fmt: skip
        self._slow: dict[str, Callable[[dict[str, Any]], Any]] = {
            "status": self._status, "verify": self._verify, "report": self._report,
            "add": self._add, "relocate": self._relocate, "graph": self._graph,
            "assets": lambda _: asdict(assets_of(case)), "database": self._database, "page": self._page,
            "archive": self._archive,
            "secrets": self._secrets, "reveal": self._reveal, "open_wallet": self._open_wallet,
            "steps": lambda _: presenting.entered(case),
            "steps_enter": lambda args: presenting.enter(case, ledger, args["steps"]),
            "steps_check": lambda args: presenting.check(case, reader, [int(each) for each in args["findings"]]),
            **CustodyVerbs(case, ledger).verbs, **ListVerbs(case, ledger).verbs,
        }  # fmt: skip

    def run(self) -> None:
        """Answer until standard input ends."""
        for line in sys.stdin:
            request: dict[str, Any] = {}
            with self._answering(request):
                request.update(json.loads(line))
                self._take(request)
        self._cancel.set()
        for thread in self._threads:
            thread.join()

    def _take(self, request: dict[str, Any]) -> None:
        """Answer at once, or beside what is asked next: reading a whole disk must not keep the viewers waiting."""
        name, args = request["verb"], request.get("args") or {}
        verb = self._verbs.get(name)
        if verb is not None:
            self._send({"id": request["id"], "ok": True, "result": self._opened(verb, args)})
            return
        slow = self._slow.get(name)
        if slow is None:
            raise UsageError(f"there is no verb {name}")
        if name in EXCLUSIVE:
            self._begin(name)

        def answer() -> None:
            try:
                with self._answering(request):
                    try:
                        result = self._opened(slow, args)
                    finally:
                        self._end(name)  # before the answer: what follows it may begin at once
                    self._send({"id": request["id"], "ok": True, "result": result})
            except Exception as error:
                self._send({"id": request["id"], "ok": False, "error": _fault(error)})
                raise  # to the log of errors, with its traceback

        self._start(answer)

    def _opened(self, verb: Callable[[dict[str, Any]], Any], args: dict[str, Any]) -> Any:
        """What a verb answers; of what is outside the authority only for a reason, which is recorded."""
        reason = str(args.get("outside_reason") or "")
        return authority.opened(self._case, self._ledger, self._reader, reason, lambda: verb(args))

    @contextlib.contextmanager
    def _answering(self, request: dict[str, Any]) -> Iterator[None]:
        try:
            yield
        except (ImpoundError, OSError) as error:
            self._send({"id": request.get("id"), "ok": False, "error": str(error)})
        except (KeyError, TypeError, ValueError) as error:
            self._send({"id": request.get("id"), "ok": False, "error": f"a malformed request: {error!r}"})

    def _begin(self, name: str) -> None:
        if self._job:
            raise UsageError(f"{EXCLUSIVE[self._job]}; wait until it has ended, or stop it")
        self._job = name

    def _end(self, name: str) -> None:
        if self._job == name:
            self._job = ""

    def _start(self, work: Callable[[], None]) -> None:
        self._threads = [each for each in self._threads if each.is_alive()]
        thread = threading.Thread(target=work)
        self._threads.append(thread)
        thread.start()

    def _send(self, message: dict[str, Any] | str) -> None:
        text = message if isinstance(message, str) else json.dumps(message, ensure_ascii=False)
        with self._out:
            sys.stdout.write(text + "\n")
            sys.stdout.flush()

    def _status(self, _: dict[str, Any]) -> dict[str, Any]:
        facts = facts_of(self._case)
        # Once, when the window first asks; what is appended later goes through this process's own writer.
        checked = self._checked = self._checked or verify(self._case.folder)
        if self._fences is None:
            found = fences()
            self._fences = {"layers": list(found.layers), "missing": list(found.missing)}
        return {
            **{key: facts[key] for key in ("number", "title", "examiner", *CUSTODY)},
            "level": checked.level,
            "missing": self._missing(),
            "chain": "holds" if not checked.faults else f"broken: {checked.faults[0]}",
            "signatures": "wrong" if any(each.code == "signature" for each in checked.faults) else "good",
            "fences": self._fences,
            "scope": authority.told(self._case),
            "disk_free": shutil.disk_usage(self._case.folder).free,
        }

    def _missing(self) -> list[dict[str, str]]:
        """Exhibits whose files are not there, or not as they were registered."""
        found = []
        for exhibit in self._case.exhibits():
            try:
                check_unchanged(exhibit)
            except EvidenceError as error:
                found.append({"exhibit": exhibit["number"], "path": error.name, "reason": error.reason})
        return found

    def _entries(self, args: dict[str, Any]) -> dict[str, Any]:
        """Entries of the ledger, newest first: at most 200 of those before `before`."""
        with LedgerReader.open(self._case.folder) as reader:
            total = reader.size()
            before = min(int(args.get("before", total)), total)
            first = max(0, before - min(200, int(args.get("count", 100))))
            rows = [
                {
                    "seq": entry.seq,
                    "time": entry.time,
                    "type": entry.type,
                    "actor": entry.actor,
                    "exhibit": entry.exhibit,
                    "body": _short(entry.body),
                }
                for entry in itertools.islice(reader.entries(first), before - first)
            ]
        return {"total": total, "first": first, "rows": rows[::-1]}

    def _add(self, args: dict[str, Any]) -> dict[str, Any]:
        row = register(
            self._case,
            self._ledger,
            [Path(each) for each in args["paths"]],
            exhibit=args.get("exhibit") or None,
            description=args.get("description", ""),
            secrets={int(number): str(text).encode() for number, text in (args.get("secrets") or {}).items()},
            report=functools.partial(self._progress, "add"),
        )
        kept = ("number", "format", "size", "verdict", "stored_json", "computed_json")
        return {**{key: row[key] for key in kept}, "caveats": json.loads(row["caveats_json"])}

    def _relocate(self, args: dict[str, Any]) -> dict[str, Any]:
        report = functools.partial(self._progress, "relocate")
        return relocate(self._case, self._ledger, str(args["exhibit"]), Path(args["path"]), report)

    def _progress(self, job: str, progress: Progress) -> None:
        self._send(as_json(progress, job))

    def _examine(self, args: dict[str, Any]) -> dict[str, Any]:
        self._begin("examine")
        self._cancel = threading.Event()
        try:
            work = Examination(
                self._case,
                self._ledger,
                args["exhibit"],
                options=Options(workers=int(args.get("workers", 2))),
                report=functools.partial(self._progress, "examine"),
                cancel=self._cancel,
            )
        except BaseException:
            self._end("examine")
            raise
        self._start(lambda: self._examined(work))
        return {"started": True}

    def _examined(self, work: Examination) -> None:
        def tell(state: str, detail: str) -> None:
            self._send({"event": "job", "job": "examine", "state": state, "detail": detail})

        tell("started", "")
        try:
            try:
                summary = work.run()
            finally:
                self._end("examine")  # before it is told: what follows it may begin at once
        except (ImpoundError, OSError) as error:
            tell("failed", str(error))
        except Exception as error:
            tell("failed", _fault(error))
            raise  # to the log of errors, with its traceback
        else:
            tell("cancelled" if summary.cancelled else "ended", json.dumps(asdict(summary)))

    def _stop(self, _: dict[str, Any]) -> dict[str, Any]:
        self._cancel.set()
        return {}

    def _tag(self, args: dict[str, Any]) -> dict[str, Any]:
        row = find(self._case, str(args["finding"]))
        body = {"finding": f"F{row['id']}", "name": str(args["name"])}
        entry = self._ledger.append("tag.add", body, exhibit=row["exhibit"])
        table = schema.tag
        with self._case.transaction() as connection:
            connection.execute(delete(table).where(table.c.finding == row["id"], table.c.name == body["name"]))
            connection.execute(
                insert(table).values(
                    finding=row["id"],
                    name=body["name"],
                    actor=self._case.fact("examiner"),
                    added_us=time.time_ns() // 1000,
                    seq=entry.seq,
                )
            )
        return {"seq": entry.seq}

    def _untag(self, args: dict[str, Any]) -> dict[str, Any]:
        row = find(self._case, str(args["finding"]))
        body = {"finding": f"F{row['id']}", "name": str(args["name"])}
        entry = self._ledger.append("tag.remove", body, exhibit=row["exhibit"])
        table = schema.tag
        with self._case.transaction() as connection:
            connection.execute(delete(table).where(table.c.finding == row["id"], table.c.name == body["name"]))
        return {"seq": entry.seq}

    def _secrets(self, args: dict[str, Any]) -> dict[str, Any]:
        """What is secret in a finding, masked, and whether a reveal takes two people."""
        row = find(self._case, str(args["finding"]))
        return {"secrets": secrets_of(self._case, row), "second_person": second_person(self._case.folder)}

    def _reveal(self, args: dict[str, Any]) -> dict[str, Any]:
        """As `reveal`; `secret` is the passphrase of the second person's `key`."""
        key = Path(args["key"]) if args.get("key") else None
        return reveal(
            self._case, self._ledger, self._reader, str(args["finding"]), reason=str(args["reason"]),
            name=str(args["name"]), key=key, passphrase=args.get("secret") or None,
        )  # fmt: skip

    def _open_wallet(self, args: dict[str, Any]) -> dict[str, Any]:
        """As `open-wallet`: `secret` is a text, `list` and `key_file` are paths; what is empty was not given."""
        row = find(self._case, str(args["finding"]))
        given = [str(args["secret"]).encode()] if args.get("secret") else []
        if args.get("list"):
            given += passwords(Path(args["list"]))
        key_file = held(Path(args["key_file"]), "key") if args.get("key_file") else b""
        return open_finding(self._case, self._ledger, row, given, key_file)

    def _view(self, args: dict[str, Any]) -> dict[str, Any]:
        row = find(self._case, str(args["finding"]))
        return {"seq": self._ledger.append("item.view", {"finding": f"F{row['id']}"}, exhibit=row["exhibit"]).seq}

    def _bytes(self, args: dict[str, Any]) -> dict[str, Any]:
        data = self._reader.stored(args["exhibit"], args["runs"], int(args["offset"]), int(args["length"]))
        return {"data": base64.b64encode(data).decode()}

    def _image(self, args: dict[str, Any]) -> dict[str, Any]:
        data = self._reader.image(args["exhibit"], int(args["offset"]), int(args["length"]))
        return {"data": base64.b64encode(data).decode()}

    def _entry(self, args: dict[str, Any]) -> dict[str, Any]:
        data, size = self._reader.entry(int(args["entry"]), int(args["offset"]), int(args["length"]))
        return {"data": base64.b64encode(data).decode(), "size": size}

    def _stream(self, args: dict[str, Any]) -> dict[str, Any]:
        row = find(self._case, str(args["finding"]))
        data, size = self._reader.stream(row, int(args["offset"]), int(args["length"]))
        return {"data": base64.b64encode(data).decode(), "size": size}

    def _picture(self, args: dict[str, Any]) -> dict[str, Any]:
        row = find(self._case, str(args["finding"])) if args.get("entry") is None else None
        part = self._reader.picture(
            row["entry"] if row is not None else int(args["entry"]),
            int(args["width"]),
            int(args["height"]),
            blur=bool(args.get("blur", True)),
            finding=row,
        )
        return {**part, "rgba": base64.b64encode(part["rgba"]).decode()}

    def _reproduce(self, args: dict[str, Any]) -> dict[str, Any]:
        row = find(self._case, str(args["finding"]))
        return {"script": reproduce.script(row, self._case.exhibit(row["exhibit"]))}

    def _report(self, args: dict[str, Any]) -> dict[str, Any]:
        path = Path(args["path"])
        write(self._case, args["format"], path)
        entry = self._ledger.append("report.issue", {"format": args["format"], "file": path.name})
        return {"file": str(path), "ledger_entry": entry.seq}

    def _document(self, args: dict[str, Any]) -> tuple[int | None, dict[str, Any] | None]:
        """The entry that is asked for, or the finding with the entry that it is in."""
        row = find(self._case, str(args["finding"])) if args.get("finding") is not None else None
        return row["entry"] if row is not None else int(args["entry"]), row

    def _page(self, args: dict[str, Any]) -> dict[str, Any]:
        return self._reader.page(*self._document(args))

    def _archive(self, args: dict[str, Any]) -> dict[str, Any]:
        return self._reader.archive(*self._document(args))

    def _database(self, args: dict[str, Any]) -> dict[str, Any]:
        return self._reader.database(int(args["entry"]), args.get("table"), max(0, int(args.get("first", 0))))

    def _graph(self, args: dict[str, Any]) -> dict[str, Any]:
        with self._linking:
            of = gathered_of(self._case)
            if self._links is None or self._links[0] != of:
                self._links = (of, Graph(self._case))
            stretch = Stretch(args.get("first"), args.get("last"), bool(args.get("undated", True)))
            steps, grade = int(args.get("steps", 2)), int(args.get("grade", 0))
            return self._links[1].part(args.get("centre"), steps, grade, stretch)

    def _verify(self, args: dict[str, Any]) -> dict[str, Any]:
        """As `ledger verify`, with the files `policy` and `anchor` where they are given."""
        policy = Policy.parse(Path(args["policy"]).read_text("utf-8")) if args.get("policy") else None
        anchors = [Path(args["anchor"]).read_bytes()] if args.get("anchor") else []
        checked = verify(self._case.folder, policy, anchors)
        if policy is None:
            self._checked = checked
        return checked.as_json()


def _fault(error: Exception) -> str:
    return f"a fault of the program: {error!r}. What was recorded before stands."


def _short(body: object) -> str:
    """A body on one line, cut to what a list can show."""
    if body is None:
        return "the body was deleted under the law; its digest stands"
    text = json.dumps(body, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= 2000 else text[:2000] + " …"


def serve(folder: Path) -> int:
    """Serve one case over standard input and output."""
    with writing(folder) as (case, ledger), EvidenceReader(case) as reader:
        Session(case, ledger, reader).run()
    return 0

"""The program, loaded once and forked for each run, so that it can be ended a hundred times in a minute.

Every run has the processes that a run from the terminal has, the ledger's writer and the zygote among them, and the
same pipes between them; each is a fork that calls the `main` of its module, where a new interpreter would load it.

What a run says of itself it writes into a file beside the case, a line at a time: units of work that it asks a worker
for, units whose answers it has committed, and the points that it passes at which it can be ended: before and after each
commit of the case database, and before and after each request in the ledger's writer.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from forensics.custody.lock import CaseLock
from forensics.errors import CaseLocked

ROOT = Path(__file__).resolve().parents[2]
EXAMINE = ("examine", "--progress", "none", "--resume")


@dataclass(frozen=True, slots=True)
class Run:
    """How a run ended: killed or by itself, where, and which units it did again that had been done."""

    code: int
    point: str
    again: tuple[str, ...]
    seconds: float


class Nursery:
    """A loaded program that is forked for each run."""

    def __init__(self) -> None:
        """Load the program."""
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-B", "-m", "tests.end2end.nursery"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True,
        )  # fmt: skip
        try:
            self._ask({})
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def examine(
        self, case: Path, seconds: float = 100.0, by: int = signal.SIGKILL, points: Collection[str] = ()
    ) -> Run:
        """Examine or go on; it is ended after so long, or at the first of `points`."""
        notes = _beside(case)
        before = _noted(notes)
        told = {"case": str(case), "seconds": seconds, "by": by, "points": sorted(points), "notes": str(notes)}
        code, taken = self._ask(told)
        _let_go(case)
        new = _noted(notes)[len(before) :]
        done = {line.removeprefix("done ") for line in before if line.startswith("done ")}
        asked = Counter(line.removeprefix("asked ") for line in new if line.startswith("asked "))
        again = [unit for unit, times in asked.items() if unit in done or times > 1]
        ended = [line.removeprefix("ended at ") for line in new if line.startswith("ended at ")]
        return Run(code, ended[0] if ended else "", tuple(again), taken)

    def points(self, case: Path) -> set[str]:
        """The points that runs of this case passed."""
        return {line.removeprefix("at ") for line in _noted(_beside(case)) if line[:3] == "at "}

    def _ask(self, told: dict[str, Any]) -> tuple[int, float]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        code, seconds = json.loads(self._process.stdout.readline())
        return code, seconds


def _beside(case: Path) -> Path:
    return case.with_name(f"{case.name}.notes")


def _noted(notes: Path) -> list[str]:
    return notes.read_text().splitlines() if notes.exists() else []


def _let_go(case: Path) -> None:
    """Wait until the ledger's writer has seen its pipe end."""
    for _ in range(400):
        with contextlib.suppress(CaseLocked):
            CaseLock(case).release()
            return
        time.sleep(0.01)
    raise AssertionError("the ledger's writer did not end with the program")


# --- within the nursery


def _nursery() -> None:
    """Load everything, then fork a run for each line on standard input."""
    from forensics.commands import examination, main, verbs_examine  # noqa: F401 - loaded here only
    from forensics.confinement import tasks, worker, zygote
    from forensics.custody import writer

    worker.prepare(worker.Start("forensics.confinement.tasks", (), (), {}, confine=True))
    tasks.preload = lambda *_: None  # done
    mains = {"forensics.custody.writer": lambda _: writer.main(), "forensics.confinement.zygote": zygote.main}
    for line in sys.stdin:
        told = json.loads(line)
        began = time.monotonic()
        code = _run(told, mains) if told else 0
        print(json.dumps([code, time.monotonic() - began]), flush=True)


def _run(told: dict[str, Any], mains: dict[str, Callable[[list[str]], int]]) -> int:
    """Fork one run, end it in time, and say how it ended, as a shell does."""
    pid = os.fork()
    if not pid:
        _become(lambda: _examine(told, mains))
    until = time.monotonic() + told["seconds"]
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > until:
            os.kill(pid, told["by"])
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        time.sleep(0.002)


def _become(work: Callable[[], int]) -> NoReturn:
    code = 70
    try:
        code = work()
    finally:
        os._exit(code)


def _examine(told: dict[str, Any], mains: dict[str, Callable[[list[str]], int]]) -> int:
    from forensics.commands.main import main

    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    notes = _Notes(Path(told["notes"]), frozenset(told["points"]))
    notes.watch()
    real = subprocess.Popen

    def popen(command: list[str], **options: Any) -> Any:
        if "-m" not in command or (module := command[command.index("-m") + 1]) not in mains:
            return real(command, **options)
        return _Forked(lambda: mains[module](command[command.index(module) + 1 :]), options)

    subprocess.Popen = popen  # type: ignore[assignment,misc]
    return main([EXAMINE[0], told["case"], *EXAMINE[1:]])


class _Forked:
    """What the program uses of `subprocess.Popen`, for a fork of itself."""

    def __init__(self, work: Callable[[], int], options: dict[str, Any]) -> None:
        kept = set(options.get("pass_fds", ()))
        self.stdin = self.stdout = None
        self.returncode: int | None = None
        theirs: list[int] = []
        if options.get("stdin") == subprocess.PIPE:
            for_child, ours = os.pipe()
            from_child, child_out = os.pipe()
            self.stdin, self.stdout = os.fdopen(ours, "wb"), os.fdopen(from_child, "rb")
            theirs = [for_child, child_out]
        self.pid = os.fork()
        if not self.pid:
            for standard, descriptor in enumerate(theirs):
                os.dup2(descriptor, standard)
            below = 3
            for descriptor in (*sorted(kept), os.sysconf("SC_OPEN_MAX")):
                os.closerange(below, descriptor)
                below = descriptor + 1
            if options.get("start_new_session"):
                os.setsid()
            _become(work)
        for descriptor in theirs:
            os.close(descriptor)

    def poll(self) -> int | None:
        if self.returncode is None:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if done else None
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        until = time.monotonic() + (timeout or 1e9)
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("fork", timeout or 0)
            time.sleep(0.001)
        return code

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


class _Notes:
    """Watches the steps of a run from outside of the product's code, and ends it where it is to end."""

    def __init__(self, path: Path, ends: frozenset[str]) -> None:
        self._path, self._ends, self._main = path, ends, os.getpid()

    def note(self, line: str) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(descriptor, line.encode() + b"\n")
        os.close(descriptor)

    def point(self, name: str) -> None:
        self.note(f"at {name}")
        if name in self._ends:
            self.note(f"ended at {name}")
            if os.getpid() != self._main:
                os.kill(self._main, signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        from sqlalchemy.engine.default import DefaultDialect

        from forensics.case.scan import Scan
        from forensics.commands.examination import Examination
        from forensics.custody.writer import Service

        self._around(DefaultDialect, "do_commit", lambda *_: f"commit of {_caller(sys._getframe(3))}")
        self._around(Service, "answer", lambda _, request: f"the ledger's {request['op']} {_about(request)}".rstrip())
        for name, numbers in (
            ("record", lambda _, answers, *__: answers.numbers),
            ("keep", lambda _, number, *__: [number]),
            ("store_walk", lambda _, number, *__: [number]),
        ):
            self._after(Scan, name, numbers)
        job = Examination._job

        def asked(examination: Any, row: Any, limits: Any) -> Any:
            self.note(f"asked {row['number']}")
            return job(examination, row, limits)

        Examination._job = asked  # type: ignore[method-assign,assignment]

    def _around(self, kind: Any, method: str, name: Callable[..., str]) -> None:
        real = getattr(kind, method)

        def watched(*given: Any) -> Any:
            what = name(*given)
            self.point(f"before {what}")
            found = real(*given)
            self.point(f"after {what}")
            return found

        setattr(kind, method, watched)

    def _after(self, kind: Any, method: str, numbers: Callable[..., Any]) -> None:
        real = getattr(kind, method)

        def watched(*given: Any) -> Any:
            found = real(*given)
            for number in numbers(*given):
                self.note(f"done {number}")
            return found

        setattr(kind, method, watched)


def _about(request: dict[str, Any]) -> str:
    return str(request.get("kind") or "") if request["op"] == "open_scan" else ""


def _caller(frame: FrameType | None) -> str:
    """The function of the product that ends a transaction, by its name."""
    for each in _frames(frame):
        module = str(each.f_globals.get("__name__"))
        if module.startswith("forensics.") and module != "forensics.case.store":
            return each.f_code.co_qualname
    return "the case"


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


if __name__ == "__main__":
    _nursery()

"""The supervisor: hands jobs to confined workers, and loses none of them whatever a worker does.

It imports no parser. A worker that dies, hangs, takes too much or answers wrongly is killed from outside
(a time limit inside the process does not work: a C library's callback swallowed the exception of
`signal.alarm`, measured with TSK), its job is tried once more alone in a fresh worker, and then it is
quarantined with the reason. Other jobs do not notice.

`run` drives its workers in a thread of its own, so that a slow consumer never lets a limit pass unnoticed;
the jobs are taken from their iterable in the caller's thread.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from forensics.confinement import frames
from forensics.confinement.crew import Crew, Loop, Ticket
from forensics.confinement.handles import Held, OpenEvidence, hold
from forensics.confinement.jobs import (
    Cause,
    Done,
    EvidenceFile,
    Job,
    JobFailed,
    Limits,
    Quarantined,
    WorkerState,
)
from forensics.confinement.launch import Launcher, Spawn, Zygote
from forensics.confinement.worker import Start
from forensics.errors import WorkerError

__all__ = [
    "Cause",
    "Done",
    "EvidenceFile",
    "Job",
    "JobFailed",
    "Limits",
    "Quarantined",
    "Supervisor",
    "WorkerState",
]

_READY_PER_WORKER = 2
_UNREAD_PER_WORKER = 8


class Supervisor:
    """Workers for one set of evidence: a context manager whose methods may be called from any thread."""

    def __init__(
        self,
        tasks: str = "forensics.confinement.tasks",
        *,
        evidence: Sequence[EvidenceFile] = (),
        workers: int,
        setup: Mapping[str, object] | None = None,
        confine: bool = True,
        search: Path | None = None,
        spawn: bool = sys.platform != "linux",
    ) -> None:
        """Open the evidence and begin to start the zygote.

        `search` is one more folder to import the tasks module from; `spawn` starts every worker as a new
        interpreter, which is the only way where the system has no `fork`.

        Raises:
            EvidenceError: a file of evidence cannot be opened.
        """
        if workers < 1:
            raise ValueError("at least one worker is needed")
        self.evidence: tuple[Held, ...] = _hold_all(evidence)
        start = Start(
            tasks=tasks,
            search=() if search is None else (str(search.resolve()),),
            evidence=tuple(OpenEvidence(each.file.name, each.fd, each.size) for each in self.evidence),
            setup=dict(setup or {}),
            confine=confine,
        )
        self._workers = workers
        self._numbers = itertools.count(1)
        try:
            launcher: Launcher = Spawn(start) if spawn else Zygote(start)
        except BaseException:
            self._let_go()
            raise
        self._crew = Crew(launcher, spare=workers)

    def __enter__(self) -> Supervisor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all workers and let go of the evidence."""
        self._crew.close()
        self._let_go()

    @property
    def confinement(self) -> str:
        """The layers that hold around a worker, and those that are missing, in words.

        Raises:
            WorkerError: no worker can be started.
        """
        return str(self._crew.report())

    def run(
        self,
        jobs: Iterable[Job],
        *,
        cancel: threading.Event | None = None,
        on_state: Callable[[list[WorkerState]], None] | None = None,
    ) -> Generator[Done | Quarantined, None, None]:
        """Answer jobs, in the order in which they are completed.

        Jobs are taken as workers become free, a few ahead. After `cancel` is set nothing more comes, and
        what was being worked on is dropped. `on_state` is called from another thread.

        Raises:
            WorkerError: no worker can be started at all.
            FrameError: a job cannot be written as a message.
        """
        answers: queue.SimpleQueue[Done | Quarantined | BaseException | None] = queue.SimpleQueue()
        ahead = self._workers * _READY_PER_WORKER
        waiting: deque[Ticket] = deque()
        loop = Loop(
            self._crew,
            width=self._workers,
            waiting=waiting,
            answer=answers.put,
            may_start=lambda: answers.qsize() < self._workers * _UNREAD_PER_WORKER,
        )
        thread = threading.Thread(target=_drive, args=(loop, answers, cancel, on_state), name="supervisor", daemon=True)
        thread.start()
        source = iter(jobs)
        exhausted = False
        open_jobs = 0
        try:
            while True:
                while not exhausted and len(waiting) < ahead and not (cancel and cancel.is_set()):
                    job = next(source, None)
                    if job is None:
                        exhausted = True
                        break
                    waiting.append(self._ticket(job))
                    open_jobs += 1
                    loop.nudge()
                if exhausted and not open_jobs:
                    return
                answer = answers.get()
                if answer is None:
                    return
                if isinstance(answer, BaseException):
                    raise answer
                open_jobs -= 1
                loop.nudge()
                yield answer
        finally:
            loop.stop()
            thread.join()

    def call(self, job: Job) -> Done:
        """Answer one job, for somebody who waits for it. A job that hangs is not tried again.

        Raises:
            JobFailed: it was not answered; holds the reason.
            WorkerError: no worker can be started.
        """
        found: list[Done | Quarantined] = []
        waiting = deque([self._ticket(job, patient=False)])
        loop = Loop(self._crew, width=1, waiting=waiting, answer=found.append, may_start=lambda: True)
        with contextlib.closing(loop):
            while not found:
                loop.step()
        answer = found[0]
        if isinstance(answer, Quarantined):
            raise JobFailed(answer)
        return answer

    def _ticket(self, job: Job, *, patient: bool = True) -> Ticket:
        number = next(self._numbers)
        message = {
            "id": number,
            "verb": job.verb,
            "spec": job.spec,
            "memory": job.limits.memory_bytes,
            "seconds": float(job.limits.wall_seconds),
        }
        return Ticket(job, number, frames.encode(message), patient and job.patient)

    def _let_go(self) -> None:
        for each in self.evidence:
            each.close()
        self.evidence = ()


def _hold_all(files: Sequence[EvidenceFile]) -> tuple[Held, ...]:
    _occupy_standard_streams()
    _make_room(len(files))
    held: list[Held] = []
    try:
        for file in files:
            held.append(hold(file))
    except BaseException:
        for each in held:
            each.close()
        raise
    return tuple(held)


def _occupy_standard_streams() -> None:
    """Where 0, 1 or 2 are closed, evidence would get their numbers, and a child's streams its place."""
    fd = os.open(os.devnull, os.O_RDWR)
    while fd <= 2:
        fd = os.open(os.devnull, os.O_RDWR)
    os.close(fd)


def _make_room(files: int) -> None:
    """Allow more open files where the evidence has hundreds of segments."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - exists on POSIX only

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = files + 512
    if soft != resource.RLIM_INFINITY and soft < wanted:
        more = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (more, hard))


def _drive(
    loop: Loop,
    answers: queue.SimpleQueue[Done | Quarantined | BaseException | None],
    cancel: threading.Event | None,
    on_state: Callable[[list[WorkerState]], None] | None,
) -> None:
    """The thread of one run."""
    told = 0.0
    try:
        while not loop.stopped and not (cancel and cancel.is_set()):
            loop.step()
            if on_state and time.monotonic() - told > 0.2:
                told = time.monotonic()
                on_state(loop.states())
    except BaseException as error:  # noqa: BLE001 - handed to the caller's thread
        answers.put(error)
    finally:
        with contextlib.suppress(WorkerError, OSError):
            loop.close()
        answers.put(None)

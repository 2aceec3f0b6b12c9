"""The supervisor's side of its workers: who works on what, within which limits, and what becomes of them."""

from __future__ import annotations

import itertools
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from forensics.confinement import measure, poll
from forensics.confinement.frames import Decoder, FrameError
from forensics.confinement.jobs import Cause, Done, Job, Quarantined, WorkerState
from forensics.confinement.launch import Born, Launcher
from forensics.confinement.protocol import End, Failure, Hello, Mark, Part, Unprepared, answer_of
from forensics.confinement.sandbox import Report
from forensics.errors import WorkerError
from forensics.guard import NO_STEP, Step

_TICK = 0.05
_START_SECONDS = 30.0
_START_ATTEMPTS = 3
_SIGKILL, _SIGXCPU = getattr(signal, "SIGKILL", 9), getattr(signal, "SIGXCPU", None)


@dataclass(slots=True)
class Ticket:
    """A job on its way, and how often it has been tried."""

    job: Job
    number: int  # what a worker must answer with
    frame: bytes
    patient: bool = True  # whether a job that hung is tried again
    attempts: int = 0


@dataclass(slots=True, eq=False)
class Member:
    """A worker, and what it is doing."""

    number: int
    born: Born
    decoder: Decoder = field(default_factory=Decoder)
    since: float = field(default_factory=time.monotonic)
    report: Report | None = None  # None until it has said hello
    fresh: bool = True
    ticket: Ticket | None = None
    parts: list[Mapping[str, object]] = field(default_factory=list)
    taken: int = 0  # bytes of the answer so far
    structured: int = 0
    base_memory: int = 0
    heard: float = 0.0  # when it last said anything of its job
    step: Step = NO_STEP

    def bury(self) -> int | None:
        """Kill it and learn how it ended: its exit code, or minus the signal; `None` if that is not known."""
        self.born.body.kill()
        os.close(self.born.jobs)
        os.close(self.born.results)
        return self.born.body.reap()


class Crew:
    """All workers of a supervisor: those that wait for work, and where new ones come from."""

    def __init__(self, launcher: Launcher, spare: int) -> None:
        """Keep up to `spare` workers that nobody needs at the moment."""
        self._launcher = launcher
        self._spare = spare
        self._idle: list[Member] = []
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._report: Report | None = None
        self._closed = False

    def take(self) -> Member:
        """A worker that waits, or a new one."""
        with self._lock:
            if self._closed:
                raise WorkerError("the supervisor has been closed")
            if self._idle:
                return self._idle.pop()
        return self.new()

    def new(self) -> Member:
        """A new worker."""
        return Member(next(self._numbers), self._launcher.start())

    def give_back(self, member: Member) -> None:
        """Keep a healthy worker for later, or end it."""
        with self._lock:
            if len(self._idle) < self._spare and not self._closed:
                self._idle.append(member)
                return
        member.bury()

    def seen(self, report: Report) -> None:
        """Remember how workers are confined."""
        self._report = report

    def report(self) -> Report:
        """How workers are confined; starts one if none has said it yet."""
        if self._report is None:
            loop = Loop(self, width=1, waiting=deque(), answer=lambda _: None, may_start=lambda: True)
            try:
                loop.staff()
                while self._report is None:
                    loop.step()
            finally:
                loop.close()
        assert self._report is not None
        return self._report

    def close(self) -> None:
        """End everybody."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for member in idle:
            member.bury()
        self._launcher.close()


class Loop:
    """Keeps up to `width` workers busy with waiting jobs until it is stopped.

    Used by one thread; only `nudge` and `stop` may be called from others.
    """

    def __init__(
        self,
        crew: Crew,
        *,
        width: int,
        waiting: deque[Ticket],
        answer: Callable[[Done | Quarantined], None],
        may_start: Callable[[], bool],
    ) -> None:
        """`waiting` may be appended to from another thread; `may_start` holds new jobs back."""
        self._crew = crew
        self._width = width
        self._waiting = waiting
        self._retries: deque[Ticket] = deque()
        self._answer = answer
        self._may_start = may_start
        self._poller = poll.best()
        self._members: list[Member] = []
        self._failed_starts = 0
        self._hungry = False
        self._measured = 0.0
        self.stopped = False

    def nudge(self) -> None:
        """Say that there is a new job, or room for its answer."""
        if self._hungry:
            self._poller.wake()

    def stop(self) -> None:
        """Let the thread that steps finish."""
        self.stopped = True
        self._poller.wake()

    def staff(self) -> None:
        """Have a worker even though there is no job."""
        self._hire(self._crew.take())

    def step(self) -> None:
        """Hand out jobs, wait a moment, take in what came, and enforce the limits."""
        self._assign()
        for key, piece in self._poller.wait(self._patience()):
            assert isinstance(key, Member)
            if key in self._members:
                self._take_in(key, piece)
        self._enforce()

    def states(self) -> list[WorkerState]:
        """What each worker is doing."""
        now = time.monotonic()
        found = []
        for member in self._members:
            ticket = member.ticket
            label, verb = (ticket.job.label, ticket.job.verb) if ticket else ("", "")
            attempt = ticket.attempts if ticket else 0
            pid = member.born.body.pid
            found.append(WorkerState(member.number, pid, label, verb, now - member.since, attempt))
        return found

    def close(self) -> None:
        """Give idle workers back and end the others."""
        for member in list(self._members):
            self._dismiss(member)
            if member.report is not None and member.ticket is None:
                self._crew.give_back(member)
            else:
                member.bury()
        self._poller.close()

    # Handing out.

    def _assign(self) -> None:
        self._hungry = False
        for member in self._members:
            if member.ticket is None and not self._feed(member):
                break
        while len(self._members) < self._width and (self._retries or self._available()):
            member = self._crew.new() if self._retries else self._crew.take()
            self._hire(member)
            if not self._feed(member):
                break

    def _available(self) -> bool:
        if self._waiting and self._may_start():
            return True
        self._hungry = True
        return bool(self._waiting) and self._may_start()  # again: it may have come in between

    def _feed(self, member: Member) -> bool:
        """Give a free worker its next job; a job that failed before only goes to a fresh worker."""
        if member.fresh and self._retries:
            ticket = self._retries.popleft()
        elif self._available():
            ticket = self._waiting.popleft()
        else:
            return False
        ticket.attempts += 1
        member.ticket = ticket
        member.fresh = False
        member.parts = []
        member.taken = member.structured = 0
        member.step = NO_STEP
        member.since = member.heard = time.monotonic()
        self._poller.send(member, ticket.frame)
        return True

    def _hire(self, member: Member) -> None:
        member.since = time.monotonic()
        self._members.append(member)
        self._poller.add(member, member.born.jobs, member.born.results)

    def _dismiss(self, member: Member) -> None:
        self._members.remove(member)
        self._poller.remove(member)

    # Taking in.

    def _take_in(self, member: Member, piece: bytes) -> None:
        if not piece:
            self._bury_dead(member)
            return
        member.decoder.feed(piece)
        try:
            for message, size in member.decoder.messages():
                self._hear(member, message, size)
                if member not in self._members:
                    return
        except FrameError as error:
            self._give_up(member, "lied", f"the worker sent {error}", "frame")
            return

    def _hear(self, member: Member, message: dict[str, object], size: int) -> None:
        answer = answer_of(message)
        ticket = member.ticket
        if member.report is None:
            if isinstance(answer, Unprepared):
                raise WorkerError(f"the workers cannot be prepared: {answer.reason}")
            if not isinstance(answer, Hello):
                raise FrameError("an answer before its greeting")
            member.report = answer.report
            member.base_memory = measure.memory_of(member.born.body.pid) or 0
            member.since = member.heard = time.monotonic()
            self._failed_starts = 0
            self._crew.seen(answer.report)
            return
        if isinstance(answer, Hello | Unprepared):
            raise FrameError("a second greeting")
        if ticket is None:
            raise FrameError("an answer that nobody asked for")
        if answer.number != ticket.number:
            raise FrameError(f"an answer to job {answer.number}, which it was not asked for")
        member.heard = time.monotonic()
        if isinstance(answer, Mark):
            member.step = answer.step
            return
        member.taken += size
        if isinstance(answer, Part):
            member.parts.append(answer.content)
            plain = sum(len(value) for value in answer.content.values() if isinstance(value, bytes))
            member.structured += size - plain
            limits = ticket.job.limits
            if member.taken > limits.output_bytes:
                self._flooded(member, limits.output_bytes)
            elif member.structured > limits.structured_bytes:
                self._flooded(member, limits.structured_bytes)
        elif isinstance(answer, End):
            self._answer(Done(ticket.job, tuple(member.parts), time.monotonic() - member.since, member.number))
            self._free(member, answer.more)
        else:
            self._failed(member, ticket, answer)

    def _failed(self, member: Member, ticket: Ticket, failure: Failure) -> None:
        """The task said itself that it failed; nothing is wrong with the worker, except without memory."""
        if failure.type == "MemoryError":
            self._give_up(member, "memory", "ran out of memory", _size(ticket.job.limits.memory_bytes))
            return
        words = f"{failure.type}: {failure.message}" if failure.message else failure.type
        self._answer(Quarantined(ticket.job, words, "error", None, "", ticket.attempts, member.step))
        self._free(member, failure.more)

    def _free(self, member: Member, more: bool) -> None:
        """A worker has answered; it waits for its next job, unless it wants none."""
        member.ticket = None
        member.parts = []
        member.since = time.monotonic()
        if not more:
            self._dismiss(member)
            member.bury()

    def _bury_dead(self, member: Member) -> None:
        """A worker whose pipe has ended. The kernel's out-of-memory killer also sends SIGKILL."""
        self._dismiss(member)
        code = member.bury()
        number = -code if code is not None and code < 0 else None
        if number == _SIGKILL and member.ticket:
            limit = _size(member.ticket.job.limits.memory_bytes)
            self._settle(member, "memory", "killed by the system, for want of memory", number, limit)
        elif number is not None:
            self._settle(member, "crashed", f"the worker died of signal {number} ({_name(number)})", number, "")
        elif code is None:
            self._settle(member, "crashed", "the worker died", None, "")
        else:
            words = f"the worker ended with code {code} before it had answered"
            self._settle(member, "crashed", words, None, "")

    def _flooded(self, member: Member, limit: int) -> None:
        self._give_up(member, "output", f"answered with more than {_size(limit)}", _size(limit))

    def _give_up(self, member: Member, cause: Cause, reason: str, limit: str) -> None:
        self._dismiss(member)
        member.bury()
        self._settle(member, cause, reason, None, limit)

    def _settle(self, member: Member, cause: Cause, reason: str, number: int | None, limit: str) -> None:
        """Try the job of a buried worker once more, or put it into quarantine."""
        ticket = member.ticket
        if member.report is None:
            # It never became ready, so its job is not to blame.
            self._failed_starts += 1
            if self._failed_starts >= _START_ATTEMPTS:
                raise WorkerError(f"workers do not start: {reason}")
            if ticket:
                ticket.attempts -= 1
        if ticket is None:
            return
        if ticket.attempts < (2 if ticket.patient or cause != "hung" else 1):
            self._retries.append(ticket)
        else:
            self._answer(Quarantined(ticket.job, reason, cause, number, limit, ticket.attempts, member.step))

    # Limits.

    def _patience(self) -> float:
        now = time.monotonic()
        patience = _TICK
        for member in self._members:
            if member.ticket and member.report:
                limits = member.ticket.job.limits
                end = min(member.since + limits.wall_seconds, member.heard + limits.silent_seconds)
                patience = min(patience, max(end - now, 0.0))
        return patience

    def _enforce(self) -> None:
        now = time.monotonic()
        measure_now = now - self._measured >= _TICK
        if measure_now:
            self._measured = now
        for member in list(self._members):
            if member.report is None:
                if now - member.since > _START_SECONDS:
                    self._give_up(member, "hung", f"not ready after {_START_SECONDS:g} s", "")
            elif member.ticket:
                limits = member.ticket.job.limits
                if now - member.since >= limits.wall_seconds:
                    words = f"{limits.wall_seconds:g} s"
                    self._give_up(member, "hung", f"no answer within {words}", words)
                elif now - member.heard >= limits.silent_seconds:
                    words = f"{limits.silent_seconds:g} s"
                    self._give_up(member, "hung", f"no sign of life for {words}", words)
                elif measure_now:
                    held = measure.memory_of(member.born.body.pid)
                    if held is not None and held - member.base_memory > limits.memory_bytes:
                        words = _size(limits.memory_bytes)
                        self._give_up(member, "memory", f"took more than {words} of memory", words)


def _size(count: int) -> str:
    return f"{count / (1 << 20):,.6g} MiB"


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"

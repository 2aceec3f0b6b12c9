"""The worker: confines itself, then answers one job after the other until its pipe ends.

The tasks module is its whole interface: `preload(setup)` once, before confinement, and
`handle(verb, spec, context)`, which yields the parts of an answer.
"""

from __future__ import annotations

import encodings
import gc
import importlib
import os
import pkgutil
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, cast

from forensics.confinement import frames, sandbox
from forensics.confinement.handles import OpenEvidence
from forensics.guard import Step

_FLUSH_AT = 256 << 10
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


@dataclass(slots=True)
class Context:
    """What a task may use: the open evidence, what was set up, and a store as long-lived as the worker."""

    evidence: tuple[OpenEvidence, ...]
    setup: Mapping[str, object]
    cache: dict[object, object] = field(default_factory=dict)
    send: Callable[[Mapping[str, object]], None] = field(default=lambda _: None)

    def tell(self, step: Step) -> None:
        """Say at once what is about to be done, for the case that it never ends."""
        self.send({"at": [step.name, step.parser, step.path, step.offset]})


class Tasks(Protocol):
    """What a tasks module offers."""

    def preload(self, setup: Mapping[str, object] | None = None) -> None:
        """Import and initialise everything that would need a file later; leave no thread and no open file."""
        ...

    def handle(self, verb: str, spec: Mapping[str, object], context: Context) -> Iterator[Mapping[str, object]]:
        """Answer one job, part by part."""
        ...


@dataclass(frozen=True, slots=True)
class Start:
    """What the supervisor tells a zygote or a spawned worker first."""

    tasks: str
    search: tuple[str, ...]
    evidence: tuple[OpenEvidence, ...]
    setup: Mapping[str, object]
    confine: bool

    def message(self) -> dict[str, object]:
        """The form that is sent."""
        return {
            "tasks": self.tasks,
            "search": list(self.search),
            "evidence": [list(each) for each in self.evidence],
            "setup": dict(self.setup),
            "confine": self.confine,
        }

    @staticmethod
    def of(message: Mapping[str, object]) -> Start:
        """The form that is read; it comes from the supervisor and is believed."""
        evidence = cast("list[tuple[str, int, int]]", message["evidence"])
        return Start(
            tasks=str(message["tasks"]),
            search=tuple(cast("list[str]", message["search"])),
            evidence=tuple(OpenEvidence(name, fd, size) for name, fd, size in evidence),
            setup=cast("Mapping[str, object]", message["setup"]),
            confine=bool(message["confine"]),
        )


def prepare(start: Start) -> Tasks:
    """Load everything that needs the file system, so that confined workers never do."""
    os.environ["TZ"] = "UTC"
    if hasattr(time, "tzset"):
        time.tzset()
    for module in pkgutil.iter_modules(encodings.__path__):
        # Codecs are looked up lazily, by importing them: encodings.cp437 is first asked for by zipfile.
        if module.name not in {"mbcs", "oem", "__main__"}:
            importlib.import_module(f"encodings.{module.name}")
    sys.path[:0] = start.search
    tasks = cast("Tasks", importlib.import_module(start.tasks))
    tasks.preload(start.setup)
    gc.collect()
    gc.freeze()
    return tasks


def run(tasks: Tasks, start: Start, jobs: int, results: int) -> None:
    """Confine this process, say which layers hold, and answer jobs until the pipe ends."""
    try:
        allowance = _confine(start, jobs, results)
        _serve(tasks, start, allowance, jobs, results)
    except BrokenPipeError:
        return  # the supervisor has gone


def _confine(start: Start, jobs: int, results: int) -> sandbox.Allowance:
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        allowance = sandbox.Allowance.now()
        keep = [jobs, results, *(each.fd for each in start.evidence)]
        report = sandbox.confine(keep) if start.confine else sandbox.Report((), ("confinement switched off",))
        hello: dict[str, object] = {"layers": list(report.layers), "missing": list(report.missing)}
    except Exception as error:
        words = f"{type(error).__name__}: {_plain(error)}"
        frames.write_bytes(results, frames.encode({"failed": words}))
        raise
    frames.write_bytes(results, frames.encode({"hello": hello}))
    return allowance


def _serve(tasks: Tasks, start: Start, allowance: sandbox.Allowance, jobs: int, results: int) -> None:
    context = Context(start.evidence, start.setup)
    clean = _lowest_free()
    while (message := frames.read_message(jobs)) is not None:
        allowance.grant(cast("int", message["memory"]), cast("float", message["seconds"]))
        gc.disable()  # a job makes many objects that stay until it ends, and hardly a circle
        last = _answer(tasks, message, context, results)
        if "error" in last:
            allowance.ease()
        gc.collect(1)  # what this job left; what jobs before it keep for others is not looked through again
        # A task that leaked or closed a descriptor must not spoil the jobs of others.
        last["more"] = _lowest_free() == clean
        frames.write_bytes(results, frames.encode(last))


def _answer(tasks: Tasks, message: Mapping[str, object], context: Context, results: int) -> dict[str, object]:
    """Send the parts of an answer; the message that ends it is returned."""
    number = cast("int", message["id"])
    context.send = lambda told: frames.write_bytes(results, frames.encode({"id": number, **told}))
    pending = bytearray()
    try:
        verb = cast("str", message["verb"])
        spec = cast("Mapping[str, object]", message["spec"])
        for part in tasks.handle(verb, spec, context):
            pending += frames.encode({"id": number, "part": part})
            if len(pending) >= _FLUSH_AT:
                frames.write_bytes(results, pending)
                pending.clear()
        frames.write_bytes(results, pending)
    except Exception as error:  # noqa: BLE001 - the one place where a task's failure becomes an answer
        traceback.clear_frames(error.__traceback__)  # they hold what the task had built
        return {"id": number, "error": {"type": type(error).__name__, "message": _plain(error)}}
    return {"id": number, "end": True}


def _lowest_free() -> int:
    """The number that the next descriptor would get; -1 if there is none."""
    try:
        number = os.dup(0)
    except OSError:
        return -1
    os.close(number)
    return number


def _plain(error: Exception) -> str:
    """The message of an error: cut, encodable, and without addresses, which differ in every run."""
    try:
        words = _ADDRESS.sub("", str(error)[:2000])
        return words.encode("utf-8", "backslashreplace").decode()
    except Exception:  # noqa: BLE001 - an error whose message fails must not hide that there was one
        return "(its message cannot be shown)"

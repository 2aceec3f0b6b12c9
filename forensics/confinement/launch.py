"""Starting, killing and burying workers: forked from a zygote, or spawned one by one."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import forensics
from forensics.confinement import frames
from forensics.confinement.sandbox import windows
from forensics.confinement.worker import Start
from forensics.errors import WorkerError

_ANSWER_SECONDS = 30.0
_PRELOAD_SECONDS = 120.0
_PIPE_BYTES = 1 << 20
# Everything else of the environment stays behind: it may hold secrets and it may steer Python.
_KEPT = (
    "PATH",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "TMPDIR",
    "LANG",
    "LC_ALL",
)


class Body(Protocol):
    """A worker's process, as far as the supervisor may touch it."""

    @property
    def pid(self) -> int:
        """Its number, valid until it has been reaped."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...

    def reap(self) -> int | None:
        """Its exit code, or minus the signal; `None` if it is not known. Nothing may follow."""
        ...


@dataclass(frozen=True, slots=True)
class Born:
    """A started worker: its process and the supervisor's two pipe ends."""

    body: Body
    jobs: int
    results: int


class Launcher(Protocol):
    """Where workers come from. Every method may be called from any thread."""

    def start(self) -> Born:
        """A new worker, which will say hello on its result pipe.

        Raises:
            WorkerError: none can be started, with the reason.
        """
        ...

    def close(self) -> None:
        """End everything that is left."""
        ...


class Zygote:
    """The zygote's process, seen from the supervisor. It is started anew if it has died."""

    def __init__(self, start: Start) -> None:
        """Start the zygote without waiting for it."""
        self._start = start
        self._lock = threading.Lock()
        self._deaths = 0
        self._ready = False
        self._process, self._control = self._launch()

    def start(self) -> Born:
        """Fork a worker."""
        with self._lock:
            job_end, jobs = os.pipe()
            results, result_end = os.pipe()
            try:
                _widen(results)
                answer = self._ask({"fork": True}, (job_end, result_end))
            except BaseException:
                os.close(jobs)
                os.close(results)
                raise
            finally:
                os.close(job_end)
                os.close(result_end)
            pid = answer["pid"]
            assert isinstance(pid, int)
            return Born(_Forked(pid, self, self._process.pid), jobs, results)

    def reap(self, pid: int, parent: int) -> int | None:
        """How a worker ended; `None` if the zygote that forked it has gone, too."""
        with self._lock:
            if self._process.pid != parent or self._process.poll() is not None:
                return None
            try:
                status = self._exchange({"reap": pid}, ())["status"]
            except (OSError, WorkerError):
                return None
            return status if isinstance(status, int) else None

    def close(self) -> None:
        """Close the control socket, which ends the zygote, which ends its workers."""
        with self._lock:
            self._bury()

    def _ask(self, request: Mapping[str, object], fds: Sequence[int]) -> dict[str, object]:
        while True:
            try:
                self._await_ready()
                return self._exchange(request, fds)
            except (OSError, frames.FrameError) as error:
                self._deaths += 1
                self._bury()
                if self._deaths > 3:
                    raise WorkerError(f"the zygote died {self._deaths} times: {error}") from error
                self._process, self._control = self._launch()

    def _exchange(self, request: Mapping[str, object], fds: Sequence[int]) -> dict[str, object]:
        self._control.settimeout(_ANSWER_SECONDS)
        socket.send_fds(self._control, [frames.encode(request)], fds)
        return _receive(self._control)

    def _await_ready(self) -> None:
        if self._ready:
            return
        self._control.settimeout(_PRELOAD_SECONDS)
        answer = _receive(self._control)
        if "failed" in answer:
            raise WorkerError(f"the workers cannot be prepared: {answer['failed']}")
        self._ready = True

    def _launch(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        ours, theirs = socket.socketpair()
        with theirs:
            number = str(theirs.fileno())
            process = subprocess.Popen(
                command("forensics.confinement.zygote", number),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(), *(each.fd for each in self._start.evidence)),
                env=environment(),
                start_new_session=True,  # Ctrl-C at the terminal is for the supervisor
            )
        self._ready = False
        with contextlib.suppress(OSError):  # a zygote that is already dead is noticed when it is asked
            ours.sendall(frames.encode(self._start.message()))
        return process, ours

    def _bury(self) -> None:
        self._control.close()
        try:
            self._process.wait(0.5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@dataclass(frozen=True, slots=True)
class _Forked:
    pid: int
    zygote: Zygote
    parent: int

    def kill(self) -> None:
        # The zygote reaps only when told to, so the number still means this process.
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def reap(self) -> int | None:
        return self.zygote.reap(self.pid, self.parent)


class Spawn:
    """Workers started one by one as new interpreters."""

    def __init__(self, start: Start) -> None:
        """Remember what every worker is told first."""
        self._start = start
        self._keeper: windows.Keeper | None = windows.Keeper() if sys.platform == "win32" else None

    def start(self) -> Born:
        """Spawn a worker."""
        start = self._start
        options: dict[str, object] = {}
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - exists on Windows only

            handles = [msvcrt.get_osfhandle(each.fd) for each in start.evidence]
            for handle in handles:
                os.set_handle_inheritable(handle, True)
            info = subprocess.STARTUPINFO(lpAttributeList={"handle_list": handles})
            options = {"startupinfo": info, "creationflags": subprocess.CREATE_NO_WINDOW}
        else:
            options = {"pass_fds": [each.fd for each in start.evidence], "start_new_session": True}
        try:
            process: subprocess.Popen[bytes] = subprocess.Popen(  # type: ignore[call-overload]
                command("forensics.confinement.spawn"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                env=environment(),
                **options,
            )
        except OSError as error:
            raise WorkerError(f"no worker can be started: {error}") from error
        if sys.platform == "win32" and self._keeper:
            self._keeper.adopt(int(process._handle))  # type: ignore[attr-defined] # no public name for it
        assert process.stdin is not None
        assert process.stdout is not None
        jobs, results = os.dup(process.stdin.fileno()), os.dup(process.stdout.fileno())
        process.stdin.close()
        process.stdout.close()
        _widen(results)
        with contextlib.suppress(OSError):
            frames.write_bytes(jobs, frames.encode(self._told()))
        return Born(_Spawned(process), jobs, results)

    def close(self) -> None:
        """Nothing is left: every worker belongs to the supervisor."""

    def _told(self) -> dict[str, object]:
        message = self._start.message()
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - exists on Windows only

            message["evidence"] = [[name, msvcrt.get_osfhandle(fd), size] for name, fd, size in self._start.evidence]
        return message


@dataclass(frozen=True, slots=True)
class _Spawned:
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self.process.pid

    def kill(self) -> None:
        self.process.kill()

    def reap(self) -> int | None:
        try:
            return self.process.wait(0.5)
        except subprocess.TimeoutExpired:
            return None


def command(module: str, *arguments: str) -> list[str]:
    """The command line that runs one of this package's modules with the running interpreter.

    A frozen program has no `-m`: its `main` must hand `--module NAME …` to `run_module` below.
    """
    if getattr(sys, "frozen", False):
        return [sys.executable, "--module", module, *arguments]
    return [sys.executable, "-P", "-B", "-m", module, *arguments]


def run_module(arguments: Sequence[str]) -> int | None:
    """In a frozen program: run the module that `command` asked for; `None` if none was."""
    if len(arguments) < 2 or arguments[0] != "--module":
        return None
    from forensics.confinement import probe, spawn, zygote  # noqa: PLC0415 - the window must not load them

    if arguments[1] == "forensics.confinement.zygote":
        return zygote.main(list(arguments[2:]))
    if arguments[1] == "forensics.confinement.spawn":
        return spawn.main()
    if arguments[1] == "forensics.confinement.probe":
        return probe.main()
    return None


def environment() -> dict[str, str]:
    """What zygote and workers find in their environment.

    Text is hashed without salt there, so that the order of sets is the same in every run; libraries that
    would start threads are told not to, because only the thread that forks lives on in the fork.
    """
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    kept |= {"TZ": "UTC", "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}
    kept |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    root = Path(forensics.__file__).resolve().parents[1]
    installed = {Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib")}
    if root not in installed:
        kept["PYTHONPATH"] = str(root)
    return kept


def _receive(control: socket.socket) -> dict[str, object]:
    decoder = frames.Decoder()
    while True:
        piece = control.recv(1 << 16)
        if not piece:
            raise frames.FrameError("the zygote has gone")
        decoder.feed(piece)
        for message, _ in decoder.messages():
            return message


def _widen(pipe: int) -> None:
    """Let a pipe hold more than 64 KiB, where that is possible (fcntl(2), F_SETPIPE_SZ)."""
    if sys.platform == "linux":
        import fcntl  # noqa: PLC0415 - exists on POSIX only

        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

"""The zygote: imports every parser once, then forks workers on request.

A fork of it is a worker with everything loaded, 7–20 ms after it was asked for; importing anew takes
0.4 s. It reads no evidence and talks to nobody but the supervisor. When the supervisor dies, however it
dies, the control socket ends, the zygote ends with it, and the kernel kills the workers (PR_SET_PDEATHSIG,
prctl(2)). The zygote itself does not use PR_SET_PDEATHSIG: that signal comes when the *thread* that started
the child ends.

Requests and answers alternate: {"fork"} with the two pipe ends of the worker → {"pid"};
{"reap": pid} → {"status"}. Nobody else reaps, so a pid stays the worker's until the supervisor says so.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import sys
import time
import traceback
from collections.abc import Iterable, Mapping

from forensics.confinement import frames, sandbox
from forensics.confinement.worker import Start, Tasks, prepare, run

_REAP_SECONDS = 0.5


def main(arguments: list[str] | None = None) -> int:
    """Serve the supervisor at the other end of the socket whose number is the only argument."""
    number = (sys.argv[1:] if arguments is None else arguments)[0]
    control = socket.socket(fileno=int(number))
    os.set_inheritable(control.fileno(), False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    first = frames.read_message(control.fileno())
    if first is None:
        return 0
    try:
        start = Start.of(first)
        tasks = prepare(start)
    except Exception as error:  # noqa: BLE001 - said to the supervisor, which says it to the person
        words = "".join(traceback.format_exception_only(error)).strip()
        _say(control, {"failed": words[:4000]})
        return 1
    if _say(control, {"ready": True}):
        _Zygote(control, tasks, start).run()
    return 0


def _say(control: socket.socket, message: Mapping[str, object]) -> bool:
    """Send to the supervisor; false if it has gone."""
    try:
        control.sendall(frames.encode(message))
    except OSError:
        return False
    return True


class _Zygote:
    def __init__(self, control: socket.socket, tasks: Tasks, start: Start) -> None:
        self._control = control
        self._tasks = tasks
        self._start = start
        self._dying: set[int] = set()

    def run(self) -> None:
        while True:
            request, fds = self._receive()
            if request is None:
                return
            if "fork" in request:
                answer: dict[str, object] = {"pid": self._fork(*fds)}
            else:
                pid = request["reap"]
                assert isinstance(pid, int)
                answer = {"status": self._reap(pid)}
            if not _say(self._control, answer):
                return

    def _receive(self) -> tuple[dict[str, object] | None, list[int]]:
        """One request; they are far smaller than a socket's buffer, so the descriptors come with its head."""
        try:
            head, fds, _, _ = socket.recv_fds(self._control, 4, 2)
            if len(head) < 4:
                return None, []
            (length,) = struct.unpack("<I", head)
            body = self._control.recv(length, socket.MSG_WAITALL)
        except OSError:
            return None, []
        return (frames.decode(body), list(fds)) if len(body) == length else (None, [])

    def _fork(self, jobs: int, results: int) -> int:
        me = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._become_worker(me, jobs, results)
        os.close(jobs)
        os.close(results)
        return pid

    def _become_worker(self, parent: int, jobs: int, results: int) -> None:
        """In the child: keep the pipes and the evidence, nothing else, and never return."""
        code = 70
        try:
            null = os.open(os.devnull, os.O_RDWR)
            for standard in (0, 1, 2):
                os.dup2(null, standard)
            self._control.detach()
            _close_all_but([0, 1, 2, jobs, results, *(each.fd for each in self._start.evidence)])
            if sandbox.tie_to_parent(parent):
                run(self._tasks, self._start, jobs, results)
                code = 0
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else 0
        finally:
            os._exit(code)

    def _reap(self, pid: int) -> int | None:
        """How a killed or finished worker ended; `None` if the kernel has not let go of it yet.

        A process that waits for a failing disk cannot be killed before the disk answers.
        """
        self._dying.add(pid)
        until = time.monotonic() + _REAP_SECONDS
        while True:
            for each in list(self._dying):
                with contextlib.suppress(ChildProcessError):
                    done, status = os.waitpid(each, os.WNOHANG)
                    if not done:
                        continue
                    self._dying.discard(each)
                    if each == pid:
                        return os.waitstatus_to_exitcode(status)
            if time.monotonic() > until:
                return None
            time.sleep(0.001)


def _close_all_but(keep: Iterable[int]) -> None:
    below = 0
    for fd in sorted(set(keep)):
        if below < fd:  # an empty range at 0 would close everything
            os.closerange(below, fd)
        below = fd + 1
    os.closerange(below, os.sysconf("SC_OPEN_MAX"))


if __name__ == "__main__":
    sys.exit(main())

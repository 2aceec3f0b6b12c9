"""One open case: its reader, its one child process, and what that process says."""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QObject, QProcess, QProcessEnvironment, Signal

import forensics
from app.jobs import Jobs
from app.reader import Reader
from app.troubles import Trouble, of_child, of_status
from resources.languages import tr
from viewers.base import Done, Picture

Reply = Callable[[bool, Any], None]
MAX_LINE = 64 << 20
PROGRAM = (sys.executable, "-P", "-B", "-m", "forensics.commands.main")


def environment() -> QProcessEnvironment:
    """The environment of a child: ours, and the folder that this program runs from."""
    made = QProcessEnvironment.systemEnvironment()
    own = str(Path(str(forensics.__file__)).resolve().parent.parent)
    before = made.value("PYTHONPATH")
    made.insert("PYTHONPATH", own if not before else f"{own}{os.pathsep}{before}")
    return made


class Session(QObject):
    """Verbs go to one child process as JSON lines; the case database is read beside it."""

    status_changed = Signal(dict)
    tags_changed = Signal()
    case_changed = Signal()
    announced = Signal(str)
    state_changed = Signal()

    def __init__(self, case: Path, program: Sequence[str] = PROGRAM) -> None:
        super().__init__()
        self.case = case
        self.reader = Reader(case)
        self.jobs = Jobs()
        self.status: dict[str, Any] = {}
        self.running = False
        self.outside_reason = ""  # why what is shown now is opened though it is outside the authority
        self.trouble = ""
        self.wrong: Trouble | None = None
        self._next = 1
        self._replies: dict[int, Reply] = {}
        self._unsent: list[bytes] = []
        self._rest = b""
        self._errors = b""
        self._closing = False
        self._process = QProcess(self)
        self._process.setProgram(program[0])
        self._process.setArguments([*program[1:], "session", str(case)])
        self._process.setProcessEnvironment(environment())
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.readyReadStandardError.connect(self._read_errors)
        self._process.started.connect(self._started)
        self._process.finished.connect(self._ended)
        self._process.errorOccurred.connect(self._failed)
        self.jobs.ended.connect(self._job_ended)

    def start(self) -> None:
        """Start the child and ask for its status."""
        self._process.start()
        self.refresh_status()

    def again(self) -> None:
        """Start the child once more after it has stopped."""
        if self.running or self._process.state() != QProcess.ProcessState.NotRunning:
            self.refresh_status()
            return
        self.trouble, self.wrong = "", None
        self._rest = self._errors = b""
        self.state_changed.emit()
        self.start()

    @property
    def waiting(self) -> int:
        """Answers that are still to come, from the database and from the child."""
        return self.reader.waiting + len(self._replies)

    def call(self, verb: str, args: dict[str, Any] | None = None, reply: Reply | None = None) -> None:
        """Send a verb; `reply` gets (True, result) or (False, words)."""
        number = self._next
        self._next += 1
        if self.trouble:
            if reply is not None:
                reply(False, self.trouble)
            return
        if self.outside_reason:
            args = {**(args or {}), "outside_reason": self.outside_reason}
        self._replies[number] = reply or (lambda _ok, _result: None)
        line = json.dumps({"id": number, "verb": verb, "args": args or {}}).encode() + b"\n"
        if self.running:
            self._process.write(QByteArray(line))
        else:
            self._unsent.append(line)

    def refresh_status(self) -> None:
        """Ask for the state of the record."""
        self.call("status", {}, self._status)

    def bytes_of(self, verb: str, args: dict[str, Any], done: Done) -> None:
        """Ask for bytes of the evidence."""

        def reply(ok: bool, result: Any) -> None:
            if not ok:
                done(None, str(result))
                return
            try:
                done(base64.b64decode(result["data"]), "")
            except (KeyError, TypeError, ValueError):
                done(None, tr("The answer of the reader could not be understood."))

        self.call(verb, args, reply)

    def picture_of(self, args: dict[str, Any], done: Picture) -> None:
        """Ask for a picture, decoded outside the window."""

        def reply(ok: bool, result: Any) -> None:
            if not ok:
                done(0, 0, b"", str(result))
                return
            try:
                pixels = base64.b64decode(result["rgba"])
                width, height = int(result["width"]), int(result["height"])
            except (KeyError, TypeError, ValueError):
                done(0, 0, b"", tr("The answer of the picture reader could not be understood."))
                return
            if width <= 0 or height <= 0 or len(pixels) != width * height * 4:
                done(0, 0, b"", str(result.get("note") or tr("The picture reader gave no picture.")))
            else:
                done(width, height, pixels, str(result.get("note") or ""))

        self.call("picture", args, reply)

    def set_tag(self, finding: int, name: str, *, on: bool) -> None:
        """Put a tag on a finding or take it off."""

        def reply(ok: bool, result: Any) -> None:
            if ok:
                done = tr('F{finding}: tag "{name}" set.') if on else tr('F{finding}: tag "{name}" removed.')
                self.announced.emit(done.format(finding=finding, name=name))
                self.tags_changed.emit()
                self.refresh_status()
            else:
                self.announced.emit(tr("The tag was not recorded: {result}", result=result))

        self.call("tag" if on else "untag", {"finding": finding, "name": name}, reply)

    def close(self) -> None:
        """Let the child finish and stop reading."""
        self._closing = True
        if self._process.state() != QProcess.ProcessState.NotRunning:
            self._process.closeWriteChannel()
            if not self._process.waitForFinished(5000):
                self._process.terminate()
                if not self._process.waitForFinished(3000):
                    self._process.kill()
                    self._process.waitForFinished(2000)
        self.reader.close()

    def _status(self, ok: bool, result: Any) -> None:
        if ok and isinstance(result, dict):
            self.wrong = of_status(result)
            self.status = result
            self.status_changed.emit(result)

    def _started(self) -> None:
        self.running = True
        for line in self._unsent:
            self._process.write(QByteArray(line))
        self._unsent.clear()
        self.state_changed.emit()

    def _read(self) -> None:
        self._rest += bytes(self._process.readAllStandardOutput().data())
        *lines, self._rest = self._rest.split(b"\n")
        if len(self._rest) > MAX_LINE:
            self._rest = b""
        for line in lines:
            try:
                message = json.loads(line)
            except ValueError:
                continue
            if isinstance(message, dict):
                self._take(message)

    def _take(self, message: dict[str, Any]) -> None:
        if "id" in message:
            reply = self._replies.pop(message["id"], None)
            if reply is not None:
                ok = bool(message.get("ok"))
                reply(ok, message.get("result") if ok else str(message.get("error", tr("no reason was given"))))
        elif "event" in message:
            self.jobs.take(message)

    def _job_ended(self) -> None:
        self.refresh_status()
        self.case_changed.emit()

    def _read_errors(self) -> None:
        self._errors = (self._errors + bytes(self._process.readAllStandardError().data()))[-4000:]

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self.wrong = of_child("", started=False, crashed=False)
            self._stop(tr("The program that reads the evidence could not be started."))

    def _ended(self, _code: int, how: QProcess.ExitStatus) -> None:
        self._read()
        self._read_errors()
        lines = self._errors.decode("utf-8", "replace").strip().splitlines()
        crashed = how == QProcess.ExitStatus.CrashExit or any(line.startswith("Traceback") for line in lines)
        self.wrong = of_child(lines[-1] if lines else "", started=True, crashed=crashed)
        self._stop(f"{self.wrong.title}. {self.wrong.text}")

    def _stop(self, words: str) -> None:
        self.running = False
        self.trouble = words
        waiting, self._replies = self._replies, {}
        self.jobs.lost(words)
        if not self._closing:
            for reply in waiting.values():
                reply(False, words)
            self.state_changed.emit()

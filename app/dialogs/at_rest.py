"""A case encrypted at rest: locked for its people from the window, and opened with the passphrase of one of them.

The program's own verbs do it, each in a child process. A passphrase is in the environment of that child and nowhere
else: others can read arguments in the list of processes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QProcess, Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from app.dialogs.base import Frame
from app.session import environment
from forensics.case.rest import locking, people
from forensics.commands.at_rest import PASSPHRASE
from forensics.commands.output import DONE, PARTIAL
from forensics.custody.lock import is_at_rest
from forensics.errors import ImpoundError
from forensics.visible import visible
from resources.languages import tr
from viewers.look import Look
from viewers.parts import Button, label, set_tone
from viewers.words import size_text

NOT_STARTED = -1
Ended = Callable[[int, str, str], None]  # exit code, standard output, last line of standard error


class AtRestDialog(Frame):
    """Says who can open the case and runs verbs on it; it cannot be left while one runs, which would be half done."""

    def __init__(
        self, look: Look, parent: QWidget | None, folder: Path, program: Sequence[str], title: str, subtitle: str
    ) -> None:
        super().__init__(look, parent, title, subtitle, 680)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._folder, self._program = folder.absolute(), list(program)
        self.child: QProcess | None = None
        self.note = label(look, "", "body", "text2", weight=500, wrap=True, selectable=True)
        self.note.setMinimumHeight(look.px(44))

    def _names(self, words: str) -> None:
        self.names = label(self.look, "", "body", wrap=True, selectable=True)
        self.row(words, self.names)

    def _passphrase(self, words: str, hint: str = "") -> QLineEdit:
        edit = self.line(words, "", hint)
        edit.setEchoMode(QLineEdit.EchoMode.Password)
        return edit

    def _end_with(self, act: Button) -> None:
        """The note and the footer."""
        self.column.addWidget(self.note)
        self.column.addStretch(1)
        self.way_out = self.quiet(tr("Cancel"))
        self.footer.addWidget(act)

    def _run(self, args: Sequence[str], done: Ended, passphrase: str = "") -> None:
        child = QProcess(self)
        around = environment()
        if passphrase:
            around.insert(PASSPHRASE, passphrase)
        child.setProcessEnvironment(around)
        child.finished.connect(partial(self._finished, done))
        child.errorOccurred.connect(partial(self._failed, done))
        self.child = child
        self.way_out.setEnabled(False)
        child.start(self._program[0], [*self._program[1:], "case", *args])

    def _finished(self, done: Ended, code: int, status: QProcess.ExitStatus) -> None:
        child = self._over()
        if child is None:
            return
        out = bytes(child.readAllStandardOutput().data()).decode("utf-8", "replace")
        told = bytes(child.readAllStandardError().data()).decode("utf-8", "replace").strip().splitlines()
        last = told[-1].removeprefix("impound: ")[:300] if told else tr("The program gave no reason.")
        done(code if status == QProcess.ExitStatus.NormalExit else NOT_STARTED, out, last)

    def _failed(self, done: Ended, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._over() is not None:
            done(NOT_STARTED, "", tr("The program could not be started."))

    def _over(self) -> QProcess | None:
        child, self.child = self.child, None
        if child is not None:
            child.deleteLater()
            self.way_out.setEnabled(True)
        return child

    def _say(self, words: str, tone: str) -> None:
        set_tone(self.note, tone)
        self.note.setText(visible(words))

    def reject(self) -> None:
        """Leave it, unless a verb runs."""
        if self.child is None:
            super().reject()


class LockCaseDialog(AtRestDialog):
    """Who will be able to open the case, more people, and the locking; `close` closes the case in the window first.

    Raises :class:`CaseError` where the list of people is damaged.
    """

    def __init__(
        self, look: Look, parent: QWidget | None, folder: Path, program: Sequence[str], close: Callable[[], object]
    ) -> None:
        kept = [str(each["name"]) for each in people.read(folder)]
        super().__init__(
            look, parent, folder, program, tr("Lock the case"),
            tr("Everything in the case folder becomes one encrypted file: record, findings, keys, vaults, exports. "
"The case is closed in this window first, and nothing of it stays open. Its number, the names below and its size stay "
"readable. Images lie elsewhere and are not touched. What is removed from the folder is not wiped from the disk."),
        )  # fmt: skip
        self._close, self._kept = close, kept
        self._added: list[tuple[str, str]] = []
        self._names(tr("Who will be able to open it"))
        self.name = self.line(tr("Another person: name"))
        self.passphrase = self._passphrase(tr("Passphrase of this person"), tr("Typed by that person."))
        self.again = self._passphrase(tr("The same passphrase once more"))
        self.add = Button(look, tr("Add this person"), "", "normal", self._add)
        self.column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self.lock = Button(look, tr("Lock the case"), "lock", "primary", self._lock)
        self.add.setDefault(True)  # Enter in a field adds a person and never locks
        self._end_with(self.lock)
        for edit in (self.name, self.passphrase, self.again):
            edit.textChanged.connect(self._check)
        self._check()
        (self.lock if kept else self.name).setFocus()

    def _check(self) -> None:
        names = [*self._kept, *(name for name, _ in self._added)]
        self.names.setText(
            visible(", ".join(names)) or tr("Nobody yet. Without a person and a passphrase nobody could open it again.")
        )
        set_tone(self.names, "text" if names else "warn")
        typed = [edit.text().strip() for edit in (self.name, self.passphrase, self.again)]
        self.add.setEnabled(all(typed))
        self.lock.setEnabled(bool(names) and not any(typed))

    def _add(self) -> None:
        name, passphrase = self.name.text().strip(), self.passphrase.text()
        if passphrase != self.again.text():
            self._say(tr("The two passphrases are not the same."), "danger")
            return
        if name in self._kept or name in dict(self._added):
            self._say(tr("{name} is on the list.", name=name), "danger")
            return
        self._added.append((name, passphrase))
        for edit in (self.name, self.passphrase, self.again):
            edit.clear()
        self._say("", "text2")
        self.name.setFocus()

    def _lock(self) -> None:
        for part in (self.name, self.passphrase, self.again, self.add, self.lock):
            part.setEnabled(False)
        self._say(tr("Every file of the case folder is being encrypted, read back and compared."), "text2")
        self._close()
        self._next(DONE, "", "")

    def _next(self, code: int, _out: str, last: str) -> None:
        if code != DONE:
            self._open_again(last)
        elif self._added:
            name, passphrase = self._added.pop(0)
            self._run(["people", str(self._folder), f"--add={name}"], self._next, passphrase)
        else:
            self._run(["lock", str(self._folder), "--json"], self._locked)

    def _locked(self, code: int, out: str, last: str) -> None:
        if code != DONE:
            self._open_again(last)
            return
        told = json.loads(out)
        self._say(
            tr(
                "The case is locked: {size}, for {names}. Nothing of it is open in this window.",
                size=size_text(told["bytes"]), names=", ".join(told["people"]),
            ), "ok",
        )  # fmt: skip
        self.lock.hide()
        self.way_out.setText(tr("Close"))
        self.way_out.setFocus()

    def _open_again(self, last: str) -> None:
        self._added.clear()
        self._say(tr("The case was not locked: {last}", last=last), "danger")
        self.lock.setText(tr("Open the case"))
        self.lock.clicked.disconnect()
        self.lock.clicked.connect(self.accept)
        self.lock.setEnabled(True)
        self.way_out.setText(tr("Close"))


class UnlockCaseDialog(AtRestDialog):
    """Takes a passphrase, or a file that holds it; accepted once the case is what it was."""

    def __init__(self, look: Look, parent: QWidget | None, folder: Path, program: Sequence[str]) -> None:
        super().__init__(
            look, parent, folder, program, tr("This case is locked"),
            tr("{folder} holds one encrypted file. The passphrase of any of its people makes of it the folder that it was; "
"the record will say who opened it.", folder=visible(str(folder))),
        )  # fmt: skip
        self._names(tr("Who can open it"))
        self.passphrase = self._passphrase(tr("Passphrase"))
        self.file = self.file_row(tr("Or a file whose first line is the passphrase"))
        self.unlock = Button(look, tr("Unlock and open"), "lock", "primary", self._unlock)
        self.unlock.setDefault(True)
        self._end_with(self.unlock)
        try:
            self.names.setText(visible(", ".join(locking.names(folder))))
        except (ImpoundError, OSError) as error:
            self._say(str(error), "danger")
            self.passphrase.setEnabled(False)
            self.file.setEnabled(False)
        for edit in (self.passphrase, self.file):
            edit.textChanged.connect(self._check)
        self._check()
        self.passphrase.setFocus()

    def _check(self) -> None:
        self.unlock.setEnabled(bool(self.passphrase.text() or self.file.text().strip()))

    def _unlock(self) -> None:
        typed, file = self.passphrase.text(), self.file.text().strip()
        self.passphrase.clear()
        self.unlock.setEnabled(False)
        self._say(tr("The passphrase is being tried and the case decrypted. Large cases take minutes."), "text2")
        args = ["unlock", str(self._folder), "--json"]
        self._run(args if typed else [*args, f"--passphrase-file={Path(file).absolute()}"], self._unlocked, typed)

    def _unlocked(self, code: int, _out: str, last: str) -> None:
        if code == DONE:
            self.accept()
        elif code == PARTIAL:  # it is open, and its ledger could not be told
            self._say(last, "warn")
            self.unlock.setText(tr("Open the case"))
            self.unlock.clicked.disconnect()
            self.unlock.clicked.connect(self.accept)
            self.passphrase.setEnabled(False)
            self.file.setEnabled(False)
            self.unlock.setEnabled(True)
        else:
            told = last
            if "for nobody on its list" in last:
                told = tr("This passphrase opens the case for none of its people, or their list was changed.")
            kept = tr("The case is locked as before.") if is_at_rest(self._folder) else ""
            self._say(f"{told} {kept}".strip(), "danger")
            self._check()
            self.passphrase.setFocus()

"""Open a new case: number, examiner, authority, folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QWidget

from app.dialogs.base import Frame
from app.session import PROGRAM, environment
from resources.languages import tr
from viewers.look import Look
from viewers.parts import Button, label


class NewCaseDialog(Frame):
    """Asks for what a case needs and makes its folder through the command."""

    def __init__(self, look: Look, parent: QWidget | None, program: Sequence[str] = PROGRAM) -> None:
        super().__init__(
            look, parent, tr("New case"), tr("A folder with an empty record is made. Nothing leaves this computer.")
        )
        self._program = list(program)
        self.folder: Path | None = None
        self.number = self.line(tr("Case number"), "", tr("As your office writes it."))
        self.examiner = self.line(tr("Examiner"), "", tr("Your name. It stands in every entry of the record."))
        self.agency = self.line(tr("Agency, if any"))
        self.authority = self.line(tr("Authority, if any"), "", tr("The warrant or order, with its number."))
        place = QWidget()
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        self.place = QLineEdit(str(Path.home()))
        self.place.setAccessibleName(tr("Folder in which the case folder is made"))
        row.addWidget(self.place, 1)
        row.addWidget(Button(look, tr("Choose"), "open", "normal", self._browse))
        self.row(tr("Make it in"), place, tr("A new folder with the case number is made here."))
        self.problem = label(look, "", "dense", "danger", weight=500, wrap=True)
        self.column.addWidget(self.problem)
        self.column.addStretch(1)
        self.quiet(tr("Cancel"))
        self.make = Button(look, tr("Make the case"), "", "primary", self._make)
        self.make.setDefault(True)
        self.footer.addWidget(self.make)
        self._process = QProcess(self)
        self._process.setProcessEnvironment(environment())
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._failed)
        for edit in (self.number, self.examiner, self.place):
            edit.textChanged.connect(self._check)
        self._check()

    def _check(self) -> None:
        missing = [
            name
            for name, edit in (("number", self.number), ("examiner", self.examiner), ("folder", self.place))
            if not edit.text().strip()
        ]
        self.make.setEnabled(not missing)
        self.problem.setText(tr("Still needed: {missing}.", missing=", ".join(missing)) if missing else "")
        self.problem.setProperty("tone", "text2")
        self.problem.style().polish(self.problem)

    def _target(self) -> Path:
        safe = "".join(c if c.isalnum() or c in "-_." else "-" for c in self.number.text().strip()).strip(".")
        return Path(self.place.text().strip()) / f"case-{safe or 'new'}"

    def _browse(self) -> None:
        options = QFileDialog.Option.DontUseNativeDialog | QFileDialog.Option.ShowDirsOnly
        chosen = QFileDialog.getExistingDirectory(self, tr("Make the case folder in"), self.place.text(), options)
        if chosen:
            self.place.setText(chosen)

    def _make(self) -> None:
        args = [*self._program[1:], "case", "new", str(self._target()), "--number", self.number.text().strip()]
        args += ["--examiner", self.examiner.text().strip(), "--json"]
        if self.agency.text().strip():
            args += ["--agency", self.agency.text().strip()]
        if self.authority.text().strip():
            args += ["--authority", self.authority.text().strip()]
        self.make.setEnabled(False)
        self.problem.setText(tr("The case folder is being made."))
        self._process.start(self._program[0], args)

    def _failed(self) -> None:
        self._say(tr("The program that makes cases could not be started."))

    def _finished(self, code: int) -> None:
        if code == 0:
            self.folder = self._target()
            self.accept()
            return
        said = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace").strip().splitlines()
        self._say(said[-1][:300] if said else tr("The case could not be made; no reason was given."))

    def _say(self, words: str) -> None:
        self.problem.setText(tr("{words} Nothing else was changed.", words=words))
        self.problem.setProperty("tone", "danger")
        self.problem.style().unpolish(self.problem)
        self.problem.style().polish(self.problem)
        self.make.setEnabled(True)

"""Papers that leave the workstation: the label of an exhibit and the auditor's file. Where to, for whom, and done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QWidget

from app.dialogs.base import Frame
from app.session import Session
from forensics.visible import visible
from viewers.look import Look
from viewers.parts import Button, label, set_tone
from viewers.words import plural


@dataclass(frozen=True, slots=True)
class Paper:
    """What is asked for one kind of paper, and how the session makes it."""

    title: str
    about: str
    verb: str
    who: str  # the argument that names a person or place
    who_words: str
    who_hint: str
    name: str  # of the file
    files: str
    action: str
    exhibit: bool
    done: Callable[[Mapping[str, Any]], str]


def _labelled(told: Mapping[str, Any]) -> str:
    return (
        f"The label fixes the first {plural(int(told['size']), 'entry', 'entries')}. Read its check value aloud when it "
        f"is stuck on: {told['fingerprint']}. Print it at its true size: the bar on it is 10 mm long."
    )


def _audited(told: Mapping[str, Any]) -> str:
    overrides = len(told["watched"]["scope.override"])
    return (
        f"{plural(int(told['entries']), 'entry', 'entries')} with their proofs, {plural(overrides, 'scope override')}, "
        f"no content of evidence. Checked as its receiver would: level {told['level']}."
    )


LABEL = Paper(
    "Print a label", "QR code and check value of the record as it is now, to be stuck on the exhibit.",
    "label", "held_by", "Who keeps it, or where it is stuck", "Such as: evidence bag 4711, property room.",
    "label.pdf", "PDF (*.pdf)", "Write the label", True, _labelled,
)  # fmt: skip
AUDIT = Paper(
    "Auditor's file", "Who did what kind of thing and when, every entry with its proof. No name or value of the evidence.",
    "audit", "recipient", "For whom", "The office that oversees this work.",
    "audit.impound", "Auditor's file (*.impound)", "Write the file", False, _audited,
)  # fmt: skip


class PaperDialog(Frame):
    """Ask, make, say what came of it."""

    def __init__(self, look: Look, session: Session, paper: Paper, exhibit: str, parent: QWidget | None) -> None:
        super().__init__(look, parent, paper.title, paper.about, 640)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._paper = session, paper
        self.exhibit = self.line("Exhibit", exhibit, "Stands on the label; may be empty.") if paper.exhibit else None
        self.who = self.line(paper.who_words, "", paper.who_hint)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        self.path = QLineEdit(str(Path.home() / paper.name))
        row.addWidget(self.path, 1)
        row.addWidget(Button(look, "Choose", "open", "normal", self._browse))
        self.row("Write it to", holder, "A file that is there already is not replaced.")
        self.path.setAccessibleName("Write it to")
        self.note = label(look, "", "body", "text2", weight=500, wrap=True, selectable=True)
        self.column.addWidget(self.note)
        self.column.addStretch(1)
        self.quiet("Close")
        self.make = Button(look, paper.action, "printer", "primary", self._make)
        self.make.setDefault(True)
        self.footer.addWidget(self.make)
        for edit in (self.who, self.path):
            edit.textChanged.connect(self._check)
        self._check()

    def _check(self) -> None:
        self.make.setEnabled(bool(self.who.text().strip() and self.path.text().strip()))

    def _browse(self) -> None:
        options = QFileDialog.Option.DontUseNativeDialog
        chosen, _ = QFileDialog.getSaveFileName(self, "Write it to", self.path.text(), self._paper.files, "", options)
        if chosen:
            self.path.setText(chosen)

    def _make(self) -> None:
        args = {"path": str(Path(self.path.text().strip()).absolute()), self._paper.who: self.who.text().strip()}
        if self.exhibit is not None:
            args["exhibit"] = self.exhibit.text().strip()
        self.make.setEnabled(False)
        set_tone(self.note, "text2")
        self.note.setText("It is being made.")
        self._session.call(self._paper.verb, args, self._take)

    def _take(self, ok: bool, result: Any) -> None:
        self._check()
        set_tone(self.note, "text" if ok else "danger")
        if ok:
            self.make.setEnabled(False)
            self.note.setText(visible(self._paper.done(result)))
            self._session.refresh_status()
        else:
            self.note.setText(visible(f"It was not made: {result}"))

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
from resources.languages import tr
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
    return tr(
        "The label fixes the first {entries}. Read its check value aloud when it is stuck on: "
        "{fingerprint}. Print it at its true size: the bar on it is 10 mm long.",
        entries=plural(int(told["size"]), "entry", "entries"),
        fingerprint=told["fingerprint"],
    )


def _audited(told: Mapping[str, Any]) -> str:
    overrides = len(told["watched"]["scope.override"])
    return tr(
        "{entries} with their proofs, {scope_overrides}, no content of evidence. Checked as its receiver "
        "would: level {level}.",
        entries=plural(int(told["entries"]), "entry", "entries"),
        scope_overrides=plural(overrides, "scope override", "scope overrides"),
        level=told["level"],
    )


LABEL = Paper(
    tr("Print a label"), tr("QR code and check value of the record as it is now, to be stuck on the exhibit."),
    "label", "held_by", tr("Who keeps it, or where it is stuck"), tr("Such as: evidence bag 4711, property room."),
    "label.pdf", "PDF (*.pdf)", tr("Write the label"), True, _labelled,
)  # fmt: skip
AUDIT = Paper(
    tr("Auditor's file"), tr("Who did what kind of thing and when, every entry with its proof. No name or value of the evidence."),
    "audit", "recipient", tr("For whom"), tr("The office that oversees this work."),
    "audit.impound", tr("Auditor's file (*.impound)"), tr("Write the file"), False, _audited,
)  # fmt: skip


class PaperDialog(Frame):
    """Ask, make, say what came of it."""

    def __init__(self, look: Look, session: Session, paper: Paper, exhibit: str, parent: QWidget | None) -> None:
        super().__init__(look, parent, paper.title, paper.about, 640)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._paper = session, paper
        self.exhibit = (
            self.line(tr("Exhibit"), exhibit, tr("Stands on the label; may be empty.")) if paper.exhibit else None
        )
        self.who = self.line(paper.who_words, "", paper.who_hint)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        self.path = QLineEdit(str(Path.home() / paper.name))
        row.addWidget(self.path, 1)
        row.addWidget(Button(look, tr("Choose"), "open", "normal", self._browse))
        self.row(tr("Write it to"), holder, tr("A file that is there already is not replaced."))
        self.path.setAccessibleName(tr("Write it to"))
        self.note = label(look, "", "body", "text2", weight=500, wrap=True, selectable=True)
        self.column.addWidget(self.note)
        self.column.addStretch(1)
        self.quiet(tr("Close"))
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
        chosen, _ = QFileDialog.getSaveFileName(
            self, tr("Write it to"), self.path.text(), self._paper.files, "", options
        )
        if chosen:
            self.path.setText(chosen)

    def _make(self) -> None:
        args = {"path": str(Path(self.path.text().strip()).absolute()), self._paper.who: self.who.text().strip()}
        if self.exhibit is not None:
            args["exhibit"] = self.exhibit.text().strip()
        self.make.setEnabled(False)
        set_tone(self.note, "text2")
        self.note.setText(tr("It is being made."))
        self._session.call(self._paper.verb, args, self._take)

    def _take(self, ok: bool, result: Any) -> None:
        self._check()
        set_tone(self.note, "text" if ok else "danger")
        if ok:
            self.make.setEnabled(False)
            self.note.setText(visible(self._paper.done(result)))
            self._session.refresh_status()
        else:
            self.note.setText(visible(tr("It was not made: {result}", result=result)))

"""A key for an encrypted volume: given masked, sent once, and nothing of it kept in the window."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QLineEdit, QWidget

from app.dialogs.base import Frame
from app.session import Session
from resources.languages import tr
from viewers.look import Look
from viewers.parts import Button, label, set_tone


class VolumeKeyDialog(Frame):
    """Takes a passphrase or recovery key for one volume and registers the image again with it.

    An examination that has ended stays as it is: its volumes were locked, and its record says so.
    """

    def __init__(
        self, look: Look, session: Session, exhibit: str, volume: int, paths: list[str], parent: QWidget | None
    ) -> None:
        super().__init__(
            look, parent, tr("Open volume {volume} of {exhibit}", volume=volume, exhibit=exhibit),
            tr("What was found in {exhibit} stays as it is. The same image is registered once more, as an "
"exhibit of its own, with this key; the record says that a key was given and nothing of what it "
"is.", exhibit=exhibit),
            640,
        )  # fmt: skip
        self.session = session
        self.exhibit = ""  # of the new registration
        self._args: dict[str, Any] = {
            "paths": paths,
            "description": tr("{exhibit} with a key for volume {volume}", exhibit=exhibit, volume=volume),
        }
        self._volume = volume
        self.key = self.line(
            tr("Passphrase or recovery key"),
            "",
            tr("A BitLocker recovery key has eight groups of six digits.")
            + " "
            + tr("An Apple recovery key has six groups of four letters and digits."),
        )
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.textChanged.connect(self._check)
        self.problem = label(look, "", "dense", "text2", weight=500, wrap=True)
        self.problem.setMinimumHeight(look.px(36))
        self.column.addWidget(self.problem)
        self.column.addStretch(1)
        self.way_out = self.quiet(tr("Cancel"))
        self.register = Button(look, tr("Register with this key"), "lock", "primary", self._open)
        self.register.setDefault(True)
        self.footer.addWidget(self.register)
        self._check()
        self.key.setFocus()

    def _check(self) -> None:
        self.register.setEnabled(bool(self.key.text()))

    def _open(self) -> None:
        secret = self.key.text()
        self.key.clear()
        self.key.setEnabled(False)
        self.register.setEnabled(False)
        set_tone(self.problem, "text2")
        self.problem.setText(
            tr("The image is being read and the key tried. This takes as long as reading the whole image.")
        )
        self.session.call("add", {**self._args, "secrets": {str(self._volume): secret}}, self._added)

    def _added(self, ok: bool, result: Any) -> None:
        if ok and isinstance(result, dict):
            self.exhibit = str(result.get("number", ""))
            self.session.case_changed.emit()
            self.accept()
            return
        set_tone(self.problem, "danger")
        self.problem.setText(tr("Nothing was registered. {result}", result=result))
        self.key.setEnabled(True)
        self.key.setFocus()

"""Prove this: the commands of other tools that rebuild a finding's bytes, and what a proof does not show."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.dialogs.base import Frame
from app.session import Session
from viewers.look import Look
from viewers.parts import Button, label


class ProveDialog(Frame):
    """A script to read and copy."""

    def __init__(self, look: Look, session: Session, finding: int, parent: QWidget | None) -> None:
        super().__init__(
            look, parent, f"Prove F{finding}",
            "These commands of other tools cut the same bytes out of the image and compare their SHA-256.", 820,
        )  # fmt: skip
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(look.font("digest"))
        self.text.setProperty("edit", True)
        self.text.setAccessibleName("Commands")
        self.text.setMinimumHeight(look.px(300))
        self.column.addWidget(self.text, 1)
        self._note = label(look, "", "dense", "text2", wrap=True)
        self.column.addWidget(self._note)
        words = "A proof shows that these bytes lie at this place of this image. It does not show who put them there, or when."
        self.column.addWidget(label(look, words, "dense", "text2", wrap=True))
        self.quiet("Close")
        self.copy = Button(look, "Copy the commands", "copy", "primary", self._copy)
        self.copy.setEnabled(False)
        self.footer.addWidget(self.copy)
        self._note.setText("The commands are being written.")
        session.call("reproduce", {"finding": finding}, self._take)

    def _take(self, ok: bool, result: Any) -> None:
        if ok and isinstance(result, dict):
            self.text.setPlainText(str(result.get("script", "")))
            self._note.setText("Impound has not run them. They need the image file beside them.")
            self.copy.setEnabled(True)
        else:
            self._note.setText(f"The commands could not be written: {result}")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self._note.setText("Copied.")

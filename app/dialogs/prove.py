"""Prove this: the hashes from a finding or an entry to the signed head, the proof as a file, and for a finding the
commands of other tools that rebuild its bytes. What a proof does not show is said beside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit, QWidget

from app.dialogs.base import Frame
from app.session import Session
from forensics.visible import visible
from resources.languages import tr
from viewers.look import Look
from viewers.parts import Button, label
from viewers.sheet import Grid, Sheet


class ProveDialog(Frame):
    """A ladder of hashes, a script to read and copy, and the proof to save. `what` is F17, entry:42 (of the
    evidence) or the number of an entry of the record.
    """

    def __init__(self, look: Look, session: Session, what: str, parent: QWidget | None) -> None:
        self.is_finding, self.is_item = what.startswith("F"), not what.isdecimal()
        name = (
            what
            if self.is_finding
            else tr("the record of {what}", what=what)
            if self.is_item
            else tr("entry {what} of the record", what=what)
        )
        super().__init__(
            look, parent, tr("Prove {name}", name=name),
            tr("Each hash is made of the ones before it. The last one is signed, and fixed by whatever left this computer."), 860,
        )  # fmt: skip
        self._session, self._what = session, what
        self.rungs: list[dict[str, str]] = []
        self.sheet = Sheet(look, tr("From it to the signed head"))
        self.sheet.column.setContentsMargins(0, 0, look.px(4), 0)
        self.sheet.setMinimumHeight(look.px(220))
        self.column.addWidget(self.sheet, 2)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(look.font("digest"))
        self.text.setProperty("edit", True)
        self.text.setAccessibleName(tr("Commands"))
        self.text.setMinimumHeight(look.px(160))
        self.text.setVisible(self.is_finding)
        self.column.addWidget(self.text, 3)
        self._note = label(look, "", "dense", "text2", wrap=True)
        self.column.addWidget(self._note)
        words = tr(
            "A proof shows that these bytes lie at this place of this image, and that this was entered before the head was "
            "signed. It does not show who put them there, or when."
        )
        self.column.addWidget(label(look, words, "dense", "text2", wrap=True))
        self.quiet(tr("Close"))
        self.copy = Button(look, tr("Copy the commands"), "copy", "normal", self._copy)
        self.copy.setEnabled(False)
        self.copy.setVisible(self.is_finding)
        self.footer.addWidget(self.copy)
        self.save = Button(look, tr("Save the proof"), "chain", "primary", self._choose)
        self.footer.addWidget(self.save)
        session.call("ladder", {"what": what}, self._climb)
        if self.is_finding:
            self._note.setText(tr("The commands are being written."))
            session.call("reproduce", {"finding": int(what[1:])}, self._take)

    def _climb(self, ok: bool, result: Any) -> None:
        if not ok:
            self.sheet.limits(tr("There is no ladder yet"), [visible(str(result))])
            self.sheet.finish()
            return
        self.rungs = list(result["rungs"])
        grid = Grid(self.look, [tr("Rung"), tr("Hash"), tr("Of what")], [2, 7, 5], mono=(1,))
        grid.show_rows([(visible(each["title"]), each["digest"], visible(each["note"])) for each in self.rungs])
        self.sheet.column.addWidget(grid)
        self.sheet.finish()

    def _take(self, ok: bool, result: Any) -> None:
        if ok and isinstance(result, dict):
            self.text.setPlainText(str(result.get("script", "")))
            self._note.setText(
                tr(
                    "Below the hashes: commands of other tools that cut the same bytes out of the image and compare their SHA-256. "
                    "Impound has not run them."
                )
            )
            self.copy.setEnabled(True)
        else:
            self._note.setText(visible(tr("The commands could not be written: {result}", result=result)))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self._note.setText(tr("Copied."))

    def _choose(self) -> None:
        suffix = "impound" if self.is_item else "tlog-proof"
        start = str(Path.home() / f"{self._what.replace(':', '-')}.{suffix}")
        options = QFileDialog.Option.DontUseNativeDialog
        chosen, _ = QFileDialog.getSaveFileName(
            self, tr("Save the proof"), start, tr("Proof (*.{suffix})", suffix=suffix), "", options
        )
        if chosen:
            self.write(Path(chosen))

    def write(self, path: Path) -> None:
        """Write the proof: of a finding a bundle of it alone, of an entry a tlog-proof."""
        self._session.call("prove", {"what": self._what, "path": str(path)}, self._written)

    def _written(self, ok: bool, result: Any) -> None:
        if ok:
            how = "python3 -I -S verify.py" if self.is_item else tr("any reader of c2sp.org/tlog-proof")
            self._note.setText(visible(tr("{proof}: check it with {how}.", proof=result["proof"], how=how)))
            self._session.refresh_status()
        else:
            self._note.setText(visible(tr("The proof was not written: {result}", result=result)))

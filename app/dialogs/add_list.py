"""Add a watch-list or a hash set from a file: the case keeps it, the record says so."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from app.dialogs.base import Frame
from app.session import Session
from forensics.visible import visible
from resources.languages import tr
from viewers.look import Look
from viewers.parts import Button, label, set_tone
from viewers.words import plural

KINDS = (
    ("watch", tr("Watch-list: terms to look for")),
    ("notable", tr("Hash set: files to look for")),
    ("known", tr("Hash set: known files")),
)


class AddListDialog(Frame):
    """A file, what it is, and its name in the case."""

    added = Signal()

    def __init__(self, look: Look, session: Session, parent: QWidget | None) -> None:
        super().__init__(look, parent, tr("Add a list"), tr("It is kept in the case and entered in the record."))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        self.file = self.file_row(tr("File"))
        self.kind = QComboBox()
        self.kind.view().setAccessibleName(tr("Kinds of lists"))
        for key, words in KINDS:
            self.kind.addItem(words, key)
        self.row(tr("Kind"), self.kind)
        self.name = self.line(tr("Name"), "", tr("The name of the file where this is empty."))
        self.bare = QCheckBox(tr("Look for its terms without their diacritics, too"))
        self.latin = QCheckBox(tr("Look for Cyrillic and Greek terms in Latin letters, too"))
        for box in (self.bare, self.latin):
            self.column.addWidget(box)
        self.note = label(look, "", "body", "text2", weight=500, wrap=True, selectable=True)
        self.column.addWidget(self.note)
        self.column.addStretch(1)
        self.quiet(tr("Close"))
        self.add = Button(look, tr("Add"), "plus", "primary", self._add)
        self.add.setDefault(True)
        self.footer.addWidget(self.add)
        self._busy = False
        self.file.textChanged.connect(self._check)
        self.kind.currentIndexChanged.connect(self._check)
        self._check()

    def _check(self) -> None:
        self.add.setEnabled(bool(self.file.text().strip()) and not self._busy)
        for box in (self.bare, self.latin):
            box.setVisible(self.kind.currentData() == "watch")

    def _add(self) -> None:
        self._busy = True
        self._check()
        self._say(tr("It is being read."), "text2")
        args: dict[str, str | bool] = {"path": self.file.text().strip(), "name": self.name.text().strip()}
        if self.kind.currentData() == "watch":
            args |= {"diacritics": not self.bare.isChecked(), "transliterate": self.latin.isChecked()}
            self._session.call("watchlist_add", args, self._take)
        else:
            self._session.call("hashset_add", {**args, "purpose": self.kind.currentData()}, self._take)

    def _take(self, ok: bool, result: Any) -> None:
        self._busy = False
        self._check()
        if not ok:
            self._say(tr("It was not added: {result}", result=result), "danger")
            return
        self.file.clear()
        self.name.clear()
        told = self._terms(result) if "terms" in result else self._digests(result)
        entered = tr("Entry {ledger_entry} of the record.", ledger_entry=result["ledger_entry"])
        self._say(" ".join([f"{result['name']}:", *told, entered]), "ok")
        self.added.emit()
        self._session.refresh_status()

    @staticmethod
    def _terms(told: dict[str, Any]) -> list[str]:
        said = [f"{plural(told['terms'], 'term', 'terms')}."]
        if told["short"]:
            said.append(tr("Too short, left out: {lines}.", lines=plural(told["short"], "line", "lines")))
        return said

    @staticmethod
    def _digests(told: dict[str, Any]) -> list[str]:
        said = [f"{plural(told['count'], 'digest', 'digests')}.", f"{plural(told['entries'], 'entry', 'entries')}."]
        if told["skipped"]:
            said.append(tr("Without a digest, left out: {lines}.", lines=plural(told["skipped"], "line", "lines")))
        if told["without_digest"]:
            words = plural(told["without_digest"], "entry", "entries")
            said.append(tr("Not compared, their digest was not computed: {entries}.", entries=words))
        return said

    def _say(self, words: str, tone: str) -> None:
        set_tone(self.note, tone)
        self.note.setText(visible(words))

"""The watch-lists and hash sets of the case, each with what was found of it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.dialogs.add_list import AddListDialog
from app.session import Session
from forensics.visible import visible
from resources.languages import tr
from viewers.look import Look
from viewers.parts import Button, EmptyState, label
from viewers.sheet import Grid, Sheet
from viewers.words import plural

PURPOSES = {"notable": tr("Hash set to look for"), "known": tr("Hash set of known files")}


class ListsPage(QWidget):
    """A table; a double click or Enter opens the findings of a watch-list, the entries of a hash set."""

    filter_wanted = Signal(str)
    set_wanted = Signal(int, str)

    def __init__(self, look: Look, session: Session) -> None:
        super().__init__()
        self.look, self._session = look, session
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(look.px(24), look.px(10), look.px(16), 0)
        words = tr("A watch-list is looked for by examinations that begin after it was added.")
        head.addWidget(label(look, words, "dense", "text2", wrap=True), 1)
        self.add = Button(look, tr("Add a list"), "plus", "primary", self.ask)
        head.addWidget(self.add)
        outer.addLayout(head)
        self._stack = QStackedWidget()
        self._sheet = Sheet(look, tr("Lists of the case"))
        self.grid = Grid(look, [tr("List"), tr("Kind"), tr("Holds"), tr("Found in the case")], [5, 4, 4, 4])
        self.grid.activated.connect(self._open)
        self._sheet.column.addWidget(self.grid)
        self._sheet.finish()
        self._empty = EmptyState(
            look, "search", tr("No lists yet"), tr("Add a list of terms to look for, or a list of digests of files.")
        )
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._sheet)
        outer.addWidget(self._stack, 1)
        self.watch: list[dict[str, Any]] = []
        self.sets: list[dict[str, Any]] = []

    def focus_first(self) -> None:
        """The table has the keys, or the one action where it is empty."""
        (self.grid if self._stack.currentWidget() is self._sheet else self.add).setFocus()

    def reload(self) -> None:
        """Ask which lists there are."""
        self._session.call("lists", {}, self._take)

    def ask(self) -> None:
        """Add one from a file."""
        dialog = AddListDialog(self.look, self._session, self.window())
        dialog.added.connect(self.reload)
        dialog.open()

    def _take(self, ok: bool, result: Any) -> None:
        if not ok:
            self._empty.say(tr("The lists could not be read"), visible(str(result)))
            self._stack.setCurrentWidget(self._empty)
            return
        self.watch, self.sets = result["watch"], result["sets"]
        rows = [
            (
                visible(row["name"]),
                tr("Watch-list"),
                plural(row["terms"], "term", "terms"),
                plural(row["findings"], "finding", "findings"),
            )
            for row in self.watch
        ]
        rows += [
            (
                visible(row["name"]),
                PURPOSES[row["purpose"]],
                plural(row["count"], "digest", "digests"),
                plural(row["entries"], "entry", "entries"),
            )
            for row in self.sets
        ]
        self.grid.show_rows(rows)
        self._stack.setCurrentWidget(self._sheet if rows else self._empty)

    def _open(self, at: int) -> None:
        if at < len(self.watch):
            quoted = self.watch[at]["name"].replace("\\", "\\\\").replace('"', '\\"')
            self.filter_wanted.emit(f'kind = watch/term and list = "{quoted}"')
        else:
            row = self.sets[at - len(self.watch)]
            self.set_wanted.emit(row["number"], row["name"])

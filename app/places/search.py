"""Search: findings by what they say, entries by their names; lists of terms and digests. What is not searched is said."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSplitter, QStackedWidget, QTabBar, QVBoxLayout, QWidget
from sqlalchemy import ColumnElement, or_

from app.delegates import EntriesDelegate, FindingsDelegate
from app.docks.table import RowTable
from app.models.findings import entries_model, findings_model
from app.places.base import PlaceWidget
from app.places.search_lists import ListsPage
from app.reading import E, F
from app.session import Session
from resources.languages import tr
from viewers.look import Look
from viewers.parts import Button, EmptyState, Hairline, label
from viewers.words import plural

LEAST = 2  # characters


def in_findings(text: str) -> ColumnElement[bool]:
    """Findings whose value, summary, path or fields hold a text, capitals aside (A to Z)."""
    return or_(*(column.contains(text, autoescape=True) for column in (F.value, F.summary, F.path, F.fields_json)))


def in_entries(text: str) -> ColumnElement[bool]:
    """Entries whose name holds a text."""
    return E.name.contains(text, autoescape=True)


class SearchPlace(PlaceWidget):
    """A field, and what it finds."""

    def __init__(self, look: Look, session: Session) -> None:
        super().__init__()
        self.look = look
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self.pages = QTabBar()
        self.pages.setFont(look.font("body", 500))
        self.pages.setDrawBase(False)
        self.pages.setExpanding(False)
        self.pages.setFixedHeight(look.size("tab_bar"))
        self.pages.setAccessibleName(tr("Pages of the search"))
        for name in (tr("Words"), tr("Lists")):
            self.pages.addTab(name)
        whole.addWidget(self.pages)
        whole.addWidget(Hairline(look))
        self._stack = QStackedWidget()
        whole.addWidget(self._stack, 1)
        words_page = QWidget()
        self._stack.addWidget(words_page)
        self.lists = ListsPage(look, session)
        self.lists.filter_wanted.connect(self.filter_wanted)
        self._stack.addWidget(self.lists)
        self.pages.currentChanged.connect(self._turn)
        outer = QVBoxLayout(words_page)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(look.px(16), look.px(8), look.px(16), look.px(4))
        row.setSpacing(look.px(10))
        row.addWidget(label(look, tr("Search"), "panel_title"))
        self.edit = QLineEdit()
        self.edit.setAccessibleName(tr("Search for"))
        self.edit.setPlaceholderText(tr("A word or a part of one, then Enter"))
        self.edit.returnPressed.connect(self.search)
        row.addWidget(self.edit, 1)
        row.addWidget(Button(look, tr("Search"), "search", "primary", self.search))
        outer.addLayout(row)
        words = tr(
            "Searched: values, summaries, paths and fields of findings, and the names of entries. Not searched: the text "
            "inside entries and unallocated space; no index of it is built. Secrets are searched in their masked form."
        )
        note = label(look, words, "dense", "text2", wrap=True)
        note.setContentsMargins(look.px(16), 0, look.px(16), look.px(8))
        outer.addWidget(note)
        outer.addWidget(Hairline(look))
        self.findings = findings_model(session.reader, look)
        self.entries = entries_model(session.reader)
        self._delegates = (
            FindingsDelegate(look, look.size("row_table")),
            EntriesDelegate(look, look.size("row_table")),
        )
        self.found = RowTable(look, self.findings, self._delegates[0], tr("Findings that hold it"))
        self.named = RowTable(look, self.entries, self._delegates[1], tr("Entries that are named so"))
        self._counts = (label(look, "", "dense", weight=600), label(look, "", "dense", weight=600))
        self._results = QSplitter(Qt.Orientation.Vertical)
        self._results.setChildrenCollapsible(False)
        for title, table in zip(self._counts, (self.found, self.named), strict=True):
            part = QWidget()
            column = QVBoxLayout(part)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            title.setContentsMargins(look.px(16), look.px(6), 0, look.px(6))
            column.addWidget(title)
            column.addWidget(table, 1)
            self._results.addWidget(part)
        self._empty = EmptyState(
            look, "search", tr("Nothing was searched yet"), tr("Write what you look for, then Enter.")
        )
        outer.addWidget(self._empty, 1)
        outer.addWidget(self._results, 1)
        self._results.hide()
        self.text = ""
        self.findings.loaded.connect(lambda count: self._say(0, count))
        self.entries.loaded.connect(lambda count: self._say(1, count))
        for model in (self.findings, self.entries):
            model.failed.connect(
                lambda words: session.announced.emit(tr("The search did not end: {words}", words=words))
            )
        self.found.opened.connect(self.finding_wanted)
        self.named.opened.connect(self._entry)

    def focus_first(self) -> None:
        """The field has the keys, or what the lists have."""
        if self._stack.currentWidget() is self.lists:
            self.lists.focus_first()
        else:
            self.edit.setFocus()

    def reload(self) -> None:
        """Search again for what was searched; read the lists again where they are shown."""
        if self.text:
            self.search()
        if self._stack.currentWidget() is self.lists:
            self.lists.reload()

    def _turn(self, at: int) -> None:
        """Change between words and lists."""
        self._stack.setCurrentIndex(at)
        if self._stack.currentWidget() is self.lists:
            self.lists.reload()

    def search(self) -> None:
        """Search in a worker; the rows come when they are found."""
        self.text = self.edit.text().strip()
        if len(self.text) < LEAST:
            self.text = ""
            self._results.hide()
            self._empty.say(tr("Nothing was searched"), tr("Write at least {least} characters.", least=LEAST))
            self._empty.show()
            return
        self._empty.hide()
        self._results.show()
        for title in self._counts:
            title.setText(tr("Searching."))
        self.findings.load(in_findings(self.text))
        self.entries.load(in_entries(self.text))

    def _say(self, which: int, count: int) -> None:
        if self.text:
            if which == 0:
                words = plural(count, "finding holds it", "findings hold it") if count else tr("No finding holds it")
            else:
                words = plural(count, "entry holds it", "entries hold it") if count else tr("No entry holds it")
            self._counts[which].setText(words)

    def _entry(self, number: int) -> None:
        line = self.entries.line(self.entries.row_of(number))
        if line is not None:
            quoted = line.path.replace("\\", "\\\\").replace('"', '\\"')
            self.filter_wanted.emit(f'path = "{quoted}"')

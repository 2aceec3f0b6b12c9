"""The manual in a window of its own beside the work: contents and search at the left, the page at the right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.dialogs.base import Frame
from app.manual.page import PageView
from forensics.manual import INDEX, pages, search
from forensics.manual.search import words_of
from resources.languages import tr
from viewers.look import Look
from viewers.parts import Button, label
from viewers.words import plural

KEY, HEADING = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1


class ManualWindow(Frame):
    """Pages, their search, and the way back. It stays open while the examiner works."""

    def __init__(self, look: Look, parent: QWidget | None) -> None:
        super().__init__(look, parent, tr("Manual"), tr("How Impound works, and what its results do not show."), 900)
        self.resize(look.px(980), look.px(640))
        self._been: list[str] = []
        self.key = ""
        self.field = QLineEdit()
        self.field.setFont(look.font("body"))
        self.field.setPlaceholderText(tr("Search the manual"))
        self.field.setAccessibleName(tr("Search the manual"))
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._search)
        self.field.returnPressed.connect(self._first)
        self.note = label(look, "", "dense", "text2", wrap=True)
        self.list = QListWidget()
        self.list.setFont(look.font("body"))
        self.list.setAccessibleName(tr("Pages"))
        self.list.setWordWrap(True)
        self.list.currentItemChanged.connect(lambda item, _before: self._chosen(item))
        self.view = PageView(look)
        self.view.page_wanted.connect(self.show_page)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, look.px(8), 0)
        column.setSpacing(look.px(6))
        for widget in (self.field, self.note, self.list):
            column.addWidget(widget)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(self.view)
        split.setStretchFactor(1, 1)
        split.setSizes([look.px(280), look.px(640)])
        split.setChildrenCollapsible(False)
        holder = QHBoxLayout()
        holder.addWidget(split)
        self.column.addLayout(holder, 1)
        self.quiet(tr("Close"))
        self.back = Button(look, tr("Back"), "left", "normal", self._back)
        self.footer.addWidget(self.back)
        self.footer.addWidget(Button(look, tr("Contents"), "", "normal", lambda: self.show_page(INDEX)))
        self._contents()

    def show_page(self, key: str) -> None:
        """Show a page from its top and its place in the contents."""
        self.field.clear()
        self._show(key)
        self._point()

    def _show(self, key: str, heading: str = "") -> None:
        if self.key and key != self.key:
            self._been.append(self.key)
        self.key = key
        self.back.setEnabled(bool(self._been))
        page = pages()[key]
        self.setWindowTitle(tr("{title} - Manual", title=page.title))
        self.view.show_page(page, heading, words_of(self.field.text()))

    def _back(self) -> None:
        if self._been:
            key = self._been.pop()
            self.key = ""
            self.show_page(key)

    def _contents(self) -> None:
        self.note.setText("")
        self.note.hide()
        self.list.clear()
        group = ""
        for page in pages().values():
            if page.group != group:
                group = page.group
                head = QListWidgetItem(group)
                head.setFlags(Qt.ItemFlag.NoItemFlags)
                head.setFont(self.look.font("dense", 600))
                self.list.addItem(head)
            self._add(page.title, page.key)

    def _add(self, words: str, key: str, heading: str = "") -> None:
        item = QListWidgetItem(words)
        if not heading:
            item.setSizeHint(QSize(0, self.look.px(24)))
        item.setData(KEY, key)
        item.setData(HEADING, heading)
        self.list.addItem(item)

    def _point(self) -> None:
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item.data(KEY) == self.key and item is not self.list.currentItem():
                self.list.blockSignals(True)
                self.list.setCurrentItem(item)
                self.list.blockSignals(False)
                return

    def _search(self, text: str) -> None:
        if not words_of(text):
            self._contents()
            self._point()
            if self.key:
                self.view.show_page(pages()[self.key])
            return
        hits = search(text)
        self.list.clear()
        self.note.show()
        self.note.setText(
            tr("{places}, best first.", places=plural(len(hits), "place", "places"))
            if hits
            else tr("Nothing in the manual has all of these words.")
        )
        for hit in hits:
            where = (
                hit.page.title if hit.section.heading == hit.page.title else f"{hit.page.title}: {hit.section.heading}"
            )
            self._add(f"{where}\n{hit.excerpt}", hit.page.key, hit.section.heading)

    def _first(self) -> None:
        if self.list.count() and words_of(self.field.text()):
            self.list.setCurrentRow(0)
            self.list.setFocus()

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None and item.data(KEY):
            self._show(item.data(KEY), item.data(HEADING))

"""Evidence: the entries of the chosen place, or what is known of an exhibit."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QWidget
from sqlalchemy import select

from app import reading
from app.delegates import EntriesDelegate
from app.docks.table import RowTable
from app.models.findings import entries_model
from app.models.tree import Node, TreeModel
from app.places.accounting import AccountingPage
from app.places.bench import Bench
from app.places.exhibit_sheet import ExhibitSheet
from app.reading import E
from app.session import Session
from app.settings import LAYOUT_EVIDENCE, Settings
from forensics.case import objects, schema
from forensics.visible import visible
from resources.languages import tr
from viewers.base import FieldRow, Subject
from viewers.look import Look
from viewers.parts import Button, EmptyState, Hairline, label
from viewers.sheet import Grid, Sheet
from viewers.words import plural, size_text

MOST_TOLD = 100  # places that could not be searched, each in full; the rest in a table


class EvidencePlace(Bench):
    """Tree, entries, viewers."""

    examine_wanted = Signal(str)
    add_wanted = Signal()

    def __init__(self, look: Look, session: Session, settings: Settings, tree: TreeModel) -> None:
        super().__init__(look, session, settings, tree, LAYOUT_EVIDENCE)
        self.model = entries_model(session.reader)
        self._delegate = EntriesDelegate(look, look.size("row_table"))
        self.table = RowTable(look, self.model, self._delegate, tr("Entries"))
        self._stack = QStackedWidget()
        self._exhibit = ExhibitSheet(look)
        self._exhibit.examine_wanted.connect(self.examine_wanted)
        self.accounting = AccountingPage(look, session)
        self.accounting.part_wanted.connect(self._open_part)
        self.accounting.key_wanted.connect(lambda number: self._open_node("volume", volume=number, ask=True))
        self._places = Sheet(look, tr("Could not be searched"))
        self._add = Button(look, tr("Add an image"), "plus", "primary", self.add_wanted.emit)
        self._none = EmptyState(
            look,
            "evidence",
            tr("No evidence yet"),
            tr("Add an image file. It is opened read-only and its digest is checked first."),
            [self._add],
        )
        self._no_entries = EmptyState(look, "folder", tr("Nothing is in this place"), "")
        for widget in (self.table, self._exhibit, self.accounting, self._places, self._none, self._no_entries):
            self._stack.addWidget(widget)
        bar = QWidget()
        bar.setProperty("ground", "surface")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(bar)
        row.setContentsMargins(look.px(16), 0, look.px(10), 0)
        row.setSpacing(look.px(10))
        self._title = label(look, tr("Evidence"), "item_title")
        self._note = label(look, "", "dense", "text2")
        row.addWidget(self._title)
        row.addWidget(self._note, 1)
        self._to_findings = Button(look, tr("Findings in this place"), "findings", "quiet", self._findings)
        row.addWidget(self._to_findings)
        row.addWidget(Button(look, tr("Add an image"), "plus", "quiet", self.add_wanted.emit))
        bar.setFixedHeight(look.size("filter_bar"))
        self.upper.insertWidget(0, bar)
        self.upper.insertWidget(1, Hairline(look))
        self.pages = QTabBar()
        self.pages.setFont(look.font("body", 500))
        self.pages.setDrawBase(False)
        self.pages.setExpanding(False)
        self.pages.setFixedHeight(look.size("tab_bar"))
        self.pages.setAccessibleName(tr("Pages of the exhibit"))
        for name in (tr("About the exhibit"), tr("What was searched")):
            self.pages.addTab(name)
        self.pages.currentChanged.connect(self._turn)
        self.pages.hide()
        self.upper.insertWidget(2, self.pages)
        self.add_list(self._stack)
        self._node: Node | None = None
        self._set = False  # whether entries of a hash set are shown instead of a place
        self.tree.chosen.connect(self.show_place)
        self.tree.model.loaded.connect(self._tree_loaded)
        self.table.current_changed.connect(lambda number: self.show_number("entry", number))
        self.table.opened.connect(self._entry_opened)
        self.model.loaded.connect(self._loaded)
        if tree.ready:
            self._tree_loaded()

    def _tree_loaded(self) -> None:
        children = self.tree.model.root.children
        if not children:
            self._stack.setCurrentWidget(self._none)
            self._title.setText(tr("Evidence"))
            self._to_findings.hide()
            self.show_viewers(on=False)
            return
        stack, node = list(children), None
        while stack and node is None:
            first = stack.pop(0)
            if first.kind == "volume" and first.lazy:
                node = first
            stack = [*first.children, *stack]
        self.tree.choose(node or children[0])

    def focus_first(self) -> None:
        """The tree has the keys, or the one action of an empty case."""
        (self._add if self._stack.currentWidget() is self._none else self.tree.view).setFocus()

    def show_place(self, node: Node) -> None:
        """Show what is in a place."""
        self._node, self._set = node, False
        self._title.setText(node.name)
        self._note.setText(visible(node.path) if node.kind == "folder" else "")
        self._to_findings.setVisible(node.kind in ("folder", "volume", "region", "exhibit", "image"))
        about = node.kind in ("exhibit", "image", "table") or (node.kind == "volume" and not node.lazy)
        page = about or node.kind == "unexamined"
        self.show_viewers(on=not page)
        self.pages.setVisible(about)
        if node.kind in ("folder", "volume") and not page:
            self._stack.setCurrentWidget(self.table)
            condition = (E.exhibit == node.exhibit) & (E.volume == node.volume) & (E.parent == node.path)
            self.model.load(condition & (E.path != "/") if node.path == "/" else condition)
        elif node.kind == "region":
            self._region(node)
        elif node.kind == "unexamined":
            self._unexamined(node)
        else:
            self._turn(self.pages.currentIndex())

    def show_set(self, number: int, name: str) -> None:
        """Show the entries that a hash set of the case knows."""
        self._node = None
        self.tree.view.clearSelection()
        self._title.setText(visible(name))
        self._note.setText("")
        self._to_findings.hide()
        self.pages.hide()
        self.show_viewers(on=True)
        self._stack.setCurrentWidget(self.table)
        match = schema.hash_match.c
        self._set = True
        self.model.load(E.id.in_(select(match.entry).where(match.hash_set == number)))

    def _turn(self, at: int) -> None:
        """Show one of the two pages of an exhibit."""
        node, facts = self._node, self.tree.model.facts
        exhibit = next((one for one in facts.exhibits if node is not None and one.number == node.exhibit), None)
        if exhibit is None:
            return
        page = self.accounting if at else self._exhibit
        page.show_exhibit(exhibit, [row for row in facts.volumes if row.exhibit == exhibit.number])
        self._stack.setCurrentWidget(page)

    def show_accounting(self) -> None:
        """Go to what was searched of the chosen exhibit, the first one where none is chosen."""
        number = self._node.exhibit if self._node is not None else ""
        tops = self.tree.model.root.children
        node = next((one for one in tops if one.exhibit == number), tops[0] if tops else None)
        if node is not None:
            self.pages.setCurrentIndex(1)
            self.tree.choose(node)

    def _open_part(self, kind: str, _place: str) -> None:
        if kind == "entries":
            self._open_node("volume", lazy=True)
        elif kind == "lost":
            self._open_node("unexamined")
        elif kind == "unknown":
            self.pages.setCurrentIndex(0)  # the volumes and what is known of them
        else:
            self._open_node("region", region=kind)

    def _open_node(
        self, kind: str, *, volume: int = 0, region: str = "", lazy: bool = False, ask: bool = False
    ) -> None:
        """Go to a place of the exhibit in the tree; of a locked volume `ask` for the key."""
        stack = [one for one in self.tree.model.root.children if self._node and one.exhibit == self._node.exhibit]
        while stack:
            node = stack.pop(0)
            fits = (not volume or node.volume == volume) and node.region == region and (node.lazy or not lazy)
            if node.kind == kind and fits:
                self.key_wanted.emit(node) if ask else self.tree.choose(node)
                return
            stack += node.children

    def _loaded(self, count: int) -> None:
        node = self._node
        if not self._set and (node is None or node.kind not in ("folder", "volume")):
            return
        self._note.setText(
            f"{visible(node.path)}   {plural(count, 'entry', 'entries')}"
            if node is not None and node.kind == "folder"
            else plural(count, "entry", "entries")
        )
        if count == 0 and self._set:
            self._no_entries.say(tr("This set knows no entry of the case"), "")
        elif count == 0:
            self._no_entries.say(tr("Nothing is in this place"), tr("The file system lists no entry here."))
        self._stack.setCurrentWidget(self.table if count else self._no_entries)
        self.selection_said.emit(plural(count, "entry", "entries"))

    def _region(self, node: Node) -> None:
        region = schema.region.c
        query = select(region.volume, region.bytes, region.runs_json).where(
            region.exhibit == node.exhibit, region.kind == node.region
        )

        def take(rows: list[Any]) -> None:
            if self._node is not node:
                return
            runs = [pair for row in rows for pair in reading.pairs(_runs(row.runs_json))]
            total = sum(row.bytes for row in rows)
            self._no_entries.say(
                tr(
                    "{name}: {total} in {runs}",
                    name=node.name,
                    total=size_text(total),
                    runs=plural(len(runs), "run", "runs"),
                ),
                tr(
                    "{total:,} bytes that no entry holds. Every byte of them is searched; the bytes stand below.",
                    total=total,
                ),
            )
            self._stack.setCurrentWidget(self._no_entries)
            self.show_number("entry", -1)
            if runs:
                size = next((e.size for e in self.tree.model.facts.exhibits if e.number == node.exhibit), 0)
                fields = (FieldRow(tr("bytes"), total), FieldRow(tr("runs"), len(runs)))
                self.show_subject(
                    Subject(
                        node.name,
                        node.exhibit,
                        allocation=node.region,
                        runs=tuple(runs),
                        fields=fields,
                        image_size=size,
                    )
                )

        self.session.reader.submit(lambda connection: list(connection.execute(query)), take)

    def _unexamined(self, node: Node) -> None:
        def take(rows: list[Any]) -> None:
            if self._node is not node:
                return
            sheet = self._places
            sheet.reset()
            total = sum(row.bytes for row in rows if not row.logical)
            unknown = tr("{total:,} bytes whose content is not known. Nothing can be said about them.", total=total)
            searched = tr("Their bytes were searched as they lie, but not read as the files that they are.")
            words = (
                f"{plural(len(rows), 'place', 'places')}, {unknown}"
                if total
                else f"{plural(len(rows), 'place', 'places')}. {searched}"
            )
            sheet.column.addWidget(label(self.look, words, "dense", "text2", wrap=True))
            for row in rows[:MOST_TOLD]:
                sheet.column.addSpacing(self.look.px(8))
                sheet.column.addWidget(label(self.look, visible(row.path or row.place), "body", weight=600, wrap=True))
                where = f"{row.place}; " if row.path else ""
                size = "; " + plural(row.bytes, "byte", "bytes") if row.bytes else ""
                told = visible(f"{row.reason}: {where}{_told(row)}{size}")
                sheet.column.addWidget(label(self.look, told, "dense", "text2", wrap=True))
            if rows[MOST_TOLD:]:
                grid = Grid(
                    self.look, [tr("Place"), tr("Why"), tr("What happened"), tr("Bytes")], [5, 3, 6, 2], mono=(3,)
                )
                grid.show_rows([(row.place, row.reason, _told(row), f"{row.bytes:,}") for row in rows[MOST_TOLD:1000]])
                sheet.column.addWidget(grid)
            sheet.finish()
            self._stack.setCurrentWidget(sheet)

        self.session.reader.submit(lambda connection: reading.unexamined(connection, node.exhibit), take)

    def _entry_opened(self, number: int) -> None:
        line = self.model.line(self.model.row_of(number))
        if line is None or line.kind != "directory" or self._node is None:
            self.fill()
            return
        index = self.tree.model.index_of(self._node)
        self.tree.view.expand(index)
        child = next((node for node in self._node.children if node.path == line.path), None)
        if child is not None:
            self.tree.choose(child)

    def _findings(self) -> None:
        node = self._node
        if node is None:
            return
        quoted = node.path.replace("\\", "\\\\").replace('"', '\\"')
        rules = [f"exhibit = {node.exhibit}"]
        if node.kind in ("folder", "volume"):
            rules.append(f"volume = {node.volume}")
        if node.kind == "folder":
            rules.append(f'path = "{quoted}/*"')
        if node.kind == "region":
            rules.append(f"allocation = {node.region}")
        self.filter_wanted.emit(" and ".join(rules))


def _told(row: Any) -> str:
    """What happened at a place that could not be searched, and what was tried."""
    tried = objects.unexamined_object(row._mapping)["tried"] if row.reason == "quarantined" else ""
    words = (
        row.detail,
        tried,
        tr("its raw bytes were searched") if row.logical and "searched" not in row.detail else "",
    )
    return "; ".join(each for each in words if each)


def _runs(text: str) -> list[Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return []
    return value if isinstance(value, list) else []

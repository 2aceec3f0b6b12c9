"""Findings: the filtered list with its viewers."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget
from sqlalchemy import ColumnElement

from app import reading
from app.delegates import FindingsDelegate
from app.docks.filter_bar import FilterBar
from app.docks.table import RowTable
from app.models.findings import findings_model
from app.models.tree import Node, TreeModel
from app.places.bench import Bench
from app.session import Session
from app.settings import COLUMNS, LAYOUT_FINDINGS, Settings
from resources.languages import tr
from viewers.look import Look
from viewers.parts import Button, EmptyState
from viewers.words import plural

TAG_NAMES = ("relevant", "check again", "money", "identity", "shipping", "victim", "defence", "ask", "done")


class FindingsPlace(Bench):
    """Filter bar, findings table, viewers, inspector."""

    def __init__(self, look: Look, session: Session, settings: Settings, tree: TreeModel) -> None:
        super().__init__(look, session, settings, tree, LAYOUT_FINDINGS)
        self.bar = FilterBar(look)
        self.upper.insertWidget(0, self.bar)
        self.model = findings_model(session.reader, look)
        self._delegate = FindingsDelegate(look, look.size("row_table"))
        self.table = RowTable(look, self.model, self._delegate, tr("Findings"))
        self.table.hide_columns(settings.lines(COLUMNS))
        self.table.columns_changed.connect(lambda text: settings.put(COLUMNS, text))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._empty = EmptyState(
            look,
            "filter",
            "",
            "",
            [Button(look, tr("Clear the filter"), "", "primary", lambda: self.set_filter(""))],
        )
        self._go = Button(
            look, tr("Open the evidence"), "evidence", "primary", lambda: self.place_wanted.emit("evidence")
        )
        self._nothing = EmptyState(look, "findings", tr("No findings yet"), "", [self._go])
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._nothing)
        self.add_list(self._stack)
        self._total = 0
        self.bar.accepted.connect(self._filter)
        self.bar.columns_wanted.connect(self.table.choose_columns)
        self.bar.copy_wanted.connect(self.copy_csv)
        self.table.current_changed.connect(lambda number: self.show_number("finding", number))
        self.table.tag_key.connect(self.tag_current)
        self.table.opened.connect(lambda _number: self.fill())
        self.model.began.connect(self._began)
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(
            lambda words: session.announced.emit(tr("The list could not be read: {words}", words=words))
        )
        self.model.checks_changed.connect(lambda _count: self._say())
        self.tree.opened.connect(self._place_opened)
        session.tags_changed.connect(self.model.refresh_rows)
        session.tags_changed.connect(self._reread)

    def reload(self) -> None:
        """Read the list again."""
        self.session.reader.submit(lambda connection: reading.recent_count(connection, None), self._counted, long=True)
        self.session.reader.submit(reading.tags_exist, self._tags)
        self.bar.field.apply()

    def _tags(self, exist: bool) -> None:
        self.table.set_unused("tags", unused=not exist)

    def focus_first(self) -> None:
        """The table has the keys, or the one action where it is empty."""
        (self._go if self._stack.currentWidget() is self._nothing else self.table).setFocus()

    def set_filter(self, text: str) -> None:
        """Put a filter on the list."""
        self.bar.field.set_filter(text)

    def select_finding(self, number: int, *, best_viewer: bool = False) -> None:
        """Choose a finding; a filter that hides it is taken off."""
        self.deck.fresh = best_viewer
        if not self.table.choose(number) and self.model.complete and self.bar.field.text:
            self.set_filter("")
            self.table.choose(number)

    def tag_current(self, digit: int) -> None:
        """Put the tag of a digit on the finding, or take it off."""
        number = self.table.current_number()
        if number < 0 or not 1 <= digit <= len(TAG_NAMES):
            return
        name = TAG_NAMES[digit - 1]
        subject = self.deck.subject
        held = subject.tags if subject is not None and subject.finding == number else ()
        self.session.set_tag(number, name, on=name not in held)

    def copy_csv(self) -> None:
        """Copy rows as CSV."""
        count = self.table.copy_csv()
        self.session.announced.emit(tr("{rows} copied as CSV.", rows=plural(count, "row", "rows")))

    def _filter(self, condition: ColumnElement[bool] | None, _text: str) -> None:
        self.model.load(condition)

    def _counted(self, total: int) -> None:
        self._total = total
        if self.model.complete:
            self._loaded(len(self.model.ids))

    def _began(self) -> None:
        if not self.model.complete:
            self.bar.set_counting()
            self._stack.setCurrentWidget(self.table)

    def _loaded(self, count: int) -> None:
        self._total = max(self._total, count)
        self.bar.set_counts(count, self._total)
        if count:
            self._stack.setCurrentWidget(self.table)
        elif self.bar.field.text:
            self._empty.say(
                tr("No finding passes this filter"),
                tr(
                    "The case has {findings}. Nothing is lost: take the filter away to see them.",
                    findings=plural(self._total, "finding", "findings"),
                ),
            )
            self._stack.setCurrentWidget(self._empty)
        else:
            self._nothing.say(*self._why_nothing())
            self._stack.setCurrentWidget(self._nothing)
        self._say()

    def _why_nothing(self) -> tuple[str, str]:
        exhibits = self.tree.model.facts.exhibits
        if not exhibits:
            return tr("No findings yet"), tr(
                "Add an image and examine it. What is found appears here while the work goes on."
            )
        left = [one.number for one in exhibits if one.state != "ended"]
        if left:
            return (
                tr("No findings so far"),
                tr(
                    "{left}: the examination has not ended. What is found appears here while it goes on.",
                    left=", ".join(left[:5]),
                ),
            )
        return (
            tr("Nothing of the known kinds was found"),
            tr(
                "{exhibits} examined to the end. `impound formats` lists what is looked for; the overview says "
                "what could not be searched.",
                exhibits=plural(len(exhibits), "exhibit", "exhibits"),
            ),
        )

    def _say(self) -> None:
        chosen = 1 if self.table.current_number() >= 0 else 0
        self.selection_said.emit(
            tr("{chosen} selected, {checked:,} checked", chosen=chosen, checked=len(self.model.checked))
        )

    def _reread(self) -> None:
        self.session.reader.submit(reading.tags_exist, self._tags)
        number = self.table.current_number()
        if number >= 0:
            self.show_number("finding", number)

    def _place_opened(self, node: Node) -> None:
        quoted = node.path.replace("\\", "\\\\").replace('"', '\\"')
        if node.kind == "folder":
            self.set_filter(f'exhibit = {node.exhibit} and volume = {node.volume} and path = "{quoted}/*"')
        elif node.kind == "volume":
            self.set_filter(f"exhibit = {node.exhibit} and volume = {node.volume}")
        elif node.kind == "region":
            self.set_filter(f"exhibit = {node.exhibit} and allocation = {node.region}")
        elif node.kind in ("exhibit", "image"):
            self.set_filter(f"exhibit = {node.exhibit}")

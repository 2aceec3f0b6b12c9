"""Graph: entities of the case and the links between them, each with its rule and the bytes of both ends."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSaveFile, Qt, Signal
from PySide6.QtGui import QImageWriter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.places.base import PlaceWidget, view_bar
from app.places.graph_inspector import Inspector, when
from app.places.graph_times import GraphTimes
from app.rules import rule_words
from app.session import Session
from app.titles import kind_title
from forensics.reports.tables import cell
from forensics.visible import visible
from resources.languages import tr
from viewers.graph import GraphView
from viewers.graph_plane import Line, Node
from viewers.kinds import grade_word
from viewers.look import Look
from viewers.parts import Button, EmptyState, Hairline, label
from viewers.words import plural, sentence

EVERYTHING = tr("The most linked")
BUSIEST = "*"  # the session says which
STEPS = (("1 step", 1), ("2 steps", 2), ("3 steps", 3))
GRADES = ((tr("all grades"), 0), (tr("C2 and better"), 2), (tr("C3 and better"), 3), (tr("only C4"), 4))
COLUMNS = (tr("From"), tr("Rule"), tr("To"), tr("Grade"), tr("Shown by"), tr("Times, UTC"))
FINGERPRINTED = ("seed/", "key/")  # of secrets the value is a fingerprint by the case's key


def node_of(told: dict[str, Any]) -> Node:
    """An entity of the session's answer."""
    kind, value = told["kind"], visible(told["value"])
    title = value if not value.startswith("F") or not value[1:].isdigit() else kind_title(kind)
    if kind.startswith(FINGERPRINTED) and len(value) == 16:
        title = f"{kind_title(kind)} {value[:6]}"
    count = int(told["count"])
    where = tr("stated, not found itself") if count == 0 else f"{plural(count, 'place', 'places')}, C{told['grade']}"
    return Node(
        told["name"],
        kind,
        title,
        f"{kind_title(kind) if '/' in kind else sentence(kind)}, {where}",
        int(told["grade"]),
        tuple(told["findings"]),
        float(told["x"]),
        float(told["y"]),
    )


class GraphPlace(PlaceWidget):
    """The page."""

    prove_wanted = Signal(int)

    def __init__(self, look: Look, session: Session) -> None:
        super().__init__()
        self.look = look
        self.session = session
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._centre: str | None = BUSIEST
        self.asked: dict[str, Any] = {}
        self._waiting = False
        self._again = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self._bar())
        left.addWidget(Hairline(look))
        self.view = GraphView(look)
        self.view.setToolTip(tr("Drag, wheel, + and −. F fits all of it. Enter makes an entity the centre."))
        self.table = QTableWidget()
        self.empty = EmptyState(look, "graph", tr("No links"), "")
        self._stack = QStackedWidget()
        for each in (self.view, self._made_table(), self.empty):
            self._stack.addWidget(each)
        left.addWidget(self._stack, 1)
        left.addWidget(Hairline(look))
        self.times = GraphTimes(look)
        self.times.changed.connect(self.reload)
        left.addWidget(self.times)
        left.addWidget(Hairline(look))
        left.addWidget(self._legend())
        row.addLayout(left, 1)
        row.addWidget(Hairline(look, down=True))
        self.inspector = Inspector(look, session)
        row.addWidget(self.inspector)
        self.view.node_chosen.connect(self._show_node)
        self.view.line_chosen.connect(self._show_line)
        self.view.opened.connect(lambda number: self.centre_on(self.view.nodes[number].name))
        self.inspector.finding_wanted.connect(self.finding_wanted)
        self.inspector.prove_wanted.connect(self.prove_wanted)
        self.inspector.centre_wanted.connect(self.centre_on)

    def _bar(self) -> QWidget:
        look = self.look
        bar, row = view_bar(look, tr("Graph"), 8)
        self.centres = QComboBox()
        self.centres.setAccessibleName(tr("Centre of the graph"))
        self.centres.view().setAccessibleName(tr("Centres"))
        self.centres.setMinimumWidth(look.px(140))
        self.centres.setMaximumWidth(look.px(300))
        self.centres.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.centres.activated.connect(self._centre_chosen)
        self.steps = self._choice(tr("Steps from the centre"), STEPS, 1)
        self.grades = self._choice(tr("Lowest grade of a link"), GRADES, 1)
        row.addWidget(self.centres, 3)
        row.addWidget(self.steps)
        row.addWidget(self.grades)
        row.addStretch(2)
        self._as_table = Button(look, tr("Show as table"), "findings", "quiet", self._toggle)
        row.addWidget(self._as_table)
        row.addWidget(Button(look, tr("Save picture"), "image", "quiet", lambda: self._save("png")))
        row.addWidget(Button(look, tr("Save data"), "file", "quiet", lambda: self._save("csv")))
        return bar

    def _choice(self, name: str, choices: tuple[tuple[str, int], ...], chosen: int) -> QComboBox:
        made = QComboBox()
        made.setAccessibleName(name)
        made.view().setAccessibleName(name)
        for text, value in choices:
            made.addItem(text, value)
        made.setCurrentIndex(chosen)
        made.activated.connect(lambda _: self.reload())
        return made

    def _made_table(self) -> QTableWidget:
        self.table.setAccessibleName(tr("Links as a table"))
        self.table.setColumnCount(len(COLUMNS))
        self.table.setHorizontalHeaderLabels(COLUMNS)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.table.currentCellChanged.connect(lambda at, *_: self.view.choose(line=at) if at >= 0 else None)
        return self.table

    def _legend(self) -> QWidget:
        look = self.look
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(look.px(16), look.px(6), look.px(16), look.px(6))
        row.setSpacing(look.px(18))
        for text in (
            tr("solid line: bytes show it"),
            tr("broken line, ≈: a rule suggests it"),
            tr("broken box: named by a link, not found itself"),
        ):
            row.addWidget(label(look, text, "note", "text2"))
        row.addStretch(1)
        self._note = label(look, "", "note", weight=600)
        row.addWidget(self._note)
        return made

    @property
    def busy(self) -> bool:
        """Whether the links are still being gathered."""
        return self._waiting or self.times.busy

    def focus_first(self) -> None:
        """The picture has the keys."""
        self.view.setFocus()

    def centre_on(self, name: str | None) -> None:
        """Show what lies about an entity, by its name, or a finding (`F17`)."""
        self._centre = name
        self.reload()

    def reload(self) -> None:
        """Ask for the links; one question is under way at a time."""
        if self._waiting:
            self._again = True
            return
        self._waiting, self._again = True, False
        self._note.setText(tr("gathering links …"))
        choices = {"centre": self._centre, "steps": self.steps.currentData(), "grade": self.grades.currentData()}
        self.asked = {**choices, **self.times.asked}
        self.session.call("graph", self.asked, self._take)

    def _take(self, ok: bool, result: Any) -> None:
        self._waiting = False
        if self._again:
            self.reload()
            return
        if not ok:
            self._note.setText("")
            self.empty.say(tr("The links could not be gathered"), str(result))
            self._stack.setCurrentWidget(self.empty)
            return
        nodes = [node_of(each) for each in result["entities"]]
        number = {each.name: index for index, each in enumerate(nodes)}
        lines = [
            Line(
                number[each["from"]],
                number[each["to"]],
                rule_words(each["rule"]),
                int(each["grade"]),
                bool(each["met"]),
                each,
            )
            for each in result["links"]
        ]
        self._centre = result["centre"]
        self._fill_centres(result["suggested"])
        self.view.show_graph(nodes, lines, number.get(self._centre, -1) if self._centre else -1)
        self._fill_table()
        self.times.take(result)
        self._note.setText(
            tr(
                "{nodes:,} of {linked_entities}, {lines:,} of {links}",
                nodes=len(nodes),
                linked_entities=plural(result["all_entities"], "linked entity", "linked entities"),
                lines=len(lines),
                links=plural(result["all_links"], "link", "links"),
            )
        )
        if lines:
            self._stack.setCurrentWidget(self.table if self._tabled() else self.view)
        else:
            self.empty.say(tr("No links"), self._why_none(result))
            self._stack.setCurrentWidget(self.empty)
        if self.view.node >= 0:
            self._show_node(self.view.node)
        else:
            self.inspector.show_nothing()

    def _why_none(self, result: dict[str, Any]) -> str:
        if not result["of_any_grade"]:
            return tr("No finding of this case names another.")
        if self.times.hides and result["outside"] + result["undated"]:
            return tr("No link of this grade is within these times. All times shows the others.")
        return tr(
            "No link of grade C{currentdata} or better is here. Choose a lower grade.",
            currentdata=self.grades.currentData(),
        )

    def _fill_centres(self, suggested: list[str]) -> None:
        self.centres.clear()
        self.centres.addItem(EVERYTHING, None)
        names = list(suggested)
        if self._centre and self._centre not in names:
            names.insert(0, self._centre)
        for name in names:
            kind, _, value = name.partition(":")
            self.centres.addItem(f"{kind_title(kind) if '/' in kind else sentence(kind)}: {visible(value)[:40]}", name)
        self.centres.setCurrentIndex(names.index(self._centre) + 1 if self._centre else 0)

    def _centre_chosen(self, index: int) -> None:
        self.centre_on(self.centres.itemData(index))

    def _fill_table(self) -> None:
        self.table.blockSignals(True)
        self.table.setRowCount(len(self.view.lines))
        for at, row in enumerate(self._rows()):
            for column, text in enumerate(row):
                self.table.setItem(at, column, QTableWidgetItem(text))
        self.table.blockSignals(False)

    def _rows(self) -> list[tuple[str, ...]]:
        nodes = self.view.nodes
        return [
            (
                nodes[each.source].title,
                each.words,
                nodes[each.target].title,
                f"C{each.grade} {grade_word(each.grade)}",
                "bytes" if each.fact else "inference",
                when(each.told),
            )
            for each in self.view.lines
        ]

    def _tabled(self) -> bool:
        return self._as_table.text() != tr("Show as table")

    def _toggle(self) -> None:
        self._as_table.setText(tr("Show as graph") if not self._tabled() else tr("Show as table"))
        if self.view.lines:
            self._stack.setCurrentWidget(self.table if self._tabled() else self.view)

    def _show_node(self, number: int) -> None:
        self.inspector.show_node(self.view.nodes[number])
        self.selection_said.emit(tr("1 entity selected"))

    def _show_line(self, number: int) -> None:
        line = self.view.lines[number]
        self.inspector.show_line(line, self.view.nodes[line.source], self.view.nodes[line.target])
        self.selection_said.emit(tr("1 link selected"))

    def _save(self, kind: str) -> None:
        start = str(self.session.case / "exports" / f"graph.{kind}")
        chosen, _ = QFileDialog.getSaveFileName(self, tr("Save the graph"), start)
        if chosen:
            self.save(Path(chosen), kind)

    def save(self, path: Path, kind: str) -> None:
        """Write the picture (`png`) or the links (`csv`, or JSON by the file's name), whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        file = QSaveFile(str(path))
        if not file.open(QSaveFile.OpenModeFlag.WriteOnly):
            self.session.announced.emit(
                tr("{path} could not be written: {reason}", path=path, reason=file.errorString())
            )
            return
        if kind == "png":
            QImageWriter(file, QByteArray(b"png")).write(self.view.picture())
        elif path.suffix == ".json":
            file.write(json.dumps([each.told for each in self.view.lines], ensure_ascii=False, indent=1).encode())
        else:
            text = io.StringIO()
            writer = csv.writer(text)
            writer.writerow([each.lower() for each in COLUMNS])
            writer.writerows([cell(each) for each in row] for row in self._rows())
            file.write(text.getvalue().encode())
        said = (
            tr("{path} was written.", path=path)
            if file.commit()
            else tr("{path} could not be written: {reason}", path=path, reason=file.errorString())
        )
        self.session.announced.emit(said)

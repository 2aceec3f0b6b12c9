"""The panel beside the bytes: what it is, how sure, its fields, its way from the disk, its caveats."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.docks.frame import Heading
from resources.languages import tr
from viewers import kinds
from viewers.base import FieldRow, Subject
from viewers.fields import FieldList
from viewers.look import Look
from viewers.marks import tokens_of
from viewers.parts import CareView, Flow, GradeView, Hairline, IconView, KindTile, Step, clear, label
from viewers.signed import SignedLine
from viewers.words import plural

MOST_FIELDS = 40
GRADE_SENTENCES = {
    0: tr("A pattern only: it resembles one. Nothing was checked."),
    1: tr("A weak check, or context without a check: possible."),
    2: tr("A strong check or an unambiguous structure: valid."),
    3: tr("Valid, and its surroundings agree."),
    4: tr("Proven by cryptography on this machine."),
}


def steps(subject: Subject) -> list[str]:
    """The steps from the disk to the finding, in short words."""
    made = []
    for step in subject.locator.split(" > ") if subject.locator else []:
        head, _, rest = step.partition(":")
        if head in ("ewf", "raw", "split", "image"):
            made.append(rest or step)
        elif head == "partition":
            made.append(f"p{rest}")
        elif rest.startswith("/"):
            made.append(head)
            made.append(rest.rpartition("/")[2] or "/")
        else:
            made.append(step)
    if not made:
        made = [subject.exhibit, *([subject.path.rpartition("/")[2]] if subject.path else [])]
    count = len(subject.runs)
    if count:
        made.append(plural(count, "run", "runs"))
    return made


def check_words(subject: Subject) -> str:
    """How many checks passed."""
    counted = [check for check in subject.checks if check.get("outcome") != "not applicable"]
    passed = sum(1 for check in counted if check.get("outcome") == "pass")
    if not counted:
        return tr("no checks apply")
    return tr("by {passed} of {checks}", passed=passed, checks=plural(len(counted), "check", "checks"))


def _bytes_in(subject: Subject) -> str:
    """What the byte ranges of the fields count in."""
    if not subject.kind:
        return ""
    if subject.inside:
        return tr("bytes in stream")
    return tr("bytes in entry") if subject.entry is not None else tr("bytes in layer")


class Inspector(QWidget):
    """The finding panel."""

    field_picked = Signal(str)
    finding_wanted = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName(tr("About the selection"))
        body = QWidget()
        body.setProperty("ground", "surface")
        self._layout = QVBoxLayout(body)
        self._layout.setContentsMargins(look.px(16), look.px(12), look.px(12), look.px(16))
        self._layout.setSpacing(look.px(6))
        self._scroll.setWidget(body)
        outer.addWidget(self._scroll)
        row = QHBoxLayout()
        row.setContentsMargins(look.px(16), 0, look.px(12), 0)
        row.addWidget(label(look, tr("About the selection"), "dense", "text2", weight=600))
        row.addStretch(1)
        self.head = Heading(look, "tab_bar", "raised")  # stands over the panel
        self.head.setLayout(row)
        self.clear()

    def clear(self) -> None:
        """Say that nothing is selected."""
        clear(self._layout)
        words = tr("Nothing is selected. What a finding says, how sure it is and where it lies appears here.")
        self._layout.addWidget(label(self.look, words, "dense", "text2", wrap=True))
        self._layout.addStretch(1)

    def show_subject(self, subject: Subject) -> None:
        """Build the panel for a finding or an entry."""
        clear(self._layout)
        look = self.look
        self._head(subject)
        if subject.grade is not None:
            row = QHBoxLayout()
            row.setSpacing(look.px(10))
            row.addWidget(GradeView(look, subject.grade))
            row.addWidget(label(look, check_words(subject), "dense", "text2"))
            row.addStretch(1)
            care = CareView(look, kinds.CARE_WORDS.get(subject.sensitivity, ""))
            row.addWidget(care)
            self._layout.addLayout(row)
            text = f"{GRADE_SENTENCES.get(subject.grade, '')}"
            self._layout.addWidget(label(look, text, "body", wrap=True))
        if subject.tags:
            self._layout.addWidget(label(look, tr("Tags: ") + ", ".join(subject.tags), "dense", "accent", wrap=True))
        for signed in subject.signed:
            line = SignedLine(look, signed)
            line.wanted.connect(self.finding_wanted)
            self._layout.addWidget(line)
        if subject.fields:
            self._rule(
                tr("Fields") if subject.kind else tr("Entry"),
                _bytes_in(subject),
            )
            listed = FieldList(look)
            listed.show_rows(subject.fields[:MOST_FIELDS], tokens_of(subject))
            listed.picked.connect(self.field_picked)
            self._layout.addWidget(listed)
            if len(subject.fields) > MOST_FIELDS:
                more = tr("{fields:,} more stand in the Fields tab.", fields=len(subject.fields) - MOST_FIELDS)
                self._layout.addWidget(label(look, more, "dense", "text2"))
        if subject.kind:
            self._rule(tr("From disk to finding"))
            flow = Flow(look.px(5))
            for number, step in enumerate(steps(subject)):
                if number:
                    flow.addWidget(IconView(look, "right", 14, "text3", box=22))
                flow.addWidget(Step(look, step))
            holder = QWidget()
            holder.setLayout(flow)
            policy = holder.sizePolicy()
            policy.setHeightForWidth(True)
            holder.setSizePolicy(policy)
            self._layout.addWidget(holder)
        if subject.links:
            self._rule(tr("Links"), plural(len(subject.links), "link", "links"))
            rows = [
                FieldRow(str(link.get("target_kind", "")), str(link.get("target", ""))) for link in subject.links[:12]
            ]
            linked = FieldList(look)
            linked.setAccessibleName(tr("Links"))
            linked.show_rows(rows, {})
            self._layout.addWidget(linked)
        if subject.caveats:
            self._rule(tr("Caveat") if len(subject.caveats) == 1 else tr("Caveats"))
            for caveat in subject.caveats:
                self._layout.addWidget(label(look, caveat, "dense", "text2", wrap=True))
        elif subject.kind:
            self._rule(tr("Caveat"))
            words = tr("Shows that these bytes lie here. It does not show who put them there.")
            self._layout.addWidget(label(look, words, "dense", "text2", wrap=True))
        self._layout.addStretch(1)
        self._scroll.verticalScrollBar().setValue(0)

    def _head(self, subject: Subject) -> None:
        look = self.look
        row = QHBoxLayout()
        row.setSpacing(look.px(10))
        if subject.kind:
            row.addWidget(KindTile(look, subject.kind, 28), 0, Qt.AlignmentFlag.AlignTop)
        else:
            icon = IconView(
                look, "folder" if subject.field("kind") == "directory" else "file", 18, "text2", "sunken", 28
            )
            icon.set_square()
            row.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(look, subject.title, "item_title", wrap=True))
        if subject.kind:
            name, _, version = subject.detector.partition("@")
            note = f"F{subject.finding}, {name}" + (
                tr(", detector version {version}", version=version) if version else ""
            )
        else:
            note = f"{subject.exhibit}, {kinds.allocation_name(subject.allocation)}"
        words.addWidget(label(look, note, "dense", "text2", wrap=True))
        row.addLayout(words, 1)
        self._layout.addLayout(row)

    def _rule(self, title: str, note: str = "") -> None:
        look = self.look
        self._layout.addSpacing(look.px(4))
        self._layout.addWidget(Hairline(look))
        row = QHBoxLayout()
        row.setContentsMargins(0, look.px(2), look.px(6), 0)
        row.addWidget(label(look, title, "dense", weight=600))
        row.addStretch(1)
        row.addWidget(label(look, note, "note", "text2"))
        self._layout.addLayout(row)

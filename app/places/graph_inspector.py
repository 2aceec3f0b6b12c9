"""What the graph says of a chosen entity, and of a chosen link: its rule, its times, and the bytes of both ends."""

from __future__ import annotations

import functools
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.rules import rule_caveat
from app.session import Session
from resources.languages import tr
from viewers import draw
from viewers.graph_plane import Line, Node
from viewers.look import Look
from viewers.parts import Button, EmptyState, GradeView, Hairline, KindTile, clear, label
from viewers.words import plural, time_text

SHOWN_BYTES = 80
LISTED = 12


def when(told: dict[str, Any]) -> str:
    """The times of a link: of the findings that show it."""
    if not told["times"]:
        return tr("none stored")
    first, last = (time_text(each) for each in told["times"])
    return first if first == last else tr("{first} to {last}", first=first, last=last)


class Inspector(QWidget):
    """The chosen entity with its findings, or the chosen link with its rule and the bytes of its ends."""

    finding_wanted = Signal(int)
    prove_wanted = Signal(int)
    centre_wanted = Signal(str)

    def __init__(self, look: Look, session: Session) -> None:
        super().__init__()
        self.look = look
        self._session = session
        self._asked = 0
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(look.px(380))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName(tr("The chosen entity or link"))
        body = QWidget()
        body.setProperty("ground", "surface")
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(look.px(16), look.px(14), look.px(14), look.px(12))
        self._column.setSpacing(look.px(6))
        scroll.setWidget(body)
        outer.addWidget(scroll)
        self.show_nothing()

    def _begin(self) -> None:
        clear(self._column)
        self._asked += 1

    def _text(self, text: str, role: str = "body", tone: str = "text", weight: int = 0) -> None:
        self._column.addWidget(label(self.look, text, role, tone, weight=weight, wrap=True, selectable=True))

    def _cut(self, text: str, role: str) -> str:
        """A value that fits on one line: addresses and keys have no place to break."""
        return draw.elided(text, self.look.px(300), self.look.font(role, 600), middle=True)

    def show_nothing(self) -> None:
        """Say how to choose something."""
        self._begin()
        hint = tr("Click an entity or a link. With the keys: arrows go from one to the next, L goes through its links.")
        self._column.addWidget(EmptyState(self.look, "graph", tr("Nothing is chosen"), hint))

    def show_node(self, node: Node) -> None:
        """An entity."""
        self._begin()
        look = self.look
        head = QHBoxLayout()
        head.addWidget(KindTile(look, node.kind, 28), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        cut = self._cut(node.title, "item_title")
        words.addWidget(label(look, cut, "item_title", wrap=True, selectable=True))
        words.addWidget(label(look, node.fact, "dense", "text2", wrap=True))
        head.addLayout(words, 1)
        self._column.addLayout(head)
        if node.findings:
            self._column.addWidget(GradeView(look, node.grade))
        self._column.addWidget(
            Button(look, tr("Make it the centre"), "graph", "normal", lambda: self._centre(node.name))
        )
        self._column.addWidget(Hairline(look))
        if not node.findings:
            self._text(tr("A link names it. No finding of its own was made of it in this case."), tone="text2")
        for name in node.findings[:LISTED]:
            opening = functools.partial(self._open, int(name[1:]))
            self._column.addWidget(Button(look, tr("Open {name}", name=name), "bytes", "quiet", opening))
        if len(node.findings) > LISTED:
            self._text(tr("and {findings:,} more", findings=len(node.findings) - LISTED), "dense", "text2")
        self._column.addStretch(1)

    def show_line(self, line: Line, source: Node, target: Node) -> None:
        """A link."""
        self._begin()
        look = self.look
        told = line.told
        self._text(tr("Link between two entities"), "dense", "text2")
        self._text(line.words[:1].upper() + line.words[1:], "panel_title")
        row = QHBoxLayout()
        kind = tr("Fact: bytes show it") if line.fact else tr("Inference: a rule suggests it")
        row.addWidget(label(look, kind, "dense", "ok" if line.fact else "warn", weight=600))
        row.addWidget(GradeView(look, line.grade))
        row.addStretch(1)
        self._column.addLayout(row)
        for node in (source, target):
            self._text(self._cut(node.title, "body"), weight=600)
            self._text(node.fact, "dense", "text2")
        if told["paths"]:
            self._text(tr("Derivation path {paths}", paths=", ".join(told["paths"])), "bytes")
        self._column.addWidget(Hairline(look))
        self._text(tr("Rule"), "dense", weight=600)
        places = tr("both ends lie in one file") if told["same_place"] else tr("the ends lie in different files")
        self._text(f"{told['rule']}, {plural(int(told['count']), 'time', 'times')}; {places}")
        self._text(
            tr("Times: {told}", told=when(told)) + (tr(" UTC") if told["times"] else ""),
            tone="text" if told["times"] else "text2",
        )
        for end in told["evidence"][0] if told["evidence"] else ():
            self._end(end)
        self._column.addWidget(Hairline(look))
        self._text(tr("How this could be wrong"), "dense", weight=600)
        self._text(rule_caveat(told["rule"]))
        if not line.met:
            self._text(tr("The other end is stated here and was not found itself."))
        self._column.addStretch(1)

    def _end(self, end: dict[str, Any]) -> None:
        look = self.look
        number = int(end["finding"][1:])
        row = QHBoxLayout()
        row.addWidget(label(look, end["finding"], "dense", weight=600))
        row.addStretch(1)
        row.addWidget(Button(look, tr("Prove this"), "custody", "quiet", lambda: self.prove_wanted.emit(number)))
        row.addWidget(Button(look, tr("Open bytes"), "bytes", "quiet", lambda: self._open(number)))
        self._column.addLayout(row)
        runs = end["runs"]
        if not runs:
            return
        offset, length = runs[0][0], min(SHOWN_BYTES, runs[0][1])
        place = tr("image offset 0x{offset:X}, {length:,} bytes", offset=offset, length=length)
        if end["secret"]:
            self._text(tr("{place}: masked, they hold a secret", place=place), "dense", "text2")
            return
        self._text(place, "dense", "text2")
        shown = label(look, "", "bytes", selectable=True)
        shown.setAccessibleName(tr("Bytes of {finding}", finding=end["finding"]))
        self._column.addWidget(shown)
        asked = self._asked

        def done(data: bytes | None, trouble: str) -> None:
            if asked == self._asked:
                shown.setText(hex_rows(data) if data is not None else trouble)

        args = {"exhibit": end["exhibit"], "runs": runs[:1], "offset": 0, "length": length}
        self._session.bytes_of("bytes", args, done)

    def _open(self, number: int) -> None:
        self.finding_wanted.emit(number)

    def _centre(self, name: str) -> None:
        self.centre_wanted.emit(name)


def hex_rows(data: bytes) -> str:
    """Eight bytes a row, each row with its offset from the first."""
    rows = []
    for at in range(0, len(data), 8):
        part = data[at : at + 8]
        plain = "".join(chr(each) if 0x20 <= each < 0x7F else "·" for each in part)
        rows.append(f"+{at:02X}  {part.hex(' ').upper():<23}  {plain}")
    return "\n".join(rows)

"""Present: the steps for court are written here, entered in the record, and shown full screen."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.courtroom.screen import Courtroom
from app.courtroom.told import Scene, scenes, step_word
from app.places.base import PlaceWidget, view_bar
from app.session import Session
from forensics.custody.presentation import KINDS, MOST_STEPS, MOST_WORDS
from forensics.visible import visible
from resources.languages import tr
from viewers.look import Look
from viewers.parts import Button, EmptyState, Hairline, label, set_tone
from viewers.ticks import Choice
from viewers.words import plural

TEXTS = (
    ("sentence", tr("The sentence"), tr("Read aloud: at most {most_words} words.", most_words=MOST_WORDS)),
    ("findings", tr("Findings"), tr("One, or two that are compared: F17 F22.")),
    ("not_shown", tr("What it does not show"), tr("Stands on the screen below the exhibit.")),
    ("reason", tr("Why it is inferred"), tr("For an inference.")),
    ("answer", tr("What the other side says"), tr("For a disputed step; on the screen of equal size.")),
)
KNOWN = {"policy": tr("Keys the court knows"), "anchor": tr("Checkpoint the court kept")}
LIMIT = tr("This does not show who wrote it, or who used the computer.")


class PresentPlace(PlaceWidget):
    """The list of steps, the form of one, and the way to the screen."""

    def __init__(self, look: Look, session: Session) -> None:
        super().__init__()
        self.look, self.session = look, session
        self.steps: list[dict[str, Any]] = []
        self.screen_: Courtroom | None = None
        self._entered: list[dict[str, Any]] = []
        self._waiting = self._filling = False
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        bar, row = view_bar(look, tr("Present"), 8)
        self.note = label(look, "", "dense", "text2")
        row.addWidget(self.note)
        row.addStretch(1)
        self.known: dict[str, str] = {}
        for name, title in KNOWN.items():
            row.addWidget(Button(look, title, "open", "quiet", partial(self._choose_known, name)))
        self.enter = Button(look, tr("Enter in the record"), "sign", "normal", self._enter)
        self.start = Button(look, tr("Start"), "present", "primary", self.present)
        row.addWidget(self.enter)
        row.addWidget(self.start)
        outer.addWidget(bar)
        outer.addWidget(Hairline(look))
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self._list())
        body.addWidget(Hairline(look, down=True))
        self._stack = QStackedWidget()
        self._stack.addWidget(self._form())
        words = tr(
            "A step is a sentence about one or two findings. Add one here, or choose a finding and "
            "take Present, Add this finding as a step."
        )
        self._empty = EmptyState(look, "present", tr("No steps yet"), words)
        self._stack.addWidget(self._empty)
        body.addWidget(self._stack, 1)
        outer.addLayout(body, 1)
        self._relist(-1)

    @property
    def busy(self) -> bool:
        """Whether the steps are being read."""
        return self._waiting

    def focus_first(self) -> None:
        """The list has the keys."""
        self.listed.setFocus()

    def reload(self) -> None:
        """Read the steps as entered, unless some here are not entered yet."""
        if self.steps == self._entered:
            self._waiting = True
            self.session.call("steps", {}, self._take)

    def _take(self, ok: bool, result: Any) -> None:
        self._waiting = False
        if not ok:
            self._say(tr("The steps could not be read: {result}", result=result), "danger")
            return
        if self.steps == self._entered:
            self._entered = [dict(step) for step in result["steps"]]
            self.steps = [dict(step) for step in self._entered]
            self._relist(self.listed.currentRow())

    # -- parts

    def _list(self) -> QWidget:
        look = self.look
        side = QWidget()
        side.setFixedWidth(look.px(340))
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, look.px(8))
        self.listed = QListWidget()
        self.listed.setAccessibleName(tr("Steps"))
        self.listed.setWordWrap(True)
        self.listed.setSpacing(look.px(2))
        self.listed.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.listed.currentRowChanged.connect(self._fill)
        column.addWidget(self.listed, 1)
        row = QHBoxLayout()
        row.setContentsMargins(look.px(8), 0, look.px(8), 0)
        self.add = Button(look, tr("Add"), "plus", "normal", self.add_step)
        self.remove = Button(look, tr("Remove"), "x", "normal", self._remove)
        self.up = Button(look, tr("Up"), "", "normal", lambda: self._move(-1))
        self.down = Button(look, tr("Down"), "", "normal", lambda: self._move(1))
        for button in (self.add, self.remove, self.up, self.down):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        return side

    def _form(self) -> QWidget:
        look = self.look
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setAccessibleName(tr("One step"))
        page = QWidget()
        page.setProperty("ground", "surface")
        column = QVBoxLayout(page)
        column.setContentsMargins(look.px(28), look.px(20), look.px(28), look.px(20))
        column.setSpacing(look.px(4))
        column.addWidget(label(look, tr("Kind of statement"), "dense", "text2", weight=500))
        row = QHBoxLayout()
        row.setSpacing(look.px(20))
        self.kinds: dict[str, Choice] = {}
        for kind, words in KINDS.items():
            choice = Choice(look, f"{step_word(kind)}: {tr(words)}")
            choice.toggled.connect(self._edited)
            self.kinds[kind] = choice
            row.addWidget(choice)
        row.addStretch(1)
        column.addLayout(row)
        column.addSpacing(look.px(10))
        self.texts: dict[str, QLineEdit] = {}
        for name, title, hint in TEXTS:
            edit = QLineEdit()
            edit.setAccessibleName(title)
            edit.textEdited.connect(self._edited)
            text = label(look, title, "dense", "text2", weight=500)
            text.setBuddy(edit)
            column.addWidget(text)
            column.addWidget(edit)
            column.addWidget(label(look, hint, "note", "text2", wrap=True))
            column.addSpacing(look.px(8))
            self.texts[name] = edit
        self.about = label(look, "", "body", "text2", wrap=True)
        column.addWidget(self.about)
        column.addStretch(1)
        scroll.setWidget(page)
        return scroll

    # -- steps

    def add_finding(self, number: int) -> None:
        """A new step about a finding."""
        self.add_step([f"F{number}"])

    def add_step(self, findings: list[str] | None = None) -> None:
        """A new step at the end."""
        if len(self.steps) < MOST_STEPS:
            self.steps.append({"kind": "fact", "sentence": "", "findings": findings or [], "not_shown": LIMIT,
                               "reason": "", "answer": ""})  # fmt: skip
            self._relist(len(self.steps) - 1)
            self.texts["sentence"].setFocus()

    def _remove(self) -> None:
        at = self.listed.currentRow()
        if 0 <= at < len(self.steps):
            del self.steps[at]
            self._relist(min(at, len(self.steps) - 1))

    def _move(self, by: int) -> None:
        at = self.listed.currentRow()
        if 0 <= at < len(self.steps) and 0 <= at + by < len(self.steps):
            self.steps.insert(at + by, self.steps.pop(at))
            self._relist(at + by)

    def _relist(self, at: int) -> None:
        self._filling = True
        self.listed.clear()
        for number in range(len(self.steps)):
            self.listed.addItem(QListWidgetItem(self._line(number)))
        self._filling = False
        self._stack.setCurrentIndex(0 if self.steps else 1)
        for button in (self.remove, self.up, self.down):
            button.setEnabled(bool(self.steps))
        self.listed.setCurrentRow(max(0, at) if self.steps else -1)
        self._say()

    def _line(self, number: int) -> str:
        step = self.steps[number]
        return f"{number + 1}  {step_word(step['kind'])}\n{visible(step['sentence']) or tr('no sentence yet')}"

    def _fill(self, at: int) -> None:
        if self._filling or not 0 <= at < len(self.steps):
            return
        self._filling = True
        step = self.steps[at]
        self.kinds[step["kind"]].setChecked(True)
        for name, edit in self.texts.items():
            edit.setText(" ".join(step[name]) if name == "findings" else step[name])
        self._filling = False
        self._about(step)

    def _edited(self) -> None:
        at = self.listed.currentRow()
        if self._filling or not 0 <= at < len(self.steps):
            return
        step = self.steps[at]
        step["kind"] = next(kind for kind, choice in self.kinds.items() if choice.isChecked())
        for name, edit in self.texts.items():
            step[name] = re.findall(r"F?\d+", edit.text().upper()) if name == "findings" else edit.text()
        self.listed.item(at).setText(self._line(at))
        self._about(step)
        self._say()

    def _about(self, step: dict[str, Any]) -> None:
        """The words counted, and what the findings are."""
        count = len(step["sentence"].split())
        said = tr("{words} of {most_words}.", words=plural(count, "word", "words"), most_words=MOST_WORDS)
        named = [name for name in step["findings"] if name[1:].isdecimal()]
        set_tone(self.about, "danger" if count > MOST_WORDS else "text2")
        self.about.setText(said)

        def take(found: tuple[str, list[Scene]]) -> None:
            shown = found[1][0].shown if found[1] else ()
            what = ". ".join(f"F{each.number}: {each.title}, {each.place}" for each in shown)
            self.about.setText(f"{said} {what}")

        if named:
            self.session.reader.submit(lambda connection: scenes(connection, [{"findings": named}]), take)

    # -- what is done with them

    def _choose_known(self, name: str) -> None:
        """Take a file that the court has itself: the check reaches further with it. None takes it back."""
        options = QFileDialog.Option.DontUseNativeDialog
        chosen, _ = QFileDialog.getOpenFileName(self, KNOWN[name], str(Path.home()), options=options)
        self.known.pop(name, None)
        if chosen:
            self.known[name] = chosen
        self._say(f"{KNOWN[name]}: {visible(chosen) or tr('none')}")

    def _say(self, words: str = "", tone: str = "text2") -> None:
        changed = self.steps != self._entered
        if not words:
            words = plural(len(self.steps), "step", "steps") + (
                tr(", not entered in the record yet") if changed else ""
            )
            tone = "warn" if changed else "text2"
        set_tone(self.note, tone)
        self.note.setText(words)
        self.enter.setEnabled(changed)
        self.start.setEnabled(bool(self._entered) and not changed)

    def _enter(self) -> None:
        def take(ok: bool, result: Any) -> None:
            if ok:
                self._entered = [dict(step) for step in result["steps"]]
                self.steps = [dict(step) for step in self._entered]
                self._relist(self.listed.currentRow())
                self.session.announced.emit(
                    tr("Steps entered, entry {ledger_entry} of the record.", ledger_entry=result["ledger_entry"])
                )
                self.session.refresh_status()
            else:
                self._say(tr("Not entered: {result}.", result=result), "danger")

        self.session.call("steps_enter", {"steps": self.steps}, take)

    def present(self) -> None:
        """Show the steps as entered, full screen, from the chosen one."""
        if self._entered and self.steps == self._entered:
            self.session.reader.submit(lambda connection: scenes(connection, self._entered), self._begin)

    def _begin(self, found: tuple[str, list[Scene]]) -> None:
        case, made = found
        if self.screen_ is not None:
            self.screen_.close()
        self.screen_ = Courtroom(self.look, self.session, case, made, self.known)
        self.screen_.go(max(0, self.listed.currentRow()))
        self.screen_.left.connect(self._over)
        self.screen_.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.screen_.showFullScreen()
        self.screen_.setFocus()

    def _over(self) -> None:
        self.screen_ = None

"""Show a secret: a reason that is kept, by rule a second person, and sixty seconds. Nothing is copied or written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QFrame, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.dialogs.base import Frame
from app.session import Session
from forensics.visible import visible
from resources.languages import tr
from viewers.look import Look
from viewers.parts import Button, IconView, clear, label, set_tone

HIDDEN = "••••••"
WORDS_IN_ROW, MOST_WORDS = 6, 36
TICK_MS = 1000


class RevealDialog(Frame):
    """One finding's secrets. `shown` is what stands on the screen now; empty while nothing is shown."""

    def __init__(self, look: Look, session: Session, finding: int, title: str, parent: QWidget | None) -> None:
        super().__init__(look, parent, tr("Show a secret"), f"F{finding}, {title}", 760)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._finding = session, finding
        self.shown = ""
        self.left = 0
        self._needs_two = False
        self._box()
        self.names = QComboBox()
        self.names.view().setAccessibleName(tr("Secrets of this finding"))
        self.row(tr("Which"), self.names)
        self.names.currentIndexChanged.connect(self._hide)
        self._words = QGridLayout()
        self._words.setSpacing(look.px(8))
        self.column.addLayout(self._words)
        self.reason = self.line(
            tr("Reason, kept in the record"), "", tr("Such as: funds to be secured under order 22/26.")
        )
        self._second = QWidget()
        self._second.hide()
        self._people(self._second)
        self.column.addWidget(self._second)
        limits = tr(
            "The record will say who, when and why, and a fingerprint keyed with this case. It will not hold the words."
        )
        self.column.addWidget(label(look, limits, "dense", "text2", wrap=True))
        self.note = label(look, "", "body", "text2", weight=500, wrap=True)
        self.column.addWidget(self.note)
        self.column.addStretch(1)
        self.quiet(tr("Do not show"))
        self.show_ = Button(look, tr("Show for 60 seconds"), "eye", "primary", self._ask)
        self.show_.setDefault(True)
        self.footer.addWidget(self.show_)
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(self._tick)
        for edit in (self.reason, self.key):
            edit.textChanged.connect(self._check)
        self._check()
        session.call("secrets", {"finding": finding}, self._take)

    def _box(self) -> None:
        look = self.look
        box = QFrame()
        box.setProperty("box", "warn")
        row = QHBoxLayout(box)
        row.setContentsMargins(look.px(14), look.px(10), look.px(14), look.px(10))
        row.setSpacing(look.px(12))
        row.addWidget(IconView(look, "lock", 20, "warn"))
        words = QVBoxLayout()
        words.setSpacing(look.px(2))
        words.addWidget(
            label(look, tr("A seed phrase or a key is money. Whoever reads it can spend it."), "body", weight=600)
        )
        words.addWidget(
            label(look, tr("Nothing that Impound proves needs it. Show it only if you must."), "dense", "text2")
        )
        row.addLayout(words, 1)
        self.column.addWidget(box)

    def _people(self, holder: QWidget) -> None:
        look = self.look
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(look.px(10))
        self.key, self.secret = QLineEdit(), QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        names = (tr("The second person's key"), tr("Its passphrase, typed by that person"))
        for at, (name, edit) in enumerate(zip(names, (self.key, self.secret), strict=True)):
            edit.setAccessibleName(name)
            text = label(look, name, "dense", "text2", weight=500)
            text.setBuddy(edit)
            grid.addWidget(text, at, 0)
            grid.addWidget(edit, at, 1)
        grid.addWidget(Button(look, tr("Choose"), "open", "normal", self._browse), 0, 2)

    def _browse(self) -> None:
        options = QFileDialog.Option.DontUseNativeDialog
        chosen, _ = QFileDialog.getOpenFileName(self, tr("The second person's key"), str(Path.home()), options=options)
        if chosen:
            self.key.setText(chosen)

    def _take(self, ok: bool, result: Any) -> None:
        if not ok:
            self._say(tr("What is secret here could not be read: {result}", result=result), "danger")
            return
        for name, masked in result["secrets"].items():
            self.names.addItem(visible(f"{name}: {masked}"), name)
        self._second.setVisible(bool(result["second_person"]))
        self._needs_two = bool(result["second_person"])
        self._say("" if result["secrets"] else tr("Nothing in this finding is secret."), "text2")
        self._check()
        self._fill("")

    def _check(self) -> None:
        good = self.names.count() > 0 and bool(self.reason.text().strip()) and not self.shown
        self.show_.setEnabled(good and (not self._needs_two or bool(self.key.text().strip())))

    def _ask(self) -> None:
        args = {"finding": self._finding, "name": self.names.currentData(), "reason": self.reason.text().strip()}
        if self._needs_two:
            args |= {"key": self.key.text().strip(), "secret": self.secret.text()}
            self.secret.clear()
        self.show_.setEnabled(False)
        self._say(tr("It is being read and entered."), "text2")
        self._session.call("reveal", args, self._told)

    def _told(self, ok: bool, result: Any) -> None:
        if not ok:
            self._say(tr("It was not shown: {result}", result=result), "danger")
            self._check()
            return
        self.shown, self.left = str(result["text"]), int(result["seconds"])
        self._fill(self.shown)
        self._clock.start()
        self._count(tr("entry {ledger_entry} of the record", ledger_entry=result["ledger_entry"]))
        self._session.refresh_status()

    def _count(self, entered: str = "") -> None:
        said = f", {entered}" if entered else ""
        self._say(tr("Shown for {left} s more{said}.", left=self.left, said=said), "warn")

    def _tick(self) -> None:
        self.left -= 1
        if self.left <= 0:
            self._hide()
            self._say(tr("Its time is over. To see it again, show it again: that is entered again."), "text2")
        else:
            self._count()

    def _hide(self) -> None:
        self._clock.stop()
        self.shown, self.left = "", 0
        self._fill("")
        self._check()

    def _fill(self, text: str) -> None:
        """The words in boxes, numbered; masked ones while nothing is shown. None can be selected."""
        clear(self._words)
        words = text.split() or [HIDDEN] * WORDS_IN_ROW
        parts = words if len(words) <= MOST_WORDS and max(map(len, words)) < 20 else [text]
        for at, word in enumerate(parts):
            single = len(parts) == 1
            name = label(self.look, visible(word if single else f"{at + 1}  {word}"), "digest", wrap=single)
            name.setProperty("step", "true")
            name.setAccessibleName(visible(word) if text else tr("masked"))
            name.setMinimumHeight(self.look.px(26))
            self._words.addWidget(name, at // WORDS_IN_ROW, at % WORDS_IN_ROW, 1, WORDS_IN_ROW if single else 1)

    def _say(self, words: str, tone: str) -> None:
        set_tone(self.note, tone)
        self.note.setText(visible(words))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nothing stays behind."""
        self._hide()
        event.accept()

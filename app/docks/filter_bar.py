"""The filter bar: a mono field that says in words what is wrong, and how many pass."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from sqlalchemy import ColumnElement

from forensics.case.filter import FilterError, parse
from resources.languages import tr
from viewers.look import Look
from viewers.parts import Button, Hairline, IconView, label, set_tone
from viewers.words import plural

DELAY_MS = 250


class FilterField(QWidget):
    """The field with its icon."""

    accepted = Signal(object, str)  # ColumnElement or None, text
    wrong = Signal(str)

    def __init__(self, look: Look, hint: str) -> None:
        super().__init__()
        self.look = look
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.edit = QLineEdit()
        self.edit.setFont(look.font("bytes"))
        self.edit.setPlaceholderText(hint)
        self.edit.setAccessibleName(tr("Filter"))
        self.edit.setAccessibleDescription(tr("Write rules such as: grade >= C2 and kind = wallet"))
        self.edit.setTextMargins(look.px(24), 0, 0, 0)
        row.addWidget(self.edit)
        self._icon = IconView(look, "filter", 16, "text2")
        self._icon.setParent(self.edit)
        self._icon.move(look.px(9), look.px(8))
        self._icon.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.apply)
        self.edit.textEdited.connect(lambda _text: self._timer.start(DELAY_MS))
        self.edit.returnPressed.connect(self.apply)
        self._applied = ""

    @property
    def text(self) -> str:
        """The filter that stands on the list."""
        return self._applied

    def set_filter(self, text: str) -> None:
        """Put a filter in and use it."""
        self.edit.setText(text)
        self.apply()

    def apply(self) -> None:
        """Read the text; a wrong one changes nothing but the field."""
        self._timer.stop()
        text = self.edit.text()
        try:
            condition: ColumnElement[bool] | None = parse(text)
        except FilterError as error:
            self._mark(wrong=True, used=True)
            self.wrong.emit(str(error))
            return
        self._mark(wrong=False, used=condition is not None)
        self._applied = text.strip()
        self.wrong.emit("")
        self.accepted.emit(condition, self._applied)

    def _mark(self, *, wrong: bool, used: bool) -> None:
        if self.edit.property("wrong") != wrong:
            self.edit.setProperty("wrong", wrong)
            self.edit.style().unpolish(self.edit)
            self.edit.style().polish(self.edit)
        self._icon.set_icon("stop" if wrong else "filter", "danger" if wrong else ("ok" if used else "text2"))


class FilterBar(QWidget):
    """The field, the count, and what is hidden."""

    accepted = Signal(object, str)
    columns_wanted = Signal()
    copy_wanted = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(look.px(12), look.px(6), look.px(10), look.px(6))
        row.setSpacing(look.px(10))
        self.field = FilterField(look, tr("Filter, for example: grade >= C2 and kind in (wallet, address)"))
        self.field.accepted.connect(self.accepted)
        self.field.wrong.connect(self._say)
        row.addWidget(self.field, 1)
        self._count = label(look, "", "dense", weight=600)
        self._hidden = label(look, "", "dense", "text2")
        row.addWidget(self._count)
        row.addWidget(self._hidden)
        self.columns = Button(look, tr("Columns"), "", "quiet", self.columns_wanted.emit)
        self.copy = Button(look, tr("Copy as CSV"), "copy", "quiet", self.copy_wanted.emit)
        row.addWidget(self.columns)
        row.addWidget(self.copy)
        outer.addLayout(row)
        self._error = label(look, "", "dense", "danger", weight=500, wrap=True)
        self._error.setContentsMargins(look.px(16), 0, look.px(12), look.px(6))
        self._error.hide()
        outer.addWidget(self._error)
        outer.addWidget(Hairline(look))
        self._shown = self._total = 0
        self._wrong = False

    def set_counts(self, shown: int, total: int) -> None:
        """N of M, and how many the filter hides."""
        self._shown, self._total = shown, total
        self._fit()

    def set_counting(self) -> None:
        """The first rows stand there, how many there are is not known yet."""
        self._count.setText(tr("counting …"))
        self._hidden.hide()

    def _say(self, words: str) -> None:
        self._wrong = bool(words)
        self._error.setText(
            tr("{words} The list below still shows the last good filter.", words=words) if words else ""
        )
        self._error.setVisible(self._wrong)
        self._fit()

    def _fit(self) -> None:
        wide = self.width() >= self.look.px(1150)
        self.copy.setVisible(wide)
        hidden = max(0, self._total - self._shown)
        if self._wrong:
            text = tr("{shown:,} of {total:,}, from the last good filter", shown=self._shown, total=self._total)
        elif hidden:
            text = (
                tr("{shown:,} of {total:,} findings", shown=self._shown, total=self._total)
                if wide
                else tr("{shown:,} of {total:,}", shown=self._shown, total=self._total)
            )
        else:
            text = plural(self._total, "finding", "findings")
        self._count.setText(text)
        set_tone(self._count, "danger" if self._wrong else "text")
        self._hidden.setText(
            tr("{hidden:,} hidden by this filter", hidden=hidden) if hidden and wide and not self._wrong else ""
        )
        self._hidden.setVisible(bool(self._hidden.text()))

    def resizeEvent(self, event: object) -> None:
        """Drop the side notes when it gets narrow."""
        self._fit()

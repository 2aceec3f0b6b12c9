"""The frame of a dialog: title, consequence, content, and a footer with the quiet way out at the left."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from resources.languages import tr
from viewers.look import Look
from viewers.parts import Button, Hairline, label


class Frame(QDialog):
    """Title, subtitle, column, footer."""

    def __init__(self, look: Look, parent: QWidget | None, title: str, subtitle: str, width: int = 620) -> None:
        super().__init__(parent)
        self.look = look
        self.setWindowTitle(title)
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(look.px(width))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.column = QVBoxLayout()
        self.column.setContentsMargins(look.px(28), look.px(24), look.px(28), look.px(20))
        self.column.setSpacing(look.px(8))
        self.heading = label(look, title, "dialog_title")
        self.subheading = label(look, subtitle, "body", "text2", wrap=True)
        self.column.addWidget(self.heading)
        self.column.addWidget(self.subheading)
        self.column.addSpacing(look.px(8))
        outer.addLayout(self.column, 1)
        outer.addWidget(Hairline(look))
        foot = QWidget()
        foot.setProperty("ground", "raised")
        foot.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        foot.setFixedHeight(look.size("dialog_footer"))
        self.footer = QHBoxLayout(foot)
        self.footer.setContentsMargins(look.px(20), 0, look.px(20), 0)
        self.footer.setSpacing(look.px(8))
        outer.addWidget(foot)

    def quiet(self, text: str) -> Button:
        """The safe choice at the left; Esc takes it."""
        button = Button(self.look, text, "", "quiet", self.reject)
        self.footer.addWidget(button)
        self.footer.addStretch(1)
        return button

    def row(self, name: str, edit: QWidget, hint: str = "") -> None:
        """A field with its name above and a hint below."""
        text = label(self.look, name, "dense", "text2", weight=500)
        text.setBuddy(edit)
        self.column.addWidget(text)
        edit.setAccessibleName(name)
        self.column.addWidget(edit)
        if hint:
            self.column.addWidget(label(self.look, hint, "note", "text3", wrap=True))
        self.column.addSpacing(self.look.px(4))

    def line(self, name: str, text: str = "", hint: str = "") -> QLineEdit:
        """A text field in a row."""
        edit = QLineEdit(text)
        edit.setFont(self.look.font("body"))
        self.row(name, edit, hint)
        return edit

    def file_row(self, name: str) -> QLineEdit:
        """A text field for a file that is there, with a button to choose it."""
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        edit = QLineEdit()
        row.addWidget(edit, 1)
        choose = Button(self.look, tr("Choose"), "open", "normal", lambda: self._browse_for(edit))
        choose.setAccessibleName(tr("Choose: {name}", name=name))
        row.addWidget(choose)
        self.row(name, holder)
        edit.setAccessibleName(name)
        return edit

    def _browse_for(self, edit: QLineEdit) -> None:
        options = QFileDialog.Option.DontUseNativeDialog
        chosen, _ = QFileDialog.getOpenFileName(self, edit.accessibleName(), str(Path.home()), options=options)
        if chosen:
            edit.setText(chosen)

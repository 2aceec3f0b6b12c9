"""Open what is outside the authority: a reason first, which is entered before anything is shown."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.dialogs.base import Frame
from resources.languages import tr
from viewers.look import Look
from viewers.parts import Button, label


class OutsideDialog(Frame):
    """Asks for the reason; `reason` holds it once accepted."""

    def __init__(self, look: Look, title: str, parent: QWidget | None) -> None:
        super().__init__(
            look, parent, tr("Open what is outside the authority"),
            tr("{title}. The record will say that you opened it, when and why, and whoever oversees this work "
"will see it.", title=title),
            620,
        )  # fmt: skip
        self.reason = self.line(
            tr("Reason, kept in the record"), "", tr("Such as: danger to life, the order is being widened.")
        )
        words = tr("It is opened for this case until the window is closed. What it holds may not be usable.")
        self.column.addWidget(label(look, words, "dense", "text2", wrap=True))
        self.column.addStretch(1)
        self.quiet(tr("Do not open"))
        self.open_ = Button(look, tr("Open and enter the reason"), "eye", "primary", self.accept)
        self.open_.setDefault(True)
        self.open_.setEnabled(False)
        self.footer.addWidget(self.open_)
        self.reason.textChanged.connect(lambda text: self.open_.setEnabled(bool(text.strip())))
        self.reason.setFocus()

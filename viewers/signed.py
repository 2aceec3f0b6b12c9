"""What is known of a signature, in one sentence, with the way to the finding that says so."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from resources.languages import tr
from viewers.base import Signed
from viewers.look import Look
from viewers.parts import Button, Flow, IconView, label


def sentence_of(signed: Signed) -> tuple[str, str, str]:
    """Icon, colour token and words."""
    if signed.holds is not None:
        good = tr("The signature is good."), tr("The signature is wrong: it, or what it signs, was changed.")
        return ("okc", "ok", good[0]) if signed.holds else ("stop", "danger", good[1])
    if signed.findings:
        return "note", "text2", tr("The signature was not checked yet: `impound signatures` checks it.")
    return "note", "text2", tr("The key of the signature is not in this case.")


class SignedLine(QWidget):
    """The sentence, and a button for each finding."""

    wanted = Signal(int)

    def __init__(self, look: Look, signed: Signed) -> None:
        super().__init__()
        icon, token, words = sentence_of(signed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.px(8))
        row.addWidget(IconView(look, icon, 16, token, box=20), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(0)
        tone = token if signed.holds is not None else "text"
        column.addWidget(label(look, words, "body", tone, weight=500, wrap=True))
        links = Flow(look.px(4))
        for number in signed.findings:
            link = Button(look, f"F{number}", "right", "quiet", partial(self.wanted.emit, number))
            link.setAccessibleName(tr("Open F{number}", number=number))
            links.addWidget(link)
        if signed.findings:
            column.addLayout(links)
        row.addLayout(column, 1)

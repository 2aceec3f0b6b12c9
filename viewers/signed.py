"""What is known of a signature, in one sentence, with the way to the finding that says so."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

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
        flow = Flow(look.px(6))
        flow.addWidget(IconView(look, icon, 16, token, box=26))
        text = label(look, words, "body", token if signed.holds is not None else "text", weight=500)
        text.setMinimumHeight(look.px(26))
        flow.addWidget(text)
        for number in signed.findings:
            link = Button(look, f"F{number}", "right", "quiet", partial(self.wanted.emit, number))
            link.setAccessibleName(tr("Open F{number}", number=number))
            flow.addWidget(link)
        self.setLayout(flow)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

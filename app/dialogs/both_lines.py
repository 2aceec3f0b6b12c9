"""The two entries at the break of a record, side by side: what each says, and what was computed here."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QWidget
from sqlalchemy import Connection

from app.dialogs.base import Frame
from app.session import Session
from forensics.custody.both_lines import Break, Line, first_break
from forensics.visible import visible
from resources.languages import tr
from viewers.look import Look
from viewers.parts import Button, label
from viewers.words import grouped

Row = tuple[str, str, bool, bool]  # name, value, whether it is a digest, whether it holds


def rows_of(line: Line) -> list[Row]:
    """An entry as names and values."""
    history, body = line.history_said == line.history, line.body_said == line.body
    return [
        (tr("Time it claims, UTC"), line.time[:19].replace("T", " ") or tr("cannot be read"), False, not line.fault),
        (tr("What"), visible(line.type) or tr("cannot be read"), False, not line.fault),
        (tr("Signed by"), visible("\n".join(line.signers)) or tr("nobody"), False, True),
        (tr("Signature"), tr("holds") if line.signed else tr("does not hold"), False, line.signed),
        (tr("History before it, as it says"), line.history_said, True, True),
        (tr("History before it, computed"), line.history, True, history),
        (tr("Its body, as it says"), line.body_said, True, True),
        (tr("Its body, computed"), line.body or tr("missing"), True, body),
        (tr("Its own digest, SHA-256"), line.note, True, True),
    ]


class BothLinesDialog(Frame):
    """Read-only; the record is walked in a thread of the reader."""

    def __init__(self, look: Look, session: Session, check: Callable[[], None], parent: QWidget | None) -> None:
        super().__init__(
            look, parent, tr("Where the record does not fit together"), tr("The entries are being compared."), 1080
        )  # fmt: skip
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.found: Break | None = None
        self._check = check
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(look.px(20))
        self._grid.setVerticalSpacing(look.px(6))
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        self.column.addLayout(self._grid)
        self.column.addStretch(1)
        self.quiet(tr("Close"))
        self.copy = Button(look, tr("Copy both"), "copy", "normal", self._copy)
        self.copy.setEnabled(False)
        self.footer.addWidget(self.copy)
        self.footer.addWidget(Button(look, tr("Check the whole record"), "custody", "primary", self._whole))
        case = session.case

        def work(_: Connection) -> Break | None:
            return first_break(case)

        self._ticket = session.reader.submit(work, self._take, self._failed, long=True)
        self.finished.connect(lambda _result: self._ticket.cancel())

    def as_text(self) -> str:
        """Both entries as lines of text."""
        lines = self.found.lines if self.found is not None else ()
        return "\n\n".join(
            "\n".join(
                [tr("Entry {number}", number=line.seq)]
                + [f"{name}: {value}".replace("\n", ", ") for name, value, _, _ in rows_of(line)]
            )
            for line in lines
        )

    def _take(self, found: Break | None) -> None:
        self.found = found
        if found is None:
            words = tr(
                "Every entry fits to the one before it, to its body and to its signature. What does not hold lies elsewhere; "
                "the check of the whole record names it."
            )
            self.subheading.setText(words)
            return
        self.copy.setEnabled(True)
        self.subheading.setText(self._sentence(found))
        look = self.look
        for at, line in enumerate(found.lines, 1):
            tone = "text" if line.fits else "danger"
            head = label(look, tr("Entry {number}", number=line.seq), "item_title", tone)
            self._grid.addWidget(head, 0, at)
            for row, (name, value, is_digest, holds) in enumerate(rows_of(line), 1):
                if at == 1:
                    self._grid.addWidget(label(look, name, "dense", "text2"), row, 0, Qt.AlignmentFlag.AlignTop)
                shown = grouped(value, 8) if is_digest and len(value) == 64 else value
                text = label(
                    look, shown, "digest" if is_digest else "body", "text" if holds else "danger", wrap=True, selectable=True
                )  # fmt: skip
                text.setAccessibleName(f"{name}: {value}")
                self._grid.addWidget(text, row, at, Qt.AlignmentFlag.AlignTop)

    @staticmethod
    def _sentence(found: Break) -> str:
        line = next(each for each in found.lines if each.seq == found.seq)
        if line.fault:
            return tr("Entry {number} is not as it was signed: {reason}.", number=found.seq, reason=visible(line.fault))
        if line.history_said != line.history:
            return tr(
                "Entry {number} was signed on another history than the one before it: an entry before it was changed, "
                "added or taken away, or entry {number} was.",
                number=found.seq,
            )
        if line.body_said != line.body:
            return tr("The body of entry {number} is not the one that was signed.", number=found.seq)
        return tr("No key that this record names signed entry {number} as it stands.", number=found.seq)

    def _failed(self, words: str) -> None:
        self.subheading.setText(tr("The entries could not be compared: {words}", words=visible(words)))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.as_text())

    def _whole(self) -> None:
        self.accept()
        self._check()

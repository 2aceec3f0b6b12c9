"""A saved page as its texts in order: never drawn, nothing loaded, nothing run; what the page hides is marked."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFont, QKeyEvent, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTextEdit, QVBoxLayout

from forensics.visible import visible
from resources.languages import tr, tr_noop
from viewers.base import ByteSource, Subject, Viewer
from viewers.look import Look
from viewers.parts import Button, EmptyState, label
from viewers.words import plural

SUFFIXES = (".html", ".htm", ".xhtml", ".mht", ".mhtml", ".php")
NOTICE = tr(
    "The texts of the page, not a picture of it: scripts did not run, nothing was loaded, and parts may be missing."
)


class PageViewer(Viewer):
    """Texts with their links in words; Enter or a double click shows the bytes of one."""

    title: ClassVar[str] = tr_noop("Page")

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._asked = 0
        self._texts: list[dict[str, Any]] = []
        self._at = 0
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        bar = QHBoxLayout()
        bar.setContentsMargins(look.px(16), look.px(6), look.px(12), look.px(6))
        bar.setSpacing(look.px(10))
        self.note = label(look, "", "dense", "text2", wrap=True)
        bar.addWidget(self.note, 1)
        self._bytes = Button(look, tr("Bytes of this text"), "bytes", "quiet", self.show_bytes)
        bar.addWidget(self._bytes)
        outer.addLayout(bar)
        self._stack = QStackedWidget()
        self.text = QTextEdit()
        self.text.setReadOnly(True)
        self.text.setAcceptRichText(False)
        self.text.setUndoRedoEnabled(False)
        self.text.setAccessibleName(tr("Texts of the page"))
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.installEventFilter(self)
        self.text.viewport().installEventFilter(self)
        self._stack.addWidget(self.text)
        self.empty = EmptyState(look, "market", tr("Reading the page"), "")
        self._stack.addWidget(self.empty)
        outer.addWidget(self._stack, 1)

    @classmethod
    def priority(cls, subject: Subject) -> float:
        """For saved pages."""
        if subject.kind == "market/page":
            return 0.8
        if subject.path.lower().endswith(SUFFIXES) and subject.entry is not None:
            return 0.2 if subject.kind else 0.6
        return -1.0

    def show_finding(self, subject: Subject, source: ByteSource) -> None:
        """Ask for the texts."""
        self._asked += 1
        asked = self._asked
        self._texts = []
        self.note.setText("")
        self._bytes.setVisible(False)
        self.empty.say(tr("Reading the page"), NOTICE)
        self._stack.setCurrentWidget(self.empty)

        def done(told: dict[str, Any] | None, trouble: str) -> None:
            if asked != self._asked:
                return
            if told is None:
                self.empty.say(
                    tr("The page cannot be shown"), tr("{trouble} Its bytes and its text can.", trouble=trouble)
                )
            elif not told["texts"]:
                self.empty.say(tr("No text"), tr("This page has no text of its own. Its source is in the text view."))
            else:
                self._show(told)

        source.page(done)

    def _show(self, told: dict[str, Any]) -> None:
        self._texts = [
            *told["texts"],
            *({**each, "kind": "comment", "links": [], "hidden": True} for each in told["comments"]),
        ]
        self._at = int(told["at"])
        said = [NOTICE]
        if told["hidden"]:
            said.append(
                tr(
                    "{texts} the page hides from its reader, marked below.",
                    texts=plural(told["hidden"], "text", "texts"),
                )
            )
        if told["asked"]:
            said.append(
                tr("Drawn in a browser it would ask {asked}; it was not.", asked=visible(", ".join(told["asked"][:4])))
            )
        if told["cut"]:
            said.append(tr("It is longer than what is read here."))
        self.note.setText(" ".join(said))
        self._write()
        self._bytes.setVisible(True)
        self._stack.setCurrentWidget(self.text)

    def _write(self) -> None:
        look = self.look
        self.text.clear()
        cursor = QTextCursor(self.text.document())
        cursor.beginEditBlock()
        for number, each in enumerate(self._texts):
            if number:
                cursor.insertBlock()
            cursor.setBlockFormat(self._spacing(each["kind"]))
            text = visible(each["text"])
            if each["hidden"]:
                words = tr("comment in the source: ") if each["kind"] == "comment" else tr("hidden on the page: ")
                cursor.insertText(words, self._format("warn", weight=600))
            if each["kind"] == "picture":
                cursor.insertText(tr("[picture: {text}]", text=text or tr("no words")), self._format("text2"))
            elif each["kind"] == "field":
                cursor.insertText(tr("[field: {text}]", text=text), self._format("text2"))
            else:
                lead = "\u2022 " if each["kind"] == "item" else ""
                heading = each["kind"] == "heading"
                cursor.insertText(lead + text, self._format("text", weight=600 if heading else 0))
            for link in each["links"]:
                cursor.insertText(f"  \u2192 {visible(link)}", self._format("text3"))
        cursor.endEditBlock()
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
        self.text.setStyleSheet(f"border: none; background: {look.colour('surface').name()};")

    def _spacing(self, kind: str) -> QTextBlockFormat:
        made = QTextBlockFormat()
        made.setTopMargin(self.look.px(10 if kind == "heading" else 3))
        made.setLeftMargin(self.look.px(22 if kind in ("item", "row") else 8))
        return made

    def _format(self, tone: str, weight: int = 0) -> QTextCharFormat:
        made = QTextCharFormat()
        font = QFont(self.look.font("body", weight))
        made.setFont(font)
        made.setForeground(self.look.colour(tone))
        return made

    def show_bytes(self) -> None:
        """Show the bytes of the text that the cursor is in."""
        number = self.text.textCursor().blockNumber()
        if 0 <= number < len(self._texts):
            each = self._texts[number]
            self.span_wanted.emit(self._at + each["start"], each["end"] - each["start"])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter and a double click show bytes."""
        if event.type() == QEvent.Type.MouseButtonDblClick and watched is self.text.viewport():
            self.show_bytes()
            return True
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and watched is self.text
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            self.show_bytes()
            return True
        return super().eventFilter(watched, event)

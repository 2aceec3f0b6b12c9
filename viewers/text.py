"""The bytes of a subject as text, in an encoding that is named and can be chosen."""

from __future__ import annotations

import unicodedata
from typing import ClassVar

from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from forensics.visible import visible
from resources.languages import tr, tr_noop
from viewers.base import ByteSource, Subject, Viewer
from viewers.look import Look
from viewers.marks import Mark, marks_of
from viewers.parts import label
from viewers.words import size_text

WINDOW = 256 * 1024
ENCODINGS = {
    "UTF-8": "utf-8",
    "UTF-16 little": "utf-16-le",
    "UTF-16 big": "utf-16-be",
    "Latin-1": "latin-1",
    "Windows-1251": "cp1251",
    "KOI8-R": "koi8_r",
    "GB 18030": "gb18030",
}
# Controls as a dot; what turns around or hides what stands beside it (Unicode, general categories) written out. Planes 0
# and 1, and the tags of plane 14, are where Unicode has such characters.
UNSEEN = {
    code: "·" if category == "Cc" else visible(chr(code))
    for code in (*range(0x20000), *range(0xE0000, 0xE0200))
    if (category := unicodedata.category(chr(code))) in ("Cc", "Cf", "Zl", "Zp") and code not in (9, 10)
}


def guess(data: bytes) -> str:
    """The name of an encoding that the bytes fit."""
    head = data[:4096]
    if len(head) >= 8 and head[1::2].count(0) > len(head) // 5:
        return "UTF-16 little"
    if len(head) >= 8 and head[0::2].count(0) > len(head) // 5:
        return "UTF-16 big"
    try:
        head[: len(head) - 4 if len(head) > 4000 else len(head)].decode("utf-8")
    except UnicodeDecodeError:
        return "Latin-1"
    return "UTF-8"


def shown(data: bytes, encoding: str) -> str:
    """Bytes as text that a text field can hold without loss of lines, and in which nothing hides."""
    text = data.decode(ENCODINGS[encoding], "replace")
    text = text.replace("\ufeff", "")
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(UNSEEN)


def _units(text: str) -> int:
    """How many positions of a text document a text takes."""
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)


class TextViewer(Viewer):
    """A window of text around the finding; masked bytes are replaced before they are decoded."""

    title: ClassVar[str] = tr_noop("Text")

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        bar = QHBoxLayout()
        bar.setContentsMargins(look.px(16), look.px(4), look.px(16), look.px(4))
        self._note = label(look, "", "dense", "text2")
        bar.addWidget(self._note)
        bar.addStretch(1)
        bar.addWidget(label(look, tr("Encoding"), "dense", "text2"))
        self._choice = QComboBox()
        self._choice.addItems(list(ENCODINGS))
        self._choice.setAccessibleName(tr("Encoding of the text"))
        self._choice.setFont(look.font("dense"))
        self._choice.activated.connect(self._render)
        bar.addWidget(self._choice)
        head = QWidget()
        head.setLayout(bar)
        head.setFixedHeight(look.px(34))
        outer.addWidget(head)
        self.edit = QPlainTextEdit()
        self.edit.setReadOnly(True)
        self.edit.setFont(look.font("bytes"))
        self.edit.setAccessibleName(tr("Text of the entry"))
        self.edit.setContentsMargins(look.px(12), 0, 0, 0)
        self.edit.document().setDocumentMargin(look.px(12))
        self.edit.setWordWrapMode(self.edit.wordWrapMode().WrapAnywhere)
        outer.addWidget(self.edit, 1)
        self._data = b""
        self._start = 0
        self._marks: list[Mark] = []
        self._generation = 0
        self._source = ByteSource()
        look.changed.connect(self._render)

    def show_finding(self, subject: Subject, source: ByteSource) -> None:
        """Ask for the bytes around the finding."""
        self._generation += 1
        self._source = source
        self._marks = marks_of(subject, source)
        self.edit.clear()
        first = min((mark.offset for mark in self._marks), default=0)
        self._start = 0 if first < WINDOW // 2 else (first - WINDOW // 4) & ~1
        length = min(WINDOW, source.size - self._start)
        if length <= 0:
            self._note.setText(source.note or tr("There is no text here: the size is 0."))
            self._data = b""
            return
        generation = self._generation
        self._note.setText(tr("Reading …"))

        def done(data: bytes | None, words: str) -> None:
            if generation != self._generation:
                return
            if data is None:
                self._note.setText(tr("Could not be read: {words}", words=words))
                return
            self._data = self._hidden(data)
            self._choice.setCurrentText(guess(self._data))
            self._render()

        source.request(self._start, length, done)

    def _hidden(self, data: bytes) -> bytes:
        kept = bytearray(data)
        for mark in self._marks:
            if mark.masked:
                low = max(0, mark.offset - self._start)
                high = min(len(kept), mark.end - self._start)
                if low < high:
                    kept[low:high] = b"*" * (high - low)
        return bytes(kept)

    def _render(self) -> None:
        if not self._data:
            return
        encoding = self._choice.currentText()
        self.edit.setPlainText(shown(self._data, encoding))
        end = self._start + len(self._data)
        whole = self._start == 0 and end >= self._source.size
        part = (
            tr("all {size:,} bytes", size=self._source.size)
            if whole
            else tr(
                "bytes {start:,} to {end:,} of {size}", start=self._start, end=end, size=size_text(self._source.size)
            )
        )
        hidden = tr(", masked places as *") if any(mark.masked for mark in self._marks) else ""
        self._note.setText(f"{part}{hidden}")
        selections = []
        first: QTextCursor | None = None
        for mark in self._marks[:500]:
            low, high = mark.offset - self._start, mark.end - self._start
            if low < 0 or high > len(self._data):
                continue
            begin = _units(shown(self._data[:low], encoding))
            length = _units(shown(self._data[low:high], encoding))
            cursor = QTextCursor(self.edit.document())
            cursor.setPosition(begin)
            cursor.setPosition(begin + length, QTextCursor.MoveMode.KeepAnchor)
            selection = QTextEdit.ExtraSelection()
            form = QTextCharFormat()
            form.setBackground(QColor(self.look.colour("secretsoft" if mark.masked else mark.token)))
            if mark.masked:
                form.setForeground(QColor(self.look.colour("secret")))
            selection.format = form
            selection.cursor = cursor
            selections.append(selection)
            first = first or cursor
        self.edit.setExtraSelections(selections)
        if first is not None:
            place = QTextCursor(first)
            place.setPosition(first.selectionStart())
            self.edit.setTextCursor(place)
            self.edit.centerCursor()

"""Shows documents to the viewers as the window does and tells what came of it; run under strace by its test.

``python -m tests.end2end.showing FOLDER``: every file of FOLDER is read by the function that reads it in a worker and
shown in every tab that bids for it, painted, with the tool tip of everything. JSON lines tell what each tab says.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent, QTextDocument
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QPlainTextDocumentLayout,
    QPlainTextEdit,
    QTableWidget,
    QTextEdit,
    QWidget,
)

from app.docks.deck import ViewerDeck
from app.main import application_of
from app.settings import Settings
from forensics.confinement import databases, pages, pictures
from forensics.detectors.base import BytesLayer
from forensics.detectors.mail.message import DETECTOR
from forensics.model import ByteRun, Locator
from viewers.base import ByteSource, Done, FieldRow, Picture, Subject, Told
from viewers.fields import FieldList
from viewers.hexdump import BLOCK, HexView
from viewers.look import Look

BEGUN = "the-showing-has-begun"  # a name that strace sees
CELLS = 60


class Spy(QTextDocument):
    """A document that notes what it is asked to load, as `QTextDocument.loadResource` is."""

    asked: list[str] = []  # noqa: RUF012 - of all documents

    def loadResource(self, kind: int, name: Any) -> Any:
        """Note it and load nothing."""
        self.asked.append(name.toString() if hasattr(name, "toString") else str(name))


def watch(deck: QWidget) -> None:
    """Put spies in the place of the documents of all fields of text."""
    for edit in deck.findChildren(QTextEdit):
        edit.setDocument(Spy(edit))
    for plain in deck.findChildren(QPlainTextEdit):
        document = Spy(plain)
        document.setDocumentLayout(QPlainTextDocumentLayout(document))
        plain.setDocument(document)


def source_of(data: bytes) -> ByteSource:
    """The document as the window has it: bytes, and what the readers of a worker tell, or why they do not."""

    def read(offset: int, length: int, done: Done) -> None:
        done(data[offset : offset + length], "")

    def told(done: Told, reader: Callable[[], dict[str, Any]]) -> None:
        try:
            said, trouble = reader(), ""
        except Exception as error:  # noqa: BLE001 - as a worker's task, whose failure is told in words
            done(None, f"{error}.")
        else:
            done(json.loads(json.dumps(said)), trouble)

    def picture(width: int, height: int, blur: bool, done: Picture) -> None:
        try:
            made: dict[str, Any] = pictures.decode(data, width, height, blur=blur)
        except Exception as error:  # noqa: BLE001 - as above
            done(0, 0, b"", f"{error}.")
        else:
            done(made["width"], made["height"], made["rgba"], made["note"])

    return ByteSource(
        size=len(data),
        ask=read,
        ask_picture=picture,
        ask_page=lambda done: told(done, lambda: {**pages.look(data[: pages.LARGEST + 1]), "at": 0}),
        ask_table=lambda table, first, done: told(
            done, lambda: databases.look(BytesLayer(data, Locator("file")), None, table, first)
        ),
    )


def subjects(name: str, data: bytes) -> Iterator[Subject]:
    """The entry, and for a mail the finding of the detector."""
    yield Subject(name, "E1", entry=7, path=f"/{name}", size=len(data))
    if name.endswith(".eml"):
        begin = re.search(rb"(?m)^From:", data)
        found = list(DETECTOR.examine(BytesLayer(data, Locator("file")), begin.start() if begin else 0))
        for each in found:
            yield Subject(
                name, "E1", kind=each.kind, finding=1, path=f"/{name}", size=len(data), value=str(each.value),
                span=(each.span.offset, each.span.length), caveats=each.caveats,
                fields=tuple(
                    FieldRow(key, json.loads(json.dumps(field.value)), _pair(field.span))
                    for key, field in each.fields.items()
                ),
            )  # fmt: skip


def _pair(span: ByteRun | None) -> tuple[int, int] | None:
    return (span.offset, span.length) if span else None


def hover(widget: QWidget, point: QPoint) -> None:
    QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, point, widget.mapToGlobal(point)))


def shown(deck: QWidget) -> Iterator[str]:
    """Paint, hover over everything, and give every text that can be seen."""
    deck.grab()
    for each in deck.findChildren(QWidget):
        if each.isVisibleTo(deck) and each.toolTip():
            hover(each, QPoint(1, 1))
        if isinstance(each, FieldList) and each.isVisibleTo(deck):
            for down in range(4, min(each.height(), 1000), 20):
                hover(each, QPoint(20, down))
        if isinstance(each, QLabel | QTextEdit | QPlainTextEdit) and each.isVisibleTo(deck):
            yield each.text() if isinstance(each, QLabel) else each.toPlainText()
        if isinstance(each, QTableWidget) and each.isVisibleTo(deck):
            for number in range(min(CELLS, each.rowCount() * each.columnCount())):
                item = each.item(*divmod(number, each.columnCount()))
                if item is not None:
                    each.scrollToItem(item)
                    hover(each.viewport(), each.visualItemRect(item).center())
                    yield item.text()


def main(folder: Path) -> None:
    """Show every document; the first one is innocent and makes all viewers."""
    application_of(["showing"])
    deck = ViewerDeck(Look(), Settings(remember=False))
    deck.resize(1100, 700)
    deck.show()
    files = sorted(folder.iterdir())
    for name in ("a.html", "a.png", "a.db", "a.eml"):
        for subject in subjects(name, b"From: a@b.example\nDate: Mon, 3 Jun 2024 10:00:00 +0200\nSubject: a\n\na\n"):
            deck.show_subject(subject, source_of(b"plain"))
            for index in range(deck.tabs.count()):
                deck.tabs.setCurrentIndex(index)
    watch(deck)
    (folder.parent / BEGUN).exists()
    for file in files:
        data = file.read_bytes()
        for subject in subjects(file.name, data):
            deck.show_subject(subject, source_of(data))
            said = {}
            for index in range(deck.tabs.count()):
                deck.tabs.setCurrentIndex(index)
                QApplication.processEvents()
                said[deck.tabs.tabText(index)] = list(shown(deck))
            deck.select("Hex")
            view = next(each for each in deck.findChildren(HexView) if each.isVisibleTo(deck))
            raw = view._blocks[0] == data[:BLOCK]
            print(json.dumps({"name": file.name, "said": said, "raw": raw, "asked": Spy.asked}))
            Spy.asked.clear()
    mapped = {
        Path(line.split(maxsplit=5)[5]).name for line in Path("/proc/self/maps").read_text().splitlines() if "/" in line
    }
    print(json.dumps({"loaded": sorted(mapped | set(sys.modules))}))


def control(markup: str) -> None:
    """What a field that is given markup asks for, opens and hovers: the judges must see it."""
    application_of(["showing"])
    edit = QTextEdit()
    edit.setHtml(markup)
    edit.setToolTip(markup)
    edit.show()
    edit.grab()
    hover(edit, QPoint(1, 1))
    spy = Spy()
    spy.setHtml(markup)
    spy.size()
    print(json.dumps(Spy.asked))


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if sys.argv[1] == "--control":
        control(sys.argv[2])
    else:
        main(Path(sys.argv[1]))

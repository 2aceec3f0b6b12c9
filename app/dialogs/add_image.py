"""Add an image: choose it, number it, see its digests, start."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.dialogs.step_rail import lay_out
from app.session import Session
from app.verdicts import digest_rows, words_of
from resources.languages import tr
from viewers.look import Look
from viewers.parts import Bar, Button, label, set_tone
from viewers.sheet import Grid
from viewers.words import sentence, size_text

FORMATS = {"ewf": "E01", "split": tr("split raw")}
STEPS = (tr("Choose the image"), tr("Exhibit"), tr("Check digests"), tr("Start"))


class AddImageDialog(QDialog):
    """One question a page; the digest page comes before anything is examined."""

    def __init__(self, look: Look, session: Session, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.look = look
        self.session = session
        self.exhibit = ""
        self.examine = False
        self.setWindowTitle(tr("Add an image"))
        self.resize(look.px(1280), look.px(600))
        self._cancel = Button(look, tr("Cancel"), "", "quiet", self.reject)
        self._back = Button(look, tr("Back"), "", "normal", lambda: self._go(self._pages.currentIndex() - 1))
        self._later = Button(look, tr("Later"), "", "normal", self.accept)
        self._next = Button(look, tr("Next"), "", "primary", self._forward)
        self._next.setDefault(True)
        buttons = (self._back, self._later, self._next)
        self._rail, self._pages = lay_out(self, look, STEPS, self._cancel, buttons)
        self._choose_page()
        self._exhibit_page()
        self._digest_page()
        self._start_page()
        self._done = False
        session.jobs.changed.connect(self._progress)
        self._go(0)

    def _page(self, title: str, text: str) -> QVBoxLayout:
        look = self.look
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(look.px(32), look.px(26), look.px(32), look.px(20))
        column.setSpacing(look.px(8))
        column.addWidget(label(look, title, "dialog_title"))
        column.addWidget(label(look, text, "body", "text2", wrap=True))
        column.addSpacing(look.px(12))
        self._pages.addWidget(page)
        return column

    def _choose_page(self) -> None:
        column = self._page(
            tr("Which image?"),
            tr("The first file is enough; the other segments are found beside it. The files are opened read-only."),
        )
        column.addWidget(label(self.look, tr("Image file"), "dense", "text2", weight=500))
        row = QHBoxLayout()
        self.path = QLineEdit()
        self.path.setAccessibleName(tr("Image file"))
        self.path.setPlaceholderText(tr("Raw (dd, img, raw, 001) or E01"))
        self.path.textChanged.connect(self._check)
        row.addWidget(self.path, 1)
        row.addWidget(Button(self.look, tr("Choose"), "open", "normal", self._browse))
        column.addLayout(row)
        self._path_note = label(self.look, "", "dense", "text2", wrap=True)
        column.addWidget(self._path_note)
        column.addStretch(1)

    def _exhibit_page(self) -> None:
        column = self._page(tr("Which exhibit is it?"), tr("The number is how everyone names this image from now on."))
        for name, hint in (
            (tr("Exhibit number"), tr("Left empty, the next free number is taken.")),
            (tr("Description"), tr("For people: what it is and where it was.")),
        ):
            text = label(self.look, name, "dense", "text2", weight=500)
            edit = QLineEdit()
            edit.setAccessibleName(name)
            text.setBuddy(edit)
            column.addWidget(text)
            column.addWidget(edit)
            column.addWidget(label(self.look, hint, "note", "text3"))
            column.addSpacing(self.look.px(6))
            if name == tr("Exhibit number"):
                self.number = edit
            else:
                self.description = edit
        column.addStretch(1)

    def _digest_page(self) -> None:
        column = self._page(
            tr("Check the image before anything else"),
            tr("Stored and computed digests stand side by side. Nothing is examined until you have seen them."),
        )
        self._bar = Bar(self.look)
        self._bar_note = label(self.look, "", "dense", "text2", wrap=True)
        column.addWidget(self._bar)
        column.addWidget(self._bar_note)
        self._grid = Grid(
            self.look, ["", tr("Stored in the image"), tr("Computed now"), tr("Result")], [7, 31, 49, 13], mono=(1, 2)
        )
        column.addWidget(self._grid)
        self._verdict = label(self.look, "", "body", "text", weight=500, wrap=True)
        column.addWidget(self._verdict)
        column.addStretch(1)

    def _start_page(self) -> None:
        column = self._page(
            tr("Examine it now?"),
            tr("Every byte is searched once. You can work on what is already found; stopping keeps everything."),
        )
        self._start_note = label(self.look, "", "body", wrap=True)
        column.addWidget(self._start_note)
        column.addStretch(1)

    def _browse(self) -> None:
        options = QFileDialog.Option.DontUseNativeDialog
        start = str(Path(self.path.text()).parent) if self.path.text() else str(Path.home())
        chosen, _ = QFileDialog.getOpenFileName(
            self,
            tr("Choose the image"),
            start,
            tr("Images (*.E01 *.e01 *.dd *.raw *.img *.001 *.bin);;All files (*)"),
            options=options,
        )
        if chosen:
            self.path.setText(chosen)

    def _check(self) -> None:
        path = Path(self.path.text().strip()) if self.path.text().strip() else None
        good = path is not None and path.is_file()
        if path is None:
            self._path_note.setText("")
        elif good:
            self._path_note.setText(f"{path.name}, {size_text(path.stat().st_size)}")
        else:
            self._path_note.setText(tr("There is no such file."))
        if self._pages.currentIndex() == 0:
            self._next.setEnabled(good)

    def _go(self, page: int) -> None:
        self._pages.setCurrentIndex(page)
        name = Path(self.path.text().strip()).name if self.path.text().strip() else ""
        self._rail.show_step(page, [name if page > 0 else "", self.number.text().strip() if page > 1 else "", "", ""])
        self._back.setVisible(page == 1)
        self._later.setVisible(page == 3)
        self._cancel.setText(tr("Close") if self._done else tr("Cancel"))
        self._next.setText((tr("Next"), tr("Add and check"), tr("Next"), tr("Examine now"))[page])
        self._next.setEnabled(page != 2 or self._done)
        if page == 0:
            self._check()
            self.path.setFocus()
        elif page == 1:
            self.number.setFocus()
        elif self._next.isEnabled():
            self._next.setFocus()

    def _forward(self) -> None:
        page = self._pages.currentIndex()
        if page == 1:
            self._add()
        elif page == 3:
            self.examine = True
            self.accept()
        else:
            self._go(page + 1)

    def _add(self) -> None:
        self._go(2)
        self._grid.hide()
        self._bar.setVisible(True)
        self._bar_note.setText(tr("The image is being read. This takes as long as reading the whole disk."))
        self.session.jobs.begin("add", self.number.text().strip())
        args = {
            "paths": [self.path.text().strip()],
            "exhibit": self.number.text().strip(),
            "description": self.description.text().strip(),
        }
        self.session.call("add", args, self._added)

    def _progress(self) -> None:
        job = self.session.jobs.current
        if job is None or job.name != "add" or self._done or self._pages.currentIndex() != 2 or not job.bytes_total:
            return
        share = job.bytes_done / job.bytes_total
        self._bar.set_share(share)
        self._bar_note.setText(
            tr(
                "{share}%, {bytes_done} of {bytes_total} read.",
                share=int(share * 100),
                bytes_done=size_text(job.bytes_done),
                bytes_total=size_text(job.bytes_total),
            )
        )

    def _added(self, ok: bool, result: Any) -> None:
        job = self.session.jobs.current
        if job is not None and job.name == "add":
            self.session.jobs.take(
                {
                    "event": "job",
                    "job": "add",
                    "state": "ended" if ok else "failed",
                    "detail": "" if ok else str(result),
                }
            )
        self._bar.hide()
        if not ok:
            self._bar_note.setText("")
            self._verdict.setText(
                tr(
                    "The image was not added: {result}. The file itself was not touched.",
                    result=str(result).rstrip("."),
                )
            )
            set_tone(self._verdict, "danger")
            self._back.setVisible(True)
            return
        self._done = True
        self.exhibit = str(result.get("number", ""))
        stored, computed = _json(result.get("stored_json")), _json(result.get("computed_json"))
        self._grid.show_rows(digest_rows(stored, computed))
        self._grid.show()
        size = int(result.get("size") or 0)
        self._bar_note.setText(
            tr(
                "{format}, {size} of media, {bytes:,} bytes. Recorded as {exhibit}.",
                format=FORMATS.get(str(result.get("format")), str(result.get("format", "image"))),
                size=size_text(size),
                bytes=size,
                exhibit=self.exhibit,
            )
        )
        words = words_of(str(result.get("verdict")))
        caveats = result.get("caveats") or ()
        self._verdict.setText("\n".join((words.sentence, *map(sentence, caveats))))
        set_tone(self._verdict, words.tone)
        self._start_note.setText(
            tr(
                "{exhibit}, {size}. Walk the file systems, digest every entry, search every byte, record what is "
                "found.",
                exhibit=self.exhibit,
                size=size_text(size),
            )
        )
        self._go(2)
        self.session.case_changed.emit()


def _json(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    try:
        read = json.loads(value or "{}")
    except (TypeError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}

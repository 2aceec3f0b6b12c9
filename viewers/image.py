"""A picture, decoded outside the window and blurred until someone asks."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from forensics.visible import visible
from resources.languages import tr, tr_noop
from viewers import draw, kinds
from viewers.base import ByteSource, Subject, Viewer
from viewers.fields import FieldList
from viewers.look import Look
from viewers.marks import tokens_of
from viewers.parts import Button, EmptyState, label

SUFFIXES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".avif")
SECONDS = 30
SIDE = 1024


class Canvas(QWidget):
    """The pixels, in the middle."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.image = QImage()
        self.blurred = True
        self.words = ""
        self.setMinimumSize(look.px(120), look.px(80))
        self.setAccessibleName(tr("Picture"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture within the room."""
        look = self._look
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.colour("sunken"))
        if self.image.isNull():
            painter.setFont(look.font("body"))
            painter.setPen(look.colour("text2"))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self.words)
            return
        size = self.image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        if size.width() > self.image.width() and not self.blurred:
            size = self.image.size()
        target = QRectF(
            (self.width() - size.width()) / 2, (self.height() - size.height()) / 2, size.width(), size.height()
        )
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, self.image)
        if self.blurred:
            draw.care_chip(painter, look, target.left() + look.px(8), target.top() + look.px(8), look.px(20), "blurred")


class ImageViewer(Viewer):
    """The picture and what is written in it."""

    title: ClassVar[str] = tr_noop("Picture")

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._subject: Subject | None = None
        self._source = ByteSource()
        self._generation = 0
        self._reason = ""
        outer = QHBoxLayout(self)
        outer.setContentsMargins(look.px(16), look.px(12), look.px(16), look.px(12))
        outer.setSpacing(look.px(16))
        self._failed = EmptyState(
            look,
            "warn",
            tr("This picture could not be decoded"),
            "",
            [
                Button(look, tr("Open the bytes"), "bytes", "primary", self._bytes),
                Button(look, tr("Try again"), "refresh", "normal", self._again),
                Button(look, tr("Copy the details"), "copy", "quiet", self.copy_details),
            ],
        )
        self._failed.hide()
        left = QVBoxLayout()
        self.canvas = Canvas(look)
        left.addWidget(self.canvas, 1)
        row = QHBoxLayout()
        self._show = Button(look, tr("Show for {seconds} seconds", seconds=SECONDS), "eye", "normal", self.reveal)
        row.addWidget(self._show)
        self._note = label(look, "", "dense", "text2")
        row.addWidget(self._note, 1)
        left.addLayout(row)
        left.addWidget(self._failed, 1)
        outer.addLayout(left, 3)
        self.list = FieldList(look)
        self.list.picked.connect(self.field_wanted)
        self._side = QWidget()
        side = QVBoxLayout(self._side)
        side.setContentsMargins(0, 0, 0, 0)
        side.addWidget(label(look, tr("Written in the picture"), "dense", weight=600))
        side.addWidget(self.list)
        side.addStretch(1)
        outer.addWidget(self._side, 2)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._blur_again)

    @classmethod
    def priority(cls, subject: Subject) -> float:
        """Made for pictures."""
        if subject.entry is None and not subject.runs:
            return -1.0
        if subject.kind:
            return 0.9 if kinds.tile(subject.kind) == "media" else -1.0
        return 0.7 if subject.path.lower().endswith(SUFFIXES) and subject.size else -1.0

    def show_finding(self, subject: Subject, source: ByteSource) -> None:
        """Ask for the blurred picture."""
        self._subject, self._source = subject, source
        self.list.show_rows(subject.fields, tokens_of(subject))
        self._ask(blur=True)

    def reveal(self) -> None:
        """Ask for the sharp picture, for a while."""
        self._ask(blur=False)
        self._timer.start(SECONDS * 1000)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space shows the picture."""
        if event.key() == Qt.Key.Key_Space:
            self.reveal()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: object) -> None:
        """The list stands beside the picture where there is room."""
        self._side.setVisible(self.width() >= self.look.px(860))

    def hideEvent(self, event: object) -> None:
        """A picture that is left is blurred again."""
        if self._timer.isActive():
            self._timer.stop()
            self.canvas.image = QImage()

    def _blur_again(self) -> None:
        self._ask(blur=True)

    def _again(self) -> None:
        self._ask(blur=True)

    def copy_details(self) -> None:
        """What failed on what, for a report: place and reason, no bytes of the picture."""
        subject = self._subject
        if subject is not None:
            place = subject.path or subject.locator
            lines = [
                tr("Picture not decoded"),
                tr("exhibit: {exhibit}", exhibit=subject.exhibit),
                tr("place: {place}", place=visible(place)),
            ]
            lines += [tr("finding: F{finding}", finding=subject.finding)] if subject.finding is not None else []
            lines += [
                tr("size: {size:,} bytes", size=self._source.size),
                tr("reason: {reason}", reason=visible(self._reason)),
            ]
            QGuiApplication.clipboard().setText("\n".join(lines))

    def _bytes(self) -> None:
        self.span_wanted.emit(0, 1)

    def _ask(self, *, blur: bool) -> None:
        self._generation += 1
        generation = self._generation
        self.canvas.image = QImage()
        self.canvas.words = tr("The picture is being decoded outside this window.")
        self.canvas.update()
        self._note.setText("")

        def done(width: int, height: int, pixels: bytes, note: str) -> None:
            if generation != self._generation:
                return
            failed = not pixels
            self._failed.setVisible(failed)
            self.canvas.setVisible(not failed)
            self._show.setVisible(not failed)
            if failed:
                words = self._reason = note or tr("The picture reader gave no picture.")
                self._failed.say(
                    tr("This picture could not be decoded"),
                    tr(
                        "{words} The window and the case are not touched. The raw bytes can be read in the Hex tab.",
                        words=words,
                    ),
                )
                return
            self.canvas.image = QImage(pixels, width, height, width * 4, QImage.Format.Format_RGBA8888).copy()
            self.canvas.blurred = blur
            self._note.setText(
                note
                or (
                    tr("Blurred before it reached this window.")
                    if blur
                    else tr("Sharp for {seconds} seconds.", seconds=SECONDS)
                )
            )
            self.canvas.update()

        self._source.picture(SIDE, SIDE, blur, done)

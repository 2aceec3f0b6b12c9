"""A picture that cannot be decoded: what is said, and the three ways on."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from app.main import application_of
from viewers.base import ByteSource, Picture, Subject
from viewers.image import ImageViewer
from viewers.look import Look
from viewers.parts import Button

SUBJECT = Subject("a.heic", "E1", "media/exif", finding=7, entry=3, path="/p/a\u202eheic")


def test_try_again_asks_once_more_and_details_are_copied_without_bytes() -> None:
    application_of(["test"])
    asked: list[bool] = []

    def fail(width: int, height: int, blur: bool, done: Picture) -> None:
        asked.append(blur)
        if len(asked) < 3:
            done(0, 0, b"", "The reader stopped at byte 88,412.")
        else:
            done(1, 1, b"\x10\x20\x30\xff", "")

    viewer = ImageViewer(Look())
    viewer.resize(900, 400)
    viewer.show()
    viewer.show_finding(SUBJECT, ByteSource(size=90_000, ask_picture=fail))
    buttons = {each.text(): each for each in viewer.findChildren(Button)}
    QTest.mouseClick(buttons["Try again"], Qt.MouseButton.LeftButton)
    assert asked == [True, True]
    QTest.mouseClick(buttons["Copy the details"], Qt.MouseButton.LeftButton)
    said = QGuiApplication.clipboard().text()
    assert "exhibit: E1" in said
    assert "finding: F7" in said
    assert "reason: The reader stopped at byte 88,412." in said
    assert "\u202e" not in said
    QTest.mouseClick(buttons["Try again"], Qt.MouseButton.LeftButton)
    assert viewer.canvas.isVisible()
    assert not buttons["Try again"].isVisible()
    viewer.close()

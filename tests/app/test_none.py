"""Qt calls that return nothing must not take references to None away (a fault of PySide 6.12 on Python 3.11)."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QWidget

from viewers.look import Look


def test_thirty_thousand_calls_that_return_nothing(look: Look) -> None:
    widget = QWidget()
    before = sys.getrefcount(None)
    for _ in range(10_000):
        widget.update()
        widget.setEnabled(True)
        widget.setToolTip("")
    after = sys.getrefcount(None)
    if sys.version_info < (3, 12):
        assert abs(after - before) < 1000

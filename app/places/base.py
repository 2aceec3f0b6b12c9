"""What every place of the rail is."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from viewers.look import Look
from viewers.parts import label


class PlaceWidget(QWidget):
    """A page of the window. It reads itself again when the case has changed."""

    selection_said = Signal(str)
    filter_wanted = Signal(str)  # open the findings with this filter
    finding_wanted = Signal(int)
    place_wanted = Signal(str)

    @property
    def busy(self) -> bool:
        """Whether something is still to be shown."""
        return False

    def reload(self) -> None:
        """Read what is shown again."""

    def focus_first(self) -> None:
        """Put the keyboard where work starts."""
        self.setFocus()


def view_bar(look: Look, title: str, spacing: int) -> tuple[QWidget, QHBoxLayout]:
    """The bar over a place with its title, and the row that the rest of it goes into."""
    bar = QWidget()
    bar.setFixedHeight(look.size("view_bar"))
    row = QHBoxLayout(bar)
    row.setContentsMargins(look.px(16), 0, look.px(12), 0)
    row.setSpacing(look.px(spacing))
    row.addWidget(label(look, title, "panel_title"))
    return bar, row

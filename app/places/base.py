"""What every place of the rail is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viewers.look import Look
from viewers.parts import Button, EmptyState, label


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


class NotBuilt(PlaceWidget):
    """A place that this version does not have, said in words."""

    def __init__(self, look: Look, icon: str, title: str, text: str, action: str, target: str) -> None:
        super().__init__()
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QVBoxLayout(self)
        button = Button(look, action, "", "normal", lambda: self.place_wanted.emit(target))
        outer.addWidget(EmptyState(look, icon, title, text, [button]))
        self.setFocusProxy(button)


NOT_BUILT = {
    "present": (
        "present",
        "Courtroom steps are not in this version",
        'No story can be made or shown yet. "Prove this" at a finding gives the commands that rebuild its bytes.',
        "Open the findings",
        "findings",
    ),
}

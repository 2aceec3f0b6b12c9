"""Small widgets that every page is made of: labels, buttons, cards, chips, empty states."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLayoutItem,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from resources.languages import tr
from viewers import draw, kinds
from viewers.look import Look
from viewers.tips import tip


def label(
    look: Look,
    text: str = "",
    role: str = "body",
    tone: str = "text",
    *,
    weight: int = 0,
    wrap: bool = False,
    selectable: bool = False,
) -> QLabel:
    """Text in a role of the type scale and a colour of the tokens."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(look.font(role, weight))
    made.setProperty("tone", tone)
    made.setWordWrap(wrap)
    if wrap:
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
    if selectable:
        made.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        made.setAccessibleName(text or role)
    return made


def set_tone(widget: QWidget, tone: str) -> None:
    """Give a label or button another colour token."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class PressButton(QAbstractButton):
    """A painted button: Enter presses it, as Space does."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class Button(QPushButton):
    """A button whose icon follows the theme. Styles: primary, normal, quiet, danger."""

    def __init__(
        self, look: Look, text: str, icon: str = "", style: str = "normal", action: Callable[[], object] | None = None
    ) -> None:
        super().__init__(text)
        self._look = look
        self._icon_name = icon
        self._style = style
        self.setProperty("look", style)
        self.setAutoDefault(False)  # Enter in a field is for the one that a dialog names
        self.setFont(look.font("body", 500))
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if action is not None:
            self._action = action
            self.clicked.connect(self._run)
        look.changed.connect(self._restyle)
        self._restyle()

    def setText(self, text: str) -> None:
        """Other words, said to everyone."""
        if self.accessibleName() == self.text():
            self.setAccessibleName(text)
        super().setText(text)

    def _run(self) -> None:
        self._action()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it, in dialogs and outside."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def _restyle(self) -> None:
        if self._icon_name:
            token = {"primary": "onaccent", "quiet": "accent", "danger": "danger"}.get(self._style, "text")
            size = self._look.px(16)
            self.setIcon(self._look.icon(self._icon_name, token))
            self.setIconSize(QSize(size, size))


class Card(QFrame):
    """A bordered surface with an optional title line and content below."""

    def __init__(self, look: Look, title: str = "", note: str = "", action: QWidget | None = None) -> None:
        super().__init__()
        self._look = look
        self.setProperty("card", True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        self.note_label: QLabel | None = None
        if title:
            head = QHBoxLayout()
            head.setContentsMargins(look.px(16), 0, look.px(12), 0)
            head.setSpacing(look.px(10))
            self.title_label = label(look, title, "card_title")
            head.addWidget(self.title_label)
            self.note_label = label(look, note, "dense", "text2")
            head.addWidget(self.note_label)
            head.addStretch(1)
            if action is not None:
                head.addWidget(action)
            top = QWidget()
            top.setLayout(head)
            top.setFixedHeight(look.size("card_title"))
            outer.addWidget(top)
            outer.addWidget(Hairline(look))
        self.content = QVBoxLayout()
        self.content.setContentsMargins(look.px(16), look.px(12), look.px(16), look.px(12))
        self.content.setSpacing(look.px(8))
        outer.addLayout(self.content, 1)

    def set_note(self, text: str) -> None:
        """Change the words beside the title."""
        if self.note_label is not None:
            self.note_label.setText(text)


class Hairline(QWidget):
    """A line of one pixel, across or down."""

    def __init__(self, look: Look, *, down: bool = False, token: str = "line") -> None:
        super().__init__()
        self._look = look
        self._token = token
        if down:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill with the line colour."""
        QPainter(self).fillRect(self.rect(), self._look.colour(self._token))


class KindTile(QWidget):
    """The tile of a kind as a widget."""

    def __init__(self, look: Look, kind: str, size: int = 20) -> None:
        super().__init__()
        self._look = look
        self._kind = kind
        self._side = look.px(size)
        self.setFixedSize(self._side, self._side)

    def set_kind(self, kind: str) -> None:
        """Show another kind."""
        self._kind = kind
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint tile and glyph."""
        painter = QPainter(self)
        if self._kind:
            draw.kind_tile(painter, self._look, 0, 0, self._side, self._kind)


class IconView(QWidget):
    """An icon as a widget, optionally in a disc or square."""

    def __init__(
        self, look: Look, name: str, size: int = 16, token: str = "text2", disc: str = "", box: int = 0
    ) -> None:
        super().__init__()
        self._look = look
        self._name = name
        self._token = token
        self._disc = disc
        self._icon_size = look.px(size)
        side = look.px(box or size)
        self._round = True
        self.setFixedSize(side, side)

    def set_icon(self, name: str, token: str) -> None:
        """Show another icon in another colour."""
        self._name, self._token = name, token
        self.update()

    def set_square(self) -> None:
        """Use a rounded square behind the icon."""
        self._round = False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground and the icon."""
        painter = QPainter(self)
        side = self.width()
        if self._disc:
            radius = side / 2 if self._round else self._look.px(6)
            draw.rounded(painter, QRectF(0, 0, side, side), radius, self._look.colour(self._disc))
        inset = (side - self._icon_size) / 2
        self._look.paint_icon(painter, self._name, inset, inset, self._icon_size, self._look.colour(self._token))


class GradeView(QWidget):
    """A grade as a widget."""

    def __init__(self, look: Look, grade: int = 0, *, word: bool = True) -> None:
        super().__init__()
        self._look = look
        self._word = word
        self.set_grade(grade)

    def set_grade(self, grade: int) -> None:
        """Show another grade."""
        self._grade = grade
        self.setAccessibleName(tr("Grade C{grade}, {word}", grade=grade, word=kinds.grade_word(grade)))
        self.setFixedSize(draw.grade_width(self._look, self._word, grade) + 2, self._look.px(20))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint blocks, code and word."""
        painter = QPainter(self)
        draw.grade_chip(painter, self._look, QRectF(self.rect()), self._grade, word=self._word)


class CareView(QWidget):
    """A care chip as a widget."""

    def __init__(self, look: Look, care: str = "") -> None:
        super().__init__()
        self._look = look
        self.set_care(care)

    def set_care(self, care: str) -> None:
        """Show another state; nothing for normal findings."""
        self._care = care
        self.setAccessibleName(tr("Care: {care}", care=kinds.care_name(care)) if care else "")
        self.setVisible(bool(care))
        if care:
            self.setFixedSize(
                draw.chip_width(self._look, kinds.care_name(care), kinds.CARE_ICONS.get(care, "")) + 1,
                self._look.px(20),
            )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chip."""
        if self._care:
            draw.care_chip(QPainter(self), self._look, 0, 0, self.height(), self._care)


class Cut(QWidget):
    """One line of text that is cut to its room; the whole stands in the tool tip."""

    def __init__(self, look: Look, text: str, role: str = "digest", tone: str = "text", *, middle: bool = True) -> None:
        super().__init__()
        self._look = look
        self._text = text
        self._role, self._tone, self._middle = role, tone, middle
        self.setFixedHeight(look.px(20))
        self.setMinimumWidth(look.px(60))
        self.setToolTip(tip(text))
        self.setAccessibleName(text)

    def sizeHint(self) -> QSize:
        """All of the text."""
        return QSize(self._look.metrics(self._role).horizontalAdvance(self._text) + 2, self._look.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint as much as there is room for."""
        painter = QPainter(self)
        font = self._look.font(self._role)
        painter.setFont(font)
        painter.setPen(self._look.colour(self._tone))
        text = draw.elided(self._text, self.width(), font, middle=self._middle)
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter), text)


class Bar(QWidget):
    """A progress bar: never shown without a number beside it."""

    def __init__(self, look: Look, height: int = 6) -> None:
        super().__init__()
        self._look = look
        self._share = 0.0
        self._token = "accent"
        self.setAccessibleName(tr("Progress"))
        self.setFixedHeight(look.px(height))
        self.setMinimumWidth(look.px(60))

    accessible_role = QAccessible.Role.ProgressBar

    def accessible_value(self) -> str:
        """The share in percent."""
        return f"{int(self._share * 100)}%"

    def set_share(self, share: float, token: str = "accent") -> None:
        """Fill a share from 0 to 1 in a colour."""
        self._share = min(1.0, max(0.0, share))
        self._token = token
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint track and filling."""
        painter = QPainter(self)
        full = QRectF(self.rect())
        radius = full.height() / 2
        draw.rounded(painter, full, radius, self._look.colour("sunken"))
        if self._share > 0:
            filled = QRectF(0, 0, max(full.height(), full.width() * self._share), full.height())
            draw.rounded(painter, filled, radius, self._look.colour(self._token))


class EmptyState(QWidget):
    """A glyph, one sentence that says why it is empty, and the likely actions."""

    def __init__(self, look: Look, icon: str, title: str, text: str, actions: Sequence[Button] = ()) -> None:
        super().__init__()
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumHeight(look.px(60))  # it never forces the window to grow
        layout = QVBoxLayout(self)
        layout.setContentsMargins(look.px(24), look.px(24), look.px(24), look.px(24))
        layout.addStretch(1)
        self.icon = IconView(look, icon, 28, "text2", "sunken", 72)
        layout.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(look.px(10))
        self.title = label(look, title, "panel_title", wrap=True)
        self.title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.title)
        self.text = label(look, text, "body", "text2", wrap=True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.text.setMaximumWidth(look.px(600))
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.text, 6)
        middle.addStretch(1)
        layout.addLayout(middle)
        layout.addSpacing(look.px(12))
        row = QHBoxLayout()
        row.addStretch(1)
        for button in actions:
            row.addWidget(button)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addStretch(1)

    def say(self, title: str, text: str) -> None:
        """Change the words."""
        self.title.setText(title)
        self.text.setText(text)


class Flow(QLayout):
    """Children in rows that wrap."""

    def __init__(self, spacing: int = 6) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Take an item at the end."""
        self._items.append(item)

    def count(self) -> int:
        """How many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The item at a place."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Remove the item at a place."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        """The height depends on the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height for a width."""
        return self._lay(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        """Place the children."""
        super().setGeometry(rect)
        self._lay(rect, move=True)

    def sizeHint(self) -> QSize:
        """The least size is wanted."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """The largest child."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _lay(self, rect: QRect, *, move: bool) -> int:
        x, y, row = rect.x(), rect.y(), 0
        for item in self._items:
            hint = item.sizeHint()
            if x + hint.width() > rect.right() + 1 and x > rect.x():
                x, y, row = rect.x(), y + row + self.spacing(), 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), hint))
            x += hint.width() + self.spacing()
            row = max(row, hint.height())
        return y + row - rect.y()


class Step(QLabel):
    """One step from the disk to the finding, in a mono box."""

    def __init__(self, look: Look, text: str) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(look.font("digest", 500))
        self.setProperty("step", True)
        self.setFixedHeight(look.px(22))
        widest = look.px(250)  # the panel at its narrowest
        if self.sizeHint().width() > widest:
            self.setText(draw.elided(text, widest - look.px(16), look.font("digest", 500), middle=True))
            self.setToolTip(tip(text))


def clear(layout: QLayout) -> None:
    """Take everything out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        inner = item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


def blend(look: Look, token: str, alpha: float, under: str = "surface") -> QColor:
    """A token paled towards a ground."""
    from viewers.look import mixed  # noqa: PLC0415 - keeps the names of this module short

    return mixed(look.colour(token), look.colour(under), alpha)

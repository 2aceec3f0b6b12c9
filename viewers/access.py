"""Painted widgets for those who do not see them: what is painted stands in the accessibility tree as children.

A widget says what it shows with `accessible_parts()`, and what it holds with `accessible_value()`. One factory gives
Qt the interfaces; nothing is made before a screen reader or a test asks.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, QPoint, QRect, QRectF
from PySide6.QtGui import QAccessible, QAccessibleInterface, QWindow
from PySide6.QtWidgets import QAccessibleWidget, QWidget

MOST = 400  # children of one widget; a summary says that there are more
FRESH_S = 0.2
ITEM = QAccessible.Role.ListItem


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is painted: its name, its value, and its place in the widget in pixels."""

    name: str
    rect: QRectF
    value: str = ""
    role: QAccessible.Role = ITEM
    chosen: bool = False


class PartInterface(QAccessibleInterface):
    """A painted thing, by its number."""

    def __init__(self, owner: PaintedInterface, number: int) -> None:
        super().__init__()
        self._owner = owner
        self._number = number

    def _part(self) -> Part | None:
        parts = self._owner.parts()
        return parts[self._number] if self._number < len(parts) else None

    def isValid(self) -> bool:
        """Whether it is still painted."""
        return self._owner.alive and self._part() is not None

    def object(self) -> QObject | None:  # type: ignore[override]  # Qt takes a null
        """It is not an object of Qt."""
        return None

    def window(self) -> QWindow | None:  # type: ignore[override]  # Qt takes a null
        """The window that it stands in."""
        return self._owner.shown.windowHandle() if self._owner.alive else None

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]  # Qt takes a null
        """The widget that paints it."""
        return QAccessible.queryAccessibleInterface(self._owner.shown) if self._owner.alive else None

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]  # Qt takes a null
        """It has none."""
        return None

    def childCount(self) -> int:
        """It has none."""
        return 0

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]  # Qt takes a null
        """It has none."""
        return None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """It has none."""
        return -1

    def text(self, t: QAccessible.Text) -> str:
        """Name and value."""
        part = self._part()
        if part is None:
            return ""
        return {QAccessible.Text.Name: part.name, QAccessible.Text.Value: part.value}.get(t, "")

    def setText(self, t: QAccessible.Text, text: str) -> None:
        """Nothing painted can be written."""

    def rect(self) -> QRect:
        """Where it is on the screen."""
        part = self._part()
        if part is None or not self._owner.alive:
            return QRect()
        rect = part.rect.toAlignedRect()
        return QRect(self._owner.shown.mapToGlobal(rect.topLeft()), rect.size())

    def role(self) -> QAccessible.Role:
        """What kind of thing it is."""
        part = self._part()
        return part.role if part is not None else ITEM

    def state(self) -> QAccessible.State:
        """Whether it is chosen."""
        made = QAccessible.State()
        part = self._part()
        if part is None:
            made.invalid = 1
        else:
            made.selectable = 1
            made.readOnly = 1
            made.selected = int(part.chosen)
        return made


class PaintedInterface(QAccessibleWidget):
    """A widget with painted children."""

    def __init__(self, widget: QWidget, role: QAccessible.Role) -> None:
        super().__init__(widget, role)
        self.shown = widget
        self._children: dict[int, PartInterface] = {}
        self._parts: Sequence[Part] = ()
        self._read = -1e9

    @property
    def alive(self) -> bool:
        """Whether Qt still has the widget."""
        return bool(shiboken6.isValid(self.shown))

    def parts(self) -> Sequence[Part]:
        """What is painted now."""
        now = time.monotonic()
        if now - self._read > FRESH_S:
            self._read = now
            made = getattr(self.shown, "accessible_parts", None) if self.alive else None
            self._parts = made()[:MOST] if made is not None else ()
        return self._parts

    def forget(self) -> None:
        """Take the children out of Qt's register."""
        children, self._children = self._children, {}
        for child in children.values():
            if shiboken6.isValid(child):
                QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(child))

    def childCount(self) -> int:
        """How many things are painted."""
        return len(self.parts()) + super().childCount()

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]  # Qt takes a null
        """Painted things first, then widgets in it."""
        count = len(self.parts())
        if index < 0:
            return None
        if index >= count:
            return super().child(index - count)
        if index not in self._children:
            made = self._children[index] = PartInterface(self, index)
            QAccessible.registerAccessibleInterface(made)
        return self._children[index]

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """The number of a child."""
        for number, own in self._children.items():
            if own is child:
                return number
        found = super().indexOfChild(child)
        return found + len(self.parts()) if found >= 0 else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]  # Qt takes a null
        """The painted thing under a point of the screen."""
        if not self.alive:
            return None
        point = self.shown.mapFromGlobal(QPoint(x, y))
        for number, part in enumerate(self.parts()):
            if part.rect.contains(point):
                return self.child(number)
        return super().childAt(x, y)

    def text(self, t: QAccessible.Text) -> str:
        """The value is what the widget says that it holds."""
        value = getattr(self.shown, "accessible_value", None) if self.alive else None
        if t == QAccessible.Text.Value and value is not None:
            return str(value())
        return super().text(t)


class _Register:
    """Holds the Python halves while Qt has the others."""

    def __init__(self) -> None:
        self.installed = False
        self._held: list[PaintedInterface] = []

    def make(self, _name: str, thing: QObject | None) -> QAccessibleInterface | None:
        """The interface of a widget that paints, `None` for the others."""
        if not isinstance(thing, QWidget) or not (
            hasattr(thing, "accessible_parts") or hasattr(thing, "accessible_value")
        ):
            return None
        self.sweep()
        role: Any = getattr(thing, "accessible_role", QAccessible.Role.List)
        made = PaintedInterface(thing, role)
        self._held.append(made)
        return made

    def sweep(self) -> None:
        """Let go of those whose widgets are gone."""
        kept = []
        for one in self._held:
            if shiboken6.isValid(one) and one.alive:
                kept.append(one)
            else:
                one.forget()
        self._held = kept


_register = _Register()


def install() -> None:
    """Tell Qt about painted widgets; once for each process."""
    if not _register.installed:
        _register.installed = True
        QAccessible.installFactory(_register.make)

"""The accessibility tree of a widget, as a screen reader walks it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QWidget

Role = QAccessible.Role
MOST_CELLS = 400  # of a table or tree: its cells are the model's own


@dataclass(frozen=True)
class Seen:
    """One thing of the tree."""

    path: str
    role: QAccessible.Role
    name: str
    value: str
    focusable: bool


def walk(widget: QWidget) -> list[Seen]:
    """Everything below a widget that is not invisible."""
    root = QAccessible.queryAccessibleInterface(widget)
    assert root is not None
    return list(_below(root, type(widget).__name__, 0))


def _below(thing: QAccessibleInterface, path: str, depth: int) -> Iterator[Seen]:
    assert depth < 60
    state = thing.state()
    if state.invisible or state.invalid:
        return
    name = thing.text(QAccessible.Text.Name)
    yield Seen(path, thing.role(), name, thing.text(QAccessible.Text.Value), bool(state.focusable))
    for number in range(min(thing.childCount(), MOST_CELLS)):
        child = thing.child(number)
        if child is not None and child.isValid():
            made = child.object()
            step = type(made).__name__ if made is not None else f"{child.role().name}[{number}]"
            yield from _below(child, f"{path} > {step}", depth + 1)

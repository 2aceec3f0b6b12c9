"""The menus: every action of the window stands in one of them, with its keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from app.dialogs.paper import AUDIT
from app.places.findings import TAG_NAMES
from app.rail import PLACES
from forensics.manual import INDEX
from resources import languages
from resources.languages import tr

if TYPE_CHECKING:
    from app.main_window import MainWindow

NEEDS_CASE = "needs_case"


def _add(menu: QMenu, text: str, keys: str, run: Callable[[], object], *, case: bool = True) -> QAction:
    action = QAction(text, menu)
    if keys:
        action.setShortcut(QKeySequence(keys))
    action.triggered.connect(lambda _checked=False: run())
    action.setProperty(NEEDS_CASE, case)
    menu.addAction(action)
    return action


def enable(bar: QMenuBar, actions: list[QAction], *, on: bool) -> None:
    """Switch the actions that need a case; a menu without any other is not shown."""
    for action in actions:
        action.setEnabled(on)
    for head in bar.actions():
        menu = head.menu()
        if isinstance(menu, QMenu):
            inner = [action for action in menu.actions() if not action.isSeparator()]
            head.setVisible(
                on
                or any(action.isEnabled() and action.menu() is None for action in inner)
                or menu.title() == tr("View")
            )


def build(window: MainWindow) -> list[QAction]:
    """Fill the menu bar; the actions that need a case."""
    bar = window.menuBar()
    acts = window.actions_
    found: list[QAction] = []

    def menu(name: str) -> QMenu:
        return bar.addMenu(name)

    case = menu(tr("Case"))
    found.append(_add(case, tr("New case"), "Ctrl+N", acts.new_case, case=False))
    found.append(_add(case, tr("Open a case"), "Ctrl+O", acts.open_case, case=False))
    found.append(_add(case, tr("Close the case"), "Ctrl+W", window.close_case))
    found.append(_add(case, tr("Lock the case"), "", acts.lock_case))
    case.addSeparator()
    found.append(_add(case, tr("Write a report"), "", acts.report))
    case.addSeparator()
    found.append(_add(case, tr("Quit"), "Ctrl+Q", window.close, case=False))
    evidence = menu(tr("Evidence"))
    found.append(_add(evidence, tr("Add an image"), "Ctrl+I", acts.add_image))
    found.append(_add(evidence, tr("Examine"), "", acts.examine))
    found.append(_add(evidence, tr("What was searched"), "", acts.accounting))
    found.append(_add(evidence, tr("Stop and keep what was found"), "", acts.cancel))
    edit = menu(tr("Edit"))
    found.append(_add(edit, tr("Copy cell"), "", acts.copy_cell))
    found.append(_add(edit, tr("Copy path and offset"), "", acts.copy_place))
    found.append(_add(edit, tr("Copy rows as CSV"), "", acts.copy_csv))
    edit.addSeparator()
    tags = edit.addMenu(tr("Tag"))
    for digit, name in enumerate(TAG_NAMES, 1):
        found.append(_add(tags, f"{name}    {digit}", "", partial(acts.tag, digit)))
    view = menu(tr("View"))
    for at, place in enumerate(PLACES):
        keys = f"Alt+{(at + 1) % 10}"
        found.append(_add(view, place.name, keys, partial(window.show_place, place.key)))
    view.addSeparator()
    found.append(_add(view, tr("Fill the window with the viewer"), "F11", acts.fill))
    found.append(_add(view, tr("Next viewer tab"), "Ctrl+Tab", lambda: acts.step_tab(1)))
    found.append(_add(view, tr("Previous viewer tab"), "Ctrl+Shift+Tab", lambda: acts.step_tab(-1)))
    found.append(_add(view, tr("Next region"), "F6", lambda: acts.step_region(1)))
    found.append(_add(view, tr("Previous region"), "Shift+F6", lambda: acts.step_region(-1)))
    panels = view.addMenu(tr("Panels"))
    panels.menuAction().setProperty(NEEDS_CASE, True)
    panels.aboutToShow.connect(partial(acts.fill_panels, panels))
    found.append(panels.menuAction())
    found.append(_add(view, tr("Reset layout"), "", acts.reset_layout))
    found.append(_add(view, tr("Refresh"), "F5", window.reload))
    theme = view.addMenu(tr("Theme"))
    group = QActionGroup(theme)
    for key, name in (("light", tr("Light")), ("dark", tr("Dark")), ("contrast", tr("High contrast"))):
        action = _add(theme, name, "", partial(window.set_theme, key), case=False)
        action.setCheckable(True)
        action.setChecked(window.look.theme == key)
        group.addAction(action)
        found.append(action)
    tongues = view.addMenu(tr("Language"))
    choice = QActionGroup(tongues)
    for code, name in languages.LANGUAGES.items():
        action = _add(tongues, name, "", partial(acts.set_language, code), case=False)
        action.setCheckable(True)
        action.setChecked(languages.chosen() == code)
        choice.addAction(action)
        found.append(action)
    find = menu(tr("Find"))
    found.append(_add(find, tr("Filter the findings"), "Ctrl+F", acts.filter))
    found.append(_add(find, tr("Go to offset"), "Ctrl+G", acts.go_to_offset))
    found.append(_add(find, tr("Show in the graph"), "Ctrl+L", acts.show_in_graph))
    found.append(_add(find, tr("Show look-alikes"), "Ctrl+Shift+L", acts.show_alike))
    custody = menu(tr("Custody"))
    found.append(_add(custody, tr("Check the record now"), "", window.record.verify))
    found.append(_add(custody, tr("Hand over an exhibit"), "", window.record.hand_over))
    found.append(_add(custody, tr("Disclosure desk"), "", window.record.disclose))
    found.append(_add(custody, tr("Print a label"), "", window.record.print_label))
    found.append(_add(custody, tr("Auditor's file"), "", partial(window.record.paper, AUDIT)))
    found.append(_add(custody, tr("Show a secret"), "", window.record.reveal))
    found.append(_add(custody, tr("Open what is outside the authority"), "", window.record.open_outside))
    found.append(_add(custody, tr("Open with what you have"), "", window.record.open_wallet))
    found.append(_add(custody, tr("Prove this"), "Ctrl+P", window.record.prove))
    present = menu(tr("Present"))
    found.append(_add(present, tr("Add this finding as a step"), "", window.record.add_step))
    found.append(_add(present, tr("Start the courtroom steps"), "Ctrl+Shift+P", window.record.present))
    tools = menu(tr("Tools"))
    found.append(_add(tools, tr("Verify what you were given"), "", window.record.verify_given, case=False))
    found.append(_add(tools, tr("Validate this installation"), "", acts.validate, case=False))
    helps = menu(tr("Help"))
    found.append(_add(helps, tr("Go to the menus"), "F10", acts.open_menus, case=False))
    found.append(_add(helps, tr("Help for this place"), "F1", acts.help, case=False))
    found.append(_add(helps, tr("Manual"), "", partial(acts.help, INDEX), case=False))
    found.append(_add(helps, tr("Keyboard"), "", partial(acts.help, "keys"), case=False))
    found.append(_add(helps, tr("About Impound"), "", acts.about, case=False))
    return [action for action in found if action.property(NEEDS_CASE)]

"""The disclosure desk: findings for others, groups withheld for a reason, counted before anything is built."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.dialogs.base import Frame
from app.session import Session
from forensics.visible import visible
from viewers.look import Look
from viewers.parts import Button, Card, label, set_tone
from viewers.sheet import Grid, Sheet
from viewers.ticks import Choice, Tick
from viewers.words import plural

GROUPS = (
    ("claim", "What was found: kind, grade, value"),
    ("fields", "Fields, links and caveats of findings"),
    ("events", "Times of findings"),
    ("locus", "Where it lies: path, place on the disk"),
    ("name", "Names and paths, of findings too"),
    ("content", "Sizes and digests of files"),
    ("meta", "State, type and times of files"),
)
REASONS = (
    "personal data of third persons",
    "confidential communication with a lawyer",
    "protection of a source",
    "not within the authority",
)
KINDS = {"item": "Files and entries", "finding": "Findings"}
SHOWN = (("disclosed", "shown whole", "ok"), ("partly", "in part", "warn"), ("withheld", "withheld whole", "text"))


class DisclosureDialog(Frame):
    """What goes in, what stays out and why, and the bundle."""

    def __init__(
        self, look: Look, session: Session, checked: Sequence[int], listed: Sequence[int], rules: str,
        parent: QWidget | None,
    ) -> None:  # fmt: skip
        super().__init__(
            look, parent, "Disclosure desk",
            "A signed bundle for others. What it withholds is counted in it, and the count is signed.", 1100,
        )  # fmt: skip
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.session = session
        self.counts: dict[str, Any] = {}
        self.built: dict[str, Any] = {}
        self._asked = 0
        self._waiting = False
        self._sources = {"checked": list(checked), "listed": list(listed)}
        self._filtered = bool(rules)
        row = QHBoxLayout()
        row.setSpacing(look.px(24))
        left = QVBoxLayout()
        left.setSpacing(look.px(2))
        self._choices(left, rules)
        self._people(left)
        left.addStretch(1)
        row.addLayout(left, 5)
        right = QVBoxLayout()
        self._counters(right)
        self.schedule = Sheet(look, "Schedule of withheld items")
        self.schedule.column.setContentsMargins(0, 0, look.px(4), 0)
        self.schedule.setMinimumHeight(look.px(220))
        right.addWidget(self.schedule, 1)
        row.addLayout(right, 6)
        self.column.addLayout(row, 1)
        self.note = label(look, "", "body", "text2", weight=500, wrap=True)
        self.note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.column.addWidget(self.note)
        self.quiet("Close")
        self.make = Button(look, "Build the bundle", "parcel", "primary", self._build)
        self.make.setDefault(True)
        self.footer.addWidget(self.make)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(150)
        self._soon.timeout.connect(self._preview)
        self._changed()

    def _choices(self, column: QVBoxLayout, rules: str) -> None:
        look = self.look
        column.addWidget(label(look, "Which findings", "body", weight=600))
        checked, listed = (len(self._sources[key]) for key in ("checked", "listed"))
        self.from_checked = Choice(look, f"The {plural(checked, 'checked finding')}")
        all_of = (
            f"The {plural(listed, 'finding')} of the filter {visible(rules)}" if rules else "All findings of the case"
        )
        self.from_listed = Choice(look, all_of)
        self.from_checked.setEnabled(bool(checked))
        (self.from_checked if checked else self.from_listed).setChecked(True)
        for button in (self.from_checked, self.from_listed):
            button.toggled.connect(self._changed)
            column.addWidget(button)
        column.addWidget(label(look, "Each goes with the entry that it lies in.", "dense", "text2", wrap=True))
        column.addSpacing(look.px(8))
        column.addWidget(label(look, "Withhold of each", "body", weight=600))
        self.groups: dict[str, Tick] = {}
        for name, words in GROUPS:
            box = Tick(look, words)
            box.setAccessibleName(f"Withhold: {words}")
            box.toggled.connect(self._changed)
            column.addWidget(box)
            self.groups[name] = box
        column.addSpacing(look.px(4))
        name_of = label(look, "Reason, or its code at your office", "dense", "text2", weight=500)
        self.reason = QComboBox()
        self.reason.setEditable(True)
        self.reason.addItems(["", *REASONS])
        self.reason.setAccessibleName("Reason, or its code at your office")
        self.reason.view().setAccessibleName("Reasons")
        self.reason.setFont(look.font("body"))
        self.reason.editTextChanged.connect(self._changed)
        name_of.setBuddy(self.reason)
        column.addWidget(name_of)
        column.addWidget(self.reason)

    def _people(self, column: QVBoxLayout) -> None:
        look = self.look
        grid = QGridLayout()
        grid.setHorizontalSpacing(look.px(8))
        column.addSpacing(look.px(8))
        self.recipient, self.purpose = QLineEdit(), QLineEdit()
        self.path = QLineEdit(str(Path.home() / "bundle.impound"))
        rows = (("Recipient", self.recipient), ("Purpose", self.purpose), ("File", self.path))
        for at, (name, edit) in enumerate(rows):
            words = label(look, name, "dense", "text2", weight=500)
            edit.setAccessibleName(name)
            edit.textChanged.connect(self._check)
            words.setBuddy(edit)
            grid.addWidget(words, at, 0)
            grid.addWidget(edit, at, 1)
        grid.addWidget(Button(look, "Choose", "open", "normal", self._browse), 2, 2)
        column.addLayout(grid)

    def _counters(self, column: QVBoxLayout) -> None:
        row = QHBoxLayout()
        row.setSpacing(self.look.px(10))
        self.numbers = {}
        for key, words, tone in SHOWN:
            card = Card(self.look)
            self.numbers[key] = label(self.look, "–", "page_title", tone)
            card.content.addWidget(self.numbers[key])
            card.content.addWidget(label(self.look, words, "dense", "text2"))
            row.addWidget(card, 1)
        column.addLayout(row)

    def _browse(self) -> None:
        options = QFileDialog.Option.DontUseNativeDialog | QFileDialog.Option.DontConfirmOverwrite
        chosen, _ = QFileDialog.getSaveFileName(self, "Write the bundle to", self.path.text(), options=options)
        if chosen:
            self.path.setText(chosen)

    # -- counting

    def _args(self) -> dict[str, Any]:
        checked = self.from_checked.isChecked()
        every = not checked and not self._filtered
        findings = None if every else self._sources["checked" if checked else "listed"]
        groups = [name for name, box in self.groups.items() if box.isChecked()]
        return {"findings": findings, "withhold": groups, "reason": self.reason.currentText().strip()}

    def _changed(self, _what: object = None) -> None:
        self.counts = {}
        self._soon.start()
        self._check()

    def _preview(self) -> None:
        self._asked += 1
        asked = self._asked

        def take(ok: bool, result: Any) -> None:
            if asked == self._asked:
                self._counted(ok, result)

        self.session.call("disclosure_preview", self._args(), take)

    def _counted(self, ok: bool, result: Any) -> None:
        if not ok:
            self._say(f"It could not be counted: {result}", "danger")
            return
        self.counts = result
        for key, number in self.numbers.items():
            number.setText(f"{int(result[key]):,}")
            number.setAccessibleName(f"{int(result[key]):,} {next(words for name, words, _ in SHOWN if name == key)}")
        sheet = self.schedule
        sheet.reset()
        sheet.title("Schedule of withheld items", "as it will be")
        for scan in result["scans"]:
            self._scan(scan)
        sheet.limits(
            "What this cannot list", ["Exhibits that were never examined, and what was never committed to the record."]
        )
        sheet.finish()
        self._check()

    def _scan(self, scan: dict[str, Any]) -> None:
        look, sheet = self.look, self.schedule
        note = ", ".join(f"{int(scan[key]):,} {words}" for key, words, _ in SHOWN)
        sheet.title(KINDS.get(scan["kind"], scan["kind"]), f"of {int(scan['size']):,}: {note}")
        rows = [
            (f"{int(each['index']):,}", ", ".join(each["withheld"]), visible(each["reason"]))
            for each in scan["items_in_part"]
        ]
        rows += [(_run(first, last), "all of it", "not chosen") for first, last in scan["items_whole"]]
        grid = Grid(look, ["Item", "Withheld", "Reason"], [3, 4, 5])
        grid.show_rows(rows)
        sheet.column.addWidget(grid)
        left = int(scan["partly"]) - len(scan["items_in_part"]) + int(scan["ranges"]) - len(scan["items_whole"])
        if left > 0:
            sheet.column.addWidget(label(look, f"And {left:,} more rows.", "dense", "text2"))

    # -- building

    def _check(self) -> None:
        args = self._args()
        missing = [
            name
            for name, there in (
                ("findings", args["findings"] is None or bool(args["findings"])),
                ("a reason for what is withheld", bool(args["reason"] or not args["withhold"])),
                ("the recipient", bool(self.recipient.text().strip())),
                ("the purpose", bool(self.purpose.text().strip())),
                ("a file", bool(self.path.text().strip())),
            )
            if not there
        ]
        if not self.built and not self._waiting:
            self._say(f"Still needed: {', '.join(missing)}." if missing else "", "text2")
        self.make.setEnabled(not missing and bool(self.counts) and not self._waiting and not self.built)

    def _build(self) -> None:
        self._waiting = True
        self._say("The bundle is being built and signed.", "text2")
        self._check()
        args = {"path": self.path.text().strip(), "recipient": self.recipient.text().strip()}
        self.session.call(
            "disclosure_build", {**self._args(), **args, "purpose": self.purpose.text().strip()}, self._done
        )

    def _done(self, ok: bool, result: Any) -> None:
        self._waiting = False
        if ok:
            self.built = result
            self.session.refresh_status()
            self.session.case_changed.emit()
        self._check()
        if ok:
            words = f"{visible(str(result['bundle']))}, ledger entry {result['export']}. SHA-256 {result['sha256']}"
            self._say(f"Written: {words}", "ok")
        else:
            self._say(f"No bundle was made: {visible(str(result)).rstrip('.')}.", "danger")

    def _say(self, words: str, tone: str) -> None:
        set_tone(self.note, tone)
        self.note.setText(words)


def _run(first: int, last: int) -> str:
    return f"{first:,}" if first == last else f"{first:,} to {last:,}"
